package prototest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// Workspace is a working directory of Terraform, played in process: a configuration, a state, and what plan, apply and
// destroy do with them. It does as the command does: each walk configures the provider anew and goes through the
// resources side by side, in the order of what they depend on; a plan begins with a refresh; an apply plans again; a
// create that fails leaves a tainted object, which the next apply replaces; what an error leaves is kept. Like the
// oldest command that is supported, it knows nothing of identities.
type Workspace struct {
	t      testing.TB
	server *Server
	config config
	mu     sync.Mutex
	state  map[string]kept
	serial int               // counts the changes of state
	opened map[string]Values // ephemeral resources, by address
}

// kept is an object in state.
type kept struct {
	Object
	typeName string
	after    []string // the addresses it depends on
	tainted  bool
}

// NewWorkspace makes one without a configuration and with an empty state.
func NewWorkspace(t testing.TB, provider tfprotov6.ProviderServer) *Workspace {
	t.Helper()
	return &Workspace{
		t: t, server: New(t, provider), config: config{provider: Values{}}, state: map[string]kept{},
		opened: map[string]Values{},
	}
}

// Write replaces the configuration.
func (w *Workspace) Write(config string) {
	w.t.Helper()
	w.config = w.server.read(config)
}

// Action is what a plan does with an object.
type Action string

// The actions that there are. Replace destroys the object before another one is created.
const (
	NoOp    Action = "no-op"
	Create  Action = "create"
	Update  Action = "update"
	Replace Action = "replace"
	Delete  Action = "delete"
)

// Change is what a plan does to one resource.
type Change struct {
	Action        Action
	Before, After Values

	plan Plan // of a replacement: the plan for the new object
	was  kept
}

// Changes are a plan.
type Changes struct {
	All    map[string]Change // by address
	base   map[string]kept   // the refreshed state
	serial int               // of the state that it is for
	opens  bool              // it also opens what is ephemeral
}

// Empty reports whether the plan changes nothing.
func (c Changes) Empty() bool {
	for _, change := range c.All {
		if change.Action != NoOp {
			return false
		}
	}
	return true
}

// Plan refreshes and plans; to destroy, it does that first as for an apply, as the command does. The state stays.
func (w *Workspace) Plan(destroy bool) (Changes, Report) {
	w.t.Helper()
	changes := Changes{All: map[string]Change{}, base: w.upgraded(), serial: w.serial}
	steps := map[string]step{}
	for address, was := range changes.base {
		if _, wanted := w.config.resources[address]; !wanted {
			steps[address] = step{do: func() Diagnostics { return w.look(&changes, address, was, nil) }}
		}
	}
	for address, want := range w.config.resources {
		was, exists := changes.base[address]
		if !exists {
			was = kept{typeName: want.typeName}
		}
		steps[address] = step{want.after, func() Diagnostics { return w.look(&changes, address, was, want.values) }}
	}
	w.opens(steps)
	report := w.walk(steps)
	if !destroy || report.Failed() {
		changes.opens = true
		return changes, report
	}
	clear(changes.All)
	steps = map[string]step{}
	for address, was := range changes.base {
		steps[address] = step{do: func() Diagnostics { return w.decide(&changes, address, was, nil) }}
	}
	return changes, w.walk(steps)
}

// opens adds steps that open the ephemeral resources, as each plan and each apply does.
func (w *Workspace) opens(steps map[string]step) {
	for address, want := range w.config.ephemeral {
		steps[address] = step{want.after, func() Diagnostics {
			opened, diags := w.server.Open(want.typeName, want.values)
			w.mu.Lock()
			defer w.mu.Unlock()
			w.opened[address] = opened
			return diags
		}}
	}
}

// Opened gives the attributes of the ephemeral resource at the address as it was opened last; nil when it was not.
func (w *Workspace) Opened(address string) Values { return w.opened[address] }

