package fwtypes

import (
	"context"
	"fmt"
	"reflect"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ObjectTypeOf is the type of an object whose attributes are the fields of the struct T that have a tfsdk tag. A schema
// names it as the CustomType of a nested attribute; models then hold an [ObjectOf] the same struct.
type ObjectTypeOf[T any] struct {
	basetypes.ObjectType
}

// NewObjectType makes the type.
func NewObjectType[T any]() ObjectTypeOf[T] {
	types := map[string]attr.Type{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if name := field.Tag.Get("tfsdk"); name != "" && name != "-" {
			types[name] = typeOf(reflect.Zero(field.Type).Interface().(attr.Value))
		}
	}
	return ObjectTypeOf[T]{basetypes.ObjectType{AttrTypes: types}}
}

// typeOf is the type of an attribute. A collection does not know the type of its elements before it has some: those in
// objects hold strings.
func typeOf(zero attr.Value) attr.Type {
	texts := basetypes.StringType{}
	switch zero.(type) {
	case basetypes.ListValue:
		return basetypes.ListType{ElemType: texts}
	case basetypes.MapValue:
		return basetypes.MapType{ElemType: texts}
	case basetypes.SetValue:
		return basetypes.SetType{ElemType: texts}
	}
	return zero.Type(context.Background()) // which no type asks
}

// String names the type in messages.
func (t ObjectTypeOf[T]) String() string {
	return fmt.Sprintf("fwtypes.ObjectTypeOf[%s]", reflect.TypeFor[T]())
}

// Equal reports whether the other is the same type.
func (t ObjectTypeOf[T]) Equal(other attr.Type) bool {
	_, ok := other.(ObjectTypeOf[T])
	return ok
}

// ValueType is a value of the type.
func (t ObjectTypeOf[T]) ValueType(context.Context) attr.Value { return ObjectOf[T]{} }

// ValueFromObject makes the value from a plain object.
func (t ObjectTypeOf[T]) ValueFromObject(
	_ context.Context, in basetypes.ObjectValue,
) (basetypes.ObjectValuable, diag.Diagnostics) {
	return ObjectOf[T]{in}, nil
}

// ValueFromTerraform makes the value from the protocol's.
func (t ObjectTypeOf[T]) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.ObjectType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, err
	}
	object, ok := value.(basetypes.ObjectValue)
	if !ok {
		return nil, fmt.Errorf("%s is made from %T, want an object", t, value)
	}
	return ObjectOf[T]{object}, nil
}

// ObjectOf is an object with the attributes of the struct T, null or unknown.
type ObjectOf[T any] struct {
	basetypes.ObjectValue
}

// ObjectNull is no object.
func ObjectNull[T any]() ObjectOf[T] {
	return ObjectOf[T]{basetypes.NewObjectNull(NewObjectType[T]().AttrTypes)}
}

// ObjectUnknown is an object that is not known yet.
func ObjectUnknown[T any]() ObjectOf[T] {
	return ObjectOf[T]{basetypes.NewObjectUnknown(NewObjectType[T]().AttrTypes)}
}

// ObjectFrom is the object that the struct stands for.
func ObjectFrom[T any](ctx context.Context, from T, diags *diag.Diagnostics) ObjectOf[T] {
	value, d := basetypes.NewObjectValueFrom(ctx, NewObjectType[T]().AttrTypes, from)
	diags.Append(d...)
	return ObjectOf[T]{value}
}

// Get is the struct that the object stands for. Where the object is null or unknown, every field is null.
func (o ObjectOf[T]) Get(ctx context.Context, diags *diag.Diagnostics) (out T) {
	from := o.ObjectValue
	if o.IsNull() || o.IsUnknown() {
		from = nulls(ctx, NewObjectType[T]().AttrTypes, diags)
	}
	diags.Append(from.As(ctx, &out, basetypes.ObjectAsOptions{})...)
	return out
}

// nulls is an object in which every attribute is null.
func nulls(ctx context.Context, types map[string]attr.Type, diags *diag.Diagnostics) basetypes.ObjectValue {
	values := map[string]attr.Value{}
	for name, of := range types {
		value, err := of.ValueFromTerraform(ctx, tftypes.NewValue(of.TerraformType(ctx), nil))
		if err != nil {
			diags.AddError("Object could not be read", name+": "+err.Error())
		}
		values[name] = value
	}
	object, d := basetypes.NewObjectValue(types, values)
	diags.Append(d...)
	return object
}

// Type is the type of the value.
func (ObjectOf[T]) Type(context.Context) attr.Type { return NewObjectType[T]() }

// Equal reports whether the other value is the same object.
func (o ObjectOf[T]) Equal(other attr.Value) bool {
	v, ok := other.(ObjectOf[T])
	return ok && o.ObjectValue.Equal(v.ObjectValue)
}
