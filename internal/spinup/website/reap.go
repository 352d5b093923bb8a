package website

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// reapTag marks a disabled distribution that a later run is to delete. Its value is the domain of the site.
const reapTag = "spinup:reap"

// reap deletes the distributions that earlier runs left disabled, and what only they used. It does not wait: a
// distribution whose change is not deployed yet is left to the next run.
func (w website) reap(ctx context.Context, _ Spec) error {
	var idle []types.DistributionSummary
	err := w.eachDistribution(ctx, func(d types.DistributionSummary) {
		if !aws.ToBool(d.Enabled) && aws.ToString(d.Status) == deployed && strings.Contains(aws.ToString(d.Comment), ".") {
			idle = append(idle, d)
		}
	})
	if err != nil {
		return err
	}
	for _, d := range idle {
		seen, err := w.readDistribution(ctx, aws.ToString(d.Id))
		if err != nil {
			return err
		}
		if seen == nil || seen.Tags[reapTag] == "" {
			continue
		}
		if err := w.reapOne(ctx, seen); err != nil {
			return fmt.Errorf("deleting the distribution %s, which an earlier run disabled: %w", seen.ID, err)
		}
	}
	return nil
}

func (w website) reapOne(ctx context.Context, d *Distribution) error {
	if err := w.deleteDistribution(ctx, d.ID); err != nil {
		return err
	}
	s := Spec{Domain: d.Tags[reapTag], DNS: true}
	if again, err := w.withAlias(ctx, s.Names()); err != nil || again != "" {
		return err // a new site of the domain uses the rest
	}
	var o Status
	if err := w.observeFunction(ctx, wish{Want: s}, &o); err != nil {
		return err
	}
	if o.Function != nil && o.ownsFunction(s) {
		if err := w.deleteFunction(ctx, o.Function.Name); err != nil {
			return err
		}
	}
	if id := d.Settings.AccessID; id != "" {
		if err := w.deleteAccess(ctx, id); err != nil {
			return err
		}
	}
	all, err := w.listCertificates(ctx)
	if err != nil {
		return err
	}
	certificates, err := w.othersOf(ctx, wish{Want: s}, all, nil)
	for _, c := range certificates {
		if err == nil {
			err = w.removeCertificate(ctx, wish{Want: s}, &Status{}, c)
		}
	}
	return err
}
