package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// websiteTimeout is the default of writes: CloudFront takes minutes to deploy a change, and a destroy waits for two.
const websiteTimeout = time.Hour

func newWebsiteResource() resource.Resource {
	return &envelope[websiteModel, websiteSpec, websiteStatus, *websiteModel]{
		noun:     "website",
		schema:   websiteSchema,
		identity: websiteIdentitySchema(),
		keys:     []string{"domain"},
		build:    website.New,
		moves:    websiteMoves(),
		permissions: slices.Concat(awsclient.Permissions(website.API{}), awsclient.Permissions(bucket.API{}),
			awsclient.Permissions(bucket.PlaceholderReads{}), awsclient.Permissions(access.API{}),
			awsclient.Permissions(lifecyclerule.API{})),
		timeout:  websiteTimeout,
		upgrades: map[int64]resource.StateUpgrader{0: {StateUpgrader: upgradeRecords}},
	}
}

// upgradeRecords turns dns_records, which was a list before version 1 of the schema, into a map.
func upgradeRecords(_ context.Context, req resource.UpgradeStateRequest, resp *resource.UpgradeStateResponse) {
	var state map[string]any
	err := json.Unmarshal(req.RawState.JSON, &state)
	if list, ok := state["dns_records"].([]any); ok {
		records := map[string]any{}
		for _, element := range list {
			if record, ok := element.(map[string]any); ok {
				records[fmt.Sprint(record["name"], " ", record["type"])] = record
			}
		}
		state["dns_records"] = records
	}
	text, broken := json.Marshal(state)
	if err := errors.Join(err, broken); err != nil {
		resp.Diagnostics.AddError("State could not be read", err.Error())
		return
	}
	resp.DynamicValue = &tfprotov6.DynamicValue{JSON: text}
}

func websiteIdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"domain": identityschema.StringAttribute{RequiredForImport: true, Description: "Host name of the site."},
	}}
}

// Forms of values. The id of a CloudFront policy is a UUID.
var (
	zoneForm    = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	keyForm     = regexp.MustCompile(`^[^/]`)
	headersForm = regexp.MustCompile(`^(security|none|` + uuidForm + `)$`)
	cacheForm   = regexp.MustCompile(`^(optimized|disabled|legacy|` + uuidForm + `)$`)
	sitePath    = regexp.MustCompile(`^/`)
	countryForm = regexp.MustCompile(`^[A-Z]{2}$`)
)

const uuidForm = `[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`

func websiteSchema(ctx context.Context) schema.Schema {
	attributes := bucketSettingsSchema()
	maps.Copy(attributes, websiteNamesSchema())
	maps.Copy(attributes, websitePagesSchema())
	maps.Copy(attributes, websiteDeliverySchema())
	maps.Copy(attributes, websiteComputedSchema())
	attributes["tags"] = schema.MapAttribute{
		Optional:    true,
		ElementType: types.StringType,
		MarkdownDescription: "Tags of the bucket and of the distribution, in addition to the provider's `default_tags`; a " +
			"tag set here takes precedence over one with the same key. Together at most 50; keys of 1 to 128 and values of " +
			"up to 256 characters; no key may begin with `aws:`. Tags that others put there are removed by the next apply " +
			"unless the provider's `ignore_tags` covers them. If the tags of bucket and distribution differ, the old value " +
			"in a plan shows how.",
		Validators: []validator.Map{fwtypes.TagMap(nil)},
	}
	rules := corsSchema()
	rules.MarkdownDescription += " Visitors of the site come through CloudFront, which does not pass their `Origin` on " +
		"to S3 unless a cache policy of your own does: to let pages of other origins read the site, set " +
		"`response_headers` to the id of a policy with CORS headers, such as AWS's `CORS-and-SecurityHeadersPolicy`."
	attributes["cors_rules"] = rules
	return schema.Schema{
		Version: 1, // before, dns_records was a list
		MarkdownDescription: "A website at a domain: a private bucket, a CloudFront distribution in front of it, a " +
			"certificate, the DNS records, and IAM groups for those who may fill the bucket and invalidate the " +
			"cache.\n\nEverything that CloudFront can change in place is changed in place. An existing site is never taken " +
			"over silently: creating it is an error that shows the `import` block to use. Cache behaviors, origins and other " +
			"settings of the distribution that have no attribute here are left alone, whoever made them.",
		Attributes: attributes,
		Blocks:     map[string]schema.Block{"timeouts": timeoutsBlock(ctx, websiteTimeout)},
	}
}

