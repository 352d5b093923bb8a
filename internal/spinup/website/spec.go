// Package website is the domain of spinup_website: a bucket with a CloudFront distribution in front of it, a
// certificate, DNS records, and a group whose members may invalidate the caches. It may import reconcile, bucket,
// awspolicy, awsclient and the SDK's service types; no Terraform types.
package website

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// Spec is what is wanted of a site.
type Spec struct {
	Bucket bucket.Spec // holds the objects; its tags go on the distribution too

	Domain    string
	Aliases   []string // additional host names of the site, sorted
	Redirects []string // host names that redirect to Domain, sorted

	DNS    bool
	ZoneID string // of the records; "" for the public zone with the longest name that contains Domain

	CertificateARN string // in use or wanted; "" to find one or else request it

	Delivery
	Origin         string // OriginPrivate or OriginEndpoint
	Error          string // "" for none
	SinglePage     bool
	DirectoryIndex bool
	Placeholder    bool

	Invalidation   *Invalidation
	InvalidationID string // of the last one

	Wait        bool   // until changes are deployed
	DestroyMode string // DestroyWait or DestroyDisable

	// DistributionID is the distribution; if it is empty, the one with the alias Domain is used.
	DistributionID string
	// DistributionHost is the host name of the distribution. State keeps it while records lead there, even if the
	// distribution is gone.
	DistributionHost string
	// Recorded are the records in state. After a failure they may have more names than Names. A validation record that
	// was lost has no value.
	Recorded []Record

	// ReadAll makes every part be read. Imports use it.
	ReadAll bool
}

// Delivery is the settings that go into the distribution unchanged. Spec and Settings share them.
type Delivery struct {
	Index           string // key of the document for "/"
	PriceClass      string
	HTTPVersion     string
	IPv6            bool
	MinimumTLS      string
	WebACL          string // ARN, or ""
	Geo             Geo
	CachePolicy     string // id, or CacheLegacy
	ResponseHeaders string // id, or ""
}

// Geo restricts the countries from which the site can be read.
type Geo struct {
	Type      string   // whitelist, blacklist, or "" for everywhere
	Locations []string // ISO 3166-1 alpha-2, sorted
}

// Invalidation is what to remove from the caches when the trigger changes.
type Invalidation struct {
	Paths   []string
	Trigger string
}

// How a distribution reads the bucket.
const (
	OriginPrivate  = "private"          // with an origin access control; nobody else may read the bucket
	OriginEndpoint = "website_endpoint" // over the bucket's website endpoint; everybody may read the bucket
)

// How a distribution is deleted.
const (
	DestroyWait    = "wait"    // disable it, wait until that is deployed, delete it
	DestroyDisable = "disable" // disable and tag it; a later change of any website deletes it
)

// Names are all names of the site, Domain first.
func (s Spec) Names() []string {
	return slices.Concat([]string{s.Domain}, s.Aliases, s.Redirects)
}

// id is the name of the function and the origin access control: letters, digits, hyphens and underscores, at most 64
// characters. No two domains have one: a host name has no underscore.
func (s Spec) id() string { return s.idWith("_", 16) }

// formerID is the name that earlier versions gave them. Domains that differ in dots and hyphens only shared it.
func (s Spec) formerID() string { return s.idWith("-", 8) }

// idWith is the name with a character in place of the dots. A long one ends in digits of a hash of the domain.
func (s Spec) idWith(dot string, digits int) string {
	name := "spinup-" + strings.ReplaceAll(s.Domain, ".", dot)
	if len(name) <= maxFunctionName {
		return name
	}
	sum := sha256.Sum256([]byte(s.Domain))
	tail := dot + hex.EncodeToString(sum[:])[:digits]
	return name[:maxFunctionName-len(tail)] + tail
}

// mark begins the comment of a function and the description of an origin access control that were made for a site.
const mark = "spinup_website "

// mark says in words for which site something was made.
func (s Spec) mark() string { return mark + s.Domain }

// owns reports whether something with this comment is the site's: it says so or, when nothing says otherwise, the
// site's own distribution uses it.
func (s Spec) owns(comment string, inUse bool) bool {
	return comment == s.mark() || inUse && !strings.HasPrefix(comment, mark)
}

// maxFunctionName is the longest name of a CloudFront function, in characters.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
const maxFunctionName = 64

// URL is the address of the site.
func (s Spec) URL() string { return "https://" + s.Domain }

// Status is what was seen of a site. A nil field is absent or was not read.
type Status struct {
	Bucket       bucket.Status
	WebAdmin     access.Status
	Endpoint     *Endpoint // the bucket's own website configuration
	Zone         *Zone
	Certificate  *Certificate
	Access       *Access
	Function     *Function
	Distribution *Distribution
	Records      []Record // of all names of the site, whoever made them
	Invalidation string   // id of the one that this run created
	Placed       bool     // the placeholder was created, or is not needed

	// Holder is a distribution of another owner that has one of the names that the site is to get.
	Holder *Holder
	// Former are other certificates that were made for this site, such as its previous one.
	Former []*Certificate
	// Shared are those of them that something else uses.
	Shared []*Certificate

	places     places   // the zones of all names
	hosts      []string // host names of distributions that state knows as the site's
	lost       []string // names of validation records that are not there any more
	stale      []Record // own validation records where none are wanted
	dnsChanges []string // ids of the changes that this run made
	target     string   // host name of the distribution that this run removed
	retired    bool     // this run disabled the distribution for a later one to delete
}

// Endpoint is the bucket's own website configuration.
type Endpoint struct{ Index, Error string }

// Zone is a public hosted zone.
type Zone struct {
	ID   string // without /hostedzone/
	Name string // without the last dot
}

// Certificate is a certificate in ACM, in the region from which CloudFront takes them.
type Certificate struct {
	ARN        string
	Status     string // ISSUED, PENDING_VALIDATION, ...
	Names      []string
	Owned      bool     // tagged as made for this site
	Validation []Record // DNS records by which ACM validates it
	InUseBy    []string // ARNs of what uses it
	Reason     string   // why it was not issued, in ACM's words

	partial bool     // it has more names than Names
	users   []string // what else uses it, in words
}

// Access is the origin access control.
type Access struct {
	ID, Name string
	Comment  string // its description
	InSync   bool
}

// Function is the CloudFront function for directories and redirects. Code is what is published.
type Function struct {
	ARN, Code string
	Name      string
	Comment   string
}

// Distribution is what was seen of the distribution.
type Distribution struct {
	ID, ARN, DomainName, Status, ETag string
	Settings                          Settings
	Tags                              map[string]string
	Foreign                           []string // behaviors and origins of other owners, in words

	raw   *types.DistributionConfig
	await bool // this run changed it and is to wait until that is deployed
}

// Holder is a distribution that has names which another site is to get.
type Holder struct {
	ID    string
	Site  string // the domain of the site that it was made for, "" for none
	Names []string
}

// Record is a DNS record of a host name.
type Record struct {
	Name  string // without the last dot
	Type  string // A, AAAA, CNAME
	Value string // of an alias: the target's host name, without the last dot
	Alias bool

	zone   string                      // id
	routed bool                        // one of several sets of the name and type, by a routing policy
	listed *r53types.ResourceRecordSet // as Route 53 listed it
}
