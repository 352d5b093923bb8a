package bucketrole

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// The things that calls are about. The site's distribution is E1.
const (
	bucketARN = "arn:aws:s3:::library"
	inPath    = bucketARN + "/docs/a"
	outside   = bucketARN + "/docs2/a"
	elsewhere = "arn:aws:s3:::library-2"
	cdn       = "arn:aws:cloudfront::" + account + ":distribution/"
	iamARN    = "arn:aws:iam::" + account + ":"
)

type attempt struct{ action, on string }

// never are calls that no role may make, whatever its level is.
var never = []attempt{
	{"iam:CreateUser", iamARN + "user/ann"}, {"iam:CreateAccessKey", iamARN + "user/ann"},
	{"iam:PutRolePolicy", iamARN + "role/ci"}, {"iam:AttachRolePolicy", iamARN + "role/ci"},
	{"iam:UpdateAssumeRolePolicy", iamARN + "role/ci"}, {"iam:DeleteRolePermissionsBoundary", iamARN + "role/ci"},
	{"iam:PassRole", iamARN + "role/ci"}, {"iam:CreatePolicyVersion", iamARN + "policy/library-BktAdmPlc"},
	{"iam:AddUserToGroup", iamARN + "group/library-BktAdmGrp"}, {"iam:CreateOpenIDConnectProvider", iamARN + "oidc-provider/x"},
	{"sts:AssumeRole", iamARN + "role/ci"}, {"sts:AssumeRole", "arn:aws:iam::999999999999:role/ci"},
	{"s3:CreateBucket", bucketARN}, {"s3:DeleteBucket", bucketARN}, {"s3:PutEncryptionConfiguration", bucketARN},
	{"s3:PutBucketPublicAccessBlock", bucketARN}, {"s3:PutBucketOwnershipControls", bucketARN},
	{"s3:PutBucketObjectLockConfiguration", bucketARN}, {"s3:PutAccountPublicAccessBlock", "*"},
	{"s3:GetObject", elsewhere + "/docs/a"}, {"s3:PutObject", elsewhere + "/docs/a"},
	{"s3:ListBucket", elsewhere}, {"s3:PutBucketPolicy", elsewhere}, {"s3:GetObject", "arn:aws:s3:::other/docs/a"},
	{"kms:Decrypt", "arn:aws:kms:us-east-1:" + account + ":key/one"}, {"cloudfront:UpdateDistribution", cdn + "E1"},
	{"cloudfront:DeleteDistribution", cdn + "E1"}, {"cloudfront:CreateInvalidation", cdn + "E2"},
	{"cloudfront:GetDistribution", cdn + "E1"}, {"secretsmanager:GetSecretValue", "*"}, {"ssm:GetParameter", "*"},
}

// beyond are calls beyond a level, for those below it.
var (
	administration = []attempt{
		{"s3:PutBucketPolicy", bucketARN}, {"s3:PutBucketAcl", bucketARN}, {"s3:PutBucketVersioning", bucketARN},
		{"s3:PutLifecycleConfiguration", bucketARN}, {"s3:PutReplicationConfiguration", bucketARN},
		{"s3:PutBucketWebsite", bucketARN}, {"s3:DeleteBucketWebsite", bucketARN}, {"s3:PutBucketLogging", bucketARN},
		{"s3:BypassGovernanceRetention", inPath},
	}
	writing = []attempt{
		{"s3:PutObject", inPath}, {"s3:DeleteObject", inPath}, {"s3:DeleteObjectVersion", inPath}, {"s3:PutObjectAcl", inPath},
		{"s3:AbortMultipartUpload", inPath}, {"s3:PutObjectRetention", inPath},
	}
	leaving = []attempt{
		{"s3:GetObject", outside}, {"s3:PutObject", outside}, {"s3:DeleteObject", outside}, {"s3:GetObject", bucketARN + "/docs"},
		{"s3:GetBucketPolicy", bucketARN}, {"s3:GetBucketAcl", bucketARN}, {"s3:ListAllMyBuckets", bucketARN},
	}
	invalidating = []attempt{{"cloudfront:CreateInvalidation", cdn + "E1"}, {"cloudfront:ListInvalidations", cdn + "E1"}}
)

// TestEscalation: what no role of a level, a path and web_admin may do, by the documents that it would have.
func TestEscalation(t *testing.T) {
	tried := 0
	for _, level := range access.Levels() {
		for _, path := range []string{"", "docs/"} {
			for _, web := range []bool{false, true} {
				s := Spec{Bucket: "library", Partition: "aws", Access: level, Path: path, WebAdmin: web}
				documents := []string{s.Grant().Document()}
				forbidden, allowed := append([]attempt{}, never...), []attempt{{"s3:GetObject", inPath}}
				if web {
					documents = append(documents, access.WebAdminDocument(cdn+"E1"))
					allowed = append(allowed, invalidating...)
				} else {
					forbidden = append(forbidden, invalidating...)
				}
				if level != access.Admin || path != "" {
					forbidden = append(forbidden, administration...)
				}
				if level == access.ReadOnly {
					forbidden = append(forbidden, writing...)
				} else {
					allowed = append(allowed, writing[0])
				}
				if path != "" {
					forbidden = append(forbidden, leaving...)
				}
				name := fmt.Sprintf("%s %q web admin %v", level, path, web)
				if level != access.Admin && len(forbidden) < 40 {
					t.Errorf("%s: only %d calls are tried", name, len(forbidden))
				}
				for _, a := range forbidden {
					tried++
					if may(t, documents, a) {
						t.Errorf("%s: %s on %s is allowed", name, a.action, a.on)
					}
				}
				for _, a := range allowed {
					if !may(t, documents, a) {
						t.Errorf("%s: %s on %s is not allowed", name, a.action, a.on)
					}
				}
			}
		}
	}
	t.Logf("%d calls tried", tried)
}

// may reports whether one of the documents allows a call, or might.
func may(t *testing.T, documents []string, a attempt) bool {
	t.Helper()
	for _, text := range documents {
		doc, err := awspolicy.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if allowed, err := awspolicy.Evaluate(doc, a.action, a.on); allowed || err != nil {
			return true
		}
	}
	return false
}
