package bucket

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
)

// AttributeIPAccess is the attribute that the next two statements carry out.
const AttributeIPAccess = "ip_access"

// The Sids of the statements that refuse requests from elsewhere.
const (
	SidIPRead  = "SpinupIpRead"
	SidIPWrite = "SpinupIpWrite"
)

// IPAccess is from where the objects of a bucket may be used.
type IPAccess struct {
	ReadWrite, ReadOnly []string // networks in CIDR notation; what may write may read
	Endpoints           []string // ids of VPC endpoints, which may do both: requests through them have no public address
	Exempt              []string // ARNs of principals whom it does not bind
	AllowLockout        bool     // it may keep out the run that sets it
}

// Empty reports whether it names no place: then it asks for no statement.
func (a *IPAccess) Empty() bool {
	return a == nil || len(a.ReadWrite)+len(a.ReadOnly)+len(a.Endpoints) == 0
}

// ipClauses are the statements of ip_access. They are about objects and the lists of them, never about the settings of
// the bucket: whoever may change the policy may put it right from anywhere.
//
// What only replication may ask for (ReplicateObject and its like) is left out of the writes.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
func ipClauses() []clause {
	wanted := func(s Spec) bool { return !s.IPAccess.Empty() }
	return []clause{
		{SidIPRead, AttributeIPAccess, wanted, func(s Spec) awspolicy.Statement {
			return s.refuseElsewhere(slices.Concat(s.IPAccess.ReadWrite, s.IPAccess.ReadOnly),
				[]string{s.arn(), s.arn() + "/*"}, "s3:GetObject*", "s3:ListBucket", "s3:ListBucketVersions",
				"s3:ListBucketMultipartUploads", "s3:ListMultipartUploadParts")
		}},
		{SidIPWrite, AttributeIPAccess, wanted, func(s Spec) awspolicy.Statement {
			return s.refuseElsewhere(s.IPAccess.ReadWrite,
				[]string{s.arn() + "/*"}, "s3:PutObject*", "s3:DeleteObject*", "s3:RestoreObject", "s3:AbortMultipartUpload")
		}},
	}
}

// refuseElsewhere denies the actions to requests that come from elsewhere. All conditions must hold for that. One that
// is negated holds for a request without its key: a request through a VPC endpoint has no address, an anonymous one no
// principal. BoolIfExists does too, which Bool would not: an anonymous request does not say that it is no service's.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (s Spec) refuseElsewhere(from, resources []string, actions ...string) awspolicy.Statement {
	condition := awspolicy.Condition{}
	unless := func(operator, key string, values []string) {
		if len(values) > 0 {
			condition[operator] = map[string]awspolicy.Values{key: values}
		}
	}
	unless("NotIpAddress", "aws:SourceIp", from)
	unless("StringNotEquals", "aws:SourceVpce", s.IPAccess.Endpoints)
	unless("ArnNotLike", "aws:PrincipalArn", s.IPAccess.Exempt)
	if s.NetworkKeys {
		condition["BoolIfExists"] = map[string]awspolicy.Values{
			"aws:PrincipalIsAWSService": {"false"}, "aws:ViaAWSService": {"false"},
		}
	}
	return awspolicy.Statement{
		Effect: awspolicy.Deny, Principal: awspolicy.Everyone(), Action: actions, Resource: resources, Condition: condition,
	}
}

// managesIP reports whether the statements of ip_access are the provider's to change. Where the attribute is not set
// and never was, they are of whoever wrote them.
func managesIP(w wish) bool {
	return w.Want.IPAccess != nil || w.Before().IPAccess != nil || w.Want.ReadAll
}

// sameIPAccess reports whether both ask for the same statements.
func (s Spec) sameIPAccess(t Spec) bool {
	return slices.EqualFunc(s.of(ipClauses()), t.of(ipClauses()), awspolicy.Statement.Equal)
}

