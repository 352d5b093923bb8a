package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const ruleAddress = "spinup_lifecycle_rule.test"

// ruleBlock is the configuration of a rule of the bucket that bears the bench's name.
func ruleBlock(b *acctest.Bench, label, name string, lines ...string) string {
	return fmt.Sprintf("resource \"spinup_lifecycle_rule\" %q {\n  bucket = %q\n  name   = %q\n  %s\n}\n",
		label, b.Name, name, strings.Join(lines, "\n  "))
}

// rulesOf are the bucket's lifecycle rules by name.
func rulesOf(t *testing.T, b *acctest.Bench) map[string]types.LifecycleRule {
	t.Helper()
	out, err := b.S3().GetBucketLifecycleConfiguration(t.Context(), &s3.GetBucketLifecycleConfigurationInput{Bucket: &b.Name})
	if !found(t, "lifecycle rules", err) {
		return nil
	}
	rules := map[string]types.LifecycleRule{}
	for _, rule := range out.Rules {
		rules[aws.ToString(rule.ID)] = rule
	}
	return rules
}

// putRules replaces the bucket's lifecycle rules behind the provider's back.
func putRules(t *testing.T, b *acctest.Bench, rules ...types.LifecycleRule) {
	t.Helper()
	acctest.Must(b.S3().PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &b.Name, LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: rules},
	}))(t)
}

// foreignRule is a rule of another owner.
func foreignRule() types.LifecycleRule {
	return types.LifecycleRule{
		ID: aws.String("theirs"), Status: types.ExpirationStatusEnabled,
		Filter:     &types.LifecycleRuleFilter{Prefix: aws.String("theirs/")},
		Expiration: &types.LifecycleExpiration{Days: aws.Int32(9)},
	}
}

// written is a rule: how it is configured, and what state says of it beyond its names.
type written struct {
	name  string
	lines []string
	state map[string]any
}

// allWritten use every attribute that the store has, and every form of a filter.
func allWritten(b *acctest.Bench) []written {
	all := []written{
		{"nothing but days", []string{`expiration_days = 30`}, map[string]any{"expiration_days": 30.0}},
		{"every/attribute", []string{
			`enabled = false`,
			`filter = { prefix = "logs/", tags = { Kind = "log", Of = "a b" }, object_size_greater_than = 131072, object_size_less_than = 1073741824 }`,
			`expiration_days           = 400`,
			`noncurrent_days           = 200`,
			`newer_noncurrent_versions = 5`,
			`transitions = [{ days = 180, storage_class = "DEEP_ARCHIVE" }, { days = 30, storage_class = "STANDARD_IA" }]`,
			`noncurrent_transitions = [{ days = 60, storage_class = "GLACIER" }, { days = 30, newer_versions = 3, storage_class = "STANDARD_IA" }]`,
		}, map[string]any{
			"enabled": false, "status": "Disabled", "expiration_days": 400.0, "noncurrent_days": 200.0, "newer_noncurrent_versions": 5.0,
			"filter": map[string]any{
				"prefix": "logs/", "tags": map[string]any{"Kind": "log", "Of": "a b"},
				"object_size_greater_than": 131072.0, "object_size_less_than": 1073741824.0,
			},
			"transitions": []any{
				map[string]any{"days": 180.0, "date": nil, "storage_class": "DEEP_ARCHIVE"},
				map[string]any{"days": 30.0, "date": nil, "storage_class": "STANDARD_IA"},
			},
			"noncurrent_transitions": []any{
				map[string]any{"days": 30.0, "newer_versions": 3.0, "storage_class": "STANDARD_IA"},
				map[string]any{"days": 60.0, "newer_versions": nil, "storage_class": "GLACIER"},
			},
		}},
		{"on a day//", []string{
			`filter          = { tags = { Kind = "log" } }`,
			`expiration_date = "2031-01-31"`,
			`transitions     = [{ date = "2030-01-31T00:00:00Z", storage_class = "GLACIER_IR" }, { date = "2030-06-30", storage_class = "GLACIER" }]`,
		}, map[string]any{
			"filter": filterState("tags", map[string]any{"Kind": "log"}), "expiration_date": "2031-01-31",
			"transitions": []any{
				map[string]any{"days": nil, "date": "2030-01-31T00:00:00Z", "storage_class": "GLACIER_IR"},
				map[string]any{"days": nil, "date": "2030-06-30", "storage_class": "GLACIER"},
			},
		}},
		{"clean up", []string{
			`filter                         = { prefix = "<tmp> & \"more\"/" }`,
			`expired_object_delete_marker   = true`,
			`delete_incomplete_uploads_days = 7`,
		}, map[string]any{
			"filter": filterState("prefix", `<tmp> & "more"/`), "expired_object_delete_marker": true, "delete_incomplete_uploads_days": 7.0,
		}},
		{"large", []string{`filter = { object_size_greater_than = 1048576 }`, `transitions = [{ days = 0, storage_class = "INTELLIGENT_TIERING" }]`},
			map[string]any{
				"filter":      filterState("object_size_greater_than", 1048576.0),
				"transitions": []any{map[string]any{"days": 0.0, "date": nil, "storage_class": "INTELLIGENT_TIERING"}},
			}},
		{"small", []string{`filter = { object_size_less_than = 1024 }`, `noncurrent_days = 1`},
			map[string]any{"filter": filterState("object_size_less_than", 1024.0), "noncurrent_days": 1.0}},
		{"other words for nothing", []string{
			`filter                         = { prefix = "", tags = {}, object_size_greater_than = 0 }`,
			`expired_object_delete_marker   = false`,
			`transitions                    = []`,
			`delete_incomplete_uploads_days = 1`,
		}, map[string]any{
			"delete_incomplete_uploads_days": 1.0,
		}},
		{"no filter", []string{`filter = {}`, `expiration_days = 2`}, map[string]any{"expiration_days": 2.0}},
	}
	for i := range all {
		all[i].lines = suited(b, all[i].lines...)
		maps.DeleteFunc(all[i].state, func(attribute string, _ any) bool { return len(suited(b, attribute)) == 0 })
	}
	return slices.DeleteFunc(all, func(w written) bool { return len(w.state) < 2 && w.state["filter"] != nil || len(w.state) == 0 })
}

