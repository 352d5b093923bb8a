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
)

// suited are the lines, or the names of attributes, that the store has: MinIO has no storage classes of AWS and no rules
// for unfinished uploads.
func suited(b *acctest.Bench, lines ...string) []string {
	if b.Kind != emulator.MinIO {
		return lines
	}
	return slices.DeleteFunc(slices.Clone(lines), func(line string) bool {
		attribute := strings.Fields(line)[0]
		return slices.Contains([]string{"transitions", "noncurrent_transitions", "delete_incomplete_uploads_days"}, attribute)
	})
}

// minioStranger is a rule of another owner in words and an order that we would never write, with what only MinIO has.
const minioStranger = `<Status>Disabled</Status><ID>stranger</ID><Filter><And><Tag><Key>Z</Key><Value>1</Value></Tag>` +
	`<Tag><Key>A</Key><Value>&lt;2&gt;</Value></Tag></And></Filter>` +
	`<NoncurrentVersionExpiration><NoncurrentDays>120</NoncurrentDays></NoncurrentVersionExpiration>`

// minioOnly is one with MinIO's own elements.
const minioOnly = `<ID>minio only</ID><Status>Enabled</Status><Filter><Prefix>own/</Prefix></Filter>` +
	`<Expiration><Days>8</Days><ExpiredObjectAllVersions>true</ExpiredObjectAllVersions></Expiration>` +
	`<DelMarkerExpiration><Days>3</Days></DelMarkerExpiration>`

// theirRule is a rule of another owner on the store.
func theirRule(b *acctest.Bench) string {
	if b.Kind == emulator.MinIO {
		return minioStranger
	}
	return strangerRule
}

// TestAccLifecycleRule_minio tries on MinIO what is tried on the emulators of AWS.
func TestAccLifecycleRule_minio(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		for name, test := range map[string]func(*testing.T, *acctest.Bench){
			"basic": basicRules, "import refused": refuseImports, "exists": ruleExists, "adopted": adoptRule,
			"update": updateRule, "disappears": ruleDisappears, "drift": bothWays(driftOfRules), "same meaning": otherWordsOnMinIO,
			"too many": tooManyRules, "batch": batchOfRules, "overtaken": overtakeRule,
			"crashes": sweepRules, "survivors": rulesSurvive, "denied": bothWays(denyReads), "denied writes": denyWrites,
			"listed": listRules, "none listed": listNoRules, "listed without a bucket": listWithoutBucket,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				test(t, b.Fork(t))
			})
		}
	}, emulator.MinIO)
}

// otherWordsOnMinIO are those that MinIO accepts: it refuses an And of one condition.
func otherWordsOnMinIO(t *testing.T, b *acctest.Bench) {
	documents := otherWords(b)
	delete(documents, "and of one")
	sameMeaning(t, b, documents)
}

// minioUpdates are changes of what MinIO has.
var minioUpdates = []ruleUpdate{
	{"days", []string{`expiration_days = 31`}, []string{"expiration_days"}, true},
	{"disabled", []string{`enabled = false`, `expiration_days = 31`}, []string{"enabled", "status"}, true},
	{"enabled", []string{`expiration_days = 31`}, []string{"enabled", "status"}, true},
	{"date", []string{`expiration_date = "2031-01-31"`}, []string{"expiration_date", "expiration_days"}, true},
	{"the same date", []string{`expiration_date = "2031-01-31T00:00:00Z"`}, nil, false},
	{"filter", []string{`expiration_date = "2031-01-31"`, `filter = { prefix = "a/", tags = { A = "1" } }`}, []string{"filter"}, true},
	{"tag", []string{`expiration_date = "2031-01-31"`, `filter = { prefix = "a/", tags = { A = "2" } }`}, []string{"filter"}, true},
	{"size", []string{`expiration_date = "2031-01-31"`, `filter = { object_size_less_than = 10 }`}, []string{"filter"}, true},
	{"no filter", []string{`expiration_date = "2031-01-31"`}, []string{"filter"}, true},
	{"a filter of nothing", []string{`expiration_date = "2031-01-31"`, `filter = {}`}, nil, false},
	{"delete markers", []string{`expired_object_delete_marker = true`, `noncurrent_days = 7`},
		[]string{"expiration_date", "expired_object_delete_marker", "noncurrent_days"}, true},
	{"no delete markers", []string{`expired_object_delete_marker = false`, `noncurrent_days = 7`}, []string{"expired_object_delete_marker"}, true},
	{"newer versions", []string{`noncurrent_days = 7`, `newer_noncurrent_versions = 2`}, []string{"newer_noncurrent_versions"}, true},
	{"old versions stay", []string{`expiration_days = 3`}, []string{"expiration_days", "newer_noncurrent_versions", "noncurrent_days"}, true},
}

