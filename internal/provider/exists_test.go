package provider_test

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccContract_importsAll: when state is lost, one of the errors of a plan has the import blocks of all that exists.
func TestAccContract_importsAll(t *testing.T) {
	const reason = "what the errors say is decided before the emulator is asked"
	acctest.Only(t, emulator.Fakecloud, reason, func(t *testing.T, b *acctest.Bench) {
		config := b.Provider() + "resource \"spinup_bucket\" \"test\" {\n name = \"" + b.Name + "\"\n}\n" + ruleBlock(b, "one", "one", `expiration_days = 30`) +
			ruleBlock(b, "two", "two", `noncurrent_days = 30`)
		b.MakeBucket(t, b.Name)
		tf := b.Played(t)
		tf.Write(b.Provider() + ruleBlock(b, "one", "one", `expiration_days = 30`) + ruleBlock(b, "two", "two", `noncurrent_days = 30`))
		tf.Apply()
		again := b.Played(t)
		again.Write(config)
		said, complete := again.MustFail("plan"), false
		for one := range strings.SplitSeq(said, "Error: ") {
			all := true
			for _, block := range []string{
				"to = spinup_bucket.NAME id = \"" + b.Name + "\"",
				"to = spinup_lifecycle_rule.NAME id = \"" + b.Name + "/one\"",
				"to = spinup_lifecycle_rule.NAME id = \"" + b.Name + "/two\"",
			} {
				all = all && strings.Contains(one, block)
			}
			complete = complete || all
		}
		if !complete {
			t.Errorf("no error has the import blocks of all three:\n%s", said)
		}
		tf.Destroy()
	})
}
