package awsclient

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/hashicorp/aws-sdk-go-base/v2/validation"
)

// FieldError is a setting that is wrong.
type FieldError struct {
	Path    []string // attribute, then list index or key, then attribute
	Value   string   // as configured; "" for a secret
	Message string   // what is wrong and what is allowed, to read on from the value
}

func (e FieldError) Error() string {
	if e.Value == "" {
		return fmt.Sprintf("%s: %s", strings.Join(e.Path, "."), e.Message)
	}
	return fmt.Sprintf("%s: %q %s", strings.Join(e.Path, "."), e.Value, e.Message)
}

// problems collects the errors of a configuration.
type problems struct {
	Config
	found []FieldError
}

// add records a problem, unless the setting is not known yet.
func (p *problems) add(path []string, value, format string, args ...any) {
	if !p.unknown(path...) {
		p.found = append(p.found, FieldError{Path: path, Value: value, Message: fmt.Sprintf(format, args...)})
	}
}

// match records a problem if a value is set and re does not match it.
func (p *problems) match(path []string, value string, re *regexp.Regexp, want string) {
	if value != "" && !re.MatchString(value) {
		p.add(path, value, "%s", want)
	}
}

// The forms that the API references of Organizations and STS give.
var (
	accountForm    = regexp.MustCompile(`^\d{12}$`)
	sessionForm    = regexp.MustCompile(`^[\w+=,.@-]{2,64}$`)
	externalIDForm = regexp.MustCompile(`^[\w+=,.@:/-]{2,}$`)
)

// Validate checks what can be checked without a network: the settings themselves, and the region of the environment or
// the profile. It returns nothing if all is well.
func (c Config) Validate() []FieldError {
	p := &problems{Config: c}
	p.checkPlatform()
	p.checkRegion()
	p.checkCredentials()
	p.checkRoles()
	p.checkAccounts()
	p.checkConnection()
	if p.PermissionsBoundary != "" && !isPolicyARN(p.PermissionsBoundary) {
		p.add([]string{"permissions_boundary"}, p.PermissionsBoundary,
			"is not the ARN of an IAM policy, such as arn:aws:iam::123456789012:policy/name")
	}
	return p.found
}

func (p *problems) checkPlatform() {
	if _, ok := platform(p.Platform); !ok {
		p.add([]string{"platform"}, p.Platform, "is not one of %s", strings.Join(PlatformNames(), ", "))
	}
	if store := p.PlatformOf(); !store.AWSEndpoints && p.endpoint("s3") == "" && store.DefaultEndpoint == "" {
		p.add([]string{"endpoints", "s3"}, "", "must be set, here or by AWS_ENDPOINT_URL_S3, for the platform %s",
			store.Name)
	}
}

func (p *problems) checkRegion() {
	region, source := p.effectiveRegion()
	if region == "" {
		return
	}
	if err := p.CheckRegion(region); err != nil {
		p.add([]string{"region"}, region, "(from %s) %v", source, err)
	}
}

// CheckRegion returns what is wrong with a region's name. On AWS it must be one of AWS's, unless that check is off;
// other stores take any name without blanks and slashes.
func (c Config) CheckRegion(region string) error {
	switch {
	case region == "" || strings.ContainsAny(region, " \t\r\n/"):
		return errors.New("must be a name without blanks and slashes")
	case c.unknown("platform") || c.unknown("skip_region_validation"):
	case c.PlatformOf().RegionNames && !c.SkipRegionValidation && validation.SupportedRegion(region) != nil:
		return errors.New("is not an AWS region. If it is newer than this provider, set skip_region_validation; if the " +
			"store is not AWS, set platform")
	}
	return nil
}

func (p *problems) checkCredentials() {
	switch {
	case p.AccessKey == "" && (p.SecretKey != "" || p.Token != ""):
		p.add([]string{"access_key"}, "", "must be set together with secret_key")
	case p.AccessKey != "" && p.SecretKey == "":
		p.add([]string{"secret_key"}, "", "must be set together with access_key")
	}
}

func (p *problems) checkRoles() {
	for i, role := range p.AssumeRole {
		at := func(name ...string) []string { return append([]string{"assume_role", strconv.Itoa(i)}, name...) }
		p.checkRole(at, role.RoleARN, role.SessionName, role.Duration)
		if id := role.ExternalID; id != "" && (len(id) > 1224 || !externalIDForm.MatchString(id)) {
			p.add(at("external_id"), id, "must have 2 to 1224 letters, digits or characters of _+=,.@:/-")
		}
		if role.Policy != "" && !json.Valid([]byte(role.Policy)) {
			p.add(at("policy"), "", "is not JSON")
		}
		for _, policy := range role.PolicyARNs {
			if !isPolicyARN(policy) {
				p.add(at("policy_arns"), policy, "is not the ARN of an IAM policy")
			}
		}
	}
	if w := p.WebIdentity; w != nil {
		at := func(name ...string) []string { return append([]string{"assume_role_with_web_identity"}, name...) }
		p.checkRole(at, w.RoleARN, w.SessionName, w.Duration)
		known := !p.unknown(at("web_identity_token")...) && !p.unknown(at("web_identity_token_file")...)
		if known && (w.Token == "") == (w.TokenFile == "") {
			p.add(at(), "", "needs one of web_identity_token and web_identity_token_file")
		}
	}
}

