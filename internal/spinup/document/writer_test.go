package document

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// line is an element: a key and what it says.
type line struct{ key, text string }

func (l line) Key() string           { return l.key }
func (l line) Equal(other line) bool { return l == other }

type page []line

func (p page) Elements() []line { return p }

func (p page) Replace(owned []string, add []line) page {
	return append(slices.DeleteFunc(slices.Clone(p), func(l line) bool { return slices.Contains(owned, l.key) }), add...)
}

// server is S3 in small: whoever writes last wins. Answers take up to slow, and a read may show what was there up to
// stale before.
type server struct {
	mu      sync.Mutex
	rng     *rand.Rand
	slow    time.Duration
	stale   time.Duration
	history []version
	calls   []string
	refuse  func(page) error
	keep    func(line) (line, bool) // what the server makes of a line, and whether it keeps it; nil for every line as it is
}

type version struct {
	at   time.Time
	page page
}

func newServer(seed uint64) *server { return &server{rng: rand.New(rand.NewPCG(seed, 1))} }

// delay is a random time up to most.
func (s *server) delay(most time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Duration(s.rng.Int64N(int64(most) + 1))
}

func (s *server) now(back time.Duration) page {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := time.Now().Add(-back)
	for _, v := range slices.Backward(s.history) {
		if !v.at.After(at) {
			return v.page
		}
	}
	return nil
}

func (s *server) set(p page, call string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = append(s.history, version{time.Now(), slices.Clone(p)})
	s.calls = append(s.calls, call)
}

func (s *server) read(ctx context.Context) (page, error) {
	seen := s.now(s.delay(s.stale))
	s.mu.Lock()
	s.calls = append(s.calls, "read")
	s.mu.Unlock()
	return seen, awsclient.Wait(ctx, s.delay(s.slow))
}

func (s *server) write(ctx context.Context, p page) error {
	if s.refuse != nil {
		if err := s.refuse(p); err != nil {
			return err
		}
	}
	if err := awsclient.Wait(ctx, s.delay(s.slow)); err != nil {
		return err
	}
	kept := page{}
	for _, l := range p {
		stays := true
		if s.keep != nil {
			l, stays = s.keep(l)
		}
		if stays {
			kept = append(kept, l)
		}
	}
	s.set(kept, "write")
	return nil
}

func (s *server) delete(context.Context) error { s.set(nil, "delete"); return nil }

func (s *server) store() Store[page, line] {
	return Store[page, line]{
		Noun: "page", Item: "line", Read: s.read, Write: s.write, Delete: s.delete, Differ: words,
	}
}

// words are the words of a line that the other lacks, or has more.
func words(want, have line) (all []string) {
	wanted, had := strings.Fields(want.text), strings.Fields(have.text)
	for _, word := range wanted {
		if !slices.Contains(had, word) {
			all = append(all, word)
		}
	}
	for _, word := range had {
		if !slices.Contains(wanted, word) {
			all = append(all, word)
		}
	}
	return all
}

// writes is how often the document was written or deleted.
func (s *server) writes() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, call := range s.calls {
		if call != "read" {
			n++
		}
	}
	return n
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

// process is one that runs the provider.
func process(s *server) Writer[page, line] {
	return NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", s.store())
}

func add(l line) Change[line] { return Change[line]{Owned: []string{l.key}, Want: []line{l}} }

