package gateway

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestHoldTo(t *testing.T) {
	const policy = `{"Version": "2012-10-17", "Statement": [
		{"Effect": "Allow", "Action": ["s3:DeleteBucket", "s3:CreateBucket"], "Resource": "arn:aws:s3:::bucket"},
		{"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::bucket/docs/*"},
		{"Effect": "Allow", "Action": "iam:*Group", "Resource": "arn:aws:iam::*:group/team/data/b-*"},
		{"Effect": "Deny", "Action": "iam:DeleteGroup", "Resource": "arn:aws:iam::*:group/team/*"},
		{"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}
	]}`
	bucket := func(name string) func(context.Context, *Gateway) error {
		return func(ctx context.Context, g *Gateway) error {
			_, err := s3Client(g).DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String(name)})
			return err
		}
	}
	objects := func(keys ...string) func(context.Context, *Gateway) error {
		return func(ctx context.Context, g *Gateway) error {
			all := &s3types.Delete{Quiet: aws.Bool(true)}
			for _, key := range keys {
				all.Objects = append(all.Objects, s3types.ObjectIdentifier{Key: &key})
			}
			_, err := s3Client(g).DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: aws.String("bucket"), Delete: all})
			return err
		}
	}
	group := func(name, path string) func(context.Context, *Gateway) error {
		return func(ctx context.Context, g *Gateway) error {
			_, err := iamClient(g).CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String(name), Path: aws.String(path)})
			return err
		}
	}
	rows := []struct {
		name string
		call func(context.Context, *Gateway) error
		want string // the end of the error; none when allowed
	}{
		{"allowed bucket", bucket("bucket"), ""},
		{"other bucket", bucket("bucket2"), "s3:DeleteBucket on resource: arn:aws:s3:::bucket2"},
		{"second action missing", func(ctx context.Context, g *Gateway) error {
			_, err := s3Client(g).CreateBucket(ctx, &s3.CreateBucketInput{
				Bucket: aws.String("bucket"), ObjectOwnership: "BucketOwnerEnforced",
			})
			return err
		}, "s3:PutBucketOwnershipControls on resource: arn:aws:s3:::bucket"},
		{"allowed objects", objects("docs/a", "docs/<b>"), ""},
		{"one other object", objects("docs/a", "other"), "s3:DeleteObject on resource: arn:aws:s3:::bucket/*"},
		{"group with the right path", group("b-1", "/team/data/"), ""},
		{"group with another path", group("b-1", "/"), "iam:CreateGroup on resource: arn:aws:iam::" + account + ":group/b-1"},
		{"group by name", func(ctx context.Context, g *Gateway) error {
			_, err := iamClient(g).GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String("b-1")})
			return err
		}, ""},
		{"other group by name", func(ctx context.Context, g *Gateway) error {
			_, err := iamClient(g).GetGroup(ctx, &iam.GetGroupInput{GroupName: aws.String("c-1")})
			return err
		}, "iam:GetGroup on resource: arn:aws:iam::" + account + ":group/c-1"},
		{"denied by name", func(ctx context.Context, g *Gateway) error {
			_, err := iamClient(g).DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: aws.String("b-1")})
			return err
		}, "iam:DeleteGroup on resource: arn:aws:iam::" + account + ":group/b-1"},
		{"needs nothing", callerIdentity, ""},
		{"allowed under a condition", func(ctx context.Context, g *Gateway) error {
			_, err := iamClient(g).GetUser(ctx, &iam.GetUserInput{UserName: aws.String("u")})
			return err
		}, "depends on the request)"},
	}
	upstream := &emulator{}
	g := start(t, upstream)
	if err := g.HoldTo(policy); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		heard := upstream.requests()
		err := row.call(t.Context(), g)
		heard = upstream.requests() - heard
		if row.want == "" && (err != nil || heard != 1) {
			t.Errorf("%s: error %v, the emulator heard %d requests", row.name, err, heard)
		}
		if row.want != "" && (said(err) != "403 AccessDenied" || !strings.HasSuffix(err.Error(), row.want) || heard != 0) {
			t.Errorf("%s: error %v, the emulator heard %d requests; want %q", row.name, err, heard, row.want)
		}
	}
	if fault := g.Calls()[1].Fault; fault != "policy" {
		t.Errorf("recorded fault %q", fault)
	}
	g.Release()
	if err := bucket("bucket2")(t.Context(), g); err != nil {
		t.Errorf("after Release: %v", err)
	}
	if g.HoldTo("{") == nil {
		t.Error("held to what is no policy")
	}
}
