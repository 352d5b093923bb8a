package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type accountDataSource struct{ dataSource }

func newAccountDataSource() datasource.DataSource { return &accountDataSource{} }

type accountModel struct {
	ID           types.String `tfsdk:"id"`
	AccountID    types.String `tfsdk:"account_id"`
	CallerARN    types.String `tfsdk:"caller_arn"`
	CallerUserID types.String `tfsdk:"caller_user_id"`
	Region       types.String `tfsdk:"region"`
	Partition    types.String `tfsdk:"partition"`
	Platform     types.String `tfsdk:"platform"`
}

func (d *accountDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_account"
}

func (d *accountDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	asked := func(description string) schema.StringAttribute {
		return dataText(description + " Null if the provider does not ask STS, see its `skip_requesting_account_id`.")
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The account, the caller and the region that the provider works with. Reading it connects to " +
			"AWS, so it also checks credentials and endpoint. It needs no permission.",
		Attributes: map[string]schema.Attribute{
			"id":             dataText("The account id or, if there is none, the platform's name."),
			"account_id":     asked("The 12 digits of the account that the credentials belong to."),
			"caller_arn":     asked("ARN of the user or of the assumed role whose credentials are used."),
			"caller_user_id": asked("Unique id of the caller; for a role it ends with the session name."),
			"region":         dataText("The provider's region, such as `us-east-1`."),
			"partition":      dataText("The partition in ARNs: `aws`, `aws-cn`, `aws-us-gov` and so on."),
			"platform":       dataText("The provider's `platform`: `aws` or the kind of S3-compatible store."),
		},
	}
}

func (d *accountDataSource) Read(ctx context.Context, _ datasource.ReadRequest, resp *datasource.ReadResponse) {
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	m := accountModel{
		ID:           types.StringValue(conn.AccountID),
		AccountID:    optional(conn.AccountID),
		CallerARN:    optional(conn.CallerARN),
		CallerUserID: optional(conn.CallerID),
		Region:       types.StringValue(conn.Region),
		Partition:    types.StringValue(conn.Partition),
		Platform:     types.StringValue(conn.Platform.Name),
	}
	if conn.AccountID == "" {
		m.ID = m.Platform
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
}
