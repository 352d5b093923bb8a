package provider_test

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// storeBucket is a bucket with the settings that follow.
func storeBucket(b *acctest.Bench, settings string) string {
	return b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n%s\n}\n", b.Name, settings)
}

// richest are all settings that the store can have.
func richest(b *acctest.Bench) string {
	policy := `
  policy = jsonencode({ Statement = [{ Sid = "Office", Effect = "Allow", Principal = "*", Action = "s3:GetObject",
    Resource = "arn:aws:s3:::` + b.Name + `/office/*",
    Condition = { IpAddress = { "aws:SourceIp" = ["192.0.2.0/24"] } } }] })`
	all := `
  tags          = { Owner = "library", "Cost Center" = "12" }
  versioning    = true
  require_tls   = true
  public_access = "read"` + policy
	switch b.Kind {
	case emulator.MinIO:
		return all + `
  lifecycle_preset = "expire-noncurrent"`
	default:
		return all + `
  object_ownership = "BucketOwnerEnforced"`
	}
}

// TestAccStore_life is the life of a bucket on every store: nothing but the name, everything, drift, import, nothing.
func TestAccStore_life(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		for _, settings := range []string{"", richest(b), ""} {
			tf.Write(storeBucket(b, settings))
			tf.Apply()
			tf.Empty()
		}
		tf.Destroy()
		b.Gone(t, b.Name)

		tf.Write(storeBucket(b, richest(b)))
		tf.Apply()
		tf.Empty()
		tf.ForgetState()
		tf.Must("import", "spinup_bucket.b", b.Name)
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
