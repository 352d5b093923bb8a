package provider_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// TestAccLifecycleRule_adopted follows the advice that the refusal of a rule that exists gives: none of it writes.
func TestAccLifecycleRule_adopted(t *testing.T) { acctest.Each(t, adoptRule) }

func adoptRule(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	writeLifecycle(t, b, theirRule(b))
	before := rawRules(t, b)
	tf := b.Served(t)
	config := b.Provider() + ruleBlock(b, "test", "stranger", suited(b, `enabled = false`, `filter = { tags = { A = "<2>", Z = "1" } }`,
		`noncurrent_days = 120`,
		`transitions = [{ days = 30, storage_class = "STANDARD_IA" }, { days = 90, storage_class = "GLACIER" }]`)...)
	tf.Write(config)
	block := fmt.Sprintf("import {\n  to = spinup_lifecycle_rule.NAME\n  id = %q\n}\n", b.Name+"/stranger")
	saysAll(t, tf.MustFail("apply", "-auto-approve"), "exists already", acctest.Flat(block), "Nothing was changed.")
	tf.Write(config + strings.ReplaceAll(block, "NAME", "test"))
	tf.Apply()
	tf.Empty()
	if done := mutations(b); len(done) > 0 {
		t.Errorf("it did %v", done)
	}
	same(t, "rules", before, rawRules(t, b))
}

// TestAccLifecycleRule_tooMany fills a bucket: the last rule that fits is made, the next one is not tried.
func TestAccLifecycleRule_tooMany(t *testing.T) { acctest.Each(t, tooManyRules) }

func tooManyRules(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	var rules []string
	for i := range lifecyclerule.MaxRules - 1 {
		rules = append(rules, fmt.Sprintf(`<ID>rule %d</ID><Filter><Prefix>%[1]d/</Prefix></Filter><Status>Enabled</Status>`+
			`<Expiration><Days>1</Days></Expiration>`, i))
	}
	writeLifecycle(t, b, rules...)
	tf := b.Played(t)
	config := b.Provider() + ruleBlock(b, "test", "one", "expiration_days = 30")
	tf.Write(config)
	tf.Apply()
	tf.Write(config + ruleBlock(b, "more", "two", "expiration_days = 30"))
	b.Gateway.Reset()
	saysAll(t, tf.MustFail("apply", "-auto-approve"), "with spinup_lifecycle_rule.more",
		"the bucket would have 1001 lifecycle rules, S3 allows 1000: nothing was written")
	if done := mutations(b); len(done) > 0 {
		t.Errorf("it did %v", done)
	}
	if n := len(rawRules(t, b)); n != lifecyclerule.MaxRules || tf.State("spinup_lifecycle_rule.more") != nil {
		t.Errorf("there are %d rules, and in state is %v", n, tf.State("spinup_lifecycle_rule.more"))
	}
}

// TestAccLifecycleRule_batch makes several rules in one write, which S3 refuses because of one of them: the others are
// made, and the error is at that one.
func TestAccLifecycleRule_batch(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, batchOfRules)
}

func batchOfRules(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	writeLifecycle(t, b, theirRule(b))
	before := rawRules(t, b)
	b.Gateway.SetLatency(together)
	tf := b.Played(t, unhurried)
	config := refusing("<ID>three</ID>").provider(t, b)
	names := []string{"one", "two", "three", "four", "five"}
	for _, name := range names {
		config += ruleBlock(b, name, name, "expiration_days = 30")
	}
	tf.Write(config)
	said := tf.MustFail("apply", "-auto-approve")
	saysAll(t, said, "Error: Lifecycle rule could not be created", "with spinup_lifecycle_rule.three", "bucket "+b.Name+": InvalidRequest: No such thing.")
	if n := strings.Count(said, "Error: "); n != 1 {
		t.Errorf("%d errors:\n%s", n, said)
	}
	live := rawRules(t, b)
	for _, name := range names {
		made := name != "three"
		if (live[name] != "") != made || (tf.State("spinup_lifecycle_rule."+name) != nil) != made {
			t.Errorf("of %s there is %q, and in state %v", name, live[name], tf.State("spinup_lifecycle_rule."+name))
		}
	}
	same(t, "the rule of another owner", before["stranger"], live["stranger"])
	if writes := mutations(b); !slices.Equal(writes, slices.Repeat([]string{putLifecycle}, 4)) {
		t.Errorf("it wrote %v, want one write for each rule that was made", writes)
	}
}

// between is what happens between the provider and the bench's gateway.
type between func(*http.Request) (*http.Response, error)

func (f between) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// provider is the provider block that leads through f to the gateway.
func (f between) provider(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	gateway := acctest.Must(url.Parse(b.Gateway.URL()))(t)
	server := httptest.NewServer(&httputil.ReverseProxy{Transport: f, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(gateway)
		r.Out.Host = r.In.Host // is part of what was signed
	}})
	t.Cleanup(server.Close)
	return strings.ReplaceAll(b.Provider(), b.Gateway.URL(), server.URL)
}

// refusing refuses what holds the words, as S3 does with what it cannot make sense of.
func refusing(words string) between {
	return func(r *http.Request) (*http.Response, error) {
		if r.Method != http.MethodPut {
			return http.DefaultTransport.RoundTrip(r)
		}
		text, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if bytes.Contains(text, []byte(words)) {
			refusal := "<Error><Code>InvalidRequest</Code><Message>No such thing.</Message></Error>"
			return &http.Response{StatusCode: http.StatusBadRequest, Body: io.NopCloser(strings.NewReader(refusal))}, nil
		}
		r.Body = io.NopCloser(bytes.NewReader(text))
		return http.DefaultTransport.RoundTrip(r)
	}
}

// TestAccLifecycleRule_overtaken: between the look and the write somebody else makes a rule of the same name. It is not
// taken over either.
func TestAccLifecycleRule_overtaken(t *testing.T) { acctest.Each(t, overtakeRule) }

func overtakeRule(t *testing.T, b *acctest.Bench) {
	b.MakeBucket(t, b.Name)
	b.Gateway.SetLatency(2 * acctest.Pace().Gap) // so that there is a second look before the write
	var once sync.Once
	overtaken := between(func(r *http.Request) (*http.Response, error) {
		answer, err := http.DefaultTransport.RoundTrip(r)
		if r.URL.Query().Has("lifecycle") {
			once.Do(func() {
				if _, err := b.S3().PutBucketLifecycleConfiguration(t.Context(), &s3.PutBucketLifecycleConfigurationInput{
					Bucket:                 &b.Name,
					LifecycleConfiguration: &types.BucketLifecycleConfiguration{Rules: []types.LifecycleRule{foreignRule()}},
				}); err != nil {
					t.Error(err)
				}
			})
		}
		return answer, err
	})
	tf := b.Played(t)
	tf.Write(overtaken.provider(t, b) + ruleBlock(b, "test", "theirs", "expiration_days = 1"))
	saysAll(t, tf.MustFail("apply", "-auto-approve"), "the lifecycle rule exists already", fmt.Sprintf("id = %q", b.Name+"/theirs"))
	if done, state := mutations(b), tf.State(ruleAddress); len(done) > 0 || state != nil {
		t.Errorf("it did %v, and in state is %v", done, state)
	}
	leftAlone(t, b)
}
