package provider_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// crashBefore and crashAfter differ in every part, so that going from one to the other makes, changes and removes.
func crashBefore(name string) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %[1]q
  access_levels = ["admin", "read_only"]
  force_destroy = true
  tags          = { Step = "before" }
  access_log    = { bucket = "%[1]s-log" }
  ip_access     = { read_write = ["127.0.0.0/8"] }

  lifecycle_preset = "archive"
  cors_rules       = [%[2]s]

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "Mine", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action = "s3:GetObject", Resource = "arn:aws:s3:::%[1]s/*"
    }]
  })
}
`, name, uploads)
}

func crashAfter(name string) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name             = %[1]q
  access_levels    = ["admin", "read_write"]
  force_destroy    = true
  tags             = { Step = "after" }
  versioning       = true
  object_ownership = "BucketOwnerPreferred"
  public_access    = "read"
  require_tls      = false
  encryption       = { algorithm = "aws:kms" }
  lifecycle_preset = "abort-uploads"
}
`, name)
}

// TestAccBucket_crashSweep goes through every crash of a bucket with every part.
func TestAccBucket_crashSweep(t *testing.T) {
	acctest.Each(t, sweep{
		surround: func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name+"-log") },
		before:   func(b *acctest.Bench) string { return crashBefore(b.Name) },
		after:    func(b *acctest.Bench) string { return crashAfter(b.Name) },
		burden:   func(t *testing.T, b *acctest.Bench) { b.PutObject(t, b.Name, "left") },
		gone:     func(t *testing.T, b *acctest.Bench) { b.Gone(t, b.Name) },
		phases:   []string{"create", "update", "delete"},
	}.run)
}

// TestAccBucket_crashSweepGone goes through every crash of an apply that makes the bucket again, which somebody deleted
// while its groups and policies stayed.
func TestAccBucket_crashSweepGone(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, sweeping, sweep{
		surround: func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name+"-log") },
		before:   func(b *acctest.Bench) string { return crashBefore(b.Name) },
		after:    func(b *acctest.Bench) string { return crashBefore(b.Name) },
		lose: func(t *testing.T, b *acctest.Bench) {
			acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.Name}))(t)
		},
		gone:   func(t *testing.T, b *acctest.Bench) { b.Gone(t, b.Name) },
		phases: []string{"update"},
	}.run)
}
