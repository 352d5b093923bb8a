package lifecyclerule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func on(month, day int) time.Time {
	return time.Date(2031, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

func moves(all ...any) (transitions []Transition) {
	for i := 0; i < len(all); i += 2 {
		one := Transition{StorageClass: all[i+1].(string)}
		switch when := all[i].(type) {
		case int:
			one.Days = int32(when)
		case time.Time:
			one.Date = when
		}
		transitions = append(transitions, one)
	}
	return transitions
}

func oldMoves(all ...any) (transitions []NoncurrentTransition) {
	for _, t := range moves(all...) {
		transitions = append(transitions, NoncurrentTransition{Days: t.Days, StorageClass: t.StorageClass})
	}
	return transitions
}

func tags(n int, key, value string) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprint(key, i)] = value
	}
	return all
}

// TestCheck_good: what S3 takes.
func TestCheck_good(t *testing.T) {
	for name, r := range map[string]Rule{
		"days":                    {ExpirationDays: 1},
		"a date":                  {ExpirationDate: on(1, 31)},
		"delete markers":          {ExpiredObjectDeleteMarker: true, NoncurrentDays: 1, NewerNoncurrentVersions: 100},
		"delete markers of keys":  {ExpiredObjectDeleteMarker: true, Filter: Filter{Prefix: "a/"}},
		"uploads":                 {DeleteIncompleteUploadsDays: 1, ExpirationDays: 1, Filter: Filter{Prefix: "a/"}},
		"at once":                 {Transitions: moves(0, "GLACIER")},
		"soon to the deepest":     {Transitions: moves(1, "DEEP_ARCHIVE")},
		"soon to the cleverest":   {Transitions: moves(0, "INTELLIGENT_TIERING")},
		"the shortest way":        {Transitions: moves(90, "DEEP_ARCHIVE", 30, "STANDARD_IA", 60, "GLACIER"), ExpirationDays: 91},
		"one zone":                {Transitions: moves(30, "STANDARD_IA", 60, "ONEZONE_IA", 90, "GLACIER_IR", 91, "GLACIER", 92, "DEEP_ARCHIVE")},
		"tiering, then away":      {Transitions: moves(0, "INTELLIGENT_TIERING", 30, "ONEZONE_IA")},
		"dates":                   {Transitions: moves(on(2, 1), "GLACIER", on(1, 1), "GLACIER_IR"), ExpirationDate: on(2, 2)},
		"infrequent from a date":  {Transitions: moves(on(1, 1), "STANDARD_IA")},
		"old versions":            {NoncurrentTransitions: oldMoves(0, "GLACIER"), NoncurrentDays: 1},
		"old versions that rest":  {NoncurrentTransitions: oldMoves(30, "ONEZONE_IA", 60, "DEEP_ARCHIVE")},
		"current and old apart":   {Transitions: moves(90, "GLACIER"), NoncurrentTransitions: oldMoves(1, "GLACIER"), ExpirationDays: 91, NoncurrentDays: 2},
		"longest prefix":          {ExpirationDays: 1, Filter: Filter{Prefix: strings.Repeat("a", 1024)}},
		"most tags":               {ExpirationDays: 1, Filter: Filter{Tags: tags(10, strings.Repeat("ä", 127), strings.Repeat("ü", 256))}},
		"sizes next to another":   {ExpirationDays: 1, Filter: Filter{ObjectSizeGreaterThan: 1, ObjectSizeLessThan: 2}},
		"smaller than":            {ExpirationDays: 1, Filter: Filter{ObjectSizeLessThan: 1}},
		"tabs, and new lines too": {ExpirationDays: 1, Name: "a\tb\r\nc", Filter: Filter{Prefix: "\U0001F600"}},
	} {
		if wrong := r.Check(); len(wrong) > 0 {
			t.Errorf("%s: %+v", name, wrong)
		}
	}
}

