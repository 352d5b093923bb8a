package bucket

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// maxPolicyVersions is how many versions IAM keeps of a managed policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxPolicyVersions = 5

// level is an access level: a managed policy, and a group that it is attached to.
func (b bucket) level(l Level) part {
	return part{
		Attribute: "access_levels",
		Watched:   func(s Spec) bool { return slices.Contains(s.Levels, l) || s.ReadAll && b.conn.Platform.Groups },
		Wanted:    func(w wish) bool { return slices.Contains(w.Want.Levels, l) },
		Present:   func(o Status) bool { return o.Level(l).Exists() },
		InSync: func(w wish, o Status) bool {
			have := o.Level(l)
			return have.Policy != nil && w.Want.accepts(l, have.Policy.Document) &&
				have.Group != nil && have.Group.Attached
		},
		Observe: func(ctx context.Context, w wish, o *Status) error {
			seen, err := b.observeLevel(ctx, w, l)
			if err != nil {
				return err
			}
			*o.Level(l) = seen
			return nil
		},
		CanApply:  func(_ context.Context, w wish, o Status) error { return claim(w, l, *o.Level(l)) },
		CanRemove: func(ctx context.Context, w wish, o Status) error { return b.unused(ctx, w.Want, l, *o.Level(l)) },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			have := o.Level(l)
			if err := b.applyPolicy(ctx, w, l, have); err != nil {
				return err
			}
			if err := b.applyGroup(ctx, s, l, have); err != nil {
				return err
			}
			return b.attach(ctx, s, l, have)
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			have := o.Level(l)
			if err := b.removeGroup(ctx, s, l, have); err != nil {
				return err
			}
			return b.removePolicy(ctx, have)
		},
	}
}

// The names and texts of a level: those of the bucket or, for WebAdmin, of the site in front of it.

func (s Spec) policyName(l Level) string { return PolicyName(s.of(l), l) }
func (s Spec) groupName(l Level) string  { return GroupName(s.of(l), l) }

func (s Spec) of(l Level) string {
	if l == WebAdmin {
		return s.Site
	}
	return s.Name
}

func (s Spec) description(l Level) string {
	if l == WebAdmin {
		return "Admin policy for " + s.Site + " web distribution"
	}
	return Description(s.Name, l)
}

func (s Spec) levelDocument(l Level) string {
	if l == WebAdmin {
		return text(WebAdminStatement(s.WebAdminARN))
	}
	return LevelDocument(s.Partition, s.Name, l)
}

func (s Spec) accepts(l Level, document string) bool {
	if l == WebAdmin {
		return awspolicy.Equivalent(document, s.levelDocument(l))
	}
	return AcceptedDocument(s.Partition, s.Name, l, document)
}

func policyARN(w wish, l Level) string {
	s := w.Want
	if known := cmp.Or(s.PolicyARNs[l], w.Before().PolicyARNs[l]); known != "" {
		return known
	}
	return fmt.Sprintf("arn:%s:iam::%s:policy%s%s", s.Partition, s.AccountID, s.IAMPath, s.policyName(l))
}

// observeLevel looks at group, attachments and policy at once. A policy of the level's name that is attached to the
// group is the level's policy, whatever path it was made at.
func (b bucket) observeLevel(ctx context.Context, w wish, l Level) (LevelStatus, error) {
	s := w.Want
	var (
		seen     LevelStatus
		group    *GroupStatus
		attached []types.AttachedPolicy
		calls    errgroup.Group
	)
	name := aws.String(s.groupName(l))
	calls.Go(func() error {
		out, err := b.GetGroup(ctx, &iam.GetGroupInput{GroupName: name})
		if err != nil {
			return absent(err)
		}
		group = &GroupStatus{ARN: aws.ToString(out.Group.Arn)}
		for _, user := range out.Users {
			group.Members = append(group.Members, aws.ToString(user.UserName))
		}
		return nil
	})
	calls.Go(func() error {
		out, err := b.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: name})
		if err != nil {
			return absent(err)
		}
		attached = out.AttachedPolicies
		return nil
	})
	calls.Go(func() (err error) {
		seen.Policy, err = b.observePolicy(ctx, policyARN(w, l))
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
		if aws.ToString(policy.PolicyName) != s.policyName(l) {
			group.Others = append(group.Others, aws.ToString(policy.PolicyName))
			continue
		}
		group.Attached = true
		if arn := aws.ToString(policy.PolicyArn); seen.Policy == nil || seen.Policy.ARN != arn {
			var err error
			if seen.Policy, err = b.observePolicy(ctx, arn); err != nil {
				return seen, err
			}
		}
	}
	return seen, nil
}

