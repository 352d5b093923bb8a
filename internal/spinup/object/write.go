package object

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// way is how an object is brought in line.
type way int

const (
	uploading  way = iota // its bytes are sent
	copying               // it is copied from another object
	moving                // it is copied from its former key
	retouching            // it is copied onto itself, with other headers
)

// wayOf is the way that sends the fewest bytes. What one call cannot copy is sent, and so is what lies in an archive,
// if its bytes are known.
func wayOf(w wish, o Status) way {
	copied := func(stored *content.Stored) bool {
		return stored != nil && stored.Size <= content.MaxCopy &&
			(!archived(stored.Headers.StorageClass) || w.Want.Content.SHA256 == "" || w.Want.Content.From != nil)
	}
	switch {
	case moves(w) && o.Object == nil && copied(o.Former) && !Changes(w) && w.Prior.knows(o.Former.ETag):
		return moving
	case copied(o.Object) && o.IsWanted(w):
		return retouching
	case w.Want.Content.From != nil:
		return copying
	}
	return uploading
}

// archived reports whether S3 cannot read objects of the storage class before somebody has them restored.
func archived(class string) bool {
	return class == string(types.StorageClassGlacier) || class == string(types.StorageClassDeepArchive)
}

// write makes the object, or brings its content and its headers in line.
func (b *object) write(ctx context.Context, w wish, o *Status) error {
	headers, want := w.Want.Headers, w.Want
	how := wayOf(w, *o)
	tags := want.withOthers(o.Tags)
	if moves(w) {
		tags = want.withOthers(o.Others)
	}
	condition := content.Condition{IfNone: !want.Overwrite}
	if o.Object != nil {
		condition = content.Condition{IfMatch: o.Object.ETag}
	}
	var stored content.Stored
	var err error
	switch how {
	case moving:
		o.sending, o.source = true, o.Former
		stored, err = b.sender.Copy(ctx, w.Prior.Place, "", o.Former.ETag, want.Place, kept(headers, *o.Former))
	case retouching:
		stored, err = b.sender.Copy(ctx, want.Place, "", o.Object.ETag, want.Place, kept(headers, *o.Object))
	case copying:
		headers.Tagging = query(tags)
		stored, err = b.copyFrom(ctx, want, o, headers)
	default:
		headers.Tagging = query(tags)
		stored, err = b.upload(ctx, want, o, headers, condition)
	}
	if err != nil {
		return b.explained(ctx, w, o, condition, err)
	}
	o.sent = &stored
	seen := stored
	o.Object = &seen
	switch {
	case how == uploading && headers.Tagging == "":
		o.Tags = map[string]string{} // as new as the bytes
	case how != retouching:
		o.Tags = nil
	}
	return nil
}

// kept are the headers for a copy: what is not wanted otherwise is as it was, where S3 would forget it.
func kept(want content.Headers, have content.Stored) content.Headers {
	if want.StorageClass == "" && have.Headers.StorageClass != string(types.StorageClassStandard) {
		want.StorageClass = have.Headers.StorageClass
	}
	return want
}

func (b *object) upload(
	ctx context.Context, want Spec, o *Status, headers content.Headers, condition content.Condition,
) (content.Stored, error) {
	if want.Content.Version != "" && want.Content.Text == nil {
		return content.Stored{}, errors.New("content_wo is null while content_wo_version is set: give it, or give the " +
			"content in another way")
	}
	body, digest, err := b.reader(want.Content)
	if err != nil {
		return content.Stored{}, err
	}
	defer body.Close()
	o.sending, o.digest = true, &digest
	stored, err := b.sender.Put(ctx, want.Place, body, digest, headers, condition)
	if b.isAlone(ctx, want, condition, err) {
		stored, err = b.sender.Put(ctx, want.Place, body, digest, headers, content.Condition{})
	}
	if errors.Is(err, content.ErrChanged) && want.Content.Path != "" {
		err = fmt.Errorf("the file %s, whose SHA-256 was %s, changed while it was sent, and nothing was stored; plan "+
			"again: %w", want.Content.Path, want.Content.SHA256, err)
	}
	return stored, err
}

