package provider

import (
	"math"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// choice is an attribute with a default; without allowed values any is valid.
func choice(description string, allowed ...string) schema.StringAttribute {
	a := schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: description}
	if len(allowed) > 0 {
		a.Validators = []validator.String{stringvalidator.OneOf(allowed...)}
	}
	return a
}

func toggle(description string) schema.BoolAttribute {
	return schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: description}
}

func computed(description string) schema.StringAttribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// ofBucket is the bucket that a resource belongs to, for good.
func ofBucket(description string) schema.StringAttribute {
	return schema.StringAttribute{
		Required: true, MarkdownDescription: description, Validators: []validator.String{fwtypes.BucketName()},
		PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
	}
}

// whole is an optional whole number.
func whole(description string, rules ...validator.Int64) schema.Int64Attribute {
	return schema.Int64Attribute{
		Optional: true, MarkdownDescription: description, CustomType: fwtypes.Int64Type{}, Validators: rules,
	}
}

// days is an optional number of days, which S3 keeps in 32 bits.
func days(least int64, description string) schema.Int64Attribute {
	return whole(description, int64validator.AtLeast(least), int64validator.AtMost(math.MaxInt32))
}

// matching refuses what the pattern does not fit.
func matching(a schema.StringAttribute, pattern *regexp.Regexp, message string) schema.StringAttribute {
	a.Validators = append(a.Validators, stringvalidator.RegexMatches(pattern, message))
	return a
}
