package tools_test

import (
	"os/exec"
	"strings"
	"testing"
)

// The rules on imports see what a file imports itself. What that brings along is asked of the go command.
func TestTypesOfTheFrameworkBringNoServiceOfAWS(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "./internal/fwtypes")
	cmd.Dir = root
	output, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(output), module+"/internal/fwtypes\n") {
		t.Fatalf("the go command lists:\n%s", output)
	}
	for dependency := range strings.Lines(string(output)) {
		if strings.HasPrefix(dependency, "github.com/aws/aws-sdk-go-v2/service/") {
			t.Errorf("internal/fwtypes depends on %s", dependency)
		}
	}
}
