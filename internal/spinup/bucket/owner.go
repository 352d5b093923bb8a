package bucket

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// owner is the user of VersityGW who owns the bucket. It is made for the owner; a change goes through the Admin API.
func (b bucket) owner() part {
	return part{
		Attribute: "owner",
		Inside:    true,
		Watched: func(s Spec) bool {
			return s.Owner != "" || s.ReadAll && b.conn.Platform.Has(awsclient.AdminAPI)
		},
		Present: func(o Status) bool { return o.Owner != "" },
		// An owner that is not newly wanted is left to whoever gave the bucket away since the last refresh.
		InSync: func(w wish, o Status) bool {
			return o.Owner == w.Want.Owner || w.Want.Owner == w.Before().Owner
		},
		Observe: func(ctx context.Context, w wish, o *Status) error {
			owner, err := b.ownerOf(ctx, w.Want)
			if err != nil {
				return err
			}
			o.Owner = owner
			return nil
		},
		Enters: func(w wish) bool { return w.Want.Owner != "" && w.Want.Owner != w.Before().Owner },
		CanApply: func(ctx context.Context, _ wish, _ Status) error {
			_, err := versitygw.New(b.conn).Users(ctx)
			if awsclient.IsNotImplemented(err) {
				return fmt.Errorf("this gateway has no users who could own a bucket: it is run with the root alone, or with an "+
					"IAM service of its own, where the root owns every bucket; leave owner out: %w", err)
			}
			return err
		},
		Apply: b.changeOwner,
	}
}

// ownerOf asks the list of access rights, which the owner may read as well as the root. It is empty for no bucket.
func (b bucket) ownerOf(ctx context.Context, s Spec) (string, error) {
	out, err := b.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: &s.Name}, at(s))
	if err != nil || out.Owner == nil {
		return "", awsclient.Absent(err)
	}
	return aws.ToString(out.Owner.ID), nil
}

// changeOwner gives the bucket to its new owner. The gateway deletes the policy with that, and no call gives it back.
// So the policy that is to be there afterwards is written before: what the store does not take is refused while nothing
// is lost. It is put back whatever becomes of the run, and also if only the answer to the change is lost.
func (b bucket) changeOwner(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	owner, err := b.ownerOf(ctx, s)
	if err != nil || owner == s.Owner { // a lost answer: it was made for the owner
		o.Owner = owner
		return err
	}
	live, err := b.readPolicy(ctx, s)
	if err != nil {
		return err
	}
	o.Policy, o.Bound = &live, s.Owner
	next := live.Replace(ownKeys(w, *o), o.wanted(w))
	kept := !next.Empty()
	if kept {
		if err := b.putPolicy(ctx, s, o, next.String()); err != nil {
			return b.noPrincipal(err)
		}
	}
	err = b.noOwner(s, versitygw.New(b.conn).ChangeBucketOwner(ctx, s.Name, s.Owner))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
	defer cancel()
	if err != nil {
		if owner, unread := b.ownerOf(ctx, s); unread != nil || owner != s.Owner {
			return err
		}
	}
	o.Owner = s.Owner
	b.policyWriter(s, o).Forget()
	if !kept {
		return nil
	}
	if err := b.putPolicy(ctx, s, o, next.String()); err != nil {
		o.Policy = &awspolicy.Document{}
		return fmt.Errorf("the bucket %s has its new owner, and lost its policy with that, which could not be put back: %w; "+
			"the policy was: %s", s.Name, err, next.String())
	}
	o.Policy = &next
	return nil
}

// createFor makes the bucket for its owner.
func (b bucket) createFor(ctx context.Context, s Spec, o *Status) error {
	made := versitygw.NewBucket{Name: s.Name, Owner: s.Owner, ObjectLock: s.locks()}
	err := versitygw.New(b.conn).CreateBucket(ctx, made)
	if err := b.noOwner(s, err); err != nil {
		return err
	}
	o.Owner = s.Owner
	return nil
}

// noOwner says who is missing.
func (b bucket) noOwner(s Spec, err error) error {
	if awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err) {
		return fmt.Errorf("the gateway has no user with the access key %q, who is to own the bucket %s: %w",
			s.Owner, s.Name, err)
	}
	return err
}
