package reconcile

import (
	"context"
	"errors"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// Composite is a table of parts. The first is the root: the object that carries the identity. Protection stands before
// exposure in the table, because parts are applied in its order and removed in the opposite one.
type Composite[S, O any] struct {
	Noun  string
	Parts []Part[S, O]

	// Parallel is how many parts are read at once.
	Parallel int

	// Rescue is how long to look again after a failure, in a context of its own: the first may be dead.
	Rescue time.Duration

	// Afterwards runs after a successful change and cleans up what earlier runs left. Its failure is a warning.
	// Nil: nothing.
	Afterwards func(ctx context.Context, spec S) error

	// Until calls done, at a pace of its own, until it is true, fails, or a bound is reached.
	Until func(ctx context.Context, what string, done func(context.Context) (bool, error)) error
}

// Exists reports whether the root was seen.
func (c Composite[S, O]) Exists(have O) bool { return c.Parts[0].Present(have) }

// HasRemains reports whether the root was seen, or anything else that can outlive it.
func (c Composite[S, O]) HasRemains(have O) bool {
	return slices.ContainsFunc(c.Parts, func(p Part[S, O]) bool { return !p.Inside && p.Present(have) })
}

// Observe reads all watched parts at once. When the root is absent the errors of the other parts mean nothing and are
// left out. Otherwise each failing part has its own error, and the status holds what could be read.
func (c Composite[S, O]) Observe(ctx context.Context, prior S) (O, error) {
	var have O
	w := Keep(prior)
	errs := c.look(ctx, w, &have, c.watched(w))
	if len(errs) > 0 && errs[0].Index != 0 && !c.Exists(have) {
		return have, nil
	}
	return have, errs.orNil()
}

// Create makes a composite whose root does not exist yet. A root that exists is an ExistsError.
func (c Composite[S, O]) Create(ctx context.Context, want S) (O, error) {
	w := Wish[S]{Want: want}
	have, errs := c.free(ctx, w)
	if len(errs) > 0 {
		return have, errs
	}
	return c.converge(ctx, w, have)
}

// Check returns what Create would refuse, and writes nothing.
func (c Composite[S, O]) Check(ctx context.Context, want S) error {
	w := Wish[S]{Want: want}
	have, errs := c.free(ctx, w)
	if len(errs) == 0 {
		errs = c.refusals(ctx, w, have, func(i int) bool { return c.Parts[i].due(w, have) }, never)
	}
	return errs.orNil()
}

// free looks for everything that can exist without the root, and refuses a root that exists.
func (c Composite[S, O]) free(ctx context.Context, w Wish[S]) (O, Errors) {
	var have O
	errs := c.look(ctx, w, &have, func(i int) bool { return !c.Parts[i].Inside && c.Parts[i].watched(w) })
	if len(errs) == 0 && c.Exists(have) {
		errs = Errors{c.failure(0, Checking, &ExistsError{c.Noun})}
	}
	return have, errs
}

// Update brings a composite from wherever it is to what is wanted. Parts that only prior watched are removed.
func (c Composite[S, O]) Update(ctx context.Context, prior, want S) (O, error) {
	var have O
	w := Wish[S]{Want: want, Prior: &prior}
	if errs := c.look(ctx, w, &have, c.watched(w)); len(errs) > 0 {
		return have, errs
	}
	return c.converge(ctx, w, have)
}

// Destroy takes a composite apart, last part first, the root at the very end. Settings inside the root go with it.
// When anything refuses to be removed nothing is.
func (c Composite[S, O]) Destroy(ctx context.Context, prior S) (O, error) {
	var have O
	w := Keep(prior)
	if errs := c.look(ctx, w, &have, c.watched(w)); len(errs) > 0 {
		return have, errs
	}
	doomed := func(i int) bool { return c.Parts[i].watched(w) && c.Parts[i].Present(have) }
	if errs := c.refusals(ctx, w, have, never, doomed); len(errs) > 0 {
		return have, errs
	}
	for i, p := range slices.Backward(c.Parts) {
		if p.Inside || p.Remove == nil || !doomed(i) {
			continue
		}
		if err := c.step(ctx, i, Removing, func() error { return p.Remove(ctx, w, &have) }); err != nil {
			have = c.rescue(ctx, w, have, err)
			if !c.HasRemains(have) {
				return have, nil // the answer was lost, not the call
			}
			return have, Errors{err}
		}
	}
	return have, c.afterwards(ctx, prior).orNil()
}

// afterwards runs Afterwards. That it fails does not make the change incomplete.
func (c Composite[S, O]) afterwards(ctx context.Context, spec S) Errors {
	if c.Afterwards == nil {
		return nil
	}
	if err := c.Afterwards(ctx, spec); err != nil {
		return Errors{c.failure(0, Settling, err)}
	}
	return nil
}

func (c Composite[S, O]) failure(i int, stage Stage, err error) *PartError {
	return &PartError{Index: i, Part: c.Parts[i].Attribute, Stage: stage, Err: err}
}

// watched selects the parts that the wish takes an interest in.
func (c Composite[S, O]) watched(w Wish[S]) func(i int) bool {
	return func(i int) bool { return c.Parts[i].watched(w) }
}

func never(int) bool { return false }

// look reads the selected parts, all at once.
func (c Composite[S, O]) look(ctx context.Context, w Wish[S], have *O, selected func(i int) bool) Errors {
	found := make([]error, len(c.Parts))
	looked := make([]bool, len(c.Parts))
	var group errgroup.Group
	group.SetLimit(max(1, c.Parallel))
	for i := range c.Parts {
		if !selected(i) {
			continue
		}
		for c.Parts[i].Observe == nil {
			i-- // seen with the part before it
		}
		if looked[i] {
			continue
		}
		looked[i] = true
		group.Go(func() error {
			found[i] = c.Parts[i].Observe(ctx, w, have)
			return nil
		})
	}
	_ = group.Wait() // each part has its own error
	var errs Errors
	for i, err := range found {
		if err != nil {
			errs = append(errs, c.failure(i, Observing, err))
		}
	}
	return errs
}

// converge removes what is there and unwanted, last part first, applies what is wanted and not as it should be, first
// part first, reads back what it touched, and waits.
func (c Composite[S, O]) converge(ctx context.Context, w Wish[S], have O) (O, error) {
	due := func(i int) bool { return c.Parts[i].due(w, have) }
	unwanted := func(i int) bool { return c.Parts[i].unwanted(w, have) }
	if errs := c.refusals(ctx, w, have, due, unwanted); len(errs) > 0 {
		return have, errs
	}

	touched := make([]bool, len(c.Parts))
	change := func(i int, stage Stage, write func(context.Context, Wish[S], *O) error) *PartError {
		touched[i] = true
		return c.step(ctx, i, stage, func() error { return write(ctx, w, &have) })
	}
	remove := func(late bool) *PartError {
		for i, p := range slices.Backward(c.Parts) {
			if p.Late == late && unwanted(i) {
				if err := change(i, Removing, p.Remove); err != nil {
					return err
				}
			}
		}
		return nil
	}
	apply := func() *PartError {
		for i, p := range c.Parts {
			if due(i) {
				if err := change(i, Applying, p.Apply); err != nil {
					return err
				}
			}
		}
		return nil
	}
	for _, phase := range []func() *PartError{func() *PartError { return remove(false) }, apply, func() *PartError { return remove(true) }} {
		if err := phase(); err != nil {
			return c.rescue(ctx, w, have, err), Errors{err}
		}
	}
	if errs := c.verify(ctx, w, &have, touched); len(errs) > 0 {
		return c.rescue(ctx, w, have, errs[0]), errs
	}
	errs := c.settle(ctx, w, have)
	return have, append(errs, c.afterwards(ctx, w.Want)...).orNil()
}

// refusals asks every part that is about to be applied or removed whether that may be, before anything is written.
func (c Composite[S, O]) refusals(ctx context.Context, w Wish[S], have O, due, doomed func(int) bool) Errors {
	var errs Errors
	for i, p := range c.Parts {
		var err error
		switch {
		case p.CanApply != nil && due(i):
			err = p.CanApply(ctx, w, have)
		case p.CanRemove != nil && doomed(i):
			err = p.CanRemove(ctx, w, have)
		}
		if err != nil {
			errs = append(errs, c.failure(i, Checking, err))
		}
	}
	return errs
}

// step runs one write, unless the context is already dead: nothing new is begun after an interrupt.
func (c Composite[S, O]) step(ctx context.Context, i int, stage Stage, write func() error) *PartError {
	err := ctx.Err()
	if err == nil {
		err = write()
	}
	if err != nil {
		return c.failure(i, stage, err)
	}
	return nil
}

// rescue looks again after a failure, so that what a lost answer hid is recorded. Where looking fails too, the journal
// that Apply and Remove kept stands; so it does for an object that turned out to be somebody else's.
func (c Composite[S, O]) rescue(ctx context.Context, w Wish[S], have O, failed *PartError) O {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Rescue)
	defer cancel()
	_ = c.look(ctx, w, &have, func(i int) bool {
		foreign := errors.Is(failed, ErrForeign) && i == failed.Index
		return !foreign && c.Parts[i].watched(w)
	})
	return have
}

