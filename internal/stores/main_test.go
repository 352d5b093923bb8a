package main

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommitted keeps what the guide shows equal to the table in the code.
func TestCommitted(t *testing.T) {
	text, err := os.ReadFile("../../templates/guides/s3-compatible-stores.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	made, err := filled(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(made), string(text)); diff != "" {
		t.Errorf("run go generate ./internal/stores (-made +committed):\n%s", diff)
	}
}

// TestFilled: what is between the comments goes, what is around them stays, and each word of the table is there.
func TestFilled(t *testing.T) {
	made, err := filled([]byte("before\n" + begin + "former\n" + end + "after\n"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(made)
	if !strings.HasPrefix(text, "before\n"+begin) || !strings.HasSuffix(text, end+"after\n") || strings.Contains(text, "former") {
		t.Errorf("got %s", text)
	}
	for _, line := range []string{
		"| `versitygw` | tests on VersityGW ", "| `r2` | documentation, not tested |", "| `s3` | nothing: the store is asked |",
	} {
		if !strings.Contains(text, "\n"+line) {
			t.Errorf("%q is not in %s", line, text)
		}
	}
	_, row, _ := strings.Cut(text, "\n| lifecycle rules |")
	row, _, _ = strings.Cut(row, "\n")
	if !strings.HasPrefix(row, " yes | no |") || !strings.HasSuffix(row, " unknown |") {
		t.Errorf("lifecycle rules: %s", row)
	}
	for _, broken := range []string{"", begin, end} {
		if _, err := filled([]byte(broken)); err == nil {
			t.Errorf("no error for %q", broken)
		}
	}
}
