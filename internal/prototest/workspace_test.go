package prototest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// fake is a provider of things that have a name, which makes them, a size and an id. What it does wrong is for a test
// to say.
type fake struct {
	tfprotov6.ProviderServer // for the calls that nobody makes

	server *Server // knows how to encode
	mu     sync.Mutex
	world  map[string]Values // by the name
	calls  []string
	config Values // of the last apply

	plans   func(planned Values)                     // spoils a plan
	applies func(call string, after Values) Values   // spoils the result of an apply, such as "create a"
	fails   func(call string) (kept bool, said bool) // whether an apply fails, and what it does is done
	reads   func(seen Values)                        // spoils a refresh
}

const thingType = "fake_thing"

func thingBlock() *tfprotov6.SchemaBlock {
	return &tfprotov6.SchemaBlock{
		Attributes: []*tfprotov6.SchemaAttribute{
			{Name: "name", Type: tftypes.String, Required: true}, {Name: "size", Type: tftypes.Number, Optional: true},
			{Name: "parts", Type: tftypes.Set{ElementType: tftypes.String}, Optional: true},
			{Name: "id", Type: tftypes.String, Computed: true},
		},
		BlockTypes: []*tfprotov6.SchemaNestedBlock{{
			TypeName: "timeouts", Nesting: tfprotov6.SchemaNestedBlockNestingModeSingle,
			Block: &tfprotov6.SchemaBlock{Attributes: []*tfprotov6.SchemaAttribute{
				{Name: "create", Type: tftypes.String, Optional: true},
			}},
		}},
	}
}

func (*fake) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return &tfprotov6.GetProviderSchemaResponse{
		Provider:        &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}},
		ResourceSchemas: map[string]*tfprotov6.Schema{thingType: {Block: thingBlock()}},
	}, nil
}

func (*fake) GetResourceIdentitySchemas(
	context.Context, *tfprotov6.GetResourceIdentitySchemasRequest,
) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov6.GetResourceIdentitySchemasResponse{}, nil
}

func (*fake) ValidateProviderConfig(
	context.Context, *tfprotov6.ValidateProviderConfigRequest,
) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return &tfprotov6.ValidateProviderConfigResponse{}, nil
}

func (f *fake) ConfigureProvider(
	context.Context, *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (f *fake) ValidateResourceConfig(
	_ context.Context, req *tfprotov6.ValidateResourceConfigRequest,
) (*tfprotov6.ValidateResourceConfigResponse, error) {
	resp := &tfprotov6.ValidateResourceConfigResponse{}
	if f.decode(req.Config)["name"] == "invalid" {
		resp.Diagnostics = wrong("invalid")
	}
	return resp, nil
}

func (f *fake) UpgradeResourceState(
	_ context.Context, req *tfprotov6.UpgradeResourceStateRequest,
) (*tfprotov6.UpgradeResourceStateResponse, error) {
	value, err := req.RawState.Unmarshal(thingBlock().ValueType())
	object, _ := plain(value).(Values)
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: f.encode(object)}, err
}

func (f *fake) ReadResource(_ context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	seen := f.world[f.decode(req.CurrentState)["name"].(string)]
	if f.reads != nil && seen != nil {
		f.reads(seen)
	}
	return &tfprotov6.ReadResourceResponse{NewState: f.encode(seen), Private: req.Private}, nil
}

func (f *fake) PlanResourceChange(
	_ context.Context, req *tfprotov6.PlanResourceChangeRequest,
) (*tfprotov6.PlanResourceChangeResponse, error) {
	planned, prior := f.decode(req.ProposedNewState), f.decode(req.PriorState)
	resp := &tfprotov6.PlanResourceChangeResponse{}
	if planned != nil {
		if planned["id"] == nil {
			planned["id"] = Unknown{}
		}
		if prior != nil && planned["name"] != prior["name"] {
			resp.RequiresReplace = []*tftypes.AttributePath{tftypes.NewAttributePath().WithAttributeName("name")}
		}
		if f.plans != nil {
			f.plans(planned)
		}
	}
	resp.PlannedState = f.encode(planned)
	return resp, nil
}

