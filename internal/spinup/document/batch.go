package document

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// How a batch goes about it.
const (
	rounds  = 4 // looks whether more changes have come in, before they are written
	cycles  = 5 // writes of one batch, when others overwrite it
	rereads = 3 // reads for one write, when reading is slow
	looks   = 2 // reads after a write before an element that does not show counts as overwritten
	margin  = 3 // times the gap from a write to the look whether it lasted
)

// OverwrittenError says that another writer replaced the document again and again.
type OverwrittenError struct {
	Noun, Bucket string
	Lost         []string // keys of ours that are not in the document, or say something else there
	Found        []string // keys of others
}

func (e *OverwrittenError) Error() string {
	found := "nothing else"
	if len(e.Found) > 0 {
		found = strings.Join(e.Found, ", ")
	}
	return fmt.Sprintf("another writer replaced the %s of bucket %s each of the %d times that %s was written to it; it "+
		"now holds %s. Nothing else may manage the whole document", e.Noun, e.Bucket, cycles,
		strings.Join(e.Lost, ", "), found)
}

// lead makes a batch of what comes in and sees it through, and the next of what has come meanwhile, until nothing has.
func (w Writer[D, E]) lead(ctx context.Context) {
	for w.gather(ctx) {
		unlock, err := w.conn.Lock(ctx, w.bucket)
		w.mu.Lock()
		orders := w.pending
		w.pending = nil
		w.mu.Unlock()
		if err != nil {
			finish(orders, err)
			continue
		}
		wanted, cancel := joint(ctx, orders)
		w.serve(wanted, orders, unlock)
		cancel()
	}
}

// gather waits until no more changes come in, for a bounded time. It says false, and that nobody leads any more, if
// none has.
func (w Writer[D, E]) gather(ctx context.Context) bool {
	for before, round := 0, 0; ; round++ {
		w.mu.Lock()
		now := len(w.pending)
		w.leading = now > 0
		w.mu.Unlock()
		if now == before || round == rounds {
			return now > 0
		}
		before = now
		_ = awsclient.Wait(ctx, w.conn.Pace.Gather)
	}
}

// joint is a context that ends when those of all orders have.
func joint[E any](ctx context.Context, orders []*order[E]) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	var waiting atomic.Int64
	waiting.Store(int64(len(orders)))
	for _, o := range orders {
		context.AfterFunc(o.ctx, func() {
			if waiting.Add(-1) == 0 {
				cancel(context.Cause(o.ctx))
			}
		})
	}
	return ctx, func() { cancel(nil) }
}

func finish[E any](orders []*order[E], err error) {
	for _, o := range orders {
		o.done <- err
	}
}

// serve writes a batch and looks whether it lasts, until it does. It is given the lock of the bucket.
func (w Writer[D, E]) serve(ctx context.Context, orders []*order[E], unlock func()) {
	for cycle := 1; ; cycle++ {
		left, read, err := w.write(ctx, orders)
		unlock()
		if err != nil && len(left) > 1 && invalid(err) {
			w.serveEach(ctx, left)
			return
		}
		if err != nil || read.IsZero() {
			finish(left, err)
			return
		}
		if orders = w.confirm(ctx, left, time.Since(read)); len(orders) == 0 {
			return
		}
		if cycle == cycles {
			finish(orders, w.overwritten(orders))
			return
		}
		_ = awsclient.Wait(ctx, w.conn.Pace.Backoff(cycle))
		if unlock, err = w.conn.Lock(ctx, w.bucket); err != nil {
			finish(orders, err)
			return
		}
	}
}

// refusal is what Check said.
type refusal struct{ error }

// invalid says whether the document was refused for what it says.
func invalid(err error) bool {
	var refused refusal
	return errors.As(err, &refused) || awsclient.IsInvalid(err)
}

// serveEach writes the changes of a refused batch one by one, so that a wrong one does not stop the others.
func (w Writer[D, E]) serveEach(ctx context.Context, orders []*order[E]) {
	for i, o := range orders {
		unlock, err := w.conn.Lock(ctx, w.bucket)
		if err != nil {
			finish(orders[i:], err)
			return
		}
		w.serve(ctx, []*order[E]{o}, unlock)
	}
}

// write merges the orders into the document as it is. It finishes those that cannot be part of it, and returns the
// others and when the read began that the write was based on: zero if nothing had to be written, or looked at.
func (w Writer[D, E]) write(ctx context.Context, orders []*order[E]) (left []*order[E], read time.Time, err error) {
	orders = w.alive(orders)
	if len(orders) == 0 {
		return nil, time.Time{}, nil
	}
	if !slices.ContainsFunc(orders, func(o *order[E]) bool { return !o.Fresh }) {
		return orders, time.Time{}, w.writeFresh(ctx, orders)
	}
	since := time.Now().Add(-w.conn.Pace.Gap)
	for reread := 1; ; reread++ {
		seen, err := w.read(ctx, since)
		if err != nil {
			return orders, time.Time{}, err
		}
		orders = w.possible(seen.doc, orders)
		next := merge(w.overlay(seen.doc), orders)
		if w.same(seen.doc, next, orders) {
			return orders, time.Time{}, nil
		}
		old := time.Since(seen.began) > w.conn.Pace.Gap
		last := len(next.Elements()) == 0
		if reread < rereads && (old || last && reread == 1) { // a deletion wants a look of its own
			since = time.Now()
			continue
		}
		if err := w.put(ctx, next); err != nil {
			return orders, time.Time{}, err
		}
		w.note(orders)
		return orders, seen.began, nil
	}
}

