package website

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// distributionZone is the hosted zone ID that alias records to any distribution name, in the partition aws.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
const distributionZone = "Z2FDTNDATAQYW2"

// recordsOf reads the A, AAAA and CNAME records of a name.
func (w website) recordsOf(ctx context.Context, zone Zone, name string) (all []Record, err error) {
	in := &route53.ListResourceRecordSetsInput{
		HostedZoneId: &zone.ID, StartRecordName: &name, StartRecordType: types.RRTypeA, MaxItems: aws.Int32(5),
	}
	for {
		out, err := w.ListResourceRecordSets(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, set := range out.ResourceRecordSets {
			addresses := []types.RRType{types.RRTypeA, types.RRTypeAaaa, types.RRTypeCname}
			if hostName(aws.ToString(set.Name)) == name && slices.Contains(addresses, set.Type) {
				all = append(all, recordOf(zone, name, set))
			}
		}
		if !out.IsTruncated || hostName(aws.ToString(out.NextRecordName)) != name {
			return all, nil
		}
		in.StartRecordName, in.StartRecordType = out.NextRecordName, out.NextRecordType
		in.StartRecordIdentifier = out.NextRecordIdentifier
	}
}

func recordOf(zone Zone, name string, set types.ResourceRecordSet) Record {
	record := Record{
		Name: name, Type: string(set.Type), zone: zone.ID, routed: set.SetIdentifier != nil, listed: &set,
	}
	if set.AliasTarget != nil {
		record.Alias, record.Value = true, hostName(aws.ToString(set.AliasTarget.DNSName))
		return record
	}
	var values []string
	for _, value := range set.ResourceRecords {
		values = append(values, hostName(aws.ToString(value.Value)))
	}
	record.Value = strings.Join(values, " ")
	return record
}

// wantedRecords are the alias records of every name to the distribution.
func (s Spec) wantedRecords(target string) []Record {
	var all []Record
	for _, name := range s.Names() {
		all = append(all, Record{Name: name, Type: "A", Value: target, Alias: true})
		if s.IPv6 {
			all = append(all, Record{Name: name, Type: "AAAA", Value: target, Alias: true})
		}
	}
	return all
}

// records are the alias records of all names, and the validation records of the site's own certificate as long as it
// exists. A record is the site's if it leads to its distribution. Any other A, AAAA or CNAME of a name is somebody
// else's: it is neither changed nor deleted, and where a record of the site has to be, it is refused.
func (w website) records() part {
	return part{
		Attribute: "dns_records",
		Watched:   recordsWatched,
		Wanted:    func(w wish) bool { return w.Want.DNS },
		Present:   func(o Status) bool { return len(o.stale) > 0 || slices.ContainsFunc(o.Records, o.Ours) },
		InSync: func(w wish, o Status) bool {
			return o.Distribution != nil && len(o.changes(w.Want)) == 0
		},
		Describe: describeRecords,
		Observe:  w.observeRecords,
		Enters:   recordsEnter,
		// Not Claim: of the records of one name, one may be the site's and another not.
		CanApply: func(ctx context.Context, want wish, o Status) error {
			for _, name := range want.Want.Names() {
				if _, err := o.places.zone(name); err != nil {
					return err
				}
			}
			var taken []Record
			for _, r := range o.taken(want.Want) {
				site, err := w.leadsToSite(ctx, want.Want, r)
				if err != nil {
					return err
				}
				if !site { // else that site may give the name up in this run; Apply waits for it
					taken = append(taken, r)
				}
			}
			return foreignRecords(taken)
		},
		Apply:  w.applyRecords,
		Remove: w.removeRecords,
		Settle: func(ctx context.Context, o Status) error {
			for _, id := range o.dnsChanges {
				err := w.conn.Until(ctx, "the changed DNS records to be in use",
					func(ctx context.Context) (bool, error) {
						out, err := w.GetChange(ctx, &route53.GetChangeInput{Id: &id})
						if err != nil {
							return false, err
						}
						return out.ChangeInfo.Status == types.ChangeStatusInsync, nil
					})
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// describeRecords says which records an apply would write or delete.
func describeRecords(w wish, o Status) (object, fault string) {
	if o.Zone != nil {
		object = "hosted zone " + o.Zone.ID
	}
	if o.Distribution == nil || !w.Want.DNS {
		return object, ""
	}
	var differ []string
	for _, change := range o.changes(w.Want) {
		text := change.record.Type + " of " + change.record.Name
		if change.action == types.ChangeActionDelete {
			text += " is not wanted"
		} else {
			text += " is missing or leads elsewhere"
		}
		if !slices.Contains(differ, text) {
			differ = append(differ, text)
		}
	}
	if len(differ) > 0 {
		fault = "Records differ: " + strings.Join(differ, ", ") + "."
	}
	return object, fault
}

// danglingRecords are the site's records while its distribution is gone. They go before a new one is made, since
// somebody else may get the host name that they lead to. They are seen with the records.
func (w website) danglingRecords() part {
	return part{
		Attribute: "dns_records",
		Watched:   recordsWatched,
		Present: func(o Status) bool {
			return o.Distribution == nil && slices.ContainsFunc(o.Records, o.Ours)
		},
		Remove: w.removeRecords,
	}
}

func recordsWatched(s Spec) bool { return s.DNS || s.ReadAll }

// recordsEnter reports whether the configuration wants records that it did not want before. That one was lost, or its
// zone was, or that it was turned elsewhere, is left to the apply to refuse: a plan comes before a destroy as well,
// which needs nothing of that.
func recordsEnter(w wish) bool {
	before, want := w.Before(), w.Want
	moved := before.ZoneID != "" && before.ZoneID != want.ZoneID
	named := func(name string) bool { return slices.Contains(before.Names(), name) }
	return !before.DNS || moved || want.IPv6 && !before.IPv6 ||
		slices.ContainsFunc(want.Names(), func(name string) bool { return !named(name) })
}

// foreignRecords is the refusal of a site whose names others have, nil if there are no such records.
func foreignRecords(taken []Record) error {
	if len(taken) == 0 {
		return nil
	}
	texts := make([]string, len(taken))
	for i, r := range taken {
		texts[i] = r.Type + " of " + r.Name + " to " + r.Value
	}
	return fmt.Errorf("%w: DNS has records of the site's names that point elsewhere: %s; remove them first, or set "+
		"dns = false", reconcile.ErrForeign, strings.Join(texts, ", "))
}

// leadsToSite reports whether the record leads to the distribution of another site.
func (w website) leadsToSite(ctx context.Context, s Spec, r Record) (bool, error) {
	arn := ""
	err := w.eachDistribution(ctx, func(d cftypes.DistributionSummary) {
		if r.Alias && aws.ToString(d.DomainName) == r.Value {
			arn = aws.ToString(d.ARN)
		}
	})
	if err != nil || arn == "" {
		return false, err
	}
	out, err := w.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: &arn})
	if err != nil || out.Tags == nil {
		return false, awsclient.Absent(err)
	}
	return slices.ContainsFunc(out.Tags.Items, func(t cftypes.Tag) bool {
		other := aws.ToString(t.Value)
		return aws.ToString(t.Key) == markerTag && other != "" && other != s.Domain
	}), nil
}

// scopes are the places of the names now, and those where the records of the remembered site are, if they are others.
func (w website) scopes(ctx context.Context, want wish, names []string) (here, former places, err error) {
	s, before := want.Want, want.Before()
	if recordsWatched(s) {
		here, err = w.zones(ctx, s, before.DNS && before.ZoneID == s.ZoneID, names)
	}
	if err == nil && before.DNS && before.ZoneID != "" && (!s.DNS || before.ZoneID != s.ZoneID) {
		former, err = w.zones(ctx, before, true, names)
		for name, zones := range former.of {
			former.of[name] = slices.DeleteFunc(zones, func(z Zone) bool {
				return slices.ContainsFunc(here.of[name], func(now Zone) bool { return now.ID == z.ID })
			})
		}
	}
	return here, former, err
}

// observeRecords reads the records of all names, and the validation records that state knows. A zone that is gone has
// none.
func (w website) observeRecords(ctx context.Context, want wish, o *Status) error {
	names, proofs := allNames(want), want.Before().proofs()
	here, former, err := w.scopes(ctx, want, slices.Concat(names, proofs))
	if err != nil {
		return err
	}
	seen := Status{hosts: hostsOf(want)}
	if seen.Records, err = w.recordsIn(ctx, &here, names); err != nil {
		return err
	}
	here.choose(seen)
	stayed, err := w.recordsIn(ctx, &former, names)
	if err != nil {
		return err
	}
	seen.Records = append(seen.Records, stayed...)
	if seen.lost, seen.stale, err = w.observeProofs(ctx, want, &here, &former); err != nil {
		return err
	}
	zone, failed := here.zone(want.Want.Domain)
	if len(seen.stale) > 0 || slices.ContainsFunc(stayed, seen.Ours) || want.Before().DNS && !want.Want.DNS {
		zone, failed = former.zone(want.Want.Domain) // until it is clean, the site is there
	}
	o.Zone = &zone
	if failed != nil {
		o.Zone = nil
	}
	o.places, o.hosts, o.Records, o.lost, o.stale = here, seen.hosts, seen.Records, seen.lost, seen.stale
	return nil
}

// recordsIn reads the records of the names in their zones.
func (w website) recordsIn(ctx context.Context, p *places, names []string) (all []Record, err error) {
	for _, name := range names {
		for _, zone := range p.of[name] {
			seen, err := w.recordsOf(ctx, zone, name)
			if awsclient.IsNotFound(err) {
				*p = places{err: fmt.Errorf("%w: the hosted zone %s is gone", err, zone.ID)}
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			all = append(all, seen...)
		}
	}
	return all, nil
}

// choose settles on the zone that has records of the site where a name has several.
func (p places) choose(seen Status) {
	for name, zones := range p.of {
		used := slices.DeleteFunc(slices.Clone(zones), func(z Zone) bool {
			return !slices.ContainsFunc(seen.Records, func(r Record) bool {
				return r.Name == name && r.zone == z.ID && seen.Ours(r)
			})
		})
		if len(used) == 1 {
			p.of[name] = used
		}
	}
}

// allNames are the wanted names, those of the remembered site, and those of its recorded alias records.
func allNames(w wish) []string {
	names, before := w.Want.Names(), w.Before()
	add := func(name string) {
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, name := range before.Names() {
		add(name)
	}
	for _, r := range before.Recorded {
		if r.Type != string(types.RRTypeCname) {
			add(r.Name)
		}
	}
	return names
}

// hostsOf are the host names of distributions that state knows as the site's.
func hostsOf(w wish) (hosts []string) {
	for _, host := range []string{w.Want.DistributionHost, w.Before().DistributionHost} {
		if host != "" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// Ours reports whether the record is the site's: it leads to its distribution, to one that state remembers as its, or
// to the one that this run deleted. Others make sets of a routing policy.
func (o Status) Ours(r Record) bool {
	if r.Value == "" || r.routed {
		return false
	}
	return o.Distribution != nil && r.Value == o.Distribution.DomainName || r.Value == o.target ||
		slices.Contains(o.hosts, r.Value)
}

// hasIPv6Record reports whether any name has an AAAA record to the distribution.
func (o Status) hasIPv6Record() bool {
	return slices.ContainsFunc(o.Records, func(r Record) bool {
		return r.Type == string(types.RRTypeAaaa) && o.Ours(r)
	})
}

// taken are the records of others where records of the site have to be. Those of a name that the site holds already are
// in the way only if they have a type that it needs.
func (o Status) taken(s Spec) (all []Record) {
	for _, r := range o.Records {
		zone, err := o.places.zone(r.Name)
		if err != nil || o.Ours(r) || r.zone != zone.ID || !slices.Contains(s.Names(), r.Name) {
			continue
		}
		held := slices.ContainsFunc(o.Records, func(own Record) bool { return own.Name == r.Name && o.Ours(own) })
		if !held || r.Type != string(types.RRTypeAaaa) || s.IPv6 {
			all = append(all, r)
		}
	}
	return all
}

// zoneChange is a change of one record.
type zoneChange struct {
	action types.ChangeAction
	record Record
}

// changes are what turns the site's records that were seen into those that are wanted. Records of others stay. Nothing
// is upserted: Route 53 refuses to create what has appeared since the look, which may be long ago.
func (o Status) changes(s Spec) (all []zoneChange) {
	want := s.wantedRecords(o.Distribution.DomainName)
	for i, r := range want {
		zone, _ := o.places.zone(r.Name) // CanApply refused a name without one
		want[i].zone = zone.ID
	}
	for _, r := range o.Records {
		if o.Ours(r) && !slices.ContainsFunc(want, r.same) {
			all = append(all, zoneChange{types.ChangeActionDelete, r})
		}
	}
	for _, r := range o.stale {
		all = append(all, zoneChange{types.ChangeActionDelete, r})
	}
	for _, r := range append(want, o.missingProofs()...) {
		if !slices.ContainsFunc(o.Records, r.same) {
			all = append(all, zoneChange{types.ChangeActionCreate, r})
		}
	}
	return all
}

// applyRecords makes the changes. Where Route 53 refuses them, because another site has yet to give up a name or an
// earlier attempt was made whose answer was lost, it looks again.
func (w website) applyRecords(ctx context.Context, want wish, o *Status) error {
	refused := false
	err := w.conn.Patiently(ctx, "the names of the site to be free in DNS", awsclient.IsStale, func() error {
		if refused {
			if err := w.observeRecords(ctx, want, o); err != nil {
				return err
			}
		}
		changes := o.changes(want.Want)
		if refused && len(o.taken(want.Want)) == 0 {
			changes = overwriting(changes)
		}
		refused = true
		return w.changeRecords(ctx, want.Want, o, changes)
	})
	if taken := foreignRecords(o.taken(want.Want)); err != nil && taken != nil {
		return fmt.Errorf("%w: %w", taken, err)
	}
	return err
}

// overwriting turns creates into upserts. Use it after another look showed the places free. LocalStack refuses to
// create a record a second time, although it was deleted since.
func overwriting(changes []zoneChange) []zoneChange {
	for i, c := range changes {
		if c.action == types.ChangeActionCreate {
			changes[i].action = types.ChangeActionUpsert
		}
	}
	return changes
}

// removeRecords deletes the records of the site, in whichever zone they are. Those of others stay.
func (w website) removeRecords(ctx context.Context, want wish, o *Status) error {
	names := allNames(want)
	here, former, err := w.scopes(ctx, want, names) // what is in these was seen
	if err != nil {
		return err
	}
	others, err := w.elsewhere(ctx, names, here, former)
	if err != nil {
		return err
	}
	refused := false
	return w.conn.Patiently(ctx, "the records of the site to be deleted", awsclient.IsStale, func() error {
		if refused {
			if err := w.observeRecords(ctx, want, o); err != nil {
				return err
			}
		}
		refused = true
		var changes []zoneChange
		strays, err := w.recordsIn(ctx, &others, names)
		if err != nil {
			return err
		}
		for _, r := range slices.Concat(o.Records, strays) {
			if o.Ours(r) {
				changes = append(changes, zoneChange{types.ChangeActionDelete, r})
			}
		}
		for _, r := range o.stale {
			changes = append(changes, zoneChange{types.ChangeActionDelete, r})
		}
		if err := w.changeRecords(ctx, want.Want, o, changes); err != nil {
			return err
		}
		o.Records, o.stale = slices.DeleteFunc(o.Records, o.Ours), nil
		return nil
	})
}

// changeRecords makes the changes in one batch for each zone. Route 53 makes all changes of a batch or none. Zones in
// which something is created come first.
func (w website) changeRecords(ctx context.Context, s Spec, o *Status, changes []zoneChange) error {
	batches, creates := map[string][]types.Change{}, map[string]int{}
	for _, c := range changes {
		zone := c.record.zone
		batches[zone] = append(batches[zone], types.Change{Action: c.action, ResourceRecordSet: c.set()})
		if c.action != types.ChangeActionDelete {
			creates[zone]++
		}
	}
	order := slices.SortedFunc(maps.Keys(batches), func(x, y string) int {
		return cmp.Or(cmp.Compare(min(creates[y], 1), min(creates[x], 1)), cmp.Compare(x, y))
	})
	for _, id := range order {
		out, err := w.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: &id,
			ChangeBatch:  &types.ChangeBatch{Changes: batches[id], Comment: aws.String("spinup_website " + s.Domain)},
		})
		if err != nil {
			return err
		}
		o.dnsChanges = append(o.dnsChanges, aws.ToString(out.ChangeInfo.Id))
	}
	return nil
}

const validationTTL = 300 // seconds

// same reports whether both records say the same in the same zone.
func (r Record) same(other Record) bool { return r.zone == other.zone && r.says(other) }

// says reports whether both records say the same, wherever they are.
func (r Record) says(other Record) bool {
	return !r.routed && !other.routed && r.Name == other.Name && r.Type == other.Type && r.Value == other.Value &&
		r.Alias == other.Alias
}

// set is the record as Route 53 takes it. To delete a record it has to be given exactly as it was listed.
func (c zoneChange) set() *types.ResourceRecordSet {
	r := c.record
	if c.action == types.ChangeActionDelete && r.listed != nil {
		return r.listed
	}
	set := &types.ResourceRecordSet{Name: aws.String(r.Name + "."), Type: types.RRType(r.Type)}
	if r.Alias {
		set.AliasTarget = &types.AliasTarget{DNSName: aws.String(r.Value + "."), HostedZoneId: aws.String(distributionZone)}
		return set
	}
	set.TTL = aws.Int64(validationTTL)
	set.ResourceRecords = []types.ResourceRecord{{Value: aws.String(r.Value + ".")}}
	return set
}
