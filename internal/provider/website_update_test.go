package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccWebsite_update changes every attribute in place by one apply, and back by another.
func TestAccWebsite_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		plain := b.Provider() + site(b, `wait_for_deployment = true`, `invalidation = { trigger = "0" }`)
		tf.Write(plain)
		tf.Apply()
		made, first, records := tf.State(websiteAddress), certificates(t, b), siteRecords(t, b)
		live := siteSeen(t, b, tf, zoneID)

		changeSite(t, b, tf, live.id, b.Provider()+otherwise(b, zoneID, live.arn), strings.Fields(`access_levels access_log
			aliases cache_policy certificate_arn cors_rules destroy_mode distribution_status dns_records encryption error_document
			force_destroy geo_restriction groups http_version index_document invalidation invalidation_id ipv6
			lifecycle_preset minimum_tls placeholder price_class redirect_domains require_tls response_headers tags tags_all
			versioning wait_for_deployment web_acl_arn`))
		same(t, "the distribution", otherFacts(b), edgeFacts(t, live))
		names := strings.Join(slices.Sorted(slices.Values([]string{domain(b), "alt." + zone(b), zone(b)})), " ")
		for arn, seen := range certificates(t, b) {
			if first[arn] != "" || seen != names {
				t.Errorf("there is the certificate %s of %s", arn, seen)
			}
		}
		want := []string{}
		for _, name := range []string{domain(b), "alt." + zone(b), zone(b)} {
			want = append(want, "A "+name+". to "+made["distribution_domain_name"].(string)+".")
		}
		slices.Sort(want)
		same(t, "records", want, leading(t, b))

		state := tf.State(websiteAddress)
		second := state["certificate_arn"]
		invalidation := acctest.Must(b.CloudFront().ListInvalidations(t.Context(),
			&cloudfront.ListInvalidationsInput{DistributionId: &live.id}))(t).InvalidationList
		if len(invalidation.Items) != 1 || *invalidation.Items[0].Id != state["invalidation_id"] {
			t.Errorf("state has the invalidation %v, made were %v", state["invalidation_id"], invalidation.Items)
		}
		changeSite(t, b, tf, live.id, plain, nil)
		again := tf.State(websiteAddress)
		if again["certificate_arn"] != second {
			t.Error("a certificate that covers more names than there are was given up")
		}
		for _, changes := range []string{"certificate_arn", "dns_records", "invalidation_id"} {
			delete(made, changes)
			delete(again, changes)
		}
		same(t, "state after the way there and back", made, again)
		same(t, "records after the way there and back", withoutProofs(records), leading(t, b))

		// DNS is left to somebody else, and taken back.
		const leaves = "distribution_status dns dns_records hosted_zone_id single_page_app"
		changeSite(t, b, tf, live.id, b.Provider()+site(b, "dns = false", "single_page_app = true", `invalidation = { trigger = "0" }`), strings.Fields(leaves))
		if left := siteRecords(t, b); len(left) > 0 {
			t.Errorf("without dns there are the records %v", left)
		}
		if facts := edgeFacts(t, live); facts["403"] != nil || facts["404"] != "200/index.html" {
			t.Errorf("with single_page_app the distribution has %v", facts)
		}
		changeSite(t, b, tf, live.id, plain, strings.Fields(leaves))
		same(t, "records after dns was taken back", withoutProofs(records), leading(t, b))
		tf.Destroy()
		goneWhole(t, b)
	})
}

// otherwise is the site with nothing as the defaults have it.
func otherwise(b *acctest.Bench, zoneID, distributionARN string) string {
	return site(b,
		`aliases             = ["alt.`+zone(b)+`"]`,
		`redirect_domains    = ["`+zone(b)+`"]`,
		`hosted_zone_id      = "`+zoneID+`"`,
		`index_document      = "home.html"`,
		`error_document      = "lost.html"`,
		`placeholder         = false`,
		`response_headers    = "none"`,
		`cache_policy        = "disabled"`,
		`invalidation        = { trigger = "1" }`,
		`price_class         = "PriceClass_All"`,
		`minimum_tls         = "TLSv1.2_2019"`,
		`http_version        = "http2"`,
		`ipv6                = false`,
		`geo_restriction     = { type = "whitelist", locations = ["US", "CA"] }`,
		`web_acl_arn         = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1"`,
		`wait_for_deployment = false`,
		`destroy_mode        = "disable"`,
		`access_log          = { bucket = "`+b.Name+`-log", prefix = "here/" }`,
		`tags                = { Team = "library" }`,
		`encryption          = { algorithm = "aws:kms" }`,
		`versioning          = true`,
		`require_tls         = false`,
		`lifecycle_preset    = "archive"`,
		`cors_rules          = [`+uploads+`]`,
		`access_levels       = ["read_only"]`,
		`force_destroy       = true`,
	)
}

