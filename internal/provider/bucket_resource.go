package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
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
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

func newBucketResource() resource.Resource {
	return &bucketEnvelope{
		noun:     "bucket",
		schema:   bucketSchema,
		identity: bucketIdentitySchema(),
		keys:     []string{"name"},
		build:    bucket.New,
		moves:    bucketMoves(),
		permissions: slices.Concat(awsclient.Permissions(bucket.API{}), awsclient.Permissions(bucket.LockWrites{}),
			awsclient.Permissions(access.API{}), awsclient.Permissions(lifecyclerule.API{})),
	}
}

func bucketIdentitySchema() identityschema.Schema {
	optional := func(description string) identityschema.Attribute {
		return identityschema.StringAttribute{OptionalForImport: true, Description: description}
	}
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"name":       identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"region":     optional("Region of the bucket."),
		"account_id": optional("AWS account that owns the bucket."),
	}}
}

func bucketSchema(ctx context.Context) schema.Schema {
	attributes := bucketSettingsSchema()
	maps.Copy(attributes, bucketFactsSchema())
	return schema.Schema{
		MarkdownDescription: "A bucket, with an IAM group for each level of access to it.\n\nThe resource stands for the " +
			"bucket and its settings, and for one IAM policy and one IAM group per access level: the users in a group may " +
			"use the bucket. By default nothing is public, plain HTTP is denied, ACLs are disabled and objects are " +
			"encrypted. Changes are made in place, unless the description of an attribute says that a change replaces the " +
			"bucket.\n\nAn existing bucket is never taken over silently: creating it is an error that shows the `import` " +
			"block to use. Tags under `ignore_tags`, and policy statements, group members and attached policies of other " +
			"owners are left alone. A destroy that would lose them fails before anything is destroyed, with an error that " +
			"names them.",
		Attributes: attributes,
		Blocks: map[string]schema.Block{
			"timeouts": timeoutsBlock(ctx, writeTimeout),
		},
	}
}

// bucketFactsSchema are the attributes that only a bucket has.
func bucketFactsSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id": computed("The name of the bucket, which is also its import id."),
		"name": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "Name of the bucket, unique in all of AWS: 3 to 63 lower-case letters, digits, hyphens and " +
				"dots, by S3's naming rules. Exactly one of `name` and `name_prefix` must be set; with `name_prefix` this is " +
				"the generated name. A change replaces the bucket.",
			Validators: []validator.String{
				fwtypes.BucketName(),
				stringvalidator.ExactlyOneOf(path.MatchRoot("name"), path.MatchRoot("name_prefix")),
			},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(renamed,
				"A change replaces the bucket.", "A change replaces the bucket.")},
		},
		"name_prefix": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Beginning of the name, at most 37 characters; 26 random letters and digits are added to " +
				"make it unique. A change to a prefix that the name does not begin with replaces the bucket.",
			Validators: []validator.String{fwtypes.BucketNamePrefix()},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(reprefixed,
				"A prefix that the name does not begin with replaces the bucket.",
				"A prefix that the name does not begin with replaces the bucket.")},
		},
		"region": schema.StringAttribute{
			Optional: true,
			Computed: true,
			MarkdownDescription: "AWS region of the bucket, such as `us-east-1`. Default: the provider's region when the " +
				"bucket is created. A change replaces the bucket.",
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()},
		},
		"object_ownership": choice("Who owns uploaded objects, and whether ACLs have an effect: `BucketOwnerEnforced` "+
			"(ACLs are disabled), `BucketOwnerPreferred`, or `ObjectWriter`, which is also how a bucket from before April "+
			"2023 without this setting behaves. S3 refuses `BucketOwnerEnforced` while the bucket's ACL grants anything to "+
			"others. Default `BucketOwnerEnforced` where the platform supports it, else not managed.",
			"BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
		"public_access": choice("What the public may do: `none` (all four public access blocks are on), `read` (read "+
			"objects), `read_list` (read and list objects), or `unblocked` (no block is on and no public statement is added: "+
			"for a bucket whose `policy` or ACLs decide, and for buckets created before April 2023). Default `none` where "+
			"the platform has these blocks, else not managed. The old value `mixed` in a plan means any other combination "+
			"that was found, or that `public_access_block` asks for.", bucket.PublicNone, bucket.PublicRead,
			bucket.PublicReadList, bucket.Unblocked),
		"public_access_block": publicBlockSchema(),
		"object_lock":         objectLockSchema(),
		"policy": schema.StringAttribute{
			Optional:   true,
			CustomType: fwtypes.PolicyType{},
			MarkdownDescription: "Your own statements of the bucket policy, as JSON. They are merged, by their `Sid`, with " +
				"those that `require_tls`, `public_access` and `ip_access` add and with those of other owners, which are left " +
				"alone. Give every statement a `Sid`: one without a `Sid` is identified by its content. No `Sid` may begin with " +
				"`Spinup`. The resources of a statement must be this bucket and its objects. The same policy in another form is " +
				"no change.",
		},
		"owner": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "VersityGW with users of its own only: access key of the user who owns the bucket, which is " +
				"made for that user. A change gives the bucket to another one; the gateway deletes the policy with that, and it " +
				"is put back, those of other owners included. Needs credentials of the root or of a user with the role `admin`. " +
				"Default: whoever makes the bucket; an unset one is left as it is.",
			Validators: []validator.String{stringvalidator.RegexMatches(gatewayKeyForm,
				"must be 1 to 128 letters, digits and any of ._-")},
		},
		"bypass_governance": toggle("Whether a destroy with `force_destroy` also deletes versions under governance " +
			"retention of S3 Object Lock, which takes the permission `s3:BypassGovernanceRetention`. Default `false`: the " +
			"destroy is refused, before anything is deleted, if a version is under retention or legal hold. Versions under " +
			"compliance retention or legal hold always stop it. In a bucket with Object Lock every version is looked at, " +
			"which takes its time. A change must be applied before the destroy."),
		"arn":        computed("ARN of the bucket."),
		"account_id": computed("AWS account that owns the bucket; null where the store has no accounts."),
		"domain_name": computed("Host name of the bucket, such as `name.s3.amazonaws.com`; null on platforms other than " +
			"AWS."),
		"regional_domain_name": computed("Host name of the bucket in its region, such as " +
			"`name.s3.us-east-1.amazonaws.com`; null on platforms other than AWS."),
		"hosted_zone_id": computed("Route 53 hosted zone of the S3 website endpoint of the region, for alias records; " +
			"null on platforms other than AWS, and in regions that have none."),
	}
}

