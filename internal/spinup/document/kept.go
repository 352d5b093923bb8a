package document

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// NotKeptError means that the store accepted a change twice and shows something else, which is no other writer's work.
type NotKeptError struct {
	Noun, Item, Bucket, Key string

	Lost    []string // what the element does not have as it was written; nil if there is no such element
	Removed bool     // the change was a removal, and the element is still there
}

func (e *NotKeptError) Error() string {
	text := fmt.Sprintf("%s %s in the %s of bucket %s, although it accepted that", e.Item, e.Key, e.Noun, e.Bucket)
	switch {
	case e.Removed:
		return "the store did not remove " + text
	case len(e.Lost) == 0:
		return "the store did not keep " + text
	}
	return "the store did not keep " + strings.Join(e.Lost, ", ") + " of " + text
}

// settle finishes the requests of which the document tells what became of them, and returns the others.
func (w Writer[D, E]) settle(doc D, requests []*request[E]) []*request[E] {
	return slices.DeleteFunc(requests, func(r *request[E]) bool {
		look(doc, r)
		known, err := w.judge(doc, r)
		if err != nil {
			w.concede(doc, r)
		}
		if known {
			r.done <- err
		}
		return known
	})
}

// look notes since when every look at the request's keys has shown the same.
func look[D Document[D, E], E Element[E]](doc D, r *request[E]) {
	var own []E
	for _, key := range r.Owned {
		own = append(own, under(doc, key)...)
	}
	if r.since.IsZero() || !slices.EqualFunc(own, r.own, E.Equal) {
		r.own, r.since = own, time.Now()
	}
}

// note keeps what the requests were shown.
func note[D Document[D, E], E Element[E]](doc D, requests []*request[E]) {
	for _, r := range requests {
		r.shown = doc.Elements()
	}
}

// judge tells what became of a request, if the document shows that. It does if it has what was written, or an element
// in other words that are the store's own: neither those written nor those from before, which a read that lags, or a
// writer that lost our change, would show; or the same after two writes.
//
// Where a difference in words has a name, it is one in meaning: the store did not keep the element. That is said of
// words that were not there before the first write, came back after the second, and are all that was seen for a time.
// Any others may be a read that lags: how many reads show them says nothing, only for how long they do.
func (w Writer[D, E]) judge(doc D, r *request[E]) (known bool, err error) {
	wanted := doc.Replace(r.Owned, r.Want)
	for _, key := range r.Owned {
		have, want := under(doc, key), under(wanted, key)
		if slices.EqualFunc(have, want, E.Equal) {
			continue
		}
		if len(have) != 1 || len(want) != 1 {
			return false, nil
		}
		again := slices.ContainsFunc(r.shown, have[0].Equal) // after another write of ours
		steady := time.Since(r.since) >= w.conn.Pace.Consistency/patience
		lost := w.differences(want[0], have[0])
		switch {
		case len(lost) > 0 && again && steady && !slices.ContainsFunc(r.first, have[0].Equal):
			err = w.notKept(NotKeptError{Key: key, Lost: lost})
		case len(lost) > 0, slices.ContainsFunc(r.before, have[0].Equal) && !again:
			return false, nil
		}
	}
	return true, err
}

func (w Writer[D, E]) differences(want, have E) []string {
	if w.store.Differ == nil {
		return nil
	}
	return w.store.Differ(want, have)
}

// notKept fills in what the document is.
func (w Writer[D, E]) notKept(e NotKeptError) error {
	e.Noun, e.Item, e.Bucket = w.store.Noun, w.store.Item, w.bucket
	return &e
}

// watch looks at the document without writing, for as long as reads may lag behind. It finishes the requests of which
// something is known in the end, and returns the others as soon as another writer shows.
func (w Writer[D, E]) watch(ctx context.Context, requests []*request[E], writes int) []*request[E] {
	var doc D
	what := fmt.Sprintf("the %s of bucket %s to show what was written", w.store.Noun, w.bucket)
	err := w.conn.Until(ctx, what, func(ctx context.Context) (bool, error) {
		requests = w.waiting(requests)
		seen, err := w.read(ctx, time.Now())
		if err != nil {
			return false, err
		}
		doc = seen.doc
		requests = w.settle(doc, requests)
		note(doc, requests)
		return len(requests) == 0 || w.stranger(requests, latestWrite), nil
	})
	switch {
	case err == nil:
		return requests
	case !awsclient.IsTimeout(err):
		finish(requests, err)
		return nil
	}
	if w.stranger(requests, firstWrite) { // whose work it may be
		finish(requests, w.overwritten(requests, writes))
		return nil
	}
	for _, r := range requests {
		w.concede(doc, r)
		r.done <- w.refused(doc, r, writes)
	}
	return nil
}

// refused is the error for a request of which reads show nothing although they do not lag any more.
func (w Writer[D, E]) refused(doc D, r *request[E], writes int) error {
	wanted := doc.Replace(r.Owned, r.Want)
	for _, key := range r.Owned {
		have, want := under(doc, key), under(wanted, key)
		switch {
		case slices.EqualFunc(have, want, E.Equal):
		case len(want) == 0:
			return w.notKept(NotKeptError{Key: key, Removed: true})
		case len(have) == 0:
			return w.notKept(NotKeptError{Key: key})
		case len(have) == 1:
			return w.notKept(NotKeptError{Key: key, Lost: w.differences(want[0], have[0])})
		}
	}
	return w.overwritten([]*request[E]{r}, writes)
}

// concede takes what the document has under the keys of a request as what is there. Reads must not show what the store
// did not keep.
func (w Writer[D, E]) concede(doc D, r *request[E]) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, key := range r.Owned {
		delete(w.journal, key)
		if have := under(doc, key); len(have) == 1 {
			w.journal[key] = entry[E]{&have[0], w.written}
		}
	}
}

// write says which write of a request is meant.
type write int

const (
	firstWrite write = iota
	latestWrite
)

// basis returns what the write of the request was based on.
func (r *request[E]) basis(of write) []E {
	if of == firstWrite {
		return r.first
	}
	return r.before
}

// stranger reports whether the latest read shows another writer's work since the given write: an element that neither
// was there before nor has a key of ours, or the lack of one that is not ours. Without such a sign it may be that reads
// lag behind, or that the store does not keep what is written.
func (w Writer[D, E]) stranger(requests []*request[E], since write) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.latest == nil {
		return false
	}
	select {
	case <-w.latest.done:
	default:
		return false // a read is under way
	}
	shown := w.latest.doc.Elements()
	known := func(element E) bool {
		own, ours := w.journal[element.Key()]
		if ours && own.element != nil && element.Equal(*own.element) {
			return true
		}
		return slices.ContainsFunc(requests, func(r *request[E]) bool {
			return slices.Contains(r.Owned, element.Key()) || slices.ContainsFunc(r.basis(since), element.Equal)
		})
	}
	gone := func(element E) bool {
		_, ours := w.journal[element.Key()]
		return !ours && !slices.ContainsFunc(shown, element.Equal)
	}
	return slices.ContainsFunc(shown, func(element E) bool { return !known(element) }) ||
		slices.ContainsFunc(requests, func(r *request[E]) bool { return slices.ContainsFunc(r.basis(since), gone) })
}
