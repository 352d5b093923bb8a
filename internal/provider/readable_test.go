package provider_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// longestPlan is how many lines of a plan for a bucket a person reads. Empty ones are not read.
const longestPlan = 60

// TestAccBucket_readablePlans: no plan for a bucket with three levels is longer than a person reads, and the plan of a
// new one leaves nothing open.
func TestAccBucket_readablePlans(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		read := func(what string, args ...string) string {
			t.Helper()
			text := tf.Must(append([]string{"plan"}, args...)...)
			lines := slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
			if t.Logf("%d lines to %s", len(lines), what); len(lines) > longestPlan {
				t.Errorf("the plan to %s has %d lines:\n%s", what, len(lines), text)
			}
			return text
		}
		write := func(lines string) {
			tf.Write(b.Provider() + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %q
  access_levels = ["admin", "read_write", "read_only"]
  %s
}
`, b.Name, lines))
		}
		write("")
		if text := read("create"); strings.Contains(text, "(known after apply)") {
			t.Errorf("the plan to create leaves something open:\n%s", text)
		}
		tf.Apply()
		read("destroy", "-destroy")
		write(`versioning = true
  tags       = { Team = "physics" }`)
		read("update")
		tf.Apply()
		rewriteDocument(t, b, access.ReadOnly)
		deleteGroup(t, b, access.ReadWrite)
		read("repair")
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccExamples_mocked runs `terraform test` where the provider is mocked: on an example, and on everything that is a
// list or a map of objects.
func TestAccExamples_mocked(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "the provider is mocked: nothing is called", func(t *testing.T, b *acctest.Bench) {
		for _, dir := range []string{examples + "/modules/team-storage", "testdata/mocks"} {
			tf := b.Served(t)
			if err := os.CopyFS(tf.Dir, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			saysAll(t, tf.Must("test"), "2 passed, 0 failed")
		}
		same(t, "calls", map[string]int{}, b.Gateway.Counts())
	})
}
