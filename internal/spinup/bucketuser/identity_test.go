package bucketuser

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// What has the name of a user is not the user: only its unique id is.
func TestObserve_findsTheUserByItsID(t *testing.T) {
	a, run := newAccount(t)
	ann := a.add("ann")
	ann.groups = []string{"b-BktROGrp"}
	see := func(s Spec) Status {
		t.Helper()
		have, err := run().composite().Observe(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		return have
	}
	if have := see(reader("ann", ann.id)); have.User == nil || have.User.ID != ann.id || slices.Contains(a.calls, "ListUsers") {
		t.Errorf("under its own name: %+v by %v", have.User, a.calls)
	}
	if have := see(reader("ann", "")); have.User == nil {
		t.Error("a state without unique_id does not find the user by its name")
	}

	// renamed in the console
	delete(a.users, "ann")
	ann.name, a.users["anna"] = "anna", ann
	have := see(reader("ann", ann.id))
	if have.User == nil || have.User.Name != "anna" || !slices.Equal(have.Groups, ann.groups) {
		t.Errorf("a renamed user: %+v, groups %v", have.User, have.Groups)
	}

	// and somebody else made one under the former name
	other := a.add("ann")
	other.groups = []string{"staff"}
	have = see(reader("ann", ann.id))
	if have.User == nil || have.User.ID != ann.id || have.Taken == nil || !slices.Equal(have.Groups, ann.groups) {
		t.Errorf("with another user of the former name: %+v, taken %+v, groups %v", have.User, have.Taken, have.Groups)
	}

	// deleted, and made again by somebody
	delete(a.users, "anna")
	have = see(reader("ann", ann.id))
	if have.User != nil || have.Taken == nil || have.Groups != nil || have.Current != nil {
		t.Errorf("another user of the same name: %+v in %v", have.User, have.Groups)
	}
	if n := len(slices.DeleteFunc(a.calls, func(c string) bool { return c != "ListUsers" })); n != 1 {
		t.Errorf("all users were listed %d times", n)
	}
}

func TestDestroy_leavesAUserOfTheSameName(t *testing.T) {
	a, run := newAccount(t)
	ann := a.add("ann")
	delete(a.users, "ann")
	other := a.add("ann")
	a.newKey(other)
	prior := reader("ann", ann.id)
	prior.ForceDestroy = true
	if _, err := run().composite().Destroy(t.Context(), prior); err != nil {
		t.Fatal(err)
	}
	if a.users["ann"] != other || len(other.keys) != 1 {
		t.Error("somebody else's user was destroyed")
	}
}

func TestRename_refusesATakenName(t *testing.T) {
	a, run := newAccount(t)
	one, two := a.add("one"), a.add("two")
	one.groups = []string{"b-BktROGrp"}
	a.newKey(two)
	prior, want := reader("one", one.id), reader("two", "")
	w := wish{Want: want, Prior: &prior}
	var taken *TakenError
	if _, err := run().composite().Check(t.Context(), w); !errors.As(err, &taken) || taken.User.ID != two.id {
		t.Errorf("at plan: %v", err)
	}
	_, err := run().composite().Update(t.Context(), prior, want)
	if !errors.As(err, &taken) || !errors.Is(err, reconcile.ErrForeign) || len(two.groups) > 0 || one.name != "one" {
		t.Errorf("at apply: %v; two is in %v", err, two.groups)
	}
	want.NameInState = true
	_, err = run().composite().Check(t.Context(), wish{Want: want, Prior: &prior})
	for _, say := range []string{"the name two is taken", two.id, "another resource of this state has it", "for_each"} {
		if err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v does not say %q", err, say)
		}
	}
	// a swap is the same twice
	w = wish{Want: reader("one", ""), Prior: &[]Spec{reader("two", two.id)}[0]}
	if _, err := run().composite().Check(t.Context(), w); !errors.As(err, &taken) || taken.User.ID != one.id {
		t.Errorf("the other half of a swap: %v", err)
	}
}

func TestRename_ofAUserThatWasRenamedElsewhere(t *testing.T) {
	a, run := newAccount(t)
	ann := a.add("anna")
	ann.groups = []string{"b-BktROGrp"}
	if _, err := run().composite().Update(t.Context(), reader("anna", ann.id), reader("ann", ann.id)); err != nil {
		t.Fatal(err)
	}
	if a.users["ann"] != ann || ann.name != "ann" {
		t.Errorf("it is called %s", ann.name)
	}
}

// While reads lag, the user that was just deleted is not one that exists.
func TestCreate_afterTheFormerUserWasDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, run := newAccount(t)
		old := a.add("ann")
		was := *old
		if _, err := run().composite().Destroy(t.Context(), reader("ann", old.id)); err != nil {
			t.Fatal(err)
		}
		a.stale = []person{was, was, was, was}
		have, err := run().composite().Create(t.Context(), reader("ann", ""))
		if err != nil || have.User.ID == was.id || have.User.ID != a.users["ann"].id {
			t.Errorf("%v; the user is %+v", err, have.User)
		}
	})
}

// That a user exists is our own doing only after a lost answer, and if it bears the mark of the call.
func TestCreate_answers(t *testing.T) {
	for name, test := range map[string]struct {
		err   error
		wipe  bool // the user that exists then is not the one that the call made
		wants bool
	}{
		"refused":                     {failed("EntityAlreadyExists", 1), false, false},
		"lost, ours":                  {failed("EntityAlreadyExists", 2), false, true},
		"lost, or refused and theirs": {failed("EntityAlreadyExists", 2), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, run := newAccount(t)
				a.create = func() error {
					if test.wipe {
						a.users["ann"].tags = nil
					}
					return test.err
				}
				have, err := run().composite().Create(t.Context(), reader("ann", ""))
				if got := err == nil; got != test.wants || !got && !errors.Is(err, reconcile.ErrForeign) {
					t.Fatalf("%v", err)
				}
				if err == nil && len(reader("", "").OwnTags(have.User.Tags)) > 0 {
					t.Errorf("the mark shows: %v", have.User.Tags)
				}
				if err != nil && len(a.users["ann"].groups) > 0 {
					t.Errorf("somebody else's user joined %v", a.users["ann"].groups)
				}
			})
		})
	}
}

// A creation that failed without an answer may have succeeded: the mark tells, and state records what was made.
func TestCreate_withoutAnAnswer(t *testing.T) {
	for _, theirs := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			a, run := newAccount(t)
			a.create = func() error {
				if theirs {
					a.users["ann"].tags = nil
				}
				return &awsclient.CallError{Service: "iam", Operation: "CreateUser", Attempts: 1, Uncertain: true}
			}
			have, err := run().composite().Create(t.Context(), reader("ann", ""))
			if err == nil || (have.User == nil) != theirs {
				t.Errorf("theirs %v: %v; recorded %+v", theirs, err, have.User)
			}
		})
	}
}
