package provider

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// lifecycleRuleFrom is the model of a configuration of the rule "r" of the bucket "b-1".
func lifecycleRuleFrom(t *testing.T, config settings) *lifecycleRuleModel {
	t.Helper()
	all := settings{"bucket": "b-1", "name": "r", "enabled": true}
	maps.Copy(all, config)
	schema := lifecycleRuleSchema(t.Context())
	m := &lifecycleRuleModel{}
	raw := tfsdk.Config{Schema: schema, Raw: valueOf(t, schema.Type().TerraformType(t.Context()), all)}
	if diags := raw.Get(t.Context(), m); diags.HasError() {
		t.Fatal(diags)
	}
	return m
}

// specOf is what the model asks for.
func specOf(t interface {
	Helper()
	Fatal(...any)
}, m *lifecycleRuleModel) lifecyclerule.Spec {
	t.Helper()
	spec, diags := m.spec(context.Background(), session{})
	if diags.HasError() {
		t.Fatal(diags)
	}
	return spec
}

func dates() *rapid.Generator[time.Time] {
	return sample(time.Date(2031, 1, 31, 0, 0, 0, 0, time.UTC), time.Date(2032, 2, 29, 0, 0, 0, 0, time.UTC))
}

// lifecycleRules are what can be seen of a rule, allowed by S3 or not.
func lifecycleRules() *rapid.Generator[lifecyclerule.Rule] {
	return rapid.Custom(func(t *rapid.T) lifecyclerule.Rule {
		number := rapid.Int32Range(0, 2)
		r := lifecyclerule.Rule{
			Name: "a/b//", Enabled: rapid.Bool().Draw(t, "enabled"),
			Filter: lifecyclerule.Filter{
				Prefix: sample("", "a", " ").Draw(t, "prefix"), Tags: sample(nil, map[string]string{"k": "v", "": ""}).Draw(t, "tags"),
				ObjectSizeGreaterThan: int64(number.Draw(t, "greater")), ObjectSizeLessThan: int64(number.Draw(t, "less")),
			},
			ExpirationDays: number.Draw(t, "days"), ExpirationDate: rapid.OneOf(rapid.Just(time.Time{}), dates()).Draw(t, "date"),
			ExpiredObjectDeleteMarker: rapid.Bool().Draw(t, "marker"),
			NoncurrentDays:            number.Draw(t, "noncurrent"), NewerNoncurrentVersions: number.Draw(t, "newer"),
			DeleteIncompleteUploadsDays: number.Draw(t, "uploads"),
		}
		for _, class := range subset([]string{"GLACIER", "DEEP_ARCHIVE", "NEW_CLASS"}).Draw(t, "classes") {
			one := lifecyclerule.Transition{StorageClass: class, Days: number.Draw(t, "days")}
			if rapid.Bool().Draw(t, "by date") {
				one.Days, one.Date = 0, dates().Draw(t, "date")
			}
			r.Transitions = append(r.Transitions, one)
			r.NoncurrentTransitions = append(r.NoncurrentTransitions, lifecyclerule.NoncurrentTransition{
				StorageClass: class, Days: number.Draw(t, "days"), NewerVersions: number.Draw(t, "newer"),
			})
		}
		return r
	})
}

// TestLifecycleRuleModel_specOfFill: state says all that was seen, whatever it said before.
func TestLifecycleRuleModel_specOfFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := lifecycleRuleModel{Bucket: types.StringValue("b-1"), ruleFacts: ruleFacts{Name: types.StringValue("a/b//")}}
		for _, name := range []string{"before", "now"} {
			seen := lifecycleRules().Draw(t, name)
			if diags := m.fill(t.Context(), turn[lifecycleRuleModel]{}, reconcile.Keep(lifecyclerule.Spec{}), lifecyclerule.Status{Rule: &seen}); diags.HasError() {
				t.Fatal(diags)
			}
			got := specOf(t, &m)
			if !got.Rule.Equal(seen) || got.Bucket != "b-1" || m.ID.ValueString() != "b-1/a/b//" || m.Status.ValueString() != seen.Status() {
				t.Fatalf("seen %+v\nsaid %+v\n%+v", seen, got.Rule, m)
			}
		}
	})
}

