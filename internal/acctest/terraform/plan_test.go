package terraform

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestUnknownCountsAsChanged(t *testing.T) {
	changes, err := Changes([]byte(`{"resource_changes": [{"address": "a", "change": {
		"before": {"list": ["x"], "same": 1, "gone": 1},
		"after": {"list": ["x"], "same": 1},
		"after_unknown": {"list": [true], "new": true, "same": false}}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"gone", "list", "new"}, changes["a"].Attributes()); diff != "" {
		t.Error(diff)
	}
	if got := changes["other"].Attributes(); len(got) > 0 {
		t.Errorf("a resource without a change changes %v", got)
	}
	if _, err := Changes([]byte("No changes.")); err == nil {
		t.Error("text was read as a plan")
	}
}
