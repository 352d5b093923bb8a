package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

type (
	websiteSpec   = website.Spec
	websiteStatus = website.Status
)

// websiteModel is spinup_website as Terraform sees it.
type websiteModel struct {
	websiteFacts
	Placeholder    types.Bool                          `tfsdk:"placeholder"`
	ForceDestroy   types.Bool                          `tfsdk:"force_destroy"`
	Invalidation   fwtypes.ObjectOf[invalidationModel] `tfsdk:"invalidation"`
	InvalidationID types.String                        `tfsdk:"invalidation_id"`
	Wait           types.Bool                          `tfsdk:"wait_for_deployment"`
	DestroyMode    types.String                        `tfsdk:"destroy_mode"`
	Timeouts       timeouts.Value                      `tfsdk:"timeouts"`
}

// websiteFacts are the attributes that resource and data source share.
type websiteFacts struct {
	bucketSettings
	ID                 types.String               `tfsdk:"id"`
	Domain             types.String               `tfsdk:"domain"`
	Aliases            types.Set                  `tfsdk:"aliases"`
	RedirectDomains    types.Set                  `tfsdk:"redirect_domains"`
	BucketName         types.String               `tfsdk:"bucket_name"`
	Region             types.String               `tfsdk:"region"`
	HostedZoneID       types.String               `tfsdk:"hosted_zone_id"`
	DNS                types.Bool                 `tfsdk:"dns"`
	CertificateARN     types.String               `tfsdk:"certificate_arn"`
	OriginAccess       types.String               `tfsdk:"origin_access"`
	IndexDocument      types.String               `tfsdk:"index_document"`
	ErrorDocument      types.String               `tfsdk:"error_document"`
	SinglePageApp      types.Bool                 `tfsdk:"single_page_app"`
	DirectoryIndex     types.Bool                 `tfsdk:"directory_index"`
	PriceClass         types.String               `tfsdk:"price_class"`
	MinimumTLS         types.String               `tfsdk:"minimum_tls"`
	HTTPVersion        types.String               `tfsdk:"http_version"`
	IPv6               types.Bool                 `tfsdk:"ipv6"`
	GeoRestriction     fwtypes.ObjectOf[geoModel] `tfsdk:"geo_restriction"`
	WebACL             types.String               `tfsdk:"web_acl_arn"`
	ResponseHeaders    types.String               `tfsdk:"response_headers"`
	CachePolicy        types.String               `tfsdk:"cache_policy"`
	URL                types.String               `tfsdk:"url"`
	DistributionID     types.String               `tfsdk:"distribution_id"`
	DistributionARN    types.String               `tfsdk:"distribution_arn"`
	DistributionDomain types.String               `tfsdk:"distribution_domain_name"`
	DistributionStatus types.String               `tfsdk:"distribution_status"`
	DNSRecords         types.Map                  `tfsdk:"dns_records"`
}

// websiteIdentity tells one site from every other: CloudFront gives a name to one distribution in the world.
type websiteIdentity struct {
	Domain types.String `tfsdk:"domain"`
}

type geoModel struct {
	Type      types.String `tfsdk:"type"`
	Locations types.Set    `tfsdk:"locations"`
}

type invalidationModel struct {
	Paths   types.Set    `tfsdk:"paths"`
	Trigger types.String `tfsdk:"trigger"`
}

type recordModel struct {
	Name  types.String `tfsdk:"name"`
	Type  types.String `tfsdk:"type"`
	Value types.String `tfsdk:"value"`
}

func (m *websiteModel) importID() string       { return m.Domain.ValueString() }
func (m *websiteModel) limits() timeouts.Value { return m.Timeouts }
func (m *websiteModel) identify() any          { return websiteIdentity{m.Domain} }

// importing reports whether the model is the stub that an import begins with: every site in state has an id.
func (m *websiteModel) importing() bool { return m.ID.IsNull() }

