package access

import (
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetGroup                  awsclient.IAMCall[iam.GetGroupInput, iam.GetGroupOutput]                                   `iam:"iam:GetGroup" on:"group"`
	ListAttachedGroupPolicies awsclient.IAMCall[iam.ListAttachedGroupPoliciesInput, iam.ListAttachedGroupPoliciesOutput] `iam:"iam:ListAttachedGroupPolicies" on:"group"`
	GetPolicy                 awsclient.IAMCall[iam.GetPolicyInput, iam.GetPolicyOutput]                                 `iam:"iam:GetPolicy" on:"policy"`
	GetPolicyVersion          awsclient.IAMCall[iam.GetPolicyVersionInput, iam.GetPolicyVersionOutput]                   `iam:"iam:GetPolicyVersion" on:"policy"`
}

// Writes are the other operations: those that change something, and the reads before them.
type Writes struct {
	CreatePolicy          awsclient.IAMCall[iam.CreatePolicyInput, iam.CreatePolicyOutput]                   `iam:"iam:CreatePolicy" on:"policy"`
	ListPolicyVersions    awsclient.IAMCall[iam.ListPolicyVersionsInput, iam.ListPolicyVersionsOutput]       `iam:"iam:ListPolicyVersions" on:"policy"`
	CreatePolicyVersion   awsclient.IAMCall[iam.CreatePolicyVersionInput, iam.CreatePolicyVersionOutput]     `iam:"iam:CreatePolicyVersion" on:"policy"`
	DeletePolicyVersion   awsclient.IAMCall[iam.DeletePolicyVersionInput, iam.DeletePolicyVersionOutput]     `iam:"iam:DeletePolicyVersion" on:"policy"`
	ListEntitiesForPolicy awsclient.IAMCall[iam.ListEntitiesForPolicyInput, iam.ListEntitiesForPolicyOutput] `iam:"iam:ListEntitiesForPolicy" on:"policy"`
	DeletePolicy          awsclient.IAMCall[iam.DeletePolicyInput, iam.DeletePolicyOutput]                   `iam:"iam:DeletePolicy" on:"policy"`
	CreateGroup           awsclient.IAMCall[iam.CreateGroupInput, iam.CreateGroupOutput]                     `iam:"iam:CreateGroup" on:"group"`
	AttachGroupPolicy     awsclient.IAMCall[iam.AttachGroupPolicyInput, iam.AttachGroupPolicyOutput]         `iam:"iam:AttachGroupPolicy" on:"group"`
	ListGroupPolicies     awsclient.IAMCall[iam.ListGroupPoliciesInput, iam.ListGroupPoliciesOutput]         `iam:"iam:ListGroupPolicies" on:"group"`
	DetachGroupPolicy     awsclient.IAMCall[iam.DetachGroupPolicyInput, iam.DetachGroupPolicyOutput]         `iam:"iam:DetachGroupPolicy" on:"group"`
	DeleteGroup           awsclient.IAMCall[iam.DeleteGroupInput, iam.DeleteGroupOutput]                     `iam:"iam:DeleteGroup" on:"group"`
}

// API is every operation that an access level takes; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	Writes
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API {
	iam := awsclient.IAM(c)
	return API{
		Reads: Reads{
			GetGroup:                  iam.GetGroup,
			ListAttachedGroupPolicies: iam.ListAttachedGroupPolicies,
			GetPolicy:                 iam.GetPolicy,
			GetPolicyVersion:          iam.GetPolicyVersion,
		},
		Writes: Writes{
			CreatePolicy:          iam.CreatePolicy,
			ListPolicyVersions:    iam.ListPolicyVersions,
			CreatePolicyVersion:   iam.CreatePolicyVersion,
			DeletePolicyVersion:   iam.DeletePolicyVersion,
			ListEntitiesForPolicy: iam.ListEntitiesForPolicy,
			DeletePolicy:          iam.DeletePolicy,
			CreateGroup:           iam.CreateGroup,
			AttachGroupPolicy:     iam.AttachGroupPolicy,
			ListGroupPolicies:     iam.ListGroupPolicies,
			DetachGroupPolicy:     iam.DetachGroupPolicy,
			DeleteGroup:           iam.DeleteGroup,
		},
	}
}
