package content

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxKey is the longest key of an object, in bytes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
const MaxKey = 1024

// CheckKey returns the rule that a key breaks, nil if it breaks none. A key that some store keeps under another name is
// refused, and never changed in silence.
func CheckKey(key string) error {
	switch {
	case key == "":
		return errors.New("the key is empty, want 1 to 1,024 bytes")
	case len(key) > MaxKey:
		return fmt.Errorf("the key %q... has %d bytes, want at most 1,024", start(key), len(key))
	case !utf8.ValidString(key):
		return fmt.Errorf("the key %q is not valid UTF-8", key)
	}
	for _, r := range key {
		if unicode.IsControl(r) || r == '\uFFFE' || r == '\uFFFF' {
			return fmt.Errorf("the key %q has the control character %U: neither XML nor every client can carry it, want "+
				"other characters", key, r)
		}
	}
	if strings.HasPrefix(key, "/") {
		return fmt.Errorf("the key %q begins with a slash, which some clients and stores drop: leave it out", key)
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "." || segment == ".." {
			return fmt.Errorf("the key %q has the segment %q, which some clients and stores take for a folder: want segments "+
				"other than . and ..", key, segment)
		}
	}
	if strings.Contains(key, "//") {
		return fmt.Errorf("the key %q has two slashes in a row, of which some stores drop one: want one", key)
	}
	return nil
}

// start is the beginning of a long key, cut between two characters.
func start(key string) string {
	const shown = 40
	end := shown
	for end > 0 && !utf8.RuneStart(key[end]) {
		end--
	}
	return key[:end]
}

// Reserved is the beginning of the keys of what is ours alone: the manifests of directories.
const Reserved = ".spinup/"
