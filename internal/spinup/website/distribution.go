package website

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// deployed is the status of a distribution that is the same everywhere.
const deployed = "Deployed"

// distribution is the CloudFront distribution.
func (w website) distribution() part {
	return part{
		Attribute: "distribution_id",
		Present:   func(o Status) bool { return o.Distribution != nil },
		InSync: func(w wish, o Status) bool {
			s := w.Want
			return reflect.DeepEqual(o.Distribution.Settings, s.settings(o)) && o.Distribution.tagged(s)
		},
		Observe: w.observeDistribution,
		CanApply: func(_ context.Context, want wish, o Status) error {
			s := want.Want
			if d := o.Distribution; d != nil {
				theirs := d.Settings.FunctionARN
				foreign := theirs != "" && o.Function == nil && !strings.HasSuffix(theirs, "/"+s.id())
				if foreign && s.wantsFunction() {
					return fmt.Errorf("the distribution %s runs the function %s of another owner for every request, and can run no "+
						"second one: take it off first, or set directory_index = false without redirect_domains", d.ID, theirs)
				}
				return nil
			}
			if o.Holder == "" {
				return nil
			}
			return fmt.Errorf("the distribution %s, which is not ours, has one of the names %s: CloudFront gives each name to "+
				"one distribution only, a disabled one included", o.Holder, strings.Join(s.Names(), ", "))
		},
		CanRemove: func(_ context.Context, want wish, o Status) error {
			s := want.Want
			foreign := slices.Concat(o.Distribution.Foreign, o.Distribution.foreignTags(s))
			if s.Bucket.ForceDestroy || len(foreign) == 0 {
				return nil
			}
			return fmt.Errorf("the distribution %s has parts of other owners, which would be lost: %s; remove them first, or "+
				"set force_destroy = true and apply, to destroy it with them", o.Distribution.ID, strings.Join(foreign, ", "))
		},
		Apply:  w.applyDistribution,
		Remove: w.removeDistribution,
		Settle: func(ctx context.Context, o Status) error {
			if !o.Distribution.await {
				return nil
			}
			if err := w.untilDeployed(ctx, o.Distribution.ID); err != nil {
				return err
			}
			o.Distribution.Status = deployed
			return nil
		},
	}
}

// observeDistribution looks at the distribution that state knows, or at the one that has our name and says that it is
// ours.
func (w website) observeDistribution(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	if s.DistributionID != "" {
		seen, err := w.lookAt(ctx, s.DistributionID)
		if err != nil {
			return err
		}
		if seen != nil && o.Distribution != nil {
			seen.await = o.Distribution.await
		}
		o.Distribution = seen
		return nil
	}
	id, err := w.withName(ctx, s.Names())
	if err != nil || id == "" {
		o.Distribution = nil
		return err
	}
	seen, err := w.lookAt(ctx, id)
	if err != nil || seen == nil {
		o.Distribution = nil
		return err
	}
	if !s.ReadAll && seen.Tags[markerTag] != s.Domain {
		o.Distribution, o.Holder = nil, id
		return nil
	}
	if o.Distribution != nil {
		seen.await = o.Distribution.await
	}
	o.Distribution = seen
	return nil
}

// withName finds the distribution that has one of the names; "" if none has. An enabled one comes first.
func (w website) withName(ctx context.Context, names []string) (string, error) {
	found := ""
	err := w.eachDistribution(ctx, func(d types.DistributionSummary) {
		ours := func(name string) bool { return slices.Contains(names, name) }
		if d.Aliases == nil || !slices.ContainsFunc(d.Aliases.Items, ours) {
			return
		}
		if found == "" || aws.ToBool(d.Enabled) {
			found = aws.ToString(d.Id)
		}
	})
	return found, err
}

