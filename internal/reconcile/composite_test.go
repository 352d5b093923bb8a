package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// The tests' composite: a house with parts of every kind. Walls stand inside the house, the garden and the name plate
// can outlive it, the well is an extra that is only looked at when wanted.
type spec struct {
	House, Walls, Garden, Plate, Well string
}

// status has a field per part, since parts are read at once.
type status struct {
	House, Walls, Garden, Plate, Well string
}

// world is where the parts live, with faults on request.
type world struct {
	mu     sync.Mutex
	there  map[string]string
	log    []string       // every write, in order
	reads  map[string]int // per part
	stale  map[string]int // how many reads of a part still answer the old value
	old    map[string]string
	fail   func(n int) fault // for the n-th write
	deny   map[string]error  // reads that fail
	keep   map[string]error  // removals refused
	writes int
	slow   chan struct{} // every read waits for it
	most   int           // reads at once
	now    int
}

type fault int

const (
	none fault = iota
	unsent
	lost
)

var errBoom = errors.New("boom")

func newWorld() *world {
	return &world{there: map[string]string{}, reads: map[string]int{}, stale: map[string]int{}, old: map[string]string{},
		deny: map[string]error{}, keep: map[string]error{}}
}

func (w *world) write(ctx context.Context, part, value string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	w.writes++
	f := none
	if w.fail != nil {
		f = w.fail(w.writes)
	}
	if f == unsent {
		return errBoom
	}
	w.log = append(w.log, part+"="+value)
	w.old[part] = w.there[part]
	if value == "" {
		delete(w.there, part)
		if part == "house" {
			delete(w.there, "walls") // what stands inside goes with it
		}
	} else {
		w.there[part] = value
	}
	if f == lost {
		return errBoom
	}
	return nil
}

func (w *world) read(part string) (string, error) {
	w.mu.Lock()
	w.now++
	w.most = max(w.most, w.now)
	w.mu.Unlock()
	if w.slow != nil {
		<-w.slow
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now--
	w.reads[part]++
	if err := w.deny[part]; err != nil {
		return "", err
	}
	if w.stale[part] > 0 {
		w.stale[part]--
		return w.old[part], nil
	}
	return w.there[part], nil
}

type (
	house = reconcile.Composite[spec, status]
	wish  = reconcile.Wish[spec]
)

func (w *world) part(name string, inside bool, want func(*spec) *string, have func(*status) *string) reconcile.Part[spec, status] {
	return reconcile.Part[spec, status]{
		Attribute: name,
		Inside:    inside,
		Wanted:    func(w wish) bool { return *want(&w.Want) != "" },
		Present:   func(o status) bool { return *have(&o) != "" },
		InSync:    func(w wish, o status) bool { return *want(&w.Want) == *have(&o) },
		Observe: func(_ context.Context, _ wish, o *status) error {
			value, err := w.read(name)
			if err == nil {
				*have(o) = value
			}
			return err
		},
		Apply: func(ctx context.Context, asked wish, o *status) error {
			err := w.write(ctx, name, *want(&asked.Want))
			if err == nil {
				*have(o) = *want(&asked.Want)
			}
			return err
		},
		CanRemove: func(context.Context, wish, status) error { return w.keep[name] },
		Remove: func(ctx context.Context, _ wish, o *status) error {
			err := w.write(ctx, name, "")
			if err == nil {
				*have(o) = ""
			}
			return err
		},
	}
}

func (w *world) house() house {
	well := w.part("well", false, func(s *spec) *string { return &s.Well }, func(o *status) *string { return &o.Well })
	well.Watched = func(s spec) bool { return s.Well != "" }
	return house{
		Noun: "house",
		Parts: []reconcile.Part[spec, status]{
			w.part("house", false, func(s *spec) *string { return &s.House }, func(o *status) *string { return &o.House }),
			w.part("walls", true, func(s *spec) *string { return &s.Walls }, func(o *status) *string { return &o.Walls }),
			w.part("garden", false, func(s *spec) *string { return &s.Garden }, func(o *status) *string { return &o.Garden }),
			w.part("plate", false, func(s *spec) *string { return &s.Plate }, func(o *status) *string { return &o.Plate }),
			well,
		},
		Parallel: 3,
		Rescue:   time.Minute,
		Until: func(ctx context.Context, what string, done func(context.Context) (bool, error)) error {
			for range 5 {
				if ok, err := done(ctx); ok || err != nil {
					return err
				}
			}
			return fmt.Errorf("waited for %s", what)
		},
	}
}

var full = spec{House: "brick", Walls: "white", Garden: "roses", Plate: "brass"}

func TestCreate_order(t *testing.T) {
	w := newWorld()
	have, err := w.house().Create(t.Context(), full)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"house=brick", "walls=white", "garden=roses", "plate=brass"}
	if diff := cmp.Diff(want, w.log); diff != "" {
		t.Error("writes, -want +got:\n" + diff)
	}
	if diff := cmp.Diff(status{House: "brick", Walls: "white", Garden: "roses", Plate: "brass"}, have); diff != "" {
		t.Error("status, -want +got:\n" + diff)
	}
	if w.reads["well"] != 0 {
		t.Error("an unwatched part was read")
	}
}