func (b bucket) observePolicy(ctx context.Context, arn string) (*PolicyStatus, error) {
	out, err := b.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if err != nil {
		return nil, absent(err)
	}
	in := &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: out.Policy.DefaultVersionId}
	version, err := b.GetPolicyVersion(ctx, in)
	if err != nil {
		return nil, absent(err)
	}
	text, err := awsclient.PolicyText(version.PolicyVersion.Document)
	if err != nil {
		return nil, fmt.Errorf("document of %s: %w", arn, err)
	}
	return &PolicyStatus{ARN: arn, Document: text}, nil
}

// claim refuses to take over objects that state does not know, unless they are just what we would make. Those grant
// nothing that they did not grant before: they are what is left of a bucket of this name.
func claim(w wish, l Level, have LevelStatus) error {
	if slices.Contains(w.Before().Levels, l) {
		return nil
	}
	var foreign []string
	if have.Policy != nil && !w.Want.accepts(l, have.Policy.Document) {
		foreign = append(foreign, "policy "+have.Policy.ARN)
	}
	if have.Group != nil && !have.Group.Attached {
		foreign = append(foreign, "group "+have.Group.ARN)
	}
	if len(foreign) == 0 {
		return nil
	}
	instead := ", or leave the level out of access_levels"
	if l == WebAdmin { // which is not among them
		instead = ""
	}
	return fmt.Errorf("access level %s: %w: %s; delete or rename it%s",
		l, reconcile.ErrForeign, strings.Join(foreign, ", "), instead)
}

// unused refuses to remove a level that somebody uses.
func (b bucket) unused(ctx context.Context, s Spec, l Level, have LevelStatus) error {
	var users []string
	if group := have.Group; group != nil {
		for _, member := range group.Members {
			users = append(users, fmt.Sprintf("user %s is a member of group %s", member, s.groupName(l)))
		}
		for _, policy := range group.Others {
			users = append(users, fmt.Sprintf("policy %s is attached to group %s", policy, s.groupName(l)))
		}
		out, err := b.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: aws.String(s.groupName(l))})
		if err := absent(err); err != nil {
			return err
		}
		if err == nil {
			for _, policy := range out.PolicyNames {
				users = append(users, fmt.Sprintf("group %s has the inline policy %s", s.groupName(l), policy))
			}
		}
	}
	if policy := have.Policy; policy != nil {
		out, err := b.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: &policy.ARN})
		if err := absent(err); err != nil {
			return err
		}
		if err == nil {
			users = append(users, holders(out, s, l)...)
		}
	}
	if len(users) == 0 {
		return nil
	}
	return fmt.Errorf("access level %s is in use by what is not ours: %s; remove that first", l, strings.Join(users, "; "))
}

// holders are the entities other than the level's own group that the policy is attached to.
func holders(out *iam.ListEntitiesForPolicyOutput, s Spec, l Level) []string {
	var all []string
	say := func(kind string, name *string) {
		all = append(all, fmt.Sprintf("policy %s is attached to %s %s", s.policyName(l), kind, aws.ToString(name)))
	}
	for _, group := range out.PolicyGroups {
		if aws.ToString(group.GroupName) != s.groupName(l) {
			say("group", group.GroupName)
		}
	}
	for _, user := range out.PolicyUsers {
		say("user", user.UserName)
	}
	for _, role := range out.PolicyRoles {
		say("role", role.RoleName)
	}
	return all
}

