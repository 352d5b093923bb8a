package emulator

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// machine is a computer on which nothing is installed yet: an empty PATH, an empty cache, an empty repository.
type machine struct {
	t                *testing.T
	bin, cache, root string
	progress         bytes.Buffer
}

func newMachine(t *testing.T) *machine {
	t.Helper()
	dir := t.TempDir()
	m := &machine{t: t, bin: filepath.Join(dir, "bin"), root: filepath.Join(dir, "repository")}
	t.Setenv("PATH", m.bin)
	t.Setenv("HOME", dir) // where macOS has the cache
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	t.Setenv("FAKECLOUD_BIN", "")
	t.Setenv(endpointVariable, "")
	base, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	m.cache = filepath.Join(base, "spinup-acctest")
	m.write(filepath.Join(m.root, "go.mod"), "module example\n")
	m.write(filepath.Join(m.root, "internal", "somewhere", "file"), "")
	t.Chdir(filepath.Join(m.root, "internal", "somewhere"))
	return m
}

func (m *machine) opts() Options { return Options{Progress: &m.progress} }

func (m *machine) write(path, text string) string {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// script puts a shell script where the name says and returns its path. Its own PATH has the usual tools.
func (m *machine) script(path, body string) string {
	m.t.Helper()
	return m.write(path, "#!/bin/sh\nPATH=/bin:/usr/bin\n"+body)
}

const fakeCargo = `echo "$@ opt=$CARGO_PROFILE_RELEASE_OPT_LEVEL strip=$CARGO_PROFILE_RELEASE_STRIP"
while [ "$1" != --root ]; do shift; done
mkdir -p "$2/bin" && echo > "$2/bin/fakecloud"
`

func TestFakecloudIsLookedForInOrder(t *testing.T) {
	m := newMachine(t)
	find := func(want string) {
		t.Helper()
		if got, err := findFakecloud(t.Context(), m.opts()); got != want || err != nil {
			t.Errorf("found %q (%v), want %q; said: %s", got, err, want, &m.progress)
		}
	}
	if _, err := findFakecloud(t.Context(), m.opts()); err == nil || !strings.Contains(err.Error(), "rustup") {
		t.Errorf("nothing there: %v; want how to get cargo", err)
	}

	cargo := m.script(filepath.Join(m.bin, "cargo"), fakeCargo)
	built := filepath.Join(m.cache, "fakecloud-0.51.0", "bin", "fakecloud")
	find(built)
	want := "--version 0.51.0 --locked --root " + filepath.Join(m.cache, "fakecloud-0.51.0") + " opt=0 strip=true"
	if !strings.Contains(m.progress.String(), want) || !strings.Contains(m.progress.String(), "up to an hour") {
		t.Errorf("said: %s; want %q", &m.progress, want)
	}
	if err := os.Remove(cargo); err != nil { // it is not needed again
		t.Fatal(err)
	}
	find(built)

	onPath := m.script(filepath.Join(m.bin, "fakecloud"), "echo fakecloud 0.50.0\n")
	find(built)
	if !strings.Contains(m.progress.String(), onPath+" is not fakecloud 0.51.0") {
		t.Errorf("said: %s", &m.progress)
	}
	m.script(onPath, "echo fakecloud 0.51.0\n")
	find(onPath)

	beside := m.script(filepath.Join(m.root, "..", "shared", "emulators", "fakecloud"), "")
	find(beside)

	named := m.script(filepath.Join(m.root, "named"), "")
	t.Setenv("FAKECLOUD_BIN", named)
	find(named)
	t.Setenv("FAKECLOUD_BIN", named+"-not")
	if got, err := findFakecloud(t.Context(), m.opts()); err == nil || !strings.Contains(err.Error(), "FAKECLOUD_BIN") {
		t.Errorf("a wrong FAKECLOUD_BIN: found %q, %v", got, err)
	}
}

func TestFakecloudBuildThatFails(t *testing.T) {
	m := newMachine(t)
	m.script(filepath.Join(m.bin, "cargo"), fakeCargo+"exit 101\n")
	if _, err := findFakecloud(t.Context(), m.opts()); err == nil || !strings.Contains(err.Error(), "exit status 101") {
		t.Errorf("error %v", err)
	}
	if complete(filepath.Join(m.cache, "fakecloud-0.51.0")) {
		t.Error("the failed build counts as complete")
	}
}

// fakePython answers what findPython asks, and makes a virtual environment whose Python is itself.
func fakePython(minor, body string) string {
	return body + `case "$*" in
*"import sys"*) echo ` + minor + ` ;;
*"import ensurepip"*) exit "${no_ensurepip:-0}" ;;
*"-m venv"*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
*"-m pip"*) echo "$@" >> "${0%/*}/pips"; exit "${no_pip:-0}" ;;
esac
`
}

func TestLocalstackIsInstalledOnce(t *testing.T) {
	m := newMachine(t)
	python := m.script(filepath.Join(m.bin, "python3"), fakePython("12", ""))
	for range 2 {
		if err := Install(t.Context(), LocalStack, m.opts()); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(python) // not needed again
	}
	dirs := left(t, filepath.Join(m.cache, "localstack-4.12.0-*[0-9a-f]"))
	if len(dirs) == 0 {
		t.Fatal("nothing was installed")
	}
	dir := filepath.Dir(dirs[0])
	pips, err := os.ReadFile(filepath.Join(dir, "venv", "bin", "pips"))
	if err != nil || strings.Count(string(pips), "\n") != 1 || !strings.Contains(string(pips), "--require-hashes") {
		t.Errorf("pip was run with: %s (%v)", pips, err)
	}
	if !strings.Contains(m.progress.String(), "about a minute") {
		t.Errorf("said: %s", &m.progress)
	}

	if err := os.Remove(venvPython(dir)); err != nil {
		t.Fatal(err)
	}
	if err := Install(t.Context(), LocalStack, m.opts()); err == nil || !strings.Contains(err.Error(), "delete "+dir) {
		t.Errorf("without the venv's Python: %v", err)
	}
}

func TestLocalstackInstallThatFailsIsDoneAnew(t *testing.T) {
	m := newMachine(t)
	m.script(filepath.Join(m.bin, "python3"), fakePython("11", "no_pip=7\n"))
	err := Install(t.Context(), LocalStack, m.opts())
	if err == nil || !strings.Contains(err.Error(), "exit status 7") || !strings.Contains(err.Error(), "pip install") {
		t.Errorf("error %v", err)
	}
	m.script(filepath.Join(m.bin, "python3"), fakePython("11", ""))
	if err := Install(t.Context(), LocalStack, m.opts()); err != nil {
		t.Error(err)
	}
}

func TestPythonIsChosen(t *testing.T) {
	for name, test := range map[string]struct {
		have map[string]string // program -> minor version
		body string
		want string // its path in bin, or the text of the error
	}{
		"none":             {nil, "", "install it"},
		"too old":          {map[string]string{"python3": "10"}, "", "install it"},
		"the usual":        {map[string]string{"python3": "13"}, "", "python3"},
		"old, and another": {map[string]string{"python3": "9", "python3.12": "12"}, "", "python3.12"},
		"new, and another": {map[string]string{"python3": "14", "python3.11": "11"}, "", "python3.11"},
		"only a new one":   {map[string]string{"python3": "14"}, "", "python3"},
		"broken":           {map[string]string{"python3": "13"}, "exit 127\n", "install it"},
		"no ensurepip":     {map[string]string{"python3": "13"}, "no_ensurepip=1\n", "install python3-venv"},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMachine(t)
			for program, minor := range test.have {
				m.script(filepath.Join(m.bin, program), fakePython(minor, test.body))
			}
			got, err := findPython(t.Context())
			if err != nil {
				if !strings.Contains(err.Error(), test.want) {
					t.Errorf("error %v, want %q", err, test.want)
				}
				return
			}
			if want := filepath.Join(m.bin, test.want); got != want {
				t.Errorf("chose %s, want %s", got, want)
			}
		})
	}
}

