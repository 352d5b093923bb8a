package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// The actions of the documents that the Yale service gave its groups, without the leading "s3:", as its configuration
// and its documents list them, repetitions included.
const (
	serviceBucketActions = `AbortMultipartUpload DeleteBucketWebsite DeleteObject DeleteObjectVersion GetAccelerateConfiguration
		GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging GetBucketNotification GetBucketPolicy GetBucketTagging
		GetBucketVersioning GetBucketWebsite GetLifecycleConfiguration GetObject GetObjectAcl GetObjectVersion
		GetObjectVersionAcl GetReplicationConfiguration ListAllMyBuckets ListBucket ListBucketMultipartUploads
		ListBucketVersions ListMultipartUploadParts PutAccelerateConfiguration PutBucketAcl PutBucketCORS PutBucketLogging
		PutBucketNotification PutBucketPolicy PutBucketRequestPayment PutBucketTagging PutBucketVersioning PutBucketWebsite
		PutLifecycleConfiguration PutReplicationConfiguration PutObject PutObjectAcl PutObjectVersionAcl ReplicateDelete
		ReplicateObject RestoreObject`

	serviceBucketAdmin = `PutBucketPolicy DeleteBucketPolicy PutBucketWebsite DeleteBucketWebsite ListAllMyBuckets
		PutAccelerateConfiguration PutBucketAcl PutBucketCORS PutBucketNotification PutBucketObjectLockConfiguration
		PutBucketRequestPayment PutBucketVersioning PutInventoryConfiguration PutLifecycleConfiguration
		PutReplicationConfiguration`

	serviceBucketRead = `GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
		GetBucketNotification GetBucketObjectLockConfiguration GetBucketPolicy GetBucketPolicyStatus
		GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite
		GetEncryptionConfiguration GetInventoryConfiguration GetLifecycleConfiguration GetReplicationConfiguration
		GetReplicationConfiguration GetMetricsConfiguration ListAccessPoints ListAllMyBuckets ListBucket
		ListBucketMultipartUploads ListBucketVersions ListMultipartUploadParts`

	serviceObjectRead = `GetObject GetObjectAcl GetObjectLegalHold GetObjectRetention GetObjectTagging GetObjectVersion
		GetObjectVersionAcl GetObjectVersionForReplication GetObjectVersionTagging`

	serviceObjectWrite = `AbortMultipartUpload DeleteObject DeleteObjectVersion PutObject PutObjectAcl PutObjectVersionAcl
		PutObjectRetention ReplicateDelete ReplicateObject RestoreObject PutObjectLegalHold`
)

// serviceDocument is a document in the service's form: arrays, and no Sids. A statement is given as "bucket: " or
// "objects: ", what it is about, and its actions.
func serviceDocument(bucket string, statements ...string) string {
	type statement struct {
		Effect           string
		Action, Resource []string
	}
	var all []statement
	for _, s := range statements {
		about, actions, _ := strings.Cut(s, ":")
		resource := map[string]string{"bucket": "arn:aws:s3:::" + bucket, "objects": "arn:aws:s3:::" + bucket + "/*"}[about]
		var named []string
		for action := range strings.FieldsSeq(actions) {
			named = append(named, "s3:"+action)
		}
		all = append(all, statement{"Allow", named, []string{resource}})
	}
	text, _ := json.Marshal(map[string]any{"Version": "2012-10-17", "Statement": all})
	return string(text)
}

// serviceLevel is what the service made of an access level, in its words: the document depends on whether it made the
// group together with the bucket or later, when the first user wanted it.
type serviceLevel struct {
	short, title string
	document     []string
}

var (
	serviceFirst = serviceLevel{"Adm", "Admin", []string{"bucket:" + serviceBucketActions, "objects: *"}}
	serviceLater = []serviceLevel{
		{"Adm", "Admin", []string{
			"bucket:" + serviceBucketAdmin, "bucket:" + serviceBucketRead, "objects:" + serviceObjectRead, "objects:" + serviceObjectWrite,
		}},
		{"RW", "Read-Write", []string{
			"bucket:" + serviceBucketRead, "objects:" + serviceObjectRead, "objects:" + serviceObjectWrite,
		}},
		{"RO", "Read-Only", []string{"bucket:" + serviceBucketRead, "objects:" + serviceObjectRead}},
	}
)

