package bucket

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

type (
	composite = reconcile.Composite[Spec, Status]
	part      = reconcile.Part[Spec, Status]
	wish      = reconcile.Wish[Spec]
)

// parallelReads is how many reads of one composite, or of one list, are under way at once.
const parallelReads = 8

// bucket holds what the parts need to act.
type bucket struct {
	API
	LockWrites
	PlaceholderReads
	storeCalls
	conn *awsclient.Conn
}

func newBucket(conn *awsclient.Conn) bucket {
	return bucket{
		API: NewAPI(conn), LockWrites: LockWrites{awsclient.S3(conn).PutObjectLockConfiguration},
		PlaceholderReads: PlaceholderReads{awsclient.S3(conn).GetObjectTagging},
		storeCalls:       newStoreCalls(conn), conn: conn,
	}
}

// New is the composite behind spinup_bucket. Protection comes before exposure: the switches, then the policy, then
// the groups that may use the bucket.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	p := PartsOf(conn)
	return composite{
		Noun:        "bucket",
		Parts:       slices.Concat([]part{p.Root, p.Owner}, p.Settings, []part{p.Lock, p.Policy, p.Lockout}, p.Levels),
		Parallel:    parallelReads,
		Rescue:      conn.Pace.Rescue,
		WithoutRoot: (*Status).WithoutRoot,
		Until:       conn.Until,
	}
}

// Parts are the parts of a bucket, for composites that hold one.
type Parts struct {
	Root     part
	Owner    part
	Settings []part // within the bucket
	Lock     part   // too, where the composite has a setting for it
	Policy   part
	Lockout  part // comes next to the policy
	Levels   []part
}

// PartsOf makes the parts.
func PartsOf(conn *awsclient.Conn) Parts {
	b := newBucket(conn)
	var levels []part
	for _, l := range access.Levels() {
		levels = append(levels, b.level(l))
	}
	settings := []part{
		b.needs(awsclient.Ownership, b.ownership()),
		b.publicAccess(),
		b.needs(awsclient.Encryption, b.encryption()),
		b.needs(awsclient.Versioning, b.versioning()),
		b.needs(awsclient.Logging, b.accessLog()),
		b.needs(awsclient.Tagging, b.tags()),
		b.needs(awsclient.Lifecycle, b.lifecycle()),
		b.needs(awsclient.CORS, b.cors()),
	}
	lock := b.needs(awsclient.ObjectLock, b.objectLock())
	return Parts{
		Root:     b.root(),
		Owner:    b.owner(),
		Settings: settings,
		Lock:     lock,
		Policy:   b.needs(awsclient.Policy, b.policy()),
		Lockout:  b.lockout(),
		Levels:   levels,
	}
}

// at sends an S3 call to the bucket's own region.
func at(s Spec) func(*s3.Options) { return func(o *s3.Options) { o.Region = s.Region } }

// put writes a setting of the bucket. While the bucket is new, a not-found is retried.
func (b bucket) put(ctx context.Context, have *Status, write func() error) error {
	if have.Root == nil || !have.Root.Fresh {
		return write()
	}
	return b.conn.Patiently(ctx, "the new bucket to be known everywhere", awsclient.IsNotFound, write)
}

