package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccWebsite_namesOfOthers: a name that newly belongs to a site and has a record of somebody else's is refused at
// plan; one that was turned elsewhere on a live site is not turned back. The records stay, at destroy as well.
func TestAccWebsite_namesOfOthers(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		put := func(name, kind, value string) {
			t.Helper()
			b.PutRecord(t, zoneID, r53types.ResourceRecordSet{
				Name: aws.String(name + "."), Type: r53types.RRType(kind), TTL: aws.Int64(60),
				ResourceRecords: []r53types.ResourceRecord{{Value: &value}},
			})
		}
		tf := b.Played(t)
		plain := site(b, "ipv6 = false", "wait_for_deployment = false")
		tf.Write(b.Provider() + plain)
		tf.Apply()
		put("a."+zone(b), "A", "192.0.2.1")
		put("c."+zone(b), "CNAME", "x.example.com.")
		put(domain(b), "AAAA", "2001:db8::1")
		other := b.MakeZone(t, zone(b))
		b.PutRecord(t, other, r53types.ResourceRecordSet{
			Name: aws.String(domain(b) + "."), Type: r53types.RRTypeA, TTL: aws.Int64(60),
			ResourceRecords: []r53types.ResourceRecord{{Value: aws.String("192.0.2.9")}},
		})
		tf.Empty()
		before, there := b.Records(t, zoneID), b.Records(t, other)
		for name, row := range map[string]struct{ lines, says string }{
			"alias":    {`aliases = ["a.` + zone(b) + `"]`, "A of a." + zone(b) + " to 192.0.2.1"},
			"redirect": {`redirect_domains = ["c.` + zone(b) + `"]`, "CNAME of c." + zone(b) + " to x.example.com"},
			"IPv6":     {`ipv6 = true`, "AAAA of " + domain(b) + " to 2001:db8::1"},
			"zone":     {`hosted_zone_id = "` + other + `"`, "A of " + domain(b) + " to 192.0.2.9"},
		} {
			t.Run(name, func(t *testing.T) {
				lines := []string{"wait_for_deployment = false", row.lines}
				if !strings.HasPrefix(row.lines, "ipv6") {
					lines = append(lines, "ipv6 = false")
				}
				tf.Write(b.Provider() + site(b, lines...))
				b.Gateway.Reset()
				b.Edge.Reset()
				saysAll(t, tf.MustFail("plan"), "dns_records: ", "point elsewhere: "+row.says, "set dns = false")
				if done := siteMutations(b); len(done) > 0 {
					t.Errorf("it did %v", done)
				}
			})
		}
		put(domain(b), "A", "192.0.2.7")
		tf.Write(b.Provider() + plain)
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "point elsewhere: A of "+domain(b)+" to 192.0.2.7")
		for _, r := range before {
			if *r.Name != domain(b)+"." || r.Type != r53types.RRTypeA {
				mustHave(t, b, zoneID, r)
			}
		}
		tf.Destroy()
		want := []string{"A " + domain(b) + ".", "A a." + zone(b) + ".", "AAAA " + domain(b) + ".", "CNAME c." + zone(b) + "."}
		slices.Sort(want)
		same(t, "records after destroy", want, kinds(b.Records(t, zoneID)))
		same(t, "records of the other zone", kinds(there), kinds(b.Records(t, other)))
	})
}

func kinds(sets []r53types.ResourceRecordSet) (all []string) {
	for _, set := range sets {
		all = append(all, fmt.Sprintf("%s %s", set.Type, *set.Name))
	}
	slices.Sort(all)
	return all
}

func mustHave(t *testing.T, b *acctest.Bench, zoneID string, want r53types.ResourceRecordSet) {
	t.Helper()
	for _, r := range b.Records(t, zoneID) {
		if *r.Name == *want.Name && r.Type == want.Type {
			return
		}
	}
	t.Errorf("%s of %s is gone", want.Type, *want.Name)
}

// TestAccWebsite_zoneMoves: the records follow the zone, those of the certificate among them, also where the zone was
// deleted or made again. Nothing is left in a former one.
func TestAccWebsite_zoneMoves(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		first := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false"))
		tf.Apply()
		all := kinds(b.Records(t, first))
		if len(all) != 3 {
			t.Fatalf("records are %v", all)
		}
		second := b.MakeZone(t, zone(b))
		tf.Empty()
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false", `hosted_zone_id = "`+second+`"`))
		same(t, "attributes", []string{"hosted_zone_id"}, tf.Plan(websiteAddress).Attributes())
		tf.Must("apply", "test.plan")
		tf.Empty()
		same(t, "records of the second zone", all, kinds(b.Records(t, second)))
		same(t, "records of the first zone", []string(nil), kinds(b.Records(t, first)))

		emptyZone(t, b, second)
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false"))
		same(t, "attributes", []string{"dns_records", "hosted_zone_id"}, tf.Plan(websiteAddress).Attributes())
		tf.Must("apply", "test.plan")
		tf.Empty()
		same(t, "records of the first zone", all, kinds(b.Records(t, first)))

		emptyZone(t, b, first)
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// emptyZone deletes a zone.
func emptyZone(t *testing.T, b *acctest.Bench, id string) {
	t.Helper()
	batch := &r53types.ChangeBatch{}
	for _, r := range b.Records(t, id) {
		batch.Changes = append(batch.Changes, r53types.Change{Action: r53types.ChangeActionDelete, ResourceRecordSet: &r})
	}
	acctest.Must(b.Route53().ChangeResourceRecordSets(t.Context(),
		&route53.ChangeResourceRecordSetsInput{HostedZoneId: &id, ChangeBatch: batch}))(t)
	acctest.Must(b.Route53().DeleteHostedZone(t.Context(), &route53.DeleteHostedZoneInput{Id: &id}))(t)
}

// TestAccWebsite_danglingRecords: when the distribution is deleted by hand, a refresh and a destroy take its records.
func TestAccWebsite_danglingRecords(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, `aliases = ["alt.`+zone(b)+`"]`, "wait_for_deployment = false"))
		tf.Apply()
		deleteDistribution(t, siteSeen(t, b, tf, zoneID))
		tf.Must("apply", "-refresh-only", "-auto-approve")
		if state := tf.State(websiteAddress); state["distribution_id"] != nil || state["distribution_domain_name"] == nil {
			t.Errorf("state has %v, %v", state["distribution_id"], state["distribution_domain_name"])
		}
		tf.Destroy()
		b.GoneSite(t, domain(b))
		same(t, "records", []string(nil), kinds(b.Records(t, zoneID)))
	})
}

// TestAccWebsite_dnsGivenUp: the plan shows which records go, and nothing is left at the end.
func TestAccWebsite_dnsGivenUp(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		zoneID := b.MakeZone(t, zone(b))
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false"))
		tf.Apply()
		tf.Write(b.Provider() + site(b, "wait_for_deployment = false", "dns = false"))
		same(t, "attributes", []string{"dns", "dns_records", "hosted_zone_id"}, tf.Plan(websiteAddress).Attributes())
		tf.Must("apply", "test.plan")
		tf.Empty()
		same(t, "records", []string(nil), kinds(b.Records(t, zoneID)))
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}
