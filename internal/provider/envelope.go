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

// envelope is what every composite resource is wrapped in: create, read, update, delete, import, identity, timeouts and
// the failure protocol, once. M is the tfsdk struct, S and O are the engine's wanted and seen.
type envelope[M, S, O any, P model[M, S, O]] struct {
	noun                  string // the type is spinup_<noun>
	schema                func(context.Context) schema.Schema
	identity              identityschema.Schema
	keys                  []string // attributes of the import id, in its order, separated by slashes
	lastKeyMayHaveSlashes bool
	lastKeyMayBeEmpty     bool
	renames               bool // one of them can change in place, and with it the identity
	build                 func(*awsclient.Conn) reconcile.Composite[S, O]
	permissions           []awsclient.Permission
	moves                 []move                           // from resources of other providers
	timeout               time.Duration                    // of writes whose configuration sets none; 0 for writeTimeout
	upgrades              map[int64]resource.StateUpgrader // of states with an earlier version of the schema
	data                  *providerData
}

// model is the seam between Terraform and a domain package: a pointer to a tfsdk struct.
type model[M, S, O any] interface {
	*M
	// checkConfig and checkPlan hold the rules between attributes; the second may use the provider's configuration.
	checkConfig(ctx context.Context) diag.Diagnostics
	checkPlan(ctx context.Context, data *providerData) diag.Diagnostics
	// resolve fills what the configuration leaves open: defaults, the provider's settings, and computed values as far as
	// they can be known. What cannot be known yet stays unknown; while applying, only what AWS will answer may.
	resolve(ctx context.Context, t turn[M]) diag.Diagnostics
	// spec is the model in the domain's words: what is wanted, or what state remembers.
	spec(ctx context.Context, s session) (S, diag.Diagnostics)
	// fill records what was seen, in place of what the model holds.
	fill(ctx context.Context, t turn[M], w reconcile.Wish[S], have O) diag.Diagnostics
	// locate completes a model that an import has just begun. It is false when there is no such object, and does
	// nothing for a model that is not being imported.
	locate(ctx context.Context, conn *awsclient.Conn) (bool, error)
	// identify gives the struct of the resource's identity.
	identify() any
	importID() string
	limits() timeouts.Value
}

// secretive is a model of an object with something that neither plan nor state holds: a secret, or what an apply that
// ended early left behind.
type secretive interface {
	// recall takes what an earlier run kept, and while writing the write-only arguments of the configuration.
	recall(ctx context.Context, config *tfsdk.Config, kept private) diag.Diagnostics
	// keep keeps what the next run is to recall.
	keep(ctx context.Context, kept private) diag.Diagnostics
}

// dated is a model whose plan depends on when its object was read, and on what was seen then that state does not hold.
// A plan, and the final plan of its apply, get the same.
type dated interface {
	// plannedFrom takes what sight gave when the object was read or written last; nil for a new one.
	plannedFrom(sight []byte)
	sight() []byte
}

// sightKey is the key of what a dated model saw.
const sightKey = "sight"

// recallSight gives a dated model that is planned what was seen of its object.
func recallSight(ctx context.Context, m any, kept private) (diags diag.Diagnostics) {
	if d, ok := m.(dated); ok {
		sight, found := kept.GetKey(ctx, sightKey)
		diags.Append(found...)
		d.plannedFrom(sight)
	}
	return diags
}

// keepSight keeps what a dated model saw.
func keepSight(ctx context.Context, m any, kept private) (diags diag.Diagnostics) {
	if d, ok := m.(dated); ok {
		diags.Append(kept.SetKey(ctx, sightKey, d.sight())...)
	}
	return diags
}

// private is what Terraform keeps of an object beside its state, and shows nobody.
type private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

// session is what a model may ask of the provider.
type session struct {
	data *providerData
	conn *awsclient.Conn // nil in a plan that needs none
}

// turn is one plan or apply of one object, or a read of it.
type turn[M any] struct {
	session
	config   *M              // while planning the configuration, while applying the plan; nil while reading
	prior    *M              // what state holds; nil for a new object, and while reading
	home     *awsclient.Conn // whose account a new object will be in; nil where the plan need not or cannot know
	applying bool
}

