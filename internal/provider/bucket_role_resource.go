package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

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
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
)

func newBucketRoleResource() resource.Resource {
	return &envelope[bucketRoleModel, bucketrole.Spec, bucketrole.Status, *bucketRoleModel]{
		noun:   "bucket_role",
		schema: bucketRoleSchema,
		identity: identityschema.Schema{Attributes: map[string]identityschema.Attribute{
			"bucket": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
			"name":   identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the IAM role."},
		}},
		keys:        []string{"bucket", "name"},
		build:       bucketrole.New,
		permissions: awsclient.Permissions(bucketrole.API{}),
	}
}

func bucketRoleSchema(ctx context.Context) schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An IAM role that may use a bucket, for those who should have no long-lived keys: CI jobs, " +
			"AWS services, other accounts.\n\nThe resource stands for the role, the trust policy that says who may assume it, " +
			"the inline policies that say what it may do, and, with `oidc_provider = \"create\"`, the OpenID Connect provider " +
			"of the account. The trust policy lets in what `trust` says and nobody else, and whatever else is written into it " +
			"elsewhere is drift: the plan shows it, and an apply takes it out. Other inline policies, attached policies, " +
			"instance profiles and tags under `ignore_tags` are left alone; a destroy is refused as long as a role has any of " +
			"the first three.",
		Attributes: map[string]schema.Attribute{
			"id":     computed("`bucket/name`, which is also the import id."),
			"bucket": ofBucket("Name of the bucket or website. A change replaces the role."),
			"name": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "Name of the IAM role, unique in the account regardless of case: 1 to 64 letters, digits " +
					"and `+=,.@_-`. A change replaces the role.",
				Validators: []validator.String{stringvalidator.RegexMatches(userNameForm,
					"must be 1 to 64 letters, digits and any of +=,.@_-")},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"access": schema.StringAttribute{
				Required: true,
				MarkdownDescription: "What the role may do: `admin`, `read_write` or `read_only`, by an inline policy. The " +
					"bucket's `access_levels` do not matter. On a change the new policy is written before the old one goes. A null " +
					"old value in a plan means no access, or a policy that was changed elsewhere.",
				Validators: []validator.String{fwtypes.OneOf(levelNames()...)},
			},
			"web_admin": toggle("Whether the role may also invalidate the cache of the website, which must have the name of " +
				"the bucket. Default `false`."),
			"path": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Key prefix to which the role is confined, such as `/docs/`: it may list the objects below " +
					"it and, depending on `access`, read or write them, and nothing else. Between slashes it has letters, digits " +
					"and any of `+=,.@_-`, neither `.` nor `..` alone, and with the bucket's name at most 117 characters. `admin` " +
					"and `read_write` are the same here. Unset: the whole bucket.",
			},
			"trust": trustSchema(),
			"oidc_provider": choice("What happens when the account lacks an OpenID Connect provider that `trust` needs. "+
				"`existing`: the plan is refused. `create`: the provider is made and marked by the tag `spinup:bucket-role`. One "+
				"that exists is used and never changed, whoever made it; a plan is refused if it lacks the audience. A provider "+
				"with the mark is removed with the last role that trusts it, if that one says `create`. Default `existing`.",
				existingProvider, createProvider),
			"max_session_duration": sessionSchema(),
			"permissions_boundary": schema.StringAttribute{
				Optional: true,
				Computed: true,
				MarkdownDescription: "ARN of the managed policy that is the role's permissions boundary, which limits what it " +
					"can be allowed. Default: the provider's `permissions_boundary`.",
				Validators: []validator.String{fwtypes.ARN("iam")},
			},
			"tags": schema.MapAttribute{
				Optional:    true,
				ElementType: types.StringType,
				MarkdownDescription: "Tags of the role, in addition to the provider's `default_tags`; a tag set here takes " +
					"precedence over one with the same key. Together at most 50.",
				Validators: []validator.Map{fwtypes.TagMap(notMark(bucketrole.MarkTag, "roles and providers"))},
			},
			"tags_all": schema.MapAttribute{
				Computed:    true,
				ElementType: types.StringType,
				MarkdownDescription: "All tags of the role: `tags`, the provider's `default_tags`, and `spinup:org` for the " +
					"provider's `org`.",
			},
			"arn":       computed("ARN of the role: what `role-to-assume` and its like want."),
			"unique_id": computed("Unique id that IAM gave the role; no other role ever gets it."),
			"trust_policy": computed("The role's trust policy as JSON if somebody wrote something into it that `trust` has no " +
				"words for, which the next apply repairs; null while `trust` says all of it."),
		},
		Blocks: map[string]schema.Block{"timeouts": timeoutsBlock(ctx, writeTimeout)},
	}
}

