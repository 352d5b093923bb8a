package provider_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucketrole"
)

const roleAddress = "spinup_bucket_role.test"

// roleBlock is the configuration of the role "<bench>-ci" of the bucket that bears the bench's name. NAME in its lines
// stands for the bench's name.
func roleBlock(b *acctest.Bench, lines ...string) string {
	return roleNamed(b, "test", "-ci", lines...)
}

func roleNamed(b *acctest.Bench, label, suffix string, lines ...string) string {
	return fmt.Sprintf("resource \"spinup_bucket_role\" %q {\n  bucket = %q\n  name   = %q\n  %s\n}\n",
		label, b.Name, b.Name+suffix, strings.ReplaceAll(strings.Join(lines, "\n  "), "NAME", b.Name))
}

// Lines of a role.
const (
	byService  = `trust = { services = ["ec2.amazonaws.com"] }`
	readOnly   = `access = "read_only"`
	created    = `oidc_provider = "create"`
	byExternal = `trust = { accounts = [{ id = "111122223333", external_id = "NAME" }] }`
)

// byIssuer trusts a subject of an OpenID Connect provider that is the bench's own.
func byIssuer(b *acctest.Bench, subjects ...string) string {
	return fmt.Sprintf(`trust = { oidc = [{ provider_url = "https://%s", audience = "sts.amazonaws.com", subjects = ["%s"] }] }`,
		issuer(b), strings.Join(subjects, `", "`))
}

func issuer(b *acctest.Bench) string { return b.Name + ".example.edu" }

func providerARN(b *acctest.Bench) *string {
	return aws.String("arn:aws:iam::" + b.AccountID + ":oidc-provider/" + issuer(b))
}

// makeProvider makes the bench's OpenID Connect provider, and takes it away at the end of the test.
func makeProvider(t *testing.T, b *acctest.Bench, audiences ...string) {
	t.Helper()
	acctest.Must(b.IAM().CreateOpenIDConnectProvider(t.Context(), &iam.CreateOpenIDConnectProviderInput{
		Url: aws.String("https://" + issuer(b)), ClientIDList: audiences,
		ThumbprintList: []string{strings.Repeat("a", 40)}, // LocalStack wants one
	}))(t)
	t.Cleanup(func() {
		_, _ = b.IAM().DeleteOpenIDConnectProvider(context.WithoutCancel(t.Context()),
			&iam.DeleteOpenIDConnectProviderInput{OpenIDConnectProviderArn: providerARN(b)})
	})
}

// liveProvider is the bench's OpenID Connect provider; nil when there is none.
func liveProvider(t *testing.T, b *acctest.Bench) *iam.GetOpenIDConnectProviderOutput {
	t.Helper()
	out, err := b.IAM().GetOpenIDConnectProvider(t.Context(), &iam.GetOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: providerARN(b),
	})
	if !found(t, "provider", err) {
		return nil
	}
	return out
}

// liveRole is the role of the bench's name with a suffix; nil when there is none.
func liveRole(t *testing.T, b *acctest.Bench, suffix string) *types.Role {
	t.Helper()
	out, err := b.IAM().GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String(b.Name + suffix)})
	if !found(t, "role "+suffix, err) {
		return nil
	}
	return out.Role
}

// liveTrust is the trust policy of the role "<bench>-ci".
func liveTrust(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	return acctest.Must(awsclient.PolicyText(liveRole(t, b, "-ci").AssumeRolePolicyDocument))(t)
}

// policiesOf are the names of the role's inline policies, without the bench's name, sorted.
func policiesOf(t *testing.T, b *acctest.Bench, suffix string) []string {
	t.Helper()
	names := []string{}
	for _, name := range acctest.Must(b.IAM().ListRolePolicies(t.Context(), &iam.ListRolePoliciesInput{
		RoleName: aws.String(b.Name + suffix),
	}))(t).PolicyNames {
		names = append(names, strings.TrimPrefix(name, b.Name))
	}
	return slices.Sorted(slices.Values(names))
}

func noRole(t *testing.T, b *acctest.Bench, suffixes ...string) {
	t.Helper()
	for _, suffix := range suffixes {
		if liveRole(t, b, suffix) != nil {
			t.Errorf("the role %s is left", suffix)
		}
	}
	if liveProvider(t, b) != nil {
		t.Error("the provider is left")
	}
}