func (m *websiteModel) locate(ctx context.Context, conn *awsclient.Conn) (bool, error) {
	if !m.importing() {
		return true, nil
	}
	m.Placeholder, m.ForceDestroy = types.BoolValue(true), types.BoolValue(false)
	m.Wait, m.DestroyMode = pick(m.Wait, types.BoolValue(true)), types.StringValue(website.DestroyWait)
	if exists, err := m.find(ctx, conn); exists || err != nil {
		return exists, err
	}
	name, region, begun, err := website.Begun(ctx, conn, m.Domain.ValueString())
	if begun {
		m.BucketName, m.Region = types.StringValue(name), types.StringValue(region)
		m.OriginAccess = types.StringValue(website.OriginPrivate)
	}
	return begun, err
}

// find looks for the site by m.Domain, which an import may set to the id of the distribution, and records where it is.
func (m *websiteFacts) find(ctx context.Context, conn *awsclient.Conn) (bool, error) {
	at, exists, err := website.Locate(ctx, conn, m.Domain.ValueString())
	if err != nil || !exists {
		return false, err
	}
	if at.Domain == "" {
		return false, fmt.Errorf("the distribution %s has no alias that could be a site's domain", at.DistributionID)
	}
	if known := m.DistributionID.ValueString(); known != "" && known != at.DistributionID { // of one that is moved here
		return false, fmt.Errorf("the domain %s belongs to the distribution %s, not to %s",
			at.Domain, at.DistributionID, known)
	}
	region, exists, err := bucket.Locate(ctx, conn, at.Bucket, conn.Region)
	if err == nil && !exists {
		err = fmt.Errorf("the distribution %s reads from %q, which is not a bucket of this account",
			at.DistributionID, at.Bucket)
	}
	m.Domain, m.DistributionID = types.StringValue(at.Domain), types.StringValue(at.DistributionID)
	m.BucketName, m.Region = types.StringValue(at.Bucket), types.StringValue(region)
	m.Aliases, m.RedirectDomains = seenSet(m.Aliases, at.Aliases), seenSet(m.RedirectDomains, at.Redirects)
	m.CertificateARN, m.OriginAccess = optional(at.CertificateARN), types.StringValue(at.Origin)
	return err == nil, err
}

// bucket is the site's bucket as a resource of its own.
func (m *websiteModel) bucket(partition string) *bucketModel {
	b := &bucketModel{ForceDestroy: m.ForceDestroy}
	b.bucketSettings, b.Name, b.Region = m.bucketSettings, m.BucketName, m.Region
	b.AccountID = optional(partOf(m.DistributionARN, 4))
	if partition != "" && !m.BucketName.IsUnknown() {
		b.ARN = types.StringValue("arn:" + partition + ":s3:::" + m.BucketName.ValueString())
	}
	return b
}

// resolve has every default of the resource.
func (m *websiteModel) resolve(ctx context.Context, r turn[websiteModel]) (diags diag.Diagnostics) {
	m.ID = m.Domain
	m.resolveBucket(ctx, r, &diags)
	m.resolveSettings(r.config)
	m.resolveInvalidation(ctx, r, &diags)
	m.resolveComputed(ctx, r, &diags)
	m.resolveRecords(ctx, r, &diags)
	return diags
}

