package website

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// deployed is the status of a distribution whose latest change has reached all edge locations.
const deployed = "Deployed"

// distribution is the CloudFront distribution.
func (w website) distribution() part {
	return part{
		Attribute: "distribution_id",
		Present:   func(o Status) bool { return o.Distribution != nil },
		Describe: func(w wish, o Status) (object, fault string) {
			d := o.Distribution
			switch {
			case d == nil:
				return "distribution", ""
			case !d.hasTags(w.Want):
				fault = "The tags of the distribution are not those of the site."
			case !d.Settings.Enabled:
				fault = "The distribution is disabled."
			}
			return "distribution " + d.ID, fault
		},
		InSync: func(w wish, o Status) bool {
			s := w.Want
			return reflect.DeepEqual(o.Distribution.Settings, s.settings(o)) && o.Distribution.hasTags(s)
		},
		Observe: w.observeDistribution,
		Enters:  func(w wish) bool { return w.Prior != nil && len(entering(w)) > 0 },
		Claim:   w.claimNames,
		CanApply: func(_ context.Context, want wish, o Status) error {
			s, d := want.Want, o.Distribution
			if d == nil {
				return nil
			}
			arn := d.Settings.FunctionARN
			former := strings.HasSuffix(arn, "/"+s.id()) || strings.HasSuffix(arn, "/"+s.formerID())
			if arn != "" && o.Function == nil && !former && s.wantsFunction() {
				return fmt.Errorf("the distribution %s runs the function %s of another owner on viewer requests, and CloudFront "+
					"allows one only: detach it first, or set directory_index = false and no redirect_domains", d.ID, arn)
			}
			return nil
		},
		CanRemove: func(_ context.Context, want wish, o Status) error {
			s := want.Want
			foreign := slices.Concat(o.Distribution.Foreign, o.Distribution.foreignTags(s))
			if s.Bucket.ForceDestroy || len(foreign) == 0 {
				return nil
			}
			return fmt.Errorf("the distribution %s has parts of other owners, which would be lost: %s; remove them first, or "+
				"set force_destroy = true and apply, to delete them as well", o.Distribution.ID, strings.Join(foreign, ", "))
		},
		Apply:  w.applyDistribution,
		Remove: w.removeDistribution,
		Settle: func(ctx context.Context, o Status) error {
			if !o.Distribution.await {
				return nil
			}
			if err := w.untilDeployed(ctx, o.Distribution.ID); err != nil {
				return err
			}
			o.Distribution.Status = deployed
			return nil
		},
	}
}

// entering are the names that the site is to get: all of a new distribution, else those that state does not have.
func entering(w wish) []string {
	if w.Prior == nil || w.Want.DistributionID == "" {
		return w.Want.Names()
	}
	had := w.Prior.Names()
	return slices.DeleteFunc(w.Want.Names(), func(name string) bool { return slices.Contains(had, name) })
}

// observeDistribution reads the distribution that state holds. Without one it looks for a distribution that has one of
// the names, and takes it if its tag says that it was made for this site. Another one that has a name that the site is
// to get is its holder.
func (w website) observeDistribution(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	var seen *Distribution
	var holder *Holder
	var err error
	if s.DistributionID != "" {
		if want.Prior != nil {
			w.managed().Store(s.DistributionID, true)
		}
		if seen, err = w.readDistribution(ctx, s.DistributionID); err != nil {
			return err
		}
	}
	names := entering(want)
	if seen != nil {
		names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(seen.Settings.Names, name) })
	}
	if len(names) > 0 {
		other, err := w.named(ctx, names)
		switch {
		case err != nil:
			return err
		case other == nil:
		case s.DistributionID == "" && (s.ReadAll || other.Tags[markerTag] == s.Domain):
			seen = other
		default:
			holder = &Holder{ID: other.ID, Site: other.Tags[markerTag], Names: names}
		}
	}
	if seen != nil && o.Distribution != nil {
		seen.await = o.Distribution.await
	}
	o.Distribution, o.Holder = seen, holder
	return nil
}

