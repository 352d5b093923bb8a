package account

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

func accountAt(url string) Account {
	return New(&emulator.Emulator{
		AccountID: "123456789012", Endpoint: url, IAM: url, Key: "test", Secret: "test",
	}, url)
}

// answering stands in for an emulator that has what the function says: it answers 200 with nothing of use in it.
func answering(t *testing.T, has func(request string) bool) Account {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		request := strings.TrimSpace(r.Method + " " + r.URL.Path + " " + r.PostForm.Encode())
		if has(request) {
			return
		}
		w.WriteHeader(http.StatusNotFound)
		if r.Method != http.MethodHead {
			_, _ = w.Write([]byte("<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>"))
		}
	}))
	t.Cleanup(server.Close)
	return accountAt(server.URL)
}

func TestLeftovers(t *testing.T) {
	for name, test := range map[string]struct {
		has  string // a part of the requests for what is there
		want []string
	}{
		"nothing":  {"none", nil},
		"a bucket": {"HEAD /data", []string{"bucket data"}},
		"a group":  {"GroupName=data-BktROGrp", []string{"group data-BktROGrp"}},
		"a policy": {"data-BktAdmPlc", []string{"policy arn:aws:iam::123456789012:policy/data-BktAdmPlc"}},
		"a user":   {"UserName=data-u", []string{"user data-u"}},
	} {
		t.Run(name, func(t *testing.T) {
			a := answering(t, func(request string) bool { return strings.Contains(request, test.has) })
			left, err := a.Leftovers(t.Context(), "data", "data-u")
			if diff := cmp.Diff(test.want, left); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
		})
	}
}

func TestALookThatFailsIsNotTakenForAbsence(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
	}))
	t.Cleanup(server.Close)
	left, err := accountAt(server.URL).Leftovers(t.Context(), "data")
	if err == nil || !strings.Contains(err.Error(), "looking for bucket data") {
		t.Errorf("left %v, error %v", left, err)
	}
}