// together carries out changes at once, ten at a time as Terraform does, and gives their errors.
func together(ctx context.Context, w Writer[page, line], changes ...Change[line]) error {
	errs := make([]error, len(changes))
	slots := make(chan struct{}, 10)
	var all sync.WaitGroup
	for i, c := range changes {
		all.Go(func() {
			slots <- struct{}{}
			errs[i] = w.Apply(ctx, c)
			<-slots
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func lines(prefix string, n int, text string) (all []Change[line]) {
	for i := range n {
		all = append(all, add(line{fmt.Sprintf("%s%02d", prefix, i), text}))
	}
	return all
}

func sorted(p page) page {
	slices.SortFunc(p, func(a, b line) int { return strings.Compare(a.key, b.key) })
	return p
}

// TestApply_calls: twenty changes are two waves of a read, a write and a check; one change is those three calls.
func TestApply_calls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		s.slow = 50 * time.Millisecond
		w := process(s)
		if err := together(t.Context(), w, lines("a", 20, "1")...); err != nil {
			t.Fatal(err)
		}
		if n := s.count(); n > 6 || len(s.now(0)) != 20 {
			t.Errorf("%d calls for %d lines: %v", n, len(s.now(0)), s.calls)
		}
		_ = awsclient.Wait(t.Context(), time.Second)
		s.calls = nil
		if err := w.Apply(t.Context(), add(line{"a05", "2"})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"read", "write", "read"}, s.calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		_ = awsclient.Wait(t.Context(), time.Second)
		s.calls = nil
		if err := w.Apply(t.Context(), add(line{"a05", "2"})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"read"}, s.calls); diff != "" {
			t.Errorf("calls for nothing (-want +got):\n%s", diff)
		}
	})
}

// TestApply_company: two processes write at once, and somebody adds a line by hand. No line is lost, whether reads lag
// or not, and that of the third stays as it is.
func TestApply_company(t *testing.T) {
	for _, stale := range []time.Duration{0, 400 * time.Millisecond} {
		t.Run(fmt.Sprint(stale), func(t *testing.T) {
			for round := range 300 {
				synctest.Test(t, func(t *testing.T) {
					s := newServer(uint64(round))
					s.slow, s.stale = 200*time.Millisecond, stale
					foreign := line{"foreign", "theirs"}
					s.set(page{foreign}, "write")
					_ = awsclient.Wait(t.Context(), time.Second)
					text := fmt.Sprint(round)
					var both sync.WaitGroup
					for _, name := range []string{"a", "b"} {
						both.Go(func() {
							if err := together(t.Context(), process(s), lines(name, 10, text)...); err != nil {
								t.Error(err)
							}
						})
					}
					both.Wait()
					want := page{}
					for _, c := range slices.Concat(lines("a", 10, text), lines("b", 10, text)) {
						want = append(want, c.Want...)
					}
					if diff := cmp.Diff(append(want, foreign), sorted(slices.Clone(s.now(0))), cmp.AllowUnexported(line{})); diff != "" {
						t.Errorf("round %d (-want +got):\n%s", round, diff)
					}
				})
				if t.Failed() {
					return
				}
			}
		})
	}
}

// TestApply_staleAlone: reads that lag make one process write nothing twice over, and lose nothing.
func TestApply_staleAlone(t *testing.T) {
	for round := range 100 {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(uint64(round))
			s.slow, s.stale = 100*time.Millisecond, 3*time.Second
			if err := together(t.Context(), process(s), lines("a", 20, "1")...); err != nil {
				t.Error(err)
			}
			if n := len(s.now(0)); n != 20 {
				t.Errorf("round %d: %d lines are left", round, n)
			}
		})
	}
}

// TestApply_exists: a new element under a key that is taken is refused, and nothing is written.
func TestApply_exists(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		s.set(page{{"a", "theirs"}}, "write")
		s.calls = nil
		w := process(s)
		fresh := add(line{"a", "mine"})
		fresh.New = true
		if err := w.Apply(t.Context(), fresh); !errors.Is(err, ErrExists) {
			t.Errorf("got %v", err)
		}
		if diff := cmp.Diff([]string{"read"}, s.calls); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
		// The same id twice at once: one of both.
		one, other := add(line{"b", "1"}), add(line{"b", "2"})
		one.New, other.New = true, true
		if err := together(t.Context(), w, one, other); !errors.Is(err, ErrExists) {
			t.Errorf("got %v", err)
		}
		// What this process has removed may come again, even while reads still show it.
		if err := w.Apply(t.Context(), Change[line]{Owned: []string{"b"}}); err != nil {
			t.Fatal(err)
		}
		s.stale = time.Second
		if err := w.Apply(t.Context(), one); err != nil {
			t.Errorf("got %v", err)
		}
	})
}

