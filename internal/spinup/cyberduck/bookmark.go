// Package cyberduck writes bookmarks for the file browser Cyberduck. It imports the standard library only.
package cyberduck

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// Bookmark is the text of a .duck file that opens the bucket, or the path in it, as an Apple XML property list. It is
// byte for byte what the Yale service served. The outer slashes of the path do not count; a path of nothing else is
// none, as is nil. There is no secret in it and no region: Cyberduck finds the bucket's region itself.
//
// The error is for an empty bucket name and for characters that XML cannot hold.
func Bookmark(bucket string, path *string) (string, error) {
	if bucket == "" {
		return "", errors.New("the bucket name is empty")
	}
	place := bucket
	if path != nil && strings.Trim(*path, "/") != "" {
		place += "/" + strings.Trim(*path, "/")
	}
	if i := strings.IndexFunc(place, unfit); i >= 0 {
		return "", fmt.Errorf("%q has %q, which a bookmark cannot hold", place, []rune(place[i:])[0])
	}

	var b strings.Builder
	b.WriteString(xml.Header + doctype + "<plist version=\"1.0\">\n<dict>\n")
	for _, entry := range [][2]string{
		{"Hostname", "s3.amazonaws.com"},
		{"Nickname", "Spinup - " + place},
		{"Path", "/" + place},
		{"Port", "443"},
		{"Protocol", "s3"},
		{"Provider", "iterate GmbH"},
		{"Web URL", "s3://" + bucket + "/"},
	} {
		fmt.Fprintf(&b, "  <key>%s</key>\n  <string>%s</string>\n", entry[0], escaped(entry[1]))
	}
	b.WriteString("</dict>\n</plist>\n")
	return b.String(), nil
}

const doctype = `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

func escaped(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// unfit reports whether XML 1.0 has no way to write the character, or readers change it, as they do with line ends.
func unfit(r rune) bool {
	return r < ' ' && r != '\t' || r == '\uFFFD' || r == '\uFFFE' || r == '\uFFFF'
}
