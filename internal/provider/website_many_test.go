package provider_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// callsOfBoth are the calls that both gateways saw, by their names. Who is calling is asked once by each command.
func callsOfBoth(b *acctest.Bench) (names []string) {
	calls := b.Gateway.Calls()
	if b.Edge != b.Gateway {
		calls = append(calls, b.Edge.Calls()...)
	}
	for _, call := range calls {
		if call.Service != "sts" {
			names = append(names, call.Name())
		}
	}
	return names
}

func resetBoth(b *acctest.Bench) {
	b.Gateway.Reset()
	b.Edge.Reset()
}

// TestAccWebsite_refreshCalls: a refresh of a site asks for each fact once.
func TestAccWebsite_refreshCalls(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b))
		tf.Apply()
		resetBoth(b)
		tf.Empty()
		same(t, "calls of a refresh", slices.Sorted(slices.Values(refreshOfSite())), slices.Sorted(slices.Values(callsOfBoth(b))))
		tf.Destroy()
	})
}

// refreshOfSite are the calls of a refresh of a site with one name, which may be 24 at most.
func refreshOfSite() []string {
	return []string{
		"s3:HeadBucket", "s3:GetPublicAccessBlock", "s3:GetBucketOwnershipControls", "s3:GetBucketEncryption",
		"s3:GetBucketVersioning", "s3:GetBucketTagging", "s3:GetBucketPolicy",
		"iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:GetPolicy", "iam:GetPolicyVersion", // of those who administer the bucket
		"iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:GetPolicy", "iam:GetPolicyVersion", // of those who refresh the caches
		"acm:ListCertificates", "acm:DescribeCertificate",
		"cloudfront:ListOriginAccessControls", "cloudfront:DescribeFunction", "cloudfront:GetFunction",
		"cloudfront:GetDistribution", "cloudfront:ListTagsForResource",
		"route53:ListResourceRecordSets", "route53:ListResourceRecordSets", // of the name, and of its certificate
	}
}

// TestAccWebsite_twoInOneZone: two sites share a zone, and neither touches the records of the other.
func TestAccWebsite_twoInOneZone(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		id := b.MakeZone(t, zone(b))
		second := fmt.Sprintf("resource \"spinup_website\" \"second\" { domain = %q }\n", zone(b)) // the zone's own name
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b) + second)
		tf.Apply()
		tf.Empty()
		both := b.Records(t, id)
		tf.Write(b.Provider() + second)
		tf.Apply()
		tf.Empty()
		b.GoneSite(t, domain(b))
		var kept []string
		for _, record := range b.Records(t, id) {
			kept = append(kept, string(record.Type))
		}
		if want := []string{"A", "AAAA", "CNAME"}; !slices.Equal(kept, want) || len(both) != 2*len(want) {
			t.Errorf("of %d records %v are left, want %v of the other site", len(both), kept, want)
		}
		tf.Destroy()
		b.GoneSite(t, zone(b))
		if left := b.Records(t, id); len(left) > 0 {
			t.Errorf("%d records are left in the zone", len(left))
		}
	})
}

// TestAccWebsite_ten makes ten sites in one apply.
func TestAccWebsite_ten(t *testing.T) {
	const sites = 10
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeCertificate(t, "*."+zone(b)) // one for all
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf(
			"resource \"spinup_website\" \"test\" {\ncount = %d\ndomain = \"w${count.index}.%s\"\n}\n", sites, zone(b)))
		tf.Apply()
		resetBoth(b)
		tf.Empty()
		// The record that validates the certificate of all is outside the names of each, so its zone is looked for.
		const more = 3
		if got, want := len(callsOfBoth(b)), sites*(len(refreshOfSite())+more); got != want {
			t.Errorf("the refresh took %d calls, want %d", got, want)
		}
		tf.Destroy()
		for i := range sites {
			b.GoneSite(t, fmt.Sprintf("w%d.%s", i, zone(b)))
		}
	})
}
