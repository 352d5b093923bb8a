package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

// Player plays the real command in process: no process is started, nothing is rendered. A command takes a tenth of the
// time. It knows plan, apply and destroy, and configurations of resources, ephemeral ones too, that do not refer to
// each other.
type Player struct {
	commands
	workspace *prototest.Workspace
	saved     prototest.Changes
}

// Played makes a working directory that is played in process, at the pace of tests. Adjust changes the pace.
func (b *Bench) Played(t *testing.T, adjust ...func(*awsclient.Pace)) *Player {
	t.Helper()
	p := &Player{workspace: prototest.NewWorkspace(t, b.inProcess(t, adjust))}
	p.commands = commands{t, p.run, p.Plans}
	return p
}

// Write replaces the configuration.
func (p *Player) Write(config string) { p.t.Helper(); p.workspace.Write(config) }

func (p *Player) run(args ...string) (output string, code int) {
	p.t.Helper()
	switch command := strings.Join(args, " "); command {
	case "plan", "plan -detailed-exitcode":
		changes, report := p.workspace.Plan(false)
		output, code = p.told(changes, report)
		if code == 0 && command != "plan" && !changes.Empty() {
			code = 2
		}
		return output, code
	case "apply -auto-approve", "destroy -auto-approve":
		changes, report := p.workspace.Plan(args[0] == "destroy")
		if report.Failed() {
			return report.String(), 1
		}
		return p.told(changes, p.workspace.Apply(changes))
	case "apply -refresh-only -auto-approve":
		changes, report := p.workspace.Plan(false)
		if !report.Failed() {
			p.workspace.Keep(changes)
		}
		return p.told(prototest.Changes{}, report)
	case "apply " + planFile:
		return p.told(p.saved, p.workspace.Apply(p.saved))
	default:
		p.t.Fatalf("terraform %s is for the real command", command)
		return "", 0
	}
}

// told is what a command says, and its exit code.
func (p *Player) told(changes prototest.Changes, report prototest.Report) (output string, code int) {
	var b strings.Builder
	for _, address := range slices.Sorted(maps.Keys(changes.All)) {
		change := shown(changes.All[address])
		fmt.Fprintf(&b, "%s: %v %v\n", address, change.Actions, change.Attributes())
	}
	if report.Failed() {
		code = 1
	}
	return b.String() + report.String(), code
}

// Plans plans and gives the change of each resource by its address. The plan is kept for an apply.
func (p *Player) Plans(args ...string) map[string]Change {
	p.t.Helper()
	if len(args) > 0 {
		p.t.Fatalf("a plan with %v is for the real command", args)
	}
	changes, report := p.workspace.Plan(false)
	if report.Failed() {
		p.t.Fatal(report)
	}
	p.saved = changes
	all := map[string]Change{}
	for address, change := range changes.All {
		all[address] = shown(change)
	}
	return all
}

// shown is a change in the form in which terraform show -json gives it.
func shown(change prototest.Change) Change {
	actions := []string{string(change.Action)}
	if change.Action == prototest.Replace {
		actions = []string{"delete", "create"}
	}
	after, unknown := known(change.After)
	return Change{Actions: actions, Before: change.Before, After: after, Unknown: unknown}
}

// known splits values into those that are known, and a true for each that is not.
func known(values prototest.Values) (is, not map[string]any) {
	if values == nil {
		return nil, nil
	}
	is, not = map[string]any{}, map[string]any{}
	for name, value := range values {
		nested, isObject := value.(prototest.Values)
		switch {
		case isObject:
			is[name], not[name] = known(nested)
		case prototest.HasUnknown(value):
			not[name] = true
		default:
			is[name] = value
		}
	}
	return is, not
}

// State gives the attributes of the resource at the address; nil when it is not in state.
func (p *Player) State(address string) map[string]any { return p.workspace.State(address) }

// Opened gives the attributes of the ephemeral resource at the address as it was opened last; nil when it was not.
func (p *Player) Opened(address string) map[string]any { return p.workspace.Opened(address) }

// StateFile gives the state as its file has it, as far as a test looks into one; empty when there was never one.
func (p *Player) StateFile() string { p.t.Helper(); return p.workspace.File() }