// TestAccBucketRole_basic makes a role with nothing but defaults, and imports it both ways.
func TestAccBucketRole_basic(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		lines := []string{`access = "admin"`, byExternal}
		tf := b.Served(t)
		tf.Write(b.Provider() + roleBlock(b, lines...))
		tf.Apply()
		tf.Empty()
		name := b.Name + "-ci"
		role := liveRole(t, b, "-ci")
		want := map[string]any{
			"id": b.Name + "/" + name, "bucket": b.Name, "name": name, "access": "admin", "web_admin": false, "path": nil,
			"trust": map[string]any{
				"accounts": []any{map[string]any{"id": "111122223333", "external_id": b.Name, "role": nil}},
				"github":   nil, "gitlab": nil, "oidc": nil, "services": nil,
			},
			"oidc_provider": "existing", "max_session_duration": float64(3600), "permissions_boundary": nil, "tags": nil,
			"tags_all": map[string]any{}, "arn": aws.ToString(role.Arn), "unique_id": aws.ToString(role.RoleId),
			"trust_policy": nil, "timeouts": nil,
		}
		same(t, "state", want, tf.State(roleAddress))
		same(t, "inline policies", []string{"-BktAdmPlc"}, policiesOf(t, b, "-ci"))

		id := b.Name + "/" + name
		for _, way := range []struct {
			name, block string
			command     []string
		}{
			{"by command", "", []string{"import", roleAddress, id}},
			{"by block", fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", roleAddress, id), []string{"apply", "-auto-approve"}},
		} {
			other := b.Served(t)
			other.Write(b.Provider() + roleBlock(b, lines...) + way.block)
			b.Gateway.Reset()
			other.Must(way.command...)
			if diff := cmp.Diff(want, other.State(roleAddress)); diff != "" {
				t.Errorf("imported %s (-want +got):\n%s", way.name, diff)
			}
			other.Empty()
			if calls := mutations(b); len(calls) > 0 {
				t.Errorf("imported %s by %v", way.name, calls)
			}
		}
		tf.Destroy()
		noRole(t, b, "-ci")
	})
}

// TestAccBucketRole_imports takes over roles whose trust has every kind of element, and the provider that one of them
// made: the plan after it is empty.
func TestAccBucketRole_imports(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		rows := map[string][]string{
			"one": {`access = "read_write"`, `path = "/docs/"`, created, byIssuer(b, "job:*:web", "pod:web"), `tags = { Team = "library" }`},
			"two": {readOnly, `max_session_duration = 7200`, `trust = {
    services = ["ec2.amazonaws.com", "pods.eks.amazonaws.com"]
    accounts = [{ id = "111122223333" }, { id = "111122223333", role = "team/ci" }, { id = "444455556666", external_id = "ab" }]
  }`},
		}
		config := b.Provider()
		for label, lines := range rows {
			config += roleNamed(b, label, "-"+label, lines...)
		}
		tf.Write(config)
		tf.Apply()
		other := b.Served(t)
		imports := ""
		for label := range rows {
			imports += fmt.Sprintf("import {\n  to = spinup_bucket_role.%s\n  id = \"%s/%s-%s\"\n}\n", label, b.Name, b.Name, label)
		}
		other.Write(config + imports)
		for address, change := range other.Plans() {
			same(t, address, []string{"no-op"}, change.Actions)
		}
		tf.Destroy()
		noRole(t, b, "-one", "-two")
	})
}

// TestAccBucketRole_disappears deletes the role behind Terraform's back: the next apply makes another. One that somebody
// else made under its name is never touched.
func TestAccBucketRole_disappears(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + roleBlock(b, readOnly, byService))
		tf.Apply()
		was := tf.State(roleAddress)["unique_id"]
		deleteRole(t, b)
		same(t, "actions", []string{"create"}, tf.Plan(roleAddress).Actions)
		tf.Apply()
		tf.Empty()
		if is := tf.State(roleAddress)["unique_id"]; is == was {
			t.Errorf("still %v", is)
		}
		deleteRole(t, b)
		theirs := makeRole(t, b)
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("plan"), "Bucket role exists already", "import {", b.Name+"/"+b.Name+"-ci")
		tf.Write(b.Provider())
		tf.Apply()
		if calls := mutations(b); len(calls) > 0 {
			t.Errorf("writing calls: %v", calls)
		}
		if is := liveRole(t, b, "-ci"); aws.ToString(is.RoleId) != theirs {
			t.Errorf("it is %v", aws.ToString(is.RoleId))
		}
	})
}

