package provider_test

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccProvider_refreshOnlyExitCode: a refresh-only plan of resources with numbers in state ends with 0, so that CI can
// watch drift with it, and with 2 where there is some.
func TestAccProvider_refreshOnlyExitCode(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf(`
resource "spinup_bucket" "test" { name = %[1]q }
resource "spinup_lifecycle_rule" "test" {
  bucket                 = spinup_bucket.test.name
  name                   = "old"
  expiration_days        = 30
  noncurrent_transitions = [{ days = 7, storage_class = "GLACIER" }]
  filter                 = { object_size_greater_than = 100000 }
}
resource "spinup_bucket_user" "test" {
  bucket     = spinup_bucket.test.name
  name       = "%[1]s-ann"
  access     = "admin"
  access_key = { rotate_after = "720h", overlap = "24h" }
}
`, b.Name))
		tf.Apply()
		if out, code := tf.Run("plan", "-refresh-only", "-detailed-exitcode"); code != 0 {
			t.Errorf("without drift it ends with %d\n%s", code, out)
		}
		setTags(t, b, map[string]string{"Drift": "yes"})
		if out, code := tf.Run("plan", "-refresh-only", "-detailed-exitcode"); code != 2 {
			t.Errorf("with drift it ends with %d\n%s", code, out)
		}
		tf.Destroy()
	})
}
