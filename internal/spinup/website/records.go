package website

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// distributionZone is the hosted zone ID that alias records to any distribution name, in the partition aws.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
const distributionZone = "Z2FDTNDATAQYW2"

// recordsOf reads the A, AAAA and CNAME records of a name.
func (w website) recordsOf(ctx context.Context, zone Zone, name string) ([]Record, error) {
	out, err := w.ListResourceRecordSets(ctx, &route53.ListResourceRecordSetsInput{
		HostedZoneId: &zone.ID, StartRecordName: &name, StartRecordType: types.RRTypeA, MaxItems: aws.Int32(5),
	})
	if err != nil {
		return nil, err
	}
	var all []Record
	for _, set := range out.ResourceRecordSets {
		kind := set.Type
		if hostName(aws.ToString(set.Name)) != name ||
			kind != types.RRTypeA && kind != types.RRTypeAaaa && kind != types.RRTypeCname {
			continue
		}
		record := Record{Name: name, Type: string(kind), listed: &set}
		if set.AliasTarget != nil {
			record.Alias, record.Value = true, hostName(aws.ToString(set.AliasTarget.DNSName))
		}
		for _, value := range set.ResourceRecords {
			record.Value = hostName(aws.ToString(value.Value))
		}
		all = append(all, record)
	}
	return all, nil
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

// records are the alias records of all names.
func (w website) records() part {
	return part{
		Attribute: "dns_records",
		Watched:   func(s Spec) bool { return s.DNS || s.ReadAll },
		Wanted:    func(w wish) bool { return w.Want.DNS },
		Present:   func(o Status) bool { return len(o.Records) > 0 },
		InSync: func(w wish, o Status) bool {
			s := w.Want
			return o.Distribution != nil && len(o.changes(s)) == 0
		},
		Observe: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			names := allNames(want)
			zones, err := w.zones(ctx, want, names)
			if err != nil {
				if s.ReadAll && errors.Is(err, ErrNoZone) {
					o.Zone, o.Records = nil, nil // another account or service holds the DNS
					return nil
				}
				return err
			}
			var all []Record
			for _, name := range names {
				seen, err := w.recordsOf(ctx, zones[name], name)
				if err != nil {
					return err
				}
				all = append(all, seen...)
			}
			zone := zones[s.Domain]
			o.Zone, o.zones, o.Records = &zone, zones, all
			return nil
		},
		CanApply: func(_ context.Context, want wish, o Status) error {
			if want.Before().DNS {
				return nil
			}
			var taken []string
			for _, r := range o.Records {
				if o.Distribution == nil || r.Value != o.Distribution.DomainName {
					taken = append(taken, r.Type+" of "+r.Name+" to "+r.Value)
				}
			}
			if len(taken) == 0 {
				return nil
			}
			return fmt.Errorf("DNS has records of the site's names that point elsewhere: %s; remove them first, or set "+
				"dns = false", strings.Join(taken, ", "))
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			return w.changeRecords(ctx, want.Want, o, o.changes(want.Want))
		},
		Remove: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			var changes []zoneChange
			for _, r := range o.Records {
				if o.pointsHere(r) {
					changes = append(changes, zoneChange{types.ChangeActionDelete, r})
				}
			}
			if err := w.changeRecords(ctx, s, o, changes); err != nil {
				return err
			}
			o.Records = nil // those that point elsewhere belong to others
			return nil
		},
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

// allNames are the wanted names, those of the remembered site, and those of its recorded alias records.
func allNames(w wish) []string {
	names, before := w.Want.Names(), []string(nil)
	if w.Prior != nil {
		before = slices.Concat(w.Prior.Names(), w.Prior.Recorded)
	}
	for _, name := range before {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// pointsHere reports whether the record is an alias to the site's distribution, or to the one that this run deleted:
// then it belongs to the site.
func (o Status) pointsHere(r Record) bool {
	now := o.Distribution != nil && r.Value == o.Distribution.DomainName
	return r.Alias && (now || o.target != "" && r.Value == o.target)
}

// hasIPv6Record reports whether any name has an AAAA record to the distribution.
func (o Status) hasIPv6Record() bool {
	return slices.ContainsFunc(o.Records, func(r Record) bool {
		return r.Type == string(types.RRTypeAaaa) && o.pointsHere(r)
	})
}

// zoneChange is a change of one record.
type zoneChange struct {
	action types.ChangeAction
	record Record
}

// changes are what turns the records that were seen into those that are wanted. Records that point elsewhere stay.
func (o Status) changes(s Spec) []zoneChange {
	want := s.wantedRecords(o.Distribution.DomainName)
	var all []zoneChange
	for _, r := range o.Records {
		kept := slices.ContainsFunc(want, func(w Record) bool { return w.Name == r.Name && w.Type == r.Type })
		// A name that has a CNAME can have no other record.
		inTheWay := r.Type == string(types.RRTypeCname) && slices.Contains(s.Names(), r.Name)
		if !kept && (o.pointsHere(r) || inTheWay) {
			all = append(all, zoneChange{types.ChangeActionDelete, r})
		}
	}
	for _, r := range want {
		if !slices.ContainsFunc(o.Records, r.same) {
			all = append(all, zoneChange{types.ChangeActionUpsert, r})
		}
	}
	return all
}

// changeRecords makes the changes in one batch for each zone. Route 53 makes all changes of a batch or none.
func (w website) changeRecords(ctx context.Context, s Spec, o *Status, changes []zoneChange) error {
	batches := map[string][]types.Change{}
	for _, c := range changes {
		zone := o.zones[c.record.Name]
		batches[zone.ID] = append(batches[zone.ID], types.Change{Action: c.action, ResourceRecordSet: c.set()})
	}
	for _, id := range slices.Sorted(maps.Keys(batches)) {
		batch := batches[id]
		out, err := w.ChangeResourceRecordSets(ctx, &route53.ChangeResourceRecordSetsInput{
			HostedZoneId: &id,
			ChangeBatch:  &types.ChangeBatch{Changes: batch, Comment: aws.String("spinup_website " + s.Domain)},
		})
		if err != nil {
			return err
		}
		o.dnsChanges = append(o.dnsChanges, aws.ToString(out.ChangeInfo.Id))
	}
	return nil
}

const validationTTL = 300 // seconds

// same reports whether both records say the same.
func (r Record) same(other Record) bool {
	r.listed, other.listed = nil, nil
	return r == other
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
