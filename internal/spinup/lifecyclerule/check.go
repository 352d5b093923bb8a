package lifecyclerule

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Problem is a rule of S3 that a lifecycle rule breaks.
type Problem struct {
	// Attributes are the attributes it is about, the one to change first.
	Attributes []string
	Text       string
}

// Limits of S3.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-to-set-lifecycle-configuration-intro.html
const (
	MaxRules    = 1000 // of one bucket
	MaxName     = 255  // characters
	MaxVersions = 100  // of newer noncurrent versions

	maxPrefix  = 1024 // bytes, as of a key
	maxTags    = 10   // of an object
	maxTagKey  = 128  // characters
	maxTagText = 256  // characters
	minStay    = 30   // days in and before an infrequent access class
)

// Check finds every rule of S3 that r breaks, as far as can be checked without the bucket.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
func (r Rule) Check() []Problem {
	var c checks
	c.texts(r)
	c.actions(r)
	c.filter(r)
	c.expiration(r)
	c.noncurrent(r)
	c.transitions(r)
	c.noncurrentTransitions(r)
	return c.found
}

// checks collects problems.
type checks struct{ found []Problem }

func (c *checks) add(text string, attributes ...string) {
	c.found = append(c.found, Problem{attributes, text})
}

// forbid adds a problem if the condition holds.
func (c *checks) forbid(when bool, text string, attributes ...string) {
	if when {
		c.add(text, attributes...)
	}
}

// Actions are the attributes of which a rule needs at least one.
func Actions() []string {
	return []string{
		"expiration_days", "expiration_date", "expired_object_delete_marker", "noncurrent_days",
		"delete_incomplete_uploads_days", "transitions", "noncurrent_transitions",
	}
}

func (c *checks) actions(r Rule) {
	none := r.ExpirationDays == 0 && r.ExpirationDate.IsZero() && !r.ExpiredObjectDeleteMarker &&
		r.NoncurrentDays == 0 && r.DeleteIncompleteUploadsDays == 0 && len(r.Transitions) == 0 &&
		len(r.NoncurrentTransitions) == 0
	c.forbid(none, "The rule does nothing. Set at least one of "+strings.Join(Actions(), ", ")+".", Actions()...)
}

// texts finds characters that XML, in which S3 stores the configuration, cannot hold.
func (c *checks) texts(r Rule) {
	check := func(attribute, at, text string) {
		i := strings.IndexFunc(text, func(sign rune) bool {
			return sign < ' ' && !strings.ContainsRune("\t\n\r", sign) || sign == 0xFFFE || sign == 0xFFFF
		})
		c.forbid(i >= 0, fmt.Sprintf("%s is %q, which has a control character. Use only what XML can hold.",
			at, text), attribute)
	}
	check("name", "name", r.Name)
	check("filter", "filter.prefix", r.Filter.Prefix)
	for _, key := range slices.Sorted(maps.Keys(r.Filter.Tags)) {
		check("filter", "a key of filter.tags", key)
		check("filter", "filter.tags["+key+"]", r.Filter.Tags[key])
	}
}

func (c *checks) filter(r Rule) {
	f := r.Filter
	c.forbid(len(f.Prefix) > maxPrefix, fmt.Sprintf("filter.prefix has %d bytes, want at most %d, the length of a key.",
		len(f.Prefix), maxPrefix), "filter")
	c.forbid(f.ObjectSizeLessThan > 0 && f.ObjectSizeLessThan <= f.ObjectSizeGreaterThan, fmt.Sprintf(
		"filter.object_size_less_than is %d and filter.object_size_greater_than %d, so that no object fits. The first "+
			"must be larger.", f.ObjectSizeLessThan, f.ObjectSizeGreaterThan), "filter")
	c.forbid(len(f.Tags) > maxTags, fmt.Sprintf("filter.tags has %d tags, want at most %d: an object cannot have more.",
		len(f.Tags), maxTags), "filter")
	for _, key := range slices.Sorted(maps.Keys(f.Tags)) {
		n, long := utf8.RuneCountInString(key), utf8.RuneCountInString(f.Tags[key])
		c.forbid(n < 1 || n > maxTagKey, fmt.Sprintf("filter.tags has the key %q of %d characters, want 1 to %d.",
			key, n, maxTagKey), "filter")
		c.forbid(long > maxTagText, fmt.Sprintf("filter.tags has a value of %d characters for %q, want at most %d.",
			long, key, maxTagText), "filter")
	}
	sizes := f.ObjectSizeGreaterThan > 0 || f.ObjectSizeLessThan > 0
	c.forbid(r.ExpiredObjectDeleteMarker && len(f.Tags) > 0, "expired_object_delete_marker is true beside filter.tags, "+
		"and delete markers have no tags. Set only one of them.", "expired_object_delete_marker", "filter")
	c.forbid(r.DeleteIncompleteUploadsDays > 0 && (len(f.Tags) > 0 || sizes), fmt.Sprintf(
		"delete_incomplete_uploads_days is %d beside filter.tags or an object size, and an unfinished upload has neither. "+
			"Filter by a prefix only, or move it to another rule.", r.DeleteIncompleteUploadsDays),
		"delete_incomplete_uploads_days", "filter")
}