// named is the distribution that has one of the names, nil if none has.
func (w website) named(ctx context.Context, names []string) (*Distribution, error) {
	id, err := w.withAlias(ctx, names)
	if err != nil || id == "" {
		return nil, err
	}
	return w.readDistribution(ctx, id)
}

// managed holds the ids of the distributions that this process found in state.
func (w website) managed() *sync.Map {
	return w.conn.Shared("distributions in state", func() any { return new(sync.Map) }).(*sync.Map)
}

// claimNames refuses names that another distribution has. That of a site in the same configuration may be about to give
// them up: Terraform works on both at once, so the other's turn may only be coming.
func (w website) claimNames(ctx context.Context, want wish, o Status) error {
	h := o.Holder
	if h == nil || o.Distribution == nil && want.Want.ReadAll {
		return nil
	}
	if h.Site != "" && h.Site != want.Want.Domain {
		ctx, cancel := context.WithTimeout(ctx, 2*w.conn.Pace.PollMax)
		defer cancel()
		err := w.conn.Until(ctx, "the other site to be read", func(context.Context) (bool, error) {
			_, known := w.managed().Load(h.ID)
			return known, nil
		})
		if err == nil {
			return nil
		}
	}
	owner := "another owner"
	if h.Site != "" {
		owner = "the website " + h.Site
	}
	return fmt.Errorf("%w: the distribution %s of %s has one of the names %s, and CloudFront allows a name on one "+
		"distribution only, even if that one is disabled: take the name off it first", reconcile.ErrForeign, h.ID, owner,
		strings.Join(h.Names, ", "))
}

// untilReleased waits until the holder has given up the names.
func (w website) untilReleased(ctx context.Context, o *Status) error {
	h := o.Holder
	if h == nil {
		return nil
	}
	what := fmt.Sprintf("the website %s to give up %s", h.Site, strings.Join(h.Names, ", "))
	err := w.conn.Until(ctx, what, func(ctx context.Context) (bool, error) {
		held, err := w.readDistribution(ctx, h.ID)
		return held == nil || !slices.ContainsFunc(h.Names, func(name string) bool {
			return slices.Contains(held.Settings.Names, name)
		}), err
	})
	if err == nil {
		o.Holder = nil
	}
	return err
}

// withAlias returns the id of the distribution that has one of the names, "" if none has. Enabled ones come first.
func (w website) withAlias(ctx context.Context, names []string) (string, error) {
	found := ""
	err := w.eachDistribution(ctx, func(d types.DistributionSummary) {
		wanted := func(name string) bool { return slices.Contains(names, name) }
		if d.Aliases == nil || !slices.ContainsFunc(d.Aliases.Items, wanted) {
			return
		}
		if found == "" || aws.ToBool(d.Enabled) {
			found = aws.ToString(d.Id)
		}
	})
	return found, err
}

func (w website) eachDistribution(ctx context.Context, do func(types.DistributionSummary)) error {
	in := &cloudfront.ListDistributionsInput{}
	for {
		out, err := w.ListDistributions(ctx, in)
		if err != nil {
			return err
		}
		if out.DistributionList == nil {
			return errors.New("the answer about the account's distributions holds no list")
		}
		for _, d := range out.DistributionList.Items {
			do(d)
		}
		if !aws.ToBool(out.DistributionList.IsTruncated) {
			return nil
		}
		in.Marker = out.DistributionList.NextMarker
	}
}

