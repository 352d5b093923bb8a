// Package bucket says what a spinup bucket is on AWS: a bucket with its settings, and an IAM policy with a group for
// each access level. It may import reconcile, awspolicy, awsclient and the SDK's service types; no Terraform types.
package bucket

import (
	"maps"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// Spec is what is wanted of a bucket. A nil or empty field of a setting that can be left alone means just that: it is
// neither read nor written.
type Spec struct {
	Name      string
	Region    string
	Partition string
	AccountID string

	Tags      map[string]string     // all of them, the provider's included
	IgnoreTag func(key string) bool // tags of other owners

	Versioning   *bool
	Encryption   *Encryption
	Ownership    string
	PublicAccess string
	RequireTLS   bool
	AccessLog    *AccessLog

	Preset string // lifecycle preset; empty for none

	Statements []awspolicy.Statement // the user's own statements of the bucket policy
	Revoked    []string              // keys of statements that must not stay, whoever wrote them

	// Site is the site that a distribution serves from the bucket, WebAdminARN that distribution, DistributionARN the same
	// where it may read the objects as itself, and Placeholder the key of a first page that does not count as contents.
	// All are empty for a bucket of its own.
	Site            string
	WebAdminARN     string
	DistributionARN string
	Placeholder     string

	Levels     []Level
	PolicyARNs map[Level]string // as far as they are known; otherwise derived from IAMPath
	IAMPath    string

	ForceDestroy bool

	// ReadAll makes every part that the store has be read. Imports and data sources use it.
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

// The values of public access. The last two only describe buckets made elsewhere.
const (
	PublicNone     = "none"
	PublicRead     = "read"
	PublicReadList = "read_list"
	Unblocked      = "unblocked" // no switch is on, and no public statement of ours is there
	Mixed          = "mixed"     // seen only: some other combination
)

// Status is what was seen of a bucket; nil is absent or not looked at.
type Status struct {
	Root       *Root
	Tags       map[string]string // live, those of other owners included; empty but not nil when there are none
	Versioning *string           // Enabled, Suspended, or empty for never enabled
	Encryption *Encryption
	Ownership  *string
	Block      *Block
	Opened     bool // this run let public policies in: S3 may go on refusing them for some seconds
	Log        *AccessLog
	Policy     *awspolicy.Document          // empty but not nil when there is none
	Lifecycle  *lifecyclerule.Configuration // empty but not nil when there is none

	Admin, ReadWrite, ReadOnly, WebAdmin LevelStatus
}

// Root is the bucket itself.
type Root struct {
	Region string
	// Fresh says that this run made it: S3 and IAM may not yet show it everywhere.
	Fresh bool
}

// Block holds the four switches against public access.
type Block struct {
	PublicACLs, IgnoreACLs, PublicPolicy, Restrict bool
}

// LevelStatus is what was seen of one access level.
type LevelStatus struct {
	Policy *PolicyStatus
	Group  *GroupStatus
}

// PolicyStatus is a managed policy.
type PolicyStatus struct {
	ARN      string
	Document string // of the default version
}

// GroupStatus is a group.
type GroupStatus struct {
	ARN      string
	Members  []string // names of users, the first page
	Attached bool     // the level's own policy
	Others   []string // names of other attached policies
}

// Level gives the status of one access level.
func (o *Status) Level(l Level) *LevelStatus {
	return map[Level]*LevelStatus{
		Admin: &o.Admin, ReadWrite: &o.ReadWrite, ReadOnly: &o.ReadOnly, WebAdmin: &o.WebAdmin,
	}[l]
}

// Exists says whether any object of the level was seen.
func (l LevelStatus) Exists() bool { return l.Policy != nil || l.Group != nil }

// OwnTags are the live tags without those of other owners.
func (s Spec) OwnTags(live map[string]string) map[string]string {
	own := maps.Clone(live)
	maps.DeleteFunc(own, func(key, _ string) bool { return s.ignores(key) })
	return own
}

func (s Spec) ignores(key string) bool {
	return systemTag(key) || s.IgnoreTag != nil && s.IgnoreTag(key)
}

// ownKeys are the keys of all policy statements that may be replaced: those of the provider, those that the user has or
// had, and those that must not stay.
func ownKeys(w wish) []string {
	keys := append(OwnSids(), w.Want.Revoked...)
	for _, statement := range slices.Concat(w.Before().Statements, w.Want.Statements) {
		keys = append(keys, statement.Key())
	}
	return keys
}

// statements are all that the bucket policy should say on our behalf.
func (s Spec) statements() []awspolicy.Statement {
	own := s.own(s.RequireTLS, s.PublicAccess)
	if s.DistributionARN != "" {
		own = append(own, originStatement(s.Partition, s.Name, s.DistributionARN))
	}
	return slices.Concat(own, s.Statements)
}

// own are our statements. Of a site, plain HTTP is refused to people only: how CloudFront fetches is not theirs to
// choose.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func (s Spec) own(requireTLS bool, publicAccess string) []awspolicy.Statement {
	own := OwnStatements(s.Partition, s.Name, requireTLS, publicAccess)
	for _, statement := range own {
		if s.Site != "" && statement.Sid == SidRequireTLS {
			statement.Condition["Bool"]["aws:PrincipalIsAWSService"] = awspolicy.Values{"false"}
		}
	}
	return own
}

// block is what the switches should be for the public access that is wanted.
func (s Spec) block() Block {
	switch s.PublicAccess {
	case PublicRead, PublicReadList:
		return Block{PublicACLs: true, IgnoreACLs: true}
	case Unblocked:
		return Block{}
	}
	return Block{true, true, true, true}
}

// PublicAccess says in a word what the switches and our own statements amount to.
func (o Status) PublicAccess(s Spec) string {
	if o.Block == nil || o.Policy == nil {
		return ""
	}
	for _, word := range []string{PublicNone, PublicRead, PublicReadList, Unblocked} {
		s.PublicAccess, s.RequireTLS = word, false
		if *o.Block == s.block() && says(*o.Policy, publicSids(), s.own(false, word)) {
			return word
		}
	}
	return Mixed
}

// Public says whether a statement of anybody's in the policy lets everybody read the objects.
func (o Status) Public() bool {
	return o.Policy != nil && slices.ContainsFunc(o.Policy.Statements, awspolicy.Statement.Public)
}

// RequiresTLS says whether the policy refuses plain http in our words.
func (o Status) RequiresTLS(s Spec) bool {
	want := s.own(true, PublicNone)
	return o.Policy != nil && says(*o.Policy, []string{SidRequireTLS}, want)
}

// ReadBy says whether the policy lets just the distribution read the objects, in our words.
func (o Status) ReadBy(s Spec, distributionARN string) bool {
	want := []awspolicy.Statement{originStatement(s.Partition, s.Name, distributionARN)}
	return o.Policy != nil && says(*o.Policy, []string{SidOrigin}, want)
}

// says compares what the document holds under the keys with what it should.
func says(doc awspolicy.Document, keys []string, want []awspolicy.Statement) bool {
	return SameStatements(doc.Select(keys).Statements, want)
}

// SameStatements says whether both lists hold the same statements, in any order.
func SameStatements(a, b []awspolicy.Statement) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s awspolicy.Statement) bool {
		return !slices.ContainsFunc(b, s.Equal)
	})
}

