package website

import (
	"context"
	"errors"
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
	var failed []error
	for _, d := range idle {
		seen, err := w.readDistribution(ctx, aws.ToString(d.Id))
		if err == nil && seen != nil && seen.Tags[reapTag] != "" {
			err = w.reapOne(ctx, seen)
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("deleting the distribution %s, which an earlier run disabled: %w",
				aws.ToString(d.Id), err))
		}
	}
	return errors.Join(failed...)
}

// reapOne deletes what a distribution used and, last of all, the distribution, which bears the mark: what a failure
// leaves is found again. CloudFront deletes no function and no control that a distribution still names, so one that was
// disabled by an earlier version is parted from them first, and deleted by a later run.
func (w website) reapOne(ctx context.Context, d *Distribution) error {
	s := Spec{Domain: d.Tags[reapTag], DNS: true}
	again, err := w.withAlias(ctx, s.Names())
	switch {
	case err != nil:
		return err
	case again != "": // a new site of the domain uses the rest
		return w.deleteDistribution(ctx, d.ID)
	case d.Settings.AccessID != "" || d.Settings.FunctionARN != "":
		return w.updateDistribution(ctx, s, &Status{Distribution: d}, d.Settings.parted())
	}
	if err := w.reapUsed(ctx, s); err != nil {
		return err
	}
	return w.deleteDistribution(ctx, d.ID)
}

// parted are the settings without what is deleted beside the distribution.
func (want Settings) parted() Settings {
	want.AccessID, want.FunctionARN = "", ""
	return want
}

// reapUsed deletes the function, the origin access control and the certificates of a site that is gone.
func (w website) reapUsed(ctx context.Context, s Spec) error {
	var o Status
	if err := w.observeFunction(ctx, wish{Want: s}, &o); err != nil {
		return err
	}
	if o.Function != nil && o.ownsFunction(s) {
		if err := w.deleteFunction(ctx, o.Function.Name); err != nil {
			return err
		}
	}
	control, err := w.findAccess(ctx, s)
	if err != nil {
		return err
	}
	if o.Access = control; control != nil && o.ownsAccess(s) {
		if err := w.deleteAccess(ctx, control.ID); err != nil {
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
