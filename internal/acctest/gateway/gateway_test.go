package gateway

import (
	"context"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

const account = "111122223333"

// emulator is a scripted stand-in for one: it answers by "METHOD uri" or by the Action of the query protocol, and
// everything else with an empty 200. It keeps what it was asked.
type emulator struct {
	mu      sync.Mutex
	answers map[string]scripted
	heard   []*http.Request
	bodies  []string
}

type scripted struct {
	status int
	body   string
}

func (e *emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	e.heard = append(e.heard, r)
	e.bodies = append(e.bodies, string(body))
	answer, found := e.answers[r.Method+" "+r.RequestURI]
	if _, rest, query := strings.Cut(string(body), "Action="); query && !found {
		action, _, _ := strings.Cut(rest, "&")
		answer = e.answers[action]
	}
	e.mu.Unlock()
	if answer.status != 0 {
		w.WriteHeader(answer.status)
	}
	_, _ = io.WriteString(w, answer.body)
}

func (e *emulator) answer(request string, status int, body string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.answers == nil {
		e.answers = map[string]scripted{}
	}
	e.answers[request] = scripted{status, body}
}

func (e *emulator) requests() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.heard)
}

// start runs a gateway in front of a handler.
func start(t *testing.T, handler http.Handler) *Gateway {
	t.Helper()
	upstream := httptest.NewServer(handler)
	g, err := New(upstream.URL, Options{AccountID: account})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close(); upstream.Close() })
	return g
}

// config makes SDK clients that send each call once.
func config(g *Gateway) aws.Config {
	return aws.Config{
		Region:           "us-east-1",
		BaseEndpoint:     aws.String(g.URL()),
		Credentials:      credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", ""),
		RetryMaxAttempts: 1,
	}
}

func s3Client(g *Gateway) *s3.Client {
	return s3.NewFromConfig(config(g), func(o *s3.Options) { o.UsePathStyle = true })
}

func iamClient(g *Gateway) *iam.Client { return iam.NewFromConfig(config(g)) }

func stsClient(g *Gateway) *sts.Client { return sts.NewFromConfig(config(g)) }

func cloudFrontClient(g *Gateway) *cloudfront.Client { return cloudfront.NewFromConfig(config(g)) }

func route53Client(g *Gateway) *route53.Client { return route53.NewFromConfig(config(g)) }

func acmClient(g *Gateway) *acm.Client { return acm.NewFromConfig(config(g)) }

// send makes a plain request and returns its answer.
func send(t *testing.T, method, url string, header http.Header, body io.Reader) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(req.Header, header)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestForwardsWhatWasSigned(t *testing.T) {
	upstream := &emulator{}
	g := start(t, upstream)
	const uri = "/bucket/a%2Fb%20c//d+e;f?x-id=PutObject&prefix=%2F&empty"
	chunked := "5;chunk-signature=00\r\nhello\r\n0;chunk-signature=00\r\n\r\n"
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_, err = io.WriteString(conn, "PUT "+uri+" HTTP/1.1\r\nHost: s3.example.edu:4566\r\n"+
		"Content-Encoding: aws-chunked\r\nContent-Length: 53\r\nX-Amz-Meta-A: 1\r\nX-Amz-Meta-A: 2\r\n"+
		"Connection: close\r\n\r\n"+chunked)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200") {
		t.Fatalf("answer %q, error %v", answer, err)
	}
	got := upstream.heard[0]
	if got.RequestURI != uri || got.Host != "s3.example.edu:4566" {
		t.Errorf("the emulator heard %q for host %q", got.RequestURI, got.Host)
	}
	if upstream.bodies[0] != chunked || got.ContentLength != int64(len(chunked)) {
		t.Errorf("the emulator heard the body %q of length %d", upstream.bodies[0], got.ContentLength)
	}
	if diff := cmp.Diff([]string{"1", "2"}, got.Header["X-Amz-Meta-A"]); diff != "" {
		t.Error(diff)
	}
}

func TestPassesAnswersOn(t *testing.T) {
	g := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "12")
		w.Header().Set("X-Amz-Version-Id", "v1")
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusMovedPermanently)
		if r.Method != http.MethodHead {
			_, _ = io.WriteString(w, "a dozen byte")
		}
	}))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		req, err := http.NewRequestWithContext(t.Context(), method, g.URL()+"/bucket/key", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusMovedPermanently || resp.ContentLength != 12 ||
			resp.Header.Get("X-Amz-Version-Id") != "v1" {
			t.Errorf("%s: status %d, length %d, headers %v", method, resp.StatusCode, resp.ContentLength, resp.Header)
		}
	}
}

func TestExpectContinue(t *testing.T) {
	upstream := &emulator{}
	g := start(t, upstream)
	client := &http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, g.URL()+"/b/k", strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Expect", "100-continue")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	client.CloseIdleConnections()
	if upstream.bodies[0] != "body" || upstream.heard[0].Header.Get("Expect") != "" {
		t.Errorf("the emulator heard %q with %v", upstream.bodies[0], upstream.heard[0].Header)
	}
}

func TestEmulatorGone(t *testing.T) {
	upstream := httptest.NewServer(http.NotFoundHandler())
	g, err := New(upstream.URL, Options{AccountID: account})
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	upstream.Close()
	if _, err := s3Client(g).ListBuckets(t.Context(), nil); err == nil {
		t.Fatal("no error without an emulator")
	}
	if calls := g.Calls(); !strings.HasPrefix(calls[0].Fault, "upstream: ") {
		t.Errorf("recorded fault %q", calls[0].Fault)
	}
}

func TestLatency(t *testing.T) {
	g := start(t, &emulator{})
	g.SetLatency(50 * time.Millisecond)
	began := time.Now()
	if _, err := iamClient(g).DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: aws.String("u")}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("took %v", took)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wait(ctx, time.Hour) // ends with the client, or this test does not
}

func TestNewRefusesBadUpstream(t *testing.T) {
	for _, upstream := range []string{"", "127.0.0.1:4566", "https://127.0.0.1:4566", "http://", "http://[::1"} {
		if g, err := New(upstream, Options{}); err == nil {
			g.Close()
			t.Errorf("New(%q) gave no error", upstream)
		}
	}
}