// bucketSettingsSchema are the attributes that a website has as well.
func bucketSettingsSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tags": schema.MapAttribute{
			Optional:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Tags of the bucket, in addition to the provider's `default_tags`; a tag set here takes " +
				"precedence over one with the same key. Together at most 50; keys of 1 to 128 and values of up to 256 " +
				"characters; no key may begin with `aws:`. Tags that others put on the bucket are removed by the next apply " +
				"unless the provider's `ignore_tags` covers them.",
			Validators: []validator.Map{fwtypes.TagMap(nil)},
		},
		"tags_all": schema.MapAttribute{
			Computed:    true,
			ElementType: types.StringType,
			MarkdownDescription: "All tags of the bucket: `tags`, the provider's `default_tags`, and `spinup:org` for the " +
				"provider's `org`.",
		},
		"versioning": toggle("Whether S3 keeps the old versions of objects. Default `false`. Turning it off suspends " +
			"versioning: existing versions are kept."),
		"encryption": schema.SingleNestedAttribute{
			CustomType: fwtypes.NewObjectType[encryptionModel](),
			Optional:   true,
			Computed:   true,
			MarkdownDescription: "Default encryption of new objects. Default: `AES256` on AWS; not managed on other " +
				"platforms.",
			Attributes: map[string]schema.Attribute{
				"algorithm": choice("`AES256` (keys managed by S3), `aws:kms`, or `aws:kms:dsse` (two layers). Default: "+
					"`aws:kms` when `kms_key_arn` is set, else `AES256`.", "AES256", "aws:kms", "aws:kms:dsse"),
				"kms_key_arn": schema.StringAttribute{
					Optional:            true,
					MarkdownDescription: "ARN of the KMS key. Only with a KMS algorithm. Default: AWS's own key for S3.",
					Validators:          []validator.String{fwtypes.ARN("kms")},
				},
				"bucket_key": toggle("Whether S3 asks KMS for a key per bucket rather than per object, which costs less. " +
					"Default: `true` with `aws:kms`, else `false`. `true` is not allowed with `aws:kms:dsse`."),
			},
		},
		"require_tls": toggle("Whether a statement in the bucket policy denies requests over plain HTTP. Default `true` " +
			"on AWS, else `false`."),
		"access_log": schema.SingleNestedAttribute{
			CustomType: fwtypes.NewObjectType[accessLogModel](),
			Optional:   true,
			Computed:   true,
			MarkdownDescription: "Where S3 writes the server access log of the bucket. Default: the provider's `access_log`, " +
				"except for the log bucket itself. Without either, logging is not managed; removing one that was set turns " +
				"logging off.",
			Attributes: map[string]schema.Attribute{
				"bucket": schema.StringAttribute{
					Required: true,
					MarkdownDescription: "Name of the bucket that receives the log: another bucket in the same region and account, " +
						"which allows S3's log delivery service to write.",
					Validators: []validator.String{fwtypes.BucketName()},
				},
				"prefix": schema.StringAttribute{
					Optional:            true,
					Computed:            true,
					MarkdownDescription: "Prefix of the keys of the log objects. Default: the name of the bucket and a slash.",
				},
			},
		},
		"ip_access": ipAccessSchema(),
		"lifecycle_preset": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "A ready-made lifecycle rule for all objects of the bucket: `deep-archive` (rule " +
				"`deep-archive-rule`: move to DEEP_ARCHIVE after 1 day), `archive` (`archive-rule`: move to GLACIER_IR after 90 " +
				"days), `expire-noncurrent` (`expire-noncurrent-rule`: delete old versions 30 days after a newer one took their " +
				"place, and delete markers without versions), or `abort-uploads` (`abort-uploads-rule`: delete unfinished " +
				"uploads after 7 days). MinIO has `expire-noncurrent` only. Rules of `spinup_lifecycle_rule` and of other owners " +
				"are left alone. Default: none; rules are then neither read nor written. The old value `archive, changed` in a " +
				"plan means a rule of that name that was changed elsewhere.",
			Validators: []validator.String{fwtypes.OneOf(lifecyclerule.PresetNames()...)},
		},
		"cors_rules": corsSchema(),
		"access_levels": schema.SetAttribute{
			Optional:    true,
			Computed:    true,
			ElementType: types.StringType,
			MarkdownDescription: "Levels of access, for each of which there is an IAM policy and an IAM group: `admin`, " +
				"`read_write`, `read_only`. Default: `[\"admin\"]` on AWS, none on other platforms. Levels may be added and " +
				"removed at any time; a group with members is not removed.",
			Validators: []validator.Set{setvalidator.ValueStringsAre(fwtypes.OneOf(levelNames()...))},
		},
		"force_destroy": toggle("Whether a destroy may delete the contents of the bucket (all objects, old versions, " +
			"delete markers and unfinished uploads), and tags and policy statements of other owners, with `lifecycle_preset` " +
			"also their lifecycle rules. Default `false`: only an empty bucket is destroyed. A change must be applied before " +
			"the destroy. Emptying a large bucket takes longer than the default `timeouts`."),
		"groups": computedMap("IAM group and IAM policy of each access level; the keys are the levels.",
			map[string]dataschema.Attribute{
				"group_name":  dataText("Name of the IAM group."),
				"group_arn":   dataText("ARN of the IAM group."),
				"policy_name": dataText("Name of the IAM policy; null while it is not attached to the group."),
				"policy_arn":  dataText("ARN of the IAM policy."),
				"policy_document": dataText("The IAM policy as JSON if it was changed elsewhere, which the next apply repairs; " +
					"null while it is as spinup writes it. The data source has it in any case."),
			}),
	}
}

