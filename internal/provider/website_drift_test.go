package provider_test

import (
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// siteDrift is one way to change a site behind Terraform's back.
type siteDrift struct {
	name   string
	tamper func(t *testing.T, s liveSite)
	shows  string // the attributes that the plan changes
	mends  string // the calls that change something while that plan is applied, those to CloudFront last
}

// TestAccWebsite_drift changes each part of a site with a plain client. The plan names just that, and applying it repairs
// just that: anything left over would show in the plan of the row that follows.
func TestAccWebsite_drift(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		zoneID := b.MakeZone(t, zone(b))
		tf.Write(b.Provider() + site(b,
			`aliases          = ["alt.`+zone(b)+`"]`,
			`redirect_domains = ["`+zone(b)+`"]`,
			`error_document   = "404.html"`,
			`versioning       = true`,
			`tags             = { Team = "library", Cost = "42" }`,
			`wait_for_deployment = false`,
		))
		tf.Apply()
		live := siteSeen(t, b, tf, zoneID)
		for _, row := range some(brief, siteDrifts(b)) {
			t.Run(row.name, func(t *testing.T) {
				row.tamper(t, live)
				change := tf.Plan("spinup_website.test")
				same(t, "attributes", strings.Fields(row.shows), change.Attributes())
				if len(change.Actions) != 1 || change.Actions[0] != "update" {
					t.Errorf("actions are %v", change.Actions)
				}
				b.Gateway.Reset()
				b.Edge.Reset()
				tf.Must("apply", "test.plan")
				same(t, "writing calls", strings.Fields(row.mends), siteMutations(b))
			})
		}
		tf.Empty()
		for name, tamper := range notOurs() {
			if brief {
				break
			}
			t.Run(name, func(t *testing.T) {
				tamper(t, live)
				tf.Empty()
			})
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
	}))
}

// What a change of the distribution shows besides: it has to be spread.
const redeploys = "distribution_status "

func siteDrifts(b *acctest.Bench) []siteDrift {
	const (
		update     = "cloudfront:UpdateDistribution"
		named      = "certificate_arn distribution_status dns_records"
		accessLost = "distribution_status origin_access"
	)
	return slices.Concat([]siteDrift{
		{"alias taken away", edit(func(c *cftypes.DistributionConfig) { rename(c, "alt."+zone(b), "") }), "aliases " + named, update},
		{"alias added", edit(func(c *cftypes.DistributionConfig) { rename(c, "", "more."+zone(b)) }), "aliases " + named, update},
		{"domain taken away", edit(func(c *cftypes.DistributionConfig) { rename(c, domain(b), "") }), redeploys + "url", update},
		{"disabled", edit(func(c *cftypes.DistributionConfig) { c.Enabled = aws.Bool(false) }), redeploys + "url", update},
		{"price class", edit(func(c *cftypes.DistributionConfig) { c.PriceClass = cftypes.PriceClassPriceClassAll }),
			redeploys + "price_class", update},
		{"older TLS", edit(func(c *cftypes.DistributionConfig) {
			c.ViewerCertificate.MinimumProtocolVersion = cftypes.MinimumProtocolVersionTLSv1
		}), redeploys + "minimum_tls", update},
		{"no TLS", edit(func(c *cftypes.DistributionConfig) {
			c.DefaultCacheBehavior.ViewerProtocolPolicy = cftypes.ViewerProtocolPolicyAllowAll
		}), redeploys + "minimum_tls", update},
		{"version of HTTP", edit(func(c *cftypes.DistributionConfig) { c.HttpVersion = cftypes.HttpVersionHttp11 }),
			redeploys + "http_version", update},
		{"IPv6", edit(func(c *cftypes.DistributionConfig) { c.IsIPV6Enabled = aws.Bool(false) }), redeploys + "ipv6", update},
		{"geo restriction", edit(func(c *cftypes.DistributionConfig) {
			c.Restrictions = &cftypes.Restrictions{GeoRestriction: &cftypes.GeoRestriction{
				RestrictionType: cftypes.GeoRestrictionTypeBlacklist, Quantity: aws.Int32(1), Items: []string{"FR"},
			}}
		}), redeploys + "geo_restriction", update},
		{"web ACL", edit(func(c *cftypes.DistributionConfig) {
			c.WebACLId = aws.String("arn:aws:wafv2:us-east-1:" + b.AccountID + ":global/webacl/theirs/1")
		}), redeploys + "web_acl_arn", update},
		{"root object", edit(func(c *cftypes.DistributionConfig) { c.DefaultRootObject = aws.String("home.html") }),
			redeploys + "index_document", update},
		{"error pages gone", edit(func(c *cftypes.DistributionConfig) { c.CustomErrorResponses = nil }),
			"distribution_status error_document", update},
		{"one error page changed", edit(func(c *cftypes.DistributionConfig) {
			c.CustomErrorResponses.Items[0].ResponsePagePath = aws.String("/theirs.html")
		}), "distribution_status error_document", update},
		{"error page answers 200", edit(func(c *cftypes.DistributionConfig) {
			c.CustomErrorResponses.Items[0].ResponseCode = aws.String("200")
		}), "distribution_status error_document", update},
		{"cache policy", edit(func(c *cftypes.DistributionConfig) {
			c.DefaultCacheBehavior.CachePolicyId = aws.String("4135ea2d-6df8-44a3-9df3-4b5a84be39ad")
		}), "cache_policy distribution_status", update},
		{"cache policy taken away", edit(func(c *cftypes.DistributionConfig) {
			c.DefaultCacheBehavior.CachePolicyId = nil
		}), "cache_policy distribution_status", update},
		{"headers policy", edit(func(c *cftypes.DistributionConfig) { c.DefaultCacheBehavior.ResponseHeadersPolicyId = nil }),
			redeploys + "response_headers", update},
		{"origin elsewhere", edit(func(c *cftypes.DistributionConfig) {
			c.Origins.Items[0].DomainName = aws.String("theirs.s3.us-east-1.amazonaws.com")
		}), accessLost, update},
		{"origin without access control", edit(func(c *cftypes.DistributionConfig) {
			c.Origins.Items[0].OriginAccessControlId = aws.String("")
		}), accessLost, update},
		{"certificate", func(t *testing.T, s liveSite) {
			other := s.b.MakeCertificate(t, domain(b), "alt."+zone(b), zone(b))
			edit(func(c *cftypes.DistributionConfig) { c.ViewerCertificate.ACMCertificateArn = &other })(t, s)
		}, named, update},
	}, siteTagDrifts(), siteFunctionDrifts(), siteRecordDrifts(b), siteBucketDrifts(b))
}

