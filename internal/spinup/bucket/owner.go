package bucket

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
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
		InSync:  func(w wish, o Status) bool { return o.Owner == w.Want.Owner },
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

// changeOwner gives the bucket to its new owner. The gateway deletes the policy with that, so it is read before and put
// back.
func (b bucket) changeOwner(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	if o.Owner == s.Owner { // it was made for the owner
		return nil
	}
	policy, err := b.policyWriter(s, o).Read(ctx)
	if err != nil {
		return err
	}
	if err := b.noOwner(s, versitygw.New(b.conn).ChangeBucketOwner(ctx, s.Name, s.Owner)); err != nil {
		return err
	}
	o.Owner, o.Bound = s.Owner, s.Owner
	if policy.Empty() {
		return nil
	}
	kept := policy.Replace([]string{SidOwner}, []awspolicy.Statement{s.forOwner(s.Owner)}).Statements
	back := document.Change[awspolicy.Statement]{Want: kept}
	for _, statement := range kept {
		back.Owned = append(back.Owned, statement.Key())
	}
	writer := b.policyWriter(s, o)
	writer.Forget()
	if err := writer.Apply(ctx, back); err != nil {
		return fmt.Errorf("the bucket %s has its new owner, but not its policy, which the gateway deletes with a change of "+
			"owner: %w", s.Name, err)
	}
	next := awspolicy.New(kept...)
	o.Policy = &next
	return nil
}

// createFor makes the bucket for its owner.
func (b bucket) createFor(ctx context.Context, s Spec, o *Status) error {
	again, err := versitygw.New(b.conn).CreateBucket(ctx, versitygw.NewBucket{Name: s.Name, Owner: s.Owner})
	if awsclient.IsExists(err) && again {
		err = nil // an earlier attempt of this call made it
	}
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
