package provider_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// unsync are the parts of a spinup_drift that are not in sync, as "type attribute status detail".
func unsync(state map[string]any) (all []string) {
	for _, one := range state["parts"].([]any) {
		part := one.(map[string]any)
		if part["status"] != "in_sync" {
			all = append(all, fmt.Sprintf("%v %v %v: %v", part["resource"], part["attribute"], part["status"], part["detail"]))
		}
	}
	return all
}

func TestAccDrift_bucket(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Played(t)
		config := b.Provider() + complete(b)
		tf.Write(config)
		tf.Apply()
		seen := b.Served(t)
		seen.Write(b.Provider() + fmt.Sprintf(`
data "spinup_drift" "test" {
  type = "spinup_bucket"
  id   = %q
}
`, b.Name))
		seen.Apply()
		t.Logf("%v", seen.State("data.spinup_drift.test"))
		acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: aws.String(b.Name + "-BktROGrp")}))
		seen.Apply()
		t.Logf("%v", unsync(seen.State("data.spinup_drift.test")))
		tf.Destroy()
	})
}