// writeFresh writes the document of a bucket that was just made.
func (w Writer[D, E]) writeFresh(ctx context.Context, orders []*order[E]) error {
	w.mu.Lock()
	clear(w.journal)
	w.mu.Unlock()
	var none D
	next := merge(none, orders)
	if len(next.Elements()) == 0 {
		return nil
	}
	if err := w.put(ctx, next); err != nil {
		return err
	}
	w.note(orders)
	return nil
}

// put writes the document, which a write that fails may have changed too.
func (w Writer[D, E]) put(ctx context.Context, next D) (err error) {
	if w.store.Check != nil {
		if err := w.store.Check(next); err != nil {
			return refusal{err}
		}
	}
	if len(next.Elements()) == 0 {
		err = w.store.Delete(ctx)
	} else {
		err = w.store.Write(ctx, next)
	}
	w.mu.Lock()
	w.written = time.Now()
	w.mu.Unlock()
	return err
}

// note keeps what was written under each key.
func (w Writer[D, E]) note(orders []*order[E]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range orders {
		o.written = true
		for _, key := range o.Owned {
			w.journal[key] = entry[E]{at: w.written}
		}
		for _, element := range o.Want {
			w.journal[element.Key()] = entry[E]{&element, w.written}
		}
	}
}

// alive finishes the orders that nobody waits for any more, and returns the others.
func (w Writer[D, E]) alive(orders []*order[E]) []*order[E] {
	return sift(orders, func(o *order[E]) error {
		if o.ctx.Err() == nil {
			return nil
		}
		return fmt.Errorf("changing the %s of bucket %s: %w", w.store.Noun, w.bucket, context.Cause(o.ctx))
	})
}

// possible finishes the orders whose new elements are there already and not by our doing, and returns the others.
func (w Writer[D, E]) possible(doc D, orders []*order[E]) []*order[E] {
	taken := map[string]bool{}
	for _, element := range doc.Elements() {
		taken[element.Key()] = true
	}
	w.mu.Lock()
	for key, own := range w.journal {
		taken[key] = own.element != nil // whatever a read says that lags behind
	}
	w.mu.Unlock()
	return sift(orders, func(o *order[E]) error {
		for _, element := range o.Want {
			if o.New && !o.written && taken[element.Key()] {
				return ErrExists
			}
		}
		for _, element := range o.Want {
			taken[element.Key()] = true
		}
		return nil
	})
}

// sift finishes the orders that something is wrong with, and returns the others.
func sift[E any](orders []*order[E], wrong func(*order[E]) error) []*order[E] {
	var fine []*order[E]
	for _, o := range orders {
		if err := wrong(o); err != nil {
			o.done <- err
			continue
		}
		fine = append(fine, o)
	}
	return fine
}

func merge[D Document[D, E], E Element[E]](doc D, orders []*order[E]) D {
	for _, o := range orders {
		doc = doc.Replace(o.Owned, o.Want)
	}
	return doc
}

// same says whether both documents say the same under all keys that are ours.
func (w Writer[D, E]) same(doc, next D, orders []*order[E]) bool {
	keys := map[string]bool{}
	for _, o := range orders {
		for _, key := range o.Owned {
			keys[key] = true
		}
	}
	w.mu.Lock()
	for key := range w.journal {
		keys[key] = true
	}
	w.mu.Unlock()
	for key := range keys {
		if !slices.EqualFunc(under(doc, key), under(next, key), E.Equal) {
			return false
		}
	}
	return true
}

// under are the elements of the key.
func under[D Document[D, E], E Element[E]](doc D, key string) []E {
	var all []E
	for _, element := range doc.Elements() {
		if element.Key() == key {
			all = append(all, element)
		}
	}
	return all
}

// confirm looks, once all who read before the write must have written, whether the orders still stand. It finishes
// those that do, and returns the others.
func (w Writer[D, E]) confirm(ctx context.Context, orders []*order[E], gap time.Duration) []*order[E] {
	for look := 0; look < looks && len(orders) > 0; look++ {
		if err := awsclient.Wait(ctx, margin*max(gap, w.conn.Pace.Gap)); err != nil {
			finish(orders, err)
			return nil
		}
		orders = w.alive(orders)
		seen, err := w.read(ctx, time.Now())
		if err != nil {
			finish(orders, err)
			return nil
		}
		orders = slices.DeleteFunc(orders, func(o *order[E]) bool {
			stands := w.same(seen.doc, merge(seen.doc, []*order[E]{o}), []*order[E]{o})
			if stands {
				o.done <- nil
			}
			return stands
		})
	}
	return orders
}

// overwritten says what became of the orders.
func (w Writer[D, E]) overwritten(orders []*order[E]) error {
	e := &OverwrittenError{Noun: w.store.Noun, Bucket: w.bucket}
	for _, o := range orders {
		e.Lost = append(e.Lost, o.Owned...)
	}
	w.mu.Lock()
	seen := w.look
	w.mu.Unlock()
	if seen == nil {
		return e
	}
	for _, element := range seen.doc.Elements() {
		if key := element.Key(); !slices.Contains(e.Lost, key) {
			e.Found = append(e.Found, key)
		}
	}
	return e
}
