package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// objectLockModel is object lock, and the default retention of new objects.
type objectLockModel struct {
	Enabled types.Bool    `tfsdk:"enabled"`
	Mode    types.String  `tfsdk:"mode"`
	Days    fwtypes.Int64 `tfsdk:"days"`
	Years   fwtypes.Int64 `tfsdk:"years"`
}

func objectLockSchema() schema.Attribute {
	const replaces = "Turning object lock on or off replaces the bucket."
	return schema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[objectLockModel](),
		Optional:   true,
		Computed:   true,
		PlanModifiers: []planmodifier.Object{
			objectplanmodifier.RequiresReplaceIf(relocked, replaces, replaces),
		},
		MarkdownDescription: "S3 Object Lock: versions of objects that cannot be deleted for a time. It needs " +
			"`versioning`, which is then `true` by default. S3 itself cannot turn it off again. Default: a new bucket has " +
			"none, and one that is in state keeps what it has: removing `object_lock` changes nothing.",
		Attributes: map[string]schema.Attribute{
			"enabled": schema.BoolAttribute{
				Optional: true, Computed: true, Default: booldefault.StaticBool(true), // here, because a change of it replaces
				MarkdownDescription: "Whether versions can be locked. Default `true`. A change replaces the bucket.",
			},
			"mode": schema.StringAttribute{
				Optional:   true,
				Validators: []validator.String{fwtypes.OneOf(bucket.Governance, bucket.Compliance)},
				MarkdownDescription: "How new objects are locked that say nothing else: `GOVERNANCE` (whoever has the permission " +
					"`s3:BypassGovernanceRetention` may delete them nevertheless) or `COMPLIANCE` (nobody may, not even the root of " +
					"the account, and the bucket cannot be destroyed before the last of them is free). With exactly one of `days` " +
					"and `years`. Default: new objects are not locked. A change is for objects that come later.",
			},
			"days": whole("For how many days after they were put: 1 to 36500.", int64validator.Between(1, 36500)),
			"years": whole("For how many years after they were put: 1 to 100, each of 365 days.",
				int64validator.Between(1, 100)),
		},
	}
}

func objectLockDataSchema() dataschema.Attribute {
	return dataschema.SingleNestedAttribute{
		CustomType:          fwtypes.NewObjectType[objectLockModel](),
		Computed:            true,
		MarkdownDescription: "S3 Object Lock; null for a bucket without it.",
		Attributes: map[string]dataschema.Attribute{
			"enabled": dataFlag("Whether versions can be locked."),
			"mode":    dataText("`GOVERNANCE` or `COMPLIANCE`; null if new objects are not locked by default."),
			"days":    dataNumber("For how many days; null for none."),
			"years":   dataNumber("For how many years; null for none."),
		},
	}
}

// relocked reports whether object lock is turned on or off. What is unset stays as it is.
func relocked(
	_ context.Context, req planmodifier.ObjectRequest, resp *objectplanmodifier.RequiresReplaceIfFuncResponse,
) {
	if req.ConfigValue.IsNull() {
		return
	}
	want, _ := req.ConfigValue.Attributes()["enabled"].(types.Bool)
	was, _ := req.StateValue.Attributes()["enabled"].(types.Bool)
	locks := !req.ConfigValue.IsUnknown() && (want.IsNull() || want.ValueBool())
	resp.RequiresReplace = req.ConfigValue.IsUnknown() || want.IsUnknown() || locks != was.ValueBool()
}

// resolveObjectLock has the defaults of object lock, and of versioning, without which there is none. Versioning is its
// default in a bucket without object lock.
func (m *bucketModel) resolveObjectLock(
	ctx context.Context, r turn[bucketModel], versioning types.Bool, diags *diag.Diagnostics,
) {
	m.ObjectLock = r.config.ObjectLock
	switch {
	case m.ObjectLock.IsUnknown():
		versioning = types.BoolUnknown()
	case !m.ObjectLock.IsNull():
		lock := m.ObjectLock.Get(ctx, diags)
		lock.Enabled = pick(lock.Enabled, types.BoolValue(true))
		m.ObjectLock = fwtypes.ObjectFrom(ctx, lock, diags)
	case r.prior != nil:
		m.ObjectLock = r.prior.ObjectLock
	}
	lock := m.ObjectLock.Get(ctx, diags)
	if lock.Enabled.IsUnknown() {
		versioning = types.BoolUnknown()
	}
	if lock.Enabled.ValueBool() {
		versioning = types.BoolValue(true)
	}
	m.Versioning = pick(r.config.Versioning, versioning)
	if !r.applying {
		m.checkObjectLock(ctx, r, lock, diags)
	}
}

