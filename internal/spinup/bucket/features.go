package bucket

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// needs completes the part of a setting that not every store has. The part that is given has a Watched that is true of
// specs that ask for the setting. That of the result is also true of an import, which reads what the store may have.
//
// What the store is known to lack is never read. What it may lack is read if it is asked for, and by an import or a
// data source, to which an answer that the store does not have it means that nothing is there. Whoever asks for it is
// told before the bucket is made, if the store can be asked about a bucket that does not exist.
func (b bucket) needs(f awsclient.Feature, p part) part {
	asked, observe, apply, canApply, enters := p.Watched, p.Observe, p.Apply, p.CanApply, p.Enters
	askedNow := func(w wish) bool { return asked(w.Want) && !w.Want.ReadAll }
	p.Watched = func(s Spec) bool { return asked(s) || s.ReadAll && !b.conn.Platform.Lacks(f) }
	p.Observe = func(ctx context.Context, w wish, o *Status) error {
		err := observe(ctx, w, o)
		switch {
		case !awsclient.IsUnsupported(err):
			return err
		case askedNow(w) || asked(w.Before()) && !w.Before().ReadAll:
			return b.missing(f, err)
		}
		return nil
	}
	p.Apply = func(ctx context.Context, w wish, o *Status) error {
		err := apply(ctx, w, o)
		if !awsclient.IsUnsupported(err) {
			return err
		}
		err = b.missing(f, err)
		if o.Root != nil && o.Root.Ours {
			return b.takeBack(ctx, w.Want, o, err)
		}
		return err
	}
	if b.conn.Platform.Has(f) || b.conn.Platform.Lacks(f) {
		return p
	}
	p.Enters = func(w wish) bool {
		return askedNow(w) && !asked(w.Before()) || enters != nil && enters(w)
	}
	p.CanApply = func(ctx context.Context, w wish, o Status) error {
		if o.Root == nil && askedNow(w) {
			if err := p.Observe(ctx, w, &Status{}); awsclient.IsUnsupported(err) {
				return err
			}
		}
		if canApply != nil {
			return canApply(ctx, w, o)
		}
		return nil
	}
	return p
}

// missing says what the store does not have.
func (b bucket) missing(f awsclient.Feature, err error) error {
	return fmt.Errorf("the store does not have %s (platform %s): %w", f, b.conn.Platform.Name, err)
}

// takeBack deletes the bucket that this run made, which is still empty, because the store turned out to lack what is
// asked for. Some stores take a question about a setting for one about the bucket, so that only a write tells.
func (b bucket) takeBack(ctx context.Context, s Spec, o *Status, err error) error {
	_, failed := b.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &s.Name}, at(s))
	if failed = awsclient.Absent(failed); failed != nil {
		return errors.Join(err, failed)
	}
	o.Root = nil
	return fmt.Errorf("%w; the bucket, which was just made, was taken back", err)
}
