package website

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
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

// parallelReads is how many reads of one site are under way at once.
const parallelReads = 8

// New is the composite behind spinup_website. The bucket comes first, closed, then what the distribution needs, the
// distribution, who may read and manage it, and DNS last. It is taken apart the other way round: nobody can take the
// name of the bucket while the site still answers.
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
	return composite{
		Noun: "website",
		Parts: slices.Concat(
			root, lift("", b.Settings...), []part{w.endpoint()}, lift("access_levels", b.Levels...),
			[]part{w.certificate(), w.formerCertificate(), w.access(), w.function(), w.distribution()},
			lift("origin_access", b.Policy), lift("groups", b.WebAdmin),
			[]part{w.placeholder(), w.records(), w.invalidation()},
		),
		Parallel:   parallelReads,
		Rescue:     conn.Pace.Rescue,
		Afterwards: w.reap,
		Until:      conn.Until,
	}
}

// bucketSpec is what the site wants of its bucket: closed to everybody but the distribution or, with the website
// endpoint, open to everybody. One that is open without our statement, as the Yale service made them, stays as it is
// until it is to be closed.
func bucketSpec(s Spec, have *Status) bucket.Spec {
	b := s.Bucket
	b.Site, b.ReadAll = s.Domain, s.ReadAll
	b.Ownership = string(types.ObjectOwnershipBucketOwnerEnforced)
	b.PublicAccess = bucket.PublicNone
	if s.Placeholder {
		b.Placeholder = s.Index
	}
	b.Levels = append(slices.Clone(b.Levels), bucket.WebAdmin)
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
	if have != nil && have.Distribution != nil {
		b.WebAdminARN = have.Distribution.ARN
		if s.Origin == OriginPrivate {
			b.DistributionARN = have.Distribution.ARN
		}
	}
	return b
}

func at(s Spec) func(*s3.Options) { return func(o *s3.Options) { o.Region = s.Bucket.Region } }

// patient repeats a write while the bucket is so new that it is not known everywhere.
func (w website) patient(ctx context.Context, o *Status, write func() error) error {
	if root := o.Bucket.Root; root == nil || !root.Fresh {
		return write()
	}
	return w.conn.Patiently(ctx, "the new bucket to be known everywhere", awsclient.IsNotFound, write)
}
