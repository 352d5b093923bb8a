package directory

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// index is the name of the file that is shown for a folder.
const index = "index.html"

// purges are the paths whose content changes: what is replaced and what goes. What is new was never cached. The earlier
// ones are those that were not removed from the caches yet.
func purges(s Spec, c changes, o Status, earlier []string) []string {
	paths := map[string]bool{}
	add := func(key string) {
		path := "/" + content.Escaped(s.Prefix+key)
		paths[path] = true
		if folder, ok := strings.CutSuffix(path, "/"+index); ok {
			paths[folder+"/"] = true
		}
	}
	for _, path := range earlier {
		paths[path] = true
	}
	for _, one := range c.steps {
		e, ours := o.Manifest.find(one.file.Key)
		if one.way != adopt && (one.replace != "" || ours && e.ETag != "") {
			add(one.file.Key)
		}
	}
	for _, e := range c.remove {
		add(e.Key)
	}
	return fewer(slices.Sorted(maps.Keys(paths)), s.Invalidate.MaxPaths)
}

// fewer puts what is below a folder together, the deepest folders first, until there are at most so many paths.
func fewer(paths []string, most int) []string {
	for len(paths) > max(most, 1) {
		deepest := slices.MaxFunc(paths, func(a, b string) int {
			return strings.Count(folder(a), "/") - strings.Count(folder(b), "/")
		})
		below := folder(deepest)
		paths = slices.DeleteFunc(paths, func(p string) bool { return strings.HasPrefix(p, below) })
		paths = append(paths, below+"*")
		slices.Sort(paths)
	}
	return paths
}

// folder is what a path is in, with its slash: of a folder or a wildcard for one, the folder around it.
func folder(path string) string {
	path = strings.TrimSuffix(strings.TrimSuffix(path, "*"), "/")
	return path[:strings.LastIndex(path, "/")+1]
}

// invalidation removes old content from the caches of the distribution.
func (d directory) invalidation() part {
	return part{
		Attribute: "invalidate",
		Watched:   func(s Spec) bool { return s.Invalidate != nil },
		Present:   func(o Status) bool { return o.Manifest != nil },
		InSync:    func(_ wish, o Status) bool { return len(o.Manifest.Invalidate) == 0 },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			id, err := d.invalidate(ctx, w.Want, o.Manifest.Write, o.Manifest.Invalidate)
			if err != nil { // what else is done is recorded, so that only this is left
				return errors.Join(err, d.write(ctx, w.Want, o.Manifest.clone(), o))
			}
			o.InvalidationID, o.Manifest.Invalidate = id, nil
			if w.Want.Invalidate.Wait {
				o.Awaited = w.Want.Invalidate.DistributionID
			}
			return nil
		},
		Settle: d.settle,
	}
}

// invalidate removes paths from the caches. The mark makes two calls for the same deployment one.
func (d directory) invalidate(ctx context.Context, s Spec, mark string, paths []string) (string, error) {
	return d.Purge(ctx, s.Invalidate.DistributionID, mark, paths)
}

// settle waits until the caches are rid of old content.
func (d directory) settle(ctx context.Context, o Status) error {
	if o.Awaited == "" {
		return nil
	}
	return d.Purged(ctx, d.conn.Pace, o.Awaited, o.InvalidationID, func(string) {})
}

// purgeAll removes from the caches what a destroy has deleted. A distribution that is gone has no caches.
func (d directory) purgeAll(ctx context.Context, s Spec, o *Status) error {
	if s.Invalidate == nil || s.Retain || len(o.Manifest.Files) == 0 {
		return nil
	}
	_, err := d.invalidate(ctx, s, o.Manifest.Write+"-end", []string{"/" + content.Escaped(s.Prefix) + "*"})
	return awsclient.Absent(err)
}
