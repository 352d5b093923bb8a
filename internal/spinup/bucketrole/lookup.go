package bucketrole

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

// Each gives the names of the roles with an inline policy that gives access to the bucket, until give returns false,
// and those of roles that cannot be read. Only the policies themselves tell, so every role of the account is asked for
// the names of its own, apart from those that AWS makes, which get none.
func Each(ctx context.Context, conn *awsclient.Conn, bucket string, give func(name string, err error) bool) error {
	b := bucketRole{NewAPI(conn), access.NewSites(conn), conn, &asked{}, registerOf(conn)}
	all, err := principal.Roles(ctx, b.ListRoles)
	if err != nil {
		return err
	}
	var roles []string
	for _, role := range all {
		if !principal.IsOfAWS(role) {
			roles = append(roles, aws.ToString(role.RoleName))
		}
	}
	slices.Sort(roles)
	awsclient.Search(parallel, len(roles), func(i int) (bool, error) {
		w := reconcile.Keep(Spec{Bucket: bucket, Name: roles[i], Partition: conn.Partition, ReadAll: true})
		inline, err := b.inline(ctx, w)
		seen := Status{Inline: inline}.SeenAccess(w)
		return seen.Access != "" || seen.WebAdmin, err
	}, func(i int, err error) bool { return give(roles[i], err) })
	return nil
}
