package awsclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// newRetryer says which failures are worth sending a call again, how often and after which pause. There is no token
// bucket: it would make one resource fail because of the bad luck of another.
func newRetryer(pace Pace, retries int, mode aws.RetryMode) aws.RetryerV2 {
	standard := func(o *retry.StandardOptions) {
		o.MaxAttempts = retries + 1
		o.MaxBackoff = pace.MaxBackoff
		o.Backoff = retry.BackoffDelayerFunc(pace.delay)
		o.RateLimiter = ratelimit.None
		o.Retryables = append(o.Retryables, retry.RetryableErrorCode{Codes: map[string]struct{}{
			// S3 is still busy with another change of the bucket, or with the deletion of one of the same name.
			"OperationAborted": {},
			// IAM is still busy with another change of the same object.
			"ConcurrentModification":        {},
			"EntityTemporarilyUnmodifiable": {},
		}})
	}
	if mode == aws.RetryModeAdaptive {
		return retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, standard)
		})
	}
	return retry.NewStandard(standard)
}

// delay is the pause after the attempt, cut short where only little time is left to hear a first answer.
func (p Pace) delay(attempt int, err error) (time.Duration, error) {
	pause := p.Backoff(attempt)
	if silent, ok := errors.AsType[*NoAnswerError](err); ok {
		pause = min(pause, silent.left)
	}
	return pause, nil
}

// NoAnswerError says that a service was not reached, and has never answered in this process.
type NoAnswerError struct {
	Host  string
	After time.Duration // since the first try
	Err   error

	left time.Duration // until it counts as unreachable
}

func (e *NoAnswerError) Error() string {
	if after := e.After.Round(100 * time.Millisecond); after > 0 {
		return fmt.Sprintf("no answer from %s within %s: %v", e.Host, after, e.Err)
	}
	return fmt.Sprintf("no answer from %s: %v", e.Host, e.Err)
}

// Unwrap gives the last failure.
func (e *NoAnswerError) Unwrap() error { return e.Err }

// RetryableError tells the SDK's retryer to go on only while there is time left.
func (e *NoAnswerError) RetryableError() bool { return e.left > 0 }

var errSilent = errors.New("nothing was heard")

// firstAnswer is the middleware around each attempt that bounds how long a service is tried that has never answered: a
// mistyped endpoint is an error after seconds, not after all retries nor once for each of many resources. Once a
// service has answered it stands aside.
type firstAnswer struct {
	pace Pace

	mu       sync.Mutex
	services map[string]*acquaintance
}

// acquaintance is what is known of one service.
type acquaintance struct {
	since    time.Time // of the first try
	answered bool
	lost     *NoAnswerError // what every further call gets; nil while there is hope
}

// add puts it around each attempt, after the request is signed and its host known.
func (f *firstAnswer) add(stack *middleware.Stack) error {
	return stack.Finalize.Add(f, middleware.After)
}

// ID is the middleware's name in the stack.
func (f *firstAnswer) ID() string { return "SpinupFirstAnswer" }

// HandleFinalize makes one attempt.
func (f *firstAnswer) HandleFinalize(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	service := middleware.GetServiceID(ctx)
	known := f.meet(service)
	switch {
	case known.answered:
		return next.HandleFinalize(ctx, in)
	case known.lost != nil:
		return middleware.FinalizeOutput{}, middleware.Metadata{}, known.lost
	}

	// The time may have passed without anybody having waited for an answer: one short attempt is due in any case.
	left := max(f.pace.FirstAnswer-time.Since(known.since), f.pace.DialTimeout)
	attempt, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(left, func() { cancel(errSilent) })
	out, metadata, err := next.HandleFinalize(attempt, in)
	timer.Stop() // and no cancel on success: the body of the answer may still have to be read

	var response *smithyhttp.ResponseError
	if err == nil || errors.As(err, &response) && response.HTTPStatusCode() != 0 {
		f.answer(service)
		return out, metadata, err
	}
	silent := errors.Is(context.Cause(attempt), errSilent)
	cancel(nil)
	var sending *url.Error
	switch {
	case ctx.Err() != nil, !silent && !errors.As(err, &sending):
		return out, metadata, err
	case silent:
		err = errSilent
	default:
		err = sending.Err
	}
	noAnswer := &NoAnswerError{After: time.Since(known.since), Err: err}
	if !hopeless(err) {
		noAnswer.left = f.pace.FirstAnswer - noAnswer.After
	}
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		noAnswer.Host = request.URL.Host
	}
	if noAnswer.After >= f.pace.FirstAnswer { // a mistake in one host name is soon told again, and says nothing of others
		f.lose(service, noAnswer)
	}
	return out, metadata, noAnswer
}

// hopeless says whether trying again cannot help: there is no such host, its certificate is not trusted, or it does not
// speak TLS.
func hopeless(err error) bool {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &certificate) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

func (f *firstAnswer) meet(service string) acquaintance {
	f.mu.Lock()
	defer f.mu.Unlock()
	a := f.services[service]
	if a == nil {
		a = &acquaintance{since: time.Now()}
		f.services[service] = a
	}
	return *a
}

func (f *firstAnswer) answer(service string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services[service].answered = true
}

func (f *firstAnswer) lose(service string, last *NoAnswerError) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services[service].lost = last
}
