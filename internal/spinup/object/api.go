package object

import (
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	HeadObject       awsclient.S3Call[s3.HeadObjectInput, s3.HeadObjectOutput]             `iam:"s3:GetObject" on:"object"`
	GetObjectTagging awsclient.S3Call[s3.GetObjectTaggingInput, s3.GetObjectTaggingOutput] `iam:"s3:GetObjectTagging" on:"object"`
	ListObjectsV2    awsclient.S3Call[s3.ListObjectsV2Input, s3.ListObjectsV2Output]       `iam:"s3:ListBucket" on:"bucket"`
}

// Writes are the operations that change something, and the reads before them. Those that content.Sender has too need
// more here, because these objects have tags.
type Writes struct {
	PutObject               awsclient.S3Call[s3.PutObjectInput, s3.PutObjectOutput]                             `iam:"s3:PutObject,s3:PutObjectTagging" on:"object"`
	CopyObject              awsclient.S3Call[s3.CopyObjectInput, s3.CopyObjectOutput]                           `iam:"s3:GetObject,s3:GetObjectTagging,s3:PutObject,s3:PutObjectTagging" on:"object"`
	CreateMultipartUpload   awsclient.S3Call[s3.CreateMultipartUploadInput, s3.CreateMultipartUploadOutput]     `iam:"s3:PutObject,s3:PutObjectTagging" on:"object"`
	UploadPart              awsclient.S3Call[s3.UploadPartInput, s3.UploadPartOutput]                           `iam:"s3:PutObject" on:"object"`
	CompleteMultipartUpload awsclient.S3Call[s3.CompleteMultipartUploadInput, s3.CompleteMultipartUploadOutput] `iam:"s3:PutObject" on:"object"`
	AbortMultipartUpload    awsclient.S3Call[s3.AbortMultipartUploadInput, s3.AbortMultipartUploadOutput]       `iam:"s3:AbortMultipartUpload" on:"object"`
	PutObjectTagging        awsclient.S3Call[s3.PutObjectTaggingInput, s3.PutObjectTaggingOutput]               `iam:"s3:PutObjectTagging" on:"object"`
	DeleteObjectTagging     awsclient.S3Call[s3.DeleteObjectTaggingInput, s3.DeleteObjectTaggingOutput]         `iam:"s3:DeleteObjectTagging" on:"object"`
	DeleteObject            awsclient.S3Call[s3.DeleteObjectInput, s3.DeleteObjectOutput]                       `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
	ListObjectVersions      awsclient.S3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput]           `iam:"s3:ListBucketVersions" on:"bucket"`
}

// API is every operation on one object; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	Writes
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API {
	s3, common := awsclient.S3(c), content.NewAPI(c)
	return API{
		Reads{common.HeadObject, s3.GetObjectTagging, s3.ListObjectsV2},
		Writes{
			common.PutObject, common.CopyObject, common.CreateMultipartUpload, common.UploadPart,
			common.CompleteMultipartUpload, common.AbortMultipartUpload, s3.PutObjectTagging, s3.DeleteObjectTagging,
			common.DeleteObject, s3.ListObjectVersions,
		},
	}
}

// DataReads are the operations of the data sources about objects.
type DataReads struct {
	ListObjectsV2    awsclient.S3Call[s3.ListObjectsV2Input, s3.ListObjectsV2Output]       `iam:"s3:ListBucket" on:"bucket"`
	HeadObject       awsclient.S3Call[s3.HeadObjectInput, s3.HeadObjectOutput]             `iam:"s3:GetObject,s3:GetObjectVersion" on:"object"`
	GetObject        awsclient.S3Call[s3.GetObjectInput, s3.GetObjectOutput]               `iam:"s3:GetObject,s3:GetObjectVersion" on:"object"`
	GetObjectTagging awsclient.S3Call[s3.GetObjectTaggingInput, s3.GetObjectTaggingOutput] `iam:"s3:GetObjectTagging,s3:GetObjectVersionTagging" on:"object"`
}

// newDataReads takes the operations from the service client.
func newDataReads(c *awsclient.Conn) DataReads {
	s3 := awsclient.S3(c)
	return DataReads{s3.ListObjectsV2, s3.HeadObject, s3.GetObject, s3.GetObjectTagging}
}

// CopyCalls are the operations that copy an object.
type CopyCalls struct {
	HeadObject       awsclient.S3Call[s3.HeadObjectInput, s3.HeadObjectOutput]             `iam:"s3:GetObject,s3:GetObjectVersion" on:"object"`
	ListObjectsV2    awsclient.S3Call[s3.ListObjectsV2Input, s3.ListObjectsV2Output]       `iam:"s3:ListBucket" on:"bucket"`
	GetObjectTagging awsclient.S3Call[s3.GetObjectTaggingInput, s3.GetObjectTaggingOutput] `iam:"s3:GetObjectTagging,s3:GetObjectVersionTagging" on:"object"`
	CopyObject       awsclient.S3Call[s3.CopyObjectInput, s3.CopyObjectOutput]             `iam:"s3:GetObject,s3:GetObjectVersion,s3:GetObjectTagging,s3:GetObjectVersionTagging,s3:PutObject,s3:PutObjectTagging" on:"object"`
}

// MoveCalls are the operations that move an object.
type MoveCalls struct {
	CopyCalls
	DeleteObject awsclient.S3Call[s3.DeleteObjectInput, s3.DeleteObjectOutput] `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
}