func TestCacheIsFilledByOneAtATime(t *testing.T) {
	newMachine(t)
	var fills atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			_, err := cached(t.Context(), "thing", Options{Progress: &bytes.Buffer{}}, func(dir string) error {
				fills.Add(1)
				return os.Mkdir(dir, 0o755)
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := fills.Load(); n != 1 {
		t.Errorf("filled %d times", n)
	}
}

func TestHalfMadeCacheIsThrownAway(t *testing.T) {
	m := newMachine(t)
	m.write(filepath.Join(m.cache, "thing", "remnant"), "")
	dir, err := cached(t.Context(), "thing", m.opts(), func(dir string) error {
		if _, err := os.Stat(dir); err == nil {
			t.Error("what an interrupted run left is still there")
		}
		return os.Mkdir(dir, 0o755)
	})
	if err != nil || !complete(dir) {
		t.Errorf("complete: %t, %v", complete(dir), err)
	}
}

func TestWaitingForTheCacheCanBeInterrupted(t *testing.T) {
	m := newMachine(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := cached(t.Context(), "thing", m.opts(), func(dir string) error {
		_, err := cached(ctx, "thing", m.opts(), func(string) error { return nil })
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the second: %v", err)
		}
		return os.Mkdir(dir, 0o755)
	})
	if err != nil {
		t.Error(err)
	}
	if !strings.Contains(m.progress.String(), "waiting for another process") {
		t.Errorf("said: %s", &m.progress)
	}
}

// TestTofuIsBuiltOnce: the variable names OpenTofu, and otherwise the Go tool builds it, in its own version.
func TestTofuIsBuiltOnce(t *testing.T) {
	m := newMachine(t)
	t.Setenv("TOFU", "")
	tool := m.script(filepath.Join(m.bin, "go"), `arguments=$*
while [ "$1" != -o ]; do shift; done
echo "$arguments" > "$2"
`)
	for range 2 {
		path, err := Tofu(t.Context(), m.opts())
		if want := filepath.Join(m.cache, "tofu-"+tofuVersion, "tofu"); path != want || err != nil {
			t.Fatalf("built %q, %v; want %q", path, err, want)
		}
		_ = os.Remove(tool) // not needed again
		arguments, err := os.ReadFile(path)
		for _, want := range []string{"version.dev=no", "-C " + filepath.Join(m.root, "internal", "tools", "tofu")} {
			if !strings.Contains(string(arguments), want) {
				t.Errorf("built by go %s (%v), not %q", arguments, err, want)
			}
		}
	}
	t.Setenv("TOFU", filepath.Join(m.bin, "nothing"))
	if path, err := Tofu(t.Context(), m.opts()); err == nil || !strings.Contains(err.Error(), "TOFU") {
		t.Errorf("a wrong TOFU: found %q, %v", path, err)
	}
	named := m.script(filepath.Join(m.root, "named"), "")
	t.Setenv("TOFU", named)
	if path, err := Tofu(t.Context(), m.opts()); path != named || err != nil {
		t.Errorf("found %q, %v; want %q", path, err, named)
	}
}

// TestWhatIsBuiltIsPinned: the folder of the cache bears the version that the module pins.
func TestWhatIsBuiltIsPinned(t *testing.T) {
	for _, pin := range []struct{ module, line string }{
		{"tofu", "github.com/opentofu/opentofu v" + tofuVersion + " "},
		{"versitygw", "github.com/versity/versitygw v" + versitygwVersion + " "},
	} {
		text, err := os.ReadFile(filepath.Join("..", "..", "tools", pin.module, "go.mod"))
		if err != nil || !strings.Contains(string(text), pin.line) {
			t.Errorf("internal/tools/%s does not pin %s: %v", pin.module, pin.line, err)
		}
	}
}
