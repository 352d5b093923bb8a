package provider_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

const objectAddress = "spinup_object.test"

// objectBlock is the configuration of an object in the bucket that bears the bench's name.
func objectBlock(b *acctest.Bench, key string, lines ...string) string {
	return fmt.Sprintf("resource \"spinup_object\" \"test\" {\n  bucket = %q\n  key    = %q\n  %s\n}\n",
		b.Name, key, strings.Join(lines, "\n  "))
}

// hexSum is the SHA-256 of a text.
func hexSum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// headOf is what HEAD says of an object; nil if it is not there.
func headOf(t *testing.T, b *acctest.Bench, key string) *s3.HeadObjectOutput {
	t.Helper()
	out, err := b.S3().HeadObject(t.Context(), &s3.HeadObjectInput{
		Bucket: &b.Name, Key: &key, ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil && strings.Contains(err.Error(), "StatusCode: 404") {
		return nil
	}
	return acctest.Must(out, err)(t)
}

// bodyOf is the content of an object.
func bodyOf(t *testing.T, b *acctest.Bench, key string) string {
	t.Helper()
	out := acctest.Must(b.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: &key}))(t)
	defer out.Body.Close()
	return string(acctest.Must(io.ReadAll(out.Body))(t))
}

// objectTags are the tags of an object.
func objectTags(t *testing.T, b *acctest.Bench, key string) map[string]string {
	t.Helper()
	out := acctest.Must(b.S3().GetObjectTagging(t.Context(), &s3.GetObjectTaggingInput{Bucket: &b.Name, Key: &key}))(t)
	tags := map[string]string{}
	for _, tag := range out.TagSet {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags
}

// tagObject replaces the tags of an object.
func tagObject(t *testing.T, b *acctest.Bench, key string, tags map[string]string) {
	t.Helper()
	set := &types.Tagging{}
	for key, value := range tags {
		set.TagSet = append(set.TagSet, types.Tag{Key: &key, Value: &value})
	}
	acctest.Must(b.S3().PutObjectTagging(t.Context(), &s3.PutObjectTaggingInput{Bucket: &b.Name, Key: &key, Tagging: set}))(t)
}

// putText puts a text as an object of others.
func putText(t *testing.T, b *acctest.Bench, key, text string) {
	t.Helper()
	acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Name, Key: &key, Body: strings.NewReader(text)}))(t)
}

// dropObject deletes an object of others.
func dropObject(t *testing.T, b *acctest.Bench, key string) {
	t.Helper()
	acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: &key}))(t)
}

// silent requires that nothing was written.
func silent(t *testing.T, b *acctest.Bench) {
	t.Helper()
	if calls := mutations(b); len(calls) > 0 {
		t.Errorf("it did %v", calls)
	}
}

// keysOf are all versions and delete markers of the bucket, as key and kind, sorted.
func keysOf(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	out := acctest.Must(b.S3().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &b.Name}))(t)
	all := []string{}
	for _, v := range out.Versions {
		all = append(all, aws.ToString(v.Key))
	}
	for _, m := range out.DeleteMarkers {
		all = append(all, aws.ToString(m.Key)+" deleted")
	}
	slices.Sort(all)
	return all
}

// clearBucket makes a bucket that is emptied at the end of the test.
func clearBucket(t *testing.T, b *acctest.Bench, versioned bool) {
	t.Helper()
	b.MakeBucket(t, b.Name)
	if versioned {
		acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket:                  &b.Name,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		}))(t)
	}
}

// oddKeys are keys that need care on the way. Terraform composes letters and accents itself, so none has them apart.
var oddKeys = []string{
	"with space + plus % percent ? question # hash & and = equal.txt", "Größe/日本/😀", "a\u200eb\u202fc",
	`quote " ' and back \ slash`, "folder/", "%2F%20already/escaped+", "q?versionId=1", "<xml> & ]]>",
}