// readDistribution reads a distribution with its tags. It returns nil if there is none.
func (w website) readDistribution(ctx context.Context, id string) (*Distribution, error) {
	out, err := w.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	d := out.Distribution
	if d == nil || d.DistributionConfig == nil {
		return nil, fmt.Errorf("the answer about the distribution %s holds no distribution", id)
	}
	seen := &Distribution{
		ID: id, ARN: aws.ToString(d.ARN), DomainName: aws.ToString(d.DomainName), Status: aws.ToString(d.Status),
		ETag: aws.ToString(out.ETag), Settings: seenSettings(d.DistributionConfig), raw: d.DistributionConfig,
	}
	seen.Foreign = foreign(d.DistributionConfig)
	if seen.Tags, err = w.tagsOf(ctx, id, d.ARN); err != nil {
		return nil, awsclient.Absent(err)
	}
	return seen, nil
}

// applyDistribution creates the distribution or updates what differs. Names that another site of this run has given up
// may still count as taken for a moment.
func (w website) applyDistribution(ctx context.Context, want wish, o *Status) error {
	s, moved := want.Want, o.Holder != nil
	if err := w.untilReleased(ctx, o); err != nil {
		return err
	}
	early := func(err error) bool { return moved && awsclient.IsExists(err) }
	return w.conn.Patiently(ctx, "the names to be free", early, func() error {
		if o.Distribution == nil {
			return w.createDistribution(ctx, s, o)
		}
		if !reflect.DeepEqual(o.Distribution.Settings, s.settings(*o)) {
			if err := w.updateDistribution(ctx, s, o, s.settings(*o)); err != nil {
				return err
			}
			o.Distribution.await = s.Wait
		}
		return w.updateTags(ctx, s, o.Distribution)
	})
}

func (w website) createDistribution(ctx context.Context, s Spec, o *Status) error {
	config := &types.DistributionConfig{
		// A fresh one each time: whether CloudFront accepts the reference of a deleted distribution again is not
		// documented. A distribution whose creation was not confirmed is found by its names and its tag.
		CallerReference: aws.String(s.id() + "-" + strings.ToLower(rand.Text())),
	}
	s.settings(*o).write(config, s.Domain)
	out, err := w.CreateDistributionWithTags(ctx, &cloudfront.CreateDistributionWithTagsInput{
		DistributionConfigWithTags: &types.DistributionConfigWithTags{
			DistributionConfig: config, Tags: &types.Tags{Items: tagList(s.distributionTags())},
		},
	})
	if awsclient.MayHaveWorked(err) { // an earlier attempt, if it has, holds the names now, and bears the tag
		if id, failed := w.withAlias(ctx, s.Names()); failed == nil && id != "" {
			return w.recordCreated(ctx, s, o, id, err)
		}
	}
	if err != nil {
		return err
	}
	if out.Distribution == nil {
		return errors.New("the answer holds no distribution")
	}
	return w.recordCreated(ctx, s, o, aws.ToString(out.Distribution.Id), nil)
}

// recordCreated records a distribution that this run created. If the call failed, an earlier attempt may have created
// it: the tag tells, else the call's error stands.
func (w website) recordCreated(ctx context.Context, s Spec, o *Status, id string, failed error) error {
	var seen *Distribution
	err := w.conn.Until(ctx, "the new distribution to be visible", func(ctx context.Context) (bool, error) {
		var err error
		seen, err = w.readDistribution(ctx, id)
		return seen != nil, err
	})
	if err != nil {
		return err
	}
	if failed != nil && seen.Tags[markerTag] != s.Domain {
		return failed
	}
	seen.await = s.Wait
	o.Distribution = seen
	return nil
}

// updateDistribution writes settings over the configuration as it is now. The ETag keeps it from overwriting a change
// that somebody made between the read and the write: it reads again.
func (w website) updateDistribution(ctx context.Context, s Spec, o *Status, want Settings) error {
	id, what := o.Distribution.ID, "the distribution to stay unchanged between read and write"
	return w.conn.Patiently(ctx, what, awsclient.IsStale, func() error {
		live, err := w.readDistribution(ctx, id)
		if err != nil {
			return err
		}
		if live == nil {
			return fmt.Errorf("the distribution %s does not exist any more", id)
		}
		want.write(live.raw, s.Domain)
		_, err = w.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
			Id: &id, IfMatch: &live.ETag, DistributionConfig: live.raw,
		})
		if err == nil {
			o.Distribution.Settings = want
		}
		return err
	})
}

