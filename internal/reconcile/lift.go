package reconcile

import "context"

// Lift makes a part of one composite a part of another that holds the first. Spec gives what the other wants of it, and
// have is nil where nothing was seen yet, or parts are just being read. Status finds what was seen of it.
func Lift[S1, O1, S, O any](p Part[S1, O1], spec func(s S, have *O) S1, status func(have *O) *O1) Part[S, O] {
	wish := func(w Wish[S], have *O) Wish[S1] {
		inner := Wish[S1]{Want: spec(w.Want, have)}
		if w.Prior != nil {
			prior := spec(*w.Prior, have)
			inner.Prior = &prior
		}
		return inner
	}
	check := func(f func(context.Context, Wish[S1], O1) error) func(context.Context, Wish[S], O) error {
		if f == nil {
			return nil
		}
		return func(ctx context.Context, w Wish[S], have O) error { return f(ctx, wish(w, &have), *status(&have)) }
	}
	write := func(f func(context.Context, Wish[S1], *O1) error) func(context.Context, Wish[S], *O) error {
		if f == nil {
			return nil
		}
		return func(ctx context.Context, w Wish[S], have *O) error { return f(ctx, wish(w, have), status(have)) }
	}
	lifted := Part[S, O]{
		Attribute: p.Attribute,
		Inside:    p.Inside,
		Late:      p.Late,
		Present:   func(have O) bool { return p.Present(*status(&have)) },
		Claim:     check(p.Claim),
		CanApply:  check(p.CanApply),
		CanRemove: check(p.CanRemove),
		Apply:     write(p.Apply),
		Remove:    write(p.Remove),
	}
	if p.Watched != nil {
		lifted.Watched = func(s S) bool { return p.Watched(spec(s, nil)) }
	}
	if p.Wanted != nil {
		lifted.Wanted = func(w Wish[S]) bool { return p.Wanted(wish(w, nil)) }
	}
	if p.Enters != nil {
		lifted.Enters = func(w Wish[S]) bool { return p.Enters(wish(w, nil)) }
	}
	if p.InSync != nil {
		lifted.InSync = func(w Wish[S], have O) bool { return p.InSync(wish(w, &have), *status(&have)) }
	}
	if p.Describe != nil {
		lifted.Describe = func(w Wish[S], have O) (object, fault string) {
			return p.Describe(wish(w, &have), *status(&have))
		}
	}
	if p.Observe != nil {
		lifted.Observe = func(ctx context.Context, w Wish[S], have *O) error {
			return p.Observe(ctx, wish(w, nil), status(have)) // parts are being read, so have must not be looked at
		}
	}
	if p.Settle != nil {
		lifted.Settle = func(ctx context.Context, have O) error { return p.Settle(ctx, *status(&have)) }
	}
	return lifted
}
