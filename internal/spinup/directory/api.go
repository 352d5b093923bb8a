package directory

import (
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// Reads are the operations of a refresh, and of a plan: what `terraform plan` needs.
type Reads struct {
	GetObject        awsclient.S3Call[s3.GetObjectInput, s3.GetObjectOutput]               `iam:"s3:GetObject" on:"object"`
	ListObjectsV2    awsclient.S3Call[s3.ListObjectsV2Input, s3.ListObjectsV2Output]       `iam:"s3:ListBucket" on:"bucket"`
	GetObjectTagging awsclient.S3Call[s3.GetObjectTaggingInput, s3.GetObjectTaggingOutput] `iam:"s3:GetObjectTagging" on:"object"`
}

// Writes are the operations that change something, beside those of the content itself, and the reads before them.
type Writes struct {
	ListMultipartUploads awsclient.S3Call[s3.ListMultipartUploadsInput, s3.ListMultipartUploadsOutput] `iam:"s3:ListBucketMultipartUploads" on:"bucket"`
	DeleteObjects        awsclient.S3Call[s3.DeleteObjectsInput, s3.DeleteObjectsOutput]               `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
	ListObjectVersions   awsclient.S3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput]     `iam:"s3:ListBucketVersions" on:"bucket"`
	website.Purges
}

// API is every operation that a directory makes on AWS; the tags name the IAM action that allows it and what it is
// about.
type API struct {
	Reads
	Writes
	content.API
}

// NewAPI takes the operations from the service clients.
func NewAPI(c *awsclient.Conn) API {
	s3 := awsclient.S3(c)
	return API{
		Reads: Reads{s3.GetObject, s3.ListObjectsV2, s3.GetObjectTagging},
		Writes: Writes{
			s3.ListMultipartUploads, s3.DeleteObjects, s3.ListObjectVersions, website.NewPurges(c),
		},
		API: content.NewAPI(c),
	}
}
