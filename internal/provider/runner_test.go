package provider_test

import (
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Why tests run on fakecloud alone.
const (
	unasked   = "what is refused is decided before the emulator is asked"
	atGateway = "what is refused and counted is decided by the gateway, before whichever emulator"
	// LocalStack, which answers one call at a time, has the life of every resource instead.
	everywhere = "what is tried is decided by the provider, on whichever store"
	sweeping   = "LocalStack answers one call at a time, and of a sweep it has a part"
)

// runner is Terraform for one case: the real command, or one that is played in process.
func runner(t *testing.T, b *acctest.Bench, real bool, adjust ...func(*awsclient.Pace)) acctest.Runner {
	t.Helper()
	if real {
		return b.Served(t, adjust...)
	}
	return b.Played(t, adjust...)
}

// unhurried gathers changes of a document until the busiest machine has brought all of them.
func unhurried(p *awsclient.Pace) { p.Gather = 400 * time.Millisecond }

// bothWays makes a test of a table that is played in process, and then tried briefly, which is its first row alone, with
// the real command. LocalStack, which answers one call at a time, has the latter only.
func bothWays(table func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool)) func(*testing.T, *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		if b.Kind != emulator.LocalStack {
			table(t, b, b.Played(t), false)
		}
		t.Run("terraform", func(t *testing.T) {
			b := b.Fork(t)
			table(t, b, b.Served(t), true)
		})
	}
}

// some are the rows of a table, or briefly the first one.
func some[T any](brief bool, rows []T) []T {
	if brief {
		return rows[:1]
	}
	return rows
}
