package directory

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

func TestManifest_encoded(t *testing.T) {
	m := &Manifest{
		Version: manifestVersion, Prefix: "a/", Source: "site", Made: time.Unix(1, 0).UTC(), Write: "w", Digest: "sha256:1",
		Files: []*Entry{
			{Key: "a", ETag: `"e"`, Content: Content{1, "s", "h"}},
			{Key: "b", Pending: &Content{2, "t", "i"}}, {Key: "c", ETag: `"f"`, Retired: 7},
		},
		Invalidate: []string{"/*"},
	}
	text, err := m.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decode(bytes.NewReader(text))
	if diff := cmp.Diff(m, back); diff != "" || err != nil {
		t.Error(diff, err)
	}
	m.Version++
	text, _ = m.encode()
	if _, err := decode(bytes.NewReader(text)); err == nil || !strings.Contains(err.Error(), "use a newer one") {
		t.Errorf("a newer version: %v", err)
	}
	if _, err := decode(strings.NewReader("<html>")); err == nil {
		t.Error("a page is a manifest")
	}
}

func TestNewManifestKey(t *testing.T) {
	one, other := NewManifestKey("a/"), NewManifestKey("a/")
	if one == other || !strings.HasPrefix(one, manifestsOf("a/")) || manifestsOf("a/") == manifestsOf("") {
		t.Errorf("%s and %s", one, other)
	}
}

// at is an object of a content that is told by a letter.
func at(letter string) Object { return Object{`"` + letter + `"`, 1} }

// wanted is a tree of keys with contents that are told by letters.
func wanted(files map[string]string) *Tree {
	t := &Tree{}
	for key, letter := range files {
		f := File{Key: key, Headers: &content.Headers{ContentType: "h"}}
		f.Digest = content.Digest{Size: 1, PartSize: 1, Parts: [][32]byte{{letter[0]}}}
		t.Files = append(t.Files, f)
	}
	slices.SortFunc(t.Files, func(a, b File) int { return strings.Compare(a.Key, b.Key) })
	return t
}

// letter is the content of the letter in a tree.
func letter(l string) Content { return contentOf(&wanted(map[string]string{"x": l}).Files[0]) }

// head is what a store says of a content.
func head(l string) content.Stored {
	return content.Stored{Checksum: letter(l).Sum, Size: 1, Headers: content.Headers{ContentType: "h", StorageClass: "STANDARD"}}
}

func summed(c changes) string {
	var all []string
	for _, one := range c.steps {
		all = append(all, fmt.Sprintf("%s %s %s", [...]string{"send", "recopy", "adopt"}[one.way], one.file.Key, one.replace))
	}
	for _, list := range []struct {
		name    string
		entries []*Entry
	}{{"retire", c.retire}, {"revive", c.revive}, {"remove", c.remove}, {"forget", c.forget}} {
		for _, e := range list.entries {
			all = append(all, list.name+" "+e.Key)
		}
	}
	for _, key := range c.foreign {
		all = append(all, "foreign "+key)
	}
	return strings.Join(all, ", ")
}

