package website

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
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
		found, err := zonesOf(&j, row.zones...).zones(t.Context(), row.want, row.names)
		var ids []string
		for _, name := range row.names {
			if found[name].ID != "" {
				ids = append(ids, found[name].ID)
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

// TestLongest: the zone contains the name, and no other one that does has a longer name.
func TestLongest(t *testing.T) {
	names := rapid.StringMatching(`([ab]\.){0,3}[ab]`)
	rapid.Check(t, func(t *rapid.T) {
		var zones []Zone
		for _, name := range rapid.SliceOf(names).Draw(t, "zones") {
			zones = append(zones, Zone{Name: name})
		}
		name := names.Draw(t, "name")
		best, ok := longest(zones, name)
		for _, z := range zones {
			inside := ("." + name)[max(0, len(name)-len(z.Name)):] == "."+z.Name
			if inside && (!ok || len(z.Name) > len(best.Name)) {
				t.Fatalf("%s: found %v, %s is better", name, best, z.Name)
			}
		}
		if ok && !strings.HasSuffix("."+name, "."+best.Name) {
			t.Fatalf("%s is not in %s", name, best.Name)
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

type place struct{ name, kind string }

// seenRecords are at most one record of each name and type, and a CNAME alone.
func seenRecords() *rapid.Generator[map[place]Record] {
	return rapid.Custom(func(t *rapid.T) map[place]Record {
		all := map[place]Record{}
		for _, name := range []string{domain, "alias.example.edu", "former.example.edu"} {
			kinds := oneOf([]string{}, []string{"CNAME"}, []string{"A"}, []string{"AAAA"}, []string{"A", "AAAA"}).Draw(t, name)
			for _, kind := range kinds {
				r := Record{Name: name, Type: kind, listed: &types.ResourceRecordSet{Name: aws.String(name)}}
				r.Value = oneOf(target, "d0.cloudfront.net", "elsewhere.example.com").Draw(t, kind)
				r.Alias = kind != "CNAME" && rapid.Bool().Draw(t, "alias")
				all[place{name, kind}] = r
			}
		}
		return all
	})
}

// TestChanges: the changes turn what is there into what is wanted, and touch nothing else.
func TestChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Spec{Domain: domain, Aliases: oneOf(nil, []string{"alias.example.edu"}).Draw(t, "aliases")}
		s.IPv6 = rapid.Bool().Draw(t, "ipv6")
		live := seenRecords().Draw(t, "live")
		o := Status{Distribution: &Distribution{DomainName: target}, target: oneOf("", "d0.cloudfront.net").Draw(t, "before")}
		wanted := map[place]Record{}
		for _, r := range s.wantedRecords(target) {
			wanted[place{r.Name, r.Type}] = r
		}
		want := map[place]Record{}
		for at, r := range live {
			o.Records = append(o.Records, r)
			own := r.Alias && (r.Value == target || o.target != "" && r.Value == o.target)
			inTheWay := at.kind == "CNAME" && slices.Contains(s.Names(), at.name)
			if !own && !inTheWay {
				want[at] = r
			}
		}
		maps.Copy(want, wanted)
		changed := map[place]bool{}
		for _, c := range o.changes(s) {
			at := place{c.record.Name, c.record.Type}
			if changed[at] {
				t.Fatalf("%v is changed twice in one batch", at)
			}
			changed[at] = true
			switch c.action {
			case types.ChangeActionDelete:
				if !live[at].same(c.record) || c.set() != live[at].listed {
					t.Fatalf("%v is deleted, but not as it is listed", at)
				}
				delete(live, at)
			case types.ChangeActionUpsert:
				live[at] = c.record
			default:
				t.Fatalf("%s of %v", c.action, at)
			}
		}
		if diff := cmp.Diff(want, live, cmpopts.IgnoreUnexported(Record{})); diff != "" {
			t.Fatal(diff)
		}
		o.Records = nil
		for _, r := range live {
			o.Records = append(o.Records, r)
		}
		if again := o.changes(s); len(again) > 0 {
			t.Fatalf("a second time: %v", again)
		}
	})
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
			zones:        map[string]Zone{domain: {ID: "Z1"}, "a.example.org": {ID: "Z2"}},
		}
		part := w.records()
		if err := part.Apply(t.Context(), wish{Want: s}, &o); err != nil {
			t.Fatal(err)
		}
		want := map[string][]string{"Z1": {"UPSERT A www.example.edu."}, "Z2": {"UPSERT A a.example.org."}}
		if diff := cmp.Diff(want, batches); diff != "" {
			t.Error(diff)
		}
		if err := part.Settle(t.Context(), o); err != nil || j.count("GetChange") != 4 {
			t.Errorf("asked %d times: %v", j.count("GetChange"), err)
		}

		clear(batches)
		o.Records = []Record{
			{Name: domain, Type: "A", Value: target, Alias: true}, {Name: "a.example.org", Type: "A", Value: "192.0.2.1"},
			{Name: "a.example.org", Type: "AAAA", Value: "d0.cloudfront.net", Alias: true},
		}
		o.Distribution, o.target = nil, target
		if err := part.Remove(t.Context(), wish{Want: s}, &o); err != nil || o.Records != nil {
			t.Fatal(err, o.Records)
		}
		if diff := cmp.Diff(map[string][]string{"Z1": {"DELETE A www.example.edu."}}, batches); diff != "" {
			t.Error(diff)
		}
	})
}

// TestRecords_canApply: a site that did not hold its DNS before refuses to take over names that point elsewhere.
func TestRecords_canApply(t *testing.T) {
	here, elsewhere := Record{Name: domain, Type: "A", Value: target, Alias: true}, Record{Name: domain, Type: "A", Value: "192.0.2.1"}
	for name, row := range map[string]struct {
		prior        *Spec
		record       Record
		distribution *Distribution
		ok           bool
	}{
		"points here":           {nil, here, &Distribution{DomainName: target}, true},
		"points elsewhere":      {nil, elsewhere, &Distribution{DomainName: target}, false},
		"no distribution":       {nil, elsewhere, nil, false},
		"DNS held before":       {&Spec{DNS: true}, elsewhere, &Distribution{DomainName: target}, true},
		"DNS not held before":   {&Spec{}, elsewhere, &Distribution{DomainName: target}, false},
		"an old distribution's": {nil, here, &Distribution{DomainName: "d0.cloudfront.net"}, false},
	} {
		o := Status{Records: []Record{row.record}, Distribution: row.distribution}
		err := site().records().CanApply(t.Context(), wish{Want: simple(), Prior: row.prior}, o)
		if (err == nil) != row.ok || err != nil && !strings.Contains(err.Error(), "A of www.example.edu to "+row.record.Value) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
