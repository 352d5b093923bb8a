package provider

import (
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int32validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
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

func daysSchema(least int32, description string) schema.Int32Attribute {
	return schema.Int32Attribute{
		Optional: true, MarkdownDescription: description,
		Validators: []validator.Int32{int32validator.AtLeast(least)},
	}
}

// matching refuses what the pattern does not fit.
func matching(a schema.StringAttribute, pattern *regexp.Regexp, message string) schema.StringAttribute {
	a.Validators = append(a.Validators, stringvalidator.RegexMatches(pattern, message))
	return a
}
