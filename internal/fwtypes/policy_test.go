package fwtypes_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

const policy = `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Principal":"*","Action":"s3:Put*",` +
	`"Resource":"arn:aws:s3:::b/*"}]}`

func TestPolicyFromTerraform(t *testing.T) {
	ctx := t.Context()
	tests := map[string]struct {
		in   tftypes.Value
		want attr.Value
	}{
		"text":    {tftypes.NewValue(tftypes.String, policy), fwtypes.NewPolicy(policy)},
		"null":    {tftypes.NewValue(tftypes.String, nil), fwtypes.PolicyNull()},
		"unknown": {tftypes.NewValue(tftypes.String, tftypes.UnknownValue), fwtypes.PolicyUnknown()},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := fwtypes.PolicyType{}.ValueFromTerraform(ctx, test.in)
			if err != nil || !got.Equal(test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
			if !got.Type(ctx).Equal(fwtypes.PolicyType{}) || got.Type(ctx).Equal(types.StringType) {
				t.Errorf("the value is of type %s", got.Type(ctx))
			}
			back, err := got.ToTerraformValue(ctx)
			if err != nil || !back.Equal(test.in) {
				t.Errorf("back again: %s, %v", back, err)
			}
		})
	}
	if got, err := (fwtypes.PolicyType{}).ValueFromTerraform(ctx, tftypes.NewValue(tftypes.Bool, true)); err == nil {
		t.Errorf("a boolean made %v", got)
	}
	value, diags := fwtypes.PolicyType{}.ValueFromString(ctx, types.StringValue(policy))
	if diags.HasError() || !value.Equal(fwtypes.NewPolicy(policy)) || value.Equal(types.StringValue(policy)) {
		t.Errorf("from a string: %v, %v", value, diags)
	}
}

func TestPolicySemanticEquals(t *testing.T) {
	tests := map[string]struct {
		other string
		want  bool
	}{
		"formatted":      {strings.ReplaceAll(policy, ",", ",\n "), true},
		"another form":   {strings.Replace(policy, `"*"`, `{"AWS":["*"]}`, 1), true},
		"another Sid":    {strings.Replace(policy, `"A"`, `"B"`, 1), false},
		"another effect": {strings.Replace(policy, "Deny", "Allow", 1), false},
		"not a policy":   {"", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, diags := fwtypes.NewPolicy(policy).StringSemanticEquals(t.Context(), fwtypes.NewPolicy(test.other))
			if got != test.want || diags.HasError() {
				t.Errorf("got %v, %v", got, diags)
			}
		})
	}
}

func TestPolicyValidate(t *testing.T) {
	tests := map[string]struct {
		value fwtypes.PolicyValue
		want  string
	}{
		"policy":        {fwtypes.NewPolicy(policy), ""},
		"null":          {fwtypes.PolicyNull(), ""},
		"unknown":       {fwtypes.PolicyUnknown(), ""},
		"not JSON":      {fwtypes.NewPolicy("s3:*"), `policy is "s3:*", which is not an AWS policy document: the text is not JSON: line 1`},
		"no effect":     {fwtypes.NewPolicy(`{"Statement":{"Action":"a:b"}}`), "statement 1: there is no Effect, want Allow or Deny"},
		"no statements": {fwtypes.NewPolicy(`{"Statement":[]}`), "the document has no statements; leave policy out instead"},
		"long":          {fwtypes.NewPolicy(strings.Repeat("é", 101)), `"` + strings.Repeat("é", 100) + `"...`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at := path.Root("policy")
			var resp xattr.ValidateAttributeResponse
			test.value.ValidateAttribute(t.Context(), xattr.ValidateAttributeRequest{Path: at}, &resp)
			checkDiagnostics(t, resp.Diagnostics, at, test.want)
		})
	}
}

// checkDiagnostics wants one error with the text, at the path and with the path in it; none if the text is empty.
func checkDiagnostics(t *testing.T, got diag.Diagnostics, at path.Path, want string) {
	t.Helper()
	if want == "" {
		if len(got) > 0 {
			t.Errorf("refused: %v", got)
		}
		return
	}
	if len(got) != 1 || got.ErrorsCount() != 1 {
		t.Fatalf("got %v, want one error with %q", got, want)
	}
	placed, ok := got[0].(diag.DiagnosticWithPath)
	if !ok || !placed.Path().Equal(at) {
		t.Errorf("the error is not at %s: %v", at, got[0])
	}
	if detail := got[0].Detail(); !strings.Contains(detail, want) || !strings.Contains(detail, at.String()) {
		t.Errorf("got %q, want something with %q and %q", detail, at, want)
	}
}
