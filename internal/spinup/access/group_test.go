package access

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/smithy-go"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// A policy that IAM lists as attached and does not show counts as not attached: everything that acts on an attached
// policy needs its ARN.
func TestObserve_attachedPolicyNotShown(t *testing.T) {
	s := Spec{Name: "data", Level: Admin, Wanted: true, Path: "/"}
	g := groups{API: API{Reads: Reads{
		GetGroup: func(context.Context, *iam.GetGroupInput, ...func(*iam.Options)) (*iam.GetGroupOutput, error) {
			return &iam.GetGroupOutput{Group: &types.Group{Arn: aws.String("arn:aws:iam::123456789012:group/data")}}, nil
		},
		ListAttachedGroupPolicies: func(
			context.Context, *iam.ListAttachedGroupPoliciesInput, ...func(*iam.Options),
		) (*iam.ListAttachedGroupPoliciesOutput, error) {
			return &iam.ListAttachedGroupPoliciesOutput{AttachedPolicies: []types.AttachedPolicy{{
				PolicyName: aws.String(s.policyName()), PolicyArn: aws.String("arn:aws:iam::123456789012:policy/data"),
			}}}, nil
		},
		GetPolicy: func(context.Context, *iam.GetPolicyInput, ...func(*iam.Options)) (*iam.GetPolicyOutput, error) {
			return nil, &smithy.GenericAPIError{Code: "NoSuchEntity"}
		},
	}}}
	seen, err := g.observe(t.Context(), reconcile.Keep(s))
	if err != nil || seen.Group == nil || seen.Policy != nil || seen.Group.Attached {
		t.Errorf("%v: group %v, policy %v", err, seen.Group, seen.Policy)
	}
}