func sessionSchema() schema.Attribute {
	a := whole("Longest duration of a session of the role, in seconds: 3600 (one hour) to 43200 (twelve). Default `3600`.",
		int64validator.Between(defaultSession, 12*defaultSession))
	a.Computed = true
	return a
}

// trustSchema describes who may assume a role.
func trustSchema() schema.Attribute {
	text := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Optional: true, MarkdownDescription: description}
	}
	needed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Required: true, MarkdownDescription: description}
	}
	set := func(description string, attributes map[string]schema.Attribute) schema.Attribute {
		return schema.SetNestedAttribute{
			Optional: true, MarkdownDescription: description,
			NestedObject: schema.NestedAttributeObject{Attributes: attributes},
		}
	}
	return schema.SingleNestedAttribute{
		Required: true,
		MarkdownDescription: "Who may assume the role, at least one. Each element lets in what it says, whatever others " +
			"say. A `*` in the last part of a subject is a wildcard; anything else stands for itself. `?` and `${` are " +
			"refused.",
		Attributes: map[string]schema.Attribute{
			"github": set("Workflow runs of repositories on github.com, with the audience `sts.amazonaws.com`. Exactly one of "+
				"`branch`, `environment` and `tag`: a repository alone would let in the pull requests of anybody. The subjects "+
				"are those that GitHub sends unless they were customised; for those use `oidc`.", map[string]schema.Attribute{
				"repository": needed("`OWNER/NAME`, in the case in which GitHub shows it. A repository with immutable subject " +
					"claims, which is one that was created, renamed or transferred after July 15, 2026, is `OWNER@ID/NAME@ID`: " +
					"with the numeric ids of owner and repository."),
				"branch": text("Runs for this branch, such as `main`, without `refs/heads/`. Pull requests are not among them."),
				"environment": text("Jobs with this environment. Who may deploy to it is up to its protection rules. Such a job " +
					"has no other subject, whatever its branch is."),
				"tag": text("Runs for this tag, such as `v*`, without `refs/tags/`."),
			}),
			"gitlab": set("Pipelines of projects on gitlab.com, with the audience `https://gitlab.com`.",
				map[string]schema.Attribute{
					"project": needed("`GROUP/PROJECT`, with all subgroups."),
					"branch":  needed("Pipelines for this branch, such as `main`."),
				}),
			"oidc": set("Subjects of any OpenID Connect provider.", map[string]schema.Attribute{
				"provider_url": needed("The provider as it calls itself in its tokens (`iss`): `https://`, a host in lower case, " +
					"and perhaps a path."),
				"audience": needed("The audience of the tokens (`aud`)."),
				"subjects": schema.SetAttribute{
					Required: true, ElementType: types.StringType,
					MarkdownDescription: "The subjects (`sub`), at least one. Something in each has to be fixed; of GitHub and " +
						"GitLab, whose tokens everybody can get, the whole name of an owner.",
				},
			}),
			"services": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Principals of AWS services, such as `ec2.amazonaws.com`; `pods.eks.amazonaws.com` stands " +
					"for pods with EKS Pod Identity.",
			},
			"accounts": set("AWS accounts. What of the account may assume the role is up to its own policies.",
				map[string]schema.Attribute{
					"id": needed("The account's id, 12 digits."),
					"external_id": text("What the caller has to name (`sts:ExternalId`): 2 to 1224 letters, digits and " +
						"`+=,.@:/_-`. Wanted where the account works for several customers."),
					"role": text("Path and name of the only role that is let in, such as `ci` or `team/ci`. It need not exist " +
						"yet. A role of the name that is made anew is let in too."),
				}),
		},
	}
}

// checkConfig holds the rules between attributes.
func (m *bucketRoleModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	checkKeyPath(m.Path, &diags)
	m.checkTrust(ctx, &diags)
	if m.Bucket.IsUnknown() || m.Access.IsUnknown() || m.Path.IsUnknown() || diags.HasError() {
		return diags
	}
	checkPolicyName(access.Grant{
		Bucket: m.Bucket.ValueString(), Path: prefixOf(m.Path), Level: access.Level(m.Access.ValueString()),
	}.PolicyName(), m.Path, &diags)
	return diags
}

