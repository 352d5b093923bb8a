package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// objectLife takes an object through everything that can happen to one. Each run is of a command that has to succeed in
// the end.
func objectLife(t *testing.T, b *acctest.Bench, tf acctest.Runner, run func(command ...string)) {
	t.Helper()
	large := fmt.Sprintf("source = %q", fileWith(t, strings.Repeat("large file ", 2<<20)))
	for _, step := range []struct {
		key   string
		lines []string
	}{
		{"one", []string{`content = "one"`, `tags = { Step = "1" }`}},
		{"one", []string{`content = "one"`, `tags = { Step = "2" }`, `cache_control = "no-cache"`}},
		{"two", []string{`content = "one"`, `cache_control = "no-cache"`}},
		{"two", []string{large, `delete_versions = true`}},
	} {
		tf.Write(b.Provider() + objectBlock(b, step.key, step.lines...))
		run("apply", "-auto-approve")
	}
	// An upload in parts that fails is given up.
	tf.Write(b.Provider("max_retries = 0") + objectBlock(b, "two", large, `delete_versions = true`, `content_type = "text/x"`))
	putText(t, b, "two", "of others")
	remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:CompleteMultipartUpload"), Fault: gateway.Internal(), Times: 1})
	_, _ = tf.Run("apply", "-auto-approve")
	remove()
	run("plan")
	run("apply", "-auto-approve")
	run("destroy", "-auto-approve")
	same(t, "left", []string{}, slices.DeleteFunc(keysOf(t, b), func(key string) bool { return strings.HasPrefix(key, "one") }))
}

// TestAccObject_permissions holds the whole life of an object to the published policy. It passes, and needs all of it, but
// for the list, which is asked only where HEAD is refused.
func TestAccObject_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		tf, policy := b.Played(t), published(t, "object.json")
		hold(t, b, policy)
		objectLife(t, b, tf, func(command ...string) { tf.Must(command...) })
		want := slices.DeleteFunc(actionsOf(policy), func(action string) bool { return action == "s3:ListBucket" })
		if diff := cmp.Diff(want, used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccObject_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead through the
// whole life of an object and end at the published policy. That an upload in parts cannot be given up is told beside what
// made it fail.
func TestAccObject_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		tf, policy := b.Played(t), published(t, "object.json")
		granted := learned(t, b, tf, policy, func(run func(...string)) { objectLife(t, b, tf, run) })
		want := slices.DeleteFunc(actionsOf(policy), func(action string) bool { return action == "s3:AbortMultipartUpload" })
		if diff := cmp.Diff(want, granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// TestAccObject_permissionsPlan holds a plan to the read-only policy. It names the drift and writes nothing.
func TestAccObject_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf, policy := b.Served(t), published(t, "object-plan.json")
		tf.Write(b.Provider() + objectBlock(b, "one", `content = "one"`, `tags = { Step = "1" }`))
		tf.Apply()
		tagObject(t, b, "one", map[string]string{"Step": "2"})
		objects := slices.DeleteFunc(slices.Clone(policy.Statements), func(s awspolicy.Statement) bool { return s.Sid != "Objects" })
		wantPlan(t, b, tf, awspolicy.New(objects...), `"Step" = "2" -> "1"`)
		same(t, "published", []string{"s3:GetObject", "s3:GetObjectTagging", "s3:ListBucket"}, actionsOf(policy))
		tf.Destroy()
	})
}

// TestAccObject_unlisted: without the permission to list, S3 says 403 of an object that is not there. The error names
// that permission.
func TestAccObject_unlisted(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Played(t)
		tf.Write(b.Provider() + objectBlock(b, "one", `content = "one"`))
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:HeadObject"), Fault: gateway.Forbidden(), Times: 1})
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:ListObjectsV2"), Fault: gateway.Forbidden()})
		saysAll(t, tf.MustFail("plan"), "s3:ListBucket on bucket "+b.Name)
		remove()
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:HeadObject"), Fault: gateway.Forbidden(), Times: 1})
		tf.Must("plan") // the list says that there is none
	})
}

