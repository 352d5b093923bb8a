package bucket

import (
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// asked is the wish for a preset where state has another.
func asked(prior, want string) wish {
	return wish{Want: Spec{Preset: want}, Prior: &Spec{Preset: prior}}
}

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
		wish   wish
		seen   rules
		want   string
		inSync bool
	}{
		"as wanted":               {asked("archive", "archive"), rules{theirs, archive}, "archive", true},
		"disabled":                {asked("archive", "archive"), rules{presetRule(t, "archive", off)}, "archive, changed", false},
		"lost":                    {asked("archive", "archive"), rules{theirs}, "", false},
		"changed into another":    {asked("archive", "abort-uploads"), rules{uploads, theirs}, "abort-uploads", true},
		"not yet changed":         {asked("archive", "abort-uploads"), rules{archive}, "archive", false},
		"both":                    {asked("archive", "abort-uploads"), rules{archive, uploads}, "archive", false},
		"taken away":              {asked("archive", ""), rules{theirs, uploads}, "", true},
		"not yet taken away":      {asked("archive", ""), rules{archive}, "archive", false},
		"of another owner":        {asked("", "archive"), rules{uploads, archive}, "archive", true},
		"looked for":              {reconcile.Keep(Spec{ReadAll: true}), rules{theirs, uploads}, "abort-uploads", true},
		"looked for, and changed": {reconcile.Keep(Spec{ReadAll: true}), rules{presetRule(t, "archive", off)}, "", true},
	} {
		have := Status{Lifecycle: &lifecyclerule.Configuration{Rules: row.seen}}
		if got := have.LifecyclePreset(row.wish); got != row.want {
			t.Errorf("%s: %q is recorded, want %q", name, got, row.want)
		}
		if got := (bucket{}).lifecycle().InSync(row.wish, have); got != row.inSync {
			t.Errorf("%s: in sync is %t", name, got)
		}
	}
	if got := (Status{}).LifecyclePreset(asked("", "archive")); got != "" {
		t.Errorf("not looked at: %q is recorded", got)
	}
}
