package directory

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// way is how a file gets where it is wanted.
type way int

const (
	send   way = iota // its bytes are sent
	recopy            // the store has the bytes, and copies them onto themselves with other headers
	adopt             // it is there already
)

// step is what has to be done for one file.
type step struct {
	file    *File
	way     way
	replace string // ETag of what is replaced; "" for a key that has nothing
}

// changes are what leads from what was seen to what is wanted.
type changes struct {
	steps   []step
	retire  []*Entry // the source has it no more, and it stays for a while
	revive  []*Entry // the source has it again
	remove  []*Entry // it goes now
	forget  []*Entry // it is not there, or not what we put there: only the manifest has it
	foreign []string // keys at which something of others stands
}

func (c changes) empty() bool {
	return len(c.steps)+len(c.retire)+len(c.revive)+len(c.remove)+len(c.forget)+len(c.foreign) == 0
}

// isContent reports whether the object that was asked for is what is meant.
func isContent(head content.Stored, c Content) bool {
	return head.Checksum != "" && head.Checksum == c.Sum && head.Size == c.Size && sameHeaders(head, c)
}

// sameHeaders reports whether an object has the headers that were sent with a content, as far as it shows them.
func sameHeaders(head content.Stored, c Content) bool {
	visible, _, _ := strings.Cut(c.Headers, ".")
	return head.Headers.Visible().Digest() == visible
}

// compare is what has to be done.
func compare(s Spec, o Status) changes {
	var c changes
	if s.Tree == nil {
		return c
	}
	for i := range s.Tree.Files {
		c.file(s, o, &s.Tree.Files[i])
	}
	for _, e := range o.Manifest.entries() {
		if _, wanted := s.Tree.find(e.Key); !wanted {
			c.unwanted(s, o, e)
		}
	}
	return c
}

func (c *changes) file(s Spec, o Status, f *File) {
	e, ours := o.Manifest.find(f.Key)
	live, there := o.Live[f.Key]
	head, asked := o.Heads[f.Key]
	want := contentOf(f)
	if ours && e.Retired != 0 {
		c.revive = append(c.revive, e)
	}
	add := func(w way) { c.steps = append(c.steps, step{f, w, live.ETag}) }
	switch {
	case !there:
		add(send)
	case ours && e.ETag != "" && live.ETag == e.ETag:
		switch {
		case e.Size != want.Size, e.Sum != want.Sum, otherBytes(e, live, head, asked):
			add(send)
		case e.Headers != want.Headers, asked && !sameHeaders(head, e.Content):
			add(recopy)
		case e.Pending != nil:
			add(adopt)
		}
	case ours && e.Pending != nil && asked && isContent(head, want):
		add(adopt)
	case ours && e.ETag != "", ours && asked && isContent(head, *e.Pending), s.Overwrite, o.Placeholders[f.Key]:
		add(send)
	case o.Lost && asked && isContent(head, want):
		add(adopt)
	default:
		c.foreign = append(c.foreign, f.Key)
	}
}

// otherBytes reports whether an object does not hold what was put there, its ETag aside: not every store has another
// ETag for every content. What was sent in parts and then copied has the checksum of the whole, which tells nothing
// here.
func otherBytes(e *Entry, live Object, head content.Stored, asked bool) bool {
	inParts := func(sum string) bool { return strings.Contains(sum, "-") }
	return live.Size != e.Size ||
		asked && head.Checksum != "" && head.Checksum != e.Sum && inParts(head.Checksum) == inParts(e.Sum)
}

func (c *changes) unwanted(s Spec, o Status, e *Entry) {
	keep := s.Keep.of(e.Key)
	waited := e.Retired != 0 && !time.Unix(e.Retired, 0).Add(keep).After(s.At)
	due := keep == 0 || waited || s.Folders && s.Tree.covers(e.Key)
	switch {
	case !o.has(e):
		c.forget = append(c.forget, e)
	case due:
		c.remove = append(c.remove, e)
	case e.Retired == 0:
		c.retire = append(c.retire, e)
	}
}

// has reports whether the object of an entry is there, and is what we put there.
func (o Status) has(e *Entry) bool {
	live, there := o.Live[e.Key]
	switch {
	case !there:
		return false
	case e.ETag != "" && live.ETag == e.ETag:
		return true
	}
	head, asked := o.Heads[e.Key]
	return e.Pending != nil && asked && isContent(head, *e.Pending)
}

