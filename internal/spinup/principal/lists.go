package principal

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// PerPage is how many users, roles or groups one page of a list has at most.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUsers.html
const PerPage = 1000

// Users returns the users of the account, in IAM's order.
func Users(
	ctx context.Context, list awsclient.IAMCall[iam.ListUsersInput, iam.ListUsersOutput],
) (all []types.User, err error) {
	in := &iam.ListUsersInput{MaxItems: aws.Int32(PerPage)}
	for {
		page, err := list(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Users...)
		if !page.IsTruncated {
			return all, nil
		}
		in.Marker = page.Marker
	}
}

// Roles returns the roles of the account, in IAM's order, those of AWS's services among them.
func Roles(
	ctx context.Context, list awsclient.IAMCall[iam.ListRolesInput, iam.ListRolesOutput],
) (all []types.Role, err error) {
	in := &iam.ListRolesInput{MaxItems: aws.Int32(PerPage)}
	for {
		page, err := list(ctx, in)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Roles...)
		if !page.IsTruncated {
			return all, nil
		}
		in.Marker = page.Marker
	}
}

// IsOfAWS reports whether a role is one that a service of AWS makes for itself, which has no inline policies of others.
func IsOfAWS(role types.Role) bool {
	path := aws.ToString(role.Path)
	return strings.HasPrefix(path, "/aws-service-role/") || strings.HasPrefix(path, "/aws-reserved/")
}