func (b bucket) applyPolicy(ctx context.Context, w wish, l Level, have *LevelStatus) error {
	s := w.Want
	document := s.levelDocument(l)
	if have.Policy == nil {
		out, err := b.CreatePolicy(ctx, &iam.CreatePolicyInput{
			PolicyName:     aws.String(s.policyName(l)),
			Path:           &s.IAMPath,
			Description:    aws.String(s.description(l)),
			PolicyDocument: &document,
		})
		arn := policyARN(w, l)
		if err == nil {
			arn = aws.ToString(out.Policy.Arn)
		} else if err = ours(err); err != nil {
			return err
		}
		have.Policy = &PolicyStatus{ARN: arn, Document: document}
		return nil
	}
	if s.accepts(l, have.Policy.Document) {
		return nil
	}
	if err := b.deleteVersions(ctx, have.Policy.ARN, maxPolicyVersions-1); err != nil {
		return err
	}
	_, err := b.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{
		PolicyArn:      &have.Policy.ARN,
		PolicyDocument: &document,
		SetAsDefault:   true,
	})
	if err != nil {
		return err
	}
	have.Policy.Document = document
	return nil
}

// ours tells a lost answer from a name that somebody else took: nothing of the name was there a moment ago, so if the
// call was sent more than once, the first one made it.
func ours(err error) error {
	switch {
	case !awsclient.IsExists(err):
		return err
	case awsclient.WasRetried(err):
		return nil
	}
	return fmt.Errorf("%w: %w", reconcile.ErrForeign, err)
}

func (b bucket) applyGroup(ctx context.Context, s Spec, l Level, have *LevelStatus) error {
	if have.Group != nil {
		return nil
	}
	out, err := b.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String(s.groupName(l)), Path: &s.IAMPath})
	if err := ours(err); err != nil {
		return err
	}
	have.Group = &GroupStatus{}
	if err == nil {
		have.Group.ARN = aws.ToString(out.Group.Arn)
	}
	return nil
}

func (b bucket) attach(ctx context.Context, s Spec, l Level, have *LevelStatus) error {
	if have.Group.Attached {
		return nil
	}
	// Policy and group may be too new to be known everywhere.
	err := awsclient.Patiently(ctx, b.conn.Pace, "the new policy and group to be known everywhere", awsclient.IsNotFound,
		func() error {
			_, err := b.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{
				GroupName: aws.String(s.groupName(l)),
				PolicyArn: &have.Policy.ARN,
			})
			return err
		})
	if err != nil {
		return err
	}
	have.Group.Attached = true
	return nil
}

func (b bucket) removeGroup(ctx context.Context, s Spec, l Level, have *LevelStatus) error {
	if have.Group == nil {
		return nil
	}
	name := aws.String(s.groupName(l))
	if have.Group.Attached {
		_, err := b.DetachGroupPolicy(ctx, &iam.DetachGroupPolicyInput{GroupName: name, PolicyArn: &have.Policy.ARN})
		if err := absent(err); err != nil {
			return err
		}
		have.Group.Attached = false
	}
	err := awsclient.Patiently(ctx, b.conn.Pace, "the group to be seen without its policy", awsclient.IsConflict,
		func() error {
			_, err := b.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: name})
			return absent(err)
		})
	if err != nil {
		return err
	}
	have.Group = nil
	return nil
}

func (b bucket) removePolicy(ctx context.Context, have *LevelStatus) error {
	if have.Policy == nil {
		return nil
	}
	if err := b.deleteVersions(ctx, have.Policy.ARN, 1); err != nil {
		return err
	}
	err := awsclient.Patiently(ctx, b.conn.Pace, "the policy to be seen detached", awsclient.IsConflict, func() error {
		_, err := b.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: &have.Policy.ARN})
		return absent(err)
	})
	if err != nil {
		return err
	}
	have.Policy = nil
	return nil
}

// deleteVersions deletes the oldest versions that are not the default until at most keep are left.
func (b bucket) deleteVersions(ctx context.Context, arn string, keep int) error {
	out, err := b.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: &arn})
	if err != nil {
		return absent(err)
	}
	old := slices.DeleteFunc(out.Versions, func(v types.PolicyVersion) bool { return v.IsDefaultVersion })
	slices.SortFunc(old, func(x, y types.PolicyVersion) int {
		return aws.ToTime(x.CreateDate).Compare(aws.ToTime(y.CreateDate))
	})
	for _, version := range old[:max(0, len(old)+1-keep)] {
		_, err := b.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: &arn, VersionId: version.VersionId})
		if err := absent(err); err != nil {
			return err
		}
	}
	return nil
}
