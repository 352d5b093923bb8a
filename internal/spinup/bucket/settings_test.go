package bucket

import (
	"errors"
	"slices"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// TestCORS_checks: what S3 refuses, and what no browser sends, is refused before.
func TestCORS_checks(t *testing.T) {
	for name, row := range map[string]struct {
		check     func(string) error
		good, bad []string
	}{
		"origin": {
			CheckOrigin,
			[]string{
				"*", "https://example.edu", "http://localhost:3000", "https://*.example.edu", "https://*", "*://example.edu",
				"capacitor://localhost", "http://[::1]:8080",
			},
			[]string{
				"", "example.edu", "https://", "https://example.edu/", "https://example.edu/a", "https://example.edu?a", "**",
				"https://*.*.edu", "HTTPS://example.edu", "https://Example.edu", "https://a b", "https://user@example.edu",
			},
		},
		"allowed header": {
			CheckAllowedHeader, []string{"*", "x-amz-*", "Content-Type"}, []string{"", "x-*-*", "a b", "a:", "ä"},
		},
		"exposed header": {CheckExposedHeader, []string{"ETag", "x-amz-request-id"}, []string{"", "*", "x-amz-*", "a b"}},
	} {
		for _, text := range row.good {
			if err := row.check(text); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, text := range row.bad {
			if row.check(text) == nil {
				t.Errorf("%s: %q is not refused", name, text)
			}
		}
	}
}

// TestCORS_fits: the order of rules counts, and a rule without an id may have any.
func TestCORS_fits(t *testing.T) {
	one := CORSRule{ID: "1", Methods: []string{"GET"}, Origins: []string{"*"}}
	plain, two := one, one
	plain.ID, two.ID, two.Headers = "", "2", []string{"*"}
	zero := plain
	zero.MaxAge = new(int32)
	for name, row := range map[string]struct {
		want, seen []CORSRule
		fits       bool
	}{
		"same":          {[]CORSRule{one, two}, []CORSRule{one, two}, true},
		"another order": {[]CORSRule{one, two}, []CORSRule{two, one}, false},
		"fewer":         {[]CORSRule{one, two}, []CORSRule{one}, false},
		"any id":        {[]CORSRule{plain}, []CORSRule{one}, true},
		"another id":    {[]CORSRule{one}, []CORSRule{plain}, false},
		"zero is a time": {
			[]CORSRule{zero}, []CORSRule{plain}, false,
		},
	} {
		if got := fitCORS(row.want, row.seen); got != row.fits {
			t.Errorf("%s: %t", name, got)
		}
	}
	seen := Status{CORS: []CORSRule{one, two}}.CORSRules(reconcile.Keep(Spec{CORS: []CORSRule{plain}}))
	if seen[0].ID != "" || seen[1].ID != "2" {
		t.Errorf("seen are %v", seen)
	}
}

// TestCORS_claim: a configuration is ours when state has its rules, or when it is just what is wanted.
func TestCORS_claim(t *testing.T) {
	rule := func(origin string) []CORSRule {
		return []CORSRule{{Methods: []string{"GET"}, Origins: []string{origin}}}
	}
	part := bucket{}.cors()
	for name, row := range map[string]struct {
		before, want, seen []CORSRule
		foreign, stays     bool
	}{
		"new":                   {nil, rule("a"), nil, false, false},
		"of others":             {nil, rule("a"), rule("b"), true, false},
		"of others, but equal":  {nil, rule("a"), rule("a"), false, false},
		"ours":                  {rule("b"), rule("a"), rule("b"), false, false},
		"ours, and drifted":     {rule("b"), rule("a"), rule("c"), false, false},
		"removed":               {rule("a"), nil, rule("a"), false, false},
		"removed, but not ours": {rule("a"), nil, rule("b"), false, true},
		"destroyed":             {rule("a"), rule("a"), rule("b"), false, false},
	} {
		w := wish{Want: Spec{CORS: row.want}, Prior: &Spec{CORS: row.before}}
		have := Status{CORS: row.seen}
		if err := part.Claim(t.Context(), w, have); errors.Is(err, reconcile.ErrForeign) != row.foreign {
			t.Errorf("%s: claim %v", name, err)
		}
		if err := part.CanRemove(t.Context(), w, have); (err != nil) != row.stays {
			t.Errorf("%s: removal %v", name, err)
		}
	}
}

// TestBlock_words: each word has its switches, and other switches have none.
func TestBlock_words(t *testing.T) {
	for word, want := range map[string]Block{
		PublicNone: {true, true, true, true}, Unblocked: {}, PublicRead: {true, true, false, false},
	} {
		if got := BlockFor(word); got != want {
			t.Errorf("%s: %v", word, got)
		}
	}
	for block, want := range map[Block]string{
		{true, true, true, true}: PublicNone, {}: Unblocked, {true, true, false, false}: Mixed, {true, true, true, false}: Mixed,
	} {
		if got := block.PublicAccess(); got != want {
			t.Errorf("%v: %s", block, got)
		}
		own := Spec{PublicAccess: PublicRead, Block: &block}
		if own.block() != block || !slices.Contains([]string{PublicNone, Unblocked, Mixed}, want) {
			t.Errorf("%v is not what counts", block)
		}
	}
}
