package acctest

import (
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Pace is the pace of tests: everything waits as on AWS, a thousand times faster.
func Pace() awsclient.Pace {
	return awsclient.Pace{
		MinBackoff: time.Millisecond, MaxBackoff: 20 * time.Millisecond,
		PollMin: time.Millisecond, PollMax: 50 * time.Millisecond,
		Consistency: 3 * time.Second, Trust: 50 * time.Millisecond, Rescue: 10 * time.Second,
		FirstAnswer: 30 * time.Second, DialTimeout: time.Second,
		DeployMin: 50 * time.Millisecond, DeployMax: time.Second, Deployment: time.Minute,
		Report: time.Minute, Count: time.Second,
		Gather: 60 * time.Millisecond, Gap: 50 * time.Millisecond, Share: 100 * time.Millisecond,
	}
}

// pace is Pace with bounds that fit the emulator. LocalStack answers one call at a time: on a busy machine, and with
// twelve tests that ask, the answers to one look at a bucket take seconds.
func (b *Bench) pace() awsclient.Pace {
	if b.Kind == realAWS {
		return awsclient.DefaultPace()
	}
	pace := Pace()
	if b.Kind == emulator.LocalStack {
		pace.Consistency, pace.Rescue = 30*time.Second, 30*time.Second
	}
	return pace
}