// filterState is a filter in state, which writes out what is unset.
func filterState(name string, value any) map[string]any {
	all := map[string]any{
		"prefix": "", "tags": map[string]any{}, "object_size_greater_than": 0.0, "object_size_less_than": nil,
	}
	if name != "" {
		all[name] = value
	}
	return all
}

// full is all that state says of the rule.
func (w written) full(b *acctest.Bench) map[string]any {
	all := map[string]any{
		"id": b.Name + "/" + w.name, "bucket": b.Name, "name": w.name, "enabled": true, "status": "Enabled",
		"filter": filterState("", nil), "expiration_days": nil, "expiration_date": nil,
		"expired_object_delete_marker": false, "noncurrent_days": nil, "newer_noncurrent_versions": nil,
		"delete_incomplete_uploads_days": nil, "transitions": []any{}, "noncurrent_transitions": []any{}, "timeouts": nil,
	}
	maps.Copy(all, w.state)
	return all
}

// sameSets compares values of states in which the order of lists, all of them sets, means nothing.
func sameSets(t *testing.T, what string, want, got any) {
	t.Helper()
	unordered := cmp.Transformer("set", func(list []any) []string {
		var all []string
		for _, element := range list {
			all = append(all, fmt.Sprint(element))
		}
		slices.Sort(all)
		return all
	})
	if diff := cmp.Diff(want, got, unordered); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestAccLifecycleRule_basic makes rules that use every attribute, beside one of another owner, and imports each.
func TestAccLifecycleRule_basic(t *testing.T) { acctest.Each(t, basicRules) }

func basicRules(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	putRules(t, b, foreignRule())
	rules := allWritten(b)
	config := b.Provider()
	for i, rule := range rules {
		config += ruleBlock(b, fmt.Sprintf("rule%d", i), rule.name, rule.lines...)
	}
	tf := b.Served(t)
	tf.Write(config)
	tf.Apply()
	tf.Empty()
	for i, rule := range rules {
		sameSets(t, rule.name, rule.full(b), tf.State(fmt.Sprintf("spinup_lifecycle_rule.rule%d", i)))
	}
	live := rulesOf(t, b)
	if len(live) != len(rules)+1 {
		t.Errorf("the bucket has the rules %v", live)
	}
	leftAlone(t, b)

	other := b.Served(t)
	imports := config
	for i, rule := range rules {
		imports += fmt.Sprintf("import {\n  to = spinup_lifecycle_rule.rule%d\n  id = %q\n}\n", i, b.Name+"/"+rule.name)
	}
	other.Write(imports)
	b.Gateway.Reset()
	out := other.Apply()
	other.Empty()
	if want := fmt.Sprintf("%d imported, 0 added, 0 changed, 0 destroyed", len(rules)); !strings.Contains(out, want) {
		t.Errorf("the import did more, or less, than %q:\n%s", want, out)
	}
	if calls := mutations(b); len(calls) > 0 {
		t.Errorf("the import wrote: %v", calls)
	}
	tf.Destroy()
	if live := rulesOf(t, b); len(live) != 1 {
		t.Errorf("the destroy left %v", live)
	}
	leftAlone(t, b)
}

// leftAlone requires that the rule of another owner is as it was made.
func leftAlone(t *testing.T, b *acctest.Bench) {
	t.Helper()
	live := rulesOf(t, b)["theirs"]
	want := foreignRule()
	if live.Filter == nil || live.Expiration == nil || aws.ToString(live.Filter.Prefix) != *want.Filter.Prefix ||
		aws.ToInt32(live.Expiration.Days) != *want.Expiration.Days || live.Status != want.Status {
		t.Errorf("the rule of another owner is now %+v", live)
	}
}

// TestAccLifecycleRule_importRefused: what is not there, and what is no import id.
func TestAccLifecycleRule_importRefused(t *testing.T) { acctest.Each(t, refuseImports) }

func refuseImports(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	tf := b.Served(t)
	tf.Write(b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 1"))
	notUnderstood := func(id string) string {
		return fmt.Sprintf("The import id of a spinup_lifecycle_rule is bucket/name, not %q.", id)
	}
	for id, want := range map[string]string{
		b.Name + "/one":      "Cannot import non-existent remote object",
		b.Name + "-not/one":  "Cannot import non-existent remote object",
		b.Name:               notUnderstood(b.Name),
		b.Name + "/":         notUnderstood(b.Name + "/"),
		"/one":               notUnderstood("/one"),
		"Not_A_Bucket/one/x": `the bucket name "Not_A_Bucket" has 'N', want only lowercase letters`,
	} {
		saysAll(t, tf.MustFail("import", ruleAddress, id), want)
		if tf.State(ruleAddress) != nil {
			t.Errorf("import of %q: it is in state", id)
		}
	}
}

// TestAccLifecycleRule_exists: a rule that is there already is not taken over.
func TestAccLifecycleRule_exists(t *testing.T) { acctest.Each(t, ruleExists) }

func ruleExists(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	putRules(t, b, foreignRule())
	tf := b.Played(t)
	tf.Write(b.Provider() + ruleBlock(b, "test", "theirs", "expiration_days = 1"))
	saysAll(t, tf.MustFail("apply", "-auto-approve"), "the lifecycle rule exists already", "to = spinup_lifecycle_rule.NAME",
		fmt.Sprintf("id = %q", b.Name+"/theirs"), "Nothing was changed.")
	if tf.State(ruleAddress) != nil {
		t.Error("it is in state")
	}
	leftAlone(t, b)
}

// ruleUpdate is one change of a rule's configuration.
type ruleUpdate struct {
	name    string
	lines   []string
	changes []string // attributes; none: the plan is empty
	writes  bool
}

func ruleUpdates(b *acctest.Bench) []ruleUpdate {
	if b.Kind == emulator.MinIO {
		return minioUpdates
	}
	return awsUpdates
}

var awsUpdates = []ruleUpdate{
	{"days", []string{`expiration_days = 31`}, []string{"expiration_days"}, true},
	{"disabled", []string{`enabled = false`, `expiration_days = 31`}, []string{"enabled", "status"}, true},
	{"enabled", []string{`expiration_days = 31`}, []string{"enabled", "status"}, true},
	{"date", []string{`expiration_date = "2031-01-31"`}, []string{"expiration_date", "expiration_days"}, true},
	{"the same date", []string{`expiration_date = "2031-01-31T00:00:00Z"`}, nil, false},
	{"filter", []string{`expiration_date = "2031-01-31"`, `filter = { prefix = "a/", tags = { A = "1" } }`}, []string{"filter"}, true},
	{"tag", []string{`expiration_date = "2031-01-31"`, `filter = { prefix = "a/", tags = { A = "2" } }`}, []string{"filter"}, true},
	{"no filter", []string{`expiration_date = "2031-01-31"`}, []string{"filter"}, true},
	{"a filter of nothing", []string{`expiration_date = "2031-01-31"`, `filter = {}`}, nil, false},
	{"transitions", []string{`transitions = [{ date = "2030-01-31", storage_class = "GLACIER" }, { date = "2030-02-28", storage_class = "DEEP_ARCHIVE" }]`},
		[]string{"expiration_date", "transitions"}, true},
	{"the same transitions", []string{
		`transitions = [{ date = "2030-02-28T00:00:00Z", storage_class = "DEEP_ARCHIVE" }, { date = "2030-01-31", storage_class = "GLACIER" }]`,
	}, nil, false},
	{"delete markers", []string{`expired_object_delete_marker = true`, `noncurrent_days = 7`},
		[]string{"expired_object_delete_marker", "noncurrent_days", "transitions"}, true},
	{"no delete markers", []string{`expired_object_delete_marker = false`, `noncurrent_days = 7`}, []string{"expired_object_delete_marker"}, true},
	{"false in other words", []string{`noncurrent_days = 7`}, nil, false},
	{"newer versions", []string{`noncurrent_days = 7`, `newer_noncurrent_versions = 2`}, []string{"newer_noncurrent_versions"}, true},
	{"old versions", []string{`noncurrent_transitions = [{ days = 30, newer_versions = 1, storage_class = "ONEZONE_IA" }]`},
		[]string{"newer_noncurrent_versions", "noncurrent_days", "noncurrent_transitions"}, true},
	{"uploads", []string{`delete_incomplete_uploads_days = 3`}, []string{"delete_incomplete_uploads_days", "noncurrent_transitions"}, true},
}

// TestAccLifecycleRule_update goes through changes in place: each shows at what changes, and is one write or none.
func TestAccLifecycleRule_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, updateRule)
}

