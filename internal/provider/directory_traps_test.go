package provider_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// TestAccDirectory_badSource: what cannot be published is one error at plan, which names it and what to do.
func TestAccDirectory_badSource(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		publishes(smallSite())(t, b)
		dir := sourceOf(b)
		tf := b.Played(t)
		do := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, row := range []struct {
			name     string
			prepare  func()
			settings []string
			says     []string
		}{
			{"missing", func() { do(os.RemoveAll(dir)) }, nil, []string{"source is", "there is no directory"}},
			{"a file", func() { do(os.RemoveAll(dir)); do(os.WriteFile(dir, nil, 0o644)) }, nil, []string{"is not a directory"}},
			{"empty", func() { do(os.RemoveAll(dir)); do(os.Mkdir(dir, 0o755)) }, nil, []string{"has no file to publish", "allow_empty = true"}},
			{"all excluded", nil, []string{`exclude = ["**"]`}, []string{"has no file to publish"}},
			{"named pipe", func() { do(syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o644)) }, nil, []string{"pipe is not a file but a named pipe: exclude it"}},
			{"link", func() { do(os.Symlink("style.css", filepath.Join(dir, "link.css"))) }, nil, []string{"link.css is a symbolic link", "follow_symlinks = true"}},
			{"link out", func() { do(os.Symlink("/etc/hosts", filepath.Join(dir, "out"))) }, []string{"follow_symlinks = true"}, []string{"a symbolic link out of the source, to /etc/hosts"}},
			{"loop", func() { do(os.Symlink("..", filepath.Join(dir, "docs", "up"))) }, []string{"follow_symlinks = true"}, []string{"docs/up is a symbolic link to", "which it is in"}},
			{"dangling link", func() { do(os.Symlink("nothing", filepath.Join(dir, "gone"))) }, []string{"follow_symlinks = true"}, []string{"gone is a symbolic link that leads nowhere"}},
			{"no UTF-8", func() { do(os.WriteFile(filepath.Join(dir, "a\xff.txt"), nil, 0o644)) }, nil, []string{"is not valid UTF-8"}},
			{"control character", func() { do(os.WriteFile(filepath.Join(dir, "a\x07.txt"), nil, 0o644)) }, nil, []string{"has the control character U+0007"}},
			{"two for one key", func() {
				do(os.WriteFile(filepath.Join(dir, "e\u0301.txt"), nil, 0o644))
				do(os.WriteFile(filepath.Join(dir, "\u00e9.txt"), nil, 0o644))
			}, nil, []string{"look the same, and are different sequences of Unicode"}},
			{"reserved", func() {
				do(os.Mkdir(filepath.Join(dir, ".spinup"), 0o755))
				do(os.WriteFile(filepath.Join(dir, ".spinup", "x"), nil, 0o644))
			}, nil, []string{"keys that begin with .spinup/ are the provider's own"}},
			{"too many removals", nil, nil, nil},
			{"prefix without slash", nil, []string{`prefix = "docs"`}, []string{`"docs" does not end in a slash: write "docs/"`}},
			{"prefix with dots", nil, []string{`prefix = "a/../"`}, []string{`has the segment ".."`}},
			{"bad pattern", nil, []string{`exclude = ["[a"]`}, []string{`"[a" is no pattern`}},
			{"bad header", nil, []string{`cache_control = [{ match = "*", value = "a\nb" }]`}, []string{"must be printable ASCII"}},
			{"bad metadata", nil, []string{`headers = [{ match = "*", metadata = { A = "b" } }]`}, []string{"must be lower-case letters"}},
			{"bad time", nil, []string{`keep_removed = { "for" = "7d" }`}, []string{`"7d" is not a duration`}},
			{"bad part", nil, []string{`part_size = 1000`}, []string{"part_size value must be between 5242880 and 5368709120"}},
		} {
			if row.says == nil {
				continue
			}
			t.Run(row.name, func(t *testing.T) {
				smallSite().write(t, dir)
				if row.prepare != nil {
					row.prepare()
				}
				tf.Write(b.Provider() + directoryBlock(b, dir, row.settings...))
				b.Gateway.Reset()
				said := tf.MustFail("apply", "-auto-approve")
				saysAll(t, said, row.says...)
				if n := strings.Count(said, "Error: "); n != 1 {
					t.Errorf("%d errors:\n%s", n, said)
				}
				same(t, "calls that write", 0, len(mutations(b)))
				_ = os.RemoveAll(dir)
			})
		}
		nothingLeft(t, b)
	})
}

