package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// websiteDataSource looks at one site, made by spinup or not.
type websiteDataSource struct{ dataSource }

func newWebsiteDataSource() datasource.DataSource { return &websiteDataSource{} }

type websiteDataModel struct{ websiteFacts }

func (d *websiteDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_website"
}

func (d *websiteDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := bucketSettingsDataSchema()
	maps.Copy(attributes, websiteFactsDataSchema())
	resp.Schema = schema.Schema{
		MarkdownDescription: "A site of the account, whether spinup created it or not, with everything that " +
			"`spinup_website` shows of it: the distribution that has the name, and the bucket that it reads. A name that no " +
			"distribution has is an error; what is missing is null.",
		Attributes: attributes,
	}
}

func websiteFactsDataSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"domain": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Host name of the site.",
			Validators:          []validator.String{fwtypes.HostName()},
		},
		"id":               dataText("The domain."),
		"aliases":          dataTexts("Additional host names served by the same site; null for none."),
		"redirect_domains": dataTexts("Additional host names that redirect to `domain`; null for none."),
		"bucket_name":      dataText("Name of the bucket."),
		"region":           dataText("Region of the bucket."),
		"hosted_zone_id":   dataText("Id of the Route 53 zone of the records; null if they are elsewhere."),
		"dns":              dataFlag("Whether Route 53 has records that point to the distribution."),
		"certificate_arn":  dataText("ARN of the certificate."),
		"origin_access": dataText("`private` or `website_endpoint`; null for a bucket that the distribution cannot read, " +
			"or that others can."),
		"index_document":  dataText("Key of the index document."),
		"error_document":  dataText("Key of the page that is returned for unknown paths; null for none."),
		"single_page_app": dataFlag("Whether the index document is returned for unknown paths, with the status 200."),
		"directory_index": dataFlag("Whether spinup's CloudFront function returns the index documents of directories."),
		"price_class":     dataText("Where CloudFront's edge locations are, as the name of a price class."),
		"minimum_tls": dataText("Oldest TLS version that browsers may use, as the name of a security policy of " +
			"CloudFront."),
		"http_version":     dataText("Newest HTTP version that browsers may use."),
		"ipv6":             dataFlag("Whether the site answers over IPv6 too."),
		"web_acl_arn":      dataText("ARN of the web ACL; null for none."),
		"response_headers": dataText("`security`, `none`, or the id of a response headers policy."),
		"cache_policy":     dataText("`optimized`, `disabled`, `legacy`, or the id of a cache policy."),
		"geo_restriction": schema.SingleNestedAttribute{
			CustomType:          fwtypes.NewObjectType[geoModel](),
			Computed:            true,
			MarkdownDescription: "Countries from which the site can be reached; null for all.",
			Attributes: map[string]schema.Attribute{
				"type":      dataText("`whitelist` (only these countries) or `blacklist` (all but these)."),
				"locations": dataTexts("Country codes of ISO 3166-1: two capital letters."),
			},
		},
		"url":                      dataText("URL of the site; null for a distribution that is disabled."),
		"distribution_id":          dataText("Id of the CloudFront distribution."),
		"distribution_arn":         dataText("ARN of the distribution."),
		"distribution_domain_name": dataText("Host name of the distribution."),
		"distribution_status":      dataText("`Deployed`, or `InProgress` while a change is being deployed."),
		"dns_records": dataMap("Records of the site and of its certificate; the keys are name and type, such as "+
			"`www.example.edu A`. With `dns` they are those that exist.", map[string]schema.Attribute{
			"name":  dataText("Name of the record."),
			"type":  dataText("`A` or `AAAA`, as an alias; `CNAME` for the certificate."),
			"value": dataText("Target of the record."),
		}),
	}
}

func (d *websiteDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m websiteDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	domain := m.Domain.ValueString()
	have, spec := websiteStatus{}, websiteSpec{}
	exists, err := m.find(ctx, conn)
	if err == nil && exists {
		site := websiteModel{websiteFacts: m.websiteFacts}
		var diags diag.Diagnostics
		if spec, diags = site.spec(ctx, session{d.data, conn}); diags.HasError() {
			resp.Diagnostics.Append(diags...)
			return
		}
		have, err = website.New(conn).Observe(ctx, spec)
	}
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("domain"), "website", websiteReads(), err))
		return
	}
	if !exists {
		resp.Diagnostics.AddAttributeError(path.Root("domain"), "No such website",
			"There is no distribution with the name \""+domain+"\".")
		return
	}
	resp.Diagnostics.Append(m.fill(ctx, session{d.data, conn}, reconcile.Keep(spec), have)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// websiteReads are the permissions behind the data source about a site.
func websiteReads() []awsclient.Permission {
	return slices.Concat(awsclient.Permissions(website.Reads{}), awsclient.Permissions(bucket.Reads{}),
		awsclient.Permissions(access.Reads{}), awsclient.Permissions(lifecyclerule.Reads{}))
}
