// Package account looks at the account of an emulator or a store without Terraform, as root and by plain SDK clients:
// what exists of a bucket or a site, and what is left of it. In an account of AWS it finds and removes what a broken
// run of the tests left. It imports package emulator and the AWS SDK only, so that programs can use it as tests do.
package account

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// Region is the region of the clients.
const Region = "us-east-1"

// Account is the account of an emulator, or of AWS.
type Account struct {
	ID         string
	S3         *s3.Client
	IAM        *iam.Client
	Route53    *route53.Client
	ACM        *acm.Client
	CloudFront *cloudfront.Client

	noGroups bool // its IAM has neither groups nor managed policies
	noUsers  bool // it has no IAM
}

// New returns the account of an emulator or a store. What CloudFront holds is at edge: the same endpoint, unless the
// emulator has no CloudFront.
func New(e *emulator.Emulator, edge string) Account {
	a := with(aws.Config{
		Region: Region, BaseEndpoint: &e.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(e.Key, e.Secret, ""),
	}, func(o *iam.Options) { o.BaseEndpoint = &e.IAM }, func(o *cloudfront.Options) { o.BaseEndpoint = &edge })
	a.ID, a.noGroups, a.noUsers = e.AccountID, e.Kind.IsStore(), e.IAM == ""
	return a
}

// with are the clients of a configuration. Two services may be elsewhere.
func with(config aws.Config, global func(*iam.Options), edge func(*cloudfront.Options)) Account {
	return Account{
		S3:         s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = true }),
		IAM:        iam.NewFromConfig(config, global),
		Route53:    route53.NewFromConfig(config),
		ACM:        acm.NewFromConfig(config),
		CloudFront: cloudfront.NewFromConfig(config, edge),
	}
}

// PolicyARN is the ARN of a managed policy at the root path.
func (a Account) PolicyARN(name string) string {
	return fmt.Sprintf("arn:aws:iam::%s:policy/%s", a.ID, name)
}

// MakeZone makes a public hosted zone and returns its id, without /hostedzone/.
func (a Account) MakeZone(ctx context.Context, name string) (id string, err error) {
	out, err := a.Route53.CreateHostedZone(ctx, &route53.CreateHostedZoneInput{
		Name: &name, CallerReference: aws.String(rand.Text()),
	})
	if err != nil {
		return "", fmt.Errorf("making the hosted zone: %w", err)
	}
	return strings.TrimPrefix(*out.HostedZone.Id, "/hostedzone/"), nil
}

// Leftovers names the bucket, groups and policies that bear the name, and those of the users that exist.
func (a Account) Leftovers(ctx context.Context, name string, users ...string) ([]string, error) {
	looks := []look{{"bucket " + name, func() error {
		_, err := a.S3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &name})
		return err
	}}}
	levels := []string{"Adm", "RW", "RO"}
	if a.noGroups {
		levels = nil
	}
	if a.noUsers {
		users = nil
	}
	for _, level := range levels {
		looks = append(looks, a.level(ctx, fmt.Sprintf("%s-Bkt%s", name, level))...)
	}
	for _, user := range users {
		looks = append(looks, look{"user " + user, func() error {
			_, err := a.IAM.GetUser(ctx, &iam.GetUserInput{UserName: &user})
			return err
		}})
	}
	return found(looks)
}

// level are the looks for the group and the policy of an access level.
func (a Account) level(ctx context.Context, prefix string) []look {
	group, policy := prefix+"Grp", a.PolicyARN(prefix+"Plc")
	return []look{
		{"group " + group, func() error {
			_, err := a.IAM.GetGroup(ctx, &iam.GetGroupInput{GroupName: &group})
			return err
		}},
		{"policy " + policy, func() error {
			_, err := a.IAM.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &policy})
			return err
		}},
	}
}

// look is a look for one object: its error is nil when the object is there.
type look struct {
	what string
	at   func() error
}

// found names the objects that are there.
func found(looks []look) (left []string, err error) {
	for _, look := range looks {
		err := look.at()
		var api smithy.APIError
		switch {
		case err == nil:
			left = append(left, look.what)
		case errors.As(err, &api) && (api.ErrorCode() == "NotFound" || api.ErrorCode() == "NoSuchEntity"):
		default:
			return nil, fmt.Errorf("looking for %s: %w", look.what, err)
		}
	}
	return left, nil
}
