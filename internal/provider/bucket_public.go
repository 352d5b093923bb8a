package provider

import (
	"context"
	"fmt"

	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// publicBlockModel are the four switches against public access.
type publicBlockModel struct {
	BlockPublicACLs       types.Bool `tfsdk:"block_public_acls"`
	IgnorePublicACLs      types.Bool `tfsdk:"ignore_public_acls"`
	BlockPublicPolicy     types.Bool `tfsdk:"block_public_policy"`
	RestrictPublicBuckets types.Bool `tfsdk:"restrict_public_buckets"`
}

func publicBlockSchema() schema.Attribute {
	return schema.SingleNestedAttribute{
		CustomType: fwtypes.NewObjectType[publicBlockModel](),
		Optional:   true,
		Computed:   true,
		MarkdownDescription: "The four switches of S3's public access block, one by one, for what `public_access` has no " +
			"word for, such as a bucket that was found so. Not together with `public_access`, which then says what follows " +
			"from the switches, and adds no public statement. Default: the switches of `public_access`; null where the store " +
			"has none.",
		Attributes: map[string]schema.Attribute{
			"block_public_acls":  toggle("Whether S3 refuses requests that set a public ACL. Default `true`."),
			"ignore_public_acls": toggle("Whether S3 takes no notice of public ACLs. Default `true`."),
			"block_public_policy": toggle("Whether S3 refuses a bucket policy that makes the bucket public. Default " +
				"`true`."),
			"restrict_public_buckets": toggle("Whether only the account and services of AWS may use the bucket while its " +
				"policy is public. Default `true`."),
		},
	}
}

func publicBlockDataSchema() dataschema.Attribute {
	return dataschema.SingleNestedAttribute{
		CustomType:          fwtypes.NewObjectType[publicBlockModel](),
		Computed:            true,
		MarkdownDescription: "The four switches of S3's public access block; null if the store has none.",
		Attributes: map[string]dataschema.Attribute{
			"block_public_acls":       dataFlag("Whether S3 refuses requests that set a public ACL."),
			"ignore_public_acls":      dataFlag("Whether S3 takes no notice of public ACLs."),
			"block_public_policy":     dataFlag("Whether S3 refuses a bucket policy that makes the bucket public."),
			"restrict_public_buckets": dataFlag("Whether only the account and services of AWS may use a public bucket."),
		},
	}
}

// resolvePublicAccess lets the two attributes follow from each other. Public is the default of public_access where
// neither is configured.
func (m *bucketModel) resolvePublicAccess(
	ctx context.Context, r turn[bucketModel], public types.String, diags *diag.Diagnostics,
) {
	word, block := r.config.PublicAccess, r.config.PublicAccessBlock
	switch {
	case block.IsUnknown():
		m.PublicAccess, m.PublicAccessBlock = pick(word, types.StringUnknown()), block
		return
	case !block.IsNull():
		filled := block.Get(ctx, diags).resolved()
		m.PublicAccessBlock = fwtypes.ObjectFrom(ctx, filled, diags)
		m.PublicAccess = pick(word, filled.publicAccess())
		m.keepIgnored(r, filled, diags)
		return
	}
	m.PublicAccess = pick(word, public)
	m.PublicAccessBlock = m.impliedBlock(ctx, r, diags)
}

// keepIgnored leaves both attributes as they are where they contradict each other. A configuration has one of them, and
// ignore_changes puts what is in state for the other one.
func (m *bucketModel) keepIgnored(r turn[bucketModel], filled publicBlockModel, diags *diag.Diagnostics) {
	word := m.PublicAccess.ValueString()
	if r.prior == nil || word == "" || word == filled.publicAccess().ValueString() ||
		word != bucket.Mixed && bucket.BlockFor(word) == filled.block() {
		return
	}
	was := r.prior
	if !m.PublicAccess.Equal(was.PublicAccess) || !m.PublicAccessBlock.Equal(was.PublicAccessBlock) {
		diags.AddAttributeWarning(path.Root("public_access"), "Public access stays as it is", "ignore_changes has one of "+
			"public_access and public_access_block, and the configuration another value for the other one. Both set the same "+
			"switches, so both are left as they are. To change them, remove the attribute from ignore_changes.")
	}
	m.PublicAccess, m.PublicAccessBlock = was.PublicAccess, was.PublicAccessBlock
}

// impliedBlock are the switches that follow from public_access. Whether a store of which that is not known has them,
// state says, or the apply.
func (m *bucketModel) impliedBlock(
	ctx context.Context, r turn[bucketModel], diags *diag.Diagnostics,
) fwtypes.ObjectOf[publicBlockModel] {
	unknown := r.data.isUnknown("platform") || m.PublicAccess.IsUnknown()
	switch {
	case !unknown && (m.PublicAccess.IsNull() || r.data.platform.Lacks(awsclient.PublicAccessBlock)):
		return fwtypes.ObjectNull[publicBlockModel]()
	case !unknown && r.prior != nil && m.PublicAccess.ValueString() == bucket.Mixed: // by ignore_changes: no word for it
		return r.prior.PublicAccessBlock
	case !unknown && r.data.platform.Has(awsclient.PublicAccessBlock):
		block := bucket.BlockFor(m.PublicAccess.ValueString())
		return blockSeen(ctx, &block, diags)
	case !unknown && r.prior != nil && m.PublicAccess.Equal(r.prior.PublicAccess):
		return r.prior.PublicAccessBlock
	}
	return fwtypes.ObjectUnknown[publicBlockModel]()
}

// resolved are the switches with their defaults.
func (m publicBlockModel) resolved() publicBlockModel {
	on := types.BoolValue(true)
	return publicBlockModel{
		pick(m.BlockPublicACLs, on), pick(m.IgnorePublicACLs, on), pick(m.BlockPublicPolicy, on),
		pick(m.RestrictPublicBuckets, on),
	}
}

// publicAccess is the value of public_access that follows from the switches.
func (m publicBlockModel) publicAccess() types.String {
	for _, one := range []types.Bool{
		m.BlockPublicACLs, m.IgnorePublicACLs, m.BlockPublicPolicy, m.RestrictPublicBuckets,
	} {
		if one.IsUnknown() {
			return types.StringUnknown()
		}
	}
	return types.StringValue(m.block().PublicAccess())
}

func (m publicBlockModel) block() bucket.Block {
	return bucket.Block{
		PublicACLs: m.BlockPublicACLs.ValueBool(), IgnoreACLs: m.IgnorePublicACLs.ValueBool(),
		PublicPolicy: m.BlockPublicPolicy.ValueBool(), Restrict: m.RestrictPublicBuckets.ValueBool(),
	}
}

// blockOf are the switches of the attribute; nil where they are not known, or nobody says how they should be.
func blockOf(
	ctx context.Context, from fwtypes.ObjectOf[publicBlockModel], diags *diag.Diagnostics,
) *bucket.Block {
	if from.IsNull() || from.IsUnknown() {
		return nil
	}
	block := from.Get(ctx, diags).block()
	return &block
}

// blockSeen is the attribute for switches that were seen.
func blockSeen(
	ctx context.Context, seen *bucket.Block, diags *diag.Diagnostics,
) fwtypes.ObjectOf[publicBlockModel] {
	if seen == nil {
		return fwtypes.ObjectNull[publicBlockModel]()
	}
	return fwtypes.ObjectFrom(ctx, publicBlockModel{
		types.BoolValue(seen.PublicACLs), types.BoolValue(seen.IgnoreACLs), types.BoolValue(seen.PublicPolicy),
		types.BoolValue(seen.Restrict),
	}, diags)
}

// checkPublicAccess refuses two attributes for one thing.
func (m *bucketModel) checkPublicAccess(diags *diag.Diagnostics) {
	if m.PublicAccess.ValueString() == "" || m.PublicAccessBlock.IsNull() || m.PublicAccessBlock.IsUnknown() {
		return
	}
	diags.AddAttributeError(path.Root("public_access_block"), "Invalid public access", fmt.Sprintf(
		"public_access_block is set together with public_access = %s, which sets the same switches. Set one of the two.",
		m.PublicAccess))
}
