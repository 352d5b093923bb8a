package emulator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const fakecloudVersion = "0.51.0"

// fakecloudAccount is the account that the test/test credentials belong to in fakecloud.
const fakecloudAccount = "123456789012"

// fakecloud returns how fakecloud is run, after building it where it is nowhere to be found.
func fakecloud(ctx context.Context, opts Options) (program, error) {
	binary, err := findFakecloud(ctx, opts)
	if err != nil {
		return program{}, err
	}
	return program{
		kind:     Fakecloud,
		account:  fakecloudAccount,
		health:   "/_fakecloud/health",
		patience: 30 * time.Second,
		grace:    5 * time.Second,
		command: func(addr, _ string) *exec.Cmd {
			cmd := exec.Command(binary, "--addr", addr, "--iam", "strict", "--verify-sigv4", "--log-level", "warn")
			cmd.Env = []string{
				"NO_COLOR=1", // its log is a file
				// What takes minutes on AWS takes seconds, but never no time at all: whoever does not wait is found out.
				"FAKECLOUD_CLOUDFRONT_STATUS_DELAY_SEC=1",
				"FAKECLOUD_ROUTE53_PROPAGATION_SECS=1",
				"FAKECLOUD_ACM_AUTO_ISSUE_SECS=3", // with or without the records: a killed run has time to write them
			}
			return cmd
		},
	}, nil
}

// findFakecloud looks where $FAKECLOUD_BIN says, beside the repository, on PATH and in the cache, in this order.
func findFakecloud(ctx context.Context, opts Options) (string, error) {
	if named := os.Getenv("FAKECLOUD_BIN"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("FAKECLOUD_BIN: %w", err)
		}
		return path, nil
	}
	if root, ok := repositoryRoot(); ok {
		beside := filepath.Join(root, "..", "shared", "emulators", "fakecloud")
		if path, err := exec.LookPath(beside); err == nil {
			return path, nil
		}
	}
	if path, err := exec.LookPath("fakecloud"); err == nil {
		version, err := exec.CommandContext(ctx, path, "--version").Output()
		if err == nil && strings.TrimSpace(string(version)) == "fakecloud "+fakecloudVersion {
			return path, nil
		}
		opts.say("%s is not fakecloud %s: not used", path, fakecloudVersion)
	}
	dir, err := cached(ctx, "fakecloud-"+fakecloudVersion, opts, func(dir string) error {
		return buildFakecloud(ctx, dir, opts)
	})
	if err != nil {
		return "", fmt.Errorf("installing fakecloud: %w", err)
	}
	return filepath.Join(dir, "bin", "fakecloud"), nil
}

// repositoryRoot is the nearest folder upwards that has a go.mod.
func repositoryRoot() (string, bool) {
	dir, err := os.Getwd()
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, true
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", false
		}
		dir = parent
	}
}

func buildFakecloud(ctx context.Context, dir string, opts Options) error {
	cargo, err := exec.LookPath("cargo")
	if err != nil {
		return errors.New("neither fakecloud " + fakecloudVersion + " nor cargo, to build it, is there: put a released " +
			"binary (https://github.com/faiscadev/fakecloud/releases) on PATH, set FAKECLOUD_BIN to " +
			"its path or " + endpointVariable + " to a running emulator, or install Rust (https://rustup.rs)")
	}
	opts.say("building fakecloud %s into %s, once per machine: up to an hour", fakecloudVersion, dir)
	cmd := exec.CommandContext(ctx, cargo,
		"install", "fakecloud", "--version", fakecloudVersion, "--locked", "--root", dir)
	// Unoptimised it is fast enough for tests, and built in a third of the time.
	cmd.Env = append(os.Environ(), "CARGO_PROFILE_RELEASE_OPT_LEVEL=0", "CARGO_PROFILE_RELEASE_STRIP=true")
	cmd.Stdout, cmd.Stderr = opts.progress(), opts.progress()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("cargo: %w (it needs a C compiler, pkg-config and OpenSSL's headers)", err)
	}
	return nil
}
