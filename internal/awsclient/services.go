package awsclient

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// globalRegion is where AWS's services without regions are, and what IAM and STS of other stores want in signatures.
const globalRegion = "us-east-1"

// S3 is the client of S3. Making one is cheap; connections and retry state are shared.
func S3(c *Conn) *s3.Client {
	return s3.NewFromConfig(c.aws, func(o *s3.Options) {
		o.Retryer = c.retryers["s3"]
		o.BaseEndpoint = c.endpoint("s3", o.BaseEndpoint)
		own := o.BaseEndpoint != nil
		o.UsePathStyle = own
		if c.cfg.S3UsePathStyle != nil {
			o.UsePathStyle = *c.cfg.S3UsePathStyle
		}
		request, response := c.checksums()
		if own && request == 0 { // many stores do not know the newer checksums
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		}
		if own && response == 0 {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		}
	})
}

// IAM is the client of IAM, as cheap to make as S3's.
func IAM(c *Conn) *iam.Client {
	return iam.NewFromConfig(c.aws, func(o *iam.Options) {
		o.Retryer = c.retryers["iam"]
		o.BaseEndpoint = c.endpoint("iam", o.BaseEndpoint)
		if !c.Platform.AWS() {
			o.Region = globalRegion
		}
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "iam", o.APIOptions)
	})
}

// STS is the client of STS, as cheap to make as S3's.
func STS(c *Conn) *sts.Client {
	return sts.NewFromConfig(c.aws, func(o *sts.Options) {
		o.Retryer = c.retryers["sts"]
		o.BaseEndpoint = c.endpoint("sts", o.BaseEndpoint)
		if !c.Platform.AWS() {
			o.Region = globalRegion
		}
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "sts", o.APIOptions)
	})
}

// endpoint is the configured one, else that of the environment or the profile, which the SDK has found, else the
// platform's; nil for AWS's own.
func (c *Conn) endpoint(service string, found *string) *string {
	if url := c.cfg.Endpoints[service]; url != "" {
		return &url
	}
	if found == nil && service == "s3" && c.Platform.DefaultEndpoint != "" {
		return aws.String(c.Platform.DefaultEndpoint)
	}
	return found
}

// refuseWithout makes every call fail where there is no endpoint for it: AWS must not be sent what is meant for another
// store.
func (c *Conn) refuseWithout(endpoint *string, service string, options []stackOption) []stackOption {
	if endpoint != nil || c.Platform.AWS() {
		return options
	}
	return append(slices.Clip(options), refuse(fmt.Sprintf(
		"platform %s has no %s of its own: set endpoints.%s", c.Platform.Name, strings.ToUpper(service), service)))
}

// checksums are the settings of the environment or the profile, 0 for none: the SDK does not tell them from its own
// default.
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
