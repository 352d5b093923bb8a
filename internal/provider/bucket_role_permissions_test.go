package provider_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
)

// roleLife takes a role through everything that can happen to one. Each run is of a command that has to succeed in the
// end.
func roleLife(t *testing.T, b *acctest.Bench, tf acctest.Runner, run func(command ...string)) {
	t.Helper()
	bound := `permissions_boundary = "` + b.PolicyARN(b.Name+"-bound") + `"`
	for _, lines := range [][]string{
		{readOnly, byIssuer(b, "one"), created, bound},
		{`access = "admin"`, "web_admin = true", byIssuer(b, "one", "two"), created, `tags = { A = "1" }`},
		{readOnly, byService, created, "max_session_duration = 7200", bound},
		{readOnly, byIssuer(b, "one"), created},
	} {
		tf.Write(b.Provider() + roleBlock(b, lines...))
		run("apply", "-auto-approve")
	}
	acctest.Must(b.IAM().RemoveClientIDFromOpenIDConnectProvider(t.Context(), removeAudience(b)))(t)
	run("apply", "-auto-approve")
	run("destroy", "-auto-approve")
	noRole(t, b, "-ci")
}

func surroundRole(t *testing.T, b *acctest.Bench) {
	t.Helper()
	makePolicy(t, b, b.Name+"-bound")
	makeSiteAdmins(t, b, "E1EXAMPLE2ID")
}

// TestAccBucketRole_permissions holds the whole life of a role to the published policy. It passes, and needs all of it.
func TestAccBucketRole_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundRole(t, b)
		tf, policy := b.Played(t), published(t, "bucket-role.json")
		hold(t, b, policy)
		roleLife(t, b, tf, func(command ...string) { tf.Must(command...) })
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccBucketRole_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead through
// the whole life of a role and end at the published policy.
func TestAccBucketRole_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundRole(t, b)
		tf, policy := b.Played(t), published(t, "bucket-role.json")
		granted := learned(t, b, tf, policy, func(run func(...string)) { roleLife(t, b, tf, run) })
		if diff := cmp.Diff(actionsOf(policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// TestAccBucketRole_permissionsPlan holds a plan to the read-only policy. It names the drift, needs all of the policy, and
// writes nothing.
func TestAccBucketRole_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		surroundRole(t, b)
		tf := b.Served(t)
		tf.Write(b.Provider() + roleBlock(b, readOnly, "web_admin = true", byIssuer(b, "one"), created))
		tf.Apply()
		putsOnRole("-WebAdmPlc", nothing)(t, b, aws.String(b.Name+"-ci"))
		wantPlan(t, b, tf, published(t, "bucket-role-plan.json"), "~ web_admin = false -> true")
		tf.Destroy()
	})
}

// TestAccBucketRole_denied lets each read of a refresh fail in turn.
func TestAccBucketRole_denied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		tf.Write(b.Provider("max_retries = 0") + roleBlock(b, readOnly, byIssuer(b, "one"), created))
		tf.Apply()
		role := "role " + b.Name + "-ci"
		rows := append(denied(bucketrole.Reads{}, map[string]string{"role": role, "provider": "provider " + *providerARN(b)}),
			unread{"GetRole fails", "iam:GetRole", gateway.Internal(), []string{role + ": InternalFailure"}},
			unread{"GetRole throttled", "iam:GetRole", gateway.Throttled(), []string{role + ": Throttling"}},
			unread{"ListRolePolicies throttled", "iam:ListRolePolicies", gateway.Throttled(), []string{role + ": Throttling"}},
		)
		wantUnread(t, b, tf, "Bucket role", some(brief, rows))
		tf.Destroy()
	}))
}
