package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
)

// TestAccObject_drift changes each attribute with a plain client. The plan names just that, and applying it is one write
// that repairs just that.
func TestAccObject_drift(t *testing.T) { acctest.Each(t, bothWays(driftOfObjects)) }

// objectDrift is one way to change an object behind Terraform's back.
type objectDrift struct {
	name   string
	change func(in *s3.PutObjectInput)
	shows  []string
	call   string // that repairs it
}

func driftOfObjects(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
	clearBucket(t, b, false)
	const copied, sent = "s3:CopyObject", "s3:PutObject"
	rewritten := []string{"etag", "version_id"} // not known until it is written anew
	with := func(names ...string) []string {
		return slices.Sorted(slices.Values(append(names, rewritten...)))
	}
	rows := []objectDrift{
		{"content", func(in *s3.PutObjectInput) { in.Body = strings.NewReader("of others") }, with("sha256", "size"), sent},
		{"content of the same size", func(in *s3.PutObjectInput) { in.Body = strings.NewReader("0urs") }, with("sha256"), sent},
		{"type", func(in *s3.PutObjectInput) { in.ContentType = aws.String("text/theirs") }, with("content_type"), copied},
		{"cache", func(in *s3.PutObjectInput) { in.CacheControl = nil }, with("cache_control"), copied},
		{"disposition", func(in *s3.PutObjectInput) { in.ContentDisposition = aws.String("inline") }, with("content_disposition"), copied},
		{"language", func(in *s3.PutObjectInput) { in.ContentLanguage = aws.String("de") }, with("content_language"), copied},
		{"redirect", func(in *s3.PutObjectInput) { in.WebsiteRedirectLocation = aws.String("/theirs") }, with("website_redirect"), copied},
		{"class", func(in *s3.PutObjectInput) { in.StorageClass = types.StorageClassOnezoneIa }, with("storage_class"), copied},
		{"metadata", func(in *s3.PutObjectInput) { in.Metadata = map[string]string{"a": "theirs", "b": "c"} }, with("metadata"), copied},
		{"no metadata", func(in *s3.PutObjectInput) { in.Metadata = nil }, with("metadata"), copied},
		{"tag", func(in *s3.PutObjectInput) { in.Tagging = aws.String("Step=theirs&More=1") }, []string{"tags", "tags_all"}, "s3:PutObjectTagging"},
		{"no tags", func(in *s3.PutObjectInput) { in.Tagging = nil }, []string{"tags", "tags_all"}, "s3:PutObjectTagging"},
	}
	tf.Write(b.Provider() + objectBlock(b, "object", `content = "ours"`, `content_type = "text/ours"`,
		`cache_control = "no-cache"`, `content_language = "en"`, `website_redirect = "/ours"`, `metadata = { a = "ours" }`,
		`tags = { Step = "ours" }`, `storage_class = "STANDARD_IA"`))
	tf.Apply()
	for _, row := range some(brief, rows) {
		t.Run(row.name, func(t *testing.T) {
			in := &s3.PutObjectInput{
				Bucket: &b.Name, Key: aws.String("object"), Body: strings.NewReader("ours"), ContentType: aws.String("text/ours"),
				CacheControl: aws.String("no-cache"), ContentLanguage: aws.String("en"), WebsiteRedirectLocation: aws.String("/ours"),
				Metadata: map[string]string{"a": "ours"}, Tagging: aws.String("Step=ours"), StorageClass: types.StorageClassStandardIa,
				ChecksumAlgorithm: types.ChecksumAlgorithmSha256,
			}
			row.change(in)
			acctest.Must(b.S3().PutObject(t.Context(), in))(t)
			same(t, "attributes", row.shows, tf.Plans()[objectAddress].Attributes())
			b.Gateway.Reset()
			tf.Must("apply", "test.plan")
			same(t, "writing calls", []string{row.call}, mutations(b))
			tf.Empty()
			same(t, "content", "ours", bodyOf(t, b, "object"))
		})
	}
	tf.Destroy()
}

