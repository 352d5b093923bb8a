package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketuser"
)

// ungrouped is why a test runs on VersityGW with its standalone IAM.
const ungrouped = "its IAM has users, keys and inline policies, and no groups"

// guest is a bucket with an object, and a user of it with the lines.
func guest(b *acctest.Bench, name string, lines ...string) string {
	return b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"test\" {\n  name = %q\n  force_destroy = true\n}\n", b.Name) +
		memberNamed(b, name, append(lines, "depends_on = [spinup_bucket.test]")...)
}

// mayPut reports whether the key in state may put an object.
func mayPut(t *testing.T, b *acctest.Bench, tf acctest.Runner, bucket, object string) bool {
	t.Helper()
	key := keyOf(t, tf)
	_, err := b.As(key["id"].(string), key["secret"].(string)).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &bucket, Key: &object, Body: strings.NewReader("mine"),
	})
	if err != nil && !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("%s/%s: %v", bucket, object, err)
	}
	return err == nil
}

// wantPuts requires that the key may write just these objects of the bucket, and none of another.
func wantPuts(t *testing.T, b *acctest.Bench, tf acctest.Runner, allowed ...string) {
	t.Helper()
	for _, object := range []string{"mine", "docs/mine"} {
		if got := mayPut(t, b, tf, b.Name, object); got != slices.Contains(allowed, object) {
			t.Errorf("may put %s: %t", object, got)
		}
	}
	if mayPut(t, b, tf, b.Name+"-other", "mine") {
		t.Error("may write to another bucket")
	}
}

// TestAccBucketUser_withoutGroups is the life of a user where IAM has no groups: what the key may do follows access,
// path and name, the key rotates with an overlap, the user is imported, and nothing is left of it.
func TestAccBucketUser_withoutGroups(t *testing.T) {
	acctest.Only(t, emulator.VersityGWIAM, ungrouped, func(t *testing.T, b *acctest.Bench) {
		other, ann := b.Name+"-other", b.Name+"-ann"
		acctest.Must(b.S3().CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &other}))(t)
		tf := b.Served(t)
		step := func(name string, lines ...string) {
			t.Helper()
			tf.Write(guest(b, name, lines...))
			tf.Apply()
			tf.Empty()
		}
		const key, twice = `access_key = {}`, "access_key = {\n rotation = \"2\"\n overlap = \"1ms\"\n }"
		step(ann, `access = "read_only"`, key)
		state := tf.State(userAddress)
		if state["grant"] != "inline" || len(state["groups"].([]any)) > 0 || state["permissions_boundary"] != nil {
			t.Errorf("state: %v", state)
		}
		b.PutObject(t, b.Name, "hello")
		first := keyOf(t, tf)
		if err := works(t.Context(), b, acctest.StoredKey{ID: first["id"].(string), Secret: first["secret"].(string)}); err != nil {
			t.Error(err)
		}
		wantPuts(t, b, tf)
		step(ann, `access = "read_write"`, key)
		wantPuts(t, b, tf, "mine", "docs/mine")
		step(ann, `access = "read_write"`, `path = "/docs/"`, key)
		wantPuts(t, b, tf, "docs/mine")

		id := tf.State(userAddress)["unique_id"]
		step(b.Name+"-bob", `access = "read_write"`, key)
		wantPuts(t, b, tf, "mine", "docs/mine")
		if got := tf.State(userAddress)["unique_id"]; got != id || liveUser(t, b, ann) != nil {
			t.Errorf("renamed from %v to %v", id, got)
		}

		tf.Write(guest(b, b.Name+"-bob", `access = "read_write"`, twice))
		tf.Apply()
		if now := keyOf(t, tf); now["id"] == first["id"] || now["previous_id"] != first["id"] {
			t.Errorf("rotated to %v", now)
		}
		wantPuts(t, b, tf, "mine", "docs/mine")
		if err := works(t.Context(), b, acctest.StoredKey{ID: first["id"].(string), Secret: first["secret"].(string)}); err != nil {
			t.Errorf("the previous key: %v", err)
		}
		tf.Apply()
		if now := keyOf(t, tf); now["previous_id"] != nil {
			t.Errorf("the overlap is over, and state has %v", now)
		}
		tf.Empty()

		t.Run("import", func(t *testing.T) {
			copied := b.Served(t)
			copied.Write(b.Provider() + memberNamed(b, b.Name+"-bob", `access = "read_write"`, key))
			copied.Must("import", "spinup_bucket_user.test", b.Name+"/"+b.Name+"-bob")
			if change := copied.Plan(userAddress); change.Actions[0] != "no-op" {
				t.Errorf("after the import: %v of %v", change.Actions, change.Attributes())
			}
		})
		t.Run("data sources", func(t *testing.T) {
			tf.Write(guest(b, b.Name+"-bob", `access = "read_write"`, twice) + fmt.Sprintf(
				"data \"spinup_bucket_user\" \"one\" {\n  bucket = %[1]q\n  name = \"%[1]s-bob\"\n}\n"+
					"data \"spinup_bucket_users\" \"all\" {\n  bucket = %[1]q\n}\n"+
					"data \"spinup_bucket_users\" \"none\" {\n  bucket = \"%[1]s-other\"\n}\n", b.Name))
			tf.Apply()
			one := tf.State("data.spinup_bucket_user.one")
			if one["access"] != "read_write" || len(one["access_keys"].([]any)) != 1 || len(one["groups"].([]any)) > 0 {
				t.Errorf("one: %v", one)
			}
			same(t, "all", []any{b.Name + "-bob"}, tf.State("data.spinup_bucket_users.all")["names"].([]any))
			same(t, "none", []any{}, tf.State("data.spinup_bucket_users.none")["names"].([]any))
		})
		tf.Write(guest(b, b.Name+"-bob", `access = "read_write"`, twice))
		tf.Destroy()
		if liveUser(t, b, b.Name+"-bob") != nil {
			t.Error("the user is left")
		}
		for _, call := range b.Gateway.Calls() {
			if strings.Contains(call.Operation, "Group") || strings.Contains(call.Operation, "LoginProfile") ||
				strings.Contains(call.Operation, "Attached") || strings.Contains(call.Operation, "MFA") {
				t.Errorf("%s was called", call.Name())
			}
		}
	})
}

