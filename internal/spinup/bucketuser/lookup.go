package bucketuser

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Member is a user in a list.
type Member struct {
	Name, ARN string
	Groups    []string // those of the bucket
}

// Members returns the members of a bucket's groups, by name. A group that does not exist has no members.
func Members(ctx context.Context, conn *awsclient.Conn, bucket string) ([]Member, error) {
	api := newDataReads(conn)
	found := map[string]Member{}
	for _, group := range (Spec{Bucket: bucket}).ownGroups() {
		in := &iam.GetGroupInput{GroupName: &group}
		for {
			page, err := api.GetGroup(ctx, in)
			if awsclient.IsNotFound(err) {
				break
			}
			if err != nil {
				return nil, err
			}
			for _, user := range page.Users {
				name := aws.ToString(user.UserName)
				found[name] = Member{name, aws.ToString(user.Arn), append(found[name].Groups, group)}
			}
			if !page.IsTruncated {
				break
			}
			in.Marker = page.Marker
		}
	}
	var all []Member
	for _, name := range slices.Sorted(maps.Keys(found)) {
		all = append(all, found[name])
	}
	return all, nil
}

// Policies returns the names of the user's inline policies and of the managed policies attached to it.
func Policies(ctx context.Context, conn *awsclient.Conn, s Spec, have Status) ([]string, error) {
	all := []string{}
	if have.Inline != nil {
		all = slices.AppendSeq(all, maps.Keys(have.Inline.Documents))
		all = append(all, have.Inline.Others...)
	}
	out, err := newDataReads(conn).ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &s.Name})
	if err != nil {
		return all, awsclient.Absent(err)
	}
	for _, policy := range out.AttachedPolicies {
		all = append(all, aws.ToString(policy.PolicyName))
	}
	return all, nil
}

// Keys are all keys that were seen, the oldest first.
func (o Status) Keys() []AccessKey {
	all := slices.Clone(o.Others)
	for _, key := range []*AccessKey{o.Previous, o.Current} {
		if key != nil {
			all = append(all, *key)
		}
	}
	slices.SortStableFunc(all, func(x, y AccessKey) int { return x.Created.Compare(y.Created) })
	return all
}
