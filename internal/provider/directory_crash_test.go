package provider_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// version is the n-th build of a site: pages that refer to assets, whose names change with every build, to one that keeps
// its name, and to each other.
func version(n int) pages {
	files := pages{
		"logo.svg":   fmt.Sprintf("<svg id='%d'/>", n),
		"same.css":   "p {}",
		"robots.txt": fmt.Sprint(n),
	}
	for _, page := range []string{"index.html", "a/index.html", fmt.Sprintf("b%d.html", n)} {
		script, style := fmt.Sprintf("assets/%s.%08x.js", path.Base(page), n+0xa1), fmt.Sprintf("assets/%08x.css", n+0xb1)
		files[page] = fmt.Sprintf(`<script src="/%s"></script><link href="/%s"><link href="/same.css"><img src="/logo.svg">`, script, style)
		files[script], files[style] = fmt.Sprint("s", n), fmt.Sprint("c", n)
	}
	return files
}

var refers = regexp.MustCompile(`(?:src|href)="/([^"]+)"`)

// dangling are the pages that refer to what is not there.
func dangling(objects map[string]string) (all []string) {
	for key, text := range objects {
		if !strings.HasSuffix(key, ".html") {
			continue
		}
		for _, found := range refers.FindAllStringSubmatch(text, -1) {
			if _, there := objects[found[1]]; !there {
				all = append(all, key+" refers to "+found[1])
			}
		}
	}
	slices.Sort(all)
	return all
}

// manifestNames are the keys that the manifests of the bucket name.
func manifestNames(t *testing.T, b *acctest.Bench) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for key := range keysIn(t, b, directory.Reserved) {
		out := acctest.Must(b.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: &key}))(t)
		var manifest struct {
			Prefix string
			Files  []struct {
				Key string `json:"k"`
			}
		}
		if err := json.NewDecoder(acctest.Must(gzip.NewReader(out.Body))(t)).Decode(&manifest); err != nil {
			t.Fatal(err)
		}
		_ = out.Body.Close()
		for _, file := range manifest.Files {
			names[manifest.Prefix+file.Key] = true
		}
	}
	return names
}

const foreignKey = "assets/theirs.js"

// TestAccDirectory_crashSweep fails every writing call of a deployment that adds, changes and removes. At no time does a
// page refer to what is not there, is an object of ours without a name in the manifest, or is one of others touched.
func TestAccDirectory_crashSweep(t *testing.T) {
	everywhereThereAreObjects(t, func(t *testing.T, b *acctest.Bench) {
		config := func(n int) func(b *acctest.Bench) string {
			return func(b *acctest.Bench) string {
				version(n).write(t, sourceOf(b))
				return directoryBlock(b, sourceOf(b), "concurrency = 1")
			}
		}
		sweep{
			surround: func(t *testing.T, b *acctest.Bench) {
				publishes(nil)(t, b)
				b.PutObject(t, b.Name, foreignKey)
				t.Cleanup(func() {
					_, _ = b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String(foreignKey)})
				})
			},
			before: config(1), after: config(2),
			sound: func(t *testing.T, b *acctest.Bench, tf acctest.Runner) {
				objects, named := objectsIn(t, b), manifestNames(t, b)
				for _, one := range dangling(objects) {
					t.Errorf("the page %s", one)
				}
				if objects[foreignKey] != foreignKey {
					t.Errorf("what is of others is now %q", objects[foreignKey])
				}
				for key := range objects {
					if key != foreignKey && !named[key] {
						t.Errorf("nothing says whose %s is", key)
					}
				}
			},
			facts: func(t *testing.T, b *acctest.Bench) []string {
				var all []string
				for key, text := range objectsIn(t, b) {
					all = append(all, key+": "+text)
				}
				slices.Sort(all)
				return all
			},
			gone: func(t *testing.T, b *acctest.Bench) {
				same(t, "what is left", []string{foreignKey}, slices.Collect(maps.Keys(keysIn(t, b, ""))))
			},
			phases: []string{"create", "update", "delete"}, brief: b.Kind != emulator.Fakecloud,
		}.run(t, b)
	})
}

// TestAccDirectory_order plays the calls of a deployment back: after each of them, every page refers only to what is
// there, although many are sent at once.
func TestAccDirectory_order(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(version(1))(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		for n := 2; n < 6; n++ {
			there, next := objectsIn(t, b), version(n)
			next.write(t, sourceOf(b))
			b.Gateway.Reset()
			tf.Apply()
			for _, call := range b.Gateway.Calls() {
				_, key, _ := strings.Cut(call.Resource, "/")
				if call.Operation != "PutObject" || strings.HasPrefix(key, directory.Reserved) {
					continue
				}
				there[key] = next[key]
				for _, one := range dangling(there) {
					t.Errorf("build %d: when %s is sent, the page %s", n, key, one)
				}
			}
			if left := dangling(objectsIn(t, b)); len(left) > 0 {
				t.Errorf("build %d: in the end, %v", n, left)
			}
		}
		tf.Destroy()
		nothingLeft(t, b)
	})
}
