// Package reconcile is the engine behind every composite resource: it turns an ordered table of parts into create,
// update, read and delete. It knows neither AWS nor Terraform and may import nothing but the standard library and
// golang.org/x/sync.
//
// A composite is described by two plain structs: S, what is wanted, and O, what was seen (a nil field is absent). What
// state remembers is an S too. A part gets both in a [Wish], and finds its object again from them alone, so that an
// object whose creation was never confirmed is not lost.
package reconcile

import "context"

// Wish is what a part has to work with: what is wanted, and what state remembers.
type Wish[S any] struct {
	Want  S
	Prior *S // nil while the composite is created
}

// Keep is the wish that a composite stays as state remembers it. Reads and destroys work with it.
func Keep[S any](prior S) Wish[S] { return Wish[S]{Want: prior, Prior: &prior} }

// Before is what state remembers, and the zero value while the composite is created.
func (w Wish[S]) Before() S {
	if w.Prior == nil {
		var none S
		return none
	}
	return *w.Prior
}

// Part is one object or setting of a composite. Only Attribute, Present and Apply are required; nil stands for the
// ordinary case. No function but Apply and Remove may write.
type Part[S, O any] struct {
	// Attribute is what a user would look at, for diagnostics only: several parts may share one. What tells a part
	// from the others is its place in the table.
	Attribute string

	// Inside marks a setting that lives within the root object: it cannot exist before the root does, and goes
	// when the root goes.
	Inside bool

	// Late marks a part that is removed only after all others were applied, because they may still use it.
	Late bool

	// Watched reports whether a composite of this spec takes any interest in the part. What neither the wanted nor
	// the remembered spec watches is neither read nor written. Nil: always.
	Watched func(spec S) bool

	// Wanted reports whether a watched part should exist. Nil: when the wanted spec watches it.
	Wanted func(w Wish[S]) bool

	// Present reports whether the part was seen.
	Present func(have O) bool

	// InSync reports whether a part that was seen is as wanted. Nil: always.
	InSync func(w Wish[S], have O) bool

	// Describe names what the part is on the service and, in words that hold no secret, what is wrong with it. Only a
	// comparison asks. Nil: a setting of the root, or the root itself.
	Describe func(w Wish[S], have O) (object, fault string)

	// Observe looks at the part and fills its own field of have, and only when it succeeded: parts run at once, and
	// after a failure the old value stands. Absent is success. Nil: the part is seen with the one before it.
	Observe func(ctx context.Context, w Wish[S], have *O) error

	// Claim refuses what stands in the place of the part and does not belong to the composite: its error wraps
	// ErrForeign and names the object and the way out. What makes an object the composite's is an id that state
	// knows, a mark that names the resource, or that this run made it; never its name. It is asked before the first
	// write of a run. What is foreign is neither written nor removed. Nil: nothing of others can stand there.
	Claim func(ctx context.Context, w Wish[S], have O) error

	// Enters reports whether this change brings something into the scope of the part that state does not know: a
	// name, a zone, a path. Then a plan asks Claim and CanApply already. Nil: only a part with a Claim does, as a
	// whole, when state has not wanted it.
	Enters func(w Wish[S]) bool

	// CanApply refuses to apply the part, before the first write of the run. Nil: always fine.
	CanApply func(ctx context.Context, w Wish[S], have O) error

	// CanRemove refuses to remove the part, before the first write of the run: something of another owner depends
	// on it. Nil: always fine.
	CanRemove func(ctx context.Context, w Wish[S], have O) error

	// Apply creates the part or brings it in line. It can be repeated, and it records in have what exists before
	// it returns, with or without an error. Nil: the part is only ever removed.
	Apply func(ctx context.Context, w Wish[S], have *O) error

	// Remove takes the part away. Absent is success. It records in have what is gone before it returns. Nil: a part
	// that is no longer wanted is left as it is.
	Remove func(ctx context.Context, w Wish[S], have *O) error

	// Settle waits until a part that exists is in use everywhere. When it fails the composite is nevertheless
	// complete. Nil: nothing to wait for.
	Settle func(ctx context.Context, have O) error
}

// watched reports whether the part is read.
func (p Part[S, O]) watched(w Wish[S]) bool {
	return p.Watched == nil || p.Watched(w.Want) || w.Prior != nil && p.Watched(*w.Prior)
}

// wanted reports whether the part should exist.
func (p Part[S, O]) wanted(w Wish[S]) bool {
	switch {
	case p.Apply == nil:
		return false
	case p.Wanted != nil:
		return p.watched(w) && p.Wanted(w)
	}
	return p.Watched == nil || p.Watched(w.Want)
}

// done reports whether the part is as wanted: there and in sync, or not wanted and not there.
func (p Part[S, O]) done(w Wish[S], have O) bool {
	if !p.wanted(w) {
		return !p.Present(have)
	}
	return p.Present(have) && (p.InSync == nil || p.InSync(w, have))
}

// due reports whether the part has to be applied.
func (p Part[S, O]) due(w Wish[S], have O) bool { return p.wanted(w) && !p.done(w, have) }

// enters reports whether a plan has to look at the part: it is new, or something comes into its scope.
func (p Part[S, O]) enters(w Wish[S]) bool {
	switch {
	case !p.wanted(w):
		return false
	case p.Enters != nil:
		return p.Enters(w)
	}
	return p.Claim != nil && w.Prior != nil && !p.wanted(Keep(*w.Prior))
}

// unwanted reports whether the part is there, should not be, and can be removed.
func (p Part[S, O]) unwanted(w Wish[S], have O) bool {
	return p.Remove != nil && p.watched(w) && !p.wanted(w) && p.Present(have)
}