// words are forms in which a configuration can say the same.
var words = map[string]settings{
	"days":              {"expiration_days": 3},
	"date":              {"expiration_date": "2031-01-31"},
	"time":              {"expiration_date": "2031-01-31T00:00:00Z"},
	"zone":              {"expiration_date": "2031-01-31T02:00:00+02:00"},
	"no marker":         {"expired_object_delete_marker": false, "expiration_days": 3},
	"empty filter":      {"filter": settings{}, "expiration_days": 3},
	"filter of nothing": {"filter": settings{"prefix": "", "tags": settings{}, "object_size_greater_than": 0}, "expiration_days": 3},
	"filter":            {"filter": settings{"prefix": "a", "tags": settings{}, "object_size_greater_than": 0, "object_size_less_than": 9}},
	"tags":              {"filter": settings{"prefix": "", "tags": settings{"k": ""}}},
	"no transitions":    {"transitions": []any{}, "noncurrent_transitions": []any{}, "expiration_days": 3},
	"dates": {"transitions": []any{
		settings{"date": "2031-01-31", "storage_class": "GLACIER"}, settings{"date": "2032-02-29T00:00:00Z", "storage_class": "DEEP_ARCHIVE"},
	}},
	"at once": {"transitions": []any{settings{"days": 0, "storage_class": "GLACIER"}}},
	"old":     {"noncurrent_transitions": []any{settings{"days": 0, "newer_versions": 1, "storage_class": "GLACIER"}}},
}

// unset writes out what a rule leaves unset, as plan and state have it.
func unset(t *testing.T, m *lifecycleRuleModel) {
	t.Helper()
	var diags diag.Diagnostics
	if m.fillUnset(t.Context(), &diags); diags.HasError() {
		t.Fatal(diags)
	}
}

// TestLifecycleRuleModel_keepsTheWords: what means what was seen stays as it was written.
func TestLifecycleRuleModel_keepsTheWords(t *testing.T) {
	for name, config := range words {
		t.Run(name, func(t *testing.T) {
			m := lifecycleRuleFrom(t, config)
			want := *m
			unset(t, &want)
			want.ID, want.Status = types.StringValue("b-1/r"), types.StringValue("Enabled")
			spec := specOf(t, m)
			slices.Reverse(spec.Rule.Transitions)
			diags := m.fill(t.Context(), turn[lifecycleRuleModel]{}, reconcile.Keep(spec), lifecyclerule.Status{Rule: &spec.Rule})
			if diff := cmp.Diff(attributesOf(&want), attributesOf(m)); diff != "" || diags.HasError() {
				t.Errorf("(-said +recorded): %s%v", diff, diags)
			}
		})
	}
}