func levelNames() []string { return textsFrom(access.Levels()) }

// renamed reports whether a configured name differs: a name made from a prefix may be written out later.
func renamed(
	_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse,
) {
	resp.RequiresReplace = !req.ConfigValue.IsNull()
}

// reprefixed reports whether the name begins differently. An imported bucket has a name but no prefix.
func reprefixed(
	ctx context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse,
) {
	var name types.String
	resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("name"), &name)...)
	resp.RequiresReplace = !req.ConfigValue.IsNull() &&
		(req.ConfigValue.IsUnknown() || !strings.HasPrefix(name.ValueString(), req.ConfigValue.ValueString()))
}

// checkConfig holds the rules between attributes.
func (m *bucketModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	m.Encryption.Get(ctx, &diags).check(&diags)
	m.checkPolicy(&diags)
	m.checkPublicAccess(&diags)
	m.ObjectLock.Get(ctx, &diags).check(&diags)
	m.checkIPAccess(ctx, &diags)
	log := m.AccessLog.Get(ctx, &diags)
	if !m.Name.IsNull() && !m.Name.IsUnknown() && log.Bucket.Equal(m.Name) {
		diags.AddAttributeError(path.Root("access_log").AtName("bucket"), "Invalid access log", fmt.Sprintf(
			"access_log.bucket is %q, the bucket itself: every log object would be logged again. Set another bucket.",
			log.Bucket.ValueString()))
	}
	return diags
}

