package provider_test

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// everywhereThereAreObjects runs a test on the emulators and on the stores.
func everywhereThereAreObjects(t *testing.T, test func(t *testing.T, b *acctest.Bench)) {
	t.Helper()
	t.Run("emulators", func(t *testing.T) { acctest.Each(t, test) })
	t.Run("stores", func(t *testing.T) { acctest.Stores(t, test, emulator.VersityGW, emulator.MinIO) })
}

// onFakecloudAndStores runs a test on one emulator and on the stores.
func onFakecloudAndStores(t *testing.T, test func(t *testing.T, b *acctest.Bench)) {
	t.Helper()
	t.Run("emulator", func(t *testing.T) { acctest.Only(t, emulator.Fakecloud, everywhere, test) })
	t.Run("stores", func(t *testing.T) { acctest.Stores(t, test, emulator.VersityGW, emulator.MinIO) })
}

// pages are the files of a directory, by their names.
type pages map[string]string

// smallSite is a page with what it refers to.
func smallSite() pages {
	return pages{
		"index.html":               `<link href="style.css"><script src="assets/app.3f2a91bc.js">`,
		"docs/index.html":          `<img src="/img/ü & +.svg">`,
		"style.css":                "body { color: #333 }",
		"assets/app.3f2a91bc.js":   "console.log(1)",
		"img/ü & +.svg":            "<svg xmlns='http://www.w3.org/2000/svg'/>",
		".well-known/security.txt": "Contact: mailto:security@example.edu",
		".DS_Store":                "not this",
	}
}

// with is the site with some files changed; an empty text takes one away.
func (s pages) with(files pages) pages {
	out := pages{}
	maps.Copy(out, s)
	for name, text := range files {
		if out[name] = text; text == "" {
			delete(out, name)
		}
	}
	return out
}

// write makes the directory hold just the files of the site.
func (s pages) write(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
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

// directoryBlock is a directory in the bucket of the bench, with further settings.
func directoryBlock(b *acctest.Bench, dir string, settings ...string) string {
	return fmt.Sprintf("resource \"spinup_directory\" \"d\" {\n  bucket = %q\n  source = %q\n  %s\n}\n", b.Name, dir,
		strings.Join(settings, "\n  "))
}

// objectsIn are the objects of the bucket but for manifests: their bytes by their keys.
func objectsIn(t *testing.T, b *acctest.Bench) map[string]string {
	t.Helper()
	all := map[string]string{}
	for key := range keysIn(t, b, "") {
		if strings.HasPrefix(key, directory.Reserved) {
			continue
		}
		out := acctest.Must(b.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: &key}))(t)
		text := acctest.Must(io.ReadAll(out.Body))(t)
		_ = out.Body.Close()
		all[key] = string(text)
	}
	return all
}

// keysIn are the keys below a prefix.
func keysIn(t *testing.T, b *acctest.Bench, prefix string) map[string]bool {
	t.Helper()
	all := map[string]bool{}
	list := s3.NewListObjectsV2Paginator(b.S3(), &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: &prefix})
	for list.HasMorePages() {
		for _, o := range acctest.Must(list.NextPage(t.Context()))(t).Contents {
			all[aws.ToString(o.Key)] = true
		}
	}
	return all
}

// below is what a bucket holds if just the files of the site are published below a prefix.
func (s pages) below(prefix string) map[string]string {
	all := map[string]string{}
	for name, text := range s {
		if name != ".DS_Store" {
			all[prefix+name] = text
		}
	}
	return all
}

// sourceOf is the source of the bench's directory.
func sourceOf(b *acctest.Bench) string { return filepath.Join(os.TempDir(), "spinup-"+b.Name) }

// publishes makes the bucket of the bench, and the files.
func publishes(files pages) func(t *testing.T, b *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		t.Helper()
		b.MakeBucket(t, b.Name)
		files.write(t, sourceOf(b))
		t.Cleanup(func() { _ = os.RemoveAll(sourceOf(b)) })
	}
}

