package emulator

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fakeVariable makes this test binary play a part instead of running tests: its value says which.
const fakeVariable = "SPINUP_FAKE_EMULATOR"

func TestMain(m *testing.M) {
	part := os.Getenv(fakeVariable)
	if part == "" {
		os.Exit(m.Run())
	}
	play(part, os.Args[1])
}

// play is a program that looks like an emulator from outside: it says that it is ready, answers a health check and
// ends when told to, or it does one of these differently.
func play(part, addr string) {
	switch part {
	case "dying":
		fmt.Println("first line\nno such setting")
		os.Exit(3)
	case "silent":
		select {}
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "unlucky": // the first one loses its port, and stays, as LocalStack does
		mark := filepath.Join(os.Getenv("TMPDIR"), "second")
		if err := os.Mkdir(mark, 0o700); err == nil {
			fmt.Println("listen: Address already in use")
		}
	case "parent": // answers by a child of its own
		cmd := itself("deaf", addr)
		cmd.Env = append(os.Environ(), cmd.Env...)
		cmd.Stdout = os.Stdout
		_ = cmd.Run()
	case "keeper": // starts an emulator and does not live to stop it
		if e, err := fakeProgram("deaf").start(context.Background(), Options{}); err == nil {
			fmt.Println(e.Endpoint)
		}
		select {}
	}
	fmt.Println("Ready.")
	_ = http.ListenAndServe(addr, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

func itself(part, addr string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], addr)
	cmd.Env = []string{fakeVariable + "=" + part}
	return cmd
}

func fakeProgram(part string) program {
	return program{
		kind: "fake", account: "111122223333", health: "/health", readyLog: "Ready.",
		patience: 20 * time.Second, grace: 20 * time.Second,
		command: func(addr, _ string) *exec.Cmd { return itself(part, addr) },
	}
}

// ownTemp gives the emulators of a test a folder of their own, so that what they leave can be seen.
func ownTemp(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	return dir
}

func mustStart(t *testing.T, p program) *Emulator {
	t.Helper()
	e, err := p.start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop() })
	return e
}

func answers(e *Emulator) bool {
	conn, err := net.Dial("tcp", strings.TrimPrefix(e.Endpoint, "http://"))
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

// waitForSilence lets a killed process have the moment that its end takes.
func waitForSilence(t *testing.T, e *Emulator) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for answers(e) {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it still answers")
		}
	}
}

func left(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestStartedEmulatorAnswersUntilStopped(t *testing.T) {
	temp := ownTemp(t)
	e := mustStart(t, fakeProgram("good"))
	if !answers(e) || e.AccountID != "111122223333" || e.Kind != "fake" {
		t.Errorf("started: %+v, answers: %t", e, answers(e))
	}
	if got := e.LogTail(1); got != "Ready." {
		t.Errorf("last line of the log: %q", got)
	}
	for range 2 {
		if err := e.Stop(); err != nil {
			t.Error(err)
		}
	}
	if answers(e) || !e.child.ended() {
		t.Error("it still runs after Stop")
	}
	if names := left(t, temp); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

func TestStopEndsWhatDoesNotEndByItself(t *testing.T) {
	for _, part := range []string{"deaf", "parent"} {
		t.Run(part, func(t *testing.T) {
			p := fakeProgram(part)
			p.grace = 20 * time.Millisecond
			e := mustStart(t, p)
			if err := e.Stop(); err != nil {
				t.Error(err)
			}
			waitForSilence(t, e)
		})
	}
}

func TestFailedStartSaysWhereTheLogIs(t *testing.T) {
	for part, want := range map[string]string{
		"dying":  "it ended at once (exit status 3)",
		"silent": "not ready after 200ms",
	} {
		t.Run(part, func(t *testing.T) {
			temp := ownTemp(t)
			p := fakeProgram(part)
			if part == "silent" {
				p.patience = 200 * time.Millisecond
			}
			_, err := p.start(t.Context(), Options{})
			if err == nil {
				t.Fatal("it started")
			}
			names := left(t, temp)
			if len(names) != 1 || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), names[0]) {
				t.Errorf("error %q; want %q and the folder of %v", err, want, names)
			}
			if part == "dying" && !strings.Contains(err.Error(), "first line\nno such setting") {
				t.Errorf("error %q has no end of the log", err)
			}
		})
	}
}

