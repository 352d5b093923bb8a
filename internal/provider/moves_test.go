package provider

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

// TestMove_begins: what a move begins with, whoever mirrors the other provider.
func TestMove_begins(t *testing.T) {
	s := prototest.New(t, served(t))
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org", "mirror.example.edu:8443"} {
		moved, diags := s.MoveOnly("spinup_bucket", prototest.Source{
			Provider: host + "/hashicorp/aws", TypeName: "aws_s3_bucket", Version: 99,
			JSON: []byte(`{"bucket": "b", "region": "eu-west-1", "force_destroy": true, "versioning": 7, "new_in_a_release": [{}]}`),
		})
		if text := diags.Errors(); text != "" {
			t.Fatal(text)
		}
		for name, value := range moved.State {
			want := map[string]any{"name": "b", "region": "eu-west-1", "force_destroy": true}[name]
			if value != want {
				t.Errorf("from %s: %s is %v, want %v", host, name, value, want)
			}
		}
	}
}

// TestMove_unread: what was moved and not read is not planned, nor destroyed.
func TestMove_unread(t *testing.T) {
	s := prototest.New(t, served(t))
	settings := prototest.Values{"region": "us-east-1", "access_key": "a", "secret_key": "s"}
	if text := s.Configure(settings).Errors(); text != "" {
		t.Fatal(text)
	}
	moved, _ := s.MoveOnly("spinup_bucket", prototest.Source{
		Provider: "registry.terraform.io/hashicorp/aws", TypeName: "aws_s3_bucket", JSON: []byte(`{"bucket": "soil-samples"}`),
	})
	for _, config := range []prototest.Values{{"name": "soil-samples"}, nil} {
		if _, diags := s.Plan("spinup_bucket", moved, config); !strings.Contains(diags.Errors(), "-refresh=false") {
			t.Errorf("planned for %v: %s", config, diags.Errors())
		}
	}
}

// unmovable are sources that are refused, with what the message has to say.
var unmovable = map[string]struct {
	target, provider, source, state string
	says                            []string
}{
	"two rules": {
		"spinup_lifecycle_rule", fromAWS, "aws_s3_bucket_lifecycle_configuration",
		`{"id": "b,111122223333", "bucket": "b", "rule": [{"id": "old"}, {"id": "older"}]}`,
		[]string{`"b,111122223333"`, "the 2 rules old, older", "from = aws_s3_bucket_lifecycle_configuration.OLD",
			`id = "b/old"`, "destroy = false"},
	},
	"no rules": {
		"spinup_lifecycle_rule", fromAWS, "aws_s3_bucket_lifecycle_configuration", `{"bucket": "b", "rule": []}`,
		[]string{"no rule with an id"},
	},
	"rules of no bucket": {
		"spinup_lifecycle_rule", fromAWS, "aws_s3_bucket_lifecycle_configuration", `{"rule": [{"id": "old"}]}`,
		[]string{"no bucket"},
	},
	"a bucket without a name": {"spinup_bucket", fromAWS, "aws_s3_bucket", `{"bucket": null}`, []string{"no bucket"}},
	"no JSON":                 {"spinup_bucket", fromMinIO, "minio_s3_bucket", ``, []string{"end of JSON"}},
	"a list":                  {"spinup_bucket", fromAWS, "aws_s3_bucket", `[]`, []string{"array"}},
	"a user without a name":   {"spinup_bucket_user", fromAWS, "aws_iam_user", `{"id": ""}`, []string{"no name"}},
	"an object without a key": {"spinup_object", fromAWS, "aws_s3_object", `{"bucket": "b"}`, []string{"no key"}},
	"a distribution without an id": {
		"spinup_website", fromAWS, "aws_cloudfront_distribution", `{"aliases": ["www.example.edu"]}`, []string{"no id"},
	},
	"no bucket behind it": {
		"spinup_website", fromAWS, "aws_cloudfront_distribution",
		`{"id": "E1", "aliases": ["www.example.edu"], "origin": [{"domain_name": "app.example.edu"}]}`,
		[]string{`"E1"`, "origins are app.example.edu"},
	},
	"no alias": {
		"spinup_website", fromAWS, "aws_cloudfront_distribution",
		`{"id": "E1", "aliases": null, "origin": [{"domain_name": "b.s3.us-east-1.amazonaws.com"}]}`,
		[]string{"no alias"},
	},
	"which alias": {
		"spinup_website", fromAWS, "aws_cloudfront_distribution",
		`{"id": "E1", "comment": "A site", "aliases": ["www.example.edu", "example.edu"],
			"origin": [{"domain_name": "b.s3.us-east-1.amazonaws.com"}]}`,
		[]string{"example.edu, www.example.edu", "Set comment", `id = "example.edu"`},
	},
	"another type":     {"spinup_bucket", fromAWS, "aws_iam_user", `{"name": "b"}`, []string{"Source Resource Type: aws_iam_user"}},
	"another provider": {"spinup_bucket", "example/aws", "aws_s3_bucket", `{"bucket": "b"}`, []string{"example/aws"}},
	"a longer name":    {"spinup_bucket", "else-hashicorp/aws", "aws_s3_bucket", `{"bucket": "b"}`, []string{"else-hashicorp/aws"}},
	"what is not there yet": {
		"spinup_directory", fromAWS, "aws_s3_bucket", `{"bucket": "b"}`, []string{"Target Resource Type: spinup_directory"},
	},
}

func TestMove_refused(t *testing.T) {
	s := prototest.New(t, served(t))
	for name, test := range unmovable {
		t.Run(name, func(t *testing.T) {
			moved, diags := s.MoveOnly(test.target, prototest.Source{
				Provider: "registry.terraform.io/" + test.provider, TypeName: test.source, JSON: []byte(test.state),
			})
			if moved.State != nil || diags.Errors() == "" {
				t.Errorf("it became %v", moved.State)
			}
			for _, phrase := range test.says {
				if !strings.Contains(diags.Errors(), phrase) {
					t.Errorf("%q is missing in:\n%s", phrase, diags.Errors())
				}
			}
		})
	}
}
