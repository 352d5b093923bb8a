package provider_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// TestAccDirectory_givenUp: a file that an apply which failed had sent, or had not, and that the next source has no more,
// waits for its removal like any other.
func TestAccDirectory_givenUp(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"a.js": "1", "b.js": "1"})(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "concurrency = 1"))
		tf.Apply()
		pages{"a.js": "2", "a.2.js": "2", "b.js": "2"}.write(t, sourceOf(b))
		// manifest, a.2.js, a.js, b.js
		t.Cleanup(b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(3, gateway.Op("s3:PutObject")), Fault: gateway.Forbidden(), Times: 1}))
		tf.MustFail("apply", "-auto-approve")
		pages{"b.js": "3"}.write(t, sourceOf(b))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, map[string]string{"a.js": "1", "a.2.js": "2", "b.js": "3"})
		same(t, "removals_pending", 2.0, tf.State("spinup_directory.d")["removals_pending"])
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_unseenForeign: with verify = "none", an object of others is found when a file is sent, and replaced if
// overwrite says so.
func TestAccDirectory_unseenForeign(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := pages{"index.html": "1", "b.js": "1"}
		publishes(files)(t, b)
		putText(t, b, "b.js", "theirs")
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "overwrite = true", `verify = "none"`))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.below(""))
	})
}

// TestAccDirectory_unseenDrift: with verify = "none", what was changed or deleted elsewhere does not stand in the way of
// the next content.
func TestAccDirectory_unseenDrift(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(nil)(t, b)
		for _, kind := range []string{"changed", "gone"} {
			t.Run(kind, func(t *testing.T) {
				files := pages{"index.html": "1", "b.js": "1"}
				files.write(t, sourceOf(b))
				tf := b.Played(t)
				tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "none"`))
				tf.Apply()
				if kind == "changed" {
					putText(t, b, "b.js", "tampered")
				} else {
					dropObject(t, b, "b.js")
				}
				files["b.js"] = "2"
				files.write(t, sourceOf(b))
				tf.Apply()
				tf.Empty()
				publishedAre(t, b, files.below(""))
				if kind == "changed" {
					putText(t, b, "b.js", "tampered")
				} else {
					dropObject(t, b, "b.js")
				}
				tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "none"`, `cache_control = [{ match = "*", value = "no-store" }]`))
				tf.Apply()
				tf.Empty()
				publishedAre(t, b, files.below(""))
				tf.Destroy()
				nothingLeft(t, b)
			})
		}
	})
}

// TestAccDirectory_deepBoth: a file is changed, and somebody else has changed the headers of its object.
func TestAccDirectory_deepBoth(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		files := pages{"index.html": "1", "b.js": "1"}
		publishes(files)(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "deep"`))
		tf.Apply()
		acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String("b.js"), Body: strings.NewReader("1"), ContentType: aws.String("text/odd")}))(t)
		files["b.js"] = "2"
		files.write(t, sourceOf(b))
		tf.Apply()
		publishedAre(t, b, files.below(""))
		tf.Empty()
	})
}

// TestAccDirectory_unseenTainted: with verify = "none", what a create that failed had sent is known as ours.
func TestAccDirectory_unseenTainted(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"a.js": "1", "b.js": "1", "index.html": "1"})(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "none"`, "concurrency = 1"))
		fail := func() {
			t.Cleanup(b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(3, gateway.Op("s3:PutObject")), Fault: gateway.Forbidden(), Times: 1}))
			tf.MustFail("apply", "-auto-approve")
		}
		fail()
		tf.Apply() // replaces it
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
		fail()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_unseenUnfinished: with verify = "none", an apply goes on from one that failed, whatever the source has