func (m *websiteModel) resolveBucket(ctx context.Context, r turn[websiteModel], diags *diag.Diagnostics) {
	otherwise, partition := m.Domain, r.data.partition
	if r.prior != nil {
		otherwise, partition = r.prior.BucketName, cmp.Or(partOf(r.prior.DistributionARN, 1), partition)
	}
	m.BucketName = pick(r.config.BucketName, otherwise)
	nested := turn[bucketModel]{session: r.session, config: r.config.bucket(""), home: r.home, applying: r.applying}
	nested.config.Name = m.BucketName
	if r.prior != nil {
		nested.prior = r.prior.bucket(partition)
	}
	b := m.bucket(partition)
	diags.Append(b.resolve(ctx, nested)...)
	m.bucketSettings, m.Region, m.ForceDestroy = b.bucketSettings, b.Region, b.ForceDestroy
	m.resolveGroups(ctx, r, partition, b.AccountID, diags)
	m.OriginAccess = pick(r.config.OriginAccess, types.StringValue(website.OriginPrivate))
	switch {
	case !r.config.RequireTLS.IsNull():
	case m.OriginAccess.IsUnknown():
		m.RequireTLS = types.BoolUnknown()
	case m.OriginAccess.ValueString() == website.OriginEndpoint: // it has plain HTTP only
		m.RequireTLS = types.BoolValue(false)
	}
}

func (m *websiteModel) resolveSettings(config *websiteModel) {
	yes, no, text := types.BoolValue(true), types.BoolValue(false), types.StringValue
	m.DNS, m.IPv6, m.Wait = pick(config.DNS, yes), pick(config.IPv6, yes), pick(config.Wait, yes)
	m.Placeholder, m.SinglePageApp = pick(config.Placeholder, yes), pick(config.SinglePageApp, no)
	directories := types.BoolUnknown()
	if !m.OriginAccess.IsUnknown() { // the endpoint does this itself
		directories = types.BoolValue(m.OriginAccess.ValueString() == website.OriginPrivate)
	}
	m.DirectoryIndex = pick(config.DirectoryIndex, directories)
	m.IndexDocument = pick(config.IndexDocument, text("index.html"))
	m.PriceClass = pick(config.PriceClass, text("PriceClass_100"))
	m.MinimumTLS = pick(config.MinimumTLS, text("TLSv1.2_2021"))
	m.HTTPVersion = pick(config.HTTPVersion, text("http2and3"))
	m.ResponseHeaders = pick(config.ResponseHeaders, text(website.HeadersSecurity))
	m.CachePolicy = pick(config.CachePolicy, text(website.CacheOptimized))
	m.DestroyMode = pick(config.DestroyMode, text(website.DestroyWait))
}

// resolveInvalidation plans an invalidation if the trigger changes. The first one after a create or an import does
// nothing.
func (m *websiteModel) resolveInvalidation(
	ctx context.Context, r turn[websiteModel], diags *diag.Diagnostics,
) {
	m.Invalidation, m.InvalidationID = r.config.Invalidation, types.StringNull()
	if r.prior != nil {
		m.InvalidationID = r.prior.InvalidationID
	}
	wanted := types.StringUnknown() // the trigger
	if !m.Invalidation.IsUnknown() {
		i := m.invalidation(ctx, diags)
		if !m.Invalidation.IsNull() && i.Paths.IsNull() {
			i.Paths = stringSet([]string{"/*"})
			m.Invalidation = fwtypes.ObjectFrom(ctx, i, diags)
		}
		wanted = i.Trigger
	}
	if r.prior == nil || wanted.IsNull() {
		return
	}
	if was := r.prior.invalidation(ctx, diags).Trigger; !was.IsNull() && !wanted.Equal(was) {
		m.InvalidationID = types.StringUnknown()
	}
}

func (m *websiteModel) invalidation(ctx context.Context, diags *diag.Diagnostics) invalidationModel {
	return m.Invalidation.Get(ctx, diags)
}

