package bucketuser

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func key(id string) *AccessKey { return &AccessKey{ID: id, Active: true} }

func TestKeyInSync(t *testing.T) {
	resting := Key{ID: "a", Active: true}
	between := Key{ID: "b", PreviousID: "a", Active: true}
	reset := Key{Active: true}
	overlapping := Key{Active: true, Overlap: time.Hour}
	ending := Key{ID: "b", Active: true}
	issued := &Issued{ID: "new"}
	for name, test := range map[string]struct {
		want Key
		have Status
		ok   bool
	}{
		"as it is":                      {resting, Status{Current: key("a")}, true},
		"in the overlap":                {between, Status{Current: key("b"), Previous: key("a")}, true},
		"gone":                          {resting, Status{}, false},
		"to be switched off":            {Key{ID: "a"}, Status{Current: key("a")}, false},
		"switched off":                  {resting, Status{Current: &AccessKey{ID: "a"}}, false},
		"to be renewed":                 {overlapping, Status{Current: key("a")}, false},
		"renewed":                       {overlapping, Status{Current: key("new"), Previous: key("a"), Issued: issued}, true},
		"reset but for the old one":     {reset, Status{Current: key("new"), Previous: key("a"), Issued: issued}, false},
		"reset":                         {reset, Status{Current: key("new"), Issued: issued}, true},
		"renewed, not yet to be seen":   {overlapping, Status{Previous: key("a"), Issued: issued}, false},
		"overlap over":                  {ending, Status{Current: key("b"), Previous: key("a")}, false},
		"overlap over, the old one not": {ending, Status{Current: key("b")}, true},
		"keys of others":                {resting, Status{Current: key("a"), Others: []AccessKey{*key("x")}}, true},
	} {
		if got := keyInSync(wish{Want: Spec{Key: &test.want}}, test.have); got != test.ok {
			t.Errorf("%s: %v, want %v", name, got, test.ok)
		}
	}
}

func TestRoom(t *testing.T) {
	renew, keep := Key{}, Key{ID: "AKA"}
	x, y := *key("AKX"), *key("AKY")
	for name, test := range map[string]struct {
		want  Key
		have  Status
		names []string // in the refusal, nil for none
	}{
		"none":                      {renew, Status{}, nil},
		"ours":                      {renew, Status{Current: key("AKA")}, nil},
		"ours, in the overlap":      {renew, Status{Current: key("AKB"), Previous: key("AKA")}, nil},
		"one of others":             {renew, Status{Others: []AccessKey{x}}, nil},
		"one of others, and ours":   {renew, Status{Current: key("AKA"), Others: []AccessKey{x}}, []string{"AKX"}},
		"previous, one of others":   {renew, Status{Previous: key("AKA"), Others: []AccessKey{x}}, nil},
		"two of others":             {renew, Status{Others: []AccessKey{x, y}}, []string{"AKX and AKY"}},
		"two of others, no new one": {keep, Status{Others: []AccessKey{x, y}}, nil},
		"the new one is there":      {renew, Status{Current: key("AKA"), Others: []AccessKey{x}, Issued: &Issued{ID: "AKA"}}, nil},
	} {
		err := room(wish{Want: Spec{Name: "ann", Key: &test.want}}, test.have)
		if (err != nil) != (test.names != nil) {
			t.Errorf("%s: %v", name, err)
		}
		for _, words := range append(test.names, "the user ann") {
			if err != nil && !strings.Contains(err.Error(), words) {
				t.Errorf("%s: %v, want %q", name, err, words)
			}
		}
	}
}

func TestKeys_oldestFirst(t *testing.T) {
	at := func(id string, second int) AccessKey { return AccessKey{ID: id, Created: time.Unix(int64(second), 0)} }
	first, second, third := at("1", 1), at("2", 2), at("3", 3)
	have := Status{Current: &second, Previous: &first, Others: []AccessKey{third}}
	if diff := cmp.Diff([]AccessKey{first, second, third}, have.Keys()); diff != "" {
		t.Error("-want +got:\n" + diff)
	}
}
