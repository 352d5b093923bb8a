package bucketrole

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// unused refuses to delete a role that something of other owners hangs on.
func (b bucketRole) unused(ctx context.Context, w wish, o Status) error {
	var all []string
	if o.Inline != nil {
		for _, policy := range o.Inline.Others {
			all = append(all, "inline policy "+policy)
		}
	}
	attached, err := b.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: &w.Want.Name})
	if err != nil {
		return awsclient.Absent(err)
	}
	for _, policy := range attached.AttachedPolicies {
		all = append(all, "attached policy "+aws.ToString(policy.PolicyName))
	}
	profiles, err := b.ListInstanceProfilesForRole(ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: &w.Want.Name})
	if err != nil {
		return awsclient.Absent(err)
	}
	for _, profile := range profiles.InstanceProfiles {
		all = append(all, "instance profile "+aws.ToString(profile.InstanceProfileName))
	}
	if len(all) == 0 {
		return nil
	}
	return fmt.Errorf("the role %s has what spinup did not create: %s; remove that first",
		w.Want.Name, strings.Join(all, ", "))
}

// delete deletes the role, after its inline policies.
func (b bucketRole) delete(ctx context.Context, _ wish, o *Status) error {
	if o.Inline != nil {
		if err := b.drop(ctx, o, slices.Sorted(maps.Keys(o.Inline.Documents))); err != nil {
			return err
		}
	}
	const what = "the role to be seen without what was removed from it"
	err := b.conn.Patiently(ctx, what, awsclient.IsConflict, func() error {
		_, err := b.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &o.Role.Name})
		return awsclient.Absent(err)
	})
	if err != nil {
		return err
	}
	b.register.note(b.register.deleted, o.Role.ID)
	o.Role = nil
	return nil
}
