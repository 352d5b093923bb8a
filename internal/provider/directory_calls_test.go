package provider_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// TestAccDirectory_calls: a plan without a change reads the manifest once, and a thousand objects with each list. One
// changed page is one file and two writes of the manifest. State does not grow with the files.
func TestAccDirectory_calls(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		files := pages{"index.html": "1"}
		for i := range 2500 {
			files[fmt.Sprintf("data/%04d.json", i)] = "{}"
		}
		publishes(files)(t, b)
		tf := b.Played(t, patient)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		var state map[string]any
		if err := json.Unmarshal([]byte(tf.StateFile()), &state); err != nil {
			t.Fatal(err)
		}
		if text, _ := json.Marshal(state); len(text) > 8<<10 {
			t.Errorf("state has %d bytes", len(text))
		}
		b.Gateway.Reset()
		tf.Empty()
		same(t, "calls of a plan", map[string]int{"sts:GetCallerIdentity": 1, "s3:GetObject": 1, "s3:ListObjectsV2": 3}, b.Gateway.Counts())

		files.with(pages{"index.html": "2"}).write(t, sourceOf(b))
		b.Gateway.Reset()
		tf.Apply()
		counts := b.Gateway.Counts()
		same(t, "calls that write", []string{"s3:PutObject 3"}, counted(mutations(b)))
		if n := counts["s3:ListObjectsV2"]; n > 5*3 {
			t.Errorf("%d lists", n)
		}
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_denied: what a refresh may not read, and what an apply may not write, is an error that names the
// permission; nothing counts as gone.
func TestAccDirectory_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		publishes(smallSite())(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "deep"`))
		tf.Apply()
		var rows []unread
		for _, row := range denied(directory.Reads{}, map[string]string{"bucket": "bucket " + b.Name, "object": "object " + b.Name + "/"}) {
			if !strings.HasPrefix(row.name, "GetObjectTagging") { // only where something stands in the way
				rows = append(rows, row)
			}
		}
		wantUnread(t, b, tf, "Directory", rows)
		for _, write := range []string{"PutObject", "DeleteObjects", "CopyObject"} {
			t.Run(write, func(t *testing.T) {
				smallSite().with(pages{"index.html": "new " + write, "docs/index.html": ""}).write(t, sourceOf(b))
				tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), fmt.Sprintf(`cache_control = [{ match = "*.css", value = %q }]`, write)))
				remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:" + write), Fault: gateway.Forbidden()})
				saysAll(t, tf.MustFail("apply", "-auto-approve"), write, "need the IAM action")
				remove()
				tf.Apply()
				tf.Empty()
				smallSite().write(t, sourceOf(b))
				tf.Apply()
			})
		}
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_parts sends a file in parts. A part that is lost is sent again; an apply that ends leaves no unfinished
// upload, and one that was killed leaves one to the next apply, which gives it up.
func TestAccDirectory_parts(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"index.html": "x"})(t, b)
		big := bytes.Repeat([]byte("0123456789abcdef"), 12<<20/16)
		write := func(mark byte) {
			big[len(big)-1] = mark
			if err := os.WriteFile(filepath.Join(sourceOf(b), "big.bin"), big, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		uploads := func() int {
			return len(acctest.Must(b.S3().ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &b.Name}))(t).Uploads)
		}
		write('1')
		tf := b.Played(t, patient)
		config := b.Provider() + directoryBlock(b, sourceOf(b), "part_size = 5242880")
		tf.Write(config)
		t.Cleanup(b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(2, gateway.Op("s3:UploadPart")), Fault: gateway.ResetAfter(), Times: 1}))
		tf.Apply()
		tf.Empty()
		out := acctest.Must(b.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("big.bin")}))(t)
		got := new(bytes.Buffer)
		_ = acctest.Must(got.ReadFrom(out.Body))(t)
		_ = out.Body.Close()
		if !bytes.Equal(big, got.Bytes()) {
			t.Error("the file is another one")
		}

		write('2')
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:CompleteMultipartUpload"), Fault: gateway.Forbidden()})
		tf.MustFail("apply", "-auto-approve")
		same(t, "unfinished uploads", 0, uploads())
		abort := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:AbortMultipartUpload"), Fault: gateway.Forbidden()})
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "CompleteMultipartUpload", "its unfinished upload", "is left")
		same(t, "unfinished uploads", 1, uploads())
		remove()
		abort()
		tf.Apply()
		tf.Empty()
		same(t, "unfinished uploads", 0, uploads())
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_withBucket makes bucket and directory in one apply: the plan cannot look into a bucket that does not
// exist yet. A source that only the apply knows is published by that apply.
func TestAccDirectory_withBucket(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		files.write(t, sourceOf(b))
		t.Cleanup(func() { _ = os.RemoveAll(sourceOf(b)) })
		tf := b.Served(t)
		config := b.Provider() + fmt.Sprintf(`
resource "spinup_bucket" "b" {
  name = %q
}
resource "terraform_data" "built" {
  input = %q
}
resource "spinup_directory" "d" {
  bucket = spinup_bucket.b.name
  source = terraform_data.built.output
}
resource "spinup_directory" "docs" {
  bucket = spinup_bucket.b.name
  prefix = "docs-2/"
  source = %[2]q
}
`, b.Name, sourceOf(b))
		tf.Write(config)
		plan := tf.Plans()
		if unknown := plan["spinup_directory.d"].Unknown["digest"]; unknown != true {
			t.Errorf("digest of an unknown source is planned: %v", unknown)
		}
		same(t, "changes", "+6 ~0 -0", plan["spinup_directory.docs"].After["changes"])
		tf.Must("apply", "test.plan")
		tf.Empty()
		want := files.below("docs-2/")
		maps.Copy(want, files.below(""))
		publishedAre(t, b, want)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccDirectory_refreshOnly: without drift, a refresh has nothing to say, whatever time it is.
func TestAccDirectory_refreshOnly(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		tf := b.Served(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		files.with(pages{"style.css": ""}).write(t, sourceOf(b))
		tf.Apply()
		for range 2 {
			if out, code := tf.Run("plan", "-refresh-only", "-detailed-exitcode"); code != 0 {
				t.Errorf("exit code %d\n%s", code, out)
			}
		}
		b.PutObject(t, b.Name, "index.html")
		if out, code := tf.Run("plan", "-refresh-only", "-detailed-exitcode"); code != 2 || !strings.Contains(out, "index.html (changed outside)") {
			t.Errorf("exit code %d\n%s", code, out)
		}
		tf.Destroy()
	})
}