// checkTrust refuses what would let in more than is written, each element by itself.
func (m *bucketRoleModel) checkTrust(ctx context.Context, diags *diag.Diagnostics) {
	if m.Trust.IsNull() || m.Trust.IsUnknown() {
		return
	}
	var in trustModel
	if diags.Append(m.Trust.As(ctx, &in, basetypes.ObjectAsOptions{})...); diags.HasError() {
		return
	}
	at := path.Root("trust")
	all := 0
	for _, set := range []types.Set{in.GitHub, in.GitLab, in.OIDC, in.Services, in.Accounts} {
		all += len(set.Elements())
		if set.IsUnknown() {
			all++
		}
	}
	if all == 0 {
		diags.AddAttributeError(at, "Nobody is trusted", "trust is empty, so nobody could assume the role: set one of "+
			"github, gitlab, oidc, services and accounts.")
	}
	checkElements(ctx, at.AtName("github"), in.GitHub, diags, func(g gitHubModel) error { return g.element().Check() })
	checkElements(ctx, at.AtName("gitlab"), in.GitLab, diags, func(g gitLabModel) error { return g.element().Check() })
	checkElements(ctx, at.AtName("oidc"), in.OIDC, diags, func(o oidcModel) error { return o.element().Check() })
	checkElements(ctx, at.AtName("accounts"), in.Accounts, diags, func(a trustedAccountModel) error {
		return a.element().Check()
	})
	for _, element := range in.Services.Elements() {
		service := element.(types.String)
		if service.IsUnknown() {
			continue
		}
		if err := bucketrole.CheckService(service.ValueString()); err != nil {
			diags.AddAttributeError(at.AtName("services"), "Invalid trust", "trust.services: "+err.Error()+".")
		}
	}
}

// checkElements checks each element of a set that is fully known.
func checkElements[M any](
	ctx context.Context, at path.Path, set types.Set, diags *diag.Diagnostics, check func(M) error,
) {
	for _, element := range set.Elements() {
		if element.IsNull() || !fullyKnown(ctx, element) {
			continue
		}
		one := element.(types.Object)
		if name := emptyIn(one); name != "" {
			diags.AddAttributeError(at.AtSetValue(one).AtName(name), "Invalid trust", fmt.Sprintf(
				"%s: %s is empty, which would let in more than was meant: set it, or leave it out (null).", at, name))
			continue
		}
		var m M
		diags.Append(one.As(ctx, &m, basetypes.ObjectAsOptions{})...)
		if err := check(m); err != nil {
			where := at
			if wrong, ok := errors.AsType[*bucketrole.FieldError](err); ok && wrong.Field != "" {
				where = at.AtSetValue(one).AtName(wrong.Field)
			}
			diags.AddAttributeError(where, "Invalid trust", fmt.Sprintf("%s: %s.", at, err))
		}
	}
}

// emptyIn is the name of an attribute whose text is empty; "" for none.
func emptyIn(object types.Object) string {
	attributes := object.Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		if text, ok := attributes[name].(types.String); ok && !text.IsNull() && text.ValueString() == "" {
			return name
		}
	}
	return ""
}

// checkPlan holds the rules that need the provider's configuration.
func (m *bucketRoleModel) checkPlan(ctx context.Context, data *providerData) (diags diag.Diagnostics) {
	if data.platform.Lacks(awsclient.Groups) && !data.isUnknown("platform") {
		diags.AddAttributeError(path.Root("name"), "No roles on this platform", fmt.Sprintf("The provider's platform is %q, "+
			"and a store of this kind has no IAM roles as AWS has them. Use spinup_bucket_user or spinup_gateway_user there, "+
			"as far as the store has users.", data.platform.Name))
		return diags
	}
	diags.Append(data.checkTags(m.Tags, maxTags)...)
	diags.Append(data.checkIAM(path.Root("name"))...)
	if !fullyKnown(ctx, m.Trust) {
		return diags
	}
	document := m.trust(ctx, &diags).Document(cmp.Or(data.partition, "aws"), "000000000000")
	if size := len(document); size > bucketrole.MaxTrust {
		diags.AddAttributeError(path.Root("trust"), "Trust policy too long", fmt.Sprintf("The trust policy of trust would "+
			"have %d characters; IAM allows %d. Name fewer, let a wildcard stand for several, or make a second role.",
			size, bucketrole.MaxTrust))
	}
	return diags
}
