package bucket

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// canEmpty refuses to destroy a bucket that holds anything, except with force_destroy, and even then what S3 would not
// delete.
func (b bucket) canEmpty(ctx context.Context, w wish, o Status) error {
	s := w.Want
	if err := o.open(s); err != nil {
		return err
	}
	if s.ForceDestroy {
		return b.unlocked(ctx, s)
	}
	found, err := b.sample(ctx, s)
	if err != nil || len(found) == 0 {
		return err
	}
	if only, err := b.onlyPlaceholder(ctx, s, found); only || err != nil {
		return err
	}
	var held []string
	for _, o := range found {
		held = append(held, aws.ToString(o.Key))
	}
	return fmt.Errorf("the bucket %s is not empty (old versions and delete markers count): it holds %s ...; empty it "+
		"first, or set force_destroy = true and apply to destroy it with all its contents", s.Name, strings.Join(held, ", "))
}

// sample is the beginning of what the bucket holds.
func (b bucket) sample(ctx context.Context, s Spec) ([]types.ObjectIdentifier, error) {
	found, err := b.list(ctx, s)
	return found, awsclient.Absent(err)
}

// list is sample, but that the bucket must exist.
func (b bucket) list(ctx context.Context, s Spec) ([]types.ObjectIdentifier, error) {
	page, err := b.page(ctx, s, &s3.ListObjectVersionsInput{
		Bucket: &s.Name, Prefix: content.OrNil(s.Prefix), MaxKeys: aws.Int32(3),
	})
	if err != nil {
		return nil, err
	}
	return objects(page), nil
}

// destroy deletes the bucket and what may go with it. What the store has left out of a part of its list, and what was
// put there meanwhile, stops the deletion, and is then listed in one part.
func (b bucket) destroy(ctx context.Context, s Spec, o *Status) error {
	err := b.destroyOnce(ctx, s, o, atOnce)
	if s.ForceDestroy && awsclient.IsNotEmpty(err) {
		err = b.destroyOnce(ctx, s, o, 1)
	}
	return err
}

// destroyOnce deletes the bucket and what may go with it, which is listed in up to as many parts at once.
func (b bucket) destroyOnce(ctx context.Context, s Spec, o *Status, parts int) error {
	if err := o.closed(b.clear(ctx, s, parts)); err != nil {
		return err
	}
	_, err := b.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &s.Name}, at(s))
	return awsclient.Absent(err)
}

// clear takes away what may go with the bucket: everything with force_destroy, listed in up to as many parts at once,
// else the placeholder alone.
func (b bucket) clear(ctx context.Context, s Spec, parts int) error {
	switch {
	case s.ForceDestroy:
		return b.emptier(s).empty(ctx, parts)
	case s.Placeholder == "":
		return nil
	}
	found, err := b.sample(ctx, s)
	if err != nil {
		return err
	}
	if only, err := b.onlyPlaceholder(ctx, s, found); !only || err != nil {
		return err // what else there is stops the deletion of the bucket
	}
	return b.emptier(s).remove(ctx, found)
}

// page lists versions. A store that has no such list has no old versions: there the objects are all there is.
func (b bucket) page(
	ctx context.Context, s Spec, in *s3.ListObjectVersionsInput,
) (*s3.ListObjectVersionsOutput, error) {
	if b.conn.Platform.Lacks(awsclient.ListVersions) {
		return b.currentPage(ctx, s, in)
	}
	page, err := content.ListVersions(ctx, b.ListObjectVersions, in, at(s))
	if awsclient.IsUnsupported(err) {
		return b.currentPage(ctx, s, in)
	}
	return page, err
}