// TestCompare: what is done for a key, by what is wanted, what the manifest says and what is there.
func TestCompare(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	a, b, c := letter("a"), letter("b"), letter("c")
	otherHeaders := a
	otherHeaders.Headers = "other"
	for name, row := range map[string]struct {
		want         string // letter; "" for a file that the source has not
		entry        *Entry
		live         string
		head         string
		spec         Spec
		lost, holder bool
		others       string // key of another file
		does         string
	}{
		"new":                                 {want: "a", does: "send x "},
		"of others":                           {want: "a", live: "a", head: "a", does: "foreign x"},
		"of others, to be replaced":           {want: "a", live: "b", spec: Spec{Overwrite: true}, does: `send x "b"`},
		"a placeholder":                       {want: "a", live: "b", head: "b", holder: true, does: `send x "b"`},
		"the manifest is lost, the same":      {want: "a", live: "a", head: "a", lost: true, does: `adopt x "a"`},
		"the manifest is lost, another":       {want: "a", live: "b", head: "b", lost: true, does: "foreign x"},
		"as it was":                           {want: "a", entry: &Entry{ETag: `"a"`, Content: a}, live: "a"},
		"changed":                             {want: "b", entry: &Entry{ETag: `"a"`, Content: a}, live: "a", does: `send x "a"`},
		"other headers":                       {want: "a", entry: &Entry{ETag: `"a"`, Content: otherHeaders}, live: "a", does: `recopy x "a"`},
		"changed outside":                     {want: "a", entry: &Entry{ETag: `"a"`, Content: a}, live: "b", does: `send x "b"`},
		"gone":                                {want: "a", entry: &Entry{ETag: `"a"`, Content: a}, does: "send x "},
		"was being added, is not there":       {want: "a", entry: &Entry{Pending: &a}, does: "send x "},
		"was being added, is there":           {want: "a", entry: &Entry{Pending: &a}, live: "a", head: "a", does: `adopt x "a"`},
		"was being added, other since":        {want: "b", entry: &Entry{Pending: &a}, live: "a", head: "a", does: `send x "a"`},
		"was being added, of others":          {want: "a", entry: &Entry{Pending: &a}, live: "c", head: "c", does: "foreign x"},
		"was being changed, is as before":     {want: "b", entry: &Entry{ETag: `"a"`, Content: a, Pending: &b}, live: "a", does: `send x "a"`},
		"was being changed, is changed":       {want: "b", entry: &Entry{ETag: `"a"`, Content: a, Pending: &b}, live: "b", head: "b", does: `adopt x "b"`},
		"was being changed, is wanted before": {want: "a", entry: &Entry{ETag: `"a"`, Content: a, Pending: &b}, live: "a", does: `adopt x "a"`},
		"was being changed, is other":         {want: "b", entry: &Entry{ETag: `"a"`, Content: a, Pending: &b}, live: "c", head: "c", does: `send x "c"`},
		"changed, and outside its headers": {
			want: "b", entry: &Entry{ETag: `"a"`, Content: a}, live: "a", head: "a, headers", does: `send x "a"`,
		},
		"outside its headers": {
			want: "a", entry: &Entry{ETag: `"a"`, Content: a}, live: "a", head: "a, headers", does: `recopy x "a"`,
		},
		"changed outside, with the same ETag": {
			want: "a", entry: &Entry{ETag: `"a"`, Content: a}, live: "a", head: "c", does: `send x "a"`,
		},
		"comes back":        {want: "a", entry: &Entry{ETag: `"a"`, Content: a, Retired: 5}, live: "a", does: "revive x"},
		"is removed":        {entry: &Entry{ETag: `"a"`, Content: a}, live: "a", does: "remove x"},
		"is removed, later": {entry: &Entry{ETag: `"a"`, Content: a}, live: "a", spec: Spec{Keep: Keep{For: time.Hour, AllButPages: true}}, does: "retire x"},
		"waits": {
			entry: &Entry{ETag: `"a"`, Content: a, Retired: now.Add(-59 * time.Minute).Unix()}, live: "a",
			spec: Spec{Keep: Keep{For: time.Hour, AllButPages: true}},
		},
		"is due": {
			entry: &Entry{ETag: `"a"`, Content: a, Retired: now.Add(-time.Hour).Unix()}, live: "a",
			spec: Spec{Keep: Keep{For: time.Hour, Match: content.GlobsOf("x")}}, does: "remove x",
		},
		"a folder takes its place": {
			entry: &Entry{ETag: `"a"`, Content: a}, live: "a", others: "x/y",
			spec: Spec{Folders: true, Keep: Keep{For: time.Hour, AllButPages: true}}, does: "send x/y , remove x",
		},
		"a folder beside it": {
			entry: &Entry{ETag: `"a"`, Content: a}, live: "a", others: "x/y",
			spec: Spec{Keep: Keep{For: time.Hour, AllButPages: true}}, does: "send x/y , retire x",
		},
		"is removed, and others changed it":     {entry: &Entry{ETag: `"a"`, Content: a}, live: "c", does: "forget x"},
		"is removed, and gone":                  {entry: &Entry{ETag: `"a"`, Content: a}, does: "forget x"},
		"is removed, was being added":           {entry: &Entry{Pending: &c}, live: "c", head: "c", does: "remove x"},
		"is removed, was never added":           {entry: &Entry{Pending: &c}, does: "forget x"},
		"is removed, added by others meanwhile": {entry: &Entry{Pending: &c}, live: "a", head: "a", does: "forget x"},
	} {
		t.Run(name, func(t *testing.T) {
			s := row.spec
			s.At, s.Tree = now, &Tree{}
			if row.want != "" {
				s.Tree = wanted(map[string]string{"x": row.want})
			}
			if row.others != "" {
				s.Tree = wanted(map[string]string{row.others: "a"})
			}
			o := Status{
				Lost: row.lost, Manifest: &Manifest{}, Live: map[string]Object{}, Heads: map[string]content.Stored{},
				Placeholders: map[string]bool{"x": row.holder},
			}
			if row.entry != nil {
				row.entry.Key = "x"
				o.Manifest.Files = []*Entry{row.entry}
			}
			if row.live != "" {
				o.Live["x"] = at(row.live)
			}
			if row.head != "" {
				letter, headers, _ := strings.Cut(row.head, ", ")
				asked := head(letter)
				asked.Headers.ContentLanguage = headers
				o.Heads["x"] = asked
			}
			if got := summed(compare(s, o)); got != row.does {
				t.Errorf("does %q, want %q", got, row.does)
			}
		})
	}
}

