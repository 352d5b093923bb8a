package bucketrole

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// The OpenID Connect providers that have words of their own, and the audiences that their tokens are made for.
const (
	GitHubURL      = "https://token.actions.githubusercontent.com"
	GitHubAudience = "sts.amazonaws.com"
	GitLabURL      = "https://gitlab.com"
	GitLabAudience = "https://gitlab.com"
)

// Trust says who may assume a role. Whoever is not in it may not.
type Trust struct {
	GitHub   []GitHub
	GitLab   []GitLab
	OIDC     []OIDC
	Services []string // their principals, such as "ec2.amazonaws.com"
	Accounts []Account
}

// GitHub are workflow runs of a repository: those for a branch, those for a tag, or jobs of an environment. A * in one
// of the three stands for any characters.
type GitHub struct {
	Repository string // "OWNER/NAME", or with immutable ids "OWNER@ID/NAME@ID"

	Branch, Environment, Tag string // one of them
}

// GitLab are pipelines of a project on gitlab.com for a branch. A * in it stands for any characters.
type GitLab struct{ Project, Branch string }

// OIDC are the subjects of any OpenID Connect provider. A * in one stands for any characters.
type OIDC struct {
	URL, Audience string
	Subjects      []string
}

// Account is another account, or one role of it.
type Account struct {
	ID         string
	ExternalID string // that the caller has to name; "" for none
	Role       string // its path and name, "team/ci"; "" for whoever the account allows
}

// Provider is an OpenID Connect provider that a trust policy needs, and an audience of it.
type Provider struct{ URL, Audience string }

// Host is the provider's name in ARNs and condition keys.
func (p Provider) Host() string { return strings.TrimPrefix(p.URL, "https://") }

func (p Provider) arn(partition, account string) string {
	return "arn:" + partition + ":iam::" + account + ":oidc-provider/" + p.Host()
}

// subject is what GitHub puts into its tokens: a colon within a value is %3A there.
func (g GitHub) subject() string {
	switch to := strings.NewReplacer(":", "%3A"); {
	case g.Environment != "":
		return "repo:" + g.Repository + ":environment:" + to.Replace(g.Environment)
	case g.Tag != "":
		return "repo:" + g.Repository + ":ref:refs/tags/" + to.Replace(g.Tag)
	default:
		return "repo:" + g.Repository + ":ref:refs/heads/" + to.Replace(g.Branch)
	}
}

func (g GitLab) subject() string {
	return "project_path:" + g.Project + ":ref_type:branch:ref:" + g.Branch
}

// subjects are the subjects that are let in, by provider and audience, each once and sorted.
func (t Trust) subjects() map[Provider][]string {
	all := map[Provider][]string{}
	for _, g := range t.GitHub {
		at := Provider{GitHubURL, GitHubAudience}
		all[at] = append(all[at], g.subject())
	}
	for _, g := range t.GitLab {
		at := Provider{GitLabURL, GitLabAudience}
		all[at] = append(all[at], g.subject())
	}
	for _, o := range t.OIDC {
		at := Provider{o.URL, o.Audience}
		all[at] = append(all[at], o.Subjects...)
	}
	for at, subjects := range all {
		all[at] = distinct(subjects)
	}
	return all
}

// Providers are the OpenID Connect providers that the trust policy needs, sorted.
func (t Trust) Providers() []Provider {
	return slices.SortedFunc(maps.Keys(t.subjects()), func(a, b Provider) int {
		return cmp.Or(strings.Compare(a.URL, b.URL), strings.Compare(a.Audience, b.Audience))
	})
}

// isPattern reports whether a subject stands for more than itself.
func isPattern(subject string) bool { return strings.Contains(subject, "*") }

// The actions of a trust policy.
const (
	assume    = "sts:AssumeRole"
	federated = "sts:AssumeRoleWithWebIdentity"
	tagged    = "sts:TagSession" // which EKS does with every session of a pod
)

// podIdentity is the service that assumes the roles of pods.
const podIdentity = "pods.eks.amazonaws.com"

