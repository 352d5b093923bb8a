package bucket

import (
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Reads are the operations of a refresh: what `terraform plan` needs.
type Reads struct {
	HeadBucket                 awsclient.S3Call[s3.HeadBucketInput, s3.HeadBucketOutput]                                 `iam:"s3:ListBucket" on:"bucket"`
	GetBucketTagging           awsclient.S3Call[s3.GetBucketTaggingInput, s3.GetBucketTaggingOutput]                     `iam:"s3:GetBucketTagging" on:"bucket"`
	GetBucketVersioning        awsclient.S3Call[s3.GetBucketVersioningInput, s3.GetBucketVersioningOutput]               `iam:"s3:GetBucketVersioning" on:"bucket"`
	GetBucketEncryption        awsclient.S3Call[s3.GetBucketEncryptionInput, s3.GetBucketEncryptionOutput]               `iam:"s3:GetEncryptionConfiguration" on:"bucket"`
	GetBucketOwnershipControls awsclient.S3Call[s3.GetBucketOwnershipControlsInput, s3.GetBucketOwnershipControlsOutput] `iam:"s3:GetBucketOwnershipControls" on:"bucket"`
	GetPublicAccessBlock       awsclient.S3Call[s3.GetPublicAccessBlockInput, s3.GetPublicAccessBlockOutput]             `iam:"s3:GetBucketPublicAccessBlock" on:"bucket"`
	GetBucketLogging           awsclient.S3Call[s3.GetBucketLoggingInput, s3.GetBucketLoggingOutput]                     `iam:"s3:GetBucketLogging" on:"bucket"`
	GetBucketPolicy            awsclient.S3Call[s3.GetBucketPolicyInput, s3.GetBucketPolicyOutput]                       `iam:"s3:GetBucketPolicy" on:"bucket"`
	GetBucketCors              awsclient.S3Call[s3.GetBucketCorsInput, s3.GetBucketCorsOutput]                           `iam:"s3:GetBucketCORS" on:"bucket"`
}

// LockReads are the further operations of a refresh of a bucket with object lock.
type LockReads struct {
	GetObjectLockConfiguration awsclient.S3Call[s3.GetObjectLockConfigurationInput, s3.GetObjectLockConfigurationOutput] `iam:"s3:GetBucketObjectLockConfiguration" on:"bucket"`
}

// LockWrites are the further operations that change a bucket with object lock.
type LockWrites struct {
	PutObjectLockConfiguration awsclient.S3Call[s3.PutObjectLockConfigurationInput, s3.PutObjectLockConfigurationOutput] `iam:"s3:PutBucketObjectLockConfiguration" on:"bucket"`
}

// Writes are the other operations: those that change something, and the reads before them.
type Writes struct {
	CreateBucket               awsclient.S3Call[s3.CreateBucketInput, s3.CreateBucketOutput]                             `iam:"s3:CreateBucket" on:"bucket"`
	PutBucketTagging           awsclient.S3Call[s3.PutBucketTaggingInput, s3.PutBucketTaggingOutput]                     `iam:"s3:PutBucketTagging" on:"bucket"`
	DeleteBucketTagging        awsclient.S3Call[s3.DeleteBucketTaggingInput, s3.DeleteBucketTaggingOutput]               `iam:"s3:PutBucketTagging" on:"bucket"`
	PutBucketVersioning        awsclient.S3Call[s3.PutBucketVersioningInput, s3.PutBucketVersioningOutput]               `iam:"s3:PutBucketVersioning" on:"bucket"`
	PutBucketEncryption        awsclient.S3Call[s3.PutBucketEncryptionInput, s3.PutBucketEncryptionOutput]               `iam:"s3:PutEncryptionConfiguration" on:"bucket"`
	PutBucketOwnershipControls awsclient.S3Call[s3.PutBucketOwnershipControlsInput, s3.PutBucketOwnershipControlsOutput] `iam:"s3:PutBucketOwnershipControls" on:"bucket"`
	PutPublicAccessBlock       awsclient.S3Call[s3.PutPublicAccessBlockInput, s3.PutPublicAccessBlockOutput]             `iam:"s3:PutBucketPublicAccessBlock" on:"bucket"`
	PutBucketLogging           awsclient.S3Call[s3.PutBucketLoggingInput, s3.PutBucketLoggingOutput]                     `iam:"s3:PutBucketLogging" on:"bucket"`
	PutBucketPolicy            awsclient.S3Call[s3.PutBucketPolicyInput, s3.PutBucketPolicyOutput]                       `iam:"s3:PutBucketPolicy" on:"bucket"`
	DeleteBucketPolicy         awsclient.S3Call[s3.DeleteBucketPolicyInput, s3.DeleteBucketPolicyOutput]                 `iam:"s3:DeleteBucketPolicy" on:"bucket"`
	PutBucketCors              awsclient.S3Call[s3.PutBucketCorsInput, s3.PutBucketCorsOutput]                           `iam:"s3:PutBucketCORS" on:"bucket"`
	DeleteBucketCors           awsclient.S3Call[s3.DeleteBucketCorsInput, s3.DeleteBucketCorsOutput]                     `iam:"s3:PutBucketCORS" on:"bucket"`

	ListObjectVersions   awsclient.S3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput]     `iam:"s3:ListBucketVersions" on:"bucket"`
	GetObjectRetention   awsclient.S3Call[s3.GetObjectRetentionInput, s3.GetObjectRetentionOutput]     `iam:"s3:GetObjectRetention" on:"object"`
	GetObjectLegalHold   awsclient.S3Call[s3.GetObjectLegalHoldInput, s3.GetObjectLegalHoldOutput]     `iam:"s3:GetObjectLegalHold" on:"object"`
	ListMultipartUploads awsclient.S3Call[s3.ListMultipartUploadsInput, s3.ListMultipartUploadsOutput] `iam:"s3:ListBucketMultipartUploads" on:"bucket"`
	DeleteObjects        awsclient.S3Call[s3.DeleteObjectsInput, s3.DeleteObjectsOutput]               `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
	DeleteObject         awsclient.S3Call[s3.DeleteObjectInput, s3.DeleteObjectOutput]                 `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
	AbortMultipartUpload awsclient.S3Call[s3.AbortMultipartUploadInput, s3.AbortMultipartUploadOutput] `iam:"s3:AbortMultipartUpload" on:"object"`
	DeleteBucket         awsclient.S3Call[s3.DeleteBucketInput, s3.DeleteBucketOutput]                 `iam:"s3:DeleteBucket" on:"bucket"`
}