func siteTagDrifts() []siteDrift {
	const tagged = "tags tags_all"
	return []siteDrift{
		{"tag of the distribution changed", func(t *testing.T, s liveSite) { s.tag(t, "Team", "music") }, tagged, "cloudfront:TagResource"},
		{"tag of the distribution added", func(t *testing.T, s liveSite) { s.tag(t, "More", "1") }, tagged, "cloudfront:UntagResource"},
		{"tag of the distribution removed", func(t *testing.T, s liveSite) {
			acctest.Must(s.b.CloudFront().UntagResource(t.Context(), &cloudfront.UntagResourceInput{
				Resource: &s.arn, TagKeys: &cftypes.TagKeys{Items: []string{"Cost"}},
			}))(t)
		}, tagged, "cloudfront:TagResource"},
		{"tag of the bucket changed", func(t *testing.T, s liveSite) {
			setTags(t, s.bucket(), map[string]string{"Team": "music", "Cost": "42"})
		}, tagged, "s3:PutBucketTagging"},
	}
}

// siteFunctionDrifts are about the access control and the function. CloudFront lets nobody delete what is in use.
func siteFunctionDrifts() []siteDrift {
	const (
		update    = "cloudfront:UpdateDistribution"
		publish   = "cloudfront:UpdateFunction cloudfront:PublishFunction"
		routeLost = "aliases directory_index distribution_status"
	)
	detach := edit(func(c *cftypes.DistributionConfig) { c.DefaultCacheBehavior.FunctionAssociations = nil })
	return []siteDrift{
		{"access control does not sign", func(t *testing.T, s liveSite) {
			api := s.b.CloudFront()
			seen := acctest.Must(api.GetOriginAccessControl(t.Context(), &cloudfront.GetOriginAccessControlInput{Id: &s.access}))(t)
			config := seen.OriginAccessControl.OriginAccessControlConfig
			config.SigningBehavior = cftypes.OriginAccessControlSigningBehaviorsNever
			acctest.Must(api.UpdateOriginAccessControl(t.Context(), &cloudfront.UpdateOriginAccessControlInput{
				Id: &s.access, IfMatch: seen.ETag, OriginAccessControlConfig: config,
			}))(t)
		}, "distribution_status origin_access", "cloudfront:UpdateOriginAccessControl"},
		{"function changed", func(t *testing.T, s liveSite) { s.rewrite(t, true) }, routeLost + " redirect_domains", publish},
		{"function taken off", detach, routeLost + " redirect_domains", update},
		{"function deleted", func(t *testing.T, s liveSite) {
			detach(t, s)
			api := s.b.CloudFront()
			seen := acctest.Must(api.DescribeFunction(t.Context(), &cloudfront.DescribeFunctionInput{Name: &s.function}))(t)
			acctest.Must(api.DeleteFunction(t.Context(), &cloudfront.DeleteFunctionInput{Name: &s.function, IfMatch: seen.ETag}))(t)
		}, routeLost + " redirect_domains", "cloudfront:CreateFunction " + publish + " " + update},
	}
}