// resolveComputed keeps what is not lost. Other names may need another certificate.
func (m *websiteModel) resolveComputed(
	ctx context.Context, r turn[websiteModel], diags *diag.Diagnostics,
) {
	unknown := types.StringUnknown()
	m.URL = unknown
	if !m.Domain.IsUnknown() {
		m.URL = types.StringValue("https://" + m.Domain.ValueString())
	}
	m.DistributionID, m.DistributionARN, m.DistributionDomain, m.DistributionStatus = unknown, unknown, unknown, unknown
	zone, certificate := unknown, unknown
	if prior := r.prior; prior != nil && m.Domain.Equal(prior.Domain) {
		zone = found(prior.HostedZoneID)
		if m.sameNames(&prior.websiteFacts) {
			certificate = found(prior.CertificateARN)
		}
	}
	if !m.DNS.IsUnknown() && !m.DNS.ValueBool() {
		zone = types.StringNull()
	}
	m.HostedZoneID = pick(r.config.HostedZoneID, zone)
	m.CertificateARN = pick(r.config.CertificateARN, certificate)
	if prior := r.prior; prior != nil && m.Domain.Equal(prior.Domain) {
		m.DistributionID, m.DistributionARN = found(prior.DistributionID), found(prior.DistributionARN)
		if !prior.DistributionID.IsNull() { // else it is the host name of one that is gone
			m.DistributionDomain = found(prior.DistributionDomain)
		}
		if !m.redeploys(ctx, prior, diags) {
			m.DistributionStatus = found(prior.DistributionStatus)
		}
	}
}

// learn records the zone and the certificate that the look before a create found. What is not certain stays unknown: a
// certificate that was made for the site, and a zone that not all names are in.
func (m *websiteModel) learn(want websiteSpec, have websiteStatus) {
	zone, certificate := have.Found(want)
	if m.HostedZoneID.IsUnknown() && zone != "" {
		m.HostedZoneID = types.StringValue(zone)
	}
	if m.CertificateARN.IsUnknown() && certificate != "" {
		m.CertificateARN = types.StringValue(certificate)
	}
}

// sameNames reports whether the site has the same names, aliases and redirects alike.
func (m *websiteFacts) sameNames(other *websiteFacts) bool {
	return known(m.Aliases) && known(m.RedirectDomains) &&
		slices.Equal(slices.Sorted(slices.Values(m.names())), slices.Sorted(slices.Values(other.names())))
}

// redeploys reports whether anything changes that CloudFront has to deploy.
func (m *websiteModel) redeploys(ctx context.Context, prior *websiteModel, diags *diag.Diagnostics) bool {
	want, complete := m.delivery(ctx, diags)
	was, _ := prior.delivery(ctx, diags)
	pairs := [][2]attr.Value{
		{m.URL, prior.URL}, {m.CertificateARN, prior.CertificateARN}, {m.OriginAccess, prior.OriginAccess},
		{m.ErrorDocument, prior.ErrorDocument}, {m.SinglePageApp, prior.SinglePageApp},
		{m.DirectoryIndex, prior.DirectoryIndex},
	}
	return !complete || !reflect.DeepEqual(want, was) || !m.sameNames(&prior.websiteFacts) ||
		slices.ContainsFunc(pairs, func(pair [2]attr.Value) bool { return !pair[0].Equal(pair[1]) })
}

// resolveRecords plans the records in full if distribution and certificate stay: those of the certificate are kept.
// When DNS is given up, the plan shows all of them go: what is listed afterwards is what the user is to create.
func (m *websiteModel) resolveRecords(ctx context.Context, r turn[websiteModel], diags *diag.Diagnostics) {
	m.DNSRecords = types.MapUnknown(elementType[recordModel]())
	if r.prior == nil || r.prior.DNSRecords.IsNull() || m.DistributionDomain.IsUnknown() || m.IPv6.IsUnknown() ||
		m.CertificateARN.IsUnknown() || !m.CertificateARN.Equal(r.prior.CertificateARN) ||
		!known(m.Aliases) || !known(m.RedirectDomains) || !m.DNS.Equal(r.prior.DNS) {
		return
	}
	was, names := r.prior.records(ctx, diags), m.names()
	was = slices.DeleteFunc(was, func(r recordModel) bool {
		return r.Type.ValueString() != "CNAME" || slices.Contains(names, r.Name.ValueString())
	})
	if slices.ContainsFunc(was, func(r recordModel) bool { return r.Value.IsNull() }) {
		return // one was lost
	}
	m.DNSRecords = recordMap(ctx, append(m.aliasRecords(names), was...), diags)
}

