// Package lifecyclerule is the domain of spinup_lifecycle_rule: one rule inside the one lifecycle configuration of a
// bucket, beside rules of other owners. It may import reconcile, awsclient, document and the SDK's types for S3; no
// Terraform types.
package lifecyclerule

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Rule is one rule of a lifecycle configuration. A zero value means "not set": S3 allows a zero only as the days of a
// transition.
type Rule struct {
	Name    string // its ID; empty for a rule of another owner that has none
	Enabled bool
	Filter  Filter

	ExpirationDays            int32
	ExpirationDate            time.Time // midnight UTC
	ExpiredObjectDeleteMarker bool

	NoncurrentDays          int32
	NewerNoncurrentVersions int32

	DeleteIncompleteUploadsDays int32

	Transitions           []Transition
	NoncurrentTransitions []NoncurrentTransition
}

// Filter selects the objects of a rule: those that match every field. The zero value selects all objects of the bucket.
type Filter struct {
	Prefix                string
	Tags                  map[string]string
	ObjectSizeGreaterThan int64 // bytes
	ObjectSizeLessThan    int64 // bytes
}

// Transition moves objects to another storage class, some days after their creation or on a date.
type Transition struct {
	Days         int32     // used if Date is zero
	Date         time.Time // midnight UTC
	StorageClass string
}

// NoncurrentTransition moves old versions to another storage class, some days after a newer one replaced them.
type NoncurrentTransition struct {
	Days          int32
	NewerVersions int32 // how many old versions stay where they are
	StorageClass  string
}

// Status is the rule's Enabled as S3 writes it.
func (r Rule) Status() string {
	if r.Enabled {
		return statusEnabled
	}
	return statusDisabled
}

const (
	statusEnabled  = "Enabled"
	statusDisabled = "Disabled"
)

// Classes are the storage classes that the rule moves objects and old versions to, in S3's order, as far as they are
// known.
func (r Rule) Classes() []string {
	named := map[string]bool{}
	for _, t := range r.Transitions {
		named[t.StorageClass] = true
	}
	for _, t := range r.NoncurrentTransitions {
		named[t.StorageClass] = true
	}
	return slices.DeleteFunc(StorageClasses(), func(class string) bool { return !named[class] })
}

// Key identifies the rule within its bucket.
func (r Rule) Key() string { return r.Name }

// Equal reports whether two rules mean the same. The order of transitions does not matter.
func (r Rule) Equal(other Rule) bool { return len(r.Differences(other)) == 0 }

// Differences are the attributes in which two rules do not mean the same.
func (r Rule) Differences(other Rule) []string {
	var all []string
	for _, one := range []struct {
		attribute string
		same      bool
	}{
		{"name", r.Name == other.Name},
		{"enabled", r.Enabled == other.Enabled},
		{"filter", r.Filter.Equal(other.Filter)},
		{"expiration_days", r.ExpirationDays == other.ExpirationDays},
		{"expiration_date", r.ExpirationDate.Equal(other.ExpirationDate)},
		{"expired_object_delete_marker", r.ExpiredObjectDeleteMarker == other.ExpiredObjectDeleteMarker},
		{"noncurrent_days", r.NoncurrentDays == other.NoncurrentDays},
		{"newer_noncurrent_versions", r.NewerNoncurrentVersions == other.NewerNoncurrentVersions},
		{"delete_incomplete_uploads_days", r.DeleteIncompleteUploadsDays == other.DeleteIncompleteUploadsDays},
		{"transitions", slices.EqualFunc(sorted(r.Transitions), sorted(other.Transitions), Transition.equal)},
		{"noncurrent_transitions", slices.Equal(
			sortedNoncurrent(r.NoncurrentTransitions), sortedNoncurrent(other.NoncurrentTransitions))},
	} {
		if !one.same {
			all = append(all, one.attribute)
		}
	}
	return all
}

// Equal reports whether both select the same objects.
func (f Filter) Equal(other Filter) bool {
	return f.Prefix == other.Prefix && f.ObjectSizeGreaterThan == other.ObjectSizeGreaterThan &&
		f.ObjectSizeLessThan == other.ObjectSizeLessThan && maps.Equal(f.Tags, other.Tags)
}

func (t Transition) equal(other Transition) bool {
	return t.Days == other.Days && t.Date.Equal(other.Date) && t.StorageClass == other.StorageClass
}

// sorted puts transitions into S3's order of storage classes.
func sorted(all []Transition) []Transition {
	return slices.SortedFunc(slices.Values(all), func(a, b Transition) int {
		return cmp.Or(cmp.Compare(rank(a.StorageClass), rank(b.StorageClass)), cmp.Compare(a.StorageClass, b.StorageClass))
	})
}

func sortedNoncurrent(all []NoncurrentTransition) []NoncurrentTransition {
	return slices.SortedFunc(slices.Values(all), func(a, b NoncurrentTransition) int {
		return cmp.Or(cmp.Compare(rank(a.StorageClass), rank(b.StorageClass)), cmp.Compare(a.StorageClass, b.StorageClass))
	})
}

// StorageClasses are the classes that a rule can move objects to, in the order in which S3 lets them follow each other.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
func StorageClasses() []string {
	return []string{"STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"}
}

func rank(class string) int { return slices.Index(StorageClasses(), class) }
