package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// presetRules are the rules that the presets stand for, as the console or another tool would write them: with a filter
// that says nothing, or an empty prefix. The first one is the Yale service's.
func presetRules() map[string]types.LifecycleRule {
	rule := func(id string, rest types.LifecycleRule) types.LifecycleRule {
		rest.ID, rest.Status = &id, types.ExpirationStatusEnabled
		rest.Filter = &types.LifecycleRuleFilter{Prefix: aws.String("")}
		return rest
	}
	all := map[string]types.LifecycleRule{
		"deep-archive": rule("deep-archive-rule", types.LifecycleRule{
			Transitions: []types.Transition{{Days: aws.Int32(1), StorageClass: types.TransitionStorageClassDeepArchive}},
		}),
		"archive": rule("archive-rule", types.LifecycleRule{
			Transitions: []types.Transition{{Days: aws.Int32(90), StorageClass: types.TransitionStorageClassGlacierIr}},
		}),
		"expire-noncurrent": rule("expire-noncurrent-rule", types.LifecycleRule{
			NoncurrentVersionExpiration: &types.NoncurrentVersionExpiration{NoncurrentDays: aws.Int32(30)},
			Expiration:                  &types.LifecycleExpiration{ExpiredObjectDeleteMarker: aws.Bool(true)},
		}),
		"abort-uploads": rule("abort-uploads-rule", types.LifecycleRule{
			AbortIncompleteMultipartUpload: &types.AbortIncompleteMultipartUpload{DaysAfterInitiation: aws.Int32(7)},
		}),
	}
	all["archive"].Filter.Prefix = nil
	return all
}

// otherArchive bears the name of the rule of the preset archive, and does something else.
func otherArchive() types.LifecycleRule {
	rule := presetRules()["archive"]
	rule.Transitions[0].Days = aws.Int32(91)
	return rule
}

// spliceRules takes the rule of the name out of the bucket's lifecycle configuration and adds others.
func spliceRules(t *testing.T, b *acctest.Bench, name string, add ...types.LifecycleRule) {
	t.Helper()
	rules := append(slices.DeleteFunc(lifecycleOf(t, b).Rules, func(rule types.LifecycleRule) bool {
		return aws.ToString(rule.ID) == name
	}), add...)
	if len(rules) > 0 {
		putRules(t, b, rules...)
		return
	}
	acctest.Must(b.S3().DeleteBucketLifecycle(t.Context(), &s3.DeleteBucketLifecycleInput{Bucket: &b.Name}))(t)
}

// ruleNames are the names of the bucket's lifecycle rules.
func ruleNames(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	return slices.Sorted(maps.Keys(rulesOf(t, b)))
}

// changedRules are the names of the rules that are in one of the two only, or not the same in both, byte for byte.
func changedRules(before, after map[string]string) []string {
	all := maps.Clone(before)
	maps.Copy(all, after)
	maps.DeleteFunc(all, func(name, _ string) bool { return before[name] == after[name] })
	return slices.Sorted(maps.Keys(all))
}

