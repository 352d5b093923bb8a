package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// providerData is what resources and data sources get of the provider block.
type providerData struct {
	client  *awsclient.Client
	unknown []path.Path // settings that are not known before apply

	defaultTags         map[string]string
	ignoreTags          func(key string) bool // tags of other owners, AWS's included
	org                 string
	accessLog           *accessLogDefault // nil when there is none
	iamPath             string            // "/" by default
	permissionsBoundary string

	region      string // "" while it is not known
	partition   string // "" while it is not known
	noIAM       bool   // IAM is known to have no endpoint
	platform    awsclient.Platform
	checkRegion func(region string) error

	buckets  bucket.Listing // listed once for all data sources
	reserved sync.Map       // names of objects that are planned as new
	groups   sync.Map       // names of groups that are planned
	state    sync.Map       // kinds and ids of objects that state holds
	existing existing       // objects that this plan or apply was to create
	trees    trees          // sources of directories
}

// existing collects the import blocks of objects that exist although they were to be created.
type existing struct {
	mu     sync.Mutex
	blocks []string
}

// foundExisting notes an object that exists although it was to be created, and gives the import blocks of all so far.
func (d *providerData) foundExisting(noun, id string) []string {
	d.existing.mu.Lock()
	defer d.existing.mu.Unlock()
	if block := importBlock(noun, id); !slices.Contains(d.existing.blocks, block) {
		d.existing.blocks = append(d.existing.blocks, block)
	}
	return slices.Clone(d.existing.blocks)
}

// foundInState notes that state holds the object.
func (d *providerData) foundInState(noun, id string) { d.state.Store(noun+" "+id, nil) }

// inState reports whether state is known to hold the object. Terraform plans the replacement of a tainted object as if
// there were none: that it exists is then no reason to refuse the plan.
func (d *providerData) inState(noun, id string) bool {
	_, ok := d.state.Load(noun + " " + id)
	return ok
}

// promise notes that groups of a bucket are planned: they exist by the time that an apply needs them.
func (d *providerData) promise(bucket string, levels ...access.Level) {
	for _, l := range levels {
		d.groups.Store(access.GroupName(bucket, l), nil)
	}
}

// isPromised reports whether a group is planned.
func (d *providerData) isPromised(group string) bool {
	_, ok := d.groups.Load(group)
	return ok
}

// boundary is the configured permissions boundary of a user or role, or the provider's.
func (d *providerData) boundary(config types.String) types.String {
	switch {
	case !config.IsNull():
		return config
	case d.isUnknown("permissions_boundary"):
		return types.StringUnknown()
	}
	return optional(d.permissionsBoundary)
}

// checkIAM refuses what needs IAM where IAM has no endpoint. The diagnostic is at the attribute that names it.
func (d *providerData) checkIAM(at path.Path) (diags diag.Diagnostics) {
	if d.noIAM {
		diags.AddAttributeError(at, "No IAM endpoint", fmt.Sprintf("The provider's platform is %q, and no IAM endpoint is "+
			"configured: set endpoints.iam, here or by AWS_ENDPOINT_URL_IAM. A store without IAM has no users of this kind.",
			d.platform.Name))
	}
	return diags
}

// reserve reserves the name of a new object for this plan, and reports whether it was free. Each plan, and each apply,
// has its own providerData, and plans a new object once.
func (d *providerData) reserve(name string) bool {
	_, taken := d.reserved.LoadOrStore(name, nil)
	return !taken
}

// accessLogDefault is where access logs go by default.
type accessLogDefault struct{ bucket, prefix string }

// tags are the tags of the provider block, for everything that takes tags.
func (d *providerData) tags() map[string]string {
	tags := maps.Clone(d.defaultTags)
	if d.org != "" {
		if tags == nil {
			tags = map[string]string{}
		}
		tags[orgTag] = d.org
	}
	return tags
}

// isUnknown reports whether one of the attributes of the provider block, or a part of it, is not known yet.
func (d *providerData) isUnknown(attributes ...string) bool {
	return slices.ContainsFunc(d.unknown, func(p path.Path) bool { return slices.Contains(attributes, rootOf(p)) })
}

func rootOf(p path.Path) string {
	first, _ := p.Steps().NextStep()
	return fmt.Sprint(first)
}

// errProviderUnknown means that a setting needed to connect is not known before apply.
var errProviderUnknown = errors.New("not known before apply")

// connect gives the connection, which is made when first needed. The error wraps errProviderUnknown if a setting that
// the connection depends on is not known yet; connectDiagnostic explains it.
func (d *providerData) connect(ctx context.Context) (*awsclient.Conn, error) {
	for _, p := range d.unknown {
		switch rootOf(p) {
		case "default_tags", "ignore_tags", "org", "access_log", "iam_path", "permissions_boundary":
		default:
			return nil, fmt.Errorf("%s is %w", p, errProviderUnknown)
		}
	}
	return d.client.Connect(ctx)
}