// edgeFacts are the settings of the distribution that attributes speak of.
func edgeFacts(t *testing.T, s liveSite) map[string]any {
	t.Helper()
	c := s.config(t).DistributionConfig
	tags := acctest.Must(s.b.CloudFront().ListTagsForResource(t.Context(), &cloudfront.ListTagsForResourceInput{Resource: &s.arn}))(t)
	facts := map[string]any{
		"names": c.Aliases.Items, "index": *c.DefaultRootObject, "price": c.PriceClass, "http": c.HttpVersion,
		"tls": c.ViewerCertificate.MinimumProtocolVersion, "ipv6": *c.IsIPV6Enabled, "acl": *c.WebACLId,
		"geo": c.Restrictions.GeoRestriction.Items, "headers": aws.ToString(c.DefaultCacheBehavior.ResponseHeadersPolicyId),
		"cache": aws.ToString(c.DefaultCacheBehavior.CachePolicyId),
	}
	for _, e := range c.CustomErrorResponses.Items {
		facts[fmt.Sprint(*e.ErrorCode)] = *e.ResponseCode + *e.ResponsePagePath
	}
	for _, tag := range tags.Tags.Items {
		facts["tag "+*tag.Key] = *tag.Value
	}
	return facts
}

// otherFacts are those of otherwise.
func otherFacts(b *acctest.Bench) map[string]any {
	names := []string{domain(b), "alt." + zone(b), zone(b)}
	slices.Sort(names)
	return map[string]any{
		"names": names, "index": "home.html", "price": cftypes.PriceClassPriceClassAll, "http": cftypes.HttpVersionHttp2,
		"tls": cftypes.MinimumProtocolVersionTLSv122019, "ipv6": false,
		"acl": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1", "geo": []string{"CA", "US"}, "headers": "",
		"cache": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad", "404": "404/lost.html",
		"tag Team": "library", "tag spinup:website": domain(b),
	}
}

// changeSite applies a configuration that changes the attributes, nil for any, of a site that stays.
func changeSite(t *testing.T, b *acctest.Bench, tf acctest.Runner, id, config string, attributes []string) {
	t.Helper()
	tf.Write(config)
	change := tf.Plan(websiteAddress)
	same(t, "actions", []string{"update"}, change.Actions)
	if diff := cmp.Diff(attributes, change.Attributes()); attributes != nil && diff != "" {
		t.Errorf("attributes (-want +got):\n%s", diff)
	}
	if change.After["distribution_id"] != id {
		t.Errorf("the distribution is planned as %v", change.After["distribution_id"])
	}
	b.Gateway.Reset()
	b.Edge.Reset()
	tf.Must("apply", "test.plan")
	tf.Empty()
	if got := distributionID(tf); got != id {
		t.Errorf("the distribution is now %s", got)
	}
	updates := 0
	for _, name := range siteMutations(b) {
		switch name {
		case "cloudfront:UpdateDistribution":
			updates++
		case "cloudfront:CreateDistributionWithTags", "cloudfront:DeleteDistribution", "s3:CreateBucket", "s3:DeleteBucket":
			t.Errorf("it called %s", name)
		}
	}
	if updates > 1 {
		t.Errorf("it changed the distribution %d times", updates)
	}
}

// leading are the records of the zone that lead to a distribution, in order.
func leading(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	return withoutProofs(siteRecords(t, b))
}

func withoutProofs(records []string) []string {
	records = slices.DeleteFunc(slices.Clone(records), func(r string) bool { return strings.HasPrefix(r, "CNAME ") })
	slices.Sort(records)
	return records
}