// minioRule is a rule on MinIO.
type minioRule struct {
	name    string
	lines   []string
	refused []string // what the plan says; nil: MinIO has it
	s3      []string // what an apply says where the platform is not known
	left    int      // rules that it leaves: those that MinIO accepts and keeps in part
}

func minioRules() []minioRule {
	const (
		uploads  = "delete_incomplete_uploads_days"
		noUpload = `but a store of platform "minio" does not have lifecycle rules for unfinished uploads. Leave ` + uploads + ` out`
		badClass = "InvalidStorageClass: Invalid storage class."
		notKept  = "the store did not keep " + uploads + " of rule "
		mayLack  = "the store may not have lifecycle rules for unfinished uploads: leave that out"
	)
	rule := func(name string, lines ...string) minioRule { return minioRule{name: name, lines: lines} }
	moves := func(attribute, class, days string, more ...string) minioRule {
		return minioRule{
			attribute + " to " + class, append(more, fmt.Sprintf(`%s = [{ %s, storage_class = %q }]`, attribute, days, class)),
			[]string{fmt.Sprintf(`%s moves to %s, but a store of platform "minio" does not have AWS's storage classes. `+
				`Leave %[1]s out, or, if this store has it nevertheless, set the provider's platform to "s3".`, attribute, class)},
			[]string{badClass, "the store may not have the storage class " + class}, 0,
		}
	}
	return []minioRule{
		rule("days", `expiration_days = 30`),
		rule("date", `expiration_date = "2031-01-31"`),
		rule("date that is over", `expiration_date = "2001-01-31"`),
		rule("delete markers", `expired_object_delete_marker = true`),
		rule("delete markers of a prefix", `expired_object_delete_marker = true`, `filter = { prefix = "a/" }`),
		rule("old versions", `noncurrent_days = 30`),
		rule("some old versions", `noncurrent_days = 30`, `newer_noncurrent_versions = 5`),
		rule("most old versions", `noncurrent_days = 1`, `newer_noncurrent_versions = 100`),
		rule("markers and old versions", `expired_object_delete_marker = true`, `noncurrent_days = 30`),
		rule("date and old versions", `expiration_date = "2031-01-31"`, `noncurrent_days = 30`, `newer_noncurrent_versions = 1`),
		rule("prefix", `expiration_days = 30`, `filter = { prefix = "<a> & \"ü\"/" }`),
		rule("tag", `expiration_days = 30`, `filter = { tags = { A = "b c" } }`),
		rule("tag without a value", `expiration_days = 30`, `filter = { tags = { A = "" } }`),
		rule("tags", `expiration_days = 30`, `filter = { tags = { B = "<2>", A = "1" } }`),
		rule("tags of old versions", `noncurrent_days = 4`, `filter = { tags = { A = "1", B = "2" } }`),
		rule("prefix and tag", `expiration_days = 30`, `filter = { prefix = "a/", tags = { A = "1" } }`),
		rule("larger", `expiration_days = 30`, `filter = { object_size_greater_than = 1048576 }`),
		rule("smaller", `expiration_days = 30`, `filter = { object_size_less_than = 1024 }`),
		rule("sizes", `expiration_days = 30`, `filter = { object_size_greater_than = 5, object_size_less_than = 1024 }`),
		rule("prefix and size", `noncurrent_days = 30`, `filter = { prefix = "a/", object_size_less_than = 1024 }`),
		rule("everything", `expiration_days = 30`, `noncurrent_days = 4`, `newer_noncurrent_versions = 5`,
			`filter = { prefix = "a/", tags = { A = "1", B = "2" }, object_size_greater_than = 5, object_size_less_than = 1024 }`),
		rule("disabled", `expiration_days = 30`, `enabled = false`),
		rule("a name/with slashes//", `expiration_days = 30`, `filter = {}`),

		moves("transitions", "GLACIER", "days = 30"),
		moves("transitions", "DEEP_ARCHIVE", "days = 30"),
		moves("transitions", "STANDARD_IA", "days = 30", `expiration_days = 99`),
		moves("transitions", "INTELLIGENT_TIERING", "days = 0"),
		moves("transitions", "GLACIER_IR", `date = "2030-01-31"`),
		moves("noncurrent_transitions", "GLACIER", "days = 30"),
		{"uploads", []string{uploads + ` = 7`}, []string{uploads + " is 7, " + noUpload}, []string{"InvalidArgument", mayLack}, 0},
		{"uploads of a prefix", []string{uploads + ` = 7`, `filter = { prefix = "a/" }`},
			[]string{uploads + " is 7, " + noUpload}, []string{"InvalidArgument", mayLack}, 0},
		{"uploads and days", []string{uploads + ` = 6`, `expiration_days = 3`}, []string{uploads + " is 6, " + noUpload},
			[]string{notKept + "uploads and days in the lifecycle configuration"}, 1},
		{"uploads and markers", []string{uploads + ` = 5`, `expired_object_delete_marker = true`}, []string{uploads + " is 5, " + noUpload},
			[]string{notKept + "uploads and markers in the lifecycle configuration"}, 1},
	}
}