// connectDiagnostic explains why there is no connection, and what to do.
func connectDiagnostic(err error) diag.Diagnostic {
	if errors.Is(err, errProviderUnknown) {
		return diag.NewErrorDiagnostic("Provider configuration not known yet", "In the provider configuration "+err.Error()+
			". Let this depend (depends_on) on the resource that the value comes from, or apply that resource first with "+
			"-target.")
	}
	detail := "Nothing was read or changed: " + err.Error() + "."
	var connect *awsclient.ConnectError
	if errors.As(err, &connect) && connect.Endpoint != "" {
		detail += "\n\nThe endpoint is " + connect.Endpoint + "."
	}
	if advice := connectAdvice(err); advice != "" {
		detail += "\n\n" + advice
	}
	return diag.NewErrorDiagnostic("Cannot connect to AWS", detail)
}

func connectAdvice(err error) string {
	var silent *awsclient.NoAnswerError
	switch {
	case errors.Is(err, awsclient.ErrNoCredentials):
		return "Set credentials in the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), in a profile " +
			"(AWS_PROFILE or the provider's profile), or with the provider's access_key and secret_key or " +
			"assume_role_with_web_identity."
	case errors.Is(err, awsclient.ErrNoRegion):
		return "Set the provider's region or AWS_REGION."
	case errors.Is(err, awsclient.ErrWrongAccount):
		return "Check the provider's allowed_account_ids and forbidden_account_ids, or use other credentials."
	case errors.As(err, &silent):
		return "Check the provider's endpoints and region, AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>, and the " +
			"proxies."
	case awsclient.IsCredentials(err):
		return "The credentials were found but are not valid: they may be mistyped, expired, deactivated, or for another " +
			"store."
	case awsclient.IsNotImplemented(err), awsclient.IsNotFound(err):
		return "For a store without STS set the provider's platform, or skip_credentials_validation and " +
			"skip_requesting_account_id."
	}
	return ""
}

// providerModel is the provider block.
type providerModel struct {
	Region                  types.String  `tfsdk:"region"`
	Profile                 types.String  `tfsdk:"profile"`
	AccessKey               types.String  `tfsdk:"access_key"`
	SecretKey               types.String  `tfsdk:"secret_key"`
	Token                   types.String  `tfsdk:"token"`
	SharedConfigFiles       types.List    `tfsdk:"shared_config_files"`
	SharedCredentialsFiles  types.List    `tfsdk:"shared_credentials_files"`
	AssumeRole              types.List    `tfsdk:"assume_role"`
	WebIdentity             types.Object  `tfsdk:"assume_role_with_web_identity"`
	AllowedAccountIDs       types.Set     `tfsdk:"allowed_account_ids"`
	ForbiddenAccountIDs     types.Set     `tfsdk:"forbidden_account_ids"`
	Platform                types.String  `tfsdk:"platform"`
	Endpoints               types.Object  `tfsdk:"endpoints"`
	S3UsePathStyle          types.Bool    `tfsdk:"s3_use_path_style"`
	SkipCredentialsCheck    types.Bool    `tfsdk:"skip_credentials_validation"`
	SkipRequestingAccountID types.Bool    `tfsdk:"skip_requesting_account_id"`
	SkipRegionValidation    types.Bool    `tfsdk:"skip_region_validation"`
	DefaultTags             types.Map     `tfsdk:"default_tags"`
	IgnoreTags              types.Object  `tfsdk:"ignore_tags"`
	Org                     types.String  `tfsdk:"org"`
	AccessLog               types.Object  `tfsdk:"access_log"`
	IAMPath                 types.String  `tfsdk:"iam_path"`
	PermissionsBoundary     types.String  `tfsdk:"permissions_boundary"`
	MaxRetries              fwtypes.Int64 `tfsdk:"max_retries"`
	RetryMode               types.String  `tfsdk:"retry_mode"`
	HTTPProxy               types.String  `tfsdk:"http_proxy"`
	HTTPSProxy              types.String  `tfsdk:"https_proxy"`
	NoProxy                 types.String  `tfsdk:"no_proxy"`
	CustomCABundle          types.String  `tfsdk:"custom_ca_bundle"`
	Insecure                types.Bool    `tfsdk:"insecure"`
}

