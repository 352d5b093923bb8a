package provider

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

// longDomain is a host name of n characters.
func longDomain(n int) string {
	label := strings.Repeat("a", 60) + "."
	return (strings.Repeat(label, n/len(label)+1))[:n-4] + ".edu"
}

// badSites are refused, with what the message names: the attribute, the value, and what is allowed.
var badSites = map[string]struct {
	config                    prototest.Values
	attribute, value, allowed string
}{
	"domain in capitals":     {prototest.Values{"domain": "WWW.example.edu"}, "domain", `"WWW.example.edu"`, "lower-case letters"},
	"one label":              {prototest.Values{"domain": "localhost"}, "domain", `"localhost"`, "at least two labels"},
	"empty domain":           {prototest.Values{"domain": ""}, "domain", `""`, "1 to 253"},
	"wildcard":               {prototest.Values{"domain": "*.example.edu"}, "domain", `"*.example.edu"`, "lower-case letters"},
	"with a scheme":          {prototest.Values{"domain": "https://www.example.edu"}, "domain", `"https://www.example.edu"`, "lower-case letters"},
	"dot at the end":         {prototest.Values{"domain": "www.example.edu."}, "domain", `"www.example.edu."`, "1 to 63"},
	"hyphen first":           {prototest.Values{"domain": "-www.example.edu"}, "domain", `"-www.example.edu"`, "hyphens between"},
	"hyphen last":            {prototest.Values{"domain": "www-.example.edu"}, "domain", `"www-.example.edu"`, "hyphens between"},
	"long label":             {prototest.Values{"domain": strings.Repeat("a", 64) + ".edu"}, "domain", "64 characters", "1 to 63"},
	"long domain":            {prototest.Values{"domain": longDomain(254), "bucket_name": "b-1"}, "domain", "254 characters", "1 to 253"},
	"long name of a policy":  {prototest.Values{"domain": longDomain(119), "bucket_name": "b-1"}, "domain", "129 characters", "IAM allows 128"},
	"domain no bucket name":  {prototest.Values{"domain": longDomain(64)}, "domain", "64 characters", "bucket_name"},
	"punycode as the bucket": {prototest.Values{"domain": "xn--bcher-kva.example.edu"}, "domain", "xn--", "bucket_name"},
	"bucket name":            {prototest.Values{"bucket_name": "Site"}, "bucket_name", `"Site"`, "lowercase"},

	"alias":              {prototest.Values{"aliases": []any{"a_b.example.edu"}}, "aliases", `"a_b.example.edu"`, "lower-case letters"},
	"wildcard alias":     {prototest.Values{"aliases": []any{"*.example.edu"}}, "aliases", `"*.example.edu"`, "lower-case letters"},
	"redirect":           {prototest.Values{"redirect_domains": []any{"example"}}, "redirect_domains", `"example"`, "at least two labels"},
	"alias is domain":    {prototest.Values{"aliases": []any{"www.example.edu"}}, "aliases", `"www.example.edu"`, "domain too"},
	"redirect is domain": {prototest.Values{"redirect_domains": []any{"www.example.edu"}}, "redirect_domains", `"www.example.edu"`, "domain too"},
	"redirect is alias": {
		prototest.Values{"aliases": []any{"a.example.edu"}, "redirect_domains": []any{"a.example.edu"}},
		"redirect_domains", `"a.example.edu"`, "aliases too",
	},

	"zone":                    {prototest.Values{"hosted_zone_id": "/hostedzone/Z1"}, "hosted_zone_id", "/hostedzone/Z1", "capital letters and digits"},
	"certificate":             {prototest.Values{"certificate_arn": "1234"}, "certificate_arn", `"1234"`, "arn:partition:acm"},
	"certificate of IAM":      {prototest.Values{"certificate_arn": "arn:aws:iam::123456789012:server-certificate/a"}, "certificate_arn", `"iam"`, "arn:partition:acm"},
	"certificate from abroad": {prototest.Values{"certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}, "certificate_arn", "eu-west-1", "us-east-1"},
	"origin":                  {prototest.Values{"origin_access": "public"}, "origin_access", `"public"`, `["private" "website_endpoint"]`},
	"no index":                {prototest.Values{"index_document": ""}, "index_document", "index_document", "not empty"},
	"index with a slash":      {prototest.Values{"index_document": "/index.html"}, "index_document", "/index.html", "without a leading slash"},
	"index below": {
		prototest.Values{"origin_access": "website_endpoint", "index_document": "a/index.html"}, "index_document", `"a/index.html"`, `"index.html"`,
	},
	"TLS of the endpoint": {
		prototest.Values{"origin_access": "website_endpoint", "require_tls": true}, "require_tls", "true", "Set it to false",
	},
	"error with a slash": {prototest.Values{"error_document": "/404.html"}, "error_document", "/404.html", "such as 404.html"},
	"error and single":   {prototest.Values{"error_document": "404.html", "single_page_app": true}, "error_document", `"404.html"`, "Set only one"},

	"price class":       {prototest.Values{"price_class": "100"}, "price_class", `"100"`, `["PriceClass_100" "PriceClass_200" "PriceClass_All"]`},
	"TLS":               {prototest.Values{"minimum_tls": "SSLv3"}, "minimum_tls", `"SSLv3"`, `"TLSv1.2_2021"`},
	"HTTP":              {prototest.Values{"http_version": "1.1"}, "http_version", `"1.1"`, `["http1.1" "http2" "http3" "http2and3"]`},
	"geo type":          {prototest.Values{"geo_restriction": prototest.Values{"type": "none", "locations": []any{"US"}}}, "geo_restriction", `"none"`, `["whitelist" "blacklist"]`},
	"geo location":      {prototest.Values{"geo_restriction": prototest.Values{"type": "whitelist", "locations": []any{"us"}}}, "geo_restriction", "us", "such as US"},
	"geo nowhere":       {prototest.Values{"geo_restriction": prototest.Values{"type": "whitelist", "locations": []any{}}}, "geo_restriction", "got: 0", "at least 1"},
	"web ACL":           {prototest.Values{"web_acl_arn": "arn:aws:waf::123456789012:webacl/a"}, "web_acl_arn", `"waf"`, "arn:partition:wafv2"},
	"headers":           {prototest.Values{"response_headers": "secure"}, "response_headers", "secure", `"security", "none"`},
	"cache":             {prototest.Values{"cache_policy": "CachingOptimized"}, "cache_policy", "CachingOptimized", `"optimized", "disabled", "legacy"`},
	"path":              {prototest.Values{"invalidation": prototest.Values{"paths": []any{"docs/*"}}}, "invalidation", "docs/*", "begin with a slash"},
	"path with a blank": {prototest.Values{"invalidation": prototest.Values{"paths": []any{"/a b"}}}, "invalidation", "/a b", "percent-encoded"},
	"asterisk inside":   {prototest.Values{"invalidation": prototest.Values{"paths": []any{"/a*b"}}}, "invalidation", "/a*b", "not its last character"},
	"no country":        {prototest.Values{"geo_restriction": prototest.Values{"type": "whitelist", "locations": []any{"UK"}}}, "geo_restriction", "UK", "is GB"},
	"regional ACL":      {prototest.Values{"web_acl_arn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1"}, "web_acl_arn", "regional/webacl/a/1", "scope CLOUDFRONT"},
	"ACL elsewhere":     {prototest.Values{"web_acl_arn": "arn:aws:wafv2:eu-west-1:123456789012:global/webacl/a/1"}, "web_acl_arn", "eu-west-1", "in us-east-1"},
	"no path":           {prototest.Values{"invalidation": prototest.Values{"paths": []any{}}}, "invalidation", "got: 0", "at least 1"},
	"no trigger":        {prototest.Values{"invalidation": prototest.Values{"trigger": ""}}, "invalidation", "got: 0", "at least 1"},
	"destroy mode":      {prototest.Values{"destroy_mode": "delete"}, "destroy_mode", `"delete"`, `["wait" "disable"]`},
	"level":             {prototest.Values{"access_levels": []any{"web_admin"}}, "access_levels", `"web_admin"`, `["admin" "read_write" "read_only"]`},
	"log of itself": {
		prototest.Values{"access_log": prototest.Values{"bucket": "www.example.edu"}}, "access_log", `"www.example.edu"`, "Set another bucket",
	},
	"algorithm": {prototest.Values{"encryption": prototest.Values{"algorithm": "aes"}}, "encryption", `"aes"`, `["AES256" "aws:kms" "aws:kms:dsse"]`},

	"null tag":      {prototest.Values{"tags": prototest.Values{"K": nil}}, `tags["K"]`, "null", "leave the tag out instead"},
	"org tag":       {prototest.Values{"tags": prototest.Values{"spinup:org": "physics"}}, "tags", `"spinup:org"`, "Leave it out"},
	"tag of others": {prototest.Values{"tags": prototest.Values{"Scanner": "mine"}}, "tags", `"Scanner"`, "ignore_tags"},
	"region":        {prototest.Values{"region": "us-wset-1"}, "region", `"us-wset-1"`, "region"},
}

// TestWebsite_badInput plans what cannot be right, without a call.
func TestWebsite_badInput(t *testing.T) {
	quiet(t)
	var calls atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	t.Cleanup(server.Close)
	s := prototest.New(t, served(t))
	if diags := s.Configure(prototest.Values{
		"region": "us-east-1", "access_key": "AK", "secret_key": "SK", "org": "library",
		"ignore_tags": prototest.Values{"keys": []any{"Scanner"}},
		"endpoints": prototest.Values{
			"s3": server.URL, "iam": server.URL, "sts": server.URL, "cloudfront": server.URL, "route53": server.URL, "acm": server.URL,
		},
	}); diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	for name, bad := range badSites {
		config := prototest.Values{"domain": "www.example.edu"}
		maps.Copy(config, bad.config)
		_, diags := s.Plan("spinup_website", prototest.Object{}, config)
		if !slices.ContainsFunc(diags, func(d *tfprotov6.Diagnostic) bool {
			text := fmt.Sprint(d.Attribute) + d.Summary + " " + d.Detail
			return strings.Contains(text, bad.attribute) && strings.Contains(text, bad.value) && strings.Contains(text, bad.allowed)
		}) {
			t.Errorf("%s: no message has %s, %s and %s: %s", name, bad.attribute, bad.value, bad.allowed, diags.Errors())
		}
	}
	if n := calls.Load(); n > 0 {
		t.Errorf("refusing bad input made %d calls", n)
	}
}

// TestWebsite_platform: a store without CloudFront has no websites.
func TestWebsite_platform(t *testing.T) {
	quiet(t)
	s := prototest.New(t, served(t))
	if diags := s.Configure(prototest.Values{
		"platform": "minio", "endpoints": prototest.Values{"s3": "http://s3.example.edu"},
	}); diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	_, diags := s.Plan("spinup_website", prototest.Object{}, prototest.Values{"domain": "www.example.edu"})
	if text := diags.Errors(); !strings.Contains(text, `"minio"`) || !strings.Contains(text, `"aws"`) {
		t.Errorf("the plan says %q", text)
	}
}
