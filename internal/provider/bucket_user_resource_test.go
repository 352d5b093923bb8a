package provider_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/pem"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// member is the configuration of the user "<bench>-ann" of the bucket that bears the bench's name.
func member(b *acctest.Bench, lines ...string) string {
	return memberNamed(b, b.Name+"-ann", lines...)
}

func memberNamed(b *acctest.Bench, name string, lines ...string) string {
	return fmt.Sprintf("resource \"spinup_bucket_user\" \"test\" {\n  bucket = %q\n  name   = %q\n  %s\n}\n",
		b.Name, name, strings.Join(lines, "\n  "))
}

// makeLevels makes the groups of the levels, as a bucket of the bench's name would have them, and takes them away at the
// end of the test.
func makeLevels(t *testing.T, b *acctest.Bench, levels ...access.Level) {
	t.Helper()
	for _, l := range levels {
		makeGroup(t, b, access.GroupName(b.Name, l), access.Document("aws", b.Name, l))
	}
}

// makeGroup makes a group whose members may do what the document says.
func makeGroup(t *testing.T, b *acctest.Bench, name, document string) {
	t.Helper()
	acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: &name}))(t)
	acctest.Must(b.IAM().PutGroupPolicy(t.Context(), &iam.PutGroupPolicyInput{
		GroupName: &name, PolicyName: aws.String("access"), PolicyDocument: &document,
	}))(t)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_, _ = b.IAM().DeleteGroupPolicy(ctx, &iam.DeleteGroupPolicyInput{GroupName: &name, PolicyName: aws.String("access")})
		_, _ = b.IAM().DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: &name})
	})
}

// nothing is a policy that allows something harmless.
var nothing = awspolicy.New(awspolicy.Statement{
	Effect: awspolicy.Allow, Action: []string{"s3:ListAllMyBuckets"}, Resource: []string{"*"},
}).String()

// makePolicy makes a managed policy, and takes it away at the end of the test.
func makePolicy(t *testing.T, b *acctest.Bench, name string) (arn string) {
	t.Helper()
	out := acctest.Must(b.IAM().CreatePolicy(t.Context(), &iam.CreatePolicyInput{PolicyName: &name, PolicyDocument: &nothing}))(t)
	t.Cleanup(func() {
		_, _ = b.IAM().DeletePolicy(context.WithoutCancel(t.Context()), &iam.DeletePolicyInput{PolicyArn: out.Policy.Arn})
	})
	return aws.ToString(out.Policy.Arn)
}

// liveUser is the IAM user of the name; nil when there is none.
func liveUser(t *testing.T, b *acctest.Bench, name string) *types.User {
	t.Helper()
	out, err := b.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: &name})
	if !found(t, "user "+name, err) {
		return nil
	}
	return out.User
}

// inlineOf are the names of the user's inline policies.
func inlineOf(t *testing.T, b *acctest.Bench, name string) []string {
	t.Helper()
	return acctest.Must(b.IAM().ListUserPolicies(t.Context(), &iam.ListUserPoliciesInput{UserName: &name}))(t).PolicyNames
}

// groupsOf are the names of the user's groups, in alphabetical order.
func groupsOf(t *testing.T, b *acctest.Bench, name string) []string {
	t.Helper()
	var groups []string
	for _, group := range acctest.Must(b.IAM().ListGroupsForUser(t.Context(), &iam.ListGroupsForUserInput{UserName: &name}))(t).Groups {
		groups = append(groups, aws.ToString(group.GroupName))
	}
	return slices.Sorted(slices.Values(groups))
}

