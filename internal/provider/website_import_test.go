package provider_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccWebsite_import finds a whole site by its domain and by the id of its distribution.
func TestAccWebsite_import(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b, fmt.Sprintf("aliases = [%q]", "web."+zone(b)),
			fmt.Sprintf("redirect_domains = [%q]", "old."+zone(b)), `error_document = "lost.html"`, `tags = { Step = "made" }`,
			`access_levels = ["admin", "read_only"]`, `geo_restriction = { type = "whitelist", locations = ["US", "CA"] }`))
		tf.Apply()
		made := tf.State(websiteAddress)
		for name, id := range map[string]string{"domain": domain(b), "distribution id": distributionID(tf)} {
			tf.ForgetState()
			tf.Must("import", websiteAddress, id)
			if diff := cmp.Diff(made, tf.State(websiteAddress)); diff != "" {
				t.Errorf("imported by %s (-made +found):\n%s", name, diff)
			}
			tf.Empty()
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))

		tf.Write(b.Provider() + site(b))
		for _, id := range []string{domain(b), distributionOf(made)} {
			saysAll(t, tf.MustFail("import", websiteAddress, id), "Cannot import non-existent remote object")
		}
	})
}

func distributionOf(state map[string]any) string {
	id, _ := state["distribution_id"].(string)
	return id
}

