package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// TestAccWebsite_survivors puts things of other owners on and beside a site. An update that writes the same documents and
// objects leaves them alone. A destroy names each that would be lost and destroys nothing; once those are gone it succeeds.
func TestAccWebsite_survivors(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		write := func(lines ...string) {
			tf.Write(b.Provider(`ignore_tags = { keys = ["Invoice", "Backup"] }`) + site(b, append(lines, "wait_for_deployment = false")...))
		}
		write(`tags = { Team = "library" }`)
		tf.Apply()
		live := siteSeen(t, b, tf, zoneID)
		all := siteForeigners(t, live)
		for _, thing := range all {
			thing.put(t)
		}
		before := siteSurvivors(t, live)
		for _, thing := range all {
			if before[thing.name] == "" {
				t.Fatalf("%s is not there", thing.name)
			}
		}
		tf.Empty() // they are nobody's drift

		rewriteDocument(t, live.bucket(), access.WebAdmin)
		write(`tags = { Team = "music" }`, `price_class = "PriceClass_All"`, `error_document = "404.html"`, `cache_policy = "disabled"`,
			`redirect_domains = ["`+zone(b)+`"]`, `require_tls = false`)
		tf.Apply()
		write(`tags = { Team = "art" }`, `origin_access = "website_endpoint"`)
		tf.Apply()
		write(`tags = { Team = "library" }`)
		tf.Apply()
		tf.Empty()
		blockedSite(t, b, tf, all, func(foreign) bool { return true })
		same(t, "what is not ours was changed", before, siteSurvivors(t, live))

		for _, thing := range all {
			thing.take(t)
		}
		for _, thing := range all {
			t.Run(thing.name, func(t *testing.T) {
				thing.put(t)
				defer thing.take(t)
				if thing.named != "" {
					blockedSite(t, b, tf, all, func(other foreign) bool { return other.name == thing.name })
				}
			})
		}
		neighbour(t, live)
		tf.Destroy()
		goneButNeighbour(t, b)
	})
}

// TestAccWebsite_survivorsForced is the same with force_destroy: what is on the site goes with it, what is in IAM is still
// in the way, and what is beside the site is nobody's business.
func TestAccWebsite_survivorsForced(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider(`ignore_tags = { keys = ["Invoice", "Backup"] }`) +
			site(b, "force_destroy = true", "wait_for_deployment = false", `tags = { Team = "library" }`))
		tf.Apply()
		live := siteSeen(t, b, tf, zoneID)
		all := siteForeigners(t, live)
		for _, thing := range all {
			thing.put(t)
		}
		b.PutObject(t, domain(b), "docs/index.html")
		neighbour(t, live)
		blockedSite(t, b, tf, all, func(thing foreign) bool { return !thing.goes })
		for _, thing := range all {
			if !thing.goes {
				thing.take(t)
			}
		}
		tf.Destroy()
		goneButNeighbour(t, b)
	})
}

// TestAccWebsite_foreignFunction: a distribution runs one function for a request. That of another owner is left alone
// where the site needs none, and is not put out without a word where it does.
func TestAccWebsite_foreignFunction(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		write := func(lines ...string) {
			tf.Write(b.Provider() + site(b, append(lines, "wait_for_deployment = false")...))
		}
		write("directory_index = false")
		tf.Apply()
		state := tf.State(websiteAddress)
		live := liveSite{b: b, zone: zoneID, id: state["distribution_id"].(string), arn: state["distribution_arn"].(string)}
		theirs := "arn:aws:cloudfront::123456789012:function/" + b.Name
		edit(func(c *cftypes.DistributionConfig) { associate(c, cftypes.EventTypeViewerRequest, theirs) })(t, live)
		tf.Empty()
		write("directory_index = false", `price_class = "PriceClass_All"`)
		tf.Apply()
		seen := live.config(t).DistributionConfig
		if got := seen.DefaultCacheBehavior.FunctionAssociations.Items; len(got) != 1 || *got[0].FunctionARN != theirs ||
			seen.PriceClass != cftypes.PriceClassPriceClassAll {
			t.Errorf("after an update the distribution runs %v", got)
		}
		write()
		b.Gateway.Reset()
		b.Edge.Reset()
		if said := tf.MustFail("apply", "-auto-approve"); !strings.Contains(said, "runs the function "+theirs+" of another owner") {
			t.Errorf("it says\n%s", said)
		}
		if done := siteMutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}
		edit(func(c *cftypes.DistributionConfig) { c.DefaultCacheBehavior.FunctionAssociations = nil })(t, live)
		tf.Apply()
		tf.Destroy()
		goneWhole(t, b)
	})
}

