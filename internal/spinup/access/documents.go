package access

import (
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// Document is the document of the IAM policy of a level of a bucket, in the one form that is written.
func Document(partition, bucket string, level Level) string {
	on := resources(partition, bucket)
	switch level {
	case Admin:
		return text(on.bucket(adminActions), on.objects("*"))
	case ReadWrite:
		return text(on.bucket(bucketRead), on.objects(objectRead), on.objects(objectWrite))
	default:
		return text(on.bucket(bucketRead), on.objects(objectRead))
	}
}

// Accepts reports whether the text means the same as the level's Document or, for admin, as the document that the Yale
// service gave to groups it made later than the bucket.
func Accepts(partition, bucket string, level Level, text string) bool {
	if level == Admin && awspolicy.Equivalent(text, laterAdminDocument(partition, bucket)) {
		return true
	}
	return awspolicy.Equivalent(text, Document(partition, bucket, level))
}

func laterAdminDocument(partition, bucket string) string {
	on := resources(partition, bucket)
	return text(on.bucket(laterAdmin), on.bucket(bucketRead), on.objects(objectRead), on.objects(objectWrite))
}

// PathDocument lets a user do on the objects below a key prefix ("docs/") what the level allows, list them, and nothing
// else. S3 knows the listed prefix as a condition key of list requests only, so no other action stands beside it.
func PathDocument(partition, bucket, prefix string, level Level) string {
	on := resources(partition, bucket)
	list := on.bucket("ListBucket ListBucketMultipartUploads ListBucketVersions")
	list.Condition = awspolicy.Condition{"StringLike": {"s3:prefix": {prefix + "*"}}}
	below := scope(string(on) + "/" + strings.TrimSuffix(prefix, "/"))
	statements := []awspolicy.Statement{list, on.bucket("GetBucketLocation"), below.objects(objectRead)}
	if level != ReadOnly {
		statements = append(statements, below.objects(objectWrite))
	}
	return text(statements...)
}

// PathIn reads the key prefix from the PathDocument of a bucket, of any level; "" if there is none.
func PathIn(partition, bucket, document string) string {
	doc, err := awspolicy.Parse(document)
	if err != nil {
		return ""
	}
	for _, statement := range doc.Statements {
		for _, resource := range statement.Resource {
			rest, ok := strings.CutPrefix(resource, string(resources(partition, bucket))+"/")
			if prefix, below := strings.CutSuffix(rest, "*"); ok && below && prefix != "" {
				return prefix
			}
		}
	}
	return ""
}

// WebAdminDocument lets the members of a website's group invalidate the cache of its distribution. The Yale service
// wrote the same.
func WebAdminDocument(distributionARN string) string {
	return text(awspolicy.Statement{
		Effect: awspolicy.Allow, Resource: []string{distributionARN},
		Action: []string{"cloudfront:ListInvalidations", "cloudfront:CreateInvalidation"},
	})
}

func text(statements ...awspolicy.Statement) string { return awspolicy.New(statements...).String() }

// scope is the ARN of a bucket.
type scope string

func resources(partition, bucket string) scope { return scope("arn:" + partition + ":s3:::" + bucket) }

func (s scope) bucket(actions string) awspolicy.Statement  { return allow(actions, string(s)) }
func (s scope) objects(actions string) awspolicy.Statement { return allow(actions, string(s)+"/*") }

func allow(actions, resource string) awspolicy.Statement {
	var names []string
	for action := range strings.FieldsSeq(actions) {
		names = append(names, "s3:"+action)
	}
	return awspolicy.Statement{Effect: awspolicy.Allow, Action: names, Resource: []string{resource}}
}

// The actions of the levels' documents, all of S3, in the order in which they are written. They are the Yale service's,
// those included that do nothing on the resource they are allowed on.
const (
	adminActions = `AbortMultipartUpload DeleteBucketWebsite DeleteObject DeleteObjectVersion
		GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
		GetBucketNotification GetBucketPolicy GetBucketTagging GetBucketVersioning GetBucketWebsite
		GetLifecycleConfiguration GetObject GetObjectAcl GetObjectVersion GetObjectVersionAcl
		GetReplicationConfiguration ListAllMyBuckets ListBucket ListBucketMultipartUploads ListBucketVersions
		ListMultipartUploadParts PutAccelerateConfiguration PutBucketAcl PutBucketCORS PutBucketLogging
		PutBucketNotification PutBucketPolicy PutBucketRequestPayment PutBucketTagging PutBucketVersioning
		PutBucketWebsite PutLifecycleConfiguration PutReplicationConfiguration PutObject PutObjectAcl
		PutObjectVersionAcl ReplicateDelete ReplicateObject RestoreObject`

	laterAdmin = `PutBucketPolicy DeleteBucketPolicy PutBucketWebsite DeleteBucketWebsite ListAllMyBuckets
		PutAccelerateConfiguration PutBucketAcl PutBucketCORS PutBucketNotification
		PutBucketObjectLockConfiguration PutBucketRequestPayment PutBucketVersioning PutInventoryConfiguration
		PutLifecycleConfiguration PutReplicationConfiguration`

	bucketRead = `GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
		GetBucketNotification GetBucketObjectLockConfiguration GetBucketPolicy GetBucketPolicyStatus
		GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
		GetEncryptionConfiguration GetInventoryConfiguration GetLifecycleConfiguration
		GetReplicationConfiguration GetMetricsConfiguration ListAccessPoints ListAllMyBuckets ListBucket
		ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts`

	objectRead = `GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectVersion
		GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTagging`

	objectWrite = `AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectAcl PutObjectVersionAcl
		PutObjectRetention ReplicateDelete ReplicateObject RestoreObject PutObjectLegalHold`
)
