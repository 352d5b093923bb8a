package bucket

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// IsPlaceholder reports whether an object with these tags is a placeholder that was not replaced.
func IsPlaceholder(tags []types.Tag) bool {
	return slices.ContainsFunc(tags, func(t types.Tag) bool {
		return aws.ToString(t.Key) == PlaceholderTag || aws.ToString(t.Key) == yalePlaceholderTag
	})
}