func (c *checks) expiration(r Rule) {
	days, date := r.ExpirationDays > 0, !r.ExpirationDate.IsZero()
	c.forbid(days && date, fmt.Sprintf("expiration_date is %s and expiration_days %d. Set only one of them.",
		day(r.ExpirationDate), r.ExpirationDays), "expiration_date", "expiration_days")
	c.forbid(r.ExpiredObjectDeleteMarker && (days || date), "expired_object_delete_marker is true beside expiration_days "+
		"or expiration_date, which clean up old delete markers themselves. Set only one of them.",
		"expired_object_delete_marker", "expiration_days", "expiration_date")
}

func (c *checks) noncurrent(r Rule) {
	c.forbid(r.NewerNoncurrentVersions > 0 && r.NoncurrentDays == 0, fmt.Sprintf("newer_noncurrent_versions is %d "+
		"without noncurrent_days: it is the number of old versions that are kept after those days. Set both, or "+
		"neither.", r.NewerNoncurrentVersions),
		"newer_noncurrent_versions", "noncurrent_days")
}

// tiers finds what is wrong with the order of transitions, which S3 makes one after the other.
func (c *checks) tiers(attribute string, all []tier) {
	for i, t := range all {
		if i > 0 && all[i-1].class == t.class {
			c.add(fmt.Sprintf("%s moves to %s twice. A storage class may be listed only once.", attribute, t.class), attribute)
			continue
		}
		infrequent := t.class == "STANDARD_IA" || t.class == "ONEZONE_IA"
		c.forbid(infrequent && t.days < minStay, fmt.Sprintf("%s moves to %s after %d days, want at least %d: S3 moves "+
			"nothing there earlier.", attribute, t.class, t.days, minStay), attribute)
		if i == 0 {
			continue
		}
		before := all[i-1]
		least := before.days + 1
		if before.class == "STANDARD_IA" || before.class == "ONEZONE_IA" {
			least = before.days + minStay
		}
		c.forbid(t.days < least, fmt.Sprintf("%s moves to %s at days = %d, want at least %d: that class comes after %s, "+
			"which has %d, in S3's order (%s)%s.", attribute, t.class, t.days, least, before.class, before.days,
			strings.Join(StorageClasses(), ", "), stayText(least-before.days)), attribute)
	}
}

func stayText(days int32) string {
	if days < minStay {
		return ""
	}
	return fmt.Sprintf(", and objects stay in it for at least %d days", minStay)
}

// tier is a move to a class after some days.
type tier struct {
	class string
	days  int32
}

func (c *checks) transitions(r Rule) {
	var byDays []tier
	var dates []Transition
	for _, t := range sorted(r.Transitions) {
		if t.Date.IsZero() {
			byDays = append(byDays, tier{t.StorageClass, t.Days})
			continue
		}
		dates = append(dates, t)
	}
	days, date := r.ExpirationDays > 0, !r.ExpirationDate.IsZero()
	if len(byDays) > 0 && (len(dates) > 0 || date) || len(dates) > 0 && days {
		c.add("transitions and expiration of one rule have days and dates: "+schedule(r)+". Use days for all of "+
			"them, or dates for all of them.", "transitions", "expiration_days", "expiration_date")
		return
	}
	c.tiers("transitions", byDays)
	if n := len(byDays); n > 0 && days {
		last := slices.MaxFunc(byDays, func(a, b tier) int { return int(a.days) - int(b.days) })
		c.forbid(r.ExpirationDays <= last.days, fmt.Sprintf("expiration_days is %d, want more than %d, when transitions "+
			"moves the objects to %s.", r.ExpirationDays, last.days, last.class), "expiration_days", "transitions")
	}
	for i, t := range dates {
		c.forbid(i > 0 && !t.Date.After(dates[i-1].Date), fmt.Sprintf("transitions moves to %s on %s, want a later date "+
			"than that of %s, which comes before it in S3's order (%s).", t.StorageClass, day(t.Date),
			dates[max(i-1, 0)].StorageClass, strings.Join(StorageClasses(), ", ")), "transitions")
		c.forbid(date && !r.ExpirationDate.After(t.Date), fmt.Sprintf("expiration_date is %s, want a later date than %s, "+
			"when transitions moves the objects to %s.", day(r.ExpirationDate), day(t.Date), t.StorageClass),
			"expiration_date", "transitions")
	}
}

// schedule lists the days or the date of each transition and of the expiration.
func schedule(r Rule) string {
	var all []string
	for _, t := range sorted(r.Transitions) {
		if t.Date.IsZero() {
			all = append(all, fmt.Sprintf("%s days = %d", t.StorageClass, t.Days))
		} else {
			all = append(all, t.StorageClass+" date = "+day(t.Date))
		}
	}
	if r.ExpirationDays > 0 {
		all = append(all, fmt.Sprintf("expiration_days = %d", r.ExpirationDays))
	}
	if !r.ExpirationDate.IsZero() {
		all = append(all, "expiration_date = "+day(r.ExpirationDate))
	}
	return strings.Join(all, ", ")
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func (c *checks) noncurrentTransitions(r Rule) {
	var all []tier
	for _, t := range sortedNoncurrent(r.NoncurrentTransitions) {
		all = append(all, tier{t.StorageClass, t.Days})
		c.forbid(r.NoncurrentDays > 0 && r.NoncurrentDays <= t.Days, fmt.Sprintf("noncurrent_days is %d, want more than %d, "+
			"when noncurrent_transitions moves old versions to %s.", r.NoncurrentDays, t.Days, t.StorageClass),
			"noncurrent_days", "noncurrent_transitions")
	}
	c.tiers("noncurrent_transitions", all)
}