func TestCreate_readsNothingInsideARootThatIsNotThere(t *testing.T) {
	w := newWorld()
	w.deny["walls"] = errBoom
	w.fail = func(int) fault { return unsent }
	_, err := w.house().Create(t.Context(), full)
	if !errors.Is(err, errBoom) || !strings.Contains(err.Error(), "apply house") {
		t.Errorf("err = %v, want the root's own failure", err)
	}
}

func TestCreate_existing(t *testing.T) {
	w := newWorld()
	w.there["house"] = "wood"
	_, err := w.house().Create(t.Context(), full)
	if _, ok := errors.AsType[*reconcile.ExistsError](err); !ok {
		t.Errorf("err = %v, want an ExistsError", err)
	}
	var failed reconcile.Errors
	if !errors.As(err, &failed) || failed.Wrote() || len(w.log) > 0 {
		t.Errorf("wrote %v", w.log)
	}
}

// TestCreate_taken: what stands in the place of the root and is no composite of the kind is called what it is.
func TestCreate_taken(t *testing.T) {
	w := newWorld()
	w.there["house"] = "wood"
	c := w.house()
	for name, taken := range map[string]error{"a shed": errBoom, "a house": nil} {
		c.Taken = func(context.Context, wish, status) error { return taken }
		_, created := c.Create(t.Context(), full)
		_, checked := c.Check(t.Context(), wish{Want: full})
		for _, err := range []error{checked, created} {
			_, exists := errors.AsType[*reconcile.ExistsError](err)
			if exists != (taken == nil) || taken != nil && !errors.Is(err, taken) || len(w.log) > 0 {
				t.Errorf("%s: %v, wrote %v", name, err, w.log)
			}
		}
	}
}

func TestCanApply_refusesBeforeTheFirstWrite(t *testing.T) {
	w := newWorld()
	c := w.house()
	c.Parts[3].CanApply = func(context.Context, wish, status) error { return reconcile.ErrForeign }
	_, err := c.Create(t.Context(), full)
	if !errors.Is(err, reconcile.ErrForeign) || len(w.log) > 0 {
		t.Errorf("err = %v, wrote %v", err, w.log)
	}
}

func TestUpdate_removesBeforeItAppliesAndTouchesNothingElse(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "grey", "garden": "roses", "plate": "brass", "well": "deep"}
	prior := full
	prior.Well = "deep"
	want := full
	want.Garden = ""
	have, err := w.house().Update(t.Context(), prior, want)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"well=", "garden=", "walls=white"}, w.log); diff != "" {
		t.Error("writes, -want +got:\n" + diff)
	}
	if diff := cmp.Diff(status{House: "brick", Walls: "white", Plate: "brass"}, have); diff != "" {
		t.Error("status, -want +got:\n" + diff)
	}
	if w.reads["house"] != 1 || w.reads["plate"] != 1 || w.reads["walls"] != 2 {
		t.Errorf("reads = %v, want one each, and one more of what was written", w.reads)
	}
}

