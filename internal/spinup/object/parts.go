package object

import (
	"context"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// object holds what the parts need to act.
type object struct {
	API

	sender   content.Sender
	conn     *awsclient.Conn
	measured *Measured // the file that this run sends, once it was read
}

// New is the composite behind spinup_object: the object itself, what stands under former keys, and its tags.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	b := &object{API: NewAPI(conn), sender: content.NewSender(conn, nil), conn: conn}
	return composite{
		Noun:        "object",
		Parts:       []part{b.itself(), b.former(), b.left(), b.tags()},
		Parallel:    3,
		Rescue:      conn.Pace.Rescue,
		WithoutRoot: func(o *Status) { o.Tags = nil },
		Until:       conn.Until,
	}
}

func (b *object) itself() part {
	return part{
		Attribute: "key",
		Present:   func(o Status) bool { return o.Object != nil },
		InSync: func(w wish, o Status) bool {
			return o.IsWanted(w) && len(Differences(w.Want.Headers, o.Object.Headers)) == 0
		},
		Observe: b.observe,
		Claim:   b.claim,
		Enters:  moves,
		CanApply: func(_ context.Context, w wish, o Status) error {
			switch {
			case !w.Want.Writing:
				return nil
			case strayed(w, o):
				return fmt.Errorf("the object %s was changed since the plan was made, and is not overwritten: plan again",
					w.Want.Key)
			case w.Want.Content.Path == "" || wayOf(w, o) != uploading:
				return nil
			}
			return b.unchanged(w.Want.Content)
		},
		Apply: b.write,
		CanRemove: func(_ context.Context, w wish, o Status) error {
			if w.Want.Retain {
				return nil
			}
			return removable(w, w.Want.Key, o.Object)
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if !w.Want.Retain {
				if err := b.remove(ctx, w.Want, w.Want.Place, o.Object); err != nil {
					return err
				}
			}
			o.Object = nil
			return nil
		},
	}
}

// observe looks at the object. What stands in the place of one that may overwrite it is as good as absent. After a
// write of a new object, what stands there is ours only if it is just what was sent.
func (b *object) observe(ctx context.Context, w wish, o *Status) error {
	enters := w.Prior == nil || moves(w)
	if enters && w.Want.Overwrite && !o.sending {
		o.Object = nil
		return nil
	}
	stored, err := b.head(ctx, w.Want.Place)
	if err != nil {
		return err
	}
	if enters && o.sending && stored != nil {
		seen := *o
		seen.Object = stored
		if !seen.IsWanted(w) || len(Differences(w.Want.Headers, stored.Headers)) > 0 && o.sent == nil {
			stored = nil
		}
	}
	o.Object = stored
	return nil
}

// head asks for an object; nil is absent. The answer to HEAD has no body. What a failure means is asked with a list: it
// tells whether the permission to list is missing, without which S3 says 403 in place of 404.
func (b *object) head(ctx context.Context, p content.Place) (*content.Stored, error) {
	stored, err := b.sender.Head(ctx, p, "")
	switch {
	case err == nil:
		return &stored, nil
	case awsclient.IsNotFound(err):
		return nil, nil
	case !awsclient.IsAccessDenied(err) && (b.conn.Platform.AWSEndpoints || !awsclient.IsBare(err)):
		return nil, err
	}
	page, unlisted := content.ListObjects(ctx, b.ListObjectsV2, &s3.ListObjectsV2Input{
		Bucket: &p.Bucket, Prefix: &p.Key, MaxKeys: aws.Int32(1),
	}, content.In(p.Region))
	switch {
	case unlisted != nil:
		return nil, unlisted
	case len(page.Contents) == 0 || aws.ToString(page.Contents[0].Key) != p.Key:
		return nil, nil
	}
	return nil, err
}

// claim refuses what stands under the new key of an object and is not the copy that an interrupted run made of it: one
// with the same bytes and headers, not older than the object.
func (b *object) claim(ctx context.Context, w wish, o Status) error {
	if !moves(w) || o.Object == nil || o.sending {
		return nil
	}
	if o.Former == nil { // a plan looks at what is new only
		var err error
		if o.Former, err = b.head(ctx, w.Prior.Place); err != nil {
			return err
		}
	}
	if left := w.Prior.Left; left != nil && left.Key == w.Want.Key && left.ETag == o.Object.ETag {
		return nil
	}
	younger := o.Former != nil && !o.Object.Modified.Before(o.Former.Modified)
	if younger && o.IsWanted(w) && len(Differences(w.Want.Headers, o.Object.Headers)) == 0 {
		return nil
	}
	return fmt.Errorf("%w: the bucket %s has an object %s already; choose another key, delete that object, or set "+
		"overwrite = true", reconcile.ErrForeign, w.Want.Bucket, w.Want.Key)
}