// check refuses what S3 would refuse of an encryption.
func (e encryptionModel) check(diags *diag.Diagnostics) {
	if e.Algorithm.ValueString() == "AES256" && !e.KMSKeyARN.IsNull() {
		diags.AddAttributeError(path.Root("encryption").AtName("kms_key_arn"), "Invalid encryption", fmt.Sprintf(
			"encryption.kms_key_arn is %q, but encryption.algorithm is \"AES256\", which uses no KMS key. For a key set "+
				"\"aws:kms\" or \"aws:kms:dsse\".", e.KMSKeyARN.ValueString()))
	}
	if e.Algorithm.ValueString() == "aws:kms:dsse" && e.BucketKey.ValueBool() {
		diags.AddAttributeError(path.Root("encryption").AtName("bucket_key"), "Invalid encryption",
			"encryption.bucket_key is true, which \"aws:kms:dsse\" does not allow. Leave it out, or use \"aws:kms\".")
	}
}

func (m *bucketModel) checkPolicy(diags *diag.Diagnostics) {
	if m.Policy.IsNull() || m.Policy.IsUnknown() {
		return
	}
	doc, err := awspolicy.Parse(m.Policy.ValueString())
	if err != nil {
		return // the attribute's type reports it
	}
	for _, statement := range doc.Statements {
		if bucket.ReservedSid(statement.Sid) {
			diags.AddAttributeError(path.Root("policy"), "Invalid policy", fmt.Sprintf(
				"policy has a statement with the Sid %q. A Sid that begins with \"Spinup\" is reserved for require_tls, "+
					"public_access and ip_access; choose another.", statement.Sid))
		}
		if _, rewritten := statement.Principal["CanonicalUser"]; rewritten && statement.Sid == "" {
			diags.AddAttributeError(path.Root("policy"), "Invalid policy", fmt.Sprintf(
				"policy has the statement %s with a CanonicalUser, which S3 rewrites to an ARN, so that the statement is not "+
					"found again by its content. Give it a Sid.", statement.Label()))
		}
		m.checkResources(statement, diags)
	}
}

// checkResources refuses what S3 would refuse: a statement about another bucket.
func (m *bucketModel) checkResources(statement awspolicy.Statement, diags *diag.Diagnostics) {
	if m.Name.IsNull() || m.Name.IsUnknown() {
		return
	}
	for _, resource := range statement.Resource {
		_, rest, ok := strings.Cut(resource, ":s3:::")
		about, _, _ := strings.Cut(rest, "/")
		if ok && !strings.ContainsAny(about, "*?$") && about != m.Name.ValueString() {
			diags.AddAttributeError(path.Root("policy"), "Invalid policy", fmt.Sprintf(
				"policy has the statement %s with the resource %q. Set this bucket, \"arn:aws:s3:::%[3]s\", or its objects, "+
					"\"arn:aws:s3:::%[3]s/*\".", statement.Label(), resource, m.Name.ValueString()))
		}
	}
}

// checkPlan holds the rules that need the provider's configuration.
func (m *bucketModel) checkPlan(ctx context.Context, data *providerData) (diags diag.Diagnostics) {
	if region := m.Region.ValueString(); region != "" {
		if err := data.checkRegion(region); err != nil {
			diags.AddAttributeError(path.Root("region"), "Invalid region", fmt.Sprintf("region: %q %s.", region, err))
		}
	}
	diags.Append(data.checkTags(m.Tags, maxTags)...)
	m.warnIPAccess(ctx, data, &diags)
	if m.Owner.ValueString() != "" {
		if d := data.checkGateway(path.Root("owner"), fmt.Sprintf("owner is %s, which", m.Owner)); d != nil {
			diags.Append(d)
		}
	}
	return diags
}
