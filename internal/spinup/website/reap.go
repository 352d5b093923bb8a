package website

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// reapTag marks a distribution that is left, disabled, to a later run.
const reapTag = "spinup:reap"

// reap deletes the distributions that earlier runs left disabled, with what only they used. It waits for none: one that
// is not disabled everywhere yet is left to the next run.
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
		seen, err := w.lookAt(ctx, aws.ToString(d.Id))
		if err != nil {
			return err
		}
		if seen == nil || seen.Tags[reapTag] == "" {
			continue
		}
		if err := w.reapOne(ctx, seen); err != nil {
			return fmt.Errorf("the distribution %s, which an earlier run left to be deleted: %w", seen.ID, err)
		}
	}
	return nil
}

func (w website) reapOne(ctx context.Context, d *Distribution) error {
	if err := w.deleteDistribution(ctx, d.ID); err != nil {
		return err
	}
	s := Spec{Domain: d.Tags[reapTag], DNS: true}
	if again, err := w.withName(ctx, s.Names()); err != nil || again != "" {
		return err // the site that was made since has taken the rest over
	}
	if err := w.deleteFunction(ctx, s.id()); err != nil {
		return err
	}
	if id := d.Settings.AccessID; id != "" {
		if err := w.deleteAccess(ctx, id); err != nil {
			return err
		}
	}
	all, err := w.listed(ctx)
	if err != nil {
		return err
	}
	made, err := w.made(ctx, wish{Want: s}, all, nil)
	for _, c := range made {
		if err == nil {
			err = w.removeCertificate(ctx, wish{Want: s}, &Status{}, c)
		}
	}
	return err
}
