package provider_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// badEphemerals are refused: the body of a row begins with the kind.
var badEphemerals = map[string]badInput{
	"bucket":           {lentRow("bucket_credentials", `bucket = "Data"`), "bucket", `"Data"`, nameSigns},
	"prefix":           {lentRow("bucket_credentials", goodLoan, `prefix = "docs"`), "prefix", `"docs"`, `such as "docs/"`},
	"path":             {lentRow("bucket_credentials", goodLoan, `prefix = "/docs/"`), "prefix", `"/docs/"`, `such as "docs/"`},
	"no prefix":        {lentRow("bucket_credentials", goodLoan, `prefix = ""`), "prefix", `""`, "leave it out"},
	"root":             {lentRow("bucket_credentials", goodLoan, `prefix = "/"`), "prefix", `"/"`, "leave it out"},
	"star":             {lentRow("bucket_credentials", goodLoan, `prefix = "docs/*/"`), "prefix", `"docs/*/"`, "want a prefix without"},
	"variable":         {lentRow("bucket_credentials", goodLoan, `prefix = "$${aws:username}/"`), "prefix", `"${aws:username}/"`, "want a prefix without"},
	"far letters":      {lentRow("bucket_credentials", goodLoan, `prefix = "资料/"`), "prefix", `"资料/"`, "above U+00FF"},
	"dots":             {lentRow("bucket_credentials", goodLoan, `prefix = "docs/../"`), "prefix", `".."`, "other than"},
	"long prefix":      {lentRow("bucket_credentials", goodLoan, `prefix = "`+strings.Repeat("d", 900)+`/"`), "prefix", "901 bytes", "AWS allows 2048"},
	"access":           {lentRow("bucket_credentials", goodLoan, `access = "write"`), "access", `"write"`, levelList},
	"role":             {lentRow("bucket_credentials", goodLoan, `role_arn = "lending"`), "role_arn", `"lending"`, "arn:aws:iam::111122223333:role/lending"},
	"user as a role":   {lentRow("bucket_credentials", goodLoan, `role_arn = "arn:aws:iam::111122223333:user/ann"`), "role_arn", "user/ann", "ARN of an IAM role"},
	"short":            {lentRow("bucket_credentials", goodLoan, `duration = "14m59s"`), "duration", `"14m59s"`, "15m to 12h"},
	"long":             {lentRow("bucket_credentials", goodLoan, `duration = "12h1s"`), "duration", `"12h1s"`, "15m to 12h"},
	"half a second":    {lentRow("bucket_credentials", goodLoan, `duration = "15m0.5s"`), "duration", `"15m0.5s"`, "whole seconds"},
	"number":           {lentRow("bucket_credentials", goodLoan, `duration = "3600"`), "duration", `"3600"`, "1h30m"},
	"method":           {lentRow("bucket_credentials", goodLoan, `method = "session_token"`), "method", `"session_token"`, `["assume_role" "federation_token"]`},
	"federated role":   {lentRow("bucket_credentials", goodLoan, `method = "federation_token"`, `role_arn = "arn:aws:iam::111122223333:role/r"`), "role_arn", "federation_token", "Leave one of them out"},
	"key":              {lentRow("presigned_url", goodLoan, `key = ""`), "key", "0 bytes", "1 to 1,024"},
	"long key":         {lentRow("presigned_url", goodLoan, `key = "`+strings.Repeat("k", 1025)+`"`), "key", "1025 bytes", "1 to 1,024"},
	"key with dots":    {lentRow("presigned_url", goodLoan, `key = "a/../b"`), "key", `"a/../b"`, "resolve"},
	"verb":             {lentRow("presigned_url", goodLoan, `key = "a"`, `method = "DELETE"`), "method", `"DELETE"`, `["GET" "PUT" "HEAD"]`},
	"never":            {lentRow("presigned_url", goodLoan, `key = "a"`, `expires_in = "0s"`), "expires_in", `"0s"`, "1s to 168h"},
	"for ever":         {lentRow("presigned_url", goodLoan, `key = "a"`, `expires_in = "169h"`), "expires_in", `"169h"`, "1s to 168h"},
	"type of a GET":    {lentRow("presigned_url", goodLoan, `key = "a"`, `content_type = "text/plain"`), "content_type", `"text/plain"`, "PUT only"},
	"type":             {lentRow("presigned_url", goodLoan, `key = "a"`, `method = "PUT"`, `content_type = "a\nb"`), "content_type", "line breaks", "printable ASCII"},
	"version of a PUT": {lentRow("presigned_url", goodLoan, `key = "a"`, `method = "PUT"`, `version_id = "v"`), "version_id", `"v"`, "GET and HEAD only"},
	"no version":       {lentRow("presigned_url", goodLoan, `key = "a"`, `version_id = ""`), "version_id", "at least 1", "0"},
	"no name":          {lentRow("access_key", `stored_at = "a/b"`), "stored_at", `"a/b"`, `"/a/b"`},
	"blank":            {lentRow("access_key", `stored_at = "my key"`), "stored_at", `"my key"`, "such as /team/key"},
	"ARN of a bucket":  {lentRow("access_key", `stored_at = "arn:aws:s3:::data"`), "stored_at", "arn:aws:s3:::data", "what stored_at says"},
	"other region":     {lentRow("access_key", `stored_at = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf"`), "stored_at", "eu-west-1", "provider configuration for that region"},
}

