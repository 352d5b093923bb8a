package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// tampering is one way to change users behind Terraform's back: "ann", who has every part that a member of a group can
// have, and "zoe", who is confined to a path.
type tampering struct {
	name   string
	user   string
	tamper func(t *testing.T, b *acctest.Bench, name *string)
	shows  []string // the attributes that the plan changes
	mends  []string // the calls that change something while that plan is applied
}

// TestAccBucketUser_drift changes each part of a user with a plain client. The plan names just that, applying it repairs
// just that, and the next plan is empty.
func TestAccBucketUser_drift(t *testing.T) {
	acctest.Each(t, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		makeLevels(t, b, access.Levels()...)
		makeGroup(t, b, b.Name+"-WebAdmGrp", nothing)
		boundaries := [2]string{makePolicy(t, b, b.Name+"-bound1"), makePolicy(t, b, b.Name+"-bound2")}
		config := func(rotation string) string {
			return b.Provider() + member(b, `access = "read_write"`, `tags = { Team = "library", Cost = "42" }`,
				fmt.Sprintf("permissions_boundary = %q", boundaries[0]),
				fmt.Sprintf("access_key = {\n rotation = %q\n overlap = \"24h\"\n }", rotation),
			) + strings.Replace(memberNamed(b, b.Name+"-zoe", `access = "read_only"`, `path = "/docs/"`), `"test"`, `"zoe"`, 1)
		}
		tf.Write(config("1"))
		tf.Apply()
		tf.Write(config("2")) // so that there is a previous key
		tf.Apply()
		key := keyOf(t, tf)

		for _, row := range some(brief, tamperings(b, boundaries[1], key)) {
			t.Run(row.name, func(t *testing.T) {
				row.tamper(t, b, aws.String(b.Name+"-"+row.user))
				want := map[string][]string{"ann": nil, "zoe": nil}
				want[row.user] = row.shows
				plans := tf.Plans()
				got := map[string][]string{"ann": plans[userAddress].Attributes(), "zoe": plans["spinup_bucket_user.zoe"].Attributes()}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
				b.Gateway.Reset()
				tf.Must("apply", "test.plan")
				same(t, "writing calls", row.mends, mutations(b))
				tf.Empty()
			})
		}
		if is := keyOf(t, tf); !brief && (is["id"] == key["id"] || is["previous_id"] != nil || is["secret"] == key["secret"]) {
			t.Errorf("the key is still %v", is["id"])
		}
		tf.Destroy()
	}))
}

func tamperings(b *acctest.Bench, boundary string, key map[string]any) []tampering {
	const (
		join, leave = "iam:AddUserToGroup", "iam:RemoveUserFromGroup"
		put, remove = "iam:PutUserPolicy", "iam:DeleteUserPolicy"
	)
	tagged := []string{"tags", "tags_all"}
	return []tampering{
		{"left the group", "ann", leaves("-BktRWGrp"), []string{"access", "groups"}, []string{join}},
		{"joined a mightier group", "ann", joins("-BktAdmGrp"), []string{"access", "groups"}, []string{leave}},
		{"joined a lesser group", "ann", joins("-BktROGrp"), []string{"groups"}, []string{leave}},
		{"moved to another group", "ann", func(t *testing.T, b *acctest.Bench, name *string) {
			joins("-BktROGrp")(t, b, name)
			leaves("-BktRWGrp")(t, b, name)
		}, []string{"access", "groups"}, []string{join, leave}},
		{"joined the web admins", "ann", joins("-WebAdmGrp"), []string{"groups", "web_admin"}, []string{leave}},
		{"was given an inline policy of ours", "ann", puts("-BktAdmPlc", access.Document("aws", b.Name, access.Admin)),
			[]string{"access", "grant"}, []string{remove}},
		{"inline policy deleted", "zoe", func(t *testing.T, b *acctest.Bench, name *string) {
			acctest.Must(b.IAM().DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{
				UserName: name, PolicyName: aws.String(b.Name + "-docs-BktROPlc"),
			}))(t)
		}, []string{"access"}, []string{put}},
		{"inline policy altered", "zoe", puts("-docs-BktROPlc", nothing), []string{"access"}, []string{put}},
		{"inline policy of another level added", "zoe", puts("-docs-BktRWPlc", access.PathDocument("aws", b.Name, "docs/", access.ReadWrite)),
			[]string{"access"}, []string{remove}},
		{"inline policy of the whole bucket added", "zoe", puts("-BktROPlc", access.Document("aws", b.Name, access.ReadOnly)),
			[]string{"grant", "path"}, []string{remove}},
		{"joined a group while confined to a path", "zoe", joins("-BktROGrp"), []string{"groups"}, []string{leave}},
		{"tag changed", "ann", tags("Team", "music"), tagged, []string{"iam:TagUser"}},
		{"tag added", "ann", tags("More", "1"), tagged, []string{"iam:UntagUser", "iam:TagUser"}},
		{"tag removed", "ann", func(t *testing.T, b *acctest.Bench, name *string) {
			acctest.Must(b.IAM().UntagUser(t.Context(), &iam.UntagUserInput{UserName: name, TagKeys: []string{"Cost"}}))(t)
		}, tagged, []string{"iam:TagUser"}},
		{"boundary changed", "ann", func(t *testing.T, b *acctest.Bench, name *string) {
			acctest.Must(b.IAM().PutUserPermissionsBoundary(t.Context(), &iam.PutUserPermissionsBoundaryInput{
				UserName: name, PermissionsBoundary: &boundary,
			}))(t)
		}, []string{"permissions_boundary"}, []string{"iam:PutUserPermissionsBoundary"}},
		{"boundary removed", "ann", func(t *testing.T, b *acctest.Bench, name *string) {
			acctest.Must(b.IAM().DeleteUserPermissionsBoundary(t.Context(), &iam.DeleteUserPermissionsBoundaryInput{UserName: name}))(t)
		}, []string{"permissions_boundary"}, []string{"iam:PutUserPermissionsBoundary"}},
		{"key deactivated", "ann", func(t *testing.T, b *acctest.Bench, name *string) {
			acctest.Must(b.IAM().UpdateAccessKey(t.Context(), &iam.UpdateAccessKeyInput{
				UserName: name, AccessKeyId: aws.String(key["id"].(string)), Status: types.StatusTypeInactive,
			}))(t)
		}, []string{"access_key"}, []string{"iam:UpdateAccessKey"}},
		// A previous key cannot be made again, and would have gone anyway: state just forgets it.
		{"previous key deleted", "ann", deletesKey(key["previous_id"]), nil, nil},
		{"key deleted", "ann", deletesKey(key["id"]), []string{"access_key"}, []string{"iam:CreateAccessKey"}},
	}
}

