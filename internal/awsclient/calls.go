package awsclient

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Call is one operation of a service with these options, held as a function value so that the linker drops the
// operations nobody calls.
type Call[I, O, Options any] = func(context.Context, *I, ...func(*Options)) (*O, error)

// Each of these is one operation of the service that it names: I is its input and O its output.
type (
	S3Call[I, O any]             = Call[I, O, s3.Options]
	IAMCall[I, O any]            = Call[I, O, iam.Options]
	CloudFrontCall[I, O any]     = Call[I, O, cloudfront.Options]
	Route53Call[I, O any]        = Call[I, O, route53.Options]
	ACMCall[I, O any]            = Call[I, O, acm.Options]
	SSMCall[I, O any]            = Call[I, O, ssm.Options]
	SecretsManagerCall[I, O any] = Call[I, O, secretsmanager.Options]
	STSCall[I, O any]            = Call[I, O, sts.Options]
)
