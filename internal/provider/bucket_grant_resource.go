package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketgrant"
)

// bucketGrantModel is spinup_bucket_grant as Terraform sees it.
type bucketGrantModel struct {
	ID       types.String   `tfsdk:"id"`
	Bucket   types.String   `tfsdk:"bucket"`
	Access   types.String   `tfsdk:"access"`
	WebAdmin types.Bool     `tfsdk:"web_admin"`
	Path     types.String   `tfsdk:"path"`
	Role     types.String   `tfsdk:"role"`
	User     types.String   `tfsdk:"user"`
	Group    types.String   `tfsdk:"group"`
	Kind     types.String   `tfsdk:"kind"`
	Name     types.String   `tfsdk:"name"`
	Policy   types.String   `tfsdk:"policy_name"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// bucketGrantIdentity tells one grant from every other.
type bucketGrantIdentity struct {
	Bucket types.String `tfsdk:"bucket"`
	Kind   types.String `tfsdk:"kind"`
	Name   types.String `tfsdk:"name"`
}

func newBucketGrantResource() resource.Resource {
	text := func(description string) identityschema.StringAttribute {
		return identityschema.StringAttribute{RequiredForImport: true, Description: description}
	}
	return &envelope[bucketGrantModel, bucketgrant.Spec, bucketgrant.Status, *bucketGrantModel]{
		noun:   "bucket_grant",
		schema: bucketGrantSchema,
		identity: identityschema.Schema{Attributes: map[string]identityschema.Attribute{
			"bucket": text("Name of the bucket."), "kind": text("What has the grant: role, user or group."),
			"name": text("Name of the role, user or group."),
		}},
		keys:        []string{"bucket", "kind", "name"},
		build:       bucketgrant.New,
		permissions: awsclient.Permissions(bucketgrant.API{}),
	}
}

func bucketGrantSchema(ctx context.Context) schema.Schema {
	principal := func(kind, form string) schema.StringAttribute {
		return schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Name, without its path, of the IAM " + kind + " that gets the access. Exactly one of " +
				"`role`, `user` and `group` is set. A change replaces the grant.",
			Validators:    []validator.String{stringvalidator.RegexMatches(userNameForm, form)},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		}
	}
	const form = "must be 1 to 64 letters, digits and any of +=,.@_-: a name, not an ARN"
	return schema.Schema{
		MarkdownDescription: "A level of a bucket for an IAM role, user or group that somebody else manages.\n\nThe " +
			"resource stands for one inline policy, `<bucket>-SpinupGrant`. Nothing else of the role, user or group is read " +
			"or changed. There is one grant of a bucket for each of them.",
		Attributes: map[string]schema.Attribute{
			"id":     computed("`bucket/kind/name`, which is also the import id."),
			"bucket": ofBucket("Name of the bucket or website. A change replaces the grant."),
			"access": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "What is allowed: `admin`, `read_write` or `read_only`. A change is one write. A null old " +
					"value in a plan means that the policy was changed elsewhere.",
				Validators: []validator.String{fwtypes.OneOf(levelNames()...)},
			},
			"web_admin": toggle("Whether invalidating the cache of the website, which must have the name of the bucket, is " +
				"allowed too. Default `false`."),
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Key prefix to which the access is confined, such as `/docs/`. It begins and ends with a " +
					"slash, with letters, digits and any of `+=,.@_-` between slashes. Unset: the whole bucket.",
			},
			"role": principal("role", form), "user": principal("user", form), "group": principal("group", form),
			"kind":        computed("What has the grant: `role`, `user` or `group`."),
			"name":        computed("Name of the role, user or group."),
			"policy_name": computed("Name of the inline policy."),
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx, writeTimeout)},
	}
}

func (m *bucketGrantModel) importID() string {
	return m.Bucket.ValueString() + "/" + m.Kind.ValueString() + "/" + m.Name.ValueString()
}
func (m *bucketGrantModel) limits() timeouts.Value { return m.Timeouts }
func (m *bucketGrantModel) identify() any          { return bucketGrantIdentity{m.Bucket, m.Kind, m.Name} }

// principals are the attributes that name who has the grant, by their kind.
func (m *bucketGrantModel) principals() map[string]*types.String {
	return map[string]*types.String{bucketgrant.Role: &m.Role, bucketgrant.User: &m.User, bucketgrant.Group: &m.Group}
}

// locate completes the stub of an import.
func (m *bucketGrantModel) locate(context.Context, *awsclient.Conn) (bool, error) {
	if !m.ID.IsNull() {
		return true, nil
	}
	principal, known := m.principals()[m.Kind.ValueString()]
	if !known {
		return false, fmt.Errorf("the kind is %q, want role, user or group", m.Kind.ValueString())
	}
	*principal = m.Name
	return true, nil
}

func (m *bucketGrantModel) checkConfig(context.Context) (diags diag.Diagnostics) {
	checkKeyPath(m.Path, &diags)
	set, open := 0, false
	for _, principal := range m.principals() {
		open = open || principal.IsUnknown()
		if !principal.IsNull() && !principal.IsUnknown() {
			set++
		}
	}
	if set > 1 || set == 0 && !open {
		diags.AddAttributeError(path.Root("role"), "One principal wanted", fmt.Sprintf(
			"%d of role, user and group are set. Exactly one has to be: make a grant for each.", set))
	}
	return diags
}

func (m *bucketGrantModel) checkPlan(_ context.Context, data *providerData) (diags diag.Diagnostics) {
	if data.platform.Lacks(awsclient.Groups) && !data.isUnknown("platform") {
		diags.AddAttributeError(path.Root("access"), "No grants on this platform", fmt.Sprintf("The provider's platform is "+
			"%q, and a store of this kind has no roles, users and groups as AWS has them.", data.platform.Name))
		return diags
	}
	return data.checkIAM(path.Root("access"))
}

func (m *bucketGrantModel) resolve(_ context.Context, r turn[bucketGrantModel]) (diags diag.Diagnostics) {
	m.WebAdmin = pick(r.config.WebAdmin, types.BoolValue(false))
	m.ID, m.Kind, m.Name, m.Policy = types.StringUnknown(), types.StringUnknown(), types.StringUnknown(),
		types.StringUnknown()
	for kind, principal := range m.principals() {
		if !principal.IsNull() && !principal.IsUnknown() {
			m.Kind, m.Name = types.StringValue(kind), *principal
		}
	}
	if m.Bucket.IsUnknown() {
		return diags
	}
	m.Policy = types.StringValue(bucketgrant.PolicyName(m.Bucket.ValueString()))
	if !m.Name.IsUnknown() {
		m.ID = types.StringValue(m.importID())
	}
	return diags
}

func (m *bucketGrantModel) spec(_ context.Context, s session) (bucketgrant.Spec, diag.Diagnostics) {
	return bucketgrant.Spec{
		Bucket: m.Bucket.ValueString(), Kind: m.Kind.ValueString(), Principal: m.Name.ValueString(),
		Partition: s.conn.Partition, AccountID: s.conn.AccountID, IAMPath: s.data.iamPath,
		Access: access.Level(m.Access.ValueString()), Path: prefixOf(m.Path), WebAdmin: m.WebAdmin.ValueBool(),
		Promised: s.data.isPromised,
	}, nil
}

// fill records what was seen.
func (m *bucketGrantModel) fill(
	_ context.Context, _ turn[bucketGrantModel], w reconcile.Wish[bucketgrant.Spec], have bucketgrant.Status,
) (diags diag.Diagnostics) {
	m.ID = types.StringValue(m.importID())
	m.Policy = types.StringValue(bucketgrant.PolicyName(w.Want.Bucket))
	if have.Document == "" {
		return diags
	}
	seen := w.Want.Read(have)
	m.Access, m.WebAdmin, m.Path = optional(string(seen.Access)), types.BoolValue(seen.WebAdmin), types.StringNull()
	if seen.Path != "" {
		m.Path = types.StringValue("/" + seen.Path)
	}
	return diags
}
