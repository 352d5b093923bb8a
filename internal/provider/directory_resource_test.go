package provider_test

import (
	"fmt"
	"io"
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
	for name, text := range s {
		out[name] = text
	}
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

func TestAccDirectory_basic(t *testing.T) {
	everywhereThereAreObjects(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		dir := filepath.Join(t.TempDir(), "site")
		first := smallSite()
		first.write(t, dir)
		tf := b.Served(t)
		tf.Write(b.Provider() + directoryBlock(b, dir, `prefix = "docs/"`))
		plan := tf.Plan("spinup_directory.d")
		if plan.After["changes"] != "+6 ~0 -0" || plan.After["files"] != 6.0 {
			t.Errorf("planned: %v", plan.After)
		}
		tf.Apply()
		tf.Empty()
		if diff := cmp.Diff(first.below("docs/"), objectsIn(t, b)); diff != "" {
			t.Error(diff)
		}
		second := first.with(pages{"index.html": "new", "style.css": "", "new.css": "x", "docs/index.html": ""})
		second.write(t, dir)
		plan = tf.Plan("spinup_directory.d")
		if plan.After["changes"] != "+1 ~1 -2" {
			t.Errorf("planned: %v", plan.After)
		}
		tf.Apply()
		tf.Empty()
		want := second.with(pages{"style.css": first["style.css"]}).below("docs/")
		if diff := cmp.Diff(want, objectsIn(t, b)); diff != "" {
			t.Errorf("pages go at once, what they refer to stays for a while: %s", diff)
		}
		if n := tf.State("spinup_directory.d")["removals_pending"]; n != 1.0 {
			t.Errorf("%v removals are pending", n)
		}
		tf.Destroy()
		if left := keysIn(t, b, ""); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// attributesOf are the sorted attributes that a plan changes.
func attributesOf(change acctest.Change) string {
	names := change.Attributes()
	slices.Sort(names)
	return strings.Join(names, " ")
}