// TestAccBucketUser_basic makes a user with nothing but defaults, and imports it both ways.
func TestAccBucketUser_basic(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		lines := []string{`access = "admin"`, `access_key = {}`}
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"test\" { name = %q }\n", b.Name) +
			member(b, append(lines, `depends_on = [spinup_bucket.test]`)...))
		tf.Apply()
		tf.Empty()

		name := b.Name + "-ann"
		user := liveUser(t, b, name)
		key := acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name}))(t).AccessKeyMetadata[0]
		state := tf.State(userAddress)
		secret, _ := state["access_key"].(map[string]any)["secret"].(string)
		if len(secret) != 40 {
			t.Errorf("the secret has %d characters", len(secret))
		}
		want := map[string]any{
			"id": b.Name + "/" + name, "bucket": b.Name, "name": name, "access": "admin", "web_admin": false, "path": nil,
			"grant": "group", "permissions_boundary": nil, "tags": nil, "tags_all": map[string]any{},
			"access_key": map[string]any{
				"rotation": nil, "overlap": nil, "rotate_after": nil, "require_unused": true, "active": true, "store": nil,
				"id": aws.ToString(key.AccessKeyId), "created_at": key.CreateDate.UTC().Format(time.RFC3339),
				"previous_id": nil, "previous_expires_at": nil,
				"secret": secret, "encrypted_secret": nil, "stored_at": nil,
			},
			"arn": aws.ToString(user.Arn), "unique_id": aws.ToString(user.UserId),
			"groups": []any{b.Name + "-BktAdmGrp"}, "force_destroy": true, "timeouts": nil,
		}
		same(t, "state", want, state)

		want["access_key"].(map[string]any)["secret"] = nil // it is told only once
		id := b.Name + "/" + name
		for _, way := range []struct {
			name, block string
			command     []string
		}{
			{"by command", "", []string{"import", userAddress, id}},
			{"by block", fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", userAddress, id), []string{"apply", "-auto-approve"}},
		} {
			other := b.Served(t)
			other.Write(b.Provider() + member(b, lines...) + way.block)
			b.Gateway.Reset()
			other.Must(way.command...)
			if diff := cmp.Diff(want, other.State(userAddress)); diff != "" {
				t.Errorf("imported %s (-want +got):\n%s", way.name, diff)
			}
			other.Empty()
			if calls := mutations(b); len(calls) > 0 {
				t.Errorf("imported %s by %v", way.name, calls)
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
		if liveUser(t, b, name) != nil {
			t.Error("the user is left")
		}
	})
}

// imported is a user that was made by others, and the configuration that takes it over.
type imported struct {
	name     string
	groups   []string
	policies map[string]string // inline, by name
	lines    []string
	changes  []string // attributes that the first plan changes in place
	writes   []string // calls that this takes
}

