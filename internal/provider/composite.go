package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// composite is the envelope of every composite resource: create, read, update, delete, import, identity, timeouts and
// the failure protocol, once. M is the tfsdk struct, S and O are the engine's wanted and seen.
type composite[M, S, O any, P model[M, S, O]] struct {
	noun        string // the type is spinup_<noun>
	schema      func(context.Context) schema.Schema
	identity    identityschema.Schema
	keys        []string // attributes that make up the import id, in its order, with a slash between
	slashes     bool     // the last of them may be any text, with slashes wherever it likes
	build       func(*awsclient.Conn) reconcile.Composite[S, O]
	permissions []awsclient.Permission
	preflight   bool          // a plan looks whether a new object could be made
	patience    time.Duration // the time-out of writes whose configuration sets none; 0 for writeTimeout
	data        *providerData
}

// model is the seam between Terraform and a domain package: a pointer to a tfsdk struct.
type model[M, S, O any] interface {
	*M
	// checkConfig and checkPlan hold the rules between attributes; the second may use the provider's configuration.
	checkConfig(ctx context.Context) diag.Diagnostics
	checkPlan(ctx context.Context, data *providerData) diag.Diagnostics
	// resolve fills what the configuration leaves open: defaults, the provider's settings, and what can be told of
	// computed values. What cannot be known yet stays unknown; when applying nothing but AWS's answers may.
	resolve(ctx context.Context, r resolution[M]) diag.Diagnostics
	// spec says what is wanted. Prior is the state before, nil if there is none.
	spec(ctx context.Context, conn *awsclient.Conn, data *providerData, prior *M) (S, diag.Diagnostics)
	// fill records what was seen, over whatever the model says.
	fill(ctx context.Context, conn *awsclient.Conn, data *providerData, want S, have O) diag.Diagnostics
	// locate completes a model that an import has just begun. It says false when there is no such object, and does
	// nothing for a model that is not being imported.
	locate(ctx context.Context, conn *awsclient.Conn) (bool, error)
	// identify gives the struct of the resource's identity.
	identify() any
	importID() string
	limits() timeouts.Value
}

// resolution is what a model is resolved against.
type resolution[M any] struct {
	config   *M
	prior    *M // nil when the object is new
	data     *providerData
	applying bool
}

var (
	_ resource.ResourceWithConfigure   = (*composite[bucketModel, bucketSpec, bucketStatus, *bucketModel])(nil)
	_ resource.ResourceWithIdentity    = (*composite[bucketModel, bucketSpec, bucketStatus, *bucketModel])(nil)
	_ resource.ResourceWithImportState = (*composite[bucketModel, bucketSpec, bucketStatus, *bucketModel])(nil)
	_ resource.ResourceWithModifyPlan  = (*composite[bucketModel, bucketSpec, bucketStatus, *bucketModel])(nil)
)

// The time-outs of a composite whose configuration sets none.
const (
	writeTimeout = 20 * time.Minute
	readTimeout  = 5 * time.Minute
)

// timeoutsBlock is the block that every composite has, with a description of its own, which the library's lacks. Writes
// is the default of all operations but reading.
func timeoutsBlock(ctx context.Context, writes time.Duration) schema.Block {
	said := fmt.Sprintf("Default `%.0fm`.", writes.Minutes())
	block := timeouts.Block(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "Longest time to create. " + said,
		ReadDescription:   "Longest time to read, which every plan does. Default `5m`.",
		UpdateDescription: "Longest time to update. " + said,
		DeleteDescription: "Longest time to destroy. " + said,
	}).(schema.SingleNestedBlock)
	block.MarkdownDescription = "How long an operation may take, retries and waiting included, as numbers with units: " +
		"`30s`, `20m`, `1h30m`. What is not done by then is left to the next apply."
	return block
}

func (c *composite[M, S, O, P]) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + c.noun
}

func (c *composite[M, S, O, P]) Schema(
	ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	resp.Schema = c.schema(ctx)
}

func (c *composite[M, S, O, P]) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = c.identity
}