// UserStatements are the statements of the live policy that belong to the user: those of the keys that the spec knows,
// or, where everything is asked for, all that are not ours.
func (s Spec) UserStatements(live awspolicy.Document) awspolicy.Document {
	if s.ReadAll {
		return live.Replace(OwnSids(), nil)
	}
	var keys []string
	for _, statement := range s.Statements {
		keys = append(keys, statement.Key())
	}
	return live.Select(keys)
}

// LevelText is the text of a level's policy as it is recorded: ours where the live one means the same, so that only a
// real difference shows; otherwise the live one.
func (s Spec) LevelText(l Level, live string) string {
	if ours := s.levelDocument(l); awspolicy.Equivalent(ours, live) {
		return ours
	}
	return live
}

// DomainName is the bucket's host name at the partition's global endpoint.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
func DomainName(name, partition string) string { return name + ".s3." + dnsSuffix(partition) }

// RegionalDomainName is the bucket's host name at the endpoint of its region.
func RegionalDomainName(name, region, partition string) string {
	return name + ".s3." + region + "." + dnsSuffix(partition)
}

// WebsiteEndpoint is the host name of the bucket's own website: with a hyphen in the oldest regions.
// https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
func WebsiteEndpoint(name, region string) string {
	mark := "."
	switch region {
	case "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
		"sa-east-1", "us-gov-west-1":
		mark = "-"
	}
	suffix := "amazonaws.com"
	if strings.HasPrefix(region, "cn-") {
		suffix += ".cn"
	}
	return name + ".s3-website" + mark + region + "." + suffix
}

func dnsSuffix(partition string) string {
	if partition == "aws-cn" {
		return "amazonaws.com.cn"
	}
	return "amazonaws.com"
}
