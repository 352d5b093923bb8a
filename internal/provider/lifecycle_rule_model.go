package provider

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// lifecycleRuleModel is spinup_lifecycle_rule as Terraform sees it.
type lifecycleRuleModel struct {
	ID     types.String `tfsdk:"id"`
	Bucket types.String `tfsdk:"bucket"`
	ruleFacts
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// ruleFacts are the attributes that resource and data source share.
type ruleFacts struct {
	Name                        types.String                      `tfsdk:"name"`
	Enabled                     types.Bool                        `tfsdk:"enabled"`
	Filter                      fwtypes.ObjectOf[ruleFilterModel] `tfsdk:"filter"`
	ExpirationDays              fwtypes.Int64                     `tfsdk:"expiration_days"`
	ExpirationDate              types.String                      `tfsdk:"expiration_date"`
	ExpiredObjectDeleteMarker   types.Bool                        `tfsdk:"expired_object_delete_marker"`
	NoncurrentDays              fwtypes.Int64                     `tfsdk:"noncurrent_days"`
	NewerNoncurrentVersions     fwtypes.Int64                     `tfsdk:"newer_noncurrent_versions"`
	DeleteIncompleteUploadsDays fwtypes.Int64                     `tfsdk:"delete_incomplete_uploads_days"`
	Transitions                 types.Set                         `tfsdk:"transitions"`
	NoncurrentTransitions       types.Set                         `tfsdk:"noncurrent_transitions"`
	Status                      types.String                      `tfsdk:"status"`
}

// lifecycleRuleIdentity tells one rule from every other.
type lifecycleRuleIdentity struct {
	Bucket types.String `tfsdk:"bucket"`
	Name   types.String `tfsdk:"name"`
}

type ruleFilterModel struct {
	Prefix                types.String  `tfsdk:"prefix"`
	Tags                  types.Map     `tfsdk:"tags"`
	ObjectSizeGreaterThan fwtypes.Int64 `tfsdk:"object_size_greater_than"`
	ObjectSizeLessThan    fwtypes.Int64 `tfsdk:"object_size_less_than"`
}

type transitionModel struct {
	Days         fwtypes.Int64 `tfsdk:"days"`
	Date         types.String  `tfsdk:"date"`
	StorageClass types.String  `tfsdk:"storage_class"`
}

type noncurrentTransitionModel struct {
	Days          fwtypes.Int64 `tfsdk:"days"`
	NewerVersions fwtypes.Int64 `tfsdk:"newer_versions"`
	StorageClass  types.String  `tfsdk:"storage_class"`
}

func (m *lifecycleRuleModel) importID() string {
	return m.Bucket.ValueString() + "/" + m.Name.ValueString()
}
func (m *lifecycleRuleModel) limits() timeouts.Value { return m.Timeouts }
func (m *lifecycleRuleModel) identify() any          { return lifecycleRuleIdentity{m.Bucket, m.Name} }

func (m *lifecycleRuleModel) locate(context.Context, *awsclient.Conn) (bool, error) {
	if m.ID.IsNull() { // from the import id, which no schema checked
		return true, names.CheckBucket(m.Bucket.ValueString())
	}
	return true, nil
}

func (m *lifecycleRuleModel) resolve(
	ctx context.Context, r turn[lifecycleRuleModel],
) (diags diag.Diagnostics) {
	m.Enabled = pick(r.config.Enabled, types.BoolValue(true))
	m.Filter, m.ExpiredObjectDeleteMarker = r.config.Filter, r.config.ExpiredObjectDeleteMarker
	m.Transitions, m.NoncurrentTransitions = r.config.Transitions, r.config.NoncurrentTransitions
	m.fillUnset(ctx, &diags)
	m.Status = types.StringUnknown()
	if !m.Enabled.IsUnknown() {
		m.Status = types.StringValue(lifecyclerule.Rule{Enabled: m.Enabled.ValueBool()}.Status())
	}
	m.ID = types.StringUnknown()
	if !m.Bucket.IsUnknown() && !m.Name.IsUnknown() {
		m.ID = types.StringValue(m.importID())
		if r.prior == nil && !r.applying && !r.data.reserve("lifecycle rule "+m.importID()) {
			diags.AddAttributeError(path.Root("name"), "Lifecycle rule declared twice", fmt.Sprintf(
				"name is %q, and another spinup_lifecycle_rule of this configuration has the same name and the same bucket, %q. "+
					"The names of the rules of a bucket must differ: set another name for one of them.",
				m.Name.ValueString(), m.Bucket.ValueString()))
		}
	}
	if r.prior != nil {
		m.keepDates(ctx, r.prior, &diags)
	}
	if !r.applying {
		r.data.checkStore(&diags, r.config.asks(ctx, &diags)...)
	}
	return diags
}

// keepDates keeps dates as they were written before where they mean the same.
func (m *lifecycleRuleModel) keepDates(ctx context.Context, prior *lifecycleRuleModel, diags *diag.Diagnostics) {
	if at := instant(m.ExpirationDate); !at.IsZero() && at.Equal(instant(prior.ExpirationDate)) {
		m.ExpirationDate = prior.ExpirationDate
	}
	moves := lifecyclerule.Rule{Transitions: m.transitions(ctx, diags)}
	if fullyKnown(ctx, m.Transitions) && len(moves.Transitions) > 0 &&
		moves.Equal(lifecyclerule.Rule{Transitions: prior.transitions(ctx, diags)}) {
		m.Transitions = prior.Transitions
	}
}

func (m *lifecycleRuleModel) spec(
	ctx context.Context, _ session,
) (spec lifecyclerule.Spec, diags diag.Diagnostics) {
	return lifecyclerule.Spec{Bucket: m.Bucket.ValueString(), Rule: m.rule(ctx, &diags)}, diags
}

// fill records what was seen. A rule that is gone does nothing.
func (m *lifecycleRuleModel) fill(
	ctx context.Context, _ turn[lifecycleRuleModel], _ reconcile.Wish[lifecyclerule.Spec], have lifecyclerule.Status,
) (diags diag.Diagnostics) {
	m.ID = types.StringValue(m.importID())
	if have.Rule == nil {
		m.see(ctx, lifecyclerule.Rule{}, &diags)
		m.Enabled, m.Status = types.BoolNull(), types.StringNull()
		return diags
	}
	m.see(ctx, *have.Rule, &diags)
	return diags
}

// fillUnset writes out what unset means: nothing. An import does not know how the configuration says that, and "", 0,
// false and an empty filter in it would be changes of null.
func (f *ruleFacts) fillUnset(ctx context.Context, diags *diag.Diagnostics) {
	f.ExpiredObjectDeleteMarker = pick(f.ExpiredObjectDeleteMarker, types.BoolValue(false))
	f.Transitions = pick(f.Transitions, noneOf[transitionModel]())
	f.NoncurrentTransitions = pick(f.NoncurrentTransitions, noneOf[noncurrentTransitionModel]())
	if f.Filter.IsUnknown() {
		return
	}
	filter := f.Filter.Get(ctx, diags)
	filter.Prefix = pick(filter.Prefix, types.StringValue(""))
	filter.Tags = pick(filter.Tags, types.MapValueMust(types.StringType, nil))
	filter.ObjectSizeGreaterThan = pick(filter.ObjectSizeGreaterThan, fwtypes.NewInt64(0))
	f.Filter = fwtypes.ObjectFrom(ctx, filter, diags)
}

// rule is what the attributes mean; what is not known yet counts as unset.
func (f *ruleFacts) rule(ctx context.Context, diags *diag.Diagnostics) lifecyclerule.Rule {
	return lifecyclerule.Rule{
		Name:                        f.Name.ValueString(),
		Enabled:                     f.Enabled.ValueBool(),
		Filter:                      f.Filter.Get(ctx, diags).meaning(),
		ExpirationDays:              f.ExpirationDays.ValueInt32(),
		ExpirationDate:              instant(f.ExpirationDate),
		ExpiredObjectDeleteMarker:   f.ExpiredObjectDeleteMarker.ValueBool(),
		NoncurrentDays:              f.NoncurrentDays.ValueInt32(),
		NewerNoncurrentVersions:     f.NewerNoncurrentVersions.ValueInt32(),
		DeleteIncompleteUploadsDays: f.DeleteIncompleteUploadsDays.ValueInt32(),
		Transitions:                 f.transitions(ctx, diags),
		NoncurrentTransitions:       f.noncurrentTransitions(ctx, diags),
	}
}

// instant is the time that a date means; zero for none.
func instant(date types.String) time.Time {
	at, err := lifecyclerule.ParseDate(date.ValueString())
	if err != nil {
		return time.Time{} // unset; the schema refuses anything else
	}
	return at
}

func (m ruleFilterModel) meaning() lifecyclerule.Filter {
	out := lifecyclerule.Filter{
		Prefix:                m.Prefix.ValueString(),
		ObjectSizeGreaterThan: m.ObjectSizeGreaterThan.ValueInt64(),
		ObjectSizeLessThan:    m.ObjectSizeLessThan.ValueInt64(),
	}
	for key, value := range m.Tags.Elements() {
		if out.Tags == nil {
			out.Tags = map[string]string{}
		}
		out.Tags[key] = value.(types.String).ValueString()
	}
	return out
}

func (f *ruleFacts) transitions(ctx context.Context, diags *diag.Diagnostics) (all []lifecyclerule.Transition) {
	for _, t := range objectsIn[transitionModel](ctx, f.Transitions, diags) {
		all = append(all, lifecyclerule.Transition{
			Days: t.Days.ValueInt32(), Date: instant(t.Date), StorageClass: t.StorageClass.ValueString(),
		})
	}
	return all
}

func (f *ruleFacts) noncurrentTransitions(
	ctx context.Context, diags *diag.Diagnostics,
) (all []lifecyclerule.NoncurrentTransition) {
	for _, t := range objectsIn[noncurrentTransitionModel](ctx, f.NoncurrentTransitions, diags) {
		all = append(all, lifecyclerule.NoncurrentTransition{
			Days: t.Days.ValueInt32(), NewerVersions: t.NewerVersions.ValueInt32(), StorageClass: t.StorageClass.ValueString(),
		})
	}
	return all
}

// see records a rule. What is written already stays where it means what was seen: unset, empty, zero and false are the
// same, and a date has several forms.
func (f *ruleFacts) see(ctx context.Context, seen lifecyclerule.Rule, diags *diag.Diagnostics) {
	f.Enabled, f.Status = types.BoolValue(seen.Enabled), types.StringValue(seen.Status())
	f.seeFilter(ctx, seen.Filter, diags)
	f.ExpirationDays = number(seen.ExpirationDays)
	f.ExpirationDate = dateIn(f.ExpirationDate, seen.ExpirationDate)
	if f.ExpiredObjectDeleteMarker.ValueBool() != seen.ExpiredObjectDeleteMarker {
		f.ExpiredObjectDeleteMarker = types.BoolValue(seen.ExpiredObjectDeleteMarker)
	}
	f.NoncurrentDays = number(seen.NoncurrentDays)
	f.NewerNoncurrentVersions = number(seen.NewerNoncurrentVersions)
	f.DeleteIncompleteUploadsDays = number(seen.DeleteIncompleteUploadsDays)
	f.seeTransitions(ctx, seen, diags)
	var old []noncurrentTransitionModel
	for _, t := range seen.NoncurrentTransitions {
		old = append(old, noncurrentTransitionModel{
			fwtypes.NewInt64(int64(t.Days)), number(t.NewerVersions), types.StringValue(t.StorageClass),
		})
	}
	f.NoncurrentTransitions = setOf(ctx, f.NoncurrentTransitions, old, diags)
	f.fillUnset(ctx, diags)
}

// dateIn is the date as it was written, if that means the date that was seen.
func dateIn(written types.String, seen time.Time) types.String {
	if !seen.IsZero() && seen.Equal(instant(written)) {
		return written
	}
	return date(seen)
}

func (f *ruleFacts) seeFilter(ctx context.Context, seen lifecyclerule.Filter, diags *diag.Diagnostics) {
	m, every := f.Filter.Get(ctx, diags), lifecyclerule.Filter{}
	if seen.Equal(every) && (f.Filter.IsNull() || !m.meaning().Equal(every)) {
		f.Filter = fwtypes.ObjectNull[ruleFilterModel]()
		return
	}
	if m.Prefix.ValueString() != seen.Prefix {
		m.Prefix = optional(seen.Prefix)
	}
	if !maps.Equal(m.meaning().Tags, seen.Tags) {
		tags, d := types.MapValueFrom(ctx, types.StringType, seen.Tags) // null for nil
		diags.Append(d...)
		m.Tags = tags
	}
	m.ObjectSizeGreaterThan = sizeIn(m.ObjectSizeGreaterThan, seen.ObjectSizeGreaterThan)
	m.ObjectSizeLessThan = sizeIn(m.ObjectSizeLessThan, seen.ObjectSizeLessThan)
	f.Filter = fwtypes.ObjectFrom(ctx, m, diags)
}

func (f *ruleFacts) seeTransitions(ctx context.Context, seen lifecyclerule.Rule, diags *diag.Diagnostics) {
	written := map[types.String]types.String{} // dates by storage class, of which a rule has each once
	for _, t := range objectsIn[transitionModel](ctx, f.Transitions, diags) {
		written[t.StorageClass] = t.Date
	}
	var all []transitionModel
	for _, t := range seen.Transitions {
		one := transitionModel{StorageClass: types.StringValue(t.StorageClass)}
		if t.Date.IsZero() {
			one.Days = fwtypes.NewInt64(int64(t.Days))
		} else {
			one.Date = dateIn(written[one.StorageClass], t.Date)
		}
		all = append(all, one)
	}
	f.Transitions = setOf(ctx, f.Transitions, all, diags)
}
