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

// newRetryer decides which failed calls are sent again, how often and after which pause. It has no token bucket: with
// one, the failures of one resource would use up the retries of another.
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

// delay is the pause after the attempt, at most the time left for a first answer.
func (p Pace) delay(attempt int, err error) (time.Duration, error) {
	pause := p.Backoff(attempt)
	if noAnswer, ok := errors.AsType[*NoAnswerError](err); ok {
		pause = min(pause, noAnswer.left)
	}
	return pause, nil
}

// NoAnswerError means that a service cannot be reached and has never answered in this process.
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

// Unwrap returns the last failure.
func (e *NoAnswerError) Unwrap() error { return e.Err }

// RetryableError reports to the SDK's retryer whether there is time for another attempt.
func (e *NoAnswerError) RetryableError() bool { return e.left > 0 }

var errNoResponse = errors.New("the server sent no response")

// firstAnswer is the middleware around each attempt that bounds how long a service is tried that has never answered. A
// mistyped endpoint is then an error within seconds, not after all retries and not again for each of many resources.
// Once a service has answered, the middleware does nothing.
type firstAnswer struct {
	pace Pace

	mu       sync.Mutex
	services map[string]*serviceState
}

// serviceState is what is known about one service.
type serviceState struct {
	since       time.Time // of the first attempt
	answered    bool
	unreachable *NoAnswerError // the error of every further call; nil while it may still answer
}

// add puts the middleware around each attempt, after the request is signed and its host known.
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
	known := f.state(service)
	switch {
	case known.answered:
		return next.HandleFinalize(ctx, in)
	case known.unreachable != nil:
		return middleware.FinalizeOutput{}, middleware.Metadata{}, known.unreachable
	}

	// The time may have passed between calls, without an attempt: make at least a short one.
	left := max(f.pace.FirstAnswer-time.Since(known.since), f.pace.DialTimeout)
	attempt, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(left, func() { cancel(errNoResponse) })
	out, metadata, err := next.HandleFinalize(attempt, in)
	timer.Stop() // no cancel on success: the body of the answer may still have to be read

	if bad, ok := errors.AsType[*BadAnswerError](err); ok { // perhaps there is no service at all at the endpoint
		bad.final = time.Since(known.since) > f.pace.FirstAnswer
		return out, metadata, err
	}
	var response *smithyhttp.ResponseError
	if err == nil || errors.As(err, &response) && response.HTTPStatusCode() != 0 {
		f.markAnswered(service)
		return out, metadata, err
	}
	timedOut := errors.Is(context.Cause(attempt), errNoResponse)
	cancel(nil)
	var sending *url.Error
	switch {
	case ctx.Err() != nil, !timedOut && !errors.As(err, &sending):
		return out, metadata, err
	case timedOut:
		err = errNoResponse
	default:
		err = sending.Err
	}
	noAnswer := &NoAnswerError{After: time.Since(known.since), Err: err}
	if !permanent(err) {
		noAnswer.left = f.pace.FirstAnswer - noAnswer.After
	}
	if request, ok := in.Request.(*smithyhttp.Request); ok {
		noAnswer.Host = request.URL.Host
	}
	if noAnswer.After >= f.pace.FirstAnswer { // a permanent failure is quick, and about one host name of the service only
		f.markUnreachable(service, noAnswer)
	}
	return out, metadata, noAnswer
}

// permanent reports whether another attempt cannot help: there is no such host, its certificate is not trusted, or it
// does not speak TLS.
func permanent(err error) bool {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &dns) && dns.IsNotFound || errors.As(err, &certificate) ||
		errors.Is(err, http.ErrSchemeMismatch)
}

func (f *firstAnswer) state(service string) serviceState {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.services[service]
	if s == nil {
		s = &serviceState{since: time.Now()}
		f.services[service] = s
	}
	return *s
}

func (f *firstAnswer) markAnswered(service string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services[service].answered = true
}

func (f *firstAnswer) markUnreachable(service string, last *NoAnswerError) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.services[service].unreachable = last
}
