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

// Limits of one batch.
const (
	rounds  = 4 // waits for more changes before a write
	cycles  = 5 // writes of one batch that others overwrite
	alone   = 2 // writes of one batch without a sign of others: more of them would not help
	rereads = 3 // reads for one write, if reading is slow
	checks  = 2 // reads after a write before a missing element counts as overwritten
	margin  = 3 // pause from a write to the check, as a multiple of the gap

	patience = 12 // how long other words must stay to be the store's, as a part of the time that reads may lag
)

// OverwrittenError means that another writer replaced the document again and again.
type OverwrittenError struct {
	Noun, Bucket string
	Writes       int      // how often they were written
	Lost         []string // own keys that the document lacks, or has with other values
	Found        []string // keys of other owners
}

func (e *OverwrittenError) Error() string {
	found := "nothing else"
	if len(e.Found) > 0 {
		found = strings.Join(e.Found, ", ")
	}
	return fmt.Sprintf("%s was written %d times to the %s of bucket %s, and another writer replaced it each time; the "+
		"document now has %s. Make sure that nothing else manages the whole document", strings.Join(e.Lost, ", "), e.Writes,
		e.Noun, e.Bucket, found)
}

// run commits the pending requests as one batch, and again what came in meanwhile, until nothing is pending.
func (w Writer[D, E]) run(ctx context.Context) {
	for w.gather(ctx) {
		unlock, err := w.conn.Lock(ctx, w.bucket)
		w.mu.Lock()
		requests := w.pending
		w.pending = nil
		w.mu.Unlock()
		if err != nil {
			finish(requests, err)
			continue
		}
		batchCtx, cancel := whileAny(ctx, requests)
		w.commit(batchCtx, requests, unlock)
		cancel()
	}
}

// gather waits until no more changes come in, for a bounded time. If nothing is pending it clears running and returns
// false.
func (w Writer[D, E]) gather(ctx context.Context) bool {
	for before, round := 0, 0; ; round++ {
		w.mu.Lock()
		now := len(w.pending)
		w.running = now > 0
		w.mu.Unlock()
		if now == before || round == rounds {
			return now > 0
		}
		before = now
		_ = awsclient.Wait(ctx, w.conn.Pace.Gather)
	}
}

// whileAny returns a context that ends once the contexts of all requests have ended.
func whileAny[E any](ctx context.Context, requests []*request[E]) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	var alive atomic.Int64
	alive.Store(int64(len(requests)))
	for _, r := range requests {
		context.AfterFunc(r.ctx, func() {
			if alive.Add(-1) == 0 {
				cancel(context.Cause(r.ctx))
			}
		})
	}
	return ctx, func() { cancel(nil) }
}

func finish[E any](requests []*request[E], err error) {
	for _, r := range requests {
		r.done <- err
	}
}

// commit writes a batch and checks later that it is still there, until it is. The caller holds the lock of the bucket;
// commit calls unlock.
func (w Writer[D, E]) commit(ctx context.Context, requests []*request[E], unlock func()) {
	for cycle := 1; ; cycle++ {
		left, read, err := w.write(ctx, requests)
		unlock()
		if err != nil && len(left) > 1 && invalid(err) {
			w.commitEach(ctx, left)
			return
		}
		if err != nil || read.IsZero() {
			finish(left, err)
			return
		}
		if requests = w.confirm(ctx, left, time.Since(read)); len(requests) == 0 {
			return
		}
		enough := cycle >= cycles || cycle >= alone && !w.stranger(requests, firstWrite)
		if enough && !w.stranger(requests, latestWrite) {
			if requests = w.watch(ctx, requests, cycle); len(requests) == 0 {
				return
			}
		}
		if cycle >= cycles {
			finish(requests, w.overwritten(requests, cycle))
			return
		}
		_ = awsclient.Wait(ctx, w.conn.Pace.Backoff(cycle))
		if unlock, err = w.conn.Lock(ctx, w.bucket); err != nil {
			finish(requests, err)
			return
		}
	}
}

// refusal is an error of Check.
type refusal struct{ error }

// invalid reports whether the document was refused for its content.
func invalid(err error) bool {
	var refused refusal
	return errors.As(err, &refused) || awsclient.IsInvalid(err)
}

// commitEach commits the requests of a refused batch one by one, so that a wrong one does not stop the others.
func (w Writer[D, E]) commitEach(ctx context.Context, requests []*request[E]) {
	for i, r := range requests {
		unlock, err := w.conn.Lock(ctx, w.bucket)
		if err != nil {
			finish(requests[i:], err)
			return
		}
		w.commit(ctx, []*request[E]{r}, unlock)
	}
}

