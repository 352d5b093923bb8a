package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// gatewayBucketsDataSource lists buckets of VersityGW with their owners.
type gatewayBucketsDataSource struct{ gatewayDataSource }

func newGatewayBucketsDataSource() datasource.DataSource { return &gatewayBucketsDataSource{} }

type gatewayBucketsDataModel struct {
	Owner   types.String       `tfsdk:"owner"`
	Prefix  types.String       `tfsdk:"name_prefix"`
	Buckets []gatewayBucketRow `tfsdk:"buckets"`
}

type gatewayBucketRow struct {
	Name  types.String `tfsdk:"name"`
	Owner types.String `tfsdk:"owner"`
}

func (d *gatewayBucketsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_gateway_buckets"
}

func (d *gatewayBucketsDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All buckets of VersityGW with their owners, sorted by name, whoever made them. Only for the " +
			"provider's platform `versitygw`, with the credentials of the gateway's root or of a user of role `admin`.",
		Attributes: map[string]schema.Attribute{
			"owner": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only buckets of the user with this access key, or of the root. Default: any.",
			},
			"name_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only buckets whose names begin with this text. Default: any.",
			},
			"buckets": dataList("The buckets; empty if there are none.", map[string]schema.Attribute{
				"name":  dataText("Name of the bucket."),
				"owner": dataText("Access key of its owner, which may be a user that was deleted."),
			}),
		},
	}
}

func (d *gatewayBucketsDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m gatewayBucketsDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	gateway := d.gateway(ctx, path.Empty(), "spinup_gateway_buckets", &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	buckets, err := gateway.BucketsLike(ctx, m.Owner.ValueString(), m.Prefix.ValueString())
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("buckets"), "gateway buckets", nil, err))
		return
	}
	m.Buckets = []gatewayBucketRow{}
	for _, bucket := range buckets {
		m.Buckets = append(m.Buckets, gatewayBucketRow{types.StringValue(bucket.Name), types.StringValue(bucket.Owner)})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
