package website

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func oneOf[T any](values ...T) *rapid.Generator[T] { return rapid.SampledFrom(values) }

// wantedSettings are settings that a site can want.
func wantedSettings() *rapid.Generator[Settings] {
	return rapid.Custom(func(t *rapid.T) Settings {
		s := Settings{
			Delivery: Delivery{
				Index:           oneOf("index.html", "home.html").Draw(t, "index"),
				PriceClass:      oneOf("PriceClass_100", "PriceClass_200", "PriceClass_All").Draw(t, "price"),
				HTTPVersion:     oneOf("http1.1", "http2", "http3", "http2and3").Draw(t, "http"),
				IPv6:            rapid.Bool().Draw(t, "ipv6"),
				MinimumTLS:      oneOf("TLSv1.1_2016", "TLSv1.2_2021").Draw(t, "tls"),
				WebACL:          oneOf("", "arn:acl").Draw(t, "acl"),
				Geo:             oneOf(Geo{}, Geo{"whitelist", []string{"CA", "US"}}, Geo{"blacklist", []string{"FR"}}).Draw(t, "geo"),
				CachePolicy:     oneOf(CacheLegacy, CachePolicyID(CacheOptimized), "policy").Draw(t, "cache"),
				ResponseHeaders: oneOf("", ResponseHeadersID(HeadersSecurity), "policy").Draw(t, "headers"),
			},
			Names:          oneOf(nil, []string{"a.example.edu"}, []string{"a.example.edu", "b.example.edu"}).Draw(t, "names"),
			Comment:        oneOf("", "a.example.edu", "a comment").Draw(t, "comment"),
			Enabled:        rapid.Bool().Draw(t, "enabled"),
			CertificateARN: oneOf("", certARN).Draw(t, "certificate"),
			OriginDomain:   oneOf("b.s3.us-east-1.amazonaws.com", "b.s3-website-us-east-1.amazonaws.com").Draw(t, "origin"),
			FunctionARN:    oneOf("", "arn:function").Draw(t, "function"),
			Errors: oneOf(nil, []ErrorPage{{404, "/e", "404"}}, []ErrorPage{{403, "/i", "200"}, {404, "/i", "200"}}).
				Draw(t, "errors"),
		}
		if s.OriginDomain[:5] == "b.s3." {
			s.AccessID = oneOf("A1", "A2").Draw(t, "access")
		}
		if s.CertificateARN == "" {
			s.MinimumTLS = "" // CloudFront's own certificate has no choice of it
		}
		return s
	})
}

// addForeign puts what others may have into a configuration.
func addForeign(t *rapid.T, c *types.DistributionConfig) {
	b := c.DefaultCacheBehavior
	switch {
	case !rapid.Bool().Draw(t, "others"):
		return
	case rapid.Bool().Draw(t, "plain HTTP"):
		b.ViewerProtocolPolicy = types.ViewerProtocolPolicyAllowAll
	case rapid.Bool().Draw(t, "no HTTP"):
		b.ViewerProtocolPolicy = types.ViewerProtocolPolicyHttpsOnly
	}
	b.Compress = aws.Bool(rapid.Bool().Draw(t, "compress"))
	b.SmoothStreaming = aws.Bool(rapid.Bool().Draw(t, "smooth"))
	b.OriginRequestPolicyId = aws.String("their policy")
	b.FunctionAssociations.Items = append(b.FunctionAssociations.Items, types.FunctionAssociation{
		EventType: types.EventTypeViewerResponse, FunctionARN: aws.String("their function"),
	})
	b.FunctionAssociations.Quantity = aws.Int32(int32(len(b.FunctionAssociations.Items)))
	c.Logging = &types.LoggingConfig{Bucket: aws.String("their logs"), Enabled: aws.Bool(true)}
	c.CacheBehaviors = &types.CacheBehaviors{Quantity: aws.Int32(1), Items: []types.CacheBehavior{
		{PathPattern: aws.String("/api/*"), TargetOriginId: aws.String("theirs"), CachePolicyId: aws.String("theirs")},
	}}
	own := &c.Origins.Items[0]
	own.CustomHeaders = &types.CustomHeaders{Quantity: aws.Int32(0)}
	own.ConnectionAttempts = aws.Int32(2)
	if own.CustomOriginConfig != nil {
		own.CustomOriginConfig.OriginReadTimeout = aws.Int32(7)
	}
	theirs := types.Origin{Id: aws.String("theirs"), DomainName: aws.String("api.example.edu")}
	if rapid.Bool().Draw(t, "origin first") {
		c.Origins.Items = []types.Origin{theirs, *own}
	} else {
		c.Origins.Items = append(c.Origins.Items, theirs)
	}
	c.Origins.Quantity = aws.Int32(2)
	for i := range c.CustomErrorResponses.Items {
		c.CustomErrorResponses.Items[i].ErrorCachingMinTTL = aws.Int64(5)
	}
	c.CustomErrorResponses.Items = append(c.CustomErrorResponses.Items,
		types.CustomErrorResponse{ErrorCode: aws.Int32(500), ResponsePagePath: aws.String("/500"), ResponseCode: aws.String("500")})
	if !slices.ContainsFunc(c.CustomErrorResponses.Items, isCode(404)) {
		c.CustomErrorResponses.Items = append(c.CustomErrorResponses.Items,
			types.CustomErrorResponse{ErrorCode: aws.Int32(404), ErrorCachingMinTTL: aws.Int64(9)})
	}
	c.CustomErrorResponses.Quantity = aws.Int32(int32(len(c.CustomErrorResponses.Items)))
}

