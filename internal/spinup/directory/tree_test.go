package directory

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// scanned are the keys of a directory with these files, read as the source says.
func scanned(t *testing.T, s Source, files ...string) *Tree {
	t.Helper()
	s.Dir = t.TempDir()
	for _, name := range files {
		path := filepath.Join(s.Dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(name), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if s.PartSize == 0 {
		s.PartSize = content.MinPartSize
	}
	tree, err := Scan(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func keysOf(t *Tree) string {
	var all []string
	for _, f := range t.Files {
		all = append(all, f.Key)
	}
	return strings.Join(all, " ")
}

func TestScan_selects(t *testing.T) {
	files := []string{"a.html", "b.css", "docs/a.html", "docs/deep/c.js", "node/x/y.js", ".git/HEAD", "sub/.git/HEAD", ".env.local", "x.tfstate.backup"}
	for name, row := range map[string]struct {
		include, exclude []string
		want             string
	}{
		"defaults":      {nil, DefaultExclude(), "a.html b.css docs/a.html docs/deep/c.js node/x/y.js"},
		"a name":        {[]string{"*.html"}, nil, "a.html docs/a.html"},
		"a path":        {[]string{"docs/*"}, nil, "docs/a.html"},
		"a folder":      {[]string{"docs/"}, nil, "docs/a.html docs/deep/c.js"},
		"no folder":     {[]string{"b.css/", "a.html"}, nil, "a.html docs/a.html"},
		"any folder":    {[]string{"deep/"}, nil, "docs/deep/c.js"},
		"all below":     {[]string{"docs/**"}, []string{"**/deep/**"}, "docs/a.html"},
		"choices":       {[]string{"**/*.{css,js}"}, []string{"node/"}, "b.css docs/deep/c.js"},
		"all but names": {nil, append(DefaultExclude(), "a.*", "y.js"), "b.css docs/deep/c.js"},
	} {
		t.Run(name, func(t *testing.T) {
			tree := scanned(t, Source{Include: content.GlobsOf(row.include...), Exclude: content.GlobsOf(row.exclude...)}, files...)
			if got := keysOf(tree); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// A folder that is excluded is not even read.
func TestScan_excludedFolder(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "cache", "\xff"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "cache", "link")); err != nil {
		t.Fatal(err)
	}
	if _, err := Scan(t.Context(), Source{Dir: dir, Exclude: content.GlobsOf("cache/"), AllowEmpty: true, PartSize: 1}); err != nil {
		t.Error(err)
	}
}

func TestCheckGlob(t *testing.T) {
	for text, bad := range map[string]bool{"*.html": false, "a/**": false, "": true, "[a": true, "/a": true, "./a": true} {
		if err := content.CheckGlob(text); (err != nil) != bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestScan_digest(t *testing.T) {
	one := scanned(t, Source{}, "a", "b")
	for name, other := range map[string]*Tree{
		"another name":  scanned(t, Source{}, "a", "c"),
		"one more":      scanned(t, Source{}, "a", "b", "c"),
		"other headers": scanned(t, Source{Rules: Rules{CacheControl: []CacheRule{{"a", "no-store"}}}}, "a", "b"),
		"other class":   scanned(t, Source{Rules: Rules{StorageClass: "STANDARD_IA"}}, "a", "b"),
	} {
		if one.Digest == other.Digest {
			t.Errorf("%s does not show", name)
		}
	}
	if again := scanned(t, Source{}, "b", "a"); one.Digest != again.Digest || one.Bytes != 2 {
		t.Errorf("the same files have another digest, or %d bytes", one.Bytes)
	}
}

func TestScan_similar(t *testing.T) {
	if got := scanned(t, Source{}, "a.txt", "A.txt", "b").Similar; !slices.Equal(got, []string{"A.txt and a.txt"}) {
		t.Errorf("similar are %v", got)
	}
}

func TestDefaultCacheControl(t *testing.T) {
	for want, keys := range map[string][]string{
		never: {"index.html", "docs/a.htm", "sw.js", "app.webmanifest", "manifest.json", "a/index.3f2a91bc.html"},
		forever: {
			"app.3f2a91bc.js", "css/main-0a1b2c3d4e.css.map", "assets/index-BsXr3_4F.js", "_next/static/chunks/main.js",
			"x/_astro/page.css", "_app/immutable/entry.js",
		},
		anHour: {
			"style.css", "logo.svg", "report-20240101.pdf", "photo-1920x1080.jpg", "deadbeef.js", "x-deadbeef.js", "release-candidate1.js",
			"assets/app-homepage.js", "assets/main-homePage.js", "a.min.js", "jquery-3.7.1.js",
		},
	} {
		for _, key := range keys {
			if got := DefaultCacheControl(key); got != want {
				t.Errorf("%s is %q, want %q", key, got, want)
			}
		}
	}
}

func TestRules_headers(t *testing.T) {
	rules := Rules{
		CacheControl: []CacheRule{{"docs/", "one"}, {"*.html", "two"}},
		ContentTypes: map[content.Glob]string{"*": "any/any", "docs/*.html": "docs/html", "*.html": "any/html"},
		Headers: []HeaderRule{
			{Match: "*.br", ContentEncoding: "br"}, {Match: "**", ContentLanguage: "en", Metadata: map[string]string{"a": "b"}},
		},
	}
	for key, want := range map[string]content.Headers{
		"docs/a.html": {ContentType: "docs/html", CacheControl: "one", ContentLanguage: "en", Metadata: map[string]string{"a": "b"}},
		"a.html":      {ContentType: "any/html", CacheControl: "two", ContentLanguage: "en", Metadata: map[string]string{"a": "b"}},
		"a.js.br":     {ContentType: "any/any", CacheControl: anHour, ContentEncoding: "br"},
	} {
		got, err := rules.headers(key, strings.NewReader(""))
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %s", key, diff)
		}
	}
}
