package provider

import (
	"context"
	"math"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// corsRuleModel is one rule of cors_rules.
type corsRuleModel struct {
	ID             types.String  `tfsdk:"id"`
	AllowedMethods types.Set     `tfsdk:"allowed_methods"`
	AllowedOrigins types.Set     `tfsdk:"allowed_origins"`
	AllowedHeaders types.Set     `tfsdk:"allowed_headers"`
	ExposeHeaders  types.Set     `tfsdk:"expose_headers"`
	MaxAgeSeconds  fwtypes.Int64 `tfsdk:"max_age_seconds"`
}

func corsSchema() schema.ListNestedAttribute {
	const header = "the name of a header"
	checked := func(noun, want string, check func(string) error) validator.Set {
		return setvalidator.ValueStringsAre(fwtypes.Checked(noun, want, check))
	}
	texts := func(description string, required bool, each validator.Set) schema.Attribute {
		return schema.SetAttribute{
			Required: required, Optional: !required, ElementType: types.StringType, MarkdownDescription: description,
			Validators: []validator.Set{setvalidator.SizeAtLeast(1), each},
		}
	}
	return schema.ListNestedAttribute{
		Optional:   true,
		Validators: []validator.List{listvalidator.SizeBetween(1, bucket.MaxCORSRules)},
		MarkdownDescription: "Which pages of other origins may use the bucket from a browser, by requests to S3 itself, " +
			"such as uploads to presigned URLs: 1 to 100 rules, of which S3 takes the first that fits. They grant nothing: " +
			"every request needs its permission as well. A bucket has one CORS configuration. One that others have put there " +
			"is an error when rules are set for the first time, unless it is just the same. Default: none; a configuration of " +
			"others is then neither read nor written. Removing `cors_rules` deletes the configuration.",
		NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Optional:            true,
				Validators:          []validator.String{stringvalidator.LengthBetween(1, 255)},
				MarkdownDescription: "Id of the rule, at most 255 characters. It means nothing to S3. Default: none.",
			},
			"allowed_methods": texts("Methods that are allowed: `GET`, `PUT`, `POST`, `DELETE`, `HEAD`.", true,
				setvalidator.ValueStringsAre(fwtypes.OneOf(bucket.CORSMethods()...))),
			"allowed_origins": texts("Origins of the pages, as browsers send them: `scheme://host` or `scheme://host:port`, "+
				"in lower case, with at most one `*`, such as `https://*.example.edu`; or `*` for all. Without a path, and "+
				"without a slash at the end.", true, checked("origin", bucket.CORSOrigins, bucket.CheckOrigin)),
			"allowed_headers": texts("Headers that a request may have besides those that are always allowed, each with at most "+
				"one `*`, such as `x-amz-*`; or `*` for all. Default: none.", false,
				checked("header", header, bucket.CheckAllowedHeader)),
			"expose_headers": texts("Headers of answers that scripts may read, such as `ETag`, without `*`. Default: none "+
				"besides those that may always be read.", false, checked("header", header, bucket.CheckExposedHeader)),
			"max_age_seconds": whole("For how many seconds browsers may remember what they are allowed: 0 or more. Default: "+
				"each browser's own time.", int64validator.Between(0, math.MaxInt32)),
		}},
	}
}

func corsDataSchema() dataschema.Attribute {
	return dataList("CORS rules of the bucket, in their order; null for none.", map[string]dataschema.Attribute{
		"id":              dataText("Id of the rule; null for none."),
		"allowed_methods": dataTexts("Methods that are allowed."),
		"allowed_origins": dataTexts("Origins of the pages."),
		"allowed_headers": dataTexts("Headers that a request may have; null for none."),
		"expose_headers":  dataTexts("Headers of answers that scripts may read; null for none."),
		"max_age_seconds": dataNumber("For how many seconds browsers may remember what they are allowed; null for their " +
			"own time."),
	})
}

// cors are the rules that the attributes mean.
func (m *bucketSettings) cors(ctx context.Context, diags *diag.Diagnostics) (all []bucket.CORSRule) {
	if m.CORSRules.IsNull() || m.CORSRules.IsUnknown() {
		return nil
	}
	var rules []corsRuleModel
	diags.Append(m.CORSRules.ElementsAs(ctx, &rules, false)...)
	for _, r := range rules {
		rule := bucket.CORSRule{
			ID: r.ID.ValueString(), Methods: textsOf(r.AllowedMethods), Origins: textsOf(r.AllowedOrigins),
			Headers: textsOf(r.AllowedHeaders), Expose: textsOf(r.ExposeHeaders),
		}
		if !r.MaxAgeSeconds.IsNull() {
			rule.MaxAge = new(r.MaxAgeSeconds.ValueInt32())
		}
		all = append(all, rule)
	}
	return all
}

// fillCORS records the rules that were seen.
func (m *bucketSettings) fillCORS(ctx context.Context, seen []bucket.CORSRule, diags *diag.Diagnostics) {
	m.CORSRules = types.ListNull(elementType[corsRuleModel]())
	if len(seen) == 0 {
		return
	}
	some, rules := types.SetNull(types.StringType), make([]corsRuleModel, len(seen))
	for i, r := range seen {
		rules[i] = corsRuleModel{
			ID: optional(r.ID), AllowedMethods: seenSet(some, r.Methods), AllowedOrigins: seenSet(some, r.Origins),
			AllowedHeaders: seenSet(some, r.Headers), ExposeHeaders: seenSet(some, r.Expose), MaxAgeSeconds: fwtypes.Int64Null(),
		}
		if r.MaxAge != nil {
			rules[i].MaxAgeSeconds = fwtypes.NewInt64(int64(*r.MaxAge))
		}
	}
	value, d := types.ListValueFrom(ctx, elementType[corsRuleModel](), rules)
	diags.Append(d...)
	m.CORSRules = value
}
