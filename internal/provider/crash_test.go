package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// sweep is what a crash sweep has to know about a resource. All its functions get a bench of the case's own.
type sweep struct {
	// surround makes what has to be there first. Nil: nothing.
	surround func(t *testing.T, b *acctest.Bench)
	// before and after are the configurations that an update leads from and to. They should differ in every part, so
	// that going from one to the other makes, changes and removes. What is created and deleted is before.
	before, after func(b *acctest.Bench) string
	// lose takes away, before an update, what that makes again. Nil: nothing.
	lose func(t *testing.T, b *acctest.Bench)
	// burden puts things of others into what will be deleted. Nil: nothing.
	burden func(t *testing.T, b *acctest.Bench)
	// sound checks what must hold whenever a command has ended, well or not. Nil: nothing.
	sound func(t *testing.T, b *acctest.Bench, tf acctest.Runner)
	// facts are what exists after create and update, told by plain clients and without names of the bench: the same
	// whatever went wrong on the way. Nil: what Terraform sees is all.
	facts func(t *testing.T, b *acctest.Bench) []string
	// recovers are the calls whose lost answer the resource makes up for by itself.
	recovers []string
	// gone checks that nothing is left.
	gone func(t *testing.T, b *acctest.Bench)
	// pace is how the pace of tests is adjusted.
	pace []func(*awsclient.Pace)
	// phases are those that are swept: "create", "update" and "delete".
	phases []string
	// brief is one case of each phase and fault, by the real command. LocalStack has no more of any sweep.
	brief bool
}

// run fails every mutating call of each phase, unsent and with its answer lost, and goes on by apply after the one and by
// destroy after the other, by turns: the end is the same, and nothing is left behind. The cases are played in process,
// but for one of each phase and fault: these alone run on LocalStack too, which answers one call at a time.
func (s sweep) run(t *testing.T, b *acctest.Bench) {
	faults := map[string]func() gateway.Fault{"unsent": gateway.ResetBefore, "lost": gateway.ResetAfter}
	for _, phase := range s.phases {
		calls, facts := s.undisturbed(t, b, phase)
		for n := 1; n <= calls; n++ {
			for kind, fault := range faults {
				real := n == (calls+1)/2
				if !real && (s.brief || b.Kind == emulator.LocalStack) {
					continue
				}
				next := "destroy"
				if (n%2 == 0) == (kind == "lost") {
					next = "apply"
				}
				t.Run(fmt.Sprintf("%s/%d/%s/%s", phase, n, kind, next), func(t *testing.T) {
					t.Parallel()
					b := b.Fork(t)
					s.crash(t, b, runner(t, b, real, s.pace...), phase, gateway.Rule{
						Name: struck, Match: gateway.Nth(n, gateway.Mutation()), Fault: fault(), Times: 1,
					}, next, facts)
				})
			}
		}
	}
}

// prepare makes what is there before the phase, and gives the configuration and the command that are to be struck.
func (s sweep) prepare(
	t *testing.T, b *acctest.Bench, tf acctest.Runner, phase string,
) (config string, command []string) {
	if s.surround != nil {
		s.surround(t, b)
	}
	config, command = s.before(b), []string{"apply", "-auto-approve"}
	if phase == "create" {
		return config, command
	}
	tf.Write(b.Provider() + config)
	tf.Apply()
	if phase == "update" {
		if s.lose != nil {
			s.lose(t, b)
		}
		return s.after(b), command
	}
	if s.burden != nil {
		s.burden(t, b)
	}
	return config, []string{"destroy", "-auto-approve"}
}

// struck is the name of the fault that a case is about.
const struck = "struck"

// undisturbed counts the mutating calls of a phase, and says what exists after it.
func (s sweep) undisturbed(t *testing.T, b *acctest.Bench, phase string) (calls int, facts []string) {
	t.Helper()
	b = b.Fork(t)
	tf := b.Played(t, s.pace...)
	config, command := s.prepare(t, b, tf, phase)
	tf.Write(b.Provider() + config)
	b.Gateway.Reset()
	tf.Must(command...)
	s.check(t, b, tf)
	calls = b.Gateway.Mutations()
	if calls == 0 {
		t.Fatalf("%s makes no call that could be struck", phase)
	}
	if phase != "delete" {
		facts = s.exists(t, b)
		tf.Destroy()
	}
	s.gone(t, b)
	return calls, facts
}

func (s sweep) crash(
	t *testing.T, b *acctest.Bench, tf acctest.Runner, phase string, rule gateway.Rule, next string, facts []string,
) {
	config, command := s.prepare(t, b, tf, phase)
	tf.Write(b.Provider("max_retries = 0") + config) // so that the call is not simply sent again
	b.Gateway.Reset()
	b.Gateway.Inject(rule)
	out, code := tf.Run(command...)
	tf.Write(b.Provider() + config)
	calls := b.Gateway.Calls()
	i := slices.IndexFunc(calls, func(c gateway.Call) bool { return c.Fault == struck })
	if i < 0 {
		t.Fatalf("nothing was struck, of %d writing calls\n%s\n%s", b.Gateway.Mutations(), wrong(calls, out), out)
	}
	if code == 0 && phase != "delete" && !slices.Contains(s.recovers, calls[i].Name()) { // a delete whose last answer is lost is done
		t.Fatalf("the run did not notice\n%s\n%s", wrong(calls, out), out)
	}
	s.check(t, b, tf)
	if next == "apply" {
		tf.Apply()
		s.check(t, b, tf)
		if diff := cmp.Diff(facts, s.exists(t, b)); diff != "" && phase != "delete" {
			t.Errorf("what exists (-undisturbed +got):\n%s", diff)
		}
		tf.Empty()
	}
	tf.Destroy()
	s.gone(t, b)
}

// wrong is what went wrong: the calls that failed, but for reads of what is not there, and the errors that the command
// printed. They tell the cause.
func wrong(calls []gateway.Call, out string) string {
	var lines []string
	for n, c := range calls {
		failed := c.Status == 0 || c.Status >= http.StatusBadRequest || c.Fault != ""
		if failed && (c.Mutating || c.Status != http.StatusNotFound) {
			lines = append(lines, fmt.Sprintf("call %d of %d: %s, attempt %d, status %d, fault %q",
				n+1, len(calls), c.Name(), c.Attempt, c.Status, c.Fault))
		}
	}
	if _, said, failed := strings.Cut(out, "Error: "); failed {
		lines = append(lines, "Error: "+said)
	}
	return strings.Join(lines, "\n")
}

func (s sweep) exists(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	if s.facts == nil {
		return nil
	}
	return s.facts(t, b)
}

func (s sweep) check(t *testing.T, b *acctest.Bench, tf acctest.Runner) {
	t.Helper()
	if s.sound != nil {
		s.sound(t, b, tf)
	}
}
