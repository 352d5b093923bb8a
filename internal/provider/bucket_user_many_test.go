package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// many are twenty users of one bucket, of every kind: by group, by an inline policy, confined to a path.
func many(b *acctest.Bench) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %[1]q
  access_levels = ["read_write", "read_only"]
}

resource "spinup_bucket_user" "test" {
  count      = 20
  bucket     = spinup_bucket.test.name
  name       = format("%[1]s-%%02d", count.index)
  access     = count.index %% 2 == 0 ? "read_write" : "read_only"
  path       = count.index %% 5 == 0 ? "/docs/${count.index}/" : null
  grant      = count.index %% 5 == 1 ? "inline" : "group"
  access_key = {}
}
`, b.Name)
}

// TestAccBucketUser_many makes twenty users in one apply. A refresh reads each fact once: four or five calls for a user.
func TestAccBucketUser_many(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider("max_retries = 0") + many(b))
		tf.Apply()
		b.Gateway.Reset()
		tf.Empty()

		facts := map[string]int{}
		for _, call := range b.Gateway.Calls() {
			if call.Mutating {
				t.Errorf("a plan called %s", call.Name())
			}
			if _, name, ok := strings.Cut(call.Resource, ":user/"); ok {
				facts[name+" "+call.Operation]++
			}
		}
		want := map[string]int{}
		for n := range 20 {
			reads := []string{"GetUser", "ListGroupsForUser", "ListUserPolicies", "ListAccessKeys"}
			if n%5 < 2 {
				reads = append(reads, "GetUserPolicy")
			}
			for _, read := range reads {
				want[fmt.Sprintf("%s-%02d %s", b.Name, n, read)] = 1
			}
		}
		if diff := cmp.Diff(want, facts); diff != "" {
			t.Error("reads, -want +got:\n" + diff)
		}
		if n := b.Gateway.Counts()["sts:GetCallerIdentity"]; n != 1 {
			t.Errorf("asked %d times who the caller is", n)
		}

		for _, group := range []string{"RO", "RW"} {
			name := fmt.Sprintf("%s-Bkt%sGrp", b.Name, group)
			out := acctest.Must(b.IAM().GetGroup(t.Context(), &iam.GetGroupInput{GroupName: &name}))(t)
			if len(out.Users) != 6 {
				t.Errorf("group %s has %d members, want 6", name, len(out.Users))
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
