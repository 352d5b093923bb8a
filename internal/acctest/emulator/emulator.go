// Package emulator starts and stops what the tests, the demo and the benchmark run against, none of it ours and all of
// it without a container: the emulators of AWS, LocalStack and fakecloud, and the stores VersityGW and MinIO. What is
// missing on the machine is installed once into the user's cache folder.
//
// It may import the standard library and, to ask an emulator that somebody else runs for its account, the AWS SDK:
// programs and tests of every level use it.
package emulator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Kind says which emulator or store is meant.
type Kind string

// The emulators of AWS. External is whatever answers at $SPINUP_TEST_ENDPOINT.
const (
	LocalStack Kind = "localstack"
	Fakecloud  Kind = "fakecloud"
	External   Kind = "external"
)

// The stores. VersityGW has users behind its Admin API, VersityGWIAM has the standalone IAM service, and
// VersityGWRoot has nobody but root, and no versioning.
const (
	VersityGW     Kind = "versitygw"
	VersityGWIAM  Kind = "versitygw-iam"
	VersityGWRoot Kind = "versitygw-root"
	MinIO         Kind = "minio"
)

// Stores are the kinds that are no emulators of AWS.
func Stores() []Kind { return []Kind{VersityGW, VersityGWIAM, VersityGWRoot, MinIO} }

// IsStore reports whether the kind is a store, not an emulator of AWS.
func (k Kind) IsStore() bool { return slices.Contains(Stores(), k) }

// Platform is what the provider calls the kind.
func (k Kind) Platform() string {
	switch {
	case k == MinIO:
		return "minio"
	case k.IsStore():
		return "versitygw"
	}
	return "aws"
}

// endpointVariable puts a running emulator in the place of those started here.
const endpointVariable = "SPINUP_TEST_ENDPOINT"

// rootKey is the access key and the secret key of root in the emulators of AWS.
const rootKey = "test"

// localstackAccount is the account that the test/test credentials belong to in LocalStack.
const localstackAccount = "000000000000"

// ParseKind reads the name of an emulator; the empty name means LocalStack.
func ParseKind(name string) (Kind, error) {
	known := append([]Kind{LocalStack, Fakecloud, External}, Stores()...)
	kind := Kind(strings.ToLower(name))
	switch {
	case kind == "":
		return LocalStack, nil
	case slices.Contains(known, kind):
		return kind, nil
	}
	return "", fmt.Errorf("unknown emulator or store %q: want one of %s", name, join(known))
}

func join(kinds []Kind) string {
	names := make([]string, len(kinds))
	for i, kind := range kinds {
		names[i] = string(kind)
	}
	return strings.Join(names, ", ")
}

// Options are the settings of Start and Install; the zero value is good.
type Options struct {
	// Env is added to the emulator's environment, as "NAME=value". It is not for an External one.
	Env []string
	// Progress takes what is said while something is installed. Nil: standard error.
	Progress io.Writer
}

// say tells the person who waits what is going on.
func (o Options) say(format string, args ...any) {
	fmt.Fprintf(o.progress(), "emulator: "+format+"\n", args...)
}

func (o Options) progress() io.Writer {
	if o.Progress == nil {
		return os.Stderr
	}
	return o.Progress
}

// Emulator is an emulator or a store that runs.
type Emulator struct {
	Kind      Kind
	Endpoint  string // "http://127.0.0.1:PORT", no slash at the end
	IAM       string // endpoint of IAM and STS; "" for a store that has none
	AccountID string // "" for a store that has no accounts
	Key       string // access key of root
	Secret    string // secret key of root

	child *child    // nil for an External one
	dir   string    // the log and the emulator's own files; "" for an External one
	first *Emulator // runs as long as this one, which needs it; nil for none
	grace time.Duration
	keep  atomic.Bool
	stop  func() error // runs once
}

// Start starts an emulator on a free loopback port and returns when it answers. Where $SPINUP_TEST_ENDPOINT is set,
// what answers there is used instead, whatever the kind. The context limits the start only: the emulator runs until
// Stop, or until this process ends (on Linux even if it is killed). The error of a failed start names the file with
// the emulator's log.
func Start(ctx context.Context, kind Kind, opts Options) (*Emulator, error) {
	if kind == External || os.Getenv(endpointVariable) != "" {
		return external(ctx)
	}
	p, err := programOf(ctx, kind, opts)
	if err != nil {
		return nil, err
	}
	return p.start(ctx, opts)
}