const goodLoan = `bucket = "data.example.edu"`

func lentRow(kind string, lines ...string) string { return kind + "\n" + strings.Join(lines, "\n  ") }

// TestAccEphemeral_badInput plans what cannot be right. Each row is refused before anything is asked for it.
func TestAccEphemeral_badInput(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		static, inRegion := map[string]badInput{}, map[string]badInput{}
		for name, bad := range badEphemerals {
			if name == "other region" { // which is known to a provider that is configured
				inRegion[name] = bad
				continue
			}
			static[name] = bad
		}
		block := func(label string, bad badInput) (config, address string) {
			kind, lines, _ := strings.Cut(bad.body, "\n")
			return fmt.Sprintf("ephemeral \"spinup_%s\" %q {\n  %s\n}\n", kind, label, lines), "ephemeral.spinup_" + kind + "." + label
		}
		refusals(t, b, b.Provider(), static, block)
		refusals(t, b, b.Provider(), inRegion, block)
		for name := range b.Gateway.Counts() {
			if name != "sts:GetCallerIdentity" {
				t.Errorf("refusing bad input made the call %s", name)
			}
		}
	})
}

// lendAll is a configuration with everything that is ephemeral, some of it known only at apply, and an object into which
// all of it goes.
func lendAll(b *acctest.Bench, role string, lasts string) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %[1]q
  access_levels = []
  require_tls   = false # plain http is all that an emulator speaks
  force_destroy = true
}

resource "spinup_bucket_user" "test" {
  bucket     = spinup_bucket.test.name
  name       = "%[1]s-ann"
  access     = "read_only"
  grant      = "inline"
  access_key = { store = { ssm_parameter = "/%[1]s/key" } }
}

ephemeral "spinup_access_key" "test" {
  stored_at = spinup_bucket_user.test.access_key.stored_at
}

ephemeral "spinup_bucket_credentials" "test" {
  bucket   = spinup_bucket.test.name
  role_arn = %[2]q
  duration = %[3]q
}

ephemeral "spinup_presigned_url" "test" {
  bucket     = spinup_bucket.test.id
  key        = "kept"
  expires_in = %[3]q
}

