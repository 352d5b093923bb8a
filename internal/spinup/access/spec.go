package access

import (
	"cmp"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

type (
	part = reconcile.Part[Spec, Status]
	wish = reconcile.Wish[Spec]
)

// Spec is what is wanted of one level.
type Spec struct {
	Name     string // of the bucket or website, from which the names in IAM are made
	Level    Level
	Document string // of the policy

	// Accepts reports whether another document will do as well. Nil: one that means the same as Document.
	Accepts func(document string) bool

	Wanted   bool // the level should exist
	ReadAll  bool // it is read even if it should not
	Optional bool // users can leave it out of access_levels

	GroupARN  string // if it is known
	PolicyARN string // if it is known; otherwise derived from what follows
	Partition string
	AccountID string
	Path      string // in IAM, of a new policy and group
}

// Status is what was seen of a level; nil is absent or not looked at.
type Status struct {
	Policy *Policy
	Group  *Group
}

// Policy is a managed policy.
type Policy struct {
	ARN         string
	Description string // IAM never lets it change
	Document    string // of the default version
}

// Group is a group.
type Group struct {
	ARN      string
	Members  []string // names of users, the first page
	Attached bool     // the level's own policy
	Others   []string // names of other attached policies
}

// Exists reports whether any object of the level was seen.
func (o Status) Exists() bool { return o.Policy != nil || o.Group != nil }

// Text is the document of a live policy as state records it: Document if the live one means the same, so that only a
// real difference shows in a plan; otherwise the live one.
func (s Spec) Text(live string) string {
	if awspolicy.Equivalent(s.Document, live) {
		return s.Document
	}
	return live
}

func (s Spec) policyName() string { return PolicyName(s.Name, s.Level) }
func (s Spec) groupName() *string { return aws.String(GroupName(s.Name, s.Level)) }

// Fits reports whether the document will do: it is not written anew.
func (s Spec) Fits(document string) bool {
	if s.Accepts != nil {
		return s.Accepts(document)
	}
	return awspolicy.Equivalent(document, s.Document)
}

func policyARN(w wish) string {
	s := w.Want
	if known := cmp.Or(s.PolicyARN, w.Before().PolicyARN); known != "" {
		return known
	}
	return fmt.Sprintf("arn:%s:iam::%s:policy%s%s", s.Partition, s.AccountID, s.Path, s.policyName())
}