// TestAccBucket_preset: the preset of a bucket, lifecycle rules that are resources, and one of another owner live side by
// side. Each change is one write, and touches just what it is about.
func TestAccBucket_preset(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		config := func(preset string, days map[string]int) string {
			text := b.Provider() + bucketNamed(b.Name)
			if preset != "" {
				text = b.Provider() + bucketNamed(b.Name, fmt.Sprintf("lifecycle_preset = %q", preset))
			}
			for _, name := range slices.Sorted(maps.Keys(days)) {
				text += fmt.Sprintf("resource \"spinup_lifecycle_rule\" %[1]q {\n  bucket = spinup_bucket.test.name\n"+
					"  name = %[1]q\n  expiration_days = %[2]d\n}\n", name, days[name])
			}
			return text
		}
		tf := b.Served(t)
		tf.Write(config("archive", map[string]int{"one": 1, "two": 2}))
		tf.Apply()
		spliceRules(t, b, "", foreignRule())
		tf.Empty()
		same(t, "rules", []string{"archive-rule", "one", "theirs", "two"}, ruleNames(t, b))
		for _, step := range []struct {
			name, preset string
			days         map[string]int
			changes      []string
			writes       int
		}{
			{"preset changed", "deep-archive", map[string]int{"one": 1, "two": 2}, []string{"archive-rule", "deep-archive-rule"}, 1},
			{"rule changed", "deep-archive", map[string]int{"one": 5, "two": 2}, []string{"one"}, 1},
			{"preset removed", "", map[string]int{"one": 5, "two": 2}, []string{"deep-archive-rule"}, 1},
			{"preset set", "abort-uploads", map[string]int{"one": 5, "two": 2}, []string{"abort-uploads-rule"}, 1},
			{"rule removed", "abort-uploads", map[string]int{"one": 5}, []string{"two"}, 1},
			{"preset and rule changed", "expire-noncurrent", map[string]int{"one": 6},
				[]string{"abort-uploads-rule", "expire-noncurrent-rule", "one"}, 2},
			{"last rule removed", "expire-noncurrent", nil, []string{"one"}, 1},
			{"last preset removed", "", nil, []string{"expire-noncurrent-rule"}, 1},
		} {
			before := rawRules(t, b)
			tf.Write(config(step.preset, step.days))
			b.Gateway.Reset()
			tf.Apply()
			same(t, step.name+": rules that changed", step.changes, changedRules(before, rawRules(t, b)))
			same(t, step.name+": writing calls", slices.Repeat([]string{"s3:PutBucketLifecycleConfiguration"}, step.writes), mutations(b))
			tf.Empty()
		}
		same(t, "rules at the end", []string{"theirs"}, ruleNames(t, b))
		tf.Destroy() // without a preset nobody looks at rules
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_presetTaken: a rule of another owner that bears the name of a preset's is in the way if it says something
// else, before anything is written. One that says the same is as good as ours.
func TestAccBucket_presetTaken(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name))
		tf.Apply()
		spliceRules(t, b, "", foreignRule(), otherArchive())
		before := rawRules(t, b)
		tf.Write(b.Provider() + bucketNamed(b.Name, `lifecycle_preset = "archive"`, "versioning = true"))
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("apply", "-auto-approve"), fmt.Sprintf(`the bucket %s has a lifecycle rule "archive-rule" of `+
			`another owner, the name of the rule that the preset "archive" makes`, b.Name), "Nothing was changed.")
		if done := mutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}
		same(t, "the rules", before, rawRules(t, b))
		same(t, "in state", nil, tf.State(testBucket)["lifecycle_preset"])

		spliceRules(t, b, "archive-rule", presetRules()["archive"])
		before = rawRules(t, b)
		b.Gateway.Reset()
		tf.Apply()
		same(t, "writing calls", []string{"s3:PutBucketVersioning"}, mutations(b))
		same(t, "the rules", before, rawRules(t, b))
		same(t, "in state", any("archive"), tf.State(testBucket)["lifecycle_preset"])
		tf.Empty()

		tf.Write(b.Provider() + bucketNamed(b.Name))
		tf.Apply()
		same(t, "rules at the end", []string{"theirs"}, ruleNames(t, b))
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_importPreset: an import finds the preset whose rule the bucket has, whoever wrote it. A configuration
// without it would take the rule away, and the plan says so.
func TestAccBucket_importPreset(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + bucketNamed(b.Name))
		tf.Apply()
		imported := func(t *testing.T, want any, lines ...string) {
			t.Helper()
			tf.ForgetState()
			tf.Write(b.Provider() + bucketNamed(b.Name, lines...))
			b.Gateway.Reset()
			tf.Must("import", testBucket, b.Name)
			same(t, "lifecycle_preset", want, tf.State(testBucket)["lifecycle_preset"])
			tf.Empty()
			if done := mutations(b); len(done) > 0 {
				t.Errorf("it did %v", done)
			}
		}
		for preset, rule := range presetRules() {
			t.Run(preset, func(t *testing.T) {
				putRules(t, b, foreignRule(), otherArchive(), rule)
				if preset == "archive" {
					putRules(t, b, foreignRule(), rule)
				}
				imported(t, preset, fmt.Sprintf("lifecycle_preset = %q", preset))
				tf.Write(b.Provider() + bucketNamed(b.Name))
				change := tf.Plan(testBucket)
				same(t, "changes without it", []string{"lifecycle_preset"}, change.Attributes())
				same(t, "without it, before", any(preset), change.Before["lifecycle_preset"])
			})
		}
		t.Run("none", func(t *testing.T) {
			putRules(t, b, foreignRule(), otherArchive())
			imported(t, nil)
		})
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
