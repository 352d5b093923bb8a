package bucketgrant

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetRolePolicy  awsclient.IAMCall[iam.GetRolePolicyInput, iam.GetRolePolicyOutput]   `iam:"iam:GetRolePolicy" on:"role"`
	GetUserPolicy  awsclient.IAMCall[iam.GetUserPolicyInput, iam.GetUserPolicyOutput]   `iam:"iam:GetUserPolicy" on:"user"`
	GetGroupPolicy awsclient.IAMCall[iam.GetGroupPolicyInput, iam.GetGroupPolicyOutput] `iam:"iam:GetGroupPolicy" on:"anygroup"`
}

// Writes are the operations that change something.
type Writes struct {
	PutRolePolicy     awsclient.IAMCall[iam.PutRolePolicyInput, iam.PutRolePolicyOutput]         `iam:"iam:PutRolePolicy" on:"role"`
	PutUserPolicy     awsclient.IAMCall[iam.PutUserPolicyInput, iam.PutUserPolicyOutput]         `iam:"iam:PutUserPolicy" on:"user"`
	PutGroupPolicy    awsclient.IAMCall[iam.PutGroupPolicyInput, iam.PutGroupPolicyOutput]       `iam:"iam:PutGroupPolicy" on:"anygroup"`
	DeleteRolePolicy  awsclient.IAMCall[iam.DeleteRolePolicyInput, iam.DeleteRolePolicyOutput]   `iam:"iam:DeleteRolePolicy" on:"role"`
	DeleteUserPolicy  awsclient.IAMCall[iam.DeleteUserPolicyInput, iam.DeleteUserPolicyOutput]   `iam:"iam:DeleteUserPolicy" on:"user"`
	DeleteGroupPolicy awsclient.IAMCall[iam.DeleteGroupPolicyInput, iam.DeleteGroupPolicyOutput] `iam:"iam:DeleteGroupPolicy" on:"anygroup"`
}

// SiteReads are the operations that find the distribution of a website, for web_admin only.
type SiteReads struct {
	GetGroup                  awsclient.IAMCall[iam.GetGroupInput, iam.GetGroupOutput]                                   `iam:"iam:GetGroup" on:"group"`
	ListAttachedGroupPolicies awsclient.IAMCall[iam.ListAttachedGroupPoliciesInput, iam.ListAttachedGroupPoliciesOutput] `iam:"iam:ListAttachedGroupPolicies" on:"group"`
	GetPolicy                 awsclient.IAMCall[iam.GetPolicyInput, iam.GetPolicyOutput]                                 `iam:"iam:GetPolicy" on:"policy"`
	GetPolicyVersion          awsclient.IAMCall[iam.GetPolicyVersionInput, iam.GetPolicyVersionOutput]                   `iam:"iam:GetPolicyVersion" on:"policy"`
}

// Searches are the operations that find the grants of a bucket, beside the Reads of each.
type Searches struct {
	ListRoles  awsclient.IAMCall[iam.ListRolesInput, iam.ListRolesOutput]   `iam:"iam:ListRoles" on:"*"`
	ListUsers  awsclient.IAMCall[iam.ListUsersInput, iam.ListUsersOutput]   `iam:"iam:ListUsers" on:"*"`
	ListGroups awsclient.IAMCall[iam.ListGroupsInput, iam.ListGroupsOutput] `iam:"iam:ListGroups" on:"*"`
}

// newSearches takes the operations from the service client.
func newSearches(c *awsclient.Conn) Searches {
	iam := awsclient.IAM(c)
	return Searches{iam.ListRoles, iam.ListUsers, iam.ListGroups}
}

// API is every operation that a grant makes; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	Writes
	SiteReads
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API {
	iam, sites := awsclient.IAM(c), access.NewAPI(c)
	return API{
		Reads: Reads{iam.GetRolePolicy, iam.GetUserPolicy, iam.GetGroupPolicy},
		Writes: Writes{
			iam.PutRolePolicy, iam.PutUserPolicy, iam.PutGroupPolicy,
			iam.DeleteRolePolicy, iam.DeleteUserPolicy, iam.DeleteGroupPolicy,
		},
		SiteReads: SiteReads{sites.GetGroup, sites.ListAttachedGroupPolicies, sites.GetPolicy, sites.GetPolicyVersion},
	}
}
