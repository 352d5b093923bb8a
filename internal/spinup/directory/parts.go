package directory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// New is the composite behind spinup_directory. The manifest comes first: it names what is about to be put, so that
// whatever happens then, every file of ours is known as ours. Then come the files, those that refer to others after
// these; then what the source has no more goes, then old content from the caches; and at last the manifest says that
// all is done. So at no time does a page refer to a file that is not there yet.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	d := directory{API: NewAPI(conn), conn: conn}
	return reconcile.Composite[Spec, Status]{
		Noun:     "directory",
		Parts:    []part{d.manifestPart(), d.files(false), d.files(true), d.removals(), d.invalidation(), d.record()},
		Parallel: 1,
		Rescue:   conn.Pace.Rescue,
		Until:    conn.Until,
	}
}

// taken refuses a prefix for which there is another manifest.
func taken(_ context.Context, w wish, o Status) error {
	if len(o.Others) == 0 {
		return nil
	}
	return fmt.Errorf("%w: %w: bucket %s has a manifest for the prefix %q, %s, which another spinup_directory has put "+
		"there, in this configuration or in another one, or an apply that was interrupted%s. One prefix has one directory",
		reconcile.ErrForeign, &reconcile.ExistsError{Noun: "directory"}, w.Want.Bucket, w.Want.Prefix,
		strings.Join(o.Others, ", "), w.Want.own())
}

// own names the manifest that this run would have.
func (s Spec) own() string {
	if s.ManifestKey == "" {
		return ""
	}
	return "; this one's would be " + s.ManifestKey
}

func (d directory) manifestPart() part {
	return part{
		Attribute: "prefix",
		Present:   func(o Status) bool { return o.Manifest != nil || o.Lost },
		InSync: func(w wish, o Status) bool {
			return o.Manifest != nil && o.Manifest.Digest == w.Want.Digest && compare(w.Want, o).empty()
		},
		Observe: d.observe,
		Claim:   taken,
		CanApply: func(_ context.Context, w wish, o Status) error {
			if w.Want.Seen != "" && w.Want.Seen != o.ETag {
				return fmt.Errorf("%w: plan and apply again", errElsewhere(w.Want))
			}
			return nil
		},
		Apply:  d.begin,
		Remove: d.end,
	}
}

// errElsewhere means that somebody else has written the manifest.
func errElsewhere(s Spec) error {
	return fmt.Errorf("the manifest of the prefix %q, object %s/%s, was written by another run since this one read it",
		s.Prefix, s.Bucket, s.ManifestKey)
}

// ErrElsewhere is errElsewhere for a plan.
func ErrElsewhere(s Spec) error { return errElsewhere(s) }

// begin writes the manifest with everything that is about to be done.
func (d directory) begin(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	m := &Manifest{Version: manifestVersion, Prefix: s.Prefix, Made: s.Now.UTC()}
	isNew := o.Manifest == nil
	if !isNew {
		m = o.Manifest.clone()
	}
	have := *o
	have.Manifest = m
	c := compare(s, have)
	m.Source, m.Digest = s.SourceName, ""
	m.note(s, c, *o)
	if err := d.abandonAll(ctx, s, o.interrupted(slices.Concat(c.retire, c.remove, c.forget))); err != nil {
		return err
	}
	if err := d.write(ctx, s, m, o); err != nil {
		return err
	}
	if !isNew || w.Prior != nil {
		return nil
	}
	return d.yield(ctx, s, o)
}

// note notes the changes in the manifest.
func (m *Manifest) note(s Spec, c changes, o Status) {
	if s.Invalidate != nil {
		m.Invalidate = purges(s, c, o, m.Invalidate)
	}
	var added []*Entry
	for _, one := range c.steps {
		e, ours := m.find(one.file.Key)
		if !ours {
			e = &Entry{Key: one.file.Key}
			added = append(added, e)
		}
		if e.ETag != one.replace && e.Pending != nil && o.has(e) { // an interrupted deployment put it there
			e.Content, e.ETag = *e.Pending, one.replace
		}
		want := contentOf(one.file)
		e.Pending = &want
	}
	m.Files = append(m.Files, added...)
	slices.SortFunc(m.Files, func(a, b *Entry) int { return strings.Compare(a.Key, b.Key) })
	for _, e := range c.retire {
		e.settle(o)
		e.Retired = s.Now.Unix()
	}
	for _, e := range c.revive {
		e.Retired = 0
	}
}

// settle ends what an interrupted deployment began with an entry whose object is there: nobody goes on with it.
func (e *Entry) settle(o Status) {
	if live := o.Live[e.Key]; e.Pending != nil && live.ETag != e.ETag {
		e.Content, e.ETag = *e.Pending, live.ETag
	}
	e.Pending = nil
}

