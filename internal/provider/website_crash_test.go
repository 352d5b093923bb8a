package provider_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// siteBefore and siteAfter differ in every part, so that going from one to the other makes, changes and removes. Nothing
// is written after the wait for a deployment, so there is none.
func siteBefore(b *acctest.Bench) string {
	return site(b, fmt.Sprintf(`
  aliases             = ["alt.%[1]s"]
  redirect_domains    = ["old.%[1]s"]
  error_document      = "404.html"
  access_levels       = ["admin", "read_only"]
  tags                = { Step = "before" }
  invalidation        = { trigger = "1" }
  force_destroy       = true
  wait_for_deployment = false`, zone(b)))
}

func siteAfter(b *acctest.Bench) string {
	return site(b, fmt.Sprintf(`
  aliases             = ["new.%[1]s"]
  redirect_domains    = ["older.%[1]s"]
  origin_access       = "website_endpoint"
  ipv6                = false
  access_levels       = ["admin", "read_write"]
  tags                = { Other = "after" }
  invalidation        = { trigger = "2" }
  force_destroy       = true
  wait_for_deployment = false`, zone(b)))
}

// TestAccWebsite_crashSweep goes through every crash of a site with every part. A certificate is never requested twice.
func TestAccWebsite_crashSweep(t *testing.T) {
	const reason = "on LocalStack the site would be on two gateways"
	acctest.Only(t, emulator.Fakecloud, reason, sweep{
		surround: func(t *testing.T, b *acctest.Bench) { b.MakeZone(t, zone(b)) },
		before:   siteBefore,
		after:    siteAfter,
		burden:   func(t *testing.T, b *acctest.Bench) { b.PutObject(t, domain(b), "left") },
		sound:    func(t *testing.T, b *acctest.Bench, _ acctest.Runner) { oneEach(t, b) },
		facts:    siteFacts,
		gone:     goneWhole,
		phases:   []string{"create", "update", "delete"},
	}.run)
}

// TestAccWebsite_crashSweepTags goes through every crash where only tags change, which two services hold.
func TestAccWebsite_crashSweepTags(t *testing.T) {
	const reason = "on LocalStack the site would be on two gateways"
	tagged := func(tags string) func(*acctest.Bench) string {
		return func(b *acctest.Bench) string { return site(b, "tags = "+tags, "access_levels = []") }
	}
	acctest.Only(t, emulator.Fakecloud, reason, sweep{
		surround: func(t *testing.T, b *acctest.Bench) { b.MakeZone(t, zone(b)) },
		before:   tagged(`{ Step = "before", Other = "1" }`),
		after:    tagged(`{ Step = "after", More = "2" }`),
		facts:    siteFacts,
		gone:     goneWhole,
		phases:   []string{"update"},
	}.run)
}

// TestAccWebsite_crashSweepZone goes through every crash of a move to another zone of the name.
func TestAccWebsite_crashSweepZone(t *testing.T) {
	var zones sync.Map // the two zones of each bench
	in := func(i int) func(*acctest.Bench) string {
		return func(b *acctest.Bench) string {
			ids, _ := zones.Load(b.Name)
			return site(b, fmt.Sprintf("hosted_zone_id = %q", ids.([]string)[i]), "access_levels = []", "wait_for_deployment = false")
		}
	}
	acctest.Only(t, emulator.Fakecloud, sweeping, sweep{
		surround: func(t *testing.T, b *acctest.Bench) {
			zones.Store(b.Name, []string{b.MakeZone(t, zone(b)), b.MakeZone(t, zone(b))})
		},
		before: in(0),
		after:  in(1),
		facts: func(t *testing.T, b *acctest.Bench) (all []string) {
			ids, _ := zones.Load(b.Name)
			for i, id := range ids.([]string) {
				for _, record := range kinds(b.Records(t, id)) {
					all = append(all, fmt.Sprint(i, " ", strings.Split(record, " ")[0]))
				}
			}
			return all
		},
		gone: func(t *testing.T, b *acctest.Bench) {
			b.GoneSite(t, domain(b))
			ids, _ := zones.Load(b.Name)
			for _, id := range ids.([]string) {
				same(t, "records", []string(nil), kinds(b.Records(t, id)))
			}
		},
		phases: []string{"update"},
	}.run)
}

// TestAccWebsite_lostAnswers loses the answers of the calls that make something while they are sent again: nothing is
// made twice.
func TestAccWebsite_lostAnswers(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b))
		makes := []string{
			"s3:CreateBucket", "acm:RequestCertificate", "cloudfront:CreateOriginAccessControl", "cloudfront:CreateFunction",
			"cloudfront:CreateDistributionWithTags", "s3:PutObject", "route53:ChangeResourceRecordSets",
		}
		for _, call := range makes {
			for _, g := range gates(b) {
				g.Inject(gateway.Rule{Name: struck, Match: gateway.Op(call), Fault: gateway.ResetAfter(), Times: 1})
			}
		}
		tf.Apply()
		var lost []string
		for _, g := range gates(b) {
			for _, call := range g.Calls() {
				if call.Fault == struck {
					lost = append(lost, call.Name())
				}
			}
		}
		slices.Sort(lost)
		slices.Sort(makes)
		same(t, "answers lost", makes, lost)
		oneEach(t, b)
		tf.Empty()
		tf.Destroy()
		goneWhole(t, b)
	})
}