// Summary is what a plan says of the changes.
type Summary struct {
	Changes  string   // such as "+12 ~3 -1"
	First    []string // such as "+ a.js": the first names, and how many more there are
	Removals int      // how many files the source has no more
	Purges   bool     // whether something has to go from caches
	Retires  bool     // whether something begins to wait for its removal

	nothing bool
}

// IsNothing reports whether an apply has nothing to do.
func (s Summary) IsNothing() bool { return s.nothing }

// shown is how many names a summary has.
const shown = 10

// Summarize says what a deployment does, by the manifest alone: what it said when the bucket was read. Repairs are the
// files that were found to be changed.
func Summarize(s Spec, m *Manifest, repairs int) Summary {
	o := Status{Manifest: m, Lost: m == nil}
	o.trust()
	c := compare(s, o)
	out := Summary{nothing: c.empty() && repairs == 0}
	var names []string
	added, changed := 0, 0
	for _, one := range c.steps {
		e, ours := m.find(one.file.Key)
		if ours && e.ETag != "" {
			changed++
			names = append(names, "~ "+one.file.Key)
			continue
		}
		added++
		names = append(names, "+ "+one.file.Key)
	}
	due := 0
	for _, e := range slices.Concat(c.retire, c.remove) {
		if e.Retired != 0 {
			due++
			continue
		}
		out.Removals++
		names = append(names, "- "+e.Key)
	}
	out.Changes = fmt.Sprintf("+%d ~%d -%d", added, changed, out.Removals)
	if due > 0 {
		out.Changes += fmt.Sprintf(", %d due", due)
	}
	if repairs > 0 {
		out.Changes += fmt.Sprintf(", %d repaired", repairs)
	}
	if len(names) > shown {
		names = append(names[:shown:shown], fmt.Sprintf("(%d more)", len(names)-shown))
	}
	out.First = names
	out.Purges = changed > 0 || len(c.remove) > 0 || repairs > 0 || added > 0 && s.Overwrite // of what others put there
	out.Retires = len(c.retire) > 0
	return out
}

// Waiting is how many files wait for their removal, and when the first of them is due.
func (m *Manifest) Waiting(k Keep) (n int, next time.Time) {
	for _, e := range m.retired() {
		n++
		if at := time.Unix(e.Retired, 0).Add(k.of(e.Key)); next.IsZero() || at.Before(next) {
			next = at
		}
	}
	return n, next
}

// Due is the time of the last removal that is due by now, zero if none is. It is the same at every look until another
// one is due, as what a refresh remembers has to be.
func (m *Manifest) Due(k Keep, now time.Time) (last time.Time) {
	for _, e := range m.retired() {
		if at := time.Unix(e.Retired, 0).Add(k.of(e.Key)).UTC(); !at.After(now) && at.After(last) {
			last = at
		}
	}
	return last
}

// Drift is what of a deployment is not there as it was put there, a line for each object.
func (o Status) Drift(s Spec) []string {
	if o.Lost {
		return []string{"- " + s.ManifestKey + " (the manifest is gone)"}
	}
	var all []string
	for _, e := range o.Manifest.entries() {
		if e.Retired != 0 && e.Pending == nil {
			continue
		}
		live, there := o.Live[e.Key]
		head, asked := o.Heads[e.Key]
		switch {
		case e.Pending != nil:
			all = append(all, "~ "+e.Key+" (not finished)")
		case !there:
			all = append(all, "- "+e.Key+" (gone)")
		case live.ETag != e.ETag, otherBytes(e, live, head, asked):
			all = append(all, "~ "+e.Key+" (changed outside)")
		case asked && !sameHeaders(head, e.Content):
			all = append(all, "~ "+e.Key+" (headers changed outside)")
		}
	}
	if o.Manifest != nil && len(o.Manifest.Invalidate) > 0 {
		all = append(all, fmt.Sprintf("~ %d paths (old content may be cached)", len(o.Manifest.Invalidate)))
	}
	if o.Manifest != nil && o.Manifest.Digest == "" && len(all) == 0 {
		all = append(all, "~ "+s.ManifestKey+" (not finished)")
	}
	return all
}