// blockedSite requires that a destroy fails because of just the things chosen of those that can be in the way, and leaves
// everything and state as it is.
func blockedSite(t *testing.T, b *acctest.Bench, tf acctest.Runner, all []foreign, chosen func(foreign) bool) {
	t.Helper()
	b.Gateway.Reset()
	b.Edge.Reset()
	state := tf.State(websiteAddress)
	said := tf.MustFail("destroy", "-auto-approve")
	for _, thing := range all {
		if thing.named != "" && strings.Contains(said, thing.named) != chosen(thing) {
			t.Errorf("%s: want it named: %v, as %q, in\n%s", thing.name, chosen(thing), thing.named, said)
		}
	}
	if done := siteMutations(b); len(done) > 0 {
		t.Errorf("it did %v", done)
	}
	after := tf.State(websiteAddress)
	delete(state, "distribution_status") // others have changed the distribution
	delete(after, "distribution_status")
	same(t, "state was changed", state, after)
}

// siteForeigners are things of other owners on a site; those that no destroy names are lost by none.
func siteForeigners(t *testing.T, s liveSite) []foreign {
	t.Helper()
	b, other := s.b, s.b.Name+"-other"
	b.MakeUser(t, other)
	member := levelGroup(s.bucket(), access.WebAdmin)
	object := levelGroup(s.bucket(), access.Admin)
	return []foreign{
		{
			name: "cache behavior", named: "cache behavior /api/*", goes: true,
			put: onSite(s, func(c *cftypes.DistributionConfig) {
				c.CacheBehaviors = &cftypes.CacheBehaviors{Quantity: aws.Int32(1), Items: []cftypes.CacheBehavior{{
					PathPattern: aws.String("/api/*"), TargetOriginId: c.DefaultCacheBehavior.TargetOriginId,
					ViewerProtocolPolicy: cftypes.ViewerProtocolPolicyHttpsOnly, Compress: aws.Bool(false),
					CachePolicyId: aws.String("4135ea2d-6df8-44a3-9df3-4b5a84be39ad"),
				}}}
			}),
			take: onSite(s, func(c *cftypes.DistributionConfig) { c.CacheBehaviors = nil }),
		},
		{
			name: "origin", named: "origin theirs", goes: true,
			put: onSite(s, func(c *cftypes.DistributionConfig) {
				c.Origins.Items = append(c.Origins.Items, cftypes.Origin{
					Id: aws.String("theirs"), DomainName: aws.String("api.example.edu"), CustomOriginConfig: &cftypes.CustomOriginConfig{
						HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(8443), OriginProtocolPolicy: cftypes.OriginProtocolPolicyHttpsOnly,
					},
				})
				*c.Origins.Quantity++
			}),
			take: onSite(s, func(c *cftypes.DistributionConfig) {
				c.Origins.Items = c.Origins.Items[:1]
				*c.Origins.Quantity = 1
			}),
		},
		{
			name: "tag of the distribution", named: "tag Invoice", goes: true,
			put: func(t *testing.T) { s.tag(t, "Invoice", "1234") },
			take: func(t *testing.T) {
				acctest.Must(b.CloudFront().UntagResource(t.Context(), &cloudfront.UntagResourceInput{
					Resource: &s.arn, TagKeys: &cftypes.TagKeys{Items: []string{"Invoice"}},
				}))(t)
			},
		},
		{
			name: "tag of the bucket", named: "which would be lost: Backup", goes: true,
			put: func(t *testing.T) {
				setTags(t, s.bucket(), map[string]string{"Backup": "daily", "Team": "library"})
			},
			take: func(t *testing.T) { setTags(t, s.bucket(), map[string]string{"Team": "library"}) },
		},
		{
			name: "statement", named: "Theirs", goes: true,
			put:  func(t *testing.T) { appendStatement(t, s.bucket()) },
			take: func(t *testing.T) { splice(t, s.bucket(), "Theirs") },
		},
		{
			name: "member", named: "user " + other + " is a member of group " + *member,
			put:  calling(b.IAM().AddUserToGroup, &iam.AddUserToGroupInput{GroupName: member, UserName: &other}),
			take: calling(b.IAM().RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{GroupName: member, UserName: &other}),
		},
		{
			name: "member of the bucket's admins", named: "user " + other + " is a member of group " + *object,
			put:  calling(b.IAM().AddUserToGroup, &iam.AddUserToGroupInput{GroupName: object, UserName: &other}),
			take: calling(b.IAM().RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{GroupName: object, UserName: &other}),
		},
		{
			name: "function for answers", goes: true,
			put: onSite(s, func(c *cftypes.DistributionConfig) {
				associate(c, cftypes.EventTypeViewerResponse, "arn:aws:cloudfront::123456789012:function/theirs")
			}),
			take: onSite(s, func(c *cftypes.DistributionConfig) {
				items := slices.DeleteFunc(c.DefaultCacheBehavior.FunctionAssociations.Items, func(f cftypes.FunctionAssociation) bool {
					return f.EventType == cftypes.EventTypeViewerResponse
				})
				c.DefaultCacheBehavior.FunctionAssociations = &cftypes.FunctionAssociations{
					Quantity: aws.Int32(int32(len(items))), Items: items,
				}
			}),
		},
		{
			name: "page of another error", goes: true,
			put: onSite(s, func(c *cftypes.DistributionConfig) {
				c.CustomErrorResponses = &cftypes.CustomErrorResponses{Quantity: aws.Int32(2), Items: []cftypes.CustomErrorResponse{
					{ErrorCode: aws.Int32(503), ResponsePagePath: aws.String("/busy.html"), ResponseCode: aws.String("503")},
					{ErrorCode: aws.Int32(404), ErrorCachingMinTTL: aws.Int64(5)}, // no page
				}}
			}),
			take: onSite(s, func(c *cftypes.DistributionConfig) { c.CustomErrorResponses = nil }),
		},
		{
			name: "comment", goes: true,
			put:  onSite(s, func(c *cftypes.DistributionConfig) { c.Comment = aws.String("theirs") }),
			take: onSite(s, func(c *cftypes.DistributionConfig) { c.Comment = aws.String(domain(b)) }),
		},
		{
			name: "text of the site's name", goes: true,
			put:  onRecord(s, r53types.ChangeActionUpsert),
			take: onRecord(s, r53types.ChangeActionDelete),
		},
	}
}