// TestAccLifecycleRule_minioHas makes each rule that MinIO has, in a bucket with versioning, and imports it: the next plan
// is empty.
func TestAccLifecycleRule_minioHas(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
			Bucket: &b.Name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		}))(t)
		writeLifecycle(t, b, minioOnly)
		others := rawRules(t, b)
		config, imports, n := "", "", 0
		for i, row := range minioRules() {
			if row.refused != nil {
				continue
			}
			n++
			config += ruleBlock(b, fmt.Sprintf("rule%d", i), row.name, row.lines...)
			imports += fmt.Sprintf("import {\n  to = spinup_lifecycle_rule.rule%d\n  id = %q\n}\n", i, b.Name+"/"+row.name)
		}
		tf := b.Served(t, unhurried)
		tf.Write(b.Provider() + config)
		tf.Apply()
		tf.Empty()
		live := rawRules(t, b)
		if len(live) != n+1 {
			t.Errorf("there are %d rules, want %d", len(live), n+1)
		}
		same(t, "the rule of another owner", others["minio only"], live["minio only"])

		other := b.Served(t)
		other.Write(b.Provider() + config + imports)
		b.Gateway.Reset()
		says := other.Apply()
		saysAll(t, says, fmt.Sprintf("%d imported, 0 added, 0 changed, 0 destroyed", n))
		other.Empty()
		if done := mutations(b); len(done) > 0 {
			t.Errorf("the import did %v", done)
		}
		tf.Destroy()
		same(t, "rules at the end", others, rawRules(t, b))
	}, emulator.MinIO)
}

// TestAccLifecycleRule_minioLacks: what MinIO refuses, or accepts and drops, is refused by the plan. Where the platform is
// "s3" the plan does not know, and what MinIO refuses is explained.
func TestAccLifecycleRule_minioLacks(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		writeLifecycle(t, b, minioOnly)
		others := rawRules(t, b)
		tf := b.Played(t)
		for _, row := range minioRules() {
			if row.refused == nil {
				continue
			}
			t.Run(row.name, func(t *testing.T) {
				config := b.Provider() + ruleBlock(b, "test", row.name, row.lines...)
				b.Gateway.Reset()
				tf.Write(config)
				saysAll(t, tf.MustFail("plan"), append(row.refused, "Error: Not available on this platform")...)
				if calls := b.Gateway.Calls(); len(calls) > 0 {
					t.Errorf("it called %v", calls)
				}
				tf.Write(ofUnknownKind(b, config))
				said := tf.MustFail("apply", "-auto-approve")
				saysAll(t, said, append(row.s3, "Error: Lifecycle rule could not be created", "bucket "+b.Name)...)
				if strings.Contains(said, "another writer") {
					t.Errorf("it blames another writer:\n%s", said)
				}
				same(t, "rules of others", others["minio only"], rawRules(t, b)["minio only"])
				made := 0
				if state := tf.State(ruleAddress); state != nil {
					made = 1
					same(t, "uploads in state", nil, state["delete_incomplete_uploads_days"])
				}
				if live := rawRules(t, b); made != row.left || len(live) != row.left+1 {
					t.Errorf("there are %v, and %d in state, want %d of ours", live, made, row.left)
				}
				tf.Write(ofUnknownKind(b, b.Provider()))
				tf.Apply()
				same(t, "rules at the end", others, rawRules(t, b))
			})
		}
	}, emulator.MinIO)
}

// ofUnknownKind makes the platform of the provider's block the one of which nothing is known.
func ofUnknownKind(b *acctest.Bench, config string) string {
	return strings.Replace(config, fmt.Sprintf("platform = %q", b.Kind.Platform()), `platform = "s3"`, 1)
}

// TestAccLifecycleRule_minioRefused: a change that the plan refuses leaves the rule as it is, and without the block the
// rule is removed.
func TestAccLifecycleRule_minioRefused(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		tf := b.Served(t)
		tf.Write(b.Provider() + ruleBlock(b, "test", "one", `expiration_days = 3`))
		tf.Apply()
		tf.Write(b.Provider() + ruleBlock(b, "test", "one", `expiration_days = 3`, `delete_incomplete_uploads_days = 7`))
		before := rawRules(t, b)
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "delete_incomplete_uploads_days is 7")
		same(t, "rules", before, rawRules(t, b))
		tf.Write(b.Provider())
		tf.Apply()
		same(t, "rules", map[string]string{}, rawRules(t, b))
	}, emulator.MinIO)
}

