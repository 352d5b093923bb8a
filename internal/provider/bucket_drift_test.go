package provider_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// complete is a bucket with every part, none of them as the defaults have it where there is a choice. It logs into the
// bucket "<name>-log". More are further lines of it.
func complete(b *acctest.Bench, more ...string) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name             = %[1]q
  versioning       = true
  encryption       = { algorithm = "aws:kms" }
  object_ownership = "BucketOwnerPreferred"
  tags             = { Team = "library", Cost = "42" }
  access_log       = { bucket = "%[1]s-log", prefix = "here/" }
  access_levels    = ["admin", "read_only"]
  lifecycle_preset = "archive"
  cors_rules       = [%[4]s]
  %[3]s
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [for sid, action in { First = "s3:GetObject", Second = "s3:GetObjectVersion" } : {
      Sid = sid, Effect = "Allow", Principal = { AWS = "arn:aws:iam::%[2]s:root" }
      Action = action, Resource = "arn:aws:s3:::%[1]s/*"
    }]
  })
}
`, b.Name, b.AccountID, strings.Join(more, "\n"), uploads)
}

// drift is one way to change a complete bucket behind Terraform's back.
type drift struct {
	name   string
	tamper func(t *testing.T, b *acctest.Bench)
	shows  []string // the attributes that the plan changes
	mends  []string // the calls that change something while that plan is applied
}

// TestAccBucket_drift changes each part of a bucket with a plain client. The plan names just that, applying it repairs
// just that, and the next plan is empty.
func TestAccBucket_drift(t *testing.T) {
	acctest.Each(t, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		b.MakeBucket(t, b.Name+"-log")
		tf.Write(b.Provider() + complete(b, `ip_access = { read_write = ["198.51.100.0/24"], read_only = ["0.0.0.0/0"] }`))
		tf.Apply()
		spliceRules(t, b, "", foreignRule())
		theirs := rawRules(t, b)["theirs"]
		for _, row := range some(brief, drifts(b)) {
			t.Run(row.name, func(t *testing.T) {
				row.tamper(t, b)
				change := tf.Plan("spinup_bucket.test")
				same(t, "actions", []string{"update"}, change.Actions)
				same(t, "attributes", row.shows, change.Attributes())
				if seen, ok := seenPresets()[row.name]; ok {
					same(t, "lifecycle_preset before", seen, change.Before["lifecycle_preset"])
					same(t, "lifecycle_preset after", any("archive"), change.After["lifecycle_preset"])
				}
				b.Gateway.Reset()
				tf.Must("apply", "test.plan")
				same(t, "writing calls", row.mends, mutations(b))
				same(t, "the lifecycle rule of another owner", theirs, rawRules(t, b)["theirs"])
				tf.Empty()
			})
		}
		spliceRules(t, b, "theirs")
		tf.Destroy()
		b.Gone(t, b.Name)
	}))
}

// TestAccBucket_tamperedDocument looks at the words of a plan: exactly the document differs, as somebody left it.
func TestAccBucket_tamperedDocument(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"test\" { name = %q }\n", b.Name))
		tf.Apply()
		tampered := rewriteDocument(t, b, access.Admin)

		change := tf.Plan("spinup_bucket.test")
		admin := func(values map[string]any) map[string]any {
			return values["groups"].(map[string]any)["admin"].(map[string]any)
		}
		want := map[string]any{}
		maps.Copy(want, admin(change.Before))
		same(t, "before", tampered, want["policy_document"])
		want["policy_document"] = nil
		same(t, "after", want, admin(change.After))
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// mutations names the calls of the bench that changed something, in their order.
func mutations(b *acctest.Bench) []string {
	var names []string
	for _, g := range gates(b) {
		for _, call := range g.Calls() {
			if call.Mutating {
				names = append(names, call.Name())
			}
		}
	}
	return names
}

func drifts(b *acctest.Bench) []drift {
	policyWritten, rulesWritten := []string{"s3:PutBucketPolicy"}, []string{"s3:PutBucketLifecycleConfiguration"}
	public, rules, rulesPut := []string{"public_access", "public_access_block"}, []string{"cors_rules"}, []string{"s3:PutBucketCors"}
	tagged, preset := []string{"tags", "tags_all"}, []string{"lifecycle_preset"}
	rows := []drift{
		{"versioning suspended", suspend, []string{"versioning"}, []string{"s3:PutBucketVersioning"}},
		{"encryption changed", encrypt, []string{"encryption"}, []string{"s3:PutBucketEncryption"}},
		{"ownership changed", own, []string{"object_ownership"}, []string{"s3:PutBucketOwnershipControls"}},
		{"ownership deleted", func(t *testing.T, b *acctest.Bench) {
			acctest.Must(b.S3().DeleteBucketOwnershipControls(t.Context(),
				&s3.DeleteBucketOwnershipControlsInput{Bucket: &b.Name}))(t)
		}, []string{"object_ownership"}, []string{"s3:PutBucketOwnershipControls"}},
		{"one switch off", func(t *testing.T, b *acctest.Bench) { block(t, b, true, false) },
			public, []string{"s3:PutPublicAccessBlock"}},
		{"all switches off", func(t *testing.T, b *acctest.Bench) { block(t, b, false, false) },
			public, []string{"s3:PutPublicAccessBlock"}},
		{"made public in our own words", func(t *testing.T, b *acctest.Bench) {
			block(t, b, false, false)
			splice(t, b, "", bucket.Spec{Partition: "aws", Name: b.Name, RequireTLS: false, PublicAccess: bucket.PublicRead}.OwnStatements()...)
		}, public, []string{"s3:PutPublicAccessBlock", "s3:PutBucketPolicy"}},
		{"statement of require_tls removed", func(t *testing.T, b *acctest.Bench) { splice(t, b, bucket.SidRequireTLS) },
			[]string{"require_tls"}, policyWritten},
		{"statement of require_tls altered", func(t *testing.T, b *acctest.Bench) {
			weaker := bucket.Spec{Partition: "aws", Name: b.Name, RequireTLS: true, PublicAccess: bucket.PublicNone}.OwnStatements()[0]
			weaker.Action = []string{"s3:DeleteObject"}
			splice(t, b, weaker.Sid, weaker)
		}, []string{"require_tls"}, policyWritten},
		{"a network more", func(t *testing.T, b *acctest.Bench) {
			splice(t, b, bucket.SidIPRead, ipStatement(t, b, bucket.SidIPRead, "0.0.0.0/0", "198.51.100.0/24", "::/0"))
		}, []string{"ip_access"}, policyWritten},
		{"a statement of ip_access removed", func(t *testing.T, b *acctest.Bench) { splice(t, b, bucket.SidIPWrite) },
			[]string{"ip_access"}, policyWritten},
		{"both statements of ip_access removed", func(t *testing.T, b *acctest.Bench) {
			splice(t, b, bucket.SidIPWrite)
			splice(t, b, bucket.SidIPRead)
		}, []string{"ip_access"}, policyWritten},
		{"own statement altered", func(t *testing.T, b *acctest.Bench) { splice(t, b, "First", stranger(b, "First")) },
			[]string{"policy"}, policyWritten},
		{"own statement removed", func(t *testing.T, b *acctest.Bench) { splice(t, b, "Second") }, []string{"policy"}, policyWritten},
		{"bucket policy deleted", func(t *testing.T, b *acctest.Bench) {
			acctest.Must(b.S3().DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: &b.Name}))(t)
		}, []string{"ip_access", "policy", "require_tls"}, policyWritten},
		{"tag changed", func(t *testing.T, b *acctest.Bench) { setTags(t, b, map[string]string{"Team": "music", "Cost": "42"}) },
			tagged, []string{"s3:PutBucketTagging"}},
		{"tag added", func(t *testing.T, b *acctest.Bench) {
			setTags(t, b, map[string]string{"Team": "library", "Cost": "42", "More": "1"})
		}, tagged, []string{"s3:PutBucketTagging"}},
		{"tags deleted", func(t *testing.T, b *acctest.Bench) { setTags(t, b, nil) }, tagged, []string{"s3:PutBucketTagging"}},
		{"access log changed", func(t *testing.T, b *acctest.Bench) {
			accessLog(t, b, &types.LoggingEnabled{TargetBucket: aws.String(b.Name + "-log"), TargetPrefix: aws.String("there/")})
		}, []string{"access_log"}, []string{"s3:PutBucketLogging"}},
		{"access log turned off", func(t *testing.T, b *acctest.Bench) { accessLog(t, b, nil) },
			[]string{"access_log"}, []string{"s3:PutBucketLogging"}},
		{"CORS rule added", func(t *testing.T, b *acctest.Bench) { putCORS(t, b, "mine", "theirs") }, rules, rulesPut},
		{"CORS rules of another order", func(t *testing.T, b *acctest.Bench) { putCORS(t, b, "theirs", "mine") }, rules, rulesPut},
		{"CORS rules deleted", func(t *testing.T, b *acctest.Bench) { putCORS(t, b) }, rules, rulesPut},
		{"lifecycle rule changed", func(t *testing.T, b *acctest.Bench) { spliceRules(t, b, "archive-rule", otherArchive()) },
			preset, rulesWritten},
		{"lifecycle rule disabled", func(t *testing.T, b *acctest.Bench) {
			rule := presetRules()["archive"]
			rule.Status = types.ExpirationStatusDisabled
			spliceRules(t, b, "archive-rule", rule)
		}, preset, rulesWritten},
		{"lifecycle rule deleted", func(t *testing.T, b *acctest.Bench) { spliceRules(t, b, "archive-rule") }, preset, rulesWritten},
		{"document of a level altered", func(t *testing.T, b *acctest.Bench) { rewriteDocument(t, b, access.Admin) },
			[]string{"groups"}, []string{"iam:CreatePolicyVersion"}},
		{"policy of a level detached", func(t *testing.T, b *acctest.Bench) { detach(t, b, access.ReadOnly) },
			[]string{"groups"}, []string{"iam:AttachGroupPolicy"}},
		{"group of a level deleted", func(t *testing.T, b *acctest.Bench) { deleteGroup(t, b, access.ReadOnly) },
			[]string{"groups"}, []string{"iam:CreateGroup", "iam:AttachGroupPolicy"}},
		{"policy of a level deleted", func(t *testing.T, b *acctest.Bench) {
			detach(t, b, access.ReadOnly)
			deletePolicy(t, b, access.ReadOnly)
		}, []string{"groups"}, []string{"iam:CreatePolicy", "iam:AttachGroupPolicy"}},
		{"level deleted", func(t *testing.T, b *acctest.Bench) {
			deleteGroup(t, b, access.ReadOnly)
			deletePolicy(t, b, access.ReadOnly)
		}, []string{"access_levels", "groups"}, []string{"iam:CreatePolicy", "iam:CreateGroup", "iam:AttachGroupPolicy"}},
	}
	if b.Kind != emulator.LocalStack { // which then answers with nothing at all, as AWS never does
		rows = append(rows, drift{"encryption deleted", func(t *testing.T, b *acctest.Bench) {
			acctest.Must(b.S3().DeleteBucketEncryption(t.Context(), &s3.DeleteBucketEncryptionInput{Bucket: &b.Name}))(t)
		}, []string{"encryption"}, []string{"s3:PutBucketEncryption"}})
	}
	return rows
}

// seenPresets are what a plan says that lifecycle_preset was, by the drift.
func seenPresets() map[string]any {
	return map[string]any{
		"lifecycle rule changed": "archive, changed", "lifecycle rule disabled": "archive, changed", "lifecycle rule deleted": nil,
	}
}

func suspend(t *testing.T, b *acctest.Bench) {
	t.Helper()
	acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket:                  &b.Name,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
	}))(t)
}

func encrypt(t *testing.T, b *acctest.Bench) {
	t.Helper()
	acctest.Must(b.S3().PutBucketEncryption(t.Context(), &s3.PutBucketEncryptionInput{
		Bucket: &b.Name,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
		}}},
	}))(t)
}

func own(t *testing.T, b *acctest.Bench) {
	t.Helper()
	acctest.Must(b.S3().PutBucketOwnershipControls(t.Context(), &s3.PutBucketOwnershipControlsInput{
		Bucket: &b.Name,
		OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{
			{ObjectOwnership: types.ObjectOwnershipBucketOwnerEnforced},
		}},
	}))(t)
}

// block sets the switch against public policies, and the other three.
func block(t *testing.T, b *acctest.Bench, others, policy bool) {
	t.Helper()
	acctest.Must(b.S3().PutPublicAccessBlock(t.Context(), &s3.PutPublicAccessBlockInput{
		Bucket: &b.Name,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: &others, IgnorePublicAcls: &others, RestrictPublicBuckets: &others, BlockPublicPolicy: &policy,
		},
	}))(t)
}

// bucketPolicy is the live bucket policy.
func bucketPolicy(t *testing.T, b *acctest.Bench) awspolicy.Document {
	t.Helper()
	out := acctest.Must(b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name}))(t)
	return acctest.Must(awspolicy.Parse(aws.ToString(out.Policy)))(t)
}

// splice takes the statement of the key out of the live bucket policy and adds others.
func splice(t *testing.T, b *acctest.Bench, key string, add ...awspolicy.Statement) {
	t.Helper()
	text := bucketPolicy(t, b).Replace([]string{key}, add).String()
	acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &text}))(t)
}

// ipStatement is the live statement of ip_access with other networks.
func ipStatement(t *testing.T, b *acctest.Bench, sid string, networks ...string) awspolicy.Statement {
	t.Helper()
	live, _ := bucketPolicy(t, b).Find(sid)
	return awspolicy.Statement{
		Sid: sid, Effect: live.Effect, Principal: live.Principal, Action: live.Action, Resource: live.Resource,
		Condition: awspolicy.Condition{
			"NotIpAddress": {"aws:SourceIp": networks}, "BoolIfExists": live.Condition["BoolIfExists"],
		},
	}
}

// stranger is a statement that nobody configured.
func stranger(b *acctest.Bench, sid string) awspolicy.Statement {
	return awspolicy.Statement{
		Sid: sid, Effect: awspolicy.Allow, Principal: awspolicy.Principal{"AWS": {"arn:aws:iam::" + b.AccountID + ":root"}},
		Action: []string{"s3:GetObjectAcl"}, Resource: []string{"arn:aws:s3:::" + b.Name + "/*"},
	}
}

// setTags replaces all tags of the bucket.
func setTags(t *testing.T, b *acctest.Bench, tags map[string]string) {
	t.Helper()
	if len(tags) == 0 {
		acctest.Must(b.S3().DeleteBucketTagging(t.Context(), &s3.DeleteBucketTaggingInput{Bucket: &b.Name}))(t)
		return
	}
	set := &types.Tagging{}
	for key, value := range tags {
		set.TagSet = append(set.TagSet, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	acctest.Must(b.S3().PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: &b.Name, Tagging: set}))(t)
}

func accessLog(t *testing.T, b *acctest.Bench, enabled *types.LoggingEnabled) {
	t.Helper()
	acctest.Must(b.S3().PutBucketLogging(t.Context(), &s3.PutBucketLoggingInput{
		Bucket: &b.Name, BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: enabled},
	}))(t)
}

// levelPolicy is the ARN of the level's policy.
func levelPolicy(b *acctest.Bench, l access.Level) *string {
	return aws.String(b.PolicyARN(access.PolicyName(b.Name, l)))
}

// levelGroup is the name of the level's group.
func levelGroup(b *acctest.Bench, l access.Level) *string {
	return aws.String(access.GroupName(b.Name, l))
}

// liveDocument is the text of the level's policy.
func liveDocument(t *testing.T, b *acctest.Bench, l access.Level) string {
	t.Helper()
	policy := acctest.Must(b.IAM().GetPolicy(t.Context(), &iam.GetPolicyInput{PolicyArn: levelPolicy(b, l)}))(t).Policy
	out := acctest.Must(b.IAM().GetPolicyVersion(t.Context(), &iam.GetPolicyVersionInput{
		PolicyArn: policy.Arn, VersionId: policy.DefaultVersionId,
	}))(t)
	return acctest.Must(awsclient.PolicyText(out.PolicyVersion.Document))(t)
}

// rewriteDocument makes a new default version of the level's policy, and returns its text.
func rewriteDocument(t *testing.T, b *acctest.Bench, l access.Level) string {
	t.Helper()
	text := awspolicy.New(awspolicy.Statement{
		Effect: awspolicy.Allow, Action: []string{"s3:*"}, Resource: []string{"arn:aws:s3:::" + b.Name + "/a+b c/*"},
	}).String()
	acctest.Must(b.IAM().CreatePolicyVersion(t.Context(), &iam.CreatePolicyVersionInput{
		PolicyArn: levelPolicy(b, l), PolicyDocument: &text, SetAsDefault: true,
	}))(t)
	return text
}

func detach(t *testing.T, b *acctest.Bench, l access.Level) {
	t.Helper()
	acctest.Must(b.IAM().DetachGroupPolicy(t.Context(), &iam.DetachGroupPolicyInput{
		GroupName: levelGroup(b, l), PolicyArn: levelPolicy(b, l),
	}))(t)
}

func deleteGroup(t *testing.T, b *acctest.Bench, l access.Level) {
	t.Helper()
	detach(t, b, l)
	acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: levelGroup(b, l)}))(t)
}

func deletePolicy(t *testing.T, b *acctest.Bench, l access.Level) {
	t.Helper()
	acctest.Must(b.IAM().DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: levelPolicy(b, l)}))(t)
}
