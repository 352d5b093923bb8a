package bucket

import (
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// Level is how much the members of a bucket's group may do.
type Level string

// The access levels.
const (
	Admin     Level = "admin"
	ReadWrite Level = "read_write"
	ReadOnly  Level = "read_only"
)

// WebAdmin is the access level of a site in front of a bucket: its members may drop objects from the caches. It is made
// with the site, and not asked for.
const WebAdmin Level = "web_admin"

// Levels are all access levels, the mightiest first.
var Levels = []Level{Admin, ReadWrite, ReadOnly}

// PolicyName is the name of the level's IAM policy. Buckets made by the Yale service have the same names.
func PolicyName(bucket string, level Level) string {
	if level == WebAdmin {
		return bucket + "-WebAdmPlc"
	}
	return bucket + "-Bkt" + level.short() + "Plc"
}

// GroupName is the name of the level's IAM group. Buckets made by the Yale service have the same names.
func GroupName(bucket string, level Level) string {
	if level == WebAdmin {
		return bucket + "-WebAdmGrp"
	}
	return bucket + "-Bkt" + level.short() + "Grp"
}

// Description is the description of the level's IAM policy. IAM never lets it change.
func Description(bucket string, level Level) string {
	title := map[Level]string{Admin: "Admin", ReadWrite: "Read-Write", ReadOnly: "Read-Only"}[level]
	return title + " policy for " + bucket + " bucket"
}

func (l Level) short() string {
	return map[Level]string{Admin: "Adm", ReadWrite: "RW", ReadOnly: "RO"}[l]
}

// LevelDocument is the document of the level's IAM policy, in the one form that we write.
func LevelDocument(partition, bucket string, level Level) string {
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

// AcceptedDocument says whether the text is a document of the level: the one that we write or, for admin, the one that
// the Yale service gave to groups it made later than the bucket.
func AcceptedDocument(partition, bucket string, level Level, text string) bool {
	if level == Admin && awspolicy.Equivalent(text, laterAdminDocument(partition, bucket)) {
		return true
	}
	return awspolicy.Equivalent(text, LevelDocument(partition, bucket, level))
}

func laterAdminDocument(partition, bucket string) string {
	on := resources(partition, bucket)
	return text(on.bucket(laterAdmin), on.bucket(bucketRead), on.objects(objectRead), on.objects(objectWrite))
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

// PathPolicyName is the name of the inline policy of a user that is confined to a key prefix ("docs/private/"). Users
// made by the Yale service have the same names.
func PathPolicyName(bucket, prefix string, level Level) string {
	return bucket + "-" + strings.ReplaceAll(strings.Trim(prefix, "/"), "/", "_") + "-Bkt" + level.short() + "Plc"
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

// The Sids of our own statements in a bucket policy.
const (
	SidRequireTLS = "SpinupRequireTLS"
	SidPublicRead = "SpinupPublicRead"
	SidPublicList = "SpinupPublicList"
	SidOrigin     = "SpinupCloudFrontRead"
)

// reserved begins every Sid that is ours or may be one day.
const reserved = "Spinup"

// ReservedSid says whether users may not give their own statements this Sid.
func ReservedSid(sid string) bool { return strings.HasPrefix(sid, reserved) }

// OwnSids are the Sids of all statements that we write into a bucket policy.
func OwnSids() []string { return append(publicSids(), SidRequireTLS, SidOrigin) }

func publicSids() []string { return []string{SidPublicRead, SidPublicList} }

// OwnStatements are the statements of ours that a bucket policy should have. Those of public access are for the values
// PublicRead and PublicReadList.
func OwnStatements(partition, bucket string, requireTLS bool, publicAccess string) []awspolicy.Statement {
	arn := string(resources(partition, bucket))
	var own []awspolicy.Statement
	if requireTLS {
		own = append(own, awspolicy.Statement{
			Sid: SidRequireTLS, Effect: awspolicy.Deny, Principal: awspolicy.Everyone(),
			Action: []string{"s3:*"}, Resource: []string{arn, arn + "/*"},
			Condition: awspolicy.Condition{"Bool": {"aws:SecureTransport": {"false"}}},
		})
	}
	if publicAccess == PublicRead || publicAccess == PublicReadList {
		own = append(own, awspolicy.Statement{
			Sid: SidPublicRead, Effect: awspolicy.Allow, Principal: awspolicy.Everyone(),
			Action: []string{"s3:GetObject"}, Resource: []string{arn + "/*"},
		})
	}
	if publicAccess == PublicReadList {
		own = append(own, awspolicy.Statement{
			Sid: SidPublicList, Effect: awspolicy.Allow, Principal: awspolicy.Everyone(),
			Action: []string{"s3:ListBucket"}, Resource: []string{arn},
		})
	}
	return own
}

// AnonymousRead is the statement, without a Sid, by which the Yale service let everybody read a site.
func AnonymousRead(partition, bucket string) awspolicy.Statement {
	read := OwnStatements(partition, bucket, false, PublicRead)[0]
	read.Sid = ""
	return read
}

// originStatement lets one distribution, signed in by its origin access control, read the objects.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
func originStatement(partition, bucket, distributionARN string) awspolicy.Statement {
	return awspolicy.Statement{
		Sid: SidOrigin, Effect: awspolicy.Allow,
		Principal: awspolicy.Principal{"Service": {"cloudfront.amazonaws.com"}},
		Action:    []string{"s3:GetObject"}, Resource: []string{string(resources(partition, bucket)) + "/*"},
		Condition: awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {distributionARN}}},
	}
}

// WebAdminStatement lets the members of a site's group drop objects from the caches of its distribution. It is the Yale
// service's.
func WebAdminStatement(distributionARN string) awspolicy.Statement {
	return awspolicy.Statement{
		Effect: awspolicy.Allow, Resource: []string{distributionARN},
		Action: []string{"cloudfront:ListInvalidations", "cloudfront:CreateInvalidation"},
	}
}

// LogPrefix is the key prefix of a bucket's access log below the provider's one: "<prefix>/<bucket>/", without doubling
// a slash that ends the prefix, and "<bucket>/" without a prefix.
func LogPrefix(prefix, bucket string) string {
	if prefix == "" {
		return bucket + "/"
	}
	return strings.TrimSuffix(prefix, "/") + "/" + bucket + "/"
}
