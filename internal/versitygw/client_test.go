package versitygw_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

const rootSecret, annsSecret = "the-root-secret", "quite<&>secret"

// server answers the calls of a test, and notes them.
type server struct {
	url   string
	share time.Duration

	mu    sync.Mutex
	calls []string
	heads []http.Header
	bytes []string
}

// serve answers each call by the function.
func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int)) *server {
	t.Helper()
	s := &server{share: time.Minute}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.calls = append(s.calls, r.Method+" "+r.URL.RequestURI())
		s.heads = append(s.heads, r.Header)
		s.bytes = append(s.bytes, string(body))
		n := len(s.calls)
		s.mu.Unlock()
		answer(w, r, n)
	}))
	t.Cleanup(h.Close)
	s.url = h.URL
	return s
}

func (s *server) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// client is one of the server, with a path of its own for the Admin API if there is one.
func (s *server) client(t *testing.T, path string) *versitygw.Client {
	t.Helper()
	retries := 2
	endpoints := map[string]string{"s3": s.url}
	if path != "" {
		endpoints = map[string]string{"s3": "http://127.0.0.1:1", "admin": s.url + path}
	}
	conn, err := awsclient.New(awsclient.Config{
		Platform: "versitygw", Region: "eu-test-1", AccessKey: "root", SecretKey: rootSecret, Endpoints: endpoints,
		MaxRetries: &retries,
	}, awsclient.Pace{
		MinBackoff: time.Millisecond, MaxBackoff: time.Millisecond, FirstAnswer: time.Minute, DialTimeout: time.Minute,
		Share: s.share,
	}).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return versitygw.New(conn)
}

func fails(w http.ResponseWriter, status int, code, more string) {
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>What is wrong.</Message><RequestId>R1</RequestId>%s</Error>", code, more)
}

const twoUsers = `<?xml version="1.0"?><ListUserAccountsResult><Accounts><Access>ann</Access><Secret>quite&lt;&amp;&gt;secret</Secret>` +
	`<Role>user</Role><UserID>1</UserID><GroupID>2</GroupID><ProjectID>3</ProjectID></Accounts>` +
	`<Accounts><Access>bob</Access><Secret>x</Secret><Role>admin</Role></Accounts></ListUserAccountsResult>`

// TestClient_requests: method, path, query, header, body and signature of each call.
func TestClient_requests(t *testing.T) {
	ctx := t.Context()
	s := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		switch {
		case strings.HasSuffix(r.URL.Path, "list-users"):
			fmt.Fprint(w, twoUsers)
		case strings.HasSuffix(r.URL.Path, "list-buckets"):
			fmt.Fprint(w, `<ListBucketsResult><Bucket><Name>a</Name><Owner>ann</Owner></Bucket><Bucket><Name>b</Name><Owner>root</Owner></Bucket></ListBucketsResult>`)
		}
	})
	c := s.client(t, "/below/admin/")
	zero, role := int64(0), "userplus"
	ann := versitygw.User{AccessKey: "ann", Role: "user", IDs: versitygw.IDs{User: 1, Group: 2, Project: 3}, Digest: versitygw.DigestOf(annsSecret)}
	errCreate := c.CreateUser(ctx, ann, annsSecret)
	errBucket := c.CreateBucket(ctx, versitygw.NewBucket{Name: "b.c", Owner: "ann", ObjectLock: true, Ownership: "ObjectWriter"})
	err := errors.Join(errCreate, errBucket,
		c.UpdateUser(ctx, "ann b&c", versitygw.Change{UserID: &zero, Role: &role}), c.DeleteUser(ctx, "ann"),
		c.ChangeBucketOwner(ctx, "b", "a+b"))
	users, errUsers := c.Users(ctx)
	owner, exists, errBuckets := c.BucketOwner(ctx, "a")
	if err := errors.Join(err, errUsers, errBuckets); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"PATCH /below/admin/create-user", "PATCH /below/admin/b.c/create", "PATCH /below/admin/update-user?access=ann%20b%26c",
		"PATCH /below/admin/delete-user?access=ann", "PATCH /below/admin/change-bucket-owner?bucket=b&owner=a%2Bb",
		"PATCH /below/admin/list-users", "PATCH /below/admin/list-buckets",
	}
	if diff := cmp.Diff(want, s.seen()); diff != "" {
		t.Error("calls, -want +got:\n" + diff)
	}
	bodies := []string{
		"<Account><Access>ann</Access><Secret>quite&lt;&amp;&gt;secret</Secret><Role>user</Role><UserID>1</UserID><GroupID>2</GroupID><ProjectID>3</ProjectID></Account>",
		"", "<MutableProps><Role>userplus</Role><UserID>0</UserID></MutableProps>", "", "", "", "",
	}
	if diff := cmp.Diff(bodies, s.bytes); diff != "" {
		t.Error("bodies, -want +got:\n" + diff)
	}
	for n, head := range s.heads {
		if sign := head.Get("Authorization"); !strings.Contains(sign, "/eu-test-1/s3/aws4_request") || head.Get("X-Amz-Content-Sha256") == "" {
			t.Errorf("call %d is signed %q", n, sign)
		}
	}
	if h := s.heads[1]; h.Get("X-Vgw-Owner") != "ann" || h.Get("X-Amz-Bucket-Object-Lock-Enabled") != "true" || h.Get("X-Amz-Object-Ownership") != "ObjectWriter" {
		t.Errorf("headers of the bucket: %v", h)
	}
	if diff := cmp.Diff([]versitygw.User{ann, {AccessKey: "bob", Role: "admin", Digest: versitygw.DigestOf("x")}}, users); diff != "" {
		t.Error("users, -want +got:\n" + diff)
	}
	if owner != "ann" || !exists {
		t.Errorf("the owner is %q", owner)
	}
}

