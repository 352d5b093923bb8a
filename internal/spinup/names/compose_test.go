package names

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestComposeBucket(t *testing.T) {
	long := strings.Repeat("a", 70)
	for _, row := range []struct {
		parts []string
		want  string // with a star for a digest
	}{
		{[]string{"team", "data"}, "team-data"},
		{[]string{"team"}, "team"},
		{[]string{"www.example.edu"}, "www.example.edu"},
		{[]string{"a", "b-c", "1"}, "a-b-c-1"},
		{[]string{"Team", "data"}, "team-data-*"},
		{[]string{"team", "", "data"}, "team-data-*"},
		{[]string{"team-", "data"}, "team-data-*"},
		{[]string{"team", "Größe & Co."}, "team-gr-e-co-*"},
		{[]string{"ab"}, "ab-*"},
		{[]string{"a_b", "c d"}, "a-b-c-d-*"},
		{[]string{"192.168.5.4"}, "192-168-5-4-*"},
		{[]string{"data-s3alias"}, "data-s3alias-*"},
		{[]string{"data", "-ol-s3"}, "data-ol-s3-*"},
		{[]string{"xn--data"}, "xn-data-*"},
		{[]string{long}, long[:54] + "-*"},
		{[]string{long[:53], "bbbbbbbb", "cccc"}, long[:53] + "-*"},
		{[]string{"a--b", "c"}, "a--b-c"},
	} {
		got, err := ComposeBucket(row.parts...)
		if plain, digested := strings.CutSuffix(row.want, "*"); digested && len(got) > sumLength {
			if rest := got[:len(got)-sumLength]; rest != plain || err != nil {
				t.Errorf("%q: %q, %v; want %q", row.parts, got, err, row.want)
			}
			continue
		}
		if got != row.want || err != nil {
			t.Errorf("%q: %q, %v; want %q", row.parts, got, err, row.want)
		}
	}
	for _, parts := range [][]string{nil, {""}, {"-", "_"}, {"ü"}, {"日本"}} {
		if got, err := ComposeBucket(parts...); err == nil || !strings.Contains(err.Error(), "nothing is left") {
			t.Errorf("%q: %q, %v", parts, got, err)
		}
	}
	if got, err := ComposeBucket("sthree", "Data"); err == nil || !strings.Contains(err.Error(), "S3 reserves") {
		t.Errorf("a reserved name: %q, %v", got, err)
	}
}

// TestComposeBucket_apart: a name is valid, the same parts give the same name, a name gives itself, and other parts give
// another name, but for where hyphens stand between them.
func TestComposeBucket_apart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		some := rapid.SliceOfN(rapid.StringMatching(`[a-cA-C0-2._ü -]{0,40}`), 1, 4)
		one, other := some.Draw(t, "one"), some.Draw(t, "other")
		name, err := ComposeBucket(one...)
		if err != nil {
			return
		}
		if err := CheckBucket(name); err != nil {
			t.Fatal(err)
		}
		if again, err := ComposeBucket(name); again != name || err != nil {
			t.Fatalf("%q becomes %q, %v", name, again, err)
		}
		same, err := ComposeBucket(other...)
		if err == nil && same == name && strings.Join(one, "-") != strings.Join(other, "-") {
			t.Fatalf("%q and %q are both %q", one, other, name)
		}
	})
}

func TestParseURI(t *testing.T) {
	for uri, want := range map[string]string{
		"s3://data/k/x.txt": "data|k/x.txt", "s3://data": "data|", "s3://data/": "data|", "s3://data//k": "data|/k",
		"s3://b/k/x.txt": "b|k/x.txt", "s3://Old_Data/k": "Old_Data|k", // S3 has old buckets of such names
		"s3://data/a b%20?c#d+é": "data|a b%20?c#d+é", "s3://www.example.edu/index.html": "www.example.edu|index.html",
		"": "!", "data/k": "!", "S3://data/k": "!", "https://data.s3.amazonaws.com/k": "!", "s3://": "!", "s3:///k": "!",
		"s3://me@data/k": "!", "s3:/data/k": "!", "s3://data?k": "!", "s3://-/k": "!", "s3://arn:aws:s3:us-east-1:1:accesspoint/a/k": "!",
	} {
		bucket, key, err := ParseURI(uri)
		switch {
		case want == "!":
			if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", uri)) {
				t.Errorf("%s: %s, %s, %v", uri, bucket, key, err)
			}
		case err != nil || bucket+"|"+key != want:
			t.Errorf("%s: %s, %s, %v; want %s", uri, bucket, key, err, want)
		}
	}
}
