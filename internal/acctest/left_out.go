package acctest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
)

// Since leaves a test out if the command of this run is too old for it: Terraform has what it needs since 1.minor, and
// OpenTofu has not. Such tests are counted, and the report of the run says why.
func Since(t *testing.T, minor int, what string) {
	t.Helper()
	if run.about.Registry == "" || !run.about.Tofu && run.about.Minor >= minor {
		return
	}
	leftOut(t, fmt.Sprintf("needs %s, which Terraform has since 1.%d", what, minor))
}

// leftOut ends a test that this run leaves out, with what it lacks or is not for.
func leftOut(t *testing.T, reason string) {
	t.Helper()
	run.leaveOut(t, reason)
	t.Skip(reason)
}

// leaveOut notes why a test does not run here, for the report of the run.
func (s *testRun) leaveOut(t *testing.T, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left[t.Name()] = reason
}

// namedAtMost is how many tests of one reason the report names; a run on AWS leaves out hundreds.
const namedAtMost = 9

// leftOutReport says how many tests were left out, and why.
func (s *testRun) leftOutReport() string {
	byReason := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(s.left)) {
		byReason[s.left[name]] = append(byReason[s.left[name]], name)
	}
	var b strings.Builder
	for _, reason := range slices.Sorted(maps.Keys(byReason)) {
		names := byReason[reason]
		fmt.Fprintf(&b, "  left out: %d, each of which %s", len(names), reason)
		if len(names) <= namedAtMost {
			fmt.Fprintf(&b, ": %s", strings.Join(names, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}
