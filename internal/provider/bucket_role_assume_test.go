package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// TestAccBucketRole_assumed assumes roles by real calls of a user who may assume any, and uses one of them.
//
// The emulator evaluates the trust policy of AssumeRole, conditions included. It lets nobody in by a provider of
// OpenID Connect, whatever the token says, and compares aws:PrincipalArn with the ARN of a session where AWS compares it
// with that of the role. So of tokens and of roles of accounts a real call proves nothing, and TestTrust_admits evaluates
// the policies.
func TestAccBucketRole_assumed(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		b.PutObject(t, b.Name, "docs/a")
		b.PutObject(t, b.Name, "other/a")
		client := assumer(t, b)
		tf := b.Played(t)
		account := func(more string) string {
			return fmt.Sprintf("trust = { accounts = [{ id = %q%s }] }", b.AccountID, more)
		}
		external := aws.String("ours")
		for _, row := range []struct {
			name, trust string
			external    *string
			in          bool
		}{
			{"account", account(""), nil, true},
			{"external id missing", account(`, external_id = "ours"`), nil, false},
			{"external id wrong", account(`, external_id = "theirs"`), external, false},
			{"external id", account(`, external_id = "ours"`), external, true},
			{"other account", `trust = { accounts = [{ id = "111122223333" }] }`, nil, false},
			{"other account with external id", `trust = { accounts = [{ id = "111122223333", external_id = "ours" }] }`, external, false},
			{"role of the account", account(`, role = "ci"`), nil, false},
			{"service", byService, nil, false},
		} {
			tf.Write(b.Provider() + roleBlock(b, readOnly, `path = "/docs/"`, row.trust))
			tf.Apply()
			out, err := client.AssumeRole(t.Context(), &sts.AssumeRoleInput{
				RoleArn: aws.String(tf.State(roleAddress)["arn"].(string)), RoleSessionName: aws.String("test"), ExternalId: row.external,
			})
			allowed(t, row.name, row.in, err)
			if err == nil {
				readsBelow(t, b, *out.Credentials.AccessKeyId, *out.Credentials.SecretAccessKey, *out.Credentials.SessionToken)
			}
		}
		tf.Destroy()
	})
}

// assumer is a client of a user who may assume whatever role trusts it.
func assumer(t *testing.T, b *acctest.Bench) *sts.Client {
	t.Helper()
	name := aws.String(b.Name + "-ann")
	key, secret := b.MakeUser(t, *name)
	acctest.Must(b.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
		UserName: name, PolicyName: name, PolicyDocument: aws.String(awspolicy.New(awspolicy.Statement{
			Effect: awspolicy.Allow, Action: []string{"sts:AssumeRole"}, Resource: []string{"*"},
		}).String()),
	}))(t)
	return sts.New(sts.Options{
		Region: acctest.Region, BaseEndpoint: &b.Endpoint, Credentials: credentials.NewStaticCredentialsProvider(key, secret, ""),
	})
}

// readsBelow uses the keys of a session that may read below docs/.
func readsBelow(t *testing.T, b *acctest.Bench, key, secret, token string) {
	t.Helper()
	client := s3.New(s3.Options{
		Region: acctest.Region, BaseEndpoint: &b.Endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(key, secret, token),
	})
	again := func(o *s3.Options) { o.RetryMaxAttempts = 5 } // the emulator hangs up after it refused a body
	ctx, other := t.Context(), aws.String(b.Name+"-2")
	_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("docs/a")}, again)
	allowed(t, "GetObject", true, err)
	_, err = client.GetBucketLocation(ctx, &s3.GetBucketLocationInput{Bucket: &b.Name}, again)
	allowed(t, "GetBucketLocation", true, err)
	_, err = client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("other/a")}, again)
	allowed(t, "GetObject outside", false, err)
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String("docs/b"), Body: strings.NewReader("b")}, again)
	allowed(t, "PutObject", false, err)
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("docs/a")}, again)
	allowed(t, "DeleteObject", false, err)
	_, err = client.GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: &b.Name}, again)
	allowed(t, "GetBucketPolicy", false, err)
	_, err = client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &b.Name}, again)
	allowed(t, "DeleteBucket", false, err)
	_, err = client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: other}, again)
	allowed(t, "CreateBucket", false, err)
}

