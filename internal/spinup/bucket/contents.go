package bucket

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// deleters is how many batches of a bucket's contents are deleted at once.
const deleters = 8

// canEmpty refuses to destroy a bucket that holds anything, except with force_destroy, and even then what S3 would not
// delete.
func (b bucket) canEmpty(ctx context.Context, w wish, _ Status) error {
	s := w.Want
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
	page, err := b.page(ctx, s, &s3.ListObjectVersionsInput{Bucket: &s.Name, MaxKeys: aws.Int32(3)})
	if err != nil {
		return nil, err
	}
	return objects(page), nil
}

// clear takes away what may go with the bucket: everything with force_destroy, else the placeholder alone.
func (b bucket) clear(ctx context.Context, s Spec) error {
	switch {
	case s.ForceDestroy:
		return b.empty(ctx, s)
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
	return b.deleteBatch(ctx, s, found)
}

// page lists versions. Keys come in the encoding of URLs, because XML cannot hold every character of a key. A store
// that has no such list has no old versions: there the objects are all there is.
func (b bucket) page(
	ctx context.Context, s Spec, in *s3.ListObjectVersionsInput,
) (*s3.ListObjectVersionsOutput, error) {
	if b.conn.Platform.Lacks(awsclient.ListVersions) {
		return b.currentPage(ctx, s, in)
	}
	in.EncodingType = types.EncodingTypeUrl
	page, err := b.ListObjectVersions(ctx, in, at(s))
	if awsclient.IsUnsupported(err) {
		return b.currentPage(ctx, s, in)
	}
	if err != nil || page.EncodingType != types.EncodingTypeUrl {
		return page, err
	}
	for i := range page.Versions {
		page.Versions[i].Key = decoded(page.Versions[i].Key)
	}
	for i := range page.DeleteMarkers {
		page.DeleteMarkers[i].Key = decoded(page.DeleteMarkers[i].Key)
	}
	page.NextKeyMarker = decoded(page.NextKeyMarker)
	return page, nil
}

// currentPage lists objects as if each had one version, which needs no id.
func (b bucket) currentPage(
	ctx context.Context, s Spec, in *s3.ListObjectVersionsInput,
) (*s3.ListObjectVersionsOutput, error) {
	page, err := b.ListObjectsV2(ctx, &s3.ListObjectsV2Input{
		Bucket: in.Bucket, MaxKeys: in.MaxKeys, StartAfter: in.KeyMarker, EncodingType: types.EncodingTypeUrl,
	}, at(s))
	if err != nil {
		return nil, err
	}
	out := &s3.ListObjectVersionsOutput{IsTruncated: page.IsTruncated}
	for _, o := range page.Contents {
		if page.EncodingType == types.EncodingTypeUrl {
			o.Key = decoded(o.Key)
		}
		out.Versions = append(out.Versions, types.ObjectVersion{Key: o.Key})
		out.NextKeyMarker = o.Key
	}
	return out, nil
}

// decoded is a key without the encoding of URLs.
func decoded(key *string) *string {
	if plain, err := url.QueryUnescape(aws.ToString(key)); key != nil && err == nil {
		return &plain
	}
	return key
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
	if s.BypassGovernance {
		has, err := b.lockable(ctx, s)
		if err != nil {
			return err
		}
		s.BypassGovernance = has
	}
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
	err := b.eachPage(ctx, s, remove)
	if failed := group.Wait(); failed != nil {
		return failed // it canceled the listing
	}
	return err
}

// eachPage lists versions and delete markers. A page is done only after the next one was listed, because its last
// version is the marker from which that goes on.
func (b bucket) eachPage(ctx context.Context, s Spec, do func(page []types.ObjectIdentifier)) error {
	var listed []types.ObjectIdentifier
	in := &s3.ListObjectVersionsInput{Bucket: &s.Name}
	for {
		page, err := b.page(ctx, s, in)
		if err != nil {
			return awsclient.Absent(err)
		}
		do(listed)
		listed = objects(page)
		if !aws.ToBool(page.IsTruncated) {
			do(listed)
			return nil
		}
		in.KeyMarker, in.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
}

// deleteBatch deletes objects with one call, but for those whose keys XML cannot carry.
func (b bucket) deleteBatch(ctx context.Context, s Spec, batch []types.ObjectIdentifier) error {
	carried := func(o types.ObjectIdentifier) bool { return inXML(aws.ToString(o.Key)) }
	if err := b.deleteEach(ctx, s, slices.DeleteFunc(slices.Clone(batch), carried)); err != nil {
		return err
	}
	batch = slices.DeleteFunc(batch, func(o types.ObjectIdentifier) bool { return !carried(o) })
	if len(batch) == 0 {
		return nil
	}
	out, err := b.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &s.Name, BypassGovernanceRetention: s.bypass(),
		Delete: &types.Delete{Objects: batch, Quiet: aws.Bool(true)},
	}, at(s))
	if awsclient.IsUnsupported(err) {
		return b.deleteEach(ctx, s, batch)
	}
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

// deleteEach deletes objects with one call each.
func (b bucket) deleteEach(ctx context.Context, s Spec, batch []types.ObjectIdentifier) error {
	for _, o := range batch {
		in := &s3.DeleteObjectInput{
			Bucket: &s.Name, Key: o.Key, VersionId: o.VersionId, BypassGovernanceRetention: s.bypass(),
		}
		if _, err := b.DeleteObject(ctx, in, at(s)); awsclient.Absent(err) != nil {
			return err
		}
	}
	return nil
}

// eachUpload lists unfinished uploads. A store that has no list of them has none that could be removed.
func (b bucket) eachUpload(ctx context.Context, s Spec, do func(key, id *string)) error {
	in := &s3.ListMultipartUploadsInput{Bucket: &s.Name, EncodingType: types.EncodingTypeUrl}
	for {
		page, err := b.ListMultipartUploads(ctx, in, at(s))
		if awsclient.IsUnsupported(err) {
			return nil
		}
		if err != nil {
			return awsclient.Absent(err)
		}
		plain := func(key *string) *string { return key }
		if page.EncodingType == types.EncodingTypeUrl {
			plain = decoded
		}
		for _, u := range page.Uploads {
			do(plain(u.Key), u.UploadId)
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		in.KeyMarker, in.UploadIdMarker = plain(page.NextKeyMarker), page.NextUploadIdMarker
	}
}