// badObjects are refused, with a good bucket.
var badObjects = map[string]badInput{
	"empty key":       {objectOf("", `content = ""`), "key", "empty", "1 to 1,024 bytes"},
	"long key":        {objectOf(strings.Repeat("k", 1025), `content = ""`), "key", "1025 bytes", "at most 1,024"},
	"leading slash":   {objectOf("/a", `content = ""`), "key", `"/a"`, "leave it out"},
	"dots":            {objectOf("a/../b", `content = ""`), "key", `"a/../b"`, "other than . and .."},
	"two slashes":     {objectOf("a//b", `content = ""`), "key", `"a//b"`, "want one"},
	"control":         {objectOf(`a\u0007`, `content = ""`), "key", "U+0007", "want other characters"},
	"no content":      {objectOf("a", ``), "source", "content_base64", "one (and only one)"},
	"two contents":    {objectOf("a", "content = \"\"\n  source = \"x\""), "source", "content", "one (and only one)"},
	"no base64":       {objectOf("a", `content_base64 = "%%%"`), "content_base64", "illegal base64", "base64encode"},
	"no version":      {objectOf("a", `content_wo = "secret"`), "content_wo", "content_wo_version is not", "such as \"1\""},
	"no secret":       {objectOf("a", "content = \"\"\n  content_wo_version = \"1\""), "content_wo_version", `"1"`, "both or none"},
	"copy of itself":  {objectOf("a", "copy_from = { bucket = \"data.example.edu\", key = \"a\" }"), "copy_from", `"a"`, "another one"},
	"header":          {objectOf("a", "content = \"\"\n  cache_control = \"a\\nb\""), "cache_control", "line breaks", "printable ASCII"},
	"blank at an end": {objectOf("a", "content = \"\"\n  content_language = \"en \""), "content_language", "blanks at the ends", "printable ASCII"},
	"redirect":        {objectOf("a", "content = \"\"\n  website_redirect = \"there\""), "website_redirect", "slash", "http://"},
	"class":           {objectOf("a", "content = \"\"\n  storage_class = \"COLD\""), "storage_class", `"COLD"`, "STANDARD"},
	"capitals":        {objectOf("a", "content = \"\"\n  metadata = { Name = \"x\" }"), "metadata", `"Name"`, "lower-case"},
	"umlaut":          {objectOf("a", "content = \"\"\n  metadata = { a = \"ä\" }"), "metadata", `"ä"`, "printable ASCII"},
	"much metadata":   {objectOf("a", "content = \"\"\n  metadata = { a = \""+strings.Repeat("x", 2048)+"\" }"), "metadata", "2049 bytes", "at most 2048"},
	"KMS key":         {objectOf("a", "content = \"\"\n  encryption = { algorithm = \"AES256\", kms_key_arn = \""+goodKey+"\" }"), "encryption.kms_key_arn", "AES256", "aws:kms"},
	"aws tag":         {objectOf("a", "content = \"\"\n  tags = { \"aws:a\" = \"v\" }"), "tags", "aws:a", "reserves"},
}

// badObjectPlans are refused when the rest of the configuration is right.
var badObjectPlans = map[string]badInput{
	"no file":     {objectOf("a0", `source = "/nowhere/at/all"`), "source", "/nowhere/at/all", "no such file"},
	"a directory": {objectOf("a1", `source = "/"`), "source", "is no file", "directory"},
	"tags":        {objectOf("a2", "content = \"\"\n  tags = { for i in range(11) : \"k${i}\" => \"v\" }"), "tags", "11 tags", "at most 10"},
	"region":      {objectOf("a3", "content = \"\"\n  region = \"nowhere-1\""), "region", "nowhere-1", "region"},
}

func objectOf(key, lines string) string { return fmt.Sprintf("  key = \"%s\"\n  %s", key, lines) }

