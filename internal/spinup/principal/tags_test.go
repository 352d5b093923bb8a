package principal

import (
	"fmt"
	"maps"
	"slices"
	"testing"
)

const mark = Mark("spinup:test")

func many(n int) map[string]string {
	tags := map[string]string{}
	for i := range n {
		tags[fmt.Sprint(i)] = "x"
	}
	return tags
}

// TestMarked: a mark is of one call, leaves the other tags alone, and takes no room that they need.
func TestMarked(t *testing.T) {
	given := map[string]string{"A": "1"}
	all, token := mark.Marked(given)
	_, other := mark.Marked(given)
	if len(token) < 20 || token == other || !maps.Equal(all, map[string]string{"A": "1", string(mark): token}) || len(given) != 1 {
		t.Errorf("%v with the token %q, and then %q", all, token, other)
	}
	if all, token := mark.Marked(many(MaxTags)); token != "" || len(all) != MaxTags {
		t.Errorf("%d tags with the token %q", len(all), token)
	}
	if all, token := mark.Marked(nil); len(all) != 1 || token == "" {
		t.Errorf("%v with the token %q", all, token)
	}
}

// TestGone: what is ours and not wanted goes; tags of others stay, and so does the mark while there is room for it.
func TestGone(t *testing.T) {
	live := map[string]string{"A": "1", "B": "2", "theirs": "3", "aws:cloudformation": "4", string(mark): "5"}
	theirs := func(key string) bool { return key == "theirs" }
	for name, test := range map[string]struct {
		live, want map[string]string
		ignored    func(string) bool
		gone       []string
	}{
		"none":          {live, map[string]string{"A": "2", "B": "2"}, theirs, nil},
		"one":           {live, map[string]string{"A": "1"}, theirs, []string{"B"}},
		"all":           {live, nil, theirs, []string{"A", "B"}},
		"nobody's":      {live, nil, nil, []string{"A", "B", "theirs"}},
		"the mark too":  {live, many(MaxTags), theirs, []string{"A", "B", string(mark)}},
		"without marks": {map[string]string{"A": "1"}, many(MaxTags), theirs, []string{"A"}},
		"nothing there": {nil, many(MaxTags), theirs, nil},
	} {
		if gone := mark.Gone(test.live, test.want, test.ignored); !slices.Equal(gone, test.gone) {
			t.Errorf("%s: %v, want %v", name, gone, test.gone)
		}
	}
}