// read turns the configuration into the provider's data, and reports what is wrong with it.
func (p *spinupProvider) read(ctx context.Context, from tfsdk.Config, diags *diag.Diagnostics) *providerData {
	var m providerModel
	if diags.Append(from.Get(ctx, &m)...); diags.HasError() {
		return nil
	}
	r := &configReader{}
	cfg := m.config(r)
	cfg.Version = p.version
	ignored := r.object(m.IgnoreTags, "ignore_tags")
	keys := r.texts(ignored["keys"], "ignore_tags", "keys")
	prefixes := r.texts(ignored["key_prefixes"], "ignore_tags", "key_prefixes")
	data := &providerData{
		defaultTags:         r.table(m.DefaultTags, "default_tags"),
		ignoreTags:          func(key string) bool { return ignores(key, keys, prefixes) },
		org:                 r.text(m.Org, "org"),
		iamPath:             r.text(m.IAMPath, "iam_path"),
		permissionsBoundary: cfg.PermissionsBoundary,
	}
	if data.iamPath == "" {
		data.iamPath = "/"
	}
	if log := r.object(m.AccessLog, "access_log"); log != nil {
		data.accessLog = &accessLogDefault{
			bucket: r.text(log["bucket"], "access_log", "bucket"),
			prefix: r.text(log["prefix"], "access_log", "prefix"),
		}
	}

	cfg.Unknown = r.unknown
	for _, wrong := range cfg.Validate() {
		diags.AddAttributeError(pathOf(wrong.Path), "Invalid provider configuration", wrong.Error()+".")
	}
	for _, u := range r.unknown {
		data.unknown = append(data.unknown, pathOf(u))
	}
	data.region, data.platform, data.checkRegion = cfg.EffectiveRegion(), cfg.PlatformOf(), cfg.CheckRegion
	data.partition = cfg.Partition(data.region)
	if data.isUnknown("region", "platform") || cfg.Region == "" && data.isUnknown("profile", "shared_config_files") {
		data.region, data.partition = "", ""
	}
	data.checkDefaults(diags)
	data.noIAM = !cfg.HasEndpoint("iam") &&
		!data.isUnknown("endpoints", "platform", "profile", "shared_config_files")
	data.client = awsclient.New(cfg, p.pace)
	return data
}

// checkDefaults refuses tags of the provider that its ignore_tags leaves to others: they would be written and never
// seen.
func (d *providerData) checkDefaults(diags *diag.Diagnostics) {
	for _, key := range slices.Sorted(maps.Keys(d.defaultTags)) {
		if d.ignoreTags(key) && !strings.HasPrefix(key, "aws:") { // which the attribute's validator reports
			diags.AddAttributeError(path.Root("default_tags").AtMapKey(key), "Invalid default tags", fmt.Sprintf(
				"default_tags has the key %q, which ignore_tags leaves to others. Remove it from one of them.", key))
		}
	}
	if d.org != "" && d.ignoreTags(orgTag) {
		diags.AddAttributeError(path.Root("org"), "Invalid org", fmt.Sprintf(
			"org is %q, which sets the tag %q, but ignore_tags leaves that to others. Remove one of them.", d.org, orgTag))
	}
	d.checkStore(diags,
		ask{attribute: "default_tags", set: len(d.defaultTags) > 0, feature: awsclient.Tagging},
		text("org", optional(d.org), awsclient.Tagging),
		ask{attribute: "access_log", set: d.accessLog != nil, feature: awsclient.Logging})
}

