package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

const (
	ownUsers      = "only VersityGW has users of its own"
	gatewayUserAt = "spinup_gateway_user.test"
)

// ownUser is the configuration of the user "<bench>-ann" of the gateway.
func ownUser(b *acctest.Bench, lines ...string) string {
	return fmt.Sprintf("resource \"spinup_gateway_user\" \"test\" {\n  access_key = %q\n  %s\n}\n",
		ann(b), strings.Join(lines, "\n  "))
}

func ann(b *acctest.Bench) string { return b.Name + "-ann" }

// given are the lines of a secret that is given.
func given(secret, version string) string {
	return fmt.Sprintf("secret_wo = %q\n  secret_wo_version = %q", secret, version)
}

// accepts requires that the gateway accepts the secret.
func accepts(t *testing.T, b *acctest.Bench, secret string) {
	t.Helper()
	if _, err := b.As(ann(b), secret).ListBuckets(t.Context(), &s3.ListBucketsInput{}); err != nil {
		t.Errorf("the gateway does not accept the secret: %v", err)
	}
}

// valueOfSecret is the generated secret in state.
func valueOfSecret(t *testing.T, tf acctest.Runner) string {
	t.Helper()
	secret, _ := tf.State(gatewayUserAt)["secret"].(map[string]any)
	value, _ := secret["value"].(string)
	return value
}

func setUser(t *testing.T, b *acctest.Bench, change versitygw.Change) {
	t.Helper()
	if err := b.Admin(t).UpdateUser(t.Context(), ann(b), change); err != nil {
		t.Fatal(err)
	}
}

// TestAccGatewayUser_basic makes a user with nothing but defaults, and imports it.
func TestAccGatewayUser_basic(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`))
		tf.Apply()
		tf.Empty()
		secret := valueOfSecret(t, tf)
		if len(secret) != 40 {
			t.Errorf("the secret has %d characters", len(secret))
		}
		accepts(t, b, secret)
		want := map[string]any{
			"id": ann(b), "access_key": ann(b), "secret_wo": nil, "secret_wo_version": nil, "role": "user",
			"secret": map[string]any{
				"rotation": nil, "length": 40.0, "store": nil, "value": secret, "encrypted_value": nil, "stored_at": nil,
			},
			"user_id": 0.0, "group_id": 0.0, "project_id": 0.0, "force_destroy": false, "timeouts": nil,
		}
		same(t, "state", want, tf.State(gatewayUserAt))

		tf.ForgetState()
		tf.Write(b.Provider() + ownUser(b))
		tf.Must("import", gatewayUserAt, ann(b))
		want["secret"] = nil
		same(t, "imported", want, tf.State(gatewayUserAt))
		tf.Empty()
		accepts(t, b, secret)

		tf.Write(b.Provider() + ownUser(b, given("quite-secret", "1")))
		tf.Apply()
		tf.Empty()
		accepts(t, b, "quite-secret")
		tf.Destroy()
		if b.User(t, ann(b)) != nil {
			t.Error("the user is left")
		}
	})
}

// TestAccGatewayUser_disappears deletes the user behind Terraform's back: the next apply makes another.
func TestAccGatewayUser_disappears(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		for _, secret := range []string{`secret = {}`, given("quite-secret", "1")} {
			tf.Write(b.Provider() + ownUser(b, secret))
			tf.Apply()
			if err := b.Admin(t).DeleteUser(t.Context(), ann(b)); err != nil {
				t.Fatal(err)
			}
			same(t, "plan", []string{"create"}, tf.Plan(gatewayUserAt).Actions)
			tf.Apply()
			tf.Empty()
			if b.User(t, ann(b)) == nil {
				t.Error("there is no user")
			}
			tf.Destroy()
		}
	})
}

// TestAccGatewayUser_update changes everything in place, and the numbers back to zero.
func TestAccGatewayUser_update(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`, `user_id = 1001`, `group_id = 1002`))
		tf.Apply()
		first := valueOfSecret(t, tf)
		same(t, "numbers", versitygw.IDs{User: 1001, Group: 1002}, b.User(t, ann(b)).IDs)
		for _, lines := range [][]string{
			{`secret = {}`, `role = "userplus"`, `project_id = 7`},
			{`secret = { rotation = "2" }`, `role = "userplus"`},
			{`secret = { rotation = "2", length = 20 }`, `role = "admin"`, `force_destroy = true`},
		} {
			tf.Write(b.Provider() + ownUser(b, lines...))
			same(t, "plan", []string{"update"}, tf.Plan(gatewayUserAt).Actions)
			tf.Apply()
			tf.Empty()
			accepts(t, b, valueOfSecret(t, tf))
		}
		user := b.User(t, ann(b))
		same(t, "numbers", versitygw.IDs{}, user.IDs)
		if second := valueOfSecret(t, tf); user.Role != "admin" || len(second) != 20 || second == first {
			t.Errorf("role %s, secret of %d characters", user.Role, len(second))
		}
		public, private := pair(t)
		tf.Write(b.Provider() + ownUser(b, fmt.Sprintf("secret = { store = { pgp_key = %q } }", public)))
		tf.Apply()
		tf.Empty()
		message, _ := tf.State(gatewayUserAt)["secret"].(map[string]any)["encrypted_value"].(string)
		accepts(t, b, decrypt(t, private, message))
		tf.Destroy()
	})
}