var (
	_ resource.ResourceWithConfigure   = (*bucketEnvelope)(nil)
	_ resource.ResourceWithIdentity    = (*bucketEnvelope)(nil)
	_ resource.ResourceWithImportState = (*bucketEnvelope)(nil)
	_ resource.ResourceWithModifyPlan  = (*bucketEnvelope)(nil)
	_ resource.ResourceWithMoveState   = (*bucketEnvelope)(nil)

	_ resource.ResourceWithUpgradeState = (*bucketEnvelope)(nil)
)

// The time-outs of a composite whose configuration sets none.
const (
	writeTimeout = 20 * time.Minute
	readTimeout  = 5 * time.Minute
)

// timeoutsBlock is the block that every composite has, with descriptions, which the library's lacks. Writes is the
// default of all operations but reading.
func timeoutsBlock(ctx context.Context, writes time.Duration) schema.Block {
	standard := fmt.Sprintf("Default `%.0fm`.", writes.Minutes())
	block := timeouts.Block(ctx, timeouts.Opts{
		Create: true, Read: true, Update: true, Delete: true,
		CreateDescription: "Longest time to create. " + standard,
		ReadDescription:   "Longest time to read, which every plan does. Default `5m`.",
		UpdateDescription: "Longest time to update. " + standard,
		DeleteDescription: "Longest time to destroy. " + standard,
	}).(schema.SingleNestedBlock)
	block.MarkdownDescription = "How long an operation may take, retries and waiting included, as numbers with units: " +
		"`30s`, `20m`, `1h30m`. What is not finished by then is left to the next apply."
	return block
}

func (c *envelope[M, S, O, P]) Metadata(
	_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse,
) {
	resp.TypeName = req.ProviderTypeName + "_" + c.noun
	resp.ResourceBehavior.MutableIdentity = c.renames
}

func (c *envelope[M, S, O, P]) Schema(
	ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse,
) {
	resp.Schema = c.schema(ctx)
}

func (c *envelope[M, S, O, P]) IdentitySchema(
	_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse,
) {
	resp.IdentitySchema = c.identity
}

// UpgradeState gives what turns a state of an earlier version of the schema into one of today's.
func (c *envelope[M, S, O, P]) UpgradeState(context.Context) map[int64]resource.StateUpgrader {
	return c.upgrades
}

func (c *envelope[M, S, O, P]) Configure(
	_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse,
) {
	c.data, _ = req.ProviderData.(*providerData) // nil during validation
}

// run is one operation on one object: the connection and the engine.
type run[S, O any] struct {
	session
	engine reconcile.Composite[S, O]
}

func (c *envelope[M, S, O, P]) start(ctx context.Context) (*run[S, O], error) {
	if len(c.data.unknown) > 0 { // some do not matter to connect, but decide which tags are ours
		return nil, fmt.Errorf("%s is %w", c.data.unknown[0], errProviderUnknown)
	}
	conn, err := c.data.connect(ctx)
	if err != nil {
		return nil, err
	}
	return &run[S, O]{session{c.data, conn}, c.build(conn)}, nil
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

func (c *envelope[M, S, O, P]) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.RemoveResource(ctx) // until something exists
	c.write(ctx, change[M]{
		plan: req.Plan, state: &resp.State, identity: resp.Identity, config: req.Config, kept: resp.Private,
	}, &resp.Diagnostics)
}

func (c *envelope[M, S, O, P]) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	prior := new(M)
	if resp.Diagnostics.Append(req.State.Get(ctx, prior)...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, P(prior).identify())...)
	c.write(ctx, change[M]{req.Plan, prior, &resp.State, resp.Identity, req.Config, resp.Private}, &resp.Diagnostics)
}

// change is what a write works on. An apply carries out the plan, and ignore_changes is in the plan only: of the
// configuration, nothing is used but what is write-only, which no plan has.
type change[M any] struct {
	plan     tfsdk.Plan
	prior    *M // nil for a create
	state    *tfsdk.State
	identity *tfsdk.ResourceIdentity
	config   tfsdk.Config
	kept     private
}

