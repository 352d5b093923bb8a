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

// meddling is one way to change the role "<bench>-ci" behind Terraform's back.
type meddling struct {
	name   string
	meddle func(t *testing.T, b *acctest.Bench, role *string)
	shows  []string // the attributes that the plan changes
	mends  []string // the calls that change something while that plan is applied
}

// TestAccBucketRole_drift changes each part of a role with a plain client. The plan names just that, applying it repairs
// just that, and the next plan is empty.
func TestAccBucketRole_drift(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		makeSiteAdmins(t, b, "E1EXAMPLE2ID")
		boundaries := [2]string{makePolicy(t, b, b.Name+"-bound1"), makePolicy(t, b, b.Name+"-bound2")}
		tf.Write(b.Provider() + roleBlock(b, `access = "read_write"`, `path = "/docs/"`, "web_admin = true", created,
			byIssuer(b, "one", "two*"), `tags = { Team = "library", Cost = "42" }`,
			fmt.Sprintf("permissions_boundary = %q", boundaries[0])))
		tf.Apply()
		for _, row := range some(brief, meddlings(b, boundaries[1])) {
			t.Run(row.name, func(t *testing.T) {
				row.meddle(t, b, aws.String(b.Name+"-ci"))
				change := tf.Plan(roleAddress)
				if diff := cmp.Diff(row.shows, change.Attributes(), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("attributes (-want +got):\n%s", diff)
				}
				b.Gateway.Reset()
				tf.Must("apply", "test.plan")
				same(t, "writing calls", row.mends, mutations(b))
				tf.Empty()
			})
		}
		tf.Destroy()
		noRole(t, b, "-ci")
	}))
}

// trusts gives the role another trust policy, made of its own.
func trusts(change func(policy string) string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, role *string) {
		t.Helper()
		policy := change(liveTrust(t, b))
		acctest.Must(b.IAM().UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
			RoleName: role, PolicyDocument: &policy,
		}))(t)
	}
}

func putsOnRole(policy, document string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, role *string) {
		t.Helper()
		acctest.Must(b.IAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: role, PolicyName: aws.String(b.Name + policy), PolicyDocument: &document,
		}))(t)
	}
}

func dropsFromRole(policy string) func(*testing.T, *acctest.Bench, *string) {
	return func(t *testing.T, b *acctest.Bench, role *string) {
		t.Helper()
		acctest.Must(b.IAM().DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{
			RoleName: role, PolicyName: aws.String(b.Name + policy),
		}))(t)
	}
}

