package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// gatewayDataSource is what the data sources about VersityGW share.
type gatewayDataSource struct{ dataSource }

// gateway is the client of the gateway; nil with an error on another platform or without a connection.
func (d *gatewayDataSource) gateway(
	ctx context.Context, at path.Path, what string, diags *diag.Diagnostics,
) *versitygw.Client {
	if wrong := d.data.checkGateway(at, what); wrong != nil {
		diags.Append(wrong)
		return nil
	}
	conn := d.connect(ctx, diags)
	if diags.HasError() {
		return nil
	}
	return versitygw.New(conn)
}

// gatewayUserDataSource looks at one user of VersityGW.
type gatewayUserDataSource struct{ gatewayDataSource }

func newGatewayUserDataSource() datasource.DataSource { return &gatewayUserDataSource{} }

type gatewayUserDataModel struct {
	ID types.String `tfsdk:"id"`
	gatewayUserRow
}

// gatewayUserRow is a user in a list, without its secret.
type gatewayUserRow struct {
	AccessKey types.String  `tfsdk:"access_key"`
	Role      types.String  `tfsdk:"role"`
	UserID    fwtypes.Int64 `tfsdk:"user_id"`
	GroupID   fwtypes.Int64 `tfsdk:"group_id"`
	ProjectID fwtypes.Int64 `tfsdk:"project_id"`
}

func rowOf(user versitygw.User) gatewayUserRow {
	return gatewayUserRow{
		AccessKey: types.StringValue(user.AccessKey), Role: types.StringValue(user.Role),
		UserID: fwtypes.NewInt64(user.IDs.User), GroupID: fwtypes.NewInt64(user.IDs.Group),
		ProjectID: fwtypes.NewInt64(user.IDs.Project),
	}
}

// gatewayUserAttributes are those of a user in the data sources.
func gatewayUserAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"access_key": dataText("Access key of the user."),
		"role":       dataText("`user`, `userplus` or `admin`."),
		"user_id":    dataNumber("Number of the owner of its files."),
		"group_id":   dataNumber("Number of the group of its files."),
		"project_id": dataNumber("Number of the project that its files count for."),
	}
}

func (d *gatewayUserDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_gateway_user"
}

func (d *gatewayUserDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	attributes := gatewayUserAttributes()
	attributes["id"] = dataText("The access key.")
	attributes["access_key"] = schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "Access key of the user.",
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "A user of VersityGW's own, whether spinup created it or not, without its secret. Only for " +
			"the provider's platform `versitygw`, with the credentials of the gateway's root or of a user of role `admin`. " +
			"It is an error if there is no such user; the gateway's root is none.",
		Attributes: attributes,
	}
}

func (d *gatewayUserDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m gatewayUserDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	at := path.Root("access_key")
	gateway := d.gateway(ctx, at, "spinup_gateway_user", &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	user, err := gateway.User(ctx, m.AccessKey.ValueString())
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(at, "gateway user", nil, err))
		return
	}
	if user == nil {
		resp.Diagnostics.AddAttributeError(at, "No such gateway user",
			"The gateway has no user with the access key \""+m.AccessKey.ValueString()+"\".")
		return
	}
	m.ID, m.gatewayUserRow = m.AccessKey, rowOf(*user)
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