// TestAccObject_driftUnsaid changes the content so that the store does not tell its SHA-256: sha256 is lost then, and so
// is what a copy or a secret was.
func TestAccObject_driftUnsaid(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		putText(t, b, "source", "ours")
		for _, row := range []struct {
			content string
			shows   []string
		}{
			{`content = "ours"`, []string{"content_type", "etag", "sha256", "version_id"}},
			{fmt.Sprintf(`copy_from = { bucket = %q, key = "source" }`, b.Name), []string{"copy_from", "etag", "sha256", "size", "version_id"}},
			{"content_wo = \"ours\"\n  content_wo_version = \"1\"", []string{"content_wo_version", "size", "version_id"}},
		} {
			tf := b.Played(t)
			tf.Write(b.Provider() + objectBlock(b, "object", row.content))
			tf.Apply()
			tf.Empty()
			putText(t, b, "object", "0urs") // without a type
			same(t, row.content, row.shows, tf.Plans()[objectAddress].Attributes())
			tf.Must("apply", "test.plan")
			tf.Empty()
			same(t, "content", "ours", bodyOf(t, b, "object"))
			putText(t, b, "object", "0urs")
			tf.Destroy() // it is at our key, and the refresh saw it
		}
		dropObject(t, b, "source")
		same(t, "left", []string{}, keysOf(t, b))
	})
}

// TestAccObject_crashSweep goes through every crash of an object that gets another key, other headers and tags, and of
// one whose content changes.
func TestAccObject_crashSweep(t *testing.T) { acctest.Each(t, sweepObjects) }

func sweepObjects(t *testing.T, b *acctest.Bench) {
	second := func(b *acctest.Bench, lines ...string) string {
		return strings.Replace(objectBlock(b, "second", lines...), `"test"`, `"second"`, 1)
	}
	sweep{
		surround: func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name); putText(t, b, "theirs", "of others") },
		before: func(b *acctest.Bench) string {
			return objectBlock(b, "first", `content = "one"`, `tags = { Step = "1" }`) +
				second(b, `content = "two"`, `depends_on = [spinup_object.test]`)
		},
		after: func(b *acctest.Bench) string {
			return objectBlock(b, "moved/first", `content = "one"`, `tags = { Step = "2" }`, `cache_control = "no-cache"`) +
				second(b, `content = "three"`, `cache_control = "no-cache"`, `depends_on = [spinup_object.test]`)
		},
		facts: func(t *testing.T, b *acctest.Bench) (all []string) {
			for _, key := range keysOf(t, b) {
				head := headOf(t, b, key)
				all = append(all, fmt.Sprint(key, bodyOf(t, b, key), aws.ToString(head.CacheControl), objectTags(t, b, key)))
			}
			return all
		},
		sound: func(t *testing.T, b *acctest.Bench, _ acctest.Runner) {
			same(t, "the object of others", "of others", bodyOf(t, b, "theirs"))
		},
		gone: func(t *testing.T, b *acctest.Bench) {
			same(t, "left", []string{"theirs"}, keysOf(t, b))
			dropObject(t, b, "theirs")
		},
		phases: []string{"create", "update", "delete"},
	}.run(t, b)
}

// TestAccObject_interrupted: a process that was killed between the copy and the end of a change of the key leaves both
// objects, and state knows the old one. One apply completes it.
func TestAccObject_interrupted(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Served(t)
		tf.Write(b.Provider() + objectBlock(b, "old", `content = "ours"`, `tags = { A = "1" }`))
		tf.Apply()
		source := b.Name + "/old"
		acctest.Must(b.S3().CopyObject(t.Context(), &s3.CopyObjectInput{Bucket: &b.Name, Key: aws.String("new"), CopySource: &source}))(t)
		tf.Write(b.Provider() + objectBlock(b, "new", `content = "ours"`, `tags = { A = "1" }`))
		b.Gateway.Reset()
		tf.Apply()
		same(t, "writing calls", []string{"s3:DeleteObject"}, mutations(b))
		tf.Empty()
		same(t, "keys", []string{"new"}, keysOf(t, b))
		tf.Destroy()
	})
}

// TestAccObject_lostAnswer loses the answer to each write: the next attempt finds what the first one did.
func TestAccObject_lostAnswer(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		for _, row := range []struct{ call, key, lines string }{
			{"s3:PutObject", "one", `content = "one"`},
			{"s3:PutObject", "one", `content = "two"`},
			{"s3:CopyObject", "one", "content = \"two\"\n  cache_control = \"no-cache\""},
			{"s3:CopyObject", "two", "content = \"two\"\n  cache_control = \"no-cache\""},
			{"s3:DeleteObject", "three", "content = \"two\"\n  cache_control = \"no-cache\""},
			{"s3:PutObject", "four", `content = "three"`},
		} {
			b.Gateway.Inject(gateway.Rule{Match: gateway.Op(row.call), Fault: gateway.ResetAfter(), Times: 1})
			tf.Write(b.Provider() + objectBlock(b, row.key, row.lines))
			tf.Apply()
			tf.Empty()
			same(t, "keys", []string{row.key}, keysOf(t, b))
		}
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:DeleteObject"), Fault: gateway.ResetAfter(), Times: 1})
		tf.Destroy()
		same(t, "left", []string{}, keysOf(t, b))
	})
}

