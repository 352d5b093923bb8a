package provider_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const (
	credentialsAt = "ephemeral.spinup_bucket_credentials.test"
	sessionsThere = "only fakecloud enforces the policies of sessions"
)

// lentBlock is an ephemeral block for the bucket of the bench.
func lentBlock(b *acctest.Bench, kind string, lines ...string) string {
	return fmt.Sprintf("\nephemeral \"spinup_%s\" \"test\" {\n  bucket = %q\n  %s\n}\n", kind, b.Name, strings.Join(lines, "\n  "))
}

// lendingRole makes a role that everybody in the account may assume and that may do everything with S3.
func lendingRole(t *testing.T, b *acctest.Bench) (arn string) {
	t.Helper()
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"*"}}]}`
	made := acctest.Must(b.IAM().CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: &b.Name, AssumeRolePolicyDocument: &trust,
	}))(t)
	acctest.Must(b.IAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
		RoleName: &b.Name, PolicyName: aws.String("all"),
		PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
	}))(t)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_, dropped := b.IAM().DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &b.Name, PolicyName: aws.String("all")})
		_, err := b.IAM().DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &b.Name})
		_ = errors.Join(dropped, err)
	})
	return *made.Role.Arn
}

// borrowed is a plain client of S3 with the credentials that were opened.
func borrowed(b *acctest.Bench, opened map[string]any) *s3.Client {
	text := func(name string) string { value, _ := opened[name].(string); return value }
	return b.InSession(text("access_key"), text("secret_key"), text("token"))
}

// lentCall is a call with lent credentials, and the loans that may make it.
type lentCall struct {
	name string
	may  string
	call func(ctx context.Context, c *s3.Client, bucket string) error
}

// lentCalls are those that the emulator checks under the names of AWS, and some that nobody may make.
func lentCalls(other string) []lentCall {
	get := func(key string) func(context.Context, *s3.Client, string) error {
		return func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
			return err
		}
	}
	put := func(key string) func(context.Context, *s3.Client, string) error {
		return func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("new")})
			return err
		}
	}
	drop := func(key string) func(context.Context, *s3.Client, string) error {
		return func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key})
			return err
		}
	}
	return []lentCall{
		{"get docs/a", "reader writer whole admin", get("docs/a")},
		{"get docs/sub/a", "reader writer whole admin", get("docs/sub/a")},
		{"get docs2/a", "whole admin", get("docs2/a")},
		{"get docs", "whole admin", get("docs")},
		{"get a", "whole admin", get("a")},
		{"get Docs/a", "whole admin", get("Docs/a")},
		{"get other bucket", "", func(ctx context.Context, c *s3.Client, _ string) error { return get("docs/a")(ctx, c, other) }},
		{"put docs/new", "writer admin", put("docs/new")},
		{"put docs/sub/new", "writer admin", put("docs/sub/new")},
		{"put docs2/new", "admin", put("docs2/new")},
		{"put new", "admin", put("new")},
		{"put other bucket", "", func(ctx context.Context, c *s3.Client, _ string) error { return put("docs/a")(ctx, c, other) }},
		{"delete docs/new", "writer admin", drop("docs/new")},
		{"delete docs2/new", "admin", drop("docs2/new")},
		{"delete new", "admin", drop("new")},
		{"get tags", "reader writer whole admin", func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &bucket, Key: aws.String("docs/a")})
			return err
		}},
		{"versioning", "whole admin", func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
			return err
		}},
		{"write versioning", "admin", func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
				Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
			})
			return err
		}},
		{"make a bucket", "", func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(bucket + "-3")})
			return err
		}},
		{"delete the bucket", "", func(ctx context.Context, c *s3.Client, bucket string) error {
			_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &bucket})
			return err
		}},
		{"list all", "", func(ctx context.Context, c *s3.Client, _ string) error {
			_, err := c.ListBuckets(ctx, &s3.ListBucketsInput{})
			return err
		}},
	}
}

// TestAccBucketCredentials_basic lends a part of a bucket and all of it, of a role that may do everything, and makes
// calls with the credentials: they do what was lent and nothing else.
func TestAccBucketCredentials_basic(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, sessionsThere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		other := b.Name + "-2"
		b.MakeBucket(t, other)
		b.PutObject(t, other, "docs/a")
		for _, key := range []string{"docs/a", "docs/sub/a", "docs2/a", "docs", "a", "Docs/a"} {
			putText(t, b, key, key)
		}
		role := fmt.Sprintf("role_arn = %q", lendingRole(t, b))
		var config strings.Builder
		for name, lines := range map[string][]string{
			"reader": {`prefix = "docs/"`, `duration = "15m"`},
			"writer": {`prefix = "docs/"`, `access = "read_write"`},
			"whole":  {`method = "assume_role"`}, "admin": {`access = "admin"`, `duration = "1h0m0s"`},
		} {
			config.WriteString(strings.Replace(lentBlock(b, "bucket_credentials", append(lines, role)...), `"test"`, `"`+name+`"`, 1))
		}
		tf := b.Played(t)
		tf.Write(b.Provider() + config.String())
		tf.Apply()
		for _, loan := range []string{"reader", "writer", "whole", "admin"} {
			opened := tf.Opened("ephemeral.spinup_bucket_credentials." + loan)
			at := acctest.Must(time.Parse(time.RFC3339, opened["expires_at"].(string)))(t)
			if span := acctest.Must(time.ParseDuration(opened["duration"].(string)))(t); time.Until(at) > span || time.Until(at) < span-time.Minute {
				t.Errorf("%s ends at %s, of %s", loan, at, span)
			}
			same(t, "method", any("assume_role"), opened["method"])
			client := borrowed(b, opened)
			for _, try := range lentCalls(other) {
				allowed(t, loan+": "+try.name, slices.Contains(strings.Fields(try.may), loan), try.call(t.Context(), client, b.Name))
			}
		}
	})
}

// TestAccBucketCredentials_federation lends without a role. No emulator lets a federated user do what its user may, so
// what is proven is the call, and what its policy allows in the simulator of policies.
func TestAccBucketCredentials_federation(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "it has the policy simulator", func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", `prefix = "docs/"`))
		tf.Apply()
		opened := tf.Opened(credentialsAt)
		same(t, "method", any("federation_token"), opened["method"])
		same(t, "access", any("read_only"), opened["access"])
		same(t, "calls", 2, b.Gateway.Counts()["sts:GetFederationToken"])
		policy, _ := opened["policy"].(string)
		for prefix, want := range map[string]iamtypes.PolicyEvaluationDecisionType{
			"docs/": "allowed", "docs/sub": "allowed", "docs": "implicitDeny", "docs2/": "implicitDeny", "": "implicitDeny",
		} {
			out := acctest.Must(b.IAM().SimulateCustomPolicy(t.Context(), &iam.SimulateCustomPolicyInput{
				PolicyInputList: []string{policy}, ActionNames: []string{"s3:ListBucket"}, ResourceArns: []string{"arn:aws:s3:::" + b.Name},
				ContextEntries: []iamtypes.ContextEntry{{
					ContextKeyName: aws.String("s3:prefix"), ContextKeyType: iamtypes.ContextKeyTypeEnumString, ContextKeyValues: []string{prefix},
				}},
			}))(t)
			same(t, "list of "+prefix, want, out.EvaluationResults[0].EvalDecision)
		}
		tf.Write(b.Provider(`token = "session"`, "skip_credentials_validation = true", "skip_requesting_account_id = true") +
			lentBlock(b, "bucket_credentials"))
		saysAll(t, tf.MustFail("plan"), "method", "those of a session", "set role_arn")
		tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", `role_arn = "arn:aws:iam::123456789012:role/nowhere"`))
		saysAll(t, tf.MustFail("plan"), "role_arn", "sts:AssumeRole on role arn:aws:iam::123456789012:role/nowhere", "trust policy")
	})
}

// TestAccBucketCredentials_stores lends on a store that makes sessions of its own users, and is refused on one that makes
// none.
func TestAccBucketCredentials_stores(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		if b.Kind == emulator.VersityGW {
			tf.Write(b.Provider() + lentBlock(b, "bucket_credentials"))
			saysAll(t, tf.MustFail("plan"), "method is \"federation_token\"", `platform "versitygw" does not have GetFederationToken`)
			tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", `role_arn = "arn:aws:iam::123456789012:role/lending"`))
			saysAll(t, tf.MustFail("plan"), "role_arn is", `platform "versitygw" does not have AssumeRole`)
			return
		}
		clearBucket(t, b, false)
		for _, key := range []string{"docs/a", "docs2/a"} {
			b.PutObject(t, b.Name, key)
		}
		for access, writes := range map[string]bool{"read_only": false, "read_write": true, "admin": true} {
			tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", `prefix = "docs/"`, fmt.Sprintf("access = %q", access)))
			tf.Must("plan")
			client := borrowed(b, tf.Opened(credentialsAt))
			objects(t, client, b.Name, "docs/a", true, writes)
			objects(t, client, b.Name, "docs2/a", false, false)
			_, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &b.Name, Prefix: aws.String("docs/")})
			allowed(t, "list docs/", true, err)
			_, err = client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &b.Name})
			allowed(t, "list all", false, err)
		}
		for _, access := range []string{"read_only", "read_write", "admin"} {
			tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", fmt.Sprintf("access = %q", access)))
			tf.Must("plan")
		}
		tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", `role_arn = "arn:aws:iam::123456789012:role/lending"`))
		saysAll(t, tf.MustFail("plan"), "role_arn", "has no roles", "leave it out")
	}, emulator.VersityGW, emulator.MinIO)
}