// Document is the trust policy, in the one form that is written. Two elements are in one statement only if the
// statement lets in nobody but those two: no element widens another.
func (t Trust) Document(partition, account string) string {
	statements := slices.Concat(t.ofProviders(partition, account), t.ofServices(), t.ofAccounts(partition))
	return awspolicy.New(statements...).String()
}

// ofProviders has one statement for the exact subjects of a provider and audience, and one for the patterns: an exact
// one must not become a pattern.
func (t Trust) ofProviders(partition, account string) (all []awspolicy.Statement) {
	subjects := t.subjects()
	for _, p := range t.Providers() {
		sub, aud := p.Host()+":sub", p.Host()+":aud"
		statement := func(condition awspolicy.Condition) awspolicy.Statement {
			return awspolicy.Statement{
				Effect: awspolicy.Allow, Principal: awspolicy.Principal{"Federated": {p.arn(partition, account)}},
				Action: []string{federated}, Condition: condition,
			}
		}
		exact := slices.DeleteFunc(slices.Clone(subjects[p]), isPattern)
		patterns := slices.DeleteFunc(slices.Clone(subjects[p]), func(s string) bool { return !isPattern(s) })
		if len(exact) > 0 {
			all = append(all, statement(awspolicy.Condition{"StringEquals": {aud: {p.Audience}, sub: exact}}))
		}
		if len(patterns) > 0 {
			all = append(all, statement(awspolicy.Condition{
				"StringEquals": {aud: {p.Audience}}, "StringLike": {sub: patterns},
			}))
		}
	}
	return all
}

func (t Trust) ofServices() (all []awspolicy.Statement) {
	statement := func(services []string, actions ...string) {
		if len(services) > 0 {
			all = append(all, awspolicy.Statement{
				Effect: awspolicy.Allow, Principal: awspolicy.Principal{"Service": services}, Action: actions,
			})
		}
	}
	services := distinct(t.Services)
	statement(slices.DeleteFunc(slices.Clone(services), func(s string) bool { return s == podIdentity }), assume)
	if slices.Contains(services, podIdentity) {
		statement([]string{podIdentity}, assume, tagged)
	}
	return all
}

// ofAccounts has one statement for the accounts of each external id, and one for the roles of an account and an
// external id. A role is named by a condition on its ARN, not as the principal: IAM refuses a principal that does not
// exist, and forgets the name of one that is deleted.
func (t Trust) ofAccounts(partition string) (all []awspolicy.Statement) {
	type group struct{ external, account string } // account: of roles
	members := map[group][]string{}
	for _, a := range t.Accounts {
		if a.Role == "" {
			members[group{a.ExternalID, ""}] = append(members[group{a.ExternalID, ""}], accountARN(partition, a.ID, "root"))
			continue
		}
		at := group{a.ExternalID, a.ID}
		members[at] = append(members[at], accountARN(partition, a.ID, "role/"+a.Role))
	}
	groups := slices.SortedFunc(maps.Keys(members), func(a, b group) int {
		return cmp.Or(strings.Compare(a.account, b.account), strings.Compare(a.external, b.external))
	})
	for _, g := range groups {
		s := awspolicy.Statement{Effect: awspolicy.Allow, Action: []string{assume}, Condition: awspolicy.Condition{}}
		s.Principal = awspolicy.Principal{"AWS": distinct(members[g])}
		if g.account != "" {
			s.Principal = awspolicy.Principal{"AWS": {accountARN(partition, g.account, "root")}}
			s.Condition["ArnEquals"] = map[string]awspolicy.Values{"aws:PrincipalArn": distinct(members[g])}
		}
		if g.external != "" {
			s.Condition["StringEquals"] = map[string]awspolicy.Values{"sts:ExternalId": {g.external}}
		}
		all = append(all, s)
	}
	return all
}

func accountARN(partition, id, rest string) string {
	return "arn:" + partition + ":iam::" + id + ":" + rest
}

// Same reports whether both let in the same, in whatever words.
func (t Trust) Same(other Trust) bool { return t.Document("aws", "") == other.Document("aws", "") }

func distinct(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }
