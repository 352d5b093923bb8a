package access

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// maxPolicyVersions is how many versions IAM keeps of a managed policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxPolicyVersions = 5

// groups holds what the part needs to act.
type groups struct {
	API
	conn *awsclient.Conn
}

// ByGroup is the part of a level that a managed policy and a group, to which it is attached, give to the group's
// members.
func ByGroup(conn *awsclient.Conn) reconcile.Part[Spec, Status] {
	g := groups{API: NewAPI(conn), conn: conn}
	return part{
		Attribute: "access_levels",
		Watched:   func(s Spec) bool { return s.Wanted || s.ReadAll },
		Wanted:    func(w wish) bool { return w.Want.Wanted },
		Present:   Status.Exists,
		InSync: func(w wish, o Status) bool {
			return o.Policy != nil && w.Want.Fits(o.Policy.Document) && o.Group != nil && o.Group.Attached
		},
		Describe: describe,
		Observe: func(ctx context.Context, w wish, o *Status) error {
			seen, err := g.observe(ctx, w)
			if err != nil {
				return err
			}
			*o = seen
			return nil
		},
		Claim:     func(_ context.Context, w wish, o Status) error { return claim(w, o) },
		Enters:    func(w wish) bool { return !w.Before().Wanted },
		CanRemove: func(ctx context.Context, w wish, o Status) error { return g.unused(ctx, w.Want, o) },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			if err := g.applyPolicy(ctx, w, o); err != nil {
				return err
			}
			if err := g.applyGroup(ctx, w.Want, o); err != nil {
				return err
			}
			return g.attach(ctx, w.Want, o)
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if err := g.removeGroup(ctx, w.Want, o); err != nil {
				return err
			}
			return g.removePolicy(ctx, o)
		},
	}
}

// describe names the level's objects, and says which is missing or altered.
func describe(w wish, o Status) (object, fault string) {
	group, policy := *w.Want.groupName(), w.Want.policyName()
	object = "group " + group + ", policy " + policy
	switch {
	case o.Group == nil && o.Policy == nil:
	case o.Group == nil:
		fault = "The group " + group + " does not exist."
	case o.Policy == nil:
		fault = "The policy " + policy + " does not exist."
	case !o.Group.Attached:
		fault = "The policy " + policy + " is not attached to the group " + group + "."
	case !w.Want.Fits(o.Policy.Document):
		fault = "The policy " + policy + " does not say what the level " + string(w.Want.Level) + " is."
	}
	return object, fault
}

// observe reads group, attachments and policy at once. A policy of the level's name that is attached to the group is
// the level's policy, whatever path it was made at.
func (g groups) observe(ctx context.Context, w wish) (Status, error) {
	s := w.Want
	var (
		seen     Status
		group    *Group
		attached []types.AttachedPolicy
		calls    errgroup.Group
	)
	calls.Go(func() error {
		out, err := g.GetGroup(ctx, &iam.GetGroupInput{GroupName: s.groupName()})
		if err != nil {
			return awsclient.Absent(err)
		}
		group = &Group{ARN: aws.ToString(out.Group.Arn)}
		for _, user := range out.Users {
			group.Members = append(group.Members, aws.ToString(user.UserName))
		}
		return nil
	})
	calls.Go(func() error {
		in := &iam.ListAttachedGroupPoliciesInput{GroupName: s.groupName()}
		out, err := g.ListAttachedGroupPolicies(ctx, in)
		if err != nil {
			return awsclient.Absent(err)
		}
		attached = out.AttachedPolicies
		return nil
	})
	calls.Go(func() (err error) {
		seen.Policy, err = g.observePolicy(ctx, policyARN(w))
		return err
	})
	if err := calls.Wait(); err != nil {
		return seen, err
	}
	seen.Group = group
	if group == nil {
		return seen, nil
	}
	for _, policy := range attached {
		if aws.ToString(policy.PolicyName) != s.policyName() {
			group.Others = append(group.Others, aws.ToString(policy.PolicyName))
			continue
		}
		if arn := aws.ToString(policy.PolicyArn); seen.Policy == nil || seen.Policy.ARN != arn {
			var err error
			if seen.Policy, err = g.observePolicy(ctx, arn); err != nil {
				return seen, err
			}
		}
		group.Attached = seen.Policy != nil // IAM may list one that it no longer shows, or not yet
	}
	return seen, nil
}

