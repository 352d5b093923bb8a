package fwtypes_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

func TestInt64(t *testing.T) {
	for name, test := range map[string]struct {
		in      any
		want    string
		refused string // what the error names; empty for none
	}{
		"number":   {7, "7", ""},
		"null":     {nil, "<null>", ""},
		"unknown":  {tftypes.UnknownValue, "<unknown>", ""},
		"fraction": {1.5, "<unknown>", "1.5"},
		"too big":  {1e30, "<unknown>", "1e+30"},
	} {
		t.Run(name, func(t *testing.T) {
			in := tftypes.NewValue(tftypes.Number, test.in)
			value, err := fwtypes.Int64Type{}.ValueFromTerraform(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			number := value.(fwtypes.Int64)
			if number.String() != test.want || !number.Equal(value) || number.Equal(fwtypes.NewInt64(-1)) {
				t.Errorf("%s, want %s", number, test.want)
			}
			if back, err := number.ToTerraformValue(t.Context()); err != nil || !back.Equal(in) {
				t.Errorf("back in Terraform it is %s, %v", back, err)
			}
			var resp xattr.ValidateAttributeResponse
			number.ValidateAttribute(t.Context(), xattr.ValidateAttributeRequest{Path: path.Root("days")}, &resp)
			switch errs := resp.Diagnostics.Errors(); {
			case test.refused == "" && len(errs) > 0:
				t.Error(errs)
			case test.refused != "" && (len(errs) != 1 || !strings.Contains(errs[0].Detail(), "days is "+test.refused)):
				t.Errorf("want one error that names days and %s: %v", test.refused, errs)
			}
		})
	}
}