// PlaceholderReads are the further operations on a bucket with a placeholder.
type PlaceholderReads struct {
	GetObjectTagging awsclient.S3Call[s3.GetObjectTaggingInput, s3.GetObjectTaggingOutput] `iam:"s3:GetObjectTagging" on:"object"`
}

// storeCalls are the operations that stores other than AWS need.
type storeCalls struct {
	ListObjectsV2 awsclient.S3Call[s3.ListObjectsV2Input, s3.ListObjectsV2Output]
	GetBucketAcl  awsclient.S3Call[s3.GetBucketAclInput, s3.GetBucketAclOutput]
}

func newStoreCalls(c *awsclient.Conn) storeCalls {
	s3 := awsclient.S3(c)
	return storeCalls{ListObjectsV2: s3.ListObjectsV2, GetBucketAcl: s3.GetBucketAcl}
}

// API is every operation that a bucket makes on AWS; the tags name the IAM action that allows it and what it is about.
type API struct {
	Reads
	Writes
	LockReads
}

// NewAPI takes the operations from the service clients.
func NewAPI(c *awsclient.Conn) API {
	s3 := awsclient.S3(c)
	return API{
		Reads: Reads{
			HeadBucket:                 s3.HeadBucket,
			GetBucketTagging:           s3.GetBucketTagging,
			GetBucketVersioning:        s3.GetBucketVersioning,
			GetBucketEncryption:        s3.GetBucketEncryption,
			GetBucketOwnershipControls: s3.GetBucketOwnershipControls,
			GetPublicAccessBlock:       s3.GetPublicAccessBlock,
			GetBucketLogging:           s3.GetBucketLogging,
			GetBucketPolicy:            s3.GetBucketPolicy,
			GetBucketCors:              s3.GetBucketCors,
		},
		Writes: Writes{
			CreateBucket:               s3.CreateBucket,
			PutBucketTagging:           s3.PutBucketTagging,
			DeleteBucketTagging:        s3.DeleteBucketTagging,
			PutBucketVersioning:        s3.PutBucketVersioning,
			PutBucketEncryption:        s3.PutBucketEncryption,
			PutBucketOwnershipControls: s3.PutBucketOwnershipControls,
			PutPublicAccessBlock:       s3.PutPublicAccessBlock,
			PutBucketLogging:           s3.PutBucketLogging,
			PutBucketPolicy:            s3.PutBucketPolicy,
			DeleteBucketPolicy:         s3.DeleteBucketPolicy,
			PutBucketCors:              s3.PutBucketCors,
			DeleteBucketCors:           s3.DeleteBucketCors,
			ListObjectVersions:         s3.ListObjectVersions,
			GetObjectRetention:         s3.GetObjectRetention,
			GetObjectLegalHold:         s3.GetObjectLegalHold,
			ListMultipartUploads:       s3.ListMultipartUploads,
			DeleteObjects:              s3.DeleteObjects,
			DeleteObject:               s3.DeleteObject,
			AbortMultipartUpload:       s3.AbortMultipartUpload,
			DeleteBucket:               s3.DeleteBucket,
		},
		LockReads: LockReads{s3.GetObjectLockConfiguration},
	}
}

