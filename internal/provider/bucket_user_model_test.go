package provider

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
)

// made is when the key of the tests was created.
var made = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// stateKey is a key in state that rotates after 30 days, with the previous one if it is given.
func stateKey(previous string) accessKeyModel {
	k := accessKeyModel{
		Rotation: types.StringValue("1"), Overlap: types.StringValue("24h"), RotateAfter: types.StringValue("720h"),
		RequireUnused: types.BoolValue(true), Active: types.BoolValue(true), Store: fwtypes.ObjectNull[keyStoreModel](),
		ID: types.StringValue("AKIA2"), CreatedAt: date(made), Secret: types.StringValue("secret"),
	}
	if previous != "" {
		k.PreviousID, k.PreviousExpiresAt = types.StringValue(previous), date(made.Add(24*time.Hour))
	}
	return k
}

// asked is the configuration that made the key.
func asked(k accessKeyModel) accessKeyModel {
	null := types.StringNull()
	k.ID, k.CreatedAt, k.PreviousID, k.PreviousExpiresAt, k.Secret = null, null, null, null, null
	k.RequireUnused, k.Active = types.BoolNull(), types.BoolNull()
	return k
}

// plannedKey is what a plan has for the configured key.
func plannedKey(t interface {
	rapid.TB
	Context() context.Context
}, config, was accessKeyModel, seen sightOfKey) accessKeyModel {
	t.Helper()
	var diags diag.Diagnostics
	m := &bucketUserModel{seen: seen}
	m.resolveKey(t.Context(), turn[bucketUserModel]{
		config: &bucketUserModel{AccessKey: objectOf(t, config)}, prior: &bucketUserModel{AccessKey: objectOf(t, was)},
	}, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return *m.accessKey(t.Context(), &diags)
}

// TestKey_sight: what a refresh notes, at the edges.
func TestKey_sight(t *testing.T) {
	const rotates, overlap = 720 * time.Hour, 24 * time.Hour
	own, previous := &bucketuser.AccessKey{ID: "AKIA2", Created: made}, &bucketuser.AccessKey{ID: "AKIA1"}
	theirs := []bucketuser.AccessKey{{ID: "AKIAX", Created: made.Add(time.Hour)}}
	older := []bucketuser.AccessKey{{ID: "AKIAX", Created: made.Add(-time.Hour)}}
	due := sightOfKey{Due: made.Add(rotates)}
	for name, row := range map[string]struct {
		age  time.Duration
		have bucketuser.Status
		want sightOfKey
	}{
		"young":               {rotates - time.Second, bucketuser.Status{Current: own}, sightOfKey{}},
		"as old as that":      {rotates, bucketuser.Status{Current: own}, due},
		"older":               {3 * rotates, bucketuser.Status{Current: own}, due},
		"older, without room": {rotates, bucketuser.Status{Current: own, Others: older}, sightOfKey{}},
		"in the overlap":      {overlap - time.Second, bucketuser.Status{Current: own, Previous: previous}, sightOfKey{}},
		"after the overlap":   {overlap, bucketuser.Status{Current: own, Previous: previous}, sightOfKey{Over: true}},
		"after it, unused": {
			overlap, bucketuser.Status{Current: own, Previous: previous, Use: &bucketuser.Use{}}, sightOfKey{Over: true, Unused: true},
		},
		"after it, used": {
			overlap, bucketuser.Status{Current: own, Previous: previous, Use: &bucketuser.Use{Lately: true}}, sightOfKey{Over: true},
		},
		"gone":                          {time.Hour, bucketuser.Status{}, sightOfKey{}},
		"gone, and there is another":    {time.Hour, bucketuser.Status{Others: older}, sightOfKey{}},
		"replaced":                      {time.Hour, bucketuser.Status{Others: theirs}, sightOfKey{Replaced: true}},
		"gone, and there are two":       {time.Hour, bucketuser.Status{Others: append(older, theirs...)}, sightOfKey{}},
		"replaced, and as old as that":  {rotates, bucketuser.Status{Others: theirs}, sightOfKey{Replaced: true, Due: due.Due}},
		"ours, and one of somebody new": {time.Hour, bucketuser.Status{Current: own, Others: theirs}, sightOfKey{}},
	} {
		key := stateKey("AKIA1")
		if diff := cmp.Diff(row.want, key.sight(made.Add(row.age), row.have)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := (&accessKeyModel{}).sight(made, bucketuser.Status{}); got != (sightOfKey{}) {
		t.Errorf("without a key: %v", got)
	}
}

// TestKey_due: when a plan has a new key because of the age of the old one.
func TestKey_due(t *testing.T) {
	due := sightOfKey{Due: made.Add(720 * time.Hour)}
	freed := sightOfKey{Due: due.Due, Over: true, Unused: true}
	used := sightOfKey{Due: due.Due, Over: true}
	change := func(apply func(*accessKeyModel)) accessKeyModel {
		k := asked(stateKey(""))
		apply(&k)
		return k
	}
	same := change(func(*accessKeyModel) {})
	longer := change(func(k *accessKeyModel) { k.RotateAfter = types.StringValue("720h1s") })
	shorter := change(func(k *accessKeyModel) { k.RotateAfter = types.StringValue("240h") })
	never := change(func(k *accessKeyModel) { k.RotateAfter = types.StringNull() })
	idle := change(func(k *accessKeyModel) { k.Active = types.BoolValue(false) })
	careless := change(func(k *accessKeyModel) { k.RequireUnused = types.BoolValue(false) })
	another := change(func(k *accessKeyModel) { k.Rotation = types.StringValue("2") })
	for name, row := range map[string]struct {
		config   accessKeyModel
		previous string
		seen     sightOfKey
		renewed  bool
		keeps    string // the previous key that is planned
	}{
		"young":                          {same, "", sightOfKey{}, false, ""},
		"due":                            {same, "", due, true, "AKIA2"},
		"due later":                      {longer, "", due, false, ""},
		"due already":                    {shorter, "", due, true, "AKIA2"},
		"shorter, which nobody has seen": {shorter, "", sightOfKey{}, false, ""},
		"not wanted any more":            {never, "", due, false, ""},
		"not active":                     {idle, "", due, false, ""},
		"due in the overlap":             {same, "AKIA1", due, false, "AKIA1"},
		"due, the previous one unused":   {same, "AKIA1", freed, true, "AKIA2"},
		"due, the previous one used":     {same, "AKIA1", used, false, "AKIA1"},
		"due, used, which is all right":  {careless, "AKIA1", used, true, "AKIA2"},
		"unused":                         {same, "AKIA1", sightOfKey{Over: true, Unused: true}, false, ""},
		"used":                           {same, "AKIA1", sightOfKey{Over: true}, false, "AKIA1"},
		"used, which is all right":       {careless, "AKIA1", sightOfKey{Over: true}, false, ""},
		"by hand in the overlap":         {another, "AKIA1", sightOfKey{}, true, "AKIA2"},
		"by hand while it is used":       {another, "AKIA1", used, true, "AKIA2"},
	} {
		got := plannedKey(t, row.config, stateKey(row.previous), row.seen)
		if got.ID.IsUnknown() != row.renewed || got.PreviousID.ValueString() != row.keeps {
			t.Errorf("%s: id %s, previous id %s", name, got.ID, got.PreviousID)
		}
	}
}

// TestKey_finalPlan: what a plan knows of the key, its final plan has too, whatever becomes of what was unknown.
func TestKey_finalPlan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := func(name string, values ...string) types.String {
			return optional(rapid.SampledFrom(append(values, "")).Draw(t, name))
		}
		flag := func(name string) types.Bool {
			return rapid.SampledFrom([]types.Bool{types.BoolNull(), types.BoolValue(true), types.BoolValue(false)}).Draw(t, name)
		}
		known := accessKeyModel{
			Rotation: text("rotation", "1", "2"), Overlap: text("overlap", "24h", "0s"),
			RotateAfter: text("rotate_after", "720h", "240h", "2160h"), RequireUnused: flag("require_unused"),
			Active: flag("active"), Store: fwtypes.ObjectNull[keyStoreModel](),
		}
		config := known
		for _, value := range []*types.String{&config.Rotation, &config.Overlap, &config.RotateAfter} {
			if rapid.Bool().Draw(t, "unknown") {
				*value = types.StringUnknown()
			}
		}
		for _, value := range []*types.Bool{&config.RequireUnused, &config.Active} {
			if rapid.Bool().Draw(t, "unknown") {
				*value = types.BoolUnknown()
			}
		}
		was := stateKey(rapid.SampledFrom([]string{"", "AKIA1"}).Draw(t, "previous"))
		seen := sightOfKey{Over: !was.PreviousID.IsNull() && rapid.Bool().Draw(t, "over")}
		seen.Unused = seen.Over && rapid.Bool().Draw(t, "unused")
		if rapid.Bool().Draw(t, "due") {
			seen.Due = made.Add(720 * time.Hour)
		}
		plan, final := plannedKey(t, config, was, seen), plannedKey(t, known, was, seen)
		last := attributesOf(&final)
		for name, value := range attributesOf(&plan) {
			if !value.IsUnknown() && !value.Equal(last[name]) {
				t.Errorf("%s is planned as %v, and then as %v", name, value, last[name])
			}
		}
	})
}

// TestFillKey_oldState: a state that was written before there was require_unused learns its default by a refresh, and the
// plan after that has nothing to change. An apply gives what was planned.
func TestFillKey_oldState(t *testing.T) {
	have := bucketuser.Status{Current: &bucketuser.AccessKey{ID: "AKIA2", Active: true, Created: made}}
	old := stateKey("")
	old.RequireUnused = types.BoolNull()
	for applying, want := range map[bool]types.Bool{false: types.BoolValue(true), true: types.BoolNull()} {
		var diags diag.Diagnostics
		m := &bucketUserModel{AccessKey: objectOf(t, old)}
		m.fillKey(t.Context(), turn[bucketUserModel]{applying: applying}, bucketuser.Spec{}, have, false, &diags)
		seen := *m.accessKey(t.Context(), &diags)
		if diags.HasError() || !seen.RequireUnused.Equal(want) {
			t.Errorf("applying %t: require_unused is %s, %v", applying, seen.RequireUnused, diags)
		}
		if planned := plannedKey(t, asked(seen), seen, sightOfKey{}); !applying && !objectOf(t, planned).Equal(objectOf(t, seen)) {
			t.Errorf("%+v is planned for %+v", planned, seen)
		}
	}
}
