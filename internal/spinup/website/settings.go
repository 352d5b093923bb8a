package website

import (
	"cmp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// Settings is the part of a distribution's configuration that the site decides. Everything else belongs to others.
type Settings struct {
	Delivery
	Names          []string // sorted
	Comment        string
	Enabled        bool
	CertificateARN string
	PlainHTTP      bool // viewers may use HTTP without TLS
	OriginDomain   string
	AccessID       string      // "" for an endpoint
	FunctionARN    string      // "" for none
	Errors         []ErrorPage // for objects that do not exist
}

// ErrorPage is the response in place of an error of the origin.
type ErrorPage struct {
	Code     int32
	Page     string // path, with the leading slash
	Response string // status code of the response
}

// settings are the wanted settings of the distribution, as far as the other parts are known.
func (s Spec) settings(o Status) Settings {
	want := Settings{
		Delivery: s.Delivery,
		Names:    slices.Sorted(slices.Values(s.Names())), Comment: s.Domain, Enabled: true,
		OriginDomain: bucket.RegionalDomainName(s.Bucket.Name, s.Bucket.Region, s.Bucket.Partition),
		Errors:       s.errorPages(),
	}
	if d := o.Distribution; d != nil && s.DNS && !s.IPv6 && !o.hasIPv6Record() {
		want.IPv6 = d.Settings.IPv6 // undetectable: the Yale service enabled IPv6 but made no AAAA record
	}
	if s.Origin == OriginEndpoint {
		want.OriginDomain = bucket.WebsiteEndpoint(s.Bucket.Name, s.Bucket.Region, s.Bucket.Partition)
	} else if o.Access != nil {
		want.AccessID = o.Access.ID
	}
	if o.Certificate != nil {
		want.CertificateARN = o.Certificate.ARN
	}
	switch d := o.Distribution; {
	case s.wantsFunction():
		if o.Function != nil {
			want.FunctionARN = o.Function.ARN
		}
	case d != nil && (o.Function == nil || o.Function.ARN != d.Settings.FunctionARN || !o.ownsFunction(s)):
		want.FunctionARN = d.Settings.FunctionARN // of another owner
	}
	if o.Distribution != nil && o.Distribution.Settings.Comment != "" {
		want.Comment = o.Distribution.Settings.Comment // users may edit the comment
	}
	return want
}

// errorCodes are the status codes for an object that does not exist. A distribution that may list the bucket gets 404,
// so that the 403 of anything else stays a 403. The website endpoint cannot tell who asks, and answers 403 to
// everybody.
func (s Spec) errorCodes() []int32 {
	if s.Origin == OriginEndpoint {
		return []int32{403, 404}
	}
	return []int32{404}
}

// readerLists reports whether the distribution has to tell a missing object from one that it may not read.
func (s Spec) readerLists() bool { return s.Origin == OriginPrivate && len(s.errorPages()) > 0 }

// ownPages are the responses of the site among those of a configuration: that to 404, and one to 403 that is the same.
// Earlier versions set both. Another one to 403 is somebody else's.
func ownPages(c *types.DistributionConfig) (own []ErrorPage) {
	if c.CustomErrorResponses == nil {
		return nil
	}
	pages := map[int32]ErrorPage{}
	for _, e := range c.CustomErrorResponses.Items {
		if code := aws.ToInt32(e.ErrorCode); aws.ToString(e.ResponsePagePath) != "" {
			pages[code] = ErrorPage{code, aws.ToString(e.ResponsePagePath), aws.ToString(e.ResponseCode)}
		}
	}
	missing, found := pages[404]
	if denied, ok := pages[403]; found && ok && denied.same(missing) {
		own = append(own, denied)
	}
	if found {
		own = append(own, missing)
	}
	return own
}

// same reports whether two codes get the same response.
func (p ErrorPage) same(other ErrorPage) bool {
	return p.Page == other.Page && p.Response == other.Response
}

// errorPages are the wanted responses to the errorCodes.
func (s Spec) errorPages() (pages []ErrorPage) {
	page, response := s.Error, "404"
	if s.SinglePage {
		page, response = s.Index, "200"
	}
	if page == "" || s.Origin == OriginEndpoint && !s.SinglePage { // the endpoint returns the error document itself
		return nil
	}
	for _, code := range s.errorCodes() {
		pages = append(pages, ErrorPage{code, "/" + page, response})
	}
	return pages
}

// seenSettings reads the settings of a configuration.
func seenSettings(c *types.DistributionConfig) Settings {
	seen := Settings{
		Delivery: Delivery{
			Index: aws.ToString(c.DefaultRootObject), PriceClass: string(c.PriceClass),
			HTTPVersion: strings.ToLower(string(c.HttpVersion)), IPv6: aws.ToBool(c.IsIPV6Enabled),
			WebACL: aws.ToString(c.WebACLId), Geo: seenGeo(c.Restrictions),
		},
		Comment: aws.ToString(c.Comment), Enabled: aws.ToBool(c.Enabled),
	}
	if c.Aliases != nil {
		seen.Names = slices.Sorted(slices.Values(c.Aliases.Items))
	}
	if v := c.ViewerCertificate; v != nil {
		seen.CertificateARN, seen.MinimumTLS = aws.ToString(v.ACMCertificateArn), string(v.MinimumProtocolVersion)
	}
	seen.Errors = ownPages(c)
	if b := c.DefaultCacheBehavior; b != nil {
		seen.CachePolicy, seen.ResponseHeaders = aws.ToString(b.CachePolicyId), aws.ToString(b.ResponseHeadersPolicyId)
		if seen.CachePolicy == "" {
			seen.CachePolicy = CacheLegacy
		}
		seen.PlainHTTP = b.ViewerProtocolPolicy == types.ViewerProtocolPolicyAllowAll
		if f := viewerRequest(b); f != nil {
			seen.FunctionARN = aws.ToString(f.FunctionARN)
		}
		if origin := targetOrigin(c); origin != nil {
			seen.OriginDomain, seen.AccessID = aws.ToString(origin.DomainName), aws.ToString(origin.OriginAccessControlId)
		}
	}
	return seen
}

func seenGeo(r *types.Restrictions) Geo {
	if r == nil || r.GeoRestriction == nil || r.GeoRestriction.RestrictionType == types.GeoRestrictionTypeNone {
		return Geo{}
	}
	return Geo{string(r.GeoRestriction.RestrictionType), slices.Sorted(slices.Values(r.GeoRestriction.Items))}
}

// ownOrigin is the site's origin for a configuration to be written: that of the default behavior if it leads to the
// bucket, else one of the site's id, else any that leads to the bucket. One of the default behavior that leads
// elsewhere is somebody else's.
func (want Settings) ownOrigin(c *types.DistributionConfig, id string) *types.Origin {
	if c.Origins == nil {
		return nil
	}
	leads := func(o types.Origin) bool {
		return aws.ToString(o.DomainName) == want.OriginDomain ||
			bucketOfHost(aws.ToString(o.DomainName)) == bucketOfHost(want.OriginDomain)
	}
	if origin := targetOrigin(c); origin != nil && leads(*origin) {
		return origin
	}
	for _, ours := range []func(types.Origin) bool{
		func(o types.Origin) bool { return aws.ToString(o.Id) == id }, leads,
	} {
		if i := slices.IndexFunc(c.Origins.Items, ours); i >= 0 {
			return &c.Origins.Items[i]
		}
	}
	return nil
}

// targetOrigin is the origin of the default behavior.
func targetOrigin(c *types.DistributionConfig) *types.Origin {
	if c.Origins == nil || c.DefaultCacheBehavior == nil {
		return nil
	}
	for i := range c.Origins.Items {
		if aws.ToString(c.Origins.Items[i].Id) == aws.ToString(c.DefaultCacheBehavior.TargetOriginId) {
			return &c.Origins.Items[i]
		}
	}
	return nil
}

func viewerRequest(b *types.DefaultCacheBehavior) *types.FunctionAssociation {
	if b.FunctionAssociations == nil {
		return nil
	}
	for i, f := range b.FunctionAssociations.Items {
		if f.EventType == types.EventTypeViewerRequest {
			return &b.FunctionAssociations.Items[i]
		}
	}
	return nil
}

// foreign names the behaviors and origins that others added. A site has none but the defaults.
func foreign(c *types.DistributionConfig) []string {
	var all []string
	if c.CacheBehaviors != nil {
		for _, b := range c.CacheBehaviors.Items {
			all = append(all, "cache behavior "+aws.ToString(b.PathPattern))
		}
	}
	if c.Origins != nil {
		for _, origin := range c.Origins.Items {
			if c.DefaultCacheBehavior == nil || aws.ToString(origin.Id) != aws.ToString(c.DefaultCacheBehavior.TargetOriginId) {
				all = append(all, "origin "+aws.ToString(origin.Id))
			}
		}
	}
	return all
}

// write puts the settings into a configuration and leaves everything else in it as it is, because an update replaces
// the whole configuration.
func (want Settings) write(c *types.DistributionConfig, originID string) {
	c.Aliases = &types.Aliases{Quantity: aws.Int32(int32(len(want.Names))), Items: want.Names}
	c.Comment, c.Enabled, c.DefaultRootObject = &want.Comment, &want.Enabled, &want.Index
	c.PriceClass, c.HttpVersion = types.PriceClass(want.PriceClass), types.HttpVersion(want.HTTPVersion)
	c.IsIPV6Enabled, c.WebACLId = &want.IPv6, &want.WebACL
	c.ViewerCertificate = &types.ViewerCertificate{
		ACMCertificateArn: &want.CertificateARN, SSLSupportMethod: types.SSLSupportMethodSniOnly,
		MinimumProtocolVersion: types.MinimumProtocolVersion(want.MinimumTLS),
	}
	if want.CertificateARN == "" {
		c.ViewerCertificate = &types.ViewerCertificate{CloudFrontDefaultCertificate: aws.Bool(true)}
	}
	c.Restrictions = &types.Restrictions{GeoRestriction: &types.GeoRestriction{
		RestrictionType: types.GeoRestrictionType(cmp.Or(want.Geo.Type, string(types.GeoRestrictionTypeNone))),
		Quantity:        aws.Int32(int32(len(want.Geo.Locations))), Items: want.Geo.Locations,
	}}
	want.writeErrors(c)
	want.writeOrigin(c, originID)
	want.writeBehavior(c.DefaultCacheBehavior)
}

// writeErrors leaves the pages of other errors as they are, and how long errors are cached.
func (want Settings) writeErrors(c *types.DistributionConfig) {
	var items []types.CustomErrorResponse
	if c.CustomErrorResponses != nil {
		former := ownPages(c)
		items = slices.DeleteFunc(slices.Clone(c.CustomErrorResponses.Items), func(e types.CustomErrorResponse) bool {
			seen := ErrorPage{aws.ToInt32(e.ErrorCode), aws.ToString(e.ResponsePagePath), aws.ToString(e.ResponseCode)}
			wanted := slices.ContainsFunc(want.Errors, func(w ErrorPage) bool { return w.Code == seen.Code })
			half := seen.Code == 403 && slices.ContainsFunc(want.Errors, seen.same) // of a pair that somebody broke
			return !wanted && (half || slices.Contains(former, seen))
		})
	}
	for _, e := range want.Errors {
		same := func(item types.CustomErrorResponse) bool { return aws.ToInt32(item.ErrorCode) == e.Code }
		i := slices.IndexFunc(items, same)
		if i < 0 {
			i, items = len(items), append(items, types.CustomErrorResponse{ErrorCode: &e.Code})
		}
		items[i].ResponsePagePath, items[i].ResponseCode = &e.Page, &e.Response
	}
	c.CustomErrorResponses = &types.CustomErrorResponses{Quantity: aws.Int32(int32(len(items))), Items: items}
}

func (want Settings) writeOrigin(c *types.DistributionConfig, id string) {
	if c.DefaultCacheBehavior == nil {
		c.DefaultCacheBehavior = &types.DefaultCacheBehavior{TargetOriginId: &id}
	}
	origin := want.ownOrigin(c, id)
	if origin == nil {
		if c.Origins == nil {
			c.Origins = &types.Origins{}
		}
		c.Origins.Items = append(c.Origins.Items, types.Origin{Id: &id})
		origin = &c.Origins.Items[len(c.Origins.Items)-1]
	}
	c.Origins.Quantity = aws.Int32(int32(len(c.Origins.Items)))
	c.DefaultCacheBehavior.TargetOriginId = origin.Id
	origin.DomainName, origin.OriginAccessControlId = &want.OriginDomain, &want.AccessID
	switch {
	case want.AccessID != "":
		origin.CustomOriginConfig = nil
		origin.S3OriginConfig = &types.S3OriginConfig{OriginAccessIdentity: aws.String("")}
	case origin.CustomOriginConfig == nil:
		origin.S3OriginConfig = nil
		origin.CustomOriginConfig = &types.CustomOriginConfig{
			HTTPPort: aws.Int32(80), HTTPSPort: aws.Int32(443), OriginProtocolPolicy: types.OriginProtocolPolicyHttpOnly,
		}
	}
}

// legacyTTL is how long the Yale service had objects cached, in seconds.
const legacyTTL = 3600

func (want Settings) writeBehavior(b *types.DefaultCacheBehavior) {
	if b.ViewerProtocolPolicy == "" || b.ViewerProtocolPolicy == types.ViewerProtocolPolicyAllowAll {
		b.ViewerProtocolPolicy = types.ViewerProtocolPolicyRedirectToHttps
	}
	b.ResponseHeadersPolicyId = &want.ResponseHeaders
	if want.ResponseHeaders == "" {
		b.ResponseHeadersPolicyId = nil
	}
	switch {
	case want.CachePolicy == aws.ToString(b.CachePolicyId): // whether it compresses is left to others
	case want.CachePolicy != CacheLegacy:
		b.CachePolicyId = &want.CachePolicy
		b.Compress = aws.Bool(true)
		b.ForwardedValues, b.MinTTL, b.DefaultTTL, b.MaxTTL = nil, nil, nil, nil
	case b.CachePolicyId != nil || b.ForwardedValues == nil:
		b.CachePolicyId = nil
		b.ForwardedValues = &types.ForwardedValues{
			QueryString: aws.Bool(false), Cookies: &types.CookiePreference{Forward: types.ItemSelectionNone},
		}
		b.MinTTL, b.DefaultTTL = aws.Int64(0), aws.Int64(legacyTTL)
	}
	var others []types.FunctionAssociation
	if b.FunctionAssociations != nil {
		others = slices.DeleteFunc(slices.Clone(b.FunctionAssociations.Items), func(f types.FunctionAssociation) bool {
			return f.EventType == types.EventTypeViewerRequest
		})
	}
	if want.FunctionARN != "" {
		others = append(others, types.FunctionAssociation{
			EventType: types.EventTypeViewerRequest, FunctionARN: &want.FunctionARN,
		})
	}
	b.FunctionAssociations = &types.FunctionAssociations{Quantity: aws.Int32(int32(len(others))), Items: others}
}
