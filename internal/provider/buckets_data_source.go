package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// bucketsDataSource lists the buckets of the account.
type bucketsDataSource struct{ dataSource }

func newBucketsDataSource() datasource.DataSource { return &bucketsDataSource{} }

type bucketsDataModel struct {
	narrowing
	Names   []string          `tfsdk:"names"`
	Buckets []bucketListModel `tfsdk:"buckets"`
}

type bucketListModel struct {
	Name         types.String `tfsdk:"name"`
	ARN          types.String `tfsdk:"arn"`
	Region       types.String `tfsdk:"region"`
	CreationDate types.String `tfsdk:"creation_date"`
}

func (d *bucketsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_buckets"
}

func (d *bucketsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := narrowingSchema("buckets", "name")
	maps.Copy(attributes, map[string]schema.Attribute{
		"names": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Names of the buckets; empty if none match.",
		},
		"buckets": dataList("The buckets; empty if none match.", map[string]schema.Attribute{
			"name":          dataText("Name of the bucket."),
			"arn":           dataText("ARN of the bucket."),
			"region":        dataText("Region of the bucket; null if the store does not tell."),
			"creation_date": dataText("When the bucket was created, as RFC 3339 in UTC; null if the store does not tell."),
		}),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "All buckets of the account, sorted by name. Filters narrow the list; if several are set, " +
			"all must match. `tags` and `org` take one more call for each bucket that the other filters leave.",
		Attributes: attributes,
	}
}

func (d *bucketsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m bucketsDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	m.Names, m.Buckets = []string{}, []bucketListModel{}
	var failed error
	err := m.eachBucket(ctx, session{d.data, conn}, func(entry bucket.Entry, err error) bool {
		failed = err
		m.Names = append(m.Names, entry.Name)
		m.Buckets = append(m.Buckets, bucketListModel{
			Name:         types.StringValue(entry.Name),
			ARN:          types.StringValue(fmt.Sprintf("arn:%s:s3:::%s", conn.Partition, entry.Name)),
			Region:       optional(entry.Region),
			CreationDate: date(entry.Created),
		})
		return err == nil
	})
	if err := cmp.Or(err, failed); err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Empty(), "buckets", bucketReads(), err))
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
