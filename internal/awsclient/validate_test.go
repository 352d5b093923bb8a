package awsclient_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

const role = "arn:aws:iam::123456789012:role/r"

func TestValidate(t *testing.T) {
	clean(t)
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(notPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	store := map[string]string{"s3": "https://store.example.edu"}
	for name, test := range map[string]struct {
		cfg  awsclient.Config
		path string // "" when all is well
		says string
	}{
		"empty":                    {},
		"region":                   {cfg: awsclient.Config{Region: "eu-west-1"}},
		"region typo":              {awsclient.Config{Region: "us-esat-1"}, "region", `"us-esat-1" (from the provider configuration) is not an AWS region`},
		"region with blank":        {awsclient.Config{Region: "us east", Platform: "s3", Endpoints: store}, "region", "blanks"},
		"new region":               {cfg: awsclient.Config{Region: "us-esat-1", SkipRegionValidation: true}},
		"region of another store":  {cfg: awsclient.Config{Region: "In-Bangalore-1", Platform: "kos", Endpoints: store}},
		"platform":                 {awsclient.Config{Platform: "azure"}, "platform", `"azure" is not one of aws, versitygw, yandex, kos, minio, ceph, r2, b2, garage, scaleway, seaweedfs, s3`},
		"store without endpoint":   {awsclient.Config{Platform: "minio"}, "endpoints.s3", "minio"},
		"store with endpoint":      {cfg: awsclient.Config{Platform: "minio", Endpoints: store}},
		"store that has a default": {cfg: awsclient.Config{Platform: "yandex"}},
		"admin": {cfg: awsclient.Config{Platform: "versitygw", Endpoints: map[string]string{
			"s3": "http://gw.example.edu:7070", "admin": "http://gw.example.edu:7071/admin",
		}}},
		"admin elsewhere": {awsclient.Config{Region: "us-east-1", Endpoints: map[string]string{"admin": "http://gw.example.edu"}},
			"endpoints.admin", "versitygw only, and platform is aws"},
		"endpoint to come": {cfg: awsclient.Config{
			Platform: "minio", Unknown: [][]string{{"endpoints", "s3"}},
		}},
		"platform to come": {cfg: awsclient.Config{Region: "ru-central1", Unknown: [][]string{{"platform"}}}},
		"key alone":        {awsclient.Config{AccessKey: "AK"}, "secret_key", "access_key"},
		"secret alone":     {awsclient.Config{SecretKey: "s3cr3t"}, "access_key", "secret_key"},
		"secret to come":   {cfg: awsclient.Config{AccessKey: "AK", Unknown: [][]string{{"secret_key"}}}},
		"role": {cfg: awsclient.Config{AssumeRole: []awsclient.AssumeRole{
			{RoleARN: role, SessionName: "me@here", ExternalID: "a:b/c", Duration: "1h30m", Policy: "{}"},
		}}},
		"role is a user": {awsclient.Config{AssumeRole: []awsclient.AssumeRole{
			{RoleARN: role}, {RoleARN: "arn:aws:iam::123456789012:user/u"},
		}}, "assume_role.1.role_arn", "user/u"},
		"role is empty": {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{}}}, "assume_role.0.role_arn", "ARN"},
		"role to come": {cfg: awsclient.Config{
			AssumeRole: []awsclient.AssumeRole{{}}, Unknown: [][]string{{"assume_role", "0", "role_arn"}},
		}},
		"session":       {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{RoleARN: role, SessionName: "a b"}}}, "assume_role.0.session_name", "a b"},
		"external id":   {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{RoleARN: role, ExternalID: "x"}}}, "assume_role.0.external_id", "1224"},
		"duration":      {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{RoleARN: role, Duration: "5m"}}}, "assume_role.0.duration", "15m"},
		"duration form": {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{RoleARN: role, Duration: "3600"}}}, "assume_role.0.duration", "3600"},
		"role policy":   {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{RoleARN: role, Policy: "{"}}}, "assume_role.0.policy", "JSON"},
		"policy ARN":    {awsclient.Config{AssumeRole: []awsclient.AssumeRole{{RoleARN: role, PolicyARNs: []string{role}}}}, "assume_role.0.policy_arns", "policy"},
		"store's role":  {cfg: awsclient.Config{Platform: "minio", Endpoints: store, AssumeRole: []awsclient.AssumeRole{{RoleARN: "arn:xxx:xxx:xxx:xxxx:any"}}}},
		"web identity":  {cfg: awsclient.Config{WebIdentity: &awsclient.WebIdentity{RoleARN: role, Token: "t"}}},
		"two tokens":    {awsclient.Config{WebIdentity: &awsclient.WebIdentity{RoleARN: role, Token: "t", TokenFile: "f"}}, "assume_role_with_web_identity", "one of"},
		"no token":      {awsclient.Config{WebIdentity: &awsclient.WebIdentity{RoleARN: role}}, "assume_role_with_web_identity", "one of"},
		"token to come": {cfg: awsclient.Config{
			WebIdentity: &awsclient.WebIdentity{RoleARN: role},
			Unknown:     [][]string{{"assume_role_with_web_identity", "web_identity_token"}},
		}},
		"accounts":            {awsclient.Config{AllowedAccountIDs: []string{account}, ForbiddenAccountIDs: []string{account}}, "forbidden_account_ids", "allowed_account_ids"},
		"account unasked":     {awsclient.Config{Platform: "minio", Endpoints: store, AllowedAccountIDs: []string{account}}, "allowed_account_ids", "skip_requesting_account_id"},
		"endpoint":            {awsclient.Config{Endpoints: map[string]string{"iam": "localhost:4566"}}, "endpoints.iam", "localhost:4566"},
		"endpoint with query": {awsclient.Config{Endpoints: map[string]string{"s3": "http://x/?a=b"}}, "endpoints.s3", "http://x/?a=b"},
		"proxy":               {awsclient.Config{HTTPSProxy: new("user:hush@proxy")}, "https_proxy", "proxy.example.edu"},
		"no proxy":            {cfg: awsclient.Config{HTTPSProxy: new("")}},
		"retries":             {awsclient.Config{MaxRetries: new(-1)}, "max_retries", "-1"},
		"retry mode":          {awsclient.Config{RetryMode: "legacy"}, "retry_mode", "legacy"},
		"CA bundle":           {awsclient.Config{CustomCABundle: "/does/not/exist"}, "custom_ca_bundle", "/does/not/exist"},
		"CA bundle not PEM":   {awsclient.Config{CustomCABundle: notPEM}, "custom_ca_bundle", "PEM"},
		"boundary":            {awsclient.Config{PermissionsBoundary: role}, "permissions_boundary", role},
	} {
		wrong := test.cfg.Validate()
		if test.path == "" {
			if len(wrong) > 0 {
				t.Errorf("%s: got %v", name, wrong)
			}
			continue
		}
		if len(wrong) != 1 || strings.Join(wrong[0].Path, ".") != test.path || !strings.Contains(wrong[0].Error(), test.says) {
			t.Errorf("%s: got %v, want %s: %s", name, wrong, test.path, test.says)
		}
		for _, w := range wrong {
			if strings.Contains(w.Error(), "s3cr3t") || strings.Contains(w.Error(), "hush") {
				t.Errorf("%s: %v holds a secret", name, w)
			}
		}
	}
}

