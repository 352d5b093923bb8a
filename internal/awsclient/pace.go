package awsclient

import (
	"math/rand/v2"
	"time"
)

// Pace is how long anything waits. All pauses and bounds are here, so that tests take milliseconds.
type Pace struct {
	// MinBackoff and MaxBackoff bound the pause before a failed call is sent again: a random part of MinBackoff, which
	// doubles each time up to MaxBackoff.
	MinBackoff, MaxBackoff time.Duration
	// PollMin and PollMax bound the pause between two checks of Until, which grows from one to the other.
	PollMin, PollMax time.Duration
	// Consistency is how long Until waits for AWS to show a write everywhere. IAM documents no bound; two minutes are
	// customary.
	Consistency time.Duration
	// Trust is how long a role that refuses to be assumed is asked again: what was just made is not known everywhere.
	Trust time.Duration
	// Rescue is how long reading the real state may take after a failure or an interruption.
	Rescue time.Duration
	// FirstAnswer is how long a service is tried that has never answered in this process: long enough for a server that
	// is just starting, short enough for a mistyped endpoint.
	FirstAnswer time.Duration
	// DialTimeout is how long one attempt to connect may take.
	DialTimeout time.Duration
	// Silence is how long a host may take nothing and send nothing while a request is under way. Then the attempt is
	// given up, and made again. 0 is no bound.
	Silence time.Duration
	// Gather is how long a change of a shared document waits for others to be written with it. Each one that comes
	// extends the wait.
	Gather time.Duration
	// Gap is the age of the oldest read on which a write of a shared document may be based. Three times Gap after a
	// write, no writer still holds an older read.
	Gap time.Duration
	// Probe is how long it is asked whether a new policy keeps the run itself out; 0 asks once.
	Probe time.Duration
	// Share is how long one read of a shared document is reused by other readers.
	Share time.Duration
	// DeployMin and DeployMax bound the pause between two checks of a distribution that is being deployed.
	DeployMin, DeployMax time.Duration
	// Deployment is how long that, or the validation of a certificate, may take in all.
	Deployment time.Duration
	// Report is how often a long wait is logged.
	Report time.Duration
	// Clock tells the time by which a removal or a rotation is due; nil for the time of the machine.
	Clock func() time.Time
	// Count is how often it is logged how far long work has come.
	Count time.Duration
}

// DefaultPace is the pace for AWS itself.
func DefaultPace() Pace {
	return Pace{
		MinBackoff:  100 * time.Millisecond,
		MaxBackoff:  20 * time.Second,
		PollMin:     200 * time.Millisecond,
		PollMax:     5 * time.Second,
		Consistency: 2 * time.Minute,
		Trust:       15 * time.Second,
		Rescue:      30 * time.Second,
		FirstAnswer: 10 * time.Second,
		DialTimeout: 5 * time.Second,
		Silence:     30 * time.Second,
		Gather:      100 * time.Millisecond,
		Gap:         250 * time.Millisecond,
		Probe:       5 * time.Second,
		Share:       2 * time.Second,
		DeployMin:   time.Second,
		DeployMax:   30 * time.Second,
		Deployment:  90 * time.Minute,
		Report:      time.Minute,
		Count:       5 * time.Second,
	}
}

// Now is the time of the clock.
func (p Pace) Now() time.Time {
	if p.Clock != nil {
		return p.Clock()
	}
	return time.Now()
}

// Backoff is the pause after the given attempt, counted from one.
func (p Pace) Backoff(attempt int) time.Duration {
	most := p.MinBackoff
	for i := 1; i < attempt && most < p.MaxBackoff; i++ {
		most *= 2
	}
	return rand.N(max(min(most, p.MaxBackoff), 1))
}
