package provider

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

// TestActions_validate: what cannot be right is refused before anything is asked, and what is not known yet is not.
func TestActions_validate(t *testing.T) {
	type values = prototest.Values
	s := prototest.New(t, served(t))
	place := func(key string) values { return values{"bucket": "library-data", "key": key} }
	version := values{"bucket": "library-data", "key": "a", "version_id": "v1"}
	unknown := prototest.Unknown{}
	for _, row := range []struct {
		action string
		config values
		says   []string // none: it is valid
	}{
		{"invalidate", values{}, []string{"domain", "want exactly one of them"}},
		{"invalidate", values{"domain": "www.example.edu", "distribution_id": "E1"}, []string{`"www.example.edu"`, "exactly one"}},
		{"invalidate", values{"domain": "example"}, []string{`"example"`, "at least two labels"}},
		{"invalidate", values{"distribution_id": "E1", "paths": []any{}}, []string{"paths is empty", "leave it out"}},
		{"invalidate", values{"distribution_id": "E1", "paths": []any{"docs/*"}}, []string{`"docs/*"`, "begin with a slash"}},
		{"invalidate", values{"distribution_id": "E1", "paths": []any{"/a*b"}}, []string{`"/a*b"`, "asterisk"}},
		{"invalidate", values{"domain": unknown, "distribution_id": unknown}, nil},
		{"empty_bucket", values{"bucket": "Library"}, []string{`"Library"`, "lowercase"}},
		{"empty_bucket", values{"bucket": "library-data", "prefix": "docs"}, []string{`prefix is "docs"`, "ends with a slash"}},
		{"empty_bucket", values{"bucket": "library-data", "prefix": ""}, []string{`prefix is ""`, "leave it out"}},
		{"empty_bucket", values{"bucket": unknown, "prefix": "docs/"}, nil},
		{"copy_object", values{"source": place("a"), "destination": place("a")}, []string{`"a"`, "name another key"}},
		{"copy_object", values{"source": version, "destination": values{"bucket": unknown, "key": "a"}}, nil},
		{"move_object", values{"source": version, "destination": place("a")}, []string{`"a"`, "name another key"}},
		{"move_object", values{"source": place(""), "destination": place("a")}, []string{"source.key"}},
		{"rotate_key", values{"bucket": "library-data", "name": "ann"}, []string{"stored_at", "access_key.rotation"}},
		{"rotate_key", values{"bucket": "library-data", "name": "ann", "stored_at": "a b"}, []string{`"a b"`, "letters, digits"}},
		{"rotate_key", values{"bucket": "library-data", "name": "ann",
			"stored_at": "arn:aws:ssm:us-east-1:111122223333:parameter/key"}, []string{"the name of the parameter"}},
		{"rotate_key", values{"bucket": "library-data", "name": unknown, "stored_at": unknown}, nil},
	} {
		_, diags := s.Invoke("spinup_"+row.action, row.config)
		if (len(diags) == 0) != (row.says == nil) || len(diags) > 1 {
			t.Errorf("%s of %v: %s", row.action, row.config, diags.Errors())
		}
		for _, phrase := range row.says {
			if !strings.Contains(strings.ReplaceAll(diags.Errors(), "\n", " "), phrase) {
				t.Errorf("%s of %v: %s, want %q", row.action, row.config, diags.Errors(), phrase)
			}
		}
	}
}