func (f *fake) ApplyResourceChange(
	_ context.Context, req *tfprotov6.ApplyResourceChangeRequest,
) (*tfprotov6.ApplyResourceChangeResponse, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	prior, after := f.decode(req.PriorState), f.decode(req.PlannedState)
	f.config = f.decode(req.Config)
	call := "update"
	switch {
	case after == nil:
		call, after = "delete", nil
	case prior == nil:
		call = "create"
		after["id"] = "1"
	}
	named := prior
	if after != nil {
		named = after
	}
	call += " " + named["name"].(string)
	f.calls = append(f.calls, call)
	resp := &tfprotov6.ApplyResourceChangeResponse{}
	if f.fails != nil {
		if keeps, fails := f.fails(call); fails {
			resp.Diagnostics = wrong(call)
			if !keeps {
				resp.NewState = f.encode(nil)
				return resp, nil
			}
		}
	}
	f.world[named["name"].(string)] = after
	if f.applies != nil {
		after = f.applies(call, after)
	}
	resp.NewState = f.encode(after)
	return resp, nil
}

func wrong(what string) []*tfprotov6.Diagnostic {
	return []*tfprotov6.Diagnostic{{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Wrong", Detail: what}}
}

func (f *fake) encode(v Values) *tfprotov6.DynamicValue {
	return f.server.encode(thingBlock().ValueType(), v)
}
func (f *fake) decode(encoded *tfprotov6.DynamicValue) Values {
	return f.server.decode(thingBlock().ValueType(), encoded)
}

// witness takes down what a test would fail with.
type witness struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (w *witness) Errorf(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, fmt.Sprintf(format, args...))
}

func world(t testing.TB) (*fake, *Workspace) {
	f := &fake{server: &Server{t: t}, world: map[string]Values{}}
	return f, NewWorkspace(t, f)
}

// thing is a resource of the label and the name.
func thing(label, name string, lines ...string) string {
	return fmt.Sprintf("resource %q %q {\n name = %q\n %s\n}\n", thingType, label, name, strings.Join(lines, "\n"))
}

// apply plans and applies, and gives the actions and what was said.
func (w *Workspace) apply(destroy bool) (actions string, report Report) {
	changes, report := w.Plan(destroy)
	if !report.Failed() {
		report = w.Apply(changes)
	}
	var all []string
	for address, change := range changes.All {
		all = append(all, strings.TrimPrefix(address, thingType+".")+" "+string(change.Action))
	}
	slices.Sort(all)
	return strings.Join(all, ", "), report
}

// TestWorkspace_broken: what no provider may do is noticed.
func TestWorkspace_broken(t *testing.T) {
	second := 0
	for name, row := range map[string]struct {
		spoil func(f *fake)
		says  string
	}{
		"result unlike the plan": {func(f *fake) {
			f.applies = func(_ string, after Values) Values { after["size"] = 7.0; return after }
		}, "the result of the apply has size = 7; planned was 3"},
		"result without an element": {func(f *fake) {
			f.applies = func(_ string, after Values) Values { after["parts"] = []any{"x"}; return after }
		}, "the result of the apply has parts"},
		"lost state": {func(f *fake) {
			f.applies = func(string, Values) Values { return nil }
		}, "create of fake_thing.one left nothing"},
		"leftover unknown": {func(f *fake) {
			f.applies = func(_ string, after Values) Values { after["id"] = Unknown{}; return after }
		}, "unknown values in what is to be kept"},
		"plan unlike the configuration": {func(f *fake) {
			f.plans = func(planned Values) { planned["size"] = 7.0 }
		}, "planned for size: 7; the configuration says 3"},
		"another plan at apply": {func(f *fake) {
			f.plans = func(planned Values) {
				if second++; second == 1 {
					planned["id"] = "known"
				}
			}
		}, "the final plan has id"},
	} {
		w := &witness{TB: t}
		f, workspace := world(w)
		row.spoil(f)
		workspace.Write(thing("one", "a", "size = 3", `parts = ["x", "y"]`))
		workspace.apply(false)
		if !strings.Contains(strings.Join(w.said, "\n"), row.says) {
			t.Errorf("%s: %q is not in %q", name, row.says, w.said)
		}
	}
}

// TestWorkspace_brokenLater is the same for what happens to an object that there is.
func TestWorkspace_brokenLater(t *testing.T) {
	for name, row := range map[string]struct {
		spoil   func(f *fake)
		destroy bool
		says    string
	}{
		"left by a destroy": {func(f *fake) {
			f.applies = func(string, Values) Values { return Values{"name": "a"} }
		}, true, "the destruction of fake_thing.one left"},
		"unknown when read": {func(f *fake) {
			f.reads = func(seen Values) { seen["id"] = Unknown{} }
		}, false, "unknown values in what is to be kept"},
	} {
		w := &witness{TB: t}
		f, workspace := world(w)
		workspace.Write(thing("one", "a"))
		workspace.apply(false)
		row.spoil(f)
		workspace.apply(row.destroy)
		if !strings.Contains(strings.Join(w.said, "\n"), row.says) {
			t.Errorf("%s: %q is not in %q", name, row.says, w.said)
		}
	}
}

// TestWorkspace_life goes through the life of things: each row is one command, with what it does and what it leaves.
func TestWorkspace_life(t *testing.T) {
	f, w := world(t)
	f.fails = func(call string) (kept, fails bool) { // a name says what becomes of it
		_, name, _ := strings.Cut(call, " ")
		return strings.Contains(name, "kept"), strings.Contains(name, strings.Fields(call)[0])
	}
	grown := func(size int) string { return fmt.Sprintf("size = %d", size) }
	for i, row := range []struct {
		config  string // "" destroys
		actions string
		calls   string
		fails   bool
		state   string
	}{
		{thing("x", "a"), "x create", "create a", false, "x=a"},
		{thing("x", "a"), "x no-op", "", false, "x=a"},
		{thing("x", "a", grown(2), "timeouts {\n create = \"1h\"\n}"), "x update", "update a", false, "x=a2"},
		{thing("x", "b", grown(2)), "x replace", "delete a, create b", false, "x=b2"},
		{thing("y", "c"), "x delete, y create", "create c, delete b", false, "y=c"},
		{"", "y delete", "delete c", false, ""},

		// A create that fails leaves nothing, or a tainted object, which the next apply replaces.
		{thing("x", "create-lost"), "x create", "create create-lost", true, ""},
		{thing("x", "create-kept"), "x create", "create create-kept", true, "x=create-kept tainted"},
		{thing("x", "d"), "x replace", "delete create-kept, create d", false, "x=d"},
		// Its replacement may fail too.
		{thing("x", "create-kept"), "x replace", "delete d, create create-kept", true, "x=create-kept tainted"},
		{thing("x", "create-kept"), "x replace", "delete create-kept, create create-kept", true, "x=create-kept tainted"},
		{"", "x delete", "delete create-kept", false, ""},
		// An update that fails keeps what it says, or what was.
		{thing("x", "update-kept"), "x create", "create update-kept", false, "x=update-kept"},
		{thing("x", "update-kept", grown(3)), "x update", "update update-kept", true, "x=update-kept3"},
		{"", "x delete", "delete update-kept", false, ""},
		{thing("x", "update-lost"), "x create", "create update-lost", false, "x=update-lost"},
		{thing("x", "update-lost", grown(3)), "x update", "update update-lost", true, "x=update-lost"},
		{"", "x delete", "delete update-lost", false, ""},
		// What is not destroyed is not created anew.
		{thing("x", "delete-lost"), "x create", "create delete-lost", false, "x=delete-lost"},
		{thing("x", "e"), "x replace", "delete delete-lost", true, "x=delete-lost"},
		{"", "x delete", "delete delete-lost", true, "x=delete-lost"},
		{thing("x", "invalid"), "", "", true, "x=delete-lost"},
	} {
		f.calls = nil
		if row.config != "" {
			w.Write(row.config)
		}
		actions, report := w.apply(row.config == "")
		if actions != row.actions || report.Failed() != row.fails {
			t.Errorf("%d: %s, failed %v, want %s\n%s", i, actions, report.Failed(), row.actions, report)
		}
		if !strings.Contains(row.actions, "replace") { // then there is no order
			slices.Sort(f.calls)
		}
		if calls := strings.Join(f.calls, ", "); calls != row.calls {
			t.Errorf("%d: calls %s, want %s", i, calls, row.calls)
		}
		if state := w.summary(); state != row.state {
			t.Errorf("%d: state %s, want %s", i, state, row.state)
		}
	}
}

// TestWorkspace_ignoreChanges: what is ignored is as it was in the configuration of a plan, and as it is written in that
// of an apply.
func TestWorkspace_ignoreChanges(t *testing.T) {
	f, w := world(t)
	ignored := "lifecycle {\n ignore_changes = [size, timeouts.create]\n}"
	w.Write(thing("x", "a", "size = 1", ignored))
	w.apply(false)
	w.Write(thing("x", "a", "size = 2", ignored))
	if actions, _ := w.apply(false); actions != "x no-op" {
		t.Errorf("only what is ignored changed: %s", actions)
	}
	w.Write(thing("x", "a", "size = 2", `parts = ["y"]`, ignored))
	w.apply(false)
	if got := f.world["a"]; got["size"] != 1.0 || len(got["parts"].([]any)) != 1 {
		t.Errorf("after another change: %v", got)
	}
	if f.config["size"] != 2.0 {
		t.Errorf("the apply got the configuration %v", f.config)
	}
}

// TestIgnoring: a path leads into an object where there is one before and after.
func TestIgnoring(t *testing.T) {
	prior := Values{"a": 1.0, "in": Values{"x": 1.0, "y": 1.0}}
	config := Values{"a": 2.0, "b": 2.0, "in": Values{"x": 2.0, "y": 2.0}, "new": Values{"z": 2.0}}
	want := Values{"a": 1.0, "b": nil, "in": Values{"x": 2.0, "y": 1.0}, "new": Values{"z": 2.0}}
	if diff := cmp.Diff(want, Ignoring(prior, config, "a", "b", "in.y", "new.z")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(config, Ignoring(nil, config, "a")); diff != "" {
		t.Errorf("of a new object (-want +got):\n%s", diff)
	}
}

// summary is the state in short.
func (w *Workspace) summary() string {
	var all []string
	for address, one := range w.state {
		text := strings.TrimPrefix(address, thingType+".") + "=" + one.State["name"].(string)
		if size, ok := one.State["size"]; ok && size != nil {
			text += fmt.Sprint(size)
		}
		if one.tainted {
			text += " tainted"
		}
		all = append(all, text)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// TestWorkspace_order: what depends on something is made after it, goes before it, and is left out when it fails.
func TestWorkspace_order(t *testing.T) {
	f, w := world(t)
	chain := func(names ...string) string {
		return thing("a", names[0]) + thing("b", names[1], "depends_on = [fake_thing.a]") +
			thing("c", names[2], "depends_on = [fake_thing.b]")
	}
	w.Write(chain("1", "2", "3"))
	w.apply(false)
	w.Write(chain("4", "5", "6"))
	w.apply(false)
	w.apply(true)
	want := []string{
		"create 1", "create 2", "create 3",
		"delete 3", "delete 2", "delete 1", "create 4", "create 5", "create 6",
		"delete 6", "delete 5", "delete 4",
	}
	if diff := cmp.Diff(want, f.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	f.calls, f.fails = nil, func(call string) (bool, bool) { return false, call == "create 5" }
	w.apply(false)
	if diff := cmp.Diff([]string{"create 4", "create 5"}, f.calls); diff != "" || w.summary() != "a=4" {
		t.Errorf("state %s, calls (-want +got):\n%s", w.summary(), diff)
	}
}

// TestWorkspace_refresh: a plan sees what is, and leaves state alone; what is gone is made anew.
func TestWorkspace_refresh(t *testing.T) {
	f, w := world(t)
	w.Write(thing("x", "a", "size = 1"))
	w.apply(false)
	before := w.File()
	f.world["a"]["size"] = 2.0
	changes, _ := w.Plan(false)
	change := changes.All[thingType+".x"]
	if change.Action != Update || change.Before["size"] != 2.0 || change.After["size"] != 1.0 || changes.Empty() {
		t.Errorf("planned: %+v", change)
	}
	delete(f.world, "a")
	gone, _ := w.Plan(false)
	if change := gone.All[thingType+".x"]; change.Action != Create || change.Before != nil {
		t.Errorf("planned when it is gone: %+v", change)
	}
	if w.File() != before {
		t.Error("a plan changed state")
	}
	w.Apply(gone)
	if actions, _ := w.apply(false); actions != "x no-op" {
		t.Errorf("the next plan is %s", actions)
	}
}
