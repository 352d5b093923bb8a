package bucketrole

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

type (
	composite = reconcile.Composite[Spec, Status]
	part      = reconcile.Part[Spec, Status]
	wish      = reconcile.Wish[Spec]
)

// bucketRole holds what the parts need to act.
type bucketRole struct {
	API
	sites    access.Sites
	conn     *awsclient.Conn
	asked    *asked
	register *register
}

// parallel is how many calls are made at once.
const parallel = 8

// New is the composite behind spinup_bucket_role. What limits the role comes before what it may do, and that before the
// provider that lets somebody in.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	b := bucketRole{NewAPI(conn), access.NewSites(conn), conn, &asked{}, registerOf(conn)}
	return composite{
		Noun:     "bucket role",
		Parts:    []part{b.role(), b.boundary(), b.tags(), b.session(), b.trust(), b.access(), b.providers()},
		Parallel: parallel,
		Rescue:   b.conn.Pace.Rescue,
		Until:    b.conn.Until,
		WithoutRoot: func(o *Status) {
			o.Inline = nil
			o.Providers = slices.DeleteFunc(o.Providers, func(p Seen) bool { return p.Mark == "" })
		},
	}
}

func (b bucketRole) role() part {
	return part{
		Attribute: "name",
		Present:   func(o Status) bool { return o.Role != nil },
		Observe:   b.find,
		Claim:     claim,
		Enters:    func(w wish) bool { return w.Prior != nil && w.Prior.Lost },
		Apply:     b.create,
		CanRemove: b.unused,
		Remove:    b.delete,
	}
}

// patiently repeats a write while IAM does not yet show everywhere what this run made.
func (b bucketRole) patiently(ctx context.Context, o *Status, write func() error) error {
	early := func(err error) bool { return o.Role != nil && o.Role.Created && awsclient.IsNotFound(err) }
	return b.conn.Patiently(ctx, "the role to be known everywhere", early, write)
}

// setting is a part that is seen with the role.
func (b bucketRole) setting(
	attribute string, inSync func(Spec, Role) bool, write func(ctx context.Context, s Spec, role *Role) error,
) part {
	return part{
		Attribute: attribute,
		Inside:    true,
		Present:   func(o Status) bool { return o.Role != nil },
		InSync:    func(w wish, o Status) bool { return inSync(w.Want, *o.Role) },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			return b.patiently(ctx, o, func() error { return write(ctx, w.Want, o.Role) })
		},
	}
}

func (b bucketRole) boundary() part {
	return b.setting("permissions_boundary",
		func(s Spec, role Role) bool { return role.Boundary == s.Boundary },
		func(ctx context.Context, s Spec, role *Role) (err error) {
			if s.Boundary == "" {
				_, err = b.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: &role.Name})
			} else {
				_, err = b.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
					RoleName: &role.Name, PermissionsBoundary: &s.Boundary,
				})
			}
			return err
		})
}

func (b bucketRole) tags() part {
	return b.setting("tags",
		func(s Spec, role Role) bool { return maps.Equal(s.OwnTags(role.Tags), s.Tags) },
		func(ctx context.Context, s Spec, role *Role) error {
			gone := mark.Gone(role.Tags, s.Tags, s.IgnoreTag)
			if len(gone) > 0 {
				if _, err := b.UntagRole(ctx, &iam.UntagRoleInput{RoleName: &role.Name, TagKeys: gone}); err != nil {
					return err
				}
			}
			if len(s.Tags) == 0 {
				return nil
			}
			_, err := b.TagRole(ctx, &iam.TagRoleInput{RoleName: &role.Name, Tags: principal.Tags(s.Tags)})
			return err
		})
}

func (b bucketRole) session() part {
	return b.setting("max_session_duration",
		func(s Spec, role Role) bool { return role.MaxSession == s.MaxSession },
		func(ctx context.Context, s Spec, role *Role) error {
			_, err := b.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: &role.Name, MaxSessionDuration: &s.MaxSession})
			return err
		})
}

// trust is the trust policy. It has one owner: whatever else it says is drift.
func (b bucketRole) trust() part {
	p := b.setting("trust",
		func(s Spec, role Role) bool {
			partition, account := Home(role.ARN)
			seen, whole := ReadTrust(role.Trust, partition, account)
			return whole && seen.Same(s.Trust)
		},
		func(ctx context.Context, s Spec, role *Role) error {
			partition, account := Home(role.ARN)
			document := s.Trust.Document(partition, account)
			_, err := b.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
				RoleName: &role.Name, PolicyDocument: &document,
			})
			return err
		})
	p.Enters = func(w wish) bool { return len(newProviders(w)) > 0 }
	p.CanApply = b.canTrust
	return p
}

