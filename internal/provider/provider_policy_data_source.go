package provider

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/privileges"
)

// providerPolicyDataSource is the least that credentials of the provider have to be allowed.
type providerPolicyDataSource struct{ dataSource }

func newProviderPolicyDataSource() datasource.DataSource { return &providerPolicyDataSource{} }

type providerPolicyDataModel struct {
	Mode        types.String `tfsdk:"mode"`
	Resources   types.Set    `tfsdk:"resources"`
	Extras      types.Set    `tfsdk:"extras"`
	BucketNames types.Set    `tfsdk:"bucket_names"`
	UserNames   types.Set    `tfsdk:"user_names"`
	RoleNames   types.Set    `tfsdk:"role_names"`
	ZoneIDs     types.Set    `tfsdk:"zone_ids"`
	AccountID   types.String `tfsdk:"account_id"`
	JSON        types.String `tfsdk:"json"`
	Documents   []string     `tfsdk:"documents"`
}

func (d *providerPolicyDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_provider_policy"
}

// extras are what credentials may be for beside resources, as users write it.
func extras() map[string]string {
	return map[string]string{
		"actions": privileges.Actions, "data_sources": privileges.DataSources, "ephemeral_resources": privileges.Ephemerals,
		"secret_stores": privileges.SecretStores,
	}
}

// policyTypes are the types of resources that need IAM permissions.
func policyTypes() (all []string) {
	for _, name := range privileges.Resources() {
		all = append(all, "spinup_"+strings.ReplaceAll(name, "-", "_"))
	}
	return all
}

func (d *providerPolicyDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	const patterns = " `*` stands for any characters. Default: all."
	texts := func(description string, rules ...validator.Set) schema.SetAttribute {
		return schema.SetAttribute{
			Optional: true, ElementType: types.StringType, MarkdownDescription: description,
			Validators: append(rules, setvalidator.SizeAtLeast(1)),
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "The least that the credentials of this provider have to be allowed, as IAM policies. They " +
			"are made from the same tables as those of the guide on permissions. No permission is needed to read it.",
		Attributes: map[string]schema.Attribute{
			"mode": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "`apply` for all of plan, apply and destroy; `plan` for credentials that only plan.",
				Validators:          []validator.String{fwtypes.OneOf("apply", "plan")},
			},
			"resources": texts("Types of the resources that are managed, such as `spinup_bucket`. Default: all.",
				setvalidator.ValueStringsAre(fwtypes.OneOf(policyTypes()...))),
			"extras": texts("What the credentials are for beside resources: `actions`, `data_sources`, `ephemeral_resources`, "+
				"`secret_stores` (SSM and Secrets Manager, for keys of users). Default: nothing.",
				setvalidator.ValueStringsAre(fwtypes.OneOf(slices.Sorted(maps.Keys(extras()))...))),
			"bucket_names": texts("Names of the buckets and domains of the websites." + patterns),
			"user_names":   texts("Names of the IAM users." + patterns),
			"role_names":   texts("Names of the IAM roles." + patterns),
			"zone_ids":     texts("Ids of the hosted zones. Default: all."),
			"account_id": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Account in the ARNs: 12 digits, or `*` for any. Default: the provider's account. If it is " +
					"set, nothing is asked of AWS.",
				Validators: []validator.String{stringvalidator.RegexMatches(
					regexp.MustCompile(`^([0-9]{12}|\*)$`), "must be 12 digits, or *")},
			},
			"json": dataText("The whole policy. IAM takes it as a managed policy only if it is short enough: up to 6,144 " +
				"characters."),
			"documents": schema.ListAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The same policy in as many documents as IAM needs to take them as managed policies.",
			},
		},
	}
}

func (d *providerPolicyDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m providerPolicyDataModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &m)...); resp.Diagnostics.HasError() {
		return
	}
	if len(d.data.unknown) > 0 { // the path of IAM or the partition, perhaps
		resp.Diagnostics.Append(connectDiagnostic(fmt.Errorf("%s is %w", d.data.unknown[0], errProviderUnknown)))
		return
	}
	asked := privileges.Request{
		PlanOnly: m.Mode.ValueString() == "plan", For: privileges.Resources(),
		Buckets: textsOf(m.BucketNames), Users: textsOf(m.UserNames), Roles: textsOf(m.RoleNames),
		Zones: textsOf(m.ZoneIDs), Partition: d.data.partition, AccountID: m.AccountID.ValueString(), Path: d.data.iamPath,
	}
	if m.AccountID.IsNull() {
		conn := d.connect(ctx, &resp.Diagnostics)
		if resp.Diagnostics.HasError() {
			return
		}
		asked.AccountID, asked.Partition = conn.AccountID, conn.Partition
	}
	if !m.Resources.IsNull() {
		asked.For = nil
		for _, kind := range textsOf(m.Resources) {
			asked.For = append(asked.For, strings.ReplaceAll(strings.TrimPrefix(kind, "spinup_"), "_", "-"))
		}
	}
	for _, extra := range textsOf(m.Extras) {
		asked.For = append(asked.For, extras()[extra])
	}
	policy := privileges.Policy(asked)
	m.JSON = types.StringValue(policy.String())
	for _, document := range privileges.Split(policy) {
		m.Documents = append(m.Documents, document.String())
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
