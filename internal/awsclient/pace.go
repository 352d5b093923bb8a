package awsclient

import (
	"math/rand/v2"
	"time"
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
