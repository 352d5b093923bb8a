// Package document changes documents that S3 stores whole and that several writers share, element by element: the
// lifecycle configuration of a bucket by rule, its policy by statement. S3 has no conditional write for them, so the
// last write wins. With this package, writers of this provider do not lose each other's elements. It may import
// awsclient and knows neither the SDK nor Terraform.
//
// Within a process, changes of one document that come at about the same time are one write (batch), under the lock of
// the bucket. Reads may lag behind writes, so what this process wrote is laid over what it reads (journal). A write is
// based on a read of bounded age (gap). Some moments later the writer checks that its own elements are still there, and
// writes them again if another writer has overwritten them. A store that accepts an element and does not keep all of it
// is told from such a writer, and from reads that lag, by what it shows after two writes, and for how long (kept.go).
// Elements of others go back as they were read. A process that has finished cannot notice a later overwrite; its next
// plan does.
package document

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Element is a part of a document that has one owner.
type Element[E any] interface {
	// Key identifies the element in its document. It is empty for an element without identity, which is never ours.
	Key() string
	// Equal reports whether both mean the same.
	Equal(E) bool
}

// Document is a list of elements that is written whole. The zero value stands for no document.
type Document[D any, E Element[E]] interface {
	Elements() []E
	// Replace returns the document without the elements of the owned keys, and with add after those that stay.
	Replace(owned []string, add []E) D
}

// Store reads and writes a document.
type Store[D, E any] struct {
	Noun   string                               // such as "bucket policy"
	Item   string                               // what an element is called, such as "statement"
	Read   func(ctx context.Context) (D, error) // the zero document if there is none
	Write  func(ctx context.Context, d D) error
	Delete func(ctx context.Context) error // no document is no error
	Check  func(d D) error                 // refuses a document before it is written; nil for no check
	// Differ names what have does not have as want has it. It is nil where other words may mean the same.
	Differ func(want, have E) []string
}

// Change is what the document should have under the keys of one owner.
type Change[E any] struct {
	Owned []string // with every key of Want; elements under the other keys are removed
	Want  []E
	New   bool // none of the keys may exist yet: an element there belongs to another owner
}

// ErrExists is the error for a new element whose key is taken.
var ErrExists = errors.New("it exists already")

// Writer changes one document of one bucket. All writers of a connection for the same document share their state.
type Writer[D Document[D, E], E Element[E]] struct {
	store  Store[D, E]
	bucket string
	conn   *awsclient.Conn
	*shared[D, E]
}

// shared is the state that all writers of a document share.
type shared[D Document[D, E], E Element[E]] struct {
	mu      sync.Mutex
	pending []*request[E] // of the next batch
	running bool          // a goroutine commits them, batch after batch
	journal map[string]entry[E]
	written time.Time    // when the latest write ended
	latest  *snapshot[D] // the latest read, perhaps in progress
}

// request is a change that a caller of Apply waits for.
type request[E any] struct {
	Change[E]
	ctx     context.Context
	written bool       // at least once
	first   []E        // the elements that the first write was based on
	before  []E        // the elements that the latest write was based on
	shown   []E        // the elements that the latest check found, if the change was not among them
	own     []E        // those of its keys, as the latest look showed them
	since   time.Time  // when the first look showed them so
	done    chan error // with room for one, so nobody waits for the receiver
}

// entry is what this process wrote under one key.
type entry[E any] struct {
	element *E // nil: removed
	at      time.Time
}

// snapshot is one read, shared by all readers that it is recent enough for.
type snapshot[D any] struct {
	began time.Time
	done  chan struct{}
	doc   D
	err   error
}

// NewWriter returns a writer of the bucket's document.
func NewWriter[D Document[D, E], E Element[E]](conn *awsclient.Conn, bucket string, store Store[D, E]) Writer[D, E] {
	state := conn.Shared(store.Noun+" of "+bucket, func() any {
		return &shared[D, E]{journal: map[string]entry[E]{}}
	})
	return Writer[D, E]{store, bucket, conn, state.(*shared[D, E])}
}

// Forget drops what is known of the document. It is called before a bucket is made: one of this name may have gone.
func (w Writer[D, E]) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.journal)
	w.latest = nil
}

// Read returns the document, at most Pace.Share old: the reads of many resources share one call. It shows what this
// process wrote, even if the store does not yet.
func (w Writer[D, E]) Read(ctx context.Context) (D, error) {
	seen, err := w.read(ctx, time.Now().Add(-w.conn.Pace.Share))
	if err != nil {
		var none D
		return none, err
	}
	return w.overlay(seen.doc), nil
}

// read returns a snapshot that began after the latest write and not before since.
func (w Writer[D, E]) read(ctx context.Context, since time.Time) (*snapshot[D], error) {
	w.mu.Lock()
	if w.written.After(since) {
		since = w.written
	}
	seen := w.latest
	if seen == nil || seen.began.Before(since) {
		seen = &snapshot[D]{began: time.Now(), done: make(chan struct{})}
		w.latest = seen
		go func() {
			// It serves all readers, so it does not end with the first one's context.
			seen.doc, seen.err = w.store.Read(context.WithoutCancel(ctx))
			if seen.err != nil {
				w.mu.Lock()
				if w.latest == seen {
					w.latest = nil
				}
				w.mu.Unlock()
			}
			close(seen.done)
		}()
	}
	w.mu.Unlock()
	select {
	case <-seen.done:
		return seen, seen.err
	case <-ctx.Done():
		return nil, fmt.Errorf("reading the %s of bucket %s: %w", w.store.Noun, w.bucket, context.Cause(ctx))
	}
}

// overlay puts what this process wrote into a document that may lag.
func (w Writer[D, E]) overlay(doc D) D {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, own := range w.journal {
		if time.Since(own.at) > w.conn.Pace.Consistency {
			delete(w.journal, key)
			continue
		}
		if !slices.EqualFunc(under(doc, key), own.elements(), E.Equal) { // an equal one keeps its place
			doc = doc.Replace([]string{key}, own.elements())
		}
	}
	return doc
}

func (e entry[E]) elements() []E {
	if e.element == nil {
		return nil
	}
	return []E{*e.element}
}

// Apply makes the change, in one write with others that come at about the same time, and returns once a read has shown
// it. The error is ErrExists if a new element's key is taken, an *OverwrittenError, a *NotKeptError, or the store's. If
// ctx ends, Apply returns when nothing of the change is in progress any more.
func (w Writer[D, E]) Apply(ctx context.Context, change Change[E]) error {
	r := &request[E]{Change: change, ctx: ctx, done: make(chan error, 1)}
	w.mu.Lock()
	w.pending = append(w.pending, r)
	first := !w.running
	w.running = true
	w.mu.Unlock()
	if first {
		go w.run(context.WithoutCancel(ctx))
	}
	return <-r.done
}