func TestStartTakesAnotherPortWhenItsOwnIsTaken(t *testing.T) {
	temp := ownTemp(t)
	e := mustStart(t, fakeProgram("unlucky"))
	want := []string{filepath.Join(temp, "second"), e.dir}
	got := left(t, temp)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the first try was not cleaned up, or there was none:\n%s", diff)
	}
	if !answers(e) {
		t.Error("the second try does not answer")
	}
}

func TestInterruptedStartLeavesNothing(t *testing.T) {
	temp := ownTemp(t)
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := fakeProgram("silent").start(ctx, Options{}); err == nil {
		t.Fatal("it started")
	}
	if names := left(t, temp); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

func TestEmulatorThatEndsByItselfIsAnError(t *testing.T) {
	ownTemp(t)
	e := mustStart(t, fakeProgram("good"))
	if err := e.child.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-e.Exited()
	err := e.Stop()
	if err == nil || !strings.Contains(err.Error(), e.logPath()) {
		t.Fatalf("error %v; want one that names %s", err, e.logPath())
	}
	if _, err := os.Stat(e.logPath()); err != nil {
		t.Error(err)
	}
}

func TestKeptLogOutlivesStop(t *testing.T) {
	ownTemp(t)
	e := mustStart(t, fakeProgram("good"))
	path := e.KeepLog()
	if err := e.Stop(); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(path); err != nil || !strings.Contains(string(text), "Ready.") {
		t.Errorf("kept log: %q, %v", text, err)
	}
}

func TestEnvironmentOfOptionsReachesTheEmulator(t *testing.T) {
	ownTemp(t)
	p := fakeProgram("dying")
	e, err := p.start(t.Context(), Options{Env: []string{fakeVariable + "=good"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Stop(); err != nil {
		t.Error(err)
	}
}

// sayAccount is an emulator that says whose the test/test credentials are, and nothing else.
func sayAccount(t *testing.T, account string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") != "GetCallerIdentity" || !strings.Contains(r.Header.Get("Authorization"), "Credential=test/") {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprintf(w, "<R><GetCallerIdentityResult><Account>%s</Account></GetCallerIdentityResult></R>", account)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestExternal(t *testing.T) {
	server := sayAccount(t, "444455556666")
	t.Setenv(endpointVariable, server.URL+"/")
	for _, kind := range []Kind{LocalStack, Fakecloud, External} {
		e, err := Start(t.Context(), kind, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if e.Endpoint != server.URL || e.AccountID != "444455556666" || e.Kind != External {
			t.Errorf("%s: %+v", kind, e)
		}
		if e.KeepLog() != "" || e.LogTail(1) != "" || e.Exited() != nil || e.Stop() != nil {
			t.Errorf("%s: has something to stop or to read", kind)
		}
	}
}

func TestExternalThatIsNotThere(t *testing.T) {
	silent := httptest.NewServer(http.NotFoundHandler())
	defer silent.Close()
	const nobody = "nothing at SPINUP_TEST_ENDPOINT says which account it is"
	for value, want := range map[string]string{
		"":                   "set SPINUP_TEST_ENDPOINT",
		"127.0.0.1:4566":     "want an address such as",
		"http://127.0.0.1:1": nobody,
		silent.URL:           nobody,
	} {
		t.Setenv(endpointVariable, value)
		if _, err := Start(t.Context(), External, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", value, err, want)
		}
	}
}

func TestParseKind(t *testing.T) {
	for name, want := range map[string]Kind{
		"": LocalStack, "localstack": LocalStack, "LocalStack": LocalStack, "fakecloud": Fakecloud, "external": External,
	} {
		if got, err := ParseKind(name); got != want || err != nil {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := ParseKind("moto"); err == nil {
		t.Error("moto is taken for an emulator of ours")
	}
	if _, err := Start(t.Context(), "moto", Options{}); err == nil {
		t.Error("moto was started")
	}
}

func TestEnvironLeadsNowhereElse(t *testing.T) {
	t.Setenv("AWS_PROFILE", "production")
	t.Setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.edu")
	e := &Emulator{Endpoint: "http://127.0.0.1:9"}
	var got []string
	for _, variable := range e.Environ() {
		if strings.HasPrefix(variable, "AWS_") {
			got = append(got, variable)
		}
	}
	if diff := cmp.Diff(e.Env(), got); diff != "" {
		t.Error(diff)
	}
}

func TestTail(t *testing.T) {
	long := strings.Repeat("x", widest)
	for text, want := range map[string]string{
		"":                       "",
		"a":                      "a",
		"a\nb\nc\n":              "b\nc",
		long + "\n" + long + "y": long + "\n" + long + "...",
	} {
		if got := tail([]byte(text), 2); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