func (c *composite[M, S, O, P]) Configure(
	_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse,
) {
	c.data, _ = req.ProviderData.(*providerData) // nil while only validating
}

// run is one operation on one model: the connection, the time limit and the engine.
type run[M, S, O any, P model[M, S, O]] struct {
	*composite[M, S, O, P]
	conn   *awsclient.Conn
	engine reconcile.Composite[S, O]
}

func (c *composite[M, S, O, P]) start(ctx context.Context) (*run[M, S, O, P], error) {
	if len(c.data.unknown) > 0 { // one that connect can do without may still decide which tags are ours
		return nil, fmt.Errorf("%s is %w", c.data.unknown[0], errProviderUnknown)
	}
	conn, err := c.data.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &run[M, S, O, P]{c, conn, c.build(conn)}, nil
}

// limited gives ctx the user's time-out, or the default.
func limited(
	ctx context.Context, get func(context.Context, time.Duration) (time.Duration, diag.Diagnostics),
	otherwise time.Duration, diags *diag.Diagnostics,
) (context.Context, context.CancelFunc) {
	limit, d := get(ctx, otherwise)
	diags.Append(d...)
	return context.WithTimeout(ctx, limit)
}

func (c *composite[M, S, O, P]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var config, plan M
	resp.State.RemoveResource(ctx) // until something exists
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	c.write(ctx, P(&plan), &config, nil, req.Plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

func (c *composite[M, S, O, P]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var config, plan, prior M
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, P(&prior).identify())...)
	c.write(ctx, P(&plan), &config, &prior, req.Plan, &resp.State, resp.Identity, &resp.Diagnostics)
}

// write is create (without prior) and update. It leaves state as it is when nothing was written.
func (c *composite[M, S, O, P]) write(
	ctx context.Context, plan P, config, prior *M, from tfsdk.Plan,
	state *tfsdk.State, identity *tfsdk.ResourceIdentity, diags *diag.Diagnostics,
) {
	r, err := c.start(ctx)
	if err != nil {
		diags.Append(connectDiagnostic(err))
		return
	}
	diags.Append(plan.resolve(ctx, resolution[M]{config: config, prior: prior, data: c.data, applying: true})...)
	want, d := plan.spec(ctx, r.conn, c.data, prior)
	diags.Append(d...)
	timeout := plan.limits().Update
	if prior == nil {
		timeout = plan.limits().Create
	}
	ctx, cancel := limited(ctx, timeout, cmp.Or(c.patience, writeTimeout), diags)
	defer cancel()
	if diags.HasError() {
		return
	}

	var have O
	if prior == nil {
		have, err = r.engine.Create(ctx, want)
	} else {
		var was S
		was, d = P(prior).spec(ctx, r.conn, c.data, prior)
		if diags.Append(d...); d.HasError() {
			return
		}
		have, err = r.engine.Update(ctx, was, want)
	}
	var failed reconcile.Errors
	if errors.As(err, &failed) && !failed.Wrote() || err != nil && prior == nil && !r.engine.Exists(have) {
		c.report(failed, prior == nil, false, plan, diags)
		return
	}

	// The context may be dead by now; recording what exists must not depend on it.
	ctx = context.WithoutCancel(ctx)
	diags.Append(plan.fill(ctx, r.conn, c.data, want, have)...)
	state.Raw = from.Raw
	diags.Append(state.Set(ctx, plan)...)
	diags.Append(nullUnknown(state)...)
	diags.Append(identity.Set(ctx, plan.identify())...)
	c.report(failed, prior == nil, true, plan, diags)
}

// nullUnknown turns what is still unknown after a failure into null: Terraform would call it a bug on top of the error.
func nullUnknown(state *tfsdk.State) (diags diag.Diagnostics) {
	raw, err := tftypes.Transform(state.Raw, func(_ *tftypes.AttributePath, v tftypes.Value) (tftypes.Value, error) {
		if v.IsKnown() {
			return v, nil
		}
		return tftypes.NewValue(v.Type(), nil), nil
	})
	if err != nil {
		diags.AddError("Cannot record state", err.Error())
		return diags
	}
	state.Raw = raw
	return diags
}

