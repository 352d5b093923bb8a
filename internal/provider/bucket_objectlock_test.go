package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// retention is the live default retention; "on" for a bucket with object lock and without one, "off" without object lock.
func retention(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	out, err := b.S3().GetObjectLockConfiguration(t.Context(), &s3.GetObjectLockConfigurationInput{Bucket: &b.Name})
	if !found(t, "object lock", err) {
		return "off"
	}
	rule := out.ObjectLockConfiguration.Rule
	if rule == nil || rule.DefaultRetention == nil {
		return "on"
	}
	r := rule.DefaultRetention
	return fmt.Sprintf("%s %d %d", r.Mode, aws.ToInt32(r.Days), aws.ToInt32(r.Years))
}

// retain sets the default retention behind the provider's back.
func retain(t *testing.T, b *acctest.Bench, days int32) {
	t.Helper()
	acctest.Must(b.S3().PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{
		Bucket: &b.Name, ObjectLockConfiguration: &types.ObjectLockConfiguration{
			ObjectLockEnabled: types.ObjectLockEnabledEnabled, Rule: &types.ObjectLockRule{
				DefaultRetention: &types.DefaultRetention{Mode: types.ObjectLockRetentionModeGovernance, Days: &days},
			},
		},
	}))(t)
}

// TestAccBucket_objectLock: a bucket is made with object lock, its default retention changes in place, and what is unset
// stays as it is.
func TestAccBucket_objectLock(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		write := func(lines ...string) {
			tf.Write(b.Provider() + bucketNamed(b.Name, append(lines, "access_levels = []")...))
		}
		const warning = "Objects will be locked for good"
		for _, step := range []struct{ line, live string }{
			{`object_lock = {}`, "on"},
			{`object_lock = { mode = "GOVERNANCE", days = 2 }`, "GOVERNANCE 2 0"},
			{`object_lock = { mode = "COMPLIANCE", years = 1 }`, "COMPLIANCE 0 1"},
			{`object_lock = { enabled = true, mode = "GOVERNANCE", days = 1 }`, "GOVERNANCE 1 0"},
			{"", "GOVERNANCE 1 0"}, // left as it is
			{`object_lock = {}`, "on"},
		} {
			write(step.line)
			out := tf.Apply()
			same(t, step.line+": live", step.live, retention(t, b))
			same(t, step.line+": warned", strings.Contains(step.line, "COMPLIANCE"), strings.Contains(out, warning))
			if again := tf.Must("plan"); strings.Contains(again, warning) {
				t.Errorf("the warning comes again:\n%s", again)
			}
			tf.Empty()
			same(t, "versioning", any(true), tf.State(testBucket)["versioning"])
		}

		write(`object_lock = { mode = "GOVERNANCE", days = 1 }`)
		tf.Apply()
		retain(t, b, 5)
		same(t, "attributes", []string{"object_lock"}, tf.Plan(testBucket).Attributes())
		b.Gateway.Reset()
		tf.Apply()
		same(t, "writing calls", []string{"s3:PutObjectLockConfiguration"}, mutations(b))

		write(`object_lock = { enabled = false }`)
		same(t, "actions", []string{"delete", "create"}, tf.Plan(testBucket).Actions)
		tf.Apply()
		same(t, "live", "off", retention(t, b))
		tf.Empty()
		write(`object_lock = {}`)
		same(t, "actions", []string{"delete", "create"}, tf.Plan(testBucket).Actions)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_objectLockUnknown: a bucket that got object lock behind Terraform's back is not replaced to get it.
func TestAccBucket_objectLockUnknown(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		write := func(lines ...string) {
			tf.Write(b.Provider() + bucketNamed(b.Name, append(lines, "versioning = true", "access_levels = []")...))
		}
		write()
		tf.Apply()
		lockable(t, b, b.Name)
		tf.Empty()
		for _, line := range []string{"object_lock = {}", "object_lock = { enabled = false }"} {
			write(line)
			saysAll(t, tf.MustFail("plan"), "object_lock", "which state does not know", "terraform state rm", "Nothing was changed.")
		}
		write()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_crashSweepLock goes through every crash of a bucket with object lock.
func TestAccBucket_crashSweepLock(t *testing.T) {
	locked := func(lock string) func(b *acctest.Bench) string {
		return func(b *acctest.Bench) string {
			return bucketNamed(b.Name, "object_lock = "+lock, "access_levels = []", "require_tls = false", "public_access_block = {}")
		}
	}
	acctest.Only(t, emulator.Fakecloud, sweeping, sweep{
		before: locked(`{ mode = "GOVERNANCE", days = 1 }`), after: locked(`{ mode = "GOVERNANCE", years = 1 }`),
		gone:   func(t *testing.T, b *acctest.Bench) { b.Gone(t, b.Name) },
		phases: []string{"create", "update"},
	}.run)
}

// TestAccBucket_importAsItIs: a bucket with switches that no word of public_access stands for, with CORS rules and with
// object lock is imported, and kept so by a configuration that says just that.
func TestAccBucket_importAsItIs(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		lockable(t, b, b.Name)
		retain(t, b, 3)
		putCORS(t, b, "mine")
		encrypt(t, b)
		block(t, b, true, false)
		public := stranger(b, "Public")
		public.Principal = awspolicy.Everyone()
		text := awspolicy.New(public).String()
		acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text}))(t)
		tf := b.Served(t)
		kept := []string{
			`object_ownership = "ObjectWriter"`, "require_tls = false", "access_levels = []", "cors_rules = [" + uploads + "]",
			"policy = " + fmt.Sprintf("%q", text), "public_access_block = { block_public_policy = false }",
			`object_lock = { mode = "GOVERNANCE", days = 3 }`,
		}
		tf.Write(b.Provider() + bucketNamed(b.Name, kept...))
		b.Gateway.Reset()
		tf.Must("import", testBucket, b.Name)
		tf.Empty()
		same(t, "public_access", any("mixed"), tf.State(testBucket)["public_access"])
		tf.Write(b.Provider() + bucketNamed(b.Name, kept[:len(kept)-1]...)) // unset, object lock stays as it is
		tf.Empty()
		same(t, "writing calls", 0, len(mutations(b)))
		tf.Write(b.Provider() + bucketNamed(b.Name, append(kept[:len(kept)-2], `public_access = "unblocked"`)...))
		same(t, "attributes", []string{"public_access", "public_access_block"}, tf.Plan(testBucket).Attributes())
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
