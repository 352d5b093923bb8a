//go:build unix

package provider_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// importID matches the id of an import block in an error.
var importID = regexp.MustCompile(`id = "([^"]+)"`)

// TestAccWebsite_killed kills terraform and the provider at random moments while they make sites. What is left is one
// command away: the next apply finishes it, or shows the import blocks with which it does.
func TestAccWebsite_killed(t *testing.T) {
	acctest.Alone(t, emulator.Fakecloud, everybodys, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeCertificate(t, "*."+zone(b))
		const sites, writesOfASite = 5, 20
		name := func(i int) string { return fmt.Sprintf("k%d.%s", i, zone(b)) }
		config := b.Provider()
		for i := range sites {
			config += fmt.Sprintf("resource \"spinup_website\" \"k%d\" {\n  domain = %q\n  wait_for_deployment = false\n"+
				"  destroy_mode = \"disable\"\n  force_destroy = true\n}\n", i, name(i))
		}
		for _, moment := range []int{1 + rand.N(sites), sites + rand.N(sites*writesOfASite)} {
			tf := b.Terraform(t)
			tf.Write(config)
			b.Gateway.Reset()
			killAfter(t, b, tf, moment)
			t.Logf("killed after %d writes: %v", moment, mutations(b))

			out, code := tf.Run("apply", "-auto-approve")
			imports := ""
			for _, id := range importID.FindAllStringSubmatch(out, -1) {
				if strings.Contains(imports, fmt.Sprintf("id = %q", id[1])) {
					continue // each error has the blocks of those before it
				}
				imports += fmt.Sprintf("import {\n  to = spinup_website.%s\n  id = %q\n}\n", id[1][:2], id[1])
			}
			if code != 0 && imports == "" {
				t.Fatalf("after %d writes the way out is not shown:\n%s", moment, out)
			}
			if code != 0 {
				tf.Write(config + imports)
				tf.Must("apply", "-auto-approve")
			}
			tf.Empty()
			tf.Must("destroy", "-auto-approve")
		}
	})
}

// killAfter starts an apply and kills it with all that it started once the gateways have seen so many writes.
func killAfter(t *testing.T, b *acctest.Bench, tf *acctest.Terraform, writes int) {
	t.Helper()
	cmd := tf.Command("apply", "-auto-approve")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for len(mutations(b)) < writes {
		select {
		case err := <-ended:
			t.Logf("it ended by itself: %v", err)
			return
		default:
		}
		if awsclient.Wait(t.Context(), 5*time.Millisecond) != nil {
			break
		}
	}
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	t.Logf("terraform ended: %v", <-ended)
}
