package provider

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// keyStoreModel is where a secret goes.
type keyStoreModel struct {
	State     types.Bool   `tfsdk:"state"`
	PGPKey    types.String `tfsdk:"pgp_key"`
	Parameter types.String `tfsdk:"ssm_parameter"`
	Secret    types.String `tfsdk:"secretsmanager_secret"`
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)

// storeSchema is the attribute for where a secret goes: what a change of it does, and the attributes that hold the
// secret in state, in clear text and encrypted.
func storeSchema(change, inState, encrypted string) schema.Attribute {
	return schema.SingleNestedAttribute{
		CustomType:          fwtypes.NewObjectType[keyStoreModel](),
		Optional:            true,
		MarkdownDescription: "Where the secret is stored: exactly one of these. Default `{ state = true }`. " + change,
		Attributes: map[string]schema.Attribute{
			"state": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "`true`: in " + inState + ", and so in the state.",
			},
			"pgp_key": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "OpenPGP public key, armored or base64, with which the secret is encrypted into " +
					encrypted + ".",
				Validators: []validator.String{fwtypes.PGPKey(secretstore.CheckPGPKey)},
			},
			"ssm_parameter": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Name of an SSM parameter, a SecureString, that is created for the key and deleted with " +
					"it. It holds the JSON object `{\"access_key_id\": …, \"secret_access_key\": …}`. Its description names the " +
					"user and is the mark by which it is known again; an existing one without it is not taken over.",
				Validators: []validator.String{fwtypes.ParameterName()},
			},
			"secretsmanager_secret": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Name of a Secrets Manager secret that is created for the key and deleted with it. It " +
					"holds the same JSON object, and its description names the user. An existing one without that is not " +
					"taken over.",
				Validators: []validator.String{stringvalidator.RegexMatches(secretForm,
					"must be 1 to 512 letters, digits and any of /_+=.@-")},
			},
		},
	}
}

// storeIn is where secrets go.
func storeIn(ctx context.Context, store fwtypes.ObjectOf[keyStoreModel], diags *diag.Diagnostics) secretstore.Store {
	s := store.Get(ctx, diags)
	return secretstore.Store{
		PGPKey: s.PGPKey.ValueString(), Parameter: s.Parameter.ValueString(), SecretsSecret: s.Secret.ValueString(),
	}
}

// storeIsUnknown reports whether it is not known yet where secrets go.
func storeIsUnknown(ctx context.Context, store fwtypes.ObjectOf[keyStoreModel], diags *diag.Diagnostics) bool {
	s := store.Get(ctx, diags)
	return store.IsUnknown() || s.PGPKey.IsUnknown() || s.Parameter.IsUnknown() || s.Secret.IsUnknown()
}

// checkStore refuses none or several places.
func checkStore(
	ctx context.Context, store fwtypes.ObjectOf[keyStoreModel], at path.Path, diags *diag.Diagnostics,
) {
	if store.IsNull() || store.IsUnknown() {
		return
	}
	s, set := store.Get(ctx, diags), 0
	for _, one := range []interface{ IsNull() bool }{s.State, s.PGPKey, s.Parameter, s.Secret} {
		if !one.IsNull() {
			set++
		}
	}
	if set != 1 {
		diags.AddAttributeError(at, "Invalid store", fmt.Sprintf(
			"%s sets %d of state, pgp_key, ssm_parameter and secretsmanager_secret. Exactly one is allowed.", at, set))
	}
	if s.State.Equal(types.BoolValue(false)) {
		diags.AddAttributeError(at.AtName("state"), "Invalid store",
			fmt.Sprintf("%s.state is false. Set true, or another store.", at))
	}
}
