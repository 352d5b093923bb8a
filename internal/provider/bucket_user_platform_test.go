package provider

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

// planned plans ann with the settings of the provider and of the user. Its tags are not known yet, so nothing is asked.
func planned(t *testing.T, settings, user prototest.Values) (prototest.Plan, string) {
	t.Helper()
	s := prototest.New(t, served(t))
	block := prototest.Values{"platform": "versitygw", "access_key": "AK", "secret_key": "SK", "endpoints": prototest.Values{
		"s3": "http://127.0.0.1:1", "iam": "http://127.0.0.1:1",
	}}
	maps.Copy(block, settings)
	if diags := s.Configure(block); diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	config := prototest.Values{
		"bucket": "b-data", "name": "ann", "access": "read_only", "tags": prototest.Values{"K": prototest.Unknown{}},
	}
	maps.Copy(config, user)
	plan, diags := s.Plan("spinup_bucket_user", prototest.Object{}, config)
	return plan, diags.Errors()
}

// TestBucketUser_platform: what the platform decides when a user is planned, and what it is known to lack.
func TestBucketUser_platform(t *testing.T) {
	quiet(t)
	type values = prototest.Values
	const boundary = "arn:aws:iam::000000000000:policy/limit"
	withoutIAM := values{"s3": "http://127.0.0.1:1"}
	for name, test := range map[string]struct {
		settings, user values
		grant          any
		says           []string
	}{
		"versitygw":         {grant: "inline"},
		"another store":     {settings: values{"platform": "s3"}, grant: "inline"},
		"AWS":               {settings: values{"platform": "aws", "region": "us-east-1"}, grant: "group"},
		"platform unknown":  {settings: values{"platform": prototest.Unknown{}}, grant: prototest.Unknown{}},
		"inline":            {user: values{"grant": "inline"}, grant: "inline"},
		"no web admin":      {user: values{"web_admin": false}, grant: "inline"},
		"grant unknown":     {user: values{"grant": prototest.Unknown{}}, grant: prototest.Unknown{}},
		"boundary unknown":  {user: values{"permissions_boundary": prototest.Unknown{}}, grant: "inline"},
		"its unknown":       {settings: values{"permissions_boundary": prototest.Unknown{}}, grant: "inline"},
		"endpoint unknown":  {settings: values{"endpoints": values{"s3": "http://127.0.0.1:1", "iam": prototest.Unknown{}}}, grant: "inline"},
		"group may be":      {settings: values{"platform": "s3"}, user: values{"grant": "group"}, grant: "group"},
		"boundary may be":   {settings: values{"platform": "s3"}, user: values{"permissions_boundary": boundary}, grant: "inline"},
		"AWS needs no more": {settings: values{"platform": "aws", "region": "us-east-1", "endpoints": withoutIAM}, grant: "group"},

		"group":     {user: values{"grant": "group"}, says: []string{"grant is", `"group"`, `"versitygw"`, `Set grant to "inline"`}},
		"web admin": {user: values{"web_admin": true}, says: []string{"web_admin is true", `"versitygw"`, "Leave it out"}},
		"boundary": {
			user: values{"permissions_boundary": boundary},
			says: []string{"permissions_boundary is", boundary, `"versitygw"`, "Leave it out"},
		},
		"boundary of the provider": {
			settings: values{"permissions_boundary": boundary}, says: []string{boundary, `"versitygw"`, "Remove it from the provider block"},
		},
		"no endpoint": {
			settings: values{"endpoints": withoutIAM}, says: []string{`"versitygw"`, "no IAM endpoint is configured: set endpoints.iam"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			plan, errors := planned(t, test.settings, test.user)
			if (errors == "") != (test.says == nil) {
				t.Fatalf("the plan says %q", errors)
			}
			for _, part := range test.says {
				if !strings.Contains(errors, part) {
					t.Errorf("%q is not in %q", part, errors)
				}
			}
			if test.says == nil && plan.Planned["grant"] != test.grant {
				t.Errorf("grant is %v, want %v", plan.Planned["grant"], test.grant)
			}
		})
	}
}

// TestBucketUser_refreshWithoutIAM: where nothing can be asked, the error names the setting, and no group is gone.
func TestBucketUser_refreshWithoutIAM(t *testing.T) {
	quiet(t)
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	s := prototest.New(t, served(t))
	if diags := s.Configure(prototest.Values{
		"platform": "s3", "access_key": "AK", "secret_key": "SK", "endpoints": prototest.Values{"s3": server.URL},
	}); diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	_, diags := s.Import("spinup_bucket_user", "b-data/ann", nil)
	text := diags.Errors()
	if !strings.Contains(text, "set endpoints.iam") || strings.Contains(text, "does not support") || calls.Load() > 0 {
		t.Errorf("%d calls: %s", calls.Load(), text)
	}
}