func (c *composite[M, S, O, P]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var seen M
	resp.Diagnostics.Append(req.State.Get(ctx, &seen)...)
	if resp.Diagnostics.HasError() {
		return
	}
	m := P(&seen)
	// Before anything can end this call early: Terraform wants an identity even for an object that is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identify())...)
	r, err := c.start(ctx)
	if errors.Is(err, errProviderUnknown) {
		resp.Diagnostics.AddWarning("Not refreshed", "The provider's configuration is not known before apply ("+err.Error()+
			"), so the "+c.noun+" was not looked at and changes made elsewhere do not show.")
		return
	}
	if err != nil {
		resp.Diagnostics.Append(connectDiagnostic(err))
		return
	}
	ctx, cancel := limited(ctx, m.limits().Read, readTimeout, &resp.Diagnostics)
	defer cancel()

	exists, err := m.locate(ctx, r.conn)
	if err != nil {
		failed := reconcile.Errors{{Part: c.keys[0], Stage: reconcile.Observing, Err: err}}
		c.report(failed, false, false, m, &resp.Diagnostics)
		return
	}
	if !exists {
		resp.State.RemoveResource(ctx)
		return
	}
	spec, d := m.spec(ctx, r.conn, c.data, &seen)
	if resp.Diagnostics.Append(d...); resp.Diagnostics.HasError() {
		return
	}
	have, err := r.engine.Observe(ctx, spec)
	if failed, ok := errors.AsType[reconcile.Errors](err); ok {
		c.report(failed, false, false, m, &resp.Diagnostics)
		return
	}
	if !r.engine.Exists(have) {
		resp.State.RemoveResource(ctx)
		return
	}
	resp.Diagnostics.Append(m.fill(ctx, r.conn, c.data, spec, have)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identify())...)
	c.data.hold(c.noun, m.importID())
}

func (c *composite[M, S, O, P]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var prior M
	resp.Diagnostics.Append(req.State.Get(ctx, &prior)...)
	if resp.Diagnostics.HasError() {
		return
	}
	m := P(&prior)
	r, err := c.start(ctx)
	if err != nil {
		resp.Diagnostics.Append(connectDiagnostic(err))
		return
	}
	ctx, cancel := limited(ctx, m.limits().Delete, cmp.Or(c.patience, writeTimeout), &resp.Diagnostics)
	defer cancel()
	spec, d := m.spec(ctx, r.conn, c.data, &prior)
	if resp.Diagnostics.Append(d...); resp.Diagnostics.HasError() {
		return
	}
	have, err := r.engine.Destroy(ctx, spec)
	var failed reconcile.Errors
	if !errors.As(err, &failed) {
		return // the framework removes the state
	}
	if failed.Wrote() {
		ctx = context.WithoutCancel(ctx)
		resp.Diagnostics.Append(m.fill(ctx, r.conn, c.data, spec, have)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	}
	c.report(failed, false, true, m, &resp.Diagnostics)
}

// ImportState writes the import id, or the identity, into the attributes of the same names. Read does the rest.
func (c *composite[M, S, O, P]) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	if req.ID == "" {
		for name := range c.identity.Attributes {
			var value types.String
			resp.Diagnostics.Append(req.Identity.GetAttribute(ctx, path.Root(name), &value)...)
			if !value.IsNull() {
				resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(name), value)...)
			}
		}
		return
	}
	values := strings.SplitN(req.ID, "/", len(c.keys))
	hollow := slices.Contains(values, "") || !c.slashes && strings.Contains("/"+req.ID+"/", "//")
	if len(values) != len(c.keys) || hollow {
		resp.Diagnostics.AddError("Import id not understood", "The import id of a spinup_"+c.noun+" is "+
			strings.Join(c.keys, "/")+", not \""+req.ID+"\".")
		return
	}
	for i, key := range c.keys {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(key), values[i])...)
	}
}
