package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const (
	keyAt    = "ephemeral.spinup_access_key.test"
	inStores = "the stores for secrets are the same everywhere"
)

func keyBlock(storedAt string) string {
	return fmt.Sprintf("\nephemeral \"spinup_access_key\" \"test\" {\n  stored_at = %q\n}\n", storedAt)
}

// TestAccAccessKey_basic reads back the key of a user from each of the stores.
func TestAccAccessKey_basic(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, inStores, func(t *testing.T, b *acctest.Bench) {
		for _, store := range []string{toParameter, toSecret} {
			b := b.Fork(t)
			tf := b.Played(t)
			config := b.Provider() + member(b, `access = "read_only"`, `path = "/docs/"`, keyIn(strings.ReplaceAll(store, "NAME", b.Name)))
			tf.Write(config)
			tf.Apply()
			key, _ := tf.State(userAddress)["access_key"].(map[string]any)
			at, _ := key["stored_at"].(string)
			tf.Write(config + keyBlock(at))
			tf.Must("plan")
			opened := tf.Opened(keyAt)
			same(t, "id", key["id"], opened["id"])
			if secret, _ := opened["secret"].(string); len(secret) < 20 {
				t.Errorf("the secret has %d characters", len(secret))
			}
			tf.Destroy()
			saysAll(t, tf.MustFail("plan"), "stored_at", "No such access key", at)
		}
	})
}

// TestAccAccessKey_other finds something else than a key, and shows nothing of it.
func TestAccAccessKey_other(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, inStores, func(t *testing.T, b *acctest.Bench) {
		tf, name := b.Played(t), "/"+b.Name
		tf.Write(b.Provider() + keyBlock(name))
		for i, text := range []string{
			"hidden-text", `{"access_key_id":"hidden-text"}`, `{"access_key_id":"","secret_access_key":"hidden-text"}`,
			`{"access_key_id":"A","secret_access_key":"hidden-text","more":1}`,
			`{"access_key_id":"A","secret_access_key":"hidden-text"}}`, `["hidden-text"]`, `{"access_key_id":1,"secret_access_key":"hidden-text"}`,
		} {
			acctest.Must(b.SSM().PutParameter(t.Context(), &ssm.PutParameterInput{
				Name: &name, Value: &text, Type: types.ParameterTypeSecureString, Overwrite: new(i > 0),
			}))(t)
			out := tf.MustFail("plan")
			saysAll(t, out, "stored_at", name, "access_key_id", "form that spinup writes")
			(&tap{secrets: []string{"hidden-text"}}).silentIn(t, out)
		}
		acctest.Must(b.SSM().DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: &name}))(t)
		saysAll(t, tf.MustFail("plan"), "No such access key", name)
	})
}

// silentIn requires that none of the secrets is in the text.
func (h *tap) silentIn(t *testing.T, text string) {
	t.Helper()
	if leaks := h.leaks(text); len(leaks) > 0 {
		t.Errorf("%v in\n%s", leaks, text)
	}
}