// fileWith makes a file.
func fileWith(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "content")
	writeFile(t, path, text)
	return path
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// objectState is what state says of an object with a text and nothing but defaults.
func objectState(b *acctest.Bench, key, text string) map[string]any {
	address := fmt.Sprintf("https://%s.s3.us-east-1.amazonaws.com/%s", b.Name, key)
	var url any = address
	if b.Kind.IsStore() {
		url = nil
	}
	return map[string]any{
		"id": b.Name + "/" + key, "bucket": b.Name, "key": key, "region": acctest.Region, "source": nil, "content": text,
		"content_base64": nil, "content_wo": nil, "content_wo_version": nil, "copy_from": nil,
		"content_type": "text/plain; charset=utf-8", "cache_control": nil, "content_encoding": nil,
		"content_disposition": nil, "content_language": nil, "website_redirect": nil, "storage_class": nil,
		"encryption": nil, "metadata": nil, "tags": nil, "tags_all": map[string]any{}, "overwrite": false,
		"delete_versions": false, "retain": false, "sha256": hexSum(text), "size": float64(len(text)),
		"version_id": nil, "url": url, "arn": "arn:aws:s3:::" + b.Name + "/" + key, "timeouts": nil,
	}
}

// TestAccObject_basic makes an object with nothing but defaults, and imports it.
func TestAccObject_basic(t *testing.T) { acctest.Each(t, basicObject) }

// TestAccObject_stores does the same on stores.
func TestAccObject_stores(t *testing.T) {
	acctest.Stores(t, basicObject, emulator.VersityGW, emulator.MinIO)
}

func basicObject(t *testing.T, b *acctest.Bench) {
	clearBucket(t, b, false)
	tf := b.Served(t)
	config := objectBlock(b, "docs/read.me.txt", `content = "Hello, world"`)
	tf.Write(b.Provider() + config)
	tf.Apply()
	tf.Empty()
	want, state := objectState(b, "docs/read.me.txt", "Hello, world"), tf.State(objectAddress)
	want["etag"] = strings.Trim(aws.ToString(headOf(t, b, "docs/read.me.txt").ETag), `"`)
	same(t, "state", want, state)
	same(t, "content", "Hello, world", bodyOf(t, b, "docs/read.me.txt"))

	tf.ForgetState()
	b.Gateway.Reset()
	tf.Must("import", objectAddress, b.Name+"/docs/read.me.txt")
	want["content"] = nil // an import does not know in which form it was given
	same(t, "imported", want, tf.State(objectAddress))
	tf.Apply()
	tf.Empty()
	silent(t, b)
	want["content"] = "Hello, world"
	same(t, "state after import", want, tf.State(objectAddress))
	tf.Destroy()
	same(t, "left", []string{}, keysOf(t, b))
}

// TestAccObject_odd makes, moves and destroys objects whose keys need care on the way.
func TestAccObject_odd(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		for i, key := range oddKeys {
			tf := b.Played(t)
			escaped := strings.NewReplacer("%{", "%%{", "${", "$${").Replace(key)
			tf.Write(b.Provider() + objectBlock(b, escaped, fmt.Sprintf(`content = "%d"`, i)))
			tf.Apply()
			tf.Empty()
			same(t, "keys", []string{key}, keysOf(t, b))
			same(t, "content of "+key, fmt.Sprint(i), bodyOf(t, b, key))
			tf.Write(b.Provider() + objectBlock(b, "moved/"+escaped, fmt.Sprintf(`content = "%d"`, i)))
			b.Gateway.Reset()
			tf.Apply()
			same(t, "writing calls", []string{"s3:CopyObject", "s3:DeleteObject"}, mutations(b))
			tf.Empty()
			same(t, "keys", []string{"moved/" + key}, keysOf(t, b))
			same(t, "content of "+key, fmt.Sprint(i), bodyOf(t, b, "moved/"+key))
			tf.Destroy()
			same(t, "left", []string{}, keysOf(t, b))
		}
	})
}

