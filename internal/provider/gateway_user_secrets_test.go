package provider_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// TestAccGatewayUser_secrets makes secrets, changes them and fails to, with everything logged that can be. A secret is
// where it belongs and nowhere else: not in state, plan file, plan, error or log. The same holds for the secrets of other
// users, which the gateway tells.
func TestAccGatewayUser_secrets(t *testing.T) {
	const theirs = "secret-of-somebody-else"
	public, private := pair(t)
	inSecret := func(name string) func(*testing.T, *acctest.Terraform) string {
		return func(t *testing.T, tf *acctest.Terraform) string {
			secret, _ := tf.State(gatewayUserAt)["secret"].(map[string]any)
			text, _ := secret[name].(string)
			return text
		}
	}
	const variables = "variable \"secret\" {\n  type = string\n  ephemeral = true\n}\nvariable \"round\" {\n  type = string\n}\n"
	for name, row := range map[string]struct {
		lines string
		read  func(t *testing.T, tf *acctest.Terraform) string
	}{
		"given": {
			"secret_wo = var.secret\n  secret_wo_version = var.round",
			func(_ *testing.T, tf *acctest.Terraform) string {
				return "given-in-round-" + fmt.Sprint(tf.State(gatewayUserAt)["secret_wo_version"])
			},
		},
		"pgp_key": {
			fmt.Sprintf("secret = {\n rotation = var.round\n store = { pgp_key = %q }\n }", public),
			func(t *testing.T, tf *acctest.Terraform) string {
				return decrypt(t, private, inSecret("encrypted_value")(t, tf))
			},
		},
		"state": {"secret = { rotation = var.round }", inSecret("value")},
	} {
		t.Run(name, func(t *testing.T) {
			acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
				otherUser := strings.Replace(ownUser(b, given(theirs, "1")), "-ann", "-zoe", 1)
				other := b.Served(t)
				other.Write(b.Provider() + otherUser)
				other.Apply()
				tf := b.Terraform(t)
				log := filepath.Join(t.TempDir(), "trace.log")
				tf.Setenv("TF_LOG", "TRACE")
				tf.Setenv("TF_LOG_PATH", log)
				round := func(n string) {
					tf.Setenv("TF_VAR_round", n)
					tf.Setenv("TF_VAR_secret", "given-in-round-"+n)
				}
				heard := &tap{secrets: []string{theirs}}
				var printed []string
				run := func(want int, args ...string) {
					t.Helper()
					out, code := tf.Run(args...)
					if code != want {
						t.Fatalf("%v: exit code %d\n%s", args, code, out)
					}
					printed = append(printed, out)
				}
				holds := func() {
					t.Helper()
					secret := row.read(t, tf)
					heard.secrets = append(heard.secrets, secret)
					accepts(t, b, secret)
				}
				tf.Write(b.Provider("max_retries = 0") + variables + ownUser(b, row.lines))
				round("1")
				run(0, "plan", "-out", "first.plan")
				run(0, "apply", "first.plan")
				holds()
				round("2")
				heard.secrets = append(heard.secrets, "given-in-round-2")
				run(0, "plan", "-out", "second.plan")
				remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("admin:UpdateUser"), Fault: gateway.Answer(400, "MalformedXML", "Not now.")})
				run(1, "apply", "second.plan")
				remove()
				round("3")
				run(0, "apply", "-auto-approve")
				holds()
				run(2, "plan", "-detailed-exitcode", "-var", "round=4")
				run(0, "plan", "-detailed-exitcode")
				run(0, "show")

				heard.nowhere(t, tf.Dir, log, printed, "operation=CreateUser", name == "state")
				tf.Destroy()
				other.Destroy()
			})
		})
	}
}