func (w website) eachDistribution(ctx context.Context, do func(types.DistributionSummary)) error {
	in := &cloudfront.ListDistributionsInput{}
	for {
		out, err := w.ListDistributions(ctx, in)
		if err != nil {
			return err
		}
		if out.DistributionList == nil {
			return nil
		}
		for _, d := range out.DistributionList.Items {
			do(d)
		}
		if !aws.ToBool(out.DistributionList.IsTruncated) {
			return nil
		}
		in.Marker = out.DistributionList.NextMarker
	}
}

// lookAt reads a distribution with its tags; nil if there is none.
func (w website) lookAt(ctx context.Context, id string) (*Distribution, error) {
	out, err := w.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	d := out.Distribution
	seen := &Distribution{
		ID: id, ARN: aws.ToString(d.ARN), DomainName: aws.ToString(d.DomainName), Status: aws.ToString(d.Status),
		ETag: aws.ToString(out.ETag), Settings: seenSettings(d.DistributionConfig), raw: d.DistributionConfig,
		Tags: map[string]string{},
	}
	seen.Foreign = foreign(d.DistributionConfig)
	tags, err := w.ListTagsForResource(ctx, &cloudfront.ListTagsForResourceInput{Resource: d.ARN})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	if tags.Tags != nil {
		for _, tag := range tags.Tags.Items {
			seen.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return seen, nil
}

// tagged says whether the distribution has all tags that it should, and no others but those of other owners.
func (d Distribution) tagged(s Spec) bool {
	want := s.distributionTags()
	for key, value := range want {
		if d.Tags[key] != value {
			return false
		}
	}
	return len(d.givenUp(s)) == 0
}

// givenUp are the tags that the site should not have.
func (d Distribution) givenUp(s Spec) []string {
	want := s.distributionTags()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(s.Bucket.OwnTags(d.Tags))), func(key string) bool {
		_, wanted := want[key]
		return wanted
	})
}

// foreignTags names the tags that are left to other owners.
func (d Distribution) foreignTags(s Spec) []string {
	var all []string
	own := s.Bucket.OwnTags(d.Tags)
	for _, key := range slices.Sorted(maps.Keys(d.Tags)) {
		if _, ours := own[key]; !ours && key != markerTag && !strings.HasPrefix(key, "aws:") {
			all = append(all, "tag "+key)
		}
	}
	return all
}

func (s Spec) distributionTags() map[string]string {
	tags := maps.Clone(s.Bucket.Tags)
	if tags == nil {
		tags = map[string]string{}
	}
	tags[markerTag] = s.Domain
	return tags
}

// settings are what the distribution should be like, as far as the other parts are known.
func (s Spec) settings(o Status) Settings {
	want := Settings{
		Names: slices.Sorted(slices.Values(s.Names())), Comment: s.Domain, Enabled: true, Index: s.Index,
		PriceClass: s.PriceClass, HTTPVersion: s.HTTPVersion, IPv6: s.IPv6, MinimumTLS: s.MinimumTLS, WebACL: s.WebACL,
		Geo: s.Geo, CachePolicy: CachePolicyID(s.CachePolicy), ResponseHeaders: ResponseHeadersID(s.ResponseHeaders),
		OriginDomain: bucket.RegionalDomainName(s.Bucket.Name, s.Bucket.Region, s.Bucket.Partition),
		Errors:       s.errorPages(),
	}
	if d := o.Distribution; d != nil && s.DNS && !s.IPv6 && !o.overIPv6() {
		want.IPv6 = d.Settings.IPv6 // nobody can tell: the Yale service had it on, and no record
	}
	if want.Geo.Type == "" {
		want.Geo = Geo{Type: string(types.GeoRestrictionTypeNone)}
	}
	if s.Origin == OriginEndpoint {
		want.OriginDomain = bucket.WebsiteEndpoint(s.Bucket.Name, s.Bucket.Region)
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
	case d != nil && (o.Function == nil || o.Function.ARN != d.Settings.FunctionARN):
		want.FunctionARN = d.Settings.FunctionARN // somebody else's
	}
	if o.Distribution != nil && o.Distribution.Settings.Comment != "" {
		want.Comment = o.Distribution.Settings.Comment // anybody may say there what he likes
	}
	return want
}