// ignores reports whether a tag belongs to someone else.
func ignores(key string, keys, prefixes []string) bool {
	return strings.HasPrefix(key, "aws:") || slices.Contains(keys, key) ||
		slices.ContainsFunc(prefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}

func (m *providerModel) config(r *configReader) awsclient.Config {
	cfg := awsclient.Config{
		Region:                  r.text(m.Region, "region"),
		Profile:                 r.text(m.Profile, "profile"),
		AccessKey:               r.text(m.AccessKey, "access_key"),
		SecretKey:               r.text(m.SecretKey, "secret_key"),
		Token:                   r.text(m.Token, "token"),
		SharedConfigFiles:       r.texts(m.SharedConfigFiles, "shared_config_files"),
		SharedCredentialsFiles:  r.texts(m.SharedCredentialsFiles, "shared_credentials_files"),
		AllowedAccountIDs:       r.texts(m.AllowedAccountIDs, "allowed_account_ids"),
		ForbiddenAccountIDs:     r.texts(m.ForbiddenAccountIDs, "forbidden_account_ids"),
		Platform:                r.text(m.Platform, "platform"),
		Endpoints:               map[string]string{},
		S3UsePathStyle:          r.flag(m.S3UsePathStyle, "s3_use_path_style"),
		SkipCredentialsCheck:    r.flag(m.SkipCredentialsCheck, "skip_credentials_validation"),
		SkipRequestingAccountID: r.flag(m.SkipRequestingAccountID, "skip_requesting_account_id"),
		RetryMode:               r.text(m.RetryMode, "retry_mode"),
		HTTPProxy:               r.textOrNil(m.HTTPProxy, "http_proxy"),
		HTTPSProxy:              r.textOrNil(m.HTTPSProxy, "https_proxy"),
		NoProxy:                 r.text(m.NoProxy, "no_proxy"),
		CustomCABundle:          r.text(m.CustomCABundle, "custom_ca_bundle"),
		PermissionsBoundary:     r.text(m.PermissionsBoundary, "permissions_boundary"),
	}
	if skip := r.flag(m.SkipRegionValidation, "skip_region_validation"); skip != nil {
		cfg.SkipRegionValidation = *skip
	}
	if insecure := r.flag(m.Insecure, "insecure"); insecure != nil {
		cfg.Insecure = *insecure
	}
	if r.known(m.MaxRetries, "max_retries") {
		retries := int(m.MaxRetries.ValueInt64())
		cfg.MaxRetries = &retries
	}
	for service, url := range r.object(m.Endpoints, "endpoints") {
		cfg.Endpoints[service] = r.text(url, "endpoints", service)
	}
	cfg.AssumeRole = m.roles(r)
	if w := r.object(m.WebIdentity, "assume_role_with_web_identity"); w != nil {
		at := func(name string) (attr.Value, []string) {
			return w[name], []string{"assume_role_with_web_identity", name}
		}
		text := func(name string) string {
			value, path := at(name)
			return r.text(value, path...)
		}
		cfg.WebIdentity = &awsclient.WebIdentity{
			RoleARN: text("role_arn"), SessionName: text("session_name"), Duration: text("duration"),
			Token: text("web_identity_token"), TokenFile: text("web_identity_token_file"),
		}
	}
	return cfg
}

func (m *providerModel) roles(r *configReader) []awsclient.AssumeRole {
	var roles []awsclient.AssumeRole
	if !r.known(m.AssumeRole, "assume_role") {
		return nil
	}
	for i, element := range m.AssumeRole.Elements() {
		at := func(name ...string) []string { return append([]string{"assume_role", strconv.Itoa(i)}, name...) }
		role := r.object(element, at()...)
		text := func(name string) string { return r.text(role[name], at(name)...) }
		roles = append(roles, awsclient.AssumeRole{
			RoleARN: text("role_arn"), SessionName: text("session_name"), ExternalID: text("external_id"),
			Duration: text("duration"), Policy: text("policy"),
			PolicyARNs: r.texts(role["policy_arns"], at("policy_arns")...), Tags: r.table(role["tags"], at("tags")...),
		})
	}
	return roles
}

// configReader takes plain values out of Terraform's and notes the paths of those that are not known yet.
type configReader struct {
	unknown [][]string
}

// known reports whether there is a value.
func (r *configReader) known(v attr.Value, path ...string) bool {
	if v == nil || v.IsNull() {
		return false
	}
	if v.IsUnknown() {
		r.unknown = append(r.unknown, path)
		return false
	}
	return true
}

func (r *configReader) text(v attr.Value, path ...string) string {
	if text := r.textOrNil(v, path...); text != nil {
		return *text
	}
	return ""
}

func (r *configReader) textOrNil(v attr.Value, path ...string) *string {
	s, ok := v.(types.String)
	if !ok || !r.known(s, path...) {
		return nil
	}
	return s.ValueStringPointer()
}

func (r *configReader) flag(v types.Bool, path ...string) *bool {
	if !r.known(v, path...) {
		return nil
	}
	return v.ValueBoolPointer()
}

// texts takes the strings out of a list or a set.
func (r *configReader) texts(v attr.Value, path ...string) []string {
	list, ok := v.(interface{ Elements() []attr.Value })
	if !ok || !r.known(v, path...) {
		return nil
	}
	var all []string
	for _, element := range list.Elements() {
		if text := r.textOrNil(element, path...); text != nil {
			all = append(all, *text)
		}
	}
	return all
}

func (r *configReader) table(v attr.Value, path ...string) map[string]string {
	m, ok := v.(types.Map)
	if !ok || !r.known(m, path...) {
		return nil
	}
	all := map[string]string{}
	for key, element := range m.Elements() {
		if text := r.textOrNil(element, append(slices.Clone(path), key)...); text != nil {
			all[key] = *text
		}
	}
	return all
}

func (r *configReader) object(v attr.Value, path ...string) map[string]attr.Value {
	o, ok := v.(basetypes.ObjectValue)
	if !ok || !r.known(o, path...) {
		return nil
	}
	return o.Attributes()
}

// pathOf is awsclient's form of a path in Terraform's.
func pathOf(steps []string) path.Path {
	at := path.Root(steps[0])
	for i, step := range steps[1:] {
		index, err := strconv.Atoi(step)
		switch {
		case err == nil && steps[0] == "assume_role" && i == 0:
			at = at.AtListIndex(index)
		case steps[0] == "default_tags", steps[i] == "tags":
			at = at.AtMapKey(step)
		default:
			at = at.AtName(step)
		}
	}
	return at
}