// TestCompare_settles: carried out in memory, changes leave nothing to do, whatever was there, and touch nothing of others.
func TestCompare_settles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := []string{"a", "b", "c", "d", "e"}
		letters := rapid.SampledFrom([]string{"", "a", "b", "c"})
		files := map[string]string{}
		o := Status{
			Manifest: &Manifest{}, Live: map[string]Object{}, Heads: map[string]content.Stored{}, Placeholders: map[string]bool{},
		}
		for _, key := range keys {
			if l := letters.Draw(t, "file"); l != "" {
				files[key] = l
			}
			if l := letters.Draw(t, "live"); l != "" {
				o.Live[key], o.Heads[key] = at(l), head(l)
			}
			e := &Entry{Key: key}
			if l := letters.Draw(t, "entry"); l != "" {
				e.ETag, e.Content = `"`+l+`"`, letter(l)
			}
			if l := letters.Draw(t, "pending"); l != "" {
				c := letter(l)
				e.Pending = &c
			}
			if e.ETag != "" || e.Pending != nil {
				o.Manifest.Files = append(o.Manifest.Files, e)
			}
		}
		s := Spec{Tree: wanted(files), Now: time.Unix(9, 0), Keep: Keep{For: time.Hour, Match: content.GlobsOf("a", "b")}}
		c := compare(s, o)
		if len(c.foreign) > 0 {
			return // refused
		}
		o.Manifest.note(s, c, o)
		for _, one := range compare(s, o).steps {
			e, _ := o.Manifest.find(one.file.Key)
			l := files[e.Key]
			e.Content, e.ETag, e.Pending = contentOf(one.file), at(l).ETag, nil
			o.Live[e.Key] = at(l)
			delete(o.Heads, e.Key)
		}
		c = compare(s, o)
		gone := map[string]bool{}
		for _, e := range c.remove {
			if e.ETag != "" && o.Live[e.Key].ETag != e.ETag && !isContent(o.Heads[e.Key], *e.Pending) {
				t.Errorf("%s is removed, and not ours", e.Key)
			}
			delete(o.Live, e.Key)
			gone[e.Key] = true
		}
		for _, e := range c.forget {
			gone[e.Key] = true
		}
		o.Manifest.Files = slices.DeleteFunc(o.Manifest.Files, func(e *Entry) bool { return gone[e.Key] })
		if left := compare(s, o); !left.empty() {
			t.Errorf("left to do: %s", summed(left))
		}
		o.Manifest.Digest = "sha256:1"
		if drift := o.Drift(s); len(drift) > 0 {
			t.Errorf("drift: %v", drift)
		}
	})
}

func TestFewer(t *testing.T) {
	for _, row := range []struct {
		paths string
		most  int
		want  string
	}{
		{"/a /b", 2, "/a /b"},
		{"/a/x /a/y /b", 2, "/a/* /b"},
		{"/a/b/x /a/b/y /a/z /c", 3, "/a/b/* /a/z /c"},
		{"/a/b/x /a/b/y /a/z /c", 2, "/a/* /c"},
		{"/a/b/x /a/b/y /a/z /c", 1, "/*"},
		{"/a /b /c", 2, "/*"},
		{"/docs/ /docs/index.html /x", 2, "/docs/* /x"},
	} {
		if got := strings.Join(fewer(strings.Fields(row.paths), row.most), " "); got != row.want {
			t.Errorf("%s in %d: %s, want %s", row.paths, row.most, got, row.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOfDistinct(rapid.StringMatching(`(/[ab]){1,4}`), rapid.ID).Draw(t, "paths")
		most := rapid.IntRange(1, 5).Draw(t, "most")
		slices.Sort(paths)
		few := fewer(slices.Clone(paths), most)
		if len(few) > most && len(few) > 1 {
			t.Fatalf("%v are more than %d", few, most)
		}
		for _, path := range paths {
			if !slices.ContainsFunc(few, func(p string) bool {
				below, wild := strings.CutSuffix(p, "*")
				return p == path || wild && strings.HasPrefix(path, below)
			}) {
				t.Errorf("%s is not in %v", path, few)
			}
		}
	})
}
