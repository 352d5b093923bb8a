// Package bucketgrant is the domain of spinup_bucket_grant: a level of a bucket for a role, user or group that somebody
// else manages, by one inline policy. It may import reconcile, awspolicy, awsclient, access and the SDK's service
// types; no Terraform types.
package bucketgrant

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Spec is what is wanted of a grant.
type Spec struct {
	Bucket    string
	Kind      string // of the principal: Role, User or Group
	Principal string // its name
	Partition string
	AccountID string // "" if it is not known
	IAMPath   string

	Access   access.Level
	Path     string // confines to a key prefix: "docs/", without a slash in front; "" for the whole bucket
	WebAdmin bool

	Promised func(group string) bool // the plan makes the group; nil for none
}

// The kinds of principals.
const (
	Role  = "role"
	User  = "user"
	Group = "group"
)

// Status is what was seen of a grant.
type Status struct {
	Document     string // of the policy; "" for none
	Distribution string // ARN of the site's distribution; "" if it is not known
}

// Seen is the access that a policy gives.
type Seen struct {
	Access   access.Level // "" if the policy was altered
	Path     string
	WebAdmin bool
}

// PolicyName is the name of a grant's inline policy. Names of buckets have no capitals, so no other bucket and no other
// resource has it.
func PolicyName(bucket string) string { return bucket + "-SpinupGrant" }

// mark begins the Sids of a grant: they say that the policy is one.
const mark = "SpinupGrant"

// document is the policy of the grant.
func (s Spec) document(distribution string) string {
	grant := access.Grant{Partition: s.Partition, Bucket: s.Bucket, Level: s.Access, Path: s.Path}
	all := statements(grant.Document())
	if s.WebAdmin {
		all = append(all, statements(access.WebAdminDocument(distribution))...)
	}
	for i, one := range all {
		all[i] = awspolicy.Statement{
			Sid: fmt.Sprintf("%s%d", mark, i), Effect: one.Effect, Action: one.Action, Resource: one.Resource,
			Condition: one.Condition,
		}
	}
	return awspolicy.New(all...).String()
}

func statements(document string) []awspolicy.Statement {
	doc, err := awspolicy.Parse(document)
	if err != nil {
		panic(err) // it is ours
	}
	return doc.Statements
}

// isGrant reports whether a policy bears the mark.
func isGrant(document string) bool {
	doc, err := awspolicy.Read(document)
	return err == nil && slices.ContainsFunc(doc.Statements, func(s awspolicy.Statement) bool {
		return strings.HasPrefix(s.Sid, mark)
	})
}

// Read finds the access that the policy gives; below a path two levels are the same, and the wanted one is seen. The
// site whose distribution is not known is believed.
func (s Spec) Read(o Status) Seen {
	for _, level := range append([]access.Level{s.Access}, access.Levels()...) {
		for _, path := range []string{s.Path, "", access.PathIn(s.Partition, s.Bucket, o.Document)} {
			one := s
			one.Access, one.Path, one.WebAdmin = level, path, false
			if awspolicy.Equivalent(o.Document, one.document("")) {
				return Seen{level, path, false}
			}
			one.WebAdmin = true
			if at := distributionIn(o); at != "" && awspolicy.Equivalent(o.Document, one.document(at)) {
				return Seen{level, path, o.Distribution == "" || o.Distribution == at}
			}
		}
	}
	return Seen{Path: s.Path, WebAdmin: s.WebAdmin}
}

// distributionIn is the distribution that the last statement of a policy is about; "" for none.
func distributionIn(o Status) string {
	doc, err := awspolicy.Read(o.Document)
	if err != nil || len(doc.Statements) == 0 {
		return ""
	}
	last := doc.Statements[len(doc.Statements)-1]
	if len(last.Resource) != 1 {
		return ""
	}
	arn := last.Resource[0]
	partition := strings.SplitN(arn+"::", ":", 3)[1]
	return access.DistributionIn(access.WebAdminDocument(arn), partition)
}
