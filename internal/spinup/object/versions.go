package object

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// version is a version of an object, or a delete marker.
type version struct {
	id     string
	latest bool
	at     time.Time
}

// versions are the ids of all versions and delete markers of one key, the newest first. The list is by prefix: other
// keys that begin like this one are not its.
func (b *object) versions(ctx context.Context, p content.Place) ([]string, error) {
	var all []version
	request := &s3.ListObjectVersionsInput{Bucket: &p.Bucket, Prefix: &p.Key}
	for {
		page, err := content.ListVersions(ctx, b.ListObjectVersions, request, content.In(p.Region))
		if err != nil {
			return nil, err
		}
		others := false
		add := func(key, id *string, latest *bool, at *time.Time) {
			if aws.ToString(key) != p.Key {
				others = true
				return
			}
			all = append(all, version{aws.ToString(id), aws.ToBool(latest), aws.ToTime(at)})
		}
		for _, v := range page.Versions {
			add(v.Key, v.VersionId, v.IsLatest, v.LastModified)
		}
		for _, m := range page.DeleteMarkers {
			add(m.Key, m.VersionId, m.IsLatest, m.LastModified)
		}
		if others || !aws.ToBool(page.IsTruncated) { // the key itself comes before all that are longer
			break
		}
		request.KeyMarker, request.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
	slices.SortStableFunc(all, func(x, y version) int {
		if x.latest != y.latest {
			return cmp.Compare(rank(x), rank(y))
		}
		return y.at.Compare(x.at)
	})
	ids := make([]string, len(all))
	for i, v := range all {
		ids[i] = v.id
	}
	return ids, nil
}

func rank(v version) int {
	if v.latest {
		return 0
	}
	return 1
}

// each deletes versions of an object at once.
func (b *object) each(ctx context.Context, p content.Place, ids []string) error {
	var group errgroup.Group
	for _, id := range ids {
		group.Go(func() error { return b.sender.Delete(ctx, p, id, content.Condition{}) })
	}
	return group.Wait()
}
