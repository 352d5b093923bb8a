package provider_test

import (
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// TestAccLifecycleRule_denied lets the read of a refresh fail.
func TestAccLifecycleRule_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, bothWays(denyReads))
}

func denyReads(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
	b.MakeBucket(t, b.Name)
	tf.Write(b.Provider("max_retries = 0") + ruleBlock(b, "test", "one", "expiration_days = 30"))
	tf.Apply()
	itself := "bucket " + b.Name
	wantUnread(t, b, tf, "Lifecycle rule", some(brief, append(denied(lifecyclerule.Reads{}, map[string]string{"bucket": itself}),
		unread{"fails", getLifecycle, gateway.Internal(), []string{itself + ": InternalError"}},
		unread{"throttled", getLifecycle, gateway.Throttled(), []string{itself + ": SlowDown"}},
	)))
}

// TestAccLifecycleRule_deniedWrite refuses writes: what state says afterwards is what there is.
func TestAccLifecycleRule_deniedWrite(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, denyWrites)
}

func denyWrites(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	writeLifecycle(t, b, theirRule(b))
	tf := b.Played(t)
	write := func(days string) {
		tf.Write(b.Provider("max_retries = 0") + ruleBlock(b, "test", "one", "expiration_days = "+days))
	}
	refuse := func(summary, command string) {
		t.Helper()
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op(putLifecycle), Fault: gateway.Forbidden()})
		defer remove()
		state, rules := tf.StateFile(), rawRules(t, b)
		saysAll(t, tf.MustFail(command, "-auto-approve"), summary, "name: ", "PutBucketLifecycleConfiguration",
			"need the IAM action s3:PutLifecycleConfiguration on bucket "+b.Name)
		same(t, "rules", rules, rawRules(t, b))
		if state == "" {
			if made := tf.State(ruleAddress); made != nil {
				t.Errorf("in state is %v", made)
			}
		} else {
			same(t, "state", state, tf.StateFile())
		}
	}
	write("30")
	refuse("Error: Lifecycle rule could not be created", "apply")
	tf.Apply()
	write("31")
	refuse("Error: Lifecycle rule could not be changed completely", "apply")
	refuse("Error: Lifecycle rule could not be destroyed", "destroy")
	tf.Apply()
	tf.Empty()
}
