package lifecyclerule

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
)

// forgetful is S3's lifecycle configuration as some stores have it: they accept a rule and keep of it what they know.
type forgetful struct {
	mu   sync.Mutex
	text string
	puts int
}

var (
	abort = regexp.MustCompile(`<AbortIncompleteMultipartUpload>.*?</AbortIncompleteMultipartUpload>`)
	idle  = regexp.MustCompile(`<Rule><ID>[^<]*</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status></Rule>`)
)

func (f *forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("X-Amz-Request-Id", "RQ")
	w.Header().Set("Content-Type", "application/xml")
	switch {
	case r.Method == http.MethodPut:
		f.puts++
		f.text = idle.ReplaceAllString(abort.ReplaceAllString(string(body), ""), "")
	case r.Method == http.MethodDelete:
		f.text = ""
		w.WriteHeader(http.StatusNoContent)
	case strings.Contains(f.text, "<Rule>"):
		_, _ = io.WriteString(w, f.text)
	default:
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, "<Error><Code>NoSuchLifecycleConfiguration</Code></Error>")
	}
}

// TestRule_notKept: a store that drops a part of a rule, or all of it, is called what it is: the error names the
// attribute and the way out, and state has what the store has.
func TestRule_notKept(t *testing.T) {
	whole := Rule{Name: "tidy", Enabled: true, ExpirationDays: 3, DeleteIncompleteUploadsDays: 7}
	part := Rule{Name: "tidy", Enabled: true, ExpirationDays: 3}
	alone := Rule{Name: "tidy", Enabled: true, DeleteIncompleteUploadsDays: 7}
	for name, test := range map[string]struct {
		before, want Rule
		kept         *Rule
		says         []string
	}{
		"a part": {Rule{}, whole, &part, []string{
			"the store did not keep delete_incomplete_uploads_days of rule tidy in the lifecycle configuration of bucket demo",
			"put it into a rule of its own",
		}},
		"a part that is new": {part, whole, &part, []string{
			"the store did not keep delete_incomplete_uploads_days of rule tidy", "put it into a rule of its own",
		}},
		"all of it": {Rule{}, alone, nil, []string{"the store did not keep rule tidy", "remove this rule"}},
	} {
		t.Run(name, func(t *testing.T) {
			store := &forgetful{}
			server := httptest.NewServer(store)
			t.Cleanup(server.Close)
			pace := awsclient.DefaultPace()
			pace.Gather, pace.Gap, pace.Consistency = time.Millisecond, time.Millisecond, 600*time.Millisecond
			pace.PollMin, pace.PollMax, pace.MinBackoff = time.Millisecond, 5*time.Millisecond, time.Millisecond
			conn, err := awsclient.New(awsclient.Config{
				Platform: "minio", AccessKey: "key", SecretKey: "hush", Endpoints: map[string]string{"s3": server.URL},
			}, pace).Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var have Status
			if test.before.Name != "" {
				if err := rule(conn).Apply(t.Context(), wish{Want: Spec{"demo", test.before}}, &have); err != nil {
					t.Fatal(err)
				}
				have.Rule, store.puts = &test.before, 0
			}
			w := wish{Want: Spec{"demo", test.want}}
			err = rule(conn).Apply(t.Context(), w, &have)
			if _, ok := errors.AsType[*document.NotKeptError](err); !ok {
				t.Errorf("got %v", err)
			}
			for _, want := range test.says {
				if !strings.Contains(fmt.Sprint(err), want) {
					t.Errorf("no %q in %v", want, err)
				}
			}
			if store.puts > 2 {
				t.Errorf("%d writes", store.puts)
			}
			if err := rule(conn).Observe(t.Context(), w, &have); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.kept, have.Rule); diff != "" {
				t.Errorf("what is seen (-want +got):\n%s", diff)
			}
		})
	}
}
