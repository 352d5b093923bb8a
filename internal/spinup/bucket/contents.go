package bucket

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// deleters is how many batches of a bucket's contents are deleted at once.
const deleters = 8

// canEmpty refuses to destroy a bucket that holds anything, except with force_destroy.
func (b bucket) canEmpty(ctx context.Context, w wish, _ Status) error {
	s := w.Want
	if s.ForceDestroy {
		return nil
	}
	out, err := b.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &s.Name, MaxKeys: aws.Int32(3)}, at(s))
	if err != nil {
		return awsclient.Absent(err)
	}
	found := objects(out)
	if only, err := b.onlyPlaceholder(ctx, s, found); only || err != nil {
		return err
	}
	var held []string
	for _, o := range found {
		held = append(held, aws.ToString(o.Key))
	}
	if len(held) == 0 {
		return nil
	}
	return fmt.Errorf("the bucket %s is not empty (old versions and delete markers count): it holds %s ...; empty it "+
		"first, or set force_destroy = true and apply to destroy it with all its contents", s.Name, strings.Join(held, ", "))
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
	return slices.ContainsFunc(out.TagSet, func(t types.Tag) bool {
		return aws.ToString(t.Key) == PlaceholderTag || aws.ToString(t.Key) == yalePlaceholderTag
	}), nil
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

// empty deletes all versions, delete markers and unfinished uploads, a page at a time, several pages at once.
func (b bucket) empty(ctx context.Context, s Spec) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(deleters)
	group.Go(func() error {
		var uploads errgroup.Group
		uploads.SetLimit(deleters)
		err := b.eachUpload(ctx, s, func(key, id *string) {
			uploads.Go(func() error {
				_, err := b.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &s.Name, Key: key, UploadId: id}, at(s))
				return awsclient.Absent(err)
			})
		})
		if aborted := uploads.Wait(); err == nil {
			err = aborted
		}
		return err
	})
	remove := func(batch []types.ObjectIdentifier) {
		if len(batch) > 0 {
			group.Go(func() error { return b.deleteBatch(ctx, s, batch) })
		}
	}
	var listed []types.ObjectIdentifier
	in := &s3.ListObjectVersionsInput{Bucket: &s.Name}
	for {
		page, err := b.ListObjectVersions(ctx, in, at(s))
		if err != nil {
			if failed := group.Wait(); failed != nil {
				return failed // it canceled the listing
			}
			return awsclient.Absent(err)
		}
		remove(listed) // only now: the marker of this page was the last version of the one before
		listed = objects(page)
		if !aws.ToBool(page.IsTruncated) {
			remove(listed)
			return group.Wait()
		}
		in.KeyMarker, in.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
}

func (b bucket) deleteBatch(ctx context.Context, s Spec, batch []types.ObjectIdentifier) error {
	out, err := b.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &s.Name,
		Delete: &types.Delete{Objects: batch, Quiet: aws.Bool(true)},
	}, at(s))
	if err != nil {
		return awsclient.Absent(err)
	}
	if len(out.Errors) == 0 {
		return nil
	}
	// A missing permission shows here: the call as a whole succeeds.
	first := out.Errors[0]
	return fmt.Errorf("%d of %d objects could not be deleted, the first of them in version %s: %w",
		len(out.Errors), len(batch),
		aws.ToString(first.VersionId), &awsclient.CallError{
			Service: "s3", Operation: "DeleteObjects", Resource: "object " + s.Name + "/" + aws.ToString(first.Key),
			Code: aws.ToString(first.Code), Message: aws.ToString(first.Message),
		})
}

func (b bucket) eachUpload(ctx context.Context, s Spec, do func(key, id *string)) error {
	in := &s3.ListMultipartUploadsInput{Bucket: &s.Name}
	for {
		page, err := b.ListMultipartUploads(ctx, in, at(s))
		if err != nil {
			return awsclient.Absent(err)
		}
		for _, u := range page.Uploads {
			do(u.Key, u.UploadId)
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		in.KeyMarker, in.UploadIdMarker = page.NextKeyMarker, page.NextUploadIdMarker
	}
}