func (g groups) observePolicy(ctx context.Context, arn string) (*Policy, error) {
	out, err := g.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	in := &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: out.Policy.DefaultVersionId}
	version, err := g.GetPolicyVersion(ctx, in)
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	text, err := awsclient.PolicyText(version.PolicyVersion.Document)
	if err != nil {
		return nil, fmt.Errorf("document of %s: %w", arn, err)
	}
	return &Policy{ARN: arn, Description: aws.ToString(out.Policy.Description), Document: text}, nil
}

// claim refuses objects of the level's names that are not the level's. The policy is if state knows its ARN or if it
// bears the level's description, the group if state knows its ARN or if the level's policy is attached to it.
func claim(w wish, have Status) error {
	var found []string
	if have.Policy != nil && !ownsPolicy(w, *have.Policy) {
		found = append(found, "policy "+have.Policy.ARN)
	}
	if have.Group != nil && !ownsGroup(w, have) {
		found = append(found, "group "+have.Group.ARN)
	}
	if len(found) == 0 {
		return nil
	}
	instead := ""
	if w.Want.Optional {
		instead = ", or leave the level out of access_levels"
	}
	return fmt.Errorf("access level %s: %w: %s; delete or rename it%s",
		w.Want.Level, reconcile.ErrForeign, strings.Join(found, ", "), instead)
}

func ownsPolicy(w wish, seen Policy) bool {
	return seen.ARN == w.Before().PolicyARN || seen.Description == Description(w.Want.Name, w.Want.Level)
}

func ownsGroup(w wish, have Status) bool {
	bears := have.Group.Attached && have.Policy != nil && ownsPolicy(w, *have.Policy)
	return bears || have.Group.ARN != "" && have.Group.ARN == w.Before().GroupARN
}

// unused refuses to remove a level that is in use.
func (g groups) unused(ctx context.Context, s Spec, have Status) error {
	users, err := g.usersOfGroup(ctx, s, have.Group)
	if err != nil {
		return err
	}
	if policy := have.Policy; policy != nil {
		out, err := g.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &policy.ARN})
		if err := awsclient.Absent(err); err != nil {
			return err
		}
		if err == nil {
			users = append(users, usersOfPolicy(out, s)...)
		}
	}
	if len(users) == 0 {
		return nil
	}
	return fmt.Errorf("access level %s is still in use: %s; remove that first", s.Level, strings.Join(users, "; "))
}

// usersOfGroup are the members of the group, and its policies other than the level's own.
func (g groups) usersOfGroup(ctx context.Context, s Spec, group *Group) ([]string, error) {
	if group == nil {
		return nil, nil
	}
	var users []string
	name := s.groupName()
	for _, member := range group.Members {
		users = append(users, fmt.Sprintf("user %s is a member of group %s", member, *name))
	}
	for _, policy := range group.Others {
		users = append(users, fmt.Sprintf("policy %s is attached to group %s", policy, *name))
	}
	out, err := g.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: name})
	if err != nil {
		return users, awsclient.Absent(err)
	}
	for _, policy := range out.PolicyNames {
		users = append(users, fmt.Sprintf("group %s has the inline policy %s", *name, policy))
	}
	return users, nil
}

// usersOfPolicy are the entities other than the level's own group that the policy is attached to.
func usersOfPolicy(out *iam.ListEntitiesForPolicyOutput, s Spec) []string {
	var all []string
	add := func(kind string, name *string) {
		all = append(all, fmt.Sprintf("policy %s is attached to %s %s", s.policyName(), kind, aws.ToString(name)))
	}
	for _, group := range out.PolicyGroups {
		if aws.ToString(group.GroupName) != *s.groupName() {
			add("group", group.GroupName)
		}
	}
	for _, user := range out.PolicyUsers {
		add("user", user.UserName)
	}
	for _, role := range out.PolicyRoles {
		add("role", role.RoleName)
	}
	return all
}

func (g groups) applyPolicy(ctx context.Context, w wish, have *Status) error {
	s := w.Want
	if have.Policy == nil {
		return g.createPolicy(ctx, w, have)
	}
	if s.Fits(have.Policy.Document) {
		return nil
	}
	if err := g.deleteVersions(ctx, have.Policy.ARN, maxPolicyVersions-1); err != nil {
		return err
	}
	_, err := g.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
		PolicyArn:      &have.Policy.ARN,
		PolicyDocument: &s.Document,
		SetAsDefault:   true,
	})
	if err != nil {
		return err
	}
	have.Policy.Document = s.Document
	return nil
}

