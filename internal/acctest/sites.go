package acctest

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// CloudFront is a plain client, as root, of the emulator itself that has CloudFront.
func (b *Bench) CloudFront() *cloudfront.Client {
	return cloudfront.New(cloudfront.Options{Region: Region, BaseEndpoint: &b.edge.Endpoint, Credentials: root()})
}

// Route53 is a plain client of the emulator itself, as root.
func (b *Bench) Route53() *route53.Client {
	return route53.New(route53.Options{Region: Region, BaseEndpoint: &b.Endpoint, Credentials: root()})
}

// ACM is a plain client of the emulator itself, as root.
func (b *Bench) ACM() *acm.Client {
	return acm.New(acm.Options{Region: Region, BaseEndpoint: &b.Endpoint, Credentials: root()})
}

// MakeZone makes a public hosted zone and gives its id, without /hostedzone/. It goes with all its records at the end
// of the test.
func (b *Bench) MakeZone(t *testing.T, name string) (id string) {
	t.Helper()
	out := Must(b.Route53().CreateHostedZone(t.Context(), &route53.CreateHostedZoneInput{
		Name: &name, CallerReference: aws.String(rand.Text()),
	}))(t)
	id = strings.TrimPrefix(*out.HostedZone.Id, "/hostedzone/")
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if records, err := b.records(ctx, id); err == nil {
			_ = b.change(ctx, id, r53types.ChangeActionDelete, records...)
		}
		_, _ = b.Route53().DeleteHostedZone(ctx, &route53.DeleteHostedZoneInput{Id: &id})
	})
	return id
}

// PutRecord puts a record set into a zone, in the place of any of its name and type.
func (b *Bench) PutRecord(t *testing.T, zone string, record r53types.ResourceRecordSet) {
	t.Helper()
	if err := b.change(t.Context(), zone, r53types.ChangeActionUpsert, record); err != nil {
		t.Fatal(err)
	}
}

// Records are the record sets of a zone that its owner made: all but those of the zone itself.
func (b *Bench) Records(t *testing.T, zone string) []r53types.ResourceRecordSet {
	t.Helper()
	return Must(b.records(t.Context(), zone))(t)
}

func (b *Bench) records(ctx context.Context, zone string) (records []r53types.ResourceRecordSet, err error) {
	pages := route53.NewListResourceRecordSetsPaginator(b.Route53(),
		&route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		records = append(records, page.ResourceRecordSets...)
	}
	return slices.DeleteFunc(records, func(r r53types.ResourceRecordSet) bool {
		return r.Type == r53types.RRTypeSoa || r.Type == r53types.RRTypeNs
	}), nil
}

func (b *Bench) change(
	ctx context.Context, zone string, action r53types.ChangeAction, records ...r53types.ResourceRecordSet,
) error {
	batch := &r53types.ChangeBatch{}
	for _, record := range records {
		batch.Changes = append(batch.Changes, r53types.Change{Action: action, ResourceRecordSet: &record})
	}
	_, err := b.Route53().ChangeResourceRecordSets(ctx,
		&route53.ChangeResourceRecordSetsInput{HostedZoneId: &zone, ChangeBatch: batch})
	return err
}

// MakeCertificate makes an issued certificate that bears no tags and gives its ARN. It takes a second, as long as the
// emulators let one be pending, and goes at the end of the test.
func (b *Bench) MakeCertificate(t *testing.T, names ...string) (arn string) {
	t.Helper()
	out := Must(b.ACM().RequestCertificate(t.Context(), &acm.RequestCertificateInput{
		DomainName: &names[0], SubjectAlternativeNames: names[1:], ValidationMethod: acmtypes.ValidationMethodDns,
	}))(t)
	arn = *out.CertificateArn
	t.Cleanup(func() {
		_, _ = b.ACM().DeleteCertificate(context.WithoutCancel(t.Context()),
			&acm.DeleteCertificateInput{CertificateArn: &arn})
	})
	pace := Pace()
	pace.Consistency = 30 * time.Second
	err := awsclient.Until(t.Context(), pace, "the certificate to be issued", func(ctx context.Context) (bool, error) {
		out, err := b.ACM().DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
		return err == nil && out.Certificate.Status == acmtypes.CertificateStatusIssued, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return arn
}

// Fetch asks a site for a path as a browser would, without following a redirect. Only fakecloud serves sites: it knows
// them by the Host header. It runs no functions there, and to a bucket policy the site comes over plain http.
func (b *Bench) Fetch(t *testing.T, host, path string) (status int, body string) {
	t.Helper()
	request := Must(http.NewRequestWithContext(t.Context(), http.MethodGet, b.edge.Endpoint+path, nil))(t)
	request.Host = host
	client := http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response.StatusCode, string(Must(io.ReadAll(response.Body))(t))
}

// GoneSite requires that nothing of a site is left, see SiteLeftovers.
func (b *Bench) GoneSite(t *testing.T, domain string) {
	t.Helper()
	for _, left := range b.SiteLeftovers(t, domain) {
		t.Errorf("left behind: %s", left)
	}
}

// SiteLeftovers names what is there of a site: its bucket, groups and policies, its distribution, origin access control
// and function, the records of its name and below, and certificates of its name that bear a tag.
func (b *Bench) SiteLeftovers(t *testing.T, domain string) []string {
	t.Helper()
	left := b.Leftovers(t, domain)
	group := domain + "-WebAdmGrp"
	_, err := b.IAM().GetGroup(t.Context(), &iam.GetGroupInput{GroupName: &group})
	left = add(t, left, "group "+group, err)
	policy := b.PolicyARN(domain + "-WebAdmPlc")
	_, err = b.IAM().GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: &policy})
	left = add(t, left, "policy "+policy, err)
	return slices.Concat(left, b.edgeLeftovers(t, domain), b.recordLeftovers(t, domain), b.certificateLeftovers(t, domain))
}

