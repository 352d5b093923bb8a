package website

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

const (
	domain  = "www.example.edu"
	target  = "d1.cloudfront.net"
	distARN = "arn:aws:cloudfront::123456789012:distribution/E1"
	certARN = "arn:aws:acm:us-east-1:123456789012:certificate/1"
)

// journal notes the operations that were called. One that a test gives no fake for panics.
type journal []string

func (j *journal) note(input any) {
	name := fmt.Sprintf("%T", input)
	*j = append(*j, strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], "Input"))
}

// count is how often an operation was called.
func (j *journal) count(operation string) int {
	n := 0
	for _, one := range *j {
		if one == operation {
			n++
		}
	}
	return n
}

// want requires that the operations were called, each at least once, and no others.
func (j *journal) want(t *testing.T, operations ...string) {
	t.Helper()
	got := slices.Compact(slices.Sorted(slices.Values(*j)))
	slices.Sort(operations)
	if !slices.Equal(got, operations) {
		t.Errorf("called were %v, want %v", got, operations)
	}
}

func cf[I, O any](j *journal, do func(*I) (*O, error)) awsclient.CloudFrontCall[I, O] {
	return func(_ context.Context, in *I, _ ...func(*cloudfront.Options)) (*O, error) {
		j.note(in)
		return do(in)
	}
}

func r53[I, O any](j *journal, do func(*I) (*O, error)) awsclient.Route53Call[I, O] {
	return func(_ context.Context, in *I, _ ...func(*route53.Options)) (*O, error) {
		j.note(in)
		return do(in)
	}
}

func certs[I, O any](j *journal, do func(*I) (*O, error)) awsclient.ACMCall[I, O] {
	return func(_ context.Context, in *I, _ ...func(*acm.Options)) (*O, error) {
		j.note(in)
		return do(in)
	}
}

// refused is AWS's error of a code, after a number of attempts.
func refused(code string, attempts int) error {
	return &awsclient.CallError{Service: "test", Operation: "Test", Code: code, Attempts: attempts, Lost: attempts > 1}
}

// site is a website without any operation but a look at the zones of an account that has none, at the pace of AWS:
// tests of waits run in false time.
func site() website {
	w := website{conn: &awsclient.Conn{Pace: awsclient.DefaultPace()}}
	w.ListHostedZones = r53(&journal{}, func(*route53.ListHostedZonesInput) (*route53.ListHostedZonesOutput, error) {
		return &route53.ListHostedZonesOutput{}, nil
	})
	return w
}

// simple is a private site with DNS.
func simple() Spec {
	return Spec{
		Bucket: bucket.Spec{Name: domain, Region: "us-east-1", Partition: "aws"},
		Domain: domain, DNS: true, Origin: OriginPrivate,
		Delivery: Delivery{
			Index: "index.html", PriceClass: "PriceClass_100", HTTPVersion: "http2and3", IPv6: true,
			MinimumTLS: "TLSv1.2_2021", CachePolicy: CachePolicyID(CacheOptimized),
		},
	}
}
