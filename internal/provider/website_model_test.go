package provider

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

const (
	siteARN     = "arn:aws:cloudfront::123456789012:distribution/E1"
	siteTarget  = "d1.cloudfront.net"
	siteCert    = "arn:aws:acm:us-east-1:123456789012:certificate/1"
	siteRoute   = "arn:aws:cloudfront::123456789012:function/f"
	siteAccess  = "A1"
	policyOfOur = "0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f"
)

// websiteFrom is the model of a configuration.
func websiteFrom(t *testing.T, config settings) *websiteModel {
	t.Helper()
	schema := websiteSchema(t.Context())
	m := &websiteModel{}
	raw := tfsdk.Config{Schema: schema, Raw: valueOf(t, schema.Type().TerraformType(t.Context()), config)}
	if diags := raw.Get(t.Context(), m); diags.HasError() {
		t.Fatal(diags)
	}
	return m
}

// siteOf is a site that is just as wanted.
func siteOf(want websiteSpec) websiteStatus {
	nested := want.Bucket
	nested.PublicAccess = bucket.PublicNone
	if want.Origin == website.OriginEndpoint {
		nested.PublicAccess = bucket.PublicRead
	}
	have := websiteStatus{
		Bucket:      statusOf(nested),
		Zone:        &website.Zone{ID: "Z1", Name: "example.edu"},
		Certificate: &website.Certificate{ARN: cmp.Or(want.CertificateARN, siteCert), Status: "ISSUED", Names: want.Names()},
		Placed:      true,
	}
	for _, statement := range have.Bucket.Policy.Statements {
		if statement.Sid == bucket.SidRequireTLS {
			statement.Condition["BoolIfExists"] = map[string]awspolicy.Values{"aws:PrincipalIsAWSService": {"false"}}
		}
	}
	have.Certificate.Validation = []website.Record{
		{Name: "_2.example.edu", Type: "CNAME", Value: "_b.example.com"}, {Name: "_1.example.edu", Type: "CNAME", Value: "_a.example.com"},
	}
	have.WebAdmin = access.Status{
		Policy: &access.Policy{
			ARN:      cmp.Or(want.Bucket.PolicyARNs[access.WebAdmin], "arn:aws:iam::123456789012:policy/"+want.Domain+"-WebAdmPlc"),
			Document: access.WebAdminDocument(siteARN),
		},
		Group: &access.Group{ARN: "arn:aws:iam::123456789012:group/web", Attached: true},
	}
	s := website.Settings{
		Delivery: want.Delivery, Names: want.Names(), Enabled: true, CertificateARN: have.Certificate.ARN,
	}
	slices.Sort(s.Names)
	if want.Origin == website.OriginPrivate {
		s.OriginDomain, s.AccessID = bucket.RegionalDomainName(want.Bucket.Name, "us-east-1", "aws"), siteAccess
		have.Access = &website.Access{ID: siteAccess, InSync: true}
		have.Bucket.Policy.Statements = append(have.Bucket.Policy.Statements, awspolicy.Statement{
			Sid: bucket.SidOrigin, Effect: awspolicy.Allow, Principal: awspolicy.Principal{"Service": {"cloudfront.amazonaws.com"}},
			Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::" + want.Bucket.Name + "/*"},
			Condition: awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {siteARN}}},
		})
		if want.SinglePage || want.Error != "" {
			have.Bucket.Policy.Statements = append(have.Bucket.Policy.Statements, awspolicy.Statement{
				Sid: bucket.SidOriginList, Effect: awspolicy.Allow,
				Principal: awspolicy.Principal{"Service": {"cloudfront.amazonaws.com"}},
				Action:    []string{"s3:ListBucket"}, Resource: []string{"arn:aws:s3:::" + want.Bucket.Name},
				Condition: awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {siteARN}}},
			})
		}
	} else {
		s.OriginDomain = bucket.WebsiteEndpoint(want.Bucket.Name, "us-east-1", "aws")
		have.Endpoint = &website.Endpoint{Index: want.Index, Error: want.Error}
	}
	switch {
	case want.SinglePage && want.Origin == website.OriginPrivate:
		s.Errors = []website.ErrorPage{{Code: 404, Page: "/" + want.Index, Response: "200"}}
	case want.SinglePage:
		s.Errors = []website.ErrorPage{{Code: 403, Page: "/" + want.Index, Response: "200"}, {Code: 404, Page: "/" + want.Index, Response: "200"}}
	case want.Error != "" && want.Origin == website.OriginPrivate:
		s.Errors = []website.ErrorPage{{Code: 404, Page: "/" + want.Error, Response: "404"}}
	}
	if want.DirectoryIndex || len(want.Redirects) > 0 {
		s.FunctionARN = siteRoute
		have.Function = &website.Function{ARN: siteRoute, Code: want.Code()}
	}
	have.Distribution = &website.Distribution{
		ID: "E1", ARN: siteARN, DomainName: siteTarget, Status: "Deployed", Settings: s, Tags: maps.Clone(want.Bucket.Tags),
	}
	for _, name := range want.Names() {
		for _, kind := range []string{"A", "AAAA"} {
			if want.DNS && (kind == "A" || want.IPv6) {
				have.Records = append(have.Records, website.Record{Name: name, Type: kind, Value: siteTarget, Alias: true})
			}
		}
	}
	return have
}

// foreignSite adds what other owners put on a site.
func foreignSite(have *websiteStatus) {
	foreign(&have.Bucket)
	have.Distribution.Tags["backup:plan"] = "theirs"
	have.Distribution.Tags["spinup:website"] = "www.example.edu"
	have.Records = append(have.Records, website.Record{Name: "other.example.edu", Type: "A", Value: "192.0.2.1"})
}

// sites are what can be wanted of a site and is in state as well.
func sites(data *providerData) *rapid.Generator[websiteSpec] {
	return rapid.Custom(func(t *rapid.T) websiteSpec {
		s := websiteSpec{
			Bucket: specs(data).Draw(t, "bucket"), Domain: "www.example.edu",
			Aliases:   subset([]string{"a.example.edu", "b.example.edu"}).Draw(t, "aliases"),
			Redirects: subset([]string{"c.example.edu", "example.edu"}).Draw(t, "redirects"),
			DNS:       rapid.Bool().Draw(t, "dns"),
			Delivery: website.Delivery{
				Index:       sample("index.html", "home.html").Draw(t, "index"),
				PriceClass:  sample("PriceClass_100", "PriceClass_All").Draw(t, "price"),
				MinimumTLS:  sample("TLSv1.2_2021", "TLSv1.1_2016").Draw(t, "tls"),
				HTTPVersion: sample("http2", "http2and3").Draw(t, "http"),
				IPv6:        rapid.Bool().Draw(t, "ipv6"),
				Geo:         sample(website.Geo{}, website.Geo{Type: "whitelist", Locations: []string{"CA", "US"}}).Draw(t, "geo"),
				WebACL:      sample("", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/a/1").Draw(t, "acl"),
				ResponseHeaders: website.ResponseHeadersID(
					sample(website.HeadersSecurity, website.HeadersNone, policyOfOur).Draw(t, "headers")),
				CachePolicy: website.CachePolicyID(
					sample(website.CacheOptimized, website.CacheDisabled, website.CacheLegacy, policyOfOur).Draw(t, "cache")),
			},
			Origin:         sample(website.OriginPrivate, website.OriginEndpoint).Draw(t, "origin"),
			Error:          sample("", "404.html").Draw(t, "error"),
			DirectoryIndex: rapid.Bool().Draw(t, "directories"),
			Placeholder:    rapid.Bool().Draw(t, "placeholder"),
			Wait:           rapid.Bool().Draw(t, "wait"),
			DestroyMode:    sample(website.DestroyWait, website.DestroyDisable).Draw(t, "destroy"),
			DistributionID: "E1", CertificateARN: siteCert,
			Invalidation: rapid.Ptr(rapid.Just(website.Invalidation{Paths: []string{"/*"}, Trigger: "1"}), true).Draw(t, "invalidation"),
		}
		if s.Error == "" {
			s.SinglePage = rapid.Bool().Draw(t, "single page")
		}
		// What a site has no attribute for; the domain decides it.
		s.Bucket.Statements, s.Bucket.Ownership, s.Bucket.PublicAccess = nil, "", ""
		s.Bucket.Block, s.Bucket.Lock = nil, nil
		s.Bucket.GroupARNs[access.WebAdmin] = "arn:aws:iam::123456789012:group/web"
		s.Bucket.PolicyARNs[access.WebAdmin] = "arn:aws:iam::123456789012:policy/elsewhere/web"
		if s.DNS {
			s.ZoneID = "Z1"
			for _, name := range s.Names() {
				s.Recorded = append(s.Recorded, website.Record{Name: name, Type: "A", Value: siteTarget})
				if s.IPv6 {
					s.Recorded = append(s.Recorded, website.Record{Name: name, Type: "AAAA", Value: siteTarget})
				}
			}
		}
		proofs := siteOf(s).Certificate.Validation
		slices.Reverse(proofs) // state has them in order
		s.Recorded = append(s.Recorded, proofs...)
		s.DistributionHost = siteTarget
		return s
	})
}

// saidOf is a model that says what of the spec cannot be seen.
func saidOf(t *rapid.T, want websiteSpec) *websiteModel {
	m := &websiteModel{
		Placeholder: types.BoolValue(want.Placeholder), Wait: types.BoolValue(want.Wait),
		ForceDestroy: types.BoolValue(want.Bucket.ForceDestroy), DestroyMode: types.StringValue(want.DestroyMode),
		Invalidation: fwtypes.ObjectNull[invalidationModel](), InvalidationID: types.StringNull(),
	}
	m.DNS = types.BoolValue(want.DNS)
	if i := want.Invalidation; i != nil {
		m.Invalidation = objectOf(t, invalidationModel{stringSet(i.Paths), types.StringValue(i.Trigger)})
	}
	return m
}

// TestWebsiteModel_specOfFill: state says all that was wanted, and what others added to the site is not in it.
func TestWebsiteModel_specOfFill(t *testing.T) {
	data := ourData(t, nil)
	conn := connected(data)
	rapid.Check(t, func(t *rapid.T) {
		want := sites(data).Draw(t, "want")
		have := siteOf(want)
		foreignSite(&have)
		m := saidOf(t, want)
		diags := m.fill(t.Context(), turn[websiteModel]{session: session{data, conn}}, reconcile.Keep(want), have)
		got, d := m.spec(t.Context(), session{data, conn})
		if diags.Append(d...); diags.HasError() {
			t.Fatal(diags)
		}
		if diff := gocmp.Diff(want, got, cmpopts.IgnoreFields(bucketSpec{}, "IgnoreTag"),
			cmpopts.IgnoreUnexported(website.Record{}), cmpopts.EquateEmpty(),
			cmpopts.SortSlices(func(a, b website.Record) bool { return a.Name+a.Type < b.Name+b.Type })); diff != "" {
			t.Fatal(diff)
		}
	})
}

// siteConfigs are configurations, and what of each can be told at plan.
var siteConfigs = map[string]struct {
	config settings
	want   map[string]string
}{
	"nothing said": {settings{}, map[string]string{
		"id": `"www.example.edu"`, "url": `"https://www.example.edu"`, "bucket_name": `"www.example.edu"`, "region": `"us-east-1"`,
		"aliases": `<null>`, "redirect_domains": `<null>`, "dns": `true`, "hosted_zone_id": `<unknown>`, "certificate_arn": `<unknown>`,
		"origin_access": `"private"`, "index_document": `"index.html"`, "error_document": `<null>`, "single_page_app": `false`,
		"directory_index": `true`, "placeholder": `true`, "price_class": `"PriceClass_100"`, "minimum_tls": `"TLSv1.2_2021"`,
		"http_version": `"http2and3"`, "ipv6": `true`, "geo_restriction": `<null>`, "web_acl_arn": `<null>`,
		"response_headers": `"security"`, "cache_policy": `"optimized"`, "access_levels": `["admin"]`, "require_tls": `true`,
		"versioning": `false`, "encryption": `{"algorithm":"AES256","bucket_key":false,"kms_key_arn":<null>}`, "access_log": `<null>`,
		"wait_for_deployment": `true`, "destroy_mode": `"wait"`, "force_destroy": `false`, "invalidation": `<null>`, "invalidation_id": `<null>`,
		"distribution_id": `<unknown>`, "distribution_status": `<unknown>`, "dns_records": `<unknown>`,
	}},
	"endpoint":         {settings{"origin_access": "website_endpoint"}, map[string]string{"directory_index": `false`, "require_tls": `false`}},
	"endpoint and own": {settings{"origin_access": "website_endpoint", "directory_index": true}, map[string]string{"directory_index": `true`}},
	"unknown origin":   {settings{"origin_access": unknown{}}, map[string]string{"directory_index": `<unknown>`, "require_tls": `<unknown>`}},
	"DNS elsewhere":    {settings{"dns": false}, map[string]string{"hosted_zone_id": `<null>`}},
	"unknown DNS":      {settings{"dns": unknown{}}, map[string]string{"hosted_zone_id": `<unknown>`}},
	"zone":             {settings{"hosted_zone_id": "Z1"}, map[string]string{"hosted_zone_id": `"Z1"`}},
	"certificate":      {settings{"certificate_arn": siteCert}, map[string]string{"certificate_arn": `"` + siteCert + `"`}},
	"bucket":           {settings{"bucket_name": "b-1"}, map[string]string{"bucket_name": `"b-1"`, "id": `"www.example.edu"`}},
	"paths":            {settings{"invalidation": settings{"trigger": "1"}}, map[string]string{"invalidation": `{"paths":["/*"],"trigger":"1"}`, "invalidation_id": `<null>`}},
	"unknown domain":   {settings{"domain": unknown{}}, map[string]string{"id": `<unknown>`, "url": `<unknown>`, "bucket_name": `<unknown>`, "groups": `<unknown>`}},
	"unknown levels":   {settings{"access_levels": unknown{}}, map[string]string{"groups": `<unknown>`}},
}

// TestWebsiteModel_resolve: the defaults, and what can be told at plan.
func TestWebsiteModel_resolve(t *testing.T) {
	data := ourData(t, nil)
	for name, row := range siteConfigs {
		all := settings{"domain": "www.example.edu"}
		maps.Copy(all, row.config)
		config := websiteFrom(t, all)
		m := *config
		if diags := m.resolve(t.Context(), turn[websiteModel]{session: session{data: data}, config: config}); diags.HasError() {
			t.Fatal(name, diags)
		}
		for attribute, want := range row.want {
			if got := attributesOf(&m)[attribute].String(); got != want {
				t.Errorf("%s: %s is %s, want %s", name, attribute, got, want)
			}
		}
		if groups := m.Groups.String(); name == "nothing said" && (!strings.Contains(groups, `"www.example.edu-WebAdmGrp"`) ||
			!strings.Contains(groups, `"www.example.edu-BktAdmPlc"`)) {
			t.Errorf("groups are %s", groups)
		}
	}
}

// madeOf applies a configuration to nothing, and gives the state.
func madeOf(t *testing.T, data *providerData, config *websiteModel) *websiteModel {
	t.Helper()
	conn := connected(data)
	m := *config
	diags := m.resolve(t.Context(), turn[websiteModel]{session: session{data: data}, config: config, applying: true})
	want, d := m.spec(t.Context(), session{data, conn})
	diags.Append(d...)
	planned := attributesOf(&m)
	have := siteOf(want)
	foreignSite(&have)
	diags.Append(m.fill(t.Context(), turn[websiteModel]{session: session{data, conn}}, reconcile.Wish[websiteSpec]{Want: want}, have)...)
	if diags.HasError() {
		t.Fatal(diags)
	}
	for name, value := range planned {
		if got := attributesOf(&m)[name]; !value.IsUnknown() && name != "groups" && !value.Equal(got) {
			t.Fatalf("%s is %s, planned was %s", name, got, value)
		}
	}
	return &m
}

// everySite are configurations of all kinds.
func everySite() []settings {
	return []settings{
		{},
		{"aliases": []any{"b.example.edu", "a.example.edu"}, "redirect_domains": []any{"example.edu"}, "single_page_app": true, "ipv6": false},
		{"aliases": []any{}, "dns": false, "certificate_arn": siteCert, "error_document": "404.html", "directory_index": false},
		{
			"origin_access": "website_endpoint", "error_document": "404.html", "cache_policy": "legacy", "response_headers": "none",
			"minimum_tls": "TLSv1.1_2016", "price_class": "PriceClass_All", "http_version": "http2",
		},
		{
			"bucket_name": "b-1", "tags": settings{"A": "1"}, "access_levels": []any{"admin", "read_only"}, "cache_policy": policyOfOur,
			"geo_restriction": settings{"type": "whitelist", "locations": []any{"US", "CA"}}, "invalidation": settings{"trigger": "1"},
			"access_log": settings{"bucket": "logs"}, "versioning": true, "hosted_zone_id": "Z1",
		},
	}
}

// TestWebsiteModel_applied: state after an apply holds what was planned, and the next plan is empty.
func TestWebsiteModel_applied(t *testing.T) {
	data := ourData(t, settings{"default_tags": settings{"Default": "yes"}})
	for _, row := range everySite() {
		all := settings{"domain": "www.example.edu"}
		maps.Copy(all, row)
		config := websiteFrom(t, all)
		state := madeOf(t, data, config)
		next := *config
		if diags := next.resolve(t.Context(), turn[websiteModel]{session: session{data: data}, config: config, prior: state}); diags.HasError() {
			t.Fatal(diags)
		}
		got := attributesOf(&next)
		for name, value := range attributesOf(state) {
			if !value.Equal(got[name]) {
				t.Errorf("%v: %s is planned as %s, state has %s", row, name, got[name], value)
			}
		}
	}
}

// siteChanges change something of a site; the plan then does not know the attributes named, and no others.
var siteChanges = map[string]struct {
	was, change settings
	unknown     string
}{
	"tag":             {nil, settings{"tags": settings{"A": "2"}}, ""},
	"group":           {nil, settings{"access_levels": []any{"read_only"}}, ""},
	"unknown ACL":     {nil, settings{"web_acl_arn": unknown{}}, "distribution_status web_acl_arn"},
	"unknown geo":     {nil, settings{"geo_restriction": unknown{}}, "distribution_status geo_restriction"},
	"price class":     {nil, settings{"price_class": "PriceClass_All"}, "distribution_status"},
	"alias":           {nil, settings{"aliases": []any{"a.example.edu"}}, "certificate_arn distribution_status dns_records"},
	"alias, covered":  {settings{"certificate_arn": siteCert}, settings{"aliases": []any{"a.example.edu"}, "certificate_arn": siteCert}, "distribution_status"},
	"certificate":     {nil, settings{"certificate_arn": siteCert + "2"}, "distribution_status dns_records"},
	"no IPv6":         {nil, settings{"ipv6": false}, "distribution_status"},
	"DNS elsewhere":   {nil, settings{"dns": false}, "dns_records"},
	"DNS here":        {settings{"dns": false}, settings{"dns": true}, "dns_records hosted_zone_id"},
	"first trigger":   {nil, settings{"invalidation": settings{"trigger": "1"}}, ""},
	"another trigger": {settings{"invalidation": settings{"trigger": "1"}}, settings{"invalidation": settings{"trigger": "2"}}, "invalidation_id"},
	"other paths":     {settings{"invalidation": settings{"trigger": "1"}}, settings{"invalidation": settings{"trigger": "1", "paths": []any{"/a"}}}, ""},
	"no trigger":      {settings{"invalidation": settings{"trigger": "1"}}, settings{"invalidation": nil}, ""},
	"unknown trigger": {settings{"invalidation": settings{"trigger": "1"}}, settings{"invalidation": settings{"trigger": unknown{}}}, "invalidation_id"},
	"mode":            {nil, settings{"destroy_mode": "disable", "wait_for_deployment": false}, ""},
}

// TestWebsiteModel_changes: a change leaves everything known that it does not touch.
func TestWebsiteModel_changes(t *testing.T) {
	data := ourData(t, nil)
	for name, row := range siteChanges {
		before := settings{"domain": "www.example.edu"}
		maps.Copy(before, row.was)
		after := maps.Clone(before)
		maps.Copy(after, row.change)
		state, config := madeOf(t, data, websiteFrom(t, before)), websiteFrom(t, after)
		m := *config
		if diags := m.resolve(t.Context(), turn[websiteModel]{session: session{data: data}, config: config, prior: state}); diags.HasError() {
			t.Fatal(diags)
		}
		var got []string
		for attribute, value := range attributesOf(&m) {
			if strings.Contains(value.String(), "<unknown>") && attribute != "invalidation" {
				got = append(got, attribute)
			}
		}
		slices.Sort(got)
		if strings.Join(got, " ") != row.unknown {
			t.Errorf("%s: unknown are %v, want %s", name, got, row.unknown)
		}
	}
}

// siteDrifts are changes made elsewhere, and what state then says of the attribute.
var siteDrifts = map[string]struct {
	change    func(*websiteStatus)
	attribute string
	want      string
}{
	"distribution gone": {func(o *websiteStatus) { o.Distribution = nil }, "distribution_id", `<null>`},
	"disabled":          {func(o *websiteStatus) { o.Distribution.Settings.Enabled = false }, "url", `<null>`},
	"name taken away":   {func(o *websiteStatus) { o.Distribution.Settings.Names = nil }, "url", `<null>`},
	"alias added": {func(o *websiteStatus) {
		o.Distribution.Settings.Names = append(o.Distribution.Settings.Names, "z.example.edu")
	}, "aliases", `["a.example.edu","z.example.edu"]`},
	"alias taken away":      {func(o *websiteStatus) { o.Distribution.Settings.Names = []string{"example.edu", "www.example.edu"} }, "aliases", `[]`},
	"function lost":         {func(o *websiteStatus) { o.Function = nil }, "directory_index", `<null>`},
	"function detached":     {func(o *websiteStatus) { o.Distribution.Settings.FunctionARN = "" }, "directory_index", `<null>`},
	"function changed":      {func(o *websiteStatus) { o.Function.Code += "\n" }, "directory_index", `<null>`},
	"redirect lost":         {func(o *websiteStatus) { o.Function = nil }, "redirect_domains", `[]`},
	"bucket policy":         {func(o *websiteStatus) { o.Bucket.Policy = &awspolicy.Document{} }, "origin_access", `<null>`},
	"bucket opened":         {func(o *websiteStatus) { o.Bucket.Block = &bucket.Block{} }, "origin_access", `<null>`},
	"access control":        {func(o *websiteStatus) { o.Access.InSync = false }, "origin_access", `<null>`},
	"access control gone":   {func(o *websiteStatus) { o.Distribution.Settings.AccessID = "" }, "origin_access", `<null>`},
	"another bucket":        {func(o *websiteStatus) { o.Distribution.Settings.OriginDomain = "b.s3.us-east-1.amazonaws.com" }, "origin_access", `<null>`},
	"one error page":        {func(o *websiteStatus) { o.Distribution.Settings.Errors = nil }, "error_document", `<null>`},
	"index":                 {func(o *websiteStatus) { o.Distribution.Settings.Index = "" }, "index_document", `<null>`},
	"price class":           {func(o *websiteStatus) { o.Distribution.Settings.PriceClass = "PriceClass_All" }, "price_class", `"PriceClass_All"`},
	"another certificate":   {func(o *websiteStatus) { o.Distribution.Settings.CertificateARN = siteCert + "2" }, "certificate_arn", `<null>`},
	"expired certificate":   {func(o *websiteStatus) { o.Certificate.Status = "EXPIRED" }, "certificate_arn", `<null>`},
	"no certificate":        {func(o *websiteStatus) { o.Distribution.Settings.CertificateARN = "" }, "certificate_arn", `<null>`},
	"headers":               {func(o *websiteStatus) { o.Distribution.Settings.ResponseHeaders = "" }, "response_headers", `"none"`},
	"cache":                 {func(o *websiteStatus) { o.Distribution.Settings.CachePolicy = website.CacheLegacy }, "cache_policy", `"legacy"`},
	"geo restriction":       {func(o *websiteStatus) { o.Distribution.Settings.Geo = website.Geo{Type: "none"} }, "geo_restriction", `<null>`},
	"zone gone":             {func(o *websiteStatus) { o.Zone = nil }, "hosted_zone_id", `<null>`},
	"tag of the bucket":     {func(o *websiteStatus) { o.Bucket.Tags = map[string]string{} }, "tags", `{"A":"none on the bucket, \"1\" on the distribution"}`},
	"tag of the site":       {func(o *websiteStatus) { o.Distribution.Tags = map[string]string{"A": "2"} }, "tags", `{"A":"\"1\" on the bucket, \"2\" on the distribution"}`},
	"tag added to the site": {func(o *websiteStatus) { o.Distribution.Tags["B"] = "1" }, "tags", `{"A":"1","B":"none on the bucket, \"1\" on the distribution"}`},
	"web admin group":       {func(o *websiteStatus) { o.WebAdmin = access.Status{} }, "groups", `{}`},
}

// TestWebsiteModel_drift: what somebody changed or took away shows in state, and so in the plan.
func TestWebsiteModel_drift(t *testing.T) {
	data := ourData(t, nil)
	conn := connected(data)
	state := madeOf(t, data, websiteFrom(t, settings{
		"domain": "www.example.edu", "aliases": []any{"a.example.edu"}, "redirect_domains": []any{"example.edu"},
		"tags": settings{"A": "1"}, "access_levels": []any{}, "error_document": "404.html",
		"geo_restriction": settings{"type": "blacklist", "locations": []any{"US"}},
	}))
	for name, row := range siteDrifts {
		m := *state
		want, diags := m.spec(t.Context(), session{data, conn})
		have := siteOf(want)
		row.change(&have)
		diags.Append(m.fill(t.Context(), turn[websiteModel]{session: session{data, conn}}, reconcile.Keep(want), have)...)
		if diags.HasError() {
			t.Fatal(name, diags)
		}
		if got := attributesOf(&m)[row.attribute].String(); got != row.want {
			t.Errorf("%s: %s is %s, want %s", name, row.attribute, got, row.want)
		}
	}
}

// TestWebsiteModel_records: what is there shows; what is to be made by hand is whole.
func TestWebsiteModel_records(t *testing.T) {
	const a, aaaa, proof1, proof2 = "www.example.edu A d1.cloudfront.net", "www.example.edu AAAA d1.cloudfront.net",
		"_1.example.edu CNAME _a.example.com", "_2.example.edu CNAME _b.example.com"
	data := ourData(t, nil)
	conn := connected(data)
	for name, row := range map[string]struct {
		config settings
		change func(*websiteStatus)
		want   []string
	}{
		"all":          {nil, func(*websiteStatus) {}, []string{a, aaaa, proof1, proof2}},
		"one lost":     {nil, func(o *websiteStatus) { o.Records = o.Records[1:] }, []string{aaaa, proof1, proof2}},
		"all lost":     {nil, func(o *websiteStatus) { o.Records = nil }, []string{proof1, proof2}},
		"no AAAA":      {nil, func(o *websiteStatus) { o.Records = o.Records[:1] }, []string{a, proof1, proof2}},
		"led away":     {nil, func(o *websiteStatus) { o.Records[0].Value = "192.0.2.1" }, []string{"www.example.edu A 192.0.2.1", aaaa, proof1, proof2}},
		"by hand":      {settings{"dns": false}, func(o *websiteStatus) { o.Records = nil }, []string{a, aaaa, proof1, proof2}},
		"without IPv6": {settings{"dns": false, "ipv6": false}, func(*websiteStatus) {}, []string{a, proof1, proof2}},
		"one too many": {settings{"ipv6": false}, func(o *websiteStatus) {
			o.Records = append(o.Records, website.Record{Name: "www.example.edu", Type: "AAAA", Value: siteTarget, Alias: true})
		}, []string{a, aaaa, proof1, proof2}},
		"somebody's": {settings{"ipv6": false}, func(o *websiteStatus) {
			o.Records = append(o.Records, website.Record{Name: "www.example.edu", Type: "AAAA", Value: "2001:db8::1"})
		}, []string{a, proof1, proof2}},
		"AAAA turned": {nil, func(o *websiteStatus) { o.Records[1].Value = "2001:db8::1" },
			[]string{a, "www.example.edu AAAA 2001:db8::1", proof1, proof2}},
		"two of a routing policy": {nil, func(o *websiteStatus) {
			o.Records = append(o.Records, website.Record{Name: "www.example.edu", Type: "A", Value: "192.0.2.1"})
		}, []string{a + " 192.0.2.1", aaaa, proof1, proof2}},
		"no validation": {nil, func(o *websiteStatus) { o.Certificate.Validation = nil }, []string{a, aaaa}},
	} {
		all := settings{"domain": "www.example.edu"}
		maps.Copy(all, row.config)
		state := madeOf(t, data, websiteFrom(t, all))
		want, diags := state.spec(t.Context(), session{data, conn})
		have := siteOf(want)
		row.change(&have)
		diags.Append(state.fill(t.Context(), turn[websiteModel]{session: session{data, conn}}, reconcile.Keep(want), have)...)
		records := map[string]recordModel{}
		if diags.Append(state.DNSRecords.ElementsAs(t.Context(), &records, false)...); diags.HasError() {
			t.Fatal(name, diags)
		}
		var got []string
		for key, r := range records {
			if key != r.Name.ValueString()+" "+r.Type.ValueString() {
				t.Errorf("%s: the key of %v is %q", name, r, key)
			}
			got = append(got, key+" "+r.Value.ValueString())
		}
		slices.Sort(got)
		if diff := gocmp.Diff(slices.Sorted(slices.Values(row.want)), got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestWebsiteModel_write: while a site is written a status that was planned stays, and an invalidation that was not made is
// asked for again.
func TestWebsiteModel_write(t *testing.T) {
	data := ourData(t, nil)
	conn := connected(data)
	state := madeOf(t, data, websiteFrom(t, settings{"domain": "www.example.edu", "invalidation": settings{"trigger": "1"}}))
	config := websiteFrom(t, settings{"domain": "www.example.edu", "invalidation": settings{"trigger": "2"}})
	for _, made := range []string{"", "I2"} {
		m := *config
		now := turn[websiteModel]{session: session{data, conn}, config: config, prior: state, applying: true}
		diags := m.resolve(t.Context(), now)
		want, d := m.spec(t.Context(), session{data, conn})
		diags.Append(d...)
		have := siteOf(want)
		have.Distribution.Status, have.Invalidation = "InProgress", made
		prior, d := state.spec(t.Context(), now.session)
		diags.Append(d...)
		w := reconcile.Wish[websiteSpec]{Want: want, Prior: &prior}
		if diags.Append(m.fill(t.Context(), now, w, have)...); diags.HasError() {
			t.Fatal(diags)
		}
		if m.DistributionStatus.ValueString() != "Deployed" {
			t.Errorf("the status is %s, planned was that it stays", m.DistributionStatus)
		}
		trigger := m.invalidation(t.Context(), &diags).Trigger.ValueString()
		if want := map[string]string{"": "1", "I2": "2"}[made]; trigger != want || m.InvalidationID.ValueString() != made {
			t.Errorf("made %q: trigger %s, id %s", made, trigger, m.InvalidationID)
		}
	}
}

// TestWebsiteModel_import: a site of the Yale service, seen for the first time, is what its documented configuration says.
func TestWebsiteModel_import(t *testing.T) {
	data := ourData(t, nil)
	conn := connected(data)
	config := websiteFrom(t, settings{
		"domain": "www.example.edu", "origin_access": "website_endpoint", "cache_policy": "legacy", "response_headers": "none",
		"minimum_tls": "TLSv1.1_2016", "http_version": "http2", "ipv6": false,
	})
	planned := *config
	planned.resolve(t.Context(), turn[websiteModel]{session: session{data: data}, config: config})
	want, diags := planned.spec(t.Context(), session{data, conn})
	have := siteOf(want)
	have.Distribution.Settings.IPv6 = true
	have.Bucket.Block = &bucket.Block{}
	have.Bucket.Policy = new(awspolicy.New(awspolicy.Statement{
		Effect: awspolicy.Allow, Principal: awspolicy.Everyone(), Action: []string{"s3:GetObject"},
		Resource: []string{"arn:aws:s3:::www.example.edu/*"},
	}))

	m := websiteFrom(t, settings{
		"domain": "www.example.edu", "distribution_id": "E1", "bucket_name": "www.example.edu", "region": "us-east-1",
		"certificate_arn": siteCert, "origin_access": "website_endpoint", "placeholder": true, "force_destroy": false,
		"wait_for_deployment": true, "destroy_mode": "wait",
	})
	seen, d := m.spec(t.Context(), session{data, conn})
	diags.Append(d...)
	if !seen.ReadAll || !seen.DirectoryIndex {
		t.Error("an import does not look at everything")
	}
	diags.Append(m.fill(t.Context(), turn[websiteModel]{session: session{data, conn}}, reconcile.Keep(seen), have)...)
	next := *config
	diags.Append(next.resolve(t.Context(), turn[websiteModel]{session: session{data: data}, config: config, prior: m})...)
	if diags.HasError() {
		t.Fatal(diags)
	}
	got := attributesOf(&next)
	for name, value := range attributesOf(m) {
		if !value.Equal(got[name]) {
			t.Errorf("%s is planned as %s, state has %s", name, got[name], value)
		}
	}
}

// TestWebsiteModel_lost: what state says is lost is looked for all the same, so that nothing of it is left behind.
func TestWebsiteModel_lost(t *testing.T) {
	data := ourData(t, nil)
	m := websiteFrom(t, settings{"id": "www.example.edu", "domain": "www.example.edu", "bucket_name": "www.example.edu"})
	if spec, _ := m.spec(t.Context(), session{data, connected(data)}); spec.Origin != website.OriginPrivate || !spec.DirectoryIndex {
		t.Errorf("looks for the origin %q, a function: %t", spec.Origin, spec.DirectoryIndex)
	}
}