// nothingLeft requires that the bucket is empty.
func nothingLeft(t *testing.T, b *acctest.Bench) {
	t.Helper()
	if left := keysIn(t, b, ""); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// publishedAre requires that the bucket holds just these objects, by their keys.
func publishedAre(t *testing.T, b *acctest.Bench, want map[string]string) {
	t.Helper()
	if diff := cmp.Diff(want, objectsIn(t, b)); diff != "" {
		t.Errorf("what the bucket holds (-want +got):\n%s", diff)
	}
}

func TestAccDirectory_basic(t *testing.T) {
	everywhereThereAreObjects(t, func(t *testing.T, b *acctest.Bench) {
		first := smallSite()
		publishes(first)(t, b)
		tf := b.Served(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "www/"`))
		plan := tf.Plan("spinup_directory.d")
		if plan.After["changes"] != "+6 ~0 -0" || plan.After["files"] != 6.0 {
			t.Errorf("planned: %v", plan.After)
		}
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, first.below("www/"))
		second := first.with(pages{"index.html": "new", "style.css": "", "new.css": "x", "docs/index.html": ""})
		second.write(t, sourceOf(b))
		plan = tf.Plan("spinup_directory.d")
		if plan.After["changes"] != "+1 ~1 -2" {
			t.Errorf("planned: %v", plan.After)
		}
		tf.Apply()
		tf.Empty()
		// Pages go at once, what they refer to stays for a while.
		publishedAre(t, b, second.with(pages{"style.css": first["style.css"]}).below("www/"))
		if n := tf.State("spinup_directory.d")["removals_pending"]; n != 1.0 {
			t.Errorf("%v removals are pending", n)
		}
		before := tf.State("spinup_directory.d")
		tf.ForgetState()
		tf.Must("import", "spinup_directory.d", b.Name+"/www/")
		after := tf.State("spinup_directory.d")
		for _, name := range []string{"digest", "files", "bytes", "manifest_key", "removals_pending", "next_removal", "region"} {
			same(t, name+" after an import", before[name], after[name])
		}
		b.Gateway.Reset()
		tf.Apply() // the source, which no import can know
		same(t, "calls that write", 0, len(mutations(b)))
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_disappears: a bucket that is gone takes the directory along; a manifest that is gone does not.
func TestAccDirectory_disappears(t *testing.T) {
	everywhereThereAreObjects(t, func(t *testing.T, b *acctest.Bench) {
		publishes(smallSite())(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		for key := range keysIn(t, b, "") {
			acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: &key}))(t)
		}
		acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.Name}))(t)
		if got := tf.Plan("spinup_directory.d").Actions; !slices.Equal(got, []string{"create"}) {
			t.Errorf("planned: %v", got)
		}
		acctest.Must(b.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &b.Name}))(t)
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_manifestLost: what is as it was put there is known again by its checksum, without sending it; nothing
// else counts as ours.
func TestAccDirectory_manifestLost(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		publishes(smallSite())(t, b)
		b.PutObject(t, b.Name, "theirs.txt")
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		key := tf.State("spinup_directory.d")["manifest_key"].(string)
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: &key}))(t)
		plan := tf.Plan("spinup_directory.d")
		if drift := fmt.Sprint(plan.Before["drift"]); !strings.Contains(drift, "the manifest is gone") {
			t.Errorf("drift is %s", drift)
		}
		b.Gateway.Reset()
		tf.Apply()
		same(t, "calls that write", []string{"s3:PutObject", "s3:PutObject"}, mutations(b))
		tf.Empty()
		tf.Destroy()
		same(t, "what is left", map[string]string{"theirs.txt": "theirs.txt"}, objectsIn(t, b))
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("theirs.txt")}))(t)
	})
}

// TestAccDirectory_replace: another bucket or prefix is another directory.
func TestAccDirectory_replace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		tf := b.Played(t)
		for _, prefix := range []string{"", "one/", "one/two/"} {
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), fmt.Sprintf("prefix = %q", prefix)))
			tf.Apply()
			tf.Empty()
			publishedAre(t, b, files.below(prefix))
		}
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_update changes every setting, one after the other: each is applied in place, and nothing is left to do.
func TestAccDirectory_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		tf := b.Played(t)
		for _, step := range []struct {
			settings string
			calls    []string // that write, by their names and numbers
		}{
			{``, []string{"s3:PutObject 8"}},
			{`cache_control = [{ match = "*.css", value = "max-age=5" }]`, []string{"s3:CopyObject 1", "s3:PutObject 2"}},
			{`content_types = { "*.css" = "text/x-css", "*" = "text/x-any" }`, []string{"s3:CopyObject 6", "s3:PutObject 2"}},
			{`headers = [{ match = "img/", content_language = "de", content_disposition = "inline", metadata = { a = "b" } }]`,
				[]string{"s3:CopyObject 6", "s3:PutObject 2"}},
			{`storage_class = "STANDARD_IA"`, []string{"s3:CopyObject 6", "s3:PutObject 2"}},
			{`encryption = { algorithm = "AES256" }`, []string{"s3:CopyObject 6", "s3:PutObject 2"}},
			{`exclude = ["assets/", ".DS_Store"]
  verify = "deep"`, []string{"s3:CopyObject 5", "s3:PutObject 2"}},
			{`include = ["*.html"]
  keep_removed = { "for" = "0s" }`, []string{"s3:DeleteObjects 1", "s3:PutObject 2"}},
			{``, []string{"s3:PutObject 6"}},
		} {
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), step.settings))
			b.Gateway.Reset()
			tf.Apply()
			same(t, step.settings+": calls", step.calls, counted(mutations(b)))
			tf.Empty()
		}
		publishedAre(t, b, files.below(""))
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// counted are the names with their numbers.
func counted(names []string) (all []string) {
	counts := map[string]int{}
	for _, name := range names {
		counts[name]++
	}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, fmt.Sprintf("%s %d", name, counts[name]))
	}
	return all
}

// TestAccDirectory_drift changes what was put there with a plain client. The plan names the objects, and an apply puts
// just these back.
func TestAccDirectory_drift(t *testing.T) {
	everywhereThereAreObjects(t, func(t *testing.T, b *acctest.Bench) {
		bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
			files := smallSite()
			publishes(files)(t, b)
			put := func(key, text string) {
				acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
					Bucket: &b.Name, Key: &key, Body: strings.NewReader(text), ContentType: aws.String("text/odd"),
				}))(t)
			}
			for _, row := range some(brief, []struct {
				settings string
				tamper   func()
				drift    string
				calls    []string
			}{
				{`verify = "list"`, func() { put("style.css", strings.ToUpper(files["style.css"])) }, "[~ style.css (changed outside)]",
					[]string{"s3:PutObject 3"}},
				{`verify = "list"`, func() {
					acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("img/ü & +.svg")}))(t)
				}, "[- img/ü & +.svg (gone)]", []string{"s3:PutObject 3"}},
				{`verify = "list"`, func() { put("theirs.txt", "x") }, "", nil},
				{`verify = "deep"`, func() { put("style.css", files["style.css"]) }, "[~ style.css (headers changed outside)]",
					[]string{"s3:CopyObject 1", "s3:PutObject 2"}},
				{`verify = "none"`, func() { put("style.css", "x") }, "", nil},
			}) {
				tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), row.settings))
				tf.Apply()
				row.tamper()
				if row.drift == "" {
					tf.Empty()
					continue
				}
				plan := tf.Plan("spinup_directory.d")
				same(t, "drift", row.drift, fmt.Sprint(plan.Before["drift"]))
				if changes := plan.After["changes"]; changes != "+0 ~0 -0, 1 repaired" {
					t.Errorf("planned: %v", changes)
				}
				b.Gateway.Reset()
				tf.Apply()
				same(t, row.drift+": calls", row.calls, counted(mutations(b)))
				tf.Empty()
			}
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
			tf.Apply()
			tf.Destroy()
			_, _ = b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("theirs.txt")})
			nothingLeft(t, b)
		})(t, b)
	})
}
