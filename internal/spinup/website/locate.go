package website

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Location is what an import needs to know of a site before it can read its parts.
type Location struct {
	Domain, Bucket, DistributionID, CertificateARN string
	Aliases, Redirects                             []string // sorted
	Origin                                         string   // OriginPrivate or OriginEndpoint
}

// Locate finds a site by its domain or by the id of its distribution. It returns false if there is no such site.
func Locate(ctx context.Context, conn *awsclient.Conn, id string) (Location, bool, error) {
	w := website{API: NewAPI(conn), conn: conn}
	distribution := id
	if strings.Contains(id, ".") {
		var err error
		if distribution, err = w.withAlias(ctx, []string{id}); err != nil || distribution == "" {
			return Location{}, false, err
		}
	}
	out, err := w.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &distribution})
	if err != nil {
		return Location{}, false, awsclient.Absent(err)
	}
	if out.Distribution == nil || out.Distribution.DistributionConfig == nil {
		return Location{}, false, fmt.Errorf("the answer about the distribution %s holds no distribution", distribution)
	}
	config := out.Distribution.DistributionConfig
	seen := seenSettings(config)
	found := Location{
		Domain: id, DistributionID: distribution, Bucket: bucketOf(config), CertificateARN: seen.CertificateARN,
		Origin: OriginPrivate,
	}
	if !strings.Contains(id, ".") {
		found.Domain = domainOf(config)
	}
	if seen.AccessID == "" {
		found.Origin = OriginEndpoint
	}
	if found.Redirects, err = w.redirects(ctx, Spec{Domain: found.Domain}); err != nil {
		return Location{}, false, err
	}
	for _, name := range seen.Names {
		if name != found.Domain && !slices.Contains(found.Redirects, name) {
			found.Aliases = append(found.Aliases, name)
		}
	}
	return found, true, nil
}

// bucketOf is the bucket that a distribution reads from: the beginning of its origin's host name.
func bucketOf(c *types.DistributionConfig) string {
	origin := targetOrigin(c)
	if origin == nil {
		return ""
	}
	return bucketOfHost(aws.ToString(origin.DomainName))
}

// bucketOfHost is the bucket of an S3 host name, or the host name itself where it is none.
func bucketOfHost(host string) string {
	for _, mark := range []string{".s3-website", ".s3."} {
		if i := strings.LastIndex(host, mark); i > 0 {
			return host[:i]
		}
	}
	return host
}

// IsBucketHost reports whether S3 serves a bucket under the host name.
func IsBucketHost(host string) bool { return bucketOfHost(host) != host }

// domainOf is the alias of the distribution that its comment names, or else the first one.
func domainOf(c *types.DistributionConfig) string {
	if c.Aliases == nil || len(c.Aliases.Items) == 0 {
		return ""
	}
	if slices.Contains(c.Aliases.Items, aws.ToString(c.Comment)) {
		return *c.Comment
	}
	return c.Aliases.Items[0]
}