// programOf returns how a kind is run, after installing it where that was never done.
func programOf(ctx context.Context, kind Kind, opts Options) (program, error) {
	switch kind {
	case LocalStack:
		return localstack(ctx, opts)
	case Fakecloud:
		return fakecloud(ctx, opts)
	case VersityGW:
		return versitygw(ctx, opts, false)
	case VersityGWRoot:
		return versitygw(ctx, opts, true)
	case VersityGWIAM:
		return versitygwIAM(ctx, opts)
	case MinIO:
		return minio(ctx, opts)
	}
	_, err := ParseKind(string(kind))
	return program{}, err
}

// Install puts on this machine what Start would, and starts nothing.
func Install(ctx context.Context, kind Kind, opts Options) error {
	if os.Getenv(endpointVariable) != "" {
		return nil
	}
	_, err := programOf(ctx, kind, opts)
	return err
}

// external takes the emulator that somebody else runs, once it says which account it is.
func external(ctx context.Context) (*Emulator, error) {
	endpoint := strings.TrimRight(os.Getenv(endpointVariable), "/")
	if endpoint == "" {
		return nil, errors.New("set " + endpointVariable + " to the address of the emulator to use")
	}
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, fmt.Errorf("%s is %q: want an address such as http://127.0.0.1:4566", endpointVariable, endpoint)
	}
	account, err := accountAt(ctx, endpoint)
	if err != nil {
		return nil, fmt.Errorf("nothing at %s says which account it is: %w", endpointVariable, err)
	}
	return &Emulator{
		Kind: External, Endpoint: endpoint, IAM: endpoint, AccountID: account, Key: rootKey, Secret: rootKey,
	}, nil
}

// accountAt asks an emulator whose the test/test credentials are.
func accountAt(ctx context.Context, endpoint string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client := sts.New(sts.Options{
		Region: "us-east-1", BaseEndpoint: &endpoint, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(rootKey, rootKey, ""),
	})
	out, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.Account), nil
}

// get asks once and returns the HTTP status.
func get(ctx context.Context, address string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, err
	}
	request.Close = true // an idle connection would hold up the emulator's shutdown
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// Env is the environment that makes an AWS SDK talk to this emulator and to nothing else: it reads no file of the
// user's and asks no metadata service.
func (e *Emulator) Env() []string {
	endpoints := []string{"AWS_ENDPOINT_URL=" + e.Endpoint}
	if e.Kind.IsStore() {
		endpoints = []string{"AWS_ENDPOINT_URL_S3=" + e.Endpoint}
		if e.IAM != "" {
			endpoints = append(endpoints, "AWS_ENDPOINT_URL_IAM="+e.IAM, "AWS_ENDPOINT_URL_STS="+e.IAM)
		}
	}
	return append(endpoints,
		"AWS_ACCESS_KEY_ID="+e.Key,
		"AWS_SECRET_ACCESS_KEY="+e.Secret,
		"AWS_REGION=us-east-1",
		"AWS_CONFIG_FILE="+os.DevNull,
		"AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_EC2_METADATA_DISABLED=true",
	)
}

// Environ is this process's environment with Env in place of every AWS variable: a profile, a session token or a
// service's own endpoint must not lead elsewhere.
func (e *Emulator) Environ() []string { return append(environWithoutAWS(), e.Env()...) }

func environWithoutAWS() []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "AWS_") {
			env = append(env, variable)
		}
	}
	return env
}

// Exited is closed when the emulator has ended, by Stop or by itself. It is nil, so never ready, for an External one.
func (e *Emulator) Exited() <-chan struct{} {
	if e.child == nil {
		return nil
	}
	return e.child.exited
}

// KeepLog makes Stop leave the log where it is, for somebody to read after a failure, and returns its path; "" for
// an External emulator.
func (e *Emulator) KeepLog() string {
	if e.child == nil {
		return ""
	}
	e.keep.Store(true)
	return e.logPath()
}

func (e *Emulator) logPath() string { return filepath.Join(e.dir, "emulator.log") }

// LogTail returns the last n lines of the emulator's log, long ones cut; "" for an External one.
func (e *Emulator) LogTail(n int) string {
	if e.child == nil {
		return ""
	}
	text, err := os.ReadFile(e.logPath())
	if err != nil {
		return err.Error()
	}
	return tail(text, n)
}

// widest is how many bytes of a line of a log are shown: some of fakecloud's fill a screen.
const widest = 300

func tail(text []byte, n int) string {
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	lines = lines[max(0, len(lines)-n):]
	for i, line := range lines {
		if len(line) > widest {
			lines[i] = line[:widest] + "..."
		}
	}
	return strings.Join(lines, "\n")
}