// TestAccBucketRole_providerOutlivesRole deletes a role by hand whose provider was made for it: the resource stays, the
// next apply makes the role anew, and a destroy leaves nothing. A role of somebody else in its place is refused.
func TestAccBucketRole_providerOutlivesRole(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + roleBlock(b, readOnly, byIssuer(b, "one"), created))
		tf.Apply()
		deleteRole(t, b)
		same(t, "actions", []string{"update"}, tf.Plan(roleAddress).Actions)
		tf.Apply()
		tf.Empty()
		deleteRole(t, b)
		tf.Must("apply", "-refresh-only", "-auto-approve")
		theirs := makeRole(t, b)
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("plan"), "Bucket role cannot be changed", "there is an IAM role", theirs)
		tf.Write(b.Provider())
		tf.Apply()
		same(t, "calls", []string{"iam:DeleteOpenIDConnectProvider"}, mutations(b))
		if is := liveRole(t, b, "-ci"); is == nil || aws.ToString(is.RoleId) != theirs {
			t.Errorf("it is %v", is)
		}
	})
}

// deleteRole deletes the role "<bench>-ci" and its inline policies.
func deleteRole(t *testing.T, b *acctest.Bench) {
	t.Helper()
	name := aws.String(b.Name + "-ci")
	for _, policy := range policiesOf(t, b, "-ci") {
		acctest.Must(b.IAM().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
			RoleName: name, PolicyName: aws.String(b.Name + policy),
		}))(t)
	}
	acctest.Must(b.IAM().DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: name}))(t)
}

// makeRole makes a role of others, "<bench>-ci", takes it away at the end of the test, and gives its id.
func makeRole(t *testing.T, b *acctest.Bench) (id string) {
	t.Helper()
	name := aws.String(b.Name + "-ci")
	trust := bucketrole.Trust{Services: []string{"lambda.amazonaws.com"}}.Document("aws", b.AccountID)
	out := acctest.Must(b.IAM().CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: name, AssumeRolePolicyDocument: &trust}))(t)
	t.Cleanup(func() {
		_, _ = b.IAM().DeleteRole(context.WithoutCancel(t.Context()), &iam.DeleteRoleInput{RoleName: name})
	})
	return aws.ToString(out.Role.RoleId)
}

// makeSiteAdmins makes what a website of the bench's name has for its web admins, and takes it away at the end of the
// test.
func makeSiteAdmins(t *testing.T, b *acctest.Bench, distribution string) {
	t.Helper()
	group, policy := access.GroupName(b.Name, access.WebAdmin), access.PolicyName(b.Name, access.WebAdmin)
	made := acctest.Must(b.IAM().CreatePolicy(t.Context(), &iam.CreatePolicyInput{
		PolicyName: &policy, Description: aws.String(access.Description(b.Name, access.WebAdmin)),
		PolicyDocument: aws.String(webAdminDocument(b, distribution)),
	}))(t)
	acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: &group}))(t)
	acctest.Must(b.IAM().AttachGroupPolicy(t.Context(), &iam.AttachGroupPolicyInput{
		GroupName: &group, PolicyArn: made.Policy.Arn,
	}))(t)
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		_, _ = b.IAM().DetachGroupPolicy(ctx, &iam.DetachGroupPolicyInput{GroupName: &group, PolicyArn: made.Policy.Arn})
		_, _ = b.IAM().DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: &group})
		_, _ = b.IAM().DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: made.Policy.Arn})
	})
}

func webAdminDocument(b *acctest.Bench, distribution string) string {
	return access.WebAdminDocument("arn:aws:cloudfront::" + b.AccountID + ":distribution/" + distribution)
}

