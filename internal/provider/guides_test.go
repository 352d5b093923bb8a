package provider_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// ofStore reports whether a folder is about a store that the tests do not have: TestAccGuide uses it, on those they have.
func ofStore(dir string) bool { return dir == "guides/yandex-quick-start" || dir == "guides/kos" }

// guide is a working directory with an example of a guide as it is, led to the store by its variables. The platform is
// the one that the example names.
func guide(t *testing.T, b *acctest.Bench, dir string, variables ...string) *acctest.Terraform {
	t.Helper()
	tf := b.Terraform(t)
	if err := os.CopyFS(tf.Dir, os.DirFS(filepath.Join(examples, dir))); err != nil {
		t.Fatal(err)
	}
	tf.Setenv("AWS_ACCESS_KEY_ID", "test")
	tf.Setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
	for _, variable := range append(variables, "endpoint="+b.Gateway.URL(), "bucket="+b.Name) {
		name, value, _ := strings.Cut(variable, "=")
		tf.Setenv("TF_VAR_"+name, value)
	}
	return tf
}

// TestAccGuide_yandex takes the six steps of the quick start, the object by curl, with platform "yandex".
func TestAccGuide_yandex(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := guide(t, b, "guides/yandex-quick-start", "region="+acctest.Region)
		const key = "new-prefix/sample-object.txt"
		if out := tf.Apply(); !strings.Contains(out, "<Key>"+key+"</Key>") {
			t.Errorf("the list does not have the object:\n%s", out)
		}
		sent := acctest.Must(os.ReadFile(filepath.Join(tf.Dir, "sample.txt")))(t)
		got := acctest.Must(os.ReadFile(filepath.Join(tf.Dir, "downloaded.txt")))(t)
		if len(sent) == 0 || string(got) != string(sent) {
			t.Errorf("downloaded %q, uploaded %q", got, sent)
		}
		acctest.Must(b.S3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &b.Name, Key: aws.String(key)}))(t)
		tf.Empty()
		if state := tf.StateFile(); !strings.Contains(state, "$AWS_SECRET_ACCESS_KEY") || strings.Contains(state, "test-secret") {
			t.Errorf("the secret is in state: %s", state)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccGuide_kos makes a bucket with what KOS's own API offers, with platform "kos".
func TestAccGuide_kos(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		rules := "true"
		if b.Kind == emulator.VersityGW {
			rules = "false"
		}
		tf := guide(t, b, "guides/kos", "lifecycle_rules="+rules)
		if out := tf.Apply(); !strings.Contains(out, `"`+b.Name+`"`) {
			t.Errorf("the list does not have the bucket:\n%s", out)
		}
		tf.Empty()
		saysAll(t, livePolicy(t, b), "SpinupPublicRead", "Campus", "198.51.100.0/24")
		out := acctest.Must(b.S3().GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: &b.Name}))(t)
		if out.Status != "Enabled" {
			t.Errorf("versioning is %q", out.Status)
		}
		if b.Kind == emulator.MinIO {
			if made := rulesOf(t, b); len(made) != 1 || made["replaced"].NoncurrentVersionExpiration == nil {
				t.Errorf("the lifecycle rules are %v", made)
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccGuide_unknown: what is unset is not asked of a store of which nothing is known, and an import asks for all.
func TestAccGuide_unknown(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.Platform = "s3"
		tf := b.Served(t)
		tf.Write(storeBucket(b, ""))
		tf.Apply()
		tf.Empty()
		for _, read := range []string{"GetBucketTagging", "GetBucketVersioning", "GetBucketPolicy", "GetPublicAccessBlock"} {
			if n := b.Gateway.Counts()["s3:"+read]; n > 0 {
				t.Errorf("%s was called %d times", read, n)
			}
		}
		settings := "  versioning = true\n  public_access = \"read\"\n  tags = { Owner = \"library\" }"
		if b.Kind == emulator.VersityGW { // it gives a new bucket an ownership, which the import finds
			settings += "\n  object_ownership = \"BucketOwnerEnforced\""
		}
		tf.Write(storeBucket(b, settings))
		tf.Apply()
		tf.Empty()
		tf.ForgetState()
		tf.Must("import", "spinup_bucket.b", b.Name)
		for attribute, want := range map[string]any{"versioning": true, "public_access": "read"} {
			if got := tf.State("spinup_bucket.b")[attribute]; got != want {
				t.Errorf("imported: %s is %v, want %v", attribute, got, want)
			}
		}
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.VersityGW, emulator.MinIO)
}