// currentPage lists objects as if each had one version, which needs no id.
func (b bucket) currentPage(
	ctx context.Context, s Spec, in *s3.ListObjectVersionsInput,
) (*s3.ListObjectVersionsOutput, error) {
	page, err := content.ListObjects(ctx, b.ListObjectsV2, &s3.ListObjectsV2Input{
		Bucket: in.Bucket, MaxKeys: in.MaxKeys, StartAfter: in.KeyMarker, Prefix: in.Prefix,
	}, at(s))
	if err != nil {
		return nil, err
	}
	out := &s3.ListObjectVersionsOutput{IsTruncated: page.IsTruncated}
	for _, o := range page.Contents {
		out.Versions = append(out.Versions, types.ObjectVersion{Key: o.Key})
		out.NextKeyMarker = o.Key
	}
	return out, nil
}

// inXML reports whether XML can carry the key as it is.
func inXML(key string) bool {
	return utf8.ValidString(key) && !strings.ContainsFunc(key, func(sign rune) bool {
		return sign < ' ' && sign != '\t' && sign != '\n' || sign == 0xFFFE || sign == 0xFFFF
	})
}

// Tags of a placeholder that was not replaced: the provider's, and the Yale service's.
const (
	PlaceholderTag     = "spinup:placeholder"
	yalePlaceholderTag = "yale:spinup"
)

// onlyPlaceholder reports whether the bucket holds nothing but a placeholder that was not replaced.
func (b bucket) onlyPlaceholder(ctx context.Context, s Spec, found []types.ObjectIdentifier) (bool, error) {
	if s.Placeholder == "" || len(found) != 1 || aws.ToString(found[0].Key) != s.Placeholder {
		return false, nil
	}
	out, err := b.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &s.Name, Key: &s.Placeholder}, at(s))
	if err != nil {
		return false, awsclient.Absent(err)
	}
	return IsPlaceholder(out.TagSet), nil
}

// objects are the versions and delete markers of a page.
func objects(page *s3.ListObjectVersionsOutput) []types.ObjectIdentifier {
	var all []types.ObjectIdentifier
	for _, v := range page.Versions {
		all = append(all, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
	}
	for _, m := range page.DeleteMarkers {
		all = append(all, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
	}
	return all
}

// emptier deletes what a bucket holds. All its calls go through one limiter.
type emptier struct {
	bucket

	spec    Spec
	limiter *awsclient.Limiter
	deleted atomic.Int64
}

func (b bucket) emptier(s Spec) *emptier {
	return &emptier{bucket: b, spec: s, limiter: awsclient.NewLimiter(atOnce)}
}

// empty deletes all versions, delete markers and unfinished uploads, of keys with the prefix if there is one. The
// contents are listed in up to as many parts at once.
func (e *emptier) empty(ctx context.Context, parts int) error {
	if e.spec.BypassGovernance {
		has, err := e.lockable(ctx, e.spec)
		if err != nil {
			return err
		}
		e.spec.BypassGovernance = has
	}
	defer awsclient.Counting(ctx, e.conn.Pace, "emptying the bucket "+e.spec.Name, "deleted", e.deleted.Load)()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.abortUploads(ctx) })
	group.Go(func() error { return e.deleteListed(ctx, parts) })
	return group.Wait()
}

// deleteListed deletes all versions and delete markers, listed in up to as many parts at once.
func (e *emptier) deleteListed(ctx context.Context, parts int) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce) // more pages than that are not kept: the lists wait
	err := e.eachPage(ctx, e.spec, e.limiter, parts, func(page []types.ObjectIdentifier) {
		group.Go(func() error { return e.remove(ctx, page) })
	})
	if failed := group.Wait(); failed != nil {
		return failed // it canceled the lists
	}
	return err
}

// remove deletes the objects of a page with one call, but for those whose keys XML cannot carry.
func (e *emptier) remove(ctx context.Context, page []types.ObjectIdentifier) error {
	var carried, others []types.ObjectIdentifier
	for _, o := range page {
		if inXML(aws.ToString(o.Key)) {
			carried = append(carried, o)
		} else {
			others = append(others, o)
		}
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return e.deleteEach(ctx, others) })
	group.Go(func() error { return e.deleteTogether(ctx, carried) })
	return group.Wait()
}

