package bucketuser

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// keyed is a reader whose key goes to a parameter; id is that of the key, "" for a new one.
func keyed(name, userID, id string, stored bool) Spec {
	s := reader(name, userID)
	s.ForceDestroy = true
	s.Key = &Key{ID: id, Active: true, Store: Store{Parameter: "/team/key"}, Stored: stored}
	return s
}

// after is what state remembers of a run.
func after(s Spec, have Status) Spec {
	s.UserID, s.Lost = "", have.User == nil
	if have.User != nil {
		s.UserID = have.User.ID
	}
	key := *s.Key
	key.ID, key.Stored = "", have.Stores()
	if have.Current != nil {
		key.ID = have.Current.ID
	}
	s.Key = &key
	return s
}

// A stored secret is known by its mark: when the user was deleted by hand it is written again, and it goes with the user.
func TestStored_outlivesTheUser(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, run := newAccount(t)
		want := keyed("ann", "", "", false)
		have, err := run().composite().Create(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		first := a.parameters["/team/key"].value
		prior := after(want, have)

		delete(a.users, "ann")
		have, err = run().composite().Observe(t.Context(), prior)
		if remains := run().composite().Remains(have); err != nil || !slices.Equal(remains, []string{"access_key"}) {
			t.Fatalf("without the user: %v, remains %v", err, remains)
		}
		prior = after(want, have)
		have, err = run().composite().Update(t.Context(), prior, want)
		if err != nil || a.parameters["/team/key"].value == first || a.users["ann"] == nil {
			t.Fatalf("made anew: %v", err)
		}

		// A user and its parameter that are both gone leave nothing in state.
		delete(a.users, "ann")
		prior = after(want, have)
		prior.Lost, prior.UserID, prior.Key.ID = true, "", ""
		delete(a.parameters, "/team/key")
		have, err = run().composite().Observe(t.Context(), prior)
		if err != nil || run().composite().HasRemains(have) {
			t.Errorf("with neither: %v, remains %v", err, run().composite().Remains(have))
		}
	})
}

func TestStored_goesWithTheUser(t *testing.T) {
	for name, test := range map[string]struct {
		alter func(p *parameter)
		left  bool
	}{
		"as it was":                  {func(*parameter) {}, false},
		"with a mark of old":         {func(p *parameter) { p.description = "Access key of ann for the bucket b" }, false},
		"without a mark":             {func(p *parameter) { p.description = "" }, false}, // it holds the key that state knows
		"somebody else's under it":   {func(p *parameter) { *p = parameter{"theirs", "theirs"} }, true},
		"another user's of the name": {func(p *parameter) { *p = parameter{"{}", "Access key of anna for the bucket b"} }, true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, run := newAccount(t)
				want := keyed("ann", "", "", false)
				have, err := run().composite().Create(t.Context(), want)
				if err != nil {
					t.Fatal(err)
				}
				test.alter(a.parameters["/team/key"])
				if _, err := run().composite().Destroy(t.Context(), after(want, have)); err != nil || a.users["ann"] != nil {
					t.Fatal(err)
				}
				if left := a.parameters["/team/key"] != nil; left != test.left {
					t.Errorf("left: %v", left)
				}
			})
		})
	}
}

// What is there and bears no mark is refused before anything is written, whatever the service was asked before.
func TestStored_refusesWhatIsForeign(t *testing.T) {
	for _, throttled := range []bool{false, true} {
		a, run := newAccount(t)
		a.throttled = throttled
		theirs := parameter{"theirs", "Access key of the front door"}
		a.parameters["/team/key"] = &theirs
		want := keyed("ann", "", "", false)
		if _, err := run().composite().Check(t.Context(), wish{Want: want}); !errors.Is(err, reconcile.ErrForeign) {
			t.Errorf("at plan: %v", err)
		}
		_, err := run().composite().Create(t.Context(), want)
		if !errors.Is(err, reconcile.ErrForeign) || !strings.Contains(err.Error(), "SSM parameter /team/key") {
			t.Errorf("at apply: %v", err)
		}
		if a.users["ann"] != nil || *a.parameters["/team/key"] != (parameter{"theirs", "Access key of the front door"}) {
			t.Error("something was written")
		}
	}
}

// Only a secret that is still to be encrypted needs a key that can.
func TestCanRenew(t *testing.T) {
	prior := reader("ann", "AIDA1")
	prior.Key = &Key{ID: "AKIA1", Active: true, Store: Store{PGPKey: "expired"}}
	if err := canRenew(t.Context(), wish{Want: prior, Prior: &prior}, Status{}); err != nil {
		t.Errorf("a key that stays: %v", err)
	}
	want := prior
	want.Key = &Key{Active: true, Store: prior.Key.Store}
	if err := canRenew(t.Context(), wish{Want: want, Prior: &prior}, Status{}); err == nil {
		t.Error("a secret that cannot be encrypted")
	}
}