func TestUpdate_inSyncWritesNothing(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"}
	if _, err := w.house().Update(t.Context(), full, full); err != nil || len(w.log) > 0 {
		t.Errorf("err = %v, wrote %v", err, w.log)
	}
}

func TestUpdate_leavesBeWhatCannotBeRemoved(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"}
	c := w.house()
	c.Parts[1].Remove = nil
	want := full
	want.Walls = ""
	if _, err := c.Update(t.Context(), full, want); err != nil || len(w.log) > 0 {
		t.Errorf("err = %v, wrote %v", err, w.log)
	}
}

func TestUpdate_readFailureWritesNothing(t *testing.T) {
	w := newWorld()
	w.there["house"] = "brick"
	w.deny["garden"] = errBoom
	_, err := w.house().Update(t.Context(), full, full)
	if err == nil || len(w.log) > 0 || err.Error() != "read garden: boom" {
		t.Errorf("err = %v, wrote %v", err, w.log)
	}
}

func TestVerify_waitsForStaleReads(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "grey", "garden": "roses", "plate": "brass"}
	c := w.house()
	apply := c.Parts[1].Apply
	c.Parts[1].Apply = func(ctx context.Context, s wish, o *status) error {
		w.stale["walls"] = 3
		return apply(ctx, s, o)
	}
	have, err := c.Update(t.Context(), full, full)
	if err != nil || have.Walls != "white" {
		t.Errorf("have %+v, err %v", have, err)
	}
	if w.reads["house"] != 1 {
		t.Errorf("house was read %d times: only what was written is read again", w.reads["house"])
	}
}

func TestVerify_givesUpAndSaysSo(t *testing.T) {
	w := newWorld()
	c := w.house()
	c.Parts[1].Apply = func(context.Context, wish, *status) error { return nil } // an endpoint that forgets
	_, err := c.Create(t.Context(), full)
	var failed reconcile.Errors
	if !errors.As(err, &failed) || len(failed) != 1 || failed[0].Part != "walls" || failed[0].Stage != reconcile.Unconfirmed {
		t.Errorf("err = %v", err)
	}
	if !failed.Wrote() || !failed.Complete() {
		t.Error("what was accepted counts as done")
	}
}

func TestSettle_failureIsComplete(t *testing.T) {
	w := newWorld()
	c := w.house()
	c.Parts[2].Settle = func(context.Context, status) error { return errBoom }
	have, err := c.Create(t.Context(), full)
	var failed reconcile.Errors
	if !errors.As(err, &failed) || !failed.Complete() || !failed.Wrote() || have.Plate != "brass" {
		t.Errorf("have %+v, err %v", have, err)
	}
}

func TestObserve_absentRootHidesErrorsInsideIt(t *testing.T) {
	w := newWorld()
	w.deny["walls"] = errBoom
	c := w.house()
	have, err := c.Observe(t.Context(), full)
	if err != nil || c.Exists(have) {
		t.Errorf("have %+v, err %v", have, err)
	}
	w.deny["garden"] = errBoom
	if _, err = c.Observe(t.Context(), full); err == nil || err.Error() != "read garden: boom" {
		t.Errorf("err = %v: what outlives the root and cannot be read is not gone", err)
	}
	w.deny["house"] = errBoom
	if _, err = c.Observe(t.Context(), full); err == nil {
		t.Error("a root that cannot be read is not absent")
	}
}

func TestObserve_everyFailingPartHasItsError(t *testing.T) {
	w := newWorld()
	w.there["house"] = "brick"
	w.deny["garden"], w.deny["plate"] = errBoom, errBoom
	_, err := w.house().Observe(t.Context(), full)
	if want := "read garden: boom\nread plate: boom"; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %q", err, want)
	}
}

