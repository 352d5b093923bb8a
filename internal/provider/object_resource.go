package provider

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"regexp"
	"slices"

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

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
)

func newObjectResource() resource.Resource {
	return &envelope[objectModel, object.Spec, object.Status, *objectModel]{
		noun:                  "object",
		schema:                objectSchema,
		identity:              objectIdentitySchema(),
		keys:                  []string{"bucket", "key"},
		lastKeyMayHaveSlashes: true,
		renames:               true,
		build:                 object.New,
		moves:                 objectMoves(),
		permissions:           slices.Concat(awsclient.Permissions(object.API{}), awsclient.Permissions(bucket.Reads{})),
	}
}

// keyOfObject is what the key of an object may be.
const keyOfObject = "1 to 1,024 bytes of UTF-8 without control characters, leading slash, //, . or .. segments"

func objectIdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"bucket": identityschema.StringAttribute{RequiredForImport: true, Description: "Name of the bucket."},
		"key":    identityschema.StringAttribute{RequiredForImport: true, Description: "Key of the object."},
		"region": identityschema.StringAttribute{OptionalForImport: true, Description: "Region of the bucket."},
	}}
}

// maxObjectTags is how many tags S3 allows for one object.
const maxObjectTags = 10

// redirectForm is where a website endpoint can send somebody.
var redirectForm = regexp.MustCompile(`^(/|https?://)[!-~]*$`)

func objectSchema(ctx context.Context) schema.Schema {
	attributes := objectContentSchema()
	maps.Copy(attributes, objectHeadersSchema())
	maps.Copy(attributes, map[string]schema.Attribute{
		"id":     computed("`bucket/key`, which is also the import id."),
		"bucket": ofBucket("Name of the bucket. A change replaces the object."),
		"key": schema.StringAttribute{
			Required: true,
			MarkdownDescription: "Key of the object: 1 to 1,024 bytes of UTF-8 without control characters, without a slash at " +
				"the beginning or two in a row, and without `.` or `..` between slashes. It is never changed in silence. A " +
				"change moves the object in place: the store copies it, and the old one is deleted when the copy is complete. " +
				"An object that exists under the new key is an error, except with `overwrite`, and except for one with just " +
				"this content and these headers that is younger: it counts as the copy that an interrupted apply made.",
			Validators: []validator.String{fwtypes.Checked("key", keyOfObject, content.CheckKey)},
		},
		"region": schema.StringAttribute{
			Optional: true, Computed: true,
			MarkdownDescription: "AWS region of the bucket, such as `us-east-1`. Default: the provider's region when the " +
				"object is created. A change replaces the object.",
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured()},
		},
		"overwrite": toggle("Whether a new object, or one that gets another key, may take the place of an object of " +
			"others. Default `false`: an object that exists is an error that shows the `import` block to use."),
		"delete_versions": toggle("Whether a destroy, or a change of the key, also deletes all old versions and delete " +
			"markers of the key. Default `false`: in a bucket with versioning they stay, and there is a delete marker. A " +
			"change must be applied before the destroy."),
		"retain": toggle("Whether a destroy leaves the object where it is. Default `false`. A change must be applied " +
			"before the destroy."),
		"etag": computed("ETag of the object, without quotes; null with `content_wo`, because it may be a digest of the " +
			"content. It is known at plan unless the object is written anew."),
		"sha256": computed("SHA-256 of the whole content in hexadecimal digits, known at plan for `source`, `content` and " +
			"`content_base64`. Null with `content_wo`, and where the store does not tell it: of a copy, of an imported " +
			"object, and of one that was changed elsewhere. A null old value in a plan means such a change."),
		"size": schema.Int64Attribute{
			Computed: true, CustomType: fwtypes.Int64Type{}, MarkdownDescription: "Size in bytes.",
		},
		"version_id": computed("Id of the current version; null in a bucket that never had versioning."),
		"url": computed("Address of the object, which works for those who may read it; null on platforms other than " +
			"AWS."),
		"arn": computed("ARN of the object."),
	})
	return schema.Schema{
		MarkdownDescription: "One object of a bucket: its content, its headers and its tags.\n\nThe content is a file, a " +
			"text, a secret that is not in state, or a copy of another object. Its SHA-256 is computed when planning and sent " +
			"with it, so what is stored is what was planned: a file that changes in between is an error. Contents above 16 " +
			"MiB are sent in parts. All changes but those of `bucket` and `region` are made in place; a change of headers or " +
			"of the key sends no content.\n\nAn existing object is never taken over silently: creating it is an error that " +
			"shows the `import` block to use. Tags under `ignore_tags` survive every change.",
		Attributes: attributes,
		Blocks:     map[string]schema.Block{"timeouts": timeoutsBlock(ctx, writeTimeout)},
	}
}

