package awsclient

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/hashicorp/aws-sdk-go-base/v2/endpoints"
)

// Config is the part of the provider block that has to do with AWS, in plain Go. A zero field is one that is not set.
type Config struct {
	Version string     // of the provider, for the user agent
	Unknown [][]string // paths, as in FieldError, of settings that have a value which is not known yet

	Region                 string
	Profile                string
	AccessKey              string
	SecretKey              string
	Token                  string
	SharedConfigFiles      []string
	SharedCredentialsFiles []string
	AssumeRole             []AssumeRole // assumed one from the other, in order
	WebIdentity            *WebIdentity
	AllowedAccountIDs      []string
	ForbiddenAccountIDs    []string

	Platform                string            // one of PlatformNames; "" is aws
	Endpoints               map[string]string // URL by service, see EndpointServices
	S3UsePathStyle          *bool
	SkipCredentialsCheck    *bool
	SkipRequestingAccountID *bool
	SkipRegionValidation    bool

	MaxRetries     *int // how often a call is sent again
	RetryMode      string
	HTTPProxy      *string
	HTTPSProxy     *string
	NoProxy        string
	CustomCABundle string // path of a PEM file
	Insecure       bool

	PermissionsBoundary string // ARN of a policy
}

// AssumeRole is one role of the chain.
type AssumeRole struct {
	RoleARN     string
	SessionName string
	ExternalID  string
	Duration    string // of Go's form, such as 1h
	Policy      string
	PolicyARNs  []string
	Tags        map[string]string
}

// WebIdentity is a role that is assumed with a token of an identity provider.
type WebIdentity struct {
	RoleARN     string
	SessionName string
	Token       string
	TokenFile   string
	Duration    string // of Go's form, such as 1h
}

// DefaultMaxRetries is how often a call is sent again where neither the configuration nor AWS_MAX_ATTEMPTS says.
const DefaultMaxRetries = 25

// EndpointServices are the services whose endpoint can be set.
func EndpointServices() []string {
	return []string{"s3", "iam", "sts", "cloudfront", "route53", "acm", "ssm", "secretsmanager"}
}

// unknown says whether the setting at the path, or a part of it, is not known yet.
func (c Config) unknown(path ...string) bool {
	return slices.ContainsFunc(c.Unknown, func(u []string) bool {
		n := min(len(u), len(path))
		return slices.Equal(u[:n], path[:n])
	})
}

// PlatformOf is what is assumed of the configured kind of store. A wrong name, which Validate refuses, counts as aws.
func (c Config) PlatformOf() Platform {
	p, ok := platform(c.Platform)
	if !ok {
		p, _ = platform("aws")
	}
	return p
}

// EffectiveRegion is the region as far as it can be told without a network: the configuration's, AWS_REGION or
// AWS_DEFAULT_REGION, the profile's, the platform's; us-east-1 where AWS itself is not meant; else "".
func (c Config) EffectiveRegion() string {
	region, _ := c.effectiveRegion()
	return region
}

// effectiveRegion also says where the region comes from.
func (c Config) effectiveRegion() (region, source string) {
	if c.Region != "" {
		return c.Region, "the provider configuration"
	}
	env, shared := c.environment()
	switch {
	case env.Region != "":
		return env.Region, "the environment"
	case shared.Region != "":
		return shared.Region, "the profile"
	case c.PlatformOf().DefaultRegion != "":
		return c.PlatformOf().DefaultRegion, "the platform"
	case c.endpoint("s3") != "":
		return "us-east-1", "the default for an endpoint of your own"
	}
	return "", ""
}

// environment is what the AWS_* variables and the profile say. A profile that cannot be read says nothing here;
// connecting reports it.
func (c Config) environment() (config.EnvConfig, config.SharedConfig) {
	env, err := config.NewEnvConfig()
	if err != nil {
		env = config.EnvConfig{}
	}
	profile := firstOf(c.Profile, env.SharedConfigProfile, config.DefaultSharedConfigProfile)
	shared, err := config.LoadSharedConfigProfile(context.Background(), profile,
		func(o *config.LoadSharedConfigOptions) {
			o.ConfigFiles = filesOf(c.SharedConfigFiles, env.SharedConfigFile)
			o.CredentialsFiles = filesOf(c.SharedCredentialsFiles, env.SharedCredentialsFile)
		})
	if err != nil {
		shared = config.SharedConfig{}
	}
	return env, shared
}

// filesOf is nil, which means the default files, when there is neither a list nor a file of the environment's.
func filesOf(list []string, fromEnvironment string) []string {
	if len(list) == 0 && fromEnvironment != "" {
		list = []string{fromEnvironment}
	}
	var files []string
	for _, file := range list {
		files = append(files, expandHome(file))
	}
	return files
}

func expandHome(file string) string {
	rest, ok := strings.CutPrefix(file, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return file
	}
	return filepath.Join(home, rest)
}

// endpoint is the URL configured for the service here or in the environment, "" for AWS's own. The SDK knows the same
// order; it also knows the endpoints that a profile names, which count when connecting.
func (c Config) endpoint(service string) string {
	if url := c.Endpoints[service]; url != "" {
		return url
	}
	if strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		return ""
	}
	return firstOf(os.Getenv(EndpointVariable(service)), os.Getenv("AWS_ENDPOINT_URL"))
}

// EndpointVariable is the name of the environment variable with a service's endpoint.
func EndpointVariable(service string) string {
	switch service {
	case "route53":
		return "AWS_ENDPOINT_URL_ROUTE_53"
	case "secretsmanager":
		return "AWS_ENDPOINT_URL_SECRETS_MANAGER"
	}
	return "AWS_ENDPOINT_URL_" + strings.ToUpper(service)
}

// skips says whether the platform or the configuration does without the given check; both are on for AWS.
func (c Config) skips(configured *bool) bool {
	if configured != nil {
		return *configured
	}
	return !c.PlatformOf().STS
}

// asksWho says whether connecting asks STS who the caller is.
func (c Config) asksWho() bool {
	return !c.skips(c.SkipCredentialsCheck) || !c.skips(c.SkipRequestingAccountID)
}

// Partition is the partition that a region belongs to, by AWS's table or the form of the name; "aws" for any other
// store.
func (c Config) Partition(region string) string {
	if p := c.PlatformOf().Partition; p != "" {
		return p
	}
	if p, ok := endpoints.PartitionForRegion(endpoints.DefaultPartitions(), region); ok {
		return p.ID()
	}
	return "aws"
}

// durationOf is a duration that Validate has accepted; "" is none.
func durationOf(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
