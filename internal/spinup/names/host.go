package names

import (
	"fmt"
	"strings"
)

// Lengths of host names, in characters.
// https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
const (
	maxHost  = 253
	maxLabel = 63
)

// CheckHost returns the rule that a host name of a site breaks, nil if it breaks none. It has at least two labels of
// lower-case letters, digits and hyphens.
func CheckHost(name string) error {
	if len(name) == 0 || len(name) > maxHost {
		return fmt.Errorf("the host name %q has %d characters, want 1 to %d", name, len(name), maxHost)
	}
	labels := strings.Split(name, ".")
	if len(labels) < 2 {
		return fmt.Errorf("the host name %q has no dot, want at least two labels, such as www.example.edu", name)
	}
	for _, label := range labels {
		switch {
		case label == "" || len(label) > maxLabel:
			return fmt.Errorf("the host name %q has the label %q of %d characters, want 1 to %d", name, label, len(label),
				maxLabel)
		case strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" || hyphenated(label):
			return fmt.Errorf("the host name %q has the label %q, want lower-case letters, digits, and hyphens between them",
				name, label)
		}
	}
	return nil
}

func hyphenated(label string) bool {
	return strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-")
}
