package website

import (
	"context"
	"errors"
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
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// zonesOf fakes Route 53 with hosted zones: a name each, "private " before private ones, and its place as its id.
func zonesOf(j *journal, names ...string) website {
	w := site()
	var all []types.HostedZone
	for i, name := range names {
		name, private := strings.CutPrefix(name, "private ")
		all = append(all, types.HostedZone{
			Id: aws.String("/hostedzone/Z" + string(rune('0'+i))), Name: aws.String(name + "."),
			Config: &types.HostedZoneConfig{PrivateZone: private},
		})
	}
	w.GetHostedZone = r53(j, func(in *route53.GetHostedZoneInput) (*route53.GetHostedZoneOutput, error) {
		for _, z := range all {
			if strings.HasSuffix(*z.Id, *in.Id) {
				return &route53.GetHostedZoneOutput{HostedZone: &z}, nil
			}
		}
		return nil, refused("NoSuchHostedZone", 1)
	})
	w.ListHostedZones = r53(j, func(in *route53.ListHostedZonesInput) (*route53.ListHostedZonesOutput, error) {
		if in.Marker == nil && len(all) > 1 { // two pages
			return &route53.ListHostedZonesOutput{HostedZones: all[:1], IsTruncated: true, NextMarker: aws.String("1")}, nil
		}
		return &route53.ListHostedZonesOutput{HostedZones: all[min(1, len(all)-1):]}, nil
	})
	return w
}

func TestZones(t *testing.T) {
	const proof = "_1.www.example.edu"
	for name, row := range map[string]struct {
		zones []string
		want  wish
		names []string
		ids   string // of the zones found
		err   string
		calls []string
	}{
		"longest":        {[]string{"example.edu", "www.example.edu", "edu"}, wish{}, []string{domain, "a.example.edu"}, "Z1 Z0", "", []string{"ListHostedZones"}},
		"part of a word": {[]string{"ample.edu", "w.example.edu", "example.edu"}, wish{}, []string{domain}, "Z2", "", []string{"ListHostedZones"}},
		"private":        {[]string{"private www.example.edu", "example.edu"}, wish{}, []string{domain}, "Z1", "", []string{"ListHostedZones"}},
		"none":           {[]string{"example.com"}, wish{}, []string{domain}, "", "www.example.edu: no public hosted zone", []string{"ListHostedZones"}},
		"given":          {[]string{"example.edu", "www.example.edu"}, wish{Want: Spec{ZoneID: "Z0"}}, []string{domain, proof}, "Z0 Z0", "", []string{"GetHostedZone"}},
		"given, wrong":   {[]string{"example.com"}, wish{Want: Spec{ZoneID: "Z0"}}, []string{domain}, "", "the hosted zone Z0 is example.com, which does not contain", []string{"GetHostedZone"}},
		"given, absent":  {[]string{"example.com"}, wish{Want: Spec{ZoneID: "Z7"}}, []string{domain}, "", "NoSuchHostedZone", []string{"GetHostedZone"}},
		"two of a name":  {[]string{"example.edu", "example.edu"}, wish{}, []string{domain}, "", "several public hosted zones of the name example.edu, Z0, Z1: set hosted_zone_id", []string{"ListHostedZones"}},
		"one of two":     {[]string{"example.edu", "example.edu"}, wish{Want: Spec{ZoneID: "Z1"}}, []string{domain}, "Z1", "", []string{"GetHostedZone"}},
		"two, one below": {[]string{"example.edu", "example.edu", "www.example.edu"}, wish{}, []string{domain}, "Z2", "", []string{"ListHostedZones"}},
		"given for one": {
			[]string{"www.example.edu", "example.edu"}, wish{Want: Spec{ZoneID: "Z0"}}, []string{domain, "example.edu"}, "Z0 Z1", "",
			[]string{"GetHostedZone", "ListHostedZones"},
		},
		"known": {nil, wish{Want: Spec{ZoneID: "Z5"}, Prior: &Spec{ZoneID: "Z5", DNS: true}}, []string{domain}, "Z5", "", nil},
		"known, then without DNS": {
			[]string{"example.edu"}, wish{Want: Spec{ZoneID: "Z0"}, Prior: &Spec{ZoneID: "Z0"}}, []string{domain}, "Z0", "",
			[]string{"GetHostedZone"},
		},
	} {
		var j journal
		row.want.Want.Domain = domain
		before := row.want.Before()
		found, err := zonesOf(&j, row.zones...).zones(t.Context(), row.want.Want,
			before.DNS && before.ZoneID == row.want.Want.ZoneID, row.names)
		var ids []string
		for _, name := range row.names {
			zone, failed := found.zone(name)
			if err = cmpOr(err, failed); failed == nil {
				ids = append(ids, zone.ID)
			}
		}
		if strings.Join(ids, " ") != row.ids || (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
			t.Errorf("%s: found %v, %v", name, ids, err)
		}
		if name == "none" && !errors.Is(err, ErrNoZone) {
			t.Errorf("%s: %v is no ErrNoZone", name, err)
		}
		j.want(t, row.calls...)
	}
}

func cmpOr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// TestLongest: the zone contains the name, and no other one that does has a longer name.
func TestLongest(t *testing.T) {
	names := rapid.StringMatching(`([ab]\.){0,3}[ab]`)
	rapid.Check(t, func(t *rapid.T) {
		var zones []Zone
		for _, name := range rapid.SliceOf(names).Draw(t, "zones") {
			zones = append(zones, Zone{Name: name})
		}
		name := names.Draw(t, "name")
		best := longest(zones, name)
		for _, z := range zones {
			inside := ("." + name)[max(0, len(name)-len(z.Name)):] == "."+z.Name
			if inside && (len(best) == 0 || len(z.Name) > len(best[0].Name)) {
				t.Fatalf("%s: found %v, %s is better", name, best, z.Name)
			}
		}
		for _, z := range best {
			if !strings.HasSuffix("."+name, "."+z.Name) || z.Name != best[0].Name {
				t.Fatalf("%s is not in %s, or others are better", name, z.Name)
			}
		}
	})
}

func TestHostName(t *testing.T) {
	for name, want := range map[string]string{
		"www.example.edu.": domain, `\052.Example.edu.`: "*.example.edu", "a": "a", "": "",
	} {
		if got := hostName(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

// liveZones fakes the records of hosted zones as Route 53 keeps them: what is there is not created, what is not there, or
// reads otherwise, is not deleted, and a CNAME stands alone.
type liveZones struct {
	journal
	sets map[string][]types.ResourceRecordSet // by zone
}

func (l *liveZones) api(w *website) {
	w.ListResourceRecordSets = r53(&l.journal, func(
		in *route53.ListResourceRecordSetsInput,
	) (*route53.ListResourceRecordSetsOutput, error) {
		sets, ok := l.sets[*in.HostedZoneId]
		if !ok {
			return nil, refused("NoSuchHostedZone", 1)
		}
		out := &route53.ListResourceRecordSetsOutput{}
		for _, set := range sets {
			if hostName(*set.Name) == hostName(*in.StartRecordName) {
				out.ResourceRecordSets = append(out.ResourceRecordSets, set)
			}
		}
		return out, nil
	})
	w.ChangeResourceRecordSets = r53(&l.journal, func(
		in *route53.ChangeResourceRecordSetsInput,
	) (*route53.ChangeResourceRecordSetsOutput, error) {
		sets := slices.Clone(l.sets[*in.HostedZoneId])
		for _, c := range in.ChangeBatch.Changes {
			at := slices.IndexFunc(sets, func(set types.ResourceRecordSet) bool { return sameSet(set, *c.ResourceRecordSet) })
			clash := slices.ContainsFunc(sets, func(set types.ResourceRecordSet) bool {
				return *set.Name == *c.ResourceRecordSet.Name && (set.Type == c.ResourceRecordSet.Type ||
					set.Type == types.RRTypeCname || c.ResourceRecordSet.Type == types.RRTypeCname)
			})
			switch {
			case c.Action == types.ChangeActionDelete && at >= 0:
				sets = slices.Delete(sets, at, at+1)
			case c.Action != types.ChangeActionDelete && !clash:
				sets = append(sets, *c.ResourceRecordSet)
			default:
				return nil, refused("InvalidChangeBatch", 1)
			}
		}
		l.sets[*in.HostedZoneId] = sets
		return &route53.ChangeResourceRecordSetsOutput{ChangeInfo: &types.ChangeInfo{Id: aws.String("C1")}}, nil
	})
	w.ListDistributions = cf(&l.journal, func(*cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
		return &cloudfront.ListDistributionsOutput{DistributionList: &cftypes.DistributionList{}}, nil
	})
}

func sameSet(x, y types.ResourceRecordSet) bool {
	return cmp.Equal(x, y, cmpopts.IgnoreUnexported(types.ResourceRecordSet{}, types.AliasTarget{}, types.ResourceRecord{}))
}

// texts are the records of a zone, sorted.
func (l *liveZones) texts(zone string) (all []string) {
	for _, set := range l.sets[zone] {
		all = append(all, textOf(set))
	}
	slices.Sort(all)
	return all
}

func textOf(set types.ResourceRecordSet) string {
	r := recordOf(Zone{}, hostName(*set.Name), set)
	text := r.Type + " " + r.Name + " " + r.Value
	if r.routed {
		text += " " + *set.SetIdentifier
	}
	return text
}

// simpleSet is a set with one value; aliasSet leads to a distribution.
func simpleSet(name, kind, value string) types.ResourceRecordSet {
	return types.ResourceRecordSet{
		Name: aws.String(name + "."), Type: types.RRType(kind), TTL: aws.Int64(60),
		ResourceRecords: []types.ResourceRecord{{Value: &value}},
	}
}

func aliasSet(name, kind, value string) types.ResourceRecordSet {
	return types.ResourceRecordSet{
		Name: aws.String(name + "."), Type: types.RRType(kind),
		AliasTarget: &types.AliasTarget{DNSName: aws.String(value + "."), HostedZoneId: aws.String(distributionZone)},
	}
}

// seenSets are at most one record of each name and type, and a CNAME alone.
func seenSets() *rapid.Generator[[]types.ResourceRecordSet] {
	return rapid.Custom(func(t *rapid.T) (all []types.ResourceRecordSet) {
		for _, name := range []string{domain, "alias." + domain, "former." + domain} {
			kinds := oneOf([]string{}, []string{"CNAME"}, []string{"A"}, []string{"AAAA"}, []string{"A", "AAAA"}).Draw(t, name)
			for _, kind := range kinds {
				set := aliasSet
				if kind == "CNAME" || rapid.Bool().Draw(t, "simple") {
					set = simpleSet
				}
				one := set(name, kind, oneOf(target, "d0.cloudfront.net", "elsewhere.example.com").Draw(t, kind))
				if kind != "CNAME" && rapid.IntRange(0, 9).Draw(t, "routed") == 0 {
					one.SetIdentifier, one.Weight = aws.String("west"), aws.Int64(1)
				}
				all = append(all, one)
			}
		}
		return all
	})
}

// TestRecords_foreignStay: whatever is in the zone, records that do not lead to the site's distribution, the present or
// the former, read the same after create, update, plan, a repeated update and destroy. What is not refused is complete.
func TestRecords_foreignStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := simple()
		s.ZoneID, s.IPv6 = "Z1", rapid.Bool().Draw(t, "ipv6")
		s.Aliases = oneOf(nil, []string{"alias." + domain}).Draw(t, "aliases")
		sets := seenSets().Draw(t, "live")
		l := &liveZones{sets: map[string][]types.ResourceRecordSet{"Z1": sets}}
		w := site()
		l.api(&w)
		prior := s
		prior.Aliases, prior.Recorded = nil, []Record{{Name: "former." + domain, Type: "A", Value: "d0.cloudfront.net"}}
		prior.DistributionHost = oneOf(target, "d0.cloudfront.net").Draw(t, "known")
		want := wish{Want: s, Prior: &prior}
		var foreign []string
		for _, set := range sets {
			r := recordOf(Zone{}, hostName(*set.Name), set)
			never := r.Name == "alias."+domain && s.Aliases == nil
			if never || r.routed || r.Value != target && r.Value != prior.DistributionHost {
				foreign = append(foreign, textOf(set))
			}
		}
		unharmed := func(when string) {
			for _, text := range foreign {
				if !slices.Contains(l.texts("Z1"), text) {
					t.Fatalf("%s: %s is gone, left are %v", when, text, l.texts("Z1"))
				}
			}
		}
		part := w.records()
		o := Status{Distribution: &Distribution{DomainName: target}}
		if err := part.Observe(ctx(), want, &o); err != nil {
			t.Fatal(err)
		}
		refusal := part.CanApply(ctx(), want, o)
		if refusal != nil && !errors.Is(refusal, reconcile.ErrForeign) {
			t.Fatal(refusal)
		}
		if refusal == nil {
			if err := part.Apply(ctx(), want, &o); err != nil {
				t.Fatal(err)
			}
			unharmed("applied")
			if err := part.Observe(ctx(), want, &o); err != nil || !part.Present(o) || !part.InSync(want, o) {
				t.Fatalf("after it: %v, %v", err, l.texts("Z1"))
			}
		}
		if err := part.Remove(ctx(), want, &o); err != nil {
			t.Fatal(err)
		}
		slices.Sort(foreign)
		if diff := cmp.Diff(foreign, l.texts("Z1"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("destroyed: %s", diff)
		}
		if err := part.Observe(ctx(), want, &o); err != nil || part.Present(o) {
			t.Fatalf("after it: %v", err)
		}
	})
}

func ctx() context.Context { return context.Background() }

// TestRecords_enter: a plan looks at what newly enters the names of a site, before anything is written.
func TestRecords_enter(t *testing.T) {
	prior := simple()
	prior.ZoneID, prior.DistributionHost, prior.IPv6 = "Z1", target, false
	prior.Recorded = []Record{{Name: domain, Type: "A", Value: target}, {Name: "_1." + domain, Type: "CNAME", Value: "_v.acm"}}
	theirs := simpleSet("new."+domain, "A", "192.0.2.1")
	for name, row := range map[string]struct {
		change func(s *Spec)
		was    func(s *Spec)
		there  types.ResourceRecordSet
		enters bool
		says   string
	}{
		"nothing":                     {nil, nil, theirs, false, ""},
		"other settings":              {func(s *Spec) { s.PriceClass = "PriceClass_All" }, nil, theirs, false, ""},
		"alias":                       {func(s *Spec) { s.Aliases = []string{"new." + domain} }, nil, theirs, true, "A of new.www.example.edu to 192.0.2.1"},
		"alias of a CNAME":            {func(s *Spec) { s.Aliases = []string{"new." + domain} }, nil, simpleSet("new."+domain, "CNAME", "x.example.com"), true, "CNAME of new.www.example.edu to x.example.com"},
		"alias that is free":          {func(s *Spec) { s.Aliases = []string{"free." + domain} }, nil, theirs, true, ""},
		"redirect":                    {func(s *Spec) { s.Redirects = []string{"new." + domain} }, nil, theirs, true, "A of new"},
		"IPv6":                        {func(s *Spec) { s.IPv6 = true }, nil, simpleSet(domain, "AAAA", "2001:db8::1"), true, "AAAA of www.example.edu to 2001:db8::1"},
		"zone":                        {func(s *Spec) { s.ZoneID = "Z2" }, nil, theirs, true, "A of www.example.edu to 192.0.2.9"},
		"DNS":                         {nil, func(s *Spec) { s.DNS = false }, simpleSet(domain, "AAAA", "2001:db8::1"), true, ""},
		"turned elsewhere since":      {nil, func(s *Spec) { s.Recorded = nil }, simpleSet(domain, "CNAME", "x.example.com"), false, ""},
		"zone lost since":             {func(s *Spec) { s.ZoneID = "Z7" }, func(s *Spec) { s.ZoneID = "" }, theirs, false, ""},
		"one of a policy, leading us": {func(s *Spec) { s.Aliases = []string{"new." + domain} }, nil, routed(aliasSet("new."+domain, "A", target)), true, "A of new"},
	} {
		l := &liveZones{sets: map[string][]types.ResourceRecordSet{
			"Z1": {aliasSet(domain, "A", target), row.there}, "Z2": {simpleSet(domain, "A", "192.0.2.9")},
		}}
		w := zonesOf(&l.journal, "example.org", "www.example.edu", "example.edu")
		l.api(&w)
		was, want := prior, prior
		if row.was != nil {
			row.was(&was)
		}
		if row.change != nil {
			row.change(&want)
		}
		before := map[string][]string{"Z1": l.texts("Z1"), "Z2": l.texts("Z2")}
		check := composite{Noun: "website", Parts: []part{{Present: func(Status) bool { return true }}, w.records()}, Until: w.conn.Until}
		change := wish{Want: want, Prior: &was}
		if got := w.records().Enters(change); got != row.enters {
			t.Errorf("%s: enters is %t", name, got)
		}
		_, err := check.Check(t.Context(), change)
		if (err == nil) != (row.says == "") || err != nil && (!strings.Contains(err.Error(), row.says) || !errors.Is(err, reconcile.ErrForeign)) {
			t.Errorf("%s: %v", name, err)
		}
		for zone, texts := range before {
			if diff := cmp.Diff(texts, l.texts(zone)); diff != "" || l.count("ChangeResourceRecordSets") > 0 {
				t.Errorf("%s: a plan changed %s", name, diff)
			}
		}
	}
}

func routed(set types.ResourceRecordSet) types.ResourceRecordSet {
	set.SetIdentifier, set.Weight = aws.String("west"), aws.Int64(1)
	return set
}

// TestRecords: each zone gets one batch, records are removed only where they point to the site, and the wait ends when
// Route 53 says that the changes are in use.
func TestRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		batches := map[string][]string{}
		pending := 3
		w := site()
		w.ChangeResourceRecordSets = r53(&j, func(
			in *route53.ChangeResourceRecordSetsInput,
		) (*route53.ChangeResourceRecordSetsOutput, error) {
			for _, c := range in.ChangeBatch.Changes {
				batches[*in.HostedZoneId] = append(batches[*in.HostedZoneId],
					string(c.Action)+" "+string(c.ResourceRecordSet.Type)+" "+*c.ResourceRecordSet.Name)
			}
			return &route53.ChangeResourceRecordSetsOutput{ChangeInfo: &types.ChangeInfo{Id: aws.String("C" + *in.HostedZoneId)}}, nil
		})
		w.GetChange = r53(&j, func(*route53.GetChangeInput) (*route53.GetChangeOutput, error) {
			pending--
			status := types.ChangeStatusPending
			if pending <= 0 {
				status = types.ChangeStatusInsync
			}
			return &route53.GetChangeOutput{ChangeInfo: &types.ChangeInfo{Status: status}}, nil
		})
		s := Spec{Domain: domain, Aliases: []string{"a.example.org"}, DNS: true}
		o := Status{
			Distribution: &Distribution{DomainName: target},
			places:       places{of: map[string][]Zone{domain: {{ID: "Z1"}}, "a.example.org": {{ID: "Z2"}}}},
		}
		part := w.records()
		if err := part.Apply(t.Context(), wish{Want: s}, &o); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{"Z1": {"CREATE A www.example.edu."}, "Z2": {"CREATE A a.example.org."}}
		if diff := cmp.Diff(want, batches); diff != "" {
			t.Error(diff)
		}
		if err := part.Settle(t.Context(), o); err != nil || j.count("GetChange") != 4 {
			t.Errorf("asked %d times: %v", j.count("GetChange"), err)
		}

		clear(batches)
		o.Records = []Record{
			{Name: domain, Type: "A", Value: target, Alias: true, zone: "Z1"},
			{Name: "a.example.org", Type: "A", Value: "192.0.2.1", zone: "Z2"},
			{Name: "a.example.org", Type: "AAAA", Value: "d0.cloudfront.net", Alias: true, zone: "Z2"},
		}
		o.Distribution, o.target = nil, target
		if err := part.Remove(t.Context(), wish{Want: s}, &o); err != nil || len(o.Records) != 2 {
			t.Fatal(err, o.Records)
		}
		if diff := cmp.Diff(map[string][]string{"Z1": {"DELETE A www.example.edu."}}, batches); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRecords_canApply: names that point elsewhere are refused, whoever held the DNS before.
func TestRecords_canApply(t *testing.T) {
	here, elsewhere := Record{Name: domain, Type: "A", Value: target, Alias: true}, Record{Name: domain, Type: "A", Value: "192.0.2.1"}
	for name, row := range map[string]struct {
		prior        *Spec
		record       Record
		distribution *Distribution
		hosts        []string
		ok           bool
	}{
		"points here":           {nil, here, &Distribution{DomainName: target}, nil, true},
		"points elsewhere":      {nil, elsewhere, &Distribution{DomainName: target}, nil, false},
		"no distribution":       {nil, elsewhere, nil, nil, false},
		"DNS held before":       {&Spec{DNS: true}, elsewhere, &Distribution{DomainName: target}, nil, false},
		"DNS not held before":   {&Spec{}, elsewhere, &Distribution{DomainName: target}, nil, false},
		"an old distribution's": {nil, here, &Distribution{DomainName: "d0.cloudfront.net"}, nil, false},
		"one that state knows":  {nil, here, &Distribution{DomainName: "d0.cloudfront.net"}, []string{target}, true},
	} {
		row.record.zone = "Z1"
		w := site()
		(&liveZones{}).api(&w)
		o := Status{
			Records: []Record{row.record}, Distribution: row.distribution, hosts: row.hosts,
			places: places{of: map[string][]Zone{domain: {{ID: "Z1"}}}},
		}
		err := w.records().CanApply(t.Context(), wish{Want: simple(), Prior: row.prior}, o)
		if (err == nil) != row.ok || err != nil && !strings.Contains(err.Error(), "A of www.example.edu to "+row.record.Value) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