func (b bucket) root() part {
	return part{
		Attribute: "name",
		Present:   func(o Status) bool { return o.Root != nil },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			out, err := b.head(ctx, s)
			switch {
			case awsclient.IsNotFound(err):
				o.Root = nil
			case awsclient.IsAccessDenied(err) && b.shut(ctx, s, o):
				o.Root = &Root{Region: s.Region, Fresh: o.Root != nil && o.Root.Fresh, Shut: true}
			case awsclient.IsAccessDenied(err):
				return fmt.Errorf("the name is taken by another account, or s3:ListBucket on arn:%s:s3:::%s is not allowed: %w",
					s.Partition, s.Name, err)
			case err != nil:
				return err
			default:
				fresh := o.Root != nil && o.Root.Fresh
				o.Root = &Root{Region: cmp.Or(aws.ToString(out.BucketRegion), s.Region), Fresh: fresh}
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			in := &s3.CreateBucketInput{Bucket: &s.Name}
			if s.locks() {
				in.ObjectLockEnabledForBucket = aws.Bool(true)
			}
			// us-east-1 must not be named, every other region must.
			if s.Region != "us-east-1" && b.conn.Platform.LocationConstraint {
				in.CreateBucketConfiguration = &types.CreateBucketConfiguration{
					LocationConstraint: types.BucketLocationConstraint(s.Region),
				}
			}
			b.policyWriter(s, o).Forget()
			lifecyclerule.NewWriter(b.conn, s.Name, s.Region).Forget()
			var err error
			if s.Owner != "" {
				err = b.createFor(ctx, s, o)
			} else {
				_, err = b.CreateBucket(ctx, in, at(s))
			}
			ours := err == nil
			if awsclient.IsExists(err) {
				if !awsclient.MayHaveWorked(err) {
					return fmt.Errorf("%w: %w", reconcile.ErrForeign, err)
				}
				err = nil // an earlier attempt of this call made it: before the call there was no such bucket
			}
			if s.locks() && awsclient.IsAccessDenied(err) {
				return &awsclient.NeedsError{
					Actions: []string{"s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"}, Err: err,
				}
			}
			if err != nil {
				return b.unlessTheirs(ctx, s, err)
			}
			o.Root = &Root{Region: s.Region, Fresh: true, Ours: ours}
			return b.conn.Until(ctx, "the new bucket to be seen", func(ctx context.Context) (bool, error) {
				_, err := b.head(ctx, s)
				return err == nil, awsclient.Absent(err)
			})
		},
		CanRemove: b.canEmpty,
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			err := b.destroy(ctx, s, o)
			if b.conn.Platform.Has(awsclient.AdminAPI) {
				versitygw.New(b.conn).ForgetLists()
			}
			if awsclient.IsNotEmpty(err) {
				if left, unseen := b.sample(ctx, s); unseen == nil && len(left) == 0 && !b.conn.Platform.AWSEndpoints {
					return fmt.Errorf("the store lists nothing in the bucket %s and yet holds something in it, so it was not "+
						"deleted. VersityGW keeps old versions out of its lists whose keys have // or ./ in them: have them "+
						"removed on the store itself: %w", s.Name, err)
				}
				return fmt.Errorf("something was put into the bucket %s since it was looked at, and it was not deleted: %w",
					s.Name, err)
			}
			if err != nil {
				return err
			}
			o.Root = nil
			return nil
		},
	}
}

// head looks for the bucket. The answer to HEAD has no body, so that of a failure nothing but its status is known. AWS
// marks it with the id of the request; of other stores the reason is asked with a call that needs the same permission.
func (b bucket) head(ctx context.Context, s Spec) (*s3.HeadBucketOutput, error) {
	out, err := b.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &s.Name}, at(s))
	if b.conn.Platform.AWSEndpoints || !awsclient.IsBare(err) {
		return out, err
	}
	_, err = b.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: &s.Name, MaxKeys: aws.Int32(1)}, at(s))
	if err != nil {
		return nil, err
	}
	return &s3.HeadBucketOutput{}, nil
}

// unlessTheirs is the failure of a creation. If nobody knows whether it took effect, and there is a bucket that holds
// something already, then somebody else made it in the meantime.
func (b bucket) unlessTheirs(ctx context.Context, s Spec, err error) error {
	if !awsclient.IsUncertain(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
	defer cancel()
	if found, unseen := b.list(ctx, s); unseen != nil || len(found) == 0 {
		return err
	}
	return fmt.Errorf("%w, since it holds objects: %w", reconcile.ErrForeign, err)
}

func (b bucket) ownership() part {
	return part{
		Attribute: "object_ownership",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Ownership != "" },
		Present:   func(o Status) bool { return o.Ownership != nil },
		InSync:    func(w wish, o Status) bool { return *o.Ownership == w.Want.Ownership },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			out, err := b.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &s.Name}, at(s))
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			// A bucket from before ownership controls has none and behaves like this.
			seen := string(types.ObjectOwnershipObjectWriter)
			if err == nil && out.OwnershipControls != nil && len(out.OwnershipControls.Rules) > 0 {
				seen = string(out.OwnershipControls.Rules[0].ObjectOwnership)
			}
			o.Ownership = &seen
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			return b.put(ctx, o, func() error {
				_, err := b.PutBucketOwnershipControls(ctx, &s3.PutBucketOwnershipControlsInput{
					Bucket: &s.Name,
					OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{
						{ObjectOwnership: types.ObjectOwnership(s.Ownership)},
					}},
				}, at(s))
				return err
			})
		},
	}
}

