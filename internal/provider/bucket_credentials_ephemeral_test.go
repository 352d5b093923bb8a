package provider_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

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

// makeRole makes a role that everybody in the account may assume and that may do everything with S3.
func makeRole(t *testing.T, b *acctest.Bench) (arn string) {
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
		_, dropped := b.IAM().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: &b.Name, PolicyName: aws.String("all")})
		_, err := b.IAM().DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: &b.Name})
		_ = errors.Join(dropped, err)
	})
	return *made.Role.Arn
}

// borrowed is a plain client of S3 with the credentials that were opened.
func borrowed(b *acctest.Bench, opened map[string]any) *s3.Client {
	text := func(name string) string { value, _ := opened[name].(string); return value }
	return b.InSession(text("access_key"), text("secret_key"), text("token"))
}

// TestAccBucketCredentials_basic lends a prefix, and finds that the credentials do this and nothing else.
func TestAccBucketCredentials_basic(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, sessionsThere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		for _, key := range []string{"docs/a", "docs2/a", "other"} {
			putText(t, b, key, key)
		}
		tf := b.Played(t)
		tf.Write(b.Provider() + lentBlock(b, "bucket_credentials", fmt.Sprintf("role_arn = %q", makeRole(t, b)),
			`prefix = "docs/"`, `access = "read_write"`, `duration = "15m"`))
		tf.Apply()
		opened := tf.Opened(credentialsAt)
		if opened == nil {
			t.Fatal("nothing was opened")
		}
		at := acctest.Must(time.Parse(time.RFC3339, opened["expires_at"].(string)))(t)
		if left := time.Until(at); left > 15*time.Minute || left < 14*time.Minute {
			t.Errorf("the credentials end in %s", left)
		}
		same(t, "method", any("assume_role"), opened["method"])
		client := borrowed(b, opened)
		get := func(key string) error {
			_, err := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: &key})
			return err
		}
		if err := get("docs/a"); err != nil {
			t.Error(err)
		}
		for _, key := range []string{"docs2/a", "other"} {
			if get(key) == nil {
				t.Errorf("%s can be read", key)
			}
		}
	})
}
