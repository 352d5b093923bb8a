package bucket

import (
	"net/url"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// The SDK knows where each partition's endpoints are. Its host names are ours.
func TestRegionalDomainName_asSDK(t *testing.T) {
	for partition, region := range map[string]string{
		"aws": "eu-central-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-eusc": "eusc-de-east-1",
		"aws-iso": "us-iso-east-1", "aws-iso-b": "us-isob-east-1", "aws-iso-e": "eu-isoe-west-1",
		"aws-iso-f": "us-isof-south-1",
	} {
		endpoint, err := s3.NewDefaultEndpointResolverV2().ResolveEndpoint(t.Context(), s3.EndpointParameters{
			Region: &region, Bucket: aws.String("reports"),
		})
		if err != nil {
			t.Fatal(err)
		}
		want := (&url.URL{Scheme: "https", Host: RegionalDomainName("reports", region, partition)}).String()
		if got := endpoint.URI.String(); got != want {
			t.Errorf("%s: the SDK asks %s, and not %s", partition, got, want)
		}
	}
}

func TestWebsiteEndpoint(t *testing.T) {
	for want, in := range map[string]struct{ region, partition string }{
		"reports.s3-website-us-east-1.amazonaws.com":     {"us-east-1", "aws"},
		"reports.s3-website.eu-central-1.amazonaws.com":  {"eu-central-1", "aws"},
		"reports.s3-website.cn-north-1.amazonaws.com.cn": {"cn-north-1", "aws-cn"},
		"reports.s3-website.eusc-de-east-1.amazonaws.eu": {"eusc-de-east-1", "aws-eusc"},
	} {
		if got := WebsiteEndpoint("reports", in.region, in.partition); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
