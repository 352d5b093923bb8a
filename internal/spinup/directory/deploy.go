package directory

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// home is the region of the bucket, which observing it has found out.
func (d directory) home(ctx context.Context, s Spec) (string, error) {
	return content.AtHome(ctx, d.conn, s.Bucket, func(context.Context, string) error { return nil })
}

// condition is that the object is still the one of the ETag, or that there is none.
func condition(etag string) content.Condition {
	return content.Condition{IfMatch: etag, IfNone: etag == ""}
}

// write writes the manifest, if nobody else has since it was read.
func (d directory) write(ctx context.Context, s Spec, m *Manifest, o *Status) error {
	region, err := d.home(ctx, s)
	if err != nil {
		return err
	}
	m.Write = token()
	text, err := m.encode()
	if err != nil {
		return err
	}
	body := bytes.NewReader(text)
	digest, err := content.Sum(body, int64(len(text)), content.MaxPartSize)
	if err != nil {
		return err
	}
	place := s.place(region, s.ManifestKey)
	stored, err := d.sender(s).Put(ctx, place, body, digest, content.Headers{
		ContentType: "application/gzip", CacheControl: "no-store",
	}, condition(o.ETag))
	if awsclient.IsStale(err) {
		// It may be our own write whose answer was lost, and which was then sent again.
		there, etag, read := d.manifest(ctx, region, s)
		if read != nil || there.Write != m.Write {
			return errors.Join(errElsewhere(s), err, awsclient.Absent(read))
		}
		stored.ETag, err = etag, nil
	}
	if err != nil {
		return err
	}
	o.Manifest, o.ETag, o.Lost = m, stored.ETag, false
	d.remember(s, m, stored.ETag)
	return nil
}

// deploy carries out the steps, many at once, and notes each in the manifest.
func (d directory) deploy(ctx context.Context, s Spec, o *Status, steps []step) error {
	region, err := d.home(ctx, s)
	if err != nil {
		return err
	}
	var sent atomic.Int64
	work := fmt.Sprintf("sending %d files to bucket %s", len(steps), s.Bucket)
	defer awsclient.Counting(ctx, d.conn.Pace, work, "files", sent.Load)()
	if err := d.abandon(ctx, region, s, o.unfinished(steps)); err != nil {
		return err
	}
	sender := d.sender(s)
	var mu sync.Mutex
	return d.each(ctx, s, len(steps), func(ctx context.Context, i int) error {
		one := steps[i]
		stored, err := d.carryOut(ctx, sender, s, region, one)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		e, ours := o.Manifest.find(one.file.Key)
		if !ours {
			return fmt.Errorf("the manifest does not name %s", one.file.Key)
		}
		sent.Add(1)
		e.Content, e.ETag, e.Pending = contentOf(one.file), stored.ETag, nil
		o.Live[e.Key] = Object{stored.ETag, e.Size}
		delete(o.Heads, e.Key)
		return nil
	})
}

// unfinished are the keys of steps that an interrupted deployment was sending in parts.
func (o *Status) unfinished(steps []step) (keys []string) {
	for _, one := range steps {
		if o.Interrupted[one.file.Key] {
			keys = append(keys, one.file.Key)
		}
	}
	return keys
}

// interrupted are the keys of entries that an interrupted deployment was sending in parts.
func (o *Status) interrupted(entries []*Entry) (keys []string) {
	for _, e := range entries {
		if o.Interrupted[e.Key] {
			keys = append(keys, e.Key)
		}
	}
	return keys
}

// abandonAll is abandon for keys that nobody sends again: there are some only after a deployment that was killed.
func (d directory) abandonAll(ctx context.Context, s Spec, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	region, err := d.home(ctx, s)
	if err != nil {
		return err
	}
	return d.abandon(ctx, region, s, keys)
}

