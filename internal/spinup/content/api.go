package content

import (
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Reads are the operations that look at an object.
type Reads struct {
	HeadObject awsclient.S3Call[s3.HeadObjectInput, s3.HeadObjectOutput] `iam:"s3:GetObject" on:"object"`
}

// Writes are the operations that write and delete objects.
type Writes struct {
	PutObject               awsclient.S3Call[s3.PutObjectInput, s3.PutObjectOutput]                             `iam:"s3:PutObject" on:"object"`
	CopyObject              awsclient.S3Call[s3.CopyObjectInput, s3.CopyObjectOutput]                           `iam:"s3:GetObject,s3:PutObject" on:"object"`
	CreateMultipartUpload   awsclient.S3Call[s3.CreateMultipartUploadInput, s3.CreateMultipartUploadOutput]     `iam:"s3:PutObject" on:"object"`
	UploadPart              awsclient.S3Call[s3.UploadPartInput, s3.UploadPartOutput]                           `iam:"s3:PutObject" on:"object"`
	CompleteMultipartUpload awsclient.S3Call[s3.CompleteMultipartUploadInput, s3.CompleteMultipartUploadOutput] `iam:"s3:PutObject" on:"object"`
	AbortMultipartUpload    awsclient.S3Call[s3.AbortMultipartUploadInput, s3.AbortMultipartUploadOutput]       `iam:"s3:AbortMultipartUpload" on:"object"`
	DeleteObject            awsclient.S3Call[s3.DeleteObjectInput, s3.DeleteObjectOutput]                       `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
}

// API is every operation on one object; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	Writes
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API { return operations(awsclient.S3(c)) }

func operations(s3 *s3.Client) API {
	return API{
		Reads{s3.HeadObject},
		Writes{
			s3.PutObject, s3.CopyObject, s3.CreateMultipartUpload, s3.UploadPart, s3.CompleteMultipartUpload,
			s3.AbortMultipartUpload, s3.DeleteObject,
		},
	}
}
