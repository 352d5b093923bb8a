package bucketgrant

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

// parallel is how many principals are asked at once.
const parallel = 8

// Each gives the grants of a bucket as kind and name of who has them, until give returns false, and principals that
// cannot be read. IAM has no list of inline policies, so every role, user and group of the account is asked for the one
// of the grant's name. It is a grant if it bears the mark.
func Each(
	ctx context.Context, conn *awsclient.Conn, bucket string, give func(kind, name string, err error) bool,
) error {
	g := grants{API: NewAPI(conn), conn: conn}
	all, err := newSearches(conn).principals(ctx)
	if err != nil {
		return err
	}
	awsclient.Search(parallel, len(all), func(i int) (bool, error) {
		var have Status
		s := Spec{Bucket: bucket, Kind: all[i].kind, Principal: all[i].name, Partition: conn.Partition}
		err := g.observe(ctx, reconcile.Keep(s), &have)
		return isGrant(have.Document), err
	}, func(i int, err error) bool { return give(all[i].kind, all[i].name, err) })
	return nil
}

// subject is who may have a grant.
type subject struct{ kind, name string }

// principals are those of the account: roles, users and groups, each in IAM's order.
func (s Searches) principals(ctx context.Context) (all []subject, err error) {
	roles, err := principal.Roles(ctx, s.ListRoles)
	if err != nil {
		return nil, err
	}
	for _, one := range roles {
		if !principal.IsOfAWS(one) {
			all = append(all, subject{Role, aws.ToString(one.RoleName)})
		}
	}
	users, err := principal.Users(ctx, s.ListUsers)
	if err != nil {
		return nil, err
	}
	for _, one := range users {
		all = append(all, subject{User, aws.ToString(one.UserName)})
	}
	in := &iam.ListGroupsInput{MaxItems: aws.Int32(principal.PerPage)}
	for {
		page, err := s.ListGroups(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, one := range page.Groups {
			all = append(all, subject{Group, aws.ToString(one.GroupName)})
		}
		if !page.IsTruncated {
			return all, nil
		}
		in.Marker = page.Marker
	}
}
