package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// account is the emulator's account, by plain SDK clients.
type account struct {
	s3  *s3.Client
	iam *iam.Client
}

func newWorld(endpoint string) account {
	config := aws.Config{
		Region:       "us-east-1",
		BaseEndpoint: aws.String(endpoint),
		Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return account{
		s3:  s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }),
		iam: iam.NewFromConfig(config),
	}
}

func (a account) tamper(ctx context.Context, bucket, group string) error {
	_, err := a.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket:                  &bucket,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusSuspended},
	})
	if err != nil {
		return fmt.Errorf("suspending versioning: %w", err)
	}
	attached, err := a.iam.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &group})
	if err != nil {
		return fmt.Errorf("listing the group's policies: %w", err)
	}
	for _, policy := range attached.AttachedPolicies {
		in := &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: policy.PolicyArn}
		if _, err := a.iam.DetachGroupPolicy(ctx, in); err != nil {
			return fmt.Errorf("detaching the group's policy: %w", err)
		}
	}
	if _, err := a.iam.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: &group}); err != nil {
		return fmt.Errorf("deleting the group: %w", err)
	}
	return nil
}

func (a account) damage(ctx context.Context, bucket, group string) ([]string, error) {
	var damage []string
	versioning, err := a.s3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
	if err != nil {
		return nil, fmt.Errorf("reading versioning: %w", err)
	}
	if versioning.Status != s3types.BucketVersioningStatusEnabled {
		damage = append(damage, "versioning is "+string(versioning.Status))
	}
	attached, err := a.iam.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: &group})
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

func (a account) keys(ctx context.Context, user string) ([]string, error) {
	out, err := a.iam.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &user})
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

func (a account) left(ctx context.Context, bucket string) ([]string, error) {
	var left []string
	note := func(what string, name *string) {
		if strings.HasPrefix(aws.ToString(name), bucket) {
			left = append(left, what+" "+*name)
		}
	}
	buckets, err := a.s3.ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return nil, fmt.Errorf("listing buckets: %w", err)
	}
	for _, b := range buckets.Buckets {
		note("bucket", b.Name)
	}
	users := iam.NewListUsersPaginator(a.iam, &iam.ListUsersInput{})
	for users.HasMorePages() {
		page, err := users.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing users: %w", err)
		}
		for _, u := range page.Users {
			note("user", u.UserName)
		}
	}
	groups := iam.NewListGroupsPaginator(a.iam, &iam.ListGroupsInput{})
	for groups.HasMorePages() {
		page, err := groups.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing groups: %w", err)
		}
		for _, g := range page.Groups {
			note("group", g.GroupName)
		}
	}
	policies := iam.NewListPoliciesPaginator(a.iam, &iam.ListPoliciesInput{Scope: iamtypes.PolicyScopeTypeLocal})
	for policies.HasMorePages() {
		page, err := policies.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing policies: %w", err)
		}
		for _, p := range page.Policies {
			note("policy", p.PolicyName)
		}
	}
	return left, nil
}
