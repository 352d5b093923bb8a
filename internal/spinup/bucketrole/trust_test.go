package bucketrole

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

const account = "123456789012"

// everyone has each kind of element, twice.
func everyone() Trust {
	return Trust{
		GitHub: []GitHub{
			{Repository: "example/site", Branch: "main"}, {Repository: "example/site", Environment: "prod:eu"},
			{Repository: "example@11/new@22", Tag: "v*"},
		},
		GitLab: []GitLab{{"group/sub/project", "main"}, {"group/project", "release/*"}},
		OIDC: []OIDC{
			{"https://oidc.example.edu/id/A1", "sts.amazonaws.com", []string{"job:*:web", "pod:web"}},
			{GitHubURL, GitHubAudience, []string{"repo:example/*"}},
		},
		Services: []string{"ec2.amazonaws.com", "lambda.amazonaws.com", podIdentity},
		Accounts: []Account{
			{ID: "111122223333"}, {ID: "444455556666"}, {ID: "111122223333", ExternalID: "ours"},
			{ID: "111122223333", Role: "team/ci"}, {ID: "111122223333", ExternalID: "other", Role: "ci"},
			{ID: "444455556666", Role: "ci"},
		},
	}
}

// caller is somebody who asks to assume the role.
type caller struct {
	// A token of an OpenID Connect provider,
	iss, aud, sub string
	// a service,
	service string
	// or somebody of an account.
	account, arn, external string
}

func token(sub string) caller { return caller{iss: GitHubURL, aud: GitHubAudience, sub: sub} }

func of(account, arn, external string) caller {
	return caller{account: account, arn: "arn:aws:iam::" + account + ":" + arn, external: external}
}

// admits evaluates a trust policy for a caller as AWS does: a statement whose principal and action fit, and all of
// whose conditions hold. Operators that it does not know hold for nobody.
func admits(t *testing.T, policy string, c caller) bool {
	t.Helper()
	doc, err := awspolicy.Parse(policy)
	if err != nil {
		t.Fatal(err)
	}
	action, kind, principals := assume, "AWS", []string{c.account, "arn:aws:iam::" + c.account + ":root", c.arn}
	values := map[string]string{"aws:principalarn": c.arn, "sts:externalid": c.external}
	switch {
	case c.service != "":
		kind, principals = "Service", []string{c.service}
	case c.iss != "":
		host := Provider{URL: c.iss}.Host()
		action, kind, principals = federated, "Federated", []string{"arn:aws:iam::" + account + ":oidc-provider/" + host}
		values = map[string]string{strings.ToLower(host) + ":aud": c.aud, strings.ToLower(host) + ":sub": c.sub}
	}
	return slices.ContainsFunc(doc.Statements, func(s awspolicy.Statement) bool {
		fits := slices.ContainsFunc(s.Principal[kind], func(p string) bool { return slices.Contains(principals, p) || p == "*" })
		return s.Effect == awspolicy.Allow && fits && slices.Contains(s.Action, action) && holds(s.Condition, values)
	})
}

func holds(c awspolicy.Condition, values map[string]string) bool {
	for operator, keys := range c {
		for key, wants := range keys {
			is := values[strings.ToLower(key)]
			if is == "" || !slices.ContainsFunc(wants, func(want string) bool { return matches(operator, want, is) }) {
				return false
			}
		}
	}
	return true
}

// matches compares by an operator. Patterns are matched as the resources of a policy are.
func matches(operator, want, is string) bool {
	switch operator {
	case "StringEquals":
		return want == is
	case "StringLike", "ArnEquals":
		return awspolicy.Allows(awspolicy.New(awspolicy.Statement{
			Effect: awspolicy.Allow, Action: []string{"a:b"}, Resource: []string{want},
		}), "a:b", is)
	}
	return false
}

