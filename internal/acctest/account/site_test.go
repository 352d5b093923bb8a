package account

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestFetchKnowsASiteByItsName(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		_, _ = fmt.Fprint(w, r.Host+r.URL.Path)
	}))
	t.Cleanup(server.Close)
	status, body, err := Fetch(t.Context(), server.URL, "demo.example.edu", "/x")
	if err != nil || status != http.StatusNotFound || body != "demo.example.edu/x" {
		t.Errorf("%d %q %v", status, body, err)
	}
}
