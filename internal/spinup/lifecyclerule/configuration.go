package lifecyclerule

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Element is a rule in a configuration. A parsed one is written back byte for byte as it was read, with all that this
// provider and the SDK do not know.
type Element struct {
	Rule
	raw    string // the Rule element; empty for a rule made here
	legacy bool   // it has a prefix in place of a filter
	unread bool   // in a form that this provider does not know: but for name and status, raw is all there is
}

// Equal reports whether both mean the same.
func (e Element) Equal(other Element) bool {
	if e.unread || other.unread {
		return e.raw == other.raw
	}
	return e.Rule.Equal(other.Rule)
}

// differences are the attributes of the rule that the other does not have as e has them. A rule in a form that is not
// known has none: it may mean the same.
func (e Element) differences(other Element) []string {
	if e.unread || other.unread {
		return nil
	}
	return e.Differences(other.Rule)
}

// Configuration is the lifecycle configuration of a bucket. The zero value is that of a bucket without one.
type Configuration struct {
	Rules []Element
	// minimumSize is S3's x-amz-transition-default-minimum-object-size, empty if the store did not send it.
	minimumSize string
	// others are the elements beside the rules. They are written back as they were read.
	others []string
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

// doubtful names what the new rules ask for and the platform is not known to have.
func (c Configuration) doubtful(platform awsclient.Platform) (all []string) {
	var asked Rule
	for _, e := range c.Rules {
		if e.raw == "" {
			asked.Transitions = append(asked.Transitions, e.Transitions...)
			asked.NoncurrentTransitions = append(asked.NoncurrentTransitions, e.NoncurrentTransitions...)
			asked.DeleteIncompleteUploadsDays = max(asked.DeleteIncompleteUploadsDays, e.DeleteIncompleteUploadsDays)
		}
	}
	if classes := asked.Classes(); len(classes) > 0 && !platform.Has(awsclient.StorageClasses) {
		all = append(all, "the storage class "+strings.Join(classes, ", "))
	}
	if asked.DeleteIncompleteUploadsDays > 0 && !platform.Has(awsclient.AbortRules) {
		all = append(all, awsclient.AbortRules.String())
	}
	return all
}

const namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// text is the configuration as S3 reads it.
func (c Configuration) text() []byte {
	var b strings.Builder
	b.WriteString(`<LifecycleConfiguration xmlns="` + namespace + `">`)
	for _, other := range c.others {
		b.WriteString(other)
	}
	for _, e := range c.Rules {
		if e.raw != "" {
			b.WriteString(e.raw)
			continue
		}
		b.WriteString("<Rule>" + inside(e.Rule) + "</Rule>")
	}
	b.WriteString("</LifecycleConfiguration>")
	return []byte(b.String())
}

// parse reads what S3 writes: the elements within the root, each kept as it is.
func parse(text []byte, minimumSize string) (Configuration, error) {
	c := Configuration{minimumSize: minimumSize}
	dec := xml.NewDecoder(bytes.NewReader(text))
	for inside := false; ; {
		at := dec.InputOffset()
		token, err := dec.Token()
		if errors.Is(err, io.EOF) && inside {
			return c, nil
		}
		if err != nil {
			return Configuration{}, fmt.Errorf("the lifecycle configuration cannot be read: %w", err)
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if !inside {
			if root := start.Name.Local; root != "LifecycleConfiguration" {
				return Configuration{}, fmt.Errorf("the lifecycle configuration cannot be read: the answer is <%s>", root)
			}
			inside = true
			continue
		}
		if err := dec.Skip(); err != nil {
			return Configuration{}, fmt.Errorf("the lifecycle configuration cannot be read: %w", err)
		}
		raw := string(text[at:dec.InputOffset()])
		if start.Name.Local == "Rule" {
			c.Rules = append(c.Rules, element(raw))
		} else {
			c.others = append(c.others, raw)
		}
	}
}

// element reads a rule. One in a form that is not known has name and status only.
func element(raw string) Element {
	var r ruleXML
	err := xml.Unmarshal([]byte(raw), &r)
	if err == nil {
		var rule Rule
		if rule, err = r.rule(); err == nil {
			return Element{Rule: rule, raw: raw, legacy: r.Filter == nil && r.Prefix != nil}
		}
	}
	var known struct{ ID, Status string }
	_ = xml.Unmarshal([]byte(raw), &known) // what it fails at is not needed
	return Element{Rule: Rule{Name: known.ID, Enabled: known.Status == statusEnabled}, raw: raw, unread: true}
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