// TestTrust_admits says who is let in by a trust with every kind of element, and who is not, however near.
func TestTrust_admits(t *testing.T) {
	policy := everyone().Document("aws", account)
	oidc := func(sub, aud string) caller { return caller{iss: "https://oidc.example.edu/id/A1", aud: aud, sub: sub} }
	gitLab := func(sub string) caller { return caller{iss: GitLabURL, aud: GitLabAudience, sub: sub} }
	for name, row := range map[string]struct {
		who caller
		in  bool
	}{
		"branch":                         {token("repo:example/site:ref:refs/heads/main"), true},
		"environment":                    {token("repo:example/site:environment:prod%3Aeu"), true},
		"tag by wildcard":                {token("repo:example@11/new@22:ref:refs/tags/v1.2"), true},
		"owner by wildcard":              {token("repo:example/other:pull_request"), true},
		"GitLab branch":                  {gitLab("project_path:group/sub/project:ref_type:branch:ref:main"), true},
		"GitLab branch by wildcard":      {gitLab("project_path:group/project:ref_type:branch:ref:release/1"), true},
		"OIDC":                           {oidc("pod:web", "sts.amazonaws.com"), true},
		"OIDC by wildcard":               {oidc("job:12:web", "sts.amazonaws.com"), true},
		"service":                        {caller{service: "ec2.amazonaws.com"}, true},
		"pods":                           {caller{service: podIdentity}, true},
		"account":                        {of("444455556666", "user/ann", ""), true},
		"account with external id":       {of("111122223333", "user/ann", "ours"), true},
		"role":                           {of("444455556666", "role/ci", ""), true},
		"role with path":                 {of("111122223333", "role/team/ci", ""), true},
		"role with external id":          {of("111122223333", "role/ci", "other"), true},
		"other owner":                    {token("repo:example2/site:ref:refs/heads/main"), false},
		"owner as a prefix":              {token("repo:example-evil/site:ref:refs/heads/main"), false},
		"old name of a new one":          {token("repo:example@11/new@23:ref:refs/tags/v1"), false},
		"branch in place of a tag":       {token("repo:example@11/new@22:ref:refs/heads/v1"), false},
		"tag beside the wildcard":        {token("repo:example@11/new@22:ref:refs/tags/w1"), false},
		"pull request":                   {token("repo:example@11/new@22:pull_request"), false},
		"environment by wildcard":        {token("repo:example@11/new@22:environment:v1"), false},
		"other audience":                 {caller{iss: GitHubURL, aud: "https://github.com/example", sub: "repo:example/site:ref:refs/heads/main"}, false},
		"no subject":                     {caller{iss: GitHubURL, aud: GitHubAudience}, false},
		"subject of GitHub, from GitLab": {gitLab("repo:example/site:ref:refs/heads/main"), false},
		"GitLab, other branch":           {gitLab("project_path:group/sub/project:ref_type:branch:ref:main2"), false},
		"GitLab, tag":                    {gitLab("project_path:group/project:ref_type:tag:ref:release/1"), false},
		"GitLab, other group":            {gitLab("project_path:group/project2:ref_type:branch:ref:release/1"), false},
		"GitLab, audience of GitHub":     {caller{iss: GitLabURL, aud: GitHubAudience, sub: "project_path:group/sub/project:ref_type:branch:ref:main"}, false},
		"OIDC, other audience":           {oidc("pod:web", "other"), false},
		"OIDC, longer subject":           {oidc("pod:web2", "sts.amazonaws.com"), false},
		"OIDC, exact as a pattern":       {oidc("pod:x:web", "sts.amazonaws.com"), false},
		"OIDC, other provider":           {caller{iss: "https://oidc.example.edu/id/A2", aud: "sts.amazonaws.com", sub: "pod:web"}, false},
		"other service":                  {caller{service: "ecs.amazonaws.com"}, false},
		"other account":                  {of("999999999999", "user/ann", ""), false},
		"other account, external id":     {of("999999999999", "user/ann", "ours"), false},
	} {
		if admits(t, policy, row.who) != row.in {
			t.Errorf("%s: let in is %v", name, !row.in)
		}
	}
}

// TestTrust_widens: what one element lets in does not depend on the others.
func TestTrust_widens(t *testing.T) {
	role := Trust{Accounts: []Account{
		{ID: "111122223333", Role: "ci"}, {ID: "444455556666", Role: "deploy"}, {ID: "777788889999", ExternalID: "one"},
		{ID: "111122223333", ExternalID: "two", Role: "nightly"},
	}}
	for _, row := range []struct {
		who caller
		in  bool
	}{
		{of("111122223333", "role/ci", ""), true},
		{of("444455556666", "role/deploy", ""), true},
		{of("777788889999", "user/ann", "one"), true},
		{of("111122223333", "role/nightly", "two"), true},
		{of("111122223333", "role/deploy", ""), false},
		{of("444455556666", "role/ci", ""), false},
		{of("111122223333", "user/ci", ""), false},
		{of("111122223333", "role/team/ci", ""), false},
		{of("111122223333", "role/ci2", ""), false},
		{of("111122223333", "role/nightly", ""), false},
		{of("111122223333", "role/nightly", "one"), false},
		{of("777788889999", "user/ann", ""), false},
		{of("777788889999", "user/ann", "two"), false},
		{of("444455556666", "user/ann", "one"), false},
	} {
		if admits(t, role.Document("aws", account), row.who) != row.in {
			t.Errorf("%+v: let in is %v", row.who, !row.in)
		}
	}
}

