// Package bucketrole is the domain of spinup_bucket_role: an IAM role that may use a bucket, with the trust policy that
// says who may assume it and the OpenID Connect providers that the trust policy needs. It may import reconcile,
// awspolicy, awsclient, access, principal, names and the SDK's service types; no Terraform types.
package bucketrole

import (
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws/arn"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Spec is what is wanted of a bucket role.
type Spec struct {
	Bucket    string
	Name      string
	RoleID    string // the unique id that state knows; "" before the role was ever seen
	Partition string
	AccountID string // "" if it is not known
	IAMPath   string

	Tags       map[string]string     // all of them, the provider's included
	IgnoreTag  func(key string) bool // tags of other owners
	Boundary   string                // ARN of a policy, "" for none
	MaxSession int32                 // seconds

	Access   access.Level
	WebAdmin bool
	Path     string // confines to a key prefix: "docs/", without a slash in front; "" for the whole bucket

	Trust           Trust
	CreateProviders bool     // an OpenID Connect provider that is missing is made
	Made            []string // ARNs of providers that earlier runs have made, whether the role needs them or not

	Promised func(group string) bool // the plan makes the group; nil for none
	Lost     bool                    // state knows that there is no role, only a provider that outlived it

	// ReadAll makes every part be read. Imports use it.
	ReadAll bool
}

// Status is what was seen of a bucket role; nil is absent.
type Status struct {
	Role      *Role
	Taken     *Role // has the name and is not ours
	Inline    *Inline
	Providers []Seen   // the OpenID Connect providers that exist, of those that the role needs or made
	Left      []string // ARNs of providers that the role made and this run left to others
}

// Role is the IAM role.
type Role struct {
	Name, ARN, ID string
	Boundary      string
	Tags          map[string]string
	Trust         string // the trust policy
	MaxSession    int32
	Created       bool // in this run: IAM may not yet show it everywhere
}

// Inline are the role's inline policies.
type Inline struct {
	Documents map[string]string // of those with one of the provider's names, by name
	Others    []string          // names of those of other owners

	Distribution string // ARN of the site's distribution; "" if it is not known
}

// Seen is an OpenID Connect provider.
type Seen struct {
	ARN       string
	Audiences []string
	Mark      string // the unique id of the bucket role that made it; "" if something else did
}

// Grant is the access that an inline policy gives.
func (s Spec) Grant() access.Grant {
	return access.Grant{Partition: s.Partition, Bucket: s.Bucket, Level: s.Access, Path: s.Path}
}

func (s Spec) webPolicy() string { return access.PolicyName(s.Bucket, access.WebAdmin) }

// webAdmin reports whether a live policy is that of the site's web admins. A site that is gone has no distribution to
// compare with: there the policy stays as it is.
func (s Spec) webAdmin(have *Inline) bool {
	live, ok := have.Documents[s.webPolicy()]
	if !ok {
		return false
	}
	distribution := have.Distribution
	if distribution == "" {
		distribution = access.DistributionIn(live, s.Partition)
	}
	return distribution != "" && awspolicy.Equivalent(live, access.WebAdminDocument(distribution))
}

// wanted are the names of the inline policies that should exist.
func (s Spec) wanted() []string {
	names := []string{s.Grant().PolicyName()}
	if s.WebAdmin {
		names = append(names, s.webPolicy())
	}
	return names
}

// inSync reports whether the inline policies are as wanted.
func (s Spec) inSync(have *Inline) bool {
	live, ok := have.Documents[s.Grant().PolicyName()]
	return ok && s.Grant().Accepts(live) && (!s.WebAdmin || s.webAdmin(have)) && len(s.stale(have)) == 0
}

// stale are the provider's inline policies that should not exist.
func (s Spec) stale(have *Inline) []string {
	if have == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(have.Documents)), func(name string) bool {
		return slices.Contains(s.wanted(), name)
	})
}

// ownPolicy reports whether an inline policy has one of the provider's names: that of the web admins, or of any level
// for the whole bucket, the path or the former path.
func ownPolicy(w wish, name string) bool {
	s := w.Want
	return name == s.webPolicy() || access.IsPolicyName(s.Bucket, name, s.Path, w.Before().Path)
}

// SeenAccess is the access that the role was seen to have. A policy that should not exist comes before everything else,
// so that the plan shows it. Access is empty if nothing gives any, or if one of the provider's policies was altered.
func (o Status) SeenAccess(w wish) Spec {
	s := w.Want
	seen := Spec{Bucket: s.Bucket, Path: s.Path}
	if o.Inline == nil {
		return seen
	}
	seen.WebAdmin = s.webAdmin(o.Inline)
	if !s.WebAdmin && !s.ReadAll {
		_, seen.WebAdmin = o.Inline.Documents[s.webPolicy()] // whatever it allows, it should not be there
	}
	for _, name := range slices.Concat(s.stale(o.Inline), slices.Sorted(maps.Keys(o.Inline.Documents))) {
		if grant, ok := readPolicy(w, name, o.Inline.Documents[name]); ok {
			seen.Access, seen.Path = grant.Level, grant.Path
			return seen
		}
	}
	return seen
}

// readPolicy finds the access that an inline policy of this name gives; see access.ReadGrant.
func readPolicy(w wish, name, document string) (access.Grant, bool) {
	return access.ReadGrant(w.Want.Partition, w.Want.Bucket, name, document, w.Want.Path, w.Before().Path)
}

// OwnTags are the live tags without those of other owners and the mark.
func (s Spec) OwnTags(live map[string]string) map[string]string { return mark.Own(live, s.IgnoreTag) }

// SeenTrust is who may assume the role, and the trust policy as state records it: the one that would be written if it
// means the same. It is not whole if the policy says something that Trust has no words for.
func (s Spec) SeenTrust(o Status) (seen Trust, text string, whole bool) {
	partition, account := Home(o.Role.ARN)
	seen, whole = ReadTrust(o.Role.Trust, partition, account)
	if whole {
		return seen, seen.Document(partition, account), true
	}
	return seen, o.Role.Trust, false
}

// Home are the partition and the account of the ARN of a role; empty if it is none.
func Home(text string) (partition, account string) {
	parsed, _ := arn.Parse(text)
	return parsed.Partition, parsed.AccountID
}
