package provider_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// obstacle is something that a new site cannot be made against, and what the plan says of it.
type obstacle struct {
	name string
	// put makes the obstacle and gives lines for the site, if it takes any.
	put  func(t *testing.T, b *acctest.Bench, zoneID string) (line string)
	says []string
}

// obstacles are one for each look that a plan takes. ZONE, SITE and NAME in what they say stand for the names of the
// bench.
func obstacles() []obstacle {
	return []obstacle{
		{"record", func(t *testing.T, b *acctest.Bench, zoneID string) string {
			b.PutRecord(t, zoneID, r53types.ResourceRecordSet{
				Name: aws.String(domain(b)), Type: r53types.RRTypeA, TTL: aws.Int64(60),
				ResourceRecords: []r53types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
			})
			return ""
		}, []string{"Website cannot be created", "dns_records: ", "point elsewhere: A of SITE to 192.0.2.1; remove them first, or set dns = false"}},
		{"no zone", func(*testing.T, *acctest.Bench, string) string {
			return `aliases = ["www.nowhere.example.org"]`
		}, []string{"www.nowhere.example.org: no public hosted zone of the account contains it; create one, or set dns = false"}},
		{"another zone", func(t *testing.T, b *acctest.Bench, _ string) string {
			return fmt.Sprintf("hosted_zone_id = %q", b.MakeZone(t, b.Name+".example.org"))
		}, []string{"is NAME.example.org, which does not contain SITE"}},
		{"zone that is not there", func(*testing.T, *acctest.Bench, string) string {
			return `hosted_zone_id = "Z0123456789ABCDEFGHIJ"`
		}, []string{"GetHostedZone on zone Z0123456789ABCDEFGHIJ: NoSuchHostedZone"}},
		{"no certificate", func(t *testing.T, b *acctest.Bench, _ string) string {
			return fmt.Sprintf("certificate_arn = %q",
				"arn:aws:acm:us-east-1:"+b.AccountID+":certificate/01234567-89ab-cdef-0123-456789abcdef")
		}, []string{"Website cannot be created", "certificate_arn: ", "there is no certificate arn:aws:acm:"}},
		{"certificate of other names", func(t *testing.T, b *acctest.Bench, _ string) string {
			return fmt.Sprintf("certificate_arn = %q", b.MakeCertificate(t, zone(b)))
		}, []string{"covers ZONE, not all of SITE"}},
		{"certificate that cannot be proved", func(*testing.T, *acctest.Bench, string) string {
			return "dns = false"
		}, []string{"no issued certificate in us-east-1 covers SITE, and without dns = true none can be validated"}},
		{"alias", func(t *testing.T, b *acctest.Bench, _ string) string {
			holdName(t, b, "held."+zone(b))
			return fmt.Sprintf("aliases = [%q]", "held."+zone(b))
		}, []string{"Website cannot be created", "distribution_id: ", "of another owner has one of the names SITE, held.ZONE"}},
		{"bucket", func(t *testing.T, b *acctest.Bench, _ string) string {
			b.MakeBucket(t, domain(b))
			return ""
		}, []string{"Website exists already", "bucket_name: ", `import { to = spinup_website.NAME_ id = "SITE" }`}},
		{"bucket of another account", func(_ *testing.T, b *acctest.Bench, _ string) string {
			b.Gateway.Inject(gateway.Rule{
				Match: gateway.Op("s3:HeadBucket"), Fault: gateway.Answer(http.StatusForbidden, "Forbidden", ""),
			})
			return ""
		}, []string{"bucket_name: ", "the name is taken by another account"}},
		{"group", func(t *testing.T, b *acctest.Bench, _ string) string {
			makeGroup(t, b, domain(b)+"-WebAdmGrp", nothing)
			return ""
		}, []string{"Website cannot be created", "groups: ", "group/SITE-WebAdmGrp; delete or rename it Nothing was changed"}},
		{"policy", func(t *testing.T, b *acctest.Bench, _ string) string {
			makePolicy(t, b, domain(b)+"-WebAdmPlc")
			return ""
		}, []string{"Website cannot be created", "groups: ", "policy/SITE-WebAdmPlc; delete or rename it Nothing was changed"}},
	}
}

// holdName makes a distribution of somebody else's that has the name, and lets it go at the end of the test, if it is
// still there.
func holdName(t *testing.T, b *acctest.Bench, name string) (id string) {
	t.Helper()
	client := b.CloudFront()
	out := acctest.Must(client.CreateDistribution(t.Context(), &cloudfront.CreateDistributionInput{
		DistributionConfig: &types.DistributionConfig{
			CallerReference: aws.String(rand.Text()), Comment: aws.String("somebody's"), Enabled: aws.Bool(false),
			Aliases: &types.Aliases{Quantity: aws.Int32(1), Items: []string{name}},
			Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
				Id: aws.String("o"), DomainName: aws.String("origin.example.org"),
				CustomOriginConfig: &types.CustomOriginConfig{
					HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpOnly,
				},
			}}},
			DefaultCacheBehavior: &types.DefaultCacheBehavior{
				TargetOriginId: aws.String("o"), ViewerProtocolPolicy: types.ViewerProtocolPolicyAllowAll,
			},
		},
	}))(t)
	t.Cleanup(func() {
		_, _ = client.DeleteDistribution(context.WithoutCancel(t.Context()),
			&cloudfront.DeleteDistributionInput{Id: out.Distribution.Id, IfMatch: out.ETag})
	})
	return *out.Distribution.Id
}

// TestAccWebsite_preflight: what a new site cannot be made against is said by the plan already, each with its own error.
func TestAccWebsite_preflight(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		for _, row := range obstacles() {
			t.Run(row.name, func(t *testing.T) {
				t.Parallel()
				b := b.Fork(t)
				zoneID := b.MakeZone(t, zone(b))
				tf := b.Played(t)
				tf.Write(b.Provider("max_retries = 0") + site(b, row.put(t, b, zoneID)))
				named := strings.NewReplacer("NAME_", "NAME", "ZONE", zone(b), "SITE", domain(b), "NAME", b.Name)
				out := tf.MustFail("plan")
				for _, phrase := range row.says {
					saysAll(t, out, named.Replace(phrase))
				}
				if done := mutations(b); len(done) > 0 {
					t.Errorf("it did %v", done)
				}
			})
		}
	})
}

// TestWebsite_notIssued: a certificate that is named has to be issued. The emulators issue every one within seconds.
func TestWebsite_notIssued(t *testing.T) {
	const arn = "arn:aws:acm:us-east-1:123456789012:certificate/1"
	spec := website.Spec{Domain: "www.example.edu", CertificateARN: arn, DNS: true}
	asked := 0
	for _, part := range website.New(&awsclient.Conn{}).Parts {
		if part.Attribute != "certificate_arn" || part.CanApply == nil {
			continue
		}
		for _, status := range []string{"PENDING_VALIDATION", "EXPIRED", "FAILED"} {
			asked++
			err := part.CanApply(t.Context(), reconcile.Wish[website.Spec]{Want: spec}, website.Status{
				Certificate: &website.Certificate{ARN: arn, Status: status, Names: []string{"*.example.edu"}},
			})
			if want := "the certificate " + arn + " is not issued: its status is " + status; err == nil || err.Error() != want {
				t.Errorf("got %v, want %q", err, want)
			}
		}
	}
	if asked != 3 {
		t.Errorf("%d looks at the certificate, want 3", asked)
	}
}
