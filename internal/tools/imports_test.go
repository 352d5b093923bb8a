// Package tools_test tries the rules that keep the direction of imports: a rule that refuses nothing looks like one that
// nobody breaks. It is a part of `make lint`.
package tools_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	root   = "../.." // the repository's root folder
	module = "github.com/spinup-dev/terraform-provider-spinup"

	s3        = "github.com/aws/aws-sdk-go-v2/service/s3"
	base      = "github.com/hashicorp/aws-sdk-go-base/v2"
	framework = "github.com/hashicorp/terraform-plugin-framework/types"
	cmp       = "github.com/google/go-cmp/cmp"
	provider  = module + "/internal/provider"
	fwtypes   = module + "/internal/fwtypes"
	bucket    = module + "/internal/spinup/bucket"
	engine    = module + "/internal/reconcile"
	acctest   = module + "/internal/acctest"
	prototest = module + "/internal/prototest"

	awsWords   = ": AWS's types live in internal/spinup and internal/awsclient"
	skinWords  = ": Terraform's types live in internal/provider and internal/fwtypes"
	benchWords = ": the test bench is imported by tests only"
)

// trials are files with one import each, and what refuses it: the rule and what it says. Nothing refuses some.
var trials = []struct {
	file, imports string
	refused       []string
}{
	{"internal/provider/sdk.go", "github.com/hashicorp/terraform-plugin-sdk/v2/helper/schema",
		[]string{"everywhere: the plugin framework is used, never the older SDK"}},
	{"internal/provider/testify_test.go", "github.com/stretchr/testify/require",
		[]string{"everywhere: tests use the standard library and go-cmp"}},
	{"internal/spinup/bucket/types.go", framework, []string{"terraform-only-in-the-skin" + skinWords}},
	{"internal/awsclient/types_test.go", framework, []string{"terraform-only-in-the-skin" + skinWords}},
	{"internal/provider/types.go", framework, nil},

	{"internal/provider/s3.go", s3, []string{"aws-only-in-the-domain" + awsWords}},
	{"internal/provider/s3_test.go", s3, nil},
	{"internal/provider/base.go", base, []string{"aws-only-in-the-domain: credentials are internal/awsclient's business"}},
	{"internal/fwtypes/s3.go", s3, []string{"aws-only-in-the-domain" + awsWords, "aws-not-even-in-tests" + awsWords}},
	{"internal/fwtypes/s3_test.go", s3, []string{"aws-not-even-in-tests" + awsWords}},
	{"internal/spinup/bucket/s3.go", s3, nil},

	{"internal/permissions/provider.go", provider, []string{"provider-is-the-top: only main and tests import the provider"}},
	{"main.go", provider, nil},
	{"internal/provider/acctest.go", acctest, []string{"test-bench-only-in-tests" + benchWords}},
	{"internal/provider/prototest.go", prototest, []string{"test-bench-only-in-tests" + benchWords}},
	{"internal/provider/acctest_test.go", acctest, nil},

	{"internal/spinup/bucket/provider_test.go", provider, []string{"domain: the domain knows no Terraform"}},
	{"internal/spinup/bucket/fwtypes.go", fwtypes, []string{"domain: the domain knows no Terraform"}},
	{"internal/awsclient/bucket.go", bucket,
		[]string{"awsclient: the domain imports awsclient, never the other way round"}},
	{"internal/awsclient/engine.go", engine,
		[]string{"awsclient: the engine and the AWS client know nothing of each other"}},
	{"internal/awsclient/fwtypes.go", fwtypes, []string{"awsclient: the AWS client knows no Terraform"}},

	{"internal/reconcile/s3.go", s3,
		[]string{"aws-only-in-the-domain" + awsWords, "aws-not-even-in-tests" + awsWords, "engine"}},
	{"internal/reconcile/types.go", framework, []string{"terraform-only-in-the-skin" + skinWords, "engine"}},
	{"internal/reconcile/cmp.go", cmp, []string{"engine"}},
	{"internal/reconcile/cmp_test.go", cmp, nil},
	{"internal/reconcile/bucket_test.go", bucket, []string{"engine-tests"}},
	{"internal/spinup/names/cmp.go", cmp, []string{"names"}},
	{"internal/spinup/names/cmp_test.go", cmp, nil},
	{"internal/awspolicy/cmp.go", cmp, []string{"policies"}},
	{"internal/awspolicy/equivalence.go", "github.com/hashicorp/awspolicyequivalence", []string{"policies"}},
	{"internal/awspolicy/equivalence_test.go", "github.com/hashicorp/awspolicyequivalence", []string{"policies-tests"}},
	{"internal/awspolicy/cmp_test.go", cmp, nil},
}

// The linter reads imports and does not follow them, so the files need nothing beside them.
func TestWrongImportsAreRefused(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	config := read(t, filepath.Join(root, ".golangci.yml"))
	write(t, filepath.Join(dir, ".golangci.yml"), config)
	write(t, filepath.Join(dir, "go.mod"), "module "+module+"\n\ngo 1.26\n")
	var want []string
	tried := map[string]bool{}
	for _, trial := range trials {
		name := filepath.Base(filepath.Dir("main/" + trial.file))
		write(t, filepath.Join(dir, trial.file), "package "+name+"\n\nimport _ \""+trial.imports+"\"\n")
		for _, refused := range trial.refused {
			rule, _, _ := strings.Cut(refused, ":")
			tried[rule] = true
			want = append(want, finding(trial.file, trial.imports, refused))
		}
	}
	got := findings(t, dir)
	slices.Sort(want)
	for _, line := range want {
		if !slices.Contains(got, line) {
			t.Errorf("not refused: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(want, line) {
			t.Errorf("refused: %s", line)
		}
	}
	if rules := rulesOf(config); !slices.Equal(slices.Sorted(maps.Keys(tried)), rules) {
		t.Errorf("tried are %q, and .golangci.yml has %q", slices.Sorted(maps.Keys(tried)), rules)
	}
}

func finding(file, imports, refused string) string {
	return file + " imports " + imports + ", " + refused
}

// findings are what depguard says in a folder.
func findings(t *testing.T, dir string) (all []string) {
	t.Helper()
	path, err := exec.CommandContext(t.Context(), "go", "tool", "-n", "golangci-lint").Output()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), "run", "--enable-only=depguard",
		"--allow-parallel-runners", "--uniq-by-line=false", "--max-issues-per-linter=0", "--max-same-issues=0",
		"--output.text.print-issued-lines=false", "./...")
	cmd.Dir = dir
	output, _ := cmd.CombinedOutput() // it ends with 1 when it finds something, which it has to
	line := regexp.MustCompile(`(?m)^(\S+):\d+:\d+: import '(\S+)' is not allowed from list '(\S+)'(.*) \(depguard\)$`)
	for _, m := range line.FindAllStringSubmatch(string(output), -1) {
		all = append(all, finding(filepath.ToSlash(m[1]), m[2], m[3]+m[4]))
	}
	if len(all) == 0 {
		t.Fatalf("the linter finds nothing; it says:\n%s", output)
	}
	return all
}

// rulesOf are the names of depguard's rules in the configuration, which are its last part.
func rulesOf(config string) (rules []string) {
	_, part, _ := strings.Cut(config, "    depguard:\n      rules:\n")
	for _, m := range regexp.MustCompile(`(?m)^ {8}([a-z-]+):$`).FindAllStringSubmatch(part, -1) {
		rules = append(rules, m[1])
	}
	slices.Sort(rules)
	return rules
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