// errorCodes are what a bucket says where there is no such object: 403 if it may not be listed.
func errorCodes() []int32 { return []int32{403, 404} }

// errorPages are what is answered then.
func (s Spec) errorPages() (pages []ErrorPage) {
	page, response := s.Error, "404"
	if s.SinglePage {
		page, response = s.Index, "200"
	}
	if page == "" || s.Origin == OriginEndpoint && !s.SinglePage { // the endpoint has an error page of its own
		return nil
	}
	for _, code := range errorCodes() {
		pages = append(pages, ErrorPage{code, "/" + page, response})
	}
	return pages
}

// seenSettings reads the facts that are ours.
func seenSettings(c *types.DistributionConfig) Settings {
	seen := Settings{
		Comment: aws.ToString(c.Comment), Enabled: aws.ToBool(c.Enabled), Index: aws.ToString(c.DefaultRootObject),
		PriceClass: string(c.PriceClass), HTTPVersion: strings.ToLower(string(c.HttpVersion)),
		IPv6: aws.ToBool(c.IsIPV6Enabled), WebACL: aws.ToString(c.WebACLId),
		Geo: Geo{Type: string(types.GeoRestrictionTypeNone)},
	}
	if c.Aliases != nil {
		seen.Names = slices.Sorted(slices.Values(c.Aliases.Items))
	}
	if v := c.ViewerCertificate; v != nil {
		seen.CertificateARN, seen.MinimumTLS = aws.ToString(v.ACMCertificateArn), string(v.MinimumProtocolVersion)
	}
	if c.Restrictions != nil && c.Restrictions.GeoRestriction != nil {
		geo := c.Restrictions.GeoRestriction
		seen.Geo = Geo{string(geo.RestrictionType), slices.Sorted(slices.Values(geo.Items))}
	}
	if c.CustomErrorResponses != nil {
		for _, e := range c.CustomErrorResponses.Items {
			page := ErrorPage{aws.ToInt32(e.ErrorCode), aws.ToString(e.ResponsePagePath), aws.ToString(e.ResponseCode)}
			if page.Page != "" && slices.Contains(errorCodes(), page.Code) {
				seen.Errors = append(seen.Errors, page)
			}
		}
		slices.SortFunc(seen.Errors, func(a, b ErrorPage) int { return int(a.Code - b.Code) })
	}
	if b := c.DefaultCacheBehavior; b != nil {
		seen.CachePolicy, seen.ResponseHeaders = aws.ToString(b.CachePolicyId), aws.ToString(b.ResponseHeadersPolicyId)
		if seen.CachePolicy == "" {
			seen.CachePolicy = CacheLegacy
		}
		seen.PlainHTTP = b.ViewerProtocolPolicy == types.ViewerProtocolPolicyAllowAll
		if f := viewerRequest(b); f != nil {
			seen.FunctionARN = aws.ToString(f.FunctionARN)
		}
		if origin := ownOrigin(c); origin != nil {
			seen.OriginDomain, seen.AccessID = aws.ToString(origin.DomainName), aws.ToString(origin.OriginAccessControlId)
		}
	}
	return seen
}

// ownOrigin is the origin of the default behaviour.
func ownOrigin(c *types.DistributionConfig) *types.Origin {
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

// foreign names what others have added: nothing of ours is like it.
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

// write puts our facts into a configuration and leaves everything else in it as it is: an update replaces it whole.
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
		RestrictionType: types.GeoRestrictionType(want.Geo.Type),
		Quantity:        aws.Int32(int32(len(want.Geo.Locations))), Items: want.Geo.Locations,
	}}
	want.writeErrors(c)
	want.writeOrigin(c, originID)
	want.writeBehavior(c.DefaultCacheBehavior)
}

