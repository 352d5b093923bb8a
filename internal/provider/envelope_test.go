package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestFillUnknown: only what the plan left unknown is taken from what was resolved.
func TestFillUnknown(t *testing.T) {
	of := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"a": tftypes.String, "b": tftypes.String}}
	object := func(a, b any) tftypes.Value {
		return tftypes.NewValue(of, map[string]tftypes.Value{
			"a": tftypes.NewValue(tftypes.String, a), "b": tftypes.NewValue(tftypes.String, b),
		})
	}
	resolved := object("other", "new")
	if got := fillUnknown(object("planned", tftypes.UnknownValue), resolved); !got.Equal(object("planned", "new")) {
		t.Errorf("got %s", got)
	}
	if got := fillUnknown(object("planned", nil), resolved); !got.Equal(object("planned", nil)) {
		t.Errorf("a known plan: got %s", got)
	}
}