// TestAccObject_forms gives the content in every form, one after the other, and in parts.
func TestAccObject_forms(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		large := strings.Repeat("0123456789abcdef", 1<<20) + "and more" // 16 MiB and a part
		small := fileWith(t, "from a file")
		tf := b.Played(t)
		putText(t, b, "of others", "a copy of it")
		for _, row := range []struct{ name, lines, text, sum string }{
			{"content", `content = "one"`, "one", hexSum("one")},
			{"file", fmt.Sprintf("source = %q", small), "from a file", hexSum("from a file")},
			{"large file", fmt.Sprintf("source = %q", fileWith(t, large)), large, hexSum(large)},
			{"base64", `content_base64 = "AP8="`, "\x00\xff", hexSum("\x00\xff")},
			{"secret", "content_wo = \"quite secret\"\n  content_wo_version = \"1\"", "quite secret", ""},
			{"another secret", "content_wo = \"more secret\"\n  content_wo_version = \"2\"", "more secret", ""},
			{"copy", fmt.Sprintf(`copy_from = { bucket = %q, key = "of others" }`, b.Name), "a copy of it", hexSum("a copy of it")},
			{"nothing", `content = ""`, "", hexSum("")},
		} {
			tf.Write(b.Provider() + objectBlock(b, "object", row.lines))
			tf.Apply()
			tf.Empty()
			if got := bodyOf(t, b, "object"); got != row.text {
				t.Errorf("%s: %d bytes are not the %d that were given", row.name, len(got), len(row.text))
			}
			state := tf.State(objectAddress)
			var sum, etag any = row.sum, strings.Trim(aws.ToString(headOf(t, b, "object").ETag), `"`)
			if row.sum == "" {
				sum, etag = nil, nil
			}
			if row.name == "copy" && state["sha256"] == nil {
				sum = nil // the store does not tell
			}
			same(t, row.name, []any{sum, etag, float64(len(row.text))}, []any{state["sha256"], state["etag"], state["size"]})
		}
		tf.Destroy()
		same(t, "left", []string{"of others"}, keysOf(t, b))
		dropObject(t, b, "of others")
	})
}

// full are lines with every header, but for the encoding of the content: fakecloud keeps that in a copy.
func full(n int) []string {
	return []string{
		fmt.Sprintf(`content_type = "text/x-step-%d"`, n), fmt.Sprintf(`cache_control = "max-age=%d"`, n),
		fmt.Sprintf(`content_disposition = "attachment; filename=%d.txt"`, n),
		fmt.Sprintf(`content_language = "en-%d"`, n), fmt.Sprintf(`website_redirect = "/%d"`, n),
		fmt.Sprintf(`metadata = { step = "%d", "a-b" = "c" }`, n), fmt.Sprintf(`tags = { Step = "%d" }`, n),
		fmt.Sprintf(`storage_class = %q`, []string{"STANDARD", "STANDARD_IA"}[n%2]),
		`encryption = { algorithm = "AES256" }`,
	}
}

