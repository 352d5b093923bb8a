package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
)

// live is what exists in the emulator of the demo.
type live struct{ account.Account }

func (l live) tamper(ctx context.Context, bucket, group string) error {
	_, err := l.S3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket:                  &bucket,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusSuspended},
	})
	if err != nil {
		return fmt.Errorf("suspending versioning: %w", err)
	}
	attached, err := l.IAM.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &group})
	if err != nil {
		return fmt.Errorf("listing the group's policies: %w", err)
	}
	for _, policy := range attached.AttachedPolicies {
		in := &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: policy.PolicyArn}
		if _, err := l.IAM.DetachGroupPolicy(ctx, in); err != nil {
			return fmt.Errorf("detaching the group's policy: %w", err)
		}
	}
	if _, err := l.IAM.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: &group}); err != nil {
		return fmt.Errorf("deleting the group: %w", err)
	}
	return nil
}

func (l live) damage(ctx context.Context, bucket, group string) ([]string, error) {
	var damage []string
	versioning, err := l.S3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	if err != nil {
		return nil, fmt.Errorf("reading versioning: %w", err)
	}
	if versioning.Status != s3types.BucketVersioningStatusEnabled {
		damage = append(damage, "versioning is "+string(versioning.Status))
	}
	attached, err := l.IAM.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &group})
	var gone *iamtypes.NoSuchEntityException
	switch {
	case errors.As(err, &gone):
		damage = append(damage, "the group is gone")
	case err != nil:
		return nil, fmt.Errorf("listing the group's policies: %w", err)
	case len(attached.AttachedPolicies) != 1:
		damage = append(damage, fmt.Sprintf("the group has %d policies", len(attached.AttachedPolicies)))
	}
	return damage, nil
}

func (l live) keys(ctx context.Context, user string) ([]string, error) {
	out, err := l.IAM.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &user})
	if err != nil {
		return nil, fmt.Errorf("listing access keys: %w", err)
	}
	var active []string
	for _, key := range out.AccessKeyMetadata {
		if key.Status == iamtypes.StatusTypeActive {
			active = append(active, aws.ToString(key.AccessKeyId))
		}
	}
	return active, nil
}

func (l live) left(ctx context.Context, bucket, user string) ([]string, error) {
	return l.Leftovers(ctx, bucket, user)
}
