package bucket

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// The modes of retention.
const (
	Governance = string(types.ObjectLockRetentionModeGovernance)
	Compliance = string(types.ObjectLockRetentionModeCompliance)
)

// ObjectLock is whether versions of objects can be locked, and for how long new ones are.
type ObjectLock struct {
	Enabled bool
	Mode    string // "" for no default retention; else exactly one of the others is set
	Days    int32
	Years   int32
}

// locks reports whether the bucket is to have object lock.
func (s Spec) locks() bool { return s.Lock != nil && s.Lock.Enabled }

// objectLock is the configuration of object lock. The bucket is made with it (see root), and never gets or loses it
// later; the default retention changes in place.
func (b bucket) objectLock() part {
	return part{
		Attribute: "object_lock",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Lock != nil },
		Present:   func(o Status) bool { return o.Lock != nil },
		InSync:    func(w wish, o Status) bool { return *o.Lock == *w.Want.Lock },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			lock, err := b.lock(ctx, w.Want)
			if err != nil && (w.Want.locks() || !noLock(err)) {
				return err
			}
			o.Lock = &lock
			return nil
		},
		// A plan to replace the bucket because of a lock that it has already, or that is to go, would be for nothing.
		Enters: func(w wish) bool { return w.Prior != nil && w.Want.Lock != nil && w.Before().Lock == nil },
		CanApply: func(_ context.Context, w wish, o Status) error {
			if w.Prior == nil || w.Before().Lock != nil || o.Lock == nil || !o.Lock.Enabled {
				return nil
			}
			return fmt.Errorf("the bucket %s has object lock, which state does not know: somebody turned it on since the "+
				"bucket was made. Nobody can turn it off. To manage it, take the bucket out of state with `terraform state rm`, "+
				"and import it again", w.Want.Name)
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if o.Lock == nil { // as it was made
				o.Lock = &ObjectLock{Enabled: s.Lock.Enabled}
				if err := b.madeLocked(ctx, s, o); err != nil {
					return err
				}
			}
			if s.Lock.Enabled != o.Lock.Enabled {
				return fmt.Errorf("object lock of the bucket %s can only be turned on when a bucket is made, and never off", s.Name)
			}
			if *s.Lock == *o.Lock {
				return nil
			}
			return b.put(ctx, o, func() error {
				_, err := b.PutObjectLockConfiguration(ctx, &s3.PutObjectLockConfigurationInput{
					Bucket: &s.Name, ObjectLockConfiguration: s.Lock.configuration(),
				}, at(s))
				return err
			})
		},
	}
}

// madeLocked refuses a bucket that a store of which little is known has made without the lock that was asked for.
func (b bucket) madeLocked(ctx context.Context, s Spec, o *Status) error {
	if !s.Lock.Enabled || b.conn.Platform.Has(awsclient.ObjectLock) {
		return nil
	}
	lock, err := b.lock(ctx, s)
	if err != nil || lock.Enabled {
		return err
	}
	err = fmt.Errorf("the store (platform %s) made the bucket without object lock; leave object_lock out",
		b.conn.Platform.Name)
	if o.Root != nil && o.Root.Ours {
		return b.takeBack(ctx, s, o, err)
	}
	return err
}

// lock reads the configuration. A bucket without object lock has none.
func (b bucket) lock(ctx context.Context, s Spec) (lock ObjectLock, err error) {
	out, err := b.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &s.Name}, at(s))
	if err != nil || out.ObjectLockConfiguration == nil {
		return lock, awsclient.Absent(err)
	}
	c := out.ObjectLockConfiguration
	lock.Enabled = c.ObjectLockEnabled == types.ObjectLockEnabledEnabled
	if c.Rule != nil && c.Rule.DefaultRetention != nil {
		r := c.Rule.DefaultRetention
		lock.Mode, lock.Days, lock.Years = string(r.Mode), aws.ToInt32(r.Days), aws.ToInt32(r.Years)
	}
	return lock, nil
}

// configuration is the lock as S3 takes it. Without a rule there is no default retention.
func (l ObjectLock) configuration() *types.ObjectLockConfiguration {
	c := &types.ObjectLockConfiguration{ObjectLockEnabled: types.ObjectLockEnabledEnabled}
	if l.Mode == "" {
		return c
	}
	r := &types.DefaultRetention{Mode: types.ObjectLockRetentionMode(l.Mode)}
	if l.Days > 0 {
		r.Days = &l.Days
	}
	if l.Years > 0 {
		r.Years = &l.Years
	}
	c.Rule = &types.ObjectLockRule{DefaultRetention: r}
	return c
}