// TestAccObject_update changes every attribute in place, sets and removes it. Headers are changed without sending the
// content, tags without writing the object.
func TestAccObject_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		content := `content = "always the same"`
		for step, row := range []struct {
			lines []string
			calls []string
		}{
			{[]string{content}, []string{"s3:PutObject"}},
			{append(full(1), content), []string{"s3:CopyObject", "s3:PutObjectTagging"}},
			{append(full(2), content), []string{"s3:CopyObject", "s3:PutObjectTagging"}},
			{append(full(2), `content = "another"`, `content_encoding = "x-2"`), []string{"s3:PutObject"}},
			{append(full(2), `content = "the same"`), []string{"s3:PutObject"}},
			{append(full(2), `content = "another"`), []string{"s3:PutObject"}},
			{[]string{`content = "another"`}, []string{"s3:CopyObject", "s3:DeleteObjectTagging"}},
			{[]string{`content = "another"`, `tags = { A = "1" }`}, []string{"s3:PutObjectTagging"}},
			{[]string{`content = "another"`, `overwrite = true`, `delete_versions = true`, `retain = false`}, []string{"s3:DeleteObjectTagging"}},
		} {
			tf.Write(b.Provider() + objectBlock(b, "object", row.lines...))
			if step > 0 {
				same(t, "plan", []string{"update"}, tf.Plan(objectAddress).Actions)
			}
			b.Gateway.Reset()
			tf.Apply()
			same(t, fmt.Sprintf("writing calls of step %d", step), row.calls, mutations(b))
			tf.Empty()
		}
		head := headOf(t, b, "object")
		same(t, "headers", "text/plain; charset=utf-8", aws.ToString(head.ContentType)+aws.ToString(head.CacheControl)+
			aws.ToString(head.ContentLanguage)+aws.ToString(head.WebsiteRedirectLocation))
		same(t, "metadata", 0, len(head.Metadata))
		tf.Destroy()
	})
}

// TestAccObject_known: what the provider can know is known at plan, and nothing else becomes unknown.
func TestAccObject_known(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		tf := b.Played(t)
		unknown := func(lines ...string) []string {
			t.Helper()
			tf.Write(b.Provider() + objectBlock(b, "object", lines...))
			plan := tf.Plan(objectAddress)
			tf.Must("apply", "test.plan")
			tf.Empty()
			names := []string{}
			for name, not := range plan.Unknown {
				if not == true {
					names = append(names, name)
				}
			}
			slices.Sort(names)
			return names
		}
		written := []string{"etag", "version_id"}
		same(t, "created", written, unknown(`content = "one"`))
		same(t, "content", written, unknown(`content = "two"`))
		same(t, "header", written, unknown(`content = "two"`, `cache_control = "no-cache"`))
		same(t, "tags", []string{}, unknown(`content = "two"`, `cache_control = "no-cache"`, `tags = { A = "1" }`))
		same(t, "settings", []string{}, unknown(`content = "two"`, `cache_control = "no-cache"`, `tags = { A = "1" }`, `delete_versions = true`))
		same(t, "another form", []string{}, unknown(fmt.Sprintf("source = %q", fileWith(t, "two")), `cache_control = "no-cache"`, `tags = { A = "1" }`, `delete_versions = true`))
		tf.Destroy()
		same(t, "left", []string{}, keysOf(t, b))
	})
}

// TestAccObject_disappears deletes the object behind Terraform's back: the next apply makes another.
func TestAccObject_disappears(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		for _, content := range []string{`content = "one"`, "content_wo = \"a secret\"\n  content_wo_version = \"1\""} {
			tf.Write(b.Provider() + objectBlock(b, "object", content))
			tf.Apply()
			dropObject(t, b, "object")
			same(t, "plan", []string{"create"}, tf.Plan(objectAddress).Actions)
			tf.Apply()
			tf.Empty()
			tf.Destroy()
		}
	})
}

// TestAccObject_replace names another bucket: another object.
func TestAccObject_replace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		b.MakeBucket(t, b.Name+"-2")
		tf := b.Played(t)
		tf.Write(b.Provider() + objectBlock(b, "object", `content = "one"`))
		tf.Apply()
		tf.Write(b.Provider() + strings.Replace(objectBlock(b, "object", `content = "one"`), b.Name, b.Name+"-2", 1))
		same(t, "plan", []string{"delete", "create"}, tf.Plan(objectAddress).Actions)
		tf.Apply()
		tf.Empty()
		same(t, "left", []string{}, keysOf(t, b))
		tf.Destroy()
	})
}