func onSite(s liveSite, change func(*cftypes.DistributionConfig)) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		edit(change)(t, s)
	}
}

// onRecord changes a record of the site's own name that leads nowhere.
func onRecord(s liveSite, action r53types.ChangeAction) func(*testing.T) {
	return func(t *testing.T) {
		t.Helper()
		acctest.Must(s.b.Route53().ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: &s.zone,
			ChangeBatch: &r53types.ChangeBatch{Changes: []r53types.Change{{Action: action, ResourceRecordSet: &r53types.ResourceRecordSet{
				Name: aws.String(domain(s.b) + "."), Type: r53types.RRTypeTxt, TTL: aws.Int64(60),
				ResourceRecords: []r53types.ResourceRecord{{Value: aws.String(`"theirs"`)}},
			}}}},
		}))(t)
	}
}

// associate has the distribution run a function at an event, beside those of other events.
func associate(c *cftypes.DistributionConfig, event cftypes.EventType, function string) {
	all := c.DefaultCacheBehavior.FunctionAssociations
	if all == nil {
		all = &cftypes.FunctionAssociations{}
	}
	all.Items = append(all.Items, cftypes.FunctionAssociation{EventType: event, FunctionARN: &function})
	all.Quantity = aws.Int32(int32(len(all.Items)))
	c.DefaultCacheBehavior.FunctionAssociations = all
}

