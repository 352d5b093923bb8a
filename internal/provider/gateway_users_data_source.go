package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// gatewayUsersDataSource lists users of VersityGW.
type gatewayUsersDataSource struct{ gatewayDataSource }

func newGatewayUsersDataSource() datasource.DataSource { return &gatewayUsersDataSource{} }

type gatewayUsersDataModel struct {
	Role   types.String     `tfsdk:"role"`
	Prefix types.String     `tfsdk:"access_key_prefix"`
	Users  []gatewayUserRow `tfsdk:"users"`
}

func (d *gatewayUsersDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_gateway_users"
}

func (d *gatewayUsersDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The users of VersityGW's own, sorted by their access keys, without their secrets. The " +
			"gateway's root is none of them. Only for the provider's platform `versitygw`, with the credentials of the root " +
			"or of a user of role `admin`.",
		Attributes: map[string]schema.Attribute{
			"role": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only users with this role: `user`, `userplus` or `admin`. Default: any.",
				Validators:          []validator.String{fwtypes.OneOf(versitygw.Roles()...)},
			},
			"access_key_prefix": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only users whose access keys begin with this text. Default: any.",
			},
			"users": dataList("The users; empty if there are none.", gatewayUserAttributes()),
		},
	}
}

func (d *gatewayUsersDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m gatewayUsersDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	gateway := d.gateway(ctx, path.Empty(), "spinup_gateway_users", &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	users, err := gateway.UsersLike(ctx, m.Role.ValueString(), m.Prefix.ValueString())
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("users"), "gateway users", nil, err))
		return
	}
	m.Users = []gatewayUserRow{}
	for _, user := range users {
		m.Users = append(m.Users, rowOf(user))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
