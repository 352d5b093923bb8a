package lifecyclerule

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// someDay is a date from 2030 on.
func someDay() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		return time.Date(2030, 1, rapid.IntRange(1, 400).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
	})
}

// texts are what XML has to write in other words, among others.
func texts() *rapid.Generator[string] {
	return rapid.SampledFrom([]string{"a", "logs/", "a//b/", " a b ", `<&">'`, "ä", "a\nb", "]]>", "&amp;"})
}

func classes() *rapid.Generator[[]string] {
	return rapid.Custom(func(t *rapid.T) []string {
		return slices.DeleteFunc(rapid.Permutation(StorageClasses()).Draw(t, "order"), func(string) bool {
			return rapid.Bool().Draw(t, "left out")
		})
	})
}

func filters() *rapid.Generator[Filter] {
	return rapid.Custom(func(t *rapid.T) Filter {
		f := Filter{
			ObjectSizeGreaterThan: rapid.SampledFrom([]int64{0, 1, 5 << 40}).Draw(t, "greater"),
			ObjectSizeLessThan:    rapid.SampledFrom([]int64{0, 1, 5 << 40}).Draw(t, "less"),
		}
		if rapid.Bool().Draw(t, "prefix") {
			f.Prefix = texts().Draw(t, "prefix")
		}
		if rapid.Bool().Draw(t, "tags") {
			f.Tags = rapid.MapOfN(texts(), rapid.OneOf(texts(), rapid.Just("")), 1, 3).Draw(t, "tags")
		}
		return f
	})
}

// rules are whatever can be written, allowed by S3 or not.
func rules() *rapid.Generator[Rule] {
	return rapid.Custom(func(t *rapid.T) Rule {
		days := rapid.Int32Range(0, 3)
		r := Rule{
			Name: texts().Draw(t, "name"), Enabled: rapid.Bool().Draw(t, "enabled"), Filter: filters().Draw(t, "filter"),
			ExpirationDays:              days.Draw(t, "expiration"),
			ExpiredObjectDeleteMarker:   rapid.Bool().Draw(t, "marker"),
			NoncurrentDays:              days.Draw(t, "noncurrent"),
			DeleteIncompleteUploadsDays: days.Draw(t, "uploads"),
		}
		if rapid.Bool().Draw(t, "on a date") {
			r.ExpirationDate = someDay().Draw(t, "date")
		}
		if r.NoncurrentDays > 0 {
			r.NewerNoncurrentVersions = days.Draw(t, "newer")
		}
		for _, class := range classes().Draw(t, "classes") {
			one := Transition{StorageClass: class}
			if rapid.Bool().Draw(t, "by date") {
				one.Date = someDay().Draw(t, "date")
			} else {
				one.Days = days.Draw(t, "days")
			}
			r.Transitions = append(r.Transitions, one)
		}
		for _, class := range classes().Draw(t, "classes of old versions") {
			r.NoncurrentTransitions = append(r.NoncurrentTransitions,
				NoncurrentTransition{days.Draw(t, "days"), days.Draw(t, "newer"), class})
		}
		return r
	})
}

// TestRule_equalWhateverTheOrder: the order of transitions and the zone of a date mean nothing.
func TestRule_equalWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rules().Draw(t, "rule")
		other := r
		other.Transitions = rapid.Permutation(r.Transitions).Draw(t, "transitions")
		other.NoncurrentTransitions = rapid.Permutation(r.NoncurrentTransitions).Draw(t, "noncurrent")
		if !r.ExpirationDate.IsZero() {
			other.ExpirationDate = r.ExpirationDate.In(time.FixedZone("", 3600))
		}
		if other.Filter.Tags == nil {
			other.Filter.Tags = map[string]string{}
		}
		if !r.Equal(other) || !other.Equal(r) {
			t.Fatalf("%+v is not equal to %+v", r, other)
		}
	})
}

