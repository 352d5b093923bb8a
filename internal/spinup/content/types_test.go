package content

import (
	"bytes"
	"mime"
	"strings"
	"testing"
)

func TestType(t *testing.T) {
	for _, tt := range []struct{ name, head, want string }{
		{"index.html", "", "text/html; charset=utf-8"},
		{"docs/INDEX.HTML", "", "text/html; charset=utf-8"},
		{"foo.HTML", "not a page", "text/html; charset=utf-8"},
		{"app.3f2a.js", "", "text/javascript; charset=utf-8"},
		{"module.mjs", "", "text/javascript; charset=utf-8"},
		{"app.js.map", "", "application/json"},
		{"main.wasm", "", "application/wasm"},
		{"font.woff2", "", "font/woff2"},
		{"site.webmanifest", "", "application/manifest+json"},
		{"logo.svg", "", "image/svg+xml"},
		{"data.csv", "", "text/csv; charset=utf-8"},
		{"data.parquet", "", "application/vnd.apache.parquet"},
		{"backup.tar.gz", "", "application/gzip"},
		{".html", "", "text/html; charset=utf-8"},
		{"folder.html/LICENSE", "A licence", "text/plain; charset=utf-8"},
		{"page", "<!DOCTYPE html><title>x</title>", "text/html; charset=utf-8"},
		{"picture", "\x89PNG\x0D\x0A\x1A\x0A", "image/png"},
		{"notes.unknownext", "plain words", "text/plain; charset=utf-8"},
		{"name.", "plain words", "text/plain; charset=utf-8"},
		{"noise", "\x00\x01\x02", "application/octet-stream"},
		{"empty", "", "text/plain; charset=utf-8"},
	} {
		if got := Type(tt.name, []byte(tt.head)); got != tt.want {
			t.Errorf("Type(%q, %q) = %q, want %q", tt.name, tt.head, got, tt.want)
		}
	}
}

// What follows the first 512 bytes does not decide.
func TestType_head(t *testing.T) {
	content := append(bytes.Repeat([]byte("a"), HeadSize), 0)
	if got := Type("name", content); got != "text/plain; charset=utf-8" {
		t.Errorf("Type = %q", got)
	}
}

func TestType_table(t *testing.T) {
	seen, media := map[string]bool{}, map[string]bool{}
	for _, known := range mediaTypes() {
		kind, parameters, err := mime.ParseMediaType(known.media)
		if err != nil {
			t.Errorf("%s: %v", known.media, err)
		}
		if strings.HasPrefix(kind, "text/") && parameters["charset"] != "utf-8" {
			t.Errorf("%s has no charset", known.media)
		}
		if media[kind] {
			t.Errorf("%s has two lines", kind)
		}
		media[kind] = true
		for extension := range strings.FieldsSeq(known.extensions) {
			if seen[extension] || extension != strings.ToLower(extension) || strings.Contains(extension, ".") {
				t.Errorf("extension %q: twice, in capitals, or with a dot", extension)
			}
			seen[extension] = true
		}
	}
	if len(seen) < 120 {
		t.Errorf("%d extensions, want at least 120", len(seen))
	}
}
