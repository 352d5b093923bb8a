package content

import (
	"context"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// In sends a call to a region.
func In(region string) func(*s3.Options) { return func(o *s3.Options) { o.Region = region } }

// unescape takes the encoding of URLs from a text, where the answer says that it has it.
func unescape(encoding types.EncodingType, text **string) {
	if encoding != types.EncodingTypeUrl || *text == nil {
		return
	}
	if plain, err := url.QueryUnescape(**text); err == nil {
		*text = aws.String(plain)
	}
}

// ListObjects lists a page of objects. Their keys are asked for in the encoding of URLs, because XML cannot hold every
// character of a key, and are given plain. Some stores ignore the request.
func ListObjects(
	ctx context.Context, list awsclient.S3Call[s3.ListObjectsV2Input, s3.ListObjectsV2Output],
	in *s3.ListObjectsV2Input, at func(*s3.Options),
) (*s3.ListObjectsV2Output, error) {
	in.EncodingType = types.EncodingTypeUrl
	page, err := list(ctx, in, at)
	if err != nil {
		return nil, err
	}
	for i := range page.Contents {
		unescape(page.EncodingType, &page.Contents[i].Key)
	}
	for i := range page.CommonPrefixes {
		unescape(page.EncodingType, &page.CommonPrefixes[i].Prefix)
	}
	return page, nil
}

// ListVersions is ListObjects for versions and delete markers.
func ListVersions(
	ctx context.Context, list awsclient.S3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput],
	in *s3.ListObjectVersionsInput, at func(*s3.Options),
) (*s3.ListObjectVersionsOutput, error) {
	in.EncodingType = types.EncodingTypeUrl
	page, err := list(ctx, in, at)
	if err != nil {
		return nil, err
	}
	for i := range page.Versions {
		unescape(page.EncodingType, &page.Versions[i].Key)
	}
	for i := range page.DeleteMarkers {
		unescape(page.EncodingType, &page.DeleteMarkers[i].Key)
	}
	unescape(page.EncodingType, &page.NextKeyMarker)
	return page, nil
}

// EachUpload gives the unfinished uploads of keys that begin with the prefix. A store that has no list of them has
// none.
func EachUpload(
	ctx context.Context, list awsclient.S3Call[s3.ListMultipartUploadsInput, s3.ListMultipartUploadsOutput],
	bucket, prefix string, at func(*s3.Options), see func(key, id *string) error,
) error {
	in := &s3.ListMultipartUploadsInput{Bucket: &bucket, Prefix: OrNil(prefix), EncodingType: types.EncodingTypeUrl}
	for {
		page, err := list(ctx, in, at)
		if awsclient.IsUnsupported(err) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, upload := range page.Uploads {
			unescape(page.EncodingType, &upload.Key)
			if err := see(upload.Key, upload.UploadId); err != nil {
				return err
			}
		}
		if !aws.ToBool(page.IsTruncated) {
			return nil
		}
		unescape(page.EncodingType, &page.NextKeyMarker)
		in.KeyMarker, in.UploadIdMarker = page.NextKeyMarker, page.NextUploadIdMarker
	}
}
