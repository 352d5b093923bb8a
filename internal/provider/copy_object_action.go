package provider

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/object"
)

// transferModel is spinup_copy_object and spinup_move_object.
type transferModel struct {
	Source      *transferSource      `tfsdk:"source"`
	Destination *transferDestination `tfsdk:"destination"`
	Overwrite   types.Bool           `tfsdk:"overwrite"`
}

type transferSource struct {
	Bucket    types.String `tfsdk:"bucket"`
	Key       types.String `tfsdk:"key"`
	VersionID types.String `tfsdk:"version_id"`
}

type transferDestination struct {
	Bucket types.String `tfsdk:"bucket"`
	Key    types.String `tfsdk:"key"`
}

// howCopied is what a copy and a move have in common.
const howCopied = "The store copies the object, of at most 5 GiB, with its headers, metadata, tags and storage " +
	"class. Encryption is kept within a bucket; another bucket's own applies there. Then the copy is looked at. A copy " +
	"that is there already, with the same bytes, headers and tags, is left as it is, so that an " +
	"interrupted run can be repeated."

func newCopyObjectAction() action.Action {
	return &providerAction{
		name: "copy_object", check: checkCopy, run: copyObject,
		schema: transferSchema("Copies an object. "+howCopied+"\n\nWithout actions, `copy_from` of `spinup_object` copies "+
			"an object into one that Terraform manages.", "Default: the current one."),
	}
}

func newMoveObjectAction() action.Action {
	return &providerAction{
		name: "move_object", check: checkMove, run: moveObject,
		schema: transferSchema("Moves an object: copies it, and deletes the source. "+howCopied+" The source is deleted "+
			"only after that, and only if it is still what was copied; in a bucket with versions it stays as an old one. What "+
			"a `spinup_object` has put there is missing in its next plan.\n\nWithout actions, a change of `key` of "+
			"`spinup_object` moves its object within the bucket.",
			"This version is then deleted for good. Default: the current one, which a bucket with versions keeps."),
	}
}

func transferSchema(description, version string) schema.Schema {
	keyLength := stringvalidator.LengthBetween(1, content.MaxKey)
	return schema.Schema{
		MarkdownDescription: description,
		Attributes: map[string]schema.Attribute{
			"source": schema.SingleNestedAttribute{
				Required: true, MarkdownDescription: "The object that is copied.",
				Attributes: map[string]schema.Attribute{
					"bucket":     must("Name of the bucket.", fwtypes.BucketName()),
					"key":        must("Key of the object: 1 to 1,024 bytes.", keyLength),
					"version_id": may("Id of a version. "+version, stringvalidator.LengthAtLeast(1)),
				},
			},
			"destination": schema.SingleNestedAttribute{
				Required: true, MarkdownDescription: "Where the copy is put.",
				Attributes: map[string]schema.Attribute{
					"bucket": must("Name of the bucket, which may be another one.", fwtypes.BucketName()),
					"key":    must("Key of the copy: 1 to 1,024 bytes.", keyLength),
				},
			},
			"overwrite": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Whether another object may be replaced that stands at the destination. S3 has no condition " +
					"for that: what is written there in the moment of the copy is replaced all the same. Default `false`.",
			},
		},
	}
}

// checkCopy refuses a copy of an object onto itself, which changes nothing. An old version may become the current one.
func checkCopy(ctx context.Context, in invocation) { checkTransfer(ctx, in, true) }

// checkMove refuses a move of an object onto itself.
func checkMove(ctx context.Context, in invocation) { checkTransfer(ctx, in, false) }

func checkTransfer(ctx context.Context, in invocation, versions bool) {
	var m transferModel
	if !in.read(ctx, &m) || m.Source == nil || m.Destination == nil || versions && !m.Source.VersionID.IsNull() {
		return // the schema asks for both
	}
	if m.Source.Bucket.Equal(m.Destination.Bucket) && m.Source.Key.Equal(m.Destination.Key) {
		in.refuse("destination", "Invalid destination", "destination is the key %s of the bucket %s, which is the source: "+
			"name another key or bucket.", m.Destination.Key, m.Destination.Bucket)
	}
}

func (m transferModel) transfer() object.Transfer {
	return object.Transfer{
		From:      content.Place{Bucket: m.Source.Bucket.ValueString(), Key: m.Source.Key.ValueString()},
		Version:   m.Source.VersionID.ValueString(),
		To:        content.Place{Bucket: m.Destination.Bucket.ValueString(), Key: m.Destination.Key.ValueString()},
		Overwrite: m.Overwrite.ValueBool(),
	}
}

func copyObject(ctx context.Context, in invocation) {
	transferred(ctx, in, "copied", object.CopyCalls{}, object.Transfer.Copy)
}

func moveObject(ctx context.Context, in invocation) {
	transferred(ctx, in, "moved", object.MoveCalls{}, object.Transfer.Move)
}

func transferred(
	ctx context.Context, in invocation, done string, api any,
	transfer func(object.Transfer, context.Context, *awsclient.Conn, func(string)) error,
) {
	var m transferModel
	if !in.read(ctx, &m) {
		return
	}
	err := transfer(m.transfer(), ctx, in.conn, in.tell)
	switch {
	case errors.Is(err, object.ErrNoSource):
		in.refuse("source", "No such object", "source is the key %s of the bucket %s, but there is no such object, or no "+
			"such version: name one that is there.", m.Source.Key, m.Source.Bucket)
	case errors.Is(err, object.ErrOccupied):
		in.refuse("destination", "Object exists already", "destination is the key %s of the bucket %s, and another object "+
			"is there: name another key, delete that object, or set overwrite = true.", m.Destination.Key, m.Destination.Bucket)
	case err != nil:
		in.failed("source", "Object could not be "+done, err, api)
	}
}