// publicAccess are the four switches. A store that has none has nothing to switch off: there public_access is the
// policy's alone, and switches that are set one by one are an error.
func (b bucket) publicAccess() part {
	return part{
		Attribute: "public_access",
		Inside:    true,
		Watched: func(s Spec) bool {
			return (s.PublicAccess != "" || s.Block != nil || s.ReadAll) && !b.conn.Platform.Lacks(awsclient.PublicAccessBlock)
		},
		Wanted:  func(w wish) bool { return w.Want.PublicAccess != "" || w.Want.Block != nil },
		Present: func(o Status) bool { return o.Block != nil || o.Switchless },
		InSync: func(w wish, o Status) bool {
			return o.Switchless && w.Want.Block == nil || o.Block != nil && *o.Block == w.Want.block()
		},
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			out, err := b.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &s.Name}, at(s))
			if b.switchless(err) {
				o.Switchless = true
				return nil
			}
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			o.Block = &Block{}
			if err == nil && out.PublicAccessBlockConfiguration != nil {
				c := out.PublicAccessBlockConfiguration
				*o.Block = Block{
					aws.ToBool(c.BlockPublicAcls), aws.ToBool(c.IgnorePublicAcls),
					aws.ToBool(c.BlockPublicPolicy), aws.ToBool(c.RestrictPublicBuckets),
				}
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if !b.conn.Platform.Has(awsclient.PublicAccessBlock) { // some take the write for one of the bucket itself
				_, err := b.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &s.Name}, at(s))
				if b.switchless(err) {
					return b.withoutSwitches(ctx, s, o, err)
				}
			}
			want := s.block()
			o.Opened = !want.PublicPolicy
			return b.put(ctx, o, func() error {
				_, err := b.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
					Bucket: &s.Name,
					PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
						BlockPublicAcls: &want.PublicACLs, IgnorePublicAcls: &want.IgnoreACLs,
						BlockPublicPolicy: &want.PublicPolicy, RestrictPublicBuckets: &want.Restrict,
					},
				}, at(s))
				if b.switchless(err) {
					return b.withoutSwitches(ctx, s, o, err)
				}
				return err
			})
		},
	}
}

// withoutSwitches is what becomes of switches that the store does not have.
func (b bucket) withoutSwitches(ctx context.Context, s Spec, o *Status, err error) error {
	o.Opened, o.Switchless = false, true
	if s.Block == nil {
		return nil
	}
	err = fmt.Errorf("public_access_block is set, and %w", b.missing(awsclient.PublicAccessBlock, err))
	if o.Root != nil && o.Root.Ours {
		return b.takeBack(ctx, s, o, err)
	}
	return err
}

// switchless reports whether a store of which it is not known turns out to have no switches against public access.
func (b bucket) switchless(err error) bool {
	return !b.conn.Platform.Has(awsclient.PublicAccessBlock) && awsclient.IsUnsupported(err)
}

