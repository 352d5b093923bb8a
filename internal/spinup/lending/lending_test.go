package lending

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// fake answers STS and S3.
type fake struct {
	mu    sync.Mutex
	forms []url.Values // of the calls to STS
	heads []string     // the regions that HEAD was signed for
	sts   func(call int) (status int, code string)
	s3    func(region string) (status int, is string)
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	f.mu.Lock()
	defer f.mu.Unlock()
	if r.Method == http.MethodHead {
		region := strings.Split(r.Header.Get("Authorization"), "/")[2]
		f.heads = append(f.heads, region)
		status, is := f.s3(region)
		w.Header().Set("X-Amz-Request-Id", "RQ1")
		w.Header().Set("X-Amz-Bucket-Region", is)
		w.WriteHeader(status)
		return
	}
	form, _ := url.ParseQuery(string(body))
	f.forms = append(f.forms, form)
	if status, code := f.sts(len(f.forms)); code != "" {
		w.WriteHeader(status)
		_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code></Error><RequestId>RQ2</RequestId></ErrorResponse>", code)
		return
	}
	_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>s"+
		"</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"+
		"</%[1]sResult></%[1]sResponse>", form.Get("Action"))
}

// connect is a connection to a fake.
func connect(t *testing.T, f *fake, adjust ...func(*awsclient.Config)) *awsclient.Conn {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	cfg := awsclient.Config{
		Region: "eu-west-1", AccessKey: "AKTEST", SecretKey: "hush-hush", MaxRetries: new(0),
		Endpoints:            map[string]string{"s3": server.URL, "sts": server.URL},
		SkipCredentialsCheck: new(true), SkipRequestingAccountID: new(true),
	}
	for _, change := range adjust {
		change(&cfg)
	}
	conn, err := awsclient.New(cfg, awsclient.Pace{
		PollMin: time.Millisecond, PollMax: time.Millisecond, Trust: 20 * time.Millisecond, FirstAnswer: time.Minute,
		DialTimeout: time.Minute,
	}).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

const role = "arn:aws:iam::111122223333:role/lending"

func loan() Loan {
	return Loan{Bucket: "data.example.edu", Prefix: "docs/", Access: access.ReadOnly, Duration: 90 * time.Minute}
}

// TestLend: what is asked of STS.
func TestLend(t *testing.T) {
	for want, change := range map[string]func(*Loan){
		"GetFederationToken": func(*Loan) {},
		"AssumeRole":         func(l *Loan) { l.RoleARN = role },
	} {
		f := &fake{sts: func(int) (int, string) { return 0, "" }}
		wanted := loan()
		wanted.Bucket = strings.Repeat("a", 63)
		change(&wanted)
		got, err := Lend(t.Context(), connect(t, f), wanted)
		if err != nil {
			t.Fatal(err)
		}
		if got.AccessKey != "ASIA1" || got.SecretKey != "s" || got.Token != "t" || got.Expires.Year() != 2099 {
			t.Errorf("%s gives %+v", want, got)
		}
		form := f.forms[0]
		most, name := maxFederated, form.Get("Name")
		if want == "AssumeRole" {
			most, name = maxSession, form.Get("RoleSessionName")
		}
		if form.Get("Action") != want || form.Get("DurationSeconds") != "5400" || form.Get("RoleArn") != wanted.RoleARN ||
			form.Get("Policy") != wanted.Policy("aws") || len(name) != most || !strings.HasPrefix(name, "spinup-aaa") {
			t.Errorf("%s asks %v", want, form)
		}
	}
}

// TestLend_patience: only a role that refuses is asked again, and not for ever.
func TestLend_patience(t *testing.T) {
	for name, row := range map[string]struct {
		role  string
		until int // calls that are refused
		code  string
		calls int // -1 for as many as the time allows
		fails bool
	}{
		"new role":        {role, 3, "AccessDenied", 4, false},
		"denied":          {role, 1 << 20, "AccessDenied", -1, true},
		"too long":        {role, 1 << 20, "ValidationError", 1, true},
		"user denied":     {"", 1 << 20, "AccessDenied", 1, true},
		"too much policy": {role, 1 << 20, "PackedPolicyTooLarge", 1, true},
	} {
		f := &fake{sts: func(call int) (int, string) {
			if call <= row.until {
				return http.StatusBadRequest, row.code
			}
			return 0, ""
		}}
		wanted := loan()
		wanted.RoleARN = row.role
		conn := connect(t, f)
		if !row.fails {
			conn.Pace.Trust = time.Minute // a busy machine takes its time
		}
		_, err := Lend(t.Context(), conn, wanted)
		if (err != nil) != row.fails || row.fails && !strings.Contains(err.Error(), row.code) {
			t.Errorf("%s: %v", name, err)
		}
		if n := len(f.forms); n != row.calls && (row.calls != -1 || n < 1) {
			t.Errorf("%s: %d calls", name, n)
		}
	}
}

// TestLend_refused: what cannot be is refused without a call, at the attribute that has to change.
func TestLend_refused(t *testing.T) {
	session := func(c *awsclient.Config) { c.Token = "token" }
	minio := func(c *awsclient.Config) { c.Platform = "minio" }
	for name, row := range map[string]struct {
		adjust    []func(*awsclient.Config)
		caller    string
		change    func(*Loan)
		attribute string
		says      string
	}{
		"no role":       {nil, "", func(l *Loan) { l.Method = AssumeRole }, "method", "set role_arn"},
		"of a session":  {[]func(*awsclient.Config){session}, "", func(*Loan) {}, "method", "set role_arn"},
		"chained":       {[]func(*awsclient.Config){session}, "arn:aws:sts::111122223333:assumed-role/ci/run", func(l *Loan) { l.RoleARN = role }, "duration", "1h0m0s"},
		"MinIO's role":  {[]func(*awsclient.Config){minio}, "", func(l *Loan) { l.RoleARN = role }, "role_arn", "no roles"},
		"MinIO's token": {[]func(*awsclient.Config){minio, session}, "", func(*Loan) {}, "method", "key of a user"},
		"long prefix":   {nil, "", func(l *Loan) { l.Prefix = strings.Repeat("a/", 400) }, "prefix", "2048"},
	} {
		f := &fake{}
		conn := connect(t, f, row.adjust...)
		conn.CallerARN = row.caller
		wanted := loan()
		row.change(&wanted)
		_, err := Lend(t.Context(), conn, wanted)
		refused, ok := errors.AsType[*SettingError](err)
		if !ok || refused.Attribute != row.attribute || !strings.Contains(err.Error(), row.says) || len(f.forms) > 0 {
			t.Errorf("%s: %v, %d calls", name, err, len(f.forms))
		}
	}
	// The credentials of a user's own session may have a role for longer, and those of a role for an hour.
	for _, row := range []struct {
		caller string
		lasts  time.Duration
	}{{"arn:aws:iam::111122223333:user/ann", 2 * time.Hour}, {"arn:aws:sts::111122223333:assumed-role/ci/run", time.Hour}, {"", 2 * time.Hour}} {
		conn := connect(t, &fake{sts: func(int) (int, string) { return 0, "" }}, session)
		conn.CallerARN = row.caller
		wanted := loan()
		wanted.RoleARN, wanted.Duration = role, row.lasts
		if _, err := Lend(t.Context(), conn, wanted); err != nil {
			t.Errorf("%s for %s: %v", row.caller, row.lasts, err)
		}
	}
}

// TestPolicy: no policy of a whole bucket is too long, and none of a prefix allows anything beside it.
func TestPolicy(t *testing.T) {
	for _, level := range access.Levels() {
		whole := Loan{Bucket: strings.Repeat("b", 63), Access: level}
		if n := len(whole.Policy("aws-us-gov")); n > MaxPolicy {
			t.Errorf("the policy of %s has %d characters", level, n)
		}
		part := Loan{Bucket: "data", Prefix: "docs/", Access: level}
		document, err := awspolicy.Parse(part.Policy("aws"))
		if err != nil {
			t.Fatal(err)
		}
		for key, may := range map[string]bool{"docs/a": true, "docs/sub/a": true, "docs2/a": false, "docs": false, "a": false} {
			arn := "arn:aws:s3:::data/" + key
			if awspolicy.Allows(document, "s3:GetObject", arn) != may || awspolicy.Allows(document, "s3:PutObject", arn) != (may && level != access.ReadOnly) {
				t.Errorf("%s of %s", level, key)
			}
		}
	}
}

// TestSign_region: a link is for the region in which the bucket is, as far as S3 tells.
func TestSign_region(t *testing.T) {
	for name, row := range map[string]struct {
		s3    func(region string) (int, string)
		want  string // "" for an error
		asked int
	}{
		"here":      {func(r string) (int, string) { return http.StatusOK, r }, "eu-west-1", 1},
		"forbidden": {func(r string) (int, string) { return http.StatusForbidden, r }, "eu-west-1", 1},
		"not yet":   {func(string) (int, string) { return http.StatusNotFound, "" }, "eu-west-1", 1},
		"elsewhere": {func(r string) (int, string) {
			if r == "us-west-2" {
				return http.StatusOK, r
			}
			return http.StatusMovedPermanently, "us-west-2"
		}, "us-west-2", 2},
		"elsewhere, forbidden": {func(r string) (int, string) {
			if r == "us-west-2" {
				return http.StatusForbidden, r
			}
			return http.StatusMovedPermanently, "us-west-2"
		}, "us-west-2", 2},
		"broken": {func(string) (int, string) { return http.StatusInternalServerError, "" }, "", 1},
	} {
		f := &fake{s3: row.s3}
		signed, err := Sign(t.Context(), connect(t, f), Link{Bucket: "data.example.edu", Key: "a", Verb: "GET", Lasts: time.Hour})
		if (err == nil) != (row.want != "") || !strings.Contains(signed.URL, url.QueryEscape("/"+row.want+"/s3/aws4_request")) && err == nil {
			t.Errorf("%s: %s, %v", name, signed.URL, err)
		}
		if len(f.heads) != row.asked {
			t.Errorf("%s: asked in %v", name, f.heads)
		}
	}
	f := &fake{}
	store := connect(t, f, func(c *awsclient.Config) { c.Platform = "s3" })
	if _, err := Sign(t.Context(), store, Link{Bucket: "data", Key: "a", Verb: "PUT", Lasts: time.Hour}); err != nil || len(f.heads) > 0 {
		t.Errorf("a store is asked %v: %v", f.heads, err)
	}
}

// TestSign_times: a link says itself how long it is good, whatever the clock of the provider is.
func TestSign_times(t *testing.T) {
	conn := connect(t, &fake{}, func(c *awsclient.Config) { c.Platform = "s3" })
	for _, lasts := range []time.Duration{time.Second, time.Hour, MaxLink} {
		before := time.Now().Truncate(time.Second)
		signed, err := Sign(t.Context(), conn, Link{Bucket: "data", Key: "a", Verb: "HEAD", Lasts: lasts})
		if err != nil || signed.Early != "" {
			t.Fatal(err, signed.Early)
		}
		if at := signed.Expires.Add(-lasts); at.Before(before) || at.After(time.Now()) {
			t.Errorf("%s: signed at %s", lasts, at)
		}
		if want := fmt.Sprintf("X-Amz-Expires=%d&", int(lasts.Seconds())); !strings.Contains(signed.URL, want) {
			t.Errorf("%s lacks %s", signed.URL, want)
		}
	}
}

func TestEnds(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		lasts time.Duration
		run   awsclient.Session
		at    time.Duration // from now
		early string
	}{
		"user":               {MaxLink, awsclient.Session{}, MaxLink, ""},
		"session ends later": {time.Hour, awsclient.Session{Temporary: true, Ends: now.Add(2 * time.Hour)}, time.Hour, ""},
		"with the session":   {time.Hour, awsclient.Session{Temporary: true, Ends: now.Add(time.Hour)}, time.Hour, ""},
		"session ends first": {2 * time.Hour, awsclient.Session{Temporary: true, Ends: now.Add(time.Hour)}, time.Hour, "ends at 2026-11-30T13:00:00Z"},
		"end unknown":        {36 * time.Hour, awsclient.Session{Temporary: true}, 36 * time.Hour, ""},
		"unknown, long":      {37 * time.Hour, awsclient.Session{Temporary: true}, 37 * time.Hour, "lasts 36h0m0s at most"},
	} {
		at, early := ends(now.Add(row.lasts), row.lasts, row.run)
		if !at.Equal(now.Add(row.at)) || (early == "") != (row.early == "") || !strings.Contains(early, row.early) {
			t.Errorf("%s: %s, %q", name, at, early)
		}
	}
}
