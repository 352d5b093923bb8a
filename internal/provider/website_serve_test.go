package provider_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/website"
)

// answer is what a path of a site has to answer: the status, and the text, if it is said.
type answer struct {
	host, path string
	status     int
	text       string
}

// wantAnswers asks for each of the paths.
func wantAnswers(t *testing.T, b *acctest.Bench, when string, answers ...answer) {
	t.Helper()
	for _, want := range answers {
		status, body := b.Fetch(t, want.host, want.path)
		if status != want.status || want.text != "" && body != want.text {
			t.Errorf("%s: %s%s answers %d %q, want %d %q", when, want.host, want.path, status, body, want.status, want.text)
		}
	}
}

// anonymously is the status that the bucket itself answers to somebody without a key.
func anonymously(t *testing.T, b *acctest.Bench, bucket, key string) int {
	t.Helper()
	request := acctest.Must(http.NewRequestWithContext(t.Context(), http.MethodGet, b.Endpoint+"/"+bucket+"/"+key, nil))(t)
	response := acctest.Must(http.DefaultClient.Do(request))(t)
	_ = response.Body.Close()
	return response.StatusCode
}

// TestAccWebsite_serves: what is put into the bucket is answered at the site's own names, both ways for the distribution
// to read it, because the bucket's policy says so, and for no other reason.
func TestAccWebsite_serves(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, "it answers for distributions, and asks the bucket's policy", func(t *testing.T, b *acctest.Bench) {
		for origin, direct := range map[string]int{
			website.OriginPrivate: http.StatusForbidden, website.OriginEndpoint: http.StatusOK,
		} {
			t.Run(origin, func(t *testing.T) {
				t.Parallel()
				serves(t, b.Fork(t), origin, direct)
			})
		}
	})
}

// serves goes through the life of one site; direct is what its bucket answers to everybody.
func serves(t *testing.T, b *acctest.Bench, origin string, direct int) {
	b.MakeZone(t, zone(b))
	alias := "web." + zone(b)
	lines := func(more ...string) string {
		return b.Provider() + site(b, append(more, fmt.Sprintf("origin_access = %q", origin),
			fmt.Sprintf("aliases = [%q]", alias), "force_destroy = true")...)
	}
	tf := b.Played(t)
	tf.Write(lines())
	tf.Apply()
	if status, body := b.Fetch(t, domain(b), "/"); status != http.StatusOK || !strings.Contains(body, "Nothing is here yet") {
		t.Errorf("a new site answers %d %q, want the placeholder", status, body)
	}

	for _, key := range []string{"index.html", "docs/index.html", "lost.html"} {
		b.PutObject(t, domain(b), key) // each says its key
	}
	live, _ := tf.State("spinup_website.test")["distribution_domain_name"].(string)
	pages := []answer{
		{domain(b), "/", http.StatusOK, "index.html"},
		{domain(b), "/docs/index.html", http.StatusOK, "docs/index.html"},
		{alias, "/", http.StatusOK, "index.html"},
		{live, "/index.html", http.StatusOK, "index.html"},
	}
	unknown := func(status int, text string) []answer {
		return append(slices.Clone(pages), answer{domain(b), "/docs/unknown", status, text})
	}
	wantAnswers(t, b, "no error document", unknown(http.StatusNotFound, "")...)
	if got := anonymously(t, b, domain(b), "index.html"); got != direct {
		t.Errorf("the bucket itself answers %d, want %d", got, direct)
	}

	tf.Write(lines(`error_document = "lost.html"`))
	tf.Apply()
	wantAnswers(t, b, "error document", unknown(http.StatusNotFound, "lost.html")...)
	tf.Write(lines(`single_page_app = true`))
	tf.Apply()
	wantAnswers(t, b, "single page", unknown(http.StatusOK, "index.html")...)

	acctest.Must(b.S3().DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(domain(b))}))(t)
	wantAnswers(t, b, "without the statement", answer{domain(b), "/index.html", http.StatusForbidden, ""})
	if got := tf.Plan("spinup_website.test").Attributes(); !slices.Contains(got, "origin_access") {
		t.Errorf("the plan changes %v, want origin_access", got)
	}
	tf.Apply()
	wantAnswers(t, b, "repaired", pages...)
	tf.Destroy()
	b.GoneSite(t, domain(b))
}

// query is a query string as CloudFront hands it to a function.
type query map[string]map[string]any