// TestAccBucketRole_update goes through every change that is made in place, with things of others on the role.
func TestAccBucketRole_update(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeSiteAdmins(t, b, "E1EXAMPLE2ID")
		bound := makePolicy(t, b, b.Name+"-bound")
		attached := makePolicy(t, b, b.Name+"-theirs")
		ignored := `ignore_tags = { key_prefixes = ["theirs:"] }`
		tf := b.Played(t)
		tf.Write(b.Provider(ignored) + roleBlock(b, readOnly, byService))
		tf.Apply()
		was, name := tf.State(roleAddress), aws.String(b.Name+"-ci")
		acctest.Must(b.IAM().AttachRolePolicy(t.Context(), &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: &attached}))(t)
		acctest.Must(b.IAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: name, PolicyName: aws.String(b.Name + "-theirs"), PolicyDocument: &nothing,
		}))(t)
		acctest.Must(b.IAM().TagRole(t.Context(), &iam.TagRoleInput{
			RoleName: name, Tags: []types.Tag{{Key: aws.String("theirs:x"), Value: aws.String("1")}},
		}))(t)
		tf.Empty()

		const put, remove, trusts = "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy"
		for _, step := range []struct {
			name          string
			lines, writes []string
			holds         []string
		}{
			{"access", []string{`access = "admin"`, byService}, []string{put, remove}, []string{"-BktAdmPlc"}},
			{"web admin", []string{`access = "admin"`, `web_admin = true`, byService}, []string{put}, []string{"-BktAdmPlc", "-WebAdmPlc"}},
			{"path", []string{readOnly, `path = "/docs/"`, byService}, []string{put, remove, remove}, []string{"-docs-BktROPlc"}},
			{"another path", []string{readOnly, `path = "/a/b/"`, byService}, []string{put, remove}, []string{"-a_b-BktROPlc"}},
			{"no path", []string{readOnly, byService}, []string{put, remove}, []string{"-BktROPlc"}},
			{"trust", []string{readOnly, byExternal}, []string{trusts}, []string{"-BktROPlc"}},
			{"provider", []string{readOnly, byIssuer(b, "one"), created}, []string{trusts, "iam:CreateOpenIDConnectProvider"}, []string{"-BktROPlc"}},
			{"subject", []string{readOnly, byIssuer(b, "one", "two*"), created}, []string{trusts}, []string{"-BktROPlc"}},
			{"audience", []string{readOnly, strings.Replace(byIssuer(b, "one"), "sts.", "other.", 1), created},
				[]string{trusts, "iam:AddClientIDToOpenIDConnectProvider"}, []string{"-BktROPlc"}},
			{"existing", []string{readOnly, strings.Replace(byIssuer(b, "one"), "sts.", "other.", 1)}, nil, []string{"-BktROPlc"}},
			{"create again", []string{readOnly, byIssuer(b, "one"), created}, []string{trusts}, []string{"-BktROPlc"}},
			{"no provider", []string{readOnly, byService, created}, []string{trusts, "iam:DeleteOpenIDConnectProvider"}, []string{"-BktROPlc"}},
			{"session", []string{readOnly, byService, `max_session_duration = 43200`}, []string{"iam:UpdateRole"}, []string{"-BktROPlc"}},
			{"no session", []string{readOnly, byService}, []string{"iam:UpdateRole"}, []string{"-BktROPlc"}},
			{"boundary", []string{readOnly, byService, fmt.Sprintf("permissions_boundary = %q", bound)}, []string{"iam:PutRolePermissionsBoundary"}, []string{"-BktROPlc"}},
			{"no boundary", []string{readOnly, byService}, []string{"iam:DeleteRolePermissionsBoundary"}, []string{"-BktROPlc"}},
			{"tags", []string{readOnly, byService, `tags = { A = "1", B = "2" }`}, []string{"iam:TagRole"}, []string{"-BktROPlc"}},
			{"other tags", []string{readOnly, byService, `tags = { A = "3" }`}, []string{"iam:UntagRole", "iam:TagRole"}, []string{"-BktROPlc"}},
			{"no tags", []string{readOnly, byService}, []string{"iam:UntagRole"}, []string{"-BktROPlc"}},
		} {
			tf.Write(b.Provider(ignored) + roleBlock(b, step.lines...))
			b.Gateway.Reset()
			tf.Apply()
			same(t, step.name+": writing calls", step.writes, mutations(b))
			tf.Empty()
			same(t, step.name+": policies", append(step.holds, "-theirs"), policiesOf(t, b, "-ci"))
		}
		if is := tf.State(roleAddress); is["unique_id"] != was["unique_id"] {
			t.Errorf("%v was %v", is["unique_id"], was["unique_id"])
		}
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "Bucket role cannot be destroyed", "what spinup did not create",
			"inline policy "+b.Name+"-theirs", "attached policy "+b.Name+"-theirs")
		acctest.Must(b.IAM().DetachRolePolicy(t.Context(), &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: &attached}))(t)
		acctest.Must(b.IAM().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String(b.Name + "-theirs")}))(t)
		tf.Destroy()
		noRole(t, b, "-ci")
	})
}

// TestAccBucketRole_replace changes what replaces a role: its name, and its bucket under the same name.
func TestAccBucketRole_replace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		config := roleBlock(b, readOnly, byService)
		for _, next := range []string{
			config, strings.Replace(config, b.Name+`-ci"`, b.Name+`-cd"`, 1), strings.Replace(config, `bucket = "`, `bucket = "x`, 1),
		} {
			tf.Write(b.Provider() + next)
			was := tf.State(roleAddress)["unique_id"]
			if was != nil {
				same(t, "actions", []string{"delete", "create"}, tf.Plan(roleAddress).Actions)
			}
			tf.Apply()
			tf.Empty()
			if is := tf.State(roleAddress)["unique_id"]; is == was {
				t.Errorf("still %v", is)
			}
		}
		tf.Write(b.Provider() + strings.Replace(config, `bucket = "`, `bucket = "y`, 1))
		tf.Apply()
		tf.Destroy()
		noRole(t, b, "-ci", "-cd")
	})
}
