package versitygw

import (
	"context"
	"sync"
	"time"
)

// list is one list of the Admin API. It is read once for all who ask within a time, and again after each change.
type list[T any] struct {
	keep    time.Duration
	reading gate

	mu      sync.Mutex
	changes int // how often it was forgotten
	read    time.Time
	items   []T
}

func newList[T any](keep time.Duration) *list[T] { return &list[T]{keep: keep, reading: newGate()} }

// get gives the list, and calls fetch unless it is known. What a change overtook is given to those who asked before the
// change, and not kept.
func (l *list[T]) get(ctx context.Context, fetch func(context.Context) ([]T, error)) ([]T, error) {
	if err := l.reading.enter(ctx); err != nil {
		return nil, err
	}
	defer l.reading.leave()
	items, changes, known := l.known()
	if known {
		return items, nil
	}
	items, err := fetch(ctx)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changes == changes {
		l.items, l.read = items, time.Now()
	}
	return items, nil
}

// known is the list as it was read, if that was not too long ago.
func (l *list[T]) known() (items []T, changes int, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.read.IsZero() || time.Since(l.read) >= l.keep {
		l.items, l.read = nil, time.Time{}
	}
	return l.items, l.changes, !l.read.IsZero()
}

func (l *list[T]) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changes++
	l.items, l.read = nil, time.Time{}
}