// TestAccWebsite_originAccess opens the bucket to everybody and closes it again, with all that goes with that.
func TestAccWebsite_originAccess(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		private, open := b.Provider()+site(b), b.Provider()+site(b, `origin_access = "website_endpoint"`, `error_document = "404.html"`)
		const opens = "directory_index distribution_status error_document origin_access require_tls"
		tf.Write(private)
		tf.Apply()
		live := siteSeen(t, b, tf, zoneID)
		closed := originFacts(t, live)
		want := map[string]string{
			"origin": domain(b) + ".s3.us-east-1.amazonaws.com", "signed": "true", "function": "true", "access control": "true",
			"function there": "true", "open": "false", "statements": "SpinupRequireTLS SpinupCloudFrontRead", "website": "",
		}
		same(t, "private", want, closed)
		// A page that nobody asked for is as much a change of ours as one that is missing.
		edit(func(c *cftypes.DistributionConfig) {
			c.CustomErrorResponses = &cftypes.CustomErrorResponses{Quantity: aws.Int32(1), Items: []cftypes.CustomErrorResponse{
				{ErrorCode: aws.Int32(404), ResponsePagePath: aws.String("/theirs.html"), ResponseCode: aws.String("200")},
			}}
		})(t, live)
		changeSite(t, b, tf, live.id, private, strings.Fields("distribution_status error_document"))
		changeSite(t, b, tf, live.id, open, strings.Fields(opens))
		want = map[string]string{
			"origin": domain(b) + ".s3-website-us-east-1.amazonaws.com", "signed": "false", "function": "false",
			"access control": "false", "function there": "false", "open": "true",
			"statements": "SpinupPublicRead", "website": "index.html 404.html",
		}
		same(t, "open", want, originFacts(t, live))
		changeSite(t, b, tf, live.id, private, strings.Fields(opens))
		same(t, "private again", closed, originFacts(t, live))

		// A function goes when the distribution does without it, which the gateway holds to; for redirects it stays.
		changeSite(t, b, tf, live.id, b.Provider()+site(b, `directory_index = false`),
			strings.Fields("directory_index distribution_status"))
		want = originFacts(t, live)
		if want["function"] != "false" || want["function there"] != "false" {
			t.Errorf("without directory_index: %v", want)
		}
		changeSite(t, b, tf, live.id, b.Provider()+site(b, `directory_index = false`, `redirect_domains = ["`+zone(b)+`"]`),
			strings.Fields("certificate_arn distribution_status dns_records redirect_domains"))
		same(t, "with a redirect", closed, originFacts(t, live))
		tf.Destroy()
		goneWhole(t, b)
	})
}

// originFacts say how the distribution reads the bucket, and who else can.
func originFacts(t *testing.T, s liveSite) map[string]string {
	t.Helper()
	name, ctx := domain(s.b), t.Context()
	config := s.config(t).DistributionConfig
	functions := config.DefaultCacheBehavior.FunctionAssociations
	left := strings.Join(s.b.SiteLeftovers(t, name), "\n")
	facts := map[string]string{
		"origin":         *config.Origins.Items[0].DomainName,
		"signed":         fmt.Sprint(aws.ToString(config.Origins.Items[0].OriginAccessControlId) != ""),
		"function":       fmt.Sprint(functions != nil && len(functions.Items) > 0),
		"access control": fmt.Sprint(strings.Contains(left, "origin access control")),
		"function there": fmt.Sprint(strings.Contains(left, "function")),
	}
	block := acctest.Must(s.b.S3().GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &name}))(t)
	facts["open"] = fmt.Sprint(!*block.PublicAccessBlockConfiguration.BlockPublicPolicy)
	var sids []string
	for _, statement := range bucketPolicy(t, s.bucket()).Statements {
		sids = append(sids, statement.Sid)
	}
	facts["statements"] = strings.Join(sids, " ")
	facts["website"] = ""
	if out, err := s.b.S3().GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: &name}); err == nil {
		facts["website"] = *out.IndexDocument.Suffix + " " + *out.ErrorDocument.Key
	}
	return facts
}