func isCode(code int32) func(types.CustomErrorResponse) bool {
	return func(e types.CustomErrorResponse) bool { return aws.ToInt32(e.ErrorCode) == code }
}

func copyOf(t *rapid.T, c *types.DistributionConfig) *types.DistributionConfig {
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out := &types.DistributionConfig{}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// rest is the text of a configuration without what Settings decide. The caching that goes with a cache policy is kept
// if the policy stays, the details of the origin if its kind does.
func rest(t *rapid.T, config *types.DistributionConfig, samePolicy, sameKind bool) string {
	c := copyOf(t, config)
	c.Aliases, c.Comment, c.Enabled, c.DefaultRootObject, c.WebACLId, c.IsIPV6Enabled = nil, nil, nil, nil, nil, nil
	c.PriceClass, c.HttpVersion, c.ViewerCertificate, c.Restrictions = "", "", nil, nil
	b := c.DefaultCacheBehavior
	b.CachePolicyId, b.ResponseHeadersPolicyId = nil, nil
	if !samePolicy {
		b.Compress, b.ForwardedValues, b.MinTTL, b.DefaultTTL, b.MaxTTL = nil, nil, nil, nil, nil
	}
	if b.ViewerProtocolPolicy == types.ViewerProtocolPolicyAllowAll {
		b.ViewerProtocolPolicy = types.ViewerProtocolPolicyRedirectToHttps
	}
	b.FunctionAssociations.Quantity = nil
	b.FunctionAssociations.Items = without(b.FunctionAssociations.Items, func(f types.FunctionAssociation) bool {
		return f.EventType == types.EventTypeViewerRequest
	})
	own := targetOrigin(c)
	own.DomainName, own.OriginAccessControlId = nil, nil
	if !sameKind {
		own.S3OriginConfig, own.CustomOriginConfig = nil, nil
	}
	c.CustomErrorResponses.Quantity = nil
	c.CustomErrorResponses.Items = without(c.CustomErrorResponses.Items, func(e types.CustomErrorResponse) bool {
		return slices.Contains([]int32{403, 404}, aws.ToInt32(e.ErrorCode))
	})
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// without is the rest of a list, nil if there is none.
func without[T any](list []T, drop func(T) bool) (rest []T) {
	for _, one := range list {
		if !drop(one) {
			rest = append(rest, one)
		}
	}
	return rest
}

// TestSettingsWrite: what is written is what is read back, over whatever was there, and what others have stays as it is.
func TestSettingsWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		was, want := wantedSettings().Draw(t, "was"), wantedSettings().Draw(t, "want")
		c := &types.DistributionConfig{CallerReference: aws.String("1")}
		was.write(c, "own")
		if diff := cmp.Diff(was, seenSettings(c)); diff != "" {
			t.Fatal("a new one: " + diff)
		}
		addForeign(t, c)
		before := copyOf(t, c)
		samePolicy := was.CachePolicy == want.CachePolicy
		sameKind := (was.AccessID == "") == (want.AccessID == "")

		want.write(c, "own")
		if diff := cmp.Diff(want, seenSettings(c)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(rest(t, before, samePolicy, sameKind), rest(t, c, samePolicy, sameKind)); diff != "" {
			t.Fatal(diff)
		}
		if diff := cmp.Diff(foreign(before), foreign(c)); diff != "" {
			t.Fatal(diff)
		}
		for _, e := range before.CustomErrorResponses.Items {
			i := slices.IndexFunc(c.CustomErrorResponses.Items, isCode(*e.ErrorCode))
			if i >= 0 && aws.ToInt64(c.CustomErrorResponses.Items[i].ErrorCachingMinTTL) != aws.ToInt64(e.ErrorCachingMinTTL) {
				t.Fatalf("how long error %d is cached has changed", *e.ErrorCode)
			}
			if i < 0 && e.ResponsePagePath == nil {
				t.Fatalf("how long error %d is cached is lost", *e.ErrorCode)
			}
		}
		wantQuantities(t, c)
		again := copyOf(t, c)
		want.write(c, "own")
		if diff := cmp.Diff(rest(t, again, true, true), rest(t, c, true, true)); diff != "" {
			t.Fatal("a second time: " + diff)
		}
	})
}

