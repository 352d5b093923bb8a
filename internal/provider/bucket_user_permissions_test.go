package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// ofUsers is what a user takes, those stores included that belong to services of their own.
func ofUsers(t *testing.T) awspolicy.Document {
	t.Helper()
	return awspolicy.New(slices.Concat(
		published(t, "bucket-user.json").Statements, published(t, "bucket-user-stores.json").Statements,
	)...)
}

// takes are the actions of the policy that the life of a user takes on the emulator.
func takes(b *acctest.Bench, policy awspolicy.Document) []string {
	return slices.DeleteFunc(actionsOf(policy), func(action string) bool {
		return b.Kind == emulator.LocalStack && action == "iam:DeleteServiceSpecificCredential" // it does not list them
	})
}

// surroundUser makes what is there before a user, and gives the ARNs of two policies that can bound it.
func surroundUser(t *testing.T, b *acctest.Bench) (boundaries [2]string) {
	t.Helper()
	makeLevels(t, b, access.Levels()...)
	makeGroup(t, b, b.Name+"-WebAdmGrp", nothing)
	return [2]string{makePolicy(t, b, b.Name+"-bound1"), makePolicy(t, b, b.Name+"-bound2")}
}

// stage is a time in the life of a user.
type stage struct {
	name  string // the user's, without the bench's
	lines []string
	loses string // the call whose answers are lost, if any
	moved bool   // somebody renames the user before
}

func stages(boundaries [2]string) []stage {
	const (
		reader, writer = `access = "read_only"`, `access = "read_write"`

		docs, inline = `path = "/docs/"`, `grant = "inline"`
	)
	key := func(rotation int, store string, more ...string) string {
		return keyIn(store, append(more, fmt.Sprintf("rotation = %q", fmt.Sprint(rotation)))...)
	}
	bounded := func(i int) string { return fmt.Sprintf("permissions_boundary = %q", boundaries[i]) }
	second := []string{
		writer, `tags = { B = "2" }`, bounded(1), key(2, toState, `overlap = "1ms"`, "active = false"),
	}
	return []stage{
		{"ann", []string{reader, "web_admin = true", `tags = { A = "1" }`, bounded(0), key(1, toState)}, "", false},
		{"ann", second, "", false},
		{"ann", second, "", false}, // the end of the overlap
		{"ann", []string{writer, docs, key(3, toSecret)}, "", false},
		{"bob", []string{reader, inline, key(3, toSecret)}, "", false},
		// LocalStack cannot delete the keys of a renamed user, so it goes back to its name before there is a new one.
		{"ann", []string{reader, key(3, toSecret)}, "", false},
		{"ann", []string{reader, key(4, toSecret)}, "secretsmanager:PutSecretValue", false},
		{"ann", []string{reader}, "", false},
		{"ann", []string{reader}, "", true},
		{"ann", []string{reader, key(5, toParameter)}, "", false},
		{"ann", []string{reader, key(6, toParameter)}, "ssm:PutParameter", false},
		{"ann", []string{reader, key(7, toSecret)}, "", false},
	}
}

// renameUser gives a user another name, as somebody could do by hand.
func renameUser(t *testing.T, b *acctest.Bench, from, to string) {
	t.Helper()
	acctest.Must(b.IAM().UpdateUser(t.Context(), &iam.UpdateUserInput{
		UserName: aws.String(b.Name + from), NewUserName: aws.String(b.Name + to),
	}))(t)
}

// userCareer takes a user through everything that can happen to one. Each run is of a command that has to succeed in
// the end.
func userCareer(
	t *testing.T, b *acctest.Bench, tf acctest.Runner, boundaries [2]string, run func(command ...string),
) {
	t.Helper()
	for _, s := range stages(boundaries) {
		if s.moved {
			renameUser(t, b, "-ann", "-eve")
		}
		config := strings.ReplaceAll(memberNamed(b, b.Name+"-"+s.name, s.lines...), "NAME", b.Name)
		tf.Write(b.Provider() + config)
		// However often it is sent, so that only a look at the store can tell what became of it.
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op(s.loses), Fault: gateway.ResetAfter()})
		run("apply", "-auto-approve")
		remove()
	}
	burden(t, b)
	if b.Kind != emulator.LocalStack { // which does not list them
		credential(t, b)
	}
	run("destroy", "-auto-approve")
	for _, name := range []string{"ann", "bob"} {
		if liveUser(t, b, b.Name+"-"+name) != nil {
			t.Errorf("%s is left", name)
		}
	}
}

// TestAccBucketUser_permissions holds the whole life of a user to the published policies. It passes, and needs all of
// them.
func TestAccBucketUser_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		boundaries, tf, policy := surroundUser(t, b), b.Played(t), ofUsers(t)
		hold(t, b, policy)
		userCareer(t, b, tf, boundaries, func(command ...string) { tf.Must(command...) })
		if diff := cmp.Diff(takes(b, policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccBucketUser_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead
// through the whole life of a user and end at the published policies: for each of their actions there was an error that
// named it.
func TestAccBucketUser_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		boundaries, tf, policy := surroundUser(t, b), b.Played(t), ofUsers(t)
		granted := learned(t, b, tf, policy, func(run func(...string)) { userCareer(t, b, tf, boundaries, run) })
		if diff := cmp.Diff(takes(b, policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// TestAccBucketUser_permissionsPlan holds a plan to the read-only policy. It names the drift, needs all of the policy,
// and writes nothing.
func TestAccBucketUser_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Served(t)
		lines := []string{`access = "read_only"`, `tags = { Team = "library" }`}
		for _, rotation := range []string{"1", "2"} { // the previous key is asked about
			key := keyIn(toState, `overlap = "1ms"`, fmt.Sprintf("rotation = %q", rotation))
			tf.Write(b.Provider() + member(b, append(lines, `grant = "inline"`, key)...))
			tf.Apply()
		}
		name := b.Name + "-eve"
		renameUser(t, b, "-ann", "-eve")
		tags("Team", "music")(t, b, &name)
		tf.Write(b.Provider() + member(b, append(lines, keyIn(toState, `rotation = "2"`))...))
		wantPlan(t, b, tf, published(t, "bucket-user-plan.json"), `~ "Team" = "music" -> "library"`)
		renameUser(t, b, "-eve", "-ann")
		tf.Destroy()
	})
}

// TestAccBucketUser_permissionsLess holds a user without optional parts to what the guide says it can do with.
func TestAccBucketUser_permissionsLess(t *testing.T) {
	spared := []string{
		"iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:GetAccessKeyLastUsed", "iam:PutUserPolicy",
		"iam:DeleteLoginProfile", "iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice", "iam:DeleteSSHPublicKey",
		"iam:DeleteSigningCertificate", "iam:DeleteServiceSpecificCredential", "iam:DetachUserPolicy",
	}
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		policy := published(t, "bucket-user.json")
		hold(t, b, only(policy, slices.DeleteFunc(actionsOf(policy), func(action string) bool {
			return slices.Contains(spared, action)
		})))
		tf := b.Served(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`, "force_destroy = false"))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
	})
}