// siteSurvivors says what is there of each thing of siteForeigners.
func siteSurvivors(t *testing.T, s liveSite) map[string]string {
	t.Helper()
	seen, config := map[string]string{}, s.config(t).DistributionConfig
	if all := config.CacheBehaviors; all != nil {
		for _, behavior := range all.Items {
			seen["cache behavior"] += *behavior.PathPattern + *behavior.TargetOriginId + string(behavior.ViewerProtocolPolicy) +
				*behavior.CachePolicyId
		}
	}
	for _, origin := range config.Origins.Items[1:] {
		seen["origin"] += *origin.Id + *origin.DomainName + string(origin.CustomOriginConfig.OriginProtocolPolicy)
	}
	for _, function := range config.DefaultCacheBehavior.FunctionAssociations.Items {
		if function.EventType == cftypes.EventTypeViewerResponse {
			seen["function for answers"] += *function.FunctionARN
		}
	}
	for _, e := range config.CustomErrorResponses.Items {
		if *e.ErrorCode == 503 {
			seen["page of another error"] += *e.ResponsePagePath
		}
	}
	seen["comment"] = strings.ReplaceAll(*config.Comment, domain(s.b), "")
	tags := acctest.Must(s.b.CloudFront().ListTagsForResource(t.Context(), &cloudfront.ListTagsForResourceInput{Resource: &s.arn}))(t)
	for _, tag := range tags.Tags.Items {
		if *tag.Key == "Invoice" {
			seen["tag of the distribution"] = *tag.Value
		}
	}
	seen["tag of the bucket"] = liveTags(t, s.bucket())["Backup"]
	statement, _ := bucketPolicy(t, s.bucket()).Find("Theirs")
	seen["statement"] = statement.String()
	for name, level := range map[string]access.Level{"member": access.WebAdmin, "member of the bucket's admins": access.Admin} {
		group := acctest.Must(s.b.IAM().GetGroup(t.Context(), &iam.GetGroupInput{GroupName: levelGroup(s.bucket(), level)}))(t)
		for _, user := range group.Users {
			seen[name] += *user.UserName
		}
	}
	for _, record := range s.b.Records(t, s.zone) {
		if record.Type == r53types.RRTypeTxt {
			seen["text of the site's name"] = *record.ResourceRecords[0].Value
		}
	}
	return seen
}

// neighbour makes a record of another name in the zone.
func neighbour(t *testing.T, s liveSite) {
	t.Helper()
	s.b.PutRecord(t, s.zone, r53types.ResourceRecordSet{
		Name: aws.String("www2." + zone(s.b) + "."), Type: r53types.RRTypeA, TTL: aws.Int64(60),
		ResourceRecords: []r53types.ResourceRecord{{Value: aws.String("192.0.2.1")}},
	})
}

// goneButNeighbour requires that nothing of the site is left, and just the record of neighbour in its zone.
func goneButNeighbour(t *testing.T, b *acctest.Bench) {
	t.Helper()
	var left []string
	for _, record := range siteRecords(t, b) {
		if !strings.HasPrefix(record, "TXT ") {
			left = append(left, record)
		}
	}
	same(t, "records", []string{"A www2." + zone(b) + "."}, left)
	for _, what := range b.SiteLeftovers(t, domain(b)) {
		if what != "record TXT "+domain(b)+"." {
			t.Errorf("left behind: %s", what)
		}
	}
}
