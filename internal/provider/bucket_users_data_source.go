package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
)

// bucketUsersDataSource lists the users of a bucket.
type bucketUsersDataSource struct{ dataSource }

func newBucketUsersDataSource() datasource.DataSource { return &bucketUsersDataSource{} }

type bucketUsersDataModel struct {
	Bucket types.String          `tfsdk:"bucket"`
	Names  []string              `tfsdk:"names"`
	Users  []bucketUserListModel `tfsdk:"users"`
}

type bucketUserListModel struct {
	Name   types.String `tfsdk:"name"`
	ARN    types.String `tfsdk:"arn"`
	Groups []string     `tfsdk:"groups"`
}

func (d *bucketUsersDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_bucket_users"
}

func (d *bucketUsersDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The users of a bucket or website, sorted by name: the members of its groups, which are " +
			"found by their exact names. A user with an inline policy and no membership is not listed.\n\nOn a store " +
			"without groups: the users with an inline policy that gives access to the bucket, as `spinup_bucket_user` " +
			"makes them. That takes at least one call for each user of the store.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the bucket or website.",
				Validators:          []validator.String{fwtypes.BucketName()},
			},
			"names": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "Names of the users; empty if there are none.",
			},
			"users": dataList("The users; empty if there are none.", map[string]schema.Attribute{
				"name": dataText("Name of the IAM user."),
				"arn":  dataText("ARN of the user."),
				"groups": schema.ListAttribute{
					Computed: true, ElementType: types.StringType,
					MarkdownDescription: "Names of the bucket's groups that the user is a member of; empty where there are none.",
				},
			}),
		},
	}
}

func (d *bucketUsersDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m bucketUsersDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	resp.Diagnostics.Append(d.data.checkIAM(path.Root("bucket"))...)
	if resp.Diagnostics.HasError() {
		return
	}
	members, err := bucketuser.Members(ctx, conn, m.Bucket.ValueString())
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("bucket"), "bucket users", bucketUserReads(), err))
		return
	}
	m.Names, m.Users = []string{}, []bucketUserListModel{}
	for _, one := range members {
		m.Names = append(m.Names, one.Name)
		m.Users = append(m.Users, bucketUserListModel{types.StringValue(one.Name), types.StringValue(one.ARN), one.Groups})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
