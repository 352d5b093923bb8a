package bucketgrant

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

type (
	part = reconcile.Part[Spec, Status]
	wish = reconcile.Wish[Spec]
)

type grants struct {
	API
	sites access.Sites
	conn  *awsclient.Conn
}

// New is the composite behind spinup_bucket_grant. It has one part: the policy, which one call writes whole.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	g := grants{NewAPI(conn), access.NewSites(conn), conn}
	return reconcile.Composite[Spec, Status]{
		Noun:     "bucket grant",
		Parts:    []part{g.policy()},
		Parallel: 1,
		Rescue:   conn.Pace.Rescue,
		Until:    conn.Until,
		Taken: func(_ context.Context, w wish, o Status) error {
			if isGrant(o.Document) {
				return nil
			}
			return fmt.Errorf("the %s %s has an inline policy %s: %w; delete or rename it",
				w.Want.Kind, w.Want.Principal, PolicyName(w.Want.Bucket), reconcile.ErrForeign)
		},
	}
}

func (g grants) policy() part {
	return part{
		Attribute: "access",
		Present:   func(o Status) bool { return o.Document != "" },
		InSync: func(w wish, o Status) bool {
			s := w.Want
			return s.Read(o) == Seen{s.Access, s.Path, s.WebAdmin}
		},
		Observe: g.observe,
		Claim: func(_ context.Context, w wish, o Status) error {
			if w.Prior == nil && o.Document != "" && !isGrant(o.Document) {
				return fmt.Errorf("the inline policy %s: %w", PolicyName(w.Want.Bucket), reconcile.ErrForeign)
			}
			return nil
		},
		Enters: func(w wish) bool { return w.Prior != nil && w.Want.WebAdmin && !w.Prior.WebAdmin },
		CanApply: func(ctx context.Context, w wish, _ Status) error {
			if !w.Want.WebAdmin {
				return nil
			}
			return g.sites.CanAdminister(ctx, w.Want.site(), w.Want.Promised)
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s, at := w.Want, ""
			if s.WebAdmin {
				var err error
				if at, err = g.sites.Existing(ctx, s.site()); err != nil {
					return err
				}
			}
			document := s.document(at)
			err := g.put(ctx, s, document)
			switch {
			case awsclient.IsNotFound(err): // a plan cannot tell: another resource may make the principal first
				return fmt.Errorf("there is no %s %s: make it first: %w", s.Kind, s.Principal, err)
			case awsclient.IsLimitExceeded(err):
				return fmt.Errorf("the inline policies of the %s %s would be longer than IAM allows together (a user has 2,048 "+
					"characters, a group 5,120, a role 10,240): %w", s.Kind, s.Principal, err)
			case err == nil:
				o.Document, o.Distribution = document, at
			}
			return err
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if err := awsclient.Absent(g.remove(ctx, w.Want)); err != nil {
				return err
			}
			o.Document = ""
			return nil
		},
	}
}

// observe reads the policy. Where the principal is gone, the grant is.
func (g grants) observe(ctx context.Context, w wish, o *Status) error {
	document, err := g.get(ctx, w.Want)
	if awsclient.IsNotFound(err) {
		o.Document = ""
		return nil
	}
	if err != nil {
		return err
	}
	text, err := awsclient.PolicyText(document)
	if err != nil {
		return fmt.Errorf("inline policy %s: %w", PolicyName(w.Want.Bucket), err)
	}
	at := ""
	if w.Want.WebAdmin {
		if at, err = g.sites.Distribution(ctx, w.Want.site()); err != nil {
			return err
		}
	}
	o.Document, o.Distribution = text, at
	return nil
}

func (s Spec) site() access.Site {
	return access.Site{Name: s.Bucket, Partition: s.Partition, AccountID: s.AccountID, Path: s.IAMPath}
}

func (g grants) get(ctx context.Context, s Spec) (document *string, err error) {
	name := PolicyName(s.Bucket)
	switch s.Kind {
	case Role:
		out, err := g.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &s.Principal, PolicyName: &name})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	case User:
		out, err := g.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &s.Principal, PolicyName: &name})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	case Group:
		out, err := g.GetGroupPolicy(ctx, &iam.GetGroupPolicyInput{GroupName: &s.Principal, PolicyName: &name})
		if err != nil {
			return nil, err
		}
		return out.PolicyDocument, nil
	}
	return nil, errors.New("a principal is a role, a user or a group, not " + s.Kind)
}

func (g grants) put(ctx context.Context, s Spec, document string) (err error) {
	name := PolicyName(s.Bucket)
	switch s.Kind {
	case Role:
		in := &iam.PutRolePolicyInput{RoleName: &s.Principal, PolicyName: &name, PolicyDocument: &document}
		_, err = g.PutRolePolicy(ctx, in)
	case User:
		in := &iam.PutUserPolicyInput{UserName: &s.Principal, PolicyName: &name, PolicyDocument: &document}
		_, err = g.PutUserPolicy(ctx, in)
	default:
		in := &iam.PutGroupPolicyInput{GroupName: &s.Principal, PolicyName: &name, PolicyDocument: &document}
		_, err = g.PutGroupPolicy(ctx, in)
	}
	return err
}

func (g grants) remove(ctx context.Context, s Spec) (err error) {
	name := PolicyName(s.Bucket)
	switch s.Kind {
	case Role:
		_, err = g.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &s.Principal, PolicyName: &name})
	case User:
		_, err = g.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: &s.Principal, PolicyName: &name})
	default:
		_, err = g.DeleteGroupPolicy(ctx, &iam.DeleteGroupPolicyInput{GroupName: &s.Principal, PolicyName: &name})
	}
	return err
}
