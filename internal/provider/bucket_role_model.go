package provider

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
)

// bucketRoleModel is spinup_bucket_role as Terraform sees it.
type bucketRoleModel struct {
	ID                  types.String   `tfsdk:"id"`
	Bucket              types.String   `tfsdk:"bucket"`
	Name                types.String   `tfsdk:"name"`
	Access              types.String   `tfsdk:"access"`
	WebAdmin            types.Bool     `tfsdk:"web_admin"`
	Path                types.String   `tfsdk:"path"`
	Trust               types.Object   `tfsdk:"trust"`
	OIDCProvider        types.String   `tfsdk:"oidc_provider"`
	MaxSessionDuration  fwtypes.Int64  `tfsdk:"max_session_duration"`
	PermissionsBoundary types.String   `tfsdk:"permissions_boundary"`
	Tags                types.Map      `tfsdk:"tags"`
	TagsAll             types.Map      `tfsdk:"tags_all"`
	ARN                 types.String   `tfsdk:"arn"`
	UniqueID            types.String   `tfsdk:"unique_id"`
	TrustPolicy         types.String   `tfsdk:"trust_policy"`
	Timeouts            timeouts.Value `tfsdk:"timeouts"`

	made []string // the providers that were made, and may not be needed any more; beside the state
}

// bucketRoleIdentity tells one role from every other.
type bucketRoleIdentity struct {
	Bucket types.String `tfsdk:"bucket"`
	Name   types.String `tfsdk:"name"`
}

// trustModel is trust, each of whose sets has elements of one kind.
type trustModel struct {
	GitHub   types.Set `tfsdk:"github"`
	GitLab   types.Set `tfsdk:"gitlab"`
	OIDC     types.Set `tfsdk:"oidc"`
	Services types.Set `tfsdk:"services"`
	Accounts types.Set `tfsdk:"accounts"`
}

type gitHubModel struct {
	Repository  types.String `tfsdk:"repository"`
	Branch      types.String `tfsdk:"branch"`
	Environment types.String `tfsdk:"environment"`
	Tag         types.String `tfsdk:"tag"`
}

type gitLabModel struct {
	Project types.String `tfsdk:"project"`
	Branch  types.String `tfsdk:"branch"`
}

type oidcModel struct {
	ProviderURL types.String `tfsdk:"provider_url"`
	Audience    types.String `tfsdk:"audience"`
	Subjects    types.Set    `tfsdk:"subjects"`
}

type trustedAccountModel struct {
	ID         types.String `tfsdk:"id"`
	ExternalID types.String `tfsdk:"external_id"`
	Role       types.String `tfsdk:"role"`
}

// trustTypes are the types of trust.
func trustTypes() map[string]attr.Type {
	set := func(of attr.Type) attr.Type { return types.SetType{ElemType: of} }
	return map[string]attr.Type{
		"github": set(elementType[gitHubModel]()), "gitlab": set(elementType[gitLabModel]()),
		"oidc": set(elementType[oidcModel]()), "services": set(types.StringType),
		"accounts": set(elementType[trustedAccountModel]()),
	}
}

func (m *bucketRoleModel) importID() string {
	return m.Bucket.ValueString() + "/" + m.Name.ValueString()
}
func (m *bucketRoleModel) limits() timeouts.Value { return m.Timeouts }
func (m *bucketRoleModel) identify() any          { return bucketRoleIdentity{m.Bucket, m.Name} }

func (m *bucketRoleModel) locate(context.Context, *awsclient.Conn) (bool, error) { return true, nil }

// importing reports whether the model is the stub that an import begins with: every role in state has an id.
func (m *bucketRoleModel) importing() bool { return m.ID.IsNull() }

// lost reports whether state knows that there is no role, but something that outlived it.
func (m *bucketRoleModel) lost() bool { return !m.importing() && m.ARN.IsNull() }

// madeKey is the key of the providers that were made. After an apply that ended early, nothing else knows them.
const madeKey = "providers"

func (m *bucketRoleModel) recall(ctx context.Context, _ *tfsdk.Config, kept private) diag.Diagnostics {
	raw, diags := kept.GetKey(ctx, madeKey)
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &m.made); err != nil {
			diags.AddError("State could not be read", err.Error())
		}
	}
	return diags
}

