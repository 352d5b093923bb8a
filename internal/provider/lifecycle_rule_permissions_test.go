package provider_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// ruleLife takes a rule, the only one of its bucket, through everything that can happen to one. Each run is of a command
// that has to succeed in the end.
func ruleLife(t *testing.T, b *acctest.Bench, tf acctest.Runner, run func(command ...string)) {
	t.Helper()
	tf.Write(b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 30"))
	run("apply", "-auto-approve")
	tf.Write(b.Provider() + ruleBlock(b, "test", "two", "expiration_days = 30"))
	run("apply", "-auto-approve")
	tf.Write(b.Provider() + ruleBlock(b, "test", "two", "noncurrent_days = 30"))
	run("plan")
	run("apply", "-auto-approve")
	run("destroy", "-auto-approve")
	if left := lifecycleOf(t, b).Rules; len(left) > 0 {
		t.Errorf("%d rules are left", len(left))
	}
}

// TestAccLifecycleRule_permissions holds the whole life of a rule to the published policy. It passes, and needs all of
// it.
func TestAccLifecycleRule_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		tf, policy := b.Played(t), published(t, "lifecycle-rule.json")
		hold(t, b, policy)
		ruleLife(t, b, tf, func(command ...string) { tf.Must(command...) })
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccLifecycleRule_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead
// through the whole life of a rule and end at the published policy.
func TestAccLifecycleRule_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		tf, policy := b.Played(t), published(t, "lifecycle-rule.json")
		granted := learned(t, b, tf, policy, func(run func(...string)) { ruleLife(t, b, tf, run) })
		if diff := cmp.Diff(actionsOf(policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// TestAccLifecycleRule_permissionsPlan holds a plan to the read-only policy. It names the drift, needs all of the
// policy, and writes nothing.
func TestAccLifecycleRule_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		tf := b.Served(t)
		tf.Write(b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 30"))
		tf.Apply()
		tamperRule(t, b, "one", func(r *types.LifecycleRule) { r.Expiration.Days = aws.Int32(31) })
		wantPlan(t, b, tf, published(t, "lifecycle-rule-plan.json"), "~ expiration_days = 31 -> 30")
	})
}
