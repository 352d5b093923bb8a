// Package terraform runs the real terraform command for the tests, the demo and the benchmark, away from the settings
// of the person who started them, and reads its plans. It may import the standard library only.
package terraform

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Variable names the command to run, Terraform or OpenTofu. Without it, it is terraform on PATH.
const Variable = "SPINUP_TEST_TERRAFORM"

// Where the commands look for providers.
const (
	registry     = "registry.terraform.io"
	tofuRegistry = "registry.opentofu.org"
)

const name = "/spinup-dev/spinup"

// Address is the provider's address in Terraform, TofuAddress the one in OpenTofu.
const (
	Address     = registry + name
	TofuAddress = tofuRegistry + name
)

// CLI is terraform in one working directory.
type CLI struct {
	Path string   // the program
	Dir  string   // the working directory
	Env  []string // the whole environment
}

// Find gives the path of the command that Variable names, or else of terraform on PATH.
func Find() (string, error) {
	if named := os.Getenv(Variable); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%s: %w", Variable, err)
		}
		return filepath.Abs(path)
	}
	path, err := exec.LookPath("terraform")
	if err != nil {
		return "", errors.New("terraform is not on PATH: install 1.11 or newer, " +
			"https://developer.hashicorp.com/terraform/install, or set " + Variable + " to terraform or tofu")
	}
	return path, nil
}

// Command is what a command says of itself.
type Command struct {
	Registry   string // where it looks for providers
	Tofu       bool   // it is OpenTofu
	Minor      int    // of its version, 1.Minor
	Identities bool   // an import block may name the identity of a resource: from 1.12 on in both
}

var versions = regexp.MustCompile(`(?m)^(Terraform|OpenTofu) v1\.(\d+)\.`)

// Ask asks the command which it is.
func Ask(ctx context.Context, path string) (Command, error) {
	said, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return Command{}, fmt.Errorf("%s version: %w", path, err)
	}
	version := versions.FindStringSubmatch(string(said)) // warnings may come first
	if version == nil {
		return Command{}, fmt.Errorf("%s is neither Terraform 1 nor OpenTofu 1: its version is %.100q", path, said)
	}
	minor, err := strconv.Atoi(version[2])
	command := Command{Registry: registry, Minor: minor, Identities: minor >= 12}
	if version[1] == "OpenTofu" {
		command.Registry, command.Tofu = tofuRegistry, true
	}
	return command, err
}

// New finds the command and prepares it to work in the folder: with the given environment, of which it drops what
// steers terraform, and with a configuration file made of the body of its provider_installation block.
func New(dir string, environ []string, installation string) (CLI, error) {
	path, err := Find()
	if err != nil {
		return CLI{}, err
	}
	config := filepath.Join(dir, "cli.tfrc")
	text := "disable_checkpoint = true\nprovider_installation {\n" + installation + "}\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return CLI{}, err
	}
	env := []string{"TF_CLI_CONFIG_FILE=" + config, "TF_CLI_ARGS=-no-color", "TF_IN_AUTOMATION=1", "TF_INPUT=0"}
	for _, variable := range environ {
		if !strings.HasPrefix(variable, "TF_") {
			env = append(env, variable)
		}
	}
	return CLI{Path: path, Dir: dir, Env: env}, nil
}

// Override is what leads terraform to the provider built into the folder, in place of an installed one. Without
// another provider in the configuration no "terraform init" is needed then.
func Override(providerDir string) (string, error) {
	dir, err := filepath.Abs(providerDir)
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath(filepath.Join(dir, "terraform-provider-spinup")); err != nil {
		return "", fmt.Errorf("no built provider in %s: run `make build` (%w)", dir, err)
	}
	return fmt.Sprintf("  dev_overrides {\n    %q = %q\n    %q = %q\n  }\n", Address, dir, TofuAddress, dir), nil
}

// Mirror is what leads terraform to the providers in a folder, and to nothing else.
func Mirror(dir string) string { return fmt.Sprintf("  filesystem_mirror { path = %q }\n", dir) }

// Command prepares a call of terraform. Cancelling the context interrupts it, and ends it when that takes too long.
func (c CLI) Command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, c.Path, args...)
	cmd.Dir, cmd.Env = c.Dir, c.Env
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// Run calls terraform and returns what it printed and its exit code. That the code is not 0 is no error.
func (c CLI) Run(ctx context.Context, args ...string) (output string, code int, err error) {
	cmd := c.Command(ctx, args...)
	text, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && ctx.Err() == nil {
		err = nil
	}
	if err != nil {
		return string(text), 0, fmt.Errorf("terraform %s: %w", strings.Join(args, " "), err)
	}
	return string(text), cmd.ProcessState.ExitCode(), nil
}
