package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// running stands in for an emulator: the package emulator has its own tests.
func running(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, whoAmI)
	}))
	t.Cleanup(server.Close)
	t.Setenv("SPINUP_TEST_ENDPOINT", server.URL)
	return server.URL
}

// whoAmI is what STS answers to GetCallerIdentity, which an emulator that runs already is asked for its account.
const whoAmI = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>` +
	`<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`

func TestCommandIsLedToTheEmulatorAndItsCodePassedOn(t *testing.T) {
	url := running(t)
	t.Setenv("AWS_PROFILE", "production")
	for script, want := range map[string]int{
		`test "$AWS_ENDPOINT_URL" = ` + url: 0,
		`test -z "$AWS_PROFILE"`:            0,
		`exit 42`:                           42,
		`kill -TERM $$`:                     128 + 15,
	} {
		code, err := run(t.Context(), "", false, []string{"/bin/sh", "-c", script}, nil)
		if code != want || err != nil {
			t.Errorf("%s: code %d, %v; want %d", script, code, err, want)
		}
	}
}

func TestWithoutACommandTheEnvironmentIsPrinted(t *testing.T) {
	url := running(t)
	ctx, cancel := context.WithCancel(t.Context())
	out := writer{write: cancel}
	code, err := run(ctx, "fakecloud", false, nil, &out)
	if code != 0 || err != nil {
		t.Errorf("code %d, %v", code, err)
	}
	if want := "export AWS_ENDPOINT_URL=" + url + "\n"; !strings.HasPrefix(out.String(), want) {
		t.Errorf("printed %q, want %q", out.String(), want)
	}
}

// writer presses the interrupt key once the last line is written.
type writer struct {
	bytes.Buffer
	write func()
}

func (w *writer) Write(p []byte) (int, error) {
	if bytes.HasPrefix(p, []byte("#")) {
		w.write()
	}
	return w.Buffer.Write(p)
}

func TestWhatCannotBeRun(t *testing.T) {
	running(t)
	if code, err := run(t.Context(), "moto", false, nil, nil); code != 2 || err == nil {
		t.Errorf("an unknown emulator: code %d, %v", code, err)
	}
	if code, err := run(t.Context(), "", false, []string{"/nowhere"}, nil); code != 127 || err == nil {
		t.Errorf("an unknown command: code %d, %v", code, err)
	}
	t.Setenv("SPINUP_TEST_ENDPOINT", "http://127.0.0.1:1")
	if code, err := run(t.Context(), "", false, []string{"/bin/true"}, nil); code != 1 || err == nil {
		t.Errorf("no emulator: code %d, %v", code, err)
	}
	if code, err := run(t.Context(), "external", true, nil, nil); code != 0 || err != nil {
		t.Errorf("nothing to install: code %d, %v", code, err)
	}
}
