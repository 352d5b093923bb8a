package fwtypes

import (
	"context"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

var (
	_ basetypes.Int64Typable      = Int64Type{}
	_ xattr.ValidateableAttribute = Int64{}
)

// Int64Type is the type of a whole number. Terraform's numbers may be fractions, or larger than 64 bits: they are
// refused at plan, by name. The framework's own type takes them for a bug of the provider.
type Int64Type struct {
	basetypes.Int64Type
}

// String names the type in messages.
func (Int64Type) String() string { return "fwtypes.Int64Type" }

// Equal reports whether the other is the same type.
func (Int64Type) Equal(other attr.Type) bool {
	_, ok := other.(Int64Type)
	return ok
}

// ValueType returns a value of the type.
func (Int64Type) ValueType(context.Context) attr.Value { return Int64{} }

// ValueFromInt64 makes the value from a plain number.
func (Int64Type) ValueFromInt64(
	_ context.Context, in basetypes.Int64Value,
) (basetypes.Int64Valuable, diag.Diagnostics) {
	return Int64{Int64Value: in}, nil
}

// ValueFromTerraform makes the value from one of the protocol.
func (t Int64Type) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	var number *big.Float
	if in.IsKnown() && !in.IsNull() {
		if err := in.As(&number); err != nil {
			return nil, err
		}
		if _, accuracy := number.Int64(); accuracy != big.Exact {
			return Int64{basetypes.NewInt64Unknown(), number}, nil
		}
	}
	value, err := t.Int64Type.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	whole, ok := value.(basetypes.Int64Value)
	if !ok {
		return nil, fmt.Errorf("a number is made from %T, want a number of 64 bits", value)
	}
	return Int64{Int64Value: whole}, nil
}

// Int64 is a whole number, null or unknown.
type Int64 struct {
	basetypes.Int64Value
	wrong *big.Float // a number that is none of this type: then the value is unknown to all but its validation
}

// NewInt64 returns the value of a number.
func NewInt64(n int64) Int64 { return Int64{Int64Value: basetypes.NewInt64Value(n)} }

// Int64Null returns the value for no number.
func Int64Null() Int64 { return Int64{Int64Value: basetypes.NewInt64Null()} }

// Int64Unknown is a number that is not known yet.
func Int64Unknown() Int64 { return Int64{Int64Value: basetypes.NewInt64Unknown()} }

// Type is the type of the value.
func (Int64) Type(context.Context) attr.Type { return Int64Type{} }

// Equal reports whether the other value is the same number.
func (v Int64) Equal(other attr.Value) bool {
	o, ok := other.(Int64)
	if !ok || v.wrong == nil || o.wrong == nil {
		return ok && v.wrong == o.wrong && v.Int64Value.Equal(o.Int64Value)
	}
	return v.wrong.Cmp(o.wrong) == 0
}

// ToTerraformValue gives the number as it came: the framework finds an element of a set by it.
func (v Int64) ToTerraformValue(ctx context.Context) (tftypes.Value, error) {
	if v.wrong != nil {
		return tftypes.NewValue(tftypes.Number, v.wrong), nil
	}
	return v.Int64Value.ToTerraformValue(ctx)
}

// ValueInt32 is the number, which validators keep within 32 bits; zero for null and unknown.
func (v Int64) ValueInt32() int32 {
	return int32(v.ValueInt64())
}

// ValidateAttribute refuses fractions, and numbers larger than 64 bits.
func (v Int64) ValidateAttribute(
	_ context.Context, req xattr.ValidateAttributeRequest, resp *xattr.ValidateAttributeResponse,
) {
	if v.wrong != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid number", fmt.Sprintf(
			"%s is %s, want a whole number of at most 64 bits.", req.Path, v.wrong.Text('g', -1)))
	}
}
