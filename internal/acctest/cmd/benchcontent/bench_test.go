package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets this test binary stand in for a program, as the command does.
func TestMain(m *testing.M) {
	if program := os.Getenv(programVariable); program != "" {
		os.Exit(standIn(program))
	}
	os.Exit(m.Run())
}

func TestProgramIsMeasured(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	script := `[ -z "$` + programVariable + `$` + ledgerVariable + `" ] && i=0 && while [ $i -lt 100000 ]; do i=$((i+1)); done`
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-c", script)
	cmd.Env = os.Environ()
	took, err := measure(t.Context(), cmd, shell)
	if err != nil {
		t.Fatal(err)
	}
	if took.work.Program != filepath.Base(shell) || took.work.CPU <= 0 || took.work.Peak <= 0 || took.work.Own <= 0 {
		t.Errorf("%+v", took.work)
	}
	if took.wall < took.work.CPU/2 {
		t.Errorf("%s by the clock, %s of CPU", took.wall, took.work.CPU)
	}
}

func TestFailureOfProgramIsAnError(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-c", "echo no such bucket; exit 3")
	if _, err := measure(t.Context(), cmd, shell); err == nil || !strings.Contains(err.Error(), "no such bucket") {
		t.Errorf("error %v", err)
	}
}

func TestLedger(t *testing.T) {
	ledger := filepath.Join(t.TempDir(), "ledger")
	if sum, err := total(ledger); err != nil || sum != (usage{}) {
		t.Errorf("of nothing: %+v, %v", sum, err)
	}
	for _, u := range []usage{{"p", 3, 10, 1}, {"p", 4, 30, 1}, {"p", 5, 20, 1}} {
		if err := note(ledger, u); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := total(ledger)
	if want := (usage{"p", 12, 30, 3}); err != nil || sum != want {
		t.Errorf("%+v, %v, want %+v", sum, err, want)
	}
}

func TestKinds(t *testing.T) {
	for request, want := range map[string]string{
		"POST /":                                        "POST /",
		"GET /b?list-type=2&prefix=a":                   "list",
		"GET /b?versions":                               "list versions",
		"GET /b?uploads":                                "list uploads",
		"POST /b?delete":                                "delete batch",
		"PUT /b/a/b.html":                               "PUT",
		"PUT /b/.spinup/directory-1":                    "PUT manifest",
		"GET /b/.spinup/directory-1":                    "GET manifest",
		"PUT /b/a?partNumber=1&uploadId=":               "PUT part",
		"POST /b/a?uploads":                             "begin",
		"POST /b/a?uploadId=1":                          "complete",
		"HEAD /b/a":                                     "HEAD",
		"POST /2020-05-31/distribution/E1/invalidation": "invalidation",
	} {
		method, url, _ := strings.Cut(request, " ")
		if got := kindOf(httptest.NewRequestWithContext(t.Context(), method, url, nil)); got != want {
			t.Errorf("%s: %q, want %q", request, got, want)
		}
	}
}

func TestProxyCountsAndWaits(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.Host+" "+string(body))
	}))
	defer server.Close()
	const wait = 20 * time.Millisecond
	p, err := newProxy(server.URL, wait)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	start := time.Now()
	for range 2 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, p.URL+"/b/key", strings.NewReader("text"))
		if err != nil {
			t.Fatal(err)
		}
		request.Host = "b.example.edu"
		response, err := p.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if got := string(text); err != nil || got != "b.example.edu text" {
			t.Errorf("%q, %v", got, err)
		}
	}
	seen := p.seen()
	if diff := cmp.Diff(map[string]int{"PUT": 2}, seen.calls); diff != "" || seen.total() != 2 {
		t.Error(diff)
	}
	if seen.connections != 1 || seen.most != 1 {
		t.Errorf("%d connections, %d at once", seen.connections, seen.most)
	}
	if took := time.Since(start); took < 2*wait {
		t.Errorf("two requests took %s", took)
	}
	p.reset()
	if again := p.seen(); again.total() != 0 || again.connections != 0 || again.most != 1 {
		t.Errorf("after a reset: %+v", again)
	}
}

func TestFilesAreTheSameEachTime(t *testing.T) {
	for name, make := range map[string]func(string, int) error{"site": makeSite, "tiny": makeTiny} {
		var all [2][]byte
		for i := range all {
			dir := t.TempDir()
			if err := make(dir, 250); err != nil {
				t.Fatal(err)
			}
			files, bytes, err := sizeOf(dir)
			if err != nil || files != 250 || bytes < 250*100 {
				t.Errorf("%s: %d files, %d bytes, %v", name, files, bytes, err)
			}
			if err := hash(dir); err != nil {
				t.Error(err)
			}
			found, err := filepath.Glob(filepath.Join(dir, "*", "*"))
			if err != nil || len(found) == 0 {
				t.Fatalf("%s: %v, %v", name, found, err)
			}
			all[i] = []byte(strings.ReplaceAll(strings.Join(found, "\n"), dir, ""))
		}
		if !bytes.Equal(all[0], all[1]) {
			t.Errorf("%s: %s", name, cmp.Diff(string(all[0]), string(all[1])))
		}
	}
}

func TestTable(t *testing.T) {
	r := results{}
	for _, run := range []int{3, 1, 2} { // the median is the second
		second := time.Duration(run) * time.Second
		r.add("first", ours, &sample{
			taken: taken{
				wall: 2 * second, work: usage{CPU: second, Peak: int64(run) << 20},
				terraform: usage{CPU: second / 2, Peak: int64(run) << 10},
			},
			traffic: traffic{calls: map[string]int{"PUT": run, "list": 1}, connections: run, most: 1},
			state:   2000,
		})
		r.add("first", "loop", &sample{taken: taken{wall: second}, traffic: traffic{calls: map[string]int{"list": 1}}})
	}
	r.add("another", ours, &sample{})
	var out bytes.Buffer
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	want := `work     by      wall s  CPU s  peak MiB  connections (at once)  state B  terraform CPU s, MiB  calls
first    spinup  4.00    2.00   2048      2 (1)                  2000     1.00, 2               3: PUT 2, list 1
         loop    2.00    -      -         0 (0)                  -        -                     1: list 1
another  spinup  0.00`
	if got := out.String(); !strings.HasPrefix(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestUnknownWorkIsRefused(t *testing.T) {
	err := settings{}.start(t.Context(), "site,zip", false)
	if err == nil || !strings.Contains(err.Error(), "site,tiny,big,empty") {
		t.Errorf("error %v", err)
	}
}
