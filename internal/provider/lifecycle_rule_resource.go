package provider

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

func newLifecycleRuleResource() resource.Resource {
	return &envelope[lifecycleRuleModel, lifecyclerule.Spec, lifecyclerule.Status, *lifecycleRuleModel]{
		noun:                  "lifecycle_rule",
		schema:                lifecycleRuleSchema,
		identity:              lifecycleRuleIdentitySchema(),
		keys:                  []string{"bucket", "name"},
		lastKeyMayHaveSlashes: true,
		build:                 lifecyclerule.New,
		moves:                 lifecycleRuleMoves(),
		permissions:           awsclient.Permissions(lifecyclerule.API{}),
	}
}

func lifecycleRuleIdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"bucket": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"name":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name (ID) of the rule."},
	}}
}

func lifecycleRuleSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "One lifecycle rule of a bucket: what S3 deletes by itself or moves to a cheaper storage " +
			"class.\n\nS3 keeps all rules of a bucket in one document. This resource stands for one rule in it, identified " +
			"by its name, and leaves the others as they are, whoever created them.\n\nS3 counts the age of an object from " +
			"its creation, not from the last read, and the age of an old version from when a newer one took its place. It " +
			"applies rules once a day, at midnight UTC. Settings for old versions have no effect in a bucket that never had " +
			"versioning.",
		Attributes: map[string]schema.Attribute{
			"id":     computed("`bucket/name`, which is also the import id."),
			"bucket": ofBucket("Name of the bucket. A change replaces the rule."),
			"name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Name of the rule, which S3 calls its ID: 1 to 255 characters, unique in the bucket. A " +
					"change replaces the rule. An existing rule of this name is not taken over: import it.",
				Validators:    []validator.String{stringvalidator.UTF8LengthBetween(1, lifecyclerule.MaxName)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"enabled": toggle("Whether S3 applies the rule. Default `true`; `false` keeps the rule without effect."),
			"filter":  ruleFilterSchema(),
			"expiration_days": days(1, "Days after which objects are deleted: at least 1, and more than the days of "+
				"each of `transitions`. In a bucket with versioning a deleted object leaves a delete marker and an old version. "+
				"Not together with `expiration_date` or `expired_object_delete_marker`."),
			"expiration_date": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Date from which on all objects are deleted, including those that are created later: " +
					"`2027-01-31`, or `2027-01-31T00:00:00Z`, always midnight UTC. Not together with `expiration_days` or " +
					"`expired_object_delete_marker`.",
				Validators: []validator.String{fwtypes.Date(lifecyclerule.ParseDate)},
			},
			"expired_object_delete_marker": toggle("Whether delete markers without versions are deleted. Default `false`. " +
				"Not together with `expiration_days` or `expiration_date`, which do this too, or with tags in `filter`."),
			"noncurrent_days": days(1, "Days after which an old version is deleted, counted from when a newer one took "+
				"its place: at least 1, and more than the days of each of `noncurrent_transitions`. For buckets with versioning."),
			"newer_noncurrent_versions": whole("How many old versions of an object, the newest of them, are kept longer "+
				"than `noncurrent_days`, which must be set: 1 to 100. Unset: none.",
				int64validator.Between(1, lifecyclerule.MaxVersions)),
			"delete_incomplete_uploads_days": days(1, "Days after which an unfinished multipart upload is deleted, "+
				"counted from its beginning: at least 1. Not together with tags or object sizes in `filter`. Not on MinIO, which "+
				"deletes them by itself, after a day unless its `stale_uploads_expiry` says otherwise."),
			"transitions":            transitionsSchema(),
			"noncurrent_transitions": noncurrentTransitionsSchema(),
			"status": computed("Status of the rule in S3: `Enabled` or `Disabled`. It follows `enabled`; a rule that was " +
				"disabled elsewhere shows as a change of both."),
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx, writeTimeout)},
	}
}

func ruleFilterSchema() schema.Attribute {
	larger := whole("Only objects larger than this number of bytes: at least 0. Default `0`: of every size. Not together "+
		"with `delete_incomplete_uploads_days`.", int64validator.AtLeast(0))
	larger.Computed = true
	return schema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[ruleFilterModel](),
		Optional:   true,
		Computed:   true,
		MarkdownDescription: "Objects that the rule applies to: those that meet all conditions set here. Unset, or `{}`: " +
			"every object of the bucket.",
		Attributes: map[string]schema.Attribute{
			"prefix": choice("Prefix of the key, such as `logs/`: at most 1024 bytes. Default `\"\"`: every key."),
			"tags": schema.MapAttribute{
				Optional:    true,
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Tags that the object must have, all of them: at most 10, keys of 1 to 128 characters and " +
					"values of at most 256. Not together with `expired_object_delete_marker` or `delete_incomplete_uploads_days`.",
			},
			"object_size_greater_than": larger,
			"object_size_less_than": whole("Only objects smaller than this number of bytes: at least 1, and more than "+
				"`object_size_greater_than`. Not together with `delete_incomplete_uploads_days`.", int64validator.AtLeast(1)),
		},
	}
}

