package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommitted keeps what the documentation shows equal to what the code declares.
func TestCommitted(t *testing.T) {
	const folder = "../../examples/policies"
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	committed := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		committed[entry.Name()] = string(text)
	}
	made := map[string]string{}
	for name, text := range policies() {
		made[name] = string(text)
	}
	if diff := cmp.Diff(made, committed); diff != "" {
		t.Errorf("run go generate ./internal/permissions (-made +committed):\n%s", diff)
	}
}