// makeBucketIn makes a plain bucket in a region, and takes it away at the end of the test.
func makeBucketIn(t *testing.T, b *acctest.Bench, name, region string) {
	t.Helper()
	in := &s3.CreateBucketInput{Bucket: &name}
	if region != acctest.Region {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	there := func(o *s3.Options) { o.Region = region }
	acctest.Must(b.S3().CreateBucket(t.Context(), in, there))(t)
	t.Cleanup(func() {
		_, _ = b.S3().DeleteBucket(context.WithoutCancel(t.Context()), &s3.DeleteBucketInput{Bucket: &name}, there)
	})
}

// serviceBucket makes a bucket as the service did, in its own order.
func serviceBucket(t *testing.T, b *acctest.Bench, region, log string, levels ...serviceLevel) {
	t.Helper()
	ctx, api, there := t.Context(), b.S3(), func(o *s3.Options) { o.Region = region }
	makeBucketIn(t, b, b.Name, region)
	acctest.Must(api.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: &b.Name, Tagging: &types.Tagging{TagSet: []types.Tag{
		{Key: aws.String("Application"), Value: aws.String("legacy")},
		{Key: aws.String("spinup:org"), Value: aws.String("example")},
	}}}, there))(t)
	acctest.Must(api.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
		Bucket: &b.Name,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
		}}},
	}, there))(t)
	if log != "" {
		acctest.Must(api.PutBucketLogging(ctx, &s3.PutBucketLoggingInput{
			Bucket: &b.Name,
			BucketLoggingStatus: &types.BucketLoggingStatus{LoggingEnabled: &types.LoggingEnabled{
				TargetBucket: &log, TargetPrefix: aws.String("s3/" + b.Name + "/"),
			}},
		}, there))(t)
	}
	for _, level := range levels {
		serviceGroup(t, b, level)
	}
}

// serviceArchive puts the rule that the service gave a bucket whose objects nobody would read any more.
func serviceArchive(t *testing.T, b *acctest.Bench, region string) {
	t.Helper()
	acctest.Must(b.S3().PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
		Bucket: &b.Name,
		LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{{
			ID: aws.String("deep-archive-rule"), Status: types.ExpirationStatusEnabled,
			Filter:      &types.LifecycleRuleFilter{Prefix: aws.String("")},
			Transitions: []types.Transition{{Days: aws.Int32(1), StorageClass: types.TransitionStorageClassDeepArchive}},
		}}},
	}, func(o *s3.Options) { o.Region = region }))(t)
}

// serviceGroup makes the group of an access level as the service did.
func serviceGroup(t *testing.T, b *acctest.Bench, level serviceLevel) {
	t.Helper()
	ctx, group := t.Context(), aws.String(b.Name+"-Bkt"+level.short+"Grp")
	policy := acctest.Must(b.IAM().CreatePolicy(ctx, &iam.CreatePolicyInput{
		PolicyName: aws.String(b.Name + "-Bkt" + level.short + "Plc"), Path: aws.String("/"),
		Description:    aws.String(level.title + " policy for " + b.Name + " bucket"),
		PolicyDocument: aws.String(serviceDocument(b.Name, level.document...)),
	}))(t).Policy
	acctest.Must(b.IAM().CreateGroup(ctx, &iam.CreateGroupInput{GroupName: group, Path: aws.String("/")}))(t)
	acctest.Must(b.IAM().AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: policy.Arn}))(t)
}

const legacyBucket = "spinup_bucket.legacy"

// legacyConfig is the configuration of the guide, for the bucket's name and with further lines. On LocalStack a new bucket
// is of the new era: AWS itself has set what the guide's last two lines say is not set.
func legacyConfig(t *testing.T, b *acctest.Bench, lines ...string) string {
	t.Helper()
	text := string(acctest.Must(os.ReadFile("../../examples/guides/import/main.tf"))(t))
	for old, want := range map[string]string{
		"legacy-example-edu": b.Name,
		"\n}\n":              "\n  " + strings.Join(lines, "\n  ") + "\n}\n",
	} {
		if strings.Count(text, old) != 1 {
			t.Fatalf("the guide's configuration has not one %q:\n%s", old, text)
		}
		text = strings.Replace(text, old, want, 1)
	}
	if b.Kind == emulator.LocalStack {
		text = regexp.MustCompile(`(?m)^ *(object_ownership|public_access) .*\n`).ReplaceAllString(text, "")
	}
	return text
}

