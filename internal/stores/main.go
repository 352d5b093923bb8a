// Command stores writes what the platforms have into the template of the guide on stores, which its argument names,
// between the two comments that say so. It may import awsclient.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

//go:generate go run . ../../templates/guides/s3-compatible-stores.md.tmpl

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: stores TEMPLATE")
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	if text, err = filled(text); err != nil {
		log.Fatalf("%s: %v", os.Args[1], err)
	}
	if err := os.WriteFile(os.Args[1], text, 0o644); err != nil {
		log.Fatal(err)
	}
}

// The comments of the template between which the tables are.
const (
	begin = "{{/* made by internal/stores from the table in internal/awsclient */}}\n"
	end   = "{{/* until here */}}\n"
)

// filled is the template with the tables of today.
func filled(template []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(template, []byte(begin))
	_, after, closed := bytes.Cut(rest, []byte(end))
	if !ok || !closed {
		return nil, errors.New("the comments around the tables are not there")
	}
	tables := known(awsclient.Platforms()) + "\n" + features(awsclient.Platforms())
	return bytes.Join([][]byte{before, []byte(begin), []byte(tables), []byte(end), after}, nil), nil
}

// known says of each platform how its row is known. The last one is any other store.
func known(platforms []awsclient.Platform) string {
	var b strings.Builder
	b.WriteString("| `platform` | known from |\n|---|---|\n")
	for i, p := range platforms {
		source := "documentation, not tested"
		switch {
		case p.Tested != "":
			source = "tests on " + p.Tested
		case i == len(platforms)-1:
			source = "nothing: the store is asked"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", p.Name, source)
	}
	return b.String()
}

// features says which platform has what.
func features(platforms []awsclient.Platform) string {
	var b strings.Builder
	b.WriteString("| |")
	for _, p := range platforms {
		fmt.Fprintf(&b, " `%s` |", p.Name)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(platforms)) + "\n")
	for _, f := range awsclient.Features() {
		fmt.Fprintf(&b, "| %s |", f)
		for _, p := range platforms {
			fmt.Fprintf(&b, " %s |", word(p.Features[f]))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func word(s awsclient.Support) string {
	switch s {
	case awsclient.Yes:
		return "yes"
	case awsclient.No:
		return "no"
	default:
		return "unknown"
	}
}
