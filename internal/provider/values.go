package provider

import (
	"context"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

// pick is the configured value, or the default.
func pick[T attr.Value](config, otherwise T) T {
	if config.IsNull() {
		return otherwise
	}
	return config
}

// optional is the text, or null for none.
func optional(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// supported is the default of a setting that not every store has.
func supported(yes bool, value string) types.String {
	if !yes {
		return types.StringNull()
	}
	return types.StringValue(value)
}

// found is what state holds, or unknown: the object does not exist yet, or is lost and will be created again.
func found(was types.String) types.String {
	if was.IsNull() {
		return types.StringUnknown()
	}
	return was
}

// date is the time as RFC 3339 in UTC, or null for none.
func date(t time.Time) types.String {
	if t.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(t.UTC().Format(time.RFC3339))
}

// number is null for zero.
func number(n int32) fwtypes.Int64 {
	if n == 0 {
		return fwtypes.Int64Null()
	}
	return fwtypes.NewInt64(int64(n))
}

// sizeIn is the size as it was written, if that means the size that was seen.
func sizeIn(written fwtypes.Int64, seen int64) fwtypes.Int64 {
	switch seen {
	case written.ValueInt64():
		return written
	case 0:
		return fwtypes.Int64Null()
	}
	return fwtypes.NewInt64(seen)
}

func stringSet(values []string) types.Set {
	elements := make([]attr.Value, len(values))
	for i, value := range values {
		elements[i] = types.StringValue(value)
	}
	return types.SetValueMust(types.StringType, elements)
}

// textsOf are the elements of a set of strings, sorted.
func textsOf(set types.Set) []string {
	var all []string
	for _, value := range set.Elements() {
		if text, ok := value.(types.String); ok {
			all = append(all, text.ValueString())
		}
	}
	slices.Sort(all)
	return all
}

// seenSet is what was seen. Where nothing was, the set stays null or empty, as it was written.
func seenSet(written types.Set, seen []string) types.Set {
	if len(seen) == 0 && !written.IsUnknown() && len(written.Elements()) == 0 {
		return written
	}
	return stringSet(seen)
}

// known reports whether the set and its elements are known.
func known(set types.Set) bool {
	return !set.IsUnknown() && !slices.ContainsFunc(set.Elements(), attr.Value.IsUnknown)
}

// fullyKnown reports whether nothing in the value is unknown.
func fullyKnown(ctx context.Context, value attr.Value) bool {
	raw, err := value.ToTerraformValue(ctx)
	return err == nil && raw.IsFullyKnown()
}

// objectsIn are the objects in a set, without those that are null or unknown.
func objectsIn[M any](ctx context.Context, set types.Set, diags *diag.Diagnostics) []M {
	var all []M
	for _, element := range set.Elements() {
		if element.IsNull() || element.IsUnknown() {
			continue
		}
		var one M
		diags.Append(element.(types.Object).As(ctx, &one, basetypes.ObjectAsOptions{})...)
		all = append(all, one)
	}
	return all
}

// setOf is a set of the objects. Without any it is null, or empty if it was written so.
func setOf[M any](ctx context.Context, written types.Set, all []M, diags *diag.Diagnostics) types.Set {
	if len(all) == 0 && !written.IsNull() && len(written.Elements()) == 0 {
		return written
	}
	set, d := types.SetValueFrom(ctx, elementType[M](), all) // null for nil
	diags.Append(d...)
	return set
}

// noneOf is an empty set of objects.
func noneOf[M any]() types.Set { return types.SetValueMust(elementType[M](), nil) }

// elementType is the type of the objects in a set, list or map, each of which stands for the struct.
func elementType[M any]() attr.Type { return fwtypes.NewObjectType[M]().ObjectType }

// textsFrom are words as texts.
func textsFrom[T ~string](all []T) (texts []string) {
	for _, one := range all {
		texts = append(texts, string(one))
	}
	return texts
}

// span is the duration; zero if it is unset or unknown.
func span(text types.String) time.Duration {
	d, err := time.ParseDuration(text.ValueString())
	if err != nil {
		return 0 // the schema refuses anything else
	}
	return d
}

// moment is the time; zero if it is unset or unknown.
func moment(text types.String) time.Time {
	at, err := time.Parse(time.RFC3339, text.ValueString())
	if err != nil {
		return time.Time{}
	}
	return at
}
