package provider_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// grantsTo are grants of the bench's bucket for a principal of each kind.
func grantsTo(b *acctest.Bench, lines string) (config string) {
	for kind, suffix := range map[string]string{"group": "-club", "user": "-ann", "role": "-ci"} {
		config += fmt.Sprintf("resource \"spinup_bucket_grant\" %q {\n  bucket = %q\n  %s = %q\n  %s\n}\n",
			kind, b.Name, kind, b.Name+suffix, lines)
	}
	return config
}

func surroundGrants(t *testing.T, b *acctest.Bench) {
	t.Helper()
	makeGroup(t, b, b.Name+"-club", nothing)
	b.MakeUser(t, b.Name+"-ann")
	makeRole(t, b)
	makeSiteAdmins(t, b, "E1EXAMPLE2ID")
}

// grantLife takes grants through everything that can happen to one. Each run is of a command that has to succeed in the
// end.
func grantLife(t *testing.T, b *acctest.Bench, tf acctest.Runner, run func(command ...string)) {
	t.Helper()
	for _, lines := range []string{readOnly, readOnly + "\n  web_admin = true", `access = "read_write"`} {
		tf.Write(b.Provider() + grantsTo(b, lines))
		run("apply", "-auto-approve")
	}
	run("destroy", "-auto-approve")
	same(t, "grant", "", grantOf(t, b))
}

// TestAccBucketGrant_permissions holds the whole life of grants to the published policy. It passes, and needs all of it.
func TestAccBucketGrant_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundGrants(t, b)
		tf, policy := b.Played(t), published(t, "bucket-grant.json")
		hold(t, b, policy)
		grantLife(t, b, tf, func(command ...string) { tf.Must(command...) })
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccBucketGrant_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead through
// the whole life of grants and end at the published policy.
func TestAccBucketGrant_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundGrants(t, b)
		tf, policy := b.Played(t), published(t, "bucket-grant.json")
		granted := learned(t, b, tf, policy, func(run func(...string)) { grantLife(t, b, tf, run) })
		if diff := cmp.Diff(actionsOf(policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// TestAccBucketGrant_permissionsPlan holds a plan to the read-only policy. It names the drift, needs all of the policy,
// and writes nothing.
func TestAccBucketGrant_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundGrants(t, b)
		tf := b.Served(t)
		tf.Write(b.Provider() + grantsTo(b, readOnly+"\n  web_admin = true"))
		tf.Apply()
		putsOnGroup(t, b, nothing)
		wantPlan(t, b, tf, published(t, "bucket-grant-plan.json"), `+ access = "read_only"`)
		tf.Destroy()
	})
}

// TestAccBucketGrant_denied lets each read of a refresh fail in turn.
func TestAccBucketGrant_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundGrants(t, b)
		tf := b.Played(t)
		tf.Write(b.Provider("max_retries = 0") + grantBlock(b, "-club", readOnly))
		tf.Apply()
		group := "group " + b.Name + "-club"
		wantUnread(t, b, tf, "Bucket grant", []unread{
			{"GetGroupPolicy denied", "iam:GetGroupPolicy", gateway.Forbidden(), []string{"GetGroupPolicy", "iam:GetGroupPolicy on " + group}},
			{"GetGroupPolicy fails", "iam:GetGroupPolicy", gateway.Internal(), []string{group + ": InternalFailure"}},
		})
		tf.Destroy()
	})
}
