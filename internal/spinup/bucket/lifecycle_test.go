package bucket

import (
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// presetRule is the rule of the preset, with a change.
func presetRule(t *testing.T, preset string, change func(*lifecyclerule.Rule)) lifecyclerule.Element {
	t.Helper()
	rule, ok := lifecyclerule.PresetRule(preset)
	if !ok {
		t.Fatalf("there is no preset %q", preset)
	}
	if change != nil {
		change(&rule)
	}
	return lifecyclerule.Element{Rule: rule}
}

// TestLifecyclePreset: what is recorded of the rules of a bucket, by what was wanted of them, and which rules are as they
// should be.
func TestLifecyclePreset(t *testing.T) {
	off := func(r *lifecyclerule.Rule) { r.Enabled = false }
	archive, uploads := presetRule(t, "archive", nil), presetRule(t, "abort-uploads", nil)
	theirs := lifecyclerule.Element{Rule: lifecyclerule.Rule{Name: "theirs", Enabled: true, ExpirationDays: 1}}
	type rules = []lifecyclerule.Element
	for name, row := range map[string]struct {
		spec   Spec
		seen   rules
		want   string
		inSync bool
	}{
		"as wanted":               {Spec{Preset: "archive", PriorPreset: "archive"}, rules{theirs, archive}, "archive", true},
		"disabled":                {Spec{Preset: "archive", PriorPreset: "archive"}, rules{presetRule(t, "archive", off)}, "archive, changed", false},
		"lost":                    {Spec{Preset: "archive", PriorPreset: "archive"}, rules{theirs}, "", false},
		"changed into another":    {Spec{Preset: "abort-uploads", PriorPreset: "archive"}, rules{uploads, theirs}, "abort-uploads", true},
		"not yet changed":         {Spec{Preset: "abort-uploads", PriorPreset: "archive"}, rules{archive}, "archive", false},
		"both":                    {Spec{Preset: "abort-uploads", PriorPreset: "archive"}, rules{archive, uploads}, "archive", false},
		"taken away":              {Spec{PriorPreset: "archive"}, rules{theirs, uploads}, "", true},
		"not yet taken away":      {Spec{PriorPreset: "archive"}, rules{archive}, "archive", false},
		"of another owner":        {Spec{Preset: "archive"}, rules{uploads, archive}, "archive", true},
		"looked for":              {Spec{Everything: true}, rules{theirs, uploads}, "abort-uploads", true},
		"looked for, and changed": {Spec{Everything: true}, rules{presetRule(t, "archive", off)}, "", true},
	} {
		have := Status{Lifecycle: &lifecyclerule.Configuration{Rules: row.seen}}
		if got := have.LifecyclePreset(row.spec); got != row.want {
			t.Errorf("%s: %q is recorded, want %q", name, got, row.want)
		}
		if got := (bucket{}).lifecycle().InSync(row.spec, have); got != row.inSync {
			t.Errorf("%s: in sync is %t", name, got)
		}
	}
	if got := (Status{}).LifecyclePreset(Spec{Preset: "archive"}); got != "" {
		t.Errorf("not looked at: %q is recorded", got)
	}
}
