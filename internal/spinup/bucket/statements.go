package bucket

import (
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// arn is the bucket's ARN.
func arn(partition, bucket string) string { return "arn:" + partition + ":s3:::" + bucket }

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
	bucket = arn(partition, bucket)
	var own []awspolicy.Statement
	if requireTLS {
		own = append(own, awspolicy.Statement{
			Sid: SidRequireTLS, Effect: awspolicy.Deny, Principal: awspolicy.Everyone(),
			Action: []string{"s3:*"}, Resource: []string{bucket, bucket + "/*"},
			Condition: awspolicy.Condition{"Bool": {"aws:SecureTransport": {"false"}}},
		})
	}
	if publicAccess == PublicRead || publicAccess == PublicReadList {
		own = append(own, awspolicy.Statement{
			Sid: SidPublicRead, Effect: awspolicy.Allow, Principal: awspolicy.Everyone(),
			Action: []string{"s3:GetObject"}, Resource: []string{bucket + "/*"},
		})
	}
	if publicAccess == PublicReadList {
		own = append(own, awspolicy.Statement{
			Sid: SidPublicList, Effect: awspolicy.Allow, Principal: awspolicy.Everyone(),
			Action: []string{"s3:ListBucket"}, Resource: []string{bucket},
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
		Action:    []string{"s3:GetObject"}, Resource: []string{arn(partition, bucket) + "/*"},
		Condition: awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {distributionARN}}},
	}
}