// TestAccObject_move gives an object other keys: it is copied with all that it has, and the old one goes.
func TestAccObject_move(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		secret := "content_wo = \"quite secret\"\n  content_wo_version = \"1\""
		for _, content := range []string{`content = "one"`, secret} {
			lines := append(full(1), content)
			tf.Write(b.Provider() + objectBlock(b, "one", lines...))
			tf.Apply()
			tf.Write(b.Provider() + objectBlock(b, "two", lines...))
			same(t, "plan", []string{"update"}, tf.Plan(objectAddress).Actions)
			b.Gateway.Reset()
			tf.Must("apply", "test.plan")
			calls := slices.Compact(mutations(b)) // LocalStack refuses a condition on the deletion
			same(t, "writing calls", []string{"s3:CopyObject", "s3:DeleteObject"}, calls)
			tf.Empty()
			same(t, "keys", []string{"two"}, keysOf(t, b))
			same(t, "id", any(b.Name+"/two"), tf.State(objectAddress)["id"])
			same(t, "tags", map[string]string{"Step": "1"}, objectTags(t, b, "two"))
			tf.Write(b.Provider() + objectBlock(b, "three", append(full(2), content)...)) // and other headers
			tf.Apply()
			tf.Empty()
			same(t, "keys", []string{"three"}, keysOf(t, b))
			tf.Destroy()
		}
		tf.Write(b.Provider() + objectBlock(b, "one", `content = "one"`))
		tf.Apply()
		tf.Write(b.Provider() + objectBlock(b, "two", `content = "two"`)) // and another content
		tf.Apply()
		tf.Empty()
		same(t, "keys", []string{"two"}, keysOf(t, b))
		same(t, "content", "two", bodyOf(t, b, "two"))
		tf.Destroy()
		same(t, "left", []string{}, keysOf(t, b))
	})
}

// TestAccObject_versions: a destroy leaves old versions and a delete marker, or takes those of just this key.
func TestAccObject_versions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		putText(t, b, "object-2", "of others")
		tf := b.Played(t)
		for _, text := range []string{"one", "two"} {
			tf.Write(b.Provider() + objectBlock(b, "object", fmt.Sprintf("content = %q", text)))
			tf.Apply()
		}
		if id := tf.State(objectAddress)["version_id"]; id != aws.ToString(headOf(t, b, "object").VersionId) {
			t.Errorf("version_id is %v", id)
		}
		tf.Destroy()
		same(t, "left", []string{"object", "object", "object deleted", "object-2"}, keysOf(t, b))
		for _, text := range []string{"one", "two", "three"} {
			tf.Write(b.Provider() + objectBlock(b, "object", fmt.Sprintf("content = %q", text), `delete_versions = true`))
			tf.Apply()
		}
		tf.Destroy()
		same(t, "left", []string{"object-2"}, keysOf(t, b))
	})
}

// TestAccObject_retain leaves the object where it is.
func TestAccObject_retain(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		tf.Write(b.Provider() + objectBlock(b, "object", `content = "one"`, `retain = true`))
		tf.Apply()
		b.Gateway.Reset()
		tf.Destroy()
		silent(t, b)
		same(t, "left", []string{"object"}, keysOf(t, b))
	})
}

