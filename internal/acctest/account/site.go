package account

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// Records are the record sets of a zone that its owner made: all but those of the zone itself.
func (a Account) Records(ctx context.Context, zone string) (records []r53types.ResourceRecordSet, err error) {
	pages := route53.NewListResourceRecordSetsPaginator(a.Route53,
		&route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing records: %w", err)
		}
		records = append(records, page.ResourceRecordSets...)
	}
	return slices.DeleteFunc(records, func(r r53types.ResourceRecordSet) bool {
		return r.Type == r53types.RRTypeSoa || r.Type == r53types.RRTypeNs
	}), nil
}

// ChangeRecords does the same to each of the record sets of a zone.
func (a Account) ChangeRecords(
	ctx context.Context, zone string, action r53types.ChangeAction, records ...r53types.ResourceRecordSet,
) error {
	batch := &r53types.ChangeBatch{}
	for _, record := range records {
		batch.Changes = append(batch.Changes, r53types.Change{Action: action, ResourceRecordSet: &record})
	}
	_, err := a.Route53.ChangeResourceRecordSets(ctx,
		&route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: batch})
	return err
}

// Fetch asks a site for a path as a browser would, without following a redirect. Only fakecloud serves sites: it knows
// them by the Host header. It runs no functions there, and to a bucket policy the site comes over plain http.
func Fetch(ctx context.Context, edge, host, path string) (status int, body string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, edge+path, nil)
	if err != nil {
		return 0, "", err
	}
	request.Host = host
	client := http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return response.StatusCode, string(text), err
}

// SiteLeftovers names what is there of a site: its bucket, groups and policies, its distribution, origin access control
// and function, the records of its name and below, and certificates of its name that bear a tag.
func (a Account) SiteLeftovers(ctx context.Context, domain string) ([]string, error) {
	left, err := a.Leftovers(ctx, domain)
	if err != nil {
		return nil, err
	}
	web, err := found(a.level(ctx, domain+"-WebAdm"))
	if err != nil {
		return nil, err
	}
	left = append(left, web...)
	for _, kind := range []func(context.Context, string) ([]string, error){
		a.distributions, a.accessControls, a.functions, a.records, a.certificates,
	} {
		more, err := kind(ctx, domain)
		if err != nil {
			return nil, err
		}
		left = append(left, more...)
	}
	return left, nil
}

func (a Account) distributions(ctx context.Context, domain string) (left []string, err error) {
	pages := cloudfront.NewListDistributionsPaginator(a.CloudFront, &cloudfront.ListDistributionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing distributions: %w", err)
		}
		for _, d := range page.DistributionList.Items {
			reads := strings.HasPrefix(aws.ToString(d.Origins.Items[0].DomainName), domain+".s3")
			if reads || d.Aliases != nil && slices.Contains(d.Aliases.Items, domain) {
				left = append(left, "distribution "+*d.Id)
			}
		}
	}
	return left, nil
}

func (a Account) accessControls(ctx context.Context, domain string) (left []string, err error) {
	pages := cloudfront.NewListOriginAccessControlsPaginator(a.CloudFront, &cloudfront.ListOriginAccessControlsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing origin access controls: %w", err)
		}
		for _, c := range page.OriginAccessControlList.Items {
			if named(*c.Name, domain) {
				left = append(left, "origin access control "+*c.Name)
			}
		}
	}
	return left, nil
}

func (a Account) functions(ctx context.Context, domain string) (left []string, err error) {
	in := &cloudfront.ListFunctionsInput{}
	for {
		out, err := a.CloudFront.ListFunctions(ctx, in)
		if err != nil {
			return nil, fmt.Errorf("listing functions: %w", err)
		}
		for _, f := range out.FunctionList.Items {
			if named(*f.Name, domain) {
				left = append(left, "function "+*f.Name)
			}
		}
		if in.Marker = out.FunctionList.NextMarker; aws.ToString(in.Marker) == "" {
			return left, nil
		}
	}
}

// named reports whether a name was made from the domain, for something whose names have no dots and at most 64
// characters.
func named(name, domain string) bool {
	const beside = 16 // characters at most that stand beside the domain
	hyphens := strings.NewReplacer(".", "-", "_", "-")
	plain := hyphens.Replace(domain)
	return strings.Contains(hyphens.Replace(name), plain[:min(len(plain), 64-beside)])
}

func (a Account) records(ctx context.Context, domain string) (left []string, err error) {
	zones := route53.NewListHostedZonesPaginator(a.Route53, &route53.ListHostedZonesInput{})
	for zones.HasMorePages() {
		page, err := zones.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing hosted zones: %w", err)
		}
		for _, zone := range page.HostedZones {
			if !strings.HasSuffix("."+domain+".", "."+*zone.Name) {
				continue
			}
			records, err := a.Records(ctx, *zone.Id)
			if err != nil {
				return nil, err
			}
			for _, r := range records {
				if strings.HasSuffix("."+*r.Name, "."+domain+".") {
					left = append(left, fmt.Sprintf("record %s %s", r.Type, *r.Name))
				}
			}
		}
	}
	return left, nil
}

func (a Account) certificates(ctx context.Context, domain string) (left []string, err error) {
	pages := acm.NewListCertificatesPaginator(a.ACM, &acm.ListCertificatesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing certificates: %w", err)
		}
		for _, c := range page.CertificateSummaryList {
			if *c.DomainName != domain && !slices.Contains(c.SubjectAlternativeNameSummaries, domain) {
				continue
			}
			tags, err := a.ACM.ListTagsForCertificate(ctx,
				&acm.ListTagsForCertificateInput{CertificateArn: c.CertificateArn})
			if err != nil {
				return nil, fmt.Errorf("listing the tags of a certificate: %w", err)
			}
			if len(tags.Tags) > 0 {
				left = append(left, "certificate "+*c.CertificateArn)
			}
		}
	}
	return left, nil
}
