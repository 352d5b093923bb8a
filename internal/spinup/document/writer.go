// Package document changes documents that S3 stores whole and that several writers share, element by element: the
// lifecycle configuration of a bucket by rule, its policy by statement. S3 has no conditional write for them, so that
// whoever writes last wins; this package makes writers of this provider lose nothing of each other's. It may import
// awsclient and knows neither the SDK nor Terraform.
//
// Within a process changes of one document that come at about the same time are one write (batch), under the lock of
// the bucket. Reads may lag behind writes, so what this process wrote itself is laid over what it reads (journal). What
// is written is based on a read that is not older than a moment (gap), and some moments later the writer looks whether
// its own elements are still there; if another writer has overwritten them they are written again. Elements of others
// go back as they were read. Another process that finished before cannot notice a later overwrite: its next plan does.
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

// Element is what has one owner.
type Element[E any] interface {
	// Key tells the element from others in its document; empty where nothing does, which is nobody of ours.
	Key() string
	// Equal says whether both mean the same.
	Equal(E) bool
}

// Document is a list of elements that is written whole. The zero value is that of a bucket that has none.
type Document[D any, E Element[E]] interface {
	Elements() []E
	// Replace returns the document without the elements of the owned keys and with add behind those that stay.
	Replace(owned []string, add []E) D
}

// Store reads and writes a document.
type Store[D any] struct {
	Noun   string                               // such as "bucket policy"
	Read   func(ctx context.Context) (D, error) // absent is the zero document
	Write  func(ctx context.Context, d D) error
	Delete func(ctx context.Context) error // absent is success
	Check  func(d D) error                 // refuses a document before it is written; nil: always fine
}

// Change says what shall stand under the keys that its owner owns.
type Change[E any] struct {
	Owned []string // every key of Want among them; what is there under the others is removed
	Want  []E
	New   bool // none of the keys may be there yet: it would be somebody else's
	Fresh bool // the bucket was made a moment ago: it has no document, and no other writer
}

// ErrExists is the refusal of a new element under a key that is taken.
var ErrExists = errors.New("it exists already")

// Writer changes one document of one bucket. All writers of one connection for the same document work together.
type Writer[D Document[D, E], E Element[E]] struct {
	store  Store[D]
	bucket string
	conn   *awsclient.Conn
	*desk[D, E]
}

// desk is what all writers of a document share.
type desk[D Document[D, E], E Element[E]] struct {
	mu      sync.Mutex
	pending []*order[E] // wait for the next batch
	leading bool        // somebody takes them, batch after batch
	journal map[string]entry[E]
	written time.Time // when the latest write ended
	look    *look[D]  // the latest read, perhaps under way
}

// order is a change on its way.
type order[E any] struct {
	Change[E]
	ctx     context.Context
	written bool       // at least once
	done    chan error // of size one
}

// entry is what this process wrote under one key.
type entry[E any] struct {
	element *E // nil: removed
	at      time.Time
}

// look is one read, shared by all who can do with one of its time.
type look[D any] struct {
	began time.Time
	done  chan struct{}
	doc   D
	err   error
}

// NewWriter gives a writer of the bucket's document.
func NewWriter[D Document[D, E], E Element[E]](conn *awsclient.Conn, bucket string, store Store[D]) Writer[D, E] {
	shared := conn.Shared(store.Noun+" of "+bucket, func() any {
		return &desk[D, E]{journal: map[string]entry[E]{}}
	})
	return Writer[D, E]{store, bucket, conn, shared.(*desk[D, E])}
}

// Read gives the document as it is, or as it was a moment ago: reads of many resources are one call. What this process
// wrote shows although the store may not yet.
func (w Writer[D, E]) Read(ctx context.Context) (D, error) {
	seen, err := w.read(ctx, time.Now().Add(-w.conn.Pace.Share))
	if err != nil {
		var none D
		return none, err
	}
	return w.overlay(seen.doc), nil
}

// read gives a look that began after the latest write and not before since.
func (w Writer[D, E]) read(ctx context.Context, since time.Time) (*look[D], error) {
	w.mu.Lock()
	if w.written.After(since) {
		since = w.written
	}
	seen := w.look
	if seen == nil || seen.began.Before(since) {
		seen = &look[D]{began: time.Now(), done: make(chan struct{})}
		w.look = seen
		go func() {
			// For everybody who waits, so that it must not end when the first goes away.
			seen.doc, seen.err = w.store.Read(context.WithoutCancel(ctx))
			if seen.err != nil {
				w.mu.Lock()
				if w.look == seen {
					w.look = nil
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

// overlay lays over a document what this process wrote while reads may lag.
func (w Writer[D, E]) overlay(doc D) D {
	w.mu.Lock()
	defer w.mu.Unlock()
	for key, own := range w.journal {
		if time.Since(own.at) > w.conn.Pace.Consistency {
			delete(w.journal, key)
			continue
		}
		if !slices.EqualFunc(under(doc, key), own.elements(), E.Equal) { // one that shows keeps its place
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

// Apply makes the document say what the change says, together with other changes that come at about the same time. It
// returns when a read showed it. An element of another owner in the place of a new one is ErrExists; other errors are
// the store's, or an *OverwrittenError. When ctx ends, Apply returns once nothing of the change is under way any more.
func (w Writer[D, E]) Apply(ctx context.Context, change Change[E]) error {
	o := &order[E]{Change: change, ctx: ctx, done: make(chan error, 1)}
	w.mu.Lock()
	w.pending = append(w.pending, o)
	first := !w.leading
	w.leading = true
	w.mu.Unlock()
	if first {
		go w.lead(context.WithoutCancel(ctx))
	}
	return <-o.done
}