// look refreshes an object, and plans what becomes of it.
func (w *Workspace) look(changes *Changes, address string, was kept, config Values) Diagnostics {
	w.t.Helper()
	var said Diagnostics
	if was.State != nil {
		seen, diags := w.server.Read(was.typeName, was.Object)
		if diags.Errors() != "" {
			return diags
		}
		was.Object, said = seen, diags
		w.keep(changes.base, address, was)
	}
	if was.State == nil {
		was = kept{typeName: was.typeName}
		if config == nil {
			return said
		}
	}
	return append(said, w.decide(changes, address, was, config)...)
}

// decide plans what becomes of an object.
func (w *Workspace) decide(changes *Changes, address string, was kept, config Values) Diagnostics {
	w.t.Helper()
	change := Change{Action: Update, Before: was.State, was: was}
	prior := was.Object
	if was.tainted && config != nil {
		prior = Object{}
	}
	asked := config
	if config != nil {
		asked = w.config.resources[address].planned(prior.State)
	}
	plan, diags := w.server.Plan(was.typeName, prior, asked)
	if diags.Errors() != "" {
		return diags
	}
	switch {
	case config == nil:
		change.Action = Delete
	case was.State == nil:
		change.Action = Create
	case was.tainted:
		change.Action = Replace
	case plan.Empty():
		change.Action = NoOp
	case plan.replaces():
		change.Action = Replace
		var more Diagnostics
		plan, more = w.server.Plan(was.typeName, Object{}, config)
		if diags = append(diags, more...); diags.Errors() != "" {
			return diags
		}
	}
	change.plan, change.After = plan, plan.Planned
	w.mu.Lock()
	defer w.mu.Unlock()
	changes.All[address] = change
	return diags
}

// replaces reports whether the plan changes an attribute that needs a new object.
func (p Plan) replaces() bool {
	return slices.ContainsFunc(p.Replace, func(name string) bool {
		return !reflect.DeepEqual(p.Prior.State[name], p.Planned[name])
	})
}

// Apply does what a plan says.
func (w *Workspace) Apply(changes Changes) Report {
	w.t.Helper()
	w.Keep(changes)
	const away = "destroy "
	steps := map[string]step{}
	for address, change := range changes.All {
		if change.Action == Delete || change.Action == Replace {
			steps[away+address] = step{do: func() Diagnostics { return w.destroy(address, change) }}
		}
	}
	for address, change := range changes.All {
		if _, goes := steps[away+address]; goes { // before what it depends on does
			for _, other := range change.was.after {
				if later, too := steps[away+other]; too {
					later.after = append(later.after, away+address)
					steps[away+other] = later
				}
			}
		}
		if change.Action != Delete && change.Action != NoOp {
			after := append(slices.Clone(w.config.resources[address].after), away+address)
			steps[address] = step{after, func() Diagnostics { return w.make(address, change) }}
		}
	}
	if changes.opens {
		w.opens(steps)
	}
	return w.walk(steps)
}

// Keep takes what the refresh of a plan saw into state.
func (w *Workspace) Keep(changes Changes) {
	w.t.Helper()
	if changes.serial != w.serial {
		w.t.Fatal("the plan is stale")
	}
	w.serial++
	w.state = changes.base
}

// make creates an object or updates it.
func (w *Workspace) make(address string, change Change) Diagnostics {
	w.t.Helper()
	want := w.config.resources[address]
	final, said := w.server.Replan(change.plan, want.planned(change.plan.Prior.State))
	if said.Errors() != "" {
		return said
	}
	final.Config = want.values // what is ignored is ignored by plans only
	if change.Action == Update && final.replaces() {
		w.t.Errorf("the final plan for %s replaces it for %v", address, final.Replace)
		return said
	}
	made, diags := w.server.Apply(final)
	failed := diags.Errors() != ""
	object := kept{made, want.typeName, want.after, failed && change.Action != Update}
	switch {
	case failed && made.State == nil && change.Action == Update:
		object = change.was
	case !failed && made.State == nil:
		w.t.Errorf("%s of %s left nothing", change.Action, address)
	}
	w.keep(w.state, address, object)
	return append(said, diags...)
}

