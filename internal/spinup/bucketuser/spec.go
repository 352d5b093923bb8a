// Package bucketuser says what a spinup bucket user is on AWS: an IAM user that is a member of a bucket's group, or has
// an inline policy, and has an access key that rotates without an outage. It may import reconcile, awspolicy,
// access, awsclient and the SDK's service types; no Terraform types.
package bucketuser

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// Spec is what is wanted of a bucket user.
type Spec struct {
	Bucket    string
	Name      string
	Partition string
	IAMPath   string

	Tags      map[string]string     // all of them, the provider's included
	IgnoreTag func(key string) bool // tags of other owners
	Boundary  string                // ARN of a policy, "" for none

	Access   access.Level
	WebAdmin bool
	Path     string // confines to a key prefix: "docs/", without a slash in front; "" for the whole bucket
	Inline   bool   // an inline policy rather than the group

	Key *Key // nil for none

	ForceDestroy bool

	// ReadAll makes every part be read, and takes the newest key and the one before it for the user's. Imports use it.
	ReadAll bool
}

// Key is what is wanted of the access key, or what state remembers of it.
type Key struct {
	ID         string // "" asks for a new key
	PreviousID string // "": there is to be no previous key, unless Overlap keeps the one that a new key replaces
	// Overlap is how long the previous key stays. Zero: until the new one is delivered.
	Overlap time.Duration
	Active  bool
	Store   Store
	Stored  bool // Store holds the secret
}

// renews reports whether a new key is wanted.
func renews(w wish) bool { return w.Want.Key != nil && w.Want.Key.ID == "" }

// known is what state remembers of the key; zero for none.
func known(w wish) Key {
	if key := w.Before().Key; key != nil {
		return *key
	}
	return Key{}
}

// storedAt is where state says that the secret lies; zero for nowhere but state.
func storedAt(w wish) Store {
	if key := known(w); key.Stored {
		return key.Store
	}
	return Store{}
}

// Store says where a new secret goes. The zero value is state.
type Store struct {
	PGPKey        string // armored or base64 public key
	Parameter     string // name of an SSM parameter
	SecretsSecret string // name of a Secrets Manager secret
}

// Status is what was seen of a bucket user; nil is absent.
type Status struct {
	User     *User
	Groups   []string // all of the user's groups; nil when not looked at
	Inline   *Inline
	Current  *AccessKey
	Previous *AccessKey
	Others   []AccessKey // keys that are not ours
	Stored   *Store      // where a store of AWS holds our secret: it is not read, but told by state and by this run
	Issued   *Issued     // the key made in this run
}

// User is the IAM user.
type User struct {
	Name, ARN, ID string
	Boundary      string
	Tags          map[string]string
	Created       bool // in this run: IAM may not yet show it everywhere
}

// Inline are the user's inline policies that bear one of our names, by name.
type Inline struct {
	Documents map[string]string
	Others    []string // names of inline policies of other owners
}

// AccessKey is a key without its secret.
type AccessKey struct {
	ID      string
	Active  bool
	Created time.Time
}

// Issued is a key that was made and delivered in this run.
type Issued struct {
	ID        string
	Created   time.Time
	Secret    string // only when the store is state
	Encrypted string // only with a PGP key
	StoredAt  string // ARN or name of where it was put
}

// Stores says whether a store of AWS holds a secret of ours.
func (o Status) Stores() bool {
	return o.Stored != nil && (o.Stored.Parameter != "" || o.Stored.SecretsSecret != "")
}

// name is what the user is called now.
func (s Spec) name(o Status) string {
	if o.User != nil {
		return o.User.Name
	}
	return s.Name
}

// group is the group that gives the access, "" when an inline policy does.
func (s Spec) group() string {
	if s.Inline || s.Path != "" {
		return ""
	}
	return access.GroupName(s.Bucket, s.Access)
}

// Groups are the groups that the user should be in on our behalf.
func (s Spec) Groups() []string {
	var groups []string
	if g := s.group(); g != "" {
		groups = append(groups, g)
	}
	if s.WebAdmin {
		groups = append(groups, access.GroupName(s.Bucket, access.WebAdmin))
	}
	return groups
}

// ownGroups are all groups of the bucket: what the user is in of these is our business, other groups are not.
func (s Spec) ownGroups() []string {
	groups := []string{access.GroupName(s.Bucket, access.WebAdmin)}
	for _, l := range access.Levels() {
		groups = append(groups, access.GroupName(s.Bucket, l))
	}
	return groups
}

// policy is the inline policy that gives the access. Its name is the one the Yale service used.
func (s Spec) policy() (name, document string) {
	if s.Path == "" {
		return access.PolicyName(s.Bucket, s.Access), access.Document(s.Partition, s.Bucket, s.Access)
	}
	return access.PathPolicyName(s.Bucket, s.Path, s.Access), access.PathDocument(s.Partition, s.Bucket, s.Path, s.Access)
}

