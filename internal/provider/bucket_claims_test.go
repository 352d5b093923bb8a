package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// withStatement is a bucket whose policy has one statement of the user's, with this Sid.
func withStatement(b *acctest.Bench, sid, action string) string {
	return b.Provider() + bucketNamed(b.Name, fmt.Sprintf(`policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = %q, Effect = "Allow", Principal = { AWS = "arn:aws:iam::%s:root" }
      Action = %q, Resource = "arn:aws:s3:::%s/*"
    }]
  })`, sid, b.AccountID, action, b.Name))
}

// TestAccBucket_sidTaken: a new Sid of the user's that a statement of another owner has is refused, at plan too.
func TestAccBucket_sidTaken(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name))
		tf.Apply()
		addTheirs(t, b)
		before := bucketPolicy(t, b).String()
		tf.Write(withStatement(b, "Theirs", "s3:GetObject"))
		b.Gateway.Reset()
		for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
			saysAll(t, tf.MustFail(command...), "Sid Theirs", "it exists and is not ours", "Nothing was changed.")
		}
		same(t, "writing calls", 0, len(mutations(b)))
		same(t, "the policy", before, bucketPolicy(t, b).String())

		tf.Write(withStatement(b, "Mine", "s3:GetObject"))
		tf.Apply()
		tf.Write(withStatement(b, "Mine", "s3:GetObjectVersion")) // one of ours changes
		tf.Apply()
		tf.Empty()
		same(t, "Sids", []string{"Mine", "SpinupRequireTLS", "Theirs"}, sids(t, b))
	})
}

// TestAccBucket_policyCarried: a bucket whose policy has two statements of one Sid is read, changed and destroyed.
func TestAccBucket_policyCarried(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, "force_destroy = true"))
		tf.Apply()
		theirs := strings.Join([]string{
			stranger(b, "Twice").String(), strings.Replace(stranger(b, "Twice").String(), "GetObjectAcl", "GetObject", 1),
		}, ",")
		text := strings.Replace(bucketPolicy(t, b).String(), `"Statement":[`, `"Statement":[`+theirs+",", 1)
		acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text}))(t)
		tf.Empty()
		tf.Write(b.Provider() + bucketNamed(b.Name, "force_destroy = true", "versioning = true"))
		tf.Apply()
		tf.Empty()
		out := acctest.Must(b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name}))(t)
		if strings.Count(*out.Policy, `"Twice"`) != 2 {
			t.Errorf("the policy is %s", *out.Policy)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_deletedPrincipals: a statement without a Sid stays the user's after its principal was deleted, so that
// no copies pile up; one of another owner, for which S3 refuses every policy, is named.
func TestAccBucket_deletedPrincipals(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		arn, id := "arn:aws:iam::"+b.AccountID+":user/ann", "AIDAEXAMPLE0000000001"
		config := func(action string) string {
			return b.Provider() + bucketNamed(b.Name, fmt.Sprintf(`policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { AWS = %q }, Action = %q, Resource = "arn:aws:s3:::%s/*" }]
  })`, arn, action, b.Name))
		}
		tf.Write(config("s3:GetObject"))
		tf.Apply()
		for range 3 {
			text := strings.ReplaceAll(bucketPolicy(t, b).String(), arn, id) // as S3 shows it after ann is deleted
			acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text}))(t)
			same(t, "attributes", []string{"policy"}, tf.Plan("spinup_bucket.test").Attributes())
			tf.Apply() // ann was made again
			tf.Empty()
			same(t, "statements", 2, len(bucketPolicy(t, b).Statements))
		}

		theirs := stranger(b, "Theirs")
		theirs.Principal["AWS"] = []string{id}
		splice(t, b, "", theirs)
		before := bucketPolicy(t, b).String()
		tf.Empty()
		tf.Write(config("s3:GetObjectVersion"))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "Theirs ("+id+")", "Remove these statements", "MalformedPolicy")
		same(t, "the policy", before, bucketPolicy(t, b).String())
		splice(t, b, "Theirs")
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
