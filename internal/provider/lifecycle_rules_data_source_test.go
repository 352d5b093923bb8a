package provider_test

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const rulesDataSource = "data.spinup_lifecycle_rules.test"

// TestAccLifecycleRulesDataSource_all lists rules of all owners, in the order in which the bucket has them; of ours it
// says what the resource says.
func TestAccLifecycleRulesDataSource_all(t *testing.T) { acctest.Each(t, listRules) }

func listRules(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	writeLifecycle(t, b, theirRule(b))
	tf := b.Served(t)
	theirs := map[string]any{
		"name": "stranger", "enabled": false, "status": "Disabled", "filter": filterState("tags", map[string]any{"A": "<2>", "Z": "1"}),
		"expiration_days": nil, "expiration_date": nil, "expired_object_delete_marker": false, "noncurrent_days": 120.0,
		"newer_noncurrent_versions": nil, "delete_incomplete_uploads_days": nil, "noncurrent_transitions": []any{},
		"transitions": []any{
			map[string]any{"days": 30.0, "date": nil, "storage_class": "STANDARD_IA"},
			map[string]any{"days": 90.0, "date": nil, "storage_class": "GLACIER"},
		},
	}
	if b.Kind == emulator.MinIO {
		theirs["transitions"] = []any{}
	}
	config, want := b.Provider(), []any{theirs}
	rules := []written{
		{"z", []string{
			`filter = { prefix = "z/", object_size_greater_than = 131072, object_size_less_than = 1073741824 }`, `expiration_days = 400`,
			`noncurrent_days = 200`, `newer_noncurrent_versions = 5`,
			`noncurrent_transitions = [{ days = 30, newer_versions = 3, storage_class = "STANDARD_IA" }, { days = 60, storage_class = "GLACIER" }]`,
		}, nil},
		{"a", []string{`expiration_date = "2031-01-31T00:00:00Z"`, `transitions = [{ date = "2030-01-31T00:00:00Z", storage_class = "GLACIER_IR" }]`}, nil},
		{"m", []string{`expired_object_delete_marker = true`, `delete_incomplete_uploads_days = 7`}, nil},
	}
	for _, rule := range rules {
		config += ruleBlock(b, rule.name, rule.name, suited(b, rule.lines...)...)
	}
	tf.Write(config)
	tf.Apply()
	for _, rule := range lifecycleOf(t, b).Rules[1:] {
		state := tf.State("spinup_lifecycle_rule." + *rule.ID)
		for _, name := range []string{"id", "bucket", "timeouts"} {
			delete(state, name)
		}
		want = append(want, state)
	}
	tf.Write(config + fmt.Sprintf("data \"spinup_lifecycle_rules\" \"test\" { bucket = %q }\n", b.Name))
	tf.Apply()
	got, _ := tf.State(rulesDataSource)["rules"].([]any)
	if len(got) != len(want) {
		t.Fatalf("%d rules, want %d: %v", len(got), len(want), got)
	}
	for i := range want {
		sameSets(t, fmt.Sprintf("rule %d", i), want[i], got[i])
	}
}

func TestAccLifecycleRulesDataSource_none(t *testing.T) { acctest.Each(t, listNoRules) }

func listNoRules(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	tf := b.Served(t)
	tf.Write(b.Provider() + fmt.Sprintf("data \"spinup_lifecycle_rules\" \"test\" { bucket = %q }", b.Name))
	tf.Apply()
	if rules, ok := tf.State(rulesDataSource)["rules"].([]any); !ok || len(rules) > 0 {
		t.Errorf("rules are %v, want an empty list", tf.State(rulesDataSource)["rules"])
	}
}

func TestAccLifecycleRulesDataSource_missing(t *testing.T) { acctest.Each(t, listWithoutBucket) }

func listWithoutBucket(t *testing.T, b *acctest.Bench) {
	tf := b.Served(t)
	tf.Write(b.Provider() + fmt.Sprintf("data \"spinup_lifecycle_rules\" \"test\" { bucket = %q }", b.Name))
	saysAll(t, tf.MustFail("plan"), "Error: Lifecycle rules could not be read", b.Name, "NoSuchBucket")
}