// recordMap has the records by name and type: in a list, one that comes or goes would shift those behind it. Where
// several of one name and type lead elsewhere, such as sets of a routing policy, the value has all targets.
func recordMap(ctx context.Context, records []recordModel, diags *diag.Diagnostics) types.Map {
	all := map[string]recordModel{}
	for _, r := range records {
		key := r.Name.ValueString() + " " + r.Type.ValueString()
		if other, ok := all[key]; ok && !other.Value.Equal(r.Value) {
			r.Value = types.StringValue(other.Value.ValueString() + " " + r.Value.ValueString())
		}
		all[key] = r
	}
	value, d := types.MapValueFrom(ctx, elementType[recordModel](), all)
	diags.Append(d...)
	return value
}

// records are those in state, sorted.
func (m *websiteFacts) records(ctx context.Context, diags *diag.Diagnostics) (all []recordModel) {
	byKey := map[string]recordModel{}
	if !m.DNSRecords.IsNull() && !m.DNSRecords.IsUnknown() {
		diags.Append(m.DNSRecords.ElementsAs(ctx, &byKey, false)...)
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		all = append(all, byKey[key])
	}
	return all
}

// aliasRecords point every name to the distribution.
func (m *websiteFacts) aliasRecords(names []string) []recordModel {
	all := []recordModel{}
	for _, name := range names {
		all = append(all, recordModel{types.StringValue(name), types.StringValue("A"), m.DistributionDomain})
		if m.IPv6.ValueBool() {
			all = append(all, recordModel{types.StringValue(name), types.StringValue("AAAA"), m.DistributionDomain})
		}
	}
	return all
}

func (m *websiteFacts) names() []string {
	return websiteSpec{
		Domain: m.Domain.ValueString(), Aliases: textsOf(m.Aliases), Redirects: textsOf(m.RedirectDomains),
	}.Names()
}

// recorded are the records that are known to be there, and the validation records that should be.
func (m *websiteFacts) recorded(ctx context.Context, diags *diag.Diagnostics) (all []website.Record) {
	for _, r := range m.records(ctx, diags) {
		if kind := r.Type.ValueString(); m.DNS.ValueBool() || kind == "CNAME" {
			all = append(all, website.Record{Name: r.Name.ValueString(), Type: kind, Value: r.Value.ValueString()})
		}
	}
	return all
}

// resolveGroups adds the site's group to those of the bucket.
func (m *websiteModel) resolveGroups(
	ctx context.Context, r turn[websiteModel], partition string, account types.String, diags *diag.Diagnostics,
) {
	if !r.applying {
		r.data.promise(m.Domain.ValueString(), access.WebAdmin)
	}
	if m.Groups.IsUnknown() || m.Domain.IsUnknown() {
		m.Groups = types.MapUnknown(elementType[levelModel]())
		return
	}
	groups, was := groupsOf(ctx, m.Groups, diags), levelModel{}
	if r.prior != nil {
		was = groupsOf(ctx, r.prior.Groups, diags)[string(access.WebAdmin)]
	}
	groups[string(access.WebAdmin)] = r.plannedLevel(partition, account, m.Domain.ValueString(), access.WebAdmin, was)
	m.Groups = groupMap(ctx, groups, diags)
}

