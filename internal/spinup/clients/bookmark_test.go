package clients_test

import (
	"encoding/xml"
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

const whole = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Hostname</key>
  <string>s3.amazonaws.com</string>
  <key>Nickname</key>
  <string>Spinup - data.example.edu</string>
  <key>Path</key>
  <string>/data.example.edu</string>
  <key>Port</key>
  <string>443</string>
  <key>Protocol</key>
  <string>s3</string>
  <key>Provider</key>
  <string>iterate GmbH</string>
  <key>Web URL</key>
  <string>s3://data.example.edu/</string>
</dict>
</plist>
`

func TestBookmark(t *testing.T) {
	at := func(path string) string { // the text with a path, written as XML
		return strings.NewReplacer(
			"Spinup - data.example.edu<", "Spinup - data.example.edu/"+path+"<",
			">/data.example.edu<", ">/data.example.edu/"+path+"<",
		).Replace(whole)
	}
	tests := map[string]struct {
		path *string
		want string
	}{
		"no path":       {nil, whole},
		"empty path":    {new(""), whole},
		"root":          {new("/"), whole},
		"slashes":       {new("//"), whole},
		"path":          {new("docs"), at("docs")},
		"outer slashes": {new("/docs/"), at("docs")},
		"inner slashes": {new("//a//b/"), at("a//b")},
		"escaped":       {new("a <b> & \"c\" 'd'\té"), at(`a &lt;b&gt; &amp; &#34;c&#34; &#39;d&#39;&#x9;é`)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := clients.Bookmark("data.example.edu", test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBookmarkRefuses(t *testing.T) {
	tests := map[string]struct{ bucket, path, want string }{
		"no bucket":   {"", "docs", "the bucket name is empty"},
		"NUL":         {"data", "a\x00b", `"data/a\x00b" has '\x00'`},
		"line end":    {"data", "a\nb", `has '\n'`},
		"broken text": {"data", "a\xffb", `has '�'`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := clients.Bookmark(test.bucket, &test.path, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, %v, want an error with %q", got, err, test.want)
			}
		})
	}
}

// Whatever the path is, a reader of the file sees it as it was given.
func TestBookmarkRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`[ -~é漢]*`).Draw(t, "path")
		text, err := clients.Bookmark("data", &path, nil)
		if err != nil {
			t.Fatal(err)
		}
		var read struct {
			Keys    []string `xml:"dict>key"`
			Strings []string `xml:"dict>string"`
		}
		if err := xml.Unmarshal([]byte(text), &read); err != nil {
			t.Fatal(err)
		}
		want := "/" + strings.TrimRight("data/"+strings.Trim(path, "/"), "/")
		if len(read.Keys) != 7 || read.Keys[2] != "Path" || read.Strings[2] != want {
			t.Fatalf("read %q, want path %q", read, want)
		}
	})
}

// TestBookmark_endpoint: host and port come from the endpoint, and Cyberduck is told to make path-style requests.
func TestBookmark_endpoint(t *testing.T) {
	at := func(host, port, provider string) string {
		return strings.NewReplacer(
			"<dict>\n", "<dict>\n  <key>Custom</key>\n  <dict>\n    <key>s3.bucket.virtualhost.disable</key>\n"+
				"    <string>true</string>\n  </dict>\n",
			"s3.amazonaws.com", host, ">443<", ">"+port+"<", "iterate GmbH", provider,
		).Replace(whole)
	}
	for endpoint, want := range map[string]string{
		"https://s3.example.edu":       at("s3.example.edu", "443", "iterate GmbH"),
		"https://s3.example.edu:9000/": at("s3.example.edu", "9000", "iterate GmbH"),
		"HTTPS://s3.example.edu":       at("s3.example.edu", "443", "iterate GmbH"),
		"http://s3.example.edu":        at("s3.example.edu", "80", "s3-http"),
		"http://localhost:9000":        at("localhost", "9000", "s3-http"),
		"https://[::1]:9000":           at("::1", "9000", "iterate GmbH"),
	} {
		got, err := clients.Bookmark("data.example.edu", nil, &endpoint)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", endpoint, err, diff)
		}
	}
}

func TestBookmark_endpointRefused(t *testing.T) {
	for endpoint, want := range map[string]string{
		"":                              "does not begin with https:// or http://",
		"s3.example.edu":                "does not begin with https:// or http://",
		"s3.example.edu:9000":           "does not begin with https:// or http://",
		"ftp://s3.example.edu":          "does not begin with https:// or http://",
		"https://":                      "has no host",
		"https://:9000":                 "has no host",
		"https://s3.example.edu:0":      "has a port that is not between 1 and 65535",
		"https://s3.example.edu:70000":  "has a port that is not between 1 and 65535",
		"https://s3.example.edu:x":      "is not a URL",
		"https://s3.example.edu/store":  "has a path",
		"https://s3.example.edu?a=b":    "has a query or a fragment",
		"https://s3.example.edu#a":      "has a query or a fragment",
		"https://ann:pw@s3.example.edu": "has a user name",
	} {
		got, err := clients.Bookmark("data", nil, &endpoint)
		refused, ok := errors.AsType[*clients.ArgumentError](err)
		if !ok || refused.Argument != "endpoint" || !strings.Contains(err.Error(), ", which "+want+"; ") || !strings.Contains(err.Error(), "want https://HOST or http://HOST") {
			t.Errorf("%q: got %q, %v, want %q", endpoint, got, err, want)
			continue
		}
		if strings.Contains(endpoint, "pw") == strings.Contains(err.Error(), strconv.Quote(endpoint)) {
			t.Errorf("%q: %v", endpoint, err)
		}
	}
}
