package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

// site is a site with all defaults, in a zone of its own; lines are further lines of it.
func site(b *acctest.Bench, lines ...string) string {
	return fmt.Sprintf(`
resource "spinup_website" "test" {
  domain = %q
  %s
}
`, domain(b), strings.Join(lines, "\n  "))
}

// zone is the name of the bench's hosted zone, domain that of its site.
func zone(b *acctest.Bench) string   { return b.Name + ".example.edu" }
func domain(b *acctest.Bench) string { return "www." + zone(b) }

// noCloudFront is why a test of what CloudFront does runs on one emulator only.
const noCloudFront = "LocalStack has no CloudFront of its own"

// TestAccWebsite_basic: a site from one block, which is then as it should be, is found by its domain, and goes.
func TestAccWebsite_basic(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b))
		tf.Apply()
		tf.Empty()
		made := tf.State("spinup_website.test")
		tf.ForgetState()
		tf.Must("import", "spinup_website.test", domain(b))
		found := tf.State("spinup_website.test")
		if diff := cmp.Diff(made, found); diff != "" {
			t.Errorf("imported (-made +found):\n%s", diff)
		}
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}