// TestAccDirectory_links follows links inside of the source, and publishes what they lead to.
func TestAccDirectory_links(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"a/one.txt": "1"})(t, b)
		for _, link := range [][2]string{{"a", "b"}, {"a/one.txt", "two.txt"}} {
			if err := os.Symlink(link[0], filepath.Join(sourceOf(b), link[1])); err != nil {
				t.Fatal(err)
			}
		}
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "follow_symlinks = true"))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, map[string]string{"a/one.txt": "1", "b/one.txt": "1", "two.txt": "1"})
		tf.Destroy()
	})
}

// TestAccDirectory_names: every name that a file can have comes back as it is, through puts, copies and deletions.
func TestAccDirectory_names(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		files := pages{
			"a b+c%20d.txt": "1", "q?versionId=1&x#y.txt": "2", "\u200e\u202fmarks.txt": "3", "e\u0301.txt": "4", `back\slash.txt`: "5",
			"a-b": "6", "a/b": "7", "a.b": "8", "'\"<&>.xml": "9", "😀/😀.html": "10", "FOO.HTML": "11", strings.Repeat("l", 200) + ".js": "12",
		}
		publishes(files)(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "p q/"`))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.below("p q/"))
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "p q/"`, `cache_control = [{ match = "**", value = "no-store" }]`))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.below("p q/"))
		head := acctest.Must(b.S3().HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &b.Name, Key: aws.String("p q/a b+c%20d.txt")}))(t)
		same(t, "Cache-Control", "no-store", aws.ToString(head.CacheControl))
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_sameSize: content decides, neither size nor time.
func TestAccDirectory_sameSize(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"a.txt": "one", "b.txt": "one"})(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		age := func(name string, years int) {
			at := time.Now().AddDate(years, 0, 0)
			if err := os.Chtimes(filepath.Join(sourceOf(b), name), at, at); err != nil {
				t.Fatal(err)
			}
		}
		pages{"a.txt": "one", "b.txt": "two"}.write(t, sourceOf(b))
		age("a.txt", 1)
		age("b.txt", -1)
		same(t, "changes", "+0 ~1 -0", tf.Plan("spinup_directory.d").After["changes"])
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, map[string]string{"a.txt": "one", "b.txt": "two"})
		tf.Destroy()
	})
}

// TestAccDirectory_survivors: ten thousand objects of others below the prefix, some with the oddest names, are there after
// updates, removals and a destroy.
func TestAccDirectory_survivors(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(version(1))(t, b)
		const many = 10_000
		put := func(key string) error {
			_, err := b.S3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Name, Key: &key, Body: strings.NewReader("theirs")})
			return err
		}
		var group errgroup.Group
		group.SetLimit(32)
		for i := range many {
			group.Go(func() error { return put(fmt.Sprintf("assets/theirs-%05d.js", i)) })
		}
		group.Go(func() error { return put("report\x07.txt") })
		if err := group.Wait(); err != nil {
			t.Fatal(err)
		}
		tf := b.Played(t, patient)
		for n := range 3 {
			version(n).write(t, sourceOf(b))
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `keep_removed = { "for" = "0s" }`))
			b.Gateway.Reset()
			tf.Apply()
			for _, call := range b.Gateway.Calls() {
				if call.Mutating && strings.Contains(call.Resource, "theirs") {
					t.Fatalf("%s of %s", call.Operation, call.Resource)
				}
			}
		}
		tf.Destroy()
		left := 0
		list := s3.NewListObjectsV2Paginator(b.S3(), &s3.ListObjectsV2Input{Bucket: &b.Name, EncodingType: types.EncodingTypeUrl})
		for list.HasMorePages() {
			left += len(acctest.Must(list.NextPage(t.Context()))(t).Contents)
		}
		same(t, "objects of others", many+1, left)
	})
}

