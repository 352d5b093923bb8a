package website

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// hasTags reports whether the distribution has exactly the wanted tags, apart from those of other owners.
func (d Distribution) hasTags(s Spec) bool {
	want := s.distributionTags()
	for key, value := range want {
		if d.Tags[key] != value {
			return false
		}
	}
	return len(d.unwantedTags(s)) == 0
}

// unwantedTags are the keys of tags that belong to the site and are not wanted.
func (d Distribution) unwantedTags(s Spec) []string {
	want := s.distributionTags()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.Bucket.OwnTags(d.Tags))), func(key string) bool {
		_, wanted := want[key]
		return wanted
	})
}

// foreignTags names the tags of other owners.
func (d Distribution) foreignTags(s Spec) []string {
	var all []string
	own := s.Bucket.OwnTags(d.Tags)
	for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
		if _, owned := own[key]; !owned && key != markerTag && !strings.HasPrefix(key, "aws:") {
			all = append(all, "tag "+key)
		}
	}
	return all
}

func (s Spec) distributionTags() map[string]string {
	tags := maps.Clone(s.Bucket.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[markerTag] = s.Domain
	return tags
}

func (w website) updateTags(ctx context.Context, s Spec, d *Distribution) error {
	want := s.distributionTags()
	missing := maps.Clone(want)
	maps.DeleteFunc(missing, func(key, value string) bool { return d.Tags[key] == value })
	if len(missing) > 0 {
		_, err := w.TagResource(ctx, &cloudfront.TagResourceInput{
			Resource: &d.ARN, Tags: &types.Tags{Items: tagList(missing)},
		})
		if err != nil {
			return err
		}
	}
	if gone := d.unwantedTags(s); len(gone) > 0 {
		_, err := w.UntagResource(ctx, &cloudfront.UntagResourceInput{Resource: &d.ARN, TagKeys: &types.TagKeys{Items: gone}})
		return err
	}
	return nil
}

func tagList(tags map[string]string) []types.Tag {
	var all []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return all
}

// SiteOf is the domain of the site that the tags of a bucket or of a distribution name; empty for none.
func SiteOf(tags map[string]string) string { return tags[markerTag] }
