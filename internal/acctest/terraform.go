package acctest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/provider"
)

// Address is the provider's address.
const Address = terraform.Address

// Factories serve the provider in process, at the pace of tests.
func (b *Bench) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return factories(b.pace())
}

func factories(pace awsclient.Pace) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"spinup": func() (tfprotov6.ProviderServer, error) {
			return provider.NewServer("test", provider.WithPace(pace))
		},
	}
}

// Provider is the provider block that leads to the gateways; settings are further lines of it.
func (b *Bench) Provider(settings ...string) string {
	if b.Kind == realAWS {
		return b.realProvider(settings)
	}
	return b.ProviderAs(b.base.Key, b.base.Secret, settings...)
}

// ProviderAs is Provider with other credentials.
func (b *Bench) ProviderAs(accessKey, secretKey string, settings ...string) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
}

provider "spinup" {
  region     = %q
  access_key = %q
  secret_key = %q
  %s
  %s
}
`, Region, accessKey, secretKey, b.where(), strings.Join(settings, "\n  "))
}

// where are the settings that lead to the gateways. A store gets no more than its platform and its endpoints.
func (b *Bench) where() string {
	s3 := b.Gateway.URL()
	var lines []string
	switch {
	case b.Kind.IsStore() && b.base.IAM != "":
		lines = append(lines, fmt.Sprintf("endpoints = { s3 = %[1]q, iam = %[1]q, sts = %[1]q }", s3))
	case b.Kind.IsStore():
		lines = append(lines, fmt.Sprintf("endpoints = { s3 = %q }", s3))
	default:
		lines = append(lines, fmt.Sprintf(`endpoints = {
    s3 = %[1]q, iam = %[1]q, sts = %[1]q, route53 = %[1]q, acm = %[1]q, ssm = %[1]q, secretsmanager = %[1]q
    cloudfront = %[2]q
  }`, s3, b.Edge.URL()))
	}
	if b.Kind.IsStore() {
		lines = append(lines, fmt.Sprintf("platform = %q", b.Platform))
	}
	if b.tls != nil {
		lines = append(lines, fmt.Sprintf("custom_ca_bundle = %q", b.tls.file))
	}
	return strings.Join(lines, "\n  ")
}

// binary builds the provider, once per run.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "spinup-provider-")
	if err != nil {
		return "", err
	}
	run.mu.Lock()
	run.stop = append(run.stop, func() { _ = os.RemoveAll(dir) })
	run.mu.Unlock()
	out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "terraform-provider-spinup"),
		"github.com/spinup-dev/terraform-provider-spinup").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the provider: %w\n%s", err, out)
	}
	overrides, err := terraform.Override(dir)
	if err != nil {
		return "", err
	}
	config := "provider_installation {\n" + overrides + "  direct {}\n}\n"
	return dir, os.WriteFile(filepath.Join(dir, "terraform.rc"), []byte(config), 0o600)
})

// Terraform is a working directory for the real command with the provider's real binary.
type Terraform struct {
	commands
	Dir string
	env []string
}

func newTerraform(t *testing.T, env ...string) *Terraform {
	t.Helper()
	tf := &Terraform{Dir: t.TempDir(), env: append(os.Environ(), env...)}
	tf.commands = commands{t, tf.run, tf.Plans}
	return tf
}

// Terraform makes a working directory.
func (b *Bench) Terraform(t *testing.T) *Terraform {
	t.Helper()
	dir, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return newTerraform(t, "TF_CLI_CONFIG_FILE="+filepath.Join(dir, "terraform.rc"))
}

// Setenv adds a variable to the environment of the commands that follow.
func (tf *Terraform) Setenv(name, value string) { tf.env = append(tf.env, name+"="+value) }

// Identities reports whether an import block may name the identity of a resource.
func (tf *Terraform) Identities() bool { return run.about.Identities }

// Write replaces the configuration.
func (tf *Terraform) Write(config string) {
	tf.t.Helper()
	if err := os.WriteFile(filepath.Join(tf.Dir, "main.tf"), []byte(config), 0o600); err != nil {
		tf.t.Fatal(err)
	}
}

func (tf *Terraform) cli() terraform.CLI {
	return terraform.CLI{Path: run.command, Dir: tf.Dir, Env: tf.env}
}

func (tf *Terraform) run(args ...string) (output string, code int) {
	tf.t.Helper()
	output, code, err := tf.cli().Run(tf.t.Context(), append(args, "-no-color")...)
	if err != nil {
		tf.t.Fatal(err)
	}
	return output, code
}

// Command prepares a call that the test itself starts and ends.
func (tf *Terraform) Command(args ...string) *exec.Cmd {
	tf.t.Helper()
	return tf.cli().Command(tf.t.Context(), append(args, "-no-color")...)
}

// Plans plans and gives the change of each resource by its address.
func (tf *Terraform) Plans(args ...string) map[string]Change {
	tf.t.Helper()
	file := filepath.Join(tf.Dir, planFile)
	tf.Must(append([]string{"plan", "-out", file}, args...)...)
	changes, err := terraform.Changes([]byte(tf.Must("show", "-json", file)))
	if err != nil {
		tf.t.Fatal(err)
	}
	return changes
}

func (tf *Terraform) json(into any, args ...string) {
	tf.t.Helper()
	out := tf.Must(args...)
	if err := json.Unmarshal([]byte(out), into); err != nil {
		tf.t.Fatalf("terraform %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// State gives the attributes of the resource at the address; nil when it is not in state.
func (tf *Terraform) State(address string) map[string]any {
	tf.t.Helper()
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Address string
					Values  map[string]any
				}
			} `json:"root_module"`
		}
	}
	tf.json(&state, "show", "-json")
	for _, r := range state.Values.RootModule.Resources {
		if r.Address == address {
			return r.Values
		}
	}
	return nil
}

// StateFile gives the bytes of the state file; empty when there is none.
func (tf *Terraform) StateFile() string {
	raw, err := os.ReadFile(filepath.Join(tf.Dir, "terraform.tfstate"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		tf.t.Fatal(err)
	}
	return string(raw)
}

// ForgetState throws the state away.
func (tf *Terraform) ForgetState() {
	tf.t.Helper()
	if err := os.Remove(filepath.Join(tf.Dir, "terraform.tfstate")); err != nil {
		tf.t.Fatal(err)
	}
}
