package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

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
	out, err := d.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
		DistributionId: &s.Invalidate.DistributionID,
		InvalidationBatch: &types.InvalidationBatch{
			CallerReference: aws.String("spinup-" + mark),
			Paths:           &types.Paths{Quantity: aws.Int32(int32(len(paths))), Items: paths},
		},
	})
	if err != nil {
		return "", err
	}
	if out.Invalidation == nil {
		return "", errNoAnswer
	}
	return aws.ToString(out.Invalidation.Id), nil
}

// settle waits until the caches are rid of old content.
func (d directory) settle(ctx context.Context, o Status) error {
	if o.Awaited == "" {
		return nil
	}
	pace := d.conn.Pace
	pace.PollMin, pace.PollMax, pace.Consistency = pace.DeployMin, pace.DeployMax, pace.Deployment
	what := fmt.Sprintf("invalidation %s of distribution %s", o.InvalidationID, o.Awaited)
	return awsclient.Until(ctx, pace, what, func(ctx context.Context) (bool, error) {
		out, err := d.GetInvalidation(ctx, &cloudfront.GetInvalidationInput{
			DistributionId: &o.Awaited, Id: &o.InvalidationID,
		})
		if err != nil {
			return false, err
		}
		return out.Invalidation != nil && aws.ToString(out.Invalidation.Status) == "Completed", nil
	})
}

// purgeAll removes from the caches what a destroy has deleted. A distribution that is gone has no caches.
func (d directory) purgeAll(ctx context.Context, s Spec, o *Status) error {
	if s.Invalidate == nil || s.Retain || len(o.Manifest.Files) == 0 {
		return nil
	}
	_, err := d.invalidate(ctx, s, o.Manifest.Write+"-end", []string{"/" + content.Escaped(s.Prefix) + "*"})
	return awsclient.Absent(err)
}