func TestObserve_allAtOnceWithinTheLimit(t *testing.T) {
	w := newWorld()
	w.slow = make(chan struct{})
	c := w.house()
	done := make(chan error)
	go func() { _, err := c.Observe(t.Context(), full); done <- err }()
	for range 4 {
		w.slow <- struct{}{}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if w.most > c.Parallel {
		t.Errorf("%d reads at once, limit %d", w.most, c.Parallel)
	}
}

func TestDestroy_orderAndRootLast(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"}
	have, err := w.house().Destroy(t.Context(), full)
	if err != nil || have.House != "" {
		t.Errorf("have %+v, err %v", have, err)
	}
	if diff := cmp.Diff([]string{"plate=", "garden=", "house="}, w.log); diff != "" {
		t.Error("writes, -want +got:\n" + diff)
	}
}

func TestDestroy_refusedByOneDestroysNothing(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"}
	w.keep["walls"], w.keep["garden"] = errors.New("painted by others"), errors.New("visited by others")
	_, err := w.house().Destroy(t.Context(), full)
	if len(w.log) > 0 || err == nil || err.Error() != "check walls: painted by others\ncheck garden: visited by others" {
		t.Errorf("err = %v, wrote %v", err, w.log)
	}
}

func TestDestroy_withoutRootTakesWhatIsLeft(t *testing.T) {
	w := newWorld()
	w.there["plate"] = "brass"
	if _, err := w.house().Destroy(t.Context(), full); err != nil || len(w.there) > 0 {
		t.Errorf("err = %v, left %v", err, w.there)
	}
}

func TestForeign_isNeverRecorded(t *testing.T) {
	w := newWorld()
	c := w.house()
	c.Parts[2].Apply = func(context.Context, wish, *status) error {
		w.there["garden"] = "somebody's" // taken between the look and the write
		return fmt.Errorf("%w: garden", reconcile.ErrForeign)
	}
	have, err := c.Create(t.Context(), full)
	if err == nil || have.Garden != "" || have.Walls != "white" {
		t.Errorf("have %+v, err %v", have, err)
	}
}

func TestCancelled_beginsNothingNewAndRecordsWhatExists(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	c := w.house()
	apply := c.Parts[1].Apply
	c.Parts[1].Apply = func(ctx context.Context, s wish, o *status) error {
		defer cancel()
		return apply(ctx, s, o)
	}
	have, err := c.Create(ctx, full)
	if !errors.Is(err, context.Canceled) || have.Walls != "white" || have.Garden != "" {
		t.Errorf("have %+v, err %v", have, err)
	}
	if slices.Contains(w.log, "garden=roses") {
		t.Error("a write was begun after the interrupt")
	}
}

func TestRescue_journalStandsWhereLookingFails(t *testing.T) {
	w := newWorld()
	w.fail = func(n int) fault {
		if n == 3 {
			w.deny["walls"] = errBoom
			return unsent
		}
		return none
	}
	have, err := w.house().Create(t.Context(), full)
	if err == nil || have.Walls != "white" || have.House != "brick" {
		t.Errorf("have %+v, err %v", have, err)
	}
}

// The crash sweep: whichever write fails, sent or not, the status says what exists, and both ways on end well.
func TestCrashSweep(t *testing.T) {
	runs := map[string]struct {
		before map[string]string
		run    func(house, context.Context) (status, error)
	}{
		"create": {nil, func(c house, ctx context.Context) (status, error) { return c.Create(ctx, full) }},
		"update": {
			map[string]string{"house": "brick", "walls": "grey", "plate": "tin", "well": "deep"},
			func(c house, ctx context.Context) (status, error) {
				return c.Update(ctx, spec{House: "brick", Walls: "grey", Plate: "tin", Well: "deep"}, full)
			},
		},
		"destroy": {
			map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"},
			func(c house, ctx context.Context) (status, error) { return c.Destroy(ctx, full) },
		},
	}
	for name, r := range runs {
		for n := 1; ; n++ {
			reached := false
			for _, f := range []fault{unsent, lost} {
				for _, next := range []string{"apply", "destroy"} {
					w := newWorld()
					maps.Copy(w.there, r.before)
					w.fail = func(k int) fault {
						if k != n {
							return none
						}
						reached = true
						return f
					}
					have, err := r.run(w.house(), t.Context())
					w.fail = nil
					where := fmt.Sprintf("%s, write %d, fault %d, then %s", name, n, f, next)
					seen := status{House: w.there["house"], Walls: w.there["walls"], Garden: w.there["garden"], Plate: w.there["plate"], Well: w.there["well"]}
					if reached && (name != "create" || have.House != "") && cmp.Diff(seen, have) != "" {
						t.Errorf("%s: status is not what exists:\n%s", where, cmp.Diff(seen, have))
					}
					if reached && err == nil && w.there["house"] != "" {
						t.Errorf("%s: no error", where)
					}
					prior := spec(have)
					end := map[string]string{}
					if next == "apply" {
						end = map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"}
						_, err = w.house().Update(t.Context(), prior, full)
					} else {
						_, err = w.house().Destroy(t.Context(), prior)
					}
					if err != nil {
						t.Errorf("%s: %v", where, err)
					}
					if diff := cmp.Diff(end, w.there); diff != "" {
						t.Errorf("%s: end state, -want +got:\n%s", where, diff)
					}
				}
			}
			if !reached {
				break
			}
		}
	}
}

// seenTogether is the house whose walls are seen with it.
func (w *world) seenTogether() house {
	c := w.house()
	c.Parts[1].Observe = nil
	look := c.Parts[0].Observe
	c.Parts[0].Observe = func(ctx context.Context, s wish, o *status) error {
		if err := look(ctx, s, o); err != nil {
			return err
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		o.Walls = w.there["walls"]
		return nil
	}
	return c
}

// A part without an Observe is read by reading the root, once however many parts ask for that.
func TestObserveNil_isSeenWithTheRoot(t *testing.T) {
	there := map[string]string{"house": "brick", "walls": "white", "garden": "roses", "plate": "brass"}
	grey := map[string]string{"house": "brick", "walls": "grey", "garden": "roses", "plate": "brass"}
	tests := map[string]struct {
		before map[string]string
		run    func(house, context.Context) (status, error)
		wrote  []string
		reads  int // of the root
	}{
		"observe": {there, func(c house, ctx context.Context) (status, error) { return c.Observe(ctx, full) }, nil, 1},
		"update in sync": {
			there, func(c house, ctx context.Context) (status, error) { return c.Update(ctx, full, full) }, nil, 1,
		},
		"update of it alone": {
			grey, func(c house, ctx context.Context) (status, error) { return c.Update(ctx, full, full) }, []string{"walls=white"}, 2,
		},
		"create": {
			nil, func(c house, ctx context.Context) (status, error) { return c.Create(ctx, full) },
			[]string{"house=brick", "walls=white", "garden=roses", "plate=brass"}, 2,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			maps.Copy(w.there, test.before)
			have, err := test.run(w.seenTogether(), t.Context())
			if err != nil || have.Walls != "white" {
				t.Errorf("have %+v, err %v", have, err)
			}
			if diff := cmp.Diff(test.wrote, w.log); diff != "" {
				t.Error("writes, -want +got:\n" + diff)
			}
			if w.reads["house"] != test.reads || w.reads["walls"] != 0 {
				t.Errorf("reads = %v, want %d of the house and none of the walls", w.reads, test.reads)
			}
		})
	}
}

func TestObserveNil_failsAsTheRoot(t *testing.T) {
	w := newWorld()
	w.there["house"] = "brick"
	w.deny["house"] = errBoom
	_, err := w.seenTogether().Observe(t.Context(), full)
	if want := "read house: boom"; err == nil || err.Error() != want {
		t.Errorf("err = %v, want %q", err, want)
	}
}

func TestObserveNil_isVerified(t *testing.T) {
	w := newWorld()
	c := w.seenTogether()
	c.Parts[1].Apply = func(context.Context, wish, *status) error { return nil } // an endpoint that forgets
	_, err := c.Create(t.Context(), full)
	var failed reconcile.Errors
	if !errors.As(err, &failed) || len(failed) != 1 || failed[0].Part != "walls" || failed[0].Stage != reconcile.Unconfirmed {
		t.Errorf("err = %v", err)
	}
}

// A root that is gone takes what was inside it along; what outlives it stays known, and an update completes it.
func TestUpdate_makesTheRootAnew(t *testing.T) {
	w := newWorld()
	w.there["plate"] = "brass"
	w.there["walls"] = "of another house" // a service that answers for a house that is not there
	c := w.house()
	c.WithoutRoot = func(o *status) { o.Walls = "" }
	have, err := c.Observe(t.Context(), full)
	if err != nil || have.Walls != "" || !slices.Equal(c.Remains(have), []string{"plate"}) {
		t.Errorf("have %+v, remains %v, err %v", have, c.Remains(have), err)
	}
	if _, err := c.Update(t.Context(), full, full); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"house=brick", "walls=white", "garden=roses"}, w.log); diff != "" {
		t.Error("writes, -want +got:\n" + diff)
	}
}

