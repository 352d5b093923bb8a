package provider_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const bookmark = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Hostname</key>
  <string>s3.amazonaws.com</string>
  <key>Nickname</key>
  <string>Spinup - data.example.edu</string>
  <key>Path</key>
  <string>/data.example.edu</string>
  <key>Port</key>
  <string>443</string>
  <key>Protocol</key>
  <string>s3</string>
  <key>Provider</key>
  <string>iterate GmbH</string>
  <key>Web URL</key>
  <string>s3://data.example.edu/</string>
</dict>
</plist>
`

// TestAccCyberduckBookmark calls the function through Terraform, which needs no network: not even to connect.
func TestAccCyberduckBookmark(t *testing.T) {
	scoped := strings.NewReplacer("Spinup - data.example.edu<", "Spinup - data.example.edu/docs/a &amp; b<",
		">/data.example.edu<", ">/data.example.edu/docs/a &amp; b<").Replace(bookmark)
	elsewhere := strings.NewReplacer("s3.amazonaws.com", "s3.example.edu", ">443<", ">9000<",
		"<dict>\n", "<dict>\n  <key>Custom</key>\n  <dict>\n    <key>s3.bucket.virtualhost.disable</key>\n"+
			"    <string>true</string>\n  </dict>\n").Replace(bookmark)
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Terraform(t)
		tf.Write(b.Provider() + `
output "whole" { value = provider::spinup::cyberduck_bookmark("data.example.edu", null) }
output "path" { value = provider::spinup::cyberduck_bookmark("data.example.edu", "/docs/a & b/") }
output "store" { value = provider::spinup::cyberduck_bookmark("data.example.edu", null, "https://s3.example.edu:9000") }
`)
		tf.Apply()
		for output, want := range map[string]string{"whole": bookmark, "path": scoped, "store": elsewhere} {
			if diff := cmp.Diff(want, tf.Must("output", "-raw", output)); diff != "" {
				t.Errorf("%s: %s", output, diff)
			}
		}
		tf.Write(b.Provider() + `output "none" { value = provider::spinup::cyberduck_bookmark("", null) }`)
		if out := tf.MustFail("plan"); !strings.Contains(out, "the bucket name is empty") {
			t.Error(out)
		}
		if calls := b.Gateway.Counts(); len(calls) > 0 {
			t.Errorf("the function made calls: %v", calls)
		}
	})
}
