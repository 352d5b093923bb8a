package bucket_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// store answers ListBuckets with the pages, each under the continuation token that the page before it gave. It leaves
// filtering to nobody and gives the buckets in the order in which they are written, as some stores do.
type store struct {
	pages  map[string]page // by continuation token; "" is the first
	lists  atomic.Int32
	prefix atomic.Value // of the latest request
}

type page struct {
	names  []string
	next   string
	status int // 0: it is answered well
}

func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.lists.Add(1)
	s.prefix.Store(r.URL.Query().Get("prefix"))
	page, known := s.pages[r.URL.Query().Get("continuation-token")]
	if !known || r.URL.Path != "/" || r.URL.Query().Get("max-buckets") == "" { // without it S3 answers all in one page
		http.Error(w, r.URL.String(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	if page.status != 0 {
		w.WriteHeader(page.status)
		fmt.Fprint(w, "<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
		return
	}
	fmt.Fprint(w, "<ListAllMyBucketsResult><Buckets>")
	for _, name := range page.names {
		fmt.Fprintf(w, "<Bucket><Name>%s</Name><BucketRegion>eu-west-1</BucketRegion>"+
			"<CreationDate>2026-01-02T03:04:05.000Z</CreationDate></Bucket>", name)
	}
	fmt.Fprint(w, "</Buckets>")
	if page.next != "" {
		fmt.Fprintf(w, "<ContinuationToken>%s</ContinuationToken>", page.next)
	}
	fmt.Fprint(w, "</ListAllMyBucketsResult>")
}

// connect serves the store and connects to it.
func connect(t *testing.T, store http.Handler) *awsclient.Conn {
	t.Helper()
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	conn, err := awsclient.New(awsclient.Config{
		Platform: "s3", AccessKey: "key", SecretKey: "secret", Endpoints: map[string]string{"s3": server.URL},
	}, awsclient.DefaultPace()).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func paged() *store {
	return &store{pages: map[string]page{
		"":    {names: []string{"data-b", "data-a"}, next: "two"},
		"two": {names: []string{"logs", "data-d"}, next: "3/=+"},
		// A page may be empty and not be the last.
		"3/=+": {next: "four"},
		"four": {names: []string{"data-c"}},
	}}
}

var made = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestListing_list(t *testing.T) {
	for prefix, want := range map[string][]string{
		"":      {"data-a", "data-b", "data-c", "data-d", "logs"},
		"data-": {"data-a", "data-b", "data-c", "data-d"},
		"x":     nil,
	} {
		t.Run(prefix, func(t *testing.T) {
			s := paged()
			var listing bucket.Listing
			got, err := listing.List(t.Context(), connect(t, s), prefix)
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, entry := range got {
				names = append(names, entry.Name)
				if entry.Region != "eu-west-1" || !entry.Created.Equal(made) {
					t.Errorf("%+v, want it in eu-west-1 and made at %s", entry, made)
				}
			}
			if diff := cmp.Diff(want, names); diff != "" {
				t.Error(diff)
			}
			if lists := s.lists.Load(); lists != 4 {
				t.Errorf("%d requests for 4 pages", lists)
			}
			if asked := s.prefix.Load(); asked != prefix {
				t.Errorf("asked for the prefix %q, want %q", asked, prefix)
			}
		})
	}
}

// Half a list would make a bucket that exists look as if it were gone.
func TestListing_listFailsWhole(t *testing.T) {
	s := paged()
	s.pages["two"] = page{status: http.StatusForbidden}
	var listing bucket.Listing
	got, err := listing.List(t.Context(), connect(t, s), "")
	if !awsclient.IsAccessDenied(err) || got != nil {
		t.Errorf("%v, %v, want the refusal alone", got, err)
	}
}

// Many look at once, and the account is listed once.
func TestListing_created(t *testing.T) {
	s := paged()
	conn := connect(t, s)
	var listing bucket.Listing
	var group sync.WaitGroup
	for name := range strings.FieldsSeq("data-a data-b data-c data-d logs data-a data-b data-c data-d logs") {
		group.Go(func() {
			got, err := listing.Created(t.Context(), conn, name)
			if err != nil || !got.Equal(made) {
				t.Errorf("%s: %s, %v, want %s", name, got, err, made)
			}
		})
	}
	group.Wait()
	if lists := s.lists.Load(); lists != 4 {
		t.Errorf("%d requests, want the 4 of one list", lists)
	}
	got, err := listing.Created(t.Context(), conn, "unlisted")
	if err != nil || !got.IsZero() {
		t.Errorf("a bucket that is not listed: %s, %v, want no time", got, err)
	}
}

// A bucket is found from any region: S3 answers a HEAD of a bucket elsewhere with the region alone.
func TestLocate(t *testing.T) {
	tests := map[string]struct {
		status int
		region string
		want   string
		exists bool
	}{
		"here":        {http.StatusOK, "us-east-1", "us-east-1", true},
		"unsaid":      {http.StatusOK, "", "us-east-1", true},
		"moved":       {http.StatusMovedPermanently, "eu-west-1", "eu-west-1", true},
		"bad request": {http.StatusBadRequest, "eu-central-1", "eu-central-1", true}, // regions that opened later
		"missing":     {http.StatusNotFound, "us-east-1", "", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if test.region != "" {
					w.Header().Set("X-Amz-Bucket-Region", test.region)
				}
				w.WriteHeader(test.status)
			}))
			region, exists, err := bucket.Locate(t.Context(), conn, "data", "us-east-1")
			if err != nil || region != test.want || exists != test.exists {
				t.Errorf("%q, %t, %v, want %q, %t", region, exists, err, test.want, test.exists)
			}
		})
	}
}

// A bucket that may not be looked at is not a missing one.
func TestLocateRefused(t *testing.T) {
	conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amz-Bucket-Region", "eu-west-1") // S3 says so in every answer
		w.WriteHeader(http.StatusForbidden)
	}))
	_, exists, err := bucket.Locate(t.Context(), conn, "data", "us-east-1")
	if !awsclient.IsAccessDenied(err) || exists {
		t.Errorf("%t, %v, want a refusal", exists, err)
	}
}

// TestLocate_wrongRegion: where HEAD only says "bad request", the reason is asked for, and the user is told it.
func TestLocate_wrongRegion(t *testing.T) {
	conn := connect(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { // as VersityGW 1.8.0 answers
		w.Header().Set("Content-Type", "application/xml")
		w.Header().Set("X-Amz-Request-Id", "RQ")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, "<Error><Code>AuthorizationHeaderMalformed</Code><Message>the region &#34;us-east-1&#34; is wrong; "+
			"expecting &#34;eu-test-9&#34;</Message><Region>eu-test-9</Region></Error>")
	}))
	_, exists, err := bucket.Locate(t.Context(), conn, "data", "us-east-1")
	if exists || err == nil || !strings.Contains(err.Error(), `set the provider's region to "eu-test-9"`) {
		t.Errorf("%t, %v", exists, err)
	}
}
