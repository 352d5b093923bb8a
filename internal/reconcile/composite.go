package reconcile

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
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

	// WithoutRoot clears what was seen of the parts inside the root: without a root there are none, whatever a service
	// answers. Nil: nothing to clear.
	WithoutRoot func(have *O)

	// Taken says what stands in the place of the root where that is no composite of this kind. Nil, or a nil error: it is
	// one, and an import would find it.
	Taken func(ctx context.Context, w Wish[S], have O) error

	// Afterwards runs after a successful change and cleans up what earlier runs left. Its failure is a warning.
	// Nil: nothing.
	Afterwards func(ctx context.Context, spec S) error

	// Until calls done, at a pace of its own, until it is true, fails, or a bound is reached.
	Until func(ctx context.Context, what string, done func(context.Context) (bool, error)) error
}

// Exists reports whether the root was seen.
func (c Composite[S, O]) Exists(have O) bool { return c.Parts[0].Present(have) }

// HasRemains reports whether the root was seen, or anything else that can outlive it.
func (c Composite[S, O]) HasRemains(have O) bool { return len(c.Remains(have)) > 0 }

// Remains are the attributes of what was seen and can exist without the root, the root included.
func (c Composite[S, O]) Remains(have O) []string {
	var names []string
	for _, p := range c.Parts {
		if !p.Inside && p.Present(have) && !slices.Contains(names, p.Attribute) {
			names = append(names, p.Attribute)
		}
	}
	return names
}

// Observe reads all watched parts at once. Each failing part has its own error, and the status holds what could be
// read. When the root is absent the errors of the parts inside it mean nothing and are left out.
func (c Composite[S, O]) Observe(ctx context.Context, prior S) (O, error) {
	have, errs := c.observe(ctx, Keep(prior))
	return have, errs.orNil()
}

func (c Composite[S, O]) observe(ctx context.Context, w Wish[S]) (O, Errors) {
	var have O
	errs := c.look(ctx, w, &have, c.watched(w))
	if slices.ContainsFunc(errs, func(e *PartError) bool { return e.Index == 0 }) || c.Exists(have) {
		return have, errs
	}
	c.clear(&have)
	return have, slices.DeleteFunc(errs, func(e *PartError) bool { return c.Parts[e.Index].Inside })
}

