package fwtypes_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

type (
	outer struct {
		Name   types.String            `tfsdk:"name"`
		Count  types.Int32             `tfsdk:"count"`
		Policy fwtypes.PolicyValue     `tfsdk:"policy"`
		Words  types.Set               `tfsdk:"words"`
		Order  types.List              `tfsdk:"order"`
		Tags   types.Map               `tfsdk:"tags"`
		Inner  fwtypes.ObjectOf[inner] `tfsdk:"inner"`
		Other  fwtypes.ObjectOf[inner] `tfsdk:"other"`
		Hidden string                  `tfsdk:"-"`
	}
	inner struct {
		Flag types.Bool `tfsdk:"flag"`
	}
)

func texts(values ...string) []attr.Value {
	var all []attr.Value
	for _, value := range values {
		all = append(all, types.StringValue(value))
	}
	return all
}

func TestObjectTypeOf(t *testing.T) {
	ctx := t.Context()
	text := types.StringType
	nested := basetypes.ObjectType{AttrTypes: map[string]attr.Type{"flag": types.BoolType}}
	want := map[string]attr.Type{
		"name": text, "count": types.Int32Type, "policy": fwtypes.PolicyType{},
		"words": types.SetType{ElemType: text}, "order": types.ListType{ElemType: text}, "tags": types.MapType{ElemType: text},
		"inner": fwtypes.ObjectTypeOf[inner]{ObjectType: nested}, "other": fwtypes.ObjectTypeOf[inner]{ObjectType: nested},
	}
	of := fwtypes.NewObjectType[outer]()
	if diff := cmp.Diff(want, of.AttrTypes); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
	if plain := (types.ObjectType{AttrTypes: want}); !of.TerraformType(ctx).Equal(plain.TerraformType(ctx)) {
		t.Errorf("on the wire it is %s", of.TerraformType(ctx))
	}
	if of.Equal(fwtypes.NewObjectType[inner]()) || of.Equal(of.ObjectType) || !of.Equal(fwtypes.NewObjectType[outer]()) {
		t.Error("it is not equal to itself alone")
	}
	if _, err := of.ValueFromTerraform(ctx, tftypes.NewValue(tftypes.String, "x")); err == nil {
		t.Error("made from a string")
	}
	if got := of.String(); got != "fwtypes.ObjectTypeOf[fwtypes_test.outer]" {
		t.Errorf("it is called %s", got)
	}
}

func TestObjectOf(t *testing.T) {
	ctx := t.Context()
	var diags diag.Diagnostics
	in := outer{
		Name: types.StringValue("a"), Count: types.Int32Unknown(), Policy: fwtypes.NewPolicy(`{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}`),
		Words: types.SetValueMust(types.StringType, texts("b")), Order: types.ListValueMust(types.StringType, texts("d", "c")),
		Tags:  types.MapValueMust(types.StringType, map[string]attr.Value{"k": types.StringUnknown()}),
		Inner: fwtypes.ObjectFrom(ctx, inner{types.BoolValue(true)}, &diags), Other: fwtypes.ObjectUnknown[inner](),
	}
	object := fwtypes.ObjectFrom(ctx, in, &diags)
	raw, err := object.ToTerraformValue(ctx)
	if err != nil || diags.HasError() {
		t.Fatal(err, diags)
	}
	back, err := fwtypes.NewObjectType[outer]().ValueFromTerraform(ctx, raw)
	if err != nil || !object.Equal(back) {
		t.Fatalf("%s came back over the protocol as %s, %v", object, back, err)
	}
	out := back.(fwtypes.ObjectOf[outer]).Get(ctx, &diags)
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("(-want +got) %s", diff)
	}
	if !out.Inner.Get(ctx, &diags).Flag.ValueBool() || diags.HasError() {
		t.Errorf("the nested object is lost: %s, %v", out.Inner, diags)
	}
	plain, d := object.ToObjectValue(ctx)
	same, d2 := fwtypes.NewObjectType[outer]().ValueFromObject(ctx, plain)
	if d.HasError() || d2.HasError() || !object.Equal(same) || object.Equal(plain) {
		t.Errorf("by way of a plain object it is %s, %v, %v", same, d, d2)
	}
}

// TestObjectOf_absent: of what is not there every field is null, and can be put into another object.
func TestObjectOf_absent(t *testing.T) {
	ctx := t.Context()
	for name, object := range map[string]fwtypes.ObjectOf[outer]{
		"zero": {}, "null": fwtypes.ObjectNull[outer](), "unknown": fwtypes.ObjectUnknown[outer](),
	} {
		t.Run(name, func(t *testing.T) {
			if object.IsUnknown() != (name == "unknown") || object.IsNull() == (name == "unknown") {
				t.Errorf("it is %s", object)
			}
			var diags diag.Diagnostics
			got := object.Get(ctx, &diags)
			again := fwtypes.ObjectFrom(ctx, got, &diags)
			if diags.HasError() {
				t.Fatal(diags)
			}
			for attribute, value := range again.Attributes() {
				if !value.IsNull() {
					t.Errorf("%s is %s", attribute, value)
				}
			}
			raw, err := object.ToTerraformValue(ctx)
			if want := fwtypes.NewObjectType[outer]().TerraformType(ctx); err != nil || name != "zero" && !raw.Type().Equal(want) {
				t.Errorf("over the protocol it is %s, %v", raw, err)
			}
		})
	}
}
