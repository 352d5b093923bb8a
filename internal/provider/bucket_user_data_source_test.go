package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// town is a bucket, one whose name begins with the same letters, and users of every kind.
func town(b *acctest.Bench) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  for_each      = { %[1]q = ["admin", "read_write", "read_only"], "%[1]sbar" = ["read_only"] }
  name          = each.key
  access_levels = each.value
}

resource "spinup_bucket_user" "ann" {
  bucket     = spinup_bucket.test[%[1]q].name
  name       = "%[1]s-ann"
  access     = "read_only"
  tags       = { Team = "library" }
  access_key = {}
}

resource "spinup_bucket_user" "bob" {
  bucket = spinup_bucket.test["%[1]sbar"].name
  name   = "%[1]sbar-bob"
  access = "read_only"
}

resource "spinup_bucket_user" "ina" {
  bucket = spinup_bucket.test[%[1]q].name
  name   = "%[1]s-ina"
  access = "admin"
  grant  = "inline"
}

resource "spinup_bucket_user" "pat" {
  bucket = spinup_bucket.test[%[1]q].name
  name   = "%[1]s-pat"
  access = "read_write"
  path   = "/docs/private/"
}
`, b.Name)
}

// guests are made by somebody else: zoe in two groups, and wes, who is only a web admin.
func guests(t *testing.T, b *acctest.Bench) (secrets []string) {
	t.Helper()
	web, policy := b.Name+"-WebAdmGrp", "arn:aws:iam::aws:policy/ReadOnlyAccess"
	acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: &web}))(t)
	t.Cleanup(func() {
		_, _ = b.IAM().DeleteGroup(context.WithoutCancel(t.Context()), &iam.DeleteGroupInput{GroupName: &web})
	})
	_, wes := b.MakeUser(t, b.Name+"-wes", web)
	_, zoe := b.MakeUser(t, b.Name+"-zoe", b.Name+"-BktRWGrp", b.Name+"-BktAdmGrp")
	acctest.Must(b.IAM().AttachUserPolicy(t.Context(), &iam.AttachUserPolicyInput{UserName: aws.String(b.Name + "-zoe"), PolicyArn: &policy}))(t)
	t.Cleanup(func() {
		_, _ = b.IAM().DetachUserPolicy(context.WithoutCancel(t.Context()), &iam.DetachUserPolicyInput{
			UserName: aws.String(b.Name + "-zoe"), PolicyArn: &policy,
		})
	})
	return []string{wes, zoe}
}

// looks are the data sources about the users named, as users of the bucket.
func looks(bucket string, users ...string) string {
	var config strings.Builder
	for _, user := range users {
		fmt.Fprintf(&config, "data \"spinup_bucket_user\" %q {\n  bucket = %q\n  name   = \"%s-%[1]s\"\n}\n", user, bucket, bucket)
	}
	return config.String()
}

// TestAccBucketUser_dataSources looks at users: those of the bucket by its exact name, and no secret.
func TestAccBucketUser_dataSources(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + town(b))
		tf.Apply()
		t.Run("look", func(t *testing.T) { look(t, b, tf) })
		tf.Write(b.Provider() + town(b))
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

func look(t *testing.T, b *acctest.Bench, tf *acctest.Terraform) {
	secrets := guests(t, b)
	tf.Write(b.Provider() + town(b) + looks(b.Name, "ann", "ina", "pat", "wes", "zoe") + fmt.Sprintf(`
data "spinup_bucket_users" "test" {
  bucket = %[1]q
}

data "spinup_bucket_users" "bar" {
  bucket = "%[1]sbar"
}

