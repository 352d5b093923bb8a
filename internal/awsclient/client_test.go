package awsclient_test

import (
	"context"
	"encoding/pem"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestConnect_asksOnce(t *testing.T) {
	clean(t)
	s := serve(t, sts)
	client := awsclient.New(config(s.URL), fast())
	if n := len(s.requests()); n != 0 {
		t.Fatalf("New made %d requests", n)
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := client.Connect(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if diff := cmp.Diff([]string{"GetCallerIdentity"}, s.operations()); diff != "" {
		t.Error(diff)
	}
	conn, err := client.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := []string{conn.AccountID, conn.CallerARN, conn.CallerID, conn.Region, conn.Partition, conn.Platform.Name}
	want := []string{account, "arn:aws-cn:iam::" + account + ":user/ann", "AIDAANN", "eu-west-1", "aws-cn", "aws"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if agent := s.requests()[0].Header.Get("User-Agent"); !strings.Contains(agent, "terraform-provider-spinup/1.2.3") {
		t.Errorf("user agent is %q", agent)
	}
}

func TestConnect_triesAgainAfterAFailure(t *testing.T) {
	clean(t)
	s := serve(t, func(r seen) answer {
		if r.Number == 1 {
			return failQuery(403, "InvalidClientTokenId", "no such key")
		}
		return sts(r)
	})
	client := awsclient.New(config(s.URL), fast())
	_, err := client.Connect(t.Context())
	var connect *awsclient.ConnectError
	if !errors.As(err, &connect) || !awsclient.IsCredentials(err) || connect.Endpoint != s.URL {
		t.Fatalf("got %v", err)
	}
	if want := "sts GetCallerIdentity: InvalidClientTokenId: no such key (request id RQ2)"; err.Error() != want {
		t.Errorf("error is %q, want %q", err, want)
	}
	if _, err := client.Connect(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestConnect_outlivesItsFirstCaller(t *testing.T) {
	clean(t)
	asked, goOn := make(chan struct{}), make(chan struct{})
	s := serve(t, func(r seen) answer {
		close(asked)
		<-goOn
		return sts(r)
	})
	client := awsclient.New(config(s.URL), fast())
	ctx, cancel := context.WithCancel(t.Context())
	failed := make(chan error)
	go func() {
		_, err := client.Connect(ctx)
		failed <- err
	}()
	<-asked
	cancel()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled caller got %v", err)
	}
	close(goOn)
	if _, err := client.Connect(t.Context()); err != nil {
		t.Errorf("the next caller got %v", err)
	}
}

func TestConnect_accounts(t *testing.T) {
	clean(t)
	s := serve(t, sts)
	for name, test := range map[string]struct {
		change func(*awsclient.Config)
		want   error
	}{
		"allowed":       {func(c *awsclient.Config) { c.AllowedAccountIDs = []string{"000000000001", account} }, nil},
		"not allowed":   {func(c *awsclient.Config) { c.AllowedAccountIDs = []string{"000000000001"} }, awsclient.ErrWrongAccount},
		"forbidden":     {func(c *awsclient.Config) { c.ForbiddenAccountIDs = []string{account} }, awsclient.ErrWrongAccount},
		"not forbidden": {func(c *awsclient.Config) { c.ForbiddenAccountIDs = []string{"000000000001"} }, nil},
	} {
		cfg := config(s.URL)
		test.change(&cfg)
		if _, err := awsclient.New(cfg, fast()).Connect(t.Context()); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestConnect_skips(t *testing.T) {
	clean(t)
	yes, no := new(true), new(false)
	for _, test := range []struct {
		platform       string
		check, account *bool
		asks           int
	}{
		{"aws", nil, nil, 1},
		{"aws", yes, nil, 1},
		{"aws", nil, yes, 1},
		{"aws", yes, yes, 0},
		{"minio", nil, nil, 0},
		{"minio", no, nil, 1},
		{"minio", nil, no, 1},
	} {
		s := serve(t, sts)
		cfg := config(s.URL)
		cfg.Platform, cfg.SkipCredentialsCheck, cfg.SkipRequestingAccountID = test.platform, test.check, test.account
		conn := connect(t, cfg)
		if got := len(s.requests()); got != test.asks {
			t.Errorf("%+v: %d questions", test, got)
		}
		if known := conn.AccountID != ""; known != (test.asks > 0) {
			t.Errorf("%+v: account id is %q", test, conn.AccountID)
		}
	}
}

func TestConnect_roles(t *testing.T) {
	clean(t)
	s := serve(t, sts)
	cfg := config(s.URL)
	cfg.AssumeRole = []awsclient.AssumeRole{
		{
			RoleARN: "arn:aws:iam::" + account + ":role/first", SessionName: "one", ExternalID: "ext", Duration: "1h",
			Policy: `{}`, PolicyARNs: []string{"arn:aws:iam::aws:policy/p"}, Tags: map[string]string{"team": "a"},
		},
		{RoleARN: "arn:aws:iam::" + account + ":role/second"},
	}
	connect(t, cfg)
	var chain []string
	for _, r := range s.requests() {
		chain = append(chain, r.Operation+" "+r.Form.Get("RoleArn")+" by "+signer(r))
	}
	last := len(chain) - 1
	if !strings.HasPrefix(chain[0], "AssumeRole ") || !strings.HasSuffix(chain[0], "first by AKTEST") {
		t.Errorf("the first request is %q", chain[0])
	}
	if got, want := chain[last], "GetCallerIdentity  by KEY-second"; got != want {
		t.Errorf("the last request is %q, want %q", got, want)
	}
	if got := chain[last-1]; !strings.HasSuffix(got, "role/second by KEY-first") {
		t.Errorf("the second role is assumed with %q", got)
	}
	form := s.requests()[0].Form
	got := []string{
		form.Get("RoleSessionName"), form.Get("ExternalId"), form.Get("DurationSeconds"), form.Get("Policy"),
		form.Get("PolicyArns.member.1.arn"), form.Get("Tags.member.1.Key") + "=" + form.Get("Tags.member.1.Value"),
	}
	if diff := cmp.Diff([]string{"one", "ext", "3600", "{}", "arn:aws:iam::aws:policy/p", "team=a"}, got); diff != "" {
		t.Error(diff)
	}
}

// signer is the access key that a request is signed with.
func signer(r seen) string {
	_, rest, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	key, _, _ := strings.Cut(rest, "/")
	return key
}

// scope is the region that a request is signed for.
func scope(r seen) string {
	return strings.Split(r.Header.Get("Authorization"), "/")[2]
}

func TestConnect_roleRefused(t *testing.T) {
	clean(t)
	s := serve(t, func(r seen) answer { return failQuery(403, "AccessDenied", "not for you") })
	cfg := config(s.URL)
	cfg.AssumeRole = []awsclient.AssumeRole{{RoleARN: "arn:aws:iam::" + account + ":role/closed"}}
	_, err := awsclient.New(cfg, fast()).Connect(t.Context())
	if err == nil || !strings.Contains(err.Error(), "role/closed") || !strings.Contains(err.Error(), "not for you") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(err.Error(), "hush") {
		t.Errorf("the secret key is in the error: %v", err)
	}
}

func TestConnect_webIdentity(t *testing.T) {
	clean(t)
	s := serve(t, sts)
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("jwt"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := config(s.URL)
	cfg.AccessKey, cfg.SecretKey = "", ""
	cfg.WebIdentity = &awsclient.WebIdentity{RoleARN: "arn:aws:iam::" + account + ":role/ci", TokenFile: file}
	connect(t, cfg)
	first, last := s.requests()[0], s.requests()[len(s.requests())-1]
	if first.Operation != "AssumeRoleWithWebIdentity" || first.Form.Get("WebIdentityToken") != "jwt" {
		t.Errorf("the first request is %+v", first)
	}
	if signer(last) != "KEY-ci" {
		t.Errorf("the last request is signed by %s", signer(last))
	}
}

// A profile whose role is assumed with another profile asks the endpoint of the environment, not the public STS.
func TestConnect_profileWithARole(t *testing.T) {
	for _, variable := range []string{"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"} {
		t.Run(variable, func(t *testing.T) {
			clean(t)
			s := serve(t, sts)
			file := filepath.Join(t.TempDir(), "config")
			text := "[profile a]\nrole_arn = arn:aws:iam::" + account + ":role/first\nsource_profile = b\n" +
				"[profile b]\naws_access_key_id = AKB\naws_secret_access_key = SKB\n"
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			t.Setenv(variable, s.URL)
			cfg := config(s.URL)
			cfg.AccessKey, cfg.SecretKey, cfg.Endpoints = "", "", nil
			cfg.Profile, cfg.SharedConfigFiles = "a", []string{file}
			connect(t, cfg)
			all := s.requests()
			if len(all) < 2 || all[0].Operation != "AssumeRole" || signer(all[0]) != "AKB" || signer(all[len(all)-1]) != "KEY-first" {
				t.Errorf("got %v", s.operations())
			}
		})
	}
}

func TestConnect_noCredentials(t *testing.T) {
	metadata := silentPort(t)
	for name, environment := range map[string]map[string]string{
		"metadata off":         {},
		"metadata not there":   {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": closedPort(t)},
		"metadata silent":      {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata},
		"profile not there":    {"AWS_PROFILE": "nobody"},
		"container not there":  {"AWS_CONTAINER_CREDENTIALS_FULL_URI": closedPort(t)},
		"container not silent": {"AWS_CONTAINER_CREDENTIALS_FULL_URI": metadata},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			for key, value := range environment {
				t.Setenv(key, value)
			}
			cfg := config(closedPort(t))
			cfg.AccessKey, cfg.SecretKey = "", ""
			start := time.Now()
			_, err := awsclient.New(cfg, fast()).Connect(t.Context())
			if !errors.Is(err, awsclient.ErrNoCredentials) && name != "profile not there" || err == nil {
				t.Errorf("got %v", err)
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			t.Log(err)
		})
	}
}

func TestConnect_wrongEndpoint(t *testing.T) {
	clean(t)
	page := serve(t, func(seen) answer {
		return answer{Status: 404, Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>Hello</html>"}
	})
	role := []awsclient.AssumeRole{{RoleARN: "arn:aws:iam::" + account + ":role/r"}}
	for name, test := range map[string]struct {
		endpoint string
		roles    []awsclient.AssumeRole
		want     string
	}{
		"nobody listens":            {closedPort(t), nil, "connection refused"},
		"nobody answers":            {silentPort(t), nil, "no answer from 127.0.0.1:"},
		"no such host":              {"http://sts.invalid", nil, "sts.invalid"},
		"a web page":                {page.URL, nil, "status 404 has no error code"},
		"not TLS":                   {strings.Replace(page.URL, "http", "https", 1), nil, "HTTP response to HTTPS client"},
		"nobody listens to a role":  {closedPort(t), role, "connection refused"},
		"nobody answers about role": {silentPort(t), role, "no answer from 127.0.0.1:"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(test.endpoint)
			cfg.AssumeRole = test.roles
			start := time.Now()
			_, err := awsclient.New(cfg, fast()).Connect(t.Context())
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if awsclient.IsNotFound(err) {
				t.Error("it counts as not found")
			}
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			t.Log(err)
		})
	}
}

func TestTransport(t *testing.T) {
	clean(t)
	script := &server{}
	secure := httptest.NewTLSServer(script.handler(sts))
	t.Cleanup(secure.Close)
	bundle := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw})
	if err := os.WriteFile(bundle, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	proxied := ""
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied = r.URL.String()
		script.handler(sts).ServeHTTP(w, r)
	}))
	t.Cleanup(proxy.Close)
	patient := fast() // handshakes take their time on a busy machine
	patient.FirstAnswer, patient.DialTimeout = time.Minute, 10*time.Second

	for name, test := range map[string]struct {
		change func(*awsclient.Config)
		want   string
	}{
		"unknown authority": {func(*awsclient.Config) {}, "certificate signed by unknown authority"},
		"CA bundle":         {func(c *awsclient.Config) { c.CustomCABundle = bundle }, ""},
		"insecure":          {func(c *awsclient.Config) { c.Insecure = true }, ""},
		"proxy": {func(c *awsclient.Config) {
			c.Endpoints["sts"], c.HTTPProxy = "http://sts.example.edu", &proxy.URL
		}, ""},
	} {
		cfg := config(secure.URL)
		test.change(&cfg)
		_, err := awsclient.New(cfg, patient).Connect(t.Context())
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if proxied != "http://sts.example.edu/" {
		t.Errorf("the proxy was asked for %q", proxied)
	}

	t.Setenv("AWS_CA_BUNDLE", bundle)
	if _, err := awsclient.New(config(secure.URL), patient).Connect(t.Context()); err != nil {
		t.Errorf("AWS_CA_BUNDLE: %v", err)
	}
}

// One pool of connections serves all clients, however often they are made.
func TestConnections_areShared(t *testing.T) {
	clean(t)
	var opened atomic.Int32
	script := &server{}
	counted := httptest.NewUnstartedServer(script.handler(func(seen) answer { return answer{Status: 200} }))
	counted.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	counted.Start()
	t.Cleanup(counted.Close)
	conn := connect(t, unasked(counted.URL))
	for range 10 {
		if _, err := awsclient.S3(conn).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("b")}); err != nil {
			t.Fatal(err)
		}
	}
	if got := opened.Load(); got != 1 {
		t.Errorf("%d connections for 10 calls in a row", got)
	}
}

// Many calls at once of a limiter, and one of another client, open no more connections than the limiter lets calls run,
// however long each takes.
func TestConnections_areBounded(t *testing.T) {
	clean(t)
	var opened, asked atomic.Int32
	script := &server{}
	counted := httptest.NewUnstartedServer(script.handler(func(seen) answer {
		asked.Add(1)
		return answer{Status: 200}
	}))
	counted.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	counted.Start()
	t.Cleanup(counted.Close)
	conn := connect(t, unasked(counted.URL))
	const most = 4
	if _, err := awsclient.S3(conn).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("b")}); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	limiter := awsclient.NewLimiter(most)
	for range 100 {
		group.Go(func() {
			if err := limiter.Do(t.Context(), func(ctx context.Context) error {
				_, err := awsclient.S3Within(conn, limiter).HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("b")})
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got := opened.Load(); got > most || asked.Load() != 101 {
		t.Errorf("%d connections for %d calls, %d at once", got, asked.Load(), most)
	}
}
