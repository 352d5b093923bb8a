package website

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// proofs are the names of the recorded validation records.
func (s Spec) proofs() (names []string) {
	for _, r := range s.Recorded {
		if r.Type == string(types.RRTypeCname) && !slices.Contains(s.Names(), r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// observeProofs looks for the validation records that state knows: the names of those that are not there any more, and
// those that are in a zone in which none are wanted. It gives only those of a certificate that was made for this site,
// and none to be deleted that another certificate needs.
func (w website) observeProofs(
	ctx context.Context, want wish, here, former *places,
) (lost []string, stale []Record, err error) {
	names := want.Before().proofs()
	live, err := w.recordsIn(ctx, here, names)
	if err != nil {
		return nil, nil, err
	}
	if stale, err = w.recordsIn(ctx, former, names); err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		there := slices.ContainsFunc(live, func(r Record) bool { return r.Name == name })
		if _, err := here.zone(name); err == nil && !there {
			lost = append(lost, name)
		}
	}
	arn := want.Before().CertificateARN
	if len(lost) == 0 && len(stale) == 0 || arn == "" {
		return nil, nil, nil
	}
	c, err := w.describeCertificate(ctx, want, arn)
	if err == nil && c != nil {
		err = w.checkOwner(ctx, want, c)
	}
	if err != nil || c == nil || !c.Owned {
		return nil, nil, err
	}
	inUse := []Record{}
	if len(stale) > 0 {
		if inUse, err = w.recordsInUse(ctx, want, c); err != nil {
			return nil, nil, err
		}
	}
	return lost, slices.DeleteFunc(stale, func(r Record) bool {
		return slices.ContainsFunc(inUse, r.says) || !slices.ContainsFunc(c.Validation, r.says)
	}), nil
}

// Lost reports whether a validation record of the site's own certificate is not there any more.
func (o Status) Lost(name string) bool { return slices.Contains(o.lost, name) }

// missingProofs are the validation records to make again.
func (o Status) missingProofs() (all []Record) {
	if o.Certificate == nil {
		return nil
	}
	for _, r := range o.Certificate.Validation {
		if zone, err := o.places.zone(r.Name); err == nil && o.Lost(r.Name) {
			r.zone = zone.ID
			all = append(all, r)
		}
	}
	return all
}

// addValidationRecords creates the DNS records by which ACM validates a certificate, unless they are there: all
// certificates of an account for one name share one record.
func (w website) addValidationRecords(ctx context.Context, want wish, records []Record) error {
	names := make([]string, len(records))
	for i, r := range records {
		names[i] = r.Name
	}
	here, err := w.zones(ctx, want.Want, false, names)
	if err != nil {
		return err
	}
	refused := false
	return w.conn.Patiently(ctx, "the validation records to be created", awsclient.IsStale, func() error {
		var changes []zoneChange
		for _, r := range records {
			zone, err := here.zone(r.Name)
			if err != nil {
				return err
			}
			live, err := w.recordsOf(ctx, zone, r.Name)
			if err != nil {
				return err
			}
			if others := slices.DeleteFunc(slices.Clone(live), r.says); len(others) > 0 {
				return foreignRecords(others)
			}
			if r.zone = zone.ID; len(live) == 0 {
				changes = append(changes, zoneChange{types.ChangeActionCreate, r})
			}
		}
		if refused {
			changes = overwriting(changes)
		}
		refused = true
		return w.changeRecords(ctx, want.Want, &Status{}, changes)
	})
}

// removeValidationRecords deletes the DNS records by which ACM validated a certificate. Those that another certificate
// needs stay.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func (w website) removeValidationRecords(ctx context.Context, want wish, c *Certificate) error {
	if !want.Want.DNS && !want.Before().DNS {
		return nil
	}
	inUse, err := w.recordsInUse(ctx, want, c)
	if err != nil {
		return err
	}
	var names []string
	for _, r := range c.Validation {
		if !slices.Contains(inUse, r) {
			names = append(names, r.Name)
		}
	}
	here, former, err := w.scopes(ctx, want, names)
	if err != nil {
		return err
	}
	others, err := w.elsewhere(ctx, names, here, former)
	if err != nil {
		return err
	}
	return w.conn.Patiently(ctx, "the validation records to be deleted", awsclient.IsStale, func() error {
		var changes []zoneChange
		for _, where := range []*places{&here, &former, &others} {
			live, err := w.recordsIn(ctx, where, names)
			if err != nil {
				return err
			}
			for _, r := range live {
				if slices.ContainsFunc(c.Validation, r.says) {
					changes = append(changes, zoneChange{types.ChangeActionDelete, r})
				}
			}
		}
		return w.changeRecords(ctx, want.Want, &Status{}, changes)
	})
}

// recordsInUse returns the validation records of other certificates for the same names.
func (w website) recordsInUse(ctx context.Context, want wish, c *Certificate) (records []Record, err error) {
	all, err := w.listCertificates(ctx)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		common := slices.ContainsFunc(other.Names, func(name string) bool { return slices.Contains(c.Names, name) })
		if other.ARN == c.ARN || !common && !other.partial {
			continue
		}
		found, err := w.describeCertificate(ctx, want, other.ARN)
		if err != nil {
			return nil, err
		}
		if found != nil {
			records = append(records, found.Validation...)
		}
	}
	return records, nil
}
