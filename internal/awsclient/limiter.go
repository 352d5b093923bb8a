package awsclient

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// Limiter bounds how many calls run at once; it goes down when a service says that it is too much, and up again. It
// halves when an attempt is throttled, or given up because the service is silent, but once for all that were under way
// then. It grows by one after as many calls as may run at once, if that happened to none of them.
type Limiter struct {
	most int

	mu      sync.Mutex
	limit   int
	running int
	queue   []chan struct{} // of those that wait for their turn; a turn is closed when it comes
	calm    int             // calls that ended since the limit changed, or an attempt was throttled
	cuts    int             // how often the limit was halved
}

// NewLimiter returns a limiter that begins with the most calls at once, 1 or more.
func NewLimiter(most int) *Limiter { return &Limiter{most: most, limit: most} }

// limiterKey is the key of a call's limiter in its context.
type limiterKey struct{}

// Do makes a call when its turn comes, in the order in which Do was called. The call has to pass on the context that it
// gets: through that the limiter learns of each attempt that was throttled, while the call is still being repeated. An
// error that the call itself ends with counts as well. If ctx ends first, the call is not made and the error is the
// cause of that.
func (l *Limiter) Do(ctx context.Context, call func(context.Context) error) error {
	if err := l.enter(ctx); err != nil {
		return err
	}
	defer l.leave()
	ctx = context.WithValue(ctx, limiterKey{}, l)
	end := watchAttempt(ctx)
	err := call(ctx)
	end(err)
	return err
}

// enter waits for a turn.
func (l *Limiter) enter(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	turn := make(chan struct{})
	l.mu.Lock()
	l.queue = append(l.queue, turn)
	l.admit()
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if i := slices.Index(l.queue, turn); i >= 0 {
		l.queue = slices.Delete(l.queue, i, i+1)
	} else { // the turn came in the same moment
		l.running--
		l.admit()
	}
	return context.Cause(ctx)
}

// leave ends a call.
func (l *Limiter) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.running--
	l.calm++
	if l.calm >= l.limit && l.limit < l.most {
		l.limit, l.calm = l.limit+1, 0
	}
	l.admit()
}

// admit gives turns to those who wait, as many as there is room for. The caller holds the lock.
func (l *Limiter) admit() {
	for len(l.queue) > 0 && l.running < l.limit {
		close(l.queue[0])
		l.queue = l.queue[1:]
		l.running++
	}
}

// watchAttempt begins an attempt of a call that a limiter bounds. The function that it returns is told its error.
func watchAttempt(ctx context.Context) (end func(error)) {
	l, bounded := ctx.Value(limiterKey{}).(*Limiter)
	if !bounded {
		return func(error) {}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	cuts := l.cuts
	return func(err error) {
		var silent *SilenceError
		if err != nil && (throttled(err) || errors.As(err, &silent)) {
			l.cut(cuts)
		}
	}
}

// cut halves the limit, unless that was done since the throttled attempt began: a lower limit had no effect on it.
func (l *Limiter) cut(before int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calm = 0
	if before == l.cuts {
		l.limit, l.cuts = max(l.limit/2, 1), l.cuts+1
	}
}
