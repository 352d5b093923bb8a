package awsclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// SilenceError means that a host took nothing and sent nothing for a time, so the attempt was given up.
type SilenceError struct {
	Host  string
	After time.Duration
}

func (e *SilenceError) Error() string {
	return fmt.Sprintf("no answer from %s for %s", e.Host, e.After)
}

// RetryableError reports to the SDK's retryer that another attempt may be answered.
func (e *SilenceError) RetryableError() bool { return true }

// silenceBound is an HTTP client that gives up a request when its host takes nothing and sends nothing for a time. A
// bound on the whole would cut a large object while it is being read.
type silenceBound struct {
	client aws.HTTPClient
	bound  time.Duration
}

// Do sends the request. The bound holds until the end of the answer's body, whenever the host's move is awaited.
func (s silenceBound) Do(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(r.Context())
	silent := &SilenceError{Host: r.URL.Host, After: s.bound}
	w := &silenceWatch{ctx: ctx, bound: s.bound, timer: time.AfterFunc(s.bound, func() { cancel(silent) })}
	r = r.WithContext(ctx)
	if r.Body != nil && r.Body != http.NoBody {
		r.Body = sentBody{r.Body, w}
	}
	response, err := s.client.Do(r)
	w.timer.Stop()
	if err != nil {
		if silent, ok := w.ended(); ok {
			err = &url.Error{Op: r.Method, URL: r.URL.String(), Err: silent}
		}
		cancel(nil)
		return response, err
	}
	response.Body = readBody{response.Body, w, cancel}
	return response, nil
}

// silenceWatch is the timer of one request. It runs while the host's move is awaited.
type silenceWatch struct {
	ctx   context.Context // of the request
	bound time.Duration
	timer *time.Timer
}

// ended reports whether silence ended the request.
func (w *silenceWatch) ended() (*SilenceError, bool) {
	return errors.AsType[*SilenceError](context.Cause(w.ctx))
}

// sentBody is the body of a request. Between two reads, the host is to take what was read.
type sentBody struct {
	io.ReadCloser

	watch *silenceWatch
}

// Read reads from the body.
func (b sentBody) Read(p []byte) (int, error) {
	b.watch.timer.Stop()
	defer b.watch.timer.Reset(b.watch.bound)
	return b.ReadCloser.Read(p)
}

// readBody is the body of an answer. During a read, the host is to send.
type readBody struct {
	io.ReadCloser

	watch *silenceWatch
	end   context.CancelCauseFunc
}

// Read reads from the body.
func (b readBody) Read(p []byte) (int, error) {
	b.watch.timer.Reset(b.watch.bound)
	defer b.watch.timer.Stop()
	n, err := b.ReadCloser.Read(p)
	if silent, ok := b.watch.ended(); ok && err != nil && !errors.Is(err, io.EOF) {
		err = silent
	}
	return n, err
}

// Close closes the body and ends the watch.
func (b readBody) Close() error {
	err := b.ReadCloser.Close()
	b.watch.timer.Stop()
	b.end(nil)
	return err
}
