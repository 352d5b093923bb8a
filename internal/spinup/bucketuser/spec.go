// Package bucketuser is the domain of spinup_bucket_user: an IAM user that is a member of a bucket's group, or has an
// inline policy, and has an access key that rotates without an outage. It may import reconcile, awsclient, access,
// principal, secretstore and the SDK's service types; no Terraform types.
package bucketuser

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// Spec is what is wanted of a bucket user.
type Spec struct {
	Bucket    string
	Name      string
	UserID    string // the unique id that state knows; "" before the user was ever seen, and in states of old versions
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

	Promised    func(group string) bool // the plan makes the group; nil for none
	Lost        bool                    // state knows that there is no user, only something that outlived it
	NameInState bool                    // another resource of the state has a user of this name

	// Refreshing: this is a refresh, which takes over the key that Rotate has put in the place of the one in state. An
	// apply does not: its plan knows nothing of that.
	Refreshing bool

	// ReadAll makes every part be read, and takes the newest key as the current one. Imports use it.
	ReadAll bool
}

// Key is what is wanted of the access key, or what state remembers of it.
type Key struct {
	ID         string // "" asks for a new key, unless Gone
	PreviousID string // "": no previous key is wanted, except for the time of Overlap after a new key
	Rotation   string // another text asks for a new key
	// Overlap is how long the previous key stays. Zero: until the new one is delivered.
	Overlap time.Duration
	Expires time.Time // the end of the overlap; zero without a previous key
	// RequireUnused: a previous key whose overlap is over stays while it is used.
	RequireUnused bool
	Active        bool
	Store         Store
	Stored        bool // Store holds the secret
	Gone          bool // the key is gone, and none is wanted in its place: the user made one
}

// renews reports whether a new key is wanted.
func renews(w wish) bool { return w.Want.Key != nil && w.Want.Key.ID == "" && !w.Want.Key.Gone }

// ages reports whether a new key is wanted for the age of the old one alone.
func ages(w wish) bool {
	was := known(w)
	return renews(w) && was.ID != "" && w.Want.Key.Rotation == was.Rotation && w.Want.Key.Store == was.Store
}

// known is what state remembers of the key; zero for none.
func known(w wish) Key {
	if key := w.Before().Key; key != nil {
		return *key
	}
	return Key{}
}

// storedAt is the store that holds the secret according to state; zero if state itself does.
func storedAt(w wish) Store {
	if key := known(w); key.Stored {
		return key.Store
	}
	return Store{}
}

// Status is what was seen of a bucket user; nil is absent.
type Status struct {
	User     *User
	Taken    *User    // has the wanted name and is not ours
	Groups   []string // all of the user's groups; nil when not looked at
	Inline   *Inline
	Current  *AccessKey
	Previous *AccessKey
	Use      *Use        // of the previous key; nil when not asked
	Others   []AccessKey // keys of other owners
	// TakenOver: Current is not the key of state, but the one that Rotate has put in its place.
	TakenOver bool
	Unread    error  // why it is not known if one of Others is that key; nil if it is known
	Stored    *Store // the store of AWS that holds the secret: known from state and this run
	Held      *Held  // what stands where a new secret is to be stored; nil when not looked at
	// NotStored: a store was named for an imported key, and does not hold it.
	NotStored bool
	Gone      bool    // the key is gone, and none is wanted in its place
	Issued    *Issued // the key made in this run
}

// User is the IAM user.
type User struct {
	Name, ARN, ID string
	Boundary      string
	Tags          map[string]string
	Created       bool // in this run: IAM may not yet show it everywhere
}

// Inline are the user's inline policies.
type Inline struct {
	Documents map[string]string // of those with one of the provider's names, by name
	Others    []string          // names of those of other owners
}

// AccessKey is a key without its secret.
type AccessKey struct {
	ID      string
	Active  bool
	Created time.Time
}

// Use is the last use of a previous key.
type Use struct {
	At              time.Time // zero if IAM knows of none
	Service, Region string
	// Lately: after the current key was made, and so short a time ago that somebody may still rely on it.
	Lately bool
}

func (u Use) String() string {
	return fmt.Sprintf("%s, for %s in %s", u.At.UTC().Format(time.RFC3339), u.Service, u.Region)
}

// Issued is a key that was made and delivered in this run.
type Issued struct {
	secretstore.Delivered

	ID      string
	Created time.Time
}

// Stores reports whether a store of AWS holds the secret.
func (o Status) Stores() bool {
	return o.Stored != nil && o.Stored.InAWS()
}

// HasRoom reports whether IAM allows another key beside the current one and those of other owners.
func (o Status) HasRoom() bool {
	taken := len(o.Others)
	if o.Current != nil {
		taken++ // it must work until the new one is delivered
	}
	return taken < maxKeys
}

// name is the current name of the user.
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

// Groups are the groups of the bucket that the user should be a member of.
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

// ownGroups are all groups of the bucket. Memberships of other groups belong to other owners.
func (s Spec) ownGroups() []string {
	groups := []string{access.GroupName(s.Bucket, access.WebAdmin)}
	for _, l := range access.Levels() {
		groups = append(groups, access.GroupName(s.Bucket, l))
	}
	return groups
}

// grant is the access that an inline policy gives.
func (s Spec) grant() access.Grant {
	return access.Grant{Partition: s.Partition, Bucket: s.Bucket, Level: s.Access, Path: s.Path}
}

// policy is the inline policy that gives the access.
func (s Spec) policy() (name, document string) { return s.grant().PolicyName(), s.grant().Document() }

// InlinePolicy is the name of the inline policy that gives the access, "" when a group does.
func (s Spec) InlinePolicy() string {
	if s.group() != "" {
		return ""
	}
	name, _ := s.policy()
	return name
}

// ownPolicy reports whether an inline policy has one of the provider's names: of any level, for the whole bucket, the
// path or the former path. An import, which knows no path, takes any path, and without a bucket those of any bucket.
func ownPolicy(w wish, name string) bool {
	s := w.Want
	return access.IsPolicyName(s.Bucket, name, s.Path, w.Before().Path) ||
		s.ReadAll && access.IsPathPolicyName(s.Bucket, name)
}

// SeenGroups are those of the bucket's groups that the user is in.
func (s Spec) SeenGroups(o Status) []string {
	return slices.DeleteFunc(s.ownGroups(), func(group string) bool { return !slices.Contains(o.Groups, group) })
}

// SeenGrant is the access that the user was seen to have: by a policy, or by the most powerful of several groups. A
// policy that should not exist comes before everything else, so that the plan shows it. Access is empty if nothing
// gives any, or if one of the provider's policies was altered.
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

// seenPolicy is the access that the first of the provider's inline policies gives, those that should not exist first.
func seenPolicy(w wish, have *Inline) (seen Spec, found bool) {
	s := w.Want
	if have != nil {
		for _, policy := range slices.AppendSeq(s.stale(have), maps.Keys(have.Documents)) {
			grant, ok := access.ReadGrant(s.Partition, s.Bucket, policy, have.Documents[policy], s.Path, w.Before().Path)
			if ok {
				return Spec{Bucket: s.Bucket, Partition: s.Partition, Access: grant.Level, Path: grant.Path, Inline: true}, true
			}
		}
	}
	return Spec{Bucket: s.Bucket, Inline: s.Inline, Path: s.Path}, false
}

// OwnTags are the live tags without those of other owners and the mark.
func (s Spec) OwnTags(live map[string]string) map[string]string { return mark.Own(live, s.IgnoreTag) }
