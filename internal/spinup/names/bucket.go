// Package names holds the rules for names that users choose: of buckets and of hosts. It is pure: it may import nothing
// but the standard library.
package names

import (
	"crypto/rand"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Lengths of bucket names, in characters, and of what NewBucket appends to a prefix.
const (
	minBucket       = 3
	MaxBucket       = 63
	maxBucketPrefix = MaxBucket - randomLength

	randomLength = 26
)

// NewBucket makes a bucket name that no other bucket has: the prefix and 26 random letters and digits.
func NewBucket(prefix string) string { return prefix + strings.ToLower(rand.Text()) }

// CheckBucket returns the rule that a name of a general purpose bucket breaks, nil if it breaks none.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
func CheckBucket(name string) error {
	if n := length(name); n < minBucket || n > MaxBucket {
		return fmt.Errorf("the bucket name %q has %d characters, want %d to %d", name, n, minBucket, MaxBucket)
	}
	if err := checkStart("bucket name", name); err != nil {
		return err
	}
	if !alphanumeric(rune(name[len(name)-1])) {
		return fmt.Errorf("the bucket name %q does not end with a lowercase letter or a digit", name)
	}
	if formattedAsIP(name) {
		return fmt.Errorf("the bucket name %q is formatted as an IP address", name)
	}
	for suffix, use := range map[string]string{
		"-s3alias":   "access point aliases",
		"--ol-s3":    "Object Lambda access point aliases",
		".mrap":      "Multi-Region Access Points",
		"--x-s3":     "directory buckets",
		"--table-s3": "table buckets",
	} {
		if strings.HasSuffix(name, suffix) {
			return fmt.Errorf("the bucket name %q ends with %q, which S3 reserves for %s", name, suffix, use)
		}
	}
	return nil
}

// CheckBucketPrefix returns the rule that every name breaks which NewBucket makes of the prefix, nil if there is none.
func CheckBucketPrefix(prefix string) error {
	if prefix == "" || length(prefix) > maxBucketPrefix {
		return fmt.Errorf("the bucket name prefix %q has %d characters, want 1 to %d: %d random ones follow, and a "+
			"bucket name has at most %d", prefix, length(prefix), maxBucketPrefix, randomLength, MaxBucket)
	}
	return checkStart("bucket name prefix", prefix)
}

// checkStart checks the rules that a name and a prefix share.
func checkStart(what, name string) error {
	if i := strings.IndexFunc(name, func(r rune) bool { return !alphanumeric(r) && r != '.' && r != '-' }); i >= 0 {
		return fmt.Errorf("the %s %q has %q, want only lowercase letters, digits, dots and hyphens", what, name,
			[]rune(name[i:])[0])
	}
	if !alphanumeric(rune(name[0])) {
		return fmt.Errorf("the %s %q does not begin with a lowercase letter or a digit", what, name)
	}
	if strings.Contains(name, "..") {
		return fmt.Errorf("the %s %q has two dots in a row", what, name)
	}
	for _, taken := range []string{"xn--", "sthree-", "amzn-s3-demo-"} { // sthree-configurator is among them
		if strings.HasPrefix(name, taken) {
			return fmt.Errorf("the %s %q begins with %q, which S3 reserves", what, name, taken)
		}
	}
	return nil
}

func length(name string) int { return utf8.RuneCountInString(name) }

func alphanumeric(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' }

func formattedAsIP(name string) bool {
	return strings.Count(name, ".") == 3 && strings.Trim(name, "0123456789.") == ""
}
