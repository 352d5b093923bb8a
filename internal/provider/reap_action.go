package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// reapAction deletes what websites with destroy_mode = "disable" have left. Without it, the last site of an account
// would have nobody to do that.
type reapAction struct{ data *providerData }

func newReapAction() action.Action { return &reapAction{} }

func (*reapAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_reap"
}

func (*reapAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Deletes the distributions that destroyed websites with `destroy_mode = \"disable\"` have " +
			"left in the account, with their functions, origin access controls and certificates. It does not wait: " +
			"distributions that CloudFront has not disabled everywhere are named in a warning.",
	}
}

// Configure takes the provider's data; there is none during validation.
func (a *reapAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.data, _ = req.ProviderData.(*providerData)
}

// Invoke reaps once, within the time of a write.
func (a *reapAction) Invoke(ctx context.Context, _ action.InvokeRequest, resp *action.InvokeResponse) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	conn, err := a.data.connect(ctx)
	if err != nil {
		resp.Diagnostics.Append(connectDiagnostic(err))
		return
	}
	deleted, waiting, err := website.Reap(ctx, conn)
	for _, one := range deleted {
		resp.SendProgress(action.InvokeProgressEvent{Message: "deleted the distribution " + one})
	}
	if err != nil {
		permissions := awsclient.Permissions(website.API{})
		resp.Diagnostics.AddError("Websites could not be reaped", withAdvice(err, permissions))
	}
	if len(waiting) > 0 && err == nil {
		resp.Diagnostics.Append(diag.NewWarningDiagnostic("Websites are still being disabled", "These distributions are not "+
			"disabled everywhere yet: "+strings.Join(waiting, ", ")+". Invoke the action again in some minutes."))
	}
}