// objectContentSchema are the forms of a content.
func objectContentSchema() map[string]schema.Attribute {
	one := stringvalidator.ExactlyOneOf(path.MatchRoot("source"), path.MatchRoot("content"),
		path.MatchRoot("content_base64"), path.MatchRoot("content_wo"), path.MatchRoot("copy_from"))
	return map[string]schema.Attribute{
		"source": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Path of a file with the content, which every plan reads. Exactly one of `source`, " +
				"`content`, `content_base64`, `content_wo` and `copy_from` must be set.",
			Validators: []validator.String{one, stringvalidator.LengthAtLeast(1)},
		},
		"content": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The content as a text, which is stored in UTF-8. It is in state.",
		},
		"content_base64": schema.StringAttribute{
			Optional:            true,
			MarkdownDescription: "The content in base64, for what is no text. It is in state.",
			Validators:          []validator.String{fwtypes.Checked("content", "base64", inBase64)},
		},
		"content_wo": schema.StringAttribute{
			Optional: true, WriteOnly: true, Sensitive: true,
			MarkdownDescription: "The content as a secret text. It is in neither state nor plan, so it may come from an " +
				"ephemeral value; a change of `content_wo_version`, which it needs, sends it. State has neither `etag` nor " +
				"`sha256` then, but privately a salted, slow hash of the ETag, by which a change made elsewhere is seen.",
		},
		"content_wo_version": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Any text that stands for the value of `content_wo`, such as `1`; a change sends that value. " +
				"A null old value in a plan means that the content was changed elsewhere.",
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"copy_from": schema.SingleNestedAttribute{
			CustomType: fwtypes.NewObjectType[copyFromModel](),
			Optional:   true,
			MarkdownDescription: "An object, of at most 5 GiB, that the store copies. Headers and tags are those of this " +
				"resource. It is copied once: a later change of it does not show, so name a version, or change something " +
				"here. A null old value in a plan means that the copy was changed elsewhere.",
			Attributes: map[string]schema.Attribute{
				"bucket": schema.StringAttribute{
					Required: true, MarkdownDescription: "Name of the bucket, which may be another one.",
					Validators: []validator.String{fwtypes.BucketName()},
				},
				"key": schema.StringAttribute{
					Required: true, MarkdownDescription: "Key of the object.",
					Validators: []validator.String{stringvalidator.LengthBetween(1, content.MaxKey)},
				},
				"version_id": schema.StringAttribute{
					Optional: true, MarkdownDescription: "Id of a version. Default: the current one.",
					Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
				},
			},
		},
	}
}