// TestAccObject_badInput plans what cannot be right, without a call.
func TestAccObject_badInput(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		block := func(label string, bad badInput) (config, address string) {
			return fmt.Sprintf("resource \"spinup_object\" %q {\n  bucket = \"data.example.edu\"\n%s\n}\n", label, bad.body), "spinup_object." + label
		}
		refusals(t, b, b.Provider(), badObjects, block)
		refusals(t, b, b.Provider(), badObjectPlans, block)
		if calls := b.Gateway.Counts(); len(calls) > 1 || calls["sts:GetCallerIdentity"] != len(calls) { // which plans ARNs
			t.Errorf("refusing bad input made calls: %v", calls)
		}
		tf := b.Served(t)
		tf.Write(b.Provider(`default_tags = { for i in range(6) : "d${i}" => "v" }`) +
			objectBlock(b, "a", `content = ""`, `tags = { for i in range(5) : "k${i}" => "v" }`))
		saysAll(t, acctest.Flat(tf.MustFail("plan")), "have 11 tags together, want at most 10")
		tf.Write(b.Provider() + objectBlock(b, "a", `content = ""`) + strings.Replace(objectBlock(b, "a", `content = ""`), "test", "other", 1))
		saysAll(t, acctest.Flat(tf.MustFail("plan")), "Object declared twice")
	})
}

// TestAccObject_unknown plans what is known only at apply, and applies it.
func TestAccObject_unknown(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		file := fileWith(t, "a text")
		tf := b.Served(t)
		for i, lines := range []string{
			`source = terraform_data.later.output`, `content = terraform_data.later.output`,
			`content_base64 = base64encode(terraform_data.later.output)`, "content = \"x\"\n  cache_control = terraform_data.later.id",
			"content = \"x\"\n  metadata = { a = terraform_data.later.id }", "content = \"x\"\n  tags = { a = terraform_data.later.id }",
			"content_wo = \"secret\"\n  content_wo_version = terraform_data.later.id",
		} {
			later := fmt.Sprintf("resource \"terraform_data\" \"later\" {\n  input = %q\n  triggers_replace = %d\n}\n", file, i)
			tf.Write(b.Provider() + later + objectBlock(b, "object", lines))
			tf.Apply()
			tf.Empty()
		}
		tf.Write(b.Provider() + "resource \"terraform_data\" \"later\" {\n  input = \"key\"\n  triggers_replace = \"k\"\n}\n" +
			strings.Replace(objectBlock(b, "object", `content = "x"`), `"object"`, `"${terraform_data.later.output}.html"`, 1))
		tf.Apply()
		tf.Empty()
		same(t, "type", any("text/html; charset=utf-8"), tf.State(objectAddress)["content_type"])
		tf.Destroy()
	})
}

// TestAccObject_data reads an object and lists objects, of keys that need care on the way.
func TestAccObject_data(t *testing.T) { acctest.Each(t, dataOfObjects) }

// TestAccObject_dataStores does the same on stores.
func TestAccObject_dataStores(t *testing.T) {
	acctest.Stores(t, dataOfObjects, emulator.VersityGW, emulator.MinIO)
}