// TestAccGatewayUser_replace changes the access key: another user.
func TestAccGatewayUser_replace(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`))
		tf.Apply()
		tf.Write(b.Provider() + strings.Replace(ownUser(b, `secret = {}`), "-ann", "-bob", 1))
		same(t, "plan", []string{"delete", "create"}, tf.Plan(gatewayUserAt).Actions)
		tf.Apply()
		tf.Empty()
		if b.User(t, ann(b)) != nil || b.User(t, b.Name+"-bob") == nil {
			t.Error("the user was not replaced")
		}
		tf.Destroy()
	})
}

// TestAccGatewayUser_drift changes each part with a plain client. The plan names just that, and applying it repairs it.
func TestAccGatewayUser_drift(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		public, _ := pair(t)
		other, plus := "another-secret", "userplus"
		seven := int64(7)
		secrets := map[string]struct {
			lines string
			shows []string
		}{
			"generated": {`secret = {}`, []string{"secret"}},
			"encrypted": {fmt.Sprintf("secret = { store = { pgp_key = %q } }", public), []string{"secret"}},
			"given":     {given("quite-secret", "1"), []string{"secret_wo_version"}},
		}
		type row struct {
			name   string
			change versitygw.Change
			shows  []string
		}
		for kind, secret := range secrets {
			tf.Write(b.Provider() + ownUser(b, secret.lines, "user_id = 3"))
			tf.Apply()
			for _, row := range some(brief, []row{
				{"role", versitygw.Change{Role: &plus}, []string{"role"}},
				{"user", versitygw.Change{UserID: &seven}, []string{"user_id"}},
				{"group", versitygw.Change{GroupID: &seven}, []string{"group_id"}},
				{"project", versitygw.Change{ProjectID: &seven}, []string{"project_id"}},
				{"secret", versitygw.Change{Secret: &other}, secret.shows},
			}) {
				t.Run(kind+" "+row.name, func(t *testing.T) {
					setUser(t, b, row.change)
					plan := tf.Plans()[gatewayUserAt]
					same(t, "attributes", row.shows, plan.Attributes())
					b.Gateway.Reset()
					tf.Must("apply", "test.plan")
					same(t, "writing calls", []string{"admin:UpdateUser"}, mutations(b))
					tf.Empty()
				})
			}
			switch kind {
			case "given":
				accepts(t, b, "quite-secret")
			case "generated":
				accepts(t, b, valueOfSecret(t, tf))
			}
		}
		tf.Destroy()
	}))
}

// TestAccGatewayUser_crashSweep goes through every crash of a user with numbers, whose secret is generated and later given.
func TestAccGatewayUser_crashSweep(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		sweep{
			before: func(b *acctest.Bench) string { return ownUser(b, `secret = {}`, `user_id = 5`) },
			after: func(b *acctest.Bench) string {
				return ownUser(b, given("quite-secret", "1"), `role = "userplus"`, `group_id = 6`)
			},
			facts: func(t *testing.T, b *acctest.Bench) []string {
				user := b.User(t, ann(b))
				return []string{user.Role, fmt.Sprint(user.IDs)}
			},
			recovers: []string{"admin:UpdateUser"},
			gone: func(t *testing.T, b *acctest.Bench) {
				if b.User(t, ann(b)) != nil {
					t.Error("the user is left")
				}
			},
			phases: []string{"create", "update", "delete"},
		}.run(t, b)
	})
}

// TestAccGatewayUser_lostAnswer loses the answer to the call that makes the user: the second attempt finds it, and knows it
// by its secret. A user that was there before is another's.
func TestAccGatewayUser_lostAnswer(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`))
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("admin:CreateUser"), Fault: gateway.ResetAfter(), Times: 1})
		tf.Apply()
		tf.Empty()
		accepts(t, b, valueOfSecret(t, tf))
		tf.Destroy()

		theirs := versitygw.User{AccessKey: ann(b), Role: "user"}
		if err := b.Admin(t).CreateUser(t.Context(), theirs, "their-secret"); err != nil {
			t.Fatal(err)
		}
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "Gateway user exists already", "to = spinup_gateway_user.NAME",
			fmt.Sprintf("id = %q", ann(b)))
		accepts(t, b, "their-secret")
		if err := b.Admin(t).DeleteUser(t.Context(), ann(b)); err != nil {
			t.Fatal(err)
		}
		// Made by somebody between the plan and the apply.
		tf.Plans()
		if err := b.Admin(t).CreateUser(t.Context(), theirs, "their-secret"); err != nil {
			t.Fatal(err)
		}
		saysAll(t, tf.MustFail("apply", "test.plan"), "Gateway user exists already")
		accepts(t, b, "their-secret")
		if err := b.Admin(t).DeleteUser(t.Context(), ann(b)); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAccGatewayUser_owner does not delete a user that owns buckets unless force_destroy is set.