// TestAccWebsite_sharedProof: the record that proves a certificate stays if it proves another one of the account too.
func TestAccWebsite_sharedProof(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, `aliases = ["alt.`+zone(b)+`"]`, "access_levels = []"))
		tf.Apply()
		b.MakeCertificate(t, domain(b))
		tf.Destroy()
		if left := siteRecords(t, b); len(left) != 1 || !strings.Contains(left[0], "."+domain(b)+".") {
			t.Errorf("records %q are left, want that of the other certificate", left)
		}
	})
}

// oneEach requires that nothing of the site is there twice: no certificate of the same names, no distribution, function
// or origin access control.
func oneEach(t *testing.T, b *acctest.Bench) {
	t.Helper()
	count := map[string]int{}
	for _, names := range certificates(t, b) {
		count["certificate of "+names]++
	}
	for _, left := range b.SiteLeftovers(t, domain(b)) {
		for _, kind := range []string{"distribution", "function", "origin access control"} {
			if strings.HasPrefix(left, kind+" ") {
				count[kind]++
			}
		}
	}
	for what, n := range count {
		if n > 1 {
			t.Errorf("there is more than one %s: %d", what, n)
		}
	}
}

// certificates are the names of each certificate in the bench's zone, whoever requested it.
func certificates(t *testing.T, b *acctest.Bench) map[string]string {
	t.Helper()
	all := map[string]string{}
	pages := acm.NewListCertificatesPaginator(b.ACM(), &acm.ListCertificatesInput{})
	for pages.HasMorePages() {
		for _, c := range acctest.Must(pages.NextPage(t.Context()))(t).CertificateSummaryList {
			names := slices.Compact(slices.Sorted(slices.Values(append(c.SubjectAlternativeNameSummaries, *c.DomainName))))
			if strings.HasSuffix(*c.DomainName, zone(b)) {
				all[*c.CertificateArn] = strings.Join(names, " ")
			}
		}
	}
	return all
}

// goneWhole requires that nothing of the site is left, the certificate's other names and records included.
func goneWhole(t *testing.T, b *acctest.Bench) {
	t.Helper()
	b.GoneSite(t, domain(b))
	for arn, names := range certificates(t, b) {
		t.Errorf("the certificate %s of %s is left", arn, names)
	}
	for _, record := range siteRecords(t, b) {
		t.Errorf("the record %s is left", record)
	}
}

// siteRecords are the records of the bench's zone.
func siteRecords(t *testing.T, b *acctest.Bench) (all []string) {
	t.Helper()
	zones := acctest.Must(b.Route53().ListHostedZonesByName(t.Context(),
		&route53.ListHostedZonesByNameInput{DNSName: aws.String(zone(b))}))(t)
	for _, r := range b.Records(t, *zones.HostedZones[0].Id) {
		text := string(r.Type) + " " + *r.Name
		if r.AliasTarget != nil {
			text += " to " + *r.AliasTarget.DNSName
		}
		all = append(all, text)
	}
	return all
}

// siteFacts are what there is of the site, without what AWS or the bench made up.
func siteFacts(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	all := append(b.SiteLeftovers(t, domain(b)), siteRecords(t, b)...)
	for _, names := range certificates(t, b) {
		all = append(all, "certificate of "+names)
	}
	name := domain(b)
	policy := acctest.Must(b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &name}))(t)
	all = append(all, *policy.Policy, liveDistribution(t, b))
	code := acctest.Must(b.CloudFront().GetFunction(t.Context(), &cloudfront.GetFunctionInput{
		Name: aws.String("spinup-" + strings.ReplaceAll(name, ".", "_")), Stage: types.FunctionStageLive,
	}))(t)
	all = append(all, string(code.FunctionCode))
	made := regexp.MustCompile(`(?i)\b[ez][0-9a-f]{13,}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b_[0-9a-f]+\b`)
	for i, fact := range all {
		all[i] = made.ReplaceAllString(strings.ReplaceAll(fact, b.Name, "NAME"), "ID")
	}
	slices.Sort(all)
	return all
}

// liveDistribution is the configuration of the site's distribution and its tags, as JSON.
func liveDistribution(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	id := ""
	for _, left := range b.SiteLeftovers(t, domain(b)) {
		if found, ok := strings.CutPrefix(left, "distribution "); ok {
			id = found
		}
	}
	live := acctest.Must(b.CloudFront().GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &id}))(t).Distribution
	live.DistributionConfig.CallerReference = nil // another one each time
	tags := acctest.Must(b.CloudFront().ListTagsForResource(t.Context(),
		&cloudfront.ListTagsForResourceInput{Resource: live.ARN}))(t).Tags.Items
	slices.SortFunc(tags, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return string(acctest.Must(json.Marshal([]any{live.DistributionConfig, tags}))(t))
}
