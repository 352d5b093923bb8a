package website

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestSettingsWrite_theirOrigin: an origin of somebody else's, to which the default behavior was pointed, stays as it is;
// the site's own is used again, or made again.
func TestSettingsWrite_theirOrigin(t *testing.T) {
	s := simple()
	want := s.settings(ready())
	theirs := types.Origin{
		Id: aws.String("theirs"), DomainName: aws.String("api.example.edu"), OriginPath: aws.String("/v1"),
		CustomHeaders: &types.CustomHeaders{Quantity: aws.Int32(1), Items: []types.OriginCustomHeader{{}}},
	}
	endpoint := types.Origin{Id: aws.String("old"), DomainName: aws.String(domain + ".s3-website-us-east-1.amazonaws.com")}
	for name, row := range map[string]struct {
		ours *types.Origin // before
		id   string        // of the site's origin afterwards
	}{
		"there":           {&types.Origin{Id: aws.String(domain), DomainName: &want.OriginDomain}, domain},
		"led elsewhere":   {&types.Origin{Id: aws.String(domain), DomainName: aws.String("other.example.edu")}, domain},
		"of another id":   {&types.Origin{Id: aws.String("one"), DomainName: &want.OriginDomain}, "one"},
		"of the endpoint": {&endpoint, "old"},
		"gone":            {nil, domain},
	} {
		c := &types.DistributionConfig{}
		want.write(c, domain)
		c.Origins.Items = []types.Origin{theirs}
		if row.ours != nil {
			c.Origins.Items = append(c.Origins.Items, *row.ours)
		}
		c.DefaultCacheBehavior.TargetOriginId = theirs.Id
		if seen := seenSettings(c); seen.OriginDomain != *theirs.DomainName {
			t.Errorf("%s: it reads from %s", name, seen.OriginDomain)
		}
		want.write(c, domain)
		if diff := cmp.Diff(want, seenSettings(c)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if diff := cmp.Diff(theirs, c.Origins.Items[0], cmpopts.IgnoreUnexported(types.Origin{}, types.CustomHeaders{},
			types.OriginCustomHeader{})); diff != "" {
			t.Errorf("%s: theirs: %s", name, diff)
		}
		if n := len(c.Origins.Items); n != 2 || *c.DefaultCacheBehavior.TargetOriginId != row.id || int(*c.Origins.Quantity) != n {
			t.Errorf("%s: %d origins, that of the site is %s", name, n, *c.DefaultCacheBehavior.TargetOriginId)
		}
	}
}

// TestSettingsWrite_denied: only a missing object is answered with the page. What earlier versions set for denied requests
// goes, what others set for them stays.
func TestSettingsWrite_denied(t *testing.T) {
	page := func(code int32, path, response string) types.CustomErrorResponse {
		return types.CustomErrorResponse{ErrorCode: &code, ResponsePagePath: &path, ResponseCode: &response}
	}
	single := simple()
	single.SinglePage = true
	for name, row := range map[string]struct {
		live   []types.CustomErrorResponse
		inSync bool
		denied string // the page for 403 afterwards
	}{
		"new":            {nil, false, ""},
		"as it is":       {[]types.CustomErrorResponse{page(404, "/index.html", "200")}, true, ""},
		"former version": {[]types.CustomErrorResponse{page(403, "/index.html", "200"), page(404, "/index.html", "200")}, false, ""},
		"half of it":     {[]types.CustomErrorResponse{page(403, "/index.html", "200")}, false, ""},
		"somebody's":     {[]types.CustomErrorResponse{page(403, "/blocked.html", "403"), page(404, "/index.html", "200")}, true, "/blocked.html"},
	} {
		want, c := single.settings(ready()), &types.DistributionConfig{}
		want.write(c, domain)
		c.CustomErrorResponses = &types.CustomErrorResponses{Items: row.live}
		if inSync := cmp.Equal(want, seenSettings(c)); inSync != row.inSync {
			t.Errorf("%s: in sync is %t", name, inSync)
		}
		want.write(c, domain)
		if diff := cmp.Diff(want, seenSettings(c)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		denied := ""
		for _, e := range c.CustomErrorResponses.Items {
			if *e.ErrorCode == 403 {
				denied = *e.ResponsePagePath
			}
		}
		if denied != row.denied {
			t.Errorf("%s: a denied request gets %q", name, denied)
		}
	}
}

// TestBucketSpec_lists: the distribution may list the bucket where a missing object is answered with a page.
func TestBucketSpec_lists(t *testing.T) {
	have := &Status{Distribution: &Distribution{ARN: distARN}}
	for name, row := range map[string]struct {
		change func(*Spec)
		lists  bool
	}{
		"plain":       {func(*Spec) {}, false},
		"single page": {func(s *Spec) { s.SinglePage = true }, true},
		"document":    {func(s *Spec) { s.Error = "e" }, true},
		"endpoint":    {func(s *Spec) { s.SinglePage, s.Origin = true, OriginEndpoint }, false},
	} {
		s := simple()
		row.change(&s)
		var lists bool
		for _, statement := range bucketSpec(s, have).OwnStatements() {
			lists = lists || cmp.Equal(statement.Action, []string{"s3:ListBucket"}) &&
				cmp.Equal(statement.Resource, []string{"arn:aws:s3:::" + domain}) && len(statement.Condition) == 1
		}
		if lists != row.lists {
			t.Errorf("%s: it lists: %t", name, lists)
		}
	}
}

// TestInvalidation: each wish has a reference of its own, a trigger that comes back included; the same wish keeps it. The
// first trigger does nothing.
func TestInvalidation(t *testing.T) {
	w := site()
	var j journal
	var references []string
	w.CreateInvalidation = cf(&j, func(in *cloudfront.CreateInvalidationInput) (*cloudfront.CreateInvalidationOutput, error) {
		references = append(references, *in.InvalidationBatch.CallerReference)
		return &cloudfront.CreateInvalidationOutput{Invalidation: &types.Invalidation{Id: aws.String("I" + in.InvalidationBatch.Paths.Items[0])}}, nil
	})
	part := w.invalidation()
	prior := simple()
	prior.DistributionID = "E1"
	ask := func(trigger string) wish {
		want := prior
		want.Invalidation = &Invalidation{Paths: []string{"/*"}, Trigger: trigger}
		before := prior
		return wish{Want: want, Prior: &before}
	}
	if part.Wanted(ask("v1")) {
		t.Error("the first trigger, as after an import, invalidates")
	}
	for i, trigger := range []string{"v1", "v2", "v1", "v1"} {
		w := ask(trigger)
		o := Status{Distribution: &Distribution{ID: "E1"}}
		for range 2 { // a second time with the same state: the answer was lost
			if err := part.Apply(t.Context(), w, &o); err != nil {
				t.Fatal(err)
			}
		}
		prior = w.Want
		prior.InvalidationID = "I" + string(rune('0'+i))
	}
	seen := map[string]int{}
	for _, reference := range references {
		seen[reference]++
	}
	if len(seen) != 4 || len(references) != 8 {
		t.Errorf("references are %v", seen)
	}
	if !part.Wanted(ask("v2")) || part.Wanted(ask("v1")) {
		t.Error("a changed trigger does nothing, or an unchanged one invalidates")
	}
}
