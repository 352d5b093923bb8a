package website

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
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

// absent turns a typed not-found into "nothing there".
func absent(err error) error {
	if awsclient.IsNotFound(err) {
		return nil
	}
	return err
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

// endpoint is the bucket's own website, where the distribution reads through it.
func (w website) endpoint() part {
	return part{
		Attribute: "origin_access",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Origin == OriginEndpoint || s.ReadAll },
		Wanted:    func(w wish) bool { return w.Want.Origin == OriginEndpoint },
		Present:   func(o Status) bool { return o.Endpoint != nil },
		InSync:    func(w wish, o Status) bool { return *o.Endpoint == Endpoint{w.Want.Index, w.Want.Error} },
		Observe: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			out, err := w.GetBucketWebsite(ctx, &s3.GetBucketWebsiteInput{Bucket: &s.Bucket.Name}, at(s))
			if err != nil {
				if awsclient.IsNotFound(err) {
					o.Endpoint = nil
				}
				return awsclient.Absent(err)
			}
			o.Endpoint = &Endpoint{}
			if out.IndexDocument != nil {
				o.Endpoint.Index = aws.ToString(out.IndexDocument.Suffix)
			}
			if out.ErrorDocument != nil {
				o.Endpoint.Error = aws.ToString(out.ErrorDocument.Key)
			}
			return nil
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			config := &types.WebsiteConfiguration{IndexDocument: &types.IndexDocument{Suffix: &s.Index}}
			if s.Error != "" {
				config.ErrorDocument = &types.ErrorDocument{Key: &s.Error}
			}
			return w.patient(ctx, o, func() error {
				_, err := w.PutBucketWebsite(ctx,
					&s3.PutBucketWebsiteInput{Bucket: &s.Bucket.Name, WebsiteConfiguration: config}, at(s))
				return err
			})
		},
		Remove: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			_, err := w.DeleteBucketWebsite(ctx, &s3.DeleteBucketWebsiteInput{Bucket: &s.Bucket.Name}, at(s))
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			o.Endpoint = nil
			return nil
		},
	}
}

func at(s Spec) func(*s3.Options) { return func(o *s3.Options) { o.Region = s.Bucket.Region } }

// patient repeats a write while the bucket is so new that it is not known everywhere.
func (w website) patient(ctx context.Context, o *Status, write func() error) error {
	if root := o.Bucket.Root; root == nil || !root.Fresh {
		return write()
	}
	return w.conn.Patiently(ctx, "the new bucket to be known everywhere", awsclient.IsNotFound, write)
}

// placeholder is a first page, so that a new site answers. What becomes of it is not our business.
func (w website) placeholder() part {
	return part{
		Attribute: "placeholder",
		Inside:    true,
		Watched:   func(s Spec) bool { return s.Placeholder },
		Present:   func(o Status) bool { return o.Placed },
		Observe: func(_ context.Context, _ wish, o *Status) error {
			o.Placed = true // a site that is there had its chance
			return nil
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			err := w.patient(ctx, o, func() error {
				_, err := w.PutObject(ctx, &s3.PutObjectInput{
					Bucket: &s.Bucket.Name, Key: &s.Index, Body: page(s.Domain), ContentType: aws.String("text/html; charset=utf-8"),
					IfNoneMatch: aws.String("*"), Tagging: aws.String(bucket.PlaceholderTag + "=true"),
				}, at(s))
				return err
			})
			if awsclient.IsStale(err) { // somebody was quicker
				err = nil
			}
			o.Placed = err == nil
			return err
		},
	}
}

// invalidation drops objects from the caches when its trigger changes. A new distribution has nothing to drop.
func (w website) invalidation() part {
	return part{
		Attribute: "invalidation",
		Watched:   func(s Spec) bool { return s.Invalidation != nil },
		Wanted: func(w wish) bool {
			asked, made := w.Want.Invalidation, w.Before().Invalidation
			return asked != nil && w.Want.DistributionID != "" && (made == nil || made.Trigger != asked.Trigger)
		},
		Present: func(o Status) bool { return o.Invalidation != "" },
		Observe: func(context.Context, wish, *Status) error { return nil },
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			paths := s.Invalidation.Paths
			out, err := w.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
				DistributionId: &o.Distribution.ID,
				InvalidationBatch: &cftypes.InvalidationBatch{
					// The same for the same wish: one whose answer was lost is not made twice.
					CallerReference: aws.String("spinup-" + token(append([]string{s.Invalidation.Trigger}, paths...))),
					Paths:           &cftypes.Paths{Quantity: aws.Int32(int32(len(paths))), Items: paths},
				},
			})
			if err != nil {
				return err
			}
			o.Invalidation = aws.ToString(out.Invalidation.Id)
			return nil
		},
		Remove: func(context.Context, wish, *Status) error { return nil },
	}
}