// TestAccWebsite_function asks CloudFront what the function makes of a request.
func TestAccWebsite_function(t *testing.T) {
	const reason = "it runs functions, and CloudFront is the same for the other"
	acctest.Only(t, emulator.Fakecloud, reason, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		old, older := "old."+zone(b), "older."+zone(b)
		tf := b.Played(t)
		tf.Write(b.Provider() + site(b, fmt.Sprintf("redirect_domains = [%q, %q]", old, older), "wait_for_deployment = false"))
		tf.Apply()
		name := functionOf(t, b, tf)

		here := "https://" + domain(b)
		one := query{"q": {"value": "a%20b"}}
		many := query{"x": {"value": "1", "multiValue": []map[string]any{{"value": "1"}, {"value": ""}, {"value": "3"}}}}
		for _, row := range []struct {
			host, uri string
			query     query
			want      string // the path to look for, or where to go
		}{
			{domain(b), "/", nil, "/index.html"},
			{domain(b), "/docs/", nil, "/docs/index.html"},
			{domain(b), "/docs", nil, "/docs"},
			{domain(b), "/a.b/", nil, "/a.b/index.html"},
			{domain(b), "/a.b", nil, "/a.b"},
			{domain(b), "/a/b/c/", one, "/a/b/c/index.html"},
			{strings.ToUpper(domain(b)), "/docs/", nil, "/docs/index.html"},
			{"elsewhere.example.edu", "/", nil, "/index.html"},
			{old, "/", nil, here + "/"},
			{older, "/docs/", nil, here + "/docs/"},
			{old, "/a.b", nil, here + "/a.b"},
			{strings.ToUpper(old), "/docs", nil, here + "/docs"},
			{old, "/", one, here + "/?q=a%20b"},
			{old, "/", query{"q": {"value": ""}}, here + "/?q"},
			{old, "/find", many, here + "/find?x=1&x&x=3"},
		} {
			said := testFunction(t, b, name, row.host, row.uri, row.query)
			got := said.URI
			if said.StatusCode != 0 {
				got = said.Headers["location"].Value
			}
			wantStatus := 0
			if strings.HasPrefix(row.want, "https:") {
				wantStatus = http.StatusMovedPermanently
			}
			if got != row.want || said.StatusCode != wantStatus {
				t.Errorf("%s%s %v: %d %q, want %d %q", row.host, row.uri, row.query, said.StatusCode, got, wantStatus, row.want)
			}
			if wantStatus == 0 && len(said.Querystring) != len(row.query) {
				t.Errorf("%s%s: the query string is not passed on", row.host, row.uri)
			}
		}
		tf.Destroy()
	})
}

// functionOf is the name of the function that the site's distribution runs.
func functionOf(t *testing.T, b *acctest.Bench, tf acctest.Runner) string {
	t.Helper()
	id, _ := tf.State("spinup_website.test")["distribution_id"].(string)
	out := acctest.Must(b.CloudFront().GetDistribution(t.Context(), &cloudfront.GetDistributionInput{Id: &id}))(t)
	runs := out.Distribution.DistributionConfig.DefaultCacheBehavior.FunctionAssociations.Items
	if len(runs) != 1 || runs[0].EventType != types.EventTypeViewerRequest {
		t.Fatalf("the distribution runs %v, want one function for requests of viewers", runs)
	}
	return path.Base(*runs[0].FunctionARN)
}

// functionAnswer is the request that a function passes on, or its response.
type functionAnswer struct {
	URI         string
	Querystring map[string]any
	StatusCode  int
	Headers     map[string]struct{ Value string }
}

// testFunction has CloudFront run the function that is published.
func testFunction(t *testing.T, b *acctest.Bench, name, host, uri string, q query) functionAnswer {
	t.Helper()
	if q == nil {
		q = query{}
	}
	event := acctest.Must(json.Marshal(map[string]any{
		"version": "1.0", "context": map[string]any{"eventType": "viewer-request"}, "viewer": map[string]any{"ip": "192.0.2.1"},
		"request": map[string]any{
			"method": http.MethodGet, "uri": uri, "querystring": q, "cookies": map[string]any{},
			"headers": map[string]any{"host": map[string]any{"value": host}},
		},
	}))(t)
	described := acctest.Must(b.CloudFront().DescribeFunction(t.Context(), &cloudfront.DescribeFunctionInput{
		Name: &name, Stage: types.FunctionStageLive,
	}))(t)
	out := acctest.Must(b.CloudFront().TestFunction(t.Context(), &cloudfront.TestFunctionInput{
		Name: &name, IfMatch: described.ETag, Stage: types.FunctionStageLive, EventObject: event,
	}))(t)
	if message := aws.ToString(out.TestResult.FunctionErrorMessage); message != "" {
		t.Fatalf("the function fails: %s", message)
	}
	var said functionAnswer
	if err := json.Unmarshal([]byte(aws.ToString(out.TestResult.FunctionOutput)), &said); err != nil {
		t.Fatal(err)
	}
	return said
}