// TestAccObject_overwrite: an object of others is never taken over, except where that is asked for.
func TestAccObject_overwrite(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		putText(t, b, "object", "of others")
		tf.Write(b.Provider() + objectBlock(b, "object", `content = "ours"`))
		for _, command := range [][]string{{"plan"}, {"apply", "-auto-approve"}} {
			saysAll(t, tf.MustFail(command...), "Object exists already", "to = spinup_object.NAME",
				fmt.Sprintf("id = %q", b.Name+"/object"))
		}
		// Made by somebody between the plan and the apply.
		tf.Write(b.Provider() + objectBlock(b, "later", `content = "ours"`))
		tf.Plans()
		putText(t, b, "later", "of others")
		saysAll(t, tf.MustFail("apply", "test.plan"), "Object exists already")
		same(t, "content", "of others", bodyOf(t, b, "later"))

		tf.Write(b.Provider() + objectBlock(b, "third", `content = "ours"`))
		tf.Apply()
		tf.Write(b.Provider() + objectBlock(b, "later", `content = "ours"`))
		saysAll(t, tf.MustFail("plan"), "Object cannot be changed", "has an object later already", "overwrite = true")
		same(t, "keys", []string{"later", "object", "third"}, keysOf(t, b))
		tf.Write(b.Provider() + objectBlock(b, "later", `content = "ours"`, `overwrite = true`))
		tf.Apply()
		tf.Empty()
		same(t, "content", "ours", bodyOf(t, b, "later"))
		tf.Destroy()

		tf.Write(b.Provider() + objectBlock(b, "object", `content = "ours"`, `overwrite = true`))
		tf.Apply()
		tf.Empty()
		same(t, "content", "ours", bodyOf(t, b, "object"))
		tf.Destroy()
		same(t, "left", []string{}, keysOf(t, b))
	})
}

// TestAccObject_changedFile: a file that changes between plan and apply is an error that has both digests, and nothing is
// written. Terraform plans again before it applies, so mostly the error is its own; later it is one that names the file.
func TestAccObject_changedFile(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		file := fileWith(t, "first")
		tf := b.Served(t)
		tf.Write(b.Provider() + objectBlock(b, "object", fmt.Sprintf("source = %q", file)))
		tf.Plans()
		writeFile(t, file, "other")
		b.Gateway.Reset()
		saysAll(t, acctest.Flat(tf.MustFail("apply", "test.plan")), "spinup_object.test", hexSum("first"), hexSum("other"))
		silent(t, b)

		var s *prototest.Server
		plan := func(prior prototest.Object, config values) prototest.Plan {
			s = play(t, b, values{})
			plan, diags := s.Plan("spinup_object", prior, config)
			wellDone(t, diags)
			return plan
		}
		apply := func(plan prototest.Plan) prototest.Object {
			after, diags := s.Apply(plan)
			wellDone(t, diags)
			return after
		}
		config := values{"bucket": b.Name, "key": "object", "source": file}
		for _, text := range []string{"other", "longer than it was", ""} {
			writeFile(t, file, "first")
			planned := plan(prototest.Object{}, config)
			writeFile(t, file, text)
			_, diags := s.Apply(planned)
			saysAll(t, diags.Errors(), file, hexSum("first"), hexSum(text), "plan again")
			silent(t, b)
		}
		writeFile(t, file, "first")
		made := apply(plan(prototest.Object{}, config))
		writeFile(t, file, "second")
		planned := plan(made, config)
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		_, diags := s.Apply(planned)
		saysAll(t, diags.Errors(), file, "no such file")
		saysAll(t, tf.MustFail("plan"), file, "no such file")
		same(t, "content", "first", bodyOf(t, b, "object"))
		writeFile(t, file, "second")
		made = apply(plan(made, config))
		same(t, "content", "second", bodyOf(t, b, "object"))
		apply(plan(made, nil))
	})
}

// TestAccObject_concurrent: what somebody else changed since the plan is neither overwritten nor deleted.
func TestAccObject_concurrent(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		tf.Write(b.Provider() + objectBlock(b, "object", `content = "one"`))
		tf.Apply()
		tf.Write(b.Provider() + objectBlock(b, "moved", `content = "one"`))
		tf.Plans()
		putText(t, b, "object", "of others")
		saysAll(t, tf.MustFail("apply", "test.plan"), "was changed since the plan was made")
		same(t, "content", "of others", bodyOf(t, b, "object"))
		same(t, "keys", []string{"object"}, keysOf(t, b))
		tf.Apply()
		tf.Destroy()
	})
}

