package reconcile_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// shelf is what is wanted: a shelf of a color, with a sign or without.
type shelf struct {
	Color string
	Sign  bool
}

// seen is what there is; nil is absent.
type seen struct {
	Shelf *string // its color
	Sign  *bool
}

// room is where shelves stand.
type room map[string]string

func (r room) String() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(r)) {
		all = append(all, name+"="+r[name])
	}
	return fmt.Sprint(all)
}

// shelves is a composite of two parts: the shelf, which is the root, and a sign that can stand without it.
func shelves(r room) reconcile.Composite[shelf, seen] {
	root := reconcile.Part[shelf, seen]{
		Attribute: "color",
		Present:   func(have seen) bool { return have.Shelf != nil },
		InSync:    func(w reconcile.Wish[shelf], have seen) bool { return *have.Shelf == w.Want.Color },
		Observe: func(_ context.Context, _ reconcile.Wish[shelf], have *seen) error {
			have.Shelf = nil
			if color, ok := r["shelf"]; ok {
				have.Shelf = &color
			}
			return nil
		},
		Apply: func(_ context.Context, w reconcile.Wish[shelf], have *seen) error {
			r["shelf"] = w.Want.Color
			have.Shelf = &w.Want.Color
			return nil
		},
		Remove: func(_ context.Context, _ reconcile.Wish[shelf], have *seen) error {
			delete(r, "shelf")
			have.Shelf = nil
			return nil
		},
	}
	sign := reconcile.Part[shelf, seen]{
		Attribute: "sign",
		Watched:   func(s shelf) bool { return s.Sign },
		Present:   func(have seen) bool { return have.Sign != nil },
		Observe: func(_ context.Context, _ reconcile.Wish[shelf], have *seen) error {
			have.Sign = nil
			if _, ok := r["sign"]; ok {
				have.Sign = new(bool)
			}
			return nil
		},
		Claim: func(_ context.Context, _ reconcile.Wish[shelf], have seen) error {
			if have.Sign != nil && r["sign"] != "of the shelf" {
				return fmt.Errorf("the sign says %q: %w", r["sign"], reconcile.ErrForeign)
			}
			return nil
		},
		Apply: func(_ context.Context, _ reconcile.Wish[shelf], have *seen) error {
			r["sign"] = "of the shelf"
			have.Sign = new(bool)
			return nil
		},
		Remove: func(_ context.Context, _ reconcile.Wish[shelf], have *seen) error {
			delete(r, "sign")
			have.Sign = nil
			return nil
		},
	}
	return reconcile.Composite[shelf, seen]{
		Noun: "shelf", Parts: []reconcile.Part[shelf, seen]{root, sign},
		Until: func(ctx context.Context, _ string, done func(context.Context) (bool, error)) error {
			for {
				if ok, err := done(ctx); ok || err != nil {
					return err
				}
			}
		},
	}
}

func Example() {
	ctx, r := context.Background(), room{"sign": "of the door"}
	engine := shelves(r)

	_, err := engine.Create(ctx, shelf{"red", true})
	fmt.Println("a sign of another owner:", err)

	delete(r, "sign")
	first := shelf{"red", true}
	_, err = engine.Create(ctx, first)
	fmt.Println("created:", r, err)
	_, err = engine.Create(ctx, first)
	fmt.Println("created again:", err)

	r["shelf"] = "blue" // somebody paints it
	have, err := engine.Observe(ctx, first)
	fmt.Println("drift:", *have.Shelf, err)

	second := shelf{"green", false}
	_, err = engine.Update(ctx, first, second)
	fmt.Println("updated:", r, err)

	_, err = engine.Destroy(ctx, second)
	fmt.Println("destroyed:", r, err)
	// Output:
	// a sign of another owner: check sign: the sign says "of the door": it exists and is not ours
	// created: [shelf=red sign=of the shelf] <nil>
	// created again: check color: the shelf exists already
	// drift: blue <nil>
	// updated: [shelf=green] <nil>
	// destroyed: [] <nil>
}