// TestApply_last: the last element goes by a deletion, after a new read; one that came meanwhile stops it.
func TestApply_last(t *testing.T) {
	remove := Change[line]{Owned: []string{"a"}}
	for _, company := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(1)
			s.set(page{{"a", "1"}}, "write")
			w := process(s)
			if _, err := w.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
			want := []string{"read", "read", "delete", "read"}
			if company { // after the read that the deletion could have used
				s.set(page{{"a", "1"}, {"b", "theirs"}}, "write")
				want = []string{"read", "read", "write", "read"}
			}
			s.calls = []string{"read"}
			if err := w.Apply(t.Context(), remove); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, s.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// TestApply_refused: what S3 does not accept of one change does not stop those that came with it.
func TestApply_refused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		store := s.store()
		store.Check = func(p page) error {
			if slices.Contains(p, line{"a01", "wrong"}) {
				return errors.New("refused")
			}
			return nil
		}
		w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
		changes := append(lines("b", 3, "1"), add(line{"a01", "wrong"}))
		if err := together(t.Context(), w, changes...); err == nil || err.Error() != "refused" {
			t.Errorf("got %v", err)
		}
		if got := len(s.now(0)); got != 3 {
			t.Errorf("%d lines are there", got)
		}
	})
}

// TestApply_overwritten: another who writes again and again wins in the end, and is named.
func TestApply_overwritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		store := s.store()
		store.Write = func(ctx context.Context, p page) error {
			err := s.write(ctx, p)
			s.set(page{{"theirs", "1"}}, "write")
			return err
		}
		w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
		err := w.Apply(t.Context(), add(line{"a", "1"}))
		want := &OverwrittenError{
			Noun: "page", Bucket: "bucket", Writes: cycles, Lost: []string{"a"}, Found: []string{"theirs"},
		}
		if got, ok := errors.AsType[*OverwrittenError](err); !ok || !cmp.Equal(want, got) {
			t.Errorf("got %v", err)
		}
	})
}

// TestApply_interrupted: once Apply has returned, nothing of the change is under way any more.
func TestApply_interrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		s.slow = 10 * time.Second
		for limit := range 40 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(limit)*100*time.Millisecond)
			if err := process(s).Apply(ctx, add(line{fmt.Sprint(limit), "1"})); err == nil {
				t.Log("it was in time")
			}
			before := len(s.now(0))
			_ = awsclient.Wait(t.Context(), time.Minute)
			if after := len(s.now(0)); after != before {
				t.Errorf("%d lines became %d later", before, after)
			}
			cancel()
		}
	})
}

// TestApply_order: what stands keeps its place, however often this process reads and writes.
func TestApply_order(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		w := process(s)
		want := page{}
		for _, c := range lines("a", 12, "1") {
			if err := w.Apply(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			want = append(want, c.Want...)
		}
		seen, err := w.Read(t.Context())
		if diff := cmp.Diff(want, seen, cmp.AllowUnexported(line{})); diff != "" || err != nil {
			t.Errorf("%v, read (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff(want, s.now(0), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("written (-want +got):\n%s", diff)
		}
	})
}

// TestApply_slowRead: a read that took too long is not what a write is based on.
func TestApply_slowRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		store, slow := s.store(), 300*time.Millisecond
		store.Read = func(ctx context.Context) (page, error) {
			seen := s.now(0)
			wait := slow
			slow = 0
			if wait > 0 { // meanwhile somebody else writes
				s.set(page{{"theirs", "1"}}, "write")
			}
			return seen, awsclient.Wait(ctx, wait)
		}
		w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
		if err := w.Apply(t.Context(), add(line{"a", "1"})); err != nil {
			t.Fatal(err)
		}
		if _, ok := find(s.now(0), "theirs"); !ok {
			t.Errorf("what another wrote meanwhile is lost: %v", s.now(0))
		}
	})
}

