package fwtypes_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
)

func TestStringValidators(t *testing.T) {
	type values map[string]string // value -> part of the error, or empty
	tests := map[string]struct {
		validator validator.String
		values    values
	}{
		"BucketName": {fwtypes.BucketName(), values{
			"my.bucket-1": "",
			"My":          `the bucket name "My" has 2 characters, want 3 to 63`,
			"My_bucket":   `the bucket name "My_bucket" has 'M', want only lowercase letters, digits, dots and hyphens`,
		}},
		"BucketNamePrefix": {fwtypes.BucketNamePrefix(), values{
			"my-":                   "",
			strings.Repeat("a", 38): "38 characters, want 1 to 37",
			"_":                     `the bucket name prefix "_" has '_'`,
		}},
		"HostName": {fwtypes.HostName(), values{
			"www.example.edu":                "",
			"xn--bcher-kva.example.edu":      "",
			"1.2":                            "",
			strings.Repeat("a.", 126) + "a":  "",
			strings.Repeat("a.", 127):        "254 characters, want 1 to 253",
			"localhost":                      "at least two labels",
			"www..edu":                       `the label "" of 0 characters, want 1 to 63`,
			"*.example.edu":                  `the label "*", want lower-case letters`,
			"a-.edu":                         `the label "a-", want lower-case letters`,
			strings.Repeat("a", 64) + ".edu": "64 characters, want 1 to 63",
		}},
		"Network": {fwtypes.Network(), values{
			"192.0.2.0/24":       "",
			"192.0.2.7/32":       "",
			"2001:db8::/32":      "",
			"2001:0DB8::/32":     "",
			"0.0.0.0/0":          "",
			"192.0.2.7":          `for this address alone "192.0.2.7/32"`,
			"192.0.2.7/24":       `want "192.0.2.0/24"; for the address alone "192.0.2.7/32"`,
			"2001:db8::1":        `for this address alone "2001:db8::1/128"`,
			"::ffff:192.0.2.0/8": "want the IPv4 form",
			"fe80::1%eth0":       "is not a network",
			"192.0.2.0/33":       "is not a network",
			"campus":             `"campus" is not a network, want a network such as 192.0.2.0/24 or 2001:db8::/32`,
		}},
		"OneOf": {fwtypes.OneOf("admin", "read_write", "read_only", "AES256"), values{
			"admin":      "",
			"":           `"" is not allowed, want one of ["admin" "read_write" "read_only" "AES256"].`,
			"owner":      `"owner" is not allowed, want one of ["admin" "read_write" "read_only" "AES256"].`,
			"amdin":      `"AES256"]; did you mean "admin"?`,
			"Admin":      `did you mean "admin"?`,
			"read-write": `did you mean "read_write"?`,
			"readonly":   `did you mean "read_only"?`,
			"read_onlyy": `did you mean "read_only"?`,
			"aes-256":    `did you mean "AES256"?`,
		}},
		"VPCEndpointID": {fwtypes.VPCEndpointID(), values{
			"vpce-01234567":          "",
			"vpce-0123456789abcdef0": "",
			"vpce-012345678":         "such as vpce-0123456789abcdef0",
			"vpc-01234567":           `"vpc-01234567" is not a VPC endpoint id`,
		}},
		"PrincipalARN": {fwtypes.PrincipalARN(), values{
			"arn:aws:iam::111122223333:root":                  "",
			"arn:aws:iam::111122223333:user/a/ann":            "",
			"arn:aws-us-gov:iam::111122223333:role/ci-*":      "",
			"arn:aws:iam::*:role/ci":                          "is not the ARN of a principal",
			"arn:aws:iam::111122223333:group/g":               "is not the ARN of a principal",
			"arn:aws:sts::111122223333:assumed-role/ci/run-1": "is one session of a role, want its role",
			"*": "is not the ARN of a principal",
		}},
		"ParameterName": {fwtypes.ParameterName(), values{
			"key":                           "",
			"/key":                          "",
			"/team/key":                     "",
			"/awesome/key":                  "",
			"/a" + strings.Repeat("/b", 14): "",
			"team/key":                      `it must begin with a slash: "/team/key"`,
			"/team//key":                    "such as /team/key",
			"/team/":                        "such as /team/key",
			"team key":                      "such as /team/key",
			"/aws/key":                      "which AWS keeps for itself",
			"/AWS/key":                      "which AWS keeps for itself",
			"/ssm/key":                      "which AWS keeps for itself",
			"awskey":                        "which AWS keeps for itself",
			"SSM-key":                       "which AWS keeps for itself",
			"/a" + strings.Repeat("/b", 15): "16 levels; SSM allows 15",
			"/" + strings.Repeat("k", 1011): "1012 characters; SSM allows 1011",
		}},
		"ARN": {fwtypes.ARN(), values{
			"arn:aws:iam::123456789012:role/r":                    "",
			"arn:aws:iam::aws:policy/ReadOnlyAccess":              "",
			"arn:aws:s3:::b":                                      "",
			"arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/k": "",
			"role/r":            `"role/r" is not an ARN, want arn:partition:service:region:account:resource`,
			"arn:aws:iam::1:r":  "is not an ARN",
			"arn:aws:s3:::":     "is not an ARN",
			"arn:other:s3:::b":  "is not an ARN",
			"arn:aws:s3::: b":   "is not an ARN",
			"xarn:aws:s3:::b":   "is not an ARN",
			"arn:aws:s3:::b\nc": "is not an ARN",
			"arn:aws::::b":      "is not an ARN",
			"arn:aws:IAM:::r":   "is not an ARN",
		}},
		"ARN of a service": {fwtypes.ARN("kms", "s3"), values{
			"arn:aws:kms:us-east-1:123456789012:key/k": "",
			"arn:aws:s3:::b": "",
			"arn:aws:iam::123456789012:role/r": `"arn:aws:iam::123456789012:role/r" is an ARN of the service "iam", ` +
				`want arn:partition:kms|s3:region:account:resource`,
		}},
		"AccountID": {fwtypes.AccountID(), values{
			"000000000000":   "",
			"123":            `"123" is not an AWS account id, want 12 digits`,
			"1234567890123":  "want 12 digits",
			"1234-5678-9012": "want 12 digits",
			"":               "want 12 digits",
		}},
		"Duration": {fwtypes.Duration(), values{
			"0s": "", "1h30m": "", "-1h": `"-1h" is not a duration, want at least 0s`, "2d": "such as 30m or 48h", "": "want at least",
		}},
		"Date": {fwtypes.Date(func(text string) (time.Time, error) { return time.Parse(time.RFC3339, text) }), values{
			"2027-01-31T00:00:00Z":      "",
			"2027-01-31T00:00:00.5Z":    "midnight UTC",
			"2027-01-31T00:00:00+01:00": "midnight UTC",
			"soon":                      `"soon" is not a date, want a day such as 2027-01-31`,
		}},
		"Regexp": {fwtypes.Regexp(), values{"^a+$": "", "": "", "(": "missing closing )"}},
		"PGPKey": {fwtypes.PGPKey(func(text string) error {
			if text != "good" {
				return errors.New("it is no key")
			}
			return nil
		}), values{"good": "", "secret": "attribute: want one OpenPGP public key, armored or base64: it is no key."}},
		"IAMPath": {fwtypes.IAMPath(), values{
			"/": "", "/spinup/": "", "/a/b.c,d+e@f=g_h-i/": "",
			"/" + strings.Repeat("a", 510) + "/": "",
			"/" + strings.Repeat("a", 511) + "/": "is not an IAM path",
			"spinup":                             `"spinup" is not an IAM path, want "/", or up to 512 characters that begin and end with "/"`,
			"/spinup":                            "is not an IAM path",
			"spinup/":                            "is not an IAM path",
			"//":                                 "is not an IAM path",
			"/a b/":                              "is not an IAM path",
			"/*/":                                "is not an IAM path",
			"":                                   `"" is not an IAM path`,
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			at := path.Root("attribute")
			check := func(value types.String, want string) {
				t.Helper()
				var resp validator.StringResponse
				test.validator.ValidateString(t.Context(), validator.StringRequest{Path: at, ConfigValue: value}, &resp)
				checkDiagnostics(t, resp.Diagnostics, at, want)
			}
			check(types.StringNull(), "")
			check(types.StringUnknown(), "")
			for value, want := range test.values {
				check(types.StringValue(value), want)
			}
			plain, markdown := test.validator.Description(t.Context()), test.validator.MarkdownDescription(t.Context())
			if !strings.HasPrefix(plain, "must be ") || plain != markdown {
				t.Errorf("description %q, %q", plain, markdown)
			}
		})
	}
}