// objectHeadersSchema are the attributes that say how the content is stored and served.
func objectHeadersSchema() map[string]schema.Attribute {
	header := func(description string) schema.StringAttribute {
		return matching(schema.StringAttribute{Optional: true, MarkdownDescription: description}, headerForm, headerRule)
	}
	contentType := header("Media type. Default: by the extension of the key, from a table of the provider, so that it " +
		"is the same on every machine; else by the first 512 bytes of the content; `application/octet-stream` for " +
		"`content_wo` and `copy_from`.")
	contentType.Computed = true
	return map[string]schema.Attribute{
		"content_type":  contentType,
		"cache_control": header("How long a cache may keep the object, such as `max-age=3600`. Default: not sent."),
		"content_encoding": header("How the content is encoded, such as `gzip`; it is stored as it is given. Default: not " +
			"sent."),
		"content_disposition": header("How a browser offers the content, such as `attachment`. Default: not sent."),
		"content_language":    header("Language of the content, such as `en`. Default: not sent."),
		"website_redirect": matching(schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Where the website endpoint of the bucket sends those who ask for this object: a path that " +
				"begins with a slash, or an address that begins with `http://` or `https://`. Default: nowhere.",
		}, redirectForm, "must begin with a slash, http:// or https://, and have no blanks"),
		"storage_class": schema.StringAttribute{
			Optional: true,
			MarkdownDescription: "Storage class. Default: `STANDARD` for a new object, later as it is: lifecycle rules may " +
				"move it. A change rewrites the object within the store. From `GLACIER` and `DEEP_ARCHIVE` nothing can be " +
				"copied: there, a change of headers or of the key sends the content again.",
			Validators: []validator.String{fwtypes.OneOf(content.StorageClasses()...)},
		},
		"encryption": objectEncryption("Encryption of the object. Default: that of the bucket. A change rewrites the " +
			"object within the store."),
		"metadata": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Metadata of your own, at most 2,048 bytes together. Names are in lower case, because S3 " +
				"makes them so; values are printable ASCII characters.",
			Validators: []validator.Map{metadataRule{}},
		},
		"tags": schema.MapAttribute{
			Optional: true, ElementType: types.StringType,
			MarkdownDescription: "Tags of the object, in addition to the provider's `default_tags`; a tag set here takes " +
				"precedence over one with the same key. Together at most 10; keys of 1 to 128 and values of up to 256 " +
				"characters; no key may begin with `aws:`. Tags that others put on the object are removed by the next apply " +
				"unless the provider's `ignore_tags` covers them.",
			Validators: []validator.Map{fwtypes.TagMap(nil)},
		},
		"tags_all": schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "All tags of the object: `tags`, the provider's `default_tags`, and `spinup:org` for the " +
				"provider's `org`.",
		},
	}
}

// inBase64 refuses what is not in base64.
func inBase64(text string) error {
	if _, err := base64.StdEncoding.DecodeString(text); err != nil {
		return fmt.Errorf("it is not in base64 (%w): the function base64encode or filebase64 makes it so", err)
	}
	return nil
}

// checkConfig holds the rules between attributes.
func (m *objectModel) checkConfig(ctx context.Context) (diags diag.Diagnostics) {
	if m.ContentWO.IsNull() && !m.ContentWOVersion.IsNull() {
		diags.AddAttributeError(path.Root("content_wo_version"), "Content missing", fmt.Sprintf(
			"content_wo_version is %s and content_wo is not set. Set both or none.", m.ContentWOVersion))
	}
	if !m.ContentWO.IsNull() && m.ContentWOVersion.IsNull() {
		diags.AddAttributeError(path.Root("content_wo"), "Version missing",
			"content_wo is set and content_wo_version is not, so a change of the content would never be seen. Set "+
				"content_wo_version, such as \"1\".")
	}
	from := m.CopyFrom.Get(ctx, &diags)
	if !m.CopyFrom.IsNull() && !from.Key.IsUnknown() && from.Key.Equal(m.Key) && from.Bucket.Equal(m.Bucket) {
		diags.AddAttributeError(path.Root("copy_from").AtName("key"), "Invalid copy", fmt.Sprintf(
			"copy_from names %q of the bucket %q, which is the object itself. Set another one.", from.Key.ValueString(),
			from.Bucket.ValueString()))
	}
	m.Encryption.Get(ctx, &diags).check(&diags)
	return diags
}

// checkPlan holds the rules that need the provider's configuration.
func (m *objectModel) checkPlan(_ context.Context, data *providerData) (diags diag.Diagnostics) {
	if region := m.Region.ValueString(); region != "" {
		if err := data.checkRegion(region); err != nil {
			diags.AddAttributeError(path.Root("region"), "Invalid region", fmt.Sprintf("region: %q %s.", region, err))
		}
	}
	diags.Append(data.checkTags(m.Tags, maxObjectTags)...)
	return diags
}

// asks are what the configuration of an object asks of the store.
func (m *objectModel) asks() []ask {
	class := text("storage_class", m.StorageClass, awsclient.StorageClasses)
	class.set = class.set && m.StorageClass.ValueString() != "STANDARD"
	return []ask{
		{attribute: "tags", set: len(m.Tags.Elements()) > 0, feature: awsclient.Tagging}, class,
		{attribute: "encryption", set: !m.Encryption.IsNull() && !m.Encryption.IsUnknown(), feature: awsclient.Encryption},
	}
}