// writeErrors leaves the pages of other errors alone, and how long errors are kept.
func (want Settings) writeErrors(c *types.DistributionConfig) {
	var items []types.CustomErrorResponse
	if c.CustomErrorResponses != nil {
		items = slices.DeleteFunc(c.CustomErrorResponses.Items, func(e types.CustomErrorResponse) bool {
			wanted := slices.ContainsFunc(want.Errors, func(w ErrorPage) bool { return w.Code == aws.ToInt32(e.ErrorCode) })
			return !wanted && aws.ToString(e.ResponsePagePath) != "" && slices.Contains(errorCodes(), aws.ToInt32(e.ErrorCode))
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
	origin := ownOrigin(c)
	if origin == nil {
		if c.Origins == nil {
			c.Origins = &types.Origins{}
		}
		c.DefaultCacheBehavior.TargetOriginId = &id
		c.Origins.Items = append(c.Origins.Items, types.Origin{Id: &id})
		origin = &c.Origins.Items[len(c.Origins.Items)-1]
	}
	c.Origins.Quantity = aws.Int32(int32(len(c.Origins.Items)))
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

// legacyTTL is how long the Yale service had objects kept in caches, in seconds.
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
	case want.CachePolicy == aws.ToString(b.CachePolicyId): // how it compresses is not ours
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

// applyDistribution makes the distribution, or brings it in line.
func (w website) applyDistribution(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	if o.Distribution == nil {
		return w.createDistribution(ctx, s, o)
	}
	if !reflect.DeepEqual(o.Distribution.Settings, s.settings(*o)) {
		if err := w.updateDistribution(ctx, s, o, s.settings(*o)); err != nil {
			return err
		}
		o.Distribution.await = s.Wait
	}
	return w.tag(ctx, s, o.Distribution)
}

func (w website) createDistribution(ctx context.Context, s Spec, o *Status) error {
	config := &types.DistributionConfig{
		// Another one each time: whether CloudFront takes that of a deleted distribution again is not documented. One
		// whose answer was lost is found by its names and its tag.
		CallerReference: aws.String(s.id() + "-" + strings.ToLower(rand.Text())),
	}
	s.settings(*o).write(config, s.Domain)
	out, err := w.CreateDistributionWithTags(ctx, &cloudfront.CreateDistributionWithTagsInput{
		DistributionConfigWithTags: &types.DistributionConfigWithTags{
			DistributionConfig: config, Tags: &types.Tags{Items: tagList(s.distributionTags())},
		},
	})
	if err != nil {
		// An attempt whose answer was lost holds the names now.
		if id, found := w.withName(ctx, s.Names()); awsclient.WasRetried(err) && found == nil && id != "" {
			return w.adopt(ctx, s, o, id, err)
		}
		return err
	}
	return w.adopt(ctx, s, o, aws.ToString(out.Distribution.Id), nil)
}

// adopt records a distribution that this run made.
func (w website) adopt(ctx context.Context, s Spec, o *Status, id string, failed error) error {
	var seen *Distribution
	err := w.conn.Until(ctx, "the new distribution to be seen", func(ctx context.Context) (bool, error) {
		var err error
		seen, err = w.lookAt(ctx, id)
		return seen != nil, err
	})
	if err != nil {
		return err
	}
	if failed != nil && seen.Tags[markerTag] != s.Domain {
		return failed
	}
	seen.await = s.Wait
	o.Distribution = seen
	return nil
}

// updateDistribution writes settings over the configuration as it is now. Who reads it before us and writes after us is
// told to read again, by the ETag.
func (w website) updateDistribution(ctx context.Context, s Spec, o *Status, want Settings) error {
	id, what := o.Distribution.ID, "the distribution not to be changed by another"
	return w.conn.Patiently(ctx, what, awsclient.IsStale, func() error {
		live, err := w.lookAt(ctx, id)
		if err != nil {
			return err
		}
		if live == nil {
			return fmt.Errorf("the distribution %s is gone", id)
		}
		want.write(live.raw, s.Domain)
		_, err = w.UpdateDistribution(ctx, &cloudfront.UpdateDistributionInput{
			Id: &id, IfMatch: &live.ETag, DistributionConfig: live.raw,
		})
		if err == nil {
			o.Distribution.Settings = want
		}
		return err
	})
}

func (w website) tag(ctx context.Context, s Spec, d *Distribution) error {
	want := s.distributionTags()
	missing := maps.Clone(want)
	maps.DeleteFunc(missing, func(key, value string) bool { return d.Tags[key] == value })
	if len(missing) > 0 {
		_, err := w.TagResource(ctx, &cloudfront.TagResourceInput{
			Resource: &d.ARN, Tags: &types.Tags{Items: tagList(missing)},
		})
		if err != nil {
			return err
		}
	}
	if gone := d.givenUp(s); len(gone) > 0 {
		_, err := w.UntagResource(ctx, &cloudfront.UntagResourceInput{Resource: &d.ARN, TagKeys: &types.TagKeys{Items: gone}})
		return err
	}
	return nil
}

func tagList(tags map[string]string) []types.Tag {
	var all []types.Tag
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		all = append(all, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return all
}

// getDistribution is the operation as the SDK's waiter wants it.
type getDistribution cfCall[cloudfront.GetDistributionInput, cloudfront.GetDistributionOutput]

// GetDistribution calls it.
func (get getDistribution) GetDistribution(
	ctx context.Context, in *cloudfront.GetDistributionInput, options ...func(*cloudfront.Options),
) (*cloudfront.GetDistributionOutput, error) {
	return get(ctx, in, options...)
}

// untilDeployed waits until the latest change of the distribution is everywhere, which takes minutes.
func (w website) untilDeployed(ctx context.Context, id string) error {
	pace := w.conn.Pace
	waiter := cloudfront.NewDistributionDeployedWaiter(getDistribution(w.GetDistribution),
		func(o *cloudfront.DistributionDeployedWaiterOptions) {
			o.MinDelay, o.MaxDelay = pace.DeployMin, pace.DeployMax
		})
	stop := awsclient.Progress(ctx, pace, "the distribution "+id+" to be deployed")
	defer stop()
	if err := waiter.Wait(ctx, &cloudfront.GetDistributionInput{Id: &id}, pace.Deployment); err != nil {
		return fmt.Errorf("waiting for the distribution %s to be deployed: %w", id, err)
	}
	return nil
}

// removeDistribution disables the distribution, without its names, so that they are free at once, and deletes it when
// that is everywhere, or leaves that to a later run.
func (w website) removeDistribution(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	d := o.Distribution
	off := d.Settings
	off.Enabled, off.Comment = false, s.Domain // by which it is known again
	if d.Settings.Enabled || len(d.Settings.Names) > 0 {
		off.Names, off.CertificateARN = nil, ""
		if err := w.updateDistribution(ctx, s, o, off); err != nil {
			return err
		}
	}
	o.target = d.DomainName
	if s.DestroyMode == DestroyDisable {
		_, err := w.TagResource(ctx, &cloudfront.TagResourceInput{
			Resource: &d.ARN, Tags: &types.Tags{Items: tagList(map[string]string{reapTag: s.Domain})},
		})
		if err := awsclient.Absent(err); err != nil {
			return err
		}
		o.Distribution, o.retired = nil, true
		return nil
	}
	if err := w.untilDeployed(ctx, d.ID); err != nil {
		return err
	}
	if err := w.deleteDistribution(ctx, d.ID); err != nil {
		return err
	}
	o.Distribution = nil
	return nil
}

// deleteDistribution deletes a distribution that is disabled everywhere.
func (w website) deleteDistribution(ctx context.Context, id string) error {
	return w.conn.Patiently(ctx, "the distribution to be seen disabled", awsclient.IsStale, func() error {
		out, err := w.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: &id})
		if err != nil {
			return awsclient.Absent(err)
		}
		_, err = w.DeleteDistribution(ctx, &cloudfront.DeleteDistributionInput{Id: &id, IfMatch: out.ETag})
		return awsclient.Absent(err)
	})
}
