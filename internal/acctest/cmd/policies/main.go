// Command policies proves the guide "Policy as code": it plans the two configurations of
// examples/guides/policy-as-code on fakecloud with the real terraform, gives each plan as JSON to OPA and to Checkov,
// and ends with 1 unless they refuse just what they should. It may import the test bench only.
//
//	make test-policies
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// programs are what judges the plans, and what makes them.
type programs struct{ provider, opa, checkov string }

func main() {
	var use programs
	flag.StringVar(&use.provider, "provider-dir", "bin", "folder of the built terraform-provider-spinup")
	flag.StringVar(&use.opa, "opa", "bin/opa", "the program opa")
	flag.StringVar(&use.checkov, "checkov", "bin/checkov/bin/checkov", "the program checkov")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, os.Stdout, use); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const guide = "examples/guides/policy-as-code"

// cases are the configurations, and which resources each of the programs has to refuse in them.
var cases = []struct {
	dir     string
	refused []string
}{
	{guide, nil},
	{guide + "/refused", []string{
		"spinup_bucket.acls", "spinup_bucket.plain", "spinup_bucket.public", "spinup_bucket.switches",
		"spinup_bucket.undecided", "spinup_bucket_user.scanner", "spinup_website.open",
	}},
}

// run starts an emulator, plans each configuration there and compares who is refused.
func run(ctx context.Context, out io.Writer, use programs) (err error) {
	if err := emulator.Install(ctx, emulator.Fakecloud, emulator.Options{}); err != nil {
		return err
	}
	e, err := emulator.Start(ctx, emulator.Fakecloud, emulator.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Stop()) }()
	if _, err := account.New(e, e.Endpoint).MakeZone(ctx, "example.edu"); err != nil {
		return err
	}
	for _, c := range cases {
		if err := judge(ctx, out, use, e, c.dir, c.refused); err != nil {
			return fmt.Errorf("%s: %w", c.dir, err)
		}
	}
	return nil
}

// judge plans one configuration and asks both programs about the plan.
func judge(
	ctx context.Context, out io.Writer, use programs, e *emulator.Emulator, dir string, want []string,
) (err error) {
	work, err := os.MkdirTemp("", "spinup-policies-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	plan, err := planned(ctx, use.provider, e, dir, work)
	if err != nil {
		return err
	}
	for _, program := range []struct {
		name, path string
		ask        func(ctx context.Context, path, plan string) ([]string, error)
	}{{"opa", use.opa, askOPA}, {"checkov", use.checkov, askCheckov}} {
		have, err := program.ask(ctx, program.path, plan)
		if err != nil {
			return fmt.Errorf("%s: %w", program.name, err)
		}
		slices.Sort(have)
		if have = slices.Compact(have); !slices.Equal(have, want) {
			return fmt.Errorf("%s refuses %q, want %q", program.name, have, want)
		}
		fmt.Fprintf(out, "%s: %s refuses %d resources, as it should\n", dir, program.name, len(have))
	}
	return nil
}

// planned plans a copy of the configuration and returns the file that has the plan as JSON.
func planned(ctx context.Context, provider string, e *emulator.Emulator, dir, work string) (string, error) {
	override, err := terraform.Override(provider)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(dir, "main.tf"))
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(work, "main.tf"), text, 0o600); err != nil {
		return "", err
	}
	tf, err := terraform.New(work, append(e.Environ(), "AWS_ENDPOINT_URL="+e.Endpoint), override)
	if err != nil {
		return "", err
	}
	if said, code, err := tf.Run(ctx, "plan", "-out=plan.bin"); err != nil || code != 0 {
		return "", errors.Join(fmt.Errorf("terraform plan ends with %d: %s", code, said), err)
	}
	shown, err := tf.Command(ctx, "show", "-json", "plan.bin").Output()
	if err != nil {
		return "", fmt.Errorf("terraform show: %w", err)
	}
	plan := filepath.Join(work, "plan.json")
	return plan, os.WriteFile(plan, shown, 0o600)
}

// askOPA returns the addresses that the Rego policy refuses: the beginnings of its messages.
func askOPA(ctx context.Context, opa, plan string) ([]string, error) {
	said, err := exec.CommandContext(ctx, opa, "eval", "--format=raw", "--input="+plan,
		"--data="+filepath.Join(guide, "spinup.rego"), "data.spinup.deny").Output()
	if err != nil {
		return nil, err
	}
	var messages, addresses []string
	if err := json.Unmarshal(said, &messages); err != nil {
		return nil, fmt.Errorf("%q: %w", said, err)
	}
	for _, message := range messages {
		address, _, _ := strings.Cut(message, ": ")
		addresses = append(addresses, address)
	}
	return addresses, nil
}

// askCheckov returns the addresses that fail one of the checks. Checkov ends with 1 when one does.
func askCheckov(ctx context.Context, checkov, plan string) ([]string, error) {
	said, err := exec.CommandContext(ctx, checkov, "--file="+plan, "--framework=terraform_plan", "--output=json",
		"--external-checks-dir="+filepath.Join(guide, "checks"), "--check=CKV_SPINUP_*", "--skip-download").Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, err
	}
	var report struct {
		Results *struct {
			Passed []struct{} `json:"passed_checks"`
			Failed []struct {
				Resource string `json:"resource"`
			} `json:"failed_checks"`
		} `json:"results"`
	}
	if err := json.Unmarshal(said, &report); err != nil || report.Results == nil || len(report.Results.Passed) == 0 {
		return nil, errors.Join(fmt.Errorf("no check has passed, so none may have run: %s", said), err)
	}
	var addresses []string
	for _, failed := range report.Results.Failed {
		addresses = append(addresses, failed.Resource)
	}
	return addresses, nil
}
