package object

import (
	"context"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// getTags reads the tags of an object.
type getTags = awsclient.S3Call[s3.GetObjectTaggingInput, s3.GetObjectTaggingOutput]

// tagsOf are the tags of an object, nil if it is not there.
func (b *object) tagsOf(ctx context.Context, p content.Place) (map[string]string, error) {
	return tagsOf(ctx, b.GetObjectTagging, p, "")
}

func tagsOf(ctx context.Context, get getTags, p content.Place, version string) (map[string]string, error) {
	out, err := get(ctx, &s3.GetObjectTaggingInput{
		Bucket: &p.Bucket, Key: &p.Key, VersionId: content.OrNil(version),
	}, content.In(p.Region))
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	tags := map[string]string{}
	for _, tag := range out.TagSet {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return tags, nil
}

// putTags writes the set whole.
func (b *object) putTags(ctx context.Context, p content.Place, tags map[string]string) error {
	if len(tags) == 0 {
		in := &s3.DeleteObjectTaggingInput{Bucket: &p.Bucket, Key: &p.Key}
		_, err := b.DeleteObjectTagging(ctx, in, content.In(p.Region))
		return err
	}
	set := &types.Tagging{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		set.TagSet = append(set.TagSet, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	in := &s3.PutObjectTaggingInput{Bucket: &p.Bucket, Key: &p.Key, Tagging: set}
	_, err := b.PutObjectTagging(ctx, in, content.In(p.Region))
	return err
}
