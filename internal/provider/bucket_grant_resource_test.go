package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketgrant"
)

const grantAddress = "spinup_bucket_grant.test"

// grantBlock is a grant of the bench's bucket for the group "<bench>" with the suffix.
func grantBlock(b *acctest.Bench, suffix string, lines ...string) string {
	return fmt.Sprintf("resource \"spinup_bucket_grant\" \"test\" {\n  bucket = %q\n  group  = %q\n  %s\n}\n",
		b.Name, b.Name+suffix, strings.Join(lines, "\n  "))
}

func putsOnGroup(t *testing.T, b *acctest.Bench, document string) {
	t.Helper()
	acctest.Must(b.IAM().PutGroupPolicy(t.Context(), &iam.PutGroupPolicyInput{
		GroupName: aws.String(b.Name + "-club"), PolicyName: aws.String(bucketgrant.PolicyName(b.Name)), PolicyDocument: &document,
	}))(t)
}

func dropsGrant(t *testing.T, b *acctest.Bench) {
	t.Helper()
	acctest.Must(b.IAM().DeleteGroupPolicy(t.Context(), &iam.DeleteGroupPolicyInput{
		GroupName: aws.String(b.Name + "-club"), PolicyName: aws.String(bucketgrant.PolicyName(b.Name)),
	}))(t)
}

// grantOf is the policy of the grant of the group "<bench>-club"; "" when there is none.
func grantOf(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	out, err := b.IAM().GetGroupPolicy(t.Context(), &iam.GetGroupPolicyInput{
		GroupName: aws.String(b.Name + "-club"), PolicyName: aws.String(bucketgrant.PolicyName(b.Name)),
	})
	if !found(t, "grant", err) {
		return ""
	}
	return acctest.Must(awsclient.PolicyText(out.PolicyDocument))(t)
}

// TestAccBucketGrant_basic makes a grant of each kind, and imports them: the plan after it is empty.
func TestAccBucketGrant_basic(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		makeGroup(t, b, b.Name+"-club", nothing)
		b.MakeUser(t, b.Name+"-ann")
		makeRole(t, b)
		config, imports := b.Provider(), ""
		for kind, name := range map[string]string{"group": "-club", "user": "-ann", "role": "-ci"} {
			config += fmt.Sprintf("resource \"spinup_bucket_grant\" %q {\n bucket = %q\n access = \"read_write\"\n %s = %q\n}\n",
				kind, b.Name, kind, b.Name+name)
			imports += fmt.Sprintf("import {\n to = spinup_bucket_grant.%s\n id = \"%s/%s/%s%s\"\n}\n", kind, b.Name, kind, b.Name, name)
		}
		tf := b.Served(t)
		tf.Write(config)
		tf.Apply()
		tf.Empty()
		same(t, "state", map[string]any{
			"id": b.Name + "/group/" + b.Name + "-club", "bucket": b.Name, "access": "read_write", "web_admin": false, "path": nil,
			"role": nil, "user": nil, "group": b.Name + "-club", "kind": "group", "name": b.Name + "-club",
			"policy_name": b.Name + "-SpinupGrant", "timeouts": nil,
		}, tf.State("spinup_bucket_grant.group"))
		other := b.Served(t)
		other.Write(config + imports)
		for address, change := range other.Plans() {
			same(t, address, []string{"no-op"}, change.Actions)
		}
		tf.Destroy()
		same(t, "grant", "", grantOf(t, b))
	})
}

// TestAccBucketGrant_disappears deletes the policy, and then the whole group, behind Terraform's back.
func TestAccBucketGrant_disappears(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + grantBlock(b, "-club", readOnly))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "there is no group "+b.Name+"-club", "State holds nothing of it.")
		makeGroup(t, b, b.Name+"-club", nothing)
		tf.Apply()
		dropsGrant(t, b)
		same(t, "actions", []string{"create"}, tf.Plan(grantAddress).Actions)
		tf.Apply()
		tf.Empty()
		dropsGrant(t, b)
		acctest.Must(b.IAM().DeleteGroupPolicy(t.Context(), &iam.DeleteGroupPolicyInput{
			GroupName: aws.String(b.Name + "-club"), PolicyName: aws.String("access"),
		}))(t)
		acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: aws.String(b.Name + "-club")}))(t)
		tf.Write(b.Provider())
		tf.Apply()
	})
}

