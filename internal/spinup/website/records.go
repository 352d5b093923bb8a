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

// distributionZone is the hosted zone of all distributions, which alias records name; in the partition aws.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
const distributionZone = "Z2FDTNDATAQYW2"

// recordsOf are the records of a name that decide where it leads.
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

// wantedRecords lead every name to the distribution.
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
					o.Zone, o.Records = nil, nil // somebody else's DNS
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
			return fmt.Errorf("DNS has records of our names that lead elsewhere: %s; remove them first, or set dns = false",
				strings.Join(taken, ", "))
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			return w.change(ctx, want.Want, o, o.changes(want.Want))
		},
		Remove: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			var changes []zoneChange
			for _, r := range o.Records {
				if o.leadsHere(r) {
					changes = append(changes, zoneChange{types.ChangeActionDelete, r})
				}
			}
			if err := w.change(ctx, s, o, changes); err != nil {
				return err
			}
			o.Records = nil // those that lead elsewhere are not ours
			return nil
		},
		Settle: func(ctx context.Context, o Status) error {
			for _, id := range o.dnsChanges {
				err := w.conn.Until(ctx, "DNS to answer with the new records",
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

// allNames are the names of the site and those that it had before, or that led to it.
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

// leadsHere says whether the record is ours: it leads to our distribution.
func (o Status) leadsHere(r Record) bool {
	now := o.Distribution != nil && r.Value == o.Distribution.DomainName
	return r.Alias && (now || o.target != "" && r.Value == o.target)
}

// overIPv6 says whether any name leads here over IPv6.
func (o Status) overIPv6() bool {
	return slices.ContainsFunc(o.Records, func(r Record) bool {
		return r.Type == string(types.RRTypeAaaa) && o.leadsHere(r)
	})
}

// zoneChange is a change of one record.
type zoneChange struct {
	action types.ChangeAction
	record Record
}

// changes lead from the records that are there to those that are wanted.
func (o Status) changes(s Spec) []zoneChange {
	want := s.wantedRecords(o.Distribution.DomainName)
	var all []zoneChange
	for _, r := range o.Records {
		kept := slices.ContainsFunc(want, func(w Record) bool { return w.Name == r.Name && w.Type == r.Type })
		// Nothing can stand beside a CNAME.
		inTheWay := r.Type == string(types.RRTypeCname) && slices.Contains(s.Names(), r.Name)
		if !kept && (o.leadsHere(r) || inTheWay) {
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

// change makes the changes: one batch for each zone, which Route 53 takes whole or not at all.
func (w website) change(ctx context.Context, s Spec, o *Status, changes []zoneChange) error {
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

// same says whether both lead the same name to the same place.
func (r Record) same(other Record) bool {
	r.listed, other.listed = nil, nil
	return r == other
}

// set is the record in Route 53's words: to be deleted it has to be just as it was listed.
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
