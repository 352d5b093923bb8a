package website

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// addValidationRecords creates the DNS records by which ACM validates a certificate.
func (w website) addValidationRecords(ctx context.Context, want wish, records []Record) error {
	names := make([]string, len(records))
	for i, r := range records {
		names[i] = r.Name
	}
	zones, err := w.zones(ctx, want, names)
	if err != nil {
		return err
	}
	var changes []zoneChange
	for _, r := range records {
		changes = append(changes, zoneChange{types.ChangeActionUpsert, r})
	}
	return w.changeRecords(ctx, want.Want, &Status{zones: zones}, changes)
}

// removeValidationRecords deletes the DNS records by which ACM validated a certificate. Those that another certificate
// needs stay: all certificates of an account for one name share one record.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func (w website) removeValidationRecords(ctx context.Context, want wish, c *Certificate) error {
	if !want.Want.DNS && !want.Before().DNS {
		return nil
	}
	inUse, err := w.recordsInUse(ctx, want, c)
	if err != nil {
		return err
	}
	in, changes := &Status{zones: map[string]Zone{}}, []zoneChange(nil)
	for _, r := range c.Validation {
		if slices.Contains(inUse, r) {
			continue
		}
		zones, err := w.zones(ctx, want, []string{r.Name})
		if errors.Is(err, ErrNoZone) {
			continue
		}
		if err != nil {
			return err
		}
		live, err := w.recordsOf(ctx, zones[r.Name], r.Name)
		if err != nil {
			return err
		}
		for _, one := range live {
			if one.same(r) {
				in.zones[r.Name] = zones[r.Name]
				changes = append(changes, zoneChange{types.ChangeActionDelete, one})
			}
		}
	}
	return w.changeRecords(ctx, want.Want, in, changes)
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