// websiteNamesSchema are the attributes about the site's names and its bucket.
func websiteNamesSchema() map[string]schema.Attribute {
	names := func(description string) schema.Attribute {
		return schema.SetAttribute{
			Optional: true, ElementType: types.StringType, MarkdownDescription: description,
			Validators: []validator.Set{setvalidator.ValueStringsAre(fwtypes.HostName())},
		}
	}
	bucketName := choice("Name of the bucket. Default: `domain` when the site is created; with a domain of more than " +
		"63 characters this must be set. A change replaces the site.")
	bucketName.Validators = []validator.String{fwtypes.BucketName()}
	bucketName.PlanModifiers = []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()}
	region := choice("AWS region of the bucket, such as `us-east-1`. Default: the provider's region when the site is " +
		"created. A change replaces the site.")
	region.PlanModifiers = []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()}
	certificate := choice("ARN of an issued ACM certificate in us-east-1 that covers every name; an asterisk in one of " +
		"its names stands for one label. Default: one that is found there, else one that is requested, validated by DNS " +
		"and deleted with the site, which takes `dns = true`. A site is not destroyed while something else uses the " +
		"certificate that was made for it.")
	certificate.Validators = []validator.String{fwtypes.ARN("acm")}
	return map[string]schema.Attribute{
		"id": computed("The domain, which is also the import id."),
		"domain": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Host name of the site, such as `www.example.edu`: lower case, at least two labels. A " +
				"change replaces the site.",
			Validators:    []validator.String{fwtypes.HostName()},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"aliases": names("Additional host names served by the same site. Default: none."),
		"redirect_domains": names("Additional host names that redirect every request, permanently, to the same path of " +
			"`domain`. Default: none."),
		"bucket_name": bucketName,
		"region":      region,
		"hosted_zone_id": matching(choice("Id of the Route 53 hosted zone of the records, such as "+
			"`Z0123456789ABCDEFGHIJ`; the records of names outside it go to the most specific public zone that contains "+
			"them. Default: the most specific public zone that contains `domain`; where several have one name, set this. "+
			"After a change, the former zone is cleaned of the site's records."),
			zoneForm, "must be the id of a hosted zone: 1 to 32 capital letters and digits, such as Z0123456789ABCDEFGHIJ"),
		"dns": toggle("Whether the alias records of all names are created in Route 53: A and, with `ipv6`, AAAA. Default " +
			"`true`; with `false`, create the records in `dns_records` yourself. Records of the names that lead elsewhere are " +
			"never replaced: the plan refuses them. A change to `false` deletes the site's records."),
		"certificate_arn": certificate,
	}
}

