package bucketuser

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

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

// bucketUser holds what the parts need to act.
type bucketUser struct {
	API
	conn     *awsclient.Conn
	finder   *finder
	register *register
}

// parallel is how many calls are made at once.
const parallel = 8

// New is the composite behind spinup_bucket_user. The key is last: IAM returns its secret only once, so all that can
// fail is done before.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	return newBucketUser(NewAPI(conn), conn).composite()
}

func newBucketUser(api API, conn *awsclient.Conn) bucketUser {
	return bucketUser{API: api, conn: conn, finder: &finder{}, register: registerOf(conn)}
}

func (b bucketUser) composite() composite {
	return composite{
		Noun:     "bucket user",
		Parts:    []part{b.user(), b.boundary(), b.tags(), b.access(), b.stored(), b.accessKey()},
		Parallel: parallel,
		Rescue:   b.conn.Pace.Rescue,
		Until:    b.conn.Until,
		WithoutRoot: func(o *Status) {
			o.Groups, o.Inline = nil, nil
			o.Current, o.Previous, o.Others, o.Use, o.Gone = nil, nil, nil, nil, false
		},
	}
}

// early reports whether an error is a not-found of what this run made and IAM does not yet show everywhere.
func early(o *Status) func(error) bool {
	return func(err error) bool { return o.User != nil && o.User.Created && awsclient.IsNotFound(err) }
}

func (b bucketUser) user() part {
	return part{
		Attribute: "name",
		Present:   func(o Status) bool { return o.User != nil },
		InSync:    func(w wish, o Status) bool { return o.User.Name == w.Want.Name },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			var made *User
			if o.User != nil && o.User.Created {
				made = o.User
			}
			found := b.look(ctx, w, made)
			if found.err != nil {
				return found.err
			}
			o.User, o.Taken = found.ours, found.taken
			if o.User != nil {
				o.User.Created = made != nil
			}
			return nil
		},
		Claim: claim,
		Enters: func(w wish) bool {
			return w.Prior != nil && (w.Prior.Lost || w.Want.Name != w.Prior.Name)
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if o.User != nil {
				return b.rename(ctx, s, o)
			}
			return b.createUser(ctx, s, o)
		},
		CanRemove: b.unused,
		Remove:    b.delete,
	}
}