// TestAccBucket_presetMinIO: of the presets MinIO has one. The others are refused by the plan, before there is a bucket.
func TestAccBucket_presetMinIO(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		for preset, lacks := range map[string]string{
			"deep-archive": "AWS's storage classes", "archive": "AWS's storage classes",
			"abort-uploads": "lifecycle rules for unfinished uploads",
		} {
			config := storeBucket(b, fmt.Sprintf("  lifecycle_preset = %q", preset))
			tf.Write(config)
			b.Gateway.Reset()
			saysAll(t, tf.MustFail("plan"), fmt.Sprintf(`lifecycle_preset is %q, but a store of platform "minio" does not have %s. `+
				`Leave lifecycle_preset out`, preset, lacks))
			if calls := b.Gateway.Calls(); len(calls) > 0 {
				t.Errorf("%s: it called %v", preset, calls)
			}
			tf.Write(ofUnknownKind(b, config))
			saysAll(t, tf.MustFail("apply", "-auto-approve"), "lifecycle_preset: ", "the store may not have ", "leave that out")
			tf.Destroy()
			b.Gone(t, b.Name)
		}

		preset := `  lifecycle_preset = "expire-noncurrent"`
		beside := ruleBlock(b, "one", "one", `expiration_days = 1`, `depends_on = [spinup_bucket.b]`)
		tf.Write(storeBucket(b, preset) + beside)
		tf.Apply()
		tf.Empty()
		spliceRules(t, b, "", foreignRule())
		tf.Empty()
		same(t, "rules", []string{"expire-noncurrent-rule", "one", "theirs"}, ruleNames(t, b))

		before := rawRules(t, b)
		changed := lifecycleOf(t, b).Rules
		i := slices.IndexFunc(changed, func(r types.LifecycleRule) bool { return aws.ToString(r.ID) == "expire-noncurrent-rule" })
		changed[i].NoncurrentVersionExpiration.NoncurrentDays = aws.Int32(31)
		putRules(t, b, changed...)
		change := tf.Plan("spinup_bucket.b")
		same(t, "changes", []string{"lifecycle_preset"}, change.Attributes())
		same(t, "before", any("expire-noncurrent, changed"), change.Before["lifecycle_preset"])
		b.Gateway.Reset()
		tf.Apply()
		same(t, "writing calls", []string{putLifecycle}, mutations(b))
		same(t, "rules after the repair", before, rawRules(t, b))
		tf.Empty()

		tf.Must("state", "rm", "spinup_bucket.b")
		tf.Must("import", "spinup_bucket.b", b.Name)
		same(t, "imported", any("expire-noncurrent"), tf.State("spinup_bucket.b")["lifecycle_preset"])
		tf.Empty()

		tf.Write(storeBucket(b, "") + beside)
		tf.Apply()
		tf.Empty()
		same(t, "rules without a preset", []string{"one", "theirs"}, ruleNames(t, b))
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.MinIO)
}

// TestAccLifecycleRule_versitygw: VersityGW has no lifecycle rules. Plans say so before anything is made, and a list of
// them is empty.
func TestAccLifecycleRule_versitygw(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		const lacks = ` but a store of platform "versitygw" does not have lifecycle rules. Leave `
		for config, says := range map[string]string{
			storeBucket(b, `  lifecycle_preset = "archive"`): `lifecycle_preset is "archive",` + lacks + "lifecycle_preset out",
			b.Provider() + ruleBlock(b, "test", "one", `expiration_days = 1`, `transitions = [{ days = 0, storage_class = "GLACIER" }]`): `name is "one",` + lacks + "the resource out",
		} {
			tf.Write(config)
			said := tf.MustFail("plan")
			saysAll(t, said, says)
			if n := strings.Count(said, "Error: "); n != 1 {
				t.Errorf("%d errors:\n%s", n, said)
			}
		}
		if calls := b.Gateway.Calls(); len(calls) > 0 {
			t.Errorf("it called %v", calls)
		}
		listNoRules(t, b)
		tf.Write(b.Provider() + fmt.Sprintf("data \"spinup_lifecycle_rules\" \"none\" {\n  bucket = %q\n}\n", b.Name+"-none"))
		saysAll(t, tf.MustFail("plan"), "No such bucket")
	}, emulator.VersityGW)
}