data "spinup_bucket_users" "none" {
  bucket = "%[1]sba"
}
`, b.Name))
	tf.Apply()

	user := func(name string) string { return b.Name + "-" + name }
	group := func(short string) any { return b.Name + "-" + short + "Grp" }
	listed := func(bucket, name string, groups ...any) any {
		return map[string]any{"name": name, "arn": "arn:aws:iam::" + b.AccountID + ":user/" + name, "groups": groups}
	}
	for source, want := range map[string]map[string]any{
		"test": {
			"bucket": b.Name, "names": []any{user("ann"), user("wes"), user("zoe")},
			"users": []any{
				listed(b.Name, user("ann"), group("BktRO")), listed(b.Name, user("wes"), group("WebAdm")),
				listed(b.Name, user("zoe"), group("BktAdm"), group("BktRW")),
			},
		},
		"bar": {
			"bucket": b.Name + "bar", "names": []any{b.Name + "bar-bob"},
			"users": []any{listed(b.Name+"bar", b.Name+"bar-bob", b.Name+"bar-BktROGrp")},
		},
		"none": {"bucket": b.Name + "ba", "names": []any{}, "users": []any{}},
	} {
		if diff := cmp.Diff(want, tf.State("data.spinup_bucket_users."+source)); diff != "" {
			t.Errorf("users %s, -want +got:\n%s", source, diff)
		}
	}

	key := keyNamed(t, tf, "ann")
	secrets = append(secrets, key["secret"].(string))
	delete(key, "secret")
	for name, want := range map[string]map[string]any{
		"ann": {
			"access": "read_only", "web_admin": false, "path": nil, "groups": []any{group("BktRO")}, "policies": []any{},
			"tags_all":    map[string]any{"Team": "library"},
			"access_keys": []any{map[string]any{"id": key["id"], "active": true, "created_at": key["created_at"]}},
		},
		"ina": {
			"access": "admin", "web_admin": false, "path": nil, "groups": []any{}, "policies": []any{b.Name + "-BktAdmPlc"},
			"tags_all": map[string]any{}, "access_keys": []any{},
		},
		"pat": {
			"access": "read_write", "web_admin": false, "path": "/docs/private/", "groups": []any{},
			"policies": []any{b.Name + "-docs_private-BktRWPlc"}, "tags_all": map[string]any{}, "access_keys": []any{},
		},
		"wes": {"access": nil, "web_admin": true, "path": nil, "groups": []any{group("WebAdm")}, "policies": []any{}},
		"zoe": {
			"access": "admin", "web_admin": false, "groups": []any{group("BktAdm"), group("BktRW")}, "policies": []any{"ReadOnlyAccess"},
		},
	} {
		got := tf.State("data.spinup_bucket_user." + name)
		if got["id"] != b.Name+"/"+user(name) || got["arn"] != "arn:aws:iam::"+b.AccountID+":user/"+user(name) || got["unique_id"] == nil {
			t.Errorf("%s: %v", name, got)
		}
		for attribute, want := range want {
			if diff := cmp.Diff(want, got[attribute]); diff != "" {
				t.Errorf("%s of %s, -want +got:\n%s", attribute, name, diff)
			}
		}
		text := string(acctest.Must(json.Marshal(got))(t))
		for _, secret := range secrets {
			if strings.Contains(text, secret) {
				t.Errorf("%s: a secret is told: %s", name, text)
			}
		}
	}

	// Users of another bucket, however similar its name, and none at all.
	for name, config := range map[string]string{
		"of the longer name":  fmt.Sprintf("data \"spinup_bucket_user\" \"no\" {\n  bucket = %[1]q\n  name = \"%[1]sbar-bob\"\n}\n", b.Name),
		"of the shorter name": fmt.Sprintf("data \"spinup_bucket_user\" \"no\" {\n  bucket = \"%[1]sbar\"\n  name = \"%[1]s-ann\"\n}\n", b.Name),
		"inline":              fmt.Sprintf("data \"spinup_bucket_user\" \"no\" {\n  bucket = \"%[1]sbar\"\n  name = \"%[1]s-ina\"\n}\n", b.Name),
		"nobody":              fmt.Sprintf("data \"spinup_bucket_user\" \"no\" {\n  bucket = %[1]q\n  name = \"%[1]s-nobody\"\n}\n", b.Name),
	} {
		other := b.Served(t)
		other.Write(b.Provider() + config)
		if out := other.MustFail("plan"); !strings.Contains(out, "No such bucket user") {
			t.Errorf("%s: %s", name, out)
		}
	}
}

// keyNamed is access_key of one of several users, as state has it.
func keyNamed(t *testing.T, tf *acctest.Terraform, name string) map[string]any {
	t.Helper()
	key, ok := tf.State("spinup_bucket_user." + name)["access_key"].(map[string]any)
	if !ok {
		t.Fatalf("%s has no key", name)
	}
	return key
}
