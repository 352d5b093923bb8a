package clients

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"net/url"
	"strings"
)

// Bookmark is the text of a .duck file for the file browser Cyberduck that opens the bucket, or the path in it, as an
// Apple XML property list. The outer slashes of the path do not count; a path of nothing else is none, as is nil. There
// is no secret in it and no region: Cyberduck finds the bucket's region itself.
//
// Without an endpoint it is byte for byte what the Yale service served, for AWS. With one it opens the bucket there,
// by path-style requests, which every store takes. The setting for those is one of the bookmark itself, so that no
// profile is needed:
// https://docs.cyberduck.io/protocols/s3/#connecting-using-deprecated-path-style-requests
//
// An empty bucket name, an endpoint that is no address of a store, and characters that XML cannot hold are errors.
func Bookmark(bucket string, path, endpoint *string) (string, error) {
	if bucket == "" {
		return "", &ArgumentError{"bucket", "the bucket name is empty"}
	}
	place := place(bucket, path)
	if i := strings.IndexFunc(place, unfit); i >= 0 {
		return "", &ArgumentError{"path", fmt.Sprintf("%q has %q, which a bookmark cannot hold", place, []rune(place[i:])[0])}
	}
	at := server{host: "s3.amazonaws.com", port: "443", provider: bundled}
	if endpoint != nil {
		u, err := parseEndpoint(*endpoint)
		if err != nil {
			return "", err
		}
		at = serverOf(u)
	}

	var b strings.Builder
	b.WriteString(xml.Header + doctype + "<plist version=\"1.0\">\n<dict>\n")
	if endpoint != nil {
		b.WriteString(pathStyle)
	}
	for _, entry := range [][2]string{
		{"Hostname", at.host},
		{"Nickname", "Spinup - " + place},
		{"Path", "/" + place},
		{"Port", at.port},
		{"Protocol", "s3"},
		{"Provider", at.provider},
		{"Web URL", "s3://" + bucket + "/"},
	} {
		fmt.Fprintf(&b, "  <key>%s</key>\n  <string>%s</string>\n", entry[0], escaped(entry[1]))
	}
	b.WriteString("</dict>\n</plist>\n")
	return b.String(), nil
}

// server is where a bookmark leads.
type server struct{ host, port, provider string }

// Cyberduck finds the connection by the protocol, s3, and the provider. The one for HTTPS is part of Cyberduck. The one
// for plain HTTP is the profile "S3 (HTTP)", which people have to switch on. Without it Cyberduck takes HTTPS.
// https://docs.cyberduck.io/protocols/s3/#generic-s3-profiles
const (
	bundled   = "iterate GmbH"
	plainHTTP = "s3-http"
)

// pathStyle is the setting of a bookmark that turns names of buckets as host names off.
const pathStyle = `  <key>Custom</key>
  <dict>
    <key>s3.bucket.virtualhost.disable</key>
    <string>true</string>
  </dict>
`

// serverOf is where the bookmark of an endpoint leads.
func serverOf(endpoint *url.URL) server {
	if endpoint.Scheme == "http" {
		return server{endpoint.Hostname(), cmp.Or(endpoint.Port(), "80"), plainHTTP}
	}
	return server{endpoint.Hostname(), cmp.Or(endpoint.Port(), "443"), bundled}
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
