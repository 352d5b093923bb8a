// Command emulator starts an AWS emulator on a free loopback port, runs a command that is led to it by its
// environment, stops the emulator and ends with the command's exit code:
//
//	go run ./internal/acctest/cmd/emulator -- terraform plan
//	go run ./internal/acctest/cmd/emulator -kind fakecloud -- go test ./...
//
// Without a command it prints the environment for another shell and waits for the interrupt key. With -install it
// only puts on the machine what is missing; with -tofu that is OpenTofu, whose path it prints. ("go run" itself ends
// with 1 for every code but 0.)
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

func main() {
	name := flag.String("kind", os.Getenv("EMULATOR"), "localstack (also when empty) or fakecloud; default $EMULATOR")
	install := flag.Bool("install", false, "only install what is missing")
	tofu := flag.Bool("tofu", false, "only install OpenTofu where it is missing, and print its path")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if *tofu {
		path, err := emulator.Tofu(ctx, emulator.Options{})
		if err != nil {
			fmt.Fprintln(os.Stderr, "emulator:", err)
			os.Exit(1)
		}
		fmt.Println(path)
		return
	}
	code, err := run(ctx, *name, *install, flag.Args(), os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "emulator:", err)
	}
	os.Exit(code)
}

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, name string, install bool, command []string, out io.Writer) (int, error) {
	kind, err := emulator.ParseKind(name)
	if err != nil {
		return 2, err
	}
	if install {
		err := emulator.Install(ctx, kind, emulator.Options{})
		return codeOf(err), err
	}
	e, err := emulator.Start(ctx, kind, emulator.Options{})
	if err != nil {
		return 1, err
	}
	code := 0
	if len(command) > 0 {
		code, err = runCommand(command, e.Environ())
	} else {
		wait(ctx, e, out)
	}
	if stopErr := e.Stop(); stopErr != nil {
		return max(code, 1), errors.Join(err, stopErr)
	}
	return code, err
}

func codeOf(err error) int {
	if err != nil {
		return 1
	}
	return 0
}

// runCommand runs the command with our input and output, and returns its exit code as a shell would. The interrupt
// key reaches it from the terminal, as it does us; SIGTERM, which reaches only us, is passed on.
func runCommand(command, env []string) (int, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = env
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	terminations := make(chan os.Signal, 1)
	signal.Notify(terminations, syscall.SIGTERM)
	defer signal.Stop(terminations)
	if err := cmd.Start(); err != nil {
		return 127, err
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case s := <-terminations:
			_ = cmd.Process.Signal(s) // it may have ended by now
		case err := <-done:
			var exit *exec.ExitError
			if !errors.As(err, &exit) {
				return codeOf(err), err
			}
			if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return 128 + int(status.Signal()), nil
			}
			return exit.ExitCode(), nil
		}
	}
}

// wait prints what leads another shell to the emulator, and returns when the person or the emulator has had enough.
func wait(ctx context.Context, e *emulator.Emulator, out io.Writer) {
	for _, variable := range e.Env() {
		fmt.Fprintln(out, "export", variable)
	}
	fmt.Fprintf(out, "# %s runs, account %s; press the interrupt key to stop it\n", e.Kind, e.AccountID)
	select {
	case <-ctx.Done():
	case <-e.Exited():
	}
}