// write merges the requests into the current document and writes it. It finishes the requests that cannot be merged.
// It returns the others, and when the read began that the write was based on: zero if there is nothing to check later.
func (w Writer[D, E]) write(
	ctx context.Context, requests []*request[E],
) (left []*request[E], read time.Time, err error) {
	requests = w.waiting(requests)
	if len(requests) == 0 {
		return nil, time.Time{}, nil
	}
	since := time.Now().Add(-w.conn.Pace.Gap)
	for reread := 1; ; reread++ {
		seen, err := w.read(ctx, since)
		if err != nil {
			return requests, time.Time{}, err
		}
		requests = w.applicable(seen.doc, requests)
		next := merge(w.overlay(seen.doc), requests)
		if w.same(seen.doc, next, requests) {
			return requests, time.Time{}, nil
		}
		old := time.Since(seen.began) > w.conn.Pace.Gap
		last := len(next.Elements()) == 0
		if reread < rereads && (old || last && reread == 1) { // a deletion needs a new read
			since = time.Now()
			continue
		}
		if err := w.put(ctx, next); err != nil {
			return requests, time.Time{}, err
		}
		for _, r := range requests {
			r.before = seen.doc.Elements()
			if !r.written {
				r.first = r.before
			}
		}
		w.record(requests)
		return requests, seen.began, nil
	}
}

// put writes the document. A failed write counts as one, because it may have changed the document.
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

// record puts what was written under each key into the journal.
func (w Writer[D, E]) record(requests []*request[E]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, r := range requests {
		r.written = true
		for _, key := range r.Owned {
			w.journal[key] = entry[E]{at: w.written}
		}
		for _, element := range r.Want {
			w.journal[element.Key()] = entry[E]{&element, w.written}
		}
	}
}

// waiting finishes the requests whose contexts have ended, and returns the others.
func (w Writer[D, E]) waiting(requests []*request[E]) []*request[E] {
	return reject(requests, func(r *request[E]) error {
		if r.ctx.Err() == nil {
			return nil
		}
		return fmt.Errorf("changing the %s of bucket %s: %w", w.store.Noun, w.bucket, context.Cause(r.ctx))
	})
}

// applicable finishes the requests with new elements that exist already and are not ours, and returns the others.
func (w Writer[D, E]) applicable(doc D, requests []*request[E]) []*request[E] {
	taken := map[string]bool{}
	for _, element := range doc.Elements() {
		taken[element.Key()] = true
	}
	w.mu.Lock()
	for key, own := range w.journal {
		taken[key] = own.element != nil // even if a read that lags shows otherwise
	}
	w.mu.Unlock()
	return reject(requests, func(r *request[E]) error {
		for _, element := range r.Want {
			if r.New && !r.written && taken[element.Key()] {
				return ErrExists
			}
		}
		for _, element := range r.Want {
			taken[element.Key()] = true
		}
		return nil
	})
}

// reject finishes the requests for which wrong returns an error, and returns the others.
func reject[E any](requests []*request[E], wrong func(*request[E]) error) []*request[E] {
	var valid []*request[E]
	for _, r := range requests {
		if err := wrong(r); err != nil {
			r.done <- err
			continue
		}
		valid = append(valid, r)
	}
	return valid
}

func merge[D Document[D, E], E Element[E]](doc D, requests []*request[E]) D {
	for _, r := range requests {
		doc = doc.Replace(r.Owned, r.Want)
	}
	return doc
}

// same reports whether both documents have the same elements under all own keys.
func (w Writer[D, E]) same(doc, next D, requests []*request[E]) bool {
	keys := map[string]bool{}
	for _, r := range requests {
		for _, key := range r.Owned {
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

// under returns the elements with the key.
func under[D Document[D, E], E Element[E]](doc D, key string) []E {
	var all []E
	for _, element := range doc.Elements() {
		if element.Key() == key {
			all = append(all, element)
		}
	}
	return all
}

// confirm waits until every writer that read before our write must have written, and then reads whether the requests
// are still in the document. It finishes those that are, and returns the others.
func (w Writer[D, E]) confirm(ctx context.Context, requests []*request[E], gap time.Duration) []*request[E] {
	for check := 0; check < checks && len(requests) > 0; check++ {
		if err := awsclient.Wait(ctx, margin*max(gap, w.conn.Pace.Gap)); err != nil {
			finish(requests, err)
			return nil
		}
		requests = w.waiting(requests)
		seen, err := w.read(ctx, time.Now())
		if err != nil {
			finish(requests, err)
			return nil
		}
		requests = w.settle(seen.doc, requests)
		if check == checks-1 {
			note(seen.doc, requests)
		}
	}
	return requests
}

// overwritten returns the error for requests that others keep overwriting.
func (w Writer[D, E]) overwritten(requests []*request[E], writes int) error {
	e := &OverwrittenError{Noun: w.store.Noun, Bucket: w.bucket, Writes: writes}
	for _, r := range requests {
		e.Lost = append(e.Lost, r.Owned...)
	}
	w.mu.Lock()
	seen := w.latest
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
