package provider

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// providerAction is what all actions share. An action writes no state: what it changes of a resource's objects, the
// next refresh of that resource sees.
type providerAction struct {
	name   string // after "spinup_"
	schema schema.Schema
	check  func(ctx context.Context, in invocation) // of a configuration without unknown values; nil: nothing to check
	run    func(ctx context.Context, in invocation)

	data *providerData
}

// invocation is one call of an action, or the validation of one.
type invocation struct {
	config tfsdk.Config
	conn   *awsclient.Conn // nil during validation
	tell   func(message string)
	diags  *diag.Diagnostics
}

// Metadata gives the name.
func (a *providerAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + a.name
}

// Schema gives the schema.
func (a *providerAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = a.schema
}

// Configure takes the provider's data; there is none during validation.
func (a *providerAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.data, _ = req.ProviderData.(*providerData)
}

// ValidateConfig holds the rules between attributes, once all are known.
func (a *providerAction) ValidateConfig(
	ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse,
) {
	if a.check != nil && req.Config.Raw.IsFullyKnown() {
		a.check(ctx, invocation{config: req.Config, diags: &resp.Diagnostics})
	}
}

// Invoke does it once, within the time of a write. What was not known when it was validated is checked before.
func (a *providerAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	in := invocation{config: req.Config, diags: &resp.Diagnostics, tell: func(message string) {
		resp.SendProgress(action.InvokeProgressEvent{Message: message})
	}}
	if a.check != nil {
		if a.check(ctx, in); resp.Diagnostics.HasError() {
			return
		}
	}
	conn, err := a.data.connect(ctx)
	if err != nil {
		resp.Diagnostics.Append(connectDiagnostic(err))
		return
	}
	in.conn = conn
	a.run(ctx, in)
}

// read fills the struct behind the schema, and reports whether it could.
func (i invocation) read(ctx context.Context, model any) bool {
	i.diags.Append(i.config.Get(ctx, model)...)
	return !i.diags.HasError()
}

// refuse is the error of an attribute whose value cannot be used.
func (i invocation) refuse(attribute, summary, format string, args ...any) {
	i.diags.AddAttributeError(path.Root(attribute), summary, fmt.Sprintf(format, args...))
}

// failed is the error of a run. The api declares the permissions of the calls that it makes.
func (i invocation) failed(attribute, summary string, err error, api any) {
	i.diags.AddAttributeError(path.Root(attribute), summary, withAdvice(err, awsclient.Permissions(api)))
}

// counting tells how far long work has come, at the pace of the log, until it is done.
func (i invocation) counting(ctx context.Context, count func() string, work func() error) error {
	done := make(chan error, 1)
	go func() { done <- work() }()
	tick := time.NewTicker(max(i.conn.Pace.Count, time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case <-tick.C:
			if ctx.Err() == nil {
				i.tell(count())
			}
		}
	}
}

// must is a text that an action needs.
func must(description string, rules ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Required: true, MarkdownDescription: description, Validators: rules}
}

// may is a text that an action can do without.
func may(description string, rules ...validator.String) schema.StringAttribute {
	return schema.StringAttribute{Optional: true, MarkdownDescription: description, Validators: rules}
}