// checkObjectLock refuses a lock without versions, and warns of one that nobody can take back.
func (m *bucketModel) checkObjectLock(
	ctx context.Context, r turn[bucketModel], lock objectLockModel, diags *diag.Diagnostics,
) {
	if lock.Enabled.ValueBool() && !m.Versioning.IsUnknown() && !m.Versioning.ValueBool() {
		diags.AddAttributeError(path.Root("versioning"), "Invalid versioning",
			"versioning is false, and the bucket has object_lock, which needs it. Leave versioning out, or set it to true.")
	}
	var was objectLockModel
	if r.prior != nil {
		was = r.prior.ObjectLock.Get(ctx, diags)
	}
	if lock.Mode.ValueString() == bucket.Compliance && was.Mode.ValueString() != bucket.Compliance {
		diags.AddAttributeWarning(path.Root("object_lock").AtName("mode"), "Objects will be locked for good",
			"object_lock.mode is \"COMPLIANCE\": until its time is over, nobody can delete an object that is put from now on, "+
				"or shorten its time, not even the root of the account. The bucket cannot be destroyed before.")
	}
}

// locks reports whether the configuration asks for object lock.
func (m *bucketModel) locks() bool {
	enabled, ok := m.ObjectLock.Attributes()["enabled"].(types.Bool)
	return ok && !enabled.IsUnknown() && (enabled.IsNull() || enabled.ValueBool())
}

// check refuses half of a retention.
func (m objectLockModel) check(diags *diag.Diagnostics) {
	refuse := func(attribute, format string, args ...any) {
		at := path.Root("object_lock").AtName(attribute)
		diags.AddAttributeError(at, "Invalid object lock", fmt.Sprintf(format, args...))
	}
	if m.Mode.IsUnknown() || m.Days.IsUnknown() || m.Years.IsUnknown() {
		return
	}
	const both = "Set object_lock.mode and exactly one of object_lock.days and object_lock.years, or none of the three."
	switch timed := !m.Days.IsNull() || !m.Years.IsNull(); {
	case !m.Days.IsNull() && !m.Years.IsNull():
		refuse("years", "object_lock.years is %s, and object_lock.days is set too. %s", m.Years, both)
	case m.Mode.IsNull() && timed:
		refuse("mode", "object_lock.mode is not set, but a time. %s", both)
	case !m.Mode.IsNull() && !timed:
		refuse("mode", "object_lock.mode is %s without a time. %s", m.Mode, both)
	case !m.Mode.IsNull() && !m.Enabled.IsNull() && !m.Enabled.IsUnknown() && !m.Enabled.ValueBool():
		refuse("mode", "object_lock.mode is %s, but object_lock.enabled is false. Leave one of the two out.", m.Mode)
	}
}

// lock is the object lock that the attribute means; nil where nobody says anything about it.
func (m *bucketFacts) lock(ctx context.Context, diags *diag.Diagnostics) *bucket.ObjectLock {
	if m.ObjectLock.IsNull() || m.ObjectLock.IsUnknown() {
		return nil
	}
	lock := m.ObjectLock.Get(ctx, diags)
	return &bucket.ObjectLock{
		Enabled: lock.Enabled.ValueBool(), Mode: lock.Mode.ValueString(), Days: lock.Days.ValueInt32(),
		Years: lock.Years.ValueInt32(),
	}
}

// lockSeen is the attribute for what was seen. A bucket that has no lock has none either, unless somebody said so.
func lockSeen(
	ctx context.Context, want bucketSpec, seen *bucket.ObjectLock, diags *diag.Diagnostics,
) fwtypes.ObjectOf[objectLockModel] {
	if seen == nil || !seen.Enabled && want.Lock == nil {
		return fwtypes.ObjectNull[objectLockModel]()
	}
	return fwtypes.ObjectFrom(ctx, objectLockModel{
		types.BoolValue(seen.Enabled), optional(seen.Mode), number(seen.Days), number(seen.Years),
	}, diags)
}