// TestAccBucket_importService imports buckets that the Yale service made, with the configuration of the guide.
func TestAccBucket_importService(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		log := b.Name + "-log"
		b.MakeBucket(t, log)
		for name, row := range map[string]struct {
			region, log string
			archive     bool
			levels      []serviceLevel
			lines       []string
		}{
			"plain": {levels: []serviceLevel{serviceFirst}},
			"logged": {levels: []serviceLevel{serviceFirst}, log: log,
				lines: []string{fmt.Sprintf(`access_log = { bucket = %q, prefix = "s3/BUCKET/" }`, log)}},
			"later":          {levels: serviceLater, lines: []string{`access_levels = ["admin", "read_write", "read_only"]`}},
			"without groups": {lines: []string{"access_levels = []"}},
			"region":         {region: "eu-west-1", levels: []serviceLevel{serviceFirst}},
			"archived": {region: "eu-west-1", levels: []serviceLevel{serviceFirst}, archive: true,
				lines: []string{`lifecycle_preset = "deep-archive"`}},
		} {
			t.Run(name, func(t *testing.T) {
				b := b.Fork(t)
				if row.region == "" {
					row.region = acctest.Region
				}
				serviceBucket(t, b, row.region, row.log, row.levels...)
				if row.archive {
					serviceArchive(t, b, row.region)
				}
				config := b.Provider(`org = "example"`) + strings.ReplaceAll(legacyConfig(t, b, row.lines...), "BUCKET", b.Name)

				tf := b.Served(t)
				tf.Write(config + fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", legacyBucket, b.Name))
				if out := tf.Must("plan"); !strings.Contains(out, "Plan: 1 to import, 0 to add, 0 to change, 0 to destroy.") {
					t.Errorf("by an import block, plan\n%s", out)
				}
				tf.Write(config)
				b.Gateway.Reset()
				tf.Must("import", legacyBucket, b.Name)
				tf.Empty()
				state := tf.State(legacyBucket)
				same(t, "region and tags", []any{row.region, map[string]any{"Application": "legacy"}}, []any{state["region"], state["tags"]})
				if b.Gateway.Mutations() != 0 {
					t.Errorf("something was changed: %v", b.Gateway.Counts())
				}
				tf.Destroy()
				b.Gone(t, b.Name)
			})
		}
	})
}

// TestAccBucket_importOtherLevel: a group that the configuration does not list would be taken away, and the plan says so.
func TestAccBucket_importOtherLevel(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		serviceBucket(t, b, acctest.Region, "", serviceFirst, serviceLater[2])
		tf := b.Served(t)
		tf.Write(b.Provider(`org = "example"`) + legacyConfig(t, b))
		tf.Must("import", legacyBucket, b.Name)
		change := tf.Plan(legacyBucket)
		same(t, "the plan changes", []string{"access_levels", "groups"}, change.Attributes())
		same(t, "access_levels before", any([]any{"admin", "read_only"}), change.Before["access_levels"])
		same(t, "access_levels after", any([]any{"admin"}), change.After["access_levels"])
		tf.Apply()
		tf.Empty()
		hasLevels("Adm")(t, b)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_importRefused: what is not there, and what is no bucket's name.
func TestAccBucket_importRefused(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + bucketNamed(b.Name))
		for id, want := range map[string]string{
			b.Name:          "Cannot import non-existent remote object",
			b.Name + "/key": fmt.Sprintf("the bucket name %q has '/', want only lowercase letters", b.Name+"/key"),
			"/":             `The import id of a spinup_bucket is name, not "/".`,
			"Not_A_Bucket":  `the bucket name "Not_A_Bucket" has 'N', want only lowercase letters`,
		} {
			b.Gateway.Reset()
			if out := tf.MustFail("import", testBucket, id); !strings.Contains(out, want) {
				t.Errorf("import of %q: the error lacks %q:\n%s", id, want, out)
			}
			if id != b.Name && b.Gateway.Counts()["s3:HeadBucket"] > 0 {
				t.Errorf("import of %q: it was looked for", id)
			}
			if tf.State(testBucket) != nil {
				t.Errorf("import of %q: it is in state", id)
			}
		}
	})
}
