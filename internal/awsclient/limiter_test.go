package awsclient

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"
	"pgregory.net/rapid"
)

// busyStore answers each request after a second. Of more than room at once it answers the rest with SlowDown.
type busyStore struct {
	mu                 sync.Mutex
	room               int
	busy, most         int // requests that are being answered, and how many of them there were at once
	answered, declined int
}

func (s *busyStore) exchange(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	declined := s.busy == s.room
	if declined {
		s.declined++
	} else {
		s.busy++
		s.answered++
	}
	s.most = max(s.most, s.busy)
	s.mu.Unlock()
	if declined {
		response := says(strings.NewReader("<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"))
		response.StatusCode = http.StatusServiceUnavailable
		return response, nil
	}
	err := Wait(r.Context(), time.Second)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	return says(strings.NewReader(versioning)), err
}

// run makes calls, all begun at once.
func (s *busyStore) run(t *testing.T, limiter *Limiter, calls int) {
	t.Helper()
	conn := over(s.exchange, DefaultPace(), 25)
	s.most, s.answered, s.declined = 0, 0, 0
	var group sync.WaitGroup
	for range calls {
		group.Go(func() {
			err := limiter.Do(t.Context(), func(ctx context.Context) error { return getVersioning(ctx, conn) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if s.answered != calls {
		t.Errorf("%d of %d calls were answered", s.answered, calls)
	}
}

// TestLimiter_throttled: calls give way to a store that has too much to do, and come back when it has not.
func TestLimiter_throttled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, limiter := &busyStore{room: 6}, NewLimiter(32)
		began := time.Now()
		s.run(t, limiter, 600)
		if s.declined == 0 || s.declined > 400 || limiter.limit > 12 {
			t.Errorf("%d of 600 calls were declined, the limit is %d", s.declined, limiter.limit)
		}
		if took := time.Since(began); took > 200*time.Second { // six at once take 100 seconds
			t.Errorf("600 calls took %v", took)
		}
		s.room = 100
		s.run(t, limiter, 1000)
		if s.declined > 0 || s.most != 32 || limiter.limit != 32 {
			t.Errorf("later: %d calls were declined, at most %d ran at once, the limit is %d", s.declined, s.most, limiter.limit)
		}
	})
}

// TestLimiter_cut: what is throttled at once counts once, and the limit never goes below one.
func TestLimiter_cut(t *testing.T) {
	limiter := NewLimiter(8)
	slow := &smithy.GenericAPIError{Code: "SlowDown"}
	for _, want := range []int{4, 2, 1, 1} {
		ctx := context.WithValue(t.Context(), limiterKey{}, limiter)
		first, second := watchAttempt(ctx), watchAttempt(ctx)
		first(slow)
		second(slow)
		if limiter.limit != want {
			t.Fatalf("the limit is %d, not %d", limiter.limit, want)
		}
	}
	limiter = NewLimiter(8)
	watchAttempt(context.WithValue(t.Context(), limiterKey{}, limiter))(&smithy.GenericAPIError{Code: "InternalError"})
	watchAttempt(t.Context())(slow)
	if limiter.limit != 8 {
		t.Errorf("the limit is %d", limiter.limit)
	}
}

// TestLimiter_bound: never more calls run at once than may, all of them are made, and those whose context ends before
// their turn are not and cost nobody else a turn.
func TestLimiter_bound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		most, calls := rapid.IntRange(1, 5).Draw(rt, "most"), rapid.IntRange(0, 20).Draw(rt, "calls")
		patience := rapid.SliceOfN(rapid.IntRange(0, 9), calls, calls).Draw(rt, "patience")
		limiter := NewLimiter(most)
		running, peak, made, given := 0, 0, 0, 0
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			var group sync.WaitGroup
			for _, seconds := range patience {
				group.Go(func() {
					ctx, cancel := context.WithTimeout(t.Context(), time.Duration(seconds)*time.Second)
					defer cancel()
					err := limiter.Do(ctx, func(context.Context) error {
						mu.Lock()
						running, made = running+1, made+1
						peak = max(peak, running)
						mu.Unlock()
						err := Wait(t.Context(), time.Second)
						mu.Lock()
						defer mu.Unlock()
						running--
						return err
					})
					mu.Lock()
					defer mu.Unlock()
					if errors.Is(err, context.DeadlineExceeded) {
						given++
					} else if err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
		})
		if peak > most || made+given != calls || limiter.running != 0 || len(limiter.queue) != 0 {
			rt.Errorf("%d of %d calls were made, %d given up, at most %d at once instead of %d; %d run and %d wait",
				made, calls, given, peak, most, limiter.running, len(limiter.queue))
		}
	})
}

// TestLimiter_late: a turn that comes in the moment in which its call is given up is another's.
func TestLimiter_late(t *testing.T) {
	for range 200 {
		synctest.Test(t, func(t *testing.T) {
			limiter := NewLimiter(1)
			if err := limiter.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				if limiter.enter(ctx) == nil {
					limiter.leave()
				}
			}()
			synctest.Wait()
			cancel()
			limiter.leave()
			synctest.Wait()
			if limiter.running != 0 {
				t.Fatalf("%d calls run", limiter.running)
			}
		})
	}
}
