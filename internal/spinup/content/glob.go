package content

import (
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Glob is a pattern for keys. * and ? do not go beyond a slash, ** does, [abc] and {html,css} are choices. A pattern
// without a slash is for the name of a file in any folder, one that ends in a slash for everything below a folder.
type Glob string

// CheckGlob returns why a text is no pattern.
func CheckGlob(text string) error {
	if text == "" || !doublestar.ValidatePattern(text) {
		return fmt.Errorf("%q is no pattern: close every [ and {, and put something into it", text)
	}
	if strings.HasPrefix(text, "/") || strings.HasPrefix(text, "./") {
		return fmt.Errorf("%q begins with %s, and no key does: leave that out", text, text[:strings.Index(text, "/")+1])
	}
	return nil
}

// Matches reports whether the pattern fits the key.
func (g Glob) Matches(key string) bool {
	pattern := string(g)
	if strings.HasSuffix(pattern, "/") {
		if strings.Count(pattern, "/") == 1 {
			pattern = "**/" + pattern
		}
		pattern += "**/*"
	}
	if !strings.Contains(pattern, "/") {
		key = key[strings.LastIndex(key, "/")+1:]
	}
	return doublestar.MatchUnvalidated(pattern, key)
}

// Globs are patterns of which one has to fit.
type Globs []Glob

// GlobsOf are the patterns of these texts.
func GlobsOf(texts ...string) Globs {
	var all Globs
	for _, text := range texts {
		all = append(all, Glob(text))
	}
	return all
}

// Match reports whether one of them fits the key.
func (all Globs) Match(key string) bool {
	for _, g := range all {
		if g.Matches(key) {
			return true
		}
	}
	return false
}
