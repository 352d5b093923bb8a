package acctest

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Must ends the test when a call of its own fails.
func Must[T any](out T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// MakeBucket makes a plain bucket that is not the provider's, and takes it away at the end of the test.
func (b *Bench) MakeBucket(t *testing.T, name string) {
	t.Helper()
	Must(b.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}))(t)
	t.Cleanup(func() {
		_, _ = b.S3().DeleteBucket(context.WithoutCancel(t.Context()), &s3.DeleteBucketInput{Bucket: &name})
	})
}

// PutObject puts a small object.
func (b *Bench) PutObject(t *testing.T, bucket, key string) {
	t.Helper()
	Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(key)}))(t)
}

// Gone requires that nothing bears the name any more: no bucket, no group, no policy.
func (b *Bench) Gone(t *testing.T, name string) {
	t.Helper()
	for _, left := range b.Leftovers(t, name) {
		t.Errorf("left behind: %s", left)
	}
}

// Leftovers names the bucket, groups and policies that bear the name.
func (b *Bench) Leftovers(t *testing.T, name string) []string {
	t.Helper()
	return Must(b.account.Leftovers(t.Context(), name))(t)
}

// PolicyARN is the ARN of a managed policy at the root path.
func (b *Bench) PolicyARN(name string) string { return b.account.PolicyARN(name) }

// MakeUser makes a user with a key, and takes it away at the end of the test.
func (b *Bench) MakeUser(t *testing.T, name string, groups ...string) (accessKey, secretKey string) {
	t.Helper()
	Must(b.IAM().CreateUser(t.Context(), &iam.CreateUserInput{UserName: &name}))(t)
	key := Must(b.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name}))(t).AccessKey
	for _, group := range groups {
		Must(b.IAM().AddUserToGroup(t.Context(), &iam.AddUserToGroupInput{UserName: &name, GroupName: &group}))(t)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		for _, group := range groups {
			_, _ = b.IAM().RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{UserName: &name, GroupName: &group})
		}
		_, _ = b.IAM().DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: &name, AccessKeyId: key.AccessKeyId})
		_, _ = b.IAM().DeleteUser(ctx, &iam.DeleteUserInput{UserName: &name})
	})
	return aws.ToString(key.AccessKeyId), aws.ToString(key.SecretAccessKey)
}
