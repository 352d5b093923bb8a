package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// liveStore is the same for VersityGW.
type liveStore struct {
	account.Account
	e *emulator.Emulator
}

// admin is a client of the Admin API, as root. Each is new, because one keeps its lists for a while.
func (l liveStore) admin(ctx context.Context) (*versitygw.Client, error) {
	conn, err := awsclient.New(awsclient.Config{
		Platform: l.e.Kind.Platform(), Region: account.Region, AccessKey: l.e.Key, SecretKey: l.e.Secret,
		Endpoints: map[string]string{"s3": l.e.Endpoint},
	}, awsclient.DefaultPace()).Connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("connecting to the gateway: %w", err)
	}
	return versitygw.New(conn), nil
}

// as is a client of S3 with a user's key, or with none.
func (l liveStore) as(key credential) *s3.Client {
	var provider aws.CredentialsProvider = aws.AnonymousCredentials{}
	if key != (credential{}) {
		provider = credentials.NewStaticCredentialsProvider(key.access, key.secret, "")
	}
	return s3.NewFromConfig(aws.Config{
		Region: account.Region, BaseEndpoint: &l.e.Endpoint, Credentials: provider,
	}, func(o *s3.Options) { o.UsePathStyle = true })
}

func (l liveStore) makeBucket(ctx context.Context, name string) error {
	if _, err := l.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &name}); err != nil {
		return fmt.Errorf("making the bucket %s: %w", name, err)
	}
	_, err := l.S3.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &name, Key: aws.String(pageKey), Body: strings.NewReader("Root's."),
	})
	if err != nil {
		return fmt.Errorf("putting an object into %s: %w", name, err)
	}
	return nil
}

func (l liveStore) put(ctx context.Context, key credential, bucket string) (refusal string, err error) {
	_, err = l.as(key).PutObject(ctx, &s3.PutObjectInput{
		Bucket: &bucket, Key: aws.String(pageKey), Body: strings.NewReader("Hello from " + key.access),
	})
	return refused(err)
}

func (l liveStore) get(ctx context.Context, key credential, bucket string) (refusal string, err error) {
	out, err := l.as(key).GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String(pageKey)})
	if err != nil {
		return refused(err)
	}
	return "", out.Body.Close()
}

// refused tells an answer that refuses a call from a call that had none.
func refused(err error) (refusal string, _ error) {
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		return api.ErrorCode(), nil
	}
	return "", err
}

func (l liveStore) tamper(ctx context.Context, bucket, owner string) error {
	if _, err := l.S3.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: &bucket}); err != nil {
		return fmt.Errorf("deleting the tags: %w", err)
	}
	admin, err := l.admin(ctx)
	if err != nil {
		return err
	}
	return admin.ChangeBucketOwner(ctx, bucket, owner)
}

func (l liveStore) look(ctx context.Context, bucket string) (string, error) {
	admin, err := l.admin(ctx)
	if err != nil {
		return "", err
	}
	owner, _, err := admin.BucketOwner(ctx, bucket)
	if err != nil {
		return "", fmt.Errorf("reading the owner: %w", err)
	}
	tags, err := l.S3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &bucket})
	if _, err := refused(err); err != nil {
		return "", fmt.Errorf("reading the tags: %w", err)
	}
	count := 0
	if tags != nil {
		count = len(tags.TagSet)
	}
	return fmt.Sprintf("owner %s, tags %d", owner, count), nil
}

func (l liveStore) clear(ctx context.Context, bucket string) error {
	out, err := l.S3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil {
		return fmt.Errorf("listing the versions: %w", err)
	}
	for _, v := range out.Versions {
		in := &s3.DeleteObjectInput{Bucket: &bucket, Key: v.Key, VersionId: v.VersionId}
		if _, err := l.S3.DeleteObject(ctx, in); err != nil {
			return fmt.Errorf("deleting %s: %w", aws.ToString(v.Key), err)
		}
	}
	return nil
}

func (l liveStore) left(ctx context.Context, bucket string, users ...string) ([]string, error) {
	left, err := l.Leftovers(ctx, bucket)
	if err != nil {
		return nil, err
	}
	admin, err := l.admin(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range users {
		user, err := admin.User(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("looking for the user %s: %w", name, err)
		}
		if user != nil {
			left = append(left, "user "+name)
		}
	}
	return left, nil
}
