package provider

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// bucketsDataSource lists the buckets of the account.
type bucketsDataSource struct{ dataSource }

func newBucketsDataSource() datasource.DataSource { return &bucketsDataSource{} }

type bucketsDataModel struct {
	NamePrefix types.String      `tfsdk:"name_prefix"`
	NameRegex  types.String      `tfsdk:"name_regex"`
	Tags       map[string]string `tfsdk:"tags"`
	Org        types.String      `tfsdk:"org"`
	Names      []string          `tfsdk:"names"`
	Buckets    []bucketListModel `tfsdk:"buckets"`
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
	resp.Schema = schema.Schema{
		MarkdownDescription: "All buckets of the account, sorted by name. Filters narrow the list; if several are set, " +
			"all must match. `tags` and `org` take one more call for each bucket that the other filters leave.",
		Attributes: map[string]schema.Attribute{
			"name_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only buckets whose name begins with this text.",
			},
			"name_regex": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only buckets whose name matches this regular expression, in [Go's " +
					"syntax](https://pkg.go.dev/regexp/syntax), anywhere in the name.",
				Validators: []validator.String{fwtypes.Regexp()},
			},
			"tags": schema.MapAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Only buckets that have all of these tags, with these values.",
			},
			"org": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only buckets of this org: those whose tag `spinup:org` has this value. The provider's " +
					"`org` is not used as a filter.",
			},
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
		},
	}
}

func (d *bucketsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m bucketsDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	entries, err := d.data.buckets.List(ctx, conn, m.NamePrefix.ValueString())
	if err == nil {
		entries, err = m.filter(entries, func(left []bucket.Entry) (map[string]map[string]string, error) {
			return d.data.buckets.Tags(ctx, conn, left)
		})
	}
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Empty(), "buckets", bucketReads(), err))
		return
	}
	m.Names, m.Buckets = []string{}, []bucketListModel{}
	for _, entry := range entries {
		m.Names = append(m.Names, entry.Name)
		m.Buckets = append(m.Buckets, bucketListModel{
			Name:         types.StringValue(entry.Name),
			ARN:          types.StringValue(fmt.Sprintf("arn:%s:s3:::%s", conn.Partition, entry.Name)),
			Region:       optional(entry.Region),
			CreationDate: date(entry.Created),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// filter keeps the entries that match all filters but the prefix; tags are only read when a filter asks for them.
func (m bucketsDataModel) filter(
	entries []bucket.Entry, tagsOf func([]bucket.Entry) (map[string]map[string]string, error),
) ([]bucket.Entry, error) {
	if !m.NameRegex.IsNull() {
		pattern, err := regexp.Compile(m.NameRegex.ValueString())
		if err != nil {
			return nil, err
		}
		entries = slices.DeleteFunc(entries, func(e bucket.Entry) bool { return !pattern.MatchString(e.Name) })
	}
	want := map[string]string{}
	maps.Copy(want, m.Tags)
	if !m.Org.IsNull() {
		want[orgTag] = m.Org.ValueString()
	}
	if len(want) == 0 {
		return entries, nil
	}
	tags, err := tagsOf(entries)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(entries, func(e bucket.Entry) bool {
		for key, value := range want {
			if got, ok := tags[e.Name][key]; !ok || got != value {
				return true
			}
		}
		return false
	}), nil
}
