package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const classList = `["STANDARD_IA" "INTELLIGENT_TIERING" "ONEZONE_IA" "GLACIER_IR" "GLACIER" "DEEP_ARCHIVE"]`

// badRuleNames are no names of rules.
var badRuleNames = map[string]badInput{
	"empty":             {`name = ""`, "name", "0", "between 1 and 255"},
	"long":              {`name = "` + strings.Repeat("ä", 256) + `"`, "name", "256", "between 1 and 255"},
	"control character": {`name = "a\u0007b"`, "name", `"a\ab"`, "what XML can hold"},
}

// badRules are refused, with a good name.
var badRules = map[string]badInput{
	"no action":                 {``, "expiration_days", "does nothing", "at least one of expiration_days, expiration_date"},
	"no action in other words":  {`transitions = []` + "\n" + `expired_object_delete_marker = false`, "transitions", "does nothing", "at least one"},
	"newer versions alone":      {`newer_noncurrent_versions = 5`, "newer_noncurrent_versions", "5", "noncurrent_days"},
	"days and date":             {`expiration_days = 30` + "\n" + `expiration_date = "2031-01-31"`, "expiration_date", "2031-01-31", "only one of them"},
	"delete markers and days":   {marker(`expiration_days = 30`), "expired_object_delete_marker", "true", "one of them"},
	"delete markers and a date": {marker(`expiration_date = "2031-01-31"`), "expired_object_delete_marker", "true", "one of them"},
	"delete markers and tags":   {marker(`filter = { tags = { A = "1" } }`), "expired_object_delete_marker", "filter.tags", "only one of them"},
	"uploads and tags": {`delete_incomplete_uploads_days = 3` + "\n" + `filter = { tags = { A = "1" } }`,
		"delete_incomplete_uploads_days", "3", "Filter by a prefix only"},
	"uploads and sizes": {`delete_incomplete_uploads_days = 3` + "\n" + `filter = { object_size_less_than = 9 }`,
		"delete_incomplete_uploads_days", "3", "Filter by a prefix only"},

	"no days":            {`expiration_days = 0`, "expiration_days", "0", "at least 1"},
	"negative days":      {`noncurrent_days = -1`, "noncurrent_days", "-1", "at least 1"},
	"days of 32 bits":    {`expiration_days = 2147483648`, "expiration_days", "2147483648", "at most 2147483647"},
	"days of 64 bits":    {`noncurrent_days = 1e30`, "noncurrent_days", "1e+30", "at most 64 bits"},
	"half a day":         {`delete_incomplete_uploads_days = 1.5`, "delete_incomplete_uploads_days", "1.5", "a whole number"},
	"a transition late":  {moves(`{ days = 2147483648, storage_class = "GLACIER" }`), "days", "2147483648", "at most 2147483647"},
	"a transition never": {oldMoves(`{ days = 1e30, storage_class = "GLACIER" }`), "days", "1e+30", "at most 64 bits"},
	"a size of 64 bits":  {filtered(`object_size_less_than = 1e30`), "object_size_less_than", "1e+30", "at most 64 bits"},
	"no upload days":     {`delete_incomplete_uploads_days = 0`, "delete_incomplete_uploads_days", "0", "at least 1"},
	"no newer versions":  {`noncurrent_days = 1` + "\n" + `newer_noncurrent_versions = 0`, "newer_noncurrent_versions", "0", "between 1 and 100"},
	"101 newer versions": {`noncurrent_days = 1` + "\n" + `newer_noncurrent_versions = 101`, "newer_noncurrent_versions", "101", "between 1 and 100"},
	"no date":            {`expiration_date = "soon"`, "expiration_date", `"soon"`, "such as 2027-01-31"},
	"date of elsewhere":  {`expiration_date = "31.1.2031"`, "expiration_date", `"31.1.2031"`, "such as 2027-01-31"},
	"date of no day":     {`expiration_date = "2031-02-30"`, "expiration_date", `"2031-02-30"`, "such as 2027-01-31"},
	"date with a time":   {`expiration_date = "2031-01-31T12:00:00Z"`, "expiration_date", `"2031-01-31T12:00:00Z"`, "midnight UTC"},
	"midnight elsewhere": {`expiration_date = "2031-01-31T00:00:00+01:00"`, "expiration_date", `"2031-01-31T00:00:00+01:00"`, "midnight UTC"},
	"create time-out":    {`expiration_days = 1` + "\n" + `timeouts { create = "soon" }`, "create =", `"soon"`, `"2h45m"`},

	"storage class":         {moves(`{ days = 1, storage_class = "glacier" }`), "storage_class", `"glacier"`, classList},
	"back to standard":      {moves(`{ days = 1, storage_class = "STANDARD" }`), "storage_class", `"STANDARD"`, classList},
	"old class":             {oldMoves(`{ days = 1, storage_class = "TAPE" }`), "storage_class", `"TAPE"`, classList},
	"neither days nor date": {moves(`{ storage_class = "GLACIER" }`), "transitions", "GLACIER with days = <null>", "Set exactly one of days and date"},
	"both days and date": {moves(`{ days = 3, date = "2031-01-31", storage_class = "GLACIER" }`),
		"transitions", `days = 3 and date = "2031-01-31"`, "Set exactly one of days and date"},
	"negative transition":          {moves(`{ days = -1, storage_class = "GLACIER" }`), "days", "-1", "at least 0"},
	"old versions of negative age": {oldMoves(`{ days = -1, storage_class = "GLACIER" }`), "days", "-1", "at least 0"},
	"transition at noon":           {moves(`{ date = "2031-01-31T12:00:00Z", storage_class = "GLACIER" }`), "date", `"2031-01-31T12:00:00Z"`, "midnight UTC"},
	"old versions that stay":       {oldMoves(`{ days = 1, newer_versions = 101, storage_class = "GLACIER" }`), "newer_versions", "101", "between 1 and 100"},
	"null transition":              {moves(`null`), "transitions", "", "contains a null value"},

	"infrequent access too early": {moves(`{ days = 29, storage_class = "STANDARD_IA" }`), "transitions", "29 days", "at least 30"},
	"one zone too early":          {moves(`{ days = 1, storage_class = "ONEZONE_IA" }`), "transitions", "1 days", "at least 30"},
	"old versions too early":      {oldMoves(`{ days = 29, storage_class = "STANDARD_IA" }`), "noncurrent_transitions", "29 days", "at least 30"},
	"not later": {moves(`{ days = 60, storage_class = "GLACIER" }, { days = 60, storage_class = "DEEP_ARCHIVE" }`),
		"transitions", "DEEP_ARCHIVE at days = 60", "at least 61"},
	"against the order": {moves(`{ days = 60, storage_class = "GLACIER" }, { days = 90, storage_class = "GLACIER_IR" }`),
		"transitions", "GLACIER at days = 60", "at least 91"},
	"too short a stay": {moves(`{ days = 30, storage_class = "STANDARD_IA" }, { days = 59, storage_class = "GLACIER" }`),
		"transitions", "GLACIER at days = 59", "at least 60"},
	"old versions against the order": {oldMoves(`{ days = 9, storage_class = "DEEP_ARCHIVE" }, { days = 9, storage_class = "GLACIER_IR" }`),
		"noncurrent_transitions", "DEEP_ARCHIVE at days = 9", "at least 10"},
	"dates against the order": {moves(`{ date = "2031-02-01", storage_class = "GLACIER" }, { date = "2031-01-01", storage_class = "DEEP_ARCHIVE" }`),
		"transitions", "DEEP_ARCHIVE on 2031-01-01", "later date than that of GLACIER"},
	"one class twice": {moves(`{ days = 60, storage_class = "GLACIER" }, { days = 90, storage_class = "GLACIER" }`),
		"transitions", "GLACIER twice", "listed only once"},
	"days and dates": {moves(`{ days = 60, storage_class = "GLACIER" }, { date = "2031-01-01", storage_class = "DEEP_ARCHIVE" }`),
		"transitions", "GLACIER days = 60, DEEP_ARCHIVE date = 2031-01-01", "or dates for all"},
	"days, expired by date": {moves(`{ days = 60, storage_class = "GLACIER" }`) + "\n" + `expiration_date = "2031-01-01"`,
		"transitions", "GLACIER days = 60, expiration_date = 2031-01-01", "or dates for all"},
	"expired before it is moved": {moves(`{ days = 60, storage_class = "GLACIER" }`) + "\n" + `expiration_days = 60`,
		"expiration_days", "60", "more than 60"},
	"expired by date before it is moved": {moves(`{ date = "2031-01-31", storage_class = "GLACIER" }`) + "\n" + `expiration_date = "2031-01-31"`,
		"expiration_date", "2031-01-31", "later date than 2031-01-31"},
	"old versions expired before they are moved": {oldMoves(`{ days = 60, storage_class = "GLACIER" }`) + "\n" + `noncurrent_days = 60`,
		"noncurrent_days", "60", "more than 60"},

	"long prefix":    {filtered(`prefix = "` + strings.Repeat("ä", 513) + `"`), "filter.prefix", "1026 bytes", "at most 1024"},
	"bell in prefix": {filtered(`prefix = "a\u0007"`), "filter.prefix", `"a\a"`, "what XML can hold"},
	"negative size":  {filtered(`object_size_greater_than = -1`), "object_size_greater_than", "-1", "at least 0"},
	"no size":        {filtered(`object_size_less_than = 0`), "object_size_less_than", "0", "at least 1"},
	"no size fits":   {filtered(`object_size_greater_than = 9, object_size_less_than = 9`), "filter.object_size_less_than", "9", "must be larger"},
	"many tags":      {filtered(`tags = { for i in range(11) : "k${i}" => "v" }`), "filter.tags", "11 tags", "at most 10"},
	"empty tag key":  {filtered(`tags = { "" = "v" }`), "filter.tags", `""`, "1 to 128"},
	"long tag key":   {filtered(`tags = { (join("", [for i in range(129) : "k"])) = "v" }`), "filter.tags", "129 characters", "1 to 128"},
	"long tag value": {filtered(`tags = { K = join("", [for i in range(257) : "v"]) }`), "filter.tags", "257 characters", "at most 256"},
	"null tag":       {filtered(`tags = { K = null }`), "filter.tags", `null for "K"`, "Leave it out"},
}