func userOf(u *types.User) *User {
	user := &User{
		Name: aws.ToString(u.UserName), ARN: aws.ToString(u.Arn), ID: aws.ToString(u.UserId), Tags: map[string]string{},
	}
	if u.PermissionsBoundary != nil {
		user.Boundary = aws.ToString(u.PermissionsBoundary.PermissionsBoundaryArn)
	}
	for _, tag := range u.Tags {
		user.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return user
}

// rename renames the user. Its keys, groups and policies stay with it.
func (b bucketUser) rename(ctx context.Context, s Spec, o *Status) error {
	_, err := b.UpdateUser(ctx, &iam.UpdateUserInput{UserName: &o.User.Name, NewUserName: &s.Name})
	if err != nil {
		b.searchAgain() // the answer may be all that was lost
		return err
	}
	o.User.Name, o.User.Created = s.Name, true // IAM may not yet show the new name everywhere
	b.note(*o.User)
	return nil
}

// boundary is seen with the user.
func (b bucketUser) boundary() part {
	return part{
		Attribute: "permissions_boundary",
		Inside:    true,
		Present:   func(o Status) bool { return o.User != nil },
		InSync:    func(w wish, o Status) bool { return o.User.Boundary == w.Want.Boundary },
		CanApply: func(_ context.Context, w wish, _ Status) error {
			if w.Want.Boundary != "" && b.conn.Platform.Lacks(awsclient.Groups) { // the user would be made, and not be limited
				return fmt.Errorf("permissions_boundary is %q, but the platform %q has no permissions boundaries: leave it unset",
					w.Want.Boundary, b.conn.Platform.Name)
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			return b.patiently(ctx, early(o), func() (err error) {
				if s.Boundary == "" {
					_, err = b.DeleteUserPermissionsBoundary(ctx, &iam.DeleteUserPermissionsBoundaryInput{UserName: &o.User.Name})
				} else {
					_, err = b.PutUserPermissionsBoundary(ctx, &iam.PutUserPermissionsBoundaryInput{
						UserName: &o.User.Name, PermissionsBoundary: &s.Boundary,
					})
				}
				return err
			})
		},
	}
}

// tags are seen with the user.
func (b bucketUser) tags() part {
	return part{
		Attribute: "tags",
		Inside:    true,
		Present:   func(o Status) bool { return o.User != nil },
		InSync:    func(w wish, o Status) bool { return maps.Equal(w.Want.OwnTags(o.User.Tags), w.Want.Tags) },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			gone := mark.Gone(o.User.Tags, s.Tags, s.IgnoreTag)
			if len(gone) > 0 {
				err := b.patiently(ctx, early(o), func() error {
					_, err := b.UntagUser(ctx, &iam.UntagUserInput{UserName: &o.User.Name, TagKeys: gone})
					return err
				})
				if err != nil {
					return err
				}
			}
			if len(s.Tags) == 0 {
				return nil
			}
			return b.patiently(ctx, early(o), func() error {
				_, err := b.TagUser(ctx, &iam.TagUserInput{UserName: &o.User.Name, Tags: principal.Tags(s.Tags)})
				return err
			})
		},
	}
}

// patiently repeats a write while IAM does not yet show everywhere what this run made.
func (b bucketUser) patiently(ctx context.Context, early func(error) bool, write func() error) error {
	return b.conn.Patiently(ctx, "the user to be known everywhere", early, write)
}

// access is what the user may do: by a group of the bucket, or by an inline policy if it is confined to a path or
// groups are not wanted. Both are one part because a user can change from one to the other: the new access is given
// before the old one is taken.
func (b bucketUser) access() part {
	return part{
		Attribute: "access",
		Inside:    true,
		Present:   func(o Status) bool { return o.Groups != nil && o.Inline != nil },
		InSync: func(w wish, o Status) bool {
			s := w.Want
			join, leave := s.moves(o.Groups)
			return len(join)+len(leave)+len(s.stale(o.Inline)) == 0 && s.granted(o.Inline)
		},
		Observe: b.observeAccess,
		Enters: func(w wish) bool {
			was := w.Before().Groups()
			return slices.ContainsFunc(w.Want.Groups(), func(group string) bool { return !slices.Contains(was, group) })
		},
		CanApply: func(ctx context.Context, w wish, o Status) error {
			s := w.Want
			join, _ := s.moves(o.Groups)
			for _, group := range join {
				if s.Promised != nil && s.Promised(group) {
					continue
				}
				_, err := b.GetGroup(ctx, &iam.GetGroupInput{GroupName: &group, MaxItems: aws.Int32(1)})
				if err != nil {
					return s.missing(group, err)
				}
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			join, leave := s.moves(o.Groups)
			if err := b.putInline(ctx, s, o); err != nil {
				return err
			}
			for _, group := range join {
				if err := b.join(ctx, o, group); err != nil {
					return s.missing(group, err)
				}
			}
			for _, group := range leave {
				if err := b.leave(ctx, o, group); err != nil {
					return err
				}
			}
			return b.deleteInline(ctx, o, s.stale(o.Inline))
		},
	}
}

// observeAccess reads the user's groups and its inline policies, both at once.
func (b bucketUser) observeAccess(ctx context.Context, w wish, o *Status) error {
	name := b.name(ctx, w)
	if name == "" {
		o.Groups, o.Inline = nil, nil
		return nil
	}
	var groups []string
	var inline *Inline
	var reads errgroup.Group
	reads.Go(func() (err error) { groups, err = b.groups(ctx, name); return awsclient.Absent(err) })
	reads.Go(func() (err error) { inline, err = b.inline(ctx, w, name); return awsclient.Absent(err) })
	if err := reads.Wait(); err != nil {
		return err
	}
	o.Groups, o.Inline = groups, inline
	return nil
}

// groups are the user's groups. A store without groups has no user in one; being denied to look never means that.
func (b bucketUser) groups(ctx context.Context, name string) ([]string, error) {
	groups := []string{}
	if b.conn.Platform.Lacks(awsclient.Groups) {
		return groups, nil
	}
	out, err := b.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: &name})
	if awsclient.IsNotImplemented(err) && !awsclient.IsNoEndpoint(err) {
		return groups, nil
	}
	if err != nil {
		return nil, err
	}
	for _, group := range out.Groups {
		groups = append(groups, aws.ToString(group.GroupName))
	}
	return groups, nil
}

