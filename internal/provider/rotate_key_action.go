package provider

import (
	"context"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// rotateKeyModel is spinup_rotate_key.
type rotateKeyModel struct {
	Bucket   types.String `tfsdk:"bucket"`
	Name     types.String `tfsdk:"name"`
	StoredAt types.String `tfsdk:"stored_at"`
}

func newRotateKeyAction() action.Action {
	return &providerAction{name: "rotate_key", check: checkRotateKey, run: rotateKey, schema: schema.Schema{
		MarkdownDescription: "Creates a new access key for a `spinup_bucket_user` whose secret is in an SSM parameter or " +
			"in Secrets Manager, and puts it there in the place of the present one, which stays valid. The next plan of the " +
			"resource finds the new key as its own and the former one as the previous one, and deletes that when `overlap` " +
			"is over and nobody uses it, as after any rotation. If the new key cannot be stored, it is deleted again.\n\n" +
			"Nothing is created if the store does not bear the mark of this user and bucket, or if the user has two keys " +
			"already, since IAM allows no more. What is stored has an element `replaces` beside the two of a key until the " +
			"next rotation by the resource.\n\nWithout actions, and for a secret that is in state or encrypted with PGP, " +
			"which no action can write, a change of `access_key.rotation` does the same.",
		Attributes: map[string]schema.Attribute{
			"bucket": must("Name of the bucket of the user.", fwtypes.BucketName()),
			"name":   must("Name of the IAM user.", stringvalidator.LengthBetween(1, 64)),
			"stored_at": may("Where the key is stored, as `access_key.stored_at` of the resource says it: the name of an SSM " +
				"parameter, or the ARN of a Secrets Manager secret, in the provider's region. It must be set; state and PGP " +
				"have none."),
		},
	}}
}

// checkRotateKey holds the rules of an invocation.
func checkRotateKey(ctx context.Context, in invocation) {
	var m rotateKeyModel
	if !in.read(ctx, &m) {
		return
	}
	at := m.StoredAt.ValueString()
	if at == "" {
		in.refuse("stored_at", "No store of the access key", "stored_at is %s, want the access_key.stored_at of the user, "+
			"which is set if its secret is in an SSM parameter or in Secrets Manager. An action cannot put a secret into state "+
			"or encrypt it with PGP: change access_key.rotation of spinup_bucket_user instead, and apply.", m.StoredAt)
		return
	}
	if err := checkStoredAt(at); err != nil {
		in.refuse("stored_at", "Invalid store", "stored_at: %v.", err)
	} else if strings.HasPrefix(at, "arn:") && !strings.Contains(at, ":secretsmanager:") {
		in.refuse("stored_at", "Invalid store", "stored_at is %q, want the name of the parameter, as stored_at of the user "+
			"says it.", at)
	}
}

func rotateKey(ctx context.Context, in invocation) {
	var m rotateKeyModel
	if !in.read(ctx, &m) {
		return
	}
	at, region, err := secretstore.At(m.StoredAt.ValueString())
	if err == nil && region != "" && region != in.conn.Region {
		in.refuse("stored_at", "Invalid store", "stored_at is %s, in the region %s, and the provider's region is %s: use a "+
			"provider configuration for that region.", m.StoredAt, region, in.conn.Region)
		return
	}
	if err == nil {
		err = bucketuser.Rotate(ctx, in.conn,
			bucketuser.Rotation{Bucket: m.Bucket.ValueString(), Name: m.Name.ValueString(), Store: at}, in.tell)
	}
	switch {
	case errors.Is(err, bucketuser.ErrNoUser):
		in.refuse("name", "No such user", "name is %s, but there is no IAM user of this name: name one that is "+
			"there.", m.Name)
	case err != nil:
		in.failed("name", "Access key could not be rotated", err, bucketuser.RotationCalls{})
	}
}
