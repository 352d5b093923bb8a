package bucket

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// named is how many locked versions an error names.
const named = 3

// bypass is what a deletion says about governance retention. S3 asks for a permission of its own for saying yes, and
// takes it for buckets with object lock only.
func (s Spec) bypass() *bool {
	if !s.BypassGovernance {
		return nil
	}
	return &s.BypassGovernance
}

// lockable reports whether the bucket has object lock.
func (b bucket) lockable(ctx context.Context, s Spec) (bool, error) {
	_, err := b.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &s.Name}, at(s))
	if noLock(err) {
		return false, nil
	}
	return err == nil, err
}

// noLock reports whether the answer says that there is no lock: the bucket or the version has none, it is a delete
// marker, or the store does not know of locks.
func noLock(err error) bool {
	return awsclient.IsNotFound(err) || awsclient.IsNotImplemented(err) || awsclient.IsUnsupported(err)
}

// errEnough ends the search for locked versions.
var errEnough = errors.New("enough locked versions were found")

// unlocked refuses to empty a bucket with versions that S3 would not delete, because of object lock. In a bucket that
// has it, versions are asked for until some are found that are locked.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
func (b bucket) unlocked(ctx context.Context, s Spec) error {
	if has, err := b.lockable(ctx, s); !has {
		return err
	}
	var mu sync.Mutex
	var held []string
	group, asking := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	limiter := awsclient.NewLimiter(atOnce)
	listed := b.eachPage(asking, s, limiter, 1, func(page []types.ObjectIdentifier) {
		for _, version := range page {
			group.Go(func() error {
				var lock string
				err := limiter.Do(asking, func(ctx context.Context) (err error) {
					lock, err = b.lockOf(ctx, s, version)
					return err
				})
				mu.Lock()
				defer mu.Unlock()
				if lock == "" || err != nil {
					return err
				}
				held = append(held, fmt.Sprintf("%s (version %s, %s)",
					aws.ToString(version.Key), aws.ToString(version.VersionId), lock))
				if len(held) >= named {
					return errEnough
				}
				return nil
			})
		}
	})
	failed := group.Wait()
	switch {
	case len(held) > 0: // whatever else ended the search
		slices.Sort(held)
		return fmt.Errorf("the bucket %s holds versions under object lock, which S3 would not delete: %s; wait until the "+
			"date, lift the legal hold, or, under governance only, delete them with the permission "+
			"s3:BypassGovernanceRetention, as spinup_bucket does with bypass_governance = true, applied before the destroy, "+
			"and spinup_empty_bucket as soon as it is set", s.Name, strings.Join(held[:min(len(held), named)], ", "))
	case failed != nil:
		return failed // it canceled the listing
	}
	return listed
}

// lockOf is the lock that keeps S3 from deleting a version; empty for none. A delete marker has none.
func (b bucket) lockOf(ctx context.Context, s Spec, o types.ObjectIdentifier) (string, error) {
	retention, err := b.GetObjectRetention(ctx, &s3.GetObjectRetentionInput{
		Bucket: &s.Name, Key: o.Key, VersionId: o.VersionId,
	}, at(s))
	if err != nil && !noLock(err) {
		return "", err
	}
	if err == nil && retention.Retention != nil {
		r := retention.Retention
		bypassed := s.BypassGovernance && r.Mode == types.ObjectLockRetentionModeGovernance
		if until := aws.ToTime(r.RetainUntilDate); until.After(time.Now()) && !bypassed {
			return fmt.Sprintf("%s until %s", r.Mode, until.UTC().Format(time.RFC3339)), nil
		}
	}
	hold, err := b.GetObjectLegalHold(ctx, &s3.GetObjectLegalHoldInput{
		Bucket: &s.Name, Key: o.Key, VersionId: o.VersionId,
	}, at(s))
	if err != nil && !noLock(err) {
		return "", err
	}
	if err == nil && hold.LegalHold != nil && hold.LegalHold.Status == types.ObjectLockLegalHoldStatusOn {
		return "legal hold", nil
	}
	return "", nil
}