// TestTrust_read: what is written is read back as it was, in any order and with Sids.
func TestTrust_read(t *testing.T) {
	want := everyone().normal()
	text := want.Document("aws", account)
	got, whole := ReadTrust(text, "aws", account)
	if diff := cmp.Diff(want, got); diff != "" || !whole {
		t.Errorf("whole is %v, -want +got:\n%s", whole, diff)
	}
	named := strings.Replace(text, `{"Effect"`, `{"Sid":"Theirs","Effect"`, 1)
	if got, whole := ReadTrust(named, "aws", account); !whole || !got.Same(want) {
		t.Errorf("with a Sid: %v %+v", whole, got)
	}
	if short := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}}`; !reads(short, Trust{Accounts: []Account{{ID: "111122223333"}}}) {
		t.Error("an id in place of an ARN is not read")
	}
}

func reads(text string, want Trust) bool {
	got, whole := ReadTrust(text, "aws", account)
	return whole && got.Same(want)
}

// TestTrust_readForeign: what Trust has no words for is left out, and said to be.
func TestTrust_readForeign(t *testing.T) {
	ours := Trust{Services: []string{"ec2.amazonaws.com"}}.Document("aws", account)
	for name, statement := range map[string]string{
		"everybody":           `{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}`,
		"every account":       `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`,
		"deny":                `{"Effect":"Deny","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`,
		"user":                `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},"Action":"sts:AssumeRole"}`,
		"deleted role":        `{"Effect":"Allow","Principal":{"AWS":"AROA1234567890ABCDEF"},"Action":"sts:AssumeRole"}`,
		"other action":        `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:*"}`,
		"two actions":         `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":["sts:AssumeRole","sts:TagSession"]}`,
		"other condition":     `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}`,
		"like":                `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"StringLike":{"sts:ExternalId":"ours"}}}`,
		"role by wildcard":    `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"}}}`,
		"role of others":      `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::444455556666:role/ci"}}}`,
		"no subject":          `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"}}}`,
		"any subject":         `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"*"}}}`,
		"pattern as exact":    `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:a/b:ref:refs/heads/*"}}}`,
		"exact as pattern":    `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:a/b:ref:refs/heads/main?"}}}`,
		"other account's":     `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::999999999999:oidc-provider/gitlab.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"gitlab.com:aud":"https://gitlab.com","gitlab.com:sub":"project_path:g/p:ref_type:branch:ref:main"}}}`,
		"SAML":                `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:saml-provider/idp"},"Action":"sts:AssumeRoleWithSAML"}`,
		"not principal":       `{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}`,
		"unknown element":     `{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","More":1}`,
		"service and account": `{"Effect":"Allow","Principal":{"AWS":"111122223333","Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}`,
	} {
		text := strings.Replace(ours, `"Statement":[`, `"Statement":[`+statement+`,`, 1)
		got, whole := ReadTrust(text, "aws", account)
		if diff := cmp.Diff(Trust{Services: []string{"ec2.amazonaws.com"}}, got); whole || diff != "" {
			t.Errorf("%s: whole is %v, -want +got:\n%s", name, whole, diff)
		}
	}
	if _, whole := ReadTrust("no JSON", "aws", account); whole {
		t.Error("what is no policy is whole")
	}
}