// TestLifecycleRuleModel_drift: what somebody changed shows at its attribute, and nowhere else.
func TestLifecycleRuleModel_drift(t *testing.T) {
	config := settings{
		"filter":          settings{"prefix": "a", "tags": settings{"k": "v"}, "object_size_greater_than": 0},
		"expiration_date": "2031-01-31",
		"transitions": []any{
			settings{"date": "2030-01-31", "storage_class": "GLACIER"}, settings{"date": "2030-02-28", "storage_class": "DEEP_ARCHIVE"},
		},
		"expired_object_delete_marker": false, "noncurrent_days": 9,
		"noncurrent_transitions": []any{settings{"days": 3, "storage_class": "GLACIER"}},
	}
	null := types.StringNull
	transition := func(date, class string) attr.Value {
		return types.ObjectValueMust(fwtypes.NewObjectType[transitionModel]().AttrTypes,
			map[string]attr.Value{"days": fwtypes.Int64Null(), "date": types.StringValue(date), "storage_class": types.StringValue(class)})
	}
	filter := func(prefix types.String, tags types.Map, more fwtypes.Int64) attr.Value {
		return objectOf(t, ruleFilterModel{prefix, tags, more, fwtypes.Int64Null()})
	}
	tags := types.MapValueMust(types.StringType, map[string]attr.Value{"k": types.StringValue("v")})
	none := types.MapValueMust(types.StringType, nil)
	element := elementType[transitionModel]()
	for name, test := range map[string]struct {
		change func(*lifecyclerule.Rule)
		want   map[string]attr.Value
	}{
		"disabled": {func(r *lifecyclerule.Rule) { r.Enabled = false },
			map[string]attr.Value{"enabled": types.BoolValue(false), "status": types.StringValue("Disabled")}},
		"prefix": {func(r *lifecyclerule.Rule) { r.Filter.Prefix = "b" },
			map[string]attr.Value{"filter": filter(types.StringValue("b"), tags, fwtypes.NewInt64(0))}},
		"no prefix": {func(r *lifecyclerule.Rule) { r.Filter.Prefix = "" },
			map[string]attr.Value{"filter": filter(types.StringValue(""), tags, fwtypes.NewInt64(0))}},
		"no tags": {func(r *lifecyclerule.Rule) { r.Filter.Tags = nil },
			map[string]attr.Value{"filter": filter(types.StringValue("a"), none, fwtypes.NewInt64(0))}},
		"size": {func(r *lifecyclerule.Rule) { r.Filter.ObjectSizeGreaterThan = 5 },
			map[string]attr.Value{"filter": filter(types.StringValue("a"), tags, fwtypes.NewInt64(5))}},
		"no filter": {func(r *lifecyclerule.Rule) { r.Filter = lifecyclerule.Filter{} },
			map[string]attr.Value{"filter": filter(types.StringValue(""), none, fwtypes.NewInt64(0))}},
		"days in place of a date": {func(r *lifecyclerule.Rule) { r.ExpirationDays, r.ExpirationDate = 3, time.Time{} },
			map[string]attr.Value{"expiration_days": fwtypes.NewInt64(3), "expiration_date": null()}},
		"date": {func(r *lifecyclerule.Rule) { r.ExpirationDate = r.ExpirationDate.AddDate(0, 0, 1) },
			map[string]attr.Value{"expiration_date": types.StringValue("2031-02-01T00:00:00Z")}},
		"marker": {func(r *lifecyclerule.Rule) { r.ExpiredObjectDeleteMarker = true },
			map[string]attr.Value{"expired_object_delete_marker": types.BoolValue(true)}},
		"noncurrent": {func(r *lifecyclerule.Rule) { r.NoncurrentDays, r.NewerNoncurrentVersions = 8, 2 },
			map[string]attr.Value{"noncurrent_days": fwtypes.NewInt64(8), "newer_noncurrent_versions": fwtypes.NewInt64(2)}},
		"uploads": {func(r *lifecyclerule.Rule) { r.DeleteIncompleteUploadsDays = 2 },
			map[string]attr.Value{"delete_incomplete_uploads_days": fwtypes.NewInt64(2)}},
		"one of the transitions": {func(r *lifecyclerule.Rule) {
			r.Transitions = []lifecyclerule.Transition{
				{StorageClass: "DEEP_ARCHIVE", Date: time.Date(2030, 3, 1, 0, 0, 0, 0, time.UTC)},
				{StorageClass: "GLACIER", Date: time.Date(2030, 1, 31, 0, 0, 0, 0, time.UTC)},
			}
		}, map[string]attr.Value{"transitions": types.SetValueMust(element, []attr.Value{
			transition("2030-01-31", "GLACIER"), transition("2030-03-01T00:00:00Z", "DEEP_ARCHIVE"),
		})}},
		"no transitions": {func(r *lifecyclerule.Rule) { r.Transitions = nil },
			map[string]attr.Value{"transitions": types.SetValueMust(element, nil)}},
		"no transitions of old versions": {func(r *lifecyclerule.Rule) { r.NoncurrentTransitions = nil },
			map[string]attr.Value{"noncurrent_transitions": types.SetValueMust(elementType[noncurrentTransitionModel](), nil)}},
	} {
		t.Run(name, func(t *testing.T) {
			m := lifecycleRuleFrom(t, config)
			unset(t, m)
			want := attributesOf(m)
			want["id"], want["status"] = types.StringValue("b-1/r"), types.StringValue("Enabled")
			maps.Copy(want, test.want)
			spec := specOf(t, m)
			seen := spec.Rule
			test.change(&seen)
			diags := m.fill(t.Context(), turn[lifecycleRuleModel]{}, reconcile.Keep(spec), lifecyclerule.Status{Rule: &seen})
			if diff := cmp.Diff(want, attributesOf(m)); diff != "" || diags.HasError() {
				t.Errorf("(-want +recorded): %s%v", diff, diags)
			}
		})
	}
}