func (m *bucketRoleModel) keep(ctx context.Context, kept private) diag.Diagnostics {
	raw, err := json.Marshal(m.made)
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("State could not be recorded", err.Error())}
	}
	return kept.SetKey(ctx, madeKey, raw)
}

// The words for a provider that is missing.
const (
	existingProvider = "existing"
	createProvider   = "create"
)

// defaultSession is IAM's, in seconds.
const defaultSession = 3600

func (m *bucketRoleModel) resolve(ctx context.Context, r turn[bucketRoleModel]) (diags diag.Diagnostics) {
	m.WebAdmin = pick(r.config.WebAdmin, types.BoolValue(false))
	m.OIDCProvider = pick(r.config.OIDCProvider, types.StringValue(existingProvider))
	m.MaxSessionDuration = pick(r.config.MaxSessionDuration, fwtypes.NewInt64(defaultSession))
	m.PermissionsBoundary = r.data.boundary(r.config.PermissionsBoundary)
	m.TagsAll = r.data.tagsAll(m.Tags)
	m.ID = types.StringUnknown()
	if !m.Bucket.IsUnknown() && !m.Name.IsUnknown() {
		m.ID = types.StringValue(m.importID())
	}
	m.ARN, m.UniqueID, m.TrustPolicy = types.StringUnknown(), types.StringUnknown(), types.StringNull()
	if !m.Name.IsUnknown() {
		m.ARN = r.iamARN(r.data.partition, accountOf(r.home), "role", m.Name.ValueString())
	}
	if r.prior == nil {
		return diags
	}
	if !m.Bucket.Equal(r.prior.Bucket) && !r.applying {
		// Replaced: Terraform plans the new role as if there were none, and the old one is gone by then.
		r.data.foundInState("bucket_role", m.importID())
	}
	m.ARN, m.UniqueID = found(r.prior.ARN), found(r.prior.UniqueID)
	return diags
}

// trust is who may assume the role, without what is not known yet.
func (m *bucketRoleModel) trust(ctx context.Context, diags *diag.Diagnostics) (t bucketrole.Trust) {
	if m.Trust.IsNull() || m.Trust.IsUnknown() {
		return t
	}
	var in trustModel
	diags.Append(m.Trust.As(ctx, &in, basetypes.ObjectAsOptions{})...)
	for _, g := range objectsIn[gitHubModel](ctx, in.GitHub, diags) {
		t.GitHub = append(t.GitHub, g.element())
	}
	for _, g := range objectsIn[gitLabModel](ctx, in.GitLab, diags) {
		t.GitLab = append(t.GitLab, g.element())
	}
	for _, o := range objectsIn[oidcModel](ctx, in.OIDC, diags) {
		t.OIDC = append(t.OIDC, o.element())
	}
	t.Services = textsOf(in.Services)
	for _, a := range objectsIn[trustedAccountModel](ctx, in.Accounts, diags) {
		t.Accounts = append(t.Accounts, a.element())
	}
	return t
}

func (g gitHubModel) element() bucketrole.GitHub {
	return bucketrole.GitHub{
		Repository: g.Repository.ValueString(), Branch: g.Branch.ValueString(),
		Environment: g.Environment.ValueString(), Tag: g.Tag.ValueString(),
	}
}

func (g gitLabModel) element() bucketrole.GitLab {
	return bucketrole.GitLab{Project: g.Project.ValueString(), Branch: g.Branch.ValueString()}
}

func (o oidcModel) element() bucketrole.OIDC {
	return bucketrole.OIDC{
		URL: o.ProviderURL.ValueString(), Audience: o.Audience.ValueString(), Subjects: textsOf(o.Subjects),
	}
}

func (a trustedAccountModel) element() bucketrole.Account {
	return bucketrole.Account{
		ID: a.ID.ValueString(), ExternalID: a.ExternalID.ValueString(), Role: a.Role.ValueString(),
	}
}