func (m *websiteModel) spec(
	ctx context.Context, s session,
) (spec websiteSpec, diags diag.Diagnostics) {
	nested, d := m.bucket(s.conn.Partition).spec(ctx, s)
	diags.Append(d...)
	spec = websiteSpec{
		Bucket:         nested,
		Domain:         m.Domain.ValueString(),
		Aliases:        textsOf(m.Aliases),
		Redirects:      textsOf(m.RedirectDomains),
		DNS:            m.DNS.ValueBool(),
		ZoneID:         m.HostedZoneID.ValueString(),
		Origin:         cmp.Or(m.OriginAccess.ValueString(), website.OriginPrivate), // null: it is not as it should be
		Error:          m.ErrorDocument.ValueString(),
		SinglePage:     m.SinglePageApp.ValueBool(),
		DirectoryIndex: m.DirectoryIndex.IsNull() || m.DirectoryIndex.ValueBool(), // null: there should be one
		Placeholder:    m.Placeholder.ValueBool(),
		Wait:           m.Wait.ValueBool(),
		DestroyMode:    m.DestroyMode.ValueString(),
		CertificateARN: m.CertificateARN.ValueString(),
		DistributionID: m.DistributionID.ValueString(),
		InvalidationID: m.InvalidationID.ValueString(),
		Recorded:       m.recorded(ctx, &diags),
		ReadAll:        m.importing(),

		DistributionHost: m.DistributionDomain.ValueString(),
	}
	spec.Delivery, _ = m.delivery(ctx, &diags)
	if i := m.invalidation(ctx, &diags); !i.Trigger.IsNull() {
		spec.Invalidation = &website.Invalidation{Paths: textsOf(i.Paths), Trigger: i.Trigger.ValueString()}
	}
	return spec, diags
}

// delivery are the settings that the distribution takes unchanged. Complete reports whether all of them are known.
func (m *websiteFacts) delivery(
	ctx context.Context, diags *diag.Diagnostics,
) (d website.Delivery, complete bool) {
	complete = !m.IPv6.IsUnknown() && !m.GeoRestriction.IsUnknown()
	text := func(v types.String) string {
		complete = complete && !v.IsUnknown()
		return v.ValueString()
	}
	d = website.Delivery{
		Index:           text(m.IndexDocument),
		PriceClass:      text(m.PriceClass),
		HTTPVersion:     text(m.HTTPVersion),
		IPv6:            m.IPv6.ValueBool(),
		MinimumTLS:      text(m.MinimumTLS),
		WebACL:          text(m.WebACL),
		CachePolicy:     website.CachePolicyID(text(m.CachePolicy)),
		ResponseHeaders: website.ResponseHeadersID(text(m.ResponseHeaders)),
	}
	g := m.GeoRestriction.Get(ctx, diags)
	d.Geo = website.Geo{Type: text(g.Type), Locations: textsOf(g.Locations)}
	return d, complete && known(g.Locations)
}

// fill records what was seen. During an apply a planned status stays, because nothing was to be deployed; and an
// invalidation that was not made is planned again next time.
func (m *websiteModel) fill(
	ctx context.Context, t turn[websiteModel], w reconcile.Wish[websiteSpec], have websiteStatus,
) (diags diag.Diagnostics) {
	status := m.DistributionStatus
	diags = m.websiteFacts.fill(ctx, t.session, w, have)
	m.hideDocuments(ctx, func(l access.Level) access.Spec {
		if l == access.WebAdmin {
			return website.SeenWebAdmin(w.Want, have)
		}
		return website.SeenBucket(w, have).Want.Level(l)
	}, &diags)
	if !t.applying {
		m.warnShut(ctx, have.Bucket, &diags)
	}
	if t.applying && !status.IsUnknown() && have.Distribution != nil {
		m.DistributionStatus = status
	}
	switch {
	case have.Invalidation != "":
		m.InvalidationID = types.StringValue(have.Invalidation)
	case m.InvalidationID.IsUnknown():
		m.InvalidationID = t.prior.InvalidationID
		if have.Distribution != nil && w.Want.DistributionID != "" {
			m.Invalidation = t.prior.Invalidation
		}
	}
	return diags
}