func (g groups) createPolicy(ctx context.Context, w wish, have *Status) error {
	s := w.Want
	mark := Description(s.Name, s.Level)
	out, err := g.CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName:     aws.String(s.policyName()),
		Path:           &s.Path,
		Description:    &mark,
		PolicyDocument: &s.Document,
	})
	if err == nil {
		have.Policy = &Policy{ARN: aws.ToString(out.Policy.Arn), Description: mark, Document: s.Document}
		return nil
	}
	refused := err
	if err := forgiveOwn(err); err != nil {
		return err
	}
	seen, err := g.observePolicy(ctx, policyARN(w))
	switch {
	case err != nil:
		return err
	case seen == nil: // a read may not show a new policy yet
		seen = &Policy{ARN: policyARN(w), Description: mark, Document: s.Document}
	case seen.Description != mark:
		return fmt.Errorf("%w: %w", reconcile.ErrForeign, refused)
	}
	have.Policy = seen
	return nil
}

// forgiveOwn returns nil if the object exists because an earlier attempt of the same call made it and only the answer
// was lost, and ErrForeign if somebody else made it. Call it for a name that was seen to be free before the call.
func forgiveOwn(err error) error {
	switch {
	case !awsclient.IsExists(err):
		return err
	case awsclient.MayHaveWorked(err):
		return nil
	}
	return fmt.Errorf("%w: %w", reconcile.ErrForeign, err)
}

func (g groups) applyGroup(ctx context.Context, s Spec, have *Status) error {
	if have.Group != nil {
		return nil
	}
	out, err := g.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: s.groupName(), Path: &s.Path})
	if err := forgiveOwn(err); err != nil {
		return err
	}
	have.Group = &Group{}
	if err == nil {
		have.Group.ARN = aws.ToString(out.Group.Arn)
	}
	return nil
}

func (g groups) attach(ctx context.Context, s Spec, have *Status) error {
	if have.Group.Attached {
		return nil
	}
	// IAM may not yet show a new policy and group everywhere.
	const what = "the new policy and group to be known everywhere"
	err := g.conn.Patiently(ctx, what, awsclient.IsNotFound, func() error {
		in := &iam.AttachGroupPolicyInput{GroupName: s.groupName(), PolicyArn: &have.Policy.ARN}
		_, err := g.AttachGroupPolicy(ctx, in)
		return err
	})
	if err != nil {
		return err
	}
	have.Group.Attached = true
	return nil
}

func (g groups) removeGroup(ctx context.Context, s Spec, have *Status) error {
	if have.Group == nil {
		return nil
	}
	if have.Group.Attached {
		in := &iam.DetachGroupPolicyInput{GroupName: s.groupName(), PolicyArn: &have.Policy.ARN}
		_, err := g.DetachGroupPolicy(ctx, in)
		if err := awsclient.Absent(err); err != nil {
			return err
		}
		have.Group.Attached = false
	}
	err := g.conn.Patiently(ctx, "the group to be seen without its policy", awsclient.IsConflict, func() error {
		_, err := g.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: s.groupName()})
		return awsclient.Absent(err)
	})
	if err != nil {
		return err
	}
	have.Group = nil
	return nil
}

func (g groups) removePolicy(ctx context.Context, have *Status) error {
	if have.Policy == nil {
		return nil
	}
	if err := g.deleteVersions(ctx, have.Policy.ARN, 1); err != nil {
		return err
	}
	err := g.conn.Patiently(ctx, "the policy to be seen detached", awsclient.IsConflict, func() error {
		_, err := g.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &have.Policy.ARN})
		return awsclient.Absent(err)
	})
	if err != nil {
		return err
	}
	have.Policy = nil
	return nil
}

// deleteVersions deletes the oldest versions that are not the default until at most keep are left.
func (g groups) deleteVersions(ctx context.Context, arn string, keep int) error {
	out, err := g.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return awsclient.Absent(err)
	}
	old := slices.DeleteFunc(out.Versions, func(v types.PolicyVersion) bool { return v.IsDefaultVersion })
	slices.SortFunc(old, func(x, y types.PolicyVersion) int {
		return aws.ToTime(x.CreateDate).Compare(aws.ToTime(y.CreateDate))
	})
	for _, version := range old[:max(0, len(old)+1-keep)] {
		in := &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: version.VersionId}
		_, err := g.DeletePolicyVersion(ctx, in)
		if err := awsclient.Absent(err); err != nil {
			return err
		}
	}
	return nil
}
