package bucketuser

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// overlapping is a user in an overlap of three hours, and what runs at a time after the new key was made.
func overlapping(t *testing.T) (a *account, run func(age time.Duration) bucketUser, prior Spec) {
	t.Helper()
	a, start := newAccount(t)
	ann := a.add("ann")
	ann.groups = []string{"b-BktROGrp"}
	old, current := a.newKey(ann), a.newKey(ann)
	prior = reader("ann", ann.id)
	prior.Key = &Key{
		ID: *current.AccessKeyId, PreviousID: *old.AccessKeyId, Active: true, Rotation: "1", RequireUnused: true,
		Overlap: 3 * time.Hour, Expires: current.CreateDate.Add(3 * time.Hour),
	}
	return a, func(age time.Duration) bucketUser {
		b := start()
		b.conn.Pace.Clock = func() time.Time { return current.CreateDate.Add(age) }
		return b
	}, prior
}

// used is a last use, so long after the current key was made.
func used(s Spec, after time.Duration) func() (types.AccessKeyLastUsed, error) {
	return func() (types.AccessKeyLastUsed, error) {
		return types.AccessKeyLastUsed{
			LastUsedDate: aws.Time(s.Key.Expires.Add(after - 3*time.Hour)), Region: aws.String("eu-west-1"), ServiceName: aws.String("s3"),
		}, nil
	}
}

// A refresh asks about the previous key when its overlap is over and not before, and only where that matters.
func TestObserve_asksForTheUseOfThePreviousKey(t *testing.T) {
	for name, row := range map[string]struct {
		age, last time.Duration
		change    func(*Spec)
		asked     bool
		lately    bool
	}{
		"in the overlap":                   {age: 3*time.Hour - time.Second, last: time.Hour},
		"over":                             {age: 3 * time.Hour, last: time.Hour, asked: true, lately: true},
		"over for a while":                 {age: 4*time.Hour - time.Second, last: time.Hour, asked: true, lately: true},
		"an overlap after the use":         {age: 4 * time.Hour, last: time.Hour, asked: true},
		"used in the second of the change": {age: 3 * time.Hour, last: 999 * time.Millisecond, asked: true},
		"used before the change":           {age: 3 * time.Hour, last: -time.Minute, asked: true},
		"a short overlap": {
			age: 4*time.Hour - time.Second, last: 3 * time.Hour, asked: true, lately: true,
			change: func(s *Spec) { s.Key.Overlap = time.Second },
		},
		"an hour after the use": {
			age: 4 * time.Hour, last: 3 * time.Hour, asked: true, change: func(s *Spec) { s.Key.Overlap = time.Second },
		},
		"of no interest":  {age: 9 * time.Hour, change: func(s *Spec) { s.Key.RequireUnused = false }},
		"no previous key": {age: 9 * time.Hour, change: func(s *Spec) { s.Key.PreviousID = "" }},
		"the current key was replaced": {
			age: 3 * time.Hour, last: time.Hour, asked: true, lately: true, change: func(s *Spec) { s.Key.ID = "" },
		},
	} {
		a, run, prior := overlapping(t)
		a.lastUse = used(prior, row.last)
		if row.change != nil {
			row.change(&prior)
			prior.Key.Gone = prior.Key.ID == ""
		}
		have, err := run(row.age).composite().Observe(t.Context(), prior)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		asked := slices.Contains(a.calls, "GetAccessKeyLastUsed")
		if asked != row.asked || asked != (have.Use != nil) || asked && have.Use.Lately != row.lately {
			t.Errorf("%s: asked %v, use %v", name, asked, have.Use)
		}
	}
}

// What a store does not tell is no use; what it refuses to tell is an error.
func TestObserve_useNotTold(t *testing.T) {
	a, run, prior := overlapping(t)
	have, err := run(3*time.Hour).composite().Observe(t.Context(), prior)
	if err != nil || have.Use == nil || have.Use.Lately {
		t.Errorf("a store that does not tell: %v, %v", have.Use, err)
	}
	for code, fails := range map[string]bool{"NoSuchEntity": false, "AccessDenied": true, "ServiceFailure": true} {
		a.lastUse = func() (types.AccessKeyLastUsed, error) { return types.AccessKeyLastUsed{}, failed(code, 1) }
		have, err := run(3*time.Hour).composite().Observe(t.Context(), prior)
		if (err != nil) != fails || !fails && have.Use.Lately {
			t.Errorf("%s: %v, %v", code, have.Use, err)
		}
	}
	a.lastUse = func() (types.AccessKeyLastUsed, error) { return types.AccessKeyLastUsed{}, nil }
	if have, err := run(3*time.Hour).composite().Observe(t.Context(), prior); err != nil || have.Use.Lately {
		t.Errorf("never used: %v, %v", have.Use, err)
	}
}

// A previous key that was used since the plan was made is not deleted, and nothing else is done. Who asks for another
// key by hand, or does not care, gets what was planned.
func TestUpdate_refusesToDeleteAKeyInUse(t *testing.T) {
	ends := func(s *Spec) { s.Key.PreviousID, s.Key.Expires = "", time.Time{} }
	renews := func(s *Spec) { ends(s); s.Key.ID = "" }
	for name, row := range map[string]struct {
		change  func(*Spec)
		refused bool
		deletes string // what the change deletes
	}{
		"the overlap is over":             {ends, true, ""},
		"and it does not matter":          {func(s *Spec) { ends(s); s.Key.RequireUnused = false }, false, "AKIA0002"},
		"a new key for its age":           {renews, true, ""},
		"a new key by hand":               {func(s *Spec) { renews(s); s.Key.Rotation = "2" }, false, "AKIA0002"},
		"another setting while it stays":  {func(s *Spec) { s.Access = "read_write" }, false, ""},
		"no key at all any more":          {func(s *Spec) { s.Key = nil }, false, "AKIA0002"},
		"replaced, and its time was over": {func(s *Spec) { ends(s); s.Key.ID, s.Key.Gone = "", true }, true, ""},
	} {
		a, run, prior := overlapping(t)
		a.lastUse = used(prior, 2*time.Hour)
		want := prior
		key := *prior.Key
		want.Key = &key
		row.change(&want)
		if want.Key != nil && want.Key.Gone { // by hand, and not by us
			a.users["ann"].keys = slices.DeleteFunc(a.users["ann"].keys, func(k types.AccessKeyMetadata) bool {
				return *k.AccessKeyId == prior.Key.ID
			})
		}
		before := len(a.calls)
		_, err := run(3*time.Hour).composite().Update(t.Context(), prior, want)
		for _, words := range []string{"AKIA0002", "2026-01-01T02:00:03Z, for s3 in eu-west-1", "plan again", "require_unused"} {
			if row.refused && (err == nil || !strings.Contains(err.Error(), words)) {
				t.Errorf("%s: %v, want %q", name, err, words)
			}
		}
		wrote := slices.ContainsFunc(a.calls[before:], func(call string) bool {
			return !strings.HasPrefix(call, "Get") && !strings.HasPrefix(call, "List")
		})
		left := slices.ContainsFunc(a.users["ann"].keys, func(k types.AccessKeyMetadata) bool { return *k.AccessKeyId == "AKIA0002" })
		if row.refused && wrote || !row.refused && err != nil || left != (row.deletes == "") {
			t.Errorf("%s: %v; calls %v", name, err, a.calls[before:])
		}
	}
}
