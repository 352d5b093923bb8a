package provider_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// together is a latency that lets all rules of a Terraform run wait for the same read, and so share a write.
const together = 120 * time.Millisecond

// TestAccLifecycleRule_crashSweep goes through every crash of three rules, two of which share a write, in a bucket that
// has one of another owner.
func TestAccLifecycleRule_crashSweep(t *testing.T) { acctest.Each(t, sweepRules) }

func sweepRules(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	writeLifecycle(t, b, theirRule(b))
	others := rawRules(t, b)
	uploads, moves := `delete_incomplete_uploads_days = 7`, `transitions = [{ days = 30, storage_class = "GLACIER" }]`
	if b.Kind == emulator.MinIO {
		uploads, moves = `expiration_date = "2031-01-31"`, `filter = { tags = { A = "1" } }`+"\n  expiration_days = 31"
	}
	sweep{
		pace: []func(*awsclient.Pace){unhurried},
		surround: func(t *testing.T, b *acctest.Bench) {
			b.MakeBucket(t, b.Name)
			writeLifecycle(t, b, theirRule(b))
			b.Gateway.SetLatency(together)
		},
		before: func(b *acctest.Bench) string {
			return ruleBlock(b, "one", "one", `expiration_days = 30`, `filter = { prefix = "logs/" }`) +
				ruleBlock(b, "two", "two", `noncurrent_days = 30`) +
				ruleBlock(b, "three", "three", uploads, `depends_on = [spinup_lifecycle_rule.one]`)
		},
		after: func(b *acctest.Bench) string {
			return ruleBlock(b, "one", "one", moves, `enabled = false`) +
				ruleBlock(b, "three", "three", `expired_object_delete_marker = true`, `depends_on = [spinup_lifecycle_rule.one]`) +
				ruleBlock(b, "four", "four", `expiration_days = 4`, `depends_on = [spinup_lifecycle_rule.one]`)
		},
		sound: func(t *testing.T, b *acctest.Bench, _ acctest.Runner) {
			same(t, "the rule of another owner", others["stranger"], rawRules(t, b)["stranger"])
		},
		facts: func(t *testing.T, b *acctest.Bench) []string {
			return slices.Sorted(maps.Values(rawRules(t, b)))
		},
		gone: func(t *testing.T, b *acctest.Bench) {
			same(t, "rules", others, rawRules(t, b))
		},
		phases: []string{"create", "update", "delete"},
	}.run(t, b)
}

// TestAccLifecycleRule_survivors destroys all rules of ours. One of another owner stays; without one nothing does.
func TestAccLifecycleRule_survivors(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, rulesSurvive)
}

func rulesSurvive(t *testing.T, b *acctest.Bench) {
	for name, row := range map[string]struct {
		others []string
		writes []string // of the destroy
	}{
		"beside others": {[]string{theirRule(b)}, []string{putLifecycle}},
		"alone":         {nil, []string{deleteLifecycle}},
	} {
		t.Run(name, func(t *testing.T) {
			b := b.Fork(t)
			b.MakeBucket(t, b.Name)
			b.Gateway.SetLatency(together)
			if row.others != nil {
				writeLifecycle(t, b, row.others...)
			}
			before := rawRules(t, b)
			tf := b.Played(t, unhurried)
			tf.Write(b.Provider() + ruleBlock(b, "one", "one", `expiration_days = 30`) + ruleBlock(b, "two", "two", `noncurrent_days = 30`))
			tf.Apply()
			b.Gateway.Reset()
			tf.Destroy()
			same(t, "writing calls", row.writes, mutations(b))
			same(t, "rules", before, rawRules(t, b))
		})
	}
}

// TestAccLifecycleRule_survivingSetting: S3 keeps one setting beside the rules, which a write without it would reset.
func TestAccLifecycleRule_survivingSetting(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		const chosen = types.TransitionDefaultMinimumObjectSizeVariesByStorageClass
		b.MakeBucket(t, b.Name)
		acctest.Must(b.S3().PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
			Bucket: &b.Name, TransitionDefaultMinimumObjectSize: chosen,
			LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{foreignRule()}},
		}))(t)
		tf := b.Played(t)
		tf.Write(b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 30"))
		for _, command := range []string{"apply", "destroy"} {
			tf.Must(command, "-auto-approve")
			if is := lifecycleOf(t, b).TransitionDefaultMinimumObjectSize; is != chosen {
				t.Errorf("after %s the setting is %q, want %q", command, is, chosen)
			}
		}
	})
}