func (b *Bench) edgeLeftovers(t *testing.T, domain string) (left []string) {
	t.Helper()
	client := b.CloudFront()
	distributions := cloudfront.NewListDistributionsPaginator(client, &cloudfront.ListDistributionsInput{})
	for distributions.HasMorePages() {
		for _, d := range Must(distributions.NextPage(t.Context()))(t).DistributionList.Items {
			reads := strings.HasPrefix(aws.ToString(d.Origins.Items[0].DomainName), domain+".s3")
			if reads || d.Aliases != nil && slices.Contains(d.Aliases.Items, domain) {
				left = append(left, "distribution "+*d.Id)
			}
		}
	}
	controls := cloudfront.NewListOriginAccessControlsPaginator(client, &cloudfront.ListOriginAccessControlsInput{})
	for controls.HasMorePages() {
		for _, c := range Must(controls.NextPage(t.Context()))(t).OriginAccessControlList.Items {
			if named(*c.Name, domain) {
				left = append(left, "origin access control "+*c.Name)
			}
		}
	}
	functions := &cloudfront.ListFunctionsInput{}
	for {
		page := Must(client.ListFunctions(t.Context(), functions))(t).FunctionList
		for _, f := range page.Items {
			if named(*f.Name, domain) {
				left = append(left, "function "+*f.Name)
			}
		}
		if aws.ToString(page.NextMarker) == "" {
			return left
		}
		functions.Marker = page.NextMarker
	}
}

// named says whether a name was made from the domain, for something whose names have no dots and at most 64 characters.
func named(name, domain string) bool {
	const beside = 16 // characters at most that stand beside the domain
	plain := strings.ReplaceAll(domain, ".", "-")
	return strings.Contains(strings.ReplaceAll(name, ".", "-"), plain[:min(len(plain), 64-beside)])
}

func (b *Bench) recordLeftovers(t *testing.T, domain string) (left []string) {
	t.Helper()
	zones := route53.NewListHostedZonesPaginator(b.Route53(), &route53.ListHostedZonesInput{})
	for zones.HasMorePages() {
		for _, zone := range Must(zones.NextPage(t.Context()))(t).HostedZones {
			if !strings.HasSuffix("."+domain+".", "."+*zone.Name) {
				continue
			}
			for _, r := range b.Records(t, *zone.Id) {
				if strings.HasSuffix("."+*r.Name, "."+domain+".") {
					left = append(left, fmt.Sprintf("record %s %s", r.Type, *r.Name))
				}
			}
		}
	}
	return left
}

func (b *Bench) certificateLeftovers(t *testing.T, domain string) (left []string) {
	t.Helper()
	pages := acm.NewListCertificatesPaginator(b.ACM(), &acm.ListCertificatesInput{})
	for pages.HasMorePages() {
		for _, c := range Must(pages.NextPage(t.Context()))(t).CertificateSummaryList {
			if *c.DomainName != domain && !slices.Contains(c.SubjectAlternativeNameSummaries, domain) {
				continue
			}
			tags := Must(b.ACM().ListTagsForCertificate(t.Context(),
				&acm.ListTagsForCertificateInput{CertificateArn: c.CertificateArn}))(t)
			if len(tags.Tags) > 0 {
				left = append(left, "certificate "+*c.CertificateArn)
			}
		}
	}
	return left
}