// destroy destroys an object.
func (w *Workspace) destroy(address string, change Change) Diagnostics {
	w.t.Helper()
	plan := change.plan
	plan.Prior, plan.Config, plan.Planned, plan.Replace = change.was.Object, nil, nil, nil
	left, diags := w.server.Apply(plan)
	failed := diags.Errors() != ""
	switch object := change.was; {
	case failed && left.State == nil: // it is as it was, for all that is known
	case failed:
		object.Object = left
		w.keep(w.state, address, object)
	case left.State != nil:
		w.t.Errorf("the destruction of %s left %v", address, left.State)
	default:
		w.keep(w.state, address, kept{})
	}
	return diags
}

// keep notes an object in a state; one that is nothing goes.
func (w *Workspace) keep(state map[string]kept, address string, object kept) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if object.State == nil {
		delete(state, address)
		return
	}
	state[address] = object
}

// State gives the attributes of the resource at the address; nil when it is not in state.
func (w *Workspace) State(address string) Values { return w.state[address].State }

// File is the state as Terraform writes it into a file, as far as it matters; empty when there was never one.
func (w *Workspace) File() string {
	w.t.Helper()
	if w.serial == 0 {
		return ""
	}
	resources := []any{}
	for _, address := range slices.Sorted(maps.Keys(w.state)) {
		one := w.state[address]
		typeName, name, _ := strings.Cut(address, ".")
		instance := Values{"attributes": one.State, "private": one.private, "dependencies": one.after}
		if one.tainted {
			instance["status"] = "tainted"
		}
		resources = append(resources, Values{"type": typeName, "name": name, "instances": []any{instance}})
	}
	text, err := json.MarshalIndent(Values{"resources": resources}, "", "  ")
	w.server.must(err)
	return string(text)
}

// upgraded is the state as the provider reads it from a file.
func (w *Workspace) upgraded() map[string]kept {
	w.t.Helper()
	all := maps.Clone(w.state)
	for address, one := range all {
		text, err := json.Marshal(one.State)
		w.server.must(err)
		one.State = w.server.upgrade(one.typeName, text)
		all[address] = one
	}
	return all
}

// step is one thing that a walk does, after others; those that it does not do do not matter.
type step struct {
	after []string
	do    func() Diagnostics
}

// Report is what a walk had to say.
type Report struct {
	said map[string]Diagnostics // by the step
}

// Failed reports whether there was an error.
func (r Report) Failed() bool {
	for _, diags := range r.said {
		if diags.Errors() != "" {
			return true
		}
	}
	return false
}

// String is the text, in the order of the addresses.
func (r Report) String() string {
	var b strings.Builder
	for _, at := range slices.Sorted(maps.Keys(r.said)) {
		for _, d := range r.said[at] {
			level := "Error"
			if d.Severity == tfprotov6.DiagnosticSeverityWarning {
				level = "Warning"
			}
			fmt.Fprintf(&b, "%s: %s\n\n  with %s,\n  %s\n\n%s\n\n", level, d.Summary, at, d.Attribute, d.Detail)
		}
	}
	return b.String()
}

// walk configures the provider and does all steps, each when those that it comes after are done. What comes after one
// that failed is left out.
func (w *Workspace) walk(steps map[string]step) Report {
	w.t.Helper()
	report := Report{map[string]Diagnostics{}}
	if report.said["provider"] = w.server.Configure(w.config.provider); report.Failed() {
		return report
	}
	done, failed := map[string]chan struct{}{}, map[string]bool{}
	for name := range steps {
		done[name], failed[name] = make(chan struct{}), true // until it is well done
	}
	var running sync.WaitGroup
	var mu sync.Mutex
	ended := 0
	for name, s := range steps {
		running.Go(func() {
			defer close(done[name])
			wrong := false
			for _, other := range s.after {
				if at, isStep := done[other]; isStep {
					<-at
					mu.Lock()
					wrong = wrong || failed[other]
					mu.Unlock()
				}
			}
			var diags Diagnostics
			if !wrong {
				diags = s.do()
			}
			mu.Lock()
			defer mu.Unlock()
			ended++
			report.said[name], failed[name] = diags, wrong || diags.Errors() != ""
		})
	}
	running.Wait()
	if ended < len(steps) { // a call itself failed, which ended its step alone
		w.t.FailNow()
	}
	return report
}