// clear forgets what was seen inside a root that is absent.
func (c Composite[S, O]) clear(have *O) {
	if c.WithoutRoot != nil {
		c.WithoutRoot(have)
	}
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

// Check returns what Create, or with a prior Update, would refuse, and what it saw, and writes nothing. Of an update it
// looks only at what newly enters the scope of a part: the rest was read by the refresh.
func (c Composite[S, O]) Check(ctx context.Context, w Wish[S]) (O, error) {
	var have O
	var errs Errors
	asked := func(i int) bool { return c.Parts[i].due(w, have) }
	claimed := c.watched(w)
	if w.Prior == nil {
		have, errs = c.free(ctx, w)
	} else {
		asked = func(i int) bool { return c.Parts[i].enters(w) }
		claimed = asked
		errs = c.look(ctx, w, &have, asked)
	}
	if len(errs) == 0 {
		errs = c.refusals(ctx, w, have, c.claims(ctx, w, have, claimed), asked, never)
	}
	return have, errs.orNil()
}

// Enters reports whether this update brings something into the scope of a part, so that Check has something to ask.
func (c Composite[S, O]) Enters(w Wish[S]) bool {
	return slices.ContainsFunc(c.Parts, func(p Part[S, O]) bool { return p.enters(w) })
}

// free looks for everything that can exist without the root, and refuses a root that exists.
func (c Composite[S, O]) free(ctx context.Context, w Wish[S]) (O, Errors) {
	var have O
	errs := c.look(ctx, w, &have, func(i int) bool { return !c.Parts[i].Inside && c.Parts[i].watched(w) })
	if len(errs) == 0 && c.Exists(have) {
		errs = Errors{c.failure(0, Checking, c.taken(ctx, w, have))}
	}
	return have, errs
}

// taken is the refusal of a root that exists.
func (c Composite[S, O]) taken(ctx context.Context, w Wish[S], have O) error {
	if c.Taken != nil {
		if err := guard(func() error { return c.Taken(ctx, w, have) }); err != nil {
			return err
		}
	}
	return &ExistsError{c.Noun}
}

// Update brings a composite from wherever it is to what is wanted. Parts that only prior watched are removed. A root
// that is gone is made anew.
func (c Composite[S, O]) Update(ctx context.Context, prior, want S) (O, error) {
	w := Wish[S]{Want: want, Prior: &prior}
	have, errs := c.observe(ctx, w)
	if len(errs) > 0 {
		return have, errs
	}
	return c.converge(ctx, w, have)
}

// Destroy takes a composite apart, last part first, the root at the very end. Settings inside the root go with it.
// When anything refuses to be removed nothing is. What belongs to somebody else is left alone.
func (c Composite[S, O]) Destroy(ctx context.Context, prior S) (O, error) {
	w := Keep(prior)
	have, errs := c.observe(ctx, w)
	if len(errs) > 0 {
		return have, errs
	}
	present := func(i int) bool { return c.Parts[i].watched(w) && c.Parts[i].Present(have) }
	claims := c.claims(ctx, w, have, present)
	doomed := func(i int) bool { return present(i) && claims[i] == nil }
	if errs := c.refusals(ctx, w, have, claims, never, doomed); len(errs) > 0 {
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
	if err := guard(func() error { return c.Afterwards(ctx, spec) }); err != nil {
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
			found[i] = guard(func() error { return c.Parts[i].Observe(ctx, w, have) })
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
	claims := c.claims(ctx, w, have, c.watched(w))
	unwanted := func(i int) bool { return claims[i] == nil && c.Parts[i].unwanted(w, have) }
	if errs := c.refusals(ctx, w, have, claims, due, unwanted); len(errs) > 0 {
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
	removeEarly, removeLate := func() *PartError { return remove(false) }, func() *PartError { return remove(true) }
	for _, phase := range []func() *PartError{removeEarly, apply, removeLate} {
		if err := phase(); err != nil {
			return c.rescue(ctx, w, have, err), Errors{err}
		}
	}
	errs := c.verify(ctx, w, &have, touched)
	if errs.any(Verifying) {
		return c.rescue(ctx, w, have, errs[0]), errs
	}
	errs = append(errs, c.settle(ctx, w, have)...)
	return have, append(errs, c.afterwards(ctx, w.Want)...).orNil()
}

// claims asks the selected parts whose what stands in their place is. Nil: it is the composite's, or there is nothing.
func (c Composite[S, O]) claims(ctx context.Context, w Wish[S], have O, selected func(int) bool) []error {
	claims := make([]error, len(c.Parts))
	for i, p := range c.Parts {
		if p.Claim != nil && selected(i) {
			claims[i] = guard(func() error { return p.Claim(ctx, w, have) })
		}
	}
	return claims
}

// refusals asks every part that is about to be applied or removed whether that may be, before anything is written.
func (c Composite[S, O]) refusals(
	ctx context.Context, w Wish[S], have O, claims []error, due, doomed func(int) bool,
) Errors {
	var errs Errors
	for i, p := range c.Parts {
		err := claims[i]
		switch {
		case due(i):
			if err == nil && p.CanApply != nil {
				err = guard(func() error { return p.CanApply(ctx, w, have) })
			}
		case errors.Is(err, ErrForeign) && w.Prior == nil && p.wanted(w): // though it is as wanted, it is of others
		case errors.Is(err, ErrForeign):
			err = nil // left alone
		case err == nil && p.CanRemove != nil && doomed(i):
			err = guard(func() error { return p.CanRemove(ctx, w, have) })
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
		err = guard(write)
	}
	if err != nil {
		return c.failure(i, stage, err)
	}
	return nil
}

// guard makes an error of a panic: the parts that worked have to be recorded whatever one of them does.
func guard(act func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("a fault of the provider, please report it: %v (%s)", r, origin(debug.Stack()))
		}
	}()
	return act()
}

// origin is where a panic came from: the first place of the stack behind the panic itself.
func origin(stack []byte) string {
	lines := strings.Split(string(stack), "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "panic(") })
	for _, line := range lines[max(i+2, 0):] { // the panic and its place
		if at, ok := strings.CutPrefix(line, "\t"); ok && !strings.Contains(at, "/runtime/") {
			place, _, _ := strings.Cut(at[strings.LastIndex(at, "/")+1:], " ")
			return place
		}
	}
	return "unknown place"
}

// rescue looks again after a failure, so that what a lost answer hid is recorded. Where looking fails too, the journal
// that Apply and Remove kept stands; so it does for an object that turned out to be somebody else's.
func (c Composite[S, O]) rescue(ctx context.Context, w Wish[S], have O, failed *PartError) O {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.Rescue)
	defer cancel()
	errs := c.look(ctx, w, &have, func(i int) bool {
		foreign := errors.Is(failed, ErrForeign) && i == failed.Index
		return !foreign && c.Parts[i].watched(w)
	})
	if !c.Exists(have) && !slices.ContainsFunc(errs, func(e *PartError) bool { return e.Index == 0 }) {
		c.clear(&have)
	}
	return have
}

// verify reads the touched parts until reads show what was written: the state is built from reads, and a read right
// after a write may be stale. What a service accepted and shows in other words is no failure, but Unconfirmed.
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
			errs = append(errs, c.failure(i, Unconfirmed, err))
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
		if err := guard(func() error { return p.Settle(ctx, have) }); err != nil {
			errs = append(errs, c.failure(i, Settling, err))
		}
	}
	return errs
}
