package bucketrole

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetRole                  awsclient.IAMCall[iam.GetRoleInput, iam.GetRoleOutput]                                   `iam:"iam:GetRole" on:"role"`
	ListRolePolicies         awsclient.IAMCall[iam.ListRolePoliciesInput, iam.ListRolePoliciesOutput]                 `iam:"iam:ListRolePolicies" on:"role"`
	GetRolePolicy            awsclient.IAMCall[iam.GetRolePolicyInput, iam.GetRolePolicyOutput]                       `iam:"iam:GetRolePolicy" on:"role"`
	GetOpenIDConnectProvider awsclient.IAMCall[iam.GetOpenIDConnectProviderInput, iam.GetOpenIDConnectProviderOutput] `iam:"iam:GetOpenIDConnectProvider" on:"provider"`
}

// Writes are the other operations: those that change something, and the reads before them.
type Writes struct {
	CreateRole                         awsclient.IAMCall[iam.CreateRoleInput, iam.CreateRoleOutput]                                                 `iam:"iam:CreateRole,iam:TagRole" on:"role"`
	UpdateRole                         awsclient.IAMCall[iam.UpdateRoleInput, iam.UpdateRoleOutput]                                                 `iam:"iam:UpdateRole" on:"role"`
	UpdateAssumeRolePolicy             awsclient.IAMCall[iam.UpdateAssumeRolePolicyInput, iam.UpdateAssumeRolePolicyOutput]                         `iam:"iam:UpdateAssumeRolePolicy" on:"role"`
	PutRolePermissionsBoundary         awsclient.IAMCall[iam.PutRolePermissionsBoundaryInput, iam.PutRolePermissionsBoundaryOutput]                 `iam:"iam:PutRolePermissionsBoundary" on:"role"`
	DeleteRolePermissionsBoundary      awsclient.IAMCall[iam.DeleteRolePermissionsBoundaryInput, iam.DeleteRolePermissionsBoundaryOutput]           `iam:"iam:DeleteRolePermissionsBoundary" on:"role"`
	TagRole                            awsclient.IAMCall[iam.TagRoleInput, iam.TagRoleOutput]                                                       `iam:"iam:TagRole" on:"role"`
	UntagRole                          awsclient.IAMCall[iam.UntagRoleInput, iam.UntagRoleOutput]                                                   `iam:"iam:UntagRole" on:"role"`
	PutRolePolicy                      awsclient.IAMCall[iam.PutRolePolicyInput, iam.PutRolePolicyOutput]                                           `iam:"iam:PutRolePolicy" on:"role"`
	DeleteRolePolicy                   awsclient.IAMCall[iam.DeleteRolePolicyInput, iam.DeleteRolePolicyOutput]                                     `iam:"iam:DeleteRolePolicy" on:"role"`
	ListAttachedRolePolicies           awsclient.IAMCall[iam.ListAttachedRolePoliciesInput, iam.ListAttachedRolePoliciesOutput]                     `iam:"iam:ListAttachedRolePolicies" on:"role"`
	ListInstanceProfilesForRole        awsclient.IAMCall[iam.ListInstanceProfilesForRoleInput, iam.ListInstanceProfilesForRoleOutput]               `iam:"iam:ListInstanceProfilesForRole" on:"role"`
	DeleteRole                         awsclient.IAMCall[iam.DeleteRoleInput, iam.DeleteRoleOutput]                                                 `iam:"iam:DeleteRole" on:"role"`
	CreateOpenIDConnectProvider        awsclient.IAMCall[iam.CreateOpenIDConnectProviderInput, iam.CreateOpenIDConnectProviderOutput]               `iam:"iam:CreateOpenIDConnectProvider,iam:TagOpenIDConnectProvider" on:"provider"`
	AddClientIDToOpenIDConnectProvider awsclient.IAMCall[iam.AddClientIDToOpenIDConnectProviderInput, iam.AddClientIDToOpenIDConnectProviderOutput] `iam:"iam:AddClientIDToOpenIDConnectProvider" on:"provider"`
	ListRoles                          awsclient.IAMCall[iam.ListRolesInput, iam.ListRolesOutput]                                                   `iam:"iam:ListRoles" on:"*"`
	DeleteOpenIDConnectProvider        awsclient.IAMCall[iam.DeleteOpenIDConnectProviderInput, iam.DeleteOpenIDConnectProviderOutput]               `iam:"iam:DeleteOpenIDConnectProvider" on:"provider"`
}

// Searches are the operations that find the roles of a bucket.
type Searches struct {
	ListRoles        awsclient.IAMCall[iam.ListRolesInput, iam.ListRolesOutput]               `iam:"iam:ListRoles" on:"*"`
	ListRolePolicies awsclient.IAMCall[iam.ListRolePoliciesInput, iam.ListRolePoliciesOutput] `iam:"iam:ListRolePolicies" on:"role"`
	GetRolePolicy    awsclient.IAMCall[iam.GetRolePolicyInput, iam.GetRolePolicyOutput]       `iam:"iam:GetRolePolicy" on:"role"`
}

// SiteReads are the operations that find the distribution of a website, for web_admin only.
type SiteReads = access.Reads

// API is every operation that a bucket role makes; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	SiteReads
	Writes
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API {
	iam := awsclient.IAM(c)
	return API{
		Reads: Reads{
			GetRole:                  iam.GetRole,
			ListRolePolicies:         iam.ListRolePolicies,
			GetRolePolicy:            iam.GetRolePolicy,
			GetOpenIDConnectProvider: iam.GetOpenIDConnectProvider,
		},
		SiteReads: access.NewAPI(c).Reads,
		Writes: Writes{
			CreateRole:                         iam.CreateRole,
			UpdateRole:                         iam.UpdateRole,
			UpdateAssumeRolePolicy:             iam.UpdateAssumeRolePolicy,
			PutRolePermissionsBoundary:         iam.PutRolePermissionsBoundary,
			DeleteRolePermissionsBoundary:      iam.DeleteRolePermissionsBoundary,
			TagRole:                            iam.TagRole,
			UntagRole:                          iam.UntagRole,
			PutRolePolicy:                      iam.PutRolePolicy,
			DeleteRolePolicy:                   iam.DeleteRolePolicy,
			ListAttachedRolePolicies:           iam.ListAttachedRolePolicies,
			ListInstanceProfilesForRole:        iam.ListInstanceProfilesForRole,
			DeleteRole:                         iam.DeleteRole,
			CreateOpenIDConnectProvider:        iam.CreateOpenIDConnectProvider,
			AddClientIDToOpenIDConnectProvider: iam.AddClientIDToOpenIDConnectProvider,
			ListRoles:                          iam.ListRoles,
			DeleteOpenIDConnectProvider:        iam.DeleteOpenIDConnectProvider,
		},
	}
}