// access is what the role may do, by inline policies. The new access is given before the old one is taken.
func (b bucketRole) access() part {
	return part{
		Attribute: "access",
		Inside:    true,
		Present:   func(o Status) bool { return o.Inline != nil },
		InSync:    func(w wish, o Status) bool { return w.Want.inSync(o.Inline) },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			inline, err := b.inline(ctx, w)
			if err == nil {
				o.Inline = inline
			}
			return err
		},
		Enters: func(w wish) bool { return w.Want.WebAdmin && !w.Before().WebAdmin },
		CanApply: func(ctx context.Context, w wish, _ Status) error {
			if !w.Want.WebAdmin {
				return nil
			}
			return b.sites.CanAdminister(ctx, w.Want.site(), w.Want.Promised)
		},
		Apply: b.putInline,
	}
}

// inline reads the role's inline policies, and what those of a web admin should say.
func (b bucketRole) inline(ctx context.Context, w wish) (*Inline, error) {
	s := w.Want
	seen := &Inline{Documents: map[string]string{}}
	names, err := b.inlineNames(ctx, s.Name)
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	for _, name := range names {
		own := ownPolicy(w, name)
		if !own && !access.IsPathPolicyName(s.Bucket, name) { // which an apply that ended early may have left
			seen.Others = append(seen.Others, name)
			continue
		}
		out, err := b.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &s.Name, PolicyName: &name})
		if awsclient.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		text, err := awsclient.PolicyText(out.PolicyDocument)
		if err != nil {
			return nil, fmt.Errorf("inline policy %s: %w", name, err)
		}
		if grant, ok := readPolicy(w, name, text); own || ok && (grant.Level != "" || s.ReadAll) {
			seen.Documents[name] = text
			continue
		}
		seen.Others = append(seen.Others, name)
	}
	if _, has := seen.Documents[s.webPolicy()]; has && (s.WebAdmin || s.ReadAll) {
		if seen.Distribution, err = b.sites.Distribution(ctx, s.site()); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

func (b bucketRole) inlineNames(ctx context.Context, role string) (names []string, err error) {
	in := &iam.ListRolePoliciesInput{RoleName: &role}
	for {
		page, err := b.ListRolePolicies(ctx, in)
		if err != nil {
			return nil, err
		}
		names = append(names, page.PolicyNames...)
		if !page.IsTruncated {
			return names, nil
		}
		in.Marker = page.Marker
	}
}

func (s Spec) site() access.Site {
	return access.Site{Name: s.Bucket, Partition: s.Partition, AccountID: s.AccountID, Path: s.IAMPath}
}

func (b bucketRole) putInline(ctx context.Context, w wish, o *Status) error {
	s, grant := w.Want, w.Want.Grant()
	if o.Inline == nil {
		o.Inline = &Inline{Documents: map[string]string{}}
	}
	if live, ok := o.Inline.Documents[grant.PolicyName()]; !ok || !grant.Accepts(live) {
		if err := b.put(ctx, o, grant.PolicyName(), grant.Document()); err != nil {
			return err
		}
	}
	if s.WebAdmin && !s.webAdmin(o.Inline) {
		arn, err := b.sites.Existing(ctx, s.site())
		if err != nil {
			return err
		}
		if err := b.put(ctx, o, s.webPolicy(), access.WebAdminDocument(arn)); err != nil {
			return err
		}
	}
	return b.drop(ctx, o, s.stale(o.Inline))
}

func (b bucketRole) put(ctx context.Context, o *Status, name, document string) error {
	err := b.patiently(ctx, o, func() error {
		_, err := b.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
			RoleName: &o.Role.Name, PolicyName: &name, PolicyDocument: &document,
		})
		return err
	})
	if err == nil {
		o.Inline.Documents[name] = document
	}
	return err
}

func (b bucketRole) drop(ctx context.Context, o *Status, policies []string) error {
	for _, policy := range policies {
		_, err := b.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &o.Role.Name, PolicyName: &policy})
		if err := awsclient.Absent(err); err != nil {
			return err
		}
		delete(o.Inline.Documents, policy)
	}
	return nil
}
