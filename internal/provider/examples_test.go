package provider_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const examples = "../../examples"

// TestAccExamples uses every folder of examples/ as a user would, with endpoint and credentials from the environment: it
// is applied, the second plan is empty, what is said about import works, and it can be destroyed. The names in them are
// fixed, so they take turns.
func TestAccExamples(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, "example.edu") // the sites in them are in it
		for _, dir := range exampleFolders(t) {
			if ofGateway(dir) || ofStore(dir) || fromAWS(dir) {
				continue
			}
			if b.Kind != emulator.Fakecloud && strings.HasSuffix(dir, "website") {
				continue // the one CloudFront of a run knows each name once, and those of examples are fixed
			}
			t.Run(dir, func(t *testing.T) {
				tf := b.Terraform(t)
				tf.Setenv("AWS_ENDPOINT_URL", b.Gateway.URL())
				tf.Setenv("AWS_ENDPOINT_URL_CLOUDFRONT", b.Edge.URL())
				tf.Setenv("AWS_REGION", acctest.Region)
				tf.Setenv("AWS_ACCESS_KEY_ID", "test")
				tf.Setenv("AWS_SECRET_ACCESS_KEY", "test")
				useExample(t, tf, dir)
			})
		}
	})
}

// TestAccExamples_gateway uses the folders about VersityGW, one of which lists all users with a role. A user with a
// secret cannot be imported without a change.
func TestAccExamples_gateway(t *testing.T) {
	acctest.Alone(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		for _, dir := range exampleFolders(t) {
			if !ofGateway(dir) {
				continue
			}
			t.Run(dir, func(t *testing.T) {
				tf := b.Terraform(t)
				tf.Setenv("AWS_ENDPOINT_URL_S3", b.Gateway.URL())
				tf.Setenv("AWS_ACCESS_KEY_ID", "test")
				tf.Setenv("AWS_SECRET_ACCESS_KEY", "test-secret")
				copyExample(t, tf, dir)
				tf.Apply()
				tf.Empty()
				tf.Destroy()
			})
		}
	})
}

// ofGateway reports whether a folder needs VersityGW.
func ofGateway(dir string) bool {
	return strings.Contains(dir, "/spinup_gateway_") || dir == "demo-versitygw" || dir == "guides/versitygw"
}

// fromAWS reports whether a folder needs hashicorp/aws: TestAccGuide_fromAWS has those.
func fromAWS(dir string) bool { return strings.HasPrefix(dir, "guides/from-aws/") }

// exampleFolders are the folders that hold Terraform configuration.
func exampleFolders(t *testing.T) []string {
	t.Helper()
	var dirs []string
	err := filepath.WalkDir(examples, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		files, err := filepath.Glob(filepath.Join(path, "*.tf"))
		if err == nil && len(files) > 0 {
			dir, _ := filepath.Rel(examples, path)
			dirs = append(dirs, filepath.ToSlash(dir))
		}
		return err
	})
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return dirs
}

func useExample(t *testing.T, tf *acctest.Terraform, dir string) {
	t.Helper()
	if strings.HasPrefix(dir, "modules/") { // they name each other by their relative paths
		if err := os.CopyFS(tf.Dir, os.DirFS(filepath.Join(examples, "modules"))); err != nil {
			t.Fatal(err)
		}
		tf.Dir = filepath.Join(tf.Dir, filepath.Base(dir))
		tf.Must("get")
	} else {
		copyExample(t, tf, dir)
	}
	if strings.HasPrefix(dir, "actions/") { // what they are about is not there
		acctest.Since(t, 14, "actions")
		tf.Must("validate")
		return
	}
	switch dir {
	case "provider", "guides/import", "guides/import-website", "guides/publish-from-ci", "modules/team-storage",
		"modules/github-publisher", "guides/lend-a-bucket", "ephemeral-resources/spinup_bucket_credentials",
		"guides/dns-elsewhere", "guides/policy-as-code", "guides/policy-as-code/refused", "guides/drift-in-ci":
		// nothing to apply, something to import, variables to set, a role of others, planned by make test-policies or by
		// TestAccGuide_drift
		tf.Must("validate")
		return
	}
	tf.Apply()
	if dir != "data-sources/spinup_orphans" { // other tests leave things and take them away meanwhile
		tf.Empty()
	}
	if imports, err := os.ReadFile(filepath.Join(examples, dir, "import-by-string-id.tf")); err == nil {
		importExample(t, tf, dir, string(imports))
	}
	tf.Destroy()
}

// copyExample copies an example without its import blocks, with the folders of files that it publishes, and adds what
// every user has in a file of its own.
func copyExample(t *testing.T, tf *acctest.Terraform, dir string) {
	t.Helper()
	for _, entry := range acctest.Must(os.ReadDir(filepath.Join(examples, dir)))(t) {
		if entry.IsDir() {
			from := os.DirFS(filepath.Join(examples, dir, entry.Name()))
			if err := os.CopyFS(filepath.Join(tf.Dir, entry.Name()), from); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(examples, dir, "*.tf"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(filepath.Base(file), "import") {
			all.Write(text)
		}
	}
	if !strings.Contains(all.String(), "required_providers") {
		all.WriteString("\nterraform {\n  required_providers {\n    spinup = { source = \"spinup-dev/spinup\" }\n  }\n}\n")
	}
	tf.Write(all.String())
}

// importExample forgets a resource and brings it back, by the import block and by the command of the example. A
// directory learns by an apply where its source is, which no object of a bucket says.
func importExample(t *testing.T, tf *acctest.Terraform, dir, imports string) {
	t.Helper()
	script, err := os.ReadFile(filepath.Join(examples, dir, "import.sh"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(script)), "\n")
	command := strings.Fields(lines[len(lines)-1])[1:] // without "terraform"
	address := command[1]
	changed := 0
	if strings.HasSuffix(dir, "spinup_object") || strings.HasSuffix(dir, "spinup_directory") {
		changed = 1 // state gets what no object says: the form in which the content is given, the place of the source
	}
	tf.Must("state", "rm", address)
	tf.Must(command...)
	if changed > 0 {
		tf.Apply()
	}
	tf.Empty()

	tf.Must("state", "rm", address)
	if err := os.WriteFile(filepath.Join(tf.Dir, "import.tf"), []byte(imports), 0o600); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("1 imported, 0 added, %d changed, 0 destroyed", changed)
	if out := tf.Apply(); !strings.Contains(out, want) {
		t.Errorf("the import block does more, or less, than import:\n%s", out)
	}
	tf.Empty()
}
