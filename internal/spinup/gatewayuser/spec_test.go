package gatewayuser

import (
	"strings"
	"testing"
)

func TestGenerate(t *testing.T) {
	seen := map[rune]bool{}
	for _, length := range []int{16, 40, 256} {
		secret := generate(length)
		if len(secret) != length || secret == generate(length) {
			t.Errorf("%d characters, want %d that are new each time", len(secret), length)
		}
		for range 20 {
			for _, c := range generate(length) {
				seen[c] = true
				if !strings.ContainsRune(letters, c) {
					t.Errorf("%q is no letter or digit", c)
				}
			}
		}
	}
	if len(seen) != len(letters) {
		t.Errorf("%d of %d letters are used", len(seen), len(letters))
	}
}

func TestRenews(t *testing.T) {
	given := func(version string) *Secret { return &Secret{Version: version} }
	for name, test := range map[string]struct {
		was, want *Secret
		renews    bool
	}{
		"none":                {nil, nil, false},
		"no longer managed":   {given("1"), nil, false},
		"given first":         {nil, given("1"), true},
		"given again":         {given("1"), given("1"), false},
		"another version":     {given("1"), given("2"), true},
		"generated first":     {nil, &Secret{Fresh: true}, true},
		"generated, as it is": {&Secret{}, &Secret{}, false},
		"rotated":             {&Secret{}, &Secret{Fresh: true}, true},
		"given instead":       {&Secret{}, given("1"), true},
		"generated instead":   {given("1"), &Secret{Fresh: true}, true},
	} {
		if got := renews(wish{Want: Spec{Secret: test.want}, Prior: &Spec{Secret: test.was}}); got != test.renews {
			t.Errorf("%s: %t", name, got)
		}
	}
}
