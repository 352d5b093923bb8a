package provider_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

const bucketDataSource = "data.spinup_bucket.test"

// TestAccBucketDataSource_equal compares a bucket that the resource made with what the data source says of it.
func TestAccBucketDataSource_equal(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Served(t)
		tf.Write(b.Provider(`org = "physics"`, `default_tags = { Team = "it" }`) + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name             = %[1]q
  versioning       = true
  encryption       = { algorithm = "aws:kms" }
  object_ownership = "BucketOwnerPreferred"
  public_access    = "read"
  tags             = { Cost = "42" }
  access_log       = { bucket = "%[1]s-log", prefix = "here/" }
  access_levels    = ["admin", "read_only"]
  lifecycle_preset = "expire-noncurrent"
  cors_rules       = [{ allowed_methods = ["GET", "PUT"], allowed_origins = ["*"], max_age_seconds = 5 }]
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "Mine", Effect = "Deny", Principal = "*", Action = "s3:GetObjectTorrent", Resource = "arn:aws:s3:::%[1]s/*"
    }]
  })
}

data "spinup_bucket" "test" { name = spinup_bucket.test.name }
`, b.Name))
		tf.Apply()
		got, want := tf.State(bucketDataSource), tf.State("spinup_bucket.test")
		for _, name := range []string{"name_prefix", "force_destroy", "bypass_governance", "timeouts"} { // what a person says, not what is there
			delete(want, name)
		}
		made, err := time.Parse(time.RFC3339, fmt.Sprint(got["creation_date"]))
		if err != nil || time.Since(made).Abs() > time.Hour {
			t.Errorf("made at %v (%v)", got["creation_date"], err)
		}
		if !awspolicy.Equivalent(fmt.Sprint(got["policy"]), fmt.Sprint(want["policy"])) {
			t.Errorf("policy %v, want %v", got["policy"], want["policy"])
		}
		want["policy"] = got["policy"]                              // each has words of its own
		for level, group := range want["groups"].(map[string]any) { // of which a resource shows the document only if it differs
			group.(map[string]any)["policy_document"] = access.Document("aws", b.Name, access.Level(level))
		}
		want["creation_date"] = got["creation_date"]
		want["empty"] = true
		want["logging"] = map[string]any{"target_bucket": b.Name + "-log", "target_prefix": "here/"}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucketDataSource_empty tells a bucket without anything from one that only looks like it.
func TestAccBucketDataSource_empty(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf("data \"spinup_bucket\" \"test\" { name = %q }", b.Name))
		expect := func(what string, want bool) {
			t.Helper()
			tf.Apply()
			if got := tf.State(bucketDataSource)["empty"]; got != want {
				t.Errorf("%s: empty is %v, want %t", what, got, want)
			}
		}
		expect("a new bucket", true)
		enabled := &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}
		acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket: &b.Name, VersioningConfiguration: enabled,
		}))(t)
		key := aws.String("key")
		marker := acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: key}))(t)
		expect("a delete marker alone", false)
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{
			Bucket: &b.Name, Key: key, VersionId: marker.VersionId,
		}))(t)
		expect("what was deleted for good", true)
		version := acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &b.Name, Key: key, Body: strings.NewReader("x"),
		}))(t)
		expect("an object", false)
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{
			Bucket: &b.Name, Key: key, VersionId: version.VersionId,
		}))(t)
	})
}

// TestAccBucketDataSource_foreign looks at a bucket that spinup did not make, in another region than the provider's.
func TestAccBucketDataSource_foreign(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		const region = "eu-west-1"
		acctest.Must(b.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{
			Bucket:                    &b.Name,
			CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: region},
		}, func(o *s3.Options) { o.Region = region }))(t)
		t.Cleanup(func() {
			_, _ = b.S3().DeleteBucket(context.WithoutCancel(t.Context()), &s3.DeleteBucketInput{Bucket: &b.Name})
		})
		putTags(t, b, b.Name, map[string]string{"Owner": "somebody", "Scanner": "seen"})
		statement := fmt.Sprintf(`{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:GetObjectTorrent",`+
			`"Resource":"arn:aws:s3:::%s/*"}`, b.Name)
		acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{
			Bucket: &b.Name, Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + statement + `]}`),
		}))(t)
		putRules(t, b, otherArchive(), presetRules()["abort-uploads"])

		tf := b.Served(t)
		tf.Write(b.Provider(`ignore_tags = { keys = ["Scanner"] }`) +
			fmt.Sprintf("data \"spinup_bucket\" \"test\" { name = %q }", b.Name))
		tf.Apply()
		got := tf.State(bucketDataSource)
		want := map[string]any{
			"id": b.Name, "name": b.Name, "region": region, "account_id": b.AccountID, "arn": "arn:aws:s3:::" + b.Name,
			"domain_name":          b.Name + ".s3.amazonaws.com",
			"regional_domain_name": b.Name + ".s3." + region + ".amazonaws.com",
			"hosted_zone_id":       "Z1BKCTXD74EZPE",
			"tags":                 map[string]any{"Owner": "somebody"},
			"tags_all":             map[string]any{"Owner": "somebody"},
			"policy":               `{"Version":"2012-10-17","Statement":[` + statement + `]}`,
			"versioning":           false, "require_tls": false, "empty": true, "lifecycle_preset": "abort-uploads",
			"access_log": nil, "logging": nil, "ip_access": nil, "access_levels": []any{}, "groups": map[string]any{},
			// What AWS, and LocalStack, give a new bucket.
			"object_ownership": "BucketOwnerEnforced", "public_access": "none", "owner": nil, "cors_rules": nil, "object_lock": nil,
			"public_access_block": allSwitches(true),
			"encryption":          map[string]any{"algorithm": "AES256", "bucket_key": false, "kms_key_arn": nil},
			"creation_date":       got["creation_date"],
		}
		if b.Kind == emulator.Fakecloud { // whose new buckets are like those from before 2023
			want["object_ownership"], want["public_access"], want["encryption"] = "ObjectWriter", "unblocked", nil
			want["public_access_block"] = allSwitches(false)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestAccBucketDataSource_missing(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf("data \"spinup_bucket\" \"test\" { name = %q }", b.Name))
		out := tf.MustFail("plan")
		if want := fmt.Sprintf("There is no bucket %q.", b.Name); !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	})
}

// allSwitches are the four switches, all of them on or off.
func allSwitches(on bool) map[string]any {
	return map[string]any{
		"block_public_acls": on, "ignore_public_acls": on, "block_public_policy": on, "restrict_public_buckets": on,
	}
}
