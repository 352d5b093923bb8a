package names

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCheckBucket(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	tests := map[string]string{
		"abc": "", "a.b": "", "a-b": "", "0a9": "", "my.site.example.edu": "", long(63): "", "1.2.3": "", "1.2.3.4a": "",
		"192.168.5.4.5": "", "a-.b": "", "xn-a": "", "sthree": "", "a-s3alias-b": "", "mrap": "",

		"":                         "0 characters, want 3 to 63",
		"ab":                       "2 characters, want 3 to 63",
		long(64):                   "64 characters, want 3 to 63",
		"My-Bucket":                `has 'M', want only lowercase letters, digits, dots and hyphens`,
		"my_bucket":                `has '_'`,
		"büro":                     `has 'ü'`,
		strings.Repeat("ü", 64):    "64 characters, want 3 to 63",
		"a b":                      `has ' '`,
		"a/b":                      `has '/'`,
		"-abc":                     "does not begin with a lowercase letter or a digit",
		".abc":                     "does not begin with a lowercase letter or a digit",
		"abc-":                     "does not end with a lowercase letter or a digit",
		"abc.":                     "does not end with a lowercase letter or a digit",
		"a..b":                     "two dots in a row",
		"192.168.5.4":              "formatted as an IP address",
		"999.999.999.999":          "formatted as an IP address",
		"xn--abc":                  `begins with "xn--"`,
		"sthree-abc":               `begins with "sthree-"`,
		"sthree-configurator":      `begins with "sthree-"`,
		"sthree-configurator.here": `begins with "sthree-"`,
		"amzn-s3-demo-bucket":      `begins with "amzn-s3-demo-"`,
		"abc-s3alias":              `ends with "-s3alias", which S3 reserves for access point aliases`,
		"abc--ol-s3":               `ends with "--ol-s3"`,
		"abc.mrap":                 `ends with ".mrap"`,
		"abc--x-s3":                `ends with "--x-s3"`,
		"abc--usw2-az1--x-s3":      `ends with "--x-s3"`,
		"abc--table-s3":            `ends with "--table-s3"`,
	}
	for name, want := range tests {
		checkError(t, "name", name, CheckBucket(name), want)
	}
}

func TestCheckBucketPrefix(t *testing.T) {
	tests := map[string]string{
		"a": "", "my-": "", "my.": "", "sthree": "", strings.Repeat("a", 37): "",

		"":                      "0 characters, want 1 to 37",
		strings.Repeat("a", 38): "38 characters, want 1 to 37: 26 random ones follow",
		"My":                    "has 'M'",
		"-a":                    "does not begin with",
		"a..":                   "two dots in a row",
		"xn--":                  `begins with "xn--"`,
	}
	for prefix, want := range tests {
		checkError(t, "prefix", prefix, CheckBucketPrefix(prefix), want)
	}
}

// checkError wants an error with the text and the value in it, or none if the text is empty.
func checkError(t *testing.T, what, value string, err error, want string) {
	t.Helper()
	switch {
	case (err == nil) != (want == ""):
		t.Errorf("%s %q: got %v, want %q", what, value, err, want)
	case err != nil && !(strings.Contains(err.Error(), want) && strings.Contains(err.Error(), value)):
		t.Errorf("%s %q: got %q, want something with %q and the value", what, value, err, want)
	}
}

func TestNewBucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.StringMatching(`[a-r0-9]([.-]?[a-z0-9]){0,17}[.-]?`).Draw(t, "prefix")
		if err := CheckBucketPrefix(prefix); err != nil {
			t.Fatal(err)
		}
		name, again := NewBucket(prefix), NewBucket(prefix)
		if err := CheckBucket(name); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(name, prefix) || len(name) != len(prefix)+randomLength || name == again {
			t.Fatalf("%q makes %q and %q", prefix, name, again)
		}
	})
}