// allowed are trusts that no check refuses.
func allowed() *rapid.Generator[Trust] {
	return rapid.Custom(func(t *rapid.T) (all Trust) {
		name := rapid.StringMatching(`[a-c]{1,3}`)
		value := rapid.StringMatching(`[a-c:*/%3A]{1,6}`)
		for range rapid.IntRange(1, 6).Draw(t, "elements") {
			g := GitHub{Repository: name.Draw(t, "owner") + "/" + name.Draw(t, "repository")}
			switch rapid.IntRange(0, 6).Draw(t, "kind") {
			case 0:
				g.Environment = value.Draw(t, "environment")
				all.GitHub = append(all.GitHub, g)
			case 1:
				g.Branch = rapid.StringMatching(`[a-c*/%3A]{1,6}`).Draw(t, "branch")
				all.GitHub = append(all.GitHub, g)
			case 2:
				all.GitLab = append(all.GitLab, GitLab{g.Repository, rapid.StringMatching(`[a-c*]{1,4}`).Draw(t, "branch")})
			case 3:
				all.OIDC = append(all.OIDC, OIDC{"https://" + name.Draw(t, "host") + ".edu", value.Draw(t, "audience"),
					rapid.SliceOfN(value, 1, 3).Draw(t, "subjects")})
			case 4:
				all.Services = append(all.Services, name.Draw(t, "service")+".amazonaws.com")
			default:
				all.Accounts = append(all.Accounts, Account{
					rapid.StringMatching(`[12]{12}`).Draw(t, "id"), rapid.StringMatching(`(aa|bb)?`).Draw(t, "external"),
					rapid.StringMatching(`([ab]/[ab])?`).Draw(t, "role"),
				})
			}
		}
		return all
	}).Filter(func(t Trust) bool { return t.check() == nil })
}

// TestTrust_roundTrip: whatever is written is read back as the same.
func TestTrust_roundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := allowed().Draw(t, "trust")
		text := all.Document("aws", account)
		got, whole := ReadTrust(text, "aws", account)
		if diff := cmp.Diff(all.normal(), got); diff != "" || !whole || got.Document("aws", account) != text {
			t.Fatalf("whole is %v, -want +got:\n%s\n%s", whole, diff, text)
		}
	})
}

