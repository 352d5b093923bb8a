package website

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// readBy is the statement that lets the distribution read the objects, or everybody if the ARN is empty.
func readBy(arn string) awspolicy.Statement {
	read := awspolicy.Statement{
		Effect: awspolicy.Allow, Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::" + domain + "/*"},
		Principal: awspolicy.Everyone(),
	}
	if arn != "" {
		read.Sid, read.Principal = "SpinupCloudFrontRead", awspolicy.Principal{"Service": {"cloudfront.amazonaws.com"}}
		read.Condition = awspolicy.Condition{"StringEquals": {"AWS:SourceArn": {arn}}}
	}
	return read
}

func document(statements ...awspolicy.Statement) *awspolicy.Document {
	doc := awspolicy.New(statements...)
	return &doc
}

func TestSeenOrigin(t *testing.T) {
	private := func() Status {
		return Status{
			Access: &Access{ID: "A1", InSync: true},
			Distribution: &Distribution{ARN: distARN, Settings: Settings{
				AccessID: "A1", OriginDomain: domain + ".s3.us-east-1.amazonaws.com",
			}},
			Bucket: bucket.Status{Policy: document(readBy(distARN)), Block: &bucket.Block{
				PublicACLs: true, IgnoreACLs: true, PublicPolicy: true, Restrict: true,
			}},
		}
	}
	endpoint := func() Status {
		return Status{
			Endpoint:     &Endpoint{Index: "index.html"},
			Distribution: &Distribution{Settings: Settings{OriginDomain: domain + ".s3-website-us-east-1.amazonaws.com"}},
			Bucket:       bucket.Status{Policy: document(readBy("")), Block: &bucket.Block{}},
		}
	}
	for name, row := range map[string]struct {
		have   func() Status
		change func(*Status)
		want   string
	}{
		"private":                  {private, func(*Status) {}, OriginPrivate},
		"access control unread":    {private, func(o *Status) { o.Access = nil }, OriginPrivate},
		"does not sign":            {private, func(o *Status) { o.Access.InSync = false }, ""},
		"not allowed":              {private, func(o *Status) { o.Bucket.Policy = document() }, ""},
		"another is allowed":       {private, func(o *Status) { o.Bucket.Policy = document(readBy(distARN + "2")) }, ""},
		"blocks taken off":         {private, func(o *Status) { o.Bucket.Block = &bucket.Block{} }, ""},
		"writers own":              {private, func(o *Status) { o.Bucket.Ownership = aws.String("ObjectWriter") }, ""},
		"bucket owner owns":        {private, func(o *Status) { o.Bucket.Ownership = aws.String("BucketOwnerEnforced") }, OriginPrivate},
		"another bucket":           {private, func(o *Status) { o.Distribution.Settings.OriginDomain = "b.s3.us-east-1.amazonaws.com" }, ""},
		"no access control in use": {private, func(o *Status) { o.Distribution.Settings.AccessID = "" }, ""},
		"no distribution":          {private, func(o *Status) { o.Distribution = nil }, ""},
		"policy unread":            {private, func(o *Status) { o.Bucket.Policy = nil }, ""},
		"endpoint":                 {endpoint, func(*Status) {}, OriginEndpoint},
		"endpoint off":             {endpoint, func(o *Status) { o.Endpoint = nil }, ""},
		"policies blocked":         {endpoint, func(o *Status) { o.Bucket.Block.PublicPolicy = true }, ""},
		"public restricted":        {endpoint, func(o *Status) { o.Bucket.Block.Restrict = true }, ""},
		"blocks unread":            {endpoint, func(o *Status) { o.Bucket.Block = nil }, ""},
		"nobody may read":          {endpoint, func(o *Status) { o.Bucket.Policy = document() }, ""},
		"signs to the endpoint":    {endpoint, func(o *Status) { o.Distribution.Settings.AccessID = "A1" }, ""},
	} {
		o := row.have()
		row.change(&o)
		if got := o.SeenOrigin(simple()); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestSeenErrors(t *testing.T) {
	page := func(path, response string, codes ...int32) (pages []ErrorPage) {
		for _, code := range codes {
			pages = append(pages, ErrorPage{code, path, response})
		}
		return pages
	}
	endpoint := &Endpoint{Error: "end.html"}
	for name, row := range map[string]struct {
		spec     Spec
		pages    []ErrorPage
		endpoint *Endpoint
		document string
		single   bool
	}{
		"none":                 {Spec{}, nil, nil, "", false},
		"document":             {Spec{}, page("/404.html", "404", 404), nil, "404.html", false},
		"single page":          {Spec{}, page("/index.html", "200", 404), nil, "", true},
		"index that was asked": {Spec{Delivery: Delivery{Index: "i"}}, page("/i", "200", 404), nil, "", true},
		"both codes, wanted":   {Spec{Error: "404.html"}, page("/404.html", "404", 403, 404), nil, "", false},
		"both codes, imported": {Spec{}, page("/404.html", "404", 403, 404), nil, "404.html", false},
		"both, single page":    {Spec{SinglePage: true}, page("/index.html", "200", 403, 404), nil, "index.html", false},
		"other response":       {Spec{Error: "404.html"}, page("/404.html", "200", 403, 404), nil, "", false},
		"endpoint":             {Spec{Origin: OriginEndpoint}, nil, endpoint, "end.html", false},
		"endpoint, single":     {Spec{Origin: OriginEndpoint}, page("/index.html", "200", 403, 404), endpoint, "", true},
		"endpoint not wanted":  {Spec{Origin: OriginPrivate}, nil, endpoint, "", false},
	} {
		o := Status{Endpoint: row.endpoint, Distribution: &Distribution{Settings: Settings{
			Delivery: Delivery{Index: "index.html"}, Errors: row.pages,
		}}}
		if document, single := o.SeenErrors(row.spec); document != row.document || single != row.single {
			t.Errorf("%s: document %q, single page %t", name, document, single)
		}
	}
}

func TestSeenCertificate(t *testing.T) {
	certificate := func(status string, owned bool, names ...string) *Certificate {
		return &Certificate{ARN: certARN, Status: status, Owned: owned, Names: names}
	}
	in := func(arn string) *Distribution { return &Distribution{Settings: Settings{CertificateARN: arn}} }
	known := &Spec{CertificateARN: certARN}
	for name, row := range map[string]struct {
		prior *Spec
		have  Status
		want  string
	}{
		"in use":                    {known, Status{Certificate: certificate("ISSUED", true, domain), Distribution: in(certARN)}, certARN},
		"to be used":                {nil, Status{Certificate: certificate("ISSUED", false, "*.example.edu")}, certARN},
		"pending":                   {nil, Status{Certificate: certificate("PENDING_VALIDATION", true, domain)}, certARN},
		"expired":                   {known, Status{Certificate: certificate("EXPIRED", true, domain), Distribution: in(certARN)}, ""},
		"of other names":            {known, Status{Certificate: certificate("ISSUED", true, "example.edu"), Distribution: in(certARN)}, ""},
		"none":                      {nil, Status{}, ""},
		"others to delete":          {known, Status{Certificate: certificate("ISSUED", true, domain), Distribution: in(certARN), Former: []*Certificate{{}}}, ""},
		"another in use, known":     {known, Status{Certificate: certificate("ISSUED", false, domain), Distribution: in(certARN + "2")}, ""},
		"another in use, made":      {nil, Status{Certificate: certificate("ISSUED", true, domain), Distribution: in(certARN + "2")}, ""},
		"another in use, not known": {nil, Status{Certificate: certificate("ISSUED", false, domain), Distribution: in(certARN + "2")}, certARN + "2"},
		"lost, not known":           {nil, Status{Distribution: in(certARN + "2")}, certARN + "2"},
	} {
		if got := row.have.SeenCertificate(wish{Want: Spec{Domain: domain}, Prior: row.prior}); got != row.want {
			t.Errorf("%s: %q, want %q", name, got, row.want)
		}
	}
}

func TestSeenTags(t *testing.T) {
	s := Spec{Bucket: bucket.Spec{IgnoreTag: func(key string) bool { return key == "theirs" }}}
	for name, row := range map[string]struct {
		bucket, distribution, want map[string]string
	}{
		"same":         {map[string]string{"A": "1"}, map[string]string{"A": "1", markerTag: domain}, map[string]string{"A": "1"}},
		"others' tags": {map[string]string{"theirs": "1"}, map[string]string{"theirs": "2", "aws:x": "y"}, map[string]string{}},
		"only one": {
			map[string]string{"A": "1"}, map[string]string{"B": `"`},
			map[string]string{"A": `"1" on the bucket, none on the distribution`, "B": `none on the bucket, "\"" on the distribution`},
		},
		"different": {map[string]string{"A": ""}, map[string]string{"A": "2"}, map[string]string{"A": `"" on the bucket, "2" on the distribution`}},
	} {
		o := Status{Bucket: bucket.Status{Tags: row.bucket}, Distribution: &Distribution{Tags: row.distribution}}
		if diff := cmp.Diff(row.want, o.SeenTags(s)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	alone := Status{Bucket: bucket.Status{Tags: map[string]string{"A": "1", "theirs": "1"}}}
	if diff := cmp.Diff(map[string]string{"A": "1"}, alone.SeenTags(s)); diff != "" {
		t.Errorf("without a distribution: %s", diff)
	}
}

// TestBucketSpec: what a site wants of its bucket.
func TestBucketSpec(t *testing.T) {
	live := &Status{Distribution: &Distribution{ARN: distARN}, Bucket: bucket.Status{Ownership: aws.String("ObjectWriter")}}
	open := &Status{Bucket: bucket.Status{Policy: document(readBy("")), Block: &bucket.Block{}}}
	for name, row := range map[string]struct {
		origin                       string
		have                         *Status
		access, ownership, mayReadBy string
	}{
		"private, nothing seen":  {OriginPrivate, nil, "none", "BucketOwnerEnforced", ""},
		"private":                {OriginPrivate, live, "none", "BucketOwnerEnforced", distARN},
		"private, now open":      {OriginPrivate, open, "none", "BucketOwnerEnforced", ""},
		"endpoint, nothing seen": {OriginEndpoint, nil, "read", "BucketOwnerEnforced", ""},
		"endpoint":               {OriginEndpoint, live, "read", "ObjectWriter", ""},
		"endpoint, now open":     {OriginEndpoint, open, "unblocked", "BucketOwnerEnforced", ""},
	} {
		s := simple()
		s.Origin, s.Placeholder = row.origin, true
		got := bucketSpec(s, row.have)
		if got.PublicAccess != row.access || got.Ownership != row.ownership || got.Reader != row.mayReadBy ||
			got.Placeholder != "index.html" || len(got.Levels) != 0 || (len(got.Revoked) == 1) != (row.origin == OriginPrivate) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestLocation(t *testing.T) {
	config := func(origin, comment string, names ...string) *types.DistributionConfig {
		c := &types.DistributionConfig{}
		Settings{OriginDomain: origin, Comment: comment, Names: names}.write(c, "own")
		c.Origins.Items = append([]types.Origin{{Id: aws.String("api"), DomainName: aws.String("api.s3.x")}}, c.Origins.Items...)
		return c
	}
	for name, row := range map[string]struct {
		config         *types.DistributionConfig
		bucket, domain string
	}{
		"private":           {config("b.s3.us-east-1.amazonaws.com", "c", "a", "c"), "b", "c"},
		"global":            {config("b.s3.amazonaws.com", "x", "a", "c"), "b", "a"},
		"endpoint":          {config("www.example.edu.s3-website-us-east-1.amazonaws.com", "", "a"), domain, "a"},
		"endpoint, dot":     {config("b.s3-website.eu-central-1.amazonaws.com", ""), "b", ""},
		"mark in its name":  {config("a.s3.b.s3.us-east-1.amazonaws.com", ""), "a.s3.b", ""},
		"something else":    {config("api.example.edu", ""), "api.example.edu", ""},
		"no origin, no set": {&types.DistributionConfig{}, "", ""},
	} {
		if b, d := bucketOf(row.config), domainOf(row.config); b != row.bucket || d != row.domain {
			t.Errorf("%s: bucket %q, domain %q", name, b, d)
		}
	}
}
