package awsclient

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/aws-sdk-go-base/v2/logging"
)

// TimeoutError means that a wait ended without what it was for.
type TimeoutError struct {
	What  string
	After time.Duration
	Err   error // of the call that was under way, if any: it may say who did not answer
}

func (e *TimeoutError) Error() string {
	text := fmt.Sprintf("timed out after %s waiting for %s", e.After, e.What)
	if e.Err != nil {
		text += ": " + Text(e.Err)
	}
	return text
}

// Unwrap returns the failure of the call that was under way.
func (e *TimeoutError) Unwrap() error { return e.Err }

// Until calls done at growing intervals until it returns true or an error. After the pace's consistency bound it
// returns a *TimeoutError that names what, such as "the group to be visible"; if ctx ends first, ctx's cause.
func Until(ctx context.Context, pace Pace, what string, done func(context.Context) (bool, error)) error {
	bounded, cancel := context.WithTimeout(ctx, pace.Consistency)
	defer cancel()
	for pause := pace.PollMin; ; pause = min(pause*3/2, pace.PollMax) {
		ok, err := done(bounded)
		if ok && err == nil {
			return nil
		}
		if err != nil && bounded.Err() == nil {
			return err
		}
		if Wait(bounded, pause) == nil {
			continue
		}
		if _, isCall := errors.AsType[*CallError](err); !isCall {
			err = nil
		}
		switch {
		case ctx.Err() == nil:
			return &TimeoutError{What: what, After: pace.Consistency, Err: err}
		case err != nil:
			return fmt.Errorf("waiting for %s: %w: %w", what, context.Cause(ctx), err)
		}
		return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
	}
}

// Until is the function Until at the connection's pace.
func (c *Conn) Until(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
	return Until(ctx, c.Pace, what, done)
}

// Patiently is the function Patiently at the connection's pace.
func (c *Conn) Patiently(ctx context.Context, what string, early func(error) bool, write func() error) error {
	return Patiently(ctx, c.Pace, what, early, write)
}

// Patiently repeats a write while early reports that its error means "too early": AWS does not yet show everywhere what
// was written before. It stops after the pace's consistency bound.
func Patiently(ctx context.Context, pace Pace, what string, early func(error) bool, write func() error) error {
	var last error
	err := Until(ctx, pace, what, func(context.Context) (bool, error) {
		last = write()
		if last != nil && early(last) {
			return false, nil
		}
		return true, last
	})
	if err != nil && last != nil && !errors.Is(err, last) {
		return fmt.Errorf("%w: %w", err, last)
	}
	return err
}

// Wait sleeps for pause. It returns ctx's cause if ctx ends first.
func Wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// Progress logs what is being waited for, at the pace's interval, until stop is called.
func Progress(ctx context.Context, pace Pace, what string) (stop func()) {
	return reporting(ctx, pace.Report, "waiting for "+what, func(map[string]any) {})
}

// Counting logs how far long work has come, at the pace's interval, until stop is called.
func Counting(ctx context.Context, pace Pace, work, unit string, count func() int64) (stop func()) {
	return reporting(ctx, pace.Count, work, func(fields map[string]any) { fields[unit] = count() })
}

// reporting logs a line with the seconds since now and further fields, again and again until stop is called.
func reporting(ctx context.Context, every time.Duration, line string, add func(map[string]any)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	start := time.Now()
	go func() {
		for every > 0 && Wait(ctx, every) == nil {
			loggedCtx, logger := logging.NewTfLogger(ctx)
			fields := map[string]any{"seconds": int(time.Since(start).Seconds())}
			add(fields)
			logger.Info(loggedCtx, line, fields)
		}
	}()
	return cancel
}

// Tell logs a line.
func Tell(ctx context.Context, line string) {
	ctx, logger := logging.NewTfLogger(ctx)
	logger.Info(ctx, line, nil)
}

// IsTimeout reports whether err comes from a wait that reached its bound.
func IsTimeout(err error) bool {
	var timeout *TimeoutError
	return errors.As(err, &timeout)
}