resource "spinup_object" "test" {
  bucket             = spinup_bucket.test.name
  key                = "kept"
  content_wo_version = %[3]q
  content_wo = jsonencode([
    ephemeral.spinup_access_key.test.id, ephemeral.spinup_access_key.test.secret,
    ephemeral.spinup_bucket_credentials.test.access_key, ephemeral.spinup_bucket_credentials.test.secret_key,
    ephemeral.spinup_bucket_credentials.test.token, ephemeral.spinup_presigned_url.test.url,
  ])
}
`, b.Name, role, lasts)
}

// TestAccEphemeral_secrets opens everything in plans and applies of the real command, with all logged that can be, some of
// it with values that are unknown in the plan. What was opened is in the object that got it and nowhere else: not in
// state, plan file, plan, error or log.
func TestAccEphemeral_secrets(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, sessionsThere, func(t *testing.T, b *acctest.Bench) {
		role := lendingRole(t, b)
		b, heard := tapped(t, b)
		tf := b.Terraform(t)
		log := filepath.Join(t.TempDir(), "trace.log")
		tf.Setenv("TF_LOG", "TRACE")
		tf.Setenv("TF_LOG_PATH", log)
		var printed []string
		run := func(want int, args ...string) {
			t.Helper()
			out, code := tf.Run(args...)
			if code != want {
				t.Fatalf("%v: exit code %d\n%s", args, code, out)
			}
			printed = append(printed, out)
		}
		kept := func() (all []string) {
			t.Helper()
			out := acctest.Must(b.S3().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("kept")}))(t)
			defer out.Body.Close()
			if err := json.Unmarshal(acctest.Must(io.ReadAll(out.Body))(t), &all); err != nil {
				t.Fatal(err)
			}
			return all
		}
		for i, lasts := range []string{"15m", "1h"} {
			tf.Write(b.Provider("max_retries = 0") + lendAll(b, role, lasts))
			file := fmt.Sprintf("%d.plan", i)
			run(0, "plan", "-out", file)
			run(0, "apply", file)
			all := kept()
			link := acctest.Must(url.Parse(all[5]))(t)
			heard.secrets = append(heard.secrets, all[1], all[3], all[4], link.Query().Get("X-Amz-Signature"))
			status, body := follow(t, map[string]any{"method": "GET", "url": all[5], "signed_headers": map[string]any{}}, "")
			if status != 200 || !strings.Contains(body, all[1]) {
				t.Errorf("the URL gives %d %s", status, body)
			}
			allowed(t, "GetObject", true, readKept(t, b, all))
		}
		run(0, "plan", "-detailed-exitcode")
		run(0, "show")
		if tokens := len(heard.all()); tokens < 12 || slices.Contains(heard.all(), "") {
			t.Errorf("%d secrets were heard", tokens)
		}
		heard.nowhere(t, tf.Dir, log, printed, "operation=AssumeRole", false)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// readKept reads the object with the credentials in it.
func readKept(t *testing.T, b *acctest.Bench, all []string) error {
	t.Helper()
	_, err := b.InSession(all[2], all[3], all[4]).GetObject(t.Context(), &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("kept")})
	return err
}

// everyLoan is all that is ephemeral, by each way; the keys are stored.
func everyLoan(t *testing.T, b *acctest.Bench) (config string, drop func() string) {
	t.Helper()
	made := b.Played(t)
	made.Write(b.Provider() + member(b, `access = "read_only"`, `path = "/docs/"`, keyIn(strings.ReplaceAll(toParameter, "NAME", b.Name))) +
		strings.ReplaceAll(memberNamed(b, b.Name+"-bob", `access = "read_only"`, `path = "/docs/"`, keyIn(strings.ReplaceAll(toSecret, "NAME", b.Name))), `"test"`, `"bob"`))
	made.Apply()
	key, _ := made.State("spinup_bucket_user.bob")["access_key"].(map[string]any)
	secret, _ := key["stored_at"].(string)
	second := regexp.MustCompile(`"test"`)
	config = b.Provider() + lentBlock(b, "bucket_credentials", fmt.Sprintf("role_arn = %q", lendingRole(t, b))) +
		second.ReplaceAllString(lentBlock(b, "bucket_credentials"), `"user"`) + lentBlock(b, "presigned_url", `key = "a"`) +
		keyBlock("/"+b.Name+"/key") + second.ReplaceAllString(keyBlock(secret), `"secret"`)
	return config, made.Destroy
}

// TestAccEphemeral_permissions holds all that is ephemeral to the published policy. It passes, and needs all of it.
func TestAccEphemeral_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		tf, policy := b.Played(t), published(t, "ephemeral.json")
		config, drop := everyLoan(t, b)
		tf.Write(config)
		hold(t, b, policy)
		b.Gateway.Reset()
		tf.Must("plan")
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
		// Each action that is missing is named, but for the one that is of use only to learn a region.
		granted := learned(t, b, tf, policy, func(run func(...string)) { run("plan") })
		want := slices.DeleteFunc(actionsOf(policy), func(action string) bool { return action == "s3:ListBucket" })
		if diff := cmp.Diff(want, granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
		unheld(b)
		drop()
	})
}