func (b bucket) encryption() part {
	return part{
		Attribute: "encryption",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Encryption != nil },
		Present:   func(o Status) bool { return o.Encryption != nil },
		InSync:    func(w wish, o Status) bool { return *o.Encryption == *w.Want.Encryption },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			rule, err := b.encryptionRule(ctx, s)
			if err != nil {
				return err
			}
			o.Encryption = nil
			if by := rule.ApplyServerSideEncryptionByDefault; by != nil {
				o.Encryption = &Encryption{
					Algorithm: string(by.SSEAlgorithm),
					KMSKeyARN: aws.ToString(by.KMSMasterKeyID),
					BucketKey: aws.ToBool(rule.BucketKeyEnabled),
				}
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			var rule types.ServerSideEncryptionRule
			if o.Encryption != nil { // other settings of the rule stay as they are
				var err error
				if rule, err = b.encryptionRule(ctx, s); err != nil {
					return err
				}
			}
			rule.BucketKeyEnabled = &s.Encryption.BucketKey
			rule.ApplyServerSideEncryptionByDefault = &types.ServerSideEncryptionByDefault{
				SSEAlgorithm: types.ServerSideEncryption(s.Encryption.Algorithm),
			}
			if s.Encryption.KMSKeyARN != "" {
				rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID = &s.Encryption.KMSKeyARN
			}
			return b.put(ctx, o, func() error {
				_, err := b.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
					Bucket: &s.Name,
					ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
						Rules: []types.ServerSideEncryptionRule{rule},
					},
				}, at(s))
				return err
			})
		},
	}
}

// encryptionRule is the bucket's one rule, empty if there is none: AWS answers with an error then, some stores without
// a configuration.
func (b bucket) encryptionRule(ctx context.Context, s Spec) (types.ServerSideEncryptionRule, error) {
	out, err := b.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: &s.Name}, at(s))
	if err != nil {
		return types.ServerSideEncryptionRule{}, awsclient.Absent(err)
	}
	if c := out.ServerSideEncryptionConfiguration; c != nil && len(c.Rules) > 0 {
		return c.Rules[0], nil
	}
	return types.ServerSideEncryptionRule{}, nil
}

func (b bucket) versioning() part {
	enabled := func(o Status) bool { return *o.Versioning == string(types.BucketVersioningStatusEnabled) }
	return part{
		Attribute: "versioning",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Versioning != nil },
		Present:   func(o Status) bool { return o.Versioning != nil },
		InSync:    func(w wish, o Status) bool { return enabled(o) == *w.Want.Versioning },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			out, err := b.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &s.Name}, at(s))
			never := awsclient.IsUnsupported(err) && s.Versioning != nil && !*s.Versioning // as it should be
			if err := awsclient.Absent(err); err != nil && !never {
				return err
			}
			o.Versioning = new(string)
			if err == nil {
				*o.Versioning = string(out.Status)
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if o.Versioning == nil && !*s.Versioning {
				return nil // on a new bucket it was never enabled, and "suspended" is not the same
			}
			status := types.BucketVersioningStatusSuspended
			if *s.Versioning {
				status = types.BucketVersioningStatusEnabled
			}
			return b.put(ctx, o, func() error {
				_, err := b.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
					Bucket:                  &s.Name,
					VersioningConfiguration: &types.VersioningConfiguration{Status: status},
				}, at(s))
				return err
			})
		},
	}
}

func (b bucket) accessLog() part {
	return part{
		Attribute: "access_log",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.AccessLog != nil },
		Wanted:    func(w wish) bool { return w.Want.AccessLog != nil },
		Present:   func(o Status) bool { return o.Log != nil },
		InSync:    func(w wish, o Status) bool { return *o.Log == *w.Want.AccessLog },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			enabled, err := b.logging(ctx, s)
			if err != nil {
				return err
			}
			o.Log = nil
			if enabled != nil {
				o.Log = &AccessLog{aws.ToString(enabled.TargetBucket), aws.ToString(enabled.TargetPrefix)}
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			enabled := &types.LoggingEnabled{}
			if o.Log != nil { // grants and key format stay as they are
				live, err := b.logging(ctx, s)
				if err != nil {
					return err
				}
				if live != nil {
					enabled = live
				}
			}
			enabled.TargetBucket, enabled.TargetPrefix = &s.AccessLog.Bucket, &s.AccessLog.Prefix
			return b.put(ctx, o, func() error { return b.putLogging(ctx, s, enabled) })
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if err := b.putLogging(ctx, s, nil); err != nil {
				return err
			}
			o.Log = nil
			return nil
		},
	}
}