// TestAccDirectory_foreign: what stands where a file is to go is not replaced unless that is asked for, and the plan says
// so, of a new directory and of a new file.
func TestAccDirectory_foreign(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		tf := b.Played(t)
		b.PutObject(t, b.Name, "style.css")
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
			b.Gateway.Reset()
			saysAll(t, tf.MustFail(command...), "Directory cannot be created", "did not put there and has files for: style.css", "overwrite = true", "Nothing was changed.")
			same(t, "calls that write", 0, len(mutations(b)))
		}
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "overwrite = true"))
		tf.Apply()
		tf.Empty()
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		b.PutObject(t, b.Name, "new.txt")
		files = files.with(pages{"new.txt": "ours"})
		files.write(t, sourceOf(b))
		saysAll(t, tf.MustFail("plan"), "Directory cannot be changed", "did not put there and has files for: new.txt")
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("new.txt")}))(t)
		tf.Apply()
		publishedAre(t, b, files.below(""))
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_two: a prefix has one directory. Another one, of another state, is refused with the names of both; one
// below the prefix is not touched.
func TestAccDirectory_two(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		one, other, below := b.Played(t), b.Played(t), b.Played(t)
		one.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "a/"`))
		one.Apply()
		mine := one.State("spinup_directory.d")["manifest_key"].(string)
		other.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "a/"`, "overwrite = true"))
		saysAll(t, other.MustFail("plan"), "Directory exists already", `has a manifest for the prefix "a/", `+mine, fmt.Sprintf("id = %q", b.Name+"/a/"))
		below.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "a/b/"`))
		below.Apply()
		files.with(pages{"style.css": ""}).write(t, sourceOf(b))
		one.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "a/"`, `keep_removed = { "for" = "0s" }`))
		one.Apply()
		one.Destroy()
		publishedAre(t, b, files.below("a/b/"))
		files.write(t, sourceOf(b))
		below.Empty()
		below.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_race: two runs make the same directory at the same time. At most one of them has it then, and the
// other one, which names both manifests, leaves nothing.
func TestAccDirectory_race(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		publishes(smallSite())(t, b)
		b.Gateway.SetLatency(20 * time.Millisecond)
		var done sync.WaitGroup
		runs := []acctest.Runner{b.Played(t), b.Played(t)}
		said, codes := make([]string, len(runs)), make([]int, len(runs))
		for i, tf := range runs {
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "overwrite = true"))
			done.Go(func() { said[i], codes[i] = tf.Run("apply", "-auto-approve") })
		}
		done.Wait()
		won := 0
		for i, tf := range runs {
			if codes[i] == 0 {
				won++
				tf.Empty()
				tf.Destroy()
			} else if !strings.Contains(said[i], "has a manifest for the prefix") || tf.State("spinup_directory.d") != nil {
				t.Errorf("it said %s, and state has %v", said[i], tf.State("spinup_directory.d"))
			}
		}
		if won > 1 {
			t.Error("both have it")
		}
		nothingLeft(t, b)
	})
}

// TestAccDirectory_elsewhere: another run has published since the plan, which is saved. It is refused before anything is
// written.
func TestAccDirectory_elsewhere(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		files.with(pages{"index.html": "mine"}).write(t, sourceOf(b))
		tf.Plans()

		otherDir := filepath.Join(t.TempDir(), "site")
		files.with(pages{"index.html": "theirs"}).write(t, otherDir)
		real := b.Served(t)
		real.Write(b.Provider() + directoryBlock(b, otherDir))
		real.Must("import", "spinup_directory.d", b.Name+"/")
		real.Apply()

		b.Gateway.Reset()
		saysAll(t, tf.MustFail("apply", "test.plan"), "was written by another run", "plan again", "Nothing was changed.")
		same(t, "calls that write", 0, len(mutations(b)))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_changedFile: a file that is written after the plan is not published: neither after a saved plan nor
// while others are being sent, although size and time are as before.
func TestAccDirectory_changedFile(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := pages{"a.css": "one", "index.html": "one"}
		publishes(files)(t, b)
		tf := b.Served(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Plans()
		files.with(pages{"index.html": "two"}).write(t, sourceOf(b))
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("apply", "test.plan"), "inconsistent final plan", ".digest: was cty.StringVal(\"sha256:", "but now cty.StringVal(\"sha256:")
		same(t, "calls that write", 0, len(mutations(b)))

		page := filepath.Join(sourceOf(b), "index.html")
		was := acctest.Must(os.Stat(page))(t)
		for _, row := range []struct {
			name   string
			change func() error
		}{
			{"same size and time", func() error {
				return errors.Join(os.WriteFile(page, []byte("six"), 0o644), os.Chtimes(page, was.ModTime(), was.ModTime()))
			}},
			{"another size", func() error { return os.WriteFile(page, []byte("longer"), 0o644) }},
			{"gone", func() error { return os.Remove(page) }},
		} {
			t.Run(row.name, func(t *testing.T) {
				files.write(t, sourceOf(b))
				if err := os.Chtimes(page, was.ModTime(), was.ModTime()); err != nil {
					t.Fatal(err)
				}
				var once sync.Once
				meanwhile := between(func(r *http.Request) (*http.Response, error) {
					if r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/a.css") {
						once.Do(func() {
							if err := row.change(); err != nil {
								t.Error(err)
							}
						})
					}
					return http.DefaultTransport.RoundTrip(r)
				})
				tf := b.Played(t)
				tf.Write(meanwhile.provider(t, b) + directoryBlock(b, sourceOf(b), `prefix = "p/"`))
				saysAll(t, tf.MustFail("apply", "-auto-approve"), "index.html: ", "the content changed while it was being sent")
				if _, there := objectsIn(t, b)["p/index.html"]; there {
					t.Error("the page is there")
				}
				files.write(t, sourceOf(b))
				tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `prefix = "p/"`))
				tf.Apply()
				tf.Empty()
				tf.Destroy()
			})
		}
		nothingLeft(t, b)
	})
}

