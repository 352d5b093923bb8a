package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
)

// objectDataSource reads one object, whoever made it.
type objectDataSource struct{ dataSource }

func newObjectDataSource() datasource.DataSource { return &objectDataSource{} }

type objectDataModel struct {
	objectFacts
	LastModified types.String `tfsdk:"last_modified"`
	Checksums    types.Map    `tfsdk:"checksums"`
	ReadBody     types.Bool   `tfsdk:"read_body"`
	Body         types.String `tfsdk:"body"`
}

func (d *objectDataSource) Metadata(
	_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_object"
}

func (d *objectDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	texts := func(description string) schema.Attribute {
		return schema.MapAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "One object of a bucket, whoever made it. One that does not exist is an error.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Required: true, MarkdownDescription: "Name of the bucket.",
				Validators: []validator.String{fwtypes.BucketName()},
			},
			"key": schema.StringAttribute{Required: true, MarkdownDescription: "Key of the object, as it is."},
			"version_id": schema.StringAttribute{
				Optional: true, Computed: true,
				MarkdownDescription: "Id of a version. Default: the current one; null in a bucket that never had versioning.",
			},
			"read_body": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether the content is read into `body`. Default `false`. It must be a text in UTF-8 of " +
					"at most 64 KiB.",
			},
			"body":                dataText("The content as a text, with `read_body`; else null. It is in state."),
			"region":              dataText("Region of the bucket."),
			"content_type":        dataText("Media type."),
			"cache_control":       dataText("How long a cache may keep the object; null if that is not set."),
			"content_encoding":    dataText("How the content is encoded; null if that is not set."),
			"content_disposition": dataText("How a browser offers the content; null if that is not set."),
			"content_language":    dataText("Language of the content; null if that is not set."),
			"website_redirect":    dataText("Where the website endpoint sends those who ask for the object; null for nowhere."),
			"storage_class":       dataText("Storage class of the object, such as `STANDARD` or `GLACIER_IR`."),
			"encryption": schema.SingleNestedAttribute{
				CustomType: fwtypes.NewObjectType[encryptionModel](), Computed: true,
				MarkdownDescription: "Encryption of the object; null if the store does not tell.",
				Attributes: map[string]schema.Attribute{
					"algorithm":   dataText("`AES256`, `aws:kms` or `aws:kms:dsse`."),
					"kms_key_arn": dataText("ARN of the KMS key; null without one."),
					"bucket_key":  dataFlag("Whether a key per bucket is used."),
				},
			},
			"metadata": texts("Metadata; the names are in lower case."),
			"tags": texts("Tags of the object, without those that `ignore_tags` of the provider leaves to others, and those " +
				"that it sets itself; null if there are none."),
			"tags_all": texts("All tags of the object but those that `ignore_tags` leaves to others."),
			"etag":     dataText("ETag of the object, without quotes."),
			"sha256":   dataText("SHA-256 of the whole content in hexadecimal digits; null if the store does not tell."),
			"checksums": texts("Checksums that the store has, as it writes them, by `crc32`, `crc32c`, `crc64nvme`, `sha1` " +
				"and `sha256`."),
			"size":          dataNumber("Size in bytes."),
			"last_modified": dataText("When the object was stored, as RFC 3339 in UTC."),
			"url":           dataText("Address of the object; null on platforms other than AWS."),
			"arn":           dataText("ARN of the object."),
		},
	}
}

func (d *objectDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var m objectDataModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &m)...)
	conn := d.connect(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	place := content.Place{Bucket: m.Bucket.ValueString(), Key: m.Key.ValueString()}
	found, err := object.Find(ctx, conn, place, m.VersionID.ValueString(), m.ReadBody.ValueBool())
	if err != nil {
		resp.Diagnostics.Append(readDiagnostic(path.Root("key"), "object", awsclient.Permissions(object.DataReads{}), err))
		return
	}
	if found == nil {
		resp.Diagnostics.AddAttributeError(path.Root("key"), "No such object", fmt.Sprintf(
			"The bucket %q has no object %q, or no such version of it, or there is no such bucket.", place.Bucket, place.Key))
		return
	}
	m.Region = types.StringValue(found.Region)
	m.setNames(conn.Partition, conn.Platform)
	m.fillHeaders(ctx, true, found.Headers, &resp.Diagnostics)
	m.StorageClass = optional(found.Headers.StorageClass)
	if algorithm := found.Headers.Algorithm; algorithm != "" {
		m.Encryption = fwtypes.ObjectFrom(ctx, encryptionModel{
			types.StringValue(algorithm), optional(found.Headers.KMSKey),
			types.BoolValue(found.Headers.BucketKey != nil && *found.Headers.BucketKey),
		}, &resp.Diagnostics)
	}
	m.Metadata = textMap(found.Headers.Metadata)
	own := object.Spec{IgnoreTag: d.data.ignoreTags}.OwnTags(found.Tags)
	m.Tags, m.TagsAll = d.data.splitTags(own, m.Tags, true)
	m.ETag, m.SHA256 = optional(object.Unquoted(found.ETag)), optional(object.SHA256(found.Stored))
	m.Size, m.LastModified = fwtypes.NewInt64(found.Size), date(found.Modified)
	if m.VersionID.IsNull() {
		m.VersionID = optional(found.VersionID)
	}
	m.Checksums = textMap(found.Checksums)
	if m.ReadBody.ValueBool() {
		m.Body = types.StringValue(found.Body)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &m)...)
}

// textMap is a map of texts.
func textMap(texts map[string]string) types.Map {
	values := map[string]attr.Value{}
	for key, value := range texts {
		values[key] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, values)
}
