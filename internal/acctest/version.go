package acctest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Since leaves a test out that needs a newer command than this run has, which it must: Terraform 1.minor has what. Such
// tests are counted, and the report of the run says why.
func Since(t *testing.T, minor int, what string) {
	t.Helper()
	version, err := version()
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(version, ".")
	if has, err := strconv.Atoi(parts[min(1, len(parts)-1)]); err != nil || parts[0] != "1" {
		t.Fatalf("the command is of version %s, and 1.x is known here", version)
	} else if has >= minor {
		return
	}
	reason := fmt.Sprintf("needs %s, which Terraform has since 1.%d, and this run has %s", what, minor, version)
	run.mu.Lock()
	run.left[reason]++
	run.mu.Unlock()
	t.Skip(reason)
}

// version is that of the command.
var version = sync.OnceValues(func() (string, error) {
	out, err := exec.Command(os.Getenv("TF_ACC_TERRAFORM_PATH"), "version", "-json").Output()
	if err != nil {
		return "", fmt.Errorf("asking terraform for its version: %w", err)
	}
	var told struct {
		Version string `json:"terraform_version"`
	}
	if err := json.Unmarshal(out, &told); err != nil || told.Version == "" {
		return "", fmt.Errorf("asking terraform for its version: %q: %w", out, err)
	}
	return told.Version, nil
})

// leftOutReport says how many tests were left out, and why.
func (s *testRun) leftOutReport() string {
	var b strings.Builder
	for _, reason := range slices.Sorted(maps.Keys(s.left)) {
		fmt.Fprintf(&b, "  left out: %d, each of which %s\n", s.left[reason], reason)
	}
	return b.String()
}
