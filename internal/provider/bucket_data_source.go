package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// bucketDataSource looks at one bucket, made by spinup or not.
type bucketDataSource struct{ dataSource }

func newBucketDataSource() datasource.DataSource { return &bucketDataSource{} }

type bucketDataModel struct {
	bucketFacts
	Empty        types.Bool                     `tfsdk:"empty"`
	Logging      fwtypes.ObjectOf[loggingModel] `tfsdk:"logging"`
	CreationDate types.String                   `tfsdk:"creation_date"`
}

func (d *bucketDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_bucket"
}

func (d *bucketDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := bucketSettingsDataSchema()
	maps.Copy(attributes, map[string]schema.Attribute{
		"name": schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "Name of the bucket.",
			Validators:          []validator.String{fwtypes.BucketName()},
		},
		"id":               dataText("The name of the bucket."),
		"region":           dataText("Region of the bucket, which may differ from the provider's."),
		"object_ownership": dataText("`BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`."),
		"public_access": dataText("`none`, `read`, `read_list`, `unblocked`, or `mixed` for any other combination of " +
			"public access blocks and statements."),
		"public_access_block": publicBlockDataSchema(),
		"object_lock":         objectLockDataSchema(),
		"owner":               dataText("Access key of the user of VersityGW who owns the bucket; null on other platforms."),
		"policy": schema.StringAttribute{
			Computed:            true,
			CustomType:          fwtypes.PolicyType{},
			MarkdownDescription: "The bucket policy without the statements that spinup adds; null if nothing is left.",
		},
		"arn":                  dataText("ARN of the bucket."),
		"account_id":           dataText("AWS account that owns the bucket; null where the store has no accounts."),
		"domain_name":          dataText("Host name of the bucket; null on platforms other than AWS."),
		"regional_domain_name": dataText("Host name of the bucket in its region; null on platforms other than AWS."),
		"hosted_zone_id": dataText("Route 53 hosted zone of the region's S3 website endpoint; null where there " +
			"is none."),
		"empty": dataFlag("Whether the bucket is empty; old versions and delete markers count as contents. Null if the " +
			"bucket's `ip_access` keeps this run out."),
		"logging": logAttribute(fwtypes.NewObjectType[loggingModel](), "The same as `access_log`, with S3's names.",
			"target_bucket", "target_prefix"),
		"creation_date": dataText("When the bucket was created, as RFC 3339 in UTC; null if the store does not tell."),
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "A bucket of the account, whether spinup created it or not, with everything that " +
			"`spinup_bucket` shows of it. A bucket that does not exist, or belongs to another account, is an error.",
		Attributes: attributes,
	}
}

// bucketSettingsDataSchema are the attributes that a website has as well.
func bucketSettingsDataSchema() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"tags": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Tags of the bucket, without those that the provider's `default_tags` and `org` set and " +
				"without those under `ignore_tags`.",
		},
		"tags_all": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "All tags of the bucket, without those under `ignore_tags`.",
		},
		"versioning": dataFlag("Whether versioning is on; `false` also when it is suspended."),
		"encryption": schema.SingleNestedAttribute{
			CustomType:          fwtypes.NewObjectType[encryptionModel](),
			Computed:            true,
			MarkdownDescription: "Default encryption of new objects; null if the store has none.",
			Attributes: map[string]schema.Attribute{
				"algorithm":   dataText("`AES256`, `aws:kms` or `aws:kms:dsse`."),
				"kms_key_arn": dataText("ARN of the KMS key; null for AWS's own."),
				"bucket_key":  dataFlag("Whether S3 asks KMS for a key per bucket."),
			},
		},
		"require_tls": dataFlag("Whether spinup's statement that denies plain HTTP is in the bucket policy."),
		"access_log": logAttribute(fwtypes.NewObjectType[accessLogModel](),
			"Where the server access log goes; null if it is off.", "bucket", "prefix"),
		"ip_access":        ipAccessDataSchema(),
		"lifecycle_preset": dataText("Lifecycle preset whose rule the bucket has, unchanged; null for none."),
		"cors_rules":       corsDataSchema(),
		"access_levels":    dataTexts("Access levels whose group or policy exists."),
		"groups": dataMap("IAM group and IAM policy of each access level that exists; the keys are the levels.",
			map[string]schema.Attribute{
				"group_name":      dataText("Name of the IAM group; null if it is missing."),
				"group_arn":       dataText("ARN of the IAM group; null if it is missing."),
				"policy_name":     dataText("Name of the IAM policy; null if it is missing or not attached to the group."),
				"policy_arn":      dataText("ARN of the IAM policy; null if it is missing."),
				"policy_document": dataText("The IAM policy as JSON; null if it is missing."),
			}),
	}
}

func logAttribute(of basetypes.ObjectTypable, description, bucketName, prefixName string) schema.Attribute {
	return schema.SingleNestedAttribute{
		CustomType:          of,
		Computed:            true,
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			bucketName: dataText("Name of the bucket that receives the log."),
			prefixName: dataText("Prefix of the keys of the log objects."),
		},
	}
}

func (d *bucketDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m bucketDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	fail := func(err error) {
		resp.Diagnostics.Append(readDiagnostic(path.Root("name"), "bucket", bucketReads(), err))
	}

	name := m.Name.ValueString()
	region, exists, err := bucket.Locate(ctx, conn, name, conn.Region)
	if err != nil {
		fail(err)
		return
	}
	if !exists {
		resp.Diagnostics.AddAttributeError(path.Root("name"), "No such bucket", "There is no bucket \""+name+"\".")
		return
	}
	spec := bucketSpec{
		Name: name, Region: region, Partition: conn.Partition, AccountID: conn.AccountID,
		IgnoreTag: d.data.ignoreTags, IAMPath: d.data.iamPath,
		BindsOwner: conn.Platform.PolicyBindsOwner, NetworkKeys: conn.Platform.Has(awsclient.NetworkKeys), ReadAll: true,
	}
	have, err := bucket.New(conn).Observe(ctx, spec)
	if err != nil {
		fail(err)
		return
	}
	m.Empty = types.BoolNull()
	if !have.Root.Shut {
		empty, err := bucket.Empty(ctx, conn, name, region)
		if err != nil {
			fail(err)
			return
		}
		m.Empty = types.BoolValue(empty)
	}
	created, err := d.data.buckets.Created(ctx, conn, name)
	if err != nil {
		fail(err)
		return
	}
	resp.Diagnostics.Append(m.fill(ctx, session{d.data, conn}, reconcile.Keep(spec), have)...)
	m.CreationDate = date(created)
	m.Logging = fwtypes.ObjectNull[loggingModel]()
	if log := have.Log; log != nil {
		logging := loggingModel{types.StringValue(log.Bucket), types.StringValue(log.Prefix)}
		m.Logging = fwtypes.ObjectFrom(ctx, logging, &resp.Diagnostics)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

type loggingModel struct {
	TargetBucket types.String `tfsdk:"target_bucket"`
	TargetPrefix types.String `tfsdk:"target_prefix"`
}

// bucketReads are the permissions behind the data sources about buckets.
func bucketReads() []awsclient.Permission {
	return slices.Concat(awsclient.Permissions(bucket.Reads{}), awsclient.Permissions(bucket.LockReads{}),
		awsclient.Permissions(bucket.DataReads{}),
		awsclient.Permissions(access.Reads{}), awsclient.Permissions(lifecyclerule.Reads{}))
}