// DataReads are the operations of the data sources that look for buckets, beside the Reads of one bucket.
type DataReads struct {
	ListBuckets        awsclient.S3Call[s3.ListBucketsInput, s3.ListBucketsOutput]               `iam:"s3:ListAllMyBuckets" on:"*"`
	GetBucketTagging   awsclient.S3Call[s3.GetBucketTaggingInput, s3.GetBucketTaggingOutput]     `iam:"s3:GetBucketTagging" on:"bucket"`
	ListObjectVersions awsclient.S3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput] `iam:"s3:ListBucketVersions" on:"bucket"`
}

// newDataReads takes the operations from the service client.
func newDataReads(c *awsclient.Conn) DataReads {
	s3 := awsclient.S3(c)
	return DataReads{
		ListBuckets: s3.ListBuckets, GetBucketTagging: s3.GetBucketTagging, ListObjectVersions: s3.ListObjectVersions,
	}
}

// EmptyingCalls are the operations that empty a bucket and leave it there.
type EmptyingCalls struct {
	HeadBucket                 awsclient.S3Call[s3.HeadBucketInput, s3.HeadBucketOutput]                                 `iam:"s3:ListBucket" on:"bucket"`
	GetObjectLockConfiguration awsclient.S3Call[s3.GetObjectLockConfigurationInput, s3.GetObjectLockConfigurationOutput] `iam:"s3:GetBucketObjectLockConfiguration" on:"bucket"`
	ListObjectVersions         awsclient.S3Call[s3.ListObjectVersionsInput, s3.ListObjectVersionsOutput]                 `iam:"s3:ListBucketVersions" on:"bucket"`
	GetObjectRetention         awsclient.S3Call[s3.GetObjectRetentionInput, s3.GetObjectRetentionOutput]                 `iam:"s3:GetObjectRetention" on:"object"`
	GetObjectLegalHold         awsclient.S3Call[s3.GetObjectLegalHoldInput, s3.GetObjectLegalHoldOutput]                 `iam:"s3:GetObjectLegalHold" on:"object"`
	ListMultipartUploads       awsclient.S3Call[s3.ListMultipartUploadsInput, s3.ListMultipartUploadsOutput]             `iam:"s3:ListBucketMultipartUploads" on:"bucket"`
	DeleteObjects              awsclient.S3Call[s3.DeleteObjectsInput, s3.DeleteObjectsOutput]                           `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
	DeleteObject               awsclient.S3Call[s3.DeleteObjectInput, s3.DeleteObjectOutput]                             `iam:"s3:DeleteObject,s3:DeleteObjectVersion" on:"object"`
	AbortMultipartUpload       awsclient.S3Call[s3.AbortMultipartUploadInput, s3.AbortMultipartUploadOutput]             `iam:"s3:AbortMultipartUpload" on:"object"`
}
