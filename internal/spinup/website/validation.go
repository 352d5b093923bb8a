package website

import (
	"context"
	"errors"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// prove makes the records that a certificate wants to find.
func (w website) prove(ctx context.Context, want wish, records []Record) error {
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
	return w.change(ctx, want.Want, &Status{zones: zones}, changes)
}

// forget takes the records away that proved a certificate, if they are there and no other one is proved by them: all of
// an account that are for the same name are.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
func (w website) forget(ctx context.Context, want wish, c *Certificate) error {
	if !want.Want.DNS && !want.Before().DNS {
		return nil
	}
	shared, err := w.shared(ctx, want, c)
	if err != nil {
		return err
	}
	in, gone := &Status{zones: map[string]Zone{}}, []zoneChange(nil)
	for _, r := range c.Validation {
		if slices.Contains(shared, r) {
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
				gone = append(gone, zoneChange{types.ChangeActionDelete, one})
			}
		}
	}
	return w.change(ctx, want.Want, in, gone)
}

// shared are the records that prove other certificates of the same names.
func (w website) shared(ctx context.Context, want wish, c *Certificate) (records []Record, err error) {
	all, err := w.listed(ctx)
	if err != nil {
		return nil, err
	}
	for _, other := range all {
		common := slices.ContainsFunc(other.Names, func(name string) bool { return slices.Contains(c.Names, name) })
		if other.ARN == c.ARN || !common && !other.partial {
			continue
		}
		found, err := w.describe(ctx, want, other.ARN)
		if err != nil {
			return nil, err
		}
		if found != nil {
			records = append(records, found.Validation...)
		}
	}
	return records, nil
}