// TestClient_errors: what each error means, how often the call is sent, and that nothing of the request is quoted.
func TestClient_errors(t *testing.T) {
	quoted := "<StringToSign>quite&lt;&amp;&gt;secret</StringToSign><CanonicalRequest>PATCH</CanonicalRequest>"
	for name, row := range map[string]struct {
		status int
		code   string
		class  func(error) bool
		calls  int
	}{
		"exists":      {409, "XAdminUserExists", awsclient.IsExists, 1},
		"no user":     {404, "XAdminUserNotFound", awsclient.IsNotFound, 1},
		"denied":      {403, "XAdminAccessDenied", awsclient.IsAccessDenied, 1},
		"signature":   {403, "SignatureDoesNotMatch", awsclient.IsCredentials, 1},
		"no users":    {501, "XAdminMethodNotSupported", awsclient.IsNotImplemented, 1},
		"wrong port":  {405, "MethodNotAllowed", awsclient.IsNotImplemented, 1},
		"invalid":     {400, "XAdminInvalidArgument", awsclient.IsInvalid, 1},
		"for good":    {500, "InternalError", awsclient.IsUncertain, 1},
		"bad gateway": {502, "BadGateway", awsclient.IsUncertain, 3},
		"busy":        {503, "SlowDown", func(err error) bool { return !awsclient.IsUncertain(err) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { fails(w, row.status, row.code, quoted) })
			err := s.client(t, "").CreateUser(t.Context(), versitygw.User{AccessKey: "ann", Role: "user"}, annsSecret)
			call, ok := errors.AsType[*awsclient.CallError](err)
			if !ok || !row.class(err) || len(s.seen()) != row.calls {
				t.Fatalf("after %d calls: %v", len(s.seen()), err)
			}
			if call.Service != "admin" || call.Operation != "CreateUser" || call.Resource != "user ann" || call.HTTPStatus != row.status {
				t.Errorf("the call is %+v", call)
			}
			if text := err.Error(); strings.Contains(text, annsSecret) || strings.Contains(text, "PATCH") {
				t.Errorf("the error quotes the request: %s", text)
			}
		})
	}
}

