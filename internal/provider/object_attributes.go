package provider

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// headerForm is what a header can carry from end to end.
var headerForm = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`)

const headerRule = "must be printable ASCII characters, without line breaks and without blanks at the ends"

func headerValue() validator.String { return stringvalidator.RegexMatches(headerForm, headerRule) }

// objectEncryption is how objects are encrypted.
func objectEncryption(description string) schema.Attribute {
	return schema.SingleNestedAttribute{
		CustomType:          fwtypes.NewObjectType[encryptionModel](),
		Optional:            true,
		MarkdownDescription: description,
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
	}
}

// globKeys checks the keys of a map, which are patterns, and its values, which are headers.
type globKeys struct{}

// Description says what is allowed.
func (globKeys) Description(context.Context) string { return "patterns, and values of a header" }

// MarkdownDescription says what is allowed.
func (r globKeys) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateMap checks keys and values.
func (globKeys) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	all := req.ConfigValue.Elements()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		at := req.Path.AtMapKey(key)
		if err := content.CheckGlob(key); err != nil {
			resp.Diagnostics.AddAttributeError(at, "Invalid pattern", fmt.Sprintf("%s: %v.", at, err))
		}
		value, ok := all[key].(types.String)
		if ok && !value.IsUnknown() && !headerForm.MatchString(value.ValueString()) {
			resp.Diagnostics.AddAttributeError(at, "Invalid header", fmt.Sprintf("%s is %q and %s.", at, value.ValueString(),
				headerRule))
		}
	}
}

// metadataForm is the name of a piece of metadata as S3 gives it back.
var metadataForm = regexp.MustCompile(`^[a-z0-9!#$%&'*+.^_|~-]+$`)

// maxMetadata is how many bytes the names and values of metadata may have together.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
const maxMetadata = 2048

// metadataRule refuses metadata that would not come back as it was sent.
type metadataRule struct{}

// Description says what is allowed.
func (metadataRule) Description(context.Context) string {
	return "names in lower case, and values of printable ASCII characters"
}

// MarkdownDescription says what is allowed.
func (r metadataRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateMap checks the values.
func (metadataRule) ValidateMap(_ context.Context, req validator.MapRequest, resp *validator.MapResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	all, size := req.ConfigValue.Elements(), 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		at := req.Path.AtMapKey(name)
		value, _ := all[name].(types.String)
		size += len(name) + len(value.ValueString())
		switch {
		case !metadataForm.MatchString(name):
			resp.Diagnostics.AddAttributeError(at, "Invalid metadata", fmt.Sprintf(
				"%s: the name %q must be lower-case letters, digits and any of !#$%%&'*+.^_|~-.", req.Path, name))
		case value.IsNull(), !value.IsUnknown() && !headerForm.MatchString(value.ValueString()):
			resp.Diagnostics.AddAttributeError(at, "Invalid metadata", fmt.Sprintf(
				"%s: the value %s of %q %s.", req.Path, value, name, headerRule))
		}
	}
	if size > maxMetadata {
		resp.Diagnostics.AddAttributeError(req.Path, "Too much metadata", fmt.Sprintf(
			"%s has %d bytes, want at most %d.", req.Path, size, maxMetadata))
	}
}
