package website

import (
	"fmt"
	"strings"
	"testing"
)

func TestCheckCountry(t *testing.T) {
	if n := len(strings.Fields(countries)); n != 249 {
		t.Errorf("there are %d countries", n)
	}
	for code, ok := range map[string]bool{"US": true, "GB": true, "ZW": true, "UK": false, "XX": false, "EU": false, "us": false, "": false} {
		if err := CheckCountry(code); (err == nil) != ok {
			t.Errorf("%q: %v", code, err)
		}
	}
	if err := CheckCountry("UK"); err == nil || !strings.Contains(err.Error(), "GB") {
		t.Errorf("UK: %v", err)
	}
}

func TestCheckWebACL(t *testing.T) {
	for arn, ok := range map[string]bool{
		"arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1":       true,
		"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1":     false,
		"arn:aws:wafv2:eu-west-1:123456789012:global/webacl/a/1":       false,
		"arn:aws:wafv2:us-east-1:123456789012:global/ipset/a/1":        false,
		"arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/a/1/": false,
		"": true,
	} {
		if err := CheckWebACL(arn); (err == nil) != ok {
			t.Errorf("%q: %v", arn, err)
		}
	}
}

func TestCheckPaths(t *testing.T) {
	many := func(n int, form string) (paths []string) {
		for i := range n {
			paths = append(paths, fmt.Sprintf(form, i))
		}
		return paths
	}
	for name, row := range map[string]struct {
		paths []string
		says  string
	}{
		"all":             {[]string{"/*"}, ""},
		"encoded":         {[]string{"/a%20b", "/~user/(1)/a+b@c,d;e=f&g?h=i"}, ""},
		"most wildcards":  {many(15, "/%d*"), ""},
		"wildcards":       {many(16, "/%d*"), "16 paths end in an asterisk"},
		"many plain":      {many(100, "/%d"), ""},
		"asterisk inside": {[]string{"/a*b"}, "not its last character"},
		"two asterisks":   {[]string{"/**"}, "not its last character"},
		"blank":           {[]string{"/a b"}, "percent-encoded"},
		"tab":             {[]string{"/a\tb"}, "percent-encoded"},
		"umlaut":          {[]string{"/ä"}, "percent-encoded"},
		"braces":          {[]string{"/{id}"}, "percent-encoded"},
		"longest":         {[]string{"/" + strings.Repeat("a", 3999)}, ""},
		"too long":        {[]string{"/" + strings.Repeat("a", 4000)}, "has 4001 characters"},
	} {
		err := CheckPaths(row.paths)
		if (err == nil) != (row.says == "") || err != nil && !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
