package provider

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// websitesDataSource lists the websites of the account.
type websitesDataSource struct{ dataSource }

func newWebsitesDataSource() datasource.DataSource { return &websitesDataSource{} }

type websitesDataModel struct {
	narrowing
	Domains  []string           `tfsdk:"domains"`
	Websites []websiteListModel `tfsdk:"websites"`
}

type websiteListModel struct {
	Domain           types.String `tfsdk:"domain"`
	Aliases          []string     `tfsdk:"aliases"`
	BucketName       types.String `tfsdk:"bucket_name"`
	Enabled          types.Bool   `tfsdk:"enabled"`
	DistributionID   types.String `tfsdk:"distribution_id"`
	DistributionARN  types.String `tfsdk:"distribution_arn"`
	DistributionHost types.String `tfsdk:"distribution_domain_name"`
	Status           types.String `tfsdk:"distribution_status"`
}

func (d *websitesDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_websites"
}

func (d *websitesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := narrowingSchema("websites", "domain")
	maps.Copy(attributes, map[string]schema.Attribute{
		"domains": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Domains of the websites; empty if none match.",
		},
		"websites": dataList("The websites; empty if none match.", map[string]schema.Attribute{
			"domain": dataText("Host name of the site."),
			"aliases": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The other host names of the distribution, sorted, those that redirect among them; empty if " +
					"there are none.",
			},
			"bucket_name":              dataText("Name of the bucket that the distribution reads."),
			"enabled":                  dataFlag("Whether the distribution answers requests."),
			"distribution_id":          dataText("Id of the CloudFront distribution."),
			"distribution_arn":         dataText("ARN of the distribution."),
			"distribution_domain_name": dataText("Host name of the distribution."),
			"distribution_status":      dataText("`Deployed`, or `InProgress` while a change is being deployed."),
		}),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "The websites of the account, sorted by domain: the CloudFront distributions whose tag " +
			"`spinup:website` is one of their aliases, as `spinup_website` makes them. Filters narrow the list; if several " +
			"are set, all must match. It takes one call for each distribution with an alias that the filters of domains leave.",
		Attributes: attributes,
	}
}

func (d *websitesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m websitesDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	rows := map[string]websiteListModel{} // CloudFront gives a domain to one distribution
	var failed error
	err := m.eachSite(ctx, conn, func(one website.Site, err error) bool {
		rows[one.Domain], failed = websiteListModel{
			types.StringValue(one.Domain), one.Names, optional(one.Bucket), types.BoolValue(one.Enabled),
			types.StringValue(one.DistributionID), types.StringValue(one.ARN), types.StringValue(one.Host),
			types.StringValue(one.Status),
		}, err
		return err == nil
	})
	if err := cmp.Or(err, failed); err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Empty(), "websites", websiteReads(), err))
		return
	}
	m.Domains, m.Websites = slices.AppendSeq([]string{}, maps.Keys(rows)), []websiteListModel{}
	slices.Sort(m.Domains)
	for _, domain := range m.Domains {
		m.Websites = append(m.Websites, rows[domain])
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
