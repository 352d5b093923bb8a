package reconcile

import "context"

// Lift makes a part of one composite a part of another that holds the first. Spec says what the other wants of it, have
// being nil where nothing was seen yet or parts are just being read; status finds what was seen of it.
func Lift[S1, O1, S, O any](p Part[S1, O1], spec func(s S, have *O) S1, status func(have *O) *O1) Part[S, O] {
	lifted := Part[S, O]{
		Name:    p.Name,
		Inside:  p.Inside,
		Late:    p.Late,
		Wanted:  func(s S) bool { return p.Wanted(spec(s, nil)) },
		Present: func(have O) bool { return p.Present(*status(&have)) },
		InSync:  func(s S, have O) bool { return p.InSync(spec(s, &have), *status(&have)) },
		Apply: func(ctx context.Context, s S, have *O) error {
			return p.Apply(ctx, spec(s, have), status(have))
		},
	}
	if p.Watched != nil {
		lifted.Watched = func(s S) bool { return p.Watched(spec(s, nil)) }
	}
	if p.Observe != nil {
		lifted.Observe = func(ctx context.Context, s S, have *O) error { return p.Observe(ctx, spec(s, nil), status(have)) }
	}
	if p.CanApply != nil {
		lifted.CanApply = func(ctx context.Context, s S, have O) error {
			return p.CanApply(ctx, spec(s, &have), *status(&have))
		}
	}
	if p.CanRemove != nil {
		lifted.CanRemove = func(ctx context.Context, s S, have O) error {
			return p.CanRemove(ctx, spec(s, &have), *status(&have))
		}
	}
	if p.Remove != nil {
		lifted.Remove = func(ctx context.Context, s S, have *O) error { return p.Remove(ctx, spec(s, have), status(have)) }
	}
	if p.Settle != nil {
		lifted.Settle = func(ctx context.Context, have O) error { return p.Settle(ctx, *status(&have)) }
	}
	return lifted
}
