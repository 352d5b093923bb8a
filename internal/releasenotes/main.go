// Command releasenotes prints what CHANGELOG.md says about one version, for the page of its release. It may import the
// standard library only.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"regexp"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: releasenotes CHANGELOG.md VERSION")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	notes, err := section(string(text), os.Args[2])
	if err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	fmt.Print(notes)
}

// versions are the names of releases, with or without the v of a tag.
var versions = regexp.MustCompile(`^v?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)$`)

// section is the text below the heading of a version, "## 1.2.3" or "## 1.2.3 (2030-01-31)", up to the next one. A
// release without notes is refused: somebody forgot to write the version into the file.
func section(changelog, version string) (string, error) {
	match := versions.FindStringSubmatch(version)
	if match == nil {
		return "", fmt.Errorf("%q is no version: want 1.2.3, v1.2.3 or 1.2.3-rc1", version)
	}
	var text strings.Builder
	found := 0
	inside := false
	for line := range strings.Lines(changelog) {
		if heading, is := strings.CutPrefix(line, "## "); is {
			words := strings.Fields(heading)
			if inside = len(words) > 0 && words[0] == match[1]; inside {
				found++
			}
			continue
		}
		if inside {
			text.WriteString(line)
		}
	}
	notes := strings.TrimSpace(text.String())
	switch {
	case found == 0:
		return "", fmt.Errorf("no section %q: rename \"## Unreleased\" to it, or write one", "## "+match[1])
	case found > 1:
		return "", fmt.Errorf("%d sections %q: join them", found, "## "+match[1])
	case notes == "":
		return "", errors.New("the section \"## " + match[1] + "\" is empty: say what changed")
	}
	return notes + "\n", nil
}