// TestAccDirectory_grace: what is removed stays for its time, by the clock of the refresh, then a plan removes it. Its
// final plan is the same although time goes on.
func TestAccDirectory_grace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := pages{"old.html": "x", "old.js": "x", "older.js": "x", "index.html": "x"}
		publishes(files)(t, b)
		var passed atomic.Int64
		start := time.Now()
		clock := func(p *awsclient.Pace) {
			p.Clock = func() time.Time { return start.Add(time.Duration(passed.Load())) }
		}
		tf := b.Played(t, clock)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `keep_removed = { "for" = "24h" }`))
		tf.Apply()
		files.with(pages{"old.html": "", "older.js": ""}).write(t, sourceOf(b))
		tf.Apply()
		passed.Store(int64(time.Hour))
		files = pages{"index.html": "x"}
		files.write(t, sourceOf(b))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, map[string]string{"index.html": "x", "old.js": "x", "older.js": "x"})
		same(t, "removals_pending", 2.0, tf.State("spinup_directory.d")["removals_pending"])
		same(t, "next_removal", start.Add(24*time.Hour).UTC().Format(time.RFC3339), tf.State("spinup_directory.d")["next_removal"])
		passed.Store(int64(24*time.Hour - time.Minute))
		tf.Empty()
		passed.Store(int64(24*time.Hour + time.Minute))
		same(t, "changes", "+0 ~0 -0, 1 due", tf.Plan("spinup_directory.d").After["changes"])
		passed.Store(int64(48 * time.Hour)) // the other one is due as well, but not in this plan
		tf.Must("apply", "test.plan")
		publishedAre(t, b, map[string]string{"index.html": "x", "old.js": "x"})
		files = files.with(pages{"old.js": "x"}) // it comes back
		files.write(t, sourceOf(b))
		tf.Apply()
		tf.Empty()
		same(t, "removals_pending", 0.0, tf.State("spinup_directory.d")["removals_pending"])
		publishedAre(t, b, files.below(""))

		pages{"index.html": "x"}.write(t, sourceOf(b))
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "max_removals = 0"))
		saysAll(t, tf.MustFail("plan"), "max_removals is 0, and this apply would remove 1 files: - old.js")
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_versions: a destroy leaves the history of a bucket with versioning, unless it is asked to delete that.
func TestAccDirectory_versions(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"a.txt": "1"})(t, b)
		acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket: &b.Name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		}))(t)
		versions := func() (n int) {
			out := acctest.Must(b.S3().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &b.Name}))(t)
			for _, v := range out.Versions {
				if !strings.HasPrefix(*v.Key, directory.Reserved) {
					n++
				}
			}
			for _, m := range out.DeleteMarkers {
				if !strings.HasPrefix(*m.Key, directory.Reserved) {
					n++
				}
			}
			return n
		}
		b.PutObject(t, b.Name, "a.txt.theirs")
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		tf.Destroy()
		same(t, "versions and markers", 3, versions())
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "delete_versions = true"))
		tf.Apply()
		// An interrupted destroy is gone on with: what is current goes last.
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(2, gateway.Op("s3:ListObjectVersions")), Fault: gateway.Forbidden()})
		tf.MustFail("destroy", "-auto-approve")
		remove()
		tf.Destroy()
		same(t, "versions", 1, versions())
		bucketEmptied(t, b)
	})
}

