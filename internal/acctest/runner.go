package acctest

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// Runner is a working directory of Terraform: one for the real command (Terraform), or one that is played in process
// (Player). What a test asks of a Runner it can ask of both.
type Runner interface {
	Write(config string)
	Run(args ...string) (output string, code int)
	Must(args ...string) string
	MustFail(args ...string) string
	Apply() string
	Destroy() string
	Empty()
	Plan(address string, args ...string) Change
	Plans(args ...string) map[string]Change
	State(address string) map[string]any
	StateFile() string
}

// planFile is where Plans saves the plan, for an apply of just that.
const planFile = "test.plan"

// commands are what a test does with any Runner.
type commands struct {
	t     *testing.T
	run   func(args ...string) (output string, code int)
	plans func(args ...string) map[string]Change
}

// Run runs a command and gives what it printed, and its exit code. Failing is not an error of the test.
func (c commands) Run(args ...string) (output string, code int) { c.t.Helper(); return c.run(args...) }

// Must runs a command that has to succeed.
func (c commands) Must(args ...string) string {
	c.t.Helper()
	out, code := c.Run(args...)
	if code != 0 {
		c.t.Fatalf("terraform %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// MustFail runs a command that has to fail, and gives what it printed with its line breaks and borders taken out, so
// that a sentence can be looked for.
func (c commands) MustFail(args ...string) string {
	c.t.Helper()
	out, code := c.Run(args...)
	if code == 0 {
		c.t.Fatalf("terraform %s succeeded\n%s", strings.Join(args, " "), out)
	}
	return Flat(out)
}

// Apply applies the configuration.
func (c commands) Apply() string { c.t.Helper(); return c.Must("apply", "-auto-approve") }

// Destroy destroys everything in state.
func (c commands) Destroy() string { c.t.Helper(); return c.Must("destroy", "-auto-approve") }

// Empty requires a plan without changes.
func (c commands) Empty() {
	c.t.Helper()
	if out, code := c.Run("plan", "-detailed-exitcode"); code != 0 {
		c.t.Fatalf("plan is not empty (exit code %d):\n%s", code, out)
	}
}

// Plan plans and gives the change of the resource at the address; one without actions when there is none.
func (c commands) Plan(address string, args ...string) Change {
	c.t.Helper()
	return c.plans(args...)[address]
}

// Flat takes Terraform's borders and line breaks out of its messages.
func Flat(output string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(output)), " ")
}

// Change is what a plan does to one resource.
type Change = terraform.Change
