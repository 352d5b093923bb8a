package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/gatewayuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// gatewayUserModel is spinup_gateway_user as Terraform sees it.
type gatewayUserModel struct {
	ID              types.String                         `tfsdk:"id"`
	AccessKey       types.String                         `tfsdk:"access_key"`
	SecretWO        types.String                         `tfsdk:"secret_wo"`
	SecretWOVersion types.String                         `tfsdk:"secret_wo_version"`
	Secret          fwtypes.ObjectOf[gatewaySecretModel] `tfsdk:"secret"`
	Role            types.String                         `tfsdk:"role"`
	UserID          fwtypes.Int64                        `tfsdk:"user_id"`
	GroupID         fwtypes.Int64                        `tfsdk:"group_id"`
	ProjectID       fwtypes.Int64                        `tfsdk:"project_id"`
	ForceDestroy    types.Bool                           `tfsdk:"force_destroy"`
	Timeouts        timeouts.Value                       `tfsdk:"timeouts"`

	given string     // the value of secret_wo, in a write
	known secretHash // of the secret that the user got last; zero if it is in state, or nothing is known
}

type gatewayUserIdentity struct {
	AccessKey types.String `tfsdk:"access_key"`
}

type gatewaySecretModel struct {
	Rotation  types.String                    `tfsdk:"rotation"`
	Length    fwtypes.Int64                   `tfsdk:"length"`
	Store     fwtypes.ObjectOf[keyStoreModel] `tfsdk:"store"`
	Value     types.String                    `tfsdk:"value"`
	Encrypted types.String                    `tfsdk:"encrypted_value"`
	StoredAt  types.String                    `tfsdk:"stored_at"`
}

// defaultSecretLength is how long a generated secret is.
const defaultSecretLength = 40

func (m *gatewayUserModel) importID() string       { return m.AccessKey.ValueString() }
func (m *gatewayUserModel) limits() timeouts.Value { return m.Timeouts }
func (m *gatewayUserModel) identify() any          { return gatewayUserIdentity{m.AccessKey} }

func (m *gatewayUserModel) locate(context.Context, *awsclient.Conn) (bool, error) {
	if m.ID.IsNull() { // an import
		m.ForceDestroy = types.BoolValue(false)
	}
	return true, nil
}

// secret is the secret that is generated; nil for none.
func (m *gatewayUserModel) secret(ctx context.Context, diags *diag.Diagnostics) *gatewaySecretModel {
	if m.Secret.IsNull() || m.Secret.IsUnknown() {
		return nil
	}
	secret := m.Secret.Get(ctx, diags)
	return &secret
}

// formerSecret is the generated secret that state holds; nil for none.
func formerSecret(ctx context.Context, t turn[gatewayUserModel], diags *diag.Diagnostics) *gatewaySecretModel {
	if t.prior == nil {
		return nil
	}
	return t.prior.secret(ctx, diags)
}

// recall takes the secret that is given, and the hash of the one that the user got last.
func (m *gatewayUserModel) recall(
	ctx context.Context, config *tfsdk.Config, kept private,
) (diags diag.Diagnostics) {
	if config != nil {
		var given types.String
		diags.Append(config.GetAttribute(ctx, path.Root("secret_wo"), &given)...)
		m.given = given.ValueString()
	}
	text, d := kept.GetKey(ctx, hashKey)
	diags.Append(d...)
	m.known = readHash(text)
	return diags
}

func (m *gatewayUserModel) keep(ctx context.Context, kept private) diag.Diagnostics {
	return kept.SetKey(ctx, hashKey, m.known.text())
}

func (m *gatewayUserModel) resolve(ctx context.Context, r turn[gatewayUserModel]) (diags diag.Diagnostics) {
	zero := fwtypes.NewInt64(0)
	m.Role = pick(r.config.Role, types.StringValue(versitygw.Roles()[0]))
	m.UserID, m.GroupID = pick(r.config.UserID, zero), pick(r.config.GroupID, zero)
	m.ProjectID = pick(r.config.ProjectID, zero)
	m.ForceDestroy = pick(r.config.ForceDestroy, types.BoolValue(false))
	m.ID, m.SecretWO = m.AccessKey, types.StringNull()
	if r.prior == nil && !r.applying && r.config.SecretWO.IsNull() && r.config.Secret.IsNull() {
		diags.AddAttributeError(path.Root("secret"), "Secret missing",
			"Neither secret_wo nor secret is set, and a new user needs a secret. Set secret = {} to have one generated, or "+
				"give one with secret_wo and secret_wo_version.")
	}
	m.resolveSecret(ctx, r, &diags)
	return diags
}

// resolveSecret decides, when planning, whether there will be a new secret.
func (m *gatewayUserModel) resolveSecret(ctx context.Context, r turn[gatewayUserModel], diags *diag.Diagnostics) {
	secret, was := r.config.secret(ctx, diags), formerSecret(ctx, r, diags)
	if secret == nil {
		m.Secret = r.config.Secret
		return
	}
	secret.Length = pick(secret.Length, fwtypes.NewInt64(defaultSecretLength))
	if secret.renews(ctx, was, diags) {
		secret.planNew(ctx, diags)
	} else {
		secret.Value, secret.Encrypted, secret.StoredAt = was.Value, was.Encrypted, was.StoredAt
	}
	m.Secret = fwtypes.ObjectFrom(ctx, *secret, diags)
}

