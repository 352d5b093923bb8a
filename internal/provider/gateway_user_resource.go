package provider

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/gatewayuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

func newGatewayUserResource() resource.Resource {
	return &envelope[gatewayUserModel, gatewayuser.Spec, gatewayuser.Status, *gatewayUserModel]{
		noun:   "gateway_user",
		schema: gatewayUserSchema,
		identity: identityschema.Schema{Attributes: map[string]identityschema.Attribute{
			"access_key": identityschema.StringAttribute{RequiredForImport: true, Description: "Access key of the user."},
		}},
		keys:        []string{"access_key"},
		build:       gatewayuser.New,
		permissions: awsclient.Permissions(secretstore.API{}),
	}
}

// Forms of values. The gateway takes any access key, even none, and cannot delete all of them again. A secret with a
// blank at its end, or outside ASCII, is not the same to every client.
var (
	gatewayKeyForm    = regexp.MustCompile(`^[A-Za-z0-9._-]{1,128}$`)
	gatewaySecretForm = regexp.MustCompile(`^[!-~]{8,256}$`)
)

// maxFileID is the largest number of a user in the file system: the one above it means none.
const maxFileID = 1<<32 - 2

func gatewayUserSchema(ctx context.Context) schema.Schema {
	number := func(of string) schema.Int64Attribute {
		return schema.Int64Attribute{
			CustomType: fwtypes.Int64Type{}, Optional: true, Computed: true,
			MarkdownDescription: "Number of the " + of + ", from 0 to 4294967294. Default `0`. A change is made in place.",
			Validators:          []validator.Int64{int64validator.Between(0, maxFileID)},
		}
	}
	return schema.Schema{
		MarkdownDescription: "A user of VersityGW's own, for the provider's platform `versitygw` and a gateway that keeps " +
			"its users itself.\n\nThe credentials of the provider must be those of the gateway's root or of a user of role " +
			"`admin`. The Admin API is at the endpoint of S3 unless the provider's `endpoints.admin` is set. If several " +
			"gateways share one folder of users, let it lead to one of them: changes made through two at the same time are " +
			"lost, and the others may take two minutes to see one.\n\nThe secret is given with `secret_wo`, or generated with " +
			"`secret`; one of them is needed to make a user. The gateway has one secret per user, so a new one ends the " +
			"former at once. It tells every administrator all secrets in clear text. The provider reads them to find out " +
			"whether a secret was changed elsewhere, and keeps a salted, slow hash of those that are not in state.",
		Attributes: map[string]schema.Attribute{
			"id": computed("The access key, which is also the import id."),
			"access_key": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Access key of the user, and its name: 1 to 128 letters, digits and any of `._-`. A change " +
					"replaces the user. One that exists is not taken over: import it.",
				Validators: []validator.String{stringvalidator.RegexMatches(gatewayKeyForm,
					"must be 1 to 128 letters, digits and any of ._-")},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"secret_wo": schema.StringAttribute{
				Optional: true, WriteOnly: true, Sensitive: true,
				MarkdownDescription: "Secret of the user, 8 to 256 printable ASCII characters without blanks. It is in neither " +
					"state nor plan, so it may come from an ephemeral value; a change of `secret_wo_version` sends it. Needs " +
					"`secret_wo_version`; not together with `secret`.",
				Validators: []validator.String{printable{}},
			},
			"secret_wo_version": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Any text that stands for the value of `secret_wo`, such as `1`; a change sends that value " +
					"to the gateway. A null old value in a plan means that the secret was changed elsewhere. Setting it on an " +
					"imported user sends the secret.",
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"secret": gatewaySecretSchema(),
			"role": choice("What the user may do: `user` (default; use buckets), `userplus` (also create buckets, which it "+
				"then owns) or `admin` (everything, whatever a bucket's policy says, and the Admin API, which tells all secrets; "+
				"a plan warns of it). A change is made in place.", versitygw.Roles()...),
			"user_id":    number("owner of the user's files, where the gateway sets one"),
			"group_id":   number("group of the user's files, where the gateway sets one"),
			"project_id": number("project that the user's files count for, where the file system has quotas of projects"),
			"force_destroy": toggle("Whether a destroy deletes a user that owns buckets; they stay, and belong to nobody " +
				"until there is a user with this access key again. Default `false`: they are an error that names them."),
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx, writeTimeout)},
	}
}