// bucketEmptied deletes all versions.
func bucketEmptied(t *testing.T, b *acctest.Bench) {
	t.Helper()
	out := acctest.Must(b.S3().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &b.Name}))(t)
	for _, v := range out.Versions {
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: v.Key, VersionId: v.VersionId}))(t)
	}
	for _, m := range out.DeleteMarkers {
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: m.Key, VersionId: m.VersionId}))(t)
	}
}

// TestAccDirectory_retain: a destroy can leave the files.
func TestAccDirectory_retain(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `on_destroy = "retain"`))
		tf.Apply()
		tf.Destroy()
		same(t, "manifests", 0, len(keysIn(t, b, directory.Reserved)))
		publishedAre(t, b, files.below(""))
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "overwrite = true"))
		tf.Apply()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_lostAnswers: every kind of write loses its answer once, and is sent again. Conditional writes are then
// refused, because the first attempt was carried out: that is seen, and nobody else is blamed.
func TestAccDirectory_lostAnswers(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		lose := func(operation string, nth int) {
			t.Cleanup(b.Gateway.Inject(gateway.Rule{
				Match: gateway.Nth(nth, gateway.Op(operation)), Fault: gateway.ResetAfter(), Times: 1,
			}))
		}
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b)))
		for n := 1; n <= 8; n++ { // the manifest, six files, the manifest
			lose("s3:PutObject", n)
		}
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.below(""))
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `cache_control = [{ match = "**", value = "no-store" }]`))
		lose("s3:CopyObject", 1)
		tf.Apply()
		tf.Empty()
		lose("s3:DeleteObjects", 1)
		lose("s3:DeleteObject", 1)
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_otherETags: where an ETag is not the MD5 of the content, as with KMS on AWS, a second plan is empty
// nevertheless, drift is seen, and an apply that was interrupted is gone on with. The emulators give the MD5, so what
// they say is altered on the way.
func TestAccDirectory_otherETags(t *testing.T) {
	acctest.Only(t, emulator.LocalStack, "it does not verify signatures, and conditions are among what is signed", func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		altered := otherETags().provider(t, b)
		tf := b.Played(t)
		tf.Write(altered + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		tf.Empty()
		b.PutObject(t, b.Name, "style.css")
		same(t, "drift", "[~ style.css (changed outside)]", fmt.Sprint(tf.Plan("spinup_directory.d").Before["drift"]))
		tf.Apply()
		tf.Empty()
		files.with(pages{"style.css": "new", "index.html": "new"}).write(t, sourceOf(b))
		t.Cleanup(b.Gateway.Inject(gateway.Rule{
			Match: func(c gateway.Call) bool { return strings.HasSuffix(c.Resource, "/index.html") && c.Mutating },
			Fault: gateway.Forbidden(), Times: 1,
		}))
		tf.MustFail("apply", "-auto-approve")
		b.Gateway.Reset()
		tf.Apply()
		same(t, "calls that write", []string{"s3:PutObject 3"}, counted(mutations(b)))
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_invalidation: an apply removes from the caches what it changes and removes, once, by few paths. One
// that fails is made by the next apply.
func TestAccDirectory_invalidation(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "LocalStack has no CloudFront of its own", func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		id := holdName(t, b, "cache."+b.Name+".example.edu")
		invalidations := func() (all []string) {
			out := acctest.Must(b.CloudFront().ListInvalidations(t.Context(), &cloudfront.ListInvalidationsInput{DistributionId: &id}))(t)
			for _, one := range out.InvalidationList.Items {
				whole := acctest.Must(b.CloudFront().GetInvalidation(t.Context(), &cloudfront.GetInvalidationInput{DistributionId: &id, Id: one.Id}))(t)
				all = append(all, strings.Join(whole.Invalidation.InvalidationBatch.Paths.Items, " "))
			}
			return all
		}
		tf := b.Played(t)
		write := func(files pages, settings string) {
			files.write(t, sourceOf(b))
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), fmt.Sprintf("invalidate = { distribution_id = %q\n%s }", id, settings)))
		}
		write(files, "")
		tf.Apply()
		same(t, "invalidations of a new directory", 0, len(invalidations()))

		write(files.with(pages{"docs/index.html": "new", "new.css": "x"}), "wait = true")
		b.Gateway.Reset()
		tf.Apply()
		same(t, "calls that write", []string{"cloudfront:CreateInvalidation 1", "s3:PutObject 4"}, counted(siteMutations(b)))
		same(t, "invalidations", []string{"/docs/ /docs/index.html"}, invalidations())
		made := tf.State("spinup_directory.d")["invalidation_id"]
		tf.Empty()

		t.Cleanup(b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:CreateInvalidation"), Fault: gateway.Forbidden(), Times: 1}))
		write(files.with(pages{"img/ü & +.svg": "<svg/>", "docs/index.html": ""}), "max_paths = 2")
		said := tf.MustFail("apply", "-auto-approve")
		saysAll(t, said, "invalidate: ", "cloudfront:CreateInvalidation", "`terraform apply` goes on from there")
		same(t, "drift", "[~ 2 paths (old content may be cached)]", fmt.Sprint(tf.Plan("spinup_directory.d").Before["drift"]))
		b.Gateway.Reset()
		tf.Apply()
		all := invalidations()
		same(t, "invalidations", 2, len(all))
		if text := strings.Join(all, "\n"); !strings.Contains(text, "/docs/*") || !strings.Contains(text, "/img/%C3%BC%20%26%20%2B.svg") {
			t.Errorf("the invalidations are\n%s", text)
		}
		if tf.State("spinup_directory.d")["invalidation_id"] == made {
			t.Error("invalidation_id is the former one")
		}
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// otherETags turns the ETags of answers around, and those of conditions back.
func otherETags() between {
	turned := func(etag string) string {
		text := []byte(strings.Trim(etag, `"`))
		for i, j := 0, len(text)-1; i < j; i, j = i+1, j-1 {
			text[i], text[j] = text[j], text[i]
		}
		return `"` + string(text) + `"`
	}
	listed := regexp.MustCompile(`<ETag>(?:"|&quot;|&#34;)([^<&"]+)(?:"|&quot;|&#34;)</ETag>`)
	return func(r *http.Request) (*http.Response, error) {
		for _, name := range []string{"If-Match", "X-Amz-Copy-Source-If-Match"} {
			if etag := r.Header.Get(name); etag != "" {
				r.Header.Set(name, turned(etag))
			}
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		if etag := answer.Header.Get("Etag"); etag != "" {
			answer.Header.Set("Etag", turned(etag))
		}
		if !strings.Contains(answer.Header.Get("Content-Type"), "xml") {
			return answer, nil
		}
		text, err := io.ReadAll(answer.Body)
		text = listed.ReplaceAllFunc(text, func(found []byte) []byte {
			return []byte("<ETag>" + strings.ReplaceAll(turned(string(listed.FindSubmatch(found)[1])), `"`, "&quot;") + "</ETag>")
		})
		answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader(text)), int64(len(text))
		answer.Header.Set("Content-Length", strconv.Itoa(len(text)))
		return answer, err
	}
}

// patient looks as long as many lists take on a busy machine.
func patient(p *awsclient.Pace) { p.Consistency, p.Rescue = time.Minute, time.Minute }

// TestAccDirectory_masses: below a prefix with ten million objects of others, a refresh stops listing, and asks for its
// own. The list is made up; everything else is the store's.
func TestAccDirectory_masses(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		files := smallSite()
		publishes(files)(t, b)
		var lists atomic.Int64
		masses := between(func(r *http.Request) (*http.Response, error) {
			query := r.URL.Query()
			if query.Get("list-type") != "2" || query.Get("prefix") != "" {
				return http.DefaultTransport.RoundTrip(r)
			}
			n := lists.Add(1)
			var text strings.Builder
			fmt.Fprintf(&text, `<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>%d</NextContinuationToken>`, n)
			for i := range 10 { // of a thousand: they are of others
				fmt.Fprintf(&text, "<Contents><Key>!theirs-%d-%03d</Key><ETag>1</ETag><Size>1</Size></Contents>", n, i)
			}
			text.WriteString("</ListBucketResult>")
			header := http.Header{"Content-Type": {"application/xml"}, "X-Amz-Request-Id": {"1"}}
			return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(strings.NewReader(text.String()))}, nil
		})
		tf := b.Played(t, patient)
		tf.Write(masses.provider(t, b) + directoryBlock(b, sourceOf(b)))
		tf.Apply()
		lists.Store(0)
		b.Gateway.Reset()
		tf.Empty()
		same(t, "lists", int64(20), lists.Load())
		same(t, "calls", map[string]int{"sts:GetCallerIdentity": 1, "s3:GetObject": 1, "s3:HeadObject": 6}, b.Gateway.Counts())
		tf.Destroy()
		nothingLeft(t, b)
	})
}
