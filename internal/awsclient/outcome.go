package awsclient

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// outcomeKey is the key of an attempt's outcome in its metadata. The error of an attempt would not do: the SDK replaces
// it if the context ends before the next attempt.
type outcomeKey struct{}

// outcome is what is known about one attempt.
type outcome struct {
	host    string
	sent    bool // there was a connection to send it on
	unknown bool // it failed, and may have taken effect
	err     error
}

// recordOutcome is the middleware around each attempt that records its outcome.
func recordOutcome(stack *middleware.Stack) error {
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("SpinupOutcome", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		var sent atomic.Bool
		end := watchAttempt(ctx)
		out, metadata, err := next.HandleFinalize(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
			// The transport looks for a second connection only if nothing was sent on the first, or if it repeats a read.
			GetConn: func(string) { sent.Store(false) },
			GotConn: func(httptrace.GotConnInfo) { sent.Store(true) },
		}), in)
		end(err)
		o := outcome{sent: sent.Load(), unknown: err != nil && sent.Load() && !refused(err), err: err}
		if request, ok := in.Request.(*smithyhttp.Request); ok {
			o.host = request.URL.Host
		}
		metadata.Set(outcomeKey{}, o)
		return out, metadata, err
	}), middleware.After)
}

// refused reports whether the failure of an attempt is an answer by which the attempt had no effect: the request is
// wrong, not allowed or too early, or the service has too much to do.
func refused(err error) bool {
	if throttled(err) {
		return true
	}
	switch status := statusOf(err); status {
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return true
	default:
		return status >= http.StatusMultipleChoices && status < http.StatusInternalServerError
	}
}

// throttled reports whether the failure of an attempt is an answer by which the service has too much to do.
func throttled(err error) bool {
	_, listed := retry.DefaultThrottleErrorCodes[call(err).Code]
	status := statusOf(err)
	return listed || status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests
}

// statusOf is the status of the answer by which an attempt failed; 0 if there was none.
func statusOf(err error) int {
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return response.HTTPStatusCode()
	}
	return 0
}

// outcomeOf is the outcome of an attempt, zero for one that was not made.
func outcomeOf(r retry.AttemptResult) outcome {
	o, _ := r.ResponseMetadata.Get(outcomeKey{}).(outcome)
	return o
}

// lastMade is the outcome of the last attempt that was made. There is none if the call ended before.
func lastMade(attempts []retry.AttemptResult) (outcome, bool) {
	for _, r := range slices.Backward(attempts) {
		if o := outcomeOf(r); o.host != "" {
			return o, true
		}
	}
	return outcome{}, false
}

// anyUnknown reports whether an attempt failed that may have taken effect.
func anyUnknown(attempts []retry.AttemptResult) bool {
	return slices.ContainsFunc(attempts, func(r retry.AttemptResult) bool { return outcomeOf(r).unknown })
}

// earlier returns all attempts but the last.
func earlier(attempts []retry.AttemptResult) []retry.AttemptResult {
	return attempts[:max(len(attempts)-1, 0)]
}

// MayHaveWorked reports whether an earlier attempt of the failed call may have taken effect: its answer was lost, or
// said that the service itself had failed. An "already exists" may then mean the object that this attempt made. It
// cannot if all earlier attempts were refused, or if S3 says that the bucket is another's.
func MayHaveWorked(err error) bool {
	c := call(err)
	return c.Lost && !c.hasCode(codeAnothersBucket)
}

// codeAnothersBucket is how S3 says that a name is taken by another account. Its code for a bucket of the caller's own
// is BucketAlreadyOwnedByYou.
const codeAnothersBucket = "BucketAlreadyExists"

// IsUncertain reports whether the call may have taken effect although it failed: the answer to an attempt, the last or
// an earlier one, is missing or says that the service itself failed.
func IsUncertain(err error) bool {
	if c, ok := errors.AsType[*CallError](err); ok {
		return c.Uncertain
	}
	return err != nil
}

// Resent reports whether an earlier attempt of a successful call may have taken effect too, because its answer was
// lost. It reads the ResultMetadata of the call's output.
func Resent(result middleware.Metadata) bool {
	attempts, _ := retry.GetAttemptResults(result)
	return anyUnknown(earlier(attempts.Results))
}