// verify reads the touched parts until reads show what was written: the state is built from reads, and a read right
// after a write may be stale.
func (c Composite[S, O]) verify(ctx context.Context, w Wish[S], have *O, touched []bool) Errors {
	pending := slices.Clone(touched)
	var errs Errors
	err := c.Until(ctx, "reads to show what was written to the "+c.Noun, func(ctx context.Context) (bool, error) {
		errs = c.look(ctx, w, have, func(i int) bool { return pending[i] })
		if len(errs) > 0 {
			return false, errs
		}
		for i, p := range c.Parts {
			pending[i] = pending[i] && !p.done(w, *have)
		}
		return !slices.Contains(pending, true), nil
	})
	if err == nil {
		return nil
	}
	if len(errs) > 0 {
		for _, one := range errs {
			one.Stage = Verifying
		}
		return errs
	}
	for i := range c.Parts {
		if pending[i] {
			errs = append(errs, c.failure(i, Verifying, err))
		}
	}
	return errs
}

// settle waits for every wanted part that knows how to.
func (c Composite[S, O]) settle(ctx context.Context, w Wish[S], have O) Errors {
	var errs Errors
	for i, p := range c.Parts {
		if p.Settle == nil || !p.wanted(w) {
			continue
		}
		if err := p.Settle(ctx, have); err != nil {
			errs = append(errs, c.failure(i, Settling, err))
		}
	}
	return errs
}
