package website

import (
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// domains are host names of every length up to the longest.
func domains() *rapid.Generator[string] {
	return rapid.StringMatching(`([a-z0-9]{1,30}\.){1,6}[a-z]{2,20}`)
}

// TestID: a name that CloudFront takes, the same each time, and another one for another domain.
func TestID(t *testing.T) {
	allowed := regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	rapid.Check(t, func(t *rapid.T) {
		one, other := domains().Draw(t, "one"), domains().Draw(t, "other")
		id := Spec{Domain: one}.id()
		if !allowed.MatchString(id) {
			t.Fatalf("%s has the id %q", one, id)
		}
		if one != other && id == (Spec{Domain: other}).id() {
			t.Fatalf("%s and %s have the same id", one, other)
		}
	})
	if got := (Spec{Domain: domain}).id(); got != "spinup-www_example_edu" {
		t.Errorf("the id is %q: sites that exist would lose their function", got)
	}
}

func TestToken(t *testing.T) {
	allowed := regexp.MustCompile(`^\w{1,32}$`)
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`[a-z/*]{1,20}`), 1, 5).Draw(t, "texts")
		got := token(texts)
		if !allowed.MatchString(got) || got != token(slices.Clone(texts)) || got == token(append(texts, "x")) {
			t.Fatalf("the token of %v is %q", texts, got)
		}
	})
}

func TestAllNames(t *testing.T) {
	want := Spec{Domain: "a", Aliases: []string{"b"}, Redirects: []string{"c"}}
	prior := &Spec{Domain: "a", Aliases: []string{"d"}, Recorded: []Record{{Name: "a", Type: "A"}, {Name: "e", Type: "AAAA"}, {Name: "f", Type: "CNAME"}}}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e"}, allNames(wish{Want: want, Prior: prior})); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, allNames(wish{Want: want})); diff != "" {
		t.Error(diff)
	}
}

func TestDistributionTags(t *testing.T) {
	s := Spec{Domain: domain, Bucket: bucket.Spec{
		Tags: map[string]string{"A": "1"}, IgnoreTag: func(key string) bool { return key == "theirs" || key == markerTag },
	}}
	for name, row := range map[string]struct {
		live              map[string]string
		has               bool
		unwanted, foreign []string
	}{
		"as wanted":    {map[string]string{"A": "1", markerTag: domain}, true, nil, nil},
		"others' too":  {map[string]string{"A": "1", markerTag: domain, "theirs": "x", "aws:x": "y"}, true, nil, []string{"tag theirs"}},
		"none":         {nil, false, nil, nil},
		"another one":  {map[string]string{"A": "2", markerTag: domain}, false, nil, nil},
		"no marker":    {map[string]string{"A": "1"}, false, nil, nil},
		"one too many": {map[string]string{"A": "1", "B": "1", markerTag: domain}, false, []string{"B"}, nil},
	} {
		d := Distribution{Tags: row.live}
		if got := d.hasTags(s); got != row.has {
			t.Errorf("%s: has its tags: %t", name, got)
		}
		if diff := cmp.Diff(row.unwanted, d.unwantedTags(s), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: unwanted: %s", name, diff)
		}
		if diff := cmp.Diff(row.foreign, d.foreignTags(s)); diff != "" {
			t.Errorf("%s: of other owners: %s", name, diff)
		}
	}
	if s.Bucket.Tags[markerTag] != "" {
		t.Error("the bucket got the tag of the distribution")
	}
}
