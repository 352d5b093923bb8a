package access

import (
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// Lean is a document of this package for a store that refuses one with an action which it does not have, which is about
// another kind of resource, or which does not know its condition. It allows what is left, and so no more.
func Lean(document string) string {
	parsed, err := awspolicy.Parse(document)
	if err != nil {
		return document // which is none of this package
	}
	var left []awspolicy.Statement
	for _, s := range parsed.Statements {
		known := leanBucket
		switch {
		case strings.Contains(s.Resource[0], "/"):
			known = leanObject
		case len(s.Condition) > 0:
			known = leanListed
		}
		actions := slices.DeleteFunc(slices.Clone(s.Action), func(action string) bool {
			return !slices.Contains(strings.Fields(known), strings.TrimPrefix(action, "s3:"))
		})
		left = append(left, awspolicy.Statement{
			Effect: s.Effect, Action: actions, Resource: s.Resource, Condition: s.Condition,
		})
	}
	return text(left...)
}

// The actions of the levels that MinIO has: on a bucket, on a bucket under a condition about the listed prefix, and on
// an object.
// https://min.io/docs/minio/linux/administration/identity-access-management/policy-based-access-control.html
const (
	leanBucket = leanListed + ` GetBucketLocation GetBucketNotification GetBucketObjectLockConfiguration GetBucketPolicy
		GetBucketPolicyStatus GetBucketTagging GetBucketVersioning GetLifecycleConfiguration GetReplicationConfiguration
		ListBucketMultipartUploads PutBucketNotification PutBucketPolicy PutBucketTagging PutBucketVersioning
		PutLifecycleConfiguration PutReplicationConfiguration`

	leanListed = `ListBucket ListBucketVersions`

	leanObject = `* AbortMultipartUpload DeleteObject DeleteObjectVersion GetObject GetObjectLegalHold GetObjectRetention
		GetObjectTagging GetObjectVersion GetObjectVersionForReplication GetObjectVersionTagging PutObject
		PutObjectLegalHold PutObjectRetention ReplicateDelete ReplicateObject RestoreObject`
)
