package bucketuser

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// served is a connection to an IAM that answers by the handler.
func served(t *testing.T, iam http.HandlerFunc) *awsclient.Conn {
	t.Helper()
	return servedAs(t, "aws", iam)
}

func servedAs(t *testing.T, platform string, iam http.HandlerFunc) *awsclient.Conn {
	t.Helper()
	server := httptest.NewServer(iam)
	t.Cleanup(server.Close)
	conn, err := awsclient.New(awsclient.Config{
		Region: "us-east-1", AccessKey: "test", SecretKey: "test", Platform: platform,
		Endpoints: map[string]string{"iam": server.URL}, SkipCredentialsCheck: new(true),
		SkipRequestingAccountID: new(true), MaxRetries: new(0),
	}, awsclient.DefaultPace()).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func failing(w http.ResponseWriter, status int, code string) {
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "<ErrorResponse><Error><Code>%s</Code><Message>No.</Message></Error><RequestId>1</RequestId></ErrorResponse>", code)
}

// withGroups answers GetGroup, a hundred users at a time, as IAM does.
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroup.html
func withGroups(groups map[string][]string, asked *[]string) http.HandlerFunc {
	const page = 100
	return func(w http.ResponseWriter, r *http.Request) {
		group := r.FormValue("GroupName")
		*asked = append(*asked, r.FormValue("Action")+" "+group)
		users, ok := groups[group]
		if !ok {
			failing(w, http.StatusNotFound, "NoSuchEntity")
			return
		}
		from, _ := strconv.Atoi(r.FormValue("Marker")) // none is the beginning
		rest := users[from:]
		_, _ = fmt.Fprintf(w, `<GetGroupResponse><GetGroupResult><Group><GroupName>%s</GroupName></Group><Users>`, group)
		for _, user := range rest[:min(page, len(rest))] {
			_, _ = fmt.Fprintf(w, `<member><UserName>%s</UserName><Arn>arn:aws:iam::123456789012:user/%[1]s</Arn></member>`, user)
		}
		_, _ = fmt.Fprintf(w, `</Users><IsTruncated>%t</IsTruncated><Marker>%d</Marker></GetGroupResult></GetGroupResponse>`,
			len(rest) > page, from+page)
	}
}

func TestMembers(t *testing.T) {
	var readers []string
	for n := range 250 {
		readers = append(readers, fmt.Sprintf("reader-%03d", n))
	}
	var asked []string
	conn := served(t, withGroups(map[string][]string{
		"b-BktROGrp": readers, "b-BktAdmGrp": {"zoe", "reader-007"}, "b-WebAdmGrp": {},
		"bb-BktROGrp": {"stranger"}, "b-c-BktROGrp": {"stranger"}, "b": {"stranger"}, "b-BktROGrp2": {"stranger"},
	}, &asked))
	members, err := Members(t.Context(), conn, "b")
	if err != nil {
		t.Fatal(err)
	}
	var want []Member
	for _, name := range append(readers, "zoe") {
		groups := map[string][]string{"zoe": {"b-BktAdmGrp"}, "reader-007": {"b-BktAdmGrp", "b-BktROGrp"}}[name]
		if groups == nil {
			groups = []string{"b-BktROGrp"}
		}
		want = append(want, Member{name, "arn:aws:iam::123456789012:user/" + name, groups})
	}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Error("-want +got:\n" + diff)
	}
	calls := []string{
		"GetGroup b-WebAdmGrp", "GetGroup b-BktAdmGrp", "GetGroup b-BktRWGrp",
		"GetGroup b-BktROGrp", "GetGroup b-BktROGrp", "GetGroup b-BktROGrp",
	}
	if diff := cmp.Diff(calls, asked); diff != "" {
		t.Error("calls, -want +got:\n" + diff)
	}
	if members, err := Members(t.Context(), conn, "c"); err != nil || len(members) > 0 {
		t.Errorf("of a bucket without groups: %v, %v", members, err)
	}
}