// isAlone reports whether a write failed for its condition alone: the store does not have conditions, or it takes a
// delete marker for an object, where another look finds none.
func (b *object) isAlone(ctx context.Context, want Spec, c content.Condition, err error) bool {
	switch {
	case c == (content.Condition{}):
		return false
	case awsclient.IsNotImplemented(err):
		return true
	case !c.IfNone || !awsclient.IsStale(err):
		return false
	}
	stored, unread := b.head(ctx, want.Place)
	return unread == nil && stored == nil
}

// copyFrom copies another object, as it is when it is looked at.
func (b *object) copyFrom(
	ctx context.Context, want Spec, o *Status, headers content.Headers,
) (content.Stored, error) {
	from := want.Content.From
	place := content.Place{Bucket: from.Bucket, Region: want.Region, Key: from.Key}
	source, err := b.sender.Head(ctx, place, from.Version)
	if elsewhere, ok := awsclient.Redirected(err); ok {
		place.Region = elsewhere
		source, err = b.sender.Head(ctx, place, from.Version)
	}
	switch {
	case awsclient.IsNotFound(err):
		return content.Stored{}, fmt.Errorf("there is no object %s to copy in the bucket %s: %w", from.Key, from.Bucket, err)
	case err != nil:
		return content.Stored{}, err
	case source.Size > content.MaxCopy:
		return content.Stored{}, fmt.Errorf("the object %s in the bucket %s has %d bytes, and one call copies at most %d: "+
			"give the content with source", from.Key, from.Bucket, source.Size, int64(content.MaxCopy))
	}
	o.sending, o.source = true, &source
	return b.sender.Copy(ctx, place, from.Version, source.ETag, want.Place, headers)
}

// explained is the failure of a write, nil if the write took effect nevertheless: an answer was lost, and what stands
// there is what was sent.
func (b *object) explained(ctx context.Context, w wish, o *Status, condition content.Condition, err error) error {
	if !awsclient.IsStale(err) {
		return err
	}
	if awsclient.MayHaveWorked(err) {
		stored, unread := b.head(ctx, w.Want.Place)
		seen := *o
		seen.Object = stored
		if unread == nil && seen.IsWanted(w) && len(Differences(w.Want.Headers, stored.Headers)) == 0 {
			o.Object, o.Tags = stored, nil
			return nil
		}
	}
	if condition.IfNone && o.Object == nil && o.source == nil {
		return fmt.Errorf("%w: %w", reconcile.ErrForeign, &reconcile.ExistsError{Noun: "object"})
	}
	return fmt.Errorf("the object was changed since it was looked at, and is not overwritten; plan again: %w", err)
}

// deleters is how many versions are deleted at once.
const deleters = 8

// remove deletes an object. With its versions, the newest one goes last, so that no old one comes to light in between.
func (b *object) remove(ctx context.Context, s Spec, p content.Place, stored *content.Stored) error {
	if s.DeleteVersions && !b.conn.Platform.Lacks(awsclient.ListVersions) {
		versions, err := b.versions(ctx, p)
		if !awsclient.IsUnsupported(err) {
			if err != nil {
				return err
			}
			return b.removeVersions(ctx, p, versions)
		}
	}
	var condition content.Condition
	if b.conn.Platform.AWSEndpoints && stored != nil {
		condition.IfMatch = stored.ETag
	}
	err := b.sender.Delete(ctx, p, "", condition)
	if condition.IfMatch != "" && awsclient.IsNotImplemented(err) {
		err = b.sender.Delete(ctx, p, "", content.Condition{})
	}
	if !awsclient.IsStale(err) {
		return err
	}
	live, unread := b.head(ctx, p)
	switch {
	case unread != nil:
		return unread
	case live == nil:
		return nil
	}
	return fmt.Errorf("the object %s was changed since it was looked at, and is not deleted; plan again: %w", p.Key, err)
}

// removeVersions deletes the versions, which are sorted from the newest to the oldest.
func (b *object) removeVersions(ctx context.Context, p content.Place, versions []string) error {
	if len(versions) == 0 {
		return nil
	}
	for batch := range slices.Chunk(versions[1:], deleters) {
		if err := b.each(ctx, p, batch); err != nil {
			return err
		}
	}
	return b.sender.Delete(ctx, p, versions[0], content.Condition{})
}
