package provider_test

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// TestAccGatewayUser_stores lets the secret go to AWS: made, rotated, moved, changed elsewhere, with calls that fail on the
// way. Whatever happens, what the store of a sound state holds is what the gateway accepts.
func TestAccGatewayUser_stores(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "it has the stores of AWS, and VersityGW stands beside it", func(t *testing.T, b *acctest.Bench) {
		gw := b.Beside(t)
		tf := b.Played(t)
		apply := func(secret string) {
			t.Helper()
			tf.Write(b.ProviderBeside(gw) + ownUser(b, secret))
			tf.Apply()
			tf.Empty()
		}
		name := "/team/" + b.Name
		parameter := func(rotation string) string {
			return fmt.Sprintf("secret = {\n rotation = %q\n store = { ssm_parameter = %q }\n }", rotation, name)
		}
		works := func(key acctest.StoredKey, err error) string {
			t.Helper()
			if err != nil || key.ID != ann(b) {
				t.Fatalf("the store holds the key %q: %v", key.ID, err)
			}
			accepts(t, gw, key.Secret)
			return key.Secret
		}
		apply(parameter("1"))
		first := works(b.LookUp(t.Context(), name))
		apply(parameter("2"))
		if works(b.LookUp(t.Context(), name)) == first {
			t.Error("a rotation kept the secret")
		}

		other := "another-secret"
		setUser(t, gw, versitygw.Change{Secret: &other})
		same(t, "changed elsewhere", []string{"secret"}, tf.Plan(gatewayUserAt).Attributes())
		tf.Apply()
		tf.Empty()
		works(b.LookUp(t.Context(), name))

		for n, fault := range []struct {
			at   *gateway.Gateway
			rule gateway.Rule
		}{
			{b.Gateway, gateway.Rule{Match: gateway.Op("ssm:PutParameter"), Fault: gateway.Answer(400, "ValidationException", "No."), Times: 1}},
			{gw.Gateway, gateway.Rule{Match: gateway.Op("admin:UpdateUser"), Fault: gateway.Answer(400, "MalformedXML", "No."), Times: 1}},
		} {
			fault.at.Inject(fault.rule)
			tf.Write(b.ProviderBeside(gw) + ownUser(b, parameter(fmt.Sprint("failing", n))))
			tf.MustFail("apply", "-auto-approve")
			tf.Apply()
			tf.Empty()
			works(b.LookUp(t.Context(), name))
		}
		for _, lost := range []gateway.Rule{
			{Match: gateway.Op("ssm:PutParameter"), Fault: gateway.ResetAfter(), Times: 1},
			{Match: gateway.Op("admin:UpdateUser"), Fault: gateway.ResetAfter(), Times: 1},
		} {
			for _, g := range []*gateway.Gateway{b.Gateway, gw.Gateway} {
				t.Cleanup(g.Inject(lost))
			}
		}
		apply(parameter("lost"))
		works(b.LookUp(t.Context(), name))

		apply(fmt.Sprintf("secret = { store = { secretsmanager_secret = %q } }", b.Name))
		works(b.LookUpSecret(t.Context(), b.Name))
		if _, err := b.LookUp(t.Context(), name); found(t, "parameter", err) {
			t.Error("the former store is left")
		}
		if err := gw.Admin(t).DeleteUser(t.Context(), ann(b)); err != nil {
			t.Fatal(err)
		}
		tf.Apply() // what holds the secret outlived the user
		tf.Empty()
		works(b.LookUpSecret(t.Context(), b.Name))
		apply(given("quite-secret", "1"))
		accepts(t, gw, "quite-secret")
		if _, err := b.LookUpSecret(t.Context(), b.Name); found(t, "secret", err) {
			t.Error("what held the secret is left")
		}
		apply(parameter("1"))
		tf.Destroy()
		if _, err := b.LookUp(t.Context(), name); found(t, "parameter", err) || gw.User(t, ann(b)) != nil {
			t.Error("something is left")
		}
	})
}
