package awsclient_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestEndpoints_precedence(t *testing.T) {
	const attribute, own, general = "http://attribute:1", "http://own:2", "http://general:3"
	for name, test := range map[string]struct {
		environment map[string]string
		attribute   string
		platform    string
		want        string
	}{
		"nothing":              {},
		"attribute":            {attribute: attribute, want: attribute},
		"of the service":       {environment: map[string]string{"AWS_ENDPOINT_URL_S3": own}, want: own},
		"of all":               {environment: map[string]string{"AWS_ENDPOINT_URL": general}, want: general},
		"service before all":   {environment: map[string]string{"AWS_ENDPOINT_URL_S3": own, "AWS_ENDPOINT_URL": general}, want: own},
		"another service":      {environment: map[string]string{"AWS_ENDPOINT_URL_IAM": own}},
		"attribute before all": {environment: map[string]string{"AWS_ENDPOINT_URL_S3": own, "AWS_ENDPOINT_URL": general}, attribute: attribute, want: attribute},
		"platform":             {platform: "yandex", want: "https://storage.yandexcloud.net"},
		"before platform":      {platform: "yandex", environment: map[string]string{"AWS_ENDPOINT_URL_S3": own}, want: own},
		"ignored": {environment: map[string]string{
			"AWS_ENDPOINT_URL_S3": own, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			for key, value := range test.environment {
				t.Setenv(key, value)
			}
			cfg := unasked("")
			cfg.Platform, cfg.Endpoints = test.platform, map[string]string{"s3": test.attribute}
			o := awsclient.S3(connect(t, cfg)).Options()
			if got := aws.ToString(o.BaseEndpoint); got != test.want {
				t.Errorf("endpoint is %q, want %q", got, test.want)
			}
			if own := test.want != ""; o.UsePathStyle != own {
				t.Errorf("path style is %t", o.UsePathStyle)
			}
		})
	}
}

// TestHasEndpoint: where a service of another store can be known to have no endpoint, before anything is connected.
func TestHasEndpoint(t *testing.T) {
	const profile = "[profile x]\nregion = us-east-1\n"
	for name, test := range map[string]struct {
		platform    string
		attribute   string
		environment map[string]string
		file        string
		want        bool
	}{
		"nothing":              {platform: "versitygw"},
		"AWS":                  {platform: "aws", want: true},
		"attribute":            {platform: "versitygw", attribute: "http://attribute:1", want: true},
		"of the service":       {platform: "s3", environment: map[string]string{"AWS_ENDPOINT_URL_IAM": "http://own:2"}, want: true},
		"of all":               {platform: "s3", environment: map[string]string{"AWS_ENDPOINT_URL": "http://general:3"}, want: true},
		"another service":      {platform: "minio", environment: map[string]string{"AWS_ENDPOINT_URL_S3": "http://own:2"}},
		"a profile without":    {platform: "minio", file: profile},
		"of the profile":       {platform: "minio", file: profile + "endpoint_url = http://general:3\n", want: true},
		"of the service there": {platform: "minio", file: profile + "services = y\n[services y]\niam =\n  endpoint_url = http://own:2\n", want: true},
		"ignored there":        {platform: "minio", file: profile + "endpoint_url = http://general:3\nignore_configured_endpoint_urls = true\n"},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			for key, value := range test.environment {
				t.Setenv(key, value)
			}
			cfg := awsclient.Config{Platform: test.platform, Endpoints: map[string]string{"iam": test.attribute}}
			if test.file != "" {
				file := filepath.Join(t.TempDir(), "config")
				if err := os.WriteFile(file, []byte(test.file), 0o600); err != nil {
					t.Fatal(err)
				}
				cfg.Profile, cfg.SharedConfigFiles = "x", []string{file}
			}
			if got := cfg.HasEndpoint("iam"); got != test.want {
				t.Errorf("%t, want %t", got, test.want)
			}
		})
	}
}

