package provider

import (
	"cmp"
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
)

func newBucketUserResource() resource.Resource {
	return &envelope[bucketUserModel, bucketuser.Spec, bucketuser.Status, *bucketUserModel]{
		noun:        "bucket_user",
		schema:      bucketUserSchema,
		identity:    bucketUserIdentitySchema(),
		keys:        []string{"bucket", "name"},
		renames:     true,
		build:       bucketuser.New,
		moves:       bucketUserMoves(),
		permissions: awsclient.Permissions(bucketuser.API{}),
	}
}

func bucketUserIdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"bucket": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"name":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the IAM user."},
	}}
}

// userNameForm is the form of the names of users and roles.
var userNameForm = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)

func bucketUserSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An IAM user for a bucket, with an access key that rotates without an outage.\n\nThe " +
			"resource stands for the user, its membership of the bucket's group (or an inline policy instead) and its access " +
			"key. A rotation, by a change of `access_key.rotation` or at the age of `access_key.rotate_after`, creates a new " +
			"key and stores its secret before anything happens to the old key. That stays valid for `access_key.overlap`, and " +
			"for as long as it is used after that; then the next plan shows its removal. If the secret cannot be stored, the " +
			"new key is deleted again and the old one stays in use.\n\nMemberships of other groups, " +
			"other keys, inline and attached policies and tags under `ignore_tags` are left alone.",
		Attributes: map[string]schema.Attribute{
			"id":     computed("`bucket/name`, which is also the import id."),
			"bucket": ofBucket("Name of the bucket or website. A change replaces the user."),
			"name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Name of the IAM user, unique in the account regardless of case: 1 to 64 letters, digits " +
					"and `+=,.@_-`. A change renames the user in place; its keys stay valid. A name that another user has is " +
					"refused. The user is known by its `unique_id`: one that was renamed elsewhere is found and renamed back, and " +
					"one that somebody made under this name is never touched.",
				Validators: []validator.String{stringvalidator.RegexMatches(userNameForm,
					"must be 1 to 64 letters, digits and any of +=,.@_-")},
			},
			"access": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "What the user may do: `admin`, `read_write` or `read_only`. The bucket must have this " +
					"level in its `access_levels`, unless `path` is set or `grant` is `inline`. On a change the user joins the " +
					"new group before it leaves the old one. A null old value in a plan means no access, or a policy that was " +
					"changed elsewhere.",
				Validators: []validator.String{fwtypes.OneOf(levelNames()...)},
			},
			"web_admin": toggle("Whether the user is also a member of the website's group `<bucket>-WebAdmGrp`, which may " +
				"invalidate the cache. The group is named after the website's domain, so the bucket must be too. Default " +
				"`false`."),
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Key prefix to which the user is confined, such as `/docs/`: it may list the objects below " +
					"it and, depending on `access`, read or write them, and nothing else. The access is granted by an inline " +
					"policy that is named after the path, so the path has letters, digits and any of `+=,.@_-` between slashes, " +
					"neither `.` nor `..` alone, and with the bucket's name at most 117 characters. `admin` and `read_write` are " +
					"the same here. Unset: the whole bucket.",
			},
			"grant": choice("How the access is granted: `group` (by membership of the bucket's group) or `inline` (by an "+
				"inline policy, for accounts near the quota of 300 groups and for stores without groups). Default `group` on "+
				"AWS, `inline` on other platforms. A user with `path` always has an inline policy.", byGroup, byPolicy),
			"permissions_boundary": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "ARN of the managed policy that is the user's permissions boundary, which limits what it " +
					"can be allowed. Default: the provider's `permissions_boundary`. A platform that has none refuses both.",
				Validators: []validator.String{fwtypes.ARN("iam")},
			},
			"tags": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Tags of the user, in addition to the provider's `default_tags`; a tag set here takes " +
					"precedence over one with the same key. Together at most 50.",
				Validators: []validator.Map{fwtypes.TagMap(notMark(bucketuser.MarkTag, "users"))},
			},
			"tags_all": schema.MapAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "All tags of the user: `tags`, the provider's `default_tags`, and `spinup:org` for the " +
					"provider's `org`.",
			},
			"access_key": accessKeySchema(),
			"arn":        computed("ARN of the user. It changes with the name."),
			"unique_id":  computed("Unique id that IAM gave the user; no other user ever gets it."),
			"groups": schema.SetAttribute{
				Computed:            true,
				ElementType:         types.StringType,
				MarkdownDescription: "Names of the bucket's groups that the user is a member of.",
			},
			"force_destroy": toggle("Whether a destroy also deletes what spinup did not create: other access keys, login " +
				"profile, MFA devices, SSH keys, signing certificates, service-specific credentials, other inline and attached " +
				"policies, other memberships. Default `true`; with `false` they are an error that names them, and nothing is " +
				"destroyed."),
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx, writeTimeout)},
	}
}