// wantQuantities requires that each list says how long it is: CloudFront refuses others.
func wantQuantities(t *rapid.T, c *types.DistributionConfig) {
	for name, pair := range map[string][2]int{
		"aliases":   {int(*c.Aliases.Quantity), len(c.Aliases.Items)},
		"origins":   {int(*c.Origins.Quantity), len(c.Origins.Items)},
		"errors":    {int(*c.CustomErrorResponses.Quantity), len(c.CustomErrorResponses.Items)},
		"functions": {int(*c.DefaultCacheBehavior.FunctionAssociations.Quantity), len(c.DefaultCacheBehavior.FunctionAssociations.Items)},
		"countries": {int(*c.Restrictions.GeoRestriction.Quantity), len(c.Restrictions.GeoRestriction.Items)},
	} {
		if pair[0] != pair[1] {
			t.Fatalf("%s: the quantity is %d, there are %d", name, pair[0], pair[1])
		}
	}
}

// TestSettings: what a site wants of its distribution, given the other parts.
func TestSettings(t *testing.T) {
	whole := func() Status {
		return Status{
			Access: &Access{ID: "A1"}, Certificate: &Certificate{ARN: certARN}, Function: &Function{ARN: "arn:f"},
			Distribution: &Distribution{DomainName: target, Settings: Settings{FunctionARN: "arn:f"}},
		}
	}
	type row struct {
		change func(*Spec, *Status)
		want   func(*Settings)
	}
	for name, row := range map[string]row{
		"plain":           {func(*Spec, *Status) {}, func(*Settings) {}},
		"nothing yet":     {func(_ *Spec, o *Status) { *o = Status{} }, func(s *Settings) { s.CertificateARN, s.AccessID = "", "" }},
		"names":           {func(s *Spec, _ *Status) { s.Aliases = []string{"a.example.edu"} }, func(s *Settings) { s.Names = []string{"a.example.edu", domain} }},
		"users' comment":  {func(_ *Spec, o *Status) { o.Distribution.Settings.Comment = "c" }, func(s *Settings) { s.Comment = "c" }},
		"function":        {func(s *Spec, _ *Status) { s.DirectoryIndex = true }, func(s *Settings) { s.FunctionARN = "arn:f" }},
		"function to be":  {func(s *Spec, o *Status) { s.DirectoryIndex, o.Function = true, nil }, func(*Settings) {}},
		"others' kept":    {func(_ *Spec, o *Status) { o.Distribution.Settings.FunctionARN = "arn:g" }, func(s *Settings) { s.FunctionARN = "arn:g" }},
		"single page":     {func(s *Spec, _ *Status) { s.SinglePage = true }, func(s *Settings) { s.Errors = []ErrorPage{{404, "/index.html", "200"}} }},
		"error document":  {func(s *Spec, _ *Status) { s.Error = "e" }, func(s *Settings) { s.Errors = []ErrorPage{{404, "/e", "404"}} }},
		"IPv6 unknowable": {func(s *Spec, o *Status) { s.IPv6, o.Distribution.Settings.IPv6 = false, true }, func(*Settings) {}},
		"IPv6 off, not DNS": {func(s *Spec, o *Status) { s.IPv6, s.DNS, o.Distribution.Settings.IPv6 = false, false, true },
			func(s *Settings) { s.IPv6 = false }},
		"IPv6 off, recorded": {func(s *Spec, o *Status) {
			s.IPv6, o.Distribution.Settings.IPv6 = false, true
			o.Records = []Record{{Name: domain, Type: "AAAA", Value: target, Alias: true}}
		}, func(s *Settings) { s.IPv6 = false }},
		"endpoint": {func(s *Spec, _ *Status) { s.Origin, s.Error = OriginEndpoint, "e" },
			func(s *Settings) { s.OriginDomain, s.AccessID = domain+".s3-website-us-east-1.amazonaws.com", "" }},
	} {
		s, o := simple(), whole()
		row.change(&s, &o)
		want := Settings{
			Delivery: simple().Delivery, Names: []string{domain}, Comment: domain, Enabled: true, CertificateARN: certARN,
			OriginDomain: domain + ".s3.us-east-1.amazonaws.com", AccessID: "A1",
		}
		row.want(&want)
		if diff := cmp.Diff(want, s.settings(o)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestPolicyWords(t *testing.T) {
	for _, word := range CachePolicyWords() {
		if got := CachePolicyWord(CachePolicyID(word)); got != word {
			t.Errorf("cache policy %s comes back as %s", word, got)
		}
	}
	for _, word := range ResponseHeaderWords() {
		if got := ResponseHeadersWord(ResponseHeadersID(word)); got != word {
			t.Errorf("response headers %s come back as %s", word, got)
		}
	}
	if CachePolicyID("id") != "id" || CachePolicyWord("id") != "id" || ResponseHeadersID(CacheOptimized) != CacheOptimized {
		t.Error("an id does not stand for itself")
	}
}
