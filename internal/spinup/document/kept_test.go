package document

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// forgetful is a server that does not know the words "upload" and keeps no line that says "nothing".
func forgetful(seed uint64) *server {
	s := newServer(seed)
	s.keep = func(l line) (line, bool) {
		said := slices.DeleteFunc(strings.Fields(l.text), func(word string) bool { return word == "upload" })
		return line{l.key, strings.Join(said, " ")}, !slices.Contains(said, "nothing")
	}
	return s
}

// TestApply_notKept: a store that accepts a line and keeps it in part, or not at all, is told from another writer and
// from reads that lag. Two writes are enough, and reads show what the store has.
func TestApply_notKept(t *testing.T) {
	for name, test := range map[string]struct {
		before page
		change Change[line]
		want   *NotKeptError
		left   page
	}{
		"new": {nil, add(line{"a", "expire upload"}), &NotKeptError{Lost: []string{"upload"}}, page{{"a", "expire"}}},
		"beside others": {page{{"b", "theirs"}}, add(line{"a", "expire upload"}), &NotKeptError{Lost: []string{"upload"}},
			page{{"a", "expire"}, {"b", "theirs"}}},
		"changed": {page{{"a", "1"}}, add(line{"a", "2 upload"}), &NotKeptError{Lost: []string{"upload"}},
			page{{"a", "2"}}},
		"as before":    {page{{"a", "1"}}, add(line{"a", "1 upload"}), &NotKeptError{Lost: []string{"upload"}}, page{{"a", "1"}}},
		"all of it":    {page{{"b", "theirs"}}, add(line{"a", "nothing"}), &NotKeptError{}, page{{"b", "theirs"}}},
		"all there is": {nil, add(line{"a", "nothing"}), &NotKeptError{}, nil},
	} {
		for _, stale := range []time.Duration{0, 3 * time.Second} {
			for round := range 30 {
				synctest.Test(t, func(t *testing.T) {
					s := forgetful(uint64(round))
					s.slow = 100 * time.Millisecond
					if test.before != nil {
						s.set(test.before, "before")
					}
					_ = awsclient.Wait(t.Context(), time.Minute)
					s.stale, s.calls = stale, nil
					w, began := process(s), time.Now()
					err := w.Apply(t.Context(), test.change)
					want := *test.want
					want.Noun, want.Item, want.Bucket, want.Key = "page", "line", "bucket", "a"
					got, ok := errors.AsType[*NotKeptError](err)
					if !ok || !cmp.Equal(&want, got) {
						t.Errorf("%s: got %v", name, err)
					}
					if n := s.writes(); n > 2 {
						t.Errorf("%s: %d writes: %v", name, n, s.calls)
					}
					if took := time.Since(began); took > 150*time.Second {
						t.Errorf("%s: it took %s", name, took)
					}
					s.stale = 0
					seen, err := w.Read(t.Context())
					if err != nil || !cmp.Equal(test.left, sorted(slices.Clone(seen)), cmp.AllowUnexported(line{}), cmpopts.EquateEmpty()) {
						t.Errorf("%s: reads show %v, %v", name, seen, err)
					}
				})
				if t.Failed() {
					return
				}
			}
		}
	}
}

// TestApply_notKeptBatch: what came with a line that the store does not keep is there, and is told so.
func TestApply_notKeptBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := forgetful(1)
		changes := append(lines("b", 5, "1"), add(line{"a", "expire upload"}), add(line{"c", "nothing"}))
		err := together(t.Context(), process(s), changes...)
		for _, want := range []string{
			"the store did not keep upload of line a in the page of bucket bucket, although it accepted that",
			"the store did not keep line c in the page of bucket bucket, although it accepted that",
		} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("no %q: %v", want, err)
			}
		}
		if n := strings.Count(err.Error(), "did not keep"); n != 2 || len(s.now(0)) != 6 || s.writes() > 2 {
			t.Errorf("%d errors, %v, %v", n, s.now(0), s.calls)
		}
	})
}

// TestApply_notRemoved: a line that stays although its removal was accepted is no other writer's either.
func TestApply_notRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		s.set(page{{"a", "1"}, {"b", "theirs"}}, "before")
		store := s.store()
		store.Write = func(ctx context.Context, p page) error { return s.write(ctx, append(p, line{"a", "1"})) }
		w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
		err := w.Apply(t.Context(), Change[line]{Owned: []string{"a"}})
		if refused, ok := errors.AsType[*NotKeptError](err); !ok || !refused.Removed || s.writes() > 3 {
			t.Errorf("%v, %v", err, s.calls)
		}
	})
}

// TestApply_olderWords: reads that lag may show what a line said two changes ago. That is not how the store keeps it.
func TestApply_olderWords(t *testing.T) {
	for _, gap := range []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second} {
		for round := range 200 {
			synctest.Test(t, func(t *testing.T) {
				s := newServer(uint64(round))
				s.slow = 100 * time.Millisecond
				s.set(page{{"a", "1"}}, "before")
				_ = awsclient.Wait(t.Context(), time.Minute)
				s.set(page{{"a", "1 2"}}, "before")
				_ = awsclient.Wait(t.Context(), gap)
				s.stale = 10 * time.Second
				if err := process(s).Apply(t.Context(), add(line{"a", "1 2 3"})); err != nil {
					t.Errorf("%s, round %d: %v", gap, round, err)
				}
			})
		}
	}
}

// TestApply_sameKey: who writes under our key once is another writer, however slow the server is.
func TestApply_sameKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		s.slow = 10 * time.Second
		store, once := s.store(), true
		store.Write = func(ctx context.Context, p page) error {
			err := s.write(ctx, p)
			if once {
				s.set(page{{"a", "theirs"}}, "theirs")
			}
			once = false
			return err
		}
		w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
		if err := w.Apply(t.Context(), add(line{"a", "mine"})); err != nil {
			t.Errorf("%v, %v", err, s.calls)
		}
	})
}

// TestApply_companyRemoves: another who only removes lines is seen by what is missing, and nobody waits for reads.
func TestApply_companyRemoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		theirs := page{{"x", "1"}, {"y", "1"}, {"z", "1"}}
		s.set(theirs, "before")
		store := s.store()
		store.Write = func(ctx context.Context, p page) error {
			err := s.write(ctx, p)
			if len(theirs) > 1 {
				theirs = theirs[1:]
				s.set(theirs, "theirs")
			}
			return err
		}
		w, began := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store), time.Now()
		err := w.Apply(t.Context(), add(line{"a", "mine"}))
		if took := time.Since(began); err != nil || took > 10*time.Second {
			t.Errorf("%v after %s: %v", err, took, s.calls)
		}
	})
}
