package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// subresource is something that a store may not know: the calls about it, and an attribute that asks for it.
type subresource struct {
	name  string
	calls []string // operations of S3
	line  string   // "" when no attribute asks for it
	says  string   // the attribute that an error names
}

func subresources() []subresource {
	return []subresource{
		{"tagging", []string{"GetBucketTagging", "PutBucketTagging", "DeleteBucketTagging"}, `tags = { A = "b" }`, "tags"},
		{"policy", []string{"GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"}, `require_tls = true`, "policy"},
		{"public", []string{"GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"}, `public_access = "read"`, "policy"},
		{"versioning", []string{"GetBucketVersioning", "PutBucketVersioning"}, `versioning = true`, "versioning"},
		{"versions", []string{"ListObjectVersions"}, "", ""},
		{"uploads", []string{"ListMultipartUploads"}, "", ""},
		{"delete", []string{"DeleteObjects"}, "", ""},
		{"object-lock", []string{"GetObjectLockConfiguration", "PutObjectLockConfiguration"}, `object_lock = {}`, "object_lock"},
		{
			"cors", []string{"GetBucketCors", "PutBucketCors", "DeleteBucketCors"},
			`cors_rules = [{ allowed_methods = ["GET"], allowed_origins = ["*"] }]`, "cors_rules",
		},
		{"acl", []string{"GetBucketAcl"}, "", ""},
		{"logging", []string{"GetBucketLogging", "PutBucketLogging"}, `access_log = { bucket = "some-log" }`, "access_log"},
		{"encryption", []string{"GetBucketEncryption", "PutBucketEncryption"}, `encryption = { algorithm = "AES256" }`, "encryption"},
		{"publicAccessBlock", []string{"GetPublicAccessBlock", "PutPublicAccessBlock"}, `public_access_block = {}`, "public_access_block"},
		{"ownership", []string{"GetBucketOwnershipControls", "PutBucketOwnershipControls"}, `object_ownership = "ObjectWriter"`, "object_ownership"},
		{
			"lifecycle", []string{"GetBucketLifecycleConfiguration", "PutBucketLifecycleConfiguration", "DeleteBucketLifecycle"},
			`lifecycle_preset = "expire-noncurrent"`, "lifecycle_preset",
		},
	}
}

// answersOf are the ways in which a store says that it does not know a sub-resource.
func answersOf() map[string]gateway.Fault {
	return map[string]gateway.Fault{
		"501":           gateway.Answer(501, "NotImplemented", "A header you provided implies functionality that is not implemented."),
		"405":           gateway.Answer(405, "MethodNotAllowed", "The specified method is not allowed against this resource."),
		"falls through": gateway.FallThrough(),
	}
}

// TestAccStranger_lacking: a store of which nothing is known, without ids of requests, that lacks one thing after the
// other. Whoever does not ask for it notices nothing: in the life of a bucket, in an import, in data sources. Whoever
// does is told which attribute it is, and nothing is left behind or stuck.
func TestAccStranger_lacking(t *testing.T) {
	imports := map[emulator.Kind]string{emulator.VersityGW: "501", emulator.MinIO: "falls through"}
	turn := map[emulator.Kind]int{emulator.VersityGW: 0, emulator.MinIO: 1}
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		for i, lacks := range subresources() {
			for name, answer := range answersOf() {
				t.Run(lacks.name+"/"+strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
					t.Parallel()
					b := b.Fork(t)
					b.Platform = "s3"
					b.Gateway.SetBare(true)
					var calls []string
					for _, call := range lacks.calls {
						calls = append(calls, "s3:"+call)
					}
					b.Gateway.Inject(gateway.Rule{Match: gateway.Op(calls...), Fault: answer})
					unaskedLife(t, b)
					if name == imports[b.Kind] && i%2 == turn[b.Kind] { // by turns: the real command takes ten times as long
						unaskedImport(t, b)
					}
					if lacks.line != "" {
						asked(t, b, lacks)
					}
				})
			}
		}
	}, emulator.VersityGW, emulator.MinIO)
}

// unaskedLife is the life of a bucket that does not ask for what the store lacks.
func unaskedLife(t *testing.T, b *acctest.Bench) {
	t.Helper()
	tf := b.Played(t)
	tf.Write(storeBucket(b, "  force_destroy = true"))
	tf.Apply()
	tf.Empty()
	b.PutObject(t, b.Name, "a")
	tf.Destroy()
	b.Gone(t, b.Name)
}