func TestEffectiveRegion(t *testing.T) {
	for name, test := range map[string]struct {
		region      string
		environment map[string]string
		profile     string // region in the file
		platform    string
		want        string
		wrong       bool
	}{
		"nothing":                   {},
		"attribute":                 {region: "eu-west-1", environment: map[string]string{"AWS_REGION": "us-east-2"}, want: "eu-west-1"},
		"environment":               {environment: map[string]string{"AWS_REGION": "us-east-2"}, profile: "eu-west-3", want: "us-east-2"},
		"older variable":            {environment: map[string]string{"AWS_DEFAULT_REGION": "us-east-2"}, want: "us-east-2"},
		"profile":                   {profile: "eu-west-3", want: "eu-west-3"},
		"platform":                  {platform: "yandex", want: "ru-central1"},
		"environment over platform": {platform: "yandex", environment: map[string]string{"AWS_REGION": "x"}, want: "x"},
		"own endpoint":              {environment: map[string]string{"AWS_ENDPOINT_URL": "http://x"}, want: "us-east-1"},
		"typo in the environment":   {environment: map[string]string{"AWS_REGION": "us-esat-2"}, want: "us-esat-2", wrong: true},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			for key, value := range test.environment {
				t.Setenv(key, value)
			}
			cfg := awsclient.Config{Region: test.region, Platform: test.platform}
			if test.profile != "" {
				file := filepath.Join(t.TempDir(), "config")
				if err := os.WriteFile(file, []byte("[default]\nregion = "+test.profile+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				cfg.SharedConfigFiles = []string{file}
			}
			if got := cfg.EffectiveRegion(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if wrong := cfg.Validate(); len(wrong) > 0 != test.wrong {
				t.Errorf("got %v", wrong)
			}
			if test.want == "" || test.wrong {
				return
			}
			cfg.AccessKey, cfg.SecretKey = "AK", "SK"
			cfg.SkipCredentialsCheck, cfg.SkipRequestingAccountID = new(true), new(true)
			if got := connect(t, cfg).Region; got != test.want {
				t.Errorf("the connection is to %q, want %q", got, test.want)
			}
		})
	}
}

func TestPartition(t *testing.T) {
	for _, test := range []struct{ region, platform, want string }{
		{"eu-west-1", "aws", "aws"}, {"cn-north-1", "aws", "aws-cn"}, {"us-gov-west-1", "aws", "aws-us-gov"},
		{"xx-new-1", "aws", "aws"}, {"cn-north-1", "minio", "aws"},
	} {
		if got := (awsclient.Config{Platform: test.platform}).Partition(test.region); got != test.want {
			t.Errorf("%s on %s is in %q, want %q", test.region, test.platform, got, test.want)
		}
	}
}
