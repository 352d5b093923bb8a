package object

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Transfer is a copy or a move that is asked for once. The regions of the places are found.
type Transfer struct {
	From      content.Place
	Version   string // of the source; "" for the current one
	To        content.Place
	Overwrite bool
}

var (
	// ErrNoSource means that there is nothing to copy.
	ErrNoSource = errors.New("there is no such object")
	// ErrOccupied means that something else stands where the copy is to be.
	ErrOccupied = errors.New("there is another object already")
)

// transfer is a Transfer while it is carried out.
type transfer struct {
	Transfer
	*object

	tell   func(string)
	source content.Stored
	tags   map[string]string // of the source
}

// Copy copies an object with its headers and tags. A copy that is there already is not made again.
func (t Transfer) Copy(ctx context.Context, conn *awsclient.Conn, tell func(string)) error {
	_, err := t.copied(ctx, conn, tell)
	return err
}

// Move copies an object, and deletes the source when the copy has proved to be complete: the version that was copied,
// or the current one if that is still what was copied.
func (t Transfer) Move(ctx context.Context, conn *awsclient.Conn, tell func(string)) error {
	done, err := t.copied(ctx, conn, tell)
	if err != nil {
		return err
	}
	if err := done.removeSource(ctx); err != nil {
		return fmt.Errorf("the copy is complete, but the source is not deleted: %w", err)
	}
	tell(fmt.Sprintf("deleted the source %s of the bucket %s", t.From.Key, t.From.Bucket))
	return nil
}

func (t Transfer) copied(ctx context.Context, conn *awsclient.Conn, tell func(string)) (*transfer, error) {
	b := &object{API: NewAPI(conn), sender: content.NewSender(conn, nil), conn: conn}
	work := &transfer{Transfer: t, object: b, tell: tell}
	found, err := work.at(ctx, &work.From, t.Version)
	switch {
	case err != nil:
		return nil, err
	case found == nil:
		return nil, ErrNoSource
	case found.Size > content.MaxCopy:
		return nil, fmt.Errorf("the object %s in the bucket %s has %d bytes, and one call copies at most %d: send it again "+
			"with source of spinup_object", t.From.Key, t.From.Bucket, found.Size, int64(content.MaxCopy))
	}
	work.source = *found
	if work.tags, err = work.tagsAt(ctx, work.From, t.Version); err != nil {
		return nil, err
	}
	return work, work.copy(ctx)
}

// at looks at an object in the region of its bucket, which it notes; nil is absent.
func (t *transfer) at(ctx context.Context, p *content.Place, version string) (found *content.Stored, err error) {
	p.Region, err = content.AtHome(ctx, t.conn, p.Bucket, func(ctx context.Context, region string) (err error) {
		p.Region = region
		if version == "" {
			found, err = t.head(ctx, *p)
			return err
		}
		stored, err := t.sender.Head(ctx, *p, version)
		if err == nil {
			found = &stored
		}
		return awsclient.Absent(err)
	})
	return found, err
}

// tagsAt are the tags of an object, without any on a store that has none.
func (t *transfer) tagsAt(ctx context.Context, p content.Place, version string) (map[string]string, error) {
	if t.conn.Platform.Lacks(awsclient.Tagging) {
		return nil, nil
	}
	tags, err := tagsOf(ctx, t.GetObjectTagging, p, version)
	if err != nil && !t.conn.Platform.Has(awsclient.Tagging) && awsclient.IsUnsupported(err) {
		return nil, nil
	}
	return tags, err
}

// copy makes the copy and looks at it. S3 ignores a condition on what stands at the destination, so that is looked at
// before.
func (t *transfer) copy(ctx context.Context) error {
	there, err := t.at(ctx, &t.To, "")
	if err != nil {
		return err
	}
	if there != nil {
		lacks, err := t.lacks(ctx, there)
		switch {
		case err != nil:
			return err
		case lacks == "" && sameBytes(there, &t.source):
			t.tell(fmt.Sprintf("the bucket %s has this copy as %s already", t.To.Bucket, t.To.Key))
			return nil
		case !t.Overwrite:
			return ErrOccupied
		}
	}
	made, err := t.sender.Clone(ctx, t.From, t.Version, t.source.ETag, t.To, t.headers())
	if err != nil {
		if awsclient.IsStale(err) {
			err = fmt.Errorf("the source was changed since it was looked at, and is not copied: %w", err)
		}
		return err
	}
	if there, err = t.at(ctx, &t.To, ""); err != nil {
		return fmt.Errorf("the copy was made, but cannot be looked at: %w", err)
	}
	if there == nil || there.ETag != made.ETag || there.Size != t.source.Size {
		return errors.New("what stands at the destination is not the copy that was made: something else has written there")
	}
	lacks, err := t.lacks(ctx, there)
	switch {
	case err != nil:
		return fmt.Errorf("the copy was made, but cannot be looked at: %w", err)
	case lacks != "":
		return fmt.Errorf("the copy was made, but the store has not copied %s", lacks)
	}
	t.tell(fmt.Sprintf("copied %d bytes to %s of the bucket %s", there.Size, t.To.Key, t.To.Bucket))
	return nil
}

// headers are those of the copy. Encryption stays within a bucket; another one has its own. The tags are given too: not
// every store copies those of a version.
func (t *transfer) headers() content.Headers {
	h := t.source.Headers
	h.Tagging = query(t.tags)
	if h.StorageClass == string(types.StorageClassStandard) {
		h.StorageClass = ""
	}
	if t.From.Bucket != t.To.Bucket {
		h.Algorithm, h.KMSKey, h.BucketKey = "", "", nil
	}
	return h
}

// lacks names something in which an object is not as a copy of the source would be, beside its bytes; "" for nothing.
func (t *transfer) lacks(ctx context.Context, there *content.Stored) (string, error) {
	if names := Differences(t.headers(), there.Headers); len(names) > 0 {
		return names[0], nil
	}
	tags, err := t.tagsAt(ctx, t.To, "")
	for key, value := range t.tags {
		if have, ok := tags[key]; err == nil && (!ok || have != value) {
			return "the tag " + key, nil
		}
	}
	return "", err
}

// removeSource deletes what was copied, and nothing that was written there since.
func (t *transfer) removeSource(ctx context.Context) error {
	if t.Version != "" {
		return t.sender.Delete(ctx, t.From, t.Version, content.Condition{})
	}
	live, err := t.head(ctx, t.From)
	switch {
	case err != nil || live == nil:
		return err
	case live.ETag != t.source.ETag:
		return fmt.Errorf("the object %s was changed since it was copied: move it again, with overwrite = true",
			t.From.Key)
	}
	return t.remove(ctx, Spec{}, t.From, live)
}
