package awsclient

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// globalRegion is the region of AWS's services that have only one.
const globalRegion = "us-east-1"

// EndpointServices are the services whose endpoint can be set.
func EndpointServices() []string {
	return []string{"s3", "iam", "sts", "cloudfront", "route53", "acm", "ssm", "secretsmanager"}
}

// EndpointVariable is the name of the environment variable with a service's endpoint.
func EndpointVariable(service string) string {
	switch service {
	case "route53":
		return "AWS_ENDPOINT_URL_ROUTE_53"
	case "secretsmanager":
		return "AWS_ENDPOINT_URL_SECRETS_MANAGER"
	}
	return "AWS_ENDPOINT_URL_" + strings.ToUpper(service)
}

// S3 returns a client of S3. The clients of all services share connections and retryers, so making one is cheap.
func S3(c *Conn) *s3.Client { return s3Over(c, c.aws.HTTPClient) }

func s3Over(c *Conn, client aws.HTTPClient) *s3.Client {
	config := c.aws.Copy()
	config.HTTPClient = client
	return s3.NewFromConfig(config, func(o *s3.Options) {
		c.configure("s3", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
		c.s3Options(o)
	})
}

// S3Within returns a client of S3 for calls that the limiter bounds. It has no more connections to a host than calls
// can run at once, one that other clients have included: without that bound, a request takes the connection that
// another one leaves while its own is still being made, and that one makes the next. All such clients of limiters with
// the same bound share their connections.
func S3Within(c *Conn, l *Limiter) *s3.Client {
	most := max(1, l.most-1)
	client := c.Shared(fmt.Sprintf("%d connections", most), func() any { return c.within(most) })
	return s3Over(c, client.(aws.HTTPClient))
}

// Presigner returns what signs URLs of S3 for a region. It sends nothing, so the middleware for calls is not for it. A
// URL says nothing of checksums: who uses it would have to send just the same.
func Presigner(c *Conn, region string) *s3.PresignClient {
	return s3.NewPresignClient(s3.NewFromConfig(c.aws, func(o *s3.Options) {
		c.configure("s3", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
		c.s3Options(o)
		o.Region, o.APIOptions = region, nil
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}))
}

// IAM returns a client of IAM.
func IAM(c *Conn) *iam.Client {
	return iam.NewFromConfig(c.aws, func(o *iam.Options) {
		c.configure("iam", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// STS returns a client of STS.
func STS(c *Conn) *sts.Client {
	return sts.NewFromConfig(c.aws, func(o *sts.Options) {
		c.configure("sts", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// CloudFront returns a client of CloudFront.
func CloudFront(c *Conn) *cloudfront.Client {
	return cloudfront.NewFromConfig(c.aws, func(o *cloudfront.Options) {
		c.configure("cloudfront", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// Route53 returns a client of Route 53.
func Route53(c *Conn) *route53.Client {
	return route53.NewFromConfig(c.aws, func(o *route53.Options) {
		c.configure("route53", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// ACM returns a client of Certificate Manager in the region whose certificates CloudFront uses.
func ACM(c *Conn) *acm.Client {
	return acm.NewFromConfig(c.aws, func(o *acm.Options) {
		c.configure("acm", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// SSM returns a client of Systems Manager.
func SSM(c *Conn) *ssm.Client {
	return ssm.NewFromConfig(c.aws, func(o *ssm.Options) {
		c.configure("ssm", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// SecretsManager returns a client of Secrets Manager.
func SecretsManager(c *Conn) *secretsmanager.Client {
	return secretsmanager.NewFromConfig(c.aws, func(o *secretsmanager.Options) {
		c.configure("secretsmanager", options{&o.Region, &o.Retryer, &o.BaseEndpoint, &o.APIOptions})
	})
}

// options points to the fields that the Options of every service have; the SDK has a separate type for each service.
// The constructors are not one generic function, because with one the linker keeps unused operations, 14 MB of them.
type options struct {
	region     *string
	retryer    *aws.Retryer
	endpoint   **string
	apiOptions *[]stackOption
}

// configure sets the common options. A call without an endpoint fails on other stores: AWS must not be sent what is
// meant for them.
func (c *Conn) configure(service string, o options) {
	*o.region = c.regionFor(service, *o.region)
	*o.retryer = c.retryers[service]
	*o.endpoint = c.endpoint(service, *o.endpoint)
	if *o.endpoint == nil && !c.Platform.AWSEndpoints {
		*o.apiOptions = append(slices.Clip(*o.apiOptions), refuse(newNoEndpointError(c.Platform.Name, service)))
	}
}

// regionFor returns the region that the service's calls go to and are signed for. CloudFront and Route 53 are in one
// region for all, and CloudFront takes only certificates of that region:
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
func (c *Conn) regionFor(service, configured string) string {
	switch service {
	case "cloudfront", "route53", "acm":
		return globalRegion
	case "iam", "sts":
		return cmp.Or(c.Platform.IAMRegion, configured)
	}
	return configured
}

// endpoint returns the configured endpoint, else the one that the SDK found in the environment or the profile, else
// the platform's. It is nil for AWS's own.
func (c *Conn) endpoint(service string, found *string) *string {
	if url := c.cfg.Endpoints[service]; url != "" {
		return &url
	}
	switch {
	case found != nil:
	case service == "s3" && c.Platform.DefaultEndpoint != "":
		return aws.String(c.Platform.DefaultEndpoint)
	case service == "sts" && c.Platform.OwnSessions:
		return aws.String(c.cfg.endpoint("s3"))
	}
	return found
}

// s3Options sets what an endpoint other than AWS's needs: many stores know neither bucket names as host names nor the
// newer checksums.
func (c *Conn) s3Options(o *s3.Options) {
	o.APIOptions = append(slices.Clip(o.APIOptions), c.Platform.quirks()...)
	custom := o.BaseEndpoint != nil
	o.UsePathStyle = custom
	if c.cfg.S3UsePathStyle != nil {
		o.UsePathStyle = *c.cfg.S3UsePathStyle
	}
	request, response := c.checksums()
	if custom && request == 0 {
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	}
	if custom && response == 0 {
		o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
	}
}

// checksums returns the settings of the environment or the profile, 0 where they have none. The SDK's resolved values
// do not tell a setting from the default.
func (c *Conn) checksums() (aws.RequestChecksumCalculation, aws.ResponseChecksumValidation) {
	var request aws.RequestChecksumCalculation
	var response aws.ResponseChecksumValidation
	for _, source := range c.aws.ConfigSources {
		switch s := source.(type) {
		case config.EnvConfig:
			request, response = max(request, s.RequestChecksumCalculation), max(response, s.ResponseChecksumValidation)
		case config.SharedConfig:
			request, response = max(request, s.RequestChecksumCalculation), max(response, s.ResponseChecksumValidation)
		}
	}
	return request, response
}