func marker(line string) string       { return "expired_object_delete_marker = true\n" + line }
func moves(elements string) string    { return "transitions = [" + elements + "]" }
func oldMoves(elements string) string { return "noncurrent_transitions = [" + elements + "]" }
func filtered(words string) string    { return "expiration_days = 1\nfilter = { " + words + " }" }

// rule is a rule with the bad input, and the address under which the plan reports it.
func rule(label string, bad badInput) (config, address string) {
	return fmt.Sprintf("resource \"spinup_lifecycle_rule\" %q {\nbucket = \"data.example.edu\"\n%s\n}\n", label, bad.body),
		"spinup_lifecycle_rule." + label
}

// TestAccLifecycleRule_badInput plans what cannot be right, without a call.
func TestAccLifecycleRule_badInput(t *testing.T) {
	buckets := map[string]badInput{}
	for name, allowed := range badNames {
		buckets[fmt.Sprintf("%q", name)] = badInput{fmt.Sprintf("bucket = %q", name), "bucket", fmt.Sprintf("%q", name), allowed}
	}
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		named := func(label string, bad badInput) (config, address string) {
			bad.body = fmt.Sprintf("name = %q\n%s", label, bad.body)
			return rule(label, bad)
		}
		in := func(label string, bad badInput) (config, address string) {
			return fmt.Sprintf("resource \"spinup_lifecycle_rule\" %[1]q {\nname = %[1]q\nexpiration_days = 1\n%[2]s\n}\n", label, bad.body),
				"spinup_lifecycle_rule." + label
		}
		t.Run("bucket", func(t *testing.T) { refusals(t, b, b.Provider(), buckets, in) })
		t.Run("name", func(t *testing.T) { refusals(t, b, b.Provider(), badRuleNames, rule) })
		t.Run("rule", func(t *testing.T) { refusals(t, b, b.Provider(), badRules, named) })
		if calls := b.Gateway.Counts(); len(calls) > 0 {
			t.Errorf("refusing bad input made calls: %v", calls)
		}
		// Here one of two rules is right, and a plan looks whether there is one of its name.
		t.Run("twice", func(t *testing.T) { twice(t, b) })
		t.Run("unknown", func(t *testing.T) { notYet(t, b) })
		if calls := mutations(b); len(calls) > 0 {
			t.Errorf("refusing bad input wrote: %v", calls)
		}
	})
}