// unaskedImport imports such a bucket, and reads it and everything else as data.
func unaskedImport(t *testing.T, b *acctest.Bench) {
	t.Helper()
	b.MakeBucket(t, b.Name)
	tf := b.Served(t)
	tf.Write(storeBucket(b, "") + fmt.Sprintf("import {\n  to = spinup_bucket.b\n  id = %[1]q\n}\n"+
		"data \"spinup_bucket\" \"b\" {\n  name = %[1]q\n}\ndata \"spinup_buckets\" \"all\" {}\n"+
		"data \"spinup_lifecycle_rules\" \"b\" {\n  bucket = %[1]q\n}\n", b.Name))
	tf.Apply()
	tf.Empty()
	tf.Destroy()
	b.Gone(t, b.Name)
}

// asked asks for what the store lacks, on a new bucket and on one that is there.
func asked(t *testing.T, b *acctest.Bench, lacks subresource) {
	t.Helper()
	tf := b.Played(t)
	tf.Write(storeBucket(b, "  "+lacks.line))
	saysAll(t, tf.MustFail("apply", "-auto-approve"), lacks.says)
	b.Gone(t, b.Name)
	if state := tf.StateFile(); strings.Contains(state, b.Name) {
		t.Errorf("state holds something of it: %s", state)
	}
	tf.Write(storeBucket(b, ""))
	tf.Apply()
	tf.Write(storeBucket(b, "  "+lacks.line))
	saysAll(t, tf.MustFail("apply", "-auto-approve"), lacks.says)
	tf.Write(storeBucket(b, ""))
	tf.Apply()
	tf.Empty()
	tf.Destroy()
	b.Gone(t, b.Name)
}

// TestAccStranger_bare: stores without ids of requests, and nothing known of them, have everything that they have.
func TestAccStranger_bare(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.Gateway.SetBare(true)
		for _, platform := range []string{"s3", b.Platform} {
			b.Platform = platform
			tf := b.Served(t)
			tf.Write(storeBucket(b, richest(b)))
			tf.Apply()
			tf.Empty()
			tf.Destroy()
			b.Gone(t, b.Name)
		}
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccStranger_imports: what an import saw is harmless, and no reason for a change.
func TestAccStranger_imports(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		for _, platform := range []string{"s3", b.Kind.Platform()} {
			for _, settings := range []string{"", "  public_access = \"none\"", "  versioning = false"} {
				b := b.Fork(t)
				b.Platform = platform
				b.MakeBucket(t, b.Name)
				tf := b.Served(t)
				tf.Write(storeBucket(b, settings))
				tf.Must("import", "spinup_bucket.b", b.Name)
				tf.Empty()
				tf.Destroy()
				b.Gone(t, b.Name)
			}
		}
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccStranger_none: public_access = "none" asks nothing of a store without policies.
func TestAccStranger_none(t *testing.T) {
	acctest.Only(t, emulator.MinIO, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.Platform = "s3"
		b.Gateway.Inject(gateway.Rule{
			Match: gateway.Op("s3:GetBucketPolicy", "s3:PutBucketPolicy"), Fault: answersOf()["501"],
		})
		tf := b.Played(t)
		for _, value := range []string{"none", "unblocked"} {
			tf.Write(storeBucket(b, fmt.Sprintf("  public_access = %q", value)))
			tf.Apply()
			tf.Empty()
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStranger_adopted: a bucket of which it is not certain that this run made it is never taken back.
func TestAccStranger_adopted(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.Platform = "s3"
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:PutBucketTagging"), Fault: gateway.FallThrough()})
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:CreateBucket"), Fault: gateway.ResetAfter(), Times: 1})
		tf := b.Played(t)
		tf.Write(storeBucket(b, `  tags = { A = "b" }`))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "tags")
		if left := b.Leftovers(t, b.Name); len(left) != 1 {
			t.Errorf("left are %v, want the bucket", left)
		}
		tf.Write(storeBucket(b, ""))
		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccStore_theirs: a bucket that somebody made and filled while our call got lost is theirs.
func TestAccStore_theirs(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(storeBucket(b, "  force_destroy = true", "max_retries = 0"))
		b.Gateway.Inject(gateway.Rule{
			Match: func(c gateway.Call) bool {
				if c.Name() != "s3:CreateBucket" {
					return false
				}
				b.MakeBucket(t, b.Name)
				b.PutObject(t, b.Name, "theirs")
				return true
			},
			Fault: gateway.ResetBefore(), Times: 1,
		})
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "not ours")
		if strings.Contains(tf.StateFile(), b.Name) {
			t.Error("state has it")
		}
		if _, err := b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("theirs")}); err != nil {
			t.Error(err)
		}
	}, emulator.VersityGW, emulator.MinIO)
}