// TestAccWebsite_certificate: a certificate that is named takes the place of the one that was requested, which goes; one
// that is named no more stays in use.
func TestAccWebsite_certificate(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b))
		tf.Apply()
		live := siteSeen(t, b, tf, zoneID)
		named := b.MakeCertificate(t, domain(b))
		tf.Empty()

		changeSite(t, b, tf, live.id, b.Provider()+site(b, `certificate_arn = "`+named+`"`),
			strings.Fields("certificate_arn distribution_status dns_records"))
		only := map[string]string{named: domain(b)}
		same(t, "certificates", only, certificates(t, b))
		tf.Write(b.Provider() + site(b))
		tf.Empty()
		tf.Destroy()
		same(t, "certificates at the end", only, certificates(t, b))
	})
}

// TestAccWebsite_disappears deletes what carries the site by hand: the bucket, and the distribution. One apply makes it
// again, takes over all that is left, and makes nothing twice.
func TestAccWebsite_disappears(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, `aliases = ["alt.`+zone(b)+`"]`))
		tf.Apply()
		live := siteSeen(t, b, tf, zoneID)
		facts, arns := siteFacts(t, b), certificates(t, b)
		again := func(actions, attributes, calls string) {
			t.Helper()
			change := tf.Plan(websiteAddress)
			same(t, "actions", strings.Fields(actions), change.Actions)
			if diff := cmp.Diff(strings.Fields(attributes), change.Attributes()); attributes != "" && diff != "" {
				t.Errorf("attributes (-want +got):\n%s", diff)
			}
			b.Gateway.Reset()
			b.Edge.Reset()
			tf.Must("apply", "test.plan")
			same(t, "writing calls", strings.Fields(calls), siteMutations(b))
			tf.Empty()
			same(t, "certificates", arns, certificates(t, b))
		}

		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{
			Bucket: aws.String(domain(b)), Key: aws.String("index.html"),
		}))(t)
		deleteBucket(t, live.bucket())
		again("update", "", `s3:CreateBucket s3:PutBucketTagging s3:PutBucketOwnershipControls s3:PutPublicAccessBlock
			s3:PutBucketEncryption s3:PutObject s3:PutBucketPolicy`)
		same(t, "the site after its bucket was deleted", facts, siteFacts(t, b))

		deleteDistribution(t, live)
		again("update", `distribution_arn distribution_domain_name distribution_id distribution_status dns_records groups url`,
			`route53:ChangeResourceRecordSets s3:PutBucketPolicy iam:CreatePolicyVersion route53:ChangeResourceRecordSets
			cloudfront:CreateDistributionWithTags`)
		if distributionID(tf) == live.id {
			t.Error("the distribution is the same")
		}
		tf.Destroy()
		goneWhole(t, b)
	})
}

// deleteDistribution disables and deletes the distribution. The emulator lets it go at once.
func deleteDistribution(t *testing.T, s liveSite) {
	t.Helper()
	edit(func(c *cftypes.DistributionConfig) { c.Enabled = aws.Bool(false) })(t, s)
	acctest.Must(s.b.CloudFront().DeleteDistribution(t.Context(), &cloudfront.DeleteDistributionInput{
		Id: &s.id, IfMatch: s.config(t).ETag,
	}))(t)
}

// TestAccWebsite_replace: what tells a site from every other cannot change. Another domain is another site, and so is
// another bucket, behind the same names.
func TestAccWebsite_replace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b))
		tf.Apply()
		replaced := func(config string) {
			t.Helper()
			was := distributionID(tf)
			tf.Write(config)
			same(t, "actions", []string{"delete", "create"}, tf.Plan(websiteAddress).Actions)
			tf.Must("apply", "test.plan")
			tf.Empty()
			if is := distributionID(tf); is == was {
				t.Errorf("the distribution is still %s", is)
			}
		}
		replaced(b.Provider() + site(b, `bucket_name = "`+b.Name+`-pages"`))
		b.Gone(t, domain(b))
		if left := b.Leftovers(t, b.Name+"-pages"); len(left) != 3 {
			t.Errorf("of the new bucket and its level are there: %v", left)
		}
		replaced(b.Provider() + strings.Replace(site(b), domain(b), "new."+zone(b), 1))
		b.GoneSite(t, domain(b))
		b.Gone(t, b.Name+"-pages")
		if state := tf.State(websiteAddress); state["bucket_name"] != "new."+zone(b) {
			t.Errorf("the bucket is %v", state["bucket_name"])
		}
		tf.Destroy()
		b.GoneSite(t, "new."+zone(b))
	})
}
