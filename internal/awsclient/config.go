package awsclient

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/hashicorp/aws-sdk-go-base/v2/endpoints"
)

// Config is the part of the provider block that concerns AWS, in plain Go. A zero field is not set.
type Config struct {
	Version string     // of the provider, for the user agent
	Unknown [][]string // paths, as in FieldError, of settings whose values are not known yet

	Region                 string
	Profile                string
	AccessKey              string
	SecretKey              string
	Token                  string
	SharedConfigFiles      []string
	SharedCredentialsFiles []string
	AssumeRole             []AssumeRole // a chain: each is assumed with the one before
	WebIdentity            *WebIdentity
	AllowedAccountIDs      []string
	ForbiddenAccountIDs    []string

	Platform                string            // one of PlatformNames; "" is the first of them
	Endpoints               map[string]string // URL by service, see EndpointServices
	S3UsePathStyle          *bool
	SkipCredentialsCheck    *bool
	SkipRequestingAccountID *bool
	SkipRegionValidation    bool

	MaxRetries     *int // how often a failed call is sent again
	RetryMode      string
	HTTPProxy      *string
	HTTPSProxy     *string
	NoProxy        string
	CustomCABundle string // path of a PEM file
	Insecure       bool

	PermissionsBoundary string // ARN of a policy
}

// AssumeRole is one role of a chain.
type AssumeRole struct {
	RoleARN     string
	SessionName string
	ExternalID  string
	Duration    string // as Go writes it, such as 1h
	Policy      string
	PolicyARNs  []string
	Tags        map[string]string
}

// WebIdentity is a role assumed with a token of an identity provider.
type WebIdentity struct {
	RoleARN     string
	SessionName string
	Token       string
	TokenFile   string
	Duration    string // as Go writes it, such as 1h
}

// DefaultMaxRetries is how often a failed call is sent again unless the configuration or AWS_MAX_ATTEMPTS sets it.
const DefaultMaxRetries = 25

// unknown reports whether the setting at the path, or a part of it, is not known yet.
func (c Config) unknown(path ...string) bool {
	return slices.ContainsFunc(c.Unknown, func(u []string) bool {
		n := min(len(u), len(path))
		return slices.Equal(u[:n], path[:n])
	})
}

// PlatformOf is the configured platform. A wrong name, which Validate refuses, counts as the default.
func (c Config) PlatformOf() Platform {
	p, ok := platform(c.Platform)
	if !ok {
		p, _ = platform("")
	}
	return p
}

// EffectiveRegion is the region as far as it is known without a network: the configuration's, AWS_REGION or
// AWS_DEFAULT_REGION, the profile's, the platform's, us-east-1 for an endpoint other than AWS's; else "".
func (c Config) EffectiveRegion() string {
	region, _ := c.effectiveRegion()
	return region
}

// effectiveRegion also returns where the region comes from.
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
		return "us-east-1", "the default for a custom endpoint"
	}
	return "", ""
}

// environment reads the AWS_* variables and the profile. A profile that cannot be read counts as empty; connecting
// reports it.
func (c Config) environment() (config.EnvConfig, config.SharedConfig) {
	env, err := config.NewEnvConfig()
	if err != nil {
		env = config.EnvConfig{}
	}
	profile := cmp.Or(c.Profile, env.SharedConfigProfile, config.DefaultSharedConfigProfile)
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

// filesOf returns the configured files, else the one of the environment, else nil for the default files.
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

// endpoint is the service's URL in the configuration or the environment, "" for none. It has the SDK's order. An
// endpoint in a profile is not looked up here; the clients use it.
func (c Config) endpoint(service string) string {
	if url := c.Endpoints[service]; url != "" {
		return url
	}
	if strings.EqualFold(os.Getenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), "true") {
		return ""
	}
	return cmp.Or(os.Getenv(EndpointVariable(service)), os.Getenv("AWS_ENDPOINT_URL"))
}

// HasEndpoint reports whether calls of the service go anywhere: to AWS, or to an endpoint that the configuration, the
// environment or the profile has.
func (c Config) HasEndpoint(service string) bool {
	p := c.PlatformOf()
	if p.AWSEndpoints || c.endpoint(service) != "" || service == "s3" && p.DefaultEndpoint != "" {
		return true
	}
	env, shared := c.environment()
	ignored := env.IgnoreConfiguredEndpoints
	if ignored == nil {
		ignored = shared.IgnoreConfiguredEndpoints
	}
	if ignored != nil && *ignored {
		return false
	}
	_, ok, err := shared.GetServiceBaseEndpoint(context.Background(), service)
	return shared.BaseEndpoint != "" || ok && err == nil
}

// skips reports whether a check is off, by its setting or else by the platform's default.
func (c Config) skips(configured *bool) bool {
	if configured != nil {
		return *configured
	}
	return !c.PlatformOf().STS
}

// callsSTS reports whether connecting asks STS who the caller is.
func (c Config) callsSTS() bool {
	return !c.skips(c.SkipCredentialsCheck) || !c.skips(c.SkipRequestingAccountID)
}

// Partition is the partition of a region: the platform's, else by AWS's table or the form of the region's name.
func (c Config) Partition(region string) string {
	if p := c.PlatformOf().Partition; p != "" {
		return p
	}
	if p, ok := endpoints.PartitionForRegion(endpoints.DefaultPartitions(), region); ok {
		return p.ID()
	}
	return "aws"
}

// durationOf parses a duration that Validate has accepted; "" is none.
func durationOf(text string) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0
	}
	return d
}
