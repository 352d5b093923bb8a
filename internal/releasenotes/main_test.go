package main

import (
	"strings"
	"testing"
)

const changelog = `# Changelog

Versions follow semantic versioning.

## Unreleased

New:

- Not yet.

## 1.2.0 (2030-01-31)

New:

- One.

### Details

- 1.2.0 has details.

## 1.2.0-rc1

- A trial.

## 1.1.0

## 1.0.0

- First.

## 1.0.0

- Again.
`

func TestSection(t *testing.T) {
	for version, want := range map[string]string{
		"1.2.0":     "New:\n\n- One.\n\n### Details\n\n- 1.2.0 has details.\n",
		"v1.2.0":    "New:\n\n- One.\n\n### Details\n\n- 1.2.0 has details.\n",
		"1.2.0-rc1": "- A trial.\n",
	} {
		if got, err := section(changelog, version); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", version, got, err, want)
		}
	}
	for version, want := range map[string]string{
		"1.2":        `"1.2" is no version`,
		"":           "is no version",
		"Unreleased": "is no version",
		"v1.1.0":     "is empty",
		"1.0.0":      "2 sections",
		"1.2.1":      `no section "## 1.2.1"`,
	} {
		if got, err := section(changelog, version); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v; want %q", version, got, err, want)
		}
	}
}