func updateRule(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	putRules(t, b, foreignRule())
	tf := b.Played(t)
	tf.Write(b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 30"))
	tf.Apply()
	for _, update := range ruleUpdates(b) {
		tf.Write(b.Provider() + ruleBlock(b, "test", "one", update.lines...))
		change := tf.Plan(ruleAddress)
		want := []string{"update"}
		if update.changes == nil {
			want = []string{"no-op"}
		}
		if !slices.Equal(change.Actions, want) || !slices.Equal(change.Attributes(), update.changes) {
			t.Errorf("%s: planned %v of %v", update.name, change.Actions, change.Attributes())
		}
		b.Gateway.Reset()
		tf.Apply()
		writes := []string(nil)
		if update.writes {
			writes = []string{"s3:PutBucketLifecycleConfiguration"}
		}
		if got := mutations(b); !slices.Equal(got, writes) {
			t.Errorf("%s: written by %v", update.name, got)
		}
		tf.Empty()
	}
	leftAlone(t, b)
}

// TestAccLifecycleRule_disappears deletes the rule, and the bucket, behind Terraform's back.
func TestAccLifecycleRule_disappears(t *testing.T) { acctest.Each(t, ruleDisappears) }

func ruleDisappears(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	tf := b.Played(t)
	tf.Write(b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 30"))
	tf.Apply()
	putRules(t, b, foreignRule())
	if change := tf.Plan(ruleAddress); !slices.Equal(change.Actions, []string{"create"}) {
		t.Errorf("planned: %v", change.Actions)
	}
	tf.Apply()
	tf.Empty()
	leftAlone(t, b)

	acctest.Must(b.S3().DeleteBucketLifecycle(t.Context(), &s3.DeleteBucketLifecycleInput{Bucket: &b.Name}))(t)
	tf.Apply()
	if live := rulesOf(t, b); len(live) != 1 || live["one"].ID == nil {
		t.Errorf("made again: %v", live)
	}
	acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.Name}))(t)
	if change := tf.Plan(ruleAddress); !slices.Equal(change.Actions, []string{"create"}) {
		t.Errorf("planned without a bucket: %v", change.Actions)
	}
	tf.Destroy() // what is gone is no error
}

