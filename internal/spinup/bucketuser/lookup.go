package bucketuser

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

// Member is a user in a list.
type Member struct {
	Name, ARN string
	Groups    []string // those of the bucket
}

// Members returns the users of a bucket, by name: the members of its groups, or, where the store has no groups, those
// with an inline policy for it.
func Members(ctx context.Context, conn *awsclient.Conn, bucket string) ([]Member, error) {
	if !conn.Platform.Lacks(awsclient.Groups) {
		members, err := inGroups(ctx, conn, bucket)
		if !awsclient.IsNotImplemented(err) {
			return members, err
		}
	}
	return withPolicy(ctx, conn, bucket)
}

// inGroups are the members of the bucket's groups. A group that does not exist has no members.
func inGroups(ctx context.Context, conn *awsclient.Conn, bucket string) ([]Member, error) {
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

// withPolicy are the users with an inline policy that gives access to the bucket.
func withPolicy(ctx context.Context, conn *awsclient.Conn, bucket string) (all []Member, err error) {
	var failed error
	err = eachWithPolicy(ctx, conn, bucket, func(one Member, err error) bool {
		all, failed = append(all, one), err
		return err == nil
	})
	if err := cmp.Or(err, failed); err != nil {
		return nil, err
	}
	slices.SortFunc(all, func(x, y Member) int { return strings.Compare(x.Name, y.Name) })
	return all, nil
}

// eachWithPolicy gives the users with an inline policy that gives access to the bucket, and those that cannot be read.
// Only the policies themselves tell, so every user of the account is asked for the names of its own.
func eachWithPolicy(
	ctx context.Context, conn *awsclient.Conn, bucket string, give func(one Member, err error) bool,
) error {
	b := newBucketUser(NewAPI(conn), conn)
	users, err := principal.Users(ctx, b.ListUsers)
	if err != nil {
		return err
	}
	w := reconcile.Keep(Spec{Bucket: bucket, Partition: conn.Partition, ReadAll: true})
	awsclient.Search(parallel, len(users), func(i int) (bool, error) {
		have, err := b.inline(ctx, w, aws.ToString(users[i].UserName))
		if err != nil {
			return false, awsclient.Absent(err) // deleted in the meantime
		}
		return Status{Inline: have}.SeenGrant(w).Access != "", nil
	}, func(i int, err error) bool {
		return give(Member{aws.ToString(users[i].UserName), aws.ToString(users[i].Arn), []string{}}, err)
	})
	return nil
}

// Each gives the users of a bucket, until give returns false: the members of its groups by name, and then those with an
// inline policy for it. A user with an error may be one.
func Each(ctx context.Context, conn *awsclient.Conn, bucket string, give func(one Member, err error) bool) error {
	given := map[string]bool{}
	if !conn.Platform.Lacks(awsclient.Groups) {
		members, err := inGroups(ctx, conn, bucket)
		if err != nil && !awsclient.IsNotImplemented(err) {
			return err
		}
		for _, one := range members {
			given[one.Name] = true
			if !give(one, nil) {
				return nil
			}
		}
	}
	return eachWithPolicy(ctx, conn, bucket, func(one Member, err error) bool {
		return given[one.Name] || give(one, err)
	})
}

// Buckets returns the buckets that a user has access to by a group or an inline policy as the provider makes them,
// sorted. The boolean reports whether there is such a user.
func Buckets(ctx context.Context, conn *awsclient.Conn, name string) ([]string, bool, error) {
	b := newBucketUser(NewAPI(conn), conn)
	user, err := b.get(ctx, name)
	if err != nil || user == nil {
		return nil, false, err
	}
	groups, err := b.groups(ctx, name)
	if err != nil {
		return nil, false, err
	}
	inline, err := b.inline(ctx, reconcile.Keep(Spec{ReadAll: true}), name)
	if err != nil {
		return nil, false, err
	}
	var all []string
	for _, group := range groups {
		if bucket, ok := access.BucketOfGroup(group); ok {
			all = append(all, bucket)
		}
	}
	for policy, document := range inline.Documents {
		if bucket, ok := access.BucketOfPolicy(conn.Partition, policy, document); ok {
			all = append(all, bucket)
		}
	}
	slices.Sort(all)
	return slices.Compact(all), true, nil
}

// Policies returns the names of the user's inline policies and of the managed policies attached to it, if the store has
// those.
func Policies(ctx context.Context, conn *awsclient.Conn, s Spec, have Status) ([]string, error) {
	all := []string{}
	if have.Inline != nil {
		all = slices.AppendSeq(all, maps.Keys(have.Inline.Documents))
		all = append(all, have.Inline.Others...)
	}
	if conn.Platform.Lacks(awsclient.Groups) {
		return all, nil
	}
	out, err := newDataReads(conn).ListAttachedUserPolicies(ctx, &iam.ListAttachedUserPoliciesInput{UserName: &s.Name})
	if awsclient.IsNotImplemented(err) {
		return all, nil
	}
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

// SecondKeys finds the users that the provider made and that have two active keys, and gives the older one of each, by
// the name of the user. That is so during the overlap of a rotation, which only state knows, and for ever if the
// rotation was never finished.
func SecondKeys(ctx context.Context, conn *awsclient.Conn) (map[string]AccessKey, error) {
	b := newBucketUser(NewAPI(conn), conn)
	users, err := principal.Users(ctx, b.ListUsers)
	if err != nil {
		return nil, err
	}
	found, all := make([]*AccessKey, len(users)), map[string]AccessKey{}
	awsclient.Search(parallel, len(users), func(i int) (_ bool, err error) {
		found[i], err = b.secondKey(ctx, aws.ToString(users[i].UserName))
		return found[i] != nil, err
	}, func(i int, failed error) bool {
		if err = failed; err == nil {
			all[aws.ToString(users[i].UserName)] = *found[i]
		}
		return err == nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// secondKey is the older of two active keys; nil for a user that has fewer or is not ours.
func (b bucketUser) secondKey(ctx context.Context, name string) (oldest *AccessKey, err error) {
	keys, err := b.keysOf(ctx, name)
	if err != nil || len(keys) < maxKeys || slices.ContainsFunc(keys, func(key AccessKey) bool { return !key.Active }) {
		return nil, err
	}
	user, err := b.get(ctx, name)
	if err != nil || user == nil || user.Tags[MarkTag] == "" {
		return nil, err
	}
	return &keys[0], nil
}
