package names

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// sumLength is how many characters of a digest stand at the end of a name that is not just its parts.
const sumLength = 8

// ComposeBucket makes a bucket name of parts with hyphens between them. If that is no bucket name, it is made one:
// lower-case letters, hyphens in the place of what cannot be there, no more than fits; and a digest of the parts as
// they were stands at the end, so that names stay apart that would have become the same.
func ComposeBucket(parts ...string) (string, error) {
	whole := strings.Join(parts, "-")
	bare := func(part string) bool { return part == "" || strings.Trim(part, "-") != part }
	if CheckBucket(whole) == nil && !slices.ContainsFunc(parts, bare) {
		return whole, nil
	}
	var kept []string
	for _, part := range parts {
		if part = fitting(part); part != "" {
			kept = append(kept, part)
		}
	}
	if len(kept) == 0 {
		return "", errors.New("nothing is left of the parts that a bucket name can have: want one with a letter from a to " +
			"z or a digit")
	}
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", parts))) // quoted, so that it is known where each ends
	name := strings.Join(kept, "-")
	name = strings.TrimRight(name[:min(len(name), MaxBucket-1-sumLength)], "-")
	name += "-" + hex.EncodeToString(sum[:])[:sumLength]
	return name, CheckBucket(name)
}

// fitting is a part of a name in lower case, with one hyphen in the place of all that cannot be there, and none at the
// ends.
func fitting(part string) string {
	words := strings.FieldsFunc(strings.ToLower(part), func(r rune) bool { return !alphanumeric(r) })
	return strings.Join(words, "-")
}
