package emulator

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// The stores, programs that other people run for what they keep, none of them an emulator of AWS, and OpenTofu. Each is
// built by the Go tool from a module of its own below internal/tools, which pins it.
const (
	versitygwVersion = "1.8.0"
	minioVersion     = "2026-02-12"
	tofuVersion      = "1.12.6"
)

// storeKey and storeSecret are root's in the stores. MinIO wants eight characters.
const storeKey, storeSecret = "test", "test-secret"

// standaloneAccount is the account of VersityGW's standalone IAM service.
const standaloneAccount = "000000000000"

// source is where a program comes from that the Go tool builds.
type source struct {
	name, version string
	command       string // the package of its program, in the module internal/tools/<name>
	variable      string // names the environment's variable for a program that is there already
	minutes       string // how long it takes to build
	values        string // further flags of the linker, with which its own releases are built
}

var (
	versitygwSource = source{
		name: "versitygw", version: versitygwVersion, command: "github.com/versity/versitygw/cmd/versitygw",
		variable: "VERSITYGW_BIN", minutes: "one to three minutes",
	}
	minioSource = source{
		name: "minio", version: minioVersion, command: "github.com/minio/minio",
		variable: "MINIO_BIN", minutes: "two to six minutes",
	}
	tofuSource = source{
		name: "tofu", version: tofuVersion, command: "github.com/opentofu/opentofu/cmd/tofu",
		variable: "TOFU", minutes: "three to ten minutes",
		values: " -X github.com/opentofu/opentofu/version.dev=no", // or it calls itself 1.12.6-dev
	}
)

// Tofu gives the path of OpenTofu, after building it where that was never done.
func Tofu(ctx context.Context, opts Options) (string, error) { return tofuSource.find(ctx, opts) }

// find looks where the variable says, and else in the cache, which it fills.
func (s source) find(ctx context.Context, opts Options) (string, error) {
	if named := os.Getenv(s.variable); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("%s: %w", s.variable, err)
		}
		return filepath.Abs(path)
	}
	root, ok := repositoryRoot()
	if !ok {
		return "", errors.New("run this in the repository, which pins " + s.name + ", or set " + s.variable)
	}
	dir, err := cached(ctx, s.name+"-"+s.version, opts, func(dir string) error {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		opts.say("building %s %s into %s, once per machine: %s", s.name, s.version, dir, s.minutes)
		began := time.Now()
		err := opts.run(ctx, "go", "build", "-C", filepath.Join(root, "internal", "tools", s.name),
			"-trimpath", "-ldflags=-s -w"+s.values, "-o", filepath.Join(dir, s.name), s.command)
		if err == nil {
			opts.say("%s is built (%s)", s.name, time.Since(began).Round(time.Second))
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("building %s: %w", s.name, err)
	}
	return filepath.Join(dir, s.name), nil
}

// versitygw returns how VersityGW is run: with users of its own behind its Admin API, or, rootOnly, with the root alone
// and without a folder for old versions, which is the least that it can have.
func versitygw(ctx context.Context, opts Options, rootOnly bool) (program, error) {
	binary, err := versitygwSource.find(ctx, opts)
	if err != nil {
		return program{}, err
	}
	p := gatewayProgram(VersityGW, func(addr, dir string) *exec.Cmd {
		return posix(binary, addr, dir, versions, "--iam-dir", folder(dir, "iam"))
	})
	if rootOnly {
		p.kind = VersityGWRoot
		p.command = func(addr, dir string) *exec.Cmd { return posix(binary, addr, dir, "") }
	}
	return p, nil
}

// versitygwIAM returns how VersityGW is run with its standalone IAM service, which is a process of its own.
func versitygwIAM(ctx context.Context, opts Options) (program, error) {
	binary, err := versitygwSource.find(ctx, opts)
	if err != nil {
		return program{}, err
	}
	socket := func(dir string) string { return filepath.Join(dir, "iam.sock") }
	service := gatewayProgram("versitygw-iam-service", func(addr, dir string) *exec.Cmd {
		return rooted(exec.Command(binary, "--quiet", "--port", addr, "--health", "/healthz", "iam",
			"--dir", folder(dir, "iam"), "--private-ports", socket(dir), "--private-socket-perm", "0600"))
	})
	p := gatewayProgram(VersityGWIAM, nil)
	p.account = standaloneAccount
	p.first = &service
	p.with = func(service *Emulator) func(addr, dir string) *exec.Cmd {
		return func(addr, dir string) *exec.Cmd {
			return posix(binary, addr, dir, versions, "--iam-standalone-endpoint", socket(service.dir))
		}
	}
	return p, nil
}

func gatewayProgram(kind Kind, command func(addr, dir string) *exec.Cmd) program {
	return program{
		kind: kind, health: "/healthz", patience: 30 * time.Second, grace: 5 * time.Second, command: command,
		key: storeKey, secret: storeSecret,
	}
}

// versions is the name of the folder for old versions.
const versions = "versions"

// posix is VersityGW in front of a folder. Its users change behind its back in tests, so it keeps none in mind. Without
// a folder for old versions it has no versioning.
func posix(binary, addr, dir, versions string, iam ...string) *exec.Cmd {
	arguments := append([]string{"--quiet", "--port", addr, "--health", "/healthz", "--iam-cache-disable"}, iam...)
	arguments = append(arguments, "posix")
	if versions != "" {
		arguments = append(arguments, "--versioning-dir", folder(dir, versions))
	}
	return rooted(exec.Command(binary, append(arguments, folder(dir, "data"))...))
}

func rooted(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = []string{"ROOT_ACCESS_KEY=" + storeKey, "ROOT_SECRET_KEY=" + storeSecret}
	return cmd
}

// folder makes a folder that a program wants to find. That it cannot be made shows when the program starts.
func folder(dir, name string) string {
	path := filepath.Join(dir, name)
	_ = os.MkdirAll(path, 0o700)
	return path
}

// minio returns how MinIO is run.
func minio(ctx context.Context, opts Options) (program, error) {
	binary, err := minioSource.find(ctx, opts)
	if err != nil {
		return program{}, err
	}
	return program{
		kind: MinIO, health: "/minio/health/ready", patience: time.Minute, grace: 5 * time.Second,
		key: storeKey, secret: storeSecret,
		command: func(addr, dir string) *exec.Cmd {
			cmd := exec.Command(binary, "server", "--quiet", "--address", addr, "--console-address", "127.0.0.1:0",
				"--certs-dir", folder(dir, "certs"), folder(dir, "data"))
			cmd.Env = []string{
				"MINIO_ROOT_USER=" + storeKey, "MINIO_ROOT_PASSWORD=" + storeSecret,
				"MINIO_BROWSER=off", "MINIO_UPDATE=off", "MINIO_CI_CD=on", // a disk that holds other things is well
			}
			return cmd
		},
	}, nil
}
