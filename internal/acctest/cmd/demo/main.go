// Command demo shows the life of one bucket (examples/demo), with -website of one site (examples/demo-website) or, with
// -store, of a bucket and its owner on a store (examples/demo-versitygw), with the real terraform, a built provider and
// an emulator or the store: plan, apply, a second plan that is empty, a change behind Terraform's back, a plan that
// names it, repair, import, destroy; with -website also how a folder is published on the site. It says what happens and ends with 1 when a step is not as said.
//
//	make demo                      LocalStack
//	EMULATOR=fakecloud make demo   the other one
//	make demo-website              fakecloud, because the other one has no CloudFront
//	make demo STORE=versitygw      VersityGW
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
	"strings"
	"syscall"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

func main() {
	provider := flag.String("provider-dir", "bin", "folder of the built terraform-provider-spinup")
	example := flag.String("example", "",
		"folder of the configuration to show (default examples/demo, examples/demo-website or examples/demo-versitygw)")
	site := flag.Bool("website", false, "show a site, not a bucket")
	store := flag.String("store", "", "show a bucket and its owner on this store: versitygw")
	flag.Parse()
	show, err := choose(*site, *store, os.Getenv("EMULATOR"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if *example != "" {
		show.example = *example
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	err = run(ctx, os.Stdout, *provider, show)
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "\nInterrupted; everything is cleaned up.")
		os.Exit(130)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// show is what is shown: a configuration, what it runs against, and its story.
type show struct {
	example string
	kind    emulator.Kind
	play    func(context.Context, *story, stage) error
}

// stage is where a story is played.
type stage struct {
	*emulator.Emulator
	calls *gateway.Gateway // between Terraform and the emulator, to count calls; nil in front of a store
}

// choose returns what the flags and the environment ask for.
func choose(site bool, store, emulatorName string) (show, error) {
	if store != "" {
		return chooseStore(site, store, emulatorName)
	}
	kind, err := emulator.ParseKind(emulatorName)
	if err != nil {
		return show{}, err
	}
	if site {
		return show{"examples/demo-website", kind, func(ctx context.Context, s *story, on stage) error {
			world := liveSite{account.New(on.Emulator, on.Endpoint), on.Endpoint, on.calls}
			return (&siteStory{story: s, world: world}).play(ctx)
		}}, nil
	}
	return show{"examples/demo", kind, func(ctx context.Context, s *story, on stage) error {
		s.world = live{account.New(on.Emulator, on.Endpoint)}
		return s.play(ctx)
	}}, nil
}

// chooseStore refuses what would show something else than was asked for.
func chooseStore(site bool, store, emulatorName string) (show, error) {
	switch {
	case store != string(emulator.VersityGW):
		return show{}, fmt.Errorf("STORE is %q: the only store with a demo is %s", store, emulator.VersityGW)
	case site:
		return show{}, errors.New("STORE is set: a site needs an emulator of AWS, not a store")
	case emulatorName != "":
		return show{}, fmt.Errorf("STORE is %q and EMULATOR is %q: set only one of them", store, emulatorName)
	case os.Getenv("SPINUP_TEST_ENDPOINT") != "":
		return show{}, fmt.Errorf("STORE is %q and SPINUP_TEST_ENDPOINT is set, which is for emulators: unset it", store)
	}
	return show{"examples/demo-versitygw", emulator.VersityGW,
		func(ctx context.Context, s *story, on stage) error {
			return (&storeStory{story: s, world: liveStore{account.New(on.Emulator, on.Endpoint), on.Emulator}}).play(ctx)
		}}, nil
}

// run prepares the stage, plays the story and clears up, whatever happens in between.
func run(ctx context.Context, out io.Writer, provider string, show show) (err error) {
	kind, example := show.kind, show.example
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

	fmt.Fprintf(out, "This shows %s with the real terraform on %s. Nothing leaves this machine.\n\n", example, where(kind))
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
	fmt.Fprintf(out, "It is %s, at %s.\n", e.Kind, e.Endpoint)
	on, environ := stage{Emulator: e}, e.Environ()
	if !kind.IsStore() {
		if on.calls, err = gateway.New(e.Endpoint, gateway.Options{AccountID: e.AccountID}); err != nil {
			return err
		}
		defer on.calls.Close()
		environ = append(environ, "AWS_ENDPOINT_URL="+on.calls.URL())
	}
	tf, err := terraform.New(dir, environ, override)
	if err != nil {
		return err
	}
	err = show.play(ctx, &story{out: out, terminal: terminal, dir: dir, tf: tf}, on)
	if tail := e.LogTail(20); err != nil && ctx.Err() == nil && tail != "" {
		return fmt.Errorf("%w\n\nThe log of %s is %s and ends with:\n%s", err, e.Kind, e.KeepLog(), tail)
	}
	return err
}

// where says what a kind is.
func where(kind emulator.Kind) string {
	if kind.IsStore() {
		return "a store"
	}
	return "an emulator"
}

// copyConfiguration copies the example, with the folders that it publishes: its state does not belong into the repository.
func copyConfiguration(dir, example string) error {
	entries, err := os.ReadDir(example)
	if err != nil {
		return err
	}
	found := false
	for _, entry := range entries {
		from, to := filepath.Join(example, entry.Name()), filepath.Join(dir, entry.Name())
		switch {
		case entry.IsDir() && !strings.HasPrefix(entry.Name(), "."):
			err = os.CopyFS(to, os.DirFS(from))
		case filepath.Ext(entry.Name()) == ".tf":
			found = true
			err = copyFile(to, from)
		}
		if err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("no configuration in %s: start this in the repository's root folder, or give -example", example)
	}
	return nil
}

func copyFile(to, from string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, text, 0o600)
}