// TestAccBucketGrant_together makes a role and a grant for it in one apply: when that is planned, there is no role.
func TestAccBucketGrant_together(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		role := fmt.Sprintf("resource \"spinup_bucket_role\" \"test\" {\n  bucket = %[1]q\n  name = \"%[1]s-ci\"\n  "+
			"access = \"read_only\"\n  trust = { services = [\"ec2.amazonaws.com\"] }\n}\n", b.Name)
		grant := fmt.Sprintf("resource \"spinup_bucket_grant\" \"test\" {\n  bucket = \"%s-other\"\n  "+
			"role = spinup_bucket_role.test.name\n  access = \"read_write\"\n}\n", b.Name)
		tf.Write(b.Provider() + role + grant)
		tf.Apply()
		tf.Empty()
		tf.Destroy()
	})
}

// TestAccBucketGrant_update goes through every change that is made in place: each is one write.
func TestAccBucketGrant_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeGroup(t, b, b.Name+"-club", nothing)
		makeSiteAdmins(t, b, "E1EXAMPLE2ID")
		tf := b.Played(t)
		for _, lines := range [][]string{
			{readOnly}, {`access = "admin"`}, {readOnly, `path = "/docs/"`}, {`access = "read_write"`, `path = "/a/b/"`},
			{`access = "read_write"`, "web_admin = true"}, {readOnly},
		} {
			tf.Write(b.Provider() + grantBlock(b, "-club", lines...))
			b.Gateway.Reset()
			tf.Apply()
			same(t, "writing calls", []string{"iam:PutGroupPolicy"}, mutations(b))
			tf.Empty()
		}
		tf.Destroy()
		same(t, "grant", "", grantOf(t, b))
	})
}

// TestAccBucketGrant_replace gives the access to another group.
func TestAccBucketGrant_replace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeGroup(t, b, b.Name+"-club", nothing)
		makeGroup(t, b, b.Name+"-team", nothing)
		tf := b.Served(t)
		tf.Write(b.Provider() + grantBlock(b, "-club", readOnly))
		tf.Apply()
		tf.Write(b.Provider() + grantBlock(b, "-team", readOnly))
		same(t, "actions", []string{"delete", "create"}, tf.Plan(grantAddress).Actions)
		tf.Apply()
		tf.Empty()
		same(t, "the former grant", "", grantOf(t, b))
		tf.Destroy()
	})
}

// TestAccBucketGrant_drift changes the policy with a plain client.
func TestAccBucketGrant_drift(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		makeGroup(t, b, b.Name+"-club", nothing)
		makeSiteAdmins(t, b, "E1EXAMPLE2ID")
		tf.Write(b.Provider() + grantBlock(b, "-club", readOnly, `path = "/docs/"`, "web_admin = true"))
		tf.Apply()
		is := grantOf(t, b)
		for _, row := range some(brief, []struct {
			name, document string
			shows          []string
		}{
			{"altered", nothing, []string{"access"}},
			{"another site", strings.Replace(is, "E1EXAMPLE2ID", "E9", 1), []string{"web_admin"}},
			{"every site", strings.Replace(is, "E1EXAMPLE2ID", "*", 1), []string{"access"}},
			{"an action added", strings.Replace(is, `"s3:GetObject"`, `"s3:GetObject","s3:PutObject"`, 1), []string{"access"}},
			{"the level's own document", access.Document("aws", b.Name, access.Admin), []string{"access"}},
		}) {
			t.Run(row.name, func(t *testing.T) {
				putsOnGroup(t, b, row.document)
				if diff := cmp.Diff(row.shows, tf.Plan(grantAddress).Attributes(), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
				tf.Must("apply", "test.plan")
				tf.Empty()
				same(t, "policy", is, grantOf(t, b))
			})
		}
		tf.Destroy()
	}))
}

// TestAccBucketGrant_crashSweep goes through every crash of a grant.
func TestAccBucketGrant_crashSweep(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		sweep{
			surround: func(t *testing.T, b *acctest.Bench) { makeGroup(t, b, b.Name+"-club", nothing) },
			before:   func(b *acctest.Bench) string { return grantBlock(b, "-club", readOnly) },
			after: func(b *acctest.Bench) string {
				return grantBlock(b, "-club", `access = "read_write"`, `path = "/docs/"`)
			},
			facts: func(t *testing.T, b *acctest.Bench) []string {
				return []string{strings.ReplaceAll(grantOf(t, b), b.Name, "NAME")}
			},
			gone:   func(t *testing.T, b *acctest.Bench) { same(t, "grant", "", grantOf(t, b)) },
			phases: []string{"create", "update", "delete"},
		}.run(t, b)
	})
}
