// Package bucket is the domain of spinup_bucket: a bucket with its settings, and its access levels. It may import
// reconcile, awspolicy, awsclient, access, document, lifecyclerule and the SDK's types for S3; no Terraform types.
package bucket

import (
	"maps"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// Spec is what is wanted of a bucket. An optional setting whose field is nil or empty is neither read nor written.
type Spec struct {
	Name      string
	Region    string
	Partition string
	AccountID string

	Owner string // access key of the user of VersityGW who owns the bucket; empty: whoever makes it

	Tags      map[string]string     // all of them, the provider's included
	IgnoreTag func(key string) bool // tags of other owners

	Versioning   *bool
	Encryption   *Encryption
	Ownership    string
	PublicAccess string
	Block        *Block // the switches one by one; nil: those that follow from PublicAccess
	RequireTLS   bool
	AccessLog    *AccessLog
	CORS         []CORSRule // in the order in which S3 tries them
	Lock         *ObjectLock

	IPAccess    *IPAccess // nil: not managed
	NetworkKeys bool      // the store knows the calls of AWS's services, which IPAccess does not bind, and VPC endpoints

	Preset string // lifecycle preset; empty for none

	Statements []awspolicy.Statement // the user's own statements of the bucket policy
	Revoked    []string              // keys of statements to remove, whoever wrote them

	BindsOwner     bool   // a policy binds the owner too: what it denies, it denies for objects only
	Reader         string // ARN of a CloudFront distribution that may read the objects as itself; empty for none
	ReaderLists    bool   // it may list the bucket too, and so learns that an object does not exist
	ExemptServices bool   // RequireTLS does not bind services of AWS: readers do not choose how those connect
	Placeholder    string // key of a placeholder, which does not keep the bucket from being destroyed; empty for none

	Levels     []access.Level
	PolicyARNs map[access.Level]string // of those that are known; the others are derived from IAMPath
	GroupARNs  map[access.Level]string // of those that are known
	IAMPath    string

	ForceDestroy     bool
	BypassGovernance bool // with ForceDestroy: versions under governance retention go too

	Prefix string // of the keys that are emptied; empty for all

	// ReadAll makes every part be read that the platform is not known to lack. Imports and data sources use it.
	ReadAll bool
}

// Encryption is the default encryption of new objects.
type Encryption struct {
	Algorithm string // AES256, aws:kms, aws:kms:dsse
	KMSKeyARN string
	BucketKey bool
}

// AccessLog is where S3 writes the server access log.
type AccessLog struct {
	Bucket string
	Prefix string
}

// LogPrefix is the default key prefix of a bucket's access log: "<prefix>/<bucket>/", or "<bucket>/" without a prefix.
// A slash at the end of the prefix is not doubled.
func LogPrefix(prefix, bucket string) string {
	if prefix == "" {
		return bucket + "/"
	}
	return strings.TrimSuffix(prefix, "/") + "/" + bucket + "/"
}

// The values of public access. The last one follows from switches that are set one by one, or describes a bucket that
// others have changed.
const (
	PublicNone     = "none"
	PublicRead     = "read"
	PublicReadList = "read_list"
	Unblocked      = "unblocked" // no switch is on, and the provider has no public statement
	Mixed          = "mixed"     // some other combination
)

// Status is what was seen of a bucket; nil is absent or not looked at.
type Status struct {
	Root       *Root
	Owner      string            // access key of the owner
	Tags       map[string]string // live, those of other owners included; empty but not nil when there are none
	Versioning *string           // Enabled, Suspended, or empty for never enabled
	Encryption *Encryption
	Ownership  *string
	Block      *Block
	Switchless bool // the store turned out to have no switches against public access
	Opened     bool // this run unblocked public policies: S3 may go on refusing them for some seconds
	Probed     bool // this run has asked whether a new ip_access keeps it out
	Log        *AccessLog
	CORS       []CORSRule
	Lock       *ObjectLock
	Policy     *awspolicy.Document          // empty but not nil when there is none
	Bound      string                       // the owner whom a policy binds, as a principal; empty for none
	Lifecycle  *lifecyclerule.Configuration // empty but not nil when there is none

	Admin, ReadWrite, ReadOnly access.Status
}

// Root is the bucket itself.
type Root struct {
	Region string
	// Fresh marks a bucket that this run made: S3 and IAM may not yet show it everywhere.
	Fresh bool
	// Ours marks one that this run made for certain: no answer on the way was lost.
	Ours bool
	// Shut marks one whose own policy keeps this run from looking at it.
	Shut bool
}

// Block holds the four switches against public access.
type Block struct {
	PublicACLs, IgnoreACLs, PublicPolicy, Restrict bool
}

// WithoutRoot leaves what can exist without the bucket: the access levels.
func (o *Status) WithoutRoot() {
	*o = Status{Admin: o.Admin, ReadWrite: o.ReadWrite, ReadOnly: o.ReadOnly}
}

// Level is the status of one access level.
func (o *Status) Level(l access.Level) *access.Status {
	return map[access.Level]*access.Status{
		access.Admin: &o.Admin, access.ReadWrite: &o.ReadWrite, access.ReadOnly: &o.ReadOnly,
	}[l]
}

// OwnTags are the live tags without those of other owners.
func (s Spec) OwnTags(live map[string]string) map[string]string {
	own := maps.Clone(live)
	maps.DeleteFunc(own, func(key, _ string) bool { return s.ignores(key) })
	return own
}

func (s Spec) ignores(key string) bool {
	return systemTag(key) || s.IgnoreTag != nil && s.IgnoreTag(key)
}

// block is how the switches should be.
func (s Spec) block() Block {
	if s.Block != nil {
		return *s.Block
	}
	return BlockFor(s.PublicAccess)
}

// BlockFor is how the switches have to be for a value of public access.
func BlockFor(publicAccess string) Block {
	switch publicAccess {
	case PublicRead, PublicReadList:
		return Block{PublicACLs: true, IgnoreACLs: true}
	case Unblocked:
		return Block{}
	}
	return Block{true, true, true, true}
}

// PublicAccess is the value of public access that follows from the switches alone.
func (b Block) PublicAccess() string {
	for _, value := range []string{PublicNone, Unblocked} {
		if b == BlockFor(value) {
			return value
		}
	}
	return Mixed
}
