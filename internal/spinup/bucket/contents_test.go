package bucket

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// S3 answers DeleteObjects with 200 and one error per object. Emulators refuse the whole call instead.
func TestDeleteBatchDenied(t *testing.T) {
	var b bucket
	b.DeleteObjects = func(context.Context, *s3.DeleteObjectsInput, ...func(*s3.Options)) (*s3.DeleteObjectsOutput, error) {
		return &s3.DeleteObjectsOutput{Errors: []types.Error{{
			Key: aws.String("a/b"), VersionId: aws.String("v1"), Code: aws.String("AccessDenied"), Message: aws.String("No."),
		}}}, nil
	}
	err := b.deleteBatch(t.Context(), Spec{Name: "data"}, make([]types.ObjectIdentifier, 3))
	const want = "1 of 3 objects could not be deleted, the first of them in version v1: " +
		"s3 DeleteObjects on object data/a/b: AccessDenied: No."
	if !awsclient.IsAccessDenied(err) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}
