package acctest

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// CloudFront is a plain client, as root, of the emulator itself that has CloudFront.
func (b *Bench) CloudFront() *cloudfront.Client { return b.account.CloudFront }

// Route53 is a plain client of the emulator itself, as root.
func (b *Bench) Route53() *route53.Client { return b.account.Route53 }

// ACM is a plain client of the emulator itself, as root.
func (b *Bench) ACM() *acm.Client { return b.account.ACM }

// MakeZone makes a public hosted zone and gives its id, without /hostedzone/. It goes with all its records at the end
// of the test.
func (b *Bench) MakeZone(t *testing.T, name string) (id string) {
	t.Helper()
	id = Must(b.account.MakeZone(t.Context(), name))(t)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		if records, err := b.account.Records(ctx, id); err == nil {
			_ = b.account.ChangeRecords(ctx, id, r53types.ChangeActionDelete, records...)
		}
		_, _ = b.Route53().DeleteHostedZone(ctx, &route53.DeleteHostedZoneInput{Id: &id})
	})
	return id
}

// PutRecord puts a record set into a zone, in the place of any of its name and type.
func (b *Bench) PutRecord(t *testing.T, zone string, record r53types.ResourceRecordSet) {
	t.Helper()
	if err := b.account.ChangeRecords(t.Context(), zone, r53types.ChangeActionUpsert, record); err != nil {
		t.Fatal(err)
	}
}

// Records are the record sets of a zone that its owner made: all but those of the zone itself.
func (b *Bench) Records(t *testing.T, zone string) []r53types.ResourceRecordSet {
	t.Helper()
	return Must(b.account.Records(t.Context(), zone))(t)
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

// Fetch asks a site for a path, see [account.Fetch].
func (b *Bench) Fetch(t *testing.T, host, path string) (status int, body string) {
	t.Helper()
	status, body, err := account.Fetch(t.Context(), b.edge.Endpoint, host, path)
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// GoneSite requires that nothing of a site is left, see SiteLeftovers.
func (b *Bench) GoneSite(t *testing.T, domain string) {
	t.Helper()
	for _, left := range b.SiteLeftovers(t, domain) {
		t.Errorf("left behind: %s", left)
	}
}

// SiteLeftovers names what is there of a site, see [account.Account.SiteLeftovers].
func (b *Bench) SiteLeftovers(t *testing.T, domain string) []string {
	t.Helper()
	return Must(b.account.SiteLeftovers(t.Context(), domain))(t)
}
