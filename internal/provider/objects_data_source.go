package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
)

// objectsDataSource lists the objects of a bucket, whoever made them.
type objectsDataSource struct{ dataSource }

func newObjectsDataSource() datasource.DataSource { return &objectsDataSource{} }

type objectsDataModel struct {
	Bucket         types.String      `tfsdk:"bucket"`
	Prefix         types.String      `tfsdk:"prefix"`
	Delimiter      types.String      `tfsdk:"delimiter"`
	Match          types.String      `tfsdk:"match"`
	StartAfter     types.String      `tfsdk:"start_after"`
	Max            fwtypes.Int64     `tfsdk:"max"`
	Objects        []objectListModel `tfsdk:"objects"`
	CommonPrefixes []string          `tfsdk:"common_prefixes"`
	TotalSize      types.Int64       `tfsdk:"total_size"`
	Truncated      types.Bool        `tfsdk:"truncated"`
}

type objectListModel struct {
	Key          types.String  `tfsdk:"key"`
	Size         fwtypes.Int64 `tfsdk:"size"`
	ETag         types.String  `tfsdk:"etag"`
	LastModified types.String  `tfsdk:"last_modified"`
	StorageClass types.String  `tfsdk:"storage_class"`
}

// defaultMax is how many objects a list has if nothing is said.
const defaultMax = 1000

func (d *objectsDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_objects"
}

func (d *objectsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	filter := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	match := filter("Only objects whose key fits this pattern: `*` is any text without a slash, `**` any text, `?` one " +
		"character, `[abc]` one of these, `{a,b}` one of these words. A pattern without a slash is for the last part of " +
		"the key, one that ends in a slash for everything below it. Common prefixes are not filtered.")
	match.Validators = []validator.String{glob()}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Objects of a bucket, sorted by key in the order of bytes. Of old versions nothing is listed.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Required: true, MarkdownDescription: "Name of the bucket.",
				Validators: []validator.String{fwtypes.BucketName()},
			},
			"prefix": filter("Only objects whose key begins with this text."),
			"delimiter": filter("Text, mostly `/`, up to which keys are the same after the prefix: such keys are not listed, " +
				"but what they have in common, once, in `common_prefixes`."),
			"match":       match,
			"start_after": filter("Only objects whose key comes after this one."),
			"max": schema.Int64Attribute{
				Optional: true, CustomType: fwtypes.Int64Type{},
				MarkdownDescription: "Most objects and common prefixes together, from 1 to 100,000. Default `1000`. If there are " +
					"more, `truncated` is true, and without `max` there is a warning too.",
				Validators: []validator.Int64{int64validator.Between(1, 100_000)},
			},
			"objects": dataList("The objects; empty if there are none.", map[string]schema.Attribute{
				"key":           dataText("Key of the object."),
				"size":          dataNumber("Size in bytes."),
				"etag":          dataText("ETag of the object, without quotes."),
				"last_modified": dataText("When the object was stored, as RFC 3339 in UTC."),
				"storage_class": dataText("Storage class of the object; null if the store does not tell."),
			}),
			"common_prefixes": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Beginnings of keys up to the delimiter; empty without `delimiter`.",
			},
			"total_size": schema.Int64Attribute{
				Computed: true, MarkdownDescription: "Sum of the sizes of the listed objects, in bytes.",
			},
			"truncated": dataFlag("Whether there is more than `max`."),
		},
	}
}

func (d *objectsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m objectsDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	most := int64(defaultMax)
	if !m.Max.IsNull() {
		most = m.Max.ValueInt64()
	}
	found, err := object.List(ctx, conn, object.Query{
		Bucket: m.Bucket.ValueString(), Prefix: m.Prefix.ValueString(), Delimiter: m.Delimiter.ValueString(),
		StartAfter: m.StartAfter.ValueString(), Match: m.Match.ValueString(),
		Max: int(most),
	})
	if err != nil {
		needed := awsclient.Permissions(object.DataReads{})
		resp.Diagnostics.Append(readDiagnostic(path.Root("bucket"), "objects", needed, err))
		return
	}
	if found.Truncated && m.Max.IsNull() {
		resp.Diagnostics.AddAttributeWarning(path.Root("max"), "Not all objects are listed", fmt.Sprintf(
			"The bucket %q has more than %d objects of this kind. Set max to the number that is wanted.",
			m.Bucket.ValueString(), most))
	}
	total := int64(0)
	m.Objects, m.CommonPrefixes = []objectListModel{}, append([]string{}, found.Prefixes...)
	for _, o := range found.Objects {
		total += o.Size
		m.Objects = append(m.Objects, objectListModel{
			Key: types.StringValue(o.Key), Size: fwtypes.NewInt64(o.Size), ETag: optional(o.ETag),
			LastModified: date(o.Modified), StorageClass: optional(o.StorageClass),
		})
	}
	m.TotalSize, m.Truncated = types.Int64Value(total), types.BoolValue(found.Truncated)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
