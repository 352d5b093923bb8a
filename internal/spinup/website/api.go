package website

import (
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	GetBucketWebsite         awsclient.S3Call[s3.GetBucketWebsiteInput, s3.GetBucketWebsiteOutput]                                         `iam:"s3:GetBucketWebsite" on:"bucket"`
	GetDistribution          awsclient.CloudFrontCall[cloudfront.GetDistributionInput, cloudfront.GetDistributionOutput]                   `iam:"cloudfront:GetDistribution" on:"distribution"`
	ListDistributions        awsclient.CloudFrontCall[cloudfront.ListDistributionsInput, cloudfront.ListDistributionsOutput]               `iam:"cloudfront:ListDistributions" on:"*"`
	ListTagsForResource      awsclient.CloudFrontCall[cloudfront.ListTagsForResourceInput, cloudfront.ListTagsForResourceOutput]           `iam:"cloudfront:ListTagsForResource" on:"distribution"`
	ListOriginAccessControls awsclient.CloudFrontCall[cloudfront.ListOriginAccessControlsInput, cloudfront.ListOriginAccessControlsOutput] `iam:"cloudfront:ListOriginAccessControls" on:"*"`
	DescribeFunction         awsclient.CloudFrontCall[cloudfront.DescribeFunctionInput, cloudfront.DescribeFunctionOutput]                 `iam:"cloudfront:DescribeFunction" on:"function"`
	GetFunction              awsclient.CloudFrontCall[cloudfront.GetFunctionInput, cloudfront.GetFunctionOutput]                           `iam:"cloudfront:GetFunction" on:"function"`
	ListHostedZones          awsclient.Route53Call[route53.ListHostedZonesInput, route53.ListHostedZonesOutput]                            `iam:"route53:ListHostedZones" on:"*"`
	GetHostedZone            awsclient.Route53Call[route53.GetHostedZoneInput, route53.GetHostedZoneOutput]                                `iam:"route53:GetHostedZone" on:"zone"`
	ListResourceRecordSets   awsclient.Route53Call[route53.ListResourceRecordSetsInput, route53.ListResourceRecordSetsOutput]              `iam:"route53:ListResourceRecordSets" on:"zone"`
	ListCertificates         awsclient.ACMCall[acm.ListCertificatesInput, acm.ListCertificatesOutput]                                      `iam:"acm:ListCertificates" on:"*"`
	DescribeCertificate      awsclient.ACMCall[acm.DescribeCertificateInput, acm.DescribeCertificateOutput]                                `iam:"acm:DescribeCertificate" on:"certificate"`
	ListTagsForCertificate   awsclient.ACMCall[acm.ListTagsForCertificateInput, acm.ListTagsForCertificateOutput]                          `iam:"acm:ListTagsForCertificate" on:"certificate"`
}

// Writes are the other operations: those that change something, and the reads they need first.
type Writes struct {
	PutBucketWebsite           awsclient.S3Call[s3.PutBucketWebsiteInput, s3.PutBucketWebsiteOutput]                                             `iam:"s3:PutBucketWebsite" on:"bucket"`
	DeleteBucketWebsite        awsclient.S3Call[s3.DeleteBucketWebsiteInput, s3.DeleteBucketWebsiteOutput]                                       `iam:"s3:DeleteBucketWebsite" on:"bucket"`
	PutObject                  awsclient.S3Call[s3.PutObjectInput, s3.PutObjectOutput]                                                           `iam:"s3:PutObject,s3:PutObjectTagging" on:"object"`
	CreateDistributionWithTags awsclient.CloudFrontCall[cloudfront.CreateDistributionWithTagsInput, cloudfront.CreateDistributionWithTagsOutput] `iam:"cloudfront:CreateDistribution,cloudfront:TagResource" on:"distribution"`
	UpdateDistribution         awsclient.CloudFrontCall[cloudfront.UpdateDistributionInput, cloudfront.UpdateDistributionOutput]                 `iam:"cloudfront:UpdateDistribution" on:"distribution"`
	DeleteDistribution         awsclient.CloudFrontCall[cloudfront.DeleteDistributionInput, cloudfront.DeleteDistributionOutput]                 `iam:"cloudfront:DeleteDistribution" on:"distribution"`
	TagResource                awsclient.CloudFrontCall[cloudfront.TagResourceInput, cloudfront.TagResourceOutput]                               `iam:"cloudfront:TagResource" on:"distribution"`
	UntagResource              awsclient.CloudFrontCall[cloudfront.UntagResourceInput, cloudfront.UntagResourceOutput]                           `iam:"cloudfront:UntagResource" on:"distribution"`
	CreateOriginAccessControl  awsclient.CloudFrontCall[cloudfront.CreateOriginAccessControlInput, cloudfront.CreateOriginAccessControlOutput]   `iam:"cloudfront:CreateOriginAccessControl" on:"access"`
	GetOriginAccessControl     awsclient.CloudFrontCall[cloudfront.GetOriginAccessControlInput, cloudfront.GetOriginAccessControlOutput]         `iam:"cloudfront:GetOriginAccessControl" on:"access"`
	UpdateOriginAccessControl  awsclient.CloudFrontCall[cloudfront.UpdateOriginAccessControlInput, cloudfront.UpdateOriginAccessControlOutput]   `iam:"cloudfront:UpdateOriginAccessControl" on:"access"`
	DeleteOriginAccessControl  awsclient.CloudFrontCall[cloudfront.DeleteOriginAccessControlInput, cloudfront.DeleteOriginAccessControlOutput]   `iam:"cloudfront:DeleteOriginAccessControl" on:"access"`
	CreateFunction             awsclient.CloudFrontCall[cloudfront.CreateFunctionInput, cloudfront.CreateFunctionOutput]                         `iam:"cloudfront:CreateFunction" on:"function"`
	UpdateFunction             awsclient.CloudFrontCall[cloudfront.UpdateFunctionInput, cloudfront.UpdateFunctionOutput]                         `iam:"cloudfront:UpdateFunction" on:"function"`
	PublishFunction            awsclient.CloudFrontCall[cloudfront.PublishFunctionInput, cloudfront.PublishFunctionOutput]                       `iam:"cloudfront:PublishFunction" on:"function"`
	DeleteFunction             awsclient.CloudFrontCall[cloudfront.DeleteFunctionInput, cloudfront.DeleteFunctionOutput]                         `iam:"cloudfront:DeleteFunction" on:"function"`
	CreateInvalidation         awsclient.CloudFrontCall[cloudfront.CreateInvalidationInput, cloudfront.CreateInvalidationOutput]                 `iam:"cloudfront:CreateInvalidation" on:"distribution"`
	ChangeResourceRecordSets   awsclient.Route53Call[route53.ChangeResourceRecordSetsInput, route53.ChangeResourceRecordSetsOutput]              `iam:"route53:ChangeResourceRecordSets" on:"zone"`
	GetChange                  awsclient.Route53Call[route53.GetChangeInput, route53.GetChangeOutput]                                            `iam:"route53:GetChange" on:"change"`
	RequestCertificate         awsclient.ACMCall[acm.RequestCertificateInput, acm.RequestCertificateOutput]                                      `iam:"acm:RequestCertificate,acm:AddTagsToCertificate" on:"certificate"`
	DeleteCertificate          awsclient.ACMCall[acm.DeleteCertificateInput, acm.DeleteCertificateOutput]                                        `iam:"acm:DeleteCertificate" on:"certificate"`
}

