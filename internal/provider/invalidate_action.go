package provider

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// invalidateModel is spinup_invalidate.
type invalidateModel struct {
	Domain         types.String `tfsdk:"domain"`
	DistributionID types.String `tfsdk:"distribution_id"`
	Paths          []string     `tfsdk:"paths"`
}

func newInvalidateAction() action.Action {
	return &providerAction{name: "invalidate", check: checkInvalidate, run: invalidate, schema: schema.Schema{
		MarkdownDescription: "Removes objects from the caches of a CloudFront distribution, so that they are fetched anew, " +
			"and waits until that is done everywhere: 20 minutes at most, then a warning names the invalidation, which goes " +
			"on. Nothing that is stored changes.\n\nWithout actions, a change of `invalidation.trigger` of `spinup_website` " +
			"does the same, and `invalidate` of `spinup_directory` for the files that change.",
		Attributes: map[string]schema.Attribute{
			"domain": may("Host name of the site. Its distribution is the one that has this name among its own, whoever made "+
				"it; an enabled one comes first. Exactly one of `domain` and `distribution_id` must be set.", fwtypes.HostName()),
			"distribution_id": may("Id of the distribution."),
			"paths": schema.ListAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Paths to remove, in the encoding of URLs, each beginning with a slash. One that ends in an " +
					"asterisk means all that begin so, and counts as one; CloudFront takes 15 of those at once. Default " +
					"`[\"/*\"]`: everything.",
			},
		},
	}}
}

// checkInvalidate holds the rules of an invocation.
func checkInvalidate(ctx context.Context, in invocation) {
	var m invalidateModel
	if !in.read(ctx, &m) {
		return
	}
	if m.Domain.ValueString() == "" && m.DistributionID.ValueString() == "" ||
		!m.Domain.IsNull() && !m.DistributionID.IsNull() {
		in.refuse("domain", "Invalid distribution", "domain is %s and distribution_id is %s, want exactly one of them: set "+
			"domain to the host name of a site, or distribution_id to the id of its distribution.", m.Domain, m.DistributionID)
	}
	if m.Paths != nil && len(m.Paths) == 0 {
		in.refuse("paths", "Invalid paths", "paths is empty, want at least one path; leave it out to invalidate everything.")
	}
	if i := slices.IndexFunc(m.Paths, func(at string) bool { return !strings.HasPrefix(at, "/") }); i >= 0 {
		in.refuse("paths", "Invalid paths", "paths: %q does not begin with a slash, such as \"/docs/*\".", m.Paths[i])
	} else if err := website.CheckPaths(m.Paths); err != nil {
		in.refuse("paths", "Invalid paths", "paths: %v.", err)
	}
}

func invalidate(ctx context.Context, in invocation) {
	var m invalidateModel
	if !in.read(ctx, &m) {
		return
	}
	paths, at := m.Paths, "domain"
	if paths == nil {
		paths = []string{"/*"}
	}
	if m.Domain.IsNull() {
		at = "distribution_id"
	}
	id, err := website.Invalidate(ctx, in.conn, m.Domain.ValueString(), m.DistributionID.ValueString(), paths, in.tell)
	late := awsclient.IsTimeout(err) || errors.Is(err, context.DeadlineExceeded)
	switch {
	case err == nil:
		in.tell("the caches are rid of what was invalidated")
	case errors.Is(err, website.ErrNoDistribution):
		in.refuse(at, "No such distribution", "domain is %s, but no distribution of the account has this name: name a site "+
			"that is there, or its distribution_id.", m.Domain)
	case id != "" && late:
		in.diags.AddWarning("Caches are still being invalidated", "The invalidation "+id+" was begun and goes on: "+
			awsclient.Text(err)+".")
	case id != "":
		in.failed(at, "Invalidation was begun, but cannot be followed", err, website.Invalidations{})
	default:
		in.failed(at, "Caches could not be invalidated", err, website.Invalidations{})
	}
}