// getDistribution is the operation as the interface that the SDK's waiter takes.
type getDistribution awsclient.CloudFrontCall[cloudfront.GetDistributionInput, cloudfront.GetDistributionOutput]

// GetDistribution calls it.
func (get getDistribution) GetDistribution(
	ctx context.Context, in *cloudfront.GetDistributionInput, options ...func(*cloudfront.Options),
) (*cloudfront.GetDistributionOutput, error) {
	return get(ctx, in, options...)
}

// untilDeployed waits until the latest change of the distribution is deployed, which takes minutes.
func (w website) untilDeployed(ctx context.Context, id string) error {
	pace := w.conn.Pace
	waiter := cloudfront.NewDistributionDeployedWaiter(getDistribution(w.GetDistribution),
		func(o *cloudfront.DistributionDeployedWaiterOptions) {
			o.MinDelay, o.MaxDelay = pace.DeployMin, pace.DeployMax
		})
	stop := awsclient.Progress(ctx, pace, "the distribution "+id+" to be deployed")
	defer stop()
	if err := waiter.Wait(ctx, &cloudfront.GetDistributionInput{Id: &id}, pace.Deployment); err != nil {
		return fmt.Errorf("waiting for the distribution %s to be deployed: %w", id, err)
	}
	return nil
}

// removeDistribution disables the distribution and takes its names off, so that another one can have them at once.
// DestroyWait waits until that is deployed and deletes it. DestroyDisable tags it for a later run to delete.
func (w website) removeDistribution(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	d := o.Distribution
	off := d.Settings
	off.Enabled, off.Comment = false, s.Domain // reap looks for a domain in the comment
	if d.Settings.Enabled || len(d.Settings.Names) > 0 {
		off.Names, off.CertificateARN = nil, ""
		if s.DestroyMode == DestroyDisable {
			off = off.parted() // so that a later run can delete those before the distribution
		}
		if err := w.updateDistribution(ctx, s, o, off); err != nil {
			return err
		}
	}
	o.target = d.DomainName
	if s.DestroyMode == DestroyDisable {
		_, err := w.TagResource(ctx, &cloudfront.TagResourceInput{
			Resource: &d.ARN, Tags: &types.Tags{Items: tagList(map[string]string{reapTag: s.Domain})},
		})
		if err := awsclient.Absent(err); err != nil {
			return err
		}
		o.Distribution, o.retired = nil, true
		return nil
	}
	if err := w.untilDeployed(ctx, d.ID); err != nil {
		return err
	}
	if err := w.deleteDistribution(ctx, d.ID); err != nil {
		return err
	}
	o.Distribution = nil
	return nil
}

// deleteDistribution deletes a distribution that was disabled, and whose change is deployed.
func (w website) deleteDistribution(ctx context.Context, id string) error {
	return w.conn.Patiently(ctx, "the distribution to be disabled everywhere", awsclient.IsStale, func() error {
		out, err := w.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
		if err != nil {
			return awsclient.Absent(err)
		}
		_, err = w.DeleteDistribution(ctx, &cloudfront.DeleteDistributionInput{Id: &id, IfMatch: out.ETag})
		return awsclient.Absent(err)
	})
}

// deleteUnused deletes something that a distribution used until just now. CloudFront may refuse that for a while, so it
// is tried again.
func (w website) deleteUnused(ctx context.Context, what string, remove func() error) error {
	early := func(err error) bool { return awsclient.IsConflict(err) || awsclient.IsStale(err) }
	return w.conn.Patiently(ctx, what+" to be no longer in use", early, remove)
}