func dataOfObjects(t *testing.T, b *acctest.Bench) {
	clearBucket(t, b, false)
	keys := []string{"a/1.csv", "a/2.txt", "a/b/3.csv", "a b+c%.csv", "z"}
	if b.Kind == emulator.Fakecloud {
		keys = append(keys, "bell\a.csv") // XML cannot carry it
	}
	for _, key := range keys {
		acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &b.Name, Key: &key, Body: strings.NewReader(key), Metadata: map[string]string{"a": "b"}, CacheControl: aws.String("no-cache"),
			Tagging: aws.String("Kind=table"), ContentType: aws.String("text/csv"),
		}))(t)
	}
	slices.Sort(keys)
	tf := b.Served(t)
	list := func(label, lines string) string {
		return fmt.Sprintf("data \"spinup_objects\" %q {\n  bucket = %q\n  %s\n}\n", label, b.Name, lines)
	}
	tf.Write(b.Provider() + list("all", "") + list("some", "max = 2") + list("exact", fmt.Sprintf("max = %d", len(keys))) +
		list("folders", `delimiter = "/"`) + list("glob", `match = "a/**/*.csv"`) + list("prefix", `prefix = "a/"`) +
		list("after", `start_after = "a/b/3.csv"`) + list("glob_cut", "match = \"a/*\"\n  max = 1") +
		fmt.Sprintf("data \"spinup_object\" \"one\" {\n  bucket = %q\n  key = \"a/1.csv\"\n  read_body = true\n}\n", b.Name) +
		fmt.Sprintf("resource \"terraform_data\" \"seen\" {\n  input = [for l in [%s] : join(\"|\", concat([for o in l.objects : o.key], l.common_prefixes, [tostring(l.truncated), tostring(l.total_size)]))]\n}\n",
			"data.spinup_objects.all, data.spinup_objects.some, data.spinup_objects.exact, data.spinup_objects.folders, data.spinup_objects.glob, data.spinup_objects.prefix, data.spinup_objects.after, data.spinup_objects.glob_cut") +
		"resource \"terraform_data\" \"one\" {\n  input = [data.spinup_object.one.body, data.spinup_object.one.content_type, data.spinup_object.one.cache_control, data.spinup_object.one.metadata.a, data.spinup_object.one.tags.Kind, data.spinup_object.one.region]\n}\n")
	tf.Apply()
	total := func(keys ...string) string {
		n := 0
		for _, key := range keys {
			n += len(key)
		}
		return fmt.Sprint(n)
	}
	line := func(truncated bool, keys []string, prefixes ...string) any {
		return strings.Join(slices.Concat(keys, prefixes, []string{fmt.Sprint(truncated), total(keys...)}), "|")
	}
	top := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return strings.HasPrefix(key, "a/") })
	same(t, "lists", any([]any{
		line(false, keys), line(true, keys[:2]), line(false, keys), line(false, top, "a/"),
		line(false, []string{"a/1.csv", "a/b/3.csv"}), line(false, []string{"a/1.csv", "a/2.txt", "a/b/3.csv"}),
		line(false, slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return key <= "a/b/3.csv" })),
		line(true, []string{"a/1.csv"}),
	}), tf.State("terraform_data.seen")["input"])
	same(t, "object", any([]any{"a/1.csv", "text/csv", "no-cache", "b", "table", acctest.Region}), tf.State("terraform_data.one")["input"])

	bad := func(lines string, says ...string) {
		t.Helper()
		tf.Write(b.Provider() + lines)
		saysAll(t, acctest.Flat(tf.MustFail("plan")), says...)
	}
	one := func(key, lines string) string {
		return fmt.Sprintf("data \"spinup_object\" \"one\" {\n  bucket = %q\n  key = %q\n  %s\n}\n", b.Name, key, lines)
	}
	bad(one("nowhere", ""), "No such object", "nowhere")
	bad(list("bad", `match = "a["`), "Invalid pattern", "a[")
	acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String("z"), Body: strings.NewReader("\xff\xfe")}))(t)
	bad(one("z", "read_body = true"), "no text in UTF-8", "leave read_body out")
	acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String("z"), Body: strings.NewReader(strings.Repeat("x", 64<<10+1))}))(t)
	bad(one("z", "read_body = true"), "has 65537 bytes", "at most 65536")
	for _, key := range keys {
		dropObject(t, b, key)
	}
}

// TestAccObject_dataMany lists more than a page, and says so where it stops.
func TestAccObject_dataMany(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		const many = 1003
		for i := range many {
			key := fmt.Sprintf("%04d", i)
			b.PutObject(t, b.Name, key)
		}
		tf := b.Served(t)
		for lines, want := range map[string]string{"": "1000 true", "max = 1003": "1003 false", "max = 2000": "1003 false", "max = 1001": "1001 true"} {
			tf.Write(b.Provider() + fmt.Sprintf("data \"spinup_objects\" \"all\" {\n  bucket = %q\n  %s\n}\n", b.Name, lines) +
				"resource \"terraform_data\" \"seen\" {\n  input = \"${length(data.spinup_objects.all.objects)} ${data.spinup_objects.all.truncated}\"\n}\n")
			out := tf.Apply()
			same(t, lines, any(want), tf.State("terraform_data.seen")["input"])
			if warned := strings.Contains(out, "Not all objects are listed"); warned != (lines == "") {
				t.Errorf("%q: warned: %v", lines, warned)
			}
		}
	})
}