// write is create and update. It leaves state as it is when nothing was written.
func (c *envelope[M, S, O, P]) write(ctx context.Context, change change[M], diags *diag.Diagnostics) {
	r, err := c.start(ctx)
	if err != nil {
		diags.Append(connectDiagnostic(err))
		return
	}
	t := turn[M]{session: r.session, prior: change.prior, home: r.conn, applying: true}
	plan := c.complete(ctx, t, &change.plan, diags)
	diags.Append(recallSight(ctx, plan, change.kept)...)
	secret, hasSecret := any(plan).(secretive)
	if hasSecret {
		diags.Append(secret.recall(ctx, &change.config, change.kept)...)
		diags.Append(c.remember(ctx, change.prior, change.kept)...)
	}
	if diags.HasError() {
		return
	}
	done, timeout := changing, plan.limits().Update
	if change.prior == nil {
		done, timeout = creating, plan.limits().Create
	}
	ctx, cancel := limited(ctx, timeout, cmp.Or(c.timeout, writeTimeout), diags)
	defer cancel()
	w, d := c.wish(ctx, t, plan)
	if diags.Append(d...); diags.HasError() {
		return
	}

	var have O
	if done == creating {
		have, err = r.engine.Create(ctx, w.Want)
	} else {
		have, err = r.engine.Update(ctx, *w.Prior, w.Want)
	}
	var failed reconcile.Errors
	if errors.As(err, &failed) && !failed.Wrote() || err != nil && done == creating && !r.engine.Exists(have) {
		c.report(failed, attempt{operation: done, id: plan.importID()}, diags)
		return
	}

	// The context may be dead by now; recording what exists must not depend on it.
	ctx = context.WithoutCancel(ctx)
	diags.Append(plan.fill(ctx, t, w, have)...)
	if hasSecret {
		diags.Append(secret.keep(ctx, change.kept)...)
	}
	diags.Append(keepSight(ctx, plan, change.kept)...)
	change.state.Raw = change.plan.Raw
	diags.Append(change.state.Set(ctx, plan)...)
	if failed.Complete() { // where a service shows in other words what it accepted, the next refresh says so
		change.state.Raw = fillUnknown(change.plan.Raw, change.state.Raw)
	}
	diags.Append(nullUnknown(change.state)...)
	diags.Append(change.identity.Set(ctx, plan.identify())...)
	c.report(failed, attempt{done, plan.importID(), true}, diags)
}

// remember lets a model of what state holds recall what an earlier run kept.
func (c *envelope[M, S, O, P]) remember(ctx context.Context, prior *M, kept private) diag.Diagnostics {
	if secret, ok := any(P(prior)).(secretive); ok && prior != nil {
		return secret.recall(ctx, nil, kept)
	}
	return nil
}

// complete is the plan as a model; only what it left unknown is resolved.
func (c *envelope[M, S, O, P]) complete(ctx context.Context, t turn[M], plan *tfsdk.Plan, diags *diag.Diagnostics) P {
	config, m := new(M), P(new(M))
	diags.Append(plan.Get(ctx, config)...)
	if diags.Append(plan.Get(ctx, m)...); diags.HasError() {
		return m
	}
	t.config = config
	diags.Append(m.resolve(ctx, t)...)
	resolved := tfsdk.Plan{Raw: plan.Raw, Schema: plan.Schema}
	if diags.Append(resolved.Set(ctx, m)...); diags.HasError() {
		return m
	}
	resolved.Raw = fillUnknown(plan.Raw, resolved.Raw)
	m = new(M)
	diags.Append(resolved.Get(ctx, m)...)
	return m
}

// fillUnknown is the planned value, in which everything unknown is replaced by the resolved value.
func fillUnknown(planned, resolved tftypes.Value) tftypes.Value {
	switch {
	case planned.IsFullyKnown():
		return planned
	case !planned.IsKnown():
		return resolved
	}
	var of, by map[string]tftypes.Value
	if planned.As(&of) != nil || resolved.As(&by) != nil {
		return planned // the elements of a list or set are the configuration's
	}
	for name, value := range of {
		if other, ok := by[name]; ok {
			of[name] = fillUnknown(value, other)
		}
	}
	return tftypes.NewValue(planned.Type(), of)
}

// wish is what the plan wants, beside what state remembers.
func (c *envelope[M, S, O, P]) wish(
	ctx context.Context, t turn[M], plan P,
) (w reconcile.Wish[S], diags diag.Diagnostics) {
	w.Want, diags = plan.spec(ctx, t.session)
	if t.prior != nil {
		prior, d := P(t.prior).spec(ctx, t.session)
		diags.Append(d...)
		w.Prior = &prior
	}
	return w, diags
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
		diags.AddError("State could not be recorded", err.Error())
		return diags
	}
	state.Raw = raw
	return diags
}

func (c *envelope[M, S, O, P]) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	c.read(ctx, req, resp, nil)
}

// read is a refresh. For a data source it also compares the parts with what state holds.
func (c *envelope[M, S, O, P]) read(
	ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse, compared *comparison,
) {
	if compared != nil {
		compared.root = c.keys[len(c.keys)-1]
	}
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
			"), so spinup_"+c.noun+" was not read, and changes made elsewhere do not show.")
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
		c.report(failed, attempt{operation: reading, id: m.importID()}, &resp.Diagnostics)
		return
	}
	if !exists {
		resp.State.RemoveResource(ctx)
		return
	}
	resp.Diagnostics.Append(c.remember(ctx, &seen, req.Private)...)
	spec, d := m.spec(ctx, r.session)
	if resp.Diagnostics.Append(d...); resp.Diagnostics.HasError() {
		return
	}
	have, err := r.engine.Observe(ctx, spec)
	if failed, ok := errors.AsType[reconcile.Errors](err); ok {
		c.report(failed, attempt{operation: reading, id: m.importID()}, &resp.Diagnostics)
		return
	}
	if !r.engine.Exists(have) {
		remains := r.engine.Remains(have)
		if len(remains) == 0 {
			resp.State.RemoveResource(ctx)
			return
		}
		resp.Diagnostics.AddAttributeWarning(path.Root(c.keys[len(c.keys)-1]), "Only remains are left", fmt.Sprintf(
			"The %s %s is gone, but not what belongs to it: %s. The next apply makes it anew; a destroy removes the rest.",
			strings.ReplaceAll(c.noun, "_", " "), m.importID(), strings.Join(remains, ", ")))
	}
	resp.Diagnostics.Append(m.fill(ctx, turn[M]{session: r.session}, reconcile.Keep(spec), have)...)
	if compared != nil {
		if compared.importing { // what it was seen to be is what it is wanted to be
			spec, _ = m.spec(ctx, r.session)
		}
		compared.id = m.importID()
		compared.stands, err = reconcile.Compare(ctx, r.engine, reconcile.Keep(spec), have)
		failed, _ := errors.AsType[reconcile.Errors](err)
		c.report(failed, attempt{operation: reading, id: compared.id}, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
		return
	}
	if secret, ok := any(m).(secretive); ok {
		resp.Diagnostics.Append(secret.keep(ctx, resp.Private)...)
	}
	resp.Diagnostics.Append(keepSight(ctx, m, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, m.identify())...)
	c.data.foundInState(c.noun, m.importID())
}

func (c *envelope[M, S, O, P]) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
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
	ctx, cancel := limited(ctx, m.limits().Delete, cmp.Or(c.timeout, writeTimeout), &resp.Diagnostics)
	defer cancel()
	resp.Diagnostics.Append(c.remember(ctx, &prior, req.Private)...)
	spec, d := m.spec(ctx, r.session)
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
		resp.Diagnostics.Append(m.fill(ctx, turn[M]{session: r.session}, reconcile.Keep(spec), have)...)
		resp.Diagnostics.Append(resp.State.Set(ctx, m)...)
	}
	c.report(failed, attempt{destroying, m.importID(), true}, &resp.Diagnostics)
}

// ImportState writes the import id, or the identity, into the attributes of the same names. Read does the rest.
func (c *envelope[M, S, O, P]) ImportState(
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
	last := len(values) - 1
	hasEmpty := slices.Contains(values[:last], "") || values[last] == "" && !c.lastKeyMayBeEmpty ||
		!c.lastKeyMayHaveSlashes && strings.Contains("/"+req.ID+"/", "//")
	if len(values) != len(c.keys) || hasEmpty {
		resp.Diagnostics.AddError("Invalid import id", "The import id of a spinup_"+c.noun+" is "+
			strings.Join(c.keys, "/")+", not \""+req.ID+"\".")
		return
	}
	for i, key := range c.keys {
		resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root(key), values[i])...)
	}
}

// MoveState writes what another provider's state tells into the attributes of the same names, as ImportState does.
func (c *envelope[M, S, O, P]) MoveState(context.Context) []resource.StateMover {
	return movers(c.noun, c.moves)
}