func TestTagMap(t *testing.T) {
	reserved := func(key string) error {
		if key == "spinup:org" {
			return errors.New("is set by the provider's org")
		}
		return nil
	}
	one := func(key, value string) map[string]attr.Value {
		return map[string]attr.Value{key: types.StringValue(value)}
	}
	many := func(n int) map[string]attr.Value {
		tags := map[string]attr.Value{}
		for i := range n {
			tags[fmt.Sprintf("key%d", i)] = types.StringValue("")
		}
		return tags
	}
	long := func(n int) string { return strings.Repeat("é", n) }
	tests := map[string]struct {
		tags map[string]attr.Value
		key  string // where the error is, the whole map if empty
		want string
	}{
		"none":           {many(0), "", ""},
		"fifty":          {many(50), "", ""},
		"fifty-one":      {many(51), "", "tags has 51 tags, want at most 50"},
		"all characters": {one("Ab 9_.:/=+-@é漢", "Ab 9_.:/=+-@é漢"), "", ""},
		"longest":        {one(long(128), long(256)), "", ""},
		"empty value":    {one("k", ""), "", ""},
		"unknown value":  {map[string]attr.Value{"k": types.StringUnknown()}, "", ""},
		"empty key":      {one("", "v"), "", `the tag key "" has 0 characters, want 1 to 128`},
		"long key":       {one(long(129), "v"), long(129), "has 129 characters, want 1 to 128"},
		"long value":     {one("k", long(257)), "k", "has 257 characters, want at most 256"},
		"key of AWS":     {one("AWS:x", "v"), "AWS:x", `the tag key "AWS:x" begins with "aws:", which AWS reserves`},
		"key's sign":     {one("a&b", "v"), "a&b", `the tag key "a&b" has '&', want only letters, digits, spaces and _.:/=+-@`},
		"value's sign":   {one("k", "a\nb"), "k", `the tag value "a\nb" has '\n', want only`},
		"null value":     {map[string]attr.Value{"k": types.StringNull()}, "k", "leave the tag out instead"},
		"reserved key":   {one("spinup:org", "v"), "spinup:org", `the tag key "spinup:org" is set by the provider's org`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			root := path.Root("tags")
			at := root
			if test.key != "" || name == "empty key" {
				at = root.AtMapKey(test.key)
			}
			var resp validator.MapResponse
			value := types.MapValueMust(types.StringType, test.tags)
			fwtypes.TagMap(reserved).ValidateMap(t.Context(), validator.MapRequest{Path: root, ConfigValue: value}, &resp)
			checkDiagnostics(t, resp.Diagnostics, at, test.want)
		})
	}
	t.Run("not a map yet", func(t *testing.T) {
		for _, value := range []types.Map{types.MapNull(types.StringType), types.MapUnknown(types.StringType)} {
			var resp validator.MapResponse
			fwtypes.TagMap(nil).ValidateMap(t.Context(), validator.MapRequest{ConfigValue: value}, &resp)
			checkDiagnostics(t, resp.Diagnostics, path.Empty(), "")
		}
	})
	t.Run("nothing reserved", func(t *testing.T) {
		var resp validator.MapResponse
		value := types.MapValueMust(types.StringType, one("spinup:org", "v"))
		fwtypes.TagMap(nil).ValidateMap(t.Context(), validator.MapRequest{ConfigValue: value}, &resp)
		checkDiagnostics(t, resp.Diagnostics, path.Empty(), "")
	})
	if got := fwtypes.TagMap(nil).MarkdownDescription(t.Context()); !strings.Contains(got, "at most 50 tags") {
		t.Errorf("description %q", got)
	}
}