// API is every operation that a site needs beside those of its bucket. The tags name the IAM action that allows it and
// the kind of resource that it is about.
type API struct {
	Reads
	Writes
}

// NewAPI takes the operations from the service clients.
func NewAPI(c *awsclient.Conn) API {
	s3, cf, r53, acm := awsclient.S3(c), awsclient.CloudFront(c), awsclient.Route53(c), awsclient.ACM(c)
	return API{
		Reads: Reads{
			GetBucketWebsite:         s3.GetBucketWebsite,
			GetDistribution:          cf.GetDistribution,
			ListDistributions:        cf.ListDistributions,
			ListTagsForResource:      cf.ListTagsForResource,
			ListOriginAccessControls: cf.ListOriginAccessControls,
			DescribeFunction:         cf.DescribeFunction,
			GetFunction:              cf.GetFunction,
			ListHostedZones:          r53.ListHostedZones,
			GetHostedZone:            r53.GetHostedZone,
			ListResourceRecordSets:   r53.ListResourceRecordSets,
			ListCertificates:         acm.ListCertificates,
			DescribeCertificate:      acm.DescribeCertificate,
			ListTagsForCertificate:   acm.ListTagsForCertificate,
		},
		Writes: Writes{
			PutBucketWebsite:           s3.PutBucketWebsite,
			DeleteBucketWebsite:        s3.DeleteBucketWebsite,
			PutObject:                  s3.PutObject,
			CreateDistributionWithTags: cf.CreateDistributionWithTags,
			UpdateDistribution:         cf.UpdateDistribution,
			DeleteDistribution:         cf.DeleteDistribution,
			TagResource:                cf.TagResource,
			UntagResource:              cf.UntagResource,
			CreateOriginAccessControl:  cf.CreateOriginAccessControl,
			GetOriginAccessControl:     cf.GetOriginAccessControl,
			UpdateOriginAccessControl:  cf.UpdateOriginAccessControl,
			DeleteOriginAccessControl:  cf.DeleteOriginAccessControl,
			CreateFunction:             cf.CreateFunction,
			UpdateFunction:             cf.UpdateFunction,
			PublishFunction:            cf.PublishFunction,
			DeleteFunction:             cf.DeleteFunction,
			CreateInvalidation:         cf.CreateInvalidation,
			ChangeResourceRecordSets:   r53.ChangeResourceRecordSets,
			GetChange:                  r53.GetChange,
			RequestCertificate:         acm.RequestCertificate,
			DeleteCertificate:          acm.DeleteCertificate,
		},
	}
}

// Purges are the operations of an invalidation that is waited for.
type Purges struct {
	CreateInvalidation awsclient.CloudFrontCall[cloudfront.CreateInvalidationInput, cloudfront.CreateInvalidationOutput] `iam:"cloudfront:CreateInvalidation" on:"distribution"`
	GetInvalidation    awsclient.CloudFrontCall[cloudfront.GetInvalidationInput, cloudfront.GetInvalidationOutput]       `iam:"cloudfront:GetInvalidation" on:"distribution"`
}

// Invalidations are the operations of Invalidate.
type Invalidations struct {
	ListDistributions awsclient.CloudFrontCall[cloudfront.ListDistributionsInput, cloudfront.ListDistributionsOutput] `iam:"cloudfront:ListDistributions" on:"*"`
	Purges
}