// TestTrust_check refuses what would let in more than is written.
func TestTrust_check(t *testing.T) {
	oidc := func(url, aud string, subjects ...string) error { return OIDC{url, aud, subjects}.Check() }
	const issuer = "https://oidc.example.edu"
	for name, err := range map[string]error{
		"repository alone":       GitHub{Repository: "a/b"}.Check(),
		"no repository":          GitHub{Branch: "main"}.Check(),
		"no owner":               GitHub{Repository: "site", Branch: "main"}.Check(),
		"two slashes":            GitHub{Repository: "a/b/c", Branch: "main"}.Check(),
		"repository by wildcard": GitHub{Repository: "a/*", Branch: "main"}.Check(),
		"half immutable":         GitHub{Repository: "a@1/b", Branch: "main"}.Check(),
		"other half immutable":   GitHub{Repository: "a/b@2", Branch: "main"}.Check(),
		"colon":                  GitHub{Repository: "a/b:c", Branch: "main"}.Check(),
		"branch and tag":         GitHub{Repository: "a/b", Branch: "main", Tag: "v1"}.Check(),
		"all three":              GitHub{Repository: "a/b", Branch: "main", Tag: "v1", Environment: "x"}.Check(),
		"ref":                    GitHub{Repository: "a/b", Branch: "refs/heads/main"}.Check(),
		"question mark":          GitHub{Repository: "a/b", Branch: "mai?"}.Check(),
		"variable":               GitHub{Repository: "a/b", Environment: "${aws:username}"}.Check(),
		"branch with a colon":    GitHub{Repository: "a/b", Branch: "a:b"}.Check(),
		"space":                  GitHub{Repository: "a/b", Tag: "a b"}.Check(),
		"environment with a ?":   GitHub{Repository: "a/b", Environment: "what?"}.Check(),
		"GitLab by wildcard":     GitLab{"group/*", "main"}.Check(),
		"GitLab without group":   GitLab{"project", "main"}.Check(),
		"GitLab without branch":  GitLab{Project: "a/b"}.Check(),
		"plain http":             oidc("http://oidc.example.edu", "a", "b"),
		"upper case":             oidc("https://OIDC.example.edu", "a", "b"),
		"port":                   oidc("https://oidc.example.edu:8443", "a", "b"),
		"query":                  oidc(issuer+"?x=y", "a", "b"),
		"fragment":               oidc(issuer+"#x", "a", "b"),
		"user":                   oidc("https://ann@oidc.example.edu", "a", "b"),
		"dots":                   oidc(issuer+"/a/../b", "a", "b"),
		"last dots":              oidc(issuer+"/a/..", "a", "b"),
		"one dot":                oidc(issuer+"/./b", "a", "b"),
		"empty part":             oidc(issuer+"//b", "a", "b"),
		"escape":                 oidc(issuer+"/%2e", "a", "b"),
		"url by wildcard":        oidc("https://*.example.edu", "a", "b"),
		"no host":                oidc("https://localhost", "a", "b"),
		"no audience":            oidc(issuer, "", "b"),
		"audience by wildcard":   oidc(issuer, "*", "b"),
		"no subjects":            oidc(issuer, "a"),
		"empty subject":          oidc(issuer, "a", ""),
		"any subject":            oidc(issuer, "a", "*"),
		"any subject, longer":    oidc(issuer, "a", "**?"),
		"variable in a subject":  oidc(issuer, "a", "user:${aws:userid}"),
		"question mark beside *": oidc(issuer, "a", "job?:*"),
		"any owner":              oidc(GitHubURL, "a", "repo:*"),
		"owners by prefix":       oidc(GitHubURL, "a", "repo:exam*/site:ref:refs/heads/main"),
		"owner ids by prefix":    oidc(GitHubURL, "a", "repository_owner_id:12*"),
		"environment of anybody": oidc(GitHubURL, "a", "environment:production"),
		"branch of anybody":      oidc(GitHubURL, "a", "ref:refs/heads/main"),
		"pattern of anybody":     oidc(GitHubURL, "a", "environment:production:*"),
		"refs of anybody":        oidc(GitHubURL, "a", "ref:refs/heads/*"),
		"owner after a *":        oidc(GitHubURL, "a", "*:repository_owner:example"),
		"GitHub with a slash":    oidc(GitHubURL+"/", "a", "repo:*"),
		"GitLab with a slash":    oidc(GitLabURL+"/", "a", "project_path:group/project:*"),
		"GitLab groups, prefix":  oidc(GitLabURL, "a", "project_path:grou*:ref_type:branch:ref:main"),
		"one dot at the end":     oidc(issuer+"/a/.", "a", "b"),
		"audience with a tab":    oidc(issuer, "a\t", "b"),
		"subject with a newline": oidc(issuer, "a", "b\n"),
		"subject, other script":  oidc(issuer, "a", "b\u751f"),
		"other script":           GitHub{Repository: "a/b", Environment: "\u751f"}.Check(),
		"any GitLab group":       oidc(GitLabURL, "a", "project_path:*"),
		"service":                CheckService("ec2"),
		"any service":            CheckService("*.amazonaws.com"),
		"another domain":         CheckService("ec2.amazonaws.com.example.edu"),
		"domain alone":           CheckService("amazonaws.com"),
		"short account":          Account{ID: "12345"}.Check(),
		"any account":            Account{ID: "*"}.Check(),
		"ARN":                    Account{ID: "arn:aws:iam::111122223333:root"}.Check(),
		"external id":            Account{ID: "111122223333", ExternalID: "a b"}.Check(),
		"external id, variable":  Account{ID: "111122223333", ExternalID: "${aws:userid}"}.Check(),
		"external id, wildcard":  Account{ID: "111122223333", ExternalID: "ab*"}.Check(),
		"role by wildcard":       Account{ID: "111122223333", Role: "*"}.Check(),
		"role by ?":              Account{ID: "111122223333", Role: "team/c?"}.Check(),
		"role ARN":               Account{ID: "111122223333", Role: "arn:aws:iam::111122223333:role/ci"}.Check(),
		"role with a slash":      Account{ID: "111122223333", Role: "/ci"}.Check(),
	} {
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if err := everyone().check(); err != nil {
		t.Error(err)
	}
	for _, fine := range []error{
		oidc(GitHubURL, "a", "repo:example/*", "repository_owner:example:*", "repo:example/site:pull_request",
			"repository_id:12", "environment:production:repository_owner_id:12", "repo:example@1/*",
			"job_workflow_ref:example/site/.github/workflows/publish.yml@refs/heads/*"),
		oidc(GitLabURL, "a", "project_path:group/*:ref_type:tag:ref:v*"),
		GitHub{Repository: "a/b", Environment: "Universit\u00e9 (prod)"}.Check(),
		oidc(issuer+"/realms/x/", "a", "what?"), CheckService("delivery.logs.amazonaws.com"),
		CheckService("ec2.amazonaws.com.cn"), GitHub{Repository: "a/.github", Branch: "*"}.Check(),
	} {
		if fine != nil {
			t.Error(fine)
		}
	}
}
