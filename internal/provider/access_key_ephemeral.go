package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// accessKeyEphemeralModel is spinup_access_key.
type accessKeyEphemeralModel struct {
	StoredAt types.String `tfsdk:"stored_at"`
	ID       types.String `tfsdk:"id"`
	Secret   types.String `tfsdk:"secret"`
}

func newAccessKeyEphemeral() ephemeral.EphemeralResource {
	return &ephemeralResource[accessKeyEphemeralModel]{
		name: "access_key", schema: accessKeyEphemeralSchema(), open: openAccessKey,
	}
}

func accessKeyEphemeralSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "An access key, read back from the store of AWS where a resource of this provider put it: for " +
			"write-only arguments, and for the configuration of another provider. It is in neither state nor plan. Terraform " +
			"reads it in every plan and apply.\n\nSomething else that is stored there is an error, which shows nothing of it.",
		Attributes: map[string]schema.Attribute{
			"stored_at": needed("Where the key is stored, as `access_key.stored_at` of `spinup_bucket_user` and "+
				"`secret.stored_at` of `spinup_gateway_user` say it: the name of an SSM parameter, or the ARN of a Secrets "+
				"Manager secret. It must be in the provider's region.",
				fwtypes.Checked("store", "what stored_at says", checkStoredAt)),
			"id":     lent("Access key id."),
			"secret": secretly("Secret access key."),
		},
	}
}

func checkStoredAt(storedAt string) error {
	at, region, err := secretstore.At(storedAt)
	if err != nil || region != "" {
		return err
	}
	return fwtypes.CheckParameterName(at.Parameter)
}

func openAccessKey(ctx context.Context, o opening, m *accessKeyEphemeralModel, diags *diag.Diagnostics) {
	root, summary := path.Root("stored_at"), unread("access key")
	at, region, err := secretstore.At(m.StoredAt.ValueString())
	switch {
	case err != nil:
		diags.AddAttributeError(root, summary, err.Error()+".")
		return
	case region != "" && region != o.conn.Region:
		diags.AddAttributeError(root, summary, fmt.Sprintf("stored_at is %s, in the region %s, and the provider's region is "+
			"%s: use a provider configuration for that region.", m.StoredAt, region, o.conn.Region))
		return
	}
	key, err := secretstore.New(o.conn).Read(ctx, at)
	switch {
	case awsclient.IsNotFound(err):
		diags.AddAttributeError(root, "No such access key", fmt.Sprintf("There is no %s: %s", at, awsclient.Text(err)))
	case err != nil:
		diags.AddAttributeError(root, summary, withAdvice(err, awsclient.Permissions(secretstore.Reads{})))
	}
	m.ID, m.Secret = types.StringValue(key.ID), types.StringValue(key.Secret)
}
