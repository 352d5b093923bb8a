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

	// Afterwards is what else to do when a change has succeeded, for what earlier runs left. Nil: nothing.
	Afterwards func(ctx context.Context, spec S) error

	// Until calls done, at a pace of its own, until it is true, fails, or a bound is reached.
	Until func(ctx context.Context, what string, done func(context.Context) (bool, error)) error
}

// Exists says whether the root was seen.
func (c Composite[S, O]) Exists(have O) bool { return c.Parts[0].Present(have) }

// Leaves says whether any object was seen that can outlive the root, or the root itself.
func (c Composite[S, O]) Leaves(have O) bool {
	return slices.ContainsFunc(c.Parts, func(p Part[S, O]) bool { return !p.Inside && p.Present(have) })
}

// Observe reads all watched parts at once. When the root is absent the errors of the other parts mean nothing and are
// left out. Otherwise each failing part has its own error, and the status holds what could be read.
func (c Composite[S, O]) Observe(ctx context.Context, spec S) (O, error) {
	var have O
	errs := c.look(ctx, &have, c.scope(spec))
	if len(errs) > 0 && errs[0].Part != c.Parts[0].Name && !c.Exists(have) {
		return have, nil
	}
	return have, errs.orNil()
}

// Create makes a composite whose root does not exist yet. A root that exists is an ExistsError.
func (c Composite[S, O]) Create(ctx context.Context, want S) (O, error) {
	var have O
	in := c.scope(want)
	outside := func(i int) *S {
		if c.Parts[i].Inside {
			return nil
		}
		return in(i)
	}
	if errs := c.look(ctx, &have, outside); len(errs) > 0 {
		return have, errs
	}
	if c.Exists(have) {
		return have, Errors{{Part: c.Parts[0].Name, Stage: Checking, Err: &ExistsError{c.Noun}}}
	}
	return c.converge(ctx, in, want, have)
}

// Check says what Create would refuse, and writes nothing.
func (c Composite[S, O]) Check(ctx context.Context, want S) error {
	var have O
	in := c.scope(want)
	if errs := c.look(ctx, &have, func(i int) *S {
		if c.Parts[i].Inside {
			return nil
		}
		return in(i)
	}); len(errs) > 0 {
		return errs
	}
	if c.Exists(have) {
		return Errors{{Part: c.Parts[0].Name, Stage: Checking, Err: &ExistsError{c.Noun}}}
	}
	due := func(i int) bool { return c.Parts[i].wanted(want) && !c.Parts[i].done(want, have) }
	return c.refusals(ctx, want, have, due, never).orNil()
}

// Update brings a composite from wherever it is to what is wanted. Parts that only prior watched are removed.
func (c Composite[S, O]) Update(ctx context.Context, prior, want S) (O, error) {
	in := c.scope(want, prior)
	var have O
	if errs := c.look(ctx, &have, in); len(errs) > 0 {
		return have, errs
	}
	return c.converge(ctx, in, want, have)
}

// Destroy takes a composite apart, last part first, the root at the very end. Settings inside the root go with it.
// When anything refuses to be removed nothing is.
func (c Composite[S, O]) Destroy(ctx context.Context, prior S) (O, error) {
	in := c.scope(prior)
	var have O
	if errs := c.look(ctx, &have, in); len(errs) > 0 {
		return have, errs
	}
	doomed := func(i int) bool { return in(i) != nil && c.Parts[i].Present(have) }
	if errs := c.refusals(ctx, prior, have, never, doomed); len(errs) > 0 {
		return have, errs
	}
	for i := range slices.Backward(c.Parts) {
		p := c.Parts[i]
		if p.Inside || !doomed(i) {
			continue
		}
		if err := step(ctx, p, Removing, func() error { return p.Remove(ctx, prior, &have) }); err != nil {
			have = c.rescue(ctx, in, have, err)
			if !c.Leaves(have) {
				return have, nil // the answer was lost, not the call
			}
			return have, Errors{err}
		}
	}
	return have, c.afterwards(ctx, prior).orNil()
}

// afterwards does what else there is to do. That it fails does not make the change incomplete.
func (c Composite[S, O]) afterwards(ctx context.Context, spec S) Errors {
	if c.Afterwards == nil {
		return nil
	}
	if err := c.Afterwards(ctx, spec); err != nil {
		return Errors{{Part: c.Parts[0].Name, Stage: Settling, Err: err}}
	}
	return nil
}

// scope names the spec through which the i-th part is to be read, nil if it is not.
type scope[S any] func(i int) *S

// scope reads every part through the first of the specs that watches it.
func (c Composite[S, O]) scope(specs ...S) scope[S] {
	return func(i int) *S {
		for k := range specs {
			if c.Parts[i].watched(specs[k]) {
				return &specs[k]
			}
		}
		return nil
	}
}

func never(int) bool { return false }