func imports(b *acctest.Bench) []imported {
	document := func(l access.Level) string { return access.Document("aws", b.Name, l) }
	named := func(suffix, document string) map[string]string { return map[string]string{b.Name + suffix: document} }
	const adopted = `access_key = {}`
	return []imported{
		{
			name: "admin", groups: []string{b.Name + "-BktAdmGrp", b.Name + "-WebAdmGrp"},
			lines: []string{`access = "admin"`, `web_admin = true`, adopted},
		},
		{name: "reader", groups: []string{b.Name + "-BktROGrp"}, lines: []string{`access = "read_only"`, adopted}},
		{
			name: "rotating", groups: []string{b.Name + "-BktROGrp"},
			lines:   []string{`access = "read_only"`, `access_key = { rotation = "2026-11", overlap = "48h" }`},
			changes: []string{"access_key"},
		},
		{
			name: "inline-admin", policies: named("-BktAdmPlc", document(access.Admin)),
			lines: []string{`access = "admin"`, `grant = "inline"`, adopted},
		},
		{
			name: "inline-writer", policies: named("-BktRWPlc", document(access.ReadWrite)),
			lines: []string{`access = "read_write"`, `grant = "inline"`, adopted},
		},
		{
			name: "path", policies: named("-docs_private-BktROPlc", access.PathDocument("aws", b.Name, "docs/private/", access.ReadOnly)),
			lines: []string{`access = "read_only"`, `path = "/docs/private/"`, adopted},
		},
		{
			// The Yale service put the condition on the prefix, which only listings have, on all actions on the bucket.
			name: "inert-path", policies: named("-docs-BktROPlc", awspolicy.New(
				awspolicy.Statement{
					Effect: awspolicy.Allow, Action: []string{"s3:GetBucketLocation", "s3:ListBucket"},
					Resource:  []string{"arn:aws:s3:::" + b.Name},
					Condition: awspolicy.Condition{"StringLike": {"s3:prefix": {"docs/*"}}},
				},
				awspolicy.Statement{Effect: awspolicy.Allow, Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::" + b.Name + "/docs/*"}},
			).String()),
			lines:   []string{`access = "read_only"`, `path = "/docs/"`, adopted},
			changes: []string{"access"}, writes: []string{"iam:PutUserPolicy"},
		},
	}
}

// TestAccBucketUser_imports takes over users as the Yale service made them, in groups and later with inline policies.
func TestAccBucketUser_imports(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.Levels()...)
		makeGroup(t, b, b.Name+"-WebAdmGrp", nothing)
		var config strings.Builder
		config.WriteString(b.Provider())
		rows, keys := imports(b), map[string]string{}
		for _, row := range rows {
			name := b.Name + "-" + row.name
			keys[row.name], _ = b.MakeUser(t, name, row.groups...)
			for policy, document := range row.policies {
				acctest.Must(b.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
					UserName: &name, PolicyName: &policy, PolicyDocument: &document,
				}))(t)
			}
			fmt.Fprintf(&config, "import {\n  to = spinup_bucket_user.%s\n  id = \"%s/%s\"\n}\n", row.name, b.Name, name)
			config.WriteString(strings.Replace(memberNamed(b, name, row.lines...), `"test"`, `"`+row.name+`"`, 1))
		}
		tf := b.Served(t)
		tf.Write(config.String())

		plan := tf.Plans()
		var calls []string
		for _, row := range rows {
			calls = append(calls, row.writes...)
			change := plan["spinup_bucket_user."+row.name]
			want := []string{"no-op"}
			if row.changes != nil {
				want = []string{"update"}
			}
			if diff := cmp.Diff(want, change.Actions); diff != "" {
				t.Errorf("%s: %v, -want +got:\n%s", row.name, change.Attributes(), diff)
			}
			if diff := cmp.Diff(row.changes, change.Attributes(), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("%s: changed, -want +got:\n%s", row.name, diff)
			}
		}
		b.Gateway.Reset()
		tf.Apply()
		if diff := cmp.Diff(calls, mutations(b)); diff != "" {
			t.Errorf("writing calls, -want +got:\n%s", diff)
		}
		tf.Empty()
		for _, row := range rows {
			key := tf.State("spinup_bucket_user." + row.name)["access_key"].(map[string]any)
			if key["id"] != keys[row.name] || key["secret"] != nil || key["active"] != true {
				t.Errorf("%s: %v, want the key %s without its secret", row.name, key, keys[row.name])
			}
		}
		tf.Destroy()
		for _, row := range rows {
			if liveUser(t, b, b.Name+"-"+row.name) != nil {
				t.Errorf("%s is left", row.name)
			}
		}
	})
}

// TestAccBucketUser_importMissing imports a user that does not exist.
func TestAccBucketUser_importMissing(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + member(b, `access = "admin"`))
		saysAll(t, tf.MustFail("import", userAddress, b.Name+"/"+b.Name+"-ann"), "Cannot import non-existent remote object")
		saysAll(t, tf.MustFail("import", userAddress, b.Name), "Invalid import id", "bucket/name")
	})
}

// TestAccBucketUser_importTwoKeys imports a user with two keys: the newer is adopted, the older stays whatever happens
// to access_key, and the import says so.
func TestAccBucketUser_importTwoKeys(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		name := b.Name + "-ann"
		older, _ := b.MakeUser(t, name, b.Name+"-BktROGrp")
		newer := acctest.Must(b.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name}))(t).AccessKey
		tf := b.Served(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`, `access_key = {}`, `force_destroy = false`))
		out := tf.Must("import", userAddress, b.Name+"/"+name)
		saysAll(t, out, "The user has two access keys", older, aws.ToString(newer.AccessKeyId))
		tf.Apply()
		tf.Write(b.Provider() + member(b, `access = "read_only"`, `force_destroy = false`))
		tf.Apply()
		if keys := liveKeys(t, b); len(keys) != 1 {
			t.Errorf("keys: %v", keys)
		}
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "has items that spinup did not create", "access key")
		tf.Write(b.Provider() + member(b, `access = "read_only"`))
		tf.Apply()
		tf.Destroy()
	})
}

// TestAccBucketUser_disappears deletes the user behind Terraform's back: the next apply makes another.
func TestAccBucketUser_disappears(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`))
		tf.Apply()
		was := tf.State(userAddress)["unique_id"]
		deleteMember(t, b)
		if change := tf.Plan(userAddress); !slices.Equal(change.Actions, []string{"create"}) {
			t.Errorf("planned: %v", change.Actions)
		}
		tf.Apply()
		tf.Empty()
		if is := tf.State(userAddress)["unique_id"]; is == was {
			t.Errorf("still %v", is)
		}
		deleteMember(t, b)
		tf.Destroy() // what is gone is no error
	})
}

// TestAccBucketUser_storeOutlivesUser deletes a user by hand whose key is in a store: the resource stays, the next apply
// makes the user anew and writes to the same place, and a destroy leaves nothing.
func TestAccBucketUser_storeOutlivesUser(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		config := b.Provider() + member(b, `access = "read_only"`,
			`access_key = { store = { ssm_parameter = "/`+b.Name+`/key" } }`)
		tf.Write(config)
		tf.Apply()
		byHand := func() (id any) {
			t.Helper()
			id = tf.State(userAddress)["access_key"].(map[string]any)["id"]
			acctest.Must(b.IAM().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{
				UserName: aws.String(b.Name + "-ann"), AccessKeyId: aws.String(id.(string)),
			}))(t)
			deleteMember(t, b)
			return id
		}
		id := byHand()
		same(t, "actions", []string{"update"}, tf.Plan(userAddress).Actions)
		tf.Apply()
		tf.Empty()
		stored, err := parameterOf(t.Context(), b)
		if is := tf.State(userAddress)["access_key"].(map[string]any)["id"]; err != nil || is == id || stored.ID != is {
			t.Errorf("%v; the key %v, stored %v, before %v", err, is, stored.ID, id)
		}
		byHand()
		tf.Destroy()
		if stored, err := parameterOf(t.Context(), b); err == nil {
			t.Errorf("the parameter still holds %s", stored.ID)
		}
	})
}

// deleteMember deletes a user that has nothing but the read-only group.
func deleteMember(t *testing.T, b *acctest.Bench) {
	t.Helper()
	name := aws.String(b.Name + "-ann")
	acctest.Must(b.IAM().RemoveUserFromGroup(t.Context(), &iam.RemoveUserFromGroupInput{
		UserName: name, GroupName: aws.String(access.GroupName(b.Name, access.ReadOnly)),
	}))(t)
	acctest.Must(b.IAM().DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: name}))(t)
}

// update is one change of the configuration.
type update struct {
	name     string
	provider string // further lines of its block
	user     string // its name, without the bench's
	lines    []string
	writes   []string // the calls that this takes, in their order
	holds    []string // the user's groups and inline policies, without the bench's name
}

func updates(b *acctest.Bench, boundaries [2]string) []update {
	const (
		join, leave = "iam:AddUserToGroup", "iam:RemoveUserFromGroup"
		put, remove = "iam:PutUserPolicy", "iam:DeleteUserPolicy"

		admin, writer, reader = "-BktAdmGrp", "-BktRWGrp", "-BktROGrp"
	)
	line := func(name, value string) string { return name + " = " + value }
	text := func(name, value string) string { return line(name, fmt.Sprintf("%q", value)) }
	key := line("access_key", "{}")
	bounded := []string{"iam:PutUserPermissionsBoundary"}
	return []update{
		// Whatever gives the new access comes before what took the old one away.
		{"access", "", "ann", []string{text("access", "admin"), key}, []string{join, leave}, []string{admin}},
		{"web admin", "", "ann", []string{text("access", "admin"), line("web_admin", "true"), key}, []string{join}, []string{admin, "-WebAdmGrp"}},
		{"no web admin", "", "ann", []string{text("access", "admin"), key}, []string{leave}, []string{admin}},
		{"name", "", "bob", []string{text("access", "admin"), key}, []string{"iam:UpdateUser"}, []string{admin}},
		{"path", "", "bob", []string{text("access", "read_only"), text("path", "/docs/"), key}, []string{put, leave}, []string{"-docs-BktROPlc"}},
		{"another path", "", "bob", []string{text("access", "read_only"), text("path", "/a/b/"), key}, []string{put, remove}, []string{"-a_b-BktROPlc"}},
		{"access below a path", "", "bob", []string{text("access", "read_write"), text("path", "/a/b/"), key}, []string{put, remove}, []string{"-a_b-BktRWPlc"}},
		{"no path", "", "bob", []string{text("access", "read_write"), key}, []string{join, remove}, []string{writer}},
		{"inline", "", "bob", []string{text("access", "read_write"), text("grant", "inline"), key}, []string{put, leave}, []string{"-BktRWPlc"}},
		{"inline access", "", "bob", []string{text("access", "read_only"), text("grant", "inline"), key}, []string{put, remove}, []string{"-BktROPlc"}},
		{"group", "", "bob", []string{text("access", "read_only"), key}, []string{join, remove}, []string{reader}},
		{"tags", "", "bob", []string{text("access", "read_only"), line("tags", `{ A = "1", B = "2" }`), key}, []string{"iam:TagUser"}, []string{reader}},
		{"other tags", "", "bob", []string{text("access", "read_only"), line("tags", `{ A = "3", C = "4" }`), key}, []string{"iam:UntagUser", "iam:TagUser"}, []string{reader}},
		{"no tags", "", "bob", []string{text("access", "read_only"), key}, []string{"iam:UntagUser"}, []string{reader}},
		{"boundary", "", "bob", []string{text("access", "read_only"), text("permissions_boundary", boundaries[0]), key}, bounded, []string{reader}},
		{"another boundary", "", "bob", []string{text("access", "read_only"), text("permissions_boundary", boundaries[1]), key}, bounded, []string{reader}},
		{"the provider's boundary", text("permissions_boundary", boundaries[0]), "bob", []string{text("access", "read_only"), key}, bounded, []string{reader}},
		{"no boundary", "", "bob", []string{text("access", "read_only"), key}, []string{"iam:DeleteUserPermissionsBoundary"}, []string{reader}},
		{"key off", "", "bob", []string{text("access", "read_only"), line("access_key", "{ active = false }")}, []string{"iam:UpdateAccessKey"}, []string{reader}},
		{"key on", "", "bob", []string{text("access", "read_only"), key}, []string{"iam:UpdateAccessKey"}, []string{reader}},
		{"force_destroy", "", "bob", []string{text("access", "read_only"), key, line("force_destroy", "false")}, nil, []string{reader}},
	}
}

// TestAccBucketUser_update goes through every change that is made in place, with things of others on the user.
func TestAccBucketUser_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.Levels()...)
		makeGroup(t, b, b.Name+"-WebAdmGrp", nothing)
		club := b.Name + "-ann-club"
		makeGroup(t, b, club, nothing)
		attached := makePolicy(t, b, b.Name+"-theirs")
		boundaries := [2]string{makePolicy(t, b, b.Name+"-bound1"), makePolicy(t, b, b.Name+"-bound2")}
		ignored := `ignore_tags = { key_prefixes = ["theirs:"] }`

		tf := b.Played(t)
		tf.Write(b.Provider(ignored) + member(b, `access = "read_only"`, `access_key = {}`))
		tf.Apply()
		was := tf.State(userAddress)
		key := keyOf(t, tf)
		name := b.Name + "-ann"
		api := b.IAM()
		acctest.Must(api.AddUserToGroup(t.Context(), &iam.AddUserToGroupInput{UserName: &name, GroupName: &club}))(t)
		acctest.Must(api.AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: &name, PolicyArn: &attached}))(t)
		acctest.Must(api.PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: aws.String(b.Name + "-theirs"), PolicyDocument: &nothing,
		}))(t)
		tagTheirs(t, b, name)
		acctest.Must(api.CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: &name}))(t)
		tf.Empty()
		before := theirs(t, b, name, key["id"])

		for _, step := range updates(b, boundaries) {
			tf.Write(b.Provider(ignored, step.provider) + memberNamed(b, b.Name+"-"+step.user, step.lines...))
			b.Gateway.Reset()
			tf.Apply()
			if diff := cmp.Diff(step.writes, mutations(b)); diff != "" {
				t.Errorf("%s: writing calls, -want +got:\n%s", step.name, diff)
			}
			tf.Empty()
			name = b.Name + "-" + step.user
			if diff := cmp.Diff(step.holds, holds(t, b, name)); diff != "" {
				t.Errorf("%s: -want +got:\n%s", step.name, diff)
			}
			if is := keyOf(t, tf); is["id"] != key["id"] || is["secret"] != key["secret"] {
				t.Errorf("%s: the key %v became %v", step.name, key["id"], is["id"])
			}
			if step.name == "name" && b.Kind == emulator.LocalStack {
				tagTheirs(t, b, name) // it loses the tags of a user that is renamed
			}
		}
		if is := tf.State(userAddress); is["unique_id"] != was["unique_id"] || is["arn"] == was["arn"] {
			t.Errorf("%v at %v was %v at %v", is["unique_id"], is["arn"], was["unique_id"], was["arn"])
		}
		same(t, "things of others", before, theirs(t, b, name, key["id"]))
		// LocalStack cannot delete the keys of a renamed user.
		tf.Write(b.Provider(ignored) + member(b, `access = "read_only"`, `access_key = {}`))
		tf.Apply()
		tf.Destroy()
		if liveUser(t, b, b.Name+"-ann") != nil || liveUser(t, b, name) != nil {
			t.Error("the user is left")
		}
	})
}

func tagTheirs(t *testing.T, b *acctest.Bench, name string) {
	t.Helper()
	acctest.Must(b.IAM().TagUser(t.Context(), &iam.TagUserInput{
		UserName: &name, Tags: []types.Tag{{Key: aws.String("theirs:cost"), Value: aws.String("42")}},
	}))(t)
}

// ownName is how the names of the bucket's groups and policies end.
var ownName = regexp.MustCompile(`-(Bkt(Adm|RW|RO)|WebAdm)(Grp|Plc)$`)

// holds are the user's groups and inline policies that give access to the bucket, without the bench's name.
func holds(t *testing.T, b *acctest.Bench, name string) []string {
	t.Helper()
	var all []string
	for _, one := range slices.Concat(groupsOf(t, b, name), inlineOf(t, b, name)) {
		if ownName.MatchString(one) {
			all = append(all, strings.TrimPrefix(one, b.Name))
		}
	}
	return all
}

// theirs are the things of the user that are not the provider's: all but the tags without "theirs:" and the key.
func theirs(t *testing.T, b *acctest.Bench, name string, key any) []string {
	t.Helper()
	var all []string
	for _, one := range slices.Concat(groupsOf(t, b, name), inlineOf(t, b, name)) {
		if !ownName.MatchString(one) {
			all = append(all, one)
		}
	}
	for _, policy := range acctest.Must(b.IAM().ListAttachedUserPolicies(t.Context(), &iam.ListAttachedUserPoliciesInput{UserName: &name}))(t).AttachedPolicies {
		all = append(all, aws.ToString(policy.PolicyName))
	}
	for _, tag := range acctest.Must(b.IAM().ListUserTags(t.Context(), &iam.ListUserTagsInput{UserName: &name}))(t).Tags {
		if strings.HasPrefix(aws.ToString(tag.Key), "theirs:") {
			all = append(all, aws.ToString(tag.Key)+"="+aws.ToString(tag.Value))
		}
	}
	for _, one := range acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name}))(t).AccessKeyMetadata {
		if aws.ToString(one.AccessKeyId) != key {
			all = append(all, aws.ToString(one.AccessKeyId)+" "+string(one.Status))
		}
	}
	return all
}

// TestAccBucketUser_accessKey adds the key to a user, takes it away and adds one again.
func TestAccBucketUser_accessKey(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		with := b.Provider() + member(b, `access = "read_only"`, `access_key = { active = false }`)
		without := b.Provider() + member(b, `access = "read_only"`)
		var ids []any
		for _, step := range []struct {
			config string
			writes []string
		}{
			{without, []string{"iam:CreateUser", "iam:AddUserToGroup"}},
			{with, []string{"iam:CreateAccessKey", "iam:UpdateAccessKey"}},
			{without, []string{"iam:DeleteAccessKey"}},
			{with, []string{"iam:CreateAccessKey", "iam:UpdateAccessKey"}},
		} {
			tf.Write(step.config)
			b.Gateway.Reset()
			tf.Apply()
			if diff := cmp.Diff(step.writes, mutations(b)); diff != "" {
				t.Errorf("writing calls, -want +got:\n%s", diff)
			}
			tf.Empty()
			key := keyOf(t, tf)
			wantKeys(t, b, key["id"])
			if (key != nil) != (step.config == with) || slices.Contains(ids, key["id"]) {
				t.Errorf("key: %v, before: %v", key, ids)
			}
			if key != nil {
				ids = append(ids, key["id"])
			}
		}
		tf.Destroy()
	})
}

// TestAccBucketUser_replace gives the user to another bucket: that is another user.
func TestAccBucketUser_replace(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		other := *b
		other.Name += "-other"
		makeLevels(t, b, access.ReadOnly)
		makeLevels(t, &other, access.ReadOnly)
		name := b.Name + "-ann"
		tf := b.Played(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`, `access_key = {}`))
		tf.Apply()
		was, key := tf.State(userAddress)["unique_id"], keyOf(t, tf)["id"]

		tf.Write(b.Provider() + memberNamed(&other, name, `access = "read_only"`, `access_key = {}`))
		change := tf.Plan(userAddress)
		if diff := cmp.Diff([]string{"delete", "create"}, change.Actions); diff != "" {
			t.Errorf("actions, -want +got:\n%s", diff)
		}
		tf.Must("apply", "test.plan")
		tf.Empty()
		if is := tf.State(userAddress)["unique_id"]; is == was || keyOf(t, tf)["id"] == key {
			t.Errorf("still %v with the key %v", is, key)
		}
		if diff := cmp.Diff([]string{other.Name + "-BktROGrp"}, groupsOf(t, b, name)); diff != "" {
			t.Errorf("groups, -want +got:\n%s", diff)
		}
		tf.Destroy()
	})
}

// TestAccBucketUser_exists does not take a user over that is there already.
func TestAccBucketUser_exists(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.Admin, access.ReadOnly)
		name := b.Name + "-ann"
		key, _ := b.MakeUser(t, name, b.Name+"-BktROGrp")
		tf := b.Played(t)
		tf.Write(b.Provider() + member(b, `access = "admin"`, `access_key = {}`, `tags = { A = "1" }`))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "the bucket user exists already",
			"import { to = spinup_bucket_user.NAME id = \""+b.Name+"/"+name+"\" }", "Nothing was changed.")
		if calls := mutations(b); len(calls) > 0 {
			t.Errorf("writing calls: %v", calls)
		}
		if tf.State(userAddress) != nil {
			t.Error("it is in state")
		}
		wantKeys(t, b, key)
	})
}

// TestAccBucketUser_missingGroup wants an access that the bucket does not offer.
func TestAccBucketUser_missingGroup(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		refused := func(phrases []string, lines ...string) {
			t.Helper()
			tf.Write(b.Provider() + member(b, lines...))
			b.Gateway.Reset()
			saysAll(t, tf.MustFail("apply", "-auto-approve"), append(phrases, "Nothing was changed.")...)
			if calls := mutations(b); len(calls) > 0 {
				t.Errorf("writing calls: %v", calls)
			}
		}
		admin := []string{"there is no group " + b.Name + "-BktAdmGrp", `add "admin" to access_levels of spinup_bucket "` + b.Name + `" first`}
		refused(admin, `access = "admin"`, `access_key = {}`)
		refused([]string{"there is no group " + b.Name + "-WebAdmGrp", "web_admin is for websites"}, `access = "read_only"`, `web_admin = true`)
		if liveUser(t, b, b.Name+"-ann") != nil {
			t.Fatal("a user was made")
		}
		tf.Write(b.Provider() + member(b, `access = "read_only"`))
		tf.Apply()
		state := tf.StateFile()
		refused(admin, `access = "admin"`, `tags = { A = "1" }`)
		same(t, "state", state, tf.StateFile())
		tf.Write(b.Provider() + member(b, `access = "read_only"`))
		tf.Destroy()
	})
}

// TestAccBucketUser_forceDestroy destroys a user that has what IAM lets a user have.
func TestAccBucketUser_forceDestroy(t *testing.T) {
	acctest.Each(t, forceDestroy(burden, `access_key = {}`))
}

// TestAccBucketUser_forceDestroyCredential is the same for the one thing that one emulator does not list.
func TestAccBucketUser_forceDestroyCredential(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "LocalStack does not list service-specific credentials", forceDestroy(credential, ""))
}

// TestAccBucketUser_forceDestroyKeys is the same for the keys of a user that is to have none.
func TestAccBucketUser_forceDestroyKeys(t *testing.T) {
	acctest.Each(t, forceDestroy(otherKey, ""))
}

func forceDestroy(burden func(*testing.T, *acctest.Bench) []burdened, key string) func(*testing.T, *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`, key, `force_destroy = false`))
		tf.Apply()
		all := burden(t, b)
		state := tf.StateFile()
		b.Gateway.Reset()
		message := tf.MustFail("destroy", "-auto-approve")
		saysAll(t, message, "has items that spinup did not create", "set force_destroy = true and apply", "Nothing was changed.")
		wanted := []string{"iam:RemoveUserFromGroup", "iam:DeleteUser"} // what is ours
		if key != "" {
			wanted = append(wanted, "iam:DeleteAccessKey")
		}
		for _, one := range all {
			saysAll(t, message, one.what)
			wanted = append(wanted, one.removal...)
		}
		if calls := mutations(b); len(calls) > 0 {
			t.Errorf("writing calls: %v", calls)
		}
		same(t, "state", state, tf.StateFile())

		tf.Write(b.Provider() + member(b, `access = "read_only"`, key))
		tf.Apply()
		b.Gateway.Reset()
		tf.Destroy()
		calls := mutations(b)
		if last := calls[len(calls)-1]; last != "iam:DeleteUser" {
			t.Errorf("the last call is %s", last)
		}
		if diff := cmp.Diff(wanted, calls, cmpopts.SortSlices(strings.Compare)); diff != "" {
			t.Errorf("writing calls, -want +got:\n%s", diff)
		}
		if liveUser(t, b, b.Name+"-ann") != nil {
			t.Error("the user is left")
		}
		for _, device := range acctest.Must(b.IAM().ListVirtualMFADevices(t.Context(), &iam.ListVirtualMFADevicesInput{}))(t).VirtualMFADevices {
			if strings.HasSuffix(aws.ToString(device.SerialNumber), "/"+b.Name) {
				t.Error("the MFA device is left")
			}
		}
	}
}

// burdened is one thing that others gave the user.
type burdened struct {
	what    string   // as the refusal names it
	removal []string // the calls that take it away
}

// burden gives the user "ann" one of each kind of thing.
func burden(t *testing.T, b *acctest.Bench) (all []burdened) {
	t.Helper()
	ctx, api, name := t.Context(), b.IAM(), aws.String(b.Name+"-ann")
	add := func(what string, removal ...string) { all = append(all, burdened{what, removal}) }

	all = otherKey(t, b)

	club := b.Name + "-club"
	makeGroup(t, b, club, nothing)
	acctest.Must(api.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: name, GroupName: &club}))(t)
	add("membership of group "+club, "iam:RemoveUserFromGroup")

	acctest.Must(api.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("inside"), PolicyDocument: &nothing}))(t)
	add("inline policy inside", "iam:DeleteUserPolicy")

	attached := makePolicy(t, b, b.Name+"-attached")
	acctest.Must(api.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: &attached}))(t)
	add("attached policy "+b.Name+"-attached", "iam:DetachUserPolicy")

	acctest.Must(api.CreateLoginProfile(ctx, &iam.CreateLoginProfileInput{UserName: name, Password: aws.String("Correct-Horse-1")}))(t)
	add("login profile", "iam:DeleteLoginProfile")

	device := acctest.Must(api.CreateVirtualMFADevice(ctx, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: &b.Name}))(t)
	serial := device.VirtualMFADevice.SerialNumber
	acctest.Must(api.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{
		UserName: name, SerialNumber: serial, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("234567"),
	}))(t)
	add("MFA device "+aws.ToString(serial), "iam:DeactivateMFADevice", "iam:DeleteVirtualMFADevice")

	ssh := acctest.Must(api.UploadSSHPublicKey(ctx, &iam.UploadSSHPublicKeyInput{UserName: name, SSHPublicKeyBody: aws.String(sshKey(t))}))(t)
	add("SSH key "+aws.ToString(ssh.SSHPublicKey.SSHPublicKeyId), "iam:DeleteSSHPublicKey")

	certificate := acctest.Must(api.UploadSigningCertificate(ctx, &iam.UploadSigningCertificateInput{UserName: name, CertificateBody: aws.String(certificate(t))}))(t)
	add("signing certificate "+aws.ToString(certificate.Certificate.CertificateId), "iam:DeleteSigningCertificate")
	return all
}

func otherKey(t *testing.T, b *acctest.Bench) []burdened {
	t.Helper()
	made := acctest.Must(b.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String(b.Name + "-ann")}))(t).AccessKey
	return []burdened{{"access key " + aws.ToString(made.AccessKeyId), []string{"iam:DeleteAccessKey"}}}
}

func credential(t *testing.T, b *acctest.Bench) []burdened {
	t.Helper()
	made := acctest.Must(b.IAM().CreateServiceSpecificCredential(t.Context(), &iam.CreateServiceSpecificCredentialInput{
		UserName: aws.String(b.Name + "-ann"), ServiceName: aws.String("codecommit.amazonaws.com"),
	}))(t).ServiceSpecificCredential
	return []burdened{{"service-specific credential " + aws.ToString(made.ServiceSpecificCredentialId), []string{"iam:DeleteServiceSpecificCredential"}}}
}

// sshKey has the form in which ssh-keygen writes an RSA key: its kind, exponent and modulus (RFC 4253, section 6.6).
func sshKey(t *testing.T) string {
	t.Helper()
	modulus := make([]byte, 256)
	acctest.Must(rand.Read(modulus))(t)
	var wire []byte
	for _, field := range [][]byte{[]byte("ssh-rsa"), {1, 0, 1}, append([]byte{0}, modulus...)} {
		wire = append(binary.BigEndian.AppendUint32(wire, uint32(len(field))), field...)
	}
	return "ssh-rsa " + base64.StdEncoding.EncodeToString(wire) + " ann"
}

// certificate is a self-signed certificate.
func certificate(t *testing.T) string {
	t.Helper()
	key := acctest.Must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	raw := acctest.Must(x509.CreateCertificate(rand.Reader, template, template, key.Public(), key))(t)
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}))
}