func TestAccGatewayUser_owner(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`))
		tf.Apply()
		if err := b.Admin(t).CreateBucket(t.Context(), versitygw.NewBucket{Name: b.Name, Owner: ann(b)}); err != nil {
			t.Fatal(err)
		}
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "Gateway user cannot be destroyed", "owns 1 of the gateway's buckets: "+b.Name)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`, `force_destroy = true`))
		tf.Apply()
		tf.Destroy()
		owner, exists, err := b.Admin(t).BucketOwner(t.Context(), b.Name)
		if owner != ann(b) || !exists || err != nil {
			t.Errorf("the bucket has the owner %q, %v", owner, err)
		}
		acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.Name}))(t)
	})
}

// TestAccGatewayUser_denied uses credentials of a user, and lets reads fail: nothing is taken for gone.
func TestAccGatewayUser_denied(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider("max_retries = 0") + ownUser(b, given("quite-secret", "1")))
		tf.Apply()
		state := tf.StateFile()
		for name, row := range map[string]struct{ secret, says string }{
			"a user":       {"quite-secret", "XAdminAccessDenied"},
			"wrong secret": {"other-secret", "secret_key is not the one that belongs to it"},
		} {
			tf.Write(b.ProviderAs(ann(b), row.secret) + ownUser(b, given("quite-secret", "1")))
			out := tf.MustFail("apply", "-auto-approve")
			saysAll(t, out, "Gateway user could not be read", row.says)
			if strings.Contains(out, row.secret) {
				t.Errorf("%s: the secret is in the error", name)
			}
			same(t, "state", state, tf.StateFile())
		}
		tf.Write(b.Provider("max_retries = 0") + ownUser(b, given("quite-secret", "1")))
		wantUnread(t, b, tf, "Gateway user", []unread{
			{"ListUsers denied", "admin:ListUsers", gateway.Forbidden(), []string{"admin ListUsers", "users of role admin"}},
			{"ListUsers fails", "admin:ListUsers", gateway.Internal(), []string{"admin ListUsers: InternalError"}},
			{"no users", "admin:ListUsers", gateway.Answer(501, "XAdminMethodNotSupported", "No."), []string{"has no users of its own"}},
			{"another port", "admin:ListUsers", gateway.Answer(405, "MethodNotAllowed", "No."), []string{"endpoints.admin"}},
		})
		tf.Destroy()
	})
}

