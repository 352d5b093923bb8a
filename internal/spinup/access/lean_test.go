package access

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// TestLean: what is left of a document is part of it, and no statement is without an action.
func TestLean(t *testing.T) {
	for _, level := range Levels() {
		for _, document := range []string{Document("aws", "data", level), PathDocument("aws", "data", "docs/", level)} {
			whole, lean := parsed(t, document), parsed(t, Lean(document))
			if len(Lean(document)) >= len(document) {
				t.Errorf("%s is as long as it was", level)
			}
			if len(lean.Statements) != len(whole.Statements) {
				t.Fatalf("%s: %d statements of %d", level, len(lean.Statements), len(whole.Statements))
			}
			for i, s := range lean.Statements {
				from := whole.Statements[i]
				if len(s.Action) == 0 || slices.ContainsFunc(s.Action, func(a string) bool { return !slices.Contains(from.Action, a) }) {
					t.Errorf("%s has %v of %v", level, s.Action, from.Action)
				}
				if diff := cmp.Diff([]any{from.Resource, from.Condition}, []any{s.Resource, s.Condition}); diff != "" {
					t.Errorf("%s: %s", level, diff)
				}
			}
		}
	}
}

func parsed(t *testing.T, document string) awspolicy.Document {
	t.Helper()
	d, err := awspolicy.Parse(document)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
