package lifecyclerule

import (
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Element is a rule in a configuration. A parsed one is written back byte for byte as it was read, with all that this
// provider and the SDK do not know.
type Element struct {
	Rule
	raw    string // inside of the Rule element; empty for a rule made here
	legacy bool   // it has a prefix in place of a filter
}

// Equal reports whether both mean the same.
func (e Element) Equal(other Element) bool { return e.Rule.Equal(other.Rule) }

// Configuration is the lifecycle configuration of a bucket. The zero value is that of a bucket without one.
type Configuration struct {
	Rules []Element
	// minimumSize is S3's x-amz-transition-default-minimum-object-size, empty if the store did not send it.
	minimumSize string
	// unknown are elements beside the rules, which could not be written back.
	unknown []string
}

// Elements are the rules.
func (c Configuration) Elements() []Element { return c.Rules }

// Find returns the rule of this name.
func (c Configuration) Find(name string) (Rule, bool) {
	i := slices.IndexFunc(c.Rules, func(e Element) bool { return name != "" && e.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return c.Rules[i].Rule, true
}

// Replace returns the configuration without the rules of the owned names, and with add after those that stay.
func (c Configuration) Replace(owned []string, add []Element) Configuration {
	c.Rules = append(slices.DeleteFunc(slices.Clone(c.Rules), func(e Element) bool {
		return e.Name != "" && slices.Contains(owned, e.Name)
	}), add...)
	return c
}

// check refuses a configuration that cannot be written.
func (c Configuration) check() error {
	if len(c.unknown) > 0 {
		return fmt.Errorf("the lifecycle configuration holds %s beside its rules, which this provider does not know and "+
			"would lose: nothing was written", strings.Join(c.unknown, ", "))
	}
	if n := len(c.Rules); n > MaxRules {
		return fmt.Errorf("the bucket would have %d lifecycle rules, S3 allows %d: nothing was written", n, MaxRules)
	}
	return nil
}

// legacy names the rules that have a prefix in place of a filter.
func (c Configuration) legacy() []string {
	var names []string
	for _, e := range c.Rules {
		if e.legacy {
			names = append(names, e.Name)
		}
	}
	return names
}

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// text is the configuration as S3 reads it.
func (c Configuration) text() []byte {
	var b strings.Builder
	b.WriteString(`<LifecycleConfiguration xmlns="` + namespace + `">`)
	for _, e := range c.Rules {
		b.WriteString("<Rule>")
		if e.raw != "" {
			b.WriteString(e.raw)
		} else {
			b.WriteString(inside(e.Rule))
		}
		b.WriteString("</Rule>")
	}
	b.WriteString("</LifecycleConfiguration>")
	return []byte(b.String())
}

// parse reads what S3 writes.
func parse(text []byte, minimumSize string) (Configuration, error) {
	var read struct {
		Rules []struct {
			Inside string `xml:",innerxml"`
			ruleXML
		} `xml:"Rule"`
		Others []struct{ XMLName xml.Name } `xml:",any"`
	}
	if err := xml.Unmarshal(text, &read); err != nil {
		return Configuration{}, fmt.Errorf("the lifecycle configuration cannot be read: %w", err)
	}
	c := Configuration{minimumSize: minimumSize}
	for _, other := range read.Others {
		c.unknown = append(c.unknown, other.XMLName.Local)
	}
	for _, r := range read.Rules {
		rule, err := r.rule()
		if err != nil {
			return Configuration{}, fmt.Errorf("the lifecycle rule %q cannot be read: %w", r.ID, err)
		}
		c.Rules = append(c.Rules, Element{Rule: rule, raw: r.Inside, legacy: r.Filter == nil && r.Prefix != nil})
	}
	return c, nil
}

// The XML of a rule.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_LifecycleRule.html
type (
	ruleXML struct {
		ID                    string
		Prefix                *string
		Filter                *filterXML
		Status                string
		Expiration            *expirationXML
		Transitions           []transitionXML `xml:"Transition"`
		Noncurrent            *noncurrentXML  `xml:"NoncurrentVersionExpiration"`
		NoncurrentTransitions []noncurrentXML `xml:"NoncurrentVersionTransition"`
		Abort                 *abortXML       `xml:"AbortIncompleteMultipartUpload"`
	}
	filterXML struct {
		criteriaXML
		And *criteriaXML
	}
	criteriaXML struct {
		Prefix                *string
		Tags                  []tagXML `xml:"Tag"`
		ObjectSizeGreaterThan int64    `xml:",omitempty"`
		ObjectSizeLessThan    int64    `xml:",omitempty"`
	}
	tagXML        struct{ Key, Value string }
	expirationXML struct {
		Days         int32  `xml:",omitempty"`
		Date         string `xml:",omitempty"`
		DeleteMarker bool   `xml:"ExpiredObjectDeleteMarker,omitempty"`
	}
	transitionXML struct {
		Days         *int32
		Date         string `xml:",omitempty"`
		StorageClass string
	}
	noncurrentXML struct {
		Days          int32  `xml:"NoncurrentDays"`
		NewerVersions int32  `xml:"NewerNoncurrentVersions,omitempty"`
		StorageClass  string `xml:",omitempty"`
	}
	abortXML struct {
		Days int32 `xml:"DaysAfterInitiation"`
	}
)

// rule turns all forms of the same meaning into one: no filter, an empty one, an empty prefix, a prefix outside a
// filter. If a store writes both, the filter counts.
func (r ruleXML) rule() (Rule, error) {
	out := Rule{Name: r.ID, Enabled: r.Status == statusEnabled}
	switch {
	case r.Filter != nil:
		out.Filter = r.Filter.filter()
	case r.Prefix != nil:
		out.Filter.Prefix = *r.Prefix
	}
	var err error
	if e := r.Expiration; e != nil {
		out.ExpirationDays, out.ExpiredObjectDeleteMarker = e.Days, e.DeleteMarker
		if out.ExpirationDate, err = date(e.Date); err != nil {
			return out, err
		}
	}
	if n := r.Noncurrent; n != nil {
		out.NoncurrentDays, out.NewerNoncurrentVersions = n.Days, n.NewerVersions
	}
	if r.Abort != nil {
		out.DeleteIncompleteUploadsDays = r.Abort.Days
	}
	for _, t := range r.Transitions {
		one := Transition{StorageClass: t.StorageClass}
		if one.Date, err = date(t.Date); err != nil {
			return out, err
		}
		if t.Days != nil {
			one.Days = *t.Days
		}
		out.Transitions = append(out.Transitions, one)
	}
	for _, t := range r.NoncurrentTransitions {
		out.NoncurrentTransitions = append(out.NoncurrentTransitions, NoncurrentTransition(t))
	}
	return out, nil
}

func (f filterXML) filter() Filter {
	c := f.criteriaXML
	if f.And != nil {
		c = *f.And
	}
	out := Filter{ObjectSizeGreaterThan: c.ObjectSizeGreaterThan, ObjectSizeLessThan: c.ObjectSizeLessThan}
	if c.Prefix != nil {
		out.Prefix = *c.Prefix
	}
	for _, t := range c.Tags {
		if out.Tags == nil {
			out.Tags = map[string]string{}
		}
		out.Tags[t.Key] = t.Value
	}
	return out
}

// inside is the inside of the Rule element. A filter for every object is written as an empty prefix, because S3 has
// refused a rule without one.
func inside(r Rule) string {
	x := ruleXML{ID: r.Name, Status: r.Status(), Filter: r.Filter.xml()}
	if r.ExpirationDays > 0 || !r.ExpirationDate.IsZero() || r.ExpiredObjectDeleteMarker {
		x.Expiration = &expirationXML{r.ExpirationDays, dateText(r.ExpirationDate), r.ExpiredObjectDeleteMarker}
	}
	for _, t := range sorted(r.Transitions) {
		one := transitionXML{Date: dateText(t.Date), StorageClass: t.StorageClass}
		if t.Date.IsZero() {
			one.Days = &t.Days
		}
		x.Transitions = append(x.Transitions, one)
	}
	if r.NoncurrentDays > 0 {
		x.Noncurrent = &noncurrentXML{Days: r.NoncurrentDays, NewerVersions: r.NewerNoncurrentVersions}
	}
	for _, t := range sortedNoncurrent(r.NoncurrentTransitions) {
		x.NoncurrentTransitions = append(x.NoncurrentTransitions, noncurrentXML(t))
	}
	if r.DeleteIncompleteUploadsDays > 0 {
		x.Abort = &abortXML{r.DeleteIncompleteUploadsDays}
	}
	text, err := xml.Marshal(x)
	if err != nil {
		panic(fmt.Sprintf("a rule cannot be written as XML: %v", err))
	}
	const open, end = "<ruleXML>", "</ruleXML>"
	return strings.TrimSuffix(strings.TrimPrefix(string(text), open), end)
}

// xml writes one criterion as it is, and several within And.
func (f Filter) xml() *filterXML {
	c := criteriaXML{ObjectSizeGreaterThan: f.ObjectSizeGreaterThan, ObjectSizeLessThan: f.ObjectSizeLessThan}
	for _, key := range slices.Sorted(maps.Keys(f.Tags)) {
		c.Tags = append(c.Tags, tagXML{key, f.Tags[key]})
	}
	criteria := len(c.Tags)
	for _, set := range []bool{f.Prefix != "", f.ObjectSizeGreaterThan > 0, f.ObjectSizeLessThan > 0} {
		if set {
			criteria++
		}
	}
	if f.Prefix != "" || criteria == 0 {
		c.Prefix = &f.Prefix
	}
	if criteria > 1 {
		return &filterXML{And: &c}
	}
	return &filterXML{criteriaXML: c}
}

// date reads a date as S3 writes it; empty is none.
func date(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return ParseDate(text)
}

// ParseDate reads a date: 2027-01-31, or with a time and a zone as in RFC 3339.
func ParseDate(text string) (time.Time, error) {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err = time.Parse(time.RFC3339, text)
	}
	return at.UTC(), err
}

func dateText(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
