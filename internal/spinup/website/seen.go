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
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// SeenBucket is what the site wants of its bucket, as far as the other parts are known.
func SeenBucket(w reconcile.Wish[Spec], have Status) reconcile.Wish[bucket.Spec] {
	seen := reconcile.Wish[bucket.Spec]{Want: bucketSpec(w.Want, &have)}
	if w.Prior != nil {
		prior := bucketSpec(*w.Prior, &have)
		seen.Prior = &prior
	}
	return seen
}

// SeenOrigin is how the distribution reads the bucket, "" when the two do not fit together: it could not read there, or
// somebody else could.
func (o Status) SeenOrigin(s Spec) string {
	d := o.Distribution
	if d == nil || o.Bucket.Policy == nil {
		return ""
	}
	public := o.Bucket.PublicAccess(s.Bucket)
	switch {
	case d.Settings.AccessID != "" && strings.HasPrefix(d.Settings.OriginDomain, s.Bucket.Name+".s3."):
		signs := o.Access == nil || o.Access.InSync
		if signs && public == bucket.PublicNone && o.owned() && o.Bucket.ReadBy(s.Bucket, d.ARN) {
			return OriginPrivate
		}
	case d.Settings.AccessID == "" && strings.HasPrefix(d.Settings.OriginDomain, s.Bucket.Name+".s3-website"):
		if o.Endpoint != nil && o.readable() {
			return OriginEndpoint
		}
	}
	return ""
}

// owned says whether the objects are the bucket owner's, whoever put them: a distribution cannot read what others own.
func (o Status) owned() bool {
	return o.Bucket.Ownership == nil || *o.Bucket.Ownership == string(types.ObjectOwnershipBucketOwnerEnforced)
}

// readable says whether everybody may read the objects, by whosever statement.
func (o Status) readable() bool {
	block := o.Bucket.Block
	return block != nil && !block.PublicPolicy && !block.Restrict && o.Bucket.Public()
}

// SeenRoutes are what the function that the distribution runs does: whether it answers for directories, and the names
// that it redirects. One that we have not written like that does neither.
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

// SeenCertificate is the certificate that is in use or, before there is a distribution, that will be; "" for one that
// cannot stay, or that is not the only one made for the site: then there is something to do.
func (o Status) SeenCertificate(w reconcile.Wish[Spec]) string {
	c := o.Certificate
	if len(o.Former) > 0 {
		return ""
	}
	if d := o.Distribution; d != nil && (c == nil || c.ARN != d.Settings.CertificateARN) {
		if w.Before().CertificateARN != "" || c != nil && c.Ours {
			return "" // another is to take its place
		}
		return d.Settings.CertificateARN
	}
	if c == nil || !c.usable(w.Want.Names()) {
		return ""
	}
	return c.ARN
}

// SeenErrors are the error document and whether the index document stands for every unknown path. Pages that are not
// the same for both codes with which a bucket says that it has no such object are no document that was asked for.
func (o Status) SeenErrors(s Spec) (document string, singlePage bool) {
	pages, index := o.Distribution.Settings.Errors, cmp.Or(s.Index, o.Distribution.Settings.Index)
	if o.Endpoint != nil && s.Origin == OriginEndpoint && len(pages) == 0 {
		return o.Endpoint.Error, false
	}
	for _, seen := range []Spec{{Error: pageOf(pages)}, {Delivery: Delivery{Index: index}, SinglePage: true}} {
		if slices.Equal(pages, seen.errorPages()) {
			return seen.Error, seen.SinglePage
		}
	}
	if page := pageOf(pages); page != s.Error {
		return page, false
	}
	return "", false
}

// pageOf is the key of the first page.
func pageOf(pages []ErrorPage) string {
	if len(pages) == 0 {
		return ""
	}
	return strings.TrimPrefix(pages[0].Page, "/")
}

// SeenTags are the tags of bucket and distribution, which should be the same, without those of other owners. Where they
// are not, the value says so and is like none that can be wanted: the next plan sets it right, whatever it wants.
func (o Status) SeenTags(s Spec) map[string]string {
	if o.Distribution == nil {
		return s.Bucket.OwnTags(o.Bucket.Tags)
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

func valueOf(tags map[string]string, key string) string {
	if value, ok := tags[key]; ok {
		return strconv.Quote(value)
	}
	return "none"
}