func (p *problems) checkRole(at func(...string) []string, role, session, duration string) {
	if !p.isRoleARN(role) {
		p.add(at("role_arn"), role, "is not the ARN of an IAM role, such as arn:aws:iam::123456789012:role/name")
	}
	p.match(at("session_name"), session, sessionForm, "must have 2 to 64 letters, digits or characters of _+=,.@-")
	if duration == "" {
		return
	}
	d, err := time.ParseDuration(duration)
	if err != nil || d < 15*time.Minute || d > 12*time.Hour {
		p.add(at("duration"), duration, "is not a duration from 15m to 12h, such as 1h30m")
	}
}

// isRoleARN reports whether the text is the ARN of an IAM role; stores with other ARNs take any.
func (c Config) isRoleARN(text string) bool {
	a, err := arn.Parse(text)
	if err != nil || !c.PlatformOf().RoleARNs {
		return err == nil
	}
	return a.Service == "iam" && accountForm.MatchString(a.AccountID) && strings.HasPrefix(a.Resource, "role/")
}

func isPolicyARN(text string) bool {
	a, err := arn.Parse(text)
	return err == nil && a.Service == "iam" && strings.HasPrefix(a.Resource, "policy/") &&
		(a.AccountID == "aws" || accountForm.MatchString(a.AccountID))
}

func (p *problems) checkAccounts() {
	called := p.callsSTS() || p.unknown("platform") || p.unknown("skip_requesting_account_id") ||
		p.unknown("skip_credentials_validation")
	lists := map[string][]string{
		"allowed_account_ids": p.AllowedAccountIDs, "forbidden_account_ids": p.ForbiddenAccountIDs,
	}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		if len(lists[name]) > 0 && !called {
			p.add([]string{name}, "", "needs the account id: set skip_requesting_account_id to false (it is true by "+
				"default on platforms without STS)")
		}
	}
	if len(p.AllowedAccountIDs) > 0 && len(p.ForbiddenAccountIDs) > 0 {
		p.add([]string{"forbidden_account_ids"}, "", "must not be set together with allowed_account_ids")
	}
}

func (p *problems) checkConnection() {
	for _, service := range slices.Sorted(maps.Keys(p.Endpoints)) {
		if p.Endpoints[service] != "" && !isURL(p.Endpoints[service]) {
			p.add([]string{"endpoints", service}, p.Endpoints[service],
				"is not a URL with scheme and host only, such as https://s3.example.edu")
		}
	}
	if url := p.Endpoints[AdminService]; url != "" && !p.unknown("platform") && !p.PlatformOf().Has(AdminAPI) {
		p.add([]string{"endpoints", AdminService}, url, "is for the platform versitygw only, and platform is %s: leave it "+
			"out, or set platform", p.PlatformOf().Name)
	}
	proxies := map[string]*string{"http_proxy": p.HTTPProxy, "https_proxy": p.HTTPSProxy}
	for _, name := range slices.Sorted(maps.Keys(proxies)) {
		if v := proxies[name]; v != nil && *v != "" && !isURL(*v) {
			p.add([]string{name}, "", "is not a URL such as http://proxy.example.edu:3128") // may hold a password
		}
	}
	if p.MaxRetries != nil && *p.MaxRetries < 0 {
		p.add([]string{"max_retries"}, strconv.Itoa(*p.MaxRetries), "must be 0 or more")
	}
	if p.RetryMode != "" && p.RetryMode != "standard" && p.RetryMode != "adaptive" {
		p.add([]string{"retry_mode"}, p.RetryMode, "is not standard or adaptive")
	}
	if p.CustomCABundle != "" {
		pem, err := os.ReadFile(expandHome(p.CustomCABundle))
		switch {
		case err != nil:
			p.add([]string{"custom_ca_bundle"}, p.CustomCABundle, "cannot be read: %v", err)
		case !x509.NewCertPool().AppendCertsFromPEM(pem):
			p.add([]string{"custom_ca_bundle"}, p.CustomCABundle, "holds no certificate in PEM form")
		}
	}
}

// isURL reports whether the SDK can build requests on the URL. It would silently drop a query.
func isURL(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" &&
		u.Fragment == ""
}
