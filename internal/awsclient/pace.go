package awsclient

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/hashicorp/aws-sdk-go-base/v2/logging"
)

// Pace says how long anything waits. It is the only place that does, so that tests take milliseconds.
type Pace struct {
	// MinBackoff and MaxBackoff bound the pause before a failed call is sent again: it is a random part of MinBackoff,
	// which doubles each time up to MaxBackoff.
	MinBackoff, MaxBackoff time.Duration
	// PollMin and PollMax bound the pause between two looks of Until, which grows from one to the other.
	PollMin, PollMax time.Duration
	// Consistency is how long Until waits for AWS to show everywhere what was written. IAM documents no bound;
	// two minutes is what its callers have come to allow.
	Consistency time.Duration
	// Rescue is how long the look at what exists may take after something failed or was interrupted.
	Rescue time.Duration
	// FirstAnswer is how long a service that has not answered once in this process is tried: long enough for a server
	// that is just starting, short enough for a mistyped endpoint.
	FirstAnswer time.Duration
	// DialTimeout is how long one attempt to connect may take.
	DialTimeout time.Duration
	// Gather is how long the first change of a shared document waits for others to be written with it, and again after
	// each that comes.
	Gather time.Duration
	// Gap is how old what was read may be when a shared document is written. Three times as long after a write, nobody
	// can overwrite it any more with what was read before it.
	Gap time.Duration
	// DeployMin and DeployMax bound the pause between two looks at a distribution that is being deployed, Deployment how
	// long that, or the validation of a certificate, may take in all. Report is how often a long wait says that it goes
	// on.
	DeployMin, DeployMax, Deployment, Report time.Duration
	// Share is how long one read of a shared document does for all who want to see it.
	Share time.Duration
}

// DefaultPace is the pace for AWS itself.
func DefaultPace() Pace {
	return Pace{
		MinBackoff:  100 * time.Millisecond,
		MaxBackoff:  20 * time.Second,
		PollMin:     200 * time.Millisecond,
		PollMax:     5 * time.Second,
		Consistency: 2 * time.Minute,
		Rescue:      30 * time.Second,
		FirstAnswer: 10 * time.Second,
		DialTimeout: 5 * time.Second,
		Gather:      100 * time.Millisecond,
		Gap:         250 * time.Millisecond,
		DeployMin:   time.Second,
		DeployMax:   30 * time.Second,
		Deployment:  90 * time.Minute,
		Report:      time.Minute,
		Share:       2 * time.Second,
	}
}

// Backoff is the pause after the given attempt, counted from one.
func (p Pace) Backoff(attempt int) time.Duration {
	most := p.MinBackoff
	for i := 1; i < attempt && most < p.MaxBackoff; i++ {
		most *= 2
	}
	return rand.N(max(min(most, p.MaxBackoff), 1))
}

// TimeoutError says that something did not come about within the bound of its wait.
type TimeoutError struct {
	What  string
	After time.Duration
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("waited %s for %s", e.After, e.What)
}

// Until calls done at a growing interval until it says true or fails. When it has not within the pace's consistency
// bound the error is a *TimeoutError that names what, such as "the group to be visible"; when ctx ends, ctx's error.
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
		if Wait(bounded, pause) != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
			}
			return &TimeoutError{What: what, After: pace.Consistency}
		}
	}
}

// Wait pauses. The error is why ctx ended first.
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

// Progress logs, until stop is called, that something is still waited for.
func Progress(ctx context.Context, pace Pace, what string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	start := time.Now()
	go func() {
		for Wait(ctx, pace.Report) == nil {
			loggedCtx, logger := logging.NewTfLogger(ctx)
			logger.Info(loggedCtx, "waiting for "+what, map[string]any{"seconds": int(time.Since(start).Seconds())})
		}
	}()
	return cancel
}

// IsTimeout says whether a wait ended without what it was for, rather than with an error of its own.
func IsTimeout(err error) bool {
	var timeout *TimeoutError
	return errors.As(err, &timeout)
}