// websitePagesSchema are the attributes about what is returned for which path.
func websitePagesSchema() map[string]schema.Attribute {
	const noSlash = "must be the key of an object, not empty and without a leading slash, such as index.html"
	return map[string]schema.Attribute{
		"origin_access": choice("How CloudFront reads the bucket: `private` (default; by origin access control, with the "+
			"bucket closed to everyone else) or `website_endpoint` (over plain HTTP from the website endpoint of a public "+
			"bucket, like the sites of YaleSpinup's s3-api). A null old value in a plan means a bucket that the distribution "+
			"cannot read, or that others can.",
			website.OriginPrivate, website.OriginEndpoint),
		"index_document": matching(choice("Key of the page at `/` and, with `directory_index`, of the page of every "+
			"directory. Default `index.html`."), keyForm, noSlash),
		"error_document": matching(schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Key of the page that is returned for unknown paths, with the status 404. Default: none; " +
				"CloudFront returns the bucket's own error. Not together with `single_page_app`.",
		}, keyForm, strings.ReplaceAll(noSlash, "index.html", "404.html")),
		"single_page_app": toggle("Whether the index document is returned for unknown paths, with the status 200, for " +
			"applications that route in the browser. Default `false`."),
		"directory_index": toggle("Whether a request for `/docs/` returns `/docs/index.html`, by a CloudFront function. " +
			"Default `true`, but `false` with `website_endpoint`, which does so itself. A null old value in a plan means a " +
			"function that is missing or was changed."),
		"placeholder": toggle("Whether a new site gets an index document. It is uploaded once, if there is none, does not " +
			"count as content, and may be overwritten, as `spinup_directory` does. Default `true`."),
		"response_headers": matching(choice("Headers that CloudFront adds to responses: `security` (default; AWS's "+
			"managed policy SecurityHeadersPolicy), `none`, or the id of a response headers policy."),
			headersForm, `must be "security", "none", or the id of a response headers policy`),
		"cache_policy": matching(choice("How CloudFront caches objects: `optimized` (default; AWS's managed policy "+
			"CachingOptimized), `disabled` (CachingDisabled), `legacy` (no policy, but cache settings in the distribution: "+
			"one hour, without cookies and query strings, like the sites of YaleSpinup's s3-api; other such settings are "+
			"kept), or the id of a cache policy."),
			cacheForm,
			`must be "optimized", "disabled", "legacy", or the id of a cache policy`),
		"invalidation": schema.SingleNestedAttribute{
			CustomType: fwtypes.NewObjectType[invalidationModel](),
			Optional:   true,
			MarkdownDescription: "Invalidation of CloudFront's cache when `trigger` changes. A new site needs none. The " +
				"apply does not wait until it is complete.",
			Attributes: map[string]schema.Attribute{
				"paths": schema.SetAttribute{
					Optional: true, Computed: true, ElementType: types.StringType,
					MarkdownDescription: "Paths to invalidate; an asterisk at the end stands for anything. At most 15 may end " +
						"in one; blanks and other unsafe characters are percent-encoded. Default `[\"/*\"]`. AWS charges " +
						"for each path after the first 1,000 of a month.",
					Validators: []validator.Set{
						setvalidator.SizeBetween(1, 3000),
						setvalidator.ValueStringsAre(stringvalidator.RegexMatches(sitePath,
							"must begin with a slash, such as /docs/*")),
					},
				},
				"trigger": schema.StringAttribute{
					Optional:   true,
					Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
					MarkdownDescription: "Any text, such as a version or a hash of the content; a change invalidates `paths`. " +
						"Setting it for the first time, after an import too, only notes it.",
				},
			},
		},
	}
}

// websiteDeliverySchema are the attributes about how CloudFront delivers.
func websiteDeliverySchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"require_tls": toggle("Whether a statement in the bucket policy denies requests to the bucket itself over plain " +
			"HTTP; CloudFront redirects to HTTPS in any case. Default `true`, but `false` with `website_endpoint`, which " +
			"CloudFront reads over plain HTTP, so that `true` is not allowed."),
		"price_class": choice("Where CloudFront's edge locations are: `PriceClass_100` (default; North America, Europe, "+
			"Israel), `PriceClass_200` (also Asia, the Middle East, Africa), or `PriceClass_All`.",
			"PriceClass_100", "PriceClass_200", "PriceClass_All"),
		"minimum_tls": choice("Oldest TLS version that browsers may use, as the name of a security policy of CloudFront: "+
			"`TLSv1`, `TLSv1_2016`, `TLSv1.1_2016`, `TLSv1.2_2018`, `TLSv1.2_2019`, `TLSv1.2_2021`, `TLSv1.2_2025` or "+
			"`TLSv1.3_2025`. Default `TLSv1.2_2021`. A null old value in a plan means a distribution that answers without TLS.",
			"TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "TLSv1.2_2021", "TLSv1.2_2025",
			"TLSv1.3_2025"),
		"http_version": choice("Newest HTTP version that browsers may use: `http1.1`, `http2`, `http3` or `http2and3` "+
			"(default).",
			"http1.1", "http2", "http3", "http2and3"),
		"ipv6": toggle("Whether the site answers over IPv6 too, which takes AAAA records. Default `true`."),
		"geo_restriction": schema.SingleNestedAttribute{
			CustomType:          fwtypes.NewObjectType[geoModel](),
			Optional:            true,
			MarkdownDescription: "Countries from which the site can be reached. Default: all.",
			Attributes: map[string]schema.Attribute{
				"type": schema.StringAttribute{
					Required:            true,
					MarkdownDescription: "`whitelist` (only these countries) or `blacklist` (all but these).",
					Validators:          []validator.String{fwtypes.OneOf("whitelist", "blacklist")},
				},
				"locations": schema.SetAttribute{
					Required: true, ElementType: types.StringType,
					MarkdownDescription: "Country codes of ISO 3166-1: two capital letters, such as `US`.",
					Validators: []validator.Set{
						setvalidator.SizeAtLeast(1),
						setvalidator.ValueStringsAre(stringvalidator.RegexMatches(countryForm,
							"must be a country code of ISO 3166-1: two capital letters, such as US")),
					},
				},
			},
		},
		"web_acl_arn": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "ARN of an AWS WAF web ACL with the scope CLOUDFRONT, which is in us-east-1. Default: none.",
			Validators:          []validator.String{fwtypes.ARN("wafv2")},
		},
		"wait_for_deployment": toggle("Whether an apply that changes the distribution waits until the change is deployed " +
			"everywhere, which takes minutes. Default `true`. A change of tags or groups never waits."),
		"destroy_mode": choice("How the distribution is destroyed: `wait` (default; it is disabled, and deleted when that "+
			"is deployed everywhere, which takes minutes) or `disable` (it is disabled and tagged; a later change of any "+
			"website of the account deletes it, or the action `spinup_reap`, which needs Terraform 1.14).",
			website.DestroyWait, website.DestroyDisable),
	}
}

func websiteComputedSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"url": computed("URL of the site: `https://` and the domain. A null old value in a plan means a distribution that " +
			"is disabled or does not have the name."),
		"distribution_id":          computed("Id of the CloudFront distribution."),
		"distribution_arn":         computed("ARN of the distribution."),
		"distribution_domain_name": computed("Host name of the distribution, which the records point to."),
		"distribution_status":      computed("`Deployed`, or `InProgress` while a change is being deployed."),
		"dns_records": computedMap("Records of the site: those that point its names to the distribution, and those that "+
			"validate the certificate, which each renewal needs. With `dns = false`, create these yourself. The keys are name "+
			"and type, such as `www.example.edu A`.", map[string]dataschema.Attribute{
			"name": dataText("Name of the record."),
			"type": dataText("`A` or `AAAA` for an alias (outside Route 53, a CNAME with the same value or what the DNS " +
				"service offers instead); `CNAME` for the certificate."),
			"value": dataText("Target of the record."),
		}),
		"invalidation_id": computed("Id of the last invalidation; null for none."),
	}
}

// checkConfig holds the rules between attributes.
func (m *websiteModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	b := m.bucket("")
	b.Name = pick(m.BucketName, m.Domain)
	diags.Append(b.checkConfig(ctx)...)
	m.checkNames(&diags)
	m.checkDomain(&diags)
	if m.SinglePageApp.ValueBool() && !m.ErrorDocument.IsNull() && !m.ErrorDocument.IsUnknown() {
		diags.AddAttributeError(path.Root("error_document"), "Invalid error document", fmt.Sprintf(
			"error_document is %q, but single_page_app is true, which returns the index document for unknown paths. Set only "+
				"one of them.", m.ErrorDocument.ValueString()))
	}
	if m.OriginAccess.ValueString() == website.OriginEndpoint && strings.Contains(m.IndexDocument.ValueString(), "/") {
		diags.AddAttributeError(path.Root("index_document"), "Invalid index document", fmt.Sprintf("index_document is %q, "+
			"but with origin_access = \"website_endpoint\" S3 allows no slash in it. Set a name such as \"index.html\".",
			m.IndexDocument.ValueString()))
	}
	if m.OriginAccess.ValueString() == website.OriginEndpoint && m.RequireTLS.ValueBool() {
		diags.AddAttributeError(path.Root("require_tls"), "Invalid access", "require_tls is true, but with origin_access "+
			"= \"website_endpoint\" CloudFront reads the bucket over plain HTTP. Set it to false, or set origin_access = "+
			"\"private\".")
	}
	if m.OriginAccess.ValueString() == website.OriginEndpoint && !m.IPAccess.IsNull() && !m.IPAccess.IsUnknown() {
		diags.AddAttributeError(path.Root("ip_access"), "Invalid access", "ip_access is set, but with origin_access = "+
			"\"website_endpoint\" CloudFront reads the bucket like everybody else, from addresses of its own, and would be "+
			"kept out. Leave ip_access out, or set origin_access = \"private\".")
	}
	m.checkEdge(ctx, &diags)
	arn := m.CertificateARN.ValueString()
	if strings.HasPrefix(arn, "arn:aws:acm:") && !strings.HasPrefix(arn, "arn:aws:acm:us-east-1:") {
		diags.AddAttributeError(path.Root("certificate_arn"), "Invalid certificate", fmt.Sprintf(
			"certificate_arn is %q. CloudFront takes certificates from us-east-1 only: arn:aws:acm:us-east-1:….",
			arn))
	}
	return diags
}