// by then.
func TestAccDirectory_unseenUnfinished(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"index.html": "1"})(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "none"`, "concurrency = 1"))
		tf.Apply()
		pages{"a.js": "2", "gone.js": "2", "index.html": "2"}.write(t, sourceOf(b))
		t.Cleanup(b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(4, gateway.Op("s3:PutObject")), Fault: gateway.Forbidden(), Times: 1}))
		tf.MustFail("apply", "-auto-approve")
		files := pages{"a.js": "3", "index.html": "3"}
		files.write(t, sourceOf(b))
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.with(pages{"gone.js": "2"}).below(""))
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_partEdges: files around the size of a part, one call at once, and copies of what was sent in parts, of
// which a store has another checksum.
func TestAccDirectory_partEdges(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		random := func(n int) string { p := make([]byte, n); _, _ = rand.Read(p); return string(p) }
		files := pages{"zero": "", "exact": random(5 << 20), "more": random(5<<20 + 1), "two": random(10 << 20)}
		publishes(files)(t, b)
		tf := b.Played(t)
		set := func(more ...string) {
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), append(more, "concurrency = 1")...))
		}
		set("part_size = 5242880")
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.below(""))
		set("part_size = 5242880", `verify = "deep"`, `cache_control = [{ match = "**", value = "no-store" }]`)
		tf.Apply()
		tf.Empty()
		set(`verify = "deep"`, `cache_control = [{ match = "**", value = "no-store" }]`)
		tf.Apply()
		tf.Empty()
		publishedAre(t, b, files.below(""))
		set(`verify = "deep"`)
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		nothingLeft(t, b)
	})
}

// TestAccDirectory_folders: a file becomes a folder, and a folder a file, on stores too that keep both in a file system.
// There, what is in the way goes at once.
func TestAccDirectory_folders(t *testing.T) {
	everywhereThereAreObjects(t, func(t *testing.T, b *acctest.Bench) {
		publishes(nil)(t, b)
		for _, keep := range []string{"168h", "0s"} {
			file, folder := pages{"a": "1", "c.html": "1"}, pages{"a/b/c": "1", "c.html": "1"}
			tf := b.Played(t)
			tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), fmt.Sprintf(`keep_removed = { "for" = %q }`, keep)))
			for _, files := range []pages{file, folder, file} {
				files.write(t, sourceOf(b))
				tf.Apply()
				tf.Empty()
				for key, text := range files {
					same(t, key, text, objectsIn(t, b)[key])
				}
			}
			tf.Destroy()
			nothingLeft(t, b)
		}
	})
}

// TestAccDirectory_invalidatesForeign: what others put there and overwrite replaces goes from the caches, and state says so.
func TestAccDirectory_invalidatesForeign(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "LocalStack has no CloudFront of its own", func(t *testing.T, b *acctest.Bench) {
		files := pages{"index.html": "1"}
		publishes(files)(t, b)
		id := holdName(t, b, "cache."+b.Name+".example.edu")
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), "overwrite = true", fmt.Sprintf("invalidate = { distribution_id = %q }", id)))
		tf.Apply()
		putText(t, b, "new.js", "theirs")
		files.with(pages{"new.js": "ours"}).write(t, sourceOf(b))
		tf.Apply()
		tf.Empty()
		if made := tf.State("spinup_directory.d")["invalidation_id"]; made == nil {
			t.Error("state has no invalidation_id")
		}
	})
}

// TestAccDirectory_unseenRemoved: with verify = "none", what others have put in the place of a file goes neither with the
// file nor with the directory.
func TestAccDirectory_unseenRemoved(t *testing.T) {
	onFakecloudAndStores(t, func(t *testing.T, b *acctest.Bench) {
		publishes(pages{"index.html": "1", "old.html": "1", "b.js": "1"})(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider() + directoryBlock(b, sourceOf(b), `verify = "none"`))
		tf.Apply()
		putText(t, b, "old.html", "theirs")
		putText(t, b, "b.js", "theirs")
		pages{"index.html": "1", "b.js": "1"}.write(t, sourceOf(b))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		same(t, "what is left", map[string]string{"old.html": "theirs", "b.js": "theirs"}, objectsIn(t, b))
		dropObject(t, b, "old.html")
		dropObject(t, b, "b.js")
		nothingLeft(t, b)
	})
}
