package provider_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Who may do a thing, the mightiest first. A level that may do less is not always a part of one that may do more: the
// documents are those of the service that this provider takes over from.
const (
	nobody  = ""
	admins  = "admin"
	writers = "admin read_write"
	readers = "admin read_write read_only"
	users   = "read_write read_only"
)

// groupSuffix is what the name of a level's group ends with.
var groupSuffix = map[string]string{"admin": "-BktAdmGrp", "read_write": "-BktRWGrp", "read_only": "-BktROGrp"}

// bucketActions says which levels may do what to the bucket itself.
var bucketActions = map[string]string{
	"s3:ListBucket": readers, "s3:ListBucketVersions": readers, "s3:ListBucketMultipartUploads": readers,
	"s3:GetBucketLocation": readers, "s3:GetBucketVersioning": readers, "s3:GetBucketTagging": readers,
	"s3:GetBucketPolicy": readers, "s3:GetBucketAcl": readers, "s3:GetBucketCORS": readers, "s3:GetBucketLogging": readers,
	"s3:GetBucketWebsite": readers, "s3:GetLifecycleConfiguration": readers, "s3:GetBucketNotification": readers,

	"s3:GetEncryptionConfiguration": users, "s3:GetBucketPublicAccessBlock": users, "s3:GetBucketPolicyStatus": users,
	"s3:GetBucketObjectLockConfiguration": users, "s3:GetInventoryConfiguration": users,
	"s3:GetMetricsConfiguration": users, "s3:GetBucketRequestPayment": users,

	"s3:PutBucketPolicy": admins, "s3:PutBucketTagging": admins, "s3:PutBucketVersioning": admins,
	"s3:PutBucketLogging": admins, "s3:PutBucketCORS": admins, "s3:PutBucketAcl": admins,
	"s3:PutBucketWebsite": admins, "s3:DeleteBucketWebsite": admins, "s3:PutLifecycleConfiguration": admins,
	"s3:PutBucketNotification": admins, "s3:PutReplicationConfiguration": admins, "s3:PutBucketRequestPayment": admins,

	"s3:CreateBucket": nobody, "s3:DeleteBucket": nobody, "s3:DeleteBucketPolicy": nobody,
	"s3:PutEncryptionConfiguration": nobody, "s3:PutBucketPublicAccessBlock": nobody,
	"s3:PutBucketOwnershipControls": nobody, "s3:GetBucketOwnershipControls": nobody,
	"s3:PutBucketObjectLockConfiguration": nobody, "iam:CreateUser": nobody,
}

// objectActions says which levels may do what to the objects.
var objectActions = map[string]string{
	"s3:GetObject": readers, "s3:GetObjectVersion": readers, "s3:GetObjectAcl": readers, "s3:GetObjectTagging": readers,
	"s3:GetObjectRetention": readers, "s3:GetObjectLegalHold": readers, "s3:GetObjectVersionForReplication": readers,

	"s3:PutObject": writers, "s3:DeleteObject": writers, "s3:DeleteObjectVersion": writers, "s3:PutObjectAcl": writers,
	"s3:AbortMultipartUpload": writers, "s3:RestoreObject": writers, "s3:PutObjectRetention": writers,
	"s3:PutObjectLegalHold": writers, "s3:ReplicateObject": writers,

	"s3:PutObjectTagging": admins, "s3:DeleteObjectTagging": admins, "s3:ListMultipartUploadParts": admins,
	"s3:BypassGovernanceRetention": admins, "s3:ObjectOwnerOverrideToBucketOwner": admins,

	"iam:PassRole": nobody, "kms:Decrypt": nobody,
}