// fill records what was seen. What is not there is null; settings of a distribution that is not there stay as they are
// configured: the missing id shows the plan enough.
func (m *websiteFacts) fill(
	ctx context.Context, s session, w reconcile.Wish[websiteSpec], have websiteStatus,
) (diags diag.Diagnostics) {
	want := w.Want
	m.fillBucket(ctx, s, w, have, &diags)
	m.ID, m.Domain = types.StringValue(want.Domain), types.StringValue(want.Domain)
	m.CertificateARN = optional(have.SeenCertificate(w))
	m.DistributionID, m.DistributionARN = types.StringNull(), types.StringNull()
	m.DistributionDomain, m.DistributionStatus = types.StringNull(), types.StringNull()
	m.URL = types.StringNull()
	if d := have.Distribution; d != nil {
		m.DistributionID, m.DistributionARN = types.StringValue(d.ID), types.StringValue(d.ARN)
		m.DistributionDomain, m.DistributionStatus = types.StringValue(d.DomainName), types.StringValue(d.Status)
		if d.Settings.Enabled && slices.Contains(d.Settings.Names, want.Domain) {
			m.URL = types.StringValue(want.URL())
		}
		m.fillNames(want, have)
		m.fillPages(want, have)
		m.fillSettings(ctx, d.Settings, &diags)
	}
	m.fillRecords(ctx, w, have, &diags)
	return diags
}

func (m *websiteFacts) fillBucket(
	ctx context.Context, s session, w reconcile.Wish[websiteSpec], have websiteStatus, diags *diag.Diagnostics,
) {
	b, nested := bucketFacts{bucketSettings: m.bucketSettings}, website.SeenBucket(w, have)
	have.Bucket.Tags = have.SeenTags(w.Want)
	diags.Append(b.fill(ctx, s, nested, have.Bucket)...)
	m.bucketSettings, m.BucketName, m.Region = b.bucketSettings, b.Name, b.Region
	if have.WebAdmin.Exists() {
		groups := groupsOf(ctx, m.Groups, diags)
		groups[string(access.WebAdmin)] = levelSeen(website.SeenWebAdmin(w.Want, have), have.WebAdmin)
		m.Groups = groupMap(ctx, groups, diags)
	}
}

// fillNames records the names. One that should redirect and does not is an alias.
func (m *websiteFacts) fillNames(want websiteSpec, have websiteStatus) {
	directories, routed := have.SeenRoutes(want)
	var aliases, redirects []string
	for _, name := range have.Distribution.Settings.Names {
		switch {
		case slices.Contains(routed, name):
			redirects = append(redirects, name)
		case name != want.Domain:
			aliases = append(aliases, name)
		}
	}
	m.Aliases, m.RedirectDomains = seenSet(m.Aliases, aliases), seenSet(m.RedirectDomains, redirects)
	m.DirectoryIndex = types.BoolValue(directories)
	if want.DirectoryIndex && !directories && !want.ReadAll {
		m.DirectoryIndex = types.BoolNull()
	}
}

func (m *websiteFacts) fillPages(want websiteSpec, have websiteStatus) {
	m.OriginAccess = optional(have.SeenOrigin(want))
	document, single := have.SeenErrors(want)
	m.ErrorDocument, m.SinglePageApp = optional(document), types.BoolValue(single)
	m.IndexDocument = optional(have.Distribution.Settings.Index)
	if e := have.Endpoint; e != nil && e.Index != want.Index && have.Distribution.Settings.AccessID == "" {
		m.IndexDocument = optional(e.Index)
	}
}

func (m *websiteFacts) fillSettings(ctx context.Context, s website.Settings, diags *diag.Diagnostics) {
	m.PriceClass, m.HTTPVersion = optional(s.PriceClass), optional(s.HTTPVersion)
	m.MinimumTLS, m.IPv6, m.WebACL = optional(s.MinimumTLS), types.BoolValue(s.IPv6), optional(s.WebACL)
	if s.PlainHTTP {
		m.MinimumTLS = types.StringNull()
	}
	m.CachePolicy = optional(website.CachePolicyWord(s.CachePolicy))
	m.ResponseHeaders = optional(website.ResponseHeadersWord(s.ResponseHeaders))
	m.GeoRestriction = fwtypes.ObjectNull[geoModel]()
	if len(s.Geo.Locations) > 0 {
		g := geoModel{types.StringValue(s.Geo.Type), stringSet(s.Geo.Locations)}
		m.GeoRestriction = fwtypes.ObjectFrom(ctx, g, diags)
	}
}

