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

// Site is a website in a list.
type Site struct {
	Domain, Bucket            string
	DistributionID, ARN, Host string   // of the distribution; Host is its own name
	Names                     []string // sorted, without Domain
	Status                    string
	Enabled                   bool
	Tags                      map[string]string
}

// Each gives the websites of the account whose domains fit, in the order of CloudFront, until give returns false. A
// website is a distribution whose tag names a domain, and that still has the domain as an alias. With an error, Domain
// says which distribution could not be asked for its tags.
func Each(
	ctx context.Context, conn *awsclient.Conn, fits func(domain string) bool, give func(Site, error) bool,
) error {
	w := website{API: NewAPI(conn), conn: conn}
	var all []types.DistributionSummary
	err := w.eachDistribution(ctx, func(d types.DistributionSummary) {
		if d.Aliases != nil && slices.ContainsFunc(d.Aliases.Items, fits) {
			all = append(all, d)
		}
	})
	if err != nil {
		return err
	}
	tags := make([]map[string]string, len(all))
	awsclient.Search(parallelReads, len(all), func(i int) (_ bool, err error) {
		tags[i], err = w.tagsOf(ctx, aws.ToString(all[i].Id), all[i].ARN)
		domain := tags[i][markerTag]
		return slices.Contains(all[i].Aliases.Items, domain) && fits(domain), awsclient.Absent(err) // deleted meanwhile
	}, func(i int, err error) bool {
		if err != nil {
			named := fmt.Sprintf("distribution %s (%s)", aws.ToString(all[i].Id), strings.Join(all[i].Aliases.Items, ", "))
			return give(Site{Domain: named}, err)
		}
		return give(siteOf(all[i], tags[i][markerTag], tags[i]), nil)
	})
	return nil
}

func siteOf(d types.DistributionSummary, domain string, tags map[string]string) Site {
	reads := &types.DistributionConfig{Origins: d.Origins, DefaultCacheBehavior: d.DefaultCacheBehavior}
	names := slices.DeleteFunc(slices.Sorted(slices.Values(d.Aliases.Items)), func(name string) bool {
		return name == domain
	})
	return Site{
		Domain: domain, Bucket: bucketOf(reads), DistributionID: aws.ToString(d.Id), ARN: aws.ToString(d.ARN),
		Host: aws.ToString(d.DomainName), Names: names, Status: aws.ToString(d.Status), Enabled: aws.ToBool(d.Enabled),
		Tags: tags,
	}
}

// tagsOf reads the tags of a distribution.
func (w website) tagsOf(ctx context.Context, id string, arn *string) (map[string]string, error) {
	out, err := w.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: arn})
	if err != nil {
		return nil, err
	}
	if out.Tags == nil {
		return nil, fmt.Errorf("the answer about the tags of the distribution %s holds no list", id)
	}
	tags := map[string]string{}
	for _, tag := range out.Tags.Items {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags, nil
}
