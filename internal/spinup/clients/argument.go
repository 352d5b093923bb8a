// Package clients writes settings for programs that people use with a bucket: Cyberduck, rclone, the AWS command line
// and mc. There is no secret in any of them. It is pure: it may import names and the standard library.
package clients

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// ArgumentError means that one of the arguments cannot be.
type ArgumentError struct {
	Argument string // its name
	Problem  string // with the value, and what is allowed
}

func (e *ArgumentError) Error() string { return e.Problem }

func refuse(argument, format string, values ...any) error {
	return &ArgumentError{argument, fmt.Sprintf(format, values...)}
}

// place is a bucket, or a path in it. The outer slashes of the path do not count; a path of nothing else is none, as is
// nil.
func place(bucket string, path *string) string {
	if path == nil || strings.Trim(*path, "/") == "" {
		return bucket
	}
	return bucket + "/" + strings.Trim(*path, "/")
}

// checkPlace refuses what is no bucket, and a path that a line of a file cannot hold.
func checkPlace(bucket string, path *string) error {
	if err := names.CheckBucket(bucket); err != nil {
		return &ArgumentError{"bucket", err.Error()}
	}
	if path == nil {
		return nil
	}
	if strings.IndexFunc(*path, unicode.IsControl) >= 0 || strings.TrimSpace(*path) != *path {
		return refuse("path", "the path is %q, want one without control characters and without blanks at its ends", *path)
	}
	return nil
}

// parseEndpoint reads the URL of a store. What it gives has a scheme and a host, and nothing else but perhaps a port.
func parseEndpoint(endpoint string) (*url.URL, error) {
	wrong := func(shown, problem string) (*url.URL, error) {
		return nil, refuse("endpoint", "the endpoint is %q, which %s; want https://HOST or http://HOST, with or without a "+
			"port, such as https://s3.example.edu:9000", shown, problem)
	}
	u, err := url.Parse(endpoint)
	if err != nil {
		return wrong(endpoint, "is not a URL")
	}
	number, err := strconv.ParseUint(u.Port(), 10, 16)
	switch host := u.Hostname(); {
	case u.Scheme != "https" && u.Scheme != "http":
		return wrong(endpoint, "does not begin with https:// or http://")
	case host == "":
		return wrong(endpoint, "has no host")
	case strings.IndexFunc(host, notOfHost) >= 0:
		return wrong(endpoint, "has a host that is no name of one")
	case u.Port() != "" && (err != nil || number == 0):
		return wrong(endpoint, "has a port that is not between 1 and 65535")
	case u.User != nil:
		return wrong(u.Redacted(), "has a user name")
	case strings.Trim(u.Path, "/") != "":
		return wrong(endpoint, "has a path")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return wrong(endpoint, "has a query or a fragment")
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host}, nil
}

// notOfHost reports whether no host has the character in its name or address. A text may be a command, or part of a
// file.
func notOfHost(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._:-", r)
}
