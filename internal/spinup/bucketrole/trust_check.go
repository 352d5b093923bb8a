package bucketrole

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// MaxTrust is how many characters a trust policy may have, unless the account has a higher quota.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxTrust = 2048

// FieldError is what is wrong with one field of an element; of the element as a whole if Field is "".
type FieldError struct {
	Field string // as the configuration calls it
	Err   error
}

func (e *FieldError) Error() string {
	if e.Field == "" {
		return e.Err.Error()
	}
	return e.Field + " " + e.Err.Error()
}
func (e *FieldError) Unwrap() error { return e.Err }

func wrong(field, format string, args ...any) error {
	return &FieldError{field, fmt.Errorf(format, args...)}
}

var (
	repositoryForm = regexp.MustCompile(`^[A-Za-z0-9_.-]+(@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+|/[A-Za-z0-9_.-]+)$`)
	projectForm    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$`)
	refForm        = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?\[\\]+$`) // what git allows, and *
	environment    = regexp.MustCompile(`^[^\x00-\x1f\x7f?]+$`)
	serviceForm    = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com|amazonaws\.com\.cn|amazonaws\.eu|` +
		`c2s\.ic\.gov|sc2s\.sgov\.gov)$`)
	accountForm  = regexp.MustCompile(`^[0-9]{12}$`)
	externalForm = regexp.MustCompile(`^[A-Za-z0-9_+=,.@:/-]{2,}$`)
	roleForm     = regexp.MustCompile(`^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$`)
	urlForm      = regexp.MustCompile(`^https://([a-z0-9.-]+)(/[A-Za-z0-9_.~-]+)*/?$`)

	// policyText is what IAM takes in a policy, without control characters: no token has them.
	policyText = regexp.MustCompile(`^[\x20-\x7e\x{a1}-\x{ff}]*$`)
	// ownerForm names somebody in full. What else a subject of GitHub has, others can have too: each repository decides
	// what its subjects are made of.
	ownerForm = regexp.MustCompile(`(?:^|:)(?:(?:repo|repository|job_workflow_ref|project_path):[^:/*]+/|` +
		`(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:*]+(?::|$))`)
)

// Check refuses what would let in more than the element says, or nobody.
func (g GitHub) Check() error {
	var set []string
	for _, one := range []struct{ field, value string }{
		{"branch", g.Branch}, {"environment", g.Environment}, {"tag", g.Tag},
	} {
		if one.value != "" {
			set = append(set, one.field)
		}
	}
	switch {
	case !repositoryForm.MatchString(g.Repository):
		return wrong("repository", "is %q, want OWNER/NAME, or OWNER@ID/NAME@ID for a repository with immutable subject "+
			"claims, without a wildcard", g.Repository)
	case len(set) == 0:
		return wrong("", "the repository %q alone would let in every branch and the pull requests of anybody: set one of "+
			"branch, environment and tag", g.Repository)
	case len(set) > 1:
		return wrong("", "%s are set; a token of GitHub names only one of branch, environment and tag: write an element "+
			"for each", strings.Join(set, " and "))
	case g.Environment != "":
		return checkText("environment", g.Environment, environment, "the name of an environment")
	case g.Tag != "":
		return checkText("tag", g.Tag, refForm, "the name of a tag, without refs/tags/")
	}
	return checkText("branch", g.Branch, refForm, "the name of a branch, without refs/heads/")
}

// Check refuses what would let in more than the element says, or nobody.
func (g GitLab) Check() error {
	if !projectForm.MatchString(g.Project) {
		return wrong("project", "is %q, want GROUP/PROJECT, without a wildcard", g.Project)
	}
	return checkText("branch", g.Branch, refForm, "the name of a branch")
}

const wantText = "want only what IAM takes in a policy: the letters and signs of Latin-1, on one line"

// checkText refuses a text of another form, and what policies take for more than itself.
func checkText(field, text string, form *regexp.Regexp, want string) error {
	switch {
	case strings.Contains(text, "${"):
		return wrong(field, "is %q; ${ begins a variable in a policy, want plain text", text)
	case !policyText.MatchString(text):
		return wrong(field, "is %q, %s", text, wantText)
	case strings.HasPrefix(text, "refs/") && form == refForm, !form.MatchString(text):
		return wrong(field, "is %q, want %s; a * stands for any characters, and a ? is not allowed", text, want)
	}
	return nil
}