// busyTries is how often objects are deleted for which S3 has too much to do. Such an answer is an error of an object
// and not of the call, so that no call is sent again for it.
const busyTries = 12

// deleteTogether deletes objects with one call.
func (e *emptier) deleteTogether(ctx context.Context, objects []types.ObjectIdentifier) error {
	for try := 1; len(objects) > 0; try++ {
		left, err := e.deleteOnce(ctx, objects)
		switch {
		case awsclient.IsUnsupported(err):
			return e.deleteEach(ctx, objects)
		case awsclient.IsBusy(err) && len(left) > 0 && try < busyTries:
			err = awsclient.Wait(ctx, e.conn.Pace.Backoff(try))
		}
		if err != nil {
			return awsclient.Absent(err)
		}
		objects = left
	}
	return nil
}

// deleteOnce deletes objects with one call and gives those that it could not delete. The error is of the first of them
// for which S3 has another reason than that it is busy, if there is one. A missing permission shows so: the call as a
// whole succeeds. What is not there is deleted.
func (e *emptier) deleteOnce(
	ctx context.Context, objects []types.ObjectIdentifier,
) (left []types.ObjectIdentifier, err error) {
	err = e.limiter.Do(ctx, func(ctx context.Context) error {
		out, err := e.DeleteObjects(ctx, &s3.DeleteObjectsInput{
			Bucket: &e.spec.Name, BypassGovernanceRetention: e.spec.bypass(),
			Delete: &types.Delete{Objects: objects, Quiet: aws.Bool(true)},
		}, at(e.spec))
		if err != nil {
			return err
		}
		failures := slices.DeleteFunc(out.Errors, func(o types.Error) bool { return awsclient.IsNotFound(e.why(o)) })
		e.deleted.Add(int64(len(objects) - len(failures)))
		for _, failed := range failures {
			left = append(left, types.ObjectIdentifier{Key: failed.Key, VersionId: failed.VersionId})
			if why := e.why(failed); err == nil || awsclient.IsBusy(err) && !awsclient.IsBusy(why) {
				err = fmt.Errorf("%d of %d objects could not be deleted, the first of them in version %s: %w",
					len(failures), len(objects), aws.ToString(failed.VersionId), why)
			}
		}
		return err
	})
	return left, err
}

// why is the error of one object.
func (e *emptier) why(failed types.Error) error {
	return &awsclient.CallError{
		Service: "s3", Operation: "DeleteObjects", Resource: "object " + e.spec.Name + "/" + aws.ToString(failed.Key),
		Code: aws.ToString(failed.Code), Message: aws.ToString(failed.Message),
	}
}

// deleteEach deletes objects with one call each.
func (e *emptier) deleteEach(ctx context.Context, objects []types.ObjectIdentifier) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, o := range objects {
		group.Go(func() error {
			err := e.limiter.Do(ctx, func(ctx context.Context) error {
				_, err := e.DeleteObject(ctx, &s3.DeleteObjectInput{
					Bucket: &e.spec.Name, Key: o.Key, VersionId: o.VersionId, BypassGovernanceRetention: e.spec.bypass(),
				}, at(e.spec))
				return err
			})
			if awsclient.Absent(err) != nil {
				return err
			}
			e.deleted.Add(1)
			return nil
		})
	}
	return group.Wait()
}

// abortUploads ends all unfinished uploads.
func (e *emptier) abortUploads(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	list := e.ListMultipartUploads
	err := content.EachUpload(ctx, list, e.spec.Name, e.spec.Prefix, at(e.spec), func(key, id *string) error {
		group.Go(func() error {
			return awsclient.Absent(e.limiter.Do(ctx, func(ctx context.Context) error {
				_, err := e.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
					Bucket: &e.spec.Name, Key: key, UploadId: id,
				}, at(e.spec))
				return err
			}))
		})
		return nil
	})
	if failed := group.Wait(); failed != nil {
		return failed // it canceled the list
	}
	return awsclient.Absent(err)
}
