package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// fakeCalls stands in for the gateway: each phase is one call more than the one before.
type fakeCalls struct{ resets int }

func (f *fakeCalls) Reset()     { f.resets++ }
func (f *fakeCalls) Total() int { return f.resets }

// contender is a contestant whose terraform is a script; it runs in a folder of its own.
func contender(t *testing.T, name, script string) contestant {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "script")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return contestant{name: name, tf: terraform.CLI{Path: path, Dir: dir, Env: os.Environ()}}
}

func TestContestantsTakeTurns(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	note := func(name string) string { return "echo " + name + ` "$1 $2" >> ` + log }
	r := race{
		contestants: []contestant{contender(t, "ours", note("ours")), contender(t, "theirs", note("theirs"))},
		load:        load{buckets: 3}, calls: &fakeCalls{}, progress: io.Discard,
	}
	if err := r.run(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, order := range [][]string{{"ours", "theirs"}, {"theirs", "ours"}} {
		for _, p := range phases(load{buckets: 3}) {
			for _, name := range order {
				want = append(want, name+" "+p.args[0]+" "+p.args[1])
			}
		}
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(string(text)), "\n")); diff != "" {
		t.Error(diff)
	}
	if got := r.results[result{"plan", "theirs"}]; len(got) != 2 || got[0].calls != 2 || got[1].calls != 11 {
		t.Errorf("samples of one phase: %+v", got)
	}
}

func TestPhaseThatFailsEndsTheRace(t *testing.T) {
	r := race{
		contestants: []contestant{contender(t, "ours", `case "$*" in *-detailed-exitcode*) echo "1 to change"; exit 2;; esac`)},
		load:        load{buckets: 1}, calls: &fakeCalls{}, progress: io.Discard,
	}
	err := r.run(t.Context(), 1)
	for _, want := range []string{"ours", "no-op plan", "1 bucket", "exit status 2", "1 to change"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v; want %q in it", err, want)
		}
	}
}

func TestTable(t *testing.T) {
	r := race{contestants: []contestant{{name: "spinup"}, {name: "hashicorp/aws"}}, results: map[result][]sample{}}
	for i, p := range phases(load{buckets: 1}) {
		for _, c := range r.contestants {
			for _, run := range []int{3, 1, 2} { // the median is the second
				r.results[result{p.name, c.name}] = append(r.results[result{p.name, c.name}], sample{
					wall: time.Duration(run) * time.Second, calls: 10*i + run,
					provider: memory{peak: int64(run) << 20, anon: int64(run) << 19},
				})
			}
		}
	}
	var out bytes.Buffer
	if err := r.print(&out); err != nil {
		t.Fatal(err)
	}
	want := `phase         provider       wall s  calls  provider peak MiB (anonymous)  terraform peak MiB (anonymous)
plan          spinup         2.00    2      2048 (1024)                    -
              hashicorp/aws  2.00    2      2048 (1024)                    -
apply         spinup         2.00    12     2048 (1024)                    -
`
	if got := out.String(); !strings.HasPrefix(got, want) {
		t.Errorf("%s", cmp.Diff(want, got))
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		calls []int
		want  int
	}{{[]int{7}, 7}, {[]int{9, 1}, 1}, {[]int{5, 100, 1}, 5}} {
		var samples []sample
		for _, n := range test.calls {
			samples = append(samples, sample{calls: n})
		}
		if got := median(samples, func(s sample) int { return s.calls }); got != test.want {
			t.Errorf("%v: %d, want %d", test.calls, got, test.want)
		}
	}
}

func TestPeaks(t *testing.T) {
	p := peaks{"terraform": {5, 1}, "terraform-provider-aws_v5": {9, 2}, "terraform-provider-x": {3, 4}}
	if got, want := p.of("terraform"), (memory{5, 1}); got != want {
		t.Errorf("terraform: %v, want %v", got, want)
	}
	if got, want := p.of("terraform-provider-"), (memory{9, 4}); got != want {
		t.Errorf("the providers: %v, want %v", got, want)
	}
}

func TestNumbers(t *testing.T) {
	if got, err := numbers("-buckets", "1, 10"); !slices.Equal(got, []int{1, 10}) || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"", "0", "1,x", "-1"} {
		if got, err := numbers("-buckets", bad); err == nil {
			t.Errorf("%q gives %v", bad, got)
		}
	}
}

func TestConfigurationsUnpack(t *testing.T) {
	t.Setenv("PATH", filepath.Dir(contender(t, "", "").tf.Path))
	if err := os.Symlink("script", filepath.Join(os.Getenv("PATH"), "terraform")); err != nil {
		t.Fatal(err)
	}
	for folder, file := range map[string]string{"spinup": "main.tf", "aws": "bucket/main.tf"} {
		dir := filepath.Join(t.TempDir(), folder)
		c, err := contest(dir, "name", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file))); err != nil || c.tf.Dir != dir {
			t.Errorf("%s: %v, in %s", folder, err, c.tf.Dir)
		}
	}
}
