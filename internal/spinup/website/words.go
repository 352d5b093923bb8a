package website

import (
	"fmt"
	"strings"
)

// Lengths of host names, in characters.
// https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4
const (
	maxHostName = 253
	maxLabel    = 63
)

// ValidateName says why a text is not the name of a site: at least two labels of lower-case letters, digits, hyphens.
func ValidateName(name string) error {
	if len(name) == 0 || len(name) > maxHostName {
		return fmt.Errorf("the host name %q has %d characters, want 1 to %d", name, len(name), maxHostName)
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