// claimed is the house whose garden belongs to it only when it has roses.
func (w *world) claimed() house {
	c := w.house()
	c.Parts[2].Claim = func(_ context.Context, _ wish, o status) error {
		if o.Garden != "" && o.Garden != "roses" {
			return fmt.Errorf("%w: the garden with %s", reconcile.ErrForeign, o.Garden)
		}
		return nil
	}
	return c
}

func TestClaim_foreignIsRefusedBeforeTheFirstWriteAndNeverRemoved(t *testing.T) {
	bare := full
	bare.Garden = ""
	for name, run := range map[string]func(house) error{
		"create":        func(c house) error { _, err := c.Create(t.Context(), full); return err },
		"plan a create": func(c house) error { _, err := c.Check(t.Context(), wish{Want: full}); return err },
		"update":        func(c house) error { _, err := c.Update(t.Context(), bare, full); return err },
		"plan an update": func(c house) error {
			_, err := c.Check(t.Context(), wish{Want: full, Prior: &bare})
			return err
		},
	} {
		w := newWorld()
		w.there["garden"] = "somebody's tulips"
		if strings.Contains(name, "update") {
			w.there["house"] = "brick"
		}
		if err := run(w.claimed()); !errors.Is(err, reconcile.ErrForeign) || len(w.log) > 0 {
			t.Errorf("%s: err = %v, wrote %v", name, err, w.log)
		}
	}
	for name, run := range map[string]func(house) error{
		"taken out of the wish": func(c house) error { _, err := c.Update(t.Context(), full, bare); return err },
		"destroy":               func(c house) error { _, err := c.Destroy(t.Context(), full); return err },
	} {
		w := newWorld()
		maps.Copy(w.there, map[string]string{"house": "brick", "garden": "somebody's tulips", "plate": "brass"})
		if err := run(w.claimed()); err != nil || w.there["garden"] != "somebody's tulips" {
			t.Errorf("%s: err = %v, left %v", name, err, w.there)
		}
	}
}

