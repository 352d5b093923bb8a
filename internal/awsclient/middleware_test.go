package awsclient_test

import (
	"context"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// TestResources: an error names the object of the call.
func TestResources(t *testing.T) {
	clean(t)
	server := serve(t, func(seen) answer { return answer{Status: 403} })
	cfg := unasked(server.URL)
	for _, service := range []string{"cloudfront", "route53", "acm"} {
		cfg.Endpoints[service] = server.URL
	}
	conn := connect(t, cfg)
	cf, dns, certificates := awsclient.CloudFront(conn), awsclient.Route53(conn), awsclient.ACM(conn)
	id, arn := aws.String("E1"), aws.String("arn:aws:acm:us-east-1:123456789012:certificate/1")
	for want, call := range map[string]func(context.Context) error{
		"distribution E1": func(ctx context.Context) error {
			_, err := cf.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: id})
			return err
		},
		"distribution E2": func(ctx context.Context) error {
			_, err := cf.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
				DistributionId: aws.String("E2"), InvalidationBatch: &types.InvalidationBatch{
					CallerReference: id, Paths: &types.Paths{Quantity: aws.Int32(0)},
				},
			})
			return err
		},
		"distribution arn:aws:cloudfront::123456789012:distribution/E1": func(ctx context.Context) error {
			_, err := cf.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{
				Resource: aws.String("arn:aws:cloudfront::123456789012:distribution/E1"),
			})
			return err
		},
		"": func(ctx context.Context) error {
			_, err := cf.ListDistributions(ctx, &cloudfront.ListDistributionsInput{})
			return err
		},
		"origin access control E1": func(ctx context.Context) error {
			_, err := cf.DeleteOriginAccessControl(ctx, &cloudfront.DeleteOriginAccessControlInput{Id: id})
			return err
		},
		"origin access control *": func(ctx context.Context) error {
			_, err := cf.CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
				OriginAccessControlConfig: &types.OriginAccessControlConfig{
					Name: id, OriginAccessControlOriginType: types.OriginAccessControlOriginTypesS3,
					SigningBehavior: types.OriginAccessControlSigningBehaviorsAlways,
					SigningProtocol: types.OriginAccessControlSigningProtocolsSigv4,
				},
			})
			return err
		},
		"function spinup-a": func(ctx context.Context) error {
			_, err := cf.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: aws.String("spinup-a")})
			return err
		},
		"zone Z1": func(ctx context.Context) error {
			_, err := dns.GetHostedZone(ctx, &route53.GetHostedZoneInput{Id: aws.String("Z1")})
			return err
		},
		"zone Z2": func(ctx context.Context) error {
			_, err := dns.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{HostedZoneId: aws.String("Z2")})
			return err
		},
		"change C1": func(ctx context.Context) error {
			_, err := dns.GetChange(ctx, &route53.GetChangeInput{Id: aws.String("C1")})
			return err
		},
		"certificate " + *arn: func(ctx context.Context) error {
			_, err := certificates.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: arn})
			return err
		},
		"certificate *": func(ctx context.Context) error {
			_, err := certificates.RequestCertificate(ctx, &acm.RequestCertificateInput{DomainName: aws.String("www.example.edu")})
			return err
		},
	} {
		var failed *awsclient.CallError
		if err := call(t.Context()); !errors.As(err, &failed) || failed.Resource != want {
			t.Errorf("got %v, want it to be on %q", err, want)
		}
	}
}