func siteRecordDrifts(b *acctest.Bench) []siteDrift {
	const change = "route53:ChangeResourceRecordSets"
	remove := func(name string, kinds ...r53types.RRType) func(*testing.T, liveSite) {
		return func(t *testing.T, s liveSite) {
			t.Helper()
			batch := &r53types.ChangeBatch{}
			for _, r := range s.b.Records(t, s.zone) {
				if *r.Name == name+"." && slices.Contains(kinds, r.Type) {
					batch.Changes = append(batch.Changes, r53types.Change{Action: r53types.ChangeActionDelete, ResourceRecordSet: &r})
				}
			}
			acctest.Must(s.b.Route53().ChangeResourceRecordSets(t.Context(),
				&route53.ChangeResourceRecordSetsInput{HostedZoneId: &s.zone, ChangeBatch: batch}))(t)
		}
	}
	return []siteDrift{
		{"record deleted", remove(domain(b), r53types.RRTypeA), "dns_records", change},
		{"IPv6 record deleted", remove("alt."+zone(b), r53types.RRTypeAaaa), "dns_records", change},
		{"validation record deleted", func(t *testing.T, s liveSite) {
			for _, r := range s.b.Records(t, s.zone) {
				if r.Type == r53types.RRTypeCname {
					remove(strings.TrimSuffix(*r.Name, "."), r.Type)(t, s)
				}
			}
		}, "dns_records", change},
	}
}

func siteBucketDrifts(b *acctest.Bench) []siteDrift {
	const (
		lost    = "distribution_status origin_access"
		written = "s3:PutBucketPolicy"
	)
	altered := awspolicy.Statement{
		Sid: bucket.SidOrigin, Effect: awspolicy.Allow, Principal: awspolicy.Principal{"Service": {"cloudfront.amazonaws.com"}},
		Action: []string{"s3:*"}, Resource: []string{"arn:aws:s3:::" + domain(b) + "/*"},
	}
	return []siteDrift{
		{"policy of the web admins altered", func(t *testing.T, s liveSite) { rewriteDocument(t, s.bucket(), access.WebAdmin) },
			"groups", "iam:CreatePolicyVersion"},
		{"policy of the web admins detached", func(t *testing.T, s liveSite) { detach(t, s.bucket(), access.WebAdmin) },
			"groups", "iam:AttachGroupPolicy"},
		{"group of the web admins deleted", func(t *testing.T, s liveSite) { deleteGroup(t, s.bucket(), access.WebAdmin) },
			"groups", "iam:CreateGroup iam:AttachGroupPolicy"},
		{"statement of the distribution removed", func(t *testing.T, s liveSite) { splice(t, s.bucket(), bucket.SidOrigin) },
			lost, written},
		{"statement of the distribution altered", func(t *testing.T, s liveSite) {
			altered.Condition = awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {s.arn}}}
			splice(t, s.bucket(), bucket.SidOrigin, altered)
		}, lost, written},
		{"statement of require_tls removed", func(t *testing.T, s liveSite) { splice(t, s.bucket(), bucket.SidRequireTLS) },
			"require_tls", written},
		{"one switch off", func(t *testing.T, s liveSite) { block(t, s.bucket(), true, false) }, lost, "s3:PutPublicAccessBlock"},
		{"objects of other owners", func(t *testing.T, s liveSite) {
			acctest.Must(s.b.S3().PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
				Bucket: aws.String(domain(s.b)),
				OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{
					{ObjectOwnership: types.ObjectOwnershipObjectWriter},
				}},
			}))(t)
		}, lost, "s3:PutBucketOwnershipControls"},
		{"versioning suspended", func(t *testing.T, s liveSite) { suspend(t, s.bucket()) }, "versioning", "s3:PutBucketVersioning"},
	}
}