// TestAccBucketUser_withoutGroupsAccount asks STS for the account, which that IAM has.
func TestAccBucketUser_withoutGroupsAccount(t *testing.T) {
	acctest.Only(t, emulator.VersityGWIAM, ungrouped, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider("skip_requesting_account_id = false", "skip_credentials_validation = false") +
			member(b, `access = "read_only"`, `access_key = {}`))
		tf.Apply()
		tf.Empty()
		if n := b.Gateway.Counts()["sts:GetCallerIdentity"]; n == 0 {
			t.Errorf("STS was not asked: %v", b.Gateway.Counts())
		}
		tf.Destroy()
	})
}

// TestAccBucketUser_withoutGroupsDrift changes a user behind Terraform's back.
func TestAccBucketUser_withoutGroupsDrift(t *testing.T) {
	acctest.Only(t, emulator.VersityGWIAM, ungrouped, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + member(b, `access = "read_only"`, `tags = { Team = "library" }`, `access_key = {}`))
		tf.Apply()
		name := aws.String(b.Name + "-ann")
		for _, row := range []tampering{
			{"inline policy deleted", "ann", func(t *testing.T, b *acctest.Bench, name *string) {
				acctest.Must(b.IAM().DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{
					UserName: name, PolicyName: aws.String(b.Name + "-BktROPlc"),
				}))(t)
			}, []string{"access"}, []string{"iam:PutUserPolicy"}},
			{"inline policy altered", "ann", puts("-BktROPlc", nothing), []string{"access"}, []string{"iam:PutUserPolicy"}},
			{"tag changed", "ann", tags("Team", "music"), []string{"tags", "tags_all"}, []string{"iam:TagUser"}},
			{"key deleted", "ann", deletesKey(keyOf(t, tf)["id"]), []string{"access_key"}, []string{"iam:CreateAccessKey"}},
		} {
			t.Run(row.name, func(t *testing.T) {
				row.tamper(t, b, name)
				same(t, "attributes", row.shows, tf.Plans()[userAddress].Attributes())
				b.Gateway.Reset()
				tf.Must("apply", "test.plan")
				same(t, "writing calls", row.mends, mutations(b))
				tf.Empty()
			})
		}
		tf.Destroy()
	})
}

