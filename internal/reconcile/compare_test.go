package reconcile_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// TestCompare: each part stands as an apply would treat it, and nothing is written.
func TestCompare(t *testing.T) {
	const root, sign = "color", "sign"
	foreign := `the sign says "of the door": it exists and is not ours`
	for name, row := range map[string]struct {
		room       room
		prior      *shelf
		want       shelf
		wantStands []reconcile.Stand
	}{
		"as wanted": {
			room: room{"shelf": "red", "sign": "of the shelf"}, want: shelf{"red", true},
			wantStands: []reconcile.Stand{{Part: root, Standing: reconcile.InSync}, {Part: sign, Standing: reconcile.InSync}},
		},
		"painted": {
			room: room{"shelf": "blue"}, want: shelf{"red", false},
			wantStands: []reconcile.Stand{{Part: root, Standing: reconcile.Changed}},
		},
		"nothing there": {
			room: room{}, want: shelf{"red", true},
			wantStands: []reconcile.Stand{{Part: root, Standing: reconcile.Missing}, {Part: sign, Standing: reconcile.Missing}},
		},
		"a sign of others": {
			room: room{"shelf": "red", "sign": "of the door"}, want: shelf{"red", true},
			wantStands: []reconcile.Stand{
				{Part: root, Standing: reconcile.InSync}, {Part: sign, Standing: reconcile.Missing, Fault: foreign},
			},
		},
		"a sign that state has": {
			room: room{"shelf": "red", "sign": "of the shelf"}, prior: &shelf{"red", true}, want: shelf{"red", false},
			wantStands: []reconcile.Stand{{Part: root, Standing: reconcile.InSync}, {Part: sign, Standing: reconcile.Unwanted}},
		},
		"a sign of others that nobody wants": {
			room: room{"shelf": "red", "sign": "of the door"}, prior: &shelf{"red", true}, want: shelf{"red", false},
			wantStands: []reconcile.Stand{{Part: root, Standing: reconcile.InSync}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := row.room.String()
			c, w := shelves(row.room), reconcile.Keep(row.want)
			w.Prior = row.prior
			have, err := c.Observe(t.Context(), shelf{row.want.Color, true})
			if err != nil {
				t.Fatal(err)
			}
			got, err := reconcile.Compare(t.Context(), c, w, have)
			if diff := cmp.Diff(row.wantStands, got); diff != "" || err != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if row.room.String() != before {
				t.Errorf("it made %s of %s", row.room, before)
			}
		})
	}
}

// TestCompare_words: a part says what it is always, and what is wrong only if something is. What is inside a root that is
// missing is left out, and a claim that cannot be asked is an error.
func TestCompare_words(t *testing.T) {
	c := shelves(room{"shelf": "red"})
	c.Parts[1].Inside = true
	c.Parts[1].Describe = func(reconcile.Wish[shelf], seen) (string, string) { return "a sign", "It fell off." }
	stands := func(have seen) []reconcile.Stand {
		all, err := reconcile.Compare(t.Context(), c, reconcile.Keep(shelf{"red", true}), have)
		if err != nil {
			t.Fatal(err)
		}
		return all[1:]
	}
	red := "red"
	c.Parts[1].Claim = nil
	if got := stands(seen{Shelf: &red, Sign: new(bool)}); got[0].Object != "a sign" || got[0].Fault != "" {
		t.Errorf("in sync: %v", got)
	}
	if got := stands(seen{Shelf: &red}); got[0].Object != "a sign" || got[0].Fault != "It fell off." {
		t.Errorf("missing: %v", got)
	}
	if got := stands(seen{}); len(got) != 0 {
		t.Errorf("without a root: %v", got)
	}
	denied := errors.New("access denied")
	c.Parts[1].Claim = func(context.Context, reconcile.Wish[shelf], seen) error { return denied }
	_, err := reconcile.Compare(t.Context(), c, reconcile.Keep(shelf{"red", true}), seen{Shelf: &red})
	if !errors.Is(err, denied) {
		t.Errorf("the error is %v", err)
	}
}