func TestS3_options(t *testing.T) {
	const required, supported = aws.RequestChecksumCalculationWhenRequired, aws.RequestChecksumCalculationWhenSupported
	for name, test := range map[string]struct {
		endpoint    string
		pathStyle   *bool
		environment string
		profile     string
		wantPath    bool
		wantSums    aws.RequestChecksumCalculation
	}{
		"AWS":                     {wantSums: supported},
		"AWS, path style":         {pathStyle: new(true), wantPath: true, wantSums: supported},
		"own endpoint":            {endpoint: "http://store:1", wantPath: true, wantSums: required},
		"own, host style":         {endpoint: "http://store:1", pathStyle: new(false), wantSums: required},
		"own, environment":        {endpoint: "http://store:1", environment: "when_supported", wantPath: true, wantSums: supported},
		"own, profile":            {endpoint: "http://store:1", profile: "when_supported", wantPath: true, wantSums: supported},
		"AWS, environment":        {environment: "when_required", wantSums: required},
		"environment before file": {endpoint: "http://store:1", environment: "when_required", profile: "when_supported", wantPath: true, wantSums: required},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			if test.environment != "" {
				t.Setenv("AWS_REQUEST_CHECKSUM_CALCULATION", test.environment)
			}
			cfg := unasked(test.endpoint)
			cfg.S3UsePathStyle = test.pathStyle
			if test.profile != "" {
				file := filepath.Join(t.TempDir(), "config")
				text := "[default]\nrequest_checksum_calculation = " + test.profile + "\n"
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
				cfg.SharedConfigFiles = []string{file}
			}
			o := awsclient.S3(connect(t, cfg)).Options()
			if o.UsePathStyle != test.wantPath || o.RequestChecksumCalculation != test.wantSums {
				t.Errorf("path style %t, checksums %d", o.UsePathStyle, o.RequestChecksumCalculation)
			}
		})
	}
}

func TestIAM_otherStores(t *testing.T) {
	clean(t)
	s := serve(t, func(seen) answer {
		return answer{Status: 200, Body: "<CreateGroupResponse><CreateGroupResult><Group><GroupName>g</GroupName>" +
			"<Arn>a</Arn></Group></CreateGroupResult></CreateGroupResponse>"}
	})
	for platform, want := range map[string]string{"aws": "eu-west-1", "versitygw": "us-east-1"} {
		cfg := unasked(s.URL)
		cfg.Platform = platform
		_, err := awsclient.IAM(connect(t, cfg)).CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: aws.String("g")})
		if err != nil {
			t.Error(err)
		}
		if got := scope(s.requests()[len(s.requests())-1]); got != want {
			t.Errorf("%s: signed for %s, want %s", platform, got, want)
		}
	}

	cfg := unasked(s.URL)
	cfg.Platform = "minio"
	delete(cfg.Endpoints, "iam")
	_, err := awsclient.IAM(connect(t, cfg)).GetGroup(t.Context(), &iam.GetGroupInput{GroupName: aws.String("g")})
	want := "iam GetGroup on group g: NotImplemented: platform minio has no default endpoint for iam: set endpoints.iam"
	if !awsclient.IsNotImplemented(err) || !awsclient.IsNoEndpoint(err) || awsclient.Text(err) != want {
		t.Errorf("got %v", err)
	}
}

// A store that is not AWS has stores of secrets only where an endpoint says so.
func TestStores_withoutEndpoint(t *testing.T) {
	clean(t)
	cfg := unasked("http://127.0.0.1:1")
	cfg.Platform = "minio"
	conn := connect(t, cfg)
	_, parameter := awsclient.SSM(conn).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/a")})
	_, secret := awsclient.SecretsManager(conn).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("a")})
	for service, err := range map[string]error{"ssm": parameter, "secretsmanager": secret} {
		if !awsclient.IsNotImplemented(err) || !strings.Contains(err.Error(), "set endpoints."+service) {
			t.Errorf("%s: got %v", service, err)
		}
	}
}