// TestCheck_bad: each rule of S3 is one problem, at the attribute to change first.
func TestCheck_bad(t *testing.T) {
	const older = "noncurrent_transitions"
	for name, test := range map[string]struct {
		r          Rule
		attributes string // those it is between
		want       string
	}{
		"nothing": {Rule{Filter: Filter{Prefix: "a"}}, strings.Join(Actions(), " "), "does nothing. Set at least one of expiration_days"},
		"days and date": {Rule{ExpirationDays: 3, ExpirationDate: on(1, 2)}, "expiration_date expiration_days",
			"expiration_date is 2031-01-02 and expiration_days 3"},
		"marker and days": {Rule{ExpiredObjectDeleteMarker: true, ExpirationDays: 3},
			"expired_object_delete_marker expiration_days expiration_date", "clean up old delete markers themselves"},
		"marker and date": {Rule{ExpiredObjectDeleteMarker: true, ExpirationDate: on(1, 2)},
			"expired_object_delete_marker expiration_days expiration_date", "clean up old delete markers themselves"},
		"marker and tags": {Rule{ExpiredObjectDeleteMarker: true, Filter: Filter{Tags: tags(1, "k", "")}},
			"expired_object_delete_marker filter", "delete markers have no tags"},
		"uploads and tags": {Rule{DeleteIncompleteUploadsDays: 3, Filter: Filter{Tags: tags(1, "k", "")}},
			"delete_incomplete_uploads_days filter", "delete_incomplete_uploads_days is 3 beside"},
		"uploads and a size": {Rule{DeleteIncompleteUploadsDays: 3, Filter: Filter{ObjectSizeGreaterThan: 1}},
			"delete_incomplete_uploads_days filter", "delete_incomplete_uploads_days is 3 beside"},
		"newer alone": {Rule{ExpirationDays: 1, NewerNoncurrentVersions: 5}, "newer_noncurrent_versions noncurrent_days", "is 5 without noncurrent_days"},

		"29 days":             {Rule{Transitions: moves(29, "STANDARD_IA")}, "transitions", "STANDARD_IA after 29 days, want at least 30"},
		"29 days to one zone": {Rule{Transitions: moves(29, "ONEZONE_IA")}, "transitions", "ONEZONE_IA after 29 days, want at least 30"},
		"29 days of an old":   {Rule{NoncurrentTransitions: oldMoves(29, "ONEZONE_IA")}, older, "ONEZONE_IA after 29 days, want at least 30"},
		"same day": {Rule{Transitions: moves(9, "GLACIER", 9, "DEEP_ARCHIVE")}, "transitions",
			"DEEP_ARCHIVE at days = 9, want at least 10: that class comes after GLACIER, which has 9"},
		"wrong way": {Rule{Transitions: moves(9, "GLACIER", 99, "GLACIER_IR")}, "transitions", "GLACIER at days = 9, want at least 100"},
		"short stay": {Rule{Transitions: moves(30, "STANDARD_IA", 59, "GLACIER")}, "transitions",
			"GLACIER at days = 59, want at least 60: that class comes after STANDARD_IA, which has 30"},
		"short stay of an old": {Rule{NoncurrentTransitions: oldMoves(30, "ONEZONE_IA", 59, "GLACIER")}, older, "stay in it for at least 30 days"},
		"same class":           {Rule{Transitions: moves(9, "GLACIER", 10, "GLACIER")}, "transitions", "GLACIER twice"},
		"same class of an old": {Rule{NoncurrentTransitions: oldMoves(9, "GLACIER", 10, "GLACIER")}, older, "GLACIER twice"},
		"days beside dates": {Rule{Transitions: moves(9, "GLACIER", on(1, 2), "DEEP_ARCHIVE")},
			"transitions expiration_days expiration_date", "GLACIER days = 9, DEEP_ARCHIVE date = 2031-01-02"},
		"days, then a date": {Rule{Transitions: moves(9, "GLACIER"), ExpirationDate: on(1, 2)},
			"transitions expiration_days expiration_date", "GLACIER days = 9, expiration_date = 2031-01-02"},
		"date, then days": {Rule{Transitions: moves(on(1, 2), "GLACIER"), ExpirationDays: 9},
			"transitions expiration_days expiration_date", "GLACIER date = 2031-01-02, expiration_days = 9"},
		"dates the wrong way": {Rule{Transitions: moves(on(1, 3), "GLACIER", on(1, 2), "DEEP_ARCHIVE")}, "transitions",
			"DEEP_ARCHIVE on 2031-01-02, want a later date than that of GLACIER"},
		"same class by date": {Rule{Transitions: moves(on(1, 2), "GLACIER", on(1, 2), "GLACIER")}, "transitions", "want a later date"},
		"expires too early": {Rule{Transitions: moves(9, "GLACIER"), ExpirationDays: 9}, "expiration_days transitions",
			"expiration_days is 9, want more than 9, when transitions moves the objects to GLACIER"},
		"expires on the date": {Rule{Transitions: moves(on(1, 2), "GLACIER"), ExpirationDate: on(1, 2)}, "expiration_date transitions",
			"expiration_date is 2031-01-02, want a later date than 2031-01-02"},
		"old expire too early": {Rule{NoncurrentTransitions: oldMoves(9, "GLACIER"), NoncurrentDays: 9}, "noncurrent_days " + older,
			"noncurrent_days is 9, want more than 9"},

		"long prefix": {Rule{ExpirationDays: 1, Filter: Filter{Prefix: strings.Repeat("ä", 513)}}, "filter", "1026 bytes, want at most 1024"},
		"no size": {Rule{ExpirationDays: 1, Filter: Filter{ObjectSizeGreaterThan: 5, ObjectSizeLessThan: 5}}, "filter",
			"object_size_less_than is 5 and filter.object_size_greater_than 5"},
		"many tags":      {Rule{ExpirationDays: 1, Filter: Filter{Tags: tags(11, "k", "")}}, "filter", "11 tags, want at most 10"},
		"empty tag key":  {Rule{ExpirationDays: 1, Filter: Filter{Tags: map[string]string{"": "v"}}}, "filter", `key "" of 0 characters`},
		"long tag key":   {Rule{ExpirationDays: 1, Filter: Filter{Tags: tags(1, strings.Repeat("k", 128), "v")}}, "filter", "of 129 characters, want 1 to 128"},
		"long tag value": {Rule{ExpirationDays: 1, Filter: Filter{Tags: tags(1, "k", strings.Repeat("v", 257))}}, "filter", "257 characters"},
		"name":           {Rule{ExpirationDays: 1, Name: "a\x00"}, "name", `name is "a\x00", which has a control character`},
		"prefix":         {Rule{ExpirationDays: 1, Filter: Filter{Prefix: "\x1b"}}, "filter", `filter.prefix is "\x1b"`},
		"tag":            {Rule{ExpirationDays: 1, Filter: Filter{Tags: map[string]string{"k": "\uffff"}}}, "filter", `filter.tags[k] is`},
	} {
		wrong := test.r.Check()
		if len(wrong) != 1 || strings.Join(wrong[0].Attributes, " ") != test.attributes || !strings.Contains(wrong[0].Text, test.want) {
			t.Errorf("%s: %+v", name, wrong)
		}
	}
}
