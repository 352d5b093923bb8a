package terraform

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// install puts a program of the given name and body on a PATH of its own and returns its folder.
func install(t *testing.T, name, body string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv(Variable, "")
	return dir
}

func TestRun(t *testing.T) {
	install(t, "terraform", `echo "$TF_CLI_CONFIG_FILE|$TF_LOG|$KEPT|$*"; exit 2`)
	dir := t.TempDir()
	tf, err := New(dir, []string{"TF_LOG=trace", "TF_CLI_ARGS=-lock=false", "KEPT=yes"}, Mirror("/mirror"))
	if err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "cli.tfrc")
	output, code, err := tf.Run(t.Context(), "plan", "-x")
	if want := config + "||yes|plan -x\n"; output != want || code != 2 || err != nil {
		t.Errorf("printed %q, code %d, %v; want %q", output, code, err, want)
	}
	if !slices.Contains(tf.Env, "TF_CLI_ARGS=-no-color") || slices.Contains(tf.Env, "TF_CLI_ARGS=-lock=false") {
		t.Errorf("environment %v", tf.Env)
	}
	text, err := os.ReadFile(config)
	if want := "provider_installation {\n  filesystem_mirror { path = \"/mirror\" }\n}\n"; err != nil || !strings.HasSuffix(string(text), want) {
		t.Errorf("configuration %s, %v", text, err)
	}
}

func TestInterruptedRunIsAnError(t *testing.T) {
	install(t, "terraform", "exec /bin/sleep 60")
	tf, err := New(t.TempDir(), nil, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := tf.Run(ctx, "plan"); err == nil {
		t.Error("no error")
	}
}

// TestTheCommandIsNamed: the variable names the command, which says itself what it is.
func TestTheCommandIsNamed(t *testing.T) {
	terraform := filepath.Join(install(t, "terraform", "echo Terraform v1.11.4"), "terraform")
	tofu := filepath.Join(install(t, "renamed", "echo Warning: no configuration; echo; echo OpenTofu v1.12.6"), "renamed")
	other := filepath.Join(install(t, "other", "echo other v1"), "other")
	for _, test := range []struct {
		named, path string
		is          Command
	}{
		{terraform, terraform, Command{Registry: "registry.terraform.io", Minor: 11}},
		{tofu, tofu, Command{Registry: "registry.opentofu.org", Tofu: true, Minor: 12, Identities: true}},
		{"other", other, Command{}},
	} {
		t.Setenv(Variable, test.named)
		path, err := Find()
		if path != test.path || err != nil {
			t.Errorf("%s: %s, %v", test.named, path, err)
		}
		is, err := Ask(t.Context(), path)
		if is != test.is || (err == nil) != (test.is != Command{}) {
			t.Errorf("%s is %+v, %v; want %+v", test.named, is, err, test.is)
		}
	}
	t.Setenv(Variable, "/nowhere/tofu")
	if _, err := New(t.TempDir(), nil, ""); err == nil || !strings.Contains(err.Error(), Variable) {
		t.Errorf("a command that is not there: %v", err)
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	t.Setenv(Variable, "")
	t.Setenv("PATH", t.TempDir())
	if _, err := New(t.TempDir(), nil, ""); err == nil || !strings.Contains(err.Error(), "install 1.11 or newer") {
		t.Errorf("without terraform: %v", err)
	}
	if _, err := Override(t.TempDir()); err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("without a provider: %v", err)
	}
	dir := install(t, "terraform-provider-spinup", "")
	got, err := Override(dir)
	for _, address := range []string{"registry.terraform.io/spinup-dev/spinup", "registry.opentofu.org/spinup-dev/spinup"} {
		if want := `"` + address + `" = "` + dir + `"`; err != nil || !strings.Contains(got, want) {
			t.Errorf("override %s, %v", got, err)
		}
	}
}
