package awsclient

import (
	"cmp"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"testing"
)

// TestAhead: everything is done once and given in order, and no more is under way than may be.
func TestAhead(t *testing.T) {
	var now, most, done atomic.Int32
	do := func(int) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		for range 100 { // others begin meanwhile, if they may
			runtime.Gosched()
		}
		done.Add(1)
		now.Add(-1)
	}
	want := make([]int, 100)
	for i := range want {
		want[i] = i
	}
	if got := slices.Collect(Ahead(4, 100, do)); !slices.Equal(got, want) || done.Load() != 100 || most.Load() > 4 {
		t.Errorf("%d done, %d at once, given %v", done.Load(), most.Load(), got)
	}
	if got := slices.Collect(Ahead(4, 0, do)); got != nil {
		t.Errorf("of nothing %v is given", got)
	}
}

// TestAhead_stopped: what nobody takes any more is not begun, and what was begun has ended.
func TestAhead_stopped(t *testing.T) {
	var begun, ended atomic.Int32
	for i := range Ahead(4, 100, func(int) { begun.Add(1); ended.Add(1) }) {
		if i == 2 {
			break
		}
	}
	if n := begun.Load(); n < 3 || n > 6 || ended.Load() != n {
		t.Errorf("%d begun, %d ended", n, ended.Load())
	}
}

// TestSearch: what is wanted and what could not be looked at is given in order, until nobody takes any more.
func TestSearch(t *testing.T) {
	broken := errors.New("no answer")
	look := func(i int) (bool, error) {
		if i == 5 {
			return false, broken
		}
		return i%3 == 0, nil
	}
	var given []int
	var failed error
	Search(4, 100, look, func(i int, err error) bool {
		given, failed = append(given, i), cmp.Or(failed, err)
		return i < 9
	})
	if !slices.Equal(given, []int{0, 3, 5, 6, 9}) || !errors.Is(failed, broken) {
		t.Errorf("given %v, with %v", given, failed)
	}
}
