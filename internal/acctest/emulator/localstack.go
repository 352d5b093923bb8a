package emulator

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

const localstackVersion = "4.12.0"

// localstackLock pins LocalStack and everything it needs: with newer libraries it does not start.
//
//go:embed localstack-4.12.0.lock
var localstackLock []byte

//go:embed localstack.py
var localstackStarter string

// localstack returns how LocalStack is run, after installing it where that was never done.
func localstack(ctx context.Context, opts Options) (program, error) {
	hash := sha256.Sum256(localstackLock)
	name := fmt.Sprintf("localstack-%s-%x", localstackVersion, hash[:6])
	dir, err := cached(ctx, name, opts, func(dir string) error { return installLocalstack(ctx, dir, opts) })
	if err != nil {
		return program{}, fmt.Errorf("installing LocalStack: %w", err)
	}
	if _, err := os.Stat(venvPython(dir)); err != nil {
		return program{}, fmt.Errorf("the Python that LocalStack was installed with is gone: delete %s (%w)", dir, err)
	}
	return program{
		kind:     LocalStack,
		account:  localstackAccount,
		health:   "/_localstack/health",
		readyLog: "Ready.",
		patience: 2 * time.Minute,
		grace:    10 * time.Second,
		command:  func(addr, own string) *exec.Cmd { return localstackCommand(dir, addr, own) },
	}, nil
}

func localstackCommand(dir, addr, own string) *exec.Cmd {
	cmd := exec.Command(venvPython(dir), "-I", "-c", localstackStarter)
	cmd.Env = []string{
		"SERVICES=s3,iam,sts,route53,acm,ssm,secretsmanager",
		"EAGER_SERVICE_LOADING=1",
		"GATEWAY_LISTEN=" + addr,
		"LOCALSTACK_HOST=" + addr,
		"LOCALSTACK_VOLUME_DIR=" + filepath.Join(own, "volume"),
		"DISABLE_EVENTS=1",
		"SKIP_SSL_CERT_DOWNLOAD=1",
		"MOTO_ACM_VALIDATION_WAIT=1", // seconds until a certificate is issued, as in fakecloud; 10 otherwise
		// In a container it would take the whole file system for its own and write to /var/lib.
		"OVERRIDE_IN_DOCKER=0",
		// Holds nothing but its catalogue of services, whose making takes seconds: kept from run to run.
		"FILESYSTEM_ROOT=" + filepath.Join(dir, "filesystem"),
		"SPINUP_S3_FOLDER=" + filepath.Join(own, "s3"),
	}
	return cmd
}

func venvPython(dir string) string { return filepath.Join(dir, "venv", "bin", "python") }

// installLocalstack makes the virtual environment in the folder.
func installLocalstack(ctx context.Context, dir string, opts Options) error {
	python, err := findPython(ctx)
	if err != nil {
		return err
	}
	opts.say("installing LocalStack %s into %s, once per machine: about a minute", localstackVersion, dir)
	began := time.Now()
	lock := filepath.Join(dir, "requirements.lock")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(lock, localstackLock, 0o644); err != nil {
		return err
	}
	if err := opts.run(ctx, python, "-I", "-m", "venv", filepath.Join(dir, "venv")); err != nil {
		return err
	}
	pip := []string{venvPython(dir), "-I", "-m", "pip", "install", "--no-input", "--require-hashes", "-r", lock}
	if !Terminal(opts.progress()) {
		pip = append(pip, "--progress-bar=off")
	}
	if err := opts.run(ctx, pip...); err != nil {
		return err
	}
	opts.say("LocalStack is installed (%s)", time.Since(began).Round(time.Second))
	return nil
}

// The minor versions of Python 3 that the lock file was made for.
const oldestPython, newestPython = 11, 13

// findPython returns a Python that can make the virtual environment: of the known versions if there is one, else a
// newer one, which may have to build what has no wheel for it yet.
func findPython(ctx context.Context) (string, error) {
	var newer string
	for _, name := range []string{"python3", "python3.13", "python3.12", "python3.11"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		minor := 0
		version, err := exec.CommandContext(ctx, path, "-I", "-c", "import sys; print(sys.version_info[1])").Output()
		if err != nil {
			continue // such as a version manager's entry for a version that it has not
		}
		if _, err := fmt.Sscan(string(version), &minor); err != nil || minor < oldestPython {
			continue
		}
		if minor <= newestPython {
			return path, checkVenv(ctx, path)
		}
		newer = path
	}
	if newer == "" {
		return "", errors.New("no Python 3.11 or newer (best: 3.13) is on PATH: install it " +
			"(Debian, Ubuntu: apt-get install python3 python3-venv; macOS: brew install python@3.13), " +
			"or set " + endpointVariable + " to a running emulator")
	}
	return newer, checkVenv(ctx, newer)
}

// checkVenv finds out early what "python -m venv" says only halfway, in many words: some distributions leave out pip.
func checkVenv(ctx context.Context, python string) error {
	if err := exec.CommandContext(ctx, python, "-I", "-c", "import ensurepip, venv").Run(); err != nil {
		return fmt.Errorf("%s cannot make virtual environments: install python3-venv "+
			"(Debian, Ubuntu: apt-get install python3-venv)", python)
	}
	return nil
}