func (b bucket) logging(ctx context.Context, s Spec) (*types.LoggingEnabled, error) {
	out, err := b.GetBucketLogging(ctx, &s3.GetBucketLoggingInput{Bucket: &s.Name}, at(s))
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	return out.LoggingEnabled, nil
}

func (b bucket) putLogging(ctx context.Context, s Spec, enabled *types.LoggingEnabled) error {
	_, err := b.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{
		Bucket:              &s.Name,
		BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: enabled},
	}, at(s))
	return err
}

// systemTag reports whether AWS itself owns the tag: users can neither set nor remove it.
func systemTag(key string) bool { return strings.HasPrefix(key, "aws:") }

func (b bucket) tags() part {
	return part{
		Attribute: "tags",
		Inside:    true,
		Watched:   func(s Spec) bool { return len(s.Tags) > 0 || b.conn.Platform.Has(awsclient.Tagging) },
		Wanted:    func(wish) bool { return true }, // without any, those of before are removed
		Present:   func(o Status) bool { return o.Tags != nil },
		InSync:    func(w wish, o Status) bool { return maps.Equal(w.Want.OwnTags(o.Tags), w.Want.Tags) },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			tags, err := tagsOf(ctx, b.GetBucketTagging, s)
			if err != nil {
				return err
			}
			o.Tags = tags
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			if o.Tags == nil && len(w.Want.Tags) == 0 {
				return nil
			}
			return b.put(ctx, o, func() error { return b.putTags(ctx, w.Want, o.Tags) })
		},
		CanRemove: func(_ context.Context, w wish, o Status) error {
			s := w.Want
			var foreign []string
			for key := range o.Tags {
				if s.ignores(key) && !systemTag(key) {
					foreign = append(foreign, key)
				}
			}
			return lost(s, "tags of other owners (ignore_tags)", foreign)
		},
	}
}

// putTags writes the set whole, tags of other owners included. Those of a new bucket were not read yet.
func (b bucket) putTags(ctx context.Context, s Spec, live map[string]string) error {
	if live == nil {
		var err error
		if live, err = liveTags(ctx, b.GetBucketTagging, s); err != nil {
			return err
		}
	}
	set := maps.Clone(live)
	maps.DeleteFunc(set, func(key, _ string) bool { return !s.ignores(key) })
	maps.Copy(set, s.Tags)
	if len(set) == 0 {
		if len(live) == 0 {
			return nil
		}
		_, err := b.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: &s.Name}, at(s))
		return err
	}
	tagging := &types.Tagging{}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		tagging.TagSet = append(tagging.TagSet, types.Tag{Key: aws.String(key), Value: aws.String(set[key])})
	}
	_, err := b.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &s.Name, Tagging: tagging}, at(s))
	return err
}

// tagsOf reads the live tags. A bucket without tags, or that does not exist, has an empty set.
func tagsOf(
	ctx context.Context, get awsclient.S3Call[s3.GetBucketTaggingInput, s3.GetBucketTaggingOutput], s Spec,
) (map[string]string, error) {
	tags, err := liveTags(ctx, get, s)
	return tags, awsclient.Absent(err)
}

// liveTags is tagsOf, but that a bucket must exist.
func liveTags(
	ctx context.Context, get awsclient.S3Call[s3.GetBucketTaggingInput, s3.GetBucketTaggingOutput], s Spec,
) (map[string]string, error) {
	out, err := get(ctx, &s3.GetBucketTaggingInput{Bucket: &s.Name}, at(s))
	tags := map[string]string{}
	switch {
	case awsclient.IsNotFound(err) && !awsclient.IsNoBucket(err):
		return tags, nil
	case err != nil:
		return tags, err
	}
	for _, tag := range out.TagSet {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags, nil
}

// lost refuses to destroy a bucket together with what other owners put on it, except with force_destroy.
func lost(s Spec, what string, names []string) error {
	if s.ForceDestroy || len(names) == 0 {
		return nil
	}
	slices.Sort(names)
	return fmt.Errorf("the bucket %s has %s, which would be lost: %s; remove them first, or set force_destroy = true "+
		"and apply to destroy the bucket with them", s.Name, what, strings.Join(names, ", "))
}