// TestAccBucketUser_withoutGroupsDenied lets each read of a refresh fail in turn.
func TestAccBucketUser_withoutGroupsDenied(t *testing.T) {
	acctest.Only(t, emulator.VersityGWIAM, ungrouped, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider("max_retries = 0") + member(b, `access = "read_only"`, `access_key = {}`))
		tf.Apply()
		rows := slices.DeleteFunc(denied(bucketuser.Reads{}, map[string]string{"user": "user " + b.Name + "-ann"}),
			func(row unread) bool { return row.read == "iam:ListGroupsForUser" })
		wantUnread(t, b, tf, "Bucket user", rows)
		tf.Destroy()
	})
}

// TestAccBucketUser_withoutGroupsSweep goes through every crash.
func TestAccBucketUser_withoutGroupsSweep(t *testing.T) {
	acctest.Only(t, emulator.VersityGWIAM, ungrouped, func(t *testing.T, b *acctest.Bench) {
		user := func(b *acctest.Bench, to string, lines ...string) string {
			return memberNamed(b, b.Name+"-"+to, lines...)
		}
		sweep{
			before: func(b *acctest.Bench) string {
				return user(b, "ann", `access = "read_only"`, `tags = { Step = "before" }`, `access_key = {}`)
			},
			after: func(b *acctest.Bench) string {
				return user(b, "bob", `access = "read_write"`, `path = "/docs/"`, `tags = { Other = "after" }`,
					"access_key = {\n rotation = \"2\"\n }")
			},
			burden: func(t *testing.T, b *acctest.Bench) { puts("-theirs", nothing)(t, b, aws.String(b.Name+"-ann")) },
			sound: func(t *testing.T, b *acctest.Bench, tf acctest.Runner) {
				for _, name := range []string{"ann", "bob"} {
					if liveUser(t, b, b.Name+"-"+name) != nil {
						plainKeysHeld(t, b, b.Name+"-"+name, recorded(t, tf))
					}
				}
			},
			facts: plainFacts,
			gone: func(t *testing.T, b *acctest.Bench) {
				for _, name := range []string{"ann", "bob"} {
					if liveUser(t, b, b.Name+"-"+name) != nil {
						t.Errorf("%s is left", name)
					}
				}
			},
			phases: []string{"create", "update", "delete"},
		}.run(t, b)
	})
}

// plainKeysHeld requires that state names every key of the user.
func plainKeysHeld(t *testing.T, b *acctest.Bench, name string, key map[string]any) {
	t.Helper()
	for _, one := range acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name}))(t).AccessKeyMetadata {
		if id := aws.ToString(one.AccessKeyId); key["id"] != id && key["previous_id"] != id {
			t.Errorf("nobody has the secret of the key %s; in state: %v", id, key)
		}
	}
}

// plainFacts are what there is of the users, where there are no groups.
func plainFacts(t *testing.T, b *acctest.Bench) (all []string) {
	t.Helper()
	for _, user := range []string{"ann", "bob"} {
		name := b.Name + "-" + user
		live := liveUser(t, b, name)
		if live == nil {
			continue
		}
		all = append(all, user)
		for _, policy := range inlineOf(t, b, name) {
			all = append(all, strings.TrimPrefix(policy, b.Name))
		}
		for _, tag := range live.Tags {
			all = append(all, aws.ToString(tag.Key))
		}
		for _, key := range acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name}))(t).AccessKeyMetadata {
			all = append(all, string(key.Status))
		}
	}
	slices.Sort(all)
	return all
}