// look reads the parts in scope, all at once.
func (c Composite[S, O]) look(ctx context.Context, have *O, in scope[S]) Errors {
	found := make([]error, len(c.Parts))
	looked := make([]bool, len(c.Parts))
	var group errgroup.Group
	group.SetLimit(max(1, c.Parallel))
	for i := range c.Parts {
		spec := in(i)
		if c.Parts[i].Observe == nil {
			i = 0 // seen with the root
		}
		if spec == nil || looked[i] {
			continue
		}
		looked[i] = true
		group.Go(func() error {
			found[i] = c.Parts[i].Observe(ctx, *spec, have)
			return nil
		})
	}
	_ = group.Wait() // each part has its own error
	var errs Errors
	for i, err := range found {
		if err != nil {
			errs = append(errs, &PartError{c.Parts[i].Name, Observing, err})
		}
	}
	return errs
}

// converge removes what is there and unwanted, last part first, applies what is wanted and not as it should be, first
// part first, reads back what it touched, and waits.
func (c Composite[S, O]) converge(ctx context.Context, in scope[S], want S, have O) (O, error) {
	due := func(i int) bool {
		p := c.Parts[i]
		return p.wanted(want) && !p.done(want, have)
	}
	doomed := func(i int) bool {
		p := c.Parts[i]
		return p.Remove != nil && in(i) != nil && !p.wanted(want) && p.Present(have)
	}
	if errs := c.refusals(ctx, want, have, due, doomed); len(errs) > 0 {
		return have, errs
	}
	touched := make([]bool, len(c.Parts))
	remove := func(late bool) *PartError {
		for i := range slices.Backward(c.Parts) {
			if !doomed(i) || c.Parts[i].Late != late {
				continue
			}
			touched[i] = true
			p, spec := c.Parts[i], *in(i)
			if err := step(ctx, p, Removing, func() error { return p.Remove(ctx, spec, &have) }); err != nil {
				return err
			}
		}
		return nil
	}
	if err := remove(false); err != nil {
		return c.rescue(ctx, in, have, err), Errors{err}
	}
	for i, p := range c.Parts {
		if !due(i) {
			continue
		}
		touched[i] = true
		if err := step(ctx, p, Applying, func() error { return p.Apply(ctx, want, &have) }); err != nil {
			return c.rescue(ctx, in, have, err), Errors{err}
		}
	}
	if err := remove(true); err != nil {
		return c.rescue(ctx, in, have, err), Errors{err}
	}
	if errs := c.verify(ctx, in, want, &have, touched); len(errs) > 0 {
		return c.rescue(ctx, in, have, errs[0]), errs
	}
	errs := c.settle(ctx, want, have)
	return have, append(errs, c.afterwards(ctx, want)...).orNil()
}

// refusals asks every part that is about to be applied or removed whether that may be, before anything is written.
func (c Composite[S, O]) refusals(ctx context.Context, spec S, have O, due, doomed func(int) bool) Errors {
	var errs Errors
	for i, p := range c.Parts {
		var err error
		switch {
		case p.CanApply != nil && due(i):
			err = p.CanApply(ctx, spec, have)
		case p.CanRemove != nil && doomed(i):
			err = p.CanRemove(ctx, spec, have)
		}
		if err != nil {
			errs = append(errs, &PartError{p.Name, Checking, err})
		}
	}
	return errs
}

// step runs one write, unless the context is already dead: nothing new is begun after an interrupt.
func step[S, O any](ctx context.Context, p Part[S, O], stage Stage, write func() error) *PartError {
	err := ctx.Err()
	if err == nil {
		err = write()
	}
	if err != nil {
		return &PartError{p.Name, stage, err}
	}
	return nil
}

// rescue looks again after a failure, so that what a lost answer hid is recorded. Where looking fails too, the journal
// that Apply and Remove kept stands; so it does for an object that turned out to be somebody else's.
func (c Composite[S, O]) rescue(ctx context.Context, in scope[S], have O, failed *PartError) O {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Rescue)
	defer cancel()
	_ = c.look(ctx, &have, func(i int) *S {
		if errors.Is(failed, ErrForeign) && c.Parts[i].Name == failed.Part {
			return nil
		}
		return in(i)
	})
	return have
}

// verify reads the touched parts until reads show what was written: the state is built from reads, and a read right
// after a write may be stale.
func (c Composite[S, O]) verify(ctx context.Context, in scope[S], want S, have *O, touched []bool) Errors {
	pending := slices.Clone(touched)
	var errs Errors
	err := c.Until(ctx, "reads to show what was written to the "+c.Noun, func(ctx context.Context) (bool, error) {
		errs = c.look(ctx, have, func(i int) *S {
			if !pending[i] {
				return nil
			}
			return in(i)
		})
		if len(errs) > 0 {
			return false, errs
		}
		for i, p := range c.Parts {
			pending[i] = pending[i] && !p.done(want, *have)
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
	for i, p := range c.Parts {
		if pending[i] {
			errs = append(errs, &PartError{p.Name, Verifying, err})
		}
	}
	return errs
}

// settle waits for every wanted part that knows how to.
func (c Composite[S, O]) settle(ctx context.Context, want S, have O) Errors {
	var errs Errors
	for _, p := range c.Parts {
		if p.Settle == nil || !p.wanted(want) {
			continue
		}
		if err := p.Settle(ctx, have); err != nil {
			errs = append(errs, &PartError{p.Name, Settling, err})
		}
	}
	return errs
}
