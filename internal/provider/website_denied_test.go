package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/acm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// TestAccWebsite_denied lets each read of a refresh fail in turn.
func TestAccWebsite_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		// A site that takes all of them: it has a website endpoint, a function, and a name in another zone.
		zoneID := b.MakeZone(t, zone(b))
		b.MakeZone(t, "elsewhere."+b.Name+".example.org")
		tf.Write(b.Provider("max_retries = 0") + site(b, `origin_access = "website_endpoint"`,
			fmt.Sprintf("redirect_domains = [%q]", "elsewhere."+b.Name+".example.org")))
		tf.Apply()
		other := b.MakeCertificate(t, domain(b)) // whose tags say that it is not the site's
		made := tf.State("spinup_website.test")
		distribution := fmt.Sprint("distribution ", made["distribution_id"])
		rows := denied(website.Reads{}, map[string]string{
			"*": "*", "bucket": "bucket " + domain(b), "distribution": "distribution ", "function": "function spinup-",
			"zone": "zone ", "certificate": "certificate arn:aws:acm:us-east-1:",
		})
		rows = slices.DeleteFunc(rows, func(r unread) bool {
			return r.read == "cloudfront:ListDistributions" // that finds a site, which state does too
		})
		rows = append(rows,
			unread{"GetDistribution fails", "cloudfront:GetDistribution", gateway.Internal(), []string{distribution + ": Internal"}},
			unread{"GetDistribution throttled", "cloudfront:GetDistribution", gateway.Throttled(), []string{distribution + ": Throttling"}},
			unread{"GetHostedZone fails", "route53:GetHostedZone", gateway.Internal(), []string{"zone " + zoneID + ": Internal"}},
			unread{"DescribeCertificate throttled", "acm:DescribeCertificate", gateway.Throttled(),
				[]string{fmt.Sprint("certificate ", made["certificate_arn"], ": Throttling")}},
		)
		wantUnread(t, b, tf, "Website", some(brief, rows))
		acctest.Must(b.ACM().DeleteCertificate(t.Context(), &acm.DeleteCertificateInput{CertificateArn: &other}))(t)
		tf.Destroy()
		b.GoneSite(t, domain(b))
	}))
}

// TestAccWebsite_deniedSearch: whether a name is free cannot be told where the distributions may not be listed.
func TestAccWebsite_deniedSearch(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Served(t)
		tf.Write(b.Provider("max_retries = 0") + site(b))
		b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:ListDistributions"), Fault: gateway.Forbidden()})
		saysAll(t, tf.MustFail("plan"), "need the IAM action cloudfront:ListDistributions on *.", "Nothing was changed")
		if done := mutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}
	})
}
