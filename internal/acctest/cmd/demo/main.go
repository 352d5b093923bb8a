// Command demo shows the life of one bucket (examples/demo) or, with -website, of one site (examples/demo-website) with
// the real terraform, a built provider and an emulator: plan, apply, a second plan that is empty, a change behind
// Terraform's back, a plan that names it, repair, import, destroy. It says what happens and ends with 1 when a step is
// not as said.
//
//	make demo                      LocalStack
//	EMULATOR=fakecloud make demo   the other one
//	make demo-website              fakecloud, because the other one has no CloudFront
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

func main() {
	provider := flag.String("provider-dir", "bin", "folder of the built terraform-provider-spinup")
	example := flag.String("example", "",
		"folder of the configuration to show (default examples/demo, or examples/demo-website)")
	site := flag.Bool("website", false, "show a site, not a bucket")
	flag.Parse()
	if *example == "" {
		*example = map[bool]string{false: "examples/demo", true: "examples/demo-website"}[*site]
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	err := run(ctx, os.Stdout, *provider, *example, os.Getenv("EMULATOR"), *site)
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "\nInterrupted; everything is cleaned up.")
		os.Exit(130)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run prepares the stage, plays the story and clears up, whatever happens in between.
func run(ctx context.Context, out io.Writer, provider, example, emulatorName string, site bool) (err error) {
	kind, err := emulator.ParseKind(emulatorName)
	if err != nil {
		return err
	}
	override, err := terraform.Override(provider)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "spinup-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := copyConfiguration(dir, example); err != nil {
		return err
	}

	fmt.Fprintf(out, "This shows %s with the real terraform on an emulator. Nothing leaves this machine.\n\n", example)
	if err := emulator.Install(ctx, kind, emulator.Options{}); err != nil {
		return err
	}
	terminal := emulator.Terminal(out)
	var e *emulator.Emulator
	spinning(out, terminal, func() { e, err = emulator.Start(ctx, kind, emulator.Options{}) })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.Stop()) }()
	fmt.Fprintf(out, "The emulator is %s, at %s.\n", e.Kind, e.Endpoint)
	tf, err := terraform.New(dir, e.Environ(), override)
	if err != nil {
		return err
	}
	seen := account.New(e, e.Endpoint)
	s := &story{out: out, terminal: terminal, dir: dir, tf: tf, world: live{seen}}
	if site {
		err = (&siteStory{story: s, world: liveSite{seen, e.Endpoint}}).play(ctx)
	} else {
		err = s.play(ctx)
	}
	if tail := e.LogTail(20); err != nil && ctx.Err() == nil && tail != "" {
		return fmt.Errorf("%w\n\nThe emulator's log is %s and ends with:\n%s", err, e.KeepLog(), tail)
	}
	return err
}

// copyConfiguration copies the example: its state does not belong into the repository.
func copyConfiguration(dir, example string) error {
	files, err := filepath.Glob(filepath.Join(example, "*.tf"))
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no configuration in %s: start this in the repository's root folder, or give -example", example)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(file)), text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
