package website

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// A site as it stands: its records in the zone Z1, and a certificate of its own.
func standing() (prior Spec, zone []types.ResourceRecordSet) {
	prior = simple()
	prior.ZoneID, prior.DistributionHost, prior.CertificateARN, prior.IPv6 = "Z1", target, certARN, false
	prior.Recorded = []Record{{Name: domain, Type: "A", Value: target}, {Name: "_1." + domain, Type: "CNAME", Value: "_v.acm"}}
	return prior, []types.ResourceRecordSet{aliasSet(domain, "A", target), simpleSet("_1."+domain, "CNAME", "_v.acm")}
}

// TestRecords_follow: the records of a site, those of its certificate among them, are where its configuration has them
// and
// nowhere else, whatever happened to the zone or the distribution. Those of others stay.
func TestRecords_follow(t *testing.T) {
	const (
		own, proved = "A www.example.edu d1.cloudfront.net", "CNAME _1.www.example.edu _v.acm"
		theirs      = "A a.www.example.edu 192.0.2.1"
	)
	for name, row := range map[string]struct {
		change  func(s *Spec)                // of what is wanted
		was     func(s *Spec)                // of what state has
		happens func(l *liveZones)           // in Route 53
		without bool                         // the distribution is gone
		shared  bool                         // another certificate needs the validation record
		madeFor string                       // domain of the site that the certificate is marked for
		zones   map[string][]string          // in the end
		check   func(t *testing.T, o Status) // before anything is written
	}{
		"nothing": {zones: map[string][]string{"Z1": {theirs, own, proved}, "Z2": nil}},
		"another zone": {
			change: func(s *Spec) { s.ZoneID = "Z2" },
			zones:  map[string][]string{"Z1": {theirs}, "Z2": {own, proved}},
		},
		"another zone, not yet known": {
			change: func(s *Spec) { s.ZoneID = "" }, was: func(s *Spec) { s.ZoneID = "Z2" },
			happens: func(l *liveZones) { l.sets["Z2"], l.sets["Z1"] = l.sets["Z1"], nil },
			zones:   map[string][]string{"Z1": {own, proved}, "Z2": {theirs}},
		},
		"another zone, record shared": {
			change: func(s *Spec) { s.ZoneID = "Z2" }, shared: true,
			zones: map[string][]string{"Z1": {theirs, proved}, "Z2": {own, proved}},
		},
		"another zone, certificate of others": {
			change: func(s *Spec) { s.ZoneID = "Z2" }, madeFor: "a.example.edu",
			zones: map[string][]string{"Z1": {theirs, proved}, "Z2": {own}},
		},
		"zone deleted": {
			happens: func(l *liveZones) { delete(l.sets, "Z1") }, change: func(s *Spec) { s.ZoneID = "Z2" },
			zones: map[string][]string{"Z2": {own, proved}},
		},
		"zone made again": {
			happens: func(l *liveZones) { l.sets["Z1"] = nil }, was: func(s *Spec) { s.ZoneID = "Z9" }, change: func(s *Spec) { s.ZoneID = "" },
			zones: map[string][]string{"Z1": {own, proved}, "Z2": nil},
		},
		"validation record lost": {
			happens: func(l *liveZones) { l.sets["Z1"] = slices.Delete(l.sets["Z1"], 1, 2) },
			zones:   map[string][]string{"Z1": {theirs, own, proved}, "Z2": nil},
			check: func(t *testing.T, o Status) {
				if !o.Lost("_1." + domain) {
					t.Error("the lost record is not seen")
				}
			},
		},
		"validation record of others lost": {
			happens: func(l *liveZones) { l.sets["Z1"] = slices.Delete(l.sets["Z1"], 1, 2) }, madeFor: "a.example.edu",
			zones: map[string][]string{"Z1": {theirs, own}, "Z2": nil},
		},
		"DNS given up": {
			change: func(s *Spec) { s.DNS, s.ZoneID = false, "" },
			zones:  map[string][]string{"Z1": {theirs}, "Z2": nil},
		},
		"distribution gone": {
			without: true, zones: map[string][]string{"Z1": {theirs, proved}, "Z2": nil},
		},
		"another distribution": {
			was:   func(s *Spec) { s.DistributionHost = "d0.cloudfront.net" },
			zones: map[string][]string{"Z1": {theirs, own, proved}, "Z2": nil},
			happens: func(l *liveZones) {
				l.sets["Z1"][0] = aliasSet(domain, "A", "d0.cloudfront.net")
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			prior, zone := standing()
			l := &liveZones{sets: map[string][]types.ResourceRecordSet{
				"Z1": append(zone, simpleSet("a."+domain, "A", "192.0.2.1")), "Z2": nil,
			}}
			a, w := newAuthority(), zonesOf(&l.journal, "example.org", "example.edu", "edu")
			l.api(&w)
			a.api(&w)
			madeFor := domain
			if row.madeFor != "" {
				madeFor = row.madeFor
			}
			a.add(certARN, madeFor, []string{domain}, "ISSUED")
			if row.shared {
				a.add(certARN+"2", "", []string{domain}, "ISSUED")
			}
			want := prior
			if row.was != nil {
				row.was(&prior)
			}
			if row.change != nil {
				row.change(&want)
			}
			if row.happens != nil {
				row.happens(l)
			}
			change := wish{Want: want, Prior: &prior}
			c, err := w.describeCertificate(t.Context(), change, certARN)
			if err != nil {
				t.Fatal(err)
			}
			o := Status{Distribution: &Distribution{DomainName: target}, Certificate: c}
			if row.without {
				o.Distribution = nil
			}
			table := []part{w.records(), w.danglingRecords()}
			if err := table[0].Observe(t.Context(), change, &o); err != nil {
				t.Fatal(err)
			}
			if row.check != nil {
				row.check(t, o)
			}
			wanted := want.DNS && !row.without
			switch done := o.Distribution != nil && table[0].Present(o) && table[0].InSync(change, o); {
			case row.without:
				if !table[1].Present(o) {
					t.Fatal("records that lead nowhere are not seen")
				}
				err = table[1].Remove(t.Context(), change, &o)
			case !wanted:
				err = table[0].Remove(t.Context(), change, &o)
			case !done:
				if err = table[0].CanApply(t.Context(), change, o); err == nil {
					err = table[0].Apply(t.Context(), change, &o)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
			for id, texts := range row.zones {
				slices.Sort(texts)
				if diff := cmp.Diff(texts, l.texts(id)); diff != "" {
					t.Errorf("%s: %s", id, diff)
				}
			}
			if err := table[0].Observe(t.Context(), change, &o); err != nil || table[0].Present(o) != wanted ||
				wanted && !table[0].InSync(change, o) {
				t.Errorf("after it: %v, %+v", err, o)
			}
			if wanted && (o.Zone == nil || want.ZoneID != "" && o.Zone.ID != want.ZoneID) {
				t.Errorf("the zone is %v", o.Zone)
			}
		})
	}
}

// TestRecords_zoneGone: that the zone is gone stops neither a refresh nor a destroy, and shows.
func TestRecords_zoneGone(t *testing.T) {
	for name, aliases := range map[string][]string{"known by its id": nil, "looked up": {"a.example.com"}} {
		prior, _ := standing()
		prior.Aliases = aliases
		l := &liveZones{sets: map[string][]types.ResourceRecordSet{}}
		a, w := newAuthority(), zonesOf(&l.journal, "example.org")
		l.api(&w)
		a.api(&w)
		a.add(certARN, domain, []string{domain}, "ISSUED")
		prior.ZoneID = "Z9"
		keep := reconcile.Keep(prior)
		o := Status{Distribution: &Distribution{DomainName: target}, Zone: &Zone{ID: "Z9"}}
		if err := w.records().Observe(t.Context(), keep, &o); err != nil || o.Zone != nil || w.records().Present(o) {
			t.Errorf("%s: %v, %+v", name, err, o.Zone)
		}
		c, err := w.describeCertificate(t.Context(), keep, certARN)
		if err == nil {
			err = w.removeCertificate(t.Context(), keep, &Status{}, c)
		}
		if err != nil || len(a.detail) != 0 {
			t.Errorf("%s: destroying the certificate: %v", name, err)
		}
		err = w.records().CanApply(t.Context(), keep, o)
		if err == nil || !strings.Contains(err.Error(), "NoSuchHostedZone") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRecords_severalZones: of several zones of one name, the one with the site's records is its zone; without any, the
// configuration has to say.
func TestRecords_severalZones(t *testing.T) {
	prior, zone := standing()
	prior.ZoneID = ""
	for name, row := range map[string]struct {
		first, second []types.ResourceRecordSet
		chosen        string
	}{
		"ours in the first":  {zone, nil, "Z0"},
		"ours in the second": {nil, zone, "Z1"},
		"ours in none":       {nil, nil, ""},
		"ours in both":       {zone, zone, ""},
	} {
		l := &liveZones{sets: map[string][]types.ResourceRecordSet{"Z0": row.first, "Z1": row.second}}
		a, w := newAuthority(), zonesOf(&l.journal, "example.edu", "example.edu")
		l.api(&w)
		a.api(&w)
		a.add(certARN, domain, []string{domain}, "ISSUED")
		o := Status{Distribution: &Distribution{DomainName: target}}
		if err := w.records().Observe(t.Context(), reconcile.Keep(prior), &o); err != nil {
			t.Fatal(name, err)
		}
		err := w.records().CanApply(t.Context(), reconcile.Keep(prior), o)
		chosen := ""
		if o.Zone != nil {
			chosen = o.Zone.ID
		}
		if chosen != row.chosen || (err == nil) != (row.chosen != "") ||
			err != nil && !strings.Contains(err.Error(), "example.edu, Z0, Z1: set hosted_zone_id") {
			t.Errorf("%s: %q, %v", name, chosen, err)
		}
	}
}

// TestRecords_handedOver: a name that another site gives up in the same run is waited for; what never goes is named.
func TestRecords_handedOver(t *testing.T) {
	for name, row := range map[string]struct {
		tag    string // of the distribution that the record leads to
		stays  bool
		refuse bool // before anything is written
	}{
		"given up":      {"a.example.edu", false, false},
		"kept":          {"a.example.edu", true, false},
		"of no site":    {"", false, true},
		"same mark":     {domain, false, true},
		"no CloudFront": {"-", false, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			prior := simple()
			prior.ZoneID, prior.IPv6 = "Z1", false
			l := &liveZones{sets: map[string][]types.ResourceRecordSet{"Z1": {aliasSet(domain, "A", "d2.cloudfront.net")}}}
			w := site()
			l.api(&w)
			if row.tag != "-" {
				distributionOf(&w, &l.journal, "d2.cloudfront.net", row.tag)
			}
			change := wish{Want: prior, Prior: &Spec{Domain: domain, DNS: true, ZoneID: "Z1"}}
			o := Status{Distribution: &Distribution{DomainName: target}}
			if err := w.records().Observe(t.Context(), change, &o); err != nil {
				t.Fatal(err)
			}
			err := w.records().CanApply(t.Context(), change, o)
			if (err != nil) != row.refuse {
				t.Fatalf("%s: %v", name, err)
			}
			if row.refuse {
				return
			}
			write := w.ChangeResourceRecordSets
			attempts := 0
			w.ChangeResourceRecordSets = r53(&l.journal, func(
				in *route53.ChangeResourceRecordSetsInput,
			) (*route53.ChangeResourceRecordSetsOutput, error) {
				if attempts++; attempts == 3 && !row.stays {
					l.sets["Z1"] = nil
				}
				return write(t.Context(), in)
			})
			err = w.records().Apply(t.Context(), change, &o)
			if row.stays && (err == nil || !strings.Contains(err.Error(), "A of www.example.edu to d2.cloudfront.net")) ||
				!row.stays && (err != nil || !slices.Equal(l.texts("Z1"), []string{"A www.example.edu " + target})) {
				t.Errorf("%s: %v, %v", name, err, l.texts("Z1"))
			}
		})
	}
}

func distributionOf(w *website, j *journal, host, tag string) {
	w.ListDistributions = cf(j, func(*cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
		return &cloudfront.ListDistributionsOutput{DistributionList: &cftypes.DistributionList{Items: []cftypes.DistributionSummary{
			{DomainName: &host, ARN: aws.String(distARN)},
		}}}, nil
	})
	w.ListTagsForResource = cf(j, func(*cloudfront.ListTagsForResourceInput) (*cloudfront.ListTagsForResourceOutput, error) {
		return &cloudfront.ListTagsForResourceOutput{Tags: &cftypes.Tags{Items: []cftypes.Tag{
			{Key: aws.String(markerTag), Value: &tag},
		}}}, nil
	})
}