// twice plans several rules of one name: what is the same in another bucket is fine.
func twice(t *testing.T, b *acctest.Bench) {
	block := func(label, bucket, name string) string {
		return fmt.Sprintf("resource \"spinup_lifecycle_rule\" %q {\nbucket = %q\nname = %q\nexpiration_days = 1\n}\n", label, bucket, name)
	}
	tf := b.Served(t)
	tf.Write(b.Provider() + block("one", "data.example.edu", "a/b") + block("two", "data.example.edu", "a/b") +
		block("elsewhere", "more.example.edu", "a/b") + block("other", "data.example.edu", "a"))
	found := planErrors(t, tf)
	both := append(found["spinup_lifecycle_rule.one"], found["spinup_lifecycle_rule.two"]...)
	want := badInput{"", "name", `"a/b"`, `the same bucket, "data.example.edu". The names of the rules of a bucket must differ`}
	if len(found) != 1 || len(both) != 1 || !want.names(both[0]) {
		t.Errorf("two rules of one name: %+v", found)
	}
}

// notYet plans rules of which a part is not known before apply: nothing can be wrong with it yet, and what is known is
// looked at all the same.
func notYet(t *testing.T, b *acctest.Bench) {
	const later = "resource \"terraform_data\" \"later\" { input = 5 }\n"
	unknown := "terraform_data.later.output"
	table := map[string]badInput{
		"wrong beside it": {`noncurrent_days = ` + unknown + "\n" + moves(`{ days = 1, storage_class = "STANDARD_IA" }`),
			"transitions", "1 days", "at least 30"},
	}
	t.Run("refused", func(t *testing.T) {
		refusals(t, b, b.Provider()+later, table, func(label string, bad badInput) (config, address string) {
			bad.body = "name = \"x\"\n" + bad.body
			return rule(label, bad)
		})
	})
	config := b.Provider() + later
	for i, body := range []string{
		`expiration_days = ` + unknown,
		`expiration_days = 3` + "\n" + moves(`{ days = `+unknown+`, storage_class = "STANDARD_IA" }`),
		`expiration_days = 3` + "\n" + moves(`{ days = 60, storage_class = tostring(`+unknown+`) }`),
		`newer_noncurrent_versions = 3` + "\n" + `noncurrent_days = ` + unknown,
		filtered(`object_size_greater_than = 9, object_size_less_than = ` + unknown),
		marker(`filter = { tags = { A = ` + unknown + ` } }`),
		`transitions = [for n in toset([` + unknown + `]) : { days = n, storage_class = "GLACIER" }]`,
		`enabled = ` + unknown + ` == 5` + "\n" + `expiration_days = 3`,
	} {
		block, _ := rule(fmt.Sprintf("row%d", i), badInput{body: fmt.Sprintf("name = \"row%d\"\n%s", i, body)})
		config += block
	}
	tf := b.Served(t)
	tf.Write(config)
	tf.Must("plan")
}