func joins(group string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, name *string) {
		t.Helper()
		acctest.Must(b.IAM().AddUserToGroup(t.Context(), &iam.AddUserToGroupInput{UserName: name, GroupName: aws.String(b.Name + group)}))(t)
	}
}

func leaves(group string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, name *string) {
		t.Helper()
		acctest.Must(b.IAM().RemoveUserFromGroup(t.Context(), &iam.RemoveUserFromGroupInput{UserName: name, GroupName: aws.String(b.Name + group)}))(t)
	}
}

func puts(policy, document string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, name *string) {
		t.Helper()
		acctest.Must(b.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
			UserName: name, PolicyName: aws.String(b.Name + policy), PolicyDocument: &document,
		}))(t)
	}
}

func tags(key, value string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, name *string) {
		t.Helper()
		acctest.Must(b.IAM().TagUser(t.Context(), &iam.TagUserInput{UserName: name, Tags: []types.Tag{{Key: &key, Value: &value}}}))(t)
	}
}

func deletesKey(id any) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, name *string) {
		t.Helper()
		acctest.Must(b.IAM().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: aws.String(id.(string))}))(t)
	}
}

// TestAccBucketUser_renamedAway gives the user another name behind Terraform's back: it is found by its id, and renamed
// back in place.
func TestAccBucketUser_renamedAway(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`, `access_key = {}`))
		tf.Apply()
		was := tf.State(userAddress)
		renameUser(t, b, "-ann", "-eve")
		same(t, "actions", []string{"update"}, tf.Plan(userAddress).Actions)
		tf.Apply()
		tf.Empty()
		is := tf.State(userAddress)
		if is["unique_id"] != was["unique_id"] || liveUser(t, b, b.Name+"-eve") != nil {
			t.Errorf("it is %v", is)
		}
		wantKeys(t, b, was["access_key"].(map[string]any)["id"])
		tf.Destroy()
	})
}

// TestAccBucketUser_nameTaken wants names that other users have: the plan refuses them, and a destroy leaves them.
func TestAccBucketUser_nameTaken(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		lines := []string{`access = "read_only"`, `access_key = {}`}
		tf.Write(b.Provider() + member(b, lines...))
		tf.Apply()
		key, _ := b.MakeUser(t, b.Name+"-bob")
		b.Gateway.Reset()
		tf.Write(b.Provider() + memberNamed(b, b.Name+"-bob", lines...))
		saysAll(t, tf.MustFail("plan"), "the name "+b.Name+"-bob is taken", "for_each")
		if calls := mutations(b); len(calls) > 0 {
			t.Errorf("writing calls: %v", calls)
		}
		tf.Write(b.Provider() + member(b, lines...))
		tf.Empty()

		// Deleted by hand, and made again by somebody: theirs is never ours.
		id := tf.State(userAddress)["access_key"].(map[string]any)["id"]
		acctest.Must(b.IAM().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{
			UserName: aws.String(b.Name + "-ann"), AccessKeyId: aws.String(id.(string)),
		}))(t)
		deleteMember(t, b)
		theirs, _ := b.MakeUser(t, b.Name+"-ann", b.Name+"-BktROGrp")
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("plan"), "the bucket user exists already")
		tf.Write(b.Provider())
		tf.Apply()
		if calls := mutations(b); len(calls) > 0 {
			t.Errorf("writing calls: %v", calls)
		}
		wantKeys(t, b, theirs)
		bobs := acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{
			UserName: aws.String(b.Name + "-bob"),
		}))(t)
		if len(bobs.AccessKeyMetadata) != 1 || aws.ToString(bobs.AccessKeyMetadata[0].AccessKeyId) != key {
			t.Errorf("bob's keys: %v", bobs.AccessKeyMetadata)
		}
	})
}
