// Package cyberduck writes bookmarks for the file browser Cyberduck. It imports the standard library only.
package cyberduck

import (
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Bookmark is the text of a .duck file that opens the bucket, or the path in it, as an Apple XML property list. The
// outer slashes of the path do not count; a path of nothing else is none, as is nil. There is no secret in it and no
// region: Cyberduck finds the bucket's region itself.
//
// Without an endpoint it is byte for byte what the Yale service served, for AWS. With one it opens the bucket there,
// by path-style requests, which every store takes. The setting for those is one of the bookmark itself, so that no
// profile is needed:
// https://docs.cyberduck.io/protocols/s3/#connecting-using-deprecated-path-style-requests
//
// The error is for an empty bucket name, an endpoint that is no address of a store, and for characters that XML cannot
// hold. One for the endpoint is an *EndpointError.
func Bookmark(bucket string, path, endpoint *string) (string, error) {
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
	at := server{host: "s3.amazonaws.com", port: "443", provider: bundled}
	if endpoint != nil {
		var err error
		if at, err = locate(*endpoint); err != nil {
			return "", err
		}
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

// EndpointError means that a text is not the endpoint of a store.
type EndpointError struct {
	Endpoint, Problem string
}

func (e *EndpointError) Error() string {
	return fmt.Sprintf("the endpoint is %q, which %s; want https://HOST or http://HOST, with or without a port, such as "+
		"https://s3.example.edu:9000", e.Endpoint, e.Problem)
}

// locate reads the URL of an endpoint.
func locate(endpoint string) (server, error) {
	refuse := func(problem string) (server, error) {
		return server{}, &EndpointError{endpoint, problem}
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return refuse("is not a URL")
	}
	at := server{host: u.Hostname(), port: u.Port()}
	switch strings.ToLower(u.Scheme) {
	case "https":
		at.port, at.provider = cmp.Or(at.port, "443"), bundled
	case "http":
		at.port, at.provider = cmp.Or(at.port, "80"), plainHTTP
	default:
		return refuse("does not begin with https:// or http://")
	}
	number, err := strconv.ParseUint(at.port, 10, 16)
	switch {
	case at.host == "":
		return refuse("has no host")
	case strings.IndexFunc(at.host, unfit) >= 0 || strings.ContainsAny(at.host, " \t"):
		return refuse("has a host that is no name of one")
	case err != nil || number == 0:
		return refuse("has a port that is not between 1 and 65535")
	case u.User != nil:
		return server{}, &EndpointError{u.Redacted(), "has a user name"}
	case strings.Trim(u.Path, "/") != "":
		return refuse("has a path")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("has a query or a fragment")
	}
	return at, nil
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