// renews reports whether the plan needs a new secret: there is none, what makes it has changed, or it is lost.
func (s *gatewaySecretModel) renews(ctx context.Context, was *gatewaySecretModel, diags *diag.Diagnostics) bool {
	if was == nil || was.Value.IsNull() && was.Encrypted.IsNull() && was.StoredAt.IsNull() {
		return true
	}
	return !s.Rotation.Equal(was.Rotation) || !s.Length.Equal(was.Length) || storeIsUnknown(ctx, s.Store, diags) ||
		storeIn(ctx, s.Store, diags) != storeIn(ctx, was.Store, diags)
}

func (s *gatewaySecretModel) planNew(ctx context.Context, diags *diag.Diagnostics) {
	unknown := types.StringUnknown()
	s.Value, s.Encrypted, s.StoredAt = types.StringNull(), types.StringNull(), types.StringNull()
	switch to := s.Store.Get(ctx, diags); {
	case storeIsUnknown(ctx, s.Store, diags):
		s.Value, s.Encrypted, s.StoredAt = unknown, unknown, unknown
	case !to.PGPKey.IsNull():
		s.Encrypted = unknown
	case !to.Parameter.IsNull() || !to.Secret.IsNull():
		s.StoredAt = unknown
	default:
		s.Value = unknown
	}
}

func (m *gatewayUserModel) spec(ctx context.Context, _ session) (spec gatewayuser.Spec, diags diag.Diagnostics) {
	spec = gatewayuser.Spec{
		AccessKey: m.AccessKey.ValueString(), Role: m.Role.ValueString(), ForceDestroy: m.ForceDestroy.ValueBool(),
		IDs: versitygw.IDs{
			User: m.UserID.ValueInt64(), Group: m.GroupID.ValueInt64(), Project: m.ProjectID.ValueInt64(),
		},
	}
	switch secret := m.secret(ctx, &diags); {
	case secret != nil:
		spec.Secret = &gatewayuser.Secret{
			Length: int(secret.Length.ValueInt64()), Store: storeIn(ctx, secret.Store, &diags),
			Fresh:  secret.Value.IsUnknown() || secret.Encrypted.IsUnknown() || secret.StoredAt.IsUnknown(),
			Stored: !secret.StoredAt.IsNull(),
		}
	case !m.SecretWOVersion.IsNull():
		spec.Secret = &gatewayuser.Secret{Version: m.SecretWOVersion.ValueString(), Given: m.given}
	}
	return spec, diags
}

// fill records what was seen.
func (m *gatewayUserModel) fill(
	ctx context.Context, t turn[gatewayUserModel], _ reconcile.Wish[gatewayuser.Spec], have gatewayuser.Status,
) (diags diag.Diagnostics) {
	m.ID, m.Role = m.AccessKey, types.StringNull()
	if have.User != nil {
		m.Role = types.StringValue(have.User.Role)
		ids := have.User.IDs
		m.UserID, m.GroupID = fwtypes.NewInt64(ids.User), fwtypes.NewInt64(ids.Group)
		m.ProjectID = fwtypes.NewInt64(ids.Project)
	}
	secret, former := m.secret(ctx, &diags), formerSecret(ctx, t, &diags)
	lost := have.User == nil || m.changedElsewhere(secret, have)
	m.fillGiven(t, have, lost)
	m.fillSecret(ctx, secret, former, have, lost, &diags)
	switch issued := have.Issued; {
	case issued == nil:
	case issued.Secret == "":
		m.known = newHash(issued.Digest)
	default:
		m.known = secretHash{} // state has it
	}
	return diags
}

// changedElsewhere reports whether the user has another secret than it got here. Of a secret that is neither in state
// nor was ever given here nothing is known.
func (m *gatewayUserModel) changedElsewhere(secret *gatewaySecretModel, have gatewayuser.Status) bool {
	switch {
	case have.Issued != nil:
		return false
	case secret != nil && secret.Value.ValueString() != "":
		return !have.User.Digest.Equal(versitygw.DigestOf(secret.Value.ValueString()))
	}
	return m.known.differs(have.User.Digest)
}

// fillGiven records which version of a given secret the user has.
func (m *gatewayUserModel) fillGiven(t turn[gatewayUserModel], have gatewayuser.Status, lost bool) {
	switch {
	case m.SecretWOVersion.IsNull() || have.Issued != nil:
	case t.prior != nil: // the former one, which is the planned one unless a change of it failed
		m.SecretWOVersion = t.prior.SecretWOVersion
	case t.applying:
		m.SecretWOVersion = types.StringNull()
	}
	if lost {
		m.SecretWOVersion = types.StringNull()
	}
}

// fillSecret records where a generated secret is. Where the user has another one, length is null: state keeps the
// place, which holds the former.
func (m *gatewayUserModel) fillSecret(
	ctx context.Context, secret, former *gatewaySecretModel, have gatewayuser.Status, lost bool, diags *diag.Diagnostics,
) {
	issued := have.Issued
	switch {
	case secret == nil && former != nil && have.Stores():
		secret = former // it could not be removed
	case secret == nil:
		m.Secret = fwtypes.ObjectNull[gatewaySecretModel]()
		return
	case issued != nil:
		secret.Value, secret.Encrypted = optional(issued.Secret), optional(issued.Encrypted)
		secret.StoredAt = optional(issued.StoredAt)
	case secret.Value.IsUnknown() || secret.Encrypted.IsUnknown() || secret.StoredAt.IsUnknown():
		if former != nil {
			secret = former // the next plan asks for a new one again
			break
		}
		secret.Value, secret.Encrypted, secret.StoredAt = types.StringNull(), types.StringNull(), types.StringNull()
	}
	if issued == nil && have.Stored != nil && !have.Stores() {
		secret.StoredAt = types.StringNull()
	}
	if lost {
		secret.Length = fwtypes.Int64Null()
	}
	m.Secret = fwtypes.ObjectFrom(ctx, *secret, diags)
}