// yield takes the manifest of a new directory back if another run has put one for the same prefix at the same time: the
// list of a bucket shows to at least one of them that there are two.
func (d directory) yield(ctx context.Context, s Spec, o *Status) error {
	region, err := d.home(ctx, s)
	if err != nil {
		return err
	}
	all, err := d.manifests(ctx, region, s)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(all, func(key string) bool { return key == s.ManifestKey })
	if len(others) == 0 {
		return nil
	}
	if err := d.sender(s).Delete(ctx, s.place(region, s.ManifestKey), "", condition("")); err != nil {
		return err
	}
	o.Manifest, o.ETag, o.Others = nil, "", others
	return taken(ctx, wish{Want: s}, *o)
}

// files sends the files that are not last, or those that are.
func (d directory) files(last bool) part {
	return part{
		Attribute: "source",
		Present:   func(o Status) bool { return o.Manifest != nil && len(o.Live) > 0 },
		InSync:    func(w wish, o Status) bool { return len(stepsOf(compare(w.Want, o), last)) == 0 },
		Enters:    func(w wish) bool { return w.Prior != nil && w.Want.Tree != nil && w.Want.Digest != w.Before().Digest },
		Claim: func(_ context.Context, w wish, o Status) error {
			if last {
				return nil // the other part has claimed all
			}
			return claim(w.Want, compare(w.Want, o).foreign)
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			c := compare(w.Want, *o)
			if err := d.delete(ctx, w.Want, o, c.inTheWay(w.Want)); err != nil {
				return err
			}
			return d.deploy(ctx, w.Want, o, stepsOf(c, last))
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			var doomed []*Entry
			for _, e := range o.Manifest.entries() {
				if s.Last.Match(e.Key) == last && o.has(e) {
					doomed = append(doomed, e)
				}
			}
			return d.delete(ctx, s, o, doomed)
		},
	}
}

// inTheWay are the objects that have to go before files are sent.
func (c changes) inTheWay(s Spec) []*Entry {
	return slices.DeleteFunc(slices.Clone(c.remove), func(e *Entry) bool { return !s.Folders || !s.Tree.covers(e.Key) })
}

func stepsOf(c changes, last bool) []step {
	return slices.DeleteFunc(slices.Clone(c.steps), func(one step) bool { return one.file.Last != last })
}

// claim refuses to replace what others put where files are to go.
func claim(s Spec, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	slices.Sort(keys)
	const named = 3
	text := strings.Join(keys[:min(named, len(keys))], ", ")
	if len(keys) > named {
		text += fmt.Sprintf(" and %d more", len(keys)-named)
	}
	return fmt.Errorf("%w: bucket %s holds, below the prefix %q, objects that this directory did not put there and has "+
		"files for: %s. Remove or rename them, exclude the files, or set overwrite = true to replace them",
		reconcile.ErrForeign, s.Bucket, s.Prefix, text)
}

// removals deletes what the source has no more.
func (d directory) removals() part {
	return part{
		Attribute: "keep_removed",
		Present:   func(o Status) bool { return o.Manifest != nil },
		InSync: func(w wish, o Status) bool {
			c := compare(w.Want, o)
			return len(c.remove)+len(c.forget) == 0
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			c := compare(w.Want, *o)
			if err := d.delete(ctx, w.Want, o, c.remove); err != nil {
				return err
			}
			gone := map[string]bool{}
			for _, e := range slices.Concat(c.remove, c.forget) {
				gone[e.Key] = true
			}
			o.Manifest.Files = slices.DeleteFunc(o.Manifest.Files, func(e *Entry) bool { return gone[e.Key] })
			return nil
		},
	}
}

// record writes the manifest of a deployment that is done.
func (d directory) record() part {
	return part{
		Attribute: "prefix",
		Present:   func(o Status) bool { return o.Manifest != nil },
		InSync:    func(w wish, o Status) bool { return o.Manifest.Digest == w.Want.Digest },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			m := o.Manifest.clone()
			m.Digest = w.Want.Digest
			if w.Want.Invalidate == nil {
				m.Invalidate = nil
			}
			return d.write(ctx, w.Want, m, o)
		},
	}
}

// end deletes the manifest, the last of all.
func (d directory) end(ctx context.Context, w wish, o *Status) error {
	if o.Manifest == nil {
		*o = Status{} // it is lost, and with it what is ours
		return nil
	}
	s := w.Want
	if err := d.purgeAll(ctx, s, o); err != nil {
		return err
	}
	region, err := d.home(ctx, s)
	if err != nil {
		return err
	}
	if err := d.abandon(ctx, region, s, slices.Sorted(maps.Keys(o.Interrupted))); err != nil {
		return err
	}
	if s.DeleteVersions {
		itself := func(key string) bool { return key == s.ManifestKey }
		has, err := d.deleteVersions(ctx, region, s, s.ManifestKey, itself)
		if err != nil {
			return err
		}
		if has {
			*o = Status{}
			return nil
		}
	}
	if err := d.sender(s).Delete(ctx, s.place(region, s.ManifestKey), "", condition("")); err != nil {
		return err
	}
	*o = Status{}
	return nil
}