// TestApply_reworded: an element that the store shows in other words than it was written in was written once, and is no
// work of another writer.
func TestApply_reworded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		store := s.store()
		store.Differ = nil
		s.keep = func(l line) (line, bool) { return line{l.key, strings.ToUpper(l.text)}, true }
		w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
		for range 2 {
			if err := w.Apply(t.Context(), add(line{"a", "words"})); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(page{{"a", "WORDS"}}, s.now(0), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("the document (-want +got):\n%s", diff)
		}
		if n := len(slices.DeleteFunc(slices.Clone(s.calls), func(call string) bool { return call != "write" })); n > 3 {
			t.Errorf("%d writes: %v", n, s.calls)
		}
	})
}

// TestApply_lag: reads that lag for a minute are no other writer, and no store that does not keep what is written.
func TestApply_lag(t *testing.T) {
	for _, old := range []page{{{"theirs", "1"}}, {{"a", "1"}, {"theirs", "1"}}} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer(1)
			s.set(old, "before")
			s.calls = nil
			began := time.Now()
			store := s.store()
			store.Read = func(context.Context) (page, error) {
				if time.Since(began) < time.Minute {
					return old, nil
				}
				return s.now(0), nil
			}
			w := NewWriter[page, line](&awsclient.Conn{Pace: awsclient.DefaultPace()}, "bucket", store)
			if err := w.Apply(t.Context(), add(line{"a", "1 2"})); err != nil {
				t.Fatal(err)
			}
			want := page{{"a", "1 2"}, {"theirs", "1"}}
			if diff := cmp.Diff(want, sorted(s.now(0)), cmp.AllowUnexported(line{})); diff != "" {
				t.Errorf("the document (-want +got):\n%s", diff)
			}
			if n := s.writes(); n > 2 {
				t.Errorf("%d writes", n)
			}
		})
	}
}

// TestForget: what was written to a bucket that is gone does not come back in another of its name, whose document
// somebody else may have begun.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		w := process(s)
		if err := w.Apply(t.Context(), add(line{"old", "1"})); err != nil {
			t.Fatal(err)
		}
		s.set(page{{"theirs", "1"}}, "write")
		w.Forget()
		if err := w.Apply(t.Context(), add(line{"a", "1"})); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(page{{"a", "1"}, {"theirs", "1"}}, sorted(s.now(0)), cmp.AllowUnexported(line{})); diff != "" {
			t.Errorf("the document (-want +got):\n%s", diff)
		}
	})
}

// TestRead: many readers are one call, none of them older than a write of this process.
func TestRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer(1)
		s.slow = 100 * time.Millisecond
		w := process(s)
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := w.Read(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := s.count(); n != 1 {
			t.Errorf("%d calls", n)
		}
		if err := w.Apply(t.Context(), add(line{"a", "1"})); err != nil {
			t.Fatal(err)
		}
		seen, err := w.Read(t.Context())
		if diff := cmp.Diff(page{{"a", "1"}}, seen, cmp.AllowUnexported(line{})); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		// Somebody else's change shows a moment later.
		s.set(page{{"b", "1"}}, "write")
		_ = awsclient.Wait(t.Context(), w.conn.Pace.Share+time.Millisecond)
		seen, err = w.Read(t.Context())
		if _, ok := find(seen, "b"); !ok || err != nil {
			t.Errorf("got %v, %v", seen, err)
		}
	})
}

func find(p page, key string) (line, bool) {
	i := slices.IndexFunc(p, func(l line) bool { return l.key == key })
	if i < 0 {
		return line{}, false
	}
	return p[i], true
}