// TestAccObject_denied lets the reads of a refresh fail.
func TestAccObject_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		clearBucket(t, b, false)
		tf.Write(b.Provider("max_retries = 0") + objectBlock(b, "docs/object", `content = "one"`))
		tf.Apply()
		itself := "object " + b.Name + "/docs/object"
		rows := slices.DeleteFunc(denied(object.Reads{}, map[string]string{"object": itself}), func(row unread) bool {
			return strings.HasPrefix(row.name, "List") // only where HEAD does not say whether there is an object
		})
		rows = append(rows,
			unread{"fails", "s3:HeadObject", gateway.Internal(), []string{itself}},
			unread{"throttled", "s3:GetObjectTagging", gateway.Throttled(), []string{itself + ": SlowDown"}},
		)
		wantUnread(t, b, tf, "Object", some(brief, rows))
		tf.Destroy()
	}))
}

// TestAccObject_deniedWrite refuses writes: what state says afterwards is what there is.
func TestAccObject_deniedWrite(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		refuse := func(operation, summary, command string, says ...string) {
			t.Helper()
			remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op(operation), Fault: gateway.Forbidden()})
			defer remove()
			saysAll(t, tf.MustFail(command, "-auto-approve"), append(says, summary)...)
		}
		write := func(key string, lines ...string) {
			tf.Write(b.Provider("max_retries = 0") + objectBlock(b, key, lines...))
		}
		write("one", `content = "one"`)
		refuse("s3:PutObject", "Object could not be created", "apply", "s3:PutObject, s3:PutObjectTagging on object "+b.Name+"/one")
		same(t, "state", map[string]any(nil), tf.State(objectAddress))
		tf.Apply()
		write("one", `content = "two"`)
		refuse("s3:PutObject", "Object could not be changed completely", "apply")
		same(t, "sha256", any(hexSum("one")), tf.State(objectAddress)["sha256"])
		write("two", `content = "one"`)
		refuse("s3:CopyObject", "Object could not be changed completely", "apply")
		refuse("s3:DeleteObject", "Object could not be changed completely", "apply")
		same(t, "key", any("one"), tf.State(objectAddress)["key"])
		write("one", `content = "one"`)
		tf.Empty()
		same(t, "keys", []string{"one", "two"}, keysOf(t, b)) // the copy is left until the change of the key is tried again
		write("two", `content = "one"`)
		refuse("s3:DeleteObject", "Object could not be changed completely", "apply")
		tf.Apply()
		same(t, "keys", []string{"two"}, keysOf(t, b))
		refuse("s3:DeleteObject", "Object could not be destroyed", "destroy")
		tf.Empty()
		tf.Destroy()
	})
}

// TestAccObject_archived changes an object that a lifecycle rule has moved to where nothing can be copied from.
func TestAccObject_archived(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		for i, lines := range [][2]string{{"object", `cache_control = "no-cache"`}, {"other", `cache_control = "no-cache"`}} {
			if i == 0 {
				tf.Write(b.Provider() + objectBlock(b, "object", `content = "one"`))
				tf.Apply()
			}
			acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
				Bucket: &b.Name, Key: aws.String("object"), Body: strings.NewReader("one"), StorageClass: types.StorageClassGlacier,
				ContentType: headOf(t, b, "object").ContentType, CacheControl: headOf(t, b, "object").CacheControl,
			}))(t)
			tf.Empty()
			tf.Write(b.Provider() + objectBlock(b, lines[0], `content = "one"`, lines[1]))
			tf.Apply()
			tf.Empty()
			same(t, "cache", "no-cache", aws.ToString(headOf(t, b, lines[0]).CacheControl))
			same(t, "objects", []string{lines[0]}, keysOf(t, b))
		}
		tf.Destroy()
	})
}

// TestAccObject_changedSince applies a plan to an object that somebody has changed since: nothing is overwritten.
func TestAccObject_changedSince(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		tf.Write(b.Provider() + objectBlock(b, "object", `content = "one"`))
		tf.Apply()
		tf.Write(b.Provider() + objectBlock(b, "object", `content = "two"`))
		tf.Plans()
		putText(t, b, "object", "theirs")
		saysAll(t, tf.MustFail("apply", "test.plan"), "changed since the plan was made", "plan again")
		same(t, "content", "theirs", bodyOf(t, b, "object"))
		tf.Apply()
		tf.Empty()
		same(t, "content", "two", bodyOf(t, b, "object"))
		tf.Destroy()
	})
}