// TestAccObject_survivors: tags of other owners survive every change.
func TestAccObject_survivors(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		provider := b.Provider(`default_tags = { Team = "library" }`, `ignore_tags = { key_prefixes = ["their:"] }`)
		theirs := map[string]string{"their:tag": "a + b = c:d@e", "Team": "library", "Step": "1"}
		tf.Write(provider + objectBlock(b, "object", `content = "one"`, `tags = { Step = "1" }`))
		tf.Apply()
		tagObject(t, b, "object", theirs)
		tf.Empty()
		for _, config := range []string{
			objectBlock(b, "object", `content = "two"`, `tags = { Step = "1" }`),
			objectBlock(b, "object", `content = "two"`, `tags = { Step = "1" }`, `cache_control = "no-cache"`),
			objectBlock(b, "moved", `content = "two"`, `tags = { Step = "1" }`, `cache_control = "no-cache"`),
			objectBlock(b, "object", `content = "three"`, `tags = { Step = "1" }`),
			objectBlock(b, "object", `content = "three"`, `tags = { Step = "2" }`),
		} {
			tf.Write(provider + config)
			tf.Apply()
			tf.Empty()
		}
		theirs["Step"] = "2"
		same(t, "tags", theirs, objectTags(t, b, "object"))
		same(t, "tags_all", any(map[string]any{"Team": "library", "Step": "2"}), tf.State(objectAddress)["tags_all"])
		tf.Destroy()
	})
}

// TestAccObject_secrets hunts for a secret content: it is in the object and nowhere else.
func TestAccObject_secrets(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Terraform(t)
		log := filepath.Join(t.TempDir(), "trace.log")
		tf.Setenv("TF_LOG", "TRACE")
		tf.Setenv("TF_LOG_PATH", log)
		tf.Write(b.Provider() + "variable \"secret\" {\n  type = string\n  ephemeral = true\n}\nvariable \"round\" {\n  type = string\n}\n" +
			objectBlock(b, "object", "content_wo = var.secret", "content_wo_version = var.round"))
		heard := &tap{secrets: []string{"given-in-round-1", "given-in-round-2"}}
		var printed []string
		for _, round := range []string{"1", "2"} {
			tf.Setenv("TF_VAR_round", round)
			tf.Setenv("TF_VAR_secret", "given-in-round-"+round)
			printed = append(printed, tf.Must("plan", "-out", round+".plan"), tf.Must("apply", round+".plan"), tf.Must("show"))
			same(t, "content", "given-in-round-"+round, bodyOf(t, b, "object"))
			tf.Empty()
		}
		for _, digest := range []string{hexSum("given-in-round-2"), strings.Trim(aws.ToString(headOf(t, b, "object").ETag), `"`)} {
			if strings.Contains(tf.StateFile(), digest) {
				t.Errorf("state has the digest %s of the secret", digest)
			}
		}
		heard.nowhere(t, tf.Dir, log, printed, "operation=PutObject", false)
		putText(t, b, "object", "changed elsewhere")
		plan := tf.Plan(objectAddress)
		same(t, "attributes", []string{"content_wo_version", "size", "version_id"}, plan.Attributes())
		tf.Apply()
		same(t, "content", "given-in-round-2", bodyOf(t, b, "object"))
		tf.Empty()
		tf.Destroy()
	})
}

// TestAccObject_large sends a file in parts, changes its headers, moves it and imports it without sending it again.
func TestAccObject_large(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Served(t)
		text := string(bytes.Repeat([]byte("large "), 6<<20))
		source := fmt.Sprintf("source = %q", fileWith(t, text))
		tf.Write(b.Provider() + objectBlock(b, "object", source))
		tf.Apply()
		tf.Empty()
		tf.Write(b.Provider() + objectBlock(b, "moved", source, `cache_control = "no-cache"`))
		b.Gateway.Reset()
		tf.Apply()
		same(t, "writing calls", []string{"s3:CopyObject", "s3:DeleteObject"}, mutations(b))
		tf.Empty()
		same(t, "sha256", any(hexSum(text)), tf.State(objectAddress)["sha256"])
		tf.Destroy()
	})
}