// TestAccGatewayUser_many reads the list of users once for all of them.
func TestAccGatewayUser_many(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		const users = 12
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf("resource \"spinup_gateway_user\" \"test\" {\n  count = %d\n  "+
			"access_key = \"%s-${count.index}\"\n  secret = {}\n}\n", users, b.Name))
		tf.Apply()
		if made := acctest.Must(b.Admin(t).UsersLike(t.Context(), "user", b.Name+"-"))(t); len(made) != users {
			t.Errorf("%d users were made", len(made))
		}
		b.Gateway.Reset()
		tf.Empty()
		if lists := len(b.Gateway.Calls()); lists > 2 {
			t.Errorf("%d calls to read %d users", lists, users)
		}
		tf.Destroy()
	})
}

// TestAccGatewayUser_elsewhere is refused where there is no Admin API.
func TestAccGatewayUser_elsewhere(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		aws := strings.Replace(b.Provider(), `"versitygw"`, `"minio"`, 1)
		tf.Write(aws + ownUser(b, `secret = {}`))
		saysAll(t, tf.MustFail("plan"), "spinup_gateway_user", `platform is "minio"`, `It needs "versitygw"`)
		tf.Write(strings.Replace(aws, "endpoints = {", `endpoints = { admin = "http://127.0.0.1:1", `, 1) + ownUser(b, `secret = {}`))
		saysAll(t, tf.MustFail("plan"), "endpoints.admin", "for the platform versitygw only")
		tf.Write(b.Provider() + ownUser(b))
		saysAll(t, tf.MustFail("plan"), "Neither secret_wo nor secret is set")
		tf.Write(b.Provider() + ownUser(b, given("short", "1")))
		saysAll(t, tf.MustFail("plan"), "secret_wo has 5 characters")
		tf.Write(b.Provider() + ownUser(b, given("quite-secret", "1"), `secret = {}`))
		saysAll(t, tf.MustFail("plan"), "set only one of them")
		tf.Write(b.Provider() + ownUser(b, `secret_wo = "quite-secret"`))
		saysAll(t, tf.MustFail("plan"), "secret_wo_version is not")
	})
}

// TestAccGatewayData looks at users and buckets of the gateway.
func TestAccGatewayData(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		config := b.Provider() + ownUser(b, `secret = {}`, `role = "userplus"`, `group_id = 4`)
		tf.Write(config)
		tf.Apply()
		if err := b.Admin(t).CreateBucket(t.Context(), versitygw.NewBucket{Name: b.Name, Owner: ann(b)}); err != nil {
			t.Fatal(err)
		}
		tf.Write(config + fmt.Sprintf(`
data "spinup_gateway_user" "test" { access_key = %[1]q }
data "spinup_gateway_users" "test" {
  role = "userplus"
  access_key_prefix = %[2]q
}
data "spinup_gateway_users" "none" {
  role = "admin"
  access_key_prefix = %[2]q
}
data "spinup_gateway_buckets" "test" {
  owner = %[1]q
  name_prefix = %[2]q
}
`, ann(b), b.Name))
		tf.Apply()
		row := map[string]any{"access_key": ann(b), "role": "userplus", "user_id": 0.0, "group_id": 4.0, "project_id": 0.0}
		same(t, "users", []any{row}, tf.State("data.spinup_gateway_users.test")["users"])
		same(t, "no users", []any{}, tf.State("data.spinup_gateway_users.none")["users"])
		one := with(row, values{"id": ann(b)})
		same(t, "user", one, tf.State("data.spinup_gateway_user.test"))
		same(t, "buckets", []any{map[string]any{"name": b.Name, "owner": ann(b)}},
			tf.State("data.spinup_gateway_buckets.test")["buckets"])
		acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.Name}))(t)
		tf.Destroy()
	})
}
