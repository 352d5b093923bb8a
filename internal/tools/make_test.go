package tools_test

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestMakeHelpListsEveryTarget: what can be done here is in the list that `make` shows.
func TestMakeHelpListsEveryTarget(t *testing.T) {
	list := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir = root
		output, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(output)
	}
	help := list("make", "help")
	targets := regexp.MustCompile(`(?m)^\.PHONY: (\S+)$`).FindAllStringSubmatch(list("cat", "GNUmakefile"), -1)
	if len(targets) == 0 {
		t.Fatal("the makefile has no targets")
	}
	for _, target := range targets {
		listed := strings.Contains(help, "  make "+target[1]+" ")
		if internal := strings.HasPrefix(target[1], "need-"); listed == internal {
			t.Errorf("%s is listed: %v", target[1], listed)
		}
	}
}
