package awsclient

import (
	"context"

	"github.com/aws/smithy-go/middleware"
)

// Limiter bounds how many calls run at once.
type Limiter struct{ slots chan struct{} }

// NewLimiter returns a limiter of so many calls.
func NewLimiter(most int) *Limiter { return &Limiter{make(chan struct{}, most)} }

// Do makes the call when there is room for it. It returns the error of the context if that ends first.
func (l *Limiter) Do(ctx context.Context, call func() (middleware.Metadata, error)) error {
	select {
	case l.slots <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	defer func() { <-l.slots }()
	_, err := call()
	return err
}