// fillRecords records the zone and the records: those that exist or, with dns = false, those to create. Those that
// validate the certificate are among them.
func (m *websiteFacts) fillRecords(
	ctx context.Context, w reconcile.Wish[websiteSpec], have websiteStatus, diags *diag.Diagnostics,
) {
	want := w.Want
	leads := func(kind string) bool {
		return slices.ContainsFunc(have.Records, func(r website.Record) bool {
			return r.Type == kind && have.Distribution != nil && r.Value == have.Distribution.DomainName
		})
	}
	if want.ReadAll {
		m.DNS = types.BoolValue(leads("A") || leads("AAAA"))
	}
	own := slices.DeleteFunc(slices.Clone(have.Records), func(r website.Record) bool { return !have.Ours(r) })
	if w.Before().DNS && len(own) > 0 { // given up, but not gone yet
		m.DNS = types.BoolValue(true)
	}
	turned := slices.ContainsFunc(have.Records, func(r website.Record) bool { return r.Type == "AAAA" && !have.Ours(r) })
	if m.DNS.ValueBool() && leads("A") && !leads("AAAA") && !turned { // whatever the distribution is set to
		m.IPv6 = types.BoolValue(false)
	}
	if m.DNS.ValueBool() {
		m.HostedZoneID = types.StringNull()
		if have.Zone != nil {
			m.HostedZoneID = types.StringValue(have.Zone.ID)
		}
	}
	if have.Distribution == nil {
		m.fillDangling(ctx, own, diags)
		return
	}
	// Names that the distribution has lost still belong to the site.
	names := want.Names()
	for _, name := range m.names() {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	records := m.aliasRecords(names)
	if m.DNS.ValueBool() {
		records = m.seenRecords(names, have)
	}
	if have.Certificate != nil {
		for _, proof := range have.Certificate.Validation {
			record := recordOf(proof)
			if have.Lost(proof.Name) {
				record.Value = types.StringNull()
			}
			records = append(records, record)
		}
	}
	m.DNSRecords = recordMap(ctx, records, diags)
}

// fillDangling records what still leads to a distribution that is gone, and its host name, by which the records are
// known to be the site's.
func (m *websiteFacts) fillDangling(ctx context.Context, own []website.Record, diags *diag.Diagnostics) {
	if !m.DNS.ValueBool() || len(own) == 0 {
		m.DNSRecords = types.MapNull(elementType[recordModel]())
		return
	}
	records := make([]recordModel, len(own))
	for i, r := range own {
		records[i] = recordOf(r)
	}
	m.DistributionDomain = types.StringValue(own[0].Value)
	m.DNSRecords = recordMap(ctx, records, diags)
}

// seenRecords are those of the expected records that exist, and others that point here.
func (m *websiteFacts) seenRecords(names []string, have websiteStatus) []recordModel {
	all, ours := []recordModel{}, len(names)
	for _, r := range have.Records {
		if !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	for i, name := range names {
		for _, kind := range []string{"A", "AAAA"} {
			for _, r := range have.Records {
				shown := i < ours && (kind == "A" || m.IPv6.ValueBool()) || r.Value == have.Distribution.DomainName
				if r.Name == name && r.Type == kind && shown {
					all = append(all, recordOf(r))
				}
			}
		}
	}
	return all
}

func recordOf(r website.Record) recordModel {
	return recordModel{types.StringValue(r.Name), types.StringValue(r.Type), types.StringValue(r.Value)}
}
