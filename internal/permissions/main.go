// Command permissions writes the IAM policies that the credentials of this provider need, as internal/spinup/privileges
// has them, into the folder that its argument names. It may import that package and awspolicy.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/privileges"
)

//go:generate go run . ../../examples/policies

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: permissions FOLDER")
	}
	for name, text := range policies() {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// policies are the documents by the name of their file.
func policies() map[string][]byte {
	all := map[string][]byte{}
	for name, document := range privileges.Published() {
		all[name] = indented(document)
	}
	return all
}

func indented(document awspolicy.Document) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(document.String()), "", "  "); err != nil {
		panic(fmt.Sprintf("a document of ours is no JSON: %v", err))
	}
	b.WriteByte('\n')
	return b.Bytes()
}
