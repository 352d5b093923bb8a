package website

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// reapTag marks a disabled distribution that a later run is to delete. Its value is the domain of the site.
const reapTag = "spinup:reap"

// Reap deletes what is left of sites that were destroyed without waiting. It gives the distributions that it deleted,
// and those that still have to wait because CloudFront has not disabled them everywhere.
func Reap(ctx context.Context, conn *awsclient.Conn) (deleted, waiting []string, err error) {
	return website{API: NewAPI(conn), conn: conn}.reapAll(ctx)
}

func (w website) reapAll(ctx context.Context) (deleted, waiting []string, err error) {
	deleted, failed := w.reap(ctx)
	left, err := w.retired(ctx, disabled)
	for _, d := range left {
		waiting = append(waiting, d.label())
	}
	return deleted, waiting, cmp.Or(failed, err)
}

// label names a distribution that is to be deleted.
func (d *Distribution) label() string { return d.ID + " of " + d.Tags[reapTag] }

func disabled(d types.DistributionSummary) bool { return !aws.ToBool(d.Enabled) }

// reap deletes the distributions that earlier runs left disabled, and what only they used. It does not wait: a
// distribution whose change is not deployed yet is left to the next run. It names what it deleted.
func (w website) reap(ctx context.Context) (deleted []string, err error) {
	idle, err := w.retired(ctx, func(d types.DistributionSummary) bool {
		return disabled(d) && aws.ToString(d.Status) == deployed
	})
	failed := []error{err}
	for _, d := range idle {
		gone, err := w.reapOne(ctx, d)
		if err != nil {
			failed = append(failed, fmt.Errorf("deleting the distribution %s, which an earlier run disabled: %w", d.ID, err))
		}
		if gone && err == nil {
			deleted = append(deleted, d.label())
		}
	}
	return deleted, errors.Join(failed...)
}

// retired are the picked distributions that are to be deleted.
func (w website) retired(
	ctx context.Context, pick func(types.DistributionSummary) bool,
) (all []*Distribution, err error) {
	var picked []string
	err = w.eachDistribution(ctx, func(d types.DistributionSummary) {
		if pick(d) && strings.Contains(aws.ToString(d.Comment), ".") {
			picked = append(picked, aws.ToString(d.Id))
		}
	})
	failed := []error{err}
	for _, id := range picked {
		seen, err := w.readDistribution(ctx, id)
		if err != nil {
			failed = append(failed, err)
		}
		if seen != nil && seen.Tags[reapTag] != "" {
			all = append(all, seen)
		}
	}
	return all, errors.Join(failed...)
}

// reapOne deletes what a distribution used and, last of all, the distribution, which bears the mark: what a failure
// leaves is found again. CloudFront deletes no function and no control that a distribution still names, so one that was
// disabled by an earlier version is parted from them first, and deleted by a later run. It reports whether the
// distribution is gone.
func (w website) reapOne(ctx context.Context, d *Distribution) (gone bool, err error) {
	s := Spec{Domain: d.Tags[reapTag], DNS: true}
	again, err := w.withAlias(ctx, s.Names())
	switch {
	case err != nil:
		return false, err
	case again != "": // a new site of the domain uses the rest
		return true, w.deleteDistribution(ctx, d.ID)
	case d.Settings.AccessID != "" || d.Settings.FunctionARN != "":
		return false, w.updateDistribution(ctx, s, &Status{Distribution: d}, d.Settings.parted())
	}
	if err := w.reapUsed(ctx, s); err != nil {
		return false, err
	}
	return true, w.deleteDistribution(ctx, d.ID)
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
