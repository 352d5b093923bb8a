package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// lifecycleRulesDataSource lists the lifecycle rules of a bucket, whoever made them.
type lifecycleRulesDataSource struct{ dataSource }

func newLifecycleRulesDataSource() datasource.DataSource { return &lifecycleRulesDataSource{} }

type lifecycleRulesModel struct {
	Bucket types.String `tfsdk:"bucket"`
	Rules  []ruleFacts  `tfsdk:"rules"`
}

func (d *lifecycleRulesDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_lifecycle_rules"
}

func (d *lifecycleRulesDataSource) Schema(
	_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse,
) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "All lifecycle rules of a bucket, whoever created them. A bucket that does not exist is an " +
			"error; one without rules is not.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "Name of the bucket.",
				Validators:          []validator.String{fwtypes.BucketName()},
			},
			"rules": dataList("The rules, in S3's order; empty if there are none. A number or date that a rule does "+
				"not set is null; elements that spinup does not know are left out.", ruleDataSchema()),
		},
	}
}

func ruleDataSchema() map[string]schema.Attribute {
	moves := func(description string, attributes map[string]schema.Attribute) schema.Attribute {
		attributes["storage_class"] = dataText("Storage class to move to.")
		of, text := objects(description, attributes)
		return schema.SetAttribute{Computed: true, ElementType: of, MarkdownDescription: text}
	}
	filter := schema.ObjectAttribute{Computed: true, CustomType: fwtypes.NewObjectType[ruleFilterModel]()}
	_, filter.MarkdownDescription = objects("Objects that the rule applies to: those that meet all "+
		"conditions. An empty prefix, no tags and sizes of 0 and null are no conditions.", map[string]schema.Attribute{
		"prefix": dataText("Prefix of the key."),
		"tags": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Tags that the object must have, all of them.",
		},
		"object_size_greater_than": dataNumber("Only objects larger than this number of bytes."),
		"object_size_less_than":    dataNumber("Only objects smaller than this number of bytes."),
	})
	return map[string]schema.Attribute{
		"name":                         dataText("Name of the rule, which S3 calls its ID; null for a rule without one."),
		"enabled":                      dataFlag("Whether S3 applies the rule."),
		"status":                       dataText("Status of the rule in S3: `Enabled` or `Disabled`."),
		"filter":                       filter,
		"expiration_days":              dataNumber("Days after which objects are deleted."),
		"expiration_date":              dataText("Date from which on objects are deleted, as RFC 3339 in UTC."),
		"expired_object_delete_marker": dataFlag("Whether delete markers without versions are deleted."),
		"noncurrent_days":              dataNumber("Days after which an old version is deleted."),
		"newer_noncurrent_versions": dataNumber("How many old versions of an object, the newest of them, are kept " +
			"longer than `noncurrent_days`."),
		"delete_incomplete_uploads_days": dataNumber("Days after which an unfinished multipart upload is deleted."),
		"transitions": moves("Moves of objects to other storage classes; empty for none.", map[string]schema.Attribute{
			"days": dataNumber("Days after which an object is moved; null if `date` is set."),
			"date": dataText("Date from which on objects are moved, as RFC 3339 in UTC."),
		}),
		"noncurrent_transitions": moves("Moves of old versions to other storage classes; empty for none.",
			map[string]schema.Attribute{
				"days":           dataNumber("Days after which an old version is moved."),
				"newer_versions": dataNumber("How many old versions of an object, the newest of them, are not moved."),
			}),
	}
}

func (d *lifecycleRulesDataSource) Read(
	ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse,
) {
	var m lifecycleRulesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	name := m.Bucket.ValueString()
	rules, err := lifecyclerule.List(ctx, conn, name)
	if err == nil && conn.Platform.Lacks(awsclient.Lifecycle) { // nothing was asked yet
		var exists bool
		if _, exists, err = bucket.Locate(ctx, conn, name, conn.Region); err == nil && !exists {
			resp.Diagnostics.AddAttributeError(path.Root("bucket"), "No such bucket", "There is no bucket \""+name+"\".")
			return
		}
	}
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("bucket"), "lifecycle rules",
			awsclient.Permissions(lifecyclerule.Reads{}), err))
		return
	}
	m.Rules = []ruleFacts{}
	for _, rule := range rules {
		facts := ruleFacts{Name: optional(rule.Name)}
		facts.see(ctx, rule, &resp.Diagnostics)
		m.Rules = append(m.Rules, facts)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}