// A plan of an update reads what comes into scope, and nothing else.
func TestCheck_ofAnUpdateReadsWhatEnters(t *testing.T) {
	w := newWorld()
	if _, err := w.claimed().Check(t.Context(), wish{Want: full, Prior: &full}); err != nil || len(w.reads) > 0 {
		t.Errorf("nothing enters: err %v, read %v", err, w.reads)
	}
	bare := full
	bare.Garden = ""
	if _, err := w.claimed().Check(t.Context(), wish{Want: full, Prior: &bare}); err != nil || len(w.reads) != 1 || w.reads["garden"] != 1 {
		t.Errorf("a garden enters: err %v, read %v", err, w.reads)
	}
	c, other := w.claimed(), full
	c.Parts[2].Enters = func(asked wish) bool { return asked.Before().Garden != asked.Want.Garden }
	other.Garden = "tulips"
	w.reads = map[string]int{}
	if _, err := c.Check(t.Context(), wish{Want: full, Prior: &other}); err != nil || w.reads["garden"] != 1 {
		t.Errorf("another garden enters, as the part says: err %v, read %v", err, w.reads)
	}
}

// A claim that cannot be told is an error, not a licence.
func TestClaim_thatFailsRefuses(t *testing.T) {
	w := newWorld()
	c := w.house()
	c.Parts[2].Claim = func(context.Context, wish, status) error { return errBoom }
	w.there = map[string]string{"house": "brick", "garden": "roses"}
	for name, err := range map[string]error{
		"update":  second(c.Update(t.Context(), full, full)),
		"destroy": second(c.Destroy(t.Context(), full)),
	} {
		if !errors.Is(err, errBoom) || len(w.log) > 0 {
			t.Errorf("%s: err = %v, wrote %v", name, err, w.log)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestPanic_isTheErrorOfItsPart(t *testing.T) {
	w := newWorld()
	c := w.house()
	c.Parts[2].Apply = func(context.Context, wish, *status) error {
		var none *status
		none.Garden = "roses"
		return nil
	}
	have, err := c.Create(t.Context(), full)
	var failed reconcile.Errors
	if !errors.As(err, &failed) || failed[0].Part != "garden" || failed[0].Stage != reconcile.Applying || have.House != "brick" {
		t.Fatalf("have %+v, err %v", have, err)
	}
	if text := err.Error(); !strings.Contains(text, "report it") || !strings.Contains(text, "composite_test.go:") {
		t.Errorf("the error does not say where: %s", text)
	}
}

// What a service accepted and shows in other words is complete: it is told as a warning, and everything after it is done.
func TestUnconfirmed_isCompleteAndGoesOn(t *testing.T) {
	w := newWorld()
	c := w.house()
	write := c.Parts[1].Apply
	c.Parts[1].Apply = func(ctx context.Context, s wish, o *status) error {
		s.Want.Walls = "off-white"
		return write(ctx, s, o)
	}
	settled := false
	c.Parts[3].Settle = func(context.Context, status) error { settled = true; return nil }
	have, err := c.Create(t.Context(), full)
	var failed reconcile.Errors
	if !errors.As(err, &failed) || !failed.Complete() || have.Walls != "off-white" || !settled {
		t.Errorf("have %+v, settled %t, err %v", have, settled, err)
	}
}

// TestClaim_foreignIsRefusedEvenAsWanted: what stands in the place of a new part is of others, however it looks.
func TestClaim_foreignIsRefusedEvenAsWanted(t *testing.T) {
	w := newWorld()
	w.there["garden"] = full.Garden
	c := w.house()
	c.Parts[2].Claim = func(_ context.Context, _ wish, o status) error {
		if o.Garden == "" {
			return nil
		}
		return fmt.Errorf("the garden of the neighbors: %w", reconcile.ErrForeign)
	}
	_, err := c.Create(t.Context(), full)
	if !errors.Is(err, reconcile.ErrForeign) || len(w.log) > 0 {
		t.Errorf("create: %v, wrote %v", err, w.log)
	}
	if _, err := c.Check(t.Context(), wish{Want: full}); !errors.Is(err, reconcile.ErrForeign) {
		t.Errorf("plan: %v", err)
	}
	without := full
	without.Garden = ""
	if _, err := c.Create(t.Context(), without); err != nil || w.there["garden"] != full.Garden {
		t.Errorf("a composite that wants none: %v, there is %v", err, w.there)
	}
}

// TestLate_isRemovedAfterAllOthersWereApplied: they may still use it.
func TestLate_isRemovedAfterAllOthersWereApplied(t *testing.T) {
	w := newWorld()
	w.there = map[string]string{"house": "brick", "walls": "grey", "garden": "roses", "plate": "brass"}
	c := w.house()
	c.Parts[2].Late = true
	want := full
	want.Garden, want.Plate = "", ""
	if _, err := c.Update(t.Context(), full, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"plate=", "walls=white", "garden="}, w.log); diff != "" {
		t.Error("writes, -want +got:\n" + diff)
	}
}

// TestRescue_looksAgainAfterAnInterrupt: the context is dead by then, and what a lost answer hid is recorded.
func TestRescue_looksAgainAfterAnInterrupt(t *testing.T) {
	w := newWorld()
	ctx, cancel := context.WithCancel(t.Context())
	c := w.house()
	observe := c.Parts[0].Observe
	c.Parts[0].Observe = func(ctx context.Context, asked wish, o *status) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return observe(ctx, asked, o)
	}
	w.fail = func(int) fault { cancel(); return lost }
	have, err := c.Create(ctx, full)
	if err == nil || have.House != full.House {
		t.Errorf("err = %v, recorded %+v", err, have)
	}
}