// IPAccess is what the live statements say: nil if there are none, and an empty one if no lists would say that.
func (o Status) IPAccess(w wish) *IPAccess {
	s := w.Want
	if o.Policy == nil || !managesIP(w) || o.Policy.Select(sids(ipClauses())).Empty() {
		return nil
	}
	write, _ := o.Policy.Find(SidIPWrite)
	read, _ := o.Policy.Find(SidIPRead)
	seen := IPAccess{
		ReadWrite: write.Condition["NotIpAddress"]["aws:SourceIp"],
		Endpoints: write.Condition["StringNotEquals"]["aws:SourceVpce"],
		Exempt:    write.Condition["ArnNotLike"]["aws:PrincipalArn"],
	}
	seen.ReadOnly = slices.DeleteFunc(slices.Clone(read.Condition["NotIpAddress"]["aws:SourceIp"]),
		func(network string) bool { return slices.Contains(seen.ReadWrite, network) })
	s.IPAccess = &seen
	if !o.Shows(s, AttributeIPAccess) {
		return &IPAccess{}
	}
	return &seen
}

// shut reports whether the bucket is there, and its own statement keeps this run from looking at it. The policy is open
// to whoever may read it, wherever from.
func (b bucket) shut(ctx context.Context, s Spec, o *Status) bool {
	live, err := b.policyWriter(s, o).Read(ctx)
	_, there := live.Find(SidIPRead)
	return err == nil && there
}

// lockout asks, after ip_access was changed, whether this run may still look at the bucket.
func (b bucket) lockout() part {
	return part{
		Attribute: AttributeIPAccess,
		Inside:    true,
		Watched:   func(s Spec) bool { return s.IPAccess != nil },
		Wanted: func(w wish) bool {
			a := w.Want.IPAccess
			return !a.Empty() && !a.AllowLockout && !w.Want.sameIPAccess(w.Before())
		},
		Present: func(o Status) bool { return o.Probed },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			o.Probed = true
			if o.Root.Shut { // it was kept out before, too
				return nil
			}
			err := b.probe(ctx, w.Want)
			if !awsclient.IsAccessDenied(err) {
				return err
			}
			return b.reopen(ctx, w, o, err)
		},
	}
}

// probe looks at the bucket as a refresh does, for some time: S3 may take a while to act by a new policy.
func (b bucket) probe(ctx context.Context, s Spec) error {
	pause, looks := b.conn.Pace.Probe/5, 6
	if pause == 0 {
		looks = 1
	}
	for look := range looks {
		if look > 0 {
			if err := awsclient.Wait(ctx, pause); err != nil {
				return err
			}
		}
		if _, err := b.head(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// reopen puts the statements back that were there before this run, whatever becomes of the run, and says why.
func (b bucket) reopen(ctx context.Context, w wish, o *Status, denied error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
	defer cancel()
	s, own := w.Want, sids(ipClauses())
	former := w.Before().of(ipClauses())
	if o.Policy != nil && !o.Shows(s, AttributeIPAccess) {
		former = o.Policy.Select(own).Statements
	}
	text := fmt.Sprintf("with these lists this run could not use the bucket %s any more, which it could before (%s)",
		s.Name, awsclient.Text(denied))
	change := document.Change[awspolicy.Statement]{Owned: own, Want: former}
	if err := b.policyWriter(s, o).Apply(ctx, change); err != nil {
		return fmt.Errorf("%s, and the former statements could not be put back: %w; the policy can be changed from "+
			"anywhere, so apply again with lists that let this run in", text, err)
	}
	return errors.New(text + "; the former statements were put back. Add the public address from which this run comes " +
		"to read_write or read_only, or its VPC endpoint to vpc_endpoint_ids, or set allow_lockout = true if it is to be " +
		"kept out")
}

// open refuses to look into, or to empty, a bucket whose own statement keeps this run out.
func (o Status) open(s Spec) error {
	if o.Root == nil || !o.Root.Shut {
		return nil
	}
	return fmt.Errorf("ip_access keeps this run out of the bucket %s, so that it can neither see whether there are "+
		"objects nor delete them; let this run in, or leave ip_access out, apply that, which works from anywhere, and then "+
		"destroy", s.Name)
}

// closed explains a deletion that was denied where ip_access may be the reason.
func (o Status) closed(err error) error {
	if o.Policy == nil || awsclient.Denied(err) == nil {
		return err
	}
	if _, there := o.Policy.Find(SidIPWrite); !there {
		return err
	}
	return fmt.Errorf("the bucket has ip_access, which may keep this run from deleting objects: add its address to "+
		"ip_access.read_write, or leave ip_access out, apply that, and then destroy: %w", err)
}
