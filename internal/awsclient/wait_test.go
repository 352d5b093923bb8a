package awsclient_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Waits run on false time: nothing else can delay them, and what they take is exact.

func TestUntil(t *testing.T) {
	ended, broken := errors.New("interrupted"), errors.New("broken")
	after := func(n int, err error) func(context.Context) (bool, error) {
		return func(context.Context) (bool, error) {
			n--
			return n <= 0 && err == nil, err
		}
	}
	never := func(context.Context) (bool, error) { return false, nil }
	stuck := func(ctx context.Context) (bool, error) {
		<-ctx.Done()
		return false, ctx.Err()
	}
	for name, test := range map[string]struct {
		interrupt time.Duration // 0: never
		done      func(context.Context) (bool, error)
		is        error
		took      time.Duration
		says      string
	}{
		"at once":         {0, after(1, nil), nil, 0, ""},
		"later":           {0, after(4, nil), nil, 950 * time.Millisecond, ""}, // 200 + 300 + 450 ms
		"an error":        {0, after(1, broken), broken, 0, "broken"},
		"never":           {0, never, nil, 2 * time.Minute, "timed out after 2m0s waiting for the group to be visible"},
		"stuck":           {0, stuck, nil, 2 * time.Minute, "timed out after 2m0s waiting for the group to be visible"},
		"interrupted":     {time.Second, never, ended, time.Second, "waiting for the group to be visible: interrupted"},
		"stuck, then end": {time.Second, stuck, ended, time.Second, "waiting for the group to be visible: interrupted"},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			defer cancel(nil)
			if test.interrupt > 0 {
				time.AfterFunc(test.interrupt, func() { cancel(ended) })
			}
			conn, start := &awsclient.Conn{Pace: awsclient.DefaultPace()}, time.Now()
			err := conn.Until(ctx, "the group to be visible", test.done)
			if took := time.Since(start); took != test.took {
				t.Errorf("%s: it took %s, want %s", name, took, test.took)
			}
			if said := errorText(err); said != test.says || test.is != nil && !errors.Is(err, test.is) {
				t.Errorf("%s: got %q, want %q", name, said, test.says)
			}
			if awsclient.IsTimeout(err) != strings.HasPrefix(test.says, "timed out") {
				t.Errorf("%s: IsTimeout is wrong for %v", name, err)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestUntil_slowsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := awsclient.Pace{PollMin: time.Second, PollMax: 3 * time.Second, Consistency: 10 * time.Second}
		var checks []time.Duration
		start := time.Now()
		_ = awsclient.Until(t.Context(), pace, "nothing", func(context.Context) (bool, error) {
			checks = append(checks, time.Since(start))
			return false, nil
		})
		want := []time.Duration{0, 1000, 2500, 4750, 7750} // pauses of 1, 1.5, 2.25 and 3 seconds
		for i := range want {
			want[i] *= time.Millisecond
		}
		if !slices.Equal(checks, want) {
			t.Errorf("checks at %v, want %v", checks, want)
		}
	})
}

func TestPatiently(t *testing.T) {
	early, broken := errors.New("not there yet"), errors.New("broken")
	isEarly := func(err error) bool { return errors.Is(err, early) }
	for name, test := range map[string]struct {
		errs   []error // of the writes, the last one again and again
		writes int
		is     []error
	}{
		"at once":         {[]error{nil}, 1, nil},
		"later":           {[]error{early, early, nil}, 3, nil},
		"another failure": {[]error{early, broken}, 2, []error{broken}},
		"never":           {[]error{early}, 31, []error{early}},
		"interrupted":     {[]error{early}, 1, []error{early, context.Canceled}},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if name == "interrupted" {
				cancel()
			}
			conn, writes := &awsclient.Conn{Pace: awsclient.DefaultPace()}, 0
			err := conn.Patiently(ctx, "the user to be known", isEarly, func() error {
				writes++
				return test.errs[min(writes, len(test.errs))-1]
			})
			missing := func(want error) bool { return !errors.Is(err, want) }
			if (err == nil) != (len(test.is) == 0) || slices.ContainsFunc(test.is, missing) {
				t.Errorf("%s: got %v, want %v", name, err, test.is)
			}
			if writes != test.writes {
				t.Errorf("%s: %d writes, want %d", name, writes, test.writes)
			}
			if name == "never" && (!awsclient.IsTimeout(err) || !strings.Contains(err.Error(), "the user to be known")) {
				t.Errorf("%s: got %v", name, err)
			}
		})
	}
}