// TestRule_differs: nothing that changes what a rule does is overlooked.
func TestRule_differs(t *testing.T) {
	changes := map[string]func(*Rule){
		"name":                           func(r *Rule) { r.Name += "x" },
		"enabled":                        func(r *Rule) { r.Enabled = !r.Enabled },
		"prefix":                         func(r *Rule) { r.Filter.Prefix += "x" },
		"tags":                           func(r *Rule) { r.Filter.Tags = map[string]string{"other": ""} },
		"object_size_greater_than":       func(r *Rule) { r.Filter.ObjectSizeGreaterThan++ },
		"object_size_less_than":          func(r *Rule) { r.Filter.ObjectSizeLessThan++ },
		"expiration_days":                func(r *Rule) { r.ExpirationDays++ },
		"expiration_date":                func(r *Rule) { r.ExpirationDate = r.ExpirationDate.AddDate(0, 0, 1) },
		"expired_object_delete_marker":   func(r *Rule) { r.ExpiredObjectDeleteMarker = !r.ExpiredObjectDeleteMarker },
		"noncurrent_days":                func(r *Rule) { r.NoncurrentDays++ },
		"newer_noncurrent_versions":      func(r *Rule) { r.NewerNoncurrentVersions++ },
		"delete_incomplete_uploads_days": func(r *Rule) { r.DeleteIncompleteUploadsDays++ },
		"transitions":                    func(r *Rule) { r.Transitions = append(r.Transitions, Transition{StorageClass: "x"}) },
		"noncurrent_transitions": func(r *Rule) {
			r.NoncurrentTransitions = append(r.NoncurrentTransitions, NoncurrentTransition{StorageClass: "x"})
		},
		"days of a transition": func(r *Rule) {
			r.Transitions = append([]Transition{{Days: 9, StorageClass: "GLACIER"}}, r.Transitions[1:]...)
		},
		"date of a transition": func(r *Rule) {
			r.Transitions = append([]Transition{{Date: time.Unix(0, 0), StorageClass: "GLACIER"}}, r.Transitions[1:]...)
		},
		"versions that stay": func(r *Rule) { r.NoncurrentTransitions = []NoncurrentTransition{{1, 2, "GLACIER"}} },
	}
	for name, change := range changes {
		rapid.Check(t, func(t *rapid.T) {
			r := rules().Draw(t, "rule")
			r.Transitions = []Transition{{Days: 1, StorageClass: "GLACIER"}}
			r.NoncurrentTransitions = []NoncurrentTransition{{1, 1, "GLACIER"}}
			other := r
			change(&other)
			if r.Equal(other) || other.Equal(r) {
				t.Fatalf("another %s is overlooked: %+v, %+v", name, r, other)
			}
		})
	}
}

func TestParseDate(t *testing.T) {
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2027-01-31": day, "2027-01-31T00:00:00Z": day, "2027-01-31T00:00:00.000Z": day, "2027-01-31T01:00:00+01:00": day,
		"2027-01-31T12:00:00Z": day.Add(12 * time.Hour),
	} {
		if got, err := ParseDate(text); err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "soon", "2027-02-29", "2027-1-1", "31.01.2027", "2027-01-31 00:00:00", "20270131"} {
		if got, err := ParseDate(text); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

// TestPresets: what a preset does is allowed.
func TestPresets(t *testing.T) {
	for _, p := range Presets() {
		if wrong := p.Rule.Check(); len(wrong) > 0 || !strings.HasSuffix(p.Rule.Name, "-rule") || !p.Rule.Enabled {
			t.Errorf("%s: %+v, %v", p.Name, p.Rule, wrong)
		}
	}
}

// TestRule_differences: a difference is named by the attribute that a user writes.
func TestRule_differences(t *testing.T) {
	for want, other := range map[string]Rule{
		"":                               {},
		"name":                           {Name: "a"},
		"enabled":                        {Enabled: true},
		"filter":                         {Filter: Filter{Prefix: "a"}},
		"expiration_days":                {ExpirationDays: 1},
		"expiration_date":                {ExpirationDate: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)},
		"expired_object_delete_marker":   {ExpiredObjectDeleteMarker: true},
		"noncurrent_days":                {NoncurrentDays: 1},
		"newer_noncurrent_versions":      {NewerNoncurrentVersions: 1},
		"delete_incomplete_uploads_days": {DeleteIncompleteUploadsDays: 1},
		"transitions":                    {Transitions: []Transition{{Days: 1, StorageClass: "GLACIER"}}},
		"noncurrent_transitions":         {NoncurrentTransitions: []NoncurrentTransition{{Days: 1, StorageClass: "GLACIER"}}},
		"enabled noncurrent_days":        {Enabled: true, NoncurrentDays: 1},
	} {
		if got := strings.Join(Rule{}.Differences(other), " "); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if (Rule{}).Equal(other) != (want == "") {
			t.Errorf("%s: equal", want)
		}
	}
}