// TestLifecycleRuleModel_gone: nothing is left of a rule that somebody removed while it was written.
func TestLifecycleRuleModel_gone(t *testing.T) {
	for name, config := range words {
		m := lifecycleRuleFrom(t, config)
		if diags := m.fill(t.Context(), turn[lifecycleRuleModel]{}, reconcile.Keep(specOf(t, m)), lifecyclerule.Status{}); diags.HasError() {
			t.Error(diags)
		}
		got := specOf(t, m).Rule
		if want := (lifecyclerule.Rule{Name: "r"}); !got.Equal(want) || !m.Enabled.IsNull() || !m.Status.IsNull() {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestLifecycleRuleModel_resolve: what is planned of a configuration, over a state or none.
func TestLifecycleRuleModel_resolve(t *testing.T) {
	said := settings{"expiration_date": "2031-01-31", "transitions": []any{settings{"date": "2030-01-31", "storage_class": "GLACIER"}}}
	other := settings{
		"expiration_date": "2031-01-31T00:00:00Z", "transitions": []any{settings{"date": "2030-01-31T00:00:00Z", "storage_class": "GLACIER"}},
	}
	later := settings{"expiration_date": "2031-02-01", "transitions": []any{settings{"date": "2030-02-01", "storage_class": "GLACIER"}}}
	for name, test := range map[string]struct{ config, prior, want settings }{
		"new":             {said, nil, said},
		"the same":        {said, said, said},
		"other words":     {said, other, other},
		"another date":    {later, said, later},
		"a date for days": {said, settings{"expiration_days": 3}, said},
		"nothing":         {settings{"transitions": []any{}}, settings{}, settings{"transitions": []any{}}},
		"nothing before":  {settings{}, said, settings{}},
	} {
		t.Run(name, func(t *testing.T) {
			config, plan, want := lifecycleRuleFrom(t, test.config), lifecycleRuleFrom(t, test.config), lifecycleRuleFrom(t, test.want)
			config.Enabled, plan.Enabled = types.BoolNull(), types.BoolUnknown()
			unset(t, want)
			want.ID, want.Status = types.StringValue("b-1/r"), types.StringValue("Enabled")
			r := turn[lifecycleRuleModel]{session: session{data: &providerData{}}, config: config}
			if test.prior != nil {
				r.prior = lifecycleRuleFrom(t, test.prior)
			}
			diags := plan.resolve(t.Context(), r)
			if diff := cmp.Diff(attributesOf(want), attributesOf(plan)); diff != "" || diags.HasError() {
				t.Errorf("(-want +planned): %s%v", diff, diags)
			}
		})
	}
}

// TestLifecycleRuleModel_resolveUnknown: what is not known yet is planned as such.
func TestLifecycleRuleModel_resolveUnknown(t *testing.T) {
	m := lifecycleRuleFrom(t, nil)
	m.Bucket, m.Enabled = types.StringUnknown(), types.BoolUnknown()
	config := *m
	diags := m.resolve(t.Context(), turn[lifecycleRuleModel]{session: session{data: &providerData{}}, config: &config})
	if diags.HasError() || !m.ID.IsUnknown() || !m.Enabled.IsUnknown() || !m.Status.IsUnknown() {
		t.Errorf("planned: %+v, %v", m, diags)
	}
}

// TestLifecycleRuleModel_twice: the second new rule of a name is refused, and nothing that only looks like one.
func TestLifecycleRuleModel_twice(t *testing.T) {
	data := &providerData{}
	plan := func(bucket, name string, prior *lifecycleRuleModel, applying bool) bool {
		m := lifecycleRuleFrom(t, settings{"bucket": bucket, "name": name})
		return !m.resolve(t.Context(), turn[lifecycleRuleModel]{session: session{data: data}, config: m, prior: prior, applying: applying}).HasError()
	}
	was := lifecycleRuleFrom(t, settings{"name": "replaced"})
	for _, row := range []struct {
		what         string
		bucket, name string
		prior        *lifecycleRuleModel
		applying     bool
		want         bool
	}{
		{"new", "b-1", "r", nil, false, true},
		{"applied", "b-1", "r", nil, true, true},
		{"another", "b-1", "r/2", nil, false, true},
		{"in another bucket", "b-2", "r", nil, false, true},
		{"replaced, as Terraform asks first", "b-1", "one", was, false, true},
		{"replaced, as Terraform asks then", "b-1", "one", nil, false, true},
		{"the same again", "b-1", "r", nil, false, false},
	} {
		if got := plan(row.bucket, row.name, row.prior, row.applying); got != row.want {
			t.Errorf("%s: accepted is %v", row.what, got)
		}
	}
}
