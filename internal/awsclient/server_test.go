package awsclient_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// seen is a request that a server got.
type seen struct {
	Operation string // the Action of IAM and STS, the method and path of S3
	Form      url.Values
	Header    http.Header
	Number    int // counted from one
}

// answer is what the server says to it. The zero value drops the connection.
type answer struct {
	Status int
	Header map[string]string
	Body   string
}

// server plays a service by a script.
type server struct {
	URL string

	mu   sync.Mutex
	seen []seen
}

func serve(t *testing.T, script func(seen) answer) *server {
	t.Helper()
	s := &server{}
	httpServer := httptest.NewServer(s.handler(script))
	t.Cleanup(httpServer.Close)
	s.URL = httpServer.URL
	return s
}

func (s *server) handler(script func(seen) answer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		s.mu.Lock()
		got := seen{Operation: form.Get("Action"), Form: form, Header: r.Header, Number: len(s.seen) + 1}
		if got.Operation == "" {
			got.Operation = r.Method + " " + r.URL.RequestURI()
		}
		s.seen = append(s.seen, got)
		s.mu.Unlock()

		a := script(got)
		if a.Status == 0 {
			panic(http.ErrAbortHandler)
		}
		if a.Status == http.StatusOK {
			w.Header().Set("X-Amz-Request-Id", "RQ0")
		}
		for key, value := range a.Header {
			w.Header().Set(key, value)
		}
		w.WriteHeader(a.Status)
		_, _ = io.WriteString(w, a.Body)
	})
}

func (s *server) requests() []seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seen)
}

func (s *server) operations() []string {
	var all []string
	for _, r := range s.requests() {
		all = append(all, r.Operation)
	}
	return all
}

const account = "123456789012"

// sts answers what STS is asked, and everything else with 200 and no body.
func sts(s seen) answer {
	switch s.Operation {
	case "GetCallerIdentity":
		return answer{Status: 200, Body: `<GetCallerIdentityResponse><GetCallerIdentityResult>` +
			`<Arn>arn:aws-cn:iam::` + account + `:user/ann</Arn><UserId>AIDAANN</UserId><Account>` + account + `</Account>` +
			`</GetCallerIdentityResult></GetCallerIdentityResponse>`}
	case "AssumeRole", "AssumeRoleWithWebIdentity":
		role := s.Form.Get("RoleArn")
		return answer{Status: 200, Body: fmt.Sprintf(`<%[1]sResponse><%[1]sResult><Credentials>`+
			`<AccessKeyId>KEY-%[2]s</AccessKeyId><SecretAccessKey>secret-of-%[2]s</SecretAccessKey>`+
			`<SessionToken>token-of-%[2]s</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`+
			`</%[1]sResult></%[1]sResponse>`, s.Operation, role[strings.LastIndex(role, "/")+1:])}
	}
	return answer{Status: 200}
}

// fail is an error as S3 writes it.
func fail(status int, code, message string) answer {
	return answer{
		Status: status, Header: map[string]string{"X-Amz-Request-Id": "RQ1"},
		Body: "<Error><Code>" + code + "</Code><Message>" + message + "</Message><RequestId>RQ1</RequestId></Error>",
	}
}

// failQuery is an error as IAM and STS write it.
func failQuery(status int, code, message string) answer {
	return answer{Status: status, Body: "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" +
		message + "</Message></Error><RequestId>RQ2</RequestId></ErrorResponse>"}
}

// fast is a pace for tests.
func fast() awsclient.Pace {
	return awsclient.Pace{
		MinBackoff: time.Millisecond, MaxBackoff: 2 * time.Millisecond,
		PollMin: time.Millisecond, PollMax: 4 * time.Millisecond,
		Consistency: time.Minute, Rescue: 2 * time.Second, // a minute, for a busy machine
		FirstAnswer: 300 * time.Millisecond, DialTimeout: 100 * time.Millisecond, Silence: time.Minute,
	}
}

// clean takes away whatever the environment says about AWS.
func clean(t *testing.T) {
	t.Helper()
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		if strings.HasPrefix(name, "AWS_") || strings.HasSuffix(strings.ToUpper(name), "_PROXY") {
			t.Setenv(name, value) // puts it back afterwards
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// config is a configuration with everything at one endpoint.
func config(endpoint string) awsclient.Config {
	return awsclient.Config{
		Version: "1.2.3", Region: "eu-west-1", AccessKey: "AKTEST", SecretKey: "hush",
		Endpoints: map[string]string{"s3": endpoint, "iam": endpoint, "sts": endpoint},
	}
}

// unasked is config without a question to STS.
func unasked(endpoint string) awsclient.Config {
	cfg := config(endpoint)
	cfg.SkipCredentialsCheck, cfg.SkipRequestingAccountID = new(true), new(true)
	return cfg
}

func connect(t *testing.T, cfg awsclient.Config) *awsclient.Conn {
	t.Helper()
	conn, err := awsclient.New(cfg, fast()).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// closedPort is an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

// silentPort accepts connections and says nothing.
func silentPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var conns []net.Conn
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		defer mu.Unlock()
		for _, c := range conns {
			_ = c.Close()
		}
	})
	return "http://" + l.Addr().String()
}