// MaxPolicyName is how many characters the name of a policy may have. An inline policy whose name fits is also within
// the 2,048 characters that IAM allows all inline policies of a user.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const MaxPolicyName = 128

// InlinePolicy is the name of the inline policy that gives the access, "" when a group does.
func (s Spec) InlinePolicy() string {
	if s.group() != "" {
		return ""
	}
	name, _ := s.policy()
	return name
}

// accepts says whether a live inline policy says what ours should.
func (s Spec) accepts(live, document string) bool {
	if s.Path == "" {
		return access.Accepts(s.Partition, s.Bucket, s.Access, live)
	}
	return awspolicy.Equivalent(live, document)
}

// ownPolicy reports whether an inline policy bears a name that is the provider's: of any level, for the whole bucket,
// the path or the path before. An import, which knows no path, takes any path.
func ownPolicy(w wish, name string) bool {
	s, before := w.Want, w.Before().Path
	for _, l := range access.Levels() {
		if name == access.PolicyName(s.Bucket, l) ||
			s.Path != "" && name == access.PathPolicyName(s.Bucket, s.Path, l) ||
			before != "" && name == access.PathPolicyName(s.Bucket, before, l) {
			return true
		}
	}
	return s.ReadAll && strings.HasPrefix(name, s.Bucket+"-") &&
		slices.ContainsFunc(access.Levels(), func(l access.Level) bool {
			return strings.HasSuffix(name, access.PolicyName("", l))
		})
}

// SeenGroups are those of the bucket's groups that the user is in.
func (s Spec) SeenGroups(o Status) []string {
	return slices.DeleteFunc(s.ownGroups(), func(group string) bool { return !slices.Contains(o.Groups, group) })
}

// SeenGrant says how the user gets access as it was seen: by a policy, or by a group; of several groups the mightiest
// counts. A policy that should not be there counts before all else, so that it does not stay unnoticed. Access is empty
// where nothing gives any, or where a policy of ours says something else.
func (o Status) SeenGrant(w reconcile.Wish[Spec]) Spec {
	s := w.Want
	seen, found := seenPolicy(w, o.Inline)
	if !found && (s.group() != "" || s.ReadAll) {
		for _, l := range slices.Backward(access.Levels()) {
			if slices.Contains(o.Groups, access.GroupName(s.Bucket, l)) {
				seen.Access = l
			}
		}
	}
	seen.WebAdmin = slices.Contains(o.Groups, access.GroupName(s.Bucket, access.WebAdmin))
	return seen
}

// seenPolicy is the grant of the first of our inline policies, those that should not be there first.
func seenPolicy(w wish, have *Inline) (seen Spec, found bool) {
	s := w.Want
	if have != nil {
		for _, policy := range slices.AppendSeq(s.stale(have), maps.Keys(have.Documents)) {
			if grant, ok := readPolicy(w, policy, have.Documents[policy]); ok {
				return grant, true
			}
		}
	}
	return Spec{Bucket: s.Bucket, Inline: s.Inline, Path: s.Path}, false
}

// readPolicy finds the grant whose inline policy has this name; without access where it does not say what it should. A
// policy of another bucket may be named as one of a path: "a-b-BktROPlc" is of a-b, or of the path /b/ of a.
func readPolicy(w wish, name, document string) (grant Spec, ok bool) {
	s := w.Want
	for _, l := range access.Levels() {
		for _, path := range []string{s.Path, w.Before().Path, "", pathOf(s, document)} {
			grant := Spec{Bucket: s.Bucket, Partition: s.Partition, Access: l, Path: path, Inline: true}
			called, text := grant.policy()
			if called != name {
				continue
			}
			if !grant.accepts(document, text) {
				grant.Access = ""
			}
			return grant, true
		}
	}
	return Spec{}, false
}

// pathOf reads the key prefix out of the document of an inline policy; "" where there is none.
func pathOf(s Spec, document string) string {
	doc, err := awspolicy.Parse(document)
	if err != nil {
		return ""
	}
	for _, statement := range doc.Statements {
		for _, resource := range statement.Resource {
			rest, ok := strings.CutPrefix(resource, fmt.Sprintf("arn:%s:s3:::%s/", s.Partition, s.Bucket))
			if prefix, below := strings.CutSuffix(rest, "*"); ok && below && prefix != "" {
				return prefix
			}
		}
	}
	return ""
}

// OwnTags are the live tags without those of other owners.
func (s Spec) OwnTags(live map[string]string) map[string]string {
	own := maps.Clone(live)
	maps.DeleteFunc(own, func(key, _ string) bool {
		return strings.HasPrefix(key, "aws:") || s.IgnoreTag != nil && s.IgnoreTag(key)
	})
	return own
}
