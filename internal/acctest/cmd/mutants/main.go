// Mutants breaks one line of the domain or the engine at a time and asks the unit tests whether they notice. A mutant
// that no test notices, or that does not compile, fails the run. See `make mutants`.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// mutant is one line that is wrong.
type mutant struct {
	file     string // from the root of the repository
	old, new string // the line, which is in the file just once, and what takes its place
	tests    string // the packages whose tests are asked, from the root of the repository
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "mutants-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	noticed := 0
	for _, m := range mutants() {
		by, err := m.try(dir)
		if err != nil {
			fmt.Printf("NOT NOTICED  %s: %s\n  %v\n", m.file, strings.TrimSpace(m.new), err)
			continue
		}
		noticed++
		fmt.Printf("noticed  %s: %s\n  by %s\n", m.file, strings.TrimSpace(m.new), by)
	}
	fmt.Printf("%d of %d mutants were noticed\n", noticed, len(mutants()))
	if noticed < len(mutants()) {
		return errors.New("a test is missing, or a mutant is out of date")
	}
	return nil
}

// failedTest finds the name of a test that failed.
var failedTest = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// try names the test that notices the mutant.
func (m mutant) try(dir string) (by string, err error) {
	overlay, err := m.overlay(dir)
	if err != nil {
		return "", err
	}
	build := exec.Command("go", "build", "-overlay", overlay, "./"+filepath.Dir(m.file))
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("it does not compile: %s", out)
	}
	out, err := exec.Command("go", "test", "-count=1", "-overlay", overlay, m.tests).CombinedOutput()
	if err == nil {
		return "", errors.New("every test passed")
	}
	found := failedTest.FindSubmatch(out)
	if found == nil {
		return "", fmt.Errorf("the tests ended otherwise: %s", out)
	}
	return string(found[1]), nil
}

// overlay writes the changed file, and what tells the go command to use it.
func (m mutant) overlay(dir string) (string, error) {
	text, err := os.ReadFile(m.file)
	if err != nil {
		return "", err
	}
	if n := strings.Count(string(text), m.old); n != 1 {
		return "", fmt.Errorf("%q is in the file %d times, not once", m.old, n)
	}
	changed, list := filepath.Join(dir, "changed.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(changed, []byte(strings.Replace(string(text), m.old, m.new, 1)), 0o600); err != nil {
		return "", err
	}
	path, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{path: changed}})
	if err != nil {
		return "", err
	}
	return list, os.WriteFile(list, replace, 0o600)
}