// notOurs are changes of what is left alone, whoever made it.
func notOurs() map[string]func(*testing.T, liveSite) {
	return map[string]func(*testing.T, liveSite){
		"comment":               edit(func(c *cftypes.DistributionConfig) { c.Comment = aws.String("theirs") }),
		"compression":           edit(func(c *cftypes.DistributionConfig) { c.DefaultCacheBehavior.Compress = aws.Bool(false) }),
		"origin path":           edit(func(c *cftypes.DistributionConfig) { c.Origins.Items[0].OriginPath = aws.String("/v2") }),
		"draft of the function": func(t *testing.T, s liveSite) { s.rewrite(t, false) },
		"page of another error": edit(func(c *cftypes.DistributionConfig) {
			c.CustomErrorResponses.Items = append(c.CustomErrorResponses.Items, cftypes.CustomErrorResponse{
				ErrorCode: aws.Int32(503), ResponsePagePath: aws.String("/busy.html"), ResponseCode: aws.String("503"),
			})
			*c.CustomErrorResponses.Quantity++
		}),
	}
}

// liveSite is where the parts of a site are, for changes behind Terraform's back.
type liveSite struct {
	b                               *acctest.Bench
	zone, id, arn, function, access string
}

// siteSeen looks up the site that state has.
func siteSeen(t *testing.T, b *acctest.Bench, tf acctest.Runner, zoneID string) liveSite {
	t.Helper()
	state := tf.State("spinup_website.test")
	s := liveSite{b: b, zone: zoneID, id: state["distribution_id"].(string), arn: state["distribution_arn"].(string)}
	config := s.config(t).DistributionConfig
	s.function = path.Base(*config.DefaultCacheBehavior.FunctionAssociations.Items[0].FunctionARN)
	s.access = *config.Origins.Items[0].OriginAccessControlId
	return s
}

func (s liveSite) config(t *testing.T) *cloudfront.GetDistributionConfigOutput {
	t.Helper()
	return acctest.Must(s.b.CloudFront().GetDistributionConfig(t.Context(), &cloudfront.GetDistributionConfigInput{Id: &s.id}))(t)
}

// bucket is the bench as if its bucket were the site's.
func (s liveSite) bucket() *acctest.Bench {
	b := *s.b
	b.Name = domain(s.b)
	return &b
}

func (s liveSite) tag(t *testing.T, key, value string) {
	t.Helper()
	acctest.Must(s.b.CloudFront().TagResource(t.Context(), &cloudfront.TagResourceInput{
		Resource: &s.arn, Tags: &cftypes.Tags{Items: []cftypes.Tag{{Key: &key, Value: &value}}},
	}))(t)
}

// rewrite changes the code of the function, and publishes it or not.
func (s liveSite) rewrite(t *testing.T, publish bool) {
	t.Helper()
	api, ctx := s.b.CloudFront(), t.Context()
	seen := acctest.Must(api.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &s.function}))(t)
	out := acctest.Must(api.UpdateFunction(ctx, &cloudfront.UpdateFunctionInput{
		Name: &s.function, IfMatch: seen.ETag, FunctionConfig: seen.FunctionSummary.FunctionConfig,
		FunctionCode: []byte("function handler(event) { return event.request; }"),
	}))(t)
	if publish {
		acctest.Must(api.PublishFunction(ctx, &cloudfront.PublishFunctionInput{Name: &s.function, IfMatch: out.ETag}))(t)
	}
}

// edit changes the configuration of the distribution.
func edit(change func(*cftypes.DistributionConfig)) func(*testing.T, liveSite) {
	return func(t *testing.T, s liveSite) {
		t.Helper()
		seen := s.config(t)
		change(seen.DistributionConfig)
		acctest.Must(s.b.CloudFront().UpdateDistribution(t.Context(), &cloudfront.UpdateDistributionInput{
			Id: &s.id, IfMatch: seen.ETag, DistributionConfig: seen.DistributionConfig,
		}))(t)
	}
}

// rename puts another name in the place of one; an empty one stands for none.
func rename(c *cftypes.DistributionConfig, from, to string) {
	names := slices.DeleteFunc(c.Aliases.Items, func(name string) bool { return name == from })
	if to != "" {
		names = append(names, to)
	}
	c.Aliases = &cftypes.Aliases{Quantity: aws.Int32(int32(len(names))), Items: names}
}

// siteMutations names the calls of the bench that changed something, in their order, those to CloudFront last: they may
// come in at a gateway of their own.
func siteMutations(b *acctest.Bench) []string {
	calls := b.Gateway.Calls()
	if b.Edge != b.Gateway {
		calls = append(calls, b.Edge.Calls()...)
	}
	others, edge := []string{}, []string{}
	for _, call := range calls {
		switch {
		case !call.Mutating:
		case call.Service == "cloudfront":
			edge = append(edge, call.Name())
		default:
			others = append(others, call.Name())
		}
	}
	return append(others, edge...)
}