func accessKeySchema() schema.Attribute {
	return schema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[accessKeyModel](),
		Optional:   true,
		MarkdownDescription: "The user's access key. Unset: none. Removing it deletes the keys that this resource " +
			"created, and the key that an import found, the newest. A key that was deleted elsewhere is created anew, unless " +
			"the user has a newer key by then: a warning names that, and the next rotation creates one beside it.",
		Attributes: map[string]schema.Attribute{
			"rotation": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Any text, such as a month or the `id` of a `time_rotating`; a change rotates the key. " +
					"Setting it for the first time on an imported key does not.",
			},
			"overlap": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "How long the previous key stays valid after a rotation, such as `30m` or `48h`. Default " +
					"`0s`: until the new secret is stored. After that the next plan shows the removal of the previous key. A change " +
					"of `rotation` or `store` removes it earlier, since IAM allows two keys.",
				Validators: []validator.String{fwtypes.Duration()},
			},
			"rotate_after": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Age at which the key is rotated, such as `2160h` for 90 days; longer than `overlap`. The " +
					"first plan that finds the key as old as that shows the rotation; nothing happens between applies. A new value " +
					"counts from the plan after its apply on, also for an imported key. The age is counted from `created_at`. No " +
					"rotation is planned while `active` is `false`, while the previous key has to stay, or while a key of somebody " +
					"else leaves no room. Unset: the age does not matter.",
				Validators: []validator.String{fwtypes.Duration()},
			},
			"require_unused": toggle("Whether a previous key whose overlap is over stays as long as it is used: after the new " +
				"key was created, and less than an hour ago, or less than `overlap` if that is longer. A warning says when and " +
				"for what it was used. Plan and apply ask IAM, whose answer may be a quarter of an hour late, and only about a " +
				"key whose overlap is over. On a store that does not tell, the key counts as unused. A change of `rotation` or " +
				"`store` does not ask, and without an `overlap` the old key goes at once, used or not. Default `true`."),
			"active": toggle("Whether the key can be used. Default `true`."),
			"store": storeSchema("A change creates a new key, since AWS shows a secret only once.", "`secret`",
				"`encrypted_secret`"),
			"id":          computed("Access key id."),
			"created_at":  computed("When the key was created, as RFC 3339 in UTC."),
			"previous_id": computed("Id of the previous key while it is still valid."),
			"previous_expires_at": computed("When the overlap ends, as RFC 3339 in UTC. A plan made after that removes the " +
				"previous key, unless `require_unused` keeps it."),
			"secret": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "Secret access key; null if it is stored elsewhere, and after an import.",
			},
			"encrypted_secret": computed("Secret access key as an armored OpenPGP message; null without `pgp_key`."),
			"stored_at":        computed("Name of the SSM parameter, or ARN of the Secrets Manager secret, that holds the key."),
		},
	}
}

// checkConfig holds the rules between attributes.
func (m *bucketUserModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	checkKeyPath(m.Path, &diags)
	m.checkKey(ctx, &diags)
	if m.Bucket.IsUnknown() || m.Access.IsUnknown() || m.Path.IsUnknown() || m.Grant.IsUnknown() || diags.HasError() {
		return diags
	}
	checkPolicyName(m.grants().InlinePolicy(), m.Path, &diags)
	return diags
}

func (m *bucketUserModel) checkKey(ctx context.Context, diags *diag.Diagnostics) {
	key := m.accessKey(ctx, diags)
	if key == nil {
		return
	}
	at := path.Root("access_key")
	checkStore(ctx, key.Store, at.AtName("store"), diags)
	if key.RotateAfter.IsNull() || key.RotateAfter.IsUnknown() || key.Overlap.IsUnknown() ||
		span(key.RotateAfter) > key.overlap() {
		return
	}
	diags.AddAttributeError(at.AtName("rotate_after"), "Invalid duration", fmt.Sprintf(
		"access_key.rotate_after is %s, and access_key.overlap is %q. The key must get older than the overlap: set "+
			"rotate_after to more than that.", key.RotateAfter, cmp.Or(key.Overlap.ValueString(), "0s")))
}

// checkPlan holds the rules that need the provider's configuration.
func (m *bucketUserModel) checkPlan(_ context.Context, data *providerData) diag.Diagnostics {
	return append(data.checkTags(m.Tags, maxTags), data.checkIAM(path.Root("name"))...)
}

// checkPlatform refuses what is configured and the platform is known to lack.
func (m *bucketUserModel) checkPlatform(data *providerData, diags *diag.Diagnostics) {
	platform := data.platform
	if !platform.Lacks(awsclient.Groups) || data.isUnknown("platform") {
		return
	}
	if m.Grant.ValueString() == byGroup {
		diags.AddAttributeError(path.Root("grant"), "No groups on this platform", fmt.Sprintf(
			"grant is %q, but the provider's platform is %q, which has no groups. Set grant to %q, or leave it out.",
			byGroup, platform.Name, byPolicy))
	}
	if m.WebAdmin.ValueBool() {
		diags.AddAttributeError(path.Root("web_admin"), "No groups on this platform", fmt.Sprintf(
			"web_admin is true, but the provider's platform is %q, which has no groups and so no web admins. Leave it out.",
			platform.Name))
	}
	const none = "No permissions boundaries on this platform"
	switch at := path.Root("permissions_boundary"); {
	case m.PermissionsBoundary.ValueString() != "":
		diags.AddAttributeError(at, none, fmt.Sprintf("permissions_boundary is %s, but the provider's platform is %q, which "+
			"has no permissions boundaries: the user would not be limited. Leave it out.", m.PermissionsBoundary, platform.Name))
	case m.PermissionsBoundary.IsNull() && data.permissionsBoundary != "":
		diags.AddAttributeError(at, none, fmt.Sprintf("The provider's permissions_boundary is %q, but its platform is %q, "+
			"which has no permissions boundaries: the user would not be limited. Remove it from the provider block.",
			data.permissionsBoundary, platform.Name))
	}
}
