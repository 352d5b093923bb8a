package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
)

const (
	whoAmI = `<GetCallerIdentityResponse><GetCallerIdentityResult><Account>111122223333</Account>` +
		`</GetCallerIdentityResult></GetCallerIdentityResponse>`
	users = `<ListUsersResponse><ListUsersResult><Users><member><UserName>spt-x-ann</UserName></member></Users>` +
		`</ListUsersResult></ListUsersResponse>`
	marked = `<ListUserTagsResponse><ListUserTagsResult><Tags><member><Key>` + account.MarkTag + `</Key><Value>spt</Value>` +
		`</member></Tags></ListUserTagsResult></ListUserTagsResponse>`
)

// standIn stands in for an account with one marked user, and notes the deletions that it is asked for.
func standIn(t *testing.T) (deleted *[]string) {
	t.Helper()
	deleted = new([]string)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		action := r.PostForm.Get("Action")
		answer := fmt.Sprintf("<%[1]sResponse><%[1]sResult/></%[1]sResponse>", action) // of S3 too: nothing is there
		switch {
		case action == "GetCallerIdentity":
			answer = whoAmI
		case action == "ListUsers":
			answer = users
		case action == "ListUserTags":
			answer = marked
		case strings.HasPrefix(action, "Delete"):
			*deleted = append(*deleted, action+" "+r.PostForm.Get("UserName"))
		}
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
		account.Variable: "111122223333", account.PrefixVariable: "spt",
	} {
		t.Setenv(name, value)
	}
	return deleted
}

// TestSweepAsksFirst: without -yes nothing is removed, and in another account than the one that is named never.
func TestSweepAsksFirst(t *testing.T) {
	deleted := standIn(t)
	for _, test := range []struct {
		account string
		yes     bool
		says    string
		deletes int
	}{
		{"111122223333", false, "would remove: user spt-x-ann", 0},
		{"444455556666", true, "the credentials are of account 111122223333: nothing was removed", 0},
		{"", true, "is \"\"", 0},
		{"111122223333", true, "removing: user spt-x-ann", 1},
	} {
		t.Setenv(account.Variable, test.account)
		var out bytes.Buffer
		err := sweep(t.Context(), test.yes, &out)
		said := out.String()
		if err != nil {
			said += err.Error()
		}
		if !strings.Contains(said, test.says) || len(*deleted) != test.deletes {
			t.Errorf("%+v: said %s, deleted %v", test, said, *deleted)
		}
	}
}