// An import knows the store again, and the next rotation writes into it.
func TestStored_isKnownAfterAnImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, run := newAccount(t)
		want := keyed("ann", "", "", false)
		have, err := run().composite().Create(t.Context(), want)
		if err != nil {
			t.Fatal(err)
		}
		prior := after(want, have)
		prior.Key = &Key{ID: have.Current.ID, Active: true}
		named := keyed("ann", "", have.Current.ID, true)
		have, err = run().composite().Update(t.Context(), prior, named)
		if err != nil || !have.Stores() || have.Held.At != "/team/key" {
			t.Fatalf("%v; stored at %v", err, have.Stored)
		}
		was := a.parameters["/team/key"].value
		have, err = run().composite().Update(t.Context(), after(named, have), want)
		if err != nil || a.parameters["/team/key"].value == was || have.Issued == nil {
			t.Errorf("a rotation: %v", err)
		}

		// a store that is not ours is not adopted
		*a.parameters["/team/key"] = parameter{"theirs", "theirs"}
		prior.Key.ID = have.Current.ID
		have, err = run().composite().Update(t.Context(), prior, keyed("ann", "", have.Current.ID, true))
		if err != nil || have.Stores() || a.parameters["/team/key"].value != "theirs" {
			t.Errorf("theirs: %v; stored at %v", err, have.Stored)
		}
	})
}

// A key whose creation was not confirmed is looked for until lists are current.
func TestCreate_findsAStrayKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, run := newAccount(t)
		ann := a.add("ann")
		ann.groups = []string{"b-BktROGrp"}
		prior := reader("ann", ann.id)
		want := prior
		want.Key = &Key{Active: true}
		a.newKeys = func(types.AccessKey) error {
			a.staleKeys = [][]types.AccessKeyMetadata{{}, {}}
			return &awsclient.CallError{Service: "iam", Operation: "CreateAccessKey", Attempts: 1, Uncertain: true}
		}
		if _, err := run().composite().Update(t.Context(), prior, want); err == nil {
			t.Fatal("no answer is no error")
		}
		if len(ann.keys) > 0 {
			t.Errorf("keys that are left: %v", ann.keys)
		}
	})
}

// An import takes the newest key only: of the other nobody said that it should be ours.
func TestObserve_importOfTwoKeys(t *testing.T) {
	a, run := newAccount(t)
	ann := a.add("ann")
	older, newer := a.newKey(ann), a.newKey(ann)
	s := reader("ann", "")
	s.ReadAll = true
	have, err := run().composite().Observe(t.Context(), s)
	if err != nil || have.Current == nil || have.Current.ID != *newer.AccessKeyId || have.Previous != nil ||
		len(have.Others) != 1 || have.Others[0].ID != *older.AccessKeyId {
		t.Fatalf("%v: current %+v, previous %+v, others %+v", err, have.Current, have.Previous, have.Others)
	}
	prior := reader("ann", ann.id)
	prior.Key = &Key{ID: have.Current.ID, Active: true}
	want := prior
	want.Key = &Key{Active: true}
	_, err = run().composite().Update(t.Context(), prior, want)
	if err == nil || !strings.Contains(err.Error(), "no room") || !strings.Contains(err.Error(), *older.AccessKeyId) {
		t.Errorf("a rotation: %v", err)
	}
	want.Key = nil
	if _, err := run().composite().Update(t.Context(), prior, want); err == nil {
		if len(ann.keys) != 1 || *ann.keys[0].AccessKeyId != *older.AccessKeyId {
			t.Errorf("without access_key: %v", ann.keys)
		}
	} else {
		t.Error(err)
	}
}

// A group that the plan makes is not missing; any other is, at plan already.
func TestCheck_missingGroup(t *testing.T) {
	a, run := newAccount(t)
	a.groups = nil
	want := reader("ann", "")
	if _, err := run().composite().Check(t.Context(), wish{Want: want}); err == nil ||
		!strings.Contains(err.Error(), `add "read_only" to access_levels`) {
		t.Errorf("%v", err)
	}
	want.Promised = func(group string) bool { return group == "b-BktROGrp" }
	if _, err := run().composite().Check(t.Context(), wish{Want: want}); err != nil {
		t.Error(err)
	}
	want.WebAdmin = true
	if _, err := run().composite().Check(t.Context(), wish{Want: want}); err == nil ||
		!strings.Contains(err.Error(), "web_admin is for websites") {
		t.Errorf("%v", err)
	}
}