// strayed reports whether the object is neither the one that the plan is made for nor the wanted one.
func strayed(w wish, o Status) bool {
	return w.Prior != nil && !moves(w) && o.Object != nil && w.Prior.Known != nil && !w.Prior.knows(o.Object.ETag) &&
		!o.IsWanted(w)
}

// removable refuses to remove an object that is another one than the refresh saw.
func removable(w wish, key string, stored *content.Stored) error {
	if stored == nil || w.Prior.Known == nil || w.Prior.knows(stored.ETag) {
		return nil
	}
	return fmt.Errorf("the object %s was changed since the plan was made, and is not deleted: plan again", key)
}

// former is the object under its former key, which goes when the one under the new key is complete.
func (b *object) former() part {
	return part{
		Attribute: "key",
		Late:      true,
		Wanted:    func(wish) bool { return false },
		Present:   func(o Status) bool { return o.Former != nil },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			if !moves(w) {
				return nil
			}
			stored, err := b.head(ctx, w.Prior.Place)
			if err != nil {
				return err
			}
			if stored != nil && (b.watchesTags(w.Want) || b.watchesTags(*w.Prior)) {
				if o.Others, err = b.tagsOf(ctx, w.Prior.Place); err != nil {
					return err
				}
			}
			o.Former = stored
			return nil
		},
		CanRemove: func(_ context.Context, w wish, o Status) error { return removable(w, w.Prior.Key, o.Former) },
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if err := b.remove(ctx, w.Want, w.Prior.Place, o.Former); err != nil {
				return err
			}
			o.Former = nil
			return nil
		},
	}
}

// left is the copy under another key that a change of the key made and that is not wanted any more.
func (b *object) left() part {
	return part{
		Attribute: "key",
		Wanted:    func(wish) bool { return false },
		Present:   func(o Status) bool { return o.Left != nil },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			left := w.Before().Left
			if left == nil || left.Key == w.Want.Key || left.Key == w.Prior.Key {
				return nil
			}
			stored, err := b.head(ctx, content.Place{Bucket: w.Want.Bucket, Region: w.Want.Region, Key: left.Key})
			if err != nil {
				return err
			}
			if stored != nil && stored.ETag != left.ETag { // it is of others now
				stored = nil
			}
			o.Left = stored
			return nil
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			place := content.Place{Bucket: w.Want.Bucket, Region: w.Want.Region, Key: w.Prior.Left.Key}
			if err := b.remove(ctx, w.Want, place, o.Left); err != nil {
				return err
			}
			o.Left = nil
			return nil
		},
	}
}

// watchesTags reports whether the tags of the object are looked at.
func (b *object) watchesTags(s Spec) bool {
	return len(s.Tags) > 0 || b.conn.Platform.Has(awsclient.Tagging) ||
		s.ReadAll && !b.conn.Platform.Lacks(awsclient.Tagging)
}

func (b *object) tags() part {
	return part{
		Attribute: "tags",
		Inside:    true,
		Watched:   b.watchesTags,
		Wanted:    func(wish) bool { return true }, // without any, those of before are removed
		Present:   func(o Status) bool { return o.Tags != nil },
		InSync:    func(w wish, o Status) bool { return maps.Equal(w.Want.OwnTags(o.Tags), w.Want.Tags) },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			if moves(w) && !o.sending && w.Want.Overwrite { // what stands there is not ours
				return nil
			}
			tags, err := b.tagsOf(ctx, w.Want.Place)
			if err != nil && !(w.Want.ReadAll && awsclient.IsUnsupported(err)) {
				return err
			}
			o.Tags = tags
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			if o.Tags == nil { // the object is new
				live, err := b.tagsOf(ctx, w.Want.Place)
				if err != nil {
					return err
				}
				o.Tags = live
			}
			if maps.Equal(w.Want.OwnTags(o.Tags), w.Want.Tags) {
				return nil
			}
			return b.putTags(ctx, w.Want.Place, w.Want.withOthers(o.Tags))
		},
	}
}
