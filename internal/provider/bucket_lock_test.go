package provider_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

// lockable switches object lock on for a bucket, as one can since 2023 for a bucket with versioning.
func lockable(t *testing.T, b *acctest.Bench, name string) {
	t.Helper()
	acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}))(t)
	acctest.Must(b.S3().PutObjectLockConfiguration(t.Context(), &s3.PutObjectLockConfigurationInput{
		Bucket: &name, ObjectLockConfiguration: &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled},
	}))(t)
}

// TestAccBucket_forceDestroyBypass: bypass_governance is no obstacle where there is no object lock. S3 refuses the word
// for such a bucket.
func TestAccBucket_forceDestroyBypass(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, "access_levels = []", "force_destroy = true", "bypass_governance = true"))
		tf.Apply()
		b.PutObject(t, b.Name, "plain")
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_forceDestroyLocked: what S3 would not delete stops a destroy before anything is deleted, and governance
// retention gives way when the configuration asks for that.
func TestAccBucket_forceDestroyLocked(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, "versioning = true", "access_levels = []"))
		tf.Apply()
		lockable(t, b, b.Name)
		destroyed := func(settings ...string) string {
			tf.Write(b.Provider() + bucketNamed(b.Name, append(settings, "versioning = true", "access_levels = []")...))
			tf.Apply()
			b.Gateway.Reset()
			out, code := tf.Run("destroy", "-auto-approve")
			if code == 0 {
				return ""
			}
			same(t, "writing calls", 0, len(mutations(b)))
			return acctest.Flat(out)
		}
		putVersions(t, b, 1, 4)
		until, key := time.Now().Add(24*time.Hour).UTC().Truncate(time.Second), "data/locked"
		acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &b.Name, Key: &key, Body: strings.NewReader("x"), ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
			ObjectLockMode: types.ObjectLockModeGovernance, ObjectLockRetainUntilDate: &until,
		}))(t)
		saysAll(t, destroyed("force_destroy = true"), "holds versions under object lock", key,
			"GOVERNANCE until "+until.Format(time.RFC3339), "bypass_governance = true", "Nothing was changed.")

		hold := func(status types.ObjectLockLegalHoldStatus) {
			acctest.Must(b.S3().PutObjectLegalHold(t.Context(), &s3.PutObjectLegalHoldInput{
				Bucket: &b.Name, Key: &key, LegalHold: &types.ObjectLockLegalHold{Status: status},
			}))(t)
		}
		hold(types.ObjectLockLegalHoldStatusOn)
		saysAll(t, destroyed("force_destroy = true", "bypass_governance = true"), "legal hold", "Nothing was changed.")
		hold(types.ObjectLockLegalHoldStatusOff)
		if out := destroyed("force_destroy = true", "bypass_governance = true"); out != "" {
			t.Fatal(out)
		}
		b.Gone(t, b.Name)
	})
}
