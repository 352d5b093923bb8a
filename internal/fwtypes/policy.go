// Package fwtypes holds the custom types and validators of Terraform's plugin framework that the provider's schemas
// share. It may import the plugin framework, awspolicy and spinup/names, which are pure; no AWS SDK.
package fwtypes

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

var (
	_ basetypes.StringTypable                    = PolicyType{}
	_ basetypes.StringValuableWithSemanticEquals = PolicyValue{}
	_ xattr.ValidateableAttribute                = PolicyValue{}
)

// PolicyType is the type of a string with an AWS policy document as JSON. Other values are refused at plan. Values are
// equal if AWS treats them the same: see [awspolicy.Equivalent].
type PolicyType struct {
	basetypes.StringType
}

// String names the type in messages.
func (PolicyType) String() string { return "fwtypes.PolicyType" }

// Equal reports whether the other is the same type.
func (PolicyType) Equal(other attr.Type) bool {
	_, ok := other.(PolicyType)
	return ok
}

// ValueType returns a value of the type.
func (PolicyType) ValueType(context.Context) attr.Value { return PolicyValue{} }

// ValueFromString makes the value from a plain string.
func (PolicyType) ValueFromString(
	_ context.Context, in basetypes.StringValue,
) (basetypes.StringValuable, diag.Diagnostics) {
	return PolicyValue{in}, nil
}

// ValueFromTerraform makes the value from one of the protocol.
func (t PolicyType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("a policy is made from %T, want a string", value)
	}
	return PolicyValue{text}, nil
}

// PolicyValue is an AWS policy document as JSON, null or unknown.
type PolicyValue struct {
	basetypes.StringValue
}

// NewPolicy returns the value of a document.
func NewPolicy(text string) PolicyValue { return PolicyValue{basetypes.NewStringValue(text)} }

// PolicyNull returns the value for no document.
func PolicyNull() PolicyValue { return PolicyValue{basetypes.NewStringNull()} }

// PolicyUnknown returns the value of a document that is not known yet.
func PolicyUnknown() PolicyValue { return PolicyValue{basetypes.NewStringUnknown()} }

// Type is the type of the value.
func (PolicyValue) Type(context.Context) attr.Type { return PolicyType{} }

// Equal reports whether the other value is the same text.
func (v PolicyValue) Equal(other attr.Value) bool {
	o, ok := other.(PolicyValue)
	return ok && v.StringValue.Equal(o.StringValue)
}

// StringSemanticEquals reports whether AWS treats the other document the same.
func (v PolicyValue) StringSemanticEquals(
	ctx context.Context, other basetypes.StringValuable,
) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	return !diags.HasError() && awspolicy.Equivalent(v.ValueString(), text.ValueString()), diags
}

// ValidateAttribute refuses what AWS would refuse as malformed, and a document without statements.
func (v PolicyValue) ValidateAttribute(
	_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse,
) {
	if v.IsNull() || v.IsUnknown() {
		return
	}
	doc, err := awspolicy.Parse(v.ValueString())
	if err == nil && doc.Empty() {
		err = fmt.Errorf("the document has no statements; leave %s out instead", req.Path)
	}
	if err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid policy", fmt.Sprintf(
			"%s is %s, which is not an AWS policy document: %s.", req.Path, quoted(v.ValueString()), err))
	}
}