// checkEdge refuses what CloudFront would refuse later.
func (m *websiteModel) checkEdge(ctx context.Context, diags *diag.Diagnostics) {
	if err := website.CheckWebACL(m.WebACL.ValueString()); err != nil {
		diags.AddAttributeError(path.Root("web_acl_arn"), "Invalid web ACL", "web_acl_arn: "+err.Error()+".")
	}
	for _, code := range textsOf(m.GeoRestriction.Get(ctx, diags).Locations) {
		if err := website.CheckCountry(code); err != nil && countryForm.MatchString(code) {
			diags.AddAttributeError(path.Root("geo_restriction"), "Invalid country", "locations: "+err.Error()+".")
		}
	}
	if m.Invalidation.IsUnknown() {
		return
	}
	if err := website.CheckPaths(textsOf(m.invalidation(ctx, diags).Paths)); err != nil {
		diags.AddAttributeError(path.Root("invalidation"), "Invalid paths", "paths: "+err.Error()+".")
	}
}

// checkNames refuses a name that is listed twice.
func (m *websiteModel) checkNames(diags *diag.Diagnostics) {
	owner := map[string]string{}
	if !m.Domain.IsUnknown() {
		owner[m.Domain.ValueString()] = "domain"
	}
	for _, set := range []struct {
		attribute string
		names     types.Set
	}{{"aliases", m.Aliases}, {"redirect_domains", m.RedirectDomains}} {
		for _, value := range set.names.Elements() {
			name, ok := value.(types.String)
			if !ok || name.IsUnknown() {
				continue
			}
			if other := owner[name.ValueString()]; other != "" {
				diags.AddAttributeError(path.Root(set.attribute), "Name used twice", fmt.Sprintf(
					"%s has %q, which is in %s too. A name may be listed only once.",
					set.attribute, name.ValueString(), other))
			}
			owner[name.ValueString()] = set.attribute
		}
	}
}

// maxIAMName is the longest name of a group and of a managed policy, in characters.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxIAMName = 128

// checkDomain refuses a domain from which a needed name of a group, policy or bucket cannot be made.
func (m *websiteModel) checkDomain(diags *diag.Diagnostics) {
	domain := m.Domain.ValueString()
	if m.Domain.IsNull() || m.Domain.IsUnknown() || names.CheckHost(domain) != nil {
		return // the attribute's validator reports it
	}
	if name := access.PolicyName(domain, access.WebAdmin); len(name) > maxIAMName {
		diags.AddAttributeError(path.Root("domain"), "Domain too long", fmt.Sprintf(
			"domain is %q, so the name of an IAM policy would be %q, of %d characters; IAM allows %d. Set a shorter domain.",
			domain, name, len(name), maxIAMName))
	}
	if err := names.CheckBucket(domain); err != nil && m.BucketName.IsNull() {
		diags.AddAttributeError(path.Root("domain"), "Domain is not a bucket name", fmt.Sprintf(
			"domain: %s. Set bucket_name to another name for the bucket.", err))
	}
}

// checkPlan holds the rules that need the provider's configuration.
func (m *websiteModel) checkPlan(ctx context.Context, data *providerData) diag.Diagnostics {
	diags := m.bucket("").checkPlan(ctx, data)
	if !data.platform.CDN && !data.isUnknown("platform") {
		diags.AddError("No websites on this platform", fmt.Sprintf(
			"The provider's platform is %q, which has no CloudFront. spinup_website needs the platform \"aws\".",
			data.platform.Name))
	}
	return diags
}
