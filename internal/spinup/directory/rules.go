package directory

import (
	"cmp"
	"errors"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Rules decide the headers of files.
type Rules struct {
	CacheControl []CacheRule // the first that fits counts; where none does, DefaultCacheControl
	ContentTypes map[content.Glob]string
	Headers      []HeaderRule // the first that fits counts
	StorageClass string
	Algorithm    string
	KMSKey       string
	BucketKey    *bool
}

// CacheRule is a Cache-Control header for some files.
type CacheRule struct {
	Match content.Glob
	Value string
}

// HeaderRule are further headers for some files.
type HeaderRule struct {
	Match                                                content.Glob
	ContentEncoding, ContentDisposition, ContentLanguage string
	Metadata                                             map[string]string
}

// The values of Cache-Control that a file gets when no rule says otherwise.
const (
	forever = "public, max-age=31536000, immutable"
	never   = "no-cache"
	anHour  = "public, max-age=3600"
)

var (
	// hashed is a name that changes with the content: eight or more hexadecimal digits before the extensions.
	hashed = regexp.MustCompile(`[.-]([0-9a-f]{8,})(\.\w+)+$`)
	// viteHashed is such a name in the folder in which Vite puts them: eight letters and digits.
	viteHashed = regexp.MustCompile(`(?:^|/)assets/[^/]*-([0-9A-Za-z_-]{8})(\.\w+)+$`)
)

// builds are the folders in which generators of sites put files whose names change with their content.
func builds() content.Globs {
	return content.Globs{"**/_next/static/**", "**/_astro/**", "**/_nuxt/**", "**/_app/immutable/**"}
}

// isHashed reports whether the name of a file changes with its content, so that it can be cached for ever. In doubt it
// does not: nobody can take back what a browser has cached.
func isHashed(key string) bool {
	const digits, lower, upper = "0123456789", "abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if found := hashed.FindStringSubmatch(key); found != nil {
		return strings.ContainsAny(found[1], digits) && strings.ContainsAny(found[1], lower)
	}
	if found := viteHashed.FindStringSubmatch(key); found != nil {
		return strings.ContainsAny(found[1], digits) && strings.ContainsAny(found[1], upper)
	}
	return builds().Match(key)
}

// DefaultCacheControl is the Cache-Control of a file without a rule: no caching without asking for pages and what a
// browser looks for at a fixed name, a year for names that change with the content, an hour for the rest.
func DefaultCacheControl(key string) string {
	switch {
	case content.GlobsOf(DefaultLast()...).Match(key):
		return never
	case isHashed(key):
		return forever
	}
	return anHour
}

// headers are those of a file.
func (r Rules) headers(key string, file io.ReaderAt) (content.Headers, error) {
	media, err := r.contentType(key, file)
	if err != nil {
		return content.Headers{}, err
	}
	h := content.Headers{
		ContentType: media, CacheControl: r.cacheControl(key),
		StorageClass: r.StorageClass, Algorithm: r.Algorithm, KMSKey: r.KMSKey, BucketKey: r.BucketKey,
	}
	for _, rule := range r.Headers {
		if rule.Match.Matches(key) {
			h.ContentEncoding, h.ContentDisposition = rule.ContentEncoding, rule.ContentDisposition
			h.ContentLanguage, h.Metadata = rule.ContentLanguage, rule.Metadata
			break
		}
	}
	return h, nil
}

// contentType is the type by the longest pattern that fits, or else by the name, or else by the beginning of the file.
func (r Rules) contentType(key string, file io.ReaderAt) (string, error) {
	globs := slices.SortedFunc(maps.Keys(r.ContentTypes), func(a, b content.Glob) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	for _, glob := range globs {
		if glob.Matches(key) {
			return r.ContentTypes[glob], nil
		}
	}
	if byName := content.TypeByName(key); byName != "" {
		return byName, nil
	}
	head := make([]byte, content.HeadSize)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return content.Type(key, head[:n]), nil
}

func (r Rules) cacheControl(key string) string {
	for _, rule := range r.CacheControl {
		if rule.Match.Matches(key) {
			return rule.Value
		}
	}
	return DefaultCacheControl(key)
}
