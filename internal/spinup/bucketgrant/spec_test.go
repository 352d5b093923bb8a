package bucketgrant

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

const (
	site  = "arn:aws:cloudfront::123456789012:distribution/E1EXAMPLE2ID"
	other = "arn:aws:cloudfront::123456789012:distribution/E9EXAMPLE9ID"
)

// TestRead: what is written is read back as the same, at every level, with a path and for a site.
func TestRead(t *testing.T) {
	for _, level := range access.Levels() {
		for _, path := range []string{"", "docs/", "a/b/"} {
			for _, web := range []bool{false, true} {
				s := Spec{Bucket: "data", Partition: "aws", Access: level, Path: path, WebAdmin: web}
				at := ""
				if web {
					at = site
				}
				have := Status{Document: s.document(at), Distribution: at}
				if seen := s.Read(have); seen != (Seen{level, path, web}) {
					t.Errorf("%s %q %v: seen %+v", level, path, web, seen)
				}
				if !isGrant(have.Document) {
					t.Errorf("%s %q %v bears no mark", level, path, web)
				}
				if whole := access.Document("aws", "data", level); isGrant(whole) || awspolicy.Equivalent(whole, have.Document) {
					t.Errorf("%s %q %v is taken for the policy of a level", level, path, web)
				}
			}
		}
	}
}

// TestRead_altered: nothing is seen of a policy that was altered.
func TestRead_altered(t *testing.T) {
	s := Spec{Bucket: "data", Partition: "aws", Access: access.ReadOnly, WebAdmin: true}
	is := s.document(site)
	for name, test := range map[string]struct {
		document string
		want     Seen
	}{
		"as it was":         {is, Seen{access.ReadOnly, "", true}},
		"another site":      {strings.ReplaceAll(is, site, other), Seen{access.ReadOnly, "", false}},
		"every site":        {strings.ReplaceAll(is, "E1EXAMPLE2ID", "*"), Seen{"", "", true}},
		"another bucket":    {strings.ReplaceAll(is, ":::data", ":::date"), Seen{"", "", true}},
		"another action":    {strings.Replace(is, "s3:GetObject", "s3:DeleteObject", 1), Seen{"", "", true}},
		"without the marks": {strings.ReplaceAll(is, mark, "Theirs"), Seen{"", "", true}},
		"no policy":         {"{}", Seen{"", "", true}},
	} {
		if seen := s.Read(Status{Document: test.document, Distribution: site}); seen != test.want {
			t.Errorf("%s: seen %+v, want %+v", name, seen, test.want)
		}
	}
}

// TestPolicyName: no name of a policy of another resource is that of a grant, whatever the bucket is called.
func TestPolicyName(t *testing.T) {
	for _, level := range append(access.Levels(), access.WebAdmin) {
		for _, bucket := range []string{"data", "data-spinupgrant", "data-bktroplc"} {
			if name := access.PolicyName(bucket, level); name == PolicyName("data") {
				t.Errorf("%s is both", name)
			}
		}
	}
}
