package website

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// SeenBucket is what the site wants of its bucket, given what was seen of the other parts.
func SeenBucket(w reconcile.Wish[Spec], have Status) reconcile.Wish[bucket.Spec] {
	seen := reconcile.Wish[bucket.Spec]{Want: bucketSpec(w.Want, &have)}
	if w.Prior != nil {
		prior := bucketSpec(*w.Prior, &have)
		seen.Prior = &prior
	}
	return seen
}

// SeenWebAdmin is what the site wants of the access level web_admin, given what was seen of the other parts.
func SeenWebAdmin(s Spec, have Status) access.Spec { return webAdmin(s, &have) }

// SeenOrigin is how the distribution reads the bucket. It is "" if the distribution cannot read it, or if others can
// who should not.
func (o Status) SeenOrigin(s Spec) string {
	d := o.Distribution
	if d == nil || o.Bucket.Policy == nil {
		return ""
	}
	public := o.Bucket.PublicAccess(s.Bucket)
	switch {
	case d.Settings.AccessID != "" && strings.HasPrefix(d.Settings.OriginDomain, s.Bucket.Name+".s3."):
		signs, nested := o.Access == nil || o.Access.InSync, s.Bucket
		nested.Reader, nested.ReaderLists = d.ARN, s.readerLists() || s.ReadAll && len(d.Settings.Errors) > 0
		if signs && public == bucket.PublicNone && o.owned() && o.Bucket.Shows(nested, bucket.AttributeReader) {
			return OriginPrivate
		}
	case d.Settings.AccessID == "" && strings.HasPrefix(d.Settings.OriginDomain, s.Bucket.Name+".s3-website"):
		if o.Endpoint != nil && o.readable() {
			return OriginEndpoint
		}
	}
	return ""
}

// owned reports whether the bucket owner owns all objects, whoever wrote them. A distribution cannot read objects of
// other accounts.
func (o Status) owned() bool {
	return o.Bucket.Ownership == nil || *o.Bucket.Ownership == string(types.ObjectOwnershipBucketOwnerEnforced)
}

// readable reports whether everybody may read the objects, whoever added the statement that allows it.
func (o Status) readable() bool {
	block := o.Bucket.Block
	return block != nil && !block.PublicPolicy && !block.Restrict && o.Bucket.Public()
}

// SeenRoutes are what the function of the distribution does: whether it adds the index document to directories, and
// which names it redirects. A function whose code is not just what Spec.Code writes counts as doing neither.
func (o Status) SeenRoutes(s Spec) (directories bool, redirects []string) {
	d, f := o.Distribution, o.Function
	if f == nil || d.Settings.FunctionARN != f.ARN {
		return false, nil
	}
	said := codePattern.FindStringSubmatch(f.Code)
	if said == nil {
		return false, nil
	}
	seen := Spec{Domain: s.Domain}
	if json.Unmarshal([]byte(said[1]), &seen.Redirects) != nil || json.Unmarshal([]byte(said[2]), &seen.Index) != nil {
		return false, nil
	}
	seen.DirectoryIndex = seen.Index != ""
	if seen.Code() != f.Code || seen.DirectoryIndex && seen.Index != cmp.Or(s.Index, d.Settings.Index) {
		return false, nil
	}
	return seen.DirectoryIndex, seen.Redirects
}

// SeenCertificate is the ARN of the certificate in use or, before there is a distribution, of the one to be used. It
// is "" if the certificate has to be replaced, or if there are others to delete: the difference makes Terraform apply.
func (o Status) SeenCertificate(w reconcile.Wish[Spec]) string {
	c := o.Certificate
	if len(o.Former) > 0 {
		return ""
	}
	if d := o.Distribution; d != nil && (c == nil || c.ARN != d.Settings.CertificateARN) {
		if w.Before().CertificateARN != "" || c != nil && c.Owned {
			return "" // to be replaced
		}
		return d.Settings.CertificateARN
	}
	if c == nil || !c.usable(w.Want.Names()) {
		return ""
	}
	return c.ARN
}

// Found are the zone of the records and the certificate that a create will use, of what was seen before it; "" for one
// that it may yet decide otherwise. A certificate is found if it is somebody else's and there is none of the site's.
func (o Status) Found(s Spec) (zone, certificate string) {
	if c := o.Certificate; c != nil && c.issued() && !c.Owned && len(o.Former)+len(o.Shared) == 0 {
		certificate = c.ARN
	}
	if s.DNS && o.Zone != nil {
		zone = o.Zone.ID
	}
	for _, name := range s.Names() {
		if in, err := o.places.zone(name); err != nil || in.ID != zone {
			zone = ""
		}
	}
	return zone, certificate
}

// SeenErrors are the error document, and whether every unknown path answers with the index document. Responses to other
// codes than the errorCodes, as earlier versions set them, are neither.
func (o Status) SeenErrors(s Spec) (document string, singlePage bool) {
	pages, index := o.Distribution.Settings.Errors, cmp.Or(s.Index, o.Distribution.Settings.Index)
	if o.Endpoint != nil && s.Origin == OriginEndpoint && len(pages) == 0 {
		return o.Endpoint.Error, false
	}
	for _, seen := range []Spec{{Error: pageOf(pages)}, {Delivery: Delivery{Index: index}, SinglePage: true}} {
		seen.Origin = s.Origin
		if slices.Equal(pages, seen.errorPages()) {
			return seen.Error, seen.SinglePage
		}
	}
	if page := pageOf(pages); page != s.Error {
		return page, false
	}
	return "", false
}

// pageOf is the key of the object of the first page.
func pageOf(pages []ErrorPage) string {
	if len(pages) == 0 {
		return ""
	}
	return strings.TrimPrefix(pages[0].Page, "/")
}

// SeenTags are the tags that bucket and distribution should share, without those of other owners. Where they differ,
// the value says how. No such value can be wanted, so the next plan shows a difference and repairs it.
func (o Status) SeenTags(s Spec) map[string]string {
	if o.Distribution == nil {
		own := s.Bucket.OwnTags(o.Bucket.Tags)
		delete(own, markerTag)
		return own
	}
	live := map[string]string{}
	maps.Copy(live, o.Bucket.Tags)
	maps.Copy(live, o.Distribution.Tags)
	delete(live, markerTag)
	for key := range live {
		here, there := valueOf(o.Bucket.Tags, key), valueOf(o.Distribution.Tags, key)
		if here != there {
			live[key] = fmt.Sprintf("%s on the bucket, %s on the distribution", here, there)
		}
	}
	return s.Bucket.OwnTags(live)
}

// valueOf is the quoted value of a tag, or "none".
func valueOf(tags map[string]string, key string) string {
	if value, ok := tags[key]; ok {
		return strconv.Quote(value)
	}
	return "none"
}