// abandon gives up the unfinished uploads of keys, which cost money until somebody does. The manifest says that they
// are ours. A store that has no list of uploads has none.
func (d directory) abandon(ctx context.Context, region string, s Spec, keys []string) error {
	at := content.In(region)
	for _, key := range keys {
		key = s.Prefix + key
		err := content.EachUpload(ctx, d.ListMultipartUploads, s.Bucket, key, at, func(found, id *string) error {
			if aws.ToString(found) != key {
				return nil
			}
			_, err := d.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{
				Bucket: &s.Bucket, Key: &key, UploadId: id,
			}, at)
			return awsclient.Absent(err)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// carryOut does what one file needs.
func (d directory) carryOut(
	ctx context.Context, sender content.Sender, s Spec, region string, one step,
) (content.Stored, error) {
	f, place := one.file, s.place(region, s.Prefix+one.file.Key)
	if one.way == adopt {
		return content.Stored{ETag: one.replace}, nil
	}
	if one.way == recopy && f.Digest.Size <= content.MaxCopy {
		stored, err := sender.Copy(ctx, place, "", one.replace, place, *f.Headers)
		// VersityGW 1.8 copies no key with ?versionId= in it.
		unable := awsclient.IsUnsupported(err) || awsclient.IsInvalid(err)
		if err == nil || !unable && !isOther(err) {
			return stored, err
		}
	}
	file, err := f.open()
	if err != nil {
		return content.Stored{}, fmt.Errorf("%s: %w", f.Path, err)
	}
	defer file.Close()
	stored, err := sender.Put(ctx, place, file, f.Digest, *f.Headers, condition(one.replace))
	switch {
	case isOther(err):
		there, found := d.found(ctx, sender, s, place, f, err)
		switch {
		case awsclient.IsNoBucket(found):
		case awsclient.IsNotFound(found):
			// If nothing was there before, a store took a delete marker for an object.
			return sender.Put(ctx, place, file, f.Digest, *f.Headers, content.Condition{IfNone: one.replace != ""})
		case errors.Is(found, reconcile.ErrForeign):
			may, err := d.mayReplace(ctx, region, s, one, there)
			if err != nil {
				return there, err
			}
			if may {
				return sender.Put(ctx, place, file, f.Digest, *f.Headers, condition(there.ETag))
			}
		}
		return there, found
	case err != nil && f.changedSince():
		return stored, fmt.Errorf("%s: %w: %w", f.Path, content.ErrChanged, err)
	case errors.Is(err, content.ErrChanged):
		return stored, fmt.Errorf("%s: %w", f.Path, err)
	}
	return stored, err
}

// isOther reports whether a write was refused because something else is at its place than it was made for.
func isOther(err error) bool {
	return awsclient.IsStale(err) || awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err)
}

// mayReplace reports whether an object that nobody looked at before, as with VerifyNone, may be replaced: what one that
// was looked at decides before the first write.
func (d directory) mayReplace(
	ctx context.Context, region string, s Spec, one step, there content.Stored,
) (bool, error) {
	switch {
	case s.Verify != VerifyNone:
		return false, nil
	case one.replace != "" || s.Overwrite:
		return true, nil
	case there.Tags > 0:
		return d.isPlaceholder(ctx, region, s, one.file.Key)
	}
	return false, nil
}

// changedSince reports whether a file is not as it was when its digest was taken.
func (f *File) changedSince() bool {
	file, err := f.open()
	if err != nil {
		return true
	}
	_ = file.Close()
	return false
}

// found decides what an object is that stands where there was none, or another one, a moment before: our own, if an
// earlier attempt put it there whose answer was lost, or somebody else's.
func (d directory) found(
	ctx context.Context, sender content.Sender, s Spec, place content.Place, f *File, refused error,
) (content.Stored, error) {
	head, err := sender.Head(ctx, place, "")
	if err != nil {
		return head, err
	}
	if head.Checksum == "" {
		if head.Checksum, err = byETag(f, head.ETag); err != nil {
			return head, err
		}
	}
	if isContent(head, contentOf(f)) {
		return head, nil
	}
	return head, fmt.Errorf("%w: object %s/%s was put there by somebody else since the plan; plan and apply again: %w",
		reconcile.ErrForeign, s.Bucket, place.Key, refused)
}

// batchSize is how many objects one call deletes.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
const batchSize = 1000

// delete deletes the objects of entries, and takes them from what was seen.
func (d directory) delete(ctx context.Context, s Spec, o *Status, doomed []*Entry) error {
	if len(doomed) == 0 {
		return nil
	}
	if s.Retain && s.Tree == nil {
		for _, e := range doomed {
			delete(o.Live, e.Key)
		}
		return nil
	}
	region, err := d.home(ctx, s)
	if err != nil {
		return err
	}
	if s.Verify == VerifyNone { // what is there was taken on trust
		if doomed, err = d.confirmed(ctx, region, s, o, doomed); err != nil {
			return err
		}
	}
	if s.DeleteVersions {
		gone := map[string]bool{}
		for _, e := range doomed {
			gone[s.Prefix+e.Key] = true
		}
		has, err := d.deleteVersions(ctx, region, s, s.Prefix, func(key string) bool { return gone[key] })
		if err != nil {
			return err
		}
		if has {
			for _, e := range doomed {
				delete(o.Live, e.Key)
			}
			return nil
		}
	}
	var mu sync.Mutex
	return d.each(ctx, s, (len(doomed)+batchSize-1)/batchSize, func(ctx context.Context, i int) error {
		batch := doomed[i*batchSize : min(len(doomed), (i+1)*batchSize)]
		var objects []types.ObjectIdentifier
		for _, e := range batch {
			objects = append(objects, types.ObjectIdentifier{Key: aws.String(s.Prefix + e.Key)})
		}
		if err := d.deleteBatch(ctx, region, s, objects); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, e := range batch {
			delete(o.Live, e.Key)
		}
		return nil
	})
}

// confirmed are the entries whose objects are still what we put there. It asks for each of them.
func (d directory) confirmed(
	ctx context.Context, region string, s Spec, o *Status, entries []*Entry,
) ([]*Entry, error) {
	var keys []string
	for _, e := range entries {
		keys = append(keys, e.Key)
		delete(o.Live, e.Key)
	}
	err := d.heads(ctx, region, s, keys, func(key string, head content.Stored) {
		o.Live[key], o.Heads[key] = Object{head.ETag, head.Size}, head
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(entries), func(e *Entry) bool { return !o.has(e) }), nil
}

// deleteBatch deletes objects or versions of them with one call, or with one each where the store has no such call.
func (d directory) deleteBatch(ctx context.Context, region string, s Spec, objects []types.ObjectIdentifier) error {
	out, err := d.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &s.Bucket, Delete: &types.Delete{Objects: objects, Quiet: aws.Bool(true)},
	}, content.In(region))
	switch {
	case awsclient.IsUnsupported(err):
		sender := d.sender(s)
		return d.each(ctx, s, len(objects), func(ctx context.Context, i int) error {
			one := objects[i]
			return sender.Delete(ctx, s.place(region, aws.ToString(one.Key)), aws.ToString(one.VersionId), content.Condition{})
		})
	case err != nil:
		return err
	case len(out.Errors) > 0:
		first := out.Errors[0] // a missing permission shows here: the call as a whole succeeds
		return fmt.Errorf("%d of %d objects could not be deleted: %w", len(out.Errors), len(objects), &awsclient.CallError{
			Service: "s3", Operation: "DeleteObjects", Resource: "object " + s.Bucket + "/" + aws.ToString(first.Key),
			Code: aws.ToString(first.Code), Message: aws.ToString(first.Message),
		})
	}
	return nil
}

// deleteVersions deletes all versions and delete markers of some keys: the current ones after all others, because what
// is current tells the next run that something is left. It reports whether the store has versions at all.
func (d directory) deleteVersions(
	ctx context.Context, region string, s Spec, prefix string, doomed func(key string) bool,
) (has bool, err error) {
	for _, current := range []bool{false, true} {
		err := d.eachVersion(ctx, region, s.Bucket, prefix, func(all []version) error {
			var objects []types.ObjectIdentifier
			for _, v := range all {
				if v.current == current && doomed(aws.ToString(v.Key)) {
					objects = append(objects, v.ObjectIdentifier)
				}
			}
			if len(objects) == 0 {
				return nil
			}
			return d.deleteBatch(ctx, region, s, objects)
		})
		if awsclient.IsUnsupported(err) {
			return false, nil
		}
		if err != nil {
			return true, err
		}
	}
	return true, nil
}

// version is a version of an object, or a delete marker.
type version struct {
	types.ObjectIdentifier

	current bool
}

// eachVersion lists versions and delete markers. A page is given only after the next one was listed, because its last
// version is the marker from which that goes on.
func (d directory) eachVersion(
	ctx context.Context, region, bucket, prefix string, see func([]version) error,
) error {
	ask := &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &prefix}
	var listed []version
	for {
		page, err := content.ListVersions(ctx, d.ListObjectVersions, ask, content.In(region))
		if err != nil {
			return err
		}
		if err := see(listed); err != nil {
			return err
		}
		listed = nil
		for _, v := range page.Versions {
			id := types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId}
			listed = append(listed, version{id, aws.ToBool(v.IsLatest)})
		}
		for _, v := range page.DeleteMarkers {
			id := types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId}
			listed = append(listed, version{id, aws.ToBool(v.IsLatest)})
		}
		if !aws.ToBool(page.IsTruncated) {
			return see(listed)
		}
		ask.KeyMarker, ask.VersionIdMarker = page.NextKeyMarker, page.NextVersionIdMarker
	}
}