func (b bucketUser) inline(ctx context.Context, w wish, name string) (*Inline, error) {
	out, err := b.ListUserPolicies(ctx, &iam.ListUserPoliciesInput{UserName: &name})
	if err != nil {
		return nil, err
	}
	seen := &Inline{Documents: map[string]string{}}
	for _, policy := range out.PolicyNames {
		if !ownPolicy(w, policy) {
			seen.Others = append(seen.Others, policy)
			continue
		}
		out, err := b.GetUserPolicy(ctx, &iam.GetUserPolicyInput{UserName: &name, PolicyName: &policy})
		if awsclient.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		text, err := awsclient.PolicyText(out.PolicyDocument)
		if err != nil {
			return nil, fmt.Errorf("inline policy %s: %w", policy, err)
		}
		seen.Documents[policy] = text
	}
	return seen, nil
}

// granted reports whether the inline policy exists that gives the access, or none is wanted.
func (s Spec) granted(have *Inline) bool {
	if s.group() != "" {
		return true
	}
	live, ok := have.Documents[s.grant().PolicyName()]
	return ok && s.grant().Accepts(live)
}

// stale are the provider's inline policies except the one that gives the access.
func (s Spec) stale(have *Inline) []string {
	if have == nil {
		return nil
	}
	keep := ""
	if s.group() == "" {
		keep, _ = s.policy()
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(have.Documents)), func(policy string) bool { return policy == keep })
}

// putInline writes the inline policy that gives the access, if one is wanted and missing.
func (b bucketUser) putInline(ctx context.Context, s Spec, o *Status) error {
	if o.Inline != nil && s.granted(o.Inline) || s.group() != "" {
		return nil
	}
	name, document := s.policy()
	put := func() error {
		return b.patiently(ctx, early(o), func() error {
			_, err := b.PutUserPolicy(ctx, &iam.PutUserPolicyInput{
				UserName: &o.User.Name, PolicyName: &name, PolicyDocument: &document,
			})
			return err
		})
	}
	err := put()
	if stale := s.stale(o.Inline); awsclient.IsLimitExceeded(err) && len(stale) > 0 {
		// Together, old and new exceed what IAM allows a user: for a moment there is neither.
		if err := b.deleteInline(ctx, o, stale); err != nil {
			return err
		}
		err = put()
	}
	if err != nil {
		return err
	}
	if o.Inline == nil {
		o.Inline = &Inline{Documents: map[string]string{}}
	}
	o.Inline.Documents[name] = document
	return nil
}

func (b bucketUser) deleteInline(ctx context.Context, o *Status, policies []string) error {
	for _, policy := range policies {
		_, err := b.DeleteUserPolicy(ctx, &iam.DeleteUserPolicyInput{UserName: &o.User.Name, PolicyName: &policy})
		if err := awsclient.Absent(err); err != nil {
			return err
		}
		delete(o.Inline.Documents, policy)
	}
	return nil
}

// moves are the groups of the bucket to join and to leave. Other groups are left alone.
func (s Spec) moves(in []string) (join, leave []string) {
	want := s.Groups()
	for _, group := range want {
		if !slices.Contains(in, group) {
			join = append(join, group)
		}
	}
	for _, group := range s.ownGroups() {
		if slices.Contains(in, group) && !slices.Contains(want, group) {
			leave = append(leave, group)
		}
	}
	return join, leave
}

func (b bucketUser) join(ctx context.Context, o *Status, group string) error {
	err := b.patiently(ctx, early(o), func() error {
		_, err := b.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: &o.User.Name, GroupName: &group})
		return err
	})
	if err == nil {
		o.Groups = append(o.Groups, group)
	}
	return err
}

func (b bucketUser) leave(ctx context.Context, o *Status, group string) error {
	_, err := b.RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{UserName: &o.User.Name, GroupName: &group})
	if err := awsclient.Absent(err); err != nil {
		return err
	}
	o.Groups = slices.DeleteFunc(o.Groups, func(in string) bool { return in == group })
	return nil
}

// missing adds to a not-found of a group how to get it.
func (s Spec) missing(group string, err error) error {
	switch {
	case awsclient.IsNotImplemented(err) && group == s.group():
		return fmt.Errorf("the store has no groups: set grant to \"inline\": %w", err)
	case awsclient.IsNotImplemented(err):
		return fmt.Errorf("the store has no groups: leave web_admin unset: %w", err)
	case !awsclient.IsNotFound(err):
		return err
	case group == access.GroupName(s.Bucket, access.WebAdmin):
		return fmt.Errorf("there is no group %s: web_admin is for websites: %w", group, err)
	}
	return fmt.Errorf("there is no group %s: add %q to access_levels of spinup_bucket %q first: %w",
		group, s.Access, s.Bucket, err)
}
