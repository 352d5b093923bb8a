package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// ofStore reports whether a folder is about a store other than VersityGW. TestAccGuide uses it, on the stores that the tests
// have.
func ofStore(dir string) bool {
	return dir == "guides/yandex-quick-start" || dir == "guides/kos" || dir == "guides/minio"
}

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

// TestAccGuide_minio makes what the guide on stores shows for MinIO.
func TestAccGuide_minio(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := guide(t, b, "guides/minio")
		tf.Apply()
		tf.Empty()
		saysAll(t, livePolicy(t, b), "SpinupPublicRead")
		if made := rulesOf(t, b); len(made) != 2 || made["drafts"].Expiration == nil {
			t.Errorf("the lifecycle rules are %v", made)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.MinIO)
}

// workflow are the commands that a job of the guide's workflow runs, but for init.
func workflow(t *testing.T, job string) [][]string {
	t.Helper()
	text := string(acctest.Must(os.ReadFile(filepath.Join(examples, "guides/publish-from-ci/publish.yml")))(t))
	_, text, found := strings.Cut(text, "\n  "+job+":\n")
	if !found {
		t.Fatalf("the workflow has no job %s", job)
	}
	var all [][]string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "  ") && !strings.HasPrefix(line, "   ") {
			break // the next job
		}
		_, command, runs := strings.Cut(line, "run: terraform ")
		if args := strings.Fields(command); runs && args[0] != "init" {
			all = append(all, args)
		}
	}
	return all
}

// TestAccGuide_publish runs what the guide on publishing says: the commands of its workflow with its configuration, a build
// between plan and apply, a guard, a look for drift, and a rollback.
func TestAccGuide_publish(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		of, distribution, made := madeSite(t, b)
		tf := guide(t, of, "guides/publish-from-ci", "distribution_id="+distribution)
		tf.Setenv("AWS_ENDPOINT_URL", b.Gateway.URL())
		tf.Setenv("AWS_ENDPOINT_URL_CLOUDFRONT", b.Edge.URL())
		tf.Setenv("AWS_SECRET_ACCESS_KEY", "test")
		ci := func(job string, want int) (out string) {
			t.Helper()
			commands := workflow(t, job)
			if len(commands) != 1 {
				t.Fatalf("the job %s runs %v", job, commands)
			}
			out, code := tf.Run(commands[0]...)
			if code != want {
				t.Fatalf("the job %s ends with %d, want %d\n%s", job, code, want, out)
			}
			return acctest.Flat(out)
		}
		build := func(version string) {
			t.Helper()
			pages{
				"public/index.html": "<p>Version " + version, "public/assets/app." + version + "f2a91bc.js": version,
				"public/fonts/text.woff2": "font", "public/feed.xml": "<feed/>", "manual/index.html": "<p>Manual",
			}.add(t, tf.Dir)
		}
		public := filepath.Join(tf.Dir, "public")
		clean := func() {
			if err := os.RemoveAll(public); err != nil {
				t.Fatal(err)
			}
		}

		clean()
		build("1")
		saysAll(t, ci("plan", 0), `"+4 ~0 -0"`, `"+ assets/app.1f2a91bc.js"`, `"+1 ~0 -0"`)
		ci("apply", 0)
		for key, want := range map[string]string{
			"index.html": "no-cache", "assets/app.1f2a91bc.js": "public, max-age=31536000, immutable",
			"fonts/text.woff2": "public, max-age=31536000, immutable", "feed.xml": "public, max-age=300",
			"manual/index.html": "no-cache",
		} {
			head := acctest.Must(b.S3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &of.Name, Key: &key}))(t)
			if got := aws.ToString(head.CacheControl); got != want {
				t.Errorf("Cache-Control of %s is %q, want %q", key, got, want)
			}
		}

		// A build between plan and apply is refused, and nothing is sent.
		clean()
		build("2")
		saysAll(t, ci("plan", 0), `"+1 ~1 -1"`, `"- assets/app.1f2a91bc.js"`)
		pages{"public/index.html": "<p>Version 2, built again"}.add(t, tf.Dir)
		b.Gateway.Reset()
		saysAll(t, ci("apply", 1), "Provider produced inconsistent final plan")
		if done := mutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}
		build("2")
		ci("plan", 0)
		ci("apply", 0)
		if n := tf.State("spinup_directory.site")["removals_pending"]; n != 1.0 {
			t.Errorf("%v files stay for a while, want the old script", n)
		}

		// The drift job needs no build. It ends with 0, and with 2 when somebody has changed a file.
		clean()
		ci("drift", 0)
		b.PutObject(t, of.Name, "feed.xml")
		saysAll(t, ci("drift", 2), "~ feed.xml")

		// Too many removals fail the plan.
		for i := range 21 {
			pages{fmt.Sprintf("public/news/%d.html", i): "news"}.add(t, tf.Dir)
		}
		build("2")
		saysAll(t, ci("plan", 0), "1 repaired")
		ci("apply", 0)
		clean()
		build("2")
		saysAll(t, ci("plan", 1), "Too many removals", "max_removals is 20", "would remove 21 files")
		pages{"public/news/0.html": "news"}.add(t, tf.Dir)
		ci("plan", 0)
		ci("apply", 0)

		// A rollback is an apply of an earlier build. The files that are kept are not sent again.
		clean()
		build("1")
		saysAll(t, ci("plan", 0), `"~ index.html"`)
		b.Gateway.Reset()
		ci("apply", 0)
		for _, call := range b.Gateway.Calls() {
			key, _ := strings.CutPrefix(call.Resource, "arn:aws:s3:::"+of.Name+"/")
			if call.Operation == "PutObject" && key != "index.html" && !strings.HasPrefix(key, directory.Reserved) {
				t.Errorf("the rollback sends %s", key)
			}
		}
		if _, body := b.Fetch(t, domain(b), "/"); body != "<p>Version 1" {
			t.Errorf("after the rollback the site answers %q", body)
		}
		tf.Destroy()
		made.Destroy()
	})
}

// add adds files to a folder.
func (s pages) add(t *testing.T, dir string) {
	t.Helper()
	for name, text := range s {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
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