// TestAccBucket_levels shows that a member of each level's group may do what the level's document is for, and nothing
// else: by the policy simulator, which knows all of AWS's action names, and by real calls.
func TestAccBucket_levels(t *testing.T) {
	const reason = "LocalStack has no policy simulator and enforces no policies"
	acctest.Only(t, emulator.Fakecloud, reason, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		config := func(requireTLS bool) string {
			return b.Provider() + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %q
  access_levels = ["admin", "read_write", "read_only"]
  require_tls   = %t
  force_destroy = true
}
`, b.Name, requireTLS)
		}
		tf.Write(config(false)) // the emulator is reached over plain http
		tf.Apply()
		b.MakeBucket(t, b.Name+"-other")

		t.Run("members", func(t *testing.T) { // whose members leave before the groups go
			members := map[string]*s3.Client{}
			for level, suffix := range groupSuffix {
				user := b.Name + "-" + level
				members[level] = b.As(b.MakeUser(t, user, b.Name+suffix))
				document := liveDocument(t, b, access.Level(level))
				t.Run("simulated/"+level, func(t *testing.T) { simulate(t, b, level, user, document) })
			}
			for level, member := range members {
				t.Run("real/"+level, func(t *testing.T) { tryAll(t, b, level, member) })
			}
			tf.Write(config(true))
			tf.Apply()
			t.Run("TLS", func(t *testing.T) { requiresTLS(t, b, b.Name+"-admin") })
			for level, member := range members {
				t.Run("plain http/"+level, func(t *testing.T) { tryAll(t, b, nobody, member) })
			}
		})
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// simulate asks the policy simulator, once about the user and once about the document alone.
func simulate(t *testing.T, b *acctest.Bench, level, user, document string) {
	arn := "arn:aws:s3:::" + b.Name
	for _, kind := range []struct {
		actions        map[string]string
		inside, beside string
	}{
		{bucketActions, arn, arn + "-other"},
		{objectActions, arn + "/docs/a.txt", arn + "-other/docs/a.txt"},
	} {
		var actions []string
		for action := range kind.actions {
			actions = append(actions, action)
		}
		resources := []string{kind.inside, kind.beside}
		principal := acctest.Must(b.IAM().SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
			PolicySourceArn: aws.String("arn:aws:iam::" + b.AccountID + ":user/" + user),
			ActionNames:     actions, ResourceArns: resources,
		}))(t)
		custom := acctest.Must(b.IAM().SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
			PolicyInputList: []string{document}, ActionNames: actions, ResourceArns: resources,
		}))(t)
		for of, results := range map[string][]iamtypes.EvaluationResult{
			"member": principal.EvaluationResults, "document": custom.EvaluationResults,
		} {
			if got, want := len(results), len(actions)*len(resources); got != want {
				t.Fatalf("%s: %d decisions, want %d", of, got, want)
			}
			for _, result := range results {
				action, on := aws.ToString(result.EvalActionName), aws.ToString(result.EvalResourceName)
				want := on == kind.inside && may(level, kind.actions[action])
				if got := result.EvalDecision == iamtypes.PolicyEvaluationDecisionTypeAllowed; got != want {
					t.Errorf("%s: %s on %s: %s, want allowed %t", of, action, on, result.EvalDecision, want)
				}
			}
		}
	}
}

func may(level, levels string) bool { return slices.Contains(strings.Fields(levels), level) }

// attempts are real calls, in an order in which each finds what it needs. The emulator asks for the permission that bears
// the operation's name, so these are the operations for which AWS asks for the same.
var attempts = []struct {
	name    string
	allowed string
	try     func(ctx context.Context, c *s3.Client, bucket string) error
}{
	{"put object", writers, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("new"), Body: strings.NewReader("new")})
		return err
	}},
	{"get object", readers, func(ctx context.Context, c *s3.Client, bucket string) error {
		out, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("there")})
		if err != nil {
			return err
		}
		return out.Body.Close()
	}},
	{"get object tagging", readers, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &bucket, Key: aws.String("there")})
		return err
	}},
	{"put object tagging", admins, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{
			Bucket: &bucket, Key: aws.String("there"), Tagging: &types.Tagging{TagSet: []types.Tag{}},
		})
		return err
	}},
	{"delete object", writers, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: aws.String("doomed")})
		return err
	}},
	{"get bucket location", readers, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &bucket})
		return err
	}},
	{"get bucket versioning", readers, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
		return err
	}},
	{"put bucket tagging", admins, func(ctx context.Context, c *s3.Client, bucket string) error {
		tag := types.Tag{Key: aws.String("By"), Value: aws.String("a member")}
		_, err := c.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{
			Bucket: &bucket, Tagging: &types.Tagging{TagSet: []types.Tag{tag}},
		})
		return err
	}},
	{"put bucket versioning", admins, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket:                  &bucket,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
		})
		return err
	}},
	{"put bucket policy", admins, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket, Policy: aws.String(fmt.Sprintf(
			`{"Version":"2012-10-17","Statement":[{"Sid":"ByAMember","Effect":"Deny","Principal":"*",`+
				`"Action":"s3:PutObjectTorrent","Resource":"arn:aws:s3:::%s/*"}]}`, bucket))})
		return err
	}},
	{"delete bucket policy", nobody, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: &bucket})
		return err
	}},
	{"delete bucket", nobody, func(ctx context.Context, c *s3.Client, bucket string) error {
		_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
		return err
	}},
}

// tryAll makes the calls as a member of the level's group. All that is done to another bucket has to be refused.
func tryAll(t *testing.T, b *acctest.Bench, level string, member *s3.Client) {
	b.PutObject(t, b.Name, "there")
	b.PutObject(t, b.Name, "doomed")
	for _, call := range attempts {
		for _, bucket := range []string{b.Name, b.Name + "-other"} {
			err := call.try(t.Context(), member, bucket)
			var answer *awshttp.ResponseError
			refused := errors.As(err, &answer) && answer.HTTPStatusCode() == http.StatusForbidden
			switch want := bucket == b.Name && may(level, call.allowed); {
			case want && err != nil:
				t.Errorf("%s of %s: %v, want it to be allowed", call.name, bucket, err)
			case !want && !refused:
				t.Errorf("%s of %s: %v, want it to be refused", call.name, bucket, err)
			}
		}
	}
}

// requiresTLS asks the simulator about the bucket policy as it is now: only the transport makes the difference.
func requiresTLS(t *testing.T, b *acctest.Bench, user string) {
	arn := "arn:aws:iam::" + b.AccountID + ":user/" + user
	live := acctest.Must(b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name}))(t)
	for secure, want := range map[string]iamtypes.PolicyEvaluationDecisionType{
		"true": iamtypes.PolicyEvaluationDecisionTypeAllowed, "false": iamtypes.PolicyEvaluationDecisionTypeExplicitDeny,
	} {
		for action, on := range map[string]string{"s3:GetObject": "arn:aws:s3:::" + b.Name + "/a", "s3:ListBucket": "arn:aws:s3:::" + b.Name} {
			out := acctest.Must(b.IAM().SimulatePrincipalPolicy(t.Context(), &iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: &arn, CallerArn: &arn, ResourcePolicy: live.Policy,
				ActionNames: []string{action}, ResourceArns: []string{on},
				ContextEntries: []iamtypes.ContextEntry{{
					ContextKeyName: aws.String("aws:SecureTransport"), ContextKeyValues: []string{secure},
					ContextKeyType: iamtypes.ContextKeyTypeEnumBoolean,
				}},
			}))(t)
			if len(out.EvaluationResults) != 1 || out.EvaluationResults[0].EvalDecision != want {
				t.Errorf("%s with aws:SecureTransport %s: %+v, want %s", action, secure, out.EvaluationResults, want)
			}
		}
	}
}
