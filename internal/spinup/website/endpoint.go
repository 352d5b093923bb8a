package website

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// endpoint is the website configuration of the bucket, for a distribution that reads from the website endpoint.
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
			if out.IndexDocument == nil && out.ErrorDocument == nil && out.RedirectAllRequestsTo == nil {
				return fmt.Errorf("the answer about the website endpoint of %s holds no configuration", s.Bucket.Name)
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
			return w.retryWhileNew(ctx, o, func() error {
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
