package awsclient_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestUntil(t *testing.T) {
	ended := errors.New("interrupted")
	broken := errors.New("broken")
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
	cancelled, cancel := context.WithCancelCause(t.Context())
	cancel(ended)

	pace := fast()
	pace.Consistency = 30 * time.Millisecond
	for name, test := range map[string]struct {
		ctx     context.Context
		done    func(context.Context) (bool, error)
		is      error
		timeout bool
	}{
		"at once":         {t.Context(), after(1, nil), nil, false},
		"later":           {t.Context(), after(4, nil), nil, false},
		"an error":        {t.Context(), after(1, broken), broken, false},
		"never":           {t.Context(), never, nil, true},
		"stuck":           {t.Context(), stuck, nil, true},
		"interrupted":     {cancelled, never, ended, false},
		"stuck, then end": {cancelled, stuck, ended, false},
	} {
		err := awsclient.Until(test.ctx, pace, "the group to be visible", test.done)
		if awsclient.IsTimeout(err) != test.timeout || !test.timeout && !errors.Is(err, test.is) {
			t.Errorf("%s: got %v", name, err)
		}
		if test.timeout && err.Error() != "waited 30ms for the group to be visible" {
			t.Errorf("%s: got %v", name, err)
		}
		if errors.Is(test.is, ended) && !strings.Contains(err.Error(), "the group to be visible") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestUntil_slowsDown(t *testing.T) {
	pace := awsclient.Pace{PollMin: time.Millisecond, PollMax: 40 * time.Millisecond, Consistency: 200 * time.Millisecond}
	looks := 0
	_ = awsclient.Until(t.Context(), pace, "nothing", func(context.Context) (bool, error) {
		looks++
		return false, nil
	})
	if looks < 5 || looks > 20 {
		t.Errorf("%d looks in 200 ms", looks)
	}
}

func TestLock(t *testing.T) {
	clean(t)
	conn := connect(t, unasked("http://127.0.0.1:1"))
	unlock, err := conn.Lock(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	other, err := conn.Lock(t.Context(), "b")
	if err != nil {
		t.Fatal(err)
	}
	other()

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := conn.Lock(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "bucket a") {
		t.Errorf("got %v", err)
	}

	held := make(chan struct{})
	go func() {
		defer close(held)
		again, err := conn.Lock(context.Background(), "a")
		if err != nil {
			t.Error(err)
			return
		}
		again()
	}()
	select {
	case <-held:
		t.Error("locked twice")
	case <-time.After(20 * time.Millisecond):
	}
	unlock()
	<-held
}
