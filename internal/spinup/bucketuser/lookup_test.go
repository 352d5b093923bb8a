package bucketuser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// served is a connection to an IAM that answers by the handler.
func served(t *testing.T, iam http.HandlerFunc) *awsclient.Conn {
	t.Helper()
	server := httptest.NewServer(iam)
	t.Cleanup(server.Close)
	conn, err := awsclient.New(awsclient.Config{
		Region: "us-east-1", AccessKey: "test", SecretKey: "test", Endpoints: map[string]string{"iam": server.URL},
		SkipCredentialsCheck: new(true), SkipRequestingAccountID: new(true), MaxRetries: new(0),
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