func transitionsSchema() schema.Attribute {
	return schema.SetNestedAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "Moves of objects to other storage classes, at most one to each. Their days, or dates, must " +
			"be in S3's order of the classes, which is the order in the description of `storage_class`. `STANDARD_IA` and " +
			"`ONEZONE_IA` take objects from day 30 on, and keep them for 30 days before the next move. S3 does not move " +
			"objects smaller than 128 KB, unless `filter` sets a size. Not on MinIO, which has none of these classes.",
		Validators: []validator.Set{setvalidator.NoNullValues()},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"days": days(0, "Days after which an object is moved: at least 0, which is at the next midnight UTC. "+
				"Exactly one of `days` and `date` must be set, and a rule must not mix days and dates."),
			"date": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Date from which on objects are moved: `2027-01-31`, or `2027-01-31T00:00:00Z`, always " +
					"midnight UTC.",
				Validators: []validator.String{fwtypes.Date(lifecyclerule.ParseDate)},
			},
			"storage_class": storageClassSchema(),
		}},
	}
}

func noncurrentTransitionsSchema() schema.Attribute {
	age := days(0, "Days after which an old version is moved, counted from when a newer one took its place: at least 0.")
	age.Optional, age.Required = false, true
	return schema.SetNestedAttribute{
		Optional: true,
		Computed: true,
		MarkdownDescription: "Moves of old versions to other storage classes, at most one to each, in the same order as " +
			"`transitions`. For buckets with versioning. Not on MinIO.",
		Validators: []validator.Set{setvalidator.NoNullValues()},
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"days": age,
			"newer_versions": whole("How many old versions of an object, the newest of them, are not moved: 1 to 100. "+
				"Unset: none.", int64validator.Between(1, lifecyclerule.MaxVersions)),
			"storage_class": storageClassSchema(),
		}},
	}
}

func storageClassSchema() schema.Attribute {
	return schema.StringAttribute{
		Required: true,
		MarkdownDescription: "Storage class to move to: `STANDARD_IA`, `INTELLIGENT_TIERING`, `ONEZONE_IA`, `GLACIER_IR`, " +
			"`GLACIER` or `DEEP_ARCHIVE`.",
		Validators: []validator.String{fwtypes.OneOf(lifecyclerule.StorageClasses()...)},
	}
}

// checkConfig holds the rules between attributes, as far as they are known.
func (m *lifecycleRuleModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	for _, t := range objectsIn[transitionModel](ctx, m.Transitions, &diags) {
		if !t.Days.IsUnknown() && !t.Date.IsUnknown() && t.Days.IsNull() == t.Date.IsNull() {
			diags.AddAttributeError(path.Root("transitions"), "Invalid transition", fmt.Sprintf(
				"transitions has a move to %s with days = %s and date = %s. Set exactly one of days and date.",
				t.StorageClass.ValueString(), t.Days, t.Date))
		}
	}
	for key, value := range m.Filter.Get(ctx, &diags).Tags.Elements() {
		if value.IsNull() {
			diags.AddAttributeError(path.Root("filter").AtName("tags"), "Invalid filter", fmt.Sprintf(
				"filter.tags has null for %q. Leave it out, or set a string.", key))
		}
	}
	unknown := map[string]bool{}
	for name, value := range m.attributes() {
		unknown[name] = !fullyKnown(ctx, value) || refused(value)
	}
	if !m.ExpirationDate.IsNull() && instant(m.ExpirationDate).IsZero() {
		unknown["expiration_date"] = true
	}
	if diags.HasError() {
		return diags // the other rules would report consequences of these errors
	}
	for _, problem := range m.rule(ctx, &diags).Check() {
		if !slices.ContainsFunc(problem.Attributes, func(name string) bool { return unknown[name] }) {
			diags.AddAttributeError(path.Root(problem.Attributes[0]), "Invalid lifecycle rule", problem.Text)
		}
	}
	return diags
}

// refused reports whether the attribute's own rules refuse the value, so that no other error follows from it.
func refused(value attr.Value) bool {
	number, ok := value.(fwtypes.Int64)
	return ok && !number.IsNull() && (number.ValueInt64() < 1 || number.ValueInt64() > math.MaxInt32)
}

// attributes are those that S3 has rules about.
func (m *lifecycleRuleModel) attributes() map[string]attr.Value {
	return map[string]attr.Value{
		"name": m.Name, "filter": m.Filter,
		"expiration_days": m.ExpirationDays, "expiration_date": m.ExpirationDate,
		"expired_object_delete_marker": m.ExpiredObjectDeleteMarker,
		"noncurrent_days":              m.NoncurrentDays, "newer_noncurrent_versions": m.NewerNoncurrentVersions,
		"delete_incomplete_uploads_days": m.DeleteIncompleteUploadsDays,
		"transitions":                    m.Transitions, "noncurrent_transitions": m.NoncurrentTransitions,
	}
}

// checkPlan has nothing to say: resolve, which sees the configuration, asks what the store has.
func (m *lifecycleRuleModel) checkPlan(context.Context, *providerData) diag.Diagnostics { return nil }
