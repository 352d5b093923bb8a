package provider

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// choice is an attribute with a default; without allowed values any is valid.
func choice(description string, allowed ...string) schema.StringAttribute {
	a := schema.StringAttribute{Optional: true, Computed: true, MarkdownDescription: description}
	if len(allowed) > 0 {
		a.Validators = []validator.String{fwtypes.OneOf(allowed...)}
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

// computedMap is a map of objects with these attributes, see [objects].
func computedMap(description string, each map[string]dataschema.Attribute) schema.MapAttribute {
	of, text := objects(description, each)
	return schema.MapAttribute{Computed: true, ElementType: of, MarkdownDescription: text}
}

// objects are the elements of a computed collection, and the description of the collection with that of its elements.
// A nested attribute would describe each attribute in its own place, but the mocks of `terraform test` leave computed
// collections of nested attributes empty, whatever an override says.
func objects(description string, each map[string]dataschema.Attribute) (attr.Type, string) {
	of, text := map[string]attr.Type{}, strings.Builder{}
	text.WriteString(description + " Each has:\n")
	for _, name := range slices.Sorted(maps.Keys(each)) {
		of[name] = each[name].GetType()
		text.WriteString("\n  - `" + name + "`: " + strings.ReplaceAll(each[name].GetMarkdownDescription(), "\n  ", "\n    "))
	}
	return types.ObjectType{AttrTypes: of}, text.String()
}