// TestClient_quotedSecret: a gateway that quotes a secret in its message.
func TestClient_quotedSecret(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, "<Error><Code>MalformedXML</Code><Message>bad value ")
		_ = xml.EscapeText(w, []byte(annsSecret))
		fmt.Fprint(w, "</Message><RequestId>R1</RequestId></Error>")
	})
	secret := annsSecret
	err := s.client(t, "").UpdateUser(t.Context(), "ann", versitygw.Change{Secret: &secret})
	if err == nil || strings.Contains(err.Error(), annsSecret) || !strings.Contains(err.Error(), "MalformedXML: bad value (sensitive value)") {
		t.Error(err)
	}
}

// TestClient_lostAnswer: that a user exists may be the work of an attempt whose answer was lost.
func TestClient_lostAnswer(t *testing.T) {
	for lost, want := range map[bool]bool{true: true, false: false} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
			if lost && n == 1 {
				panic(http.ErrAbortHandler)
			}
			fails(w, 409, "XAdminUserExists", "")
		})
		err := s.client(t, "").CreateUser(t.Context(), versitygw.User{AccessKey: "ann"}, annsSecret)
		if !awsclient.IsExists(err) || awsclient.MayHaveWorked(err) != want {
			t.Errorf("lost %t: %v", lost, err)
		}
	}
}

// TestClient_answersOfOthers: what is no answer of the Admin API says nothing about users, and is not quoted.
func TestClient_answersOfOthers(t *testing.T) {
	for name, body := range map[string]string{
		"nothing": "", "a page": "<html>secret-page</html>", "another list": "<ListBucketsResult/>",
		"cut short": twoUsers[:len(twoUsers)-9], "a number": strings.Replace(twoUsers, "<UserID>1<", "<UserID>secret-page<", 1),
	} {
		s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprint(w, body) })
		users, err := s.client(t, "").Users(t.Context())
		if err == nil || users != nil || strings.Contains(err.Error(), "secret-page") || strings.Contains(err.Error(), annsSecret) {
			t.Errorf("%s: %v, %v", name, users, err)
		}
	}
	s := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(http.StatusNotFound) })
	if err := s.client(t, "").UpdateUser(t.Context(), "ann", versitygw.Change{}); err == nil || awsclient.IsNotFound(err) {
		t.Errorf("a bare 404: %v", err)
	}
}

// TestClient_sharedList: a list is read once for all who ask, and again after a change and after a time.
func TestClient_sharedList(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		if strings.HasSuffix(r.URL.Path, "list-users") {
			fmt.Fprint(w, twoUsers)
		}
	})
	c := s.client(t, "")
	ask := func() {
		t.Helper()
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if user, err := c.User(t.Context(), "bob"); err != nil || user == nil {
					t.Error(user, err)
				}
			})
		}
		all.Wait()
	}
	ask()
	if n := len(s.seen()); n != 1 {
		t.Errorf("20 questions took %d calls", n)
	}
	if err := c.DeleteUser(t.Context(), "carl"); err != nil {
		t.Fatal(err)
	}
	ask()
	if n := len(s.seen()); n != 3 {
		t.Errorf("%d calls after a change", n)
	}
	s.share = 0
	c = s.client(t, "")
	for range 3 {
		if _, err := c.Users(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.seen()); n != 6 {
		t.Errorf("%d calls, and none may be kept", n)
	}
}

// TestClient_oneChangeAtATime: the gateway loses changes that come together.
func TestClient_oneChangeAtATime(t *testing.T) {
	var mu sync.Mutex
	under, most := 0, 0
	s := serve(t, func(http.ResponseWriter, *http.Request, int) {
		mu.Lock()
		under++
		most = max(most, under)
		mu.Unlock()
		<-time.After(time.Millisecond)
		mu.Lock()
		under--
		mu.Unlock()
	})
	c := s.client(t, "")
	var all sync.WaitGroup
	for n := range 10 {
		all.Go(func() {
			if err := c.DeleteUser(t.Context(), fmt.Sprint("u", n)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most != 1 {
		t.Errorf("%d changes at a time", most)
	}
}

// TestNew_withoutEndpoint: a call says what is missing.
func TestNew_withoutEndpoint(t *testing.T) {
	if _, err := versitygw.New(&awsclient.Conn{}).Users(t.Context()); err == nil || !strings.Contains(err.Error(), "endpoints.admin") {
		t.Error(err)
	}
}
