package provider

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// newReapAction deletes what websites with destroy_mode = "disable" have left. Without it, the last site of an account
// would have nobody to do that.
func newReapAction() action.Action {
	return &providerAction{name: "reap", run: reap, schema: schema.Schema{
		MarkdownDescription: "Deletes the distributions that destroyed websites with `destroy_mode = \"disable\"` have " +
			"left in the account, with their functions, origin access controls and certificates. It does not wait: " +
			"distributions that CloudFront has not disabled everywhere are named in a warning.\n\nWithout actions, the next " +
			"change of any `spinup_website` of the account does the same.",
	}}
}

func reap(ctx context.Context, in invocation) {
	deleted, waiting, err := website.Reap(ctx, in.conn)
	for _, one := range deleted {
		in.tell("deleted the distribution " + one)
	}
	if err != nil {
		in.diags.AddError("Websites could not be reaped", withAdvice(err, awsclient.Permissions(website.API{})))
	}
	if len(waiting) > 0 && err == nil {
		in.diags.AddWarning("Websites are still being disabled", "These distributions are not disabled everywhere yet: "+
			strings.Join(waiting, ", ")+". Invoke the action again in some minutes.")
	}
}