// TestAccLifecycleRule_replace changes what makes another rule, and replaces one that has not changed.
func TestAccLifecycleRule_replace(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		b.MakeBucket(t, b.Name+"-other")
		putRules(t, b, foreignRule())
		rule := func(bucket, name string) string {
			return fmt.Sprintf("resource \"spinup_lifecycle_rule\" \"test\" {\n  bucket = %q\n  name   = %q\n  expiration_days = 30\n}\n", bucket, name)
		}
		tf := b.Served(t)
		tf.Write(b.Provider() + rule(b.Name, "one"))
		tf.Apply()
		tf.Must("apply", "-auto-approve", "-replace", ruleAddress) // the same name once more is not a second rule
		for _, to := range []struct {
			bucket, name string
			attributes   []string
		}{
			{b.Name, "two", []string{"id", "name"}},
			{b.Name + "-other", "two", []string{"bucket", "id"}},
		} {
			tf.Write(b.Provider() + rule(to.bucket, to.name))
			change := tf.Plan(ruleAddress)
			if !slices.Equal(change.Actions, []string{"delete", "create"}) || !slices.Equal(change.Attributes(), to.attributes) {
				t.Errorf("planned %v of %v, want %v", change.Actions, change.Attributes(), to.attributes)
			}
			tf.Apply()
			tf.Empty()
			if id := tf.State(ruleAddress)["id"]; id != to.bucket+"/"+to.name {
				t.Errorf("the id is %v, want %s/%s", id, to.bucket, to.name)
			}
		}
		if live := rulesOf(t, b); len(live) != 1 {
			t.Errorf("left behind: %v", live)
		}
		leftAlone(t, b)
	})
}
