package provider_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// TestAccBucketRole_crashSweep goes through every crash of a role with every part.
func TestAccBucketRole_crashSweep(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		sweep{
			surround: func(t *testing.T, b *acctest.Bench) {
				makePolicy(t, b, b.Name+"-bound")
				makeSiteAdmins(t, b, "E1EXAMPLE2ID")
			},
			before: func(b *acctest.Bench) string {
				return roleBlock(b, readOnly, byIssuer(b, "one"), created, `tags = { Step = "before" }`,
					`permissions_boundary = "`+b.PolicyARN(b.Name+"-bound")+`"`)
			},
			after: func(b *acctest.Bench) string {
				return roleBlock(b, `access = "read_write"`, `path = "/docs/"`, "web_admin = true", `tags = { Other = "after" }`,
					"max_session_duration = 7200", strings.Replace(byIssuer(b, "one*"), issuer(b), "more."+issuer(b), 1), created)
			},
			facts: roleFacts,
			gone: func(t *testing.T, b *acctest.Bench) {
				noRole(t, b, "-ci")
				if left := providersOf(t, b); len(left) > 0 {
					t.Errorf("providers are left: %v", left)
				}
			},
			phases: []string{"create", "update", "delete"},
		}.run(t, b)
	})
}

// providersOf are the hosts of the OpenID Connect providers that bear the bench's name, without it, sorted.
func providersOf(t *testing.T, b *acctest.Bench) (all []string) {
	t.Helper()
	for _, one := range acctest.Must(b.IAM().ListOpenIDConnectProviders(t.Context(), nil))(t).OpenIDConnectProviderList {
		if arn := aws.ToString(one.Arn); strings.HasSuffix(arn, issuer(b)) {
			_, host, _ := strings.Cut(arn, "oidc-provider/")
			all = append(all, strings.ReplaceAll(host, b.Name, "NAME"))
		}
	}
	return slices.Sorted(slices.Values(all))
}

// roleFacts are what there is of the role, told without the names of the bench.
func roleFacts(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	role := liveRole(t, b, "-ci")
	if role == nil {
		return providersOf(t, b)
	}
	all := slices.Concat(policiesOf(t, b, "-ci"), providersOf(t, b),
		[]string{strings.ReplaceAll(liveTrust(t, b), b.Name, "NAME")})
	for _, tag := range role.Tags {
		all = append(all, aws.ToString(tag.Key))
	}
	if role.PermissionsBoundary != nil {
		all = append(all, "bounded")
	}
	return slices.Sorted(slices.Values(all))
}
