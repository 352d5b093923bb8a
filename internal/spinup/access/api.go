package access

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// iamCall is one operation of IAM, held as a function value so that the linker drops the operations nobody calls.
type iamCall[I, O any] = func(context.Context, *I, ...func(*iam.Options)) (*O, error)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetGroup                  iamCall[iam.GetGroupInput, iam.GetGroupOutput]                                   `iam:"iam:GetGroup" on:"group"`
	ListAttachedGroupPolicies iamCall[iam.ListAttachedGroupPoliciesInput, iam.ListAttachedGroupPoliciesOutput] `iam:"iam:ListAttachedGroupPolicies" on:"group"`
	GetPolicy                 iamCall[iam.GetPolicyInput, iam.GetPolicyOutput]                                 `iam:"iam:GetPolicy" on:"policy"`
	GetPolicyVersion          iamCall[iam.GetPolicyVersionInput, iam.GetPolicyVersionOutput]                   `iam:"iam:GetPolicyVersion" on:"policy"`
}

// Writes are the other operations: those that change something, and the reads before them.
type Writes struct {
	CreatePolicy          iamCall[iam.CreatePolicyInput, iam.CreatePolicyOutput]                   `iam:"iam:CreatePolicy" on:"policy"`
	ListPolicyVersions    iamCall[iam.ListPolicyVersionsInput, iam.ListPolicyVersionsOutput]       `iam:"iam:ListPolicyVersions" on:"policy"`
	CreatePolicyVersion   iamCall[iam.CreatePolicyVersionInput, iam.CreatePolicyVersionOutput]     `iam:"iam:CreatePolicyVersion" on:"policy"`
	DeletePolicyVersion   iamCall[iam.DeletePolicyVersionInput, iam.DeletePolicyVersionOutput]     `iam:"iam:DeletePolicyVersion" on:"policy"`
	ListEntitiesForPolicy iamCall[iam.ListEntitiesForPolicyInput, iam.ListEntitiesForPolicyOutput] `iam:"iam:ListEntitiesForPolicy" on:"policy"`
	DeletePolicy          iamCall[iam.DeletePolicyInput, iam.DeletePolicyOutput]                   `iam:"iam:DeletePolicy" on:"policy"`
	CreateGroup           iamCall[iam.CreateGroupInput, iam.CreateGroupOutput]                     `iam:"iam:CreateGroup" on:"group"`
	AttachGroupPolicy     iamCall[iam.AttachGroupPolicyInput, iam.AttachGroupPolicyOutput]         `iam:"iam:AttachGroupPolicy" on:"group"`
	ListGroupPolicies     iamCall[iam.ListGroupPoliciesInput, iam.ListGroupPoliciesOutput]         `iam:"iam:ListGroupPolicies" on:"group"`
	DetachGroupPolicy     iamCall[iam.DetachGroupPolicyInput, iam.DetachGroupPolicyOutput]         `iam:"iam:DetachGroupPolicy" on:"group"`
	DeleteGroup           iamCall[iam.DeleteGroupInput, iam.DeleteGroupOutput]                     `iam:"iam:DeleteGroup" on:"group"`
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