// trustOf writes down who may assume a role. What is empty is null.
func trustOf(ctx context.Context, t bucketrole.Trust, diags *diag.Diagnostics) types.Object {
	var gitHub []gitHubModel
	for _, g := range t.GitHub {
		gitHub = append(gitHub, gitHubModel{
			types.StringValue(g.Repository), optional(g.Branch), optional(g.Environment), optional(g.Tag),
		})
	}
	var gitLab []gitLabModel
	for _, g := range t.GitLab {
		gitLab = append(gitLab, gitLabModel{types.StringValue(g.Project), types.StringValue(g.Branch)})
	}
	var oidc []oidcModel
	for _, o := range t.OIDC {
		oidc = append(oidc, oidcModel{types.StringValue(o.URL), types.StringValue(o.Audience), stringSet(o.Subjects)})
	}
	var accounts []trustedAccountModel
	for _, a := range t.Accounts {
		accounts = append(accounts, trustedAccountModel{types.StringValue(a.ID), optional(a.ExternalID), optional(a.Role)})
	}
	none := types.SetNull(types.StringType)
	object, d := types.ObjectValueFrom(ctx, trustTypes(), trustModel{
		GitHub: setOf(ctx, none, gitHub, diags), GitLab: setOf(ctx, none, gitLab, diags),
		OIDC: setOf(ctx, none, oidc, diags), Services: seenSet(none, t.Services),
		Accounts: setOf(ctx, none, accounts, diags),
	})
	diags.Append(d...)
	return object
}

func (m *bucketRoleModel) spec(ctx context.Context, s session) (spec bucketrole.Spec, diags diag.Diagnostics) {
	spec = bucketrole.Spec{
		Bucket: m.Bucket.ValueString(), Name: m.Name.ValueString(), RoleID: m.UniqueID.ValueString(),
		Partition: s.conn.Partition, AccountID: s.conn.AccountID, IAMPath: s.data.iamPath,
		Tags: map[string]string{}, IgnoreTag: s.data.ignoreTags, Boundary: m.PermissionsBoundary.ValueString(),
		MaxSession: int32(m.MaxSessionDuration.ValueInt64()),
		Access:     access.Level(m.Access.ValueString()), WebAdmin: m.WebAdmin.ValueBool(),
		Path:  prefixOf(m.Path),
		Trust: m.trust(ctx, &diags), CreateProviders: m.OIDCProvider.ValueString() != existingProvider && !m.importing(),
		Made: m.made, Promised: s.data.isPromised, Lost: m.lost(), ReadAll: m.importing(),
	}
	if !m.TagsAll.IsNull() {
		diags.Append(m.TagsAll.ElementsAs(ctx, &spec.Tags, false)...)
	}
	return spec, diags
}

// fill records what was seen. What is not there is null.
func (m *bucketRoleModel) fill(
	ctx context.Context, t turn[bucketRoleModel], w reconcile.Wish[bucketrole.Spec], have bucketrole.Status,
) (diags diag.Diagnostics) {
	importing := m.importing()
	m.ID = types.StringValue(m.importID())
	m.ARN, m.UniqueID = types.StringNull(), types.StringNull()
	m.fillProvider(w.Want, have, importing)
	m.made = have.Made()
	if have.Role == nil {
		return diags
	}
	m.ARN, m.UniqueID = optional(have.Role.ARN), optional(have.Role.ID)
	m.PermissionsBoundary = optional(have.Role.Boundary)
	m.MaxSessionDuration = fwtypes.NewInt64(int64(have.Role.MaxSession))
	m.Tags, m.TagsAll = t.data.splitTags(w.Want.OwnTags(have.Role.Tags), m.Tags, importing)
	trust, text, whole := w.Want.SeenTrust(have)
	m.TrustPolicy = types.StringNull()
	if !whole {
		m.TrustPolicy = types.StringValue(text)
	}
	if !trust.Same(w.Want.Trust) {
		m.Trust = trustOf(ctx, trust, &diags)
	}
	seen := have.SeenAccess(w)
	m.Access, m.WebAdmin, m.Path = optional(string(seen.Access)), types.BoolValue(seen.WebAdmin), types.StringNull()
	if seen.Path != "" {
		m.Path = types.StringValue("/" + seen.Path)
	}
	return diags
}

// fillProvider records whether the providers that should be there are. Null: they are not, and the next plan says so.
func (m *bucketRoleModel) fillProvider(want bucketrole.Spec, have bucketrole.Status, importing bool) {
	switch {
	case importing:
		m.OIDCProvider = types.StringValue(existingProvider)
		if have.MadeProvider() {
			m.OIDCProvider = types.StringValue(createProvider)
		}
	case want.CreateProviders:
		m.OIDCProvider = types.StringNull()
		if want.Provided(have) {
			m.OIDCProvider = types.StringValue(createProvider)
		}
	}
}