// serviceSite makes a site as the Yale service did, in its own order. What AWS adds to a
// distribution of itself is said, because the emulator answers what it was told.
func serviceSite(t *testing.T, b *acctest.Bench, zoneID, certificate string) (distribution string) {
	t.Helper()
	ctx, name, api := t.Context(), aws.String(domain(b)), b.S3()
	legacy := *b
	legacy.Name = domain(b)
	serviceBucket(t, &legacy, acctest.Region, "", serviceFirst)
	acctest.Must(api.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: name, PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(false)},
	}))(t)
	acctest.Must(api.PutBucketWebsite(ctx, &s3.PutBucketWebsiteInput{
		Bucket: name,
		WebsiteConfiguration: &s3types.WebsiteConfiguration{
			IndexDocument: &s3types.IndexDocument{Suffix: aws.String("index.html")},
		},
	}))(t)
	acctest.Must(api.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: name, Policy: aws.String(fmt.Sprintf(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::%s/*"]}]}`,
		*name))}))(t)
	made := acctest.Must(b.CloudFront().CreateDistributionWithTags(ctx, &cloudfront.CreateDistributionWithTagsInput{
		DistributionConfigWithTags: &types.DistributionConfigWithTags{
			DistributionConfig: serviceDistribution(*name, certificate),
			Tags: &types.Tags{Items: []types.Tag{
				{Key: aws.String("Application"), Value: aws.String("legacy")}, {Key: aws.String("spinup:org"), Value: aws.String("example")},
			}},
		},
	}))(t).Distribution
	serviceWebAdmin(t, b, *made.ARN)
	acctest.Must(b.Route53().ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
		HostedZoneId: &zoneID,
		ChangeBatch: &r53types.ChangeBatch{Comment: aws.String("Created by s3-api"), Changes: []r53types.Change{{
			Action: r53types.ChangeActionCreate,
			ResourceRecordSet: &r53types.ResourceRecordSet{
				Name: name, Type: r53types.RRTypeA,
				AliasTarget: &r53types.AliasTarget{DNSName: made.DomainName, HostedZoneId: aws.String("Z2FDTNDATAQYW2")},
			},
		}}},
	}))(t)
	acctest.Must(api.PutObject(ctx, &s3.PutObjectInput{
		Bucket: name, Key: aws.String("index.html"), Body: strings.NewReader("Hello, " + *name + "!"),
		ContentType: aws.String("text/html"), Tagging: aws.String("yale:spinup=true"),
	}))(t)
	return *made.Id
}

func serviceDistribution(name, certificate string) *types.DistributionConfig {
	return &types.DistributionConfig{
		CallerReference: aws.String("9d3b4a5c-" + name), Comment: &name, Enabled: aws.Bool(true),
		Aliases:           &types.Aliases{Quantity: aws.Int32(1), Items: []string{name}},
		DefaultRootObject: aws.String("index.html"), PriceClass: types.PriceClassPriceClass100,
		Origins: &types.Origins{Quantity: aws.Int32(1), Items: []types.Origin{{
			Id: &name, DomainName: aws.String(name + ".s3-website-us-east-1.amazonaws.com"), OriginPath: aws.String(""),
			CustomOriginConfig: &types.CustomOriginConfig{
				HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpOnly,
			},
		}}},
		DefaultCacheBehavior: &types.DefaultCacheBehavior{
			TargetOriginId: &name, ViewerProtocolPolicy: types.ViewerProtocolPolicyRedirectToHttps,
			ForwardedValues: &types.ForwardedValues{
				QueryString: aws.Bool(false), Cookies: &types.CookiePreference{Forward: types.ItemSelectionNone},
			},
			MinTTL: aws.Int64(0), DefaultTTL: aws.Int64(3600), MaxTTL: aws.Int64(31536000), Compress: aws.Bool(false),
			TrustedSigners: &types.TrustedSigners{Enabled: aws.Bool(false), Quantity: aws.Int32(0)},
		},
		ViewerCertificate: &types.ViewerCertificate{
			ACMCertificateArn: &certificate, SSLSupportMethod: types.SSLSupportMethodSniOnly,
			MinimumProtocolVersion: types.MinimumProtocolVersionTLSv112016,
		},
		HttpVersion: types.HttpVersionHttp2, IsIPV6Enabled: aws.Bool(true),
		Restrictions: &types.Restrictions{GeoRestriction: &types.GeoRestriction{
			RestrictionType: types.GeoRestrictionTypeNone, Quantity: aws.Int32(0),
		}},
	}
}

func serviceWebAdmin(t *testing.T, b *acctest.Bench, distribution string) {
	t.Helper()
	group := aws.String(domain(b) + "-WebAdmGrp")
	policy := acctest.Must(b.IAM().CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: aws.String(domain(b) + "-WebAdmPlc"), Path: aws.String("/"),
		Description: aws.String("Admin policy for " + domain(b) + " web distribution"),
		PolicyDocument: aws.String(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":`+
			`["cloudfront:ListInvalidations","cloudfront:CreateInvalidation"],"Resource":[%q]}]}`, distribution)),
	}))(t).Policy
	acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: group, Path: aws.String("/")}))(t)
	acctest.Must(b.IAM().AttachGroupPolicy(t.Context(), &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: policy.Arn}))(t)
}

// TestAccWebsite_importService imports a site that the Yale service made, with the configuration of the documentation:
// nothing changes. One apply brings it up to date in place, and then it goes.
func TestAccWebsite_importService(t *testing.T) {
	const address = "spinup_website.www"
	text := string(acctest.Must(os.ReadFile("../../examples/guides/import-website/main.tf"))(t))
	today, _, found := strings.Cut(text, "  # What the service")
	if !found {
		t.Fatalf("the documentation's configuration has no comment that says what is old:\n%s", text)
	}
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		id := serviceSite(t, b, b.MakeZone(t, zone(b)), b.MakeCertificate(t, "*."+zone(b)))
		config := func(text string) string {
			return b.Provider(`org = "example"`) + strings.ReplaceAll(text, "www.example.edu", domain(b))
		}
		tf := b.Served(t)
		resetBoth(b)
		for _, name := range []string{id, domain(b)} {
			tf.Write(config(text) + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, name))
			if out := tf.Must("plan"); !strings.Contains(out, "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.") {
				t.Fatalf("by an import block, plan\n%s", out)
			}
		}
		tf.Write(config(text))
		tf.Must("import", address, domain(b))
		tf.Empty()
		if n := b.Gateway.Mutations() + b.Edge.Mutations(); n > 0 {
			t.Errorf("the import makes %d changes", n)
		}

		tf.Write(config(strings.Replace(text, `"legacy"`, `"changed"`, 1)))
		tf.Apply()
		if n := b.Edge.Counts()["cloudfront:UpdateDistribution"]; n > 0 {
			t.Errorf("a changed tag updates the distribution")
		}
		tf.Empty()

		tf.Write(config(today + "}\n"))
		change := tf.Plan(address)
		if want := []string{"update"}; !slices.Equal(change.Actions, want) {
			t.Fatalf("bringing it up to date does %v, want %v", change.Actions, want)
		}
		tf.Must("apply", "test.plan")
		tf.Empty()
		wantModern(t, b, id)
		if b.Kind == emulator.Fakecloud {
			wantAnswers(t, b, "up to date", answer{domain(b), "/", http.StatusOK, "Hello, " + domain(b) + "!"})
		}
		if got := anonymously(t, b, domain(b), "index.html"); got != http.StatusForbidden && b.Kind == emulator.Fakecloud {
			t.Errorf("the bucket itself answers %d, want %d", got, http.StatusForbidden)
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// wantModern requires that the distribution is the same, and as the provider would make it today.
func wantModern(t *testing.T, b *acctest.Bench, id string) {
	t.Helper()
	config := acctest.Must(b.CloudFront().GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &id}))(t).
		Distribution.DistributionConfig
	origin, behavior := config.Origins.Items[0], config.DefaultCacheBehavior
	got := []any{
		aws.ToString(origin.DomainName), aws.ToString(origin.OriginAccessControlId) != "", origin.CustomOriginConfig == nil,
		behavior.ForwardedValues == nil, aws.ToString(behavior.CachePolicyId), behavior.DefaultTTL == nil, aws.ToBool(behavior.Compress),
		config.ViewerCertificate.MinimumProtocolVersion, config.HttpVersion, aws.ToBool(config.IsIPV6Enabled),
	}
	want := []any{
		domain(b) + ".s3.us-east-1.amazonaws.com", true, true,
		true, "658327ea-f89d-4fab-a63d-7e88639e58f6", true, true,
		types.MinimumProtocolVersionTLSv122021, types.HttpVersionHttp2and3, true,
	}
	same(t, "the distribution", want, got)
	block := acctest.Must(b.S3().GetPublicAccessBlock(t.Context(), &s3.GetPublicAccessBlockInput{Bucket: aws.String(domain(b))}))(t).
		PublicAccessBlockConfiguration
	for _, closed := range []*bool{block.BlockPublicAcls, block.BlockPublicPolicy, block.IgnorePublicAcls, block.RestrictPublicBuckets} {
		if !aws.ToBool(closed) {
			t.Errorf("the bucket is not closed: %+v", *block)
		}
	}
}
