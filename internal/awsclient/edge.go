package awsclient

import (
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
)

// CloudFront is the client of CloudFront, which is in one region for all, as cheap to make as S3's.
func CloudFront(c *Conn) *cloudfront.Client {
	return cloudfront.NewFromConfig(c.aws, func(o *cloudfront.Options) {
		o.Region = globalRegion
		o.Retryer = c.retryers["cloudfront"]
		o.BaseEndpoint = c.endpoint("cloudfront", o.BaseEndpoint)
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "cloudfront", o.APIOptions)
	})
}

// Route53 is the client of Route 53, which is in one region for all, as cheap to make as S3's.
func Route53(c *Conn) *route53.Client {
	return route53.NewFromConfig(c.aws, func(o *route53.Options) {
		o.Region = globalRegion
		o.Retryer = c.retryers["route53"]
		o.BaseEndpoint = c.endpoint("route53", o.BaseEndpoint)
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "route53", o.APIOptions)
	})
}

// ACM is the client of Certificate Manager where CloudFront looks for certificates, whatever the provider's region. It
// is as cheap to make as S3's.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
func ACM(c *Conn) *acm.Client {
	return acm.NewFromConfig(c.aws, func(o *acm.Options) {
		o.Region = globalRegion
		o.Retryer = c.retryers["acm"]
		o.BaseEndpoint = c.endpoint("acm", o.BaseEndpoint)
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "acm", o.APIOptions)
	})
}