// TestAccBucketRole_providers: a provider that is missing or lacks the audience is refused at plan, one of others is used
// and never changed, and the last of two roles that share one takes it away.
func TestAccBucketRole_providers(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + roleBlock(b, readOnly, byIssuer(b, "one")))
		saysAll(t, tf.MustFail("plan"), "Bucket role cannot be created", "no OpenID Connect provider https://"+issuer(b),
			`audience "sts.amazonaws.com"`, `set oidc_provider to "create"`, "Nothing was changed.")

		both := b.Provider() + roleBlock(b, readOnly, byIssuer(b, "one"), created) +
			roleNamed(b, "other", "-cd", readOnly, byIssuer(b, "two"), created)
		tf.Write(both)
		tf.Apply()
		tf.Empty()
		tf.Write(b.Provider() + roleNamed(b, "other", "-cd", readOnly, byIssuer(b, "two"), created))
		tf.Apply()
		if liveProvider(t, b) == nil {
			t.Error("the provider is gone, and a role trusts it")
		}
		tf.Write(both)
		tf.Apply()
		tf.Destroy() // both at once
		noRole(t, b, "-ci", "-cd")

		makeProvider(t, b, "theirs")
		for _, line := range []string{created, ""} {
			tf.Write(b.Provider() + roleBlock(b, readOnly, byIssuer(b, "one"), line))
			saysAll(t, tf.MustFail("plan"), "does not have the audience", `"theirs"`, "Nothing was changed.")
		}
		tf.Write(b.Provider() + roleBlock(b, readOnly, strings.Replace(byIssuer(b, "one"), "sts.amazonaws.com", "theirs", 1), created))
		b.Gateway.Reset()
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		for _, call := range mutations(b) {
			if strings.Contains(call, "OpenID") {
				t.Errorf("it did %s", call)
			}
		}
		if is := liveProvider(t, b); is == nil || len(is.Tags) > 0 || len(is.ClientIDList) != 1 {
			t.Errorf("the provider of others is %v", is)
		}
	})
}

// TestAccBucketRole_badInput: what is wrong is one error at plan that names the attribute, the value and what is allowed.
func TestAccBucketRole_badInput(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		for name, row := range map[string]struct {
			lines []string
			says  []string
		}{
			"nobody":           {[]string{readOnly, `trust = {}`}, []string{"Nobody is trusted", "trust is empty"}},
			"repository alone": {[]string{readOnly, `trust = { github = [{ repository = "a/b" }] }`}, []string{"trust.github", `"a/b" alone`, "branch, environment and tag"}},
			"two of three":     {[]string{readOnly, `trust = { github = [{ repository = "a/b", branch = "x", tag = "y" }] }`}, []string{"branch and tag are set"}},
			"wildcard":         {[]string{readOnly, `trust = { github = [{ repository = "a/*", branch = "x" }] }`}, []string{"repository", `"a/*"`, "OWNER/NAME"}},
			"any subject":      {[]string{readOnly, `trust = { oidc = [{ provider_url = "https://a.example.edu", audience = "b", subjects = ["*"] }] }`}, []string{"trust.oidc", `"*"`, "every token"}},
			"plain http":       {[]string{readOnly, `trust = { oidc = [{ provider_url = "http://a.example.edu", audience = "b", subjects = ["c"] }] }`}, []string{"provider_url", "https://"}},
			"service":          {[]string{readOnly, `trust = { services = ["ec2"] }`}, []string{"trust.services", `"ec2"`, "ec2.amazonaws.com"}},
			"account":          {[]string{readOnly, `trust = { accounts = [{ id = "12" }] }`}, []string{"trust.accounts", `"12"`, "12 digits"}},
			"no service":       {[]string{readOnly, `trust = { services = [""] }`}, []string{"trust.services", `""`}},
			"null service":     {[]string{readOnly, `trust = { services = [null] }`}, []string{"trust.services"}},
			"empty role":       {[]string{readOnly, `trust = { accounts = [{ id = "111122223333", role = "" }] }`}, []string{"role is empty", "let in more"}},
			"no external id":   {[]string{readOnly, `trust = { accounts = [{ id = "111122223333", external_id = "" }] }`}, []string{"external_id is empty"}},
			"empty branch":     {[]string{readOnly, `trust = { github = [{ repository = "a/b", branch = "" }] }`}, []string{"branch is empty"}},
			"session":          {[]string{readOnly, byService, "max_session_duration = 60"}, []string{"max_session_duration", "3600"}},
			"path":             {[]string{readOnly, byService, `path = "docs"`}, []string{"path is \"docs\""}},
			"mark":             {[]string{readOnly, byService, `tags = { "spinup:bucket-role" = "x" }`}, []string{"spinup:bucket-role", "leave it out"}},
			"too long": {[]string{readOnly, `trust = { oidc = [{ provider_url = "https://a.example.edu", audience = "b", subjects = ["` +
				strings.Repeat("c", 2048) + `"] }] }`}, []string{"Trust policy too long", "IAM allows 2048"}},
		} {
			tf.Write(b.Provider() + roleBlock(b, row.lines...))
			out := tf.MustFail("plan")
			saysAll(t, out, row.says...)
			if n := strings.Count(out, "Error: "); n != 1 {
				t.Errorf("%s: %d errors\n%s", name, n, out)
			}
		}
		tf.Write(b.Provider(`platform = "minio"`) + roleBlock(b, readOnly, byService))
		saysAll(t, tf.MustFail("plan"), "No roles on this platform", `"minio"`)
	})
}
