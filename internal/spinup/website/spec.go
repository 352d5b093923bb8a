// Package website is the domain of spinup_website: a bucket with a CloudFront distribution in front of it, a
// certificate, DNS records, and a group that may drop objects from the caches. It may import reconcile, bucket,
// awspolicy, awsclient and the SDK's service types; no Terraform types.
package website

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// Spec is what is wanted of a site.
type Spec struct {
	Bucket bucket.Spec // of the objects; its tags are those of the distribution too

	Domain    string
	Aliases   []string // further names of the site, sorted
	Redirects []string // names that answer with a redirect to Domain, sorted

	DNS    bool
	ZoneID string // of the records; "" to look for the longest public zone that contains Domain

	CertificateARN string // in use or wanted; "" for one that is found, or else requested

	Delivery
	Origin         string // OriginPrivate or OriginEndpoint
	Error          string // "" for none
	SinglePage     bool
	DirectoryIndex bool
	Placeholder    bool

	Invalidation *Invalidation

	Wait        bool   // for a deployment
	DestroyMode string // DestroyWait or DestroyDisable

	// DistributionID is the distribution; if it is empty, the one with the alias Domain is used.
	DistributionID string
	// Recorded are the names of the alias records that are known: after a failure there may be more than Names.
	Recorded []string

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

// Invalidation is what to drop from the caches when the trigger changes.
type Invalidation struct {
	Paths   []string
	Trigger string
}

// How a distribution reads the bucket.
const (
	OriginPrivate  = "private"          // as itself (origin access control), the bucket being closed to everybody else
	OriginEndpoint = "website_endpoint" // as everybody, over the bucket's own website endpoint
)

// How a site is taken apart.
const (
	DestroyWait    = "wait"    // the distribution is disabled, waited for, and deleted
	DestroyDisable = "disable" // it is disabled and tagged, and deleted by a later change of any website
)

// Names are all names of the site, Domain first.
func (s Spec) Names() []string {
	return slices.Concat([]string{s.Domain}, s.Aliases, s.Redirects)
}

// id makes a name for CloudFront of a domain: letters, digits and hyphens only, at most 64 characters.
func (s Spec) id() string {
	name := "spinup-" + strings.ReplaceAll(s.Domain, ".", "-")
	if len(name) <= maxFunctionName {
		return name
	}
	sum := sha256.Sum256([]byte(s.Domain))
	tail := "-" + hex.EncodeToString(sum[:4])
	return name[:maxFunctionName-len(tail)] + tail
}

// maxFunctionName is the longest name of a CloudFront function, in characters.
// https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
const maxFunctionName = 64

// URL is where the site is.
func (s Spec) URL() string { return "https://" + s.Domain }

// Status is what was seen of a site; nil is absent or not looked at.
type Status struct {
	Bucket       bucket.Status
	Endpoint     *Endpoint // the bucket's own website configuration
	Zone         *Zone
	Certificate  *Certificate
	Access       *Access
	Function     *Function
	Distribution *Distribution
	Records      []Record // of our names, whoever made them
	Invalidation string   // id of the one this run made
	Placed       bool     // the placeholder was put, or need not be

	// Holder is a distribution of somebody else's that has one of our names.
	Holder string
	// Former are other certificates that were made for this site, such as the one it had before.
	Former []*Certificate

	zones      map[string]Zone // of each name
	dnsChanges []string        // ids of the changes this run made
	target     string          // host name of the distribution that this run took away
	retired    bool            // this run left the distribution, disabled, to a later one
}

// Endpoint is the bucket's own website configuration.
type Endpoint struct{ Index, Error string }

// Zone is a public hosted zone.
type Zone struct {
	ID   string // without /hostedzone/
	Name string // without the last dot
}

// Certificate is one of ACM's, in the region where CloudFront looks.
type Certificate struct {
	ARN        string
	Status     string // ISSUED, PENDING_VALIDATION, ...
	Names      []string
	Ours       bool     // tagged as made for this site
	Validation []Record // what it wants to find in DNS

	partial bool // it has more names
}

// Access is the origin access control.
type Access struct {
	ID     string
	InSync bool
}

// Function is the CloudFront function that answers for directories and redirects.
type Function struct {
	ARN, Code string
}

// Distribution is what was seen of the distribution.
type Distribution struct {
	ID, ARN, DomainName, Status, ETag string
	Settings                          Settings
	Tags                              map[string]string
	Foreign                           []string // behaviours, origins and the like that are not ours, in words

	raw   *types.DistributionConfig
	await bool // this run changed it, and is to wait until that is everywhere
}

// Record is a DNS record of a name.
type Record struct {
	Name  string // without the last dot
	Type  string // A, AAAA, CNAME
	Value string // of an alias: the target's host name, without the last dot
	Alias bool

	listed *r53types.ResourceRecordSet // as Route 53 has it
}
