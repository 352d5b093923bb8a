package website

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

type (
	composite = reconcile.Composite[Spec, Status]
	part      = reconcile.Part[Spec, Status]
	wish      = reconcile.Wish[Spec]
)

// website holds what the parts need to act.
type website struct {
	API
	conn *awsclient.Conn
}

// parallelReads is how many reads of one site, or of one list, are under way at once.
const parallelReads = 8

// New is the composite behind spinup_website. The bucket comes first, closed to the public, then what the distribution
// needs, the distribution, the first page, which the policy may keep this run from writing later, the permissions to
// read and manage it, and DNS last. It is destroyed in the opposite order, so that nobody else can create a bucket of
// the name while the site still answers.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	w := website{API: NewAPI(conn), conn: conn}
	b := bucket.PartsOf(conn)
	lift := func(name string, parts ...reconcile.Part[bucket.Spec, bucket.Status]) []part {
		var all []part
		for _, p := range parts {
			lifted := reconcile.Lift(p, bucketSpec, func(o *Status) *bucket.Status { return &o.Bucket })
			switch {
			case name != "":
				lifted.Attribute = name
			case p.Attribute == "object_ownership" || p.Attribute == "public_access":
				lifted.Attribute = "origin_access"
			}
			all = append(all, lifted)
		}
		return all
	}
	root := lift("bucket_name", b.Root)
	settings := slices.Clone(b.Settings)
	slices.SortStableFunc(settings, func(x, y reconcile.Part[bucket.Spec, bucket.Status]) int {
		return cmp.Compare(rank(x.Attribute), rank(y.Attribute))
	})
	return composite{
		Noun: "website",
		Parts: slices.Concat(
			root, lift("", settings...), []part{w.endpoint()}, lift("access_levels", b.Levels...),
			[]part{w.certificate(), w.formerCertificate(), w.access(), w.function(), w.distribution(), w.placeholder()},
			lift("origin_access", b.Policy), lift("", b.Lockout),
			[]part{webAdmins(conn), w.records(), w.danglingRecords(), w.invalidation()},
		),
		Parallel:    parallelReads,
		Rescue:      conn.Pace.Rescue,
		WithoutRoot: withoutBucket,
		Taken:       w.taken,
		Afterwards: func(ctx context.Context, _ Spec) error {
			_, err := w.reap(ctx)
			return err
		},
		Until: conn.Until,
	}
}

// rank puts the tags of the bucket first: with them a bucket whose site was never finished is known again.
func rank(attribute string) int {
	if attribute == "tags" {
		return 0
	}
	return 1
}

// withoutBucket clears what can exist in a bucket only. The groups are those of its name, and outlive it.
func withoutBucket(o *Status) {
	seen := o.Bucket
	o.Bucket = bucket.Status{Admin: seen.Admin, ReadWrite: seen.ReadWrite, ReadOnly: seen.ReadOnly}
	o.Endpoint, o.Placed = nil, false
}

// bucketSpec is what the site wants of its bucket. Only the distribution may read it or, with the website endpoint,
// everybody. A bucket that is public by a statement of another owner, as those of the Yale service are, stays as it is
// until origin_access is to be private.
func bucketSpec(s Spec, have *Status) bucket.Spec {
	b := s.Bucket
	b.ReadAll = s.ReadAll
	if b.IgnoreTag == nil || !b.IgnoreTag(markerTag) {
		b.Tags = s.distributionTags()
	}
	b.ExemptServices = true // how CloudFront fetches is not a reader's choice
	b.Ownership = string(types.ObjectOwnershipBucketOwnerEnforced)
	b.PublicAccess = bucket.PublicNone
	if s.Placeholder {
		b.Placeholder = s.Index
	}
	if s.Origin == OriginEndpoint {
		b.PublicAccess = bucket.PublicRead
		if have != nil && have.Bucket.PublicAccess(b) == bucket.Unblocked && have.Bucket.Public() {
			b.PublicAccess = bucket.Unblocked
		}
		if have != nil && have.Bucket.Ownership != nil {
			b.Ownership = *have.Bucket.Ownership
		}
	}
	if s.Origin == OriginPrivate {
		b.Revoked = append(slices.Clone(b.Revoked), bucket.AnonymousRead(b.Partition, b.Name).Key())
	}
	if have != nil && have.Distribution != nil && s.Origin == OriginPrivate {
		b.Reader, b.ReaderLists = have.Distribution.ARN, s.readerLists()
	}
	return b
}

// webAdmins is the access level of those who may invalidate the cache.
func webAdmins(conn *awsclient.Conn) part {
	lifted := reconcile.Lift(access.ByGroup(conn), webAdmin, func(o *Status) *access.Status { return &o.WebAdmin })
	lifted.Attribute = "groups"
	return lifted
}

// webAdmin is what the site wants of that level.
func webAdmin(s Spec, have *Status) access.Spec {
	distribution := ""
	if have != nil && have.Distribution != nil {
		distribution = have.Distribution.ARN
	}
	return access.Spec{
		Name: s.Domain, Level: access.WebAdmin, Document: access.WebAdminDocument(distribution), Wanted: true,
		GroupARN:  s.Bucket.GroupARNs[access.WebAdmin],
		PolicyARN: s.Bucket.PolicyARNs[access.WebAdmin], Partition: s.Bucket.Partition, AccountID: s.Bucket.AccountID,
		Path: s.Bucket.IAMPath,
	}
}

func at(s Spec) func(*s3.Options) { return func(o *s3.Options) { o.Region = s.Bucket.Region } }

// retryWhileNew repeats a write that fails because the bucket is too new to be known everywhere.
func (w website) retryWhileNew(ctx context.Context, o *Status, write func() error) error {
	if root := o.Bucket.Root; root == nil || !root.Fresh {
		return write()
	}
	return w.conn.Patiently(ctx, "the new bucket to be visible", awsclient.IsNotFound, write)
}
