package bucketrole

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// ReadTrust reads a live trust policy. It is whole only if nothing is in it that Trust has no words for: a statement is
// read if the Trust that it gives would be written as this one statement, and else left out.
func ReadTrust(text, partition, account string) (t Trust, whole bool) {
	doc, err := awspolicy.Read(text)
	if err != nil {
		return Trust{}, false
	}
	whole = true
	for _, s := range doc.Statements {
		one := readStatement(s).normal()
		written, err := awspolicy.Read(one.Document(partition, account))
		if err != nil || len(written.Statements) != 1 || !sameButSid(written.Statements[0], s) || one.check() != nil {
			whole = false
			continue
		}
		t.GitHub = append(t.GitHub, one.GitHub...)
		t.GitLab = append(t.GitLab, one.GitLab...)
		t.OIDC = append(t.OIDC, one.OIDC...)
		t.Services = append(t.Services, one.Services...)
		t.Accounts = append(t.Accounts, one.Accounts...)
	}
	return t.normal(), whole
}

func sameButSid(written, live awspolicy.Statement) bool {
	bare := awspolicy.Statement{
		Sid: live.Sid, Effect: written.Effect, Principal: written.Principal, Action: written.Action,
		Condition: written.Condition,
	}
	return bare.Equal(live)
}

// readStatement takes out of a statement what it can mean, whatever else it says.
func readStatement(s awspolicy.Statement) (t Trust) {
	for _, arn := range s.Principal["Federated"] {
		_, host, _ := strings.Cut(arn, ":oidc-provider/")
		url := "https://" + host
		for _, audience := range valuesOf(s, host+":aud") {
			t.OIDC = append(t.OIDC, OIDC{url, audience, valuesOf(s, host+":sub")})
		}
	}
	t.Services = s.Principal["Service"]
	external := append(valuesOf(s, "sts:ExternalId"), "")[0]
	roles := valuesOf(s, "aws:PrincipalArn")
	for _, principal := range s.Principal["AWS"] {
		id := accountOf.FindStringSubmatch(principal)
		if id == nil {
			continue
		}
		if len(roles) == 0 {
			t.Accounts = append(t.Accounts, Account{ID: id[1], ExternalID: external})
		}
		for _, role := range roles {
			_, name, _ := strings.Cut(role, ":role/")
			t.Accounts = append(t.Accounts, Account{id[1], external, name})
		}
	}
	return t
}

var accountOf = regexp.MustCompile(`^(?:arn:[^:]+:iam::)?([0-9]{12})(?::root)?$`)

// valuesOf are the values of a condition key, by whatever operator.
func valuesOf(s awspolicy.Statement, key string) (all []string) {
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		for name, values := range s.Condition[operator] {
			if strings.EqualFold(name, key) {
				all = append(all, values...)
			}
		}
	}
	return all
}

// normal is the same trust in one form: each element once, sorted, and in the words of GitHub and GitLab what these
// have words for.
func (t Trust) normal() Trust {
	n := Trust{Services: distinct(t.Services), Accounts: slices.Clone(t.Accounts)}
	subjects := t.subjects()
	for _, p := range t.Providers() {
		var rest []string
		for _, subject := range subjects[p] {
			if g, ok := readGitHub(p, subject); ok {
				n.GitHub = append(n.GitHub, g)
			} else if g, ok := readGitLab(p, subject); ok {
				n.GitLab = append(n.GitLab, g)
			} else {
				rest = append(rest, subject)
			}
		}
		if len(rest) > 0 {
			n.OIDC = append(n.OIDC, OIDC{p.URL, p.Audience, rest})
		}
	}
	slices.SortFunc(n.Accounts, func(a, b Account) int {
		return slices.Compare([]string{a.ID, a.ExternalID, a.Role}, []string{b.ID, b.ExternalID, b.Role})
	})
	n.Accounts = slices.Compact(n.Accounts)
	return n
}

var (
	gitHubSubject = regexp.MustCompile(`^repo:([^:]+):(environment:|ref:refs/tags/|ref:refs/heads/)(.+)$`)
	gitLabSubject = regexp.MustCompile(`^project_path:([^:]+):ref_type:branch:ref:(.+)$`)
)

func readGitHub(p Provider, subject string) (g GitHub, ok bool) {
	m := gitHubSubject.FindStringSubmatch(subject)
	if m == nil || p != (Provider{GitHubURL, GitHubAudience}) {
		return g, false
	}
	value := strings.ReplaceAll(m[3], "%3A", ":")
	g.Repository = m[1]
	switch m[2] {
	case "environment:":
		g.Environment = value
	case "ref:refs/tags/":
		g.Tag = value
	default:
		g.Branch = value
	}
	return g, g.Check() == nil && g.subject() == subject
}

func readGitLab(p Provider, subject string) (g GitLab, ok bool) {
	m := gitLabSubject.FindStringSubmatch(subject)
	if m == nil || p != (Provider{GitLabURL, GitLabAudience}) {
		return g, false
	}
	g = GitLab{m[1], m[2]}
	return g, g.Check() == nil && g.subject() == subject
}
