package provider

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// ModifyPlan lets the model resolve what it wants in full. Every computed value is decided there and in one place: what
// the plan determines is planned as known text, so that a change made elsewhere shows as an exact difference; what is
// lost, null in state, is planned as unknown, so that an update makes it again.
func (c *envelope[M, S, O, P]) ModifyPlan(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse,
) {
	if c.data != nil && !req.State.Raw.IsNull() {
		var id types.String
		resp.Diagnostics.Append(req.State.GetAttribute(ctx, path.Root("id"), &id)...)
		if id.IsNull() {
			resp.Diagnostics.Append(unseen(c.noun))
			return
		}
	}
	if req.Plan.Raw.IsNull() || c.data == nil { // a destroy, or validation
		return
	}
	var config, plan M
	var prior *M
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if !req.State.Raw.IsNull() {
		prior = new(M)
		resp.Diagnostics.Append(req.State.Get(ctx, prior)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(recallSight(ctx, P(&plan), req.Private)...)
	t := turn[M]{session: session{data: c.data}, config: &config, prior: prior}
	resp.Diagnostics.Append(P(&plan).checkPlan(ctx, c.data)...)
	start := func() (*run[S, O], error) { return c.start(ctx) }
	if prior == nil && !resp.Diagnostics.HasError() {
		r, err := c.start(ctx)
		if start = func() (*run[S, O], error) { return r, err }; err == nil { // else the check says so, or the apply
			t.home = r.conn
		}
	}
	resp.Diagnostics.Append(P(&plan).resolve(ctx, t)...)
	resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	if prior != nil {
		c.data.foundInState(c.noun, P(prior).importID())
	}
	known := req.Config.Raw.IsFullyKnown() && !resp.Diagnostics.HasError() && c.named(ctx, resp.Plan)
	if known && (prior == nil && !c.data.inState(c.noun, P(&plan).importID()) || c.enters(ctx, t, &plan)) {
		c.check(ctx, t, &plan, start, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// named reports whether the plan has the name of its object: one that only the apply makes is nobody's yet.
func (c *envelope[M, S, O, P]) named(ctx context.Context, plan tfsdk.Plan) bool {
	return !slices.ContainsFunc(c.keys, func(key string) bool {
		var value types.String
		return plan.GetAttribute(ctx, path.Root(key), &value).HasError() || value.IsUnknown()
	})
}

// enters reports whether an update brings something new into the scope of the object. That needs no connection, so a
// plan without anything new makes none.
func (c *envelope[M, S, O, P]) enters(ctx context.Context, t turn[M], plan P) bool {
	if t.prior == nil {
		return false
	}
	t.session = session{c.data, &awsclient.Conn{Partition: c.data.partition, Platform: c.data.platform}}
	w, _ := c.wish(ctx, t, plan) // what is wrong with it is reported by the check
	return c.build(t.conn).Enters(w)
}

// check asks, without a write, whether the new object could be made, or what a change brings into an object's scope.
func (c *envelope[M, S, O, P]) check(
	ctx context.Context, t turn[M], plan P, start func() (*run[S, O], error), diags *diag.Diagnostics,
) {
	r, err := start()
	if errors.Is(err, errProviderUnknown) {
		return
	}
	if err != nil {
		diags.Append(connectDiagnostic(err))
		return
	}
	ctx, cancel := limited(ctx, plan.limits().Read, readTimeout, diags)
	defer cancel()
	t.session = r.session
	w, d := c.wish(ctx, t, plan)
	if diags.Append(d...); diags.HasError() {
		return
	}
	have, err := r.engine.Check(ctx, w)
	if l, ok := any(plan).(interface{ learn(S, O) }); ok && err == nil && t.prior == nil {
		l.learn(w.Want, have) // what a create will find as well
	}
	if failed, ok := errors.AsType[reconcile.Errors](err); ok {
		a := attempt{operation: creating, id: plan.importID()}
		if t.prior != nil {
			a.operation = changing
		}
		c.report(failed, a, diags)
	}
}

// ValidateConfig asks the model about rules between attributes.
func (c *envelope[M, S, O, P]) ValidateConfig(
	ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	var config M
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(P(&config).checkConfig(ctx)...)
}