func meddlings(b *acctest.Bench, boundary string) []meddling {
	const put, remove, trust = "iam:PutRolePolicy", "iam:DeleteRolePolicy", "iam:UpdateAssumeRolePolicy"
	const statement = `"Statement":[`
	added := func(one string) func(string) string {
		return func(policy string) string { return strings.Replace(policy, statement, statement+one+",", 1) }
	}
	tagged := []string{"tags", "tags_all"}
	return []meddling{
		{"another subject trusted", trusts(func(policy string) string { return strings.Replace(policy, `"one"`, `"three"`, 1) }),
			[]string{"trust"}, []string{trust}},
		{"a subject became a pattern", trusts(func(policy string) string { return strings.Replace(policy, `"two*"`, `"t*"`, 1) }),
			[]string{"trust"}, []string{trust}},
		{"an account trusted", trusts(added(`{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`)),
			[]string{"trust"}, []string{trust}},
		{"everybody trusted", trusts(added(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`)),
			[]string{"trust_policy"}, []string{trust}},
		{"a denial added", trusts(added(`{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`)),
			[]string{"trust_policy"}, []string{trust}},
		{"the same in other words", trusts(func(policy string) string {
			return strings.Replace(strings.Replace(policy, `{"Effect"`, `{"Sid":"One","Effect"`, 1), "example.edu:aud", "Example.EDU:aud", 1)
		}), nil, nil},
		{"the condition removed", trusts(func(policy string) string {
			before, _, _ := strings.Cut(policy, `,"Condition"`)
			return before + "}]}"
		}), []string{"trust", "trust_policy"}, []string{trust}},
		{"inline policy deleted", dropsFromRole("-docs-BktRWPlc"), []string{"access"}, []string{put}},
		{"inline policy altered", putsOnRole("-docs-BktRWPlc", nothing), []string{"access"}, []string{put}},
		{"inline policy of another level added", putsOnRole("-docs-BktROPlc", access.PathDocument("aws", b.Name, "docs/", access.ReadOnly)),
			[]string{"access"}, []string{remove}},
		{"inline policy of the whole bucket added", putsOnRole("-BktRWPlc", access.Document("aws", b.Name, access.ReadWrite)),
			[]string{"path"}, []string{remove}},
		{"web admin's policy deleted", dropsFromRole("-WebAdmPlc"), []string{"web_admin"}, []string{put}},
		{"web admin of another site", putsOnRole("-WebAdmPlc", webAdminDocument(b, "E9OTHER")), []string{"web_admin"}, []string{put}},
		{"web admin of every site", putsOnRole("-WebAdmPlc", access.WebAdminDocument("*")), []string{"web_admin"}, []string{put}},
		{"tag changed", func(t *testing.T, b *acctest.Bench, role *string) {
			acctest.Must(b.IAM().TagRole(t.Context(), &iam.TagRoleInput{
				RoleName: role, Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("music")}},
			}))(t)
		}, tagged, []string{"iam:TagRole"}},
		{"tag removed", func(t *testing.T, b *acctest.Bench, role *string) {
			acctest.Must(b.IAM().UntagRole(t.Context(), &iam.UntagRoleInput{RoleName: role, TagKeys: []string{"Cost"}}))(t)
		}, tagged, []string{"iam:TagRole"}},
		{"session", func(t *testing.T, b *acctest.Bench, role *string) {
			acctest.Must(b.IAM().UpdateRole(t.Context(), &iam.UpdateRoleInput{RoleName: role, MaxSessionDuration: aws.Int32(43200)}))(t)
		}, []string{"max_session_duration"}, []string{"iam:UpdateRole"}},
		{"boundary changed", func(t *testing.T, b *acctest.Bench, role *string) {
			acctest.Must(b.IAM().PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{
				RoleName: role, PermissionsBoundary: &boundary,
			}))(t)
		}, []string{"permissions_boundary"}, []string{"iam:PutRolePermissionsBoundary"}},
		{"boundary removed", func(t *testing.T, b *acctest.Bench, role *string) {
			acctest.Must(b.IAM().DeleteRolePermissionsBoundary(t.Context(), &iam.DeleteRolePermissionsBoundaryInput{RoleName: role}))(t)
		}, []string{"permissions_boundary"}, []string{"iam:PutRolePermissionsBoundary"}},
		{"audience removed", func(t *testing.T, b *acctest.Bench, _ *string) {
			acctest.Must(b.IAM().RemoveClientIDFromOpenIDConnectProvider(t.Context(), removeAudience(b)))(t)
		}, []string{"oidc_provider"}, []string{"iam:AddClientIDToOpenIDConnectProvider"}},
		{"provider deleted", func(t *testing.T, b *acctest.Bench, _ *string) {
			acctest.Must(b.IAM().DeleteOpenIDConnectProvider(t.Context(), &iam.DeleteOpenIDConnectProviderInput{
				OpenIDConnectProviderArn: providerARN(b),
			}))(t)
		}, []string{"oidc_provider"}, []string{"iam:CreateOpenIDConnectProvider"}},
	}
}

// removeAudience takes the only audience away from the bench's OpenID Connect provider.
func removeAudience(b *acctest.Bench) *iam.RemoveClientIDFromOpenIDConnectProviderInput {
	return &iam.RemoveClientIDFromOpenIDConnectProviderInput{
		OpenIDConnectProviderArn: providerARN(b), ClientID: aws.String("sts.amazonaws.com"),
	}
}