func gatewaySecretSchema() schema.Attribute {
	return schema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[gatewaySecretModel](),
		Optional:   true,
		MarkdownDescription: "A secret that is generated. Setting it on an imported user, or on one whose secret was " +
			"given, generates a new one. Removing it leaves the user with its secret, and deletes what holds it in AWS. Not " +
			"together with `secret_wo`.",
		Attributes: map[string]schema.Attribute{
			"rotation": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Any text, such as a month or the `id` of a `time_rotating`; a change generates a new " +
					"secret, which is stored before the gateway has it.",
			},
			"length": schema.Int64Attribute{
				CustomType: fwtypes.Int64Type{}, Optional: true, Computed: true,
				MarkdownDescription: "Number of letters and digits, from 16 to 256. Default `40`. A change generates a new " +
					"secret. A null old value in a plan means that the secret was changed elsewhere.",
				Validators: []validator.Int64{int64validator.Between(16, 256)},
			},
			"store": storeSchema("A change generates a new secret. The stores of AWS need the provider's `endpoints.ssm` or "+
				"`endpoints.secretsmanager`, and are called with its credentials.", "`value`", "`encrypted_value`"),
			"value": schema.StringAttribute{
				Computed: true, Sensitive: true, MarkdownDescription: "The secret; null if it is stored elsewhere.",
			},
			"encrypted_value": computed("The secret as an armored OpenPGP message; null without `pgp_key`."),
			"stored_at": computed("Name of the SSM parameter, or ARN of the Secrets Manager secret, that holds the " +
				"secret."),
		},
	}
}

// printable refuses secrets that not every client reads alike, and shows none.
type printable struct{}

// Description says what is allowed.
func (printable) Description(context.Context) string { return "8 to 256 printable ASCII characters" }

// MarkdownDescription says what is allowed.
func (p printable) MarkdownDescription(ctx context.Context) string { return p.Description(ctx) }

// ValidateString checks the value.
func (printable) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	text := req.ConfigValue
	if text.IsNull() || text.IsUnknown() || gatewaySecretForm.MatchString(text.ValueString()) {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid secret", fmt.Sprintf(
		"%s has %d characters, or some that are not allowed. It must have 8 to 256 printable ASCII characters without "+
			"blanks.", req.Path, len([]rune(text.ValueString()))))
}

// checkConfig holds the rules between attributes.
func (m *gatewayUserModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	if !m.SecretWO.IsNull() && !m.Secret.IsNull() {
		diags.AddAttributeError(path.Root("secret_wo"), "Two secrets",
			"secret_wo gives a secret and secret generates one. A user has one: set only one of them.")
	}
	if m.SecretWO.IsNull() && !m.SecretWOVersion.IsNull() {
		diags.AddAttributeError(path.Root("secret_wo_version"), "Secret missing", fmt.Sprintf(
			"secret_wo_version is %s and secret_wo is not set. Set both or none.", m.SecretWOVersion))
	}
	if !m.SecretWO.IsNull() && m.SecretWOVersion.IsNull() {
		diags.AddAttributeError(path.Root("secret_wo"), "Version missing",
			"secret_wo is set and secret_wo_version is not, so a change of the secret would never be seen. Set "+
				"secret_wo_version, such as \"1\".")
	}
	if secret := m.secret(ctx, &diags); secret != nil {
		checkStore(ctx, secret.Store, path.Root("secret").AtName("store"), &diags)
	}
	return diags
}

// checkPlan holds the rules that need the provider's configuration.
func (m *gatewayUserModel) checkPlan(_ context.Context, data *providerData) (diags diag.Diagnostics) {
	if d := data.checkGateway(path.Root("access_key"), "spinup_gateway_user"); d != nil {
		diags.Append(d)
	}
	if m.Role.ValueString() == versitygw.Admin {
		diags.AddAttributeWarning(path.Root("role"), "User of role admin", fmt.Sprintf(
			"role of %s is \"admin\". Such a user may read and write every bucket, whatever its policy says, and reads the "+
				"secrets of all users in clear text.", m.AccessKey))
	}
	return diags
}

// checkGateway refuses what only VersityGW has, on a platform that is known to be another.
func (d *providerData) checkGateway(at path.Path, what string) diag.Diagnostic {
	if d.isUnknown("platform") || d.platform.Has(awsclient.AdminAPI) {
		return nil
	}
	var allowed []string
	for _, p := range awsclient.Platforms() {
		if p.Has(awsclient.AdminAPI) {
			allowed = append(allowed, p.Name)
		}
	}
	return diag.NewAttributeErrorDiagnostic(at, "Wrong platform", fmt.Sprintf(
		"%s is about VersityGW's own users and buckets, and the provider's platform is %q. It needs %q.",
		what, d.platform.Name, strings.Join(allowed, ", ")))
}