func TestMembers_failure(t *testing.T) {
	conn := served(t, func(w http.ResponseWriter, _ *http.Request) { failing(w, http.StatusForbidden, "AccessDenied") })
	if members, err := Members(t.Context(), conn, "b"); !awsclient.IsAccessDenied(err) || members != nil {
		t.Errorf("a list that cannot be read is not empty: %v, %v", members, err)
	}
}

// plainIAM is an IAM without groups, in which each user has one inline policy at most. It notes what it does not have.
type plainIAM struct {
	mu      sync.Mutex
	named   map[string]string // names of policies by user
	text    map[string]string // documents by user
	lacking []string          // calls that it does not have
}

func (p *plainIAM) grant(user string, s Spec) { p.named[user], p.text[user] = s.policy() }

func (p *plainIAM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	user := r.FormValue("UserName")
	var result string
	switch action := r.FormValue("Action"); {
	case action == "ListUsers":
		for _, name := range slices.Backward(slices.Sorted(maps.Keys(p.named))) {
			result += fmt.Sprintf("<member><UserName>%s</UserName><UserId>1</UserId><Arn>arn:aws:iam::000000000000:user/%[1]s</Arn>"+
				"<Path>/</Path><CreateDate>2026-01-01T00:00:00Z</CreateDate></member>", name)
		}
		result = "<Users>" + result + "</Users><IsTruncated>false</IsTruncated>"
	case action == "ListUserPolicies" && user == "gone":
		failing(w, http.StatusNotFound, "NoSuchEntity")
		return
	case action == "ListUserPolicies":
		result = "<PolicyNames><member>" + p.named[user] + "</member></PolicyNames><IsTruncated>false</IsTruncated>"
	case action == "GetUserPolicy":
		result = fmt.Sprintf("<UserName>%s</UserName><PolicyName>%s</PolicyName><PolicyDocument>%s</PolicyDocument>",
			user, r.FormValue("PolicyName"), url.QueryEscape(p.text[user]))
	default:
		p.lacking = append(p.lacking, action)
		failing(w, http.StatusBadRequest, "InvalidAction")
		return
	}
	_, _ = fmt.Fprintf(w, "<%[1]sResponse><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>", r.FormValue("Action"), result)
}

// TestMembers_withoutGroups: where there are no groups, the users are those with an inline policy for the bucket. A
// platform that is known to have none is not asked.
func TestMembers_withoutGroups(t *testing.T) {
	for platform, lacking := range map[string][]string{"versitygw": nil, "s3": {"GetGroup"}, "aws": {"GetGroup"}} {
		store := &plainIAM{named: map[string]string{"gone": "", "guest": "theirs"}, text: map[string]string{}}
		store.grant("zoe", Spec{Bucket: "b", Partition: "aws", Access: access.ReadOnly, Inline: true})
		store.grant("ann", Spec{Bucket: "b", Partition: "aws", Access: access.ReadWrite, Path: "docs/"})
		store.grant("bob", Spec{Bucket: "b-docs", Partition: "aws", Access: access.ReadWrite, Inline: true})
		store.grant("eve", Spec{Bucket: "b", Partition: "aws", Access: access.Admin, Inline: true})
		store.text["eve"] = strings.ReplaceAll(store.text["eve"], "s3:", "sqs:")
		members, err := Members(t.Context(), servedAs(t, platform, store.ServeHTTP), "b")
		if err != nil {
			t.Fatal(platform, err)
		}
		const user = "arn:aws:iam::000000000000:user/"
		want := []Member{{"ann", user + "ann", []string{}}, {"zoe", user + "zoe", []string{}}}
		if diff := cmp.Diff(want, members); diff != "" {
			t.Errorf("%s, -want +got:\n%s", platform, diff)
		}
		if diff := cmp.Diff(lacking, store.lacking); diff != "" {
			t.Errorf("%s asks for what there is not, -want +got:\n%s", platform, diff)
		}
	}
}