// Check refuses what would let in more than the element says, or nobody.
func (o OIDC) Check() error {
	if err := checkURL(o.URL); err != nil {
		return &FieldError{"provider_url", err}
	}
	if a := o.Audience; a == "" || len(a) > 255 || !policyText.MatchString(a) || strings.ContainsAny(a, "*?") ||
		strings.Contains(a, "${") {
		return wrong("audience", "is %q, want the audience of the tokens, of 1 to 255 characters on one line, without *, ? "+
			"and ${", a)
	}
	if len(o.Subjects) == 0 {
		return wrong("subjects", "is empty, which would let in every token of the provider: name the subjects")
	}
	for _, subject := range o.Subjects {
		if err := o.checkSubject(subject); err != nil {
			return &FieldError{"subjects", err}
		}
	}
	return nil
}

func checkURL(url string) error {
	const want = "want https:// and a host in lower case, then perhaps a path, as the provider writes itself in its " +
		"tokens (iss), without port, query and fragment"
	m := urlForm.FindStringSubmatch(url)
	path := url + "/"
	if m == nil || strings.Contains(path, "/./") || strings.Contains(path, "/../") || len(url) > 255 {
		return fmt.Errorf("is %q, %s", url, want)
	}
	if bare := strings.TrimSuffix(url, "/"); bare != url && isPublic(bare) {
		return fmt.Errorf("is %q, want %s, as it calls itself", url, bare)
	}
	if err := names.CheckHost(m[1]); err != nil {
		return fmt.Errorf("is %q: %w; %s", url, err, want)
	}
	return nil
}

// isPublic reports whether everybody can get tokens of the provider.
func isPublic(url string) bool { return url == GitHubURL || url == GitLabURL }

// checkSubject wants something fixed. Everybody can get a token of GitHub or GitLab, so there it wants the whole name
// of an owner.
func (o OIDC) checkSubject(subject string) error {
	pattern := isPattern(subject)
	first, _, _ := strings.Cut(subject, "*")
	if pattern {
		first += "*"
	}
	switch {
	case strings.Contains(subject, "${"):
		return fmt.Errorf("has %q; ${ begins a variable in a policy, want plain text", subject)
	case strings.Trim(subject, "*?") == "":
		return fmt.Errorf("has %q, which would let in every token of the provider: name the subjects", subject)
	case pattern && strings.Contains(subject, "?"):
		return fmt.Errorf("has %q; beside a *, a ? would stand for any one character: leave one of them out", subject)
	case !policyText.MatchString(subject):
		return fmt.Errorf("has %q, %s", subject, wantText)
	case isPublic(o.URL) && !ownerForm.MatchString(first):
		return fmt.Errorf("has %q, which would let in others too: name the owner in full, before the first *, such as "+
			"repo:OWNER/ or repository_owner:OWNER", subject)
	}
	return nil
}

// CheckService wants the principal of a service.
func CheckService(service string) error {
	if !serviceForm.MatchString(service) {
		return fmt.Errorf("%q is not the principal of an AWS service, want one such as ec2.amazonaws.com", service)
	}
	return nil
}

// Check refuses what would let in more than the element says, or nobody.
func (a Account) Check() error {
	switch {
	case !accountForm.MatchString(a.ID):
		return wrong("id", "is %q, want the 12 digits of an account", a.ID)
	case a.ExternalID != "" && (len(a.ExternalID) > 1224 || !externalForm.MatchString(a.ExternalID)):
		return wrong("external_id", "is %q, want 2 to 1224 letters, digits and any of +=,.@:/_-", a.ExternalID)
	case a.Role != "" && !roleForm.MatchString(a.Role):
		return wrong("role", "is %q, want the name of a role, after its path if it has one, such as team/ci, without a "+
			"wildcard", a.Role)
	}
	return nil
}

// check is the first of all errors of its elements.
func (t Trust) check() error {
	var all []error
	for _, g := range t.GitHub {
		all = append(all, g.Check())
	}
	for _, g := range t.GitLab {
		all = append(all, g.Check())
	}
	for _, o := range t.OIDC {
		all = append(all, o.Check())
	}
	for _, service := range t.Services {
		all = append(all, CheckService(service))
	}
	for _, a := range t.Accounts {
		all = append(all, a.Check())
	}
	return errors.Join(all...)
}