// TestAccObject_life is the life of an object on every store: content in parts, headers, tags, another key, versions.
func TestAccObject_life(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		tf := b.Served(t)
		large := fmt.Sprintf("source = %q", fileWith(t, strings.Repeat("large file ", 2<<20)))
		for _, step := range []struct {
			key   string
			lines []string
		}{
			{"docs/one + 1.txt", []string{`content = "one"`, `tags = { Step = "1" }`, `metadata = { a = "b" }`}},
			{"docs/one + 1.txt", []string{`content = "one"`, `tags = { Step = "2" }`, `cache_control = "no-cache"`}},
			{"docs/one + 1.txt", []string{`content = "two"`, `tags = { Step = "2" }`, `cache_control = "no-cache"`}},
			{"docs/two.txt", []string{`content = "two"`, `tags = { Step = "2" }`, `cache_control = "no-cache"`}},
			{"docs/two.txt", []string{large, `delete_versions = true`}},
			{"docs/two.txt", []string{large, `delete_versions = true`, `content_language = "en"`}},
		} {
			tf.Write(b.Provider() + objectBlock(b, step.key, step.lines...))
			tf.Apply()
			tf.Empty()
		}
		tf.Destroy()
		for _, key := range keysOf(t, b) {
			if !strings.HasPrefix(key, "docs/one + 1.txt") {
				t.Errorf("%s is left", key)
			}
		}
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccObject_stranger is the life of an object on a store of which nothing is known, without ids of requests, that has
// neither tags nor conditions. Whoever asks for tags is told.
func TestAccObject_stranger(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		b.Platform = "s3"
		b.Gateway.SetBare(true)
		none := gateway.Answer(501, "NotImplemented", "A header you provided implies functionality that is not implemented.")
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:GetObjectTagging", "s3:PutObjectTagging", "s3:DeleteObjectTagging"), Fault: none})
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:PutObject"), Fault: none, Times: 1}) // for its condition
		tf := b.Served(t)
		for _, step := range []struct{ key, content string }{{"one", "one"}, {"one", "two"}, {"two", "two"}, {"three", "three"}} {
			tf.Write(b.Provider() + objectBlock(b, step.key, fmt.Sprintf("content = %q", step.content)))
			tf.Apply()
			tf.Empty()
			same(t, "content", step.content, bodyOf(t, b, step.key))
		}
		if calls := b.Gateway.Counts(); calls["s3:GetObjectTagging"] > 0 {
			t.Errorf("tags were asked for: %v", calls)
		}
		putText(t, b, "three", "changed")
		same(t, "sha256", any(nil), tf.Plan(objectAddress).Before["sha256"])
		tf.Apply()
		tf.Empty()
		tf.Write(b.Provider() + objectBlock(b, "three", `content = "three"`, `tags = { A = "b" }`))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "ObjectTagging", "Leave the attribute out")
		tf.Destroy()
		if headOf(t, b, "three") != nil {
			t.Error("the object is left")
		}
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccObject_encryption changes how an object is encrypted. Nothing depends on what its ETag is.
func TestAccObject_encryption(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf := b.Served(t)
		for _, encryption := range []string{`encryption = { algorithm = "aws:kms" }`, `encryption = { algorithm = "aws:kms", bucket_key = false }`, `encryption = { algorithm = "AES256" }`, ``} {
			tf.Write(b.Provider() + objectBlock(b, "object", `content = "one"`, encryption))
			tf.Apply()
			tf.Empty()
		}
		tf.Destroy()
	})
}
