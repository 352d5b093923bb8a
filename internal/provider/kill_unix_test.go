//go:build unix

package provider_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// killable is a resource whose terraform and provider are killed.
type killable struct {
	surround      func(t *testing.T, b *acctest.Bench)
	before, after func(b *acctest.Bench) string
	gone          func(t *testing.T, b *acctest.Bench)
	calls         int // about so many are made by a create, an update and a destroy
}

func killables() map[string]killable {
	return map[string]killable{
		"bucket": {
			surround: func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name+"-log") },
			before:   func(b *acctest.Bench) string { return crashBefore(b.Name) },
			after:    func(b *acctest.Bench) string { return crashAfter(b.Name) },
			gone:     func(t *testing.T, b *acctest.Bench) { b.Gone(t, b.Name) },
			calls:    50,
		},
		"user": {
			surround: func(t *testing.T, b *acctest.Bench) { makeLevels(t, b, access.ReadOnly, access.ReadWrite) },
			before: func(b *acctest.Bench) string {
				return member(b, `access = "read_only"`, `access_key = {}`, `tags = { Step = "before" }`)
			},
			after: func(b *acctest.Bench) string {
				return member(b, `access = "read_write"`, `access_key = { rotation = "2" }`, `tags = { Step = "after" }`)
			},
			gone: func(t *testing.T, b *acctest.Bench) {
				if liveUser(t, b, b.Name+"-ann") != nil {
					t.Error("the user is left")
				}
			},
			calls: 14,
		},
		"rule": {
			surround: func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name) },
			before:   func(b *acctest.Bench) string { return ruleBlock(b, "test", "one", `expiration_days = 30`) },
			after:    func(b *acctest.Bench) string { return ruleBlock(b, "test", "one", `noncurrent_days = 30`) },
			gone:     func(t *testing.T, b *acctest.Bench) { same(t, "rules", 0, len(rulesOf(t, b))) },
			calls:    5,
		},
	}
}

// importBlocks finds the import blocks that an error names.
var importBlocks = regexp.MustCompile(`import \{ to = (\S+)\.NAME id = "([^"]+)" \}`)

// TestAccContract_kills kills terraform and provider at random moments, which the seed decides. What remains is one
// command away: apply or destroy, or an apply with the import block that the error names. Nothing is left in the end.
func TestAccContract_kills(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const reason = "what is made while the process dies is decided before the emulator is asked"
	acctest.Only(t, emulator.Fakecloud, reason, func(t *testing.T, b *acctest.Bench) {
		var killed atomic.Int32
		cases := 0
		t.Run("at", func(t *testing.T) {
			for name, one := range killables() {
				for i := range 12 {
					phase, next := []string{"create", "update", "delete"}[i%3], []string{"apply", "destroy"}[i/3%2]
					n := 1 + random.IntN(one.calls)
					cases++
					t.Run(fmt.Sprintf("%s/%s/%d/%s", name, phase, n, next), func(t *testing.T) {
						t.Parallel()
						if one.killed(t, b.Fork(t), phase, next, n) {
							killed.Add(1)
						}
					})
				}
			}
		})
		t.Logf("%d of %d were killed before they ended", killed.Load(), cases)
		if int(killed.Load()) < cases/3 {
			t.Error("too few were killed: the numbers of calls in this test are out of date")
		}
	})
}

// killed kills the command of a phase at its n-th call, and goes on. It reports whether the command was still running.
func (k killable) killed(t *testing.T, b *acctest.Bench, phase, next string, n int) bool {
	k.surround(t, b)
	tf, doomed := b.Served(t), b.Terraform(t) // a process of its own is there to be killed
	doomed.Dir = tf.Dir
	config := b.Provider() + k.before(b)
	tf.Write(config)
	if phase != "create" {
		tf.Apply()
	}
	command := "apply"
	switch phase {
	case "update":
		config = b.Provider() + k.after(b)
		tf.Write(config)
	case "delete":
		command = "destroy"
	}
	b.Gateway.Reset()
	killed := doomed.Kill(func() bool { return len(b.Gateway.Calls()) >= n }, command, "-auto-approve")
	if phase == "create" || next == "apply" { // only an apply tells what is not in state
		goOn(t, tf, config)
	}
	tf.Destroy()
	k.gone(t, b)
	return killed
}

// goOn applies, and again with the import blocks that the error names.
func goOn(t *testing.T, tf *acctest.Terraform, config string) {
	t.Helper()
	out, code := tf.Run("apply", "-auto-approve")
	if code == 0 {
		return
	}
	blocks := importBlocks.FindAllStringSubmatch(acctest.Flat(out), -1)
	if len(blocks) == 0 {
		t.Fatalf("no command is named:\n%s", out)
	}
	for _, block := range blocks {
		config += fmt.Sprintf("import {\n to = %s.test\n id = %q\n}\n", block[1], block[2])
	}
	tf.Write(config)
	tf.Apply()
	tf.Write(strings.Split(config, "import {")[0])
}
