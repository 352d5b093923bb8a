// Package reconcile is the engine behind every composite resource: it turns an ordered table of parts into create,
// update, read and delete. It knows neither AWS nor Terraform and may import nothing but the standard library and
// golang.org/x/sync.
//
// A composite is described by two plain structs: S, what is wanted, and O, what was seen (a nil field is absent).
// Every part can be found again from S alone, so that an object whose creation was never confirmed is not lost.
package reconcile

import "context"

// Part is one object or setting of a composite. Only Name, Wanted, Present, InSync and Apply are required. No
// function but Apply and Remove may write.
type Part[S, O any] struct {
	// Name is the attribute a user would look at. Several parts may share one.
	Name string

	// Inside marks a setting that lives within the root object: it cannot exist before the root does, and goes
	// when the root goes.
	Inside bool

	// Late marks a part that others use until they have been applied: one that is no longer wanted is removed after
	// that, and not before.
	Late bool

	// Watched says whether a composite of this spec takes any interest in the part. What is not watched is neither
	// read nor written. Nil: always.
	Watched func(spec S) bool

	// Wanted says whether the part should exist.
	Wanted func(want S) bool

	// Present says whether the part was seen.
	Present func(have O) bool

	// InSync says whether a part that was seen is as wanted.
	InSync func(want S, have O) bool

	// Observe looks at the part and fills its own field of have, and only when it succeeded: parts run at once, and
	// after a failure the old value stands. Absent is success. Nil: the part is seen with the root.
	Observe func(ctx context.Context, spec S, have *O) error

	// CanApply refuses to apply the part, before the first write of the run. Nil: always fine.
	CanApply func(ctx context.Context, want S, have O) error

	// CanRemove refuses to remove the part, before the first write of the run: something of another owner depends
	// on it. Nil: always fine.
	CanRemove func(ctx context.Context, spec S, have O) error

	// Apply creates the part or brings it in line. It can be repeated, and it records in have what exists before
	// it returns, with or without an error.
	Apply func(ctx context.Context, want S, have *O) error

	// Remove takes the part away. Absent is success. It records in have what is gone before it returns. Nil: a part
	// that is no longer wanted is left as it is.
	Remove func(ctx context.Context, spec S, have *O) error

	// Settle waits until a part that exists is in use everywhere. When it fails the composite is nevertheless
	// complete. Nil: nothing to wait for.
	Settle func(ctx context.Context, have O) error
}

func (p Part[S, O]) watched(spec S) bool { return p.Watched == nil || p.Watched(spec) }

func (p Part[S, O]) wanted(want S) bool { return p.watched(want) && p.Wanted(want) }

// done says whether the part is as wanted: there and in sync, or not wanted and not there.
func (p Part[S, O]) done(want S, have O) bool {
	if !p.wanted(want) {
		return !p.Present(have)
	}
	return p.Present(have) && p.InSync(want, have)
}
