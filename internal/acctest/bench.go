// Package acctest is the bench on which the acceptance tests run: two emulators of AWS and the stores VersityGW and
// MinIO, each started once per run, a gateway of its own in front of them for every test, and the provider in process
// (for the harness of terraform-plugin-testing) or as a binary (for Terraform run by hand). Only tests may import it.
// It imports provider, so the tests that use it are in package provider_test.
package acctest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/terraform"
)

// Region is where everything is made unless a test says otherwise.
const Region = account.Region

// Bench is what one test works on.
type Bench struct {
	Kind      emulator.Kind
	Endpoint  string           // of the emulator itself, for changes behind the provider's back
	AccountID string           // "" for a store that has no accounts
	Gateway   *gateway.Gateway // what the provider talks to
	Edge      *gateway.Gateway // what it talks to for CloudFront: Gateway, but where the emulator has no CloudFront
	Name      string           // unique, made from the test's name, fit for a bucket; at most 40 characters
	Platform  string           // that the provider block names, of a store; "" in a block for an emulator of AWS

	base    *emulator.Emulator
	edge    *emulator.Emulator // that has CloudFront: LocalStack has none, so there it is fakecloud
	account account.Account
	tls     *certificate // of the gateways; nil when they speak plain HTTP
}

// Each runs a test on every emulator, or on the one that was chosen, in parallel with all others.
func Each(t *testing.T, test func(t *testing.T, b *Bench)) {
	t.Helper()
	notOnAWS(t, needsGateway)
	t.Parallel()
	for _, kind := range kinds() {
		if kind.IsStore() { // somebody asked for one store: that is no test that passed, and never so in a whole run
			t.Skip("one store was chosen, and this test is for the emulators of AWS")
		}
		onKind(t, kind, start, test)
	}
}

// Stores runs a test on each of the stores, or on the one that was chosen, in parallel with all others. Without kinds
// it is all of them.
func Stores(t *testing.T, test func(t *testing.T, b *Bench), on ...emulator.Kind) {
	t.Helper()
	notOnAWS(t, needsStore)
	t.Parallel()
	if len(on) == 0 {
		on = emulator.Stores()
	}
	for _, kind := range on {
		if one := os.Getenv(chosen); one != "" && one != string(kind) || kinds()[0] == emulator.External {
			continue
		}
		onKind(t, kind, start, test)
	}
}

// Only runs a test on one emulator, in parallel with all others, because it needs something that the other lacks, or
// because the other would tell nothing more: the reason is printed at the end of the run.
func Only(t *testing.T, kind emulator.Kind, reason string, test func(t *testing.T, b *Bench)) {
	t.Helper()
	notOnAWS(t, needs(kind))
	t.Parallel()
	onKind(t, note(t, kind, reason), start, test)
}

// Alone runs a test on an emulator or store of its own, in parallel with all others, because it would meet what other
// tests do to the account: the reason is printed at the end of the run.
func Alone(t *testing.T, kind emulator.Kind, reason string, test func(t *testing.T, b *Bench)) {
	t.Helper()
	notOnAWS(t, needs(kind))
	t.Parallel()
	onKind(t, note(t, kind, reason), fresh, test)
}

// note keeps the reason, and gives the kind of emulator that this run has in the place of one.
func note(t *testing.T, kind emulator.Kind, reason string) emulator.Kind {
	if kinds()[0] == emulator.External {
		kind = emulator.External
	}
	run.mu.Lock()
	defer run.mu.Unlock()
	run.only[t.Name()] = fmt.Sprintf("%s: %s", kind, reason)
	return kind
}

// chosen is the variable that names the only emulator for the tests that run on every one.
const chosen = "SPINUP_TEST_EMULATOR"

// kinds are the emulators of this run: both, the chosen one, or the one that somebody else runs.
func kinds() []emulator.Kind {
	if os.Getenv("SPINUP_TEST_ENDPOINT") != "" {
		return []emulator.Kind{emulator.External}
	}
	if one := os.Getenv(chosen); one != "" { // it may be an account of AWS too
		return []emulator.Kind{emulator.Kind(one)}
	}
	return []emulator.Kind{emulator.LocalStack, emulator.Fakecloud}
}

// checkChosen refuses a choice that is none: no test would run.
func checkChosen() error {
	if onAWS() {
		return nil
	}
	kind, err := emulator.ParseKind(os.Getenv(chosen))
	if err != nil || os.Getenv(chosen) != "" && string(kind) != os.Getenv(chosen) {
		return fmt.Errorf("%s is %q: want localstack, fakecloud, a store or aws", chosen, os.Getenv(chosen))
	}
	return nil
}

// starter gives a running emulator.
type starter func(t *testing.T, kind emulator.Kind) *emulator.Emulator

// onKind runs the test as a sub-test that bears the emulator's name.
func onKind(t *testing.T, kind emulator.Kind, begin starter, test func(t *testing.T, b *Bench)) {
	if os.Getenv("TF_ACC") == "" {
		t.Skip("an acceptance test: set TF_ACC=1, or run `make test`")
	}
	t.Run(string(kind), func(t *testing.T) {
		t.Parallel()
		e := begin(t, kind)
		edge := e
		if kind == emulator.LocalStack {
			edge = start(t, emulator.Fakecloud)
		}
		t.Cleanup(func() { run.count(t, kind) })
		b := &Bench{
			Kind: e.Kind, Endpoint: e.Endpoint, AccountID: e.AccountID, Name: name(t), base: e, edge: edge,
			Platform: kind.Platform(),
			account:  account.New(e, edge.Endpoint),
		}
		b.front(t)
		test(t, b)
	})
}

// front puts gateways of the bench's own in front of its emulators.
func (b *Bench) front(t *testing.T) {
	t.Helper()
	elsewhere := map[string]string{"cloudfront": b.edge.Endpoint, "acm": b.Endpoint}
	open := func(endpoint, account string) *gateway.Gateway {
		options := gateway.Options{AccountID: account, Elsewhere: elsewhere, Plain: b.Kind.IsStore()}
		if b.base.IAM != "" && b.base.IAM != endpoint {
			options.Upstreams = map[string]string{"iam": b.base.IAM, "sts": b.base.IAM}
		}
		if b.tls != nil {
			options.Certificate = &b.tls.pair
		}
		g, err := gateway.New(endpoint, options)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.Close)
		return g
	}
	b.Gateway = open(b.Endpoint, b.AccountID)
	b.Edge = b.Gateway
	if b.edge.Endpoint != b.Endpoint {
		b.Edge = open(b.edge.Endpoint, b.edge.AccountID)
	}
}

// name makes a unique name that still says which test it belongs to.
func name(t *testing.T) string { return named(t, longest) }

// longest is how long the name of a bench may be.
const longest = 40

// named is name, with another bound.
func named(t *testing.T, longest int) string {
	base := strings.ToLower(strings.TrimPrefix(t.Name(), "TestAcc"))
	base = regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(base, "-")
	return strings.Trim(base[:min(len(base), longest-9)], "-") + "-" + strings.ToLower(rand.Text()[:8])
}

// testRun holds what one run of the tests shares.
type testRun struct {
	mu     sync.Mutex
	shared map[emulator.Kind]func() (*emulator.Emulator, error)
	passed map[emulator.Kind]int
	failed map[emulator.Kind]int
	only   map[string]string
	left   map[string]string // tests that were left out, with the reasons
	stop   []func()

	command string            // the path of terraform or tofu
	about   terraform.Command // what it says of itself
	real    *realAccount      // the account of AWS on which this run is; nil for emulators
}

// run is the run of this process: the testing package gives no other place to keep it between TestMain and a test.
var run = testRun{
	shared: map[emulator.Kind]func() (*emulator.Emulator, error){},
	passed: map[emulator.Kind]int{},
	failed: map[emulator.Kind]int{},
	only:   map[string]string{},
	left:   map[string]string{},
}

func (s *testRun) count(t *testing.T, kind emulator.Kind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case t.Failed():
		s.failed[kind]++
	case s.left[t.Name()] == "":
		s.passed[kind]++
	}
}

// start gives the run's emulator of the kind. One that cannot be had is a failure that says how to get it.
func start(t *testing.T, kind emulator.Kind) *emulator.Emulator {
	t.Helper()
	run.mu.Lock()
	begin := run.shared[kind]
	if begin == nil {
		begin = sync.OnceValues(func() (*emulator.Emulator, error) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Hour) // the first run may have to compile one
			defer cancel()
			return emulator.Start(ctx, kind, emulator.Options{})
		})
		run.shared[kind] = begin
	}
	run.mu.Unlock()
	e, err := begin()
	if err != nil {
		t.Fatalf("no emulator: %v", err)
	}
	return e
}

// fresh starts an emulator that ends with the test.
func fresh(t *testing.T, kind emulator.Kind) *emulator.Emulator {
	t.Helper()
	e, err := emulator.Start(t.Context(), kind, emulator.Options{})
	if err != nil {
		t.Fatalf("no emulator: %v", err)
	}
	t.Cleanup(func() { _ = e.Stop() })
	return e
}

// Main runs the tests of a package with the bench, and returns the exit code.
func Main(m *testing.M) int {
	if os.Getenv("TF_ACC") == "" {
		return m.Run()
	}
	settings := map[string]string{
		"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": os.DevNull,
		"TF_ACC_PROVIDER_NAMESPACE": "spinup-dev", // otherwise terraform-plugin-testing serves hashicorp/spinup
	}
	if !onAWS() {
		for _, variable := range os.Environ() {
			if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
				_ = os.Unsetenv(name) // nothing of the user's may leak into a test
			}
		}
		settings["AWS_CONFIG_FILE"], settings["AWS_SHARED_CREDENTIALS_FILE"] = os.DevNull, os.DevNull
		settings["AWS_EC2_METADATA_DISABLED"] = "true"
	}
	for name, value := range settings {
		_ = os.Setenv(name, value)
	}
	if err := errors.Join(findCommand(), checkChosen(), checkAccount(context.Background())); err != nil {
		fmt.Fprintln(os.Stderr, "acceptance tests:", err)
		return 1
	}
	debug.SetGCPercent(400) // a sixth of the time of the processor went into collecting the garbage of requests
	code := m.Run()
	run.finish(code)
	return code
}

// findCommand finds Terraform or OpenTofu, for our own calls and, in variables of its own, for the test harness.
func findCommand() error {
	path, err := terraform.Find()
	if err != nil {
		return err
	}
	run.command = path
	if run.about, err = terraform.Ask(context.Background(), path); err != nil {
		return err
	}
	return errors.Join(os.Setenv("TF_ACC_TERRAFORM_PATH", path), os.Setenv("TF_ACC_PROVIDER_HOST", run.about.Registry))
}

// finish stops what was started and reports how many tests ran where.
func (s *testRun) finish(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for kind, begin := range s.shared {
		e, err := begin()
		if err != nil {
			continue
		}
		if code != 0 {
			fmt.Printf("log of %s: %s\n", kind, e.KeepLog())
		}
		_ = e.Stop()
	}
	for _, stop := range s.stop {
		stop()
	}
	report := s.report()
	fmt.Print(report)
	if file := os.Getenv("SPINUP_TEST_REPORT"); file != "" { // go test hides what a package that passes prints
		if err := os.WriteFile(file, []byte(report), 0o600); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
	}
}

func (s *testRun) report() string {
	var b strings.Builder
	passed, failed := 0, 0
	ran := kinds()
	for _, kind := range emulator.Stores() {
		if s.passed[kind]+s.failed[kind] > 0 && !slices.Contains(ran, kind) {
			ran = append(ran, kind)
		}
	}
	for _, kind := range ran {
		fmt.Fprintf(&b, "acceptance tests on %s: %d passed, %d failed\n", kind, s.passed[kind], s.failed[kind])
		passed += s.passed[kind]
		failed += s.failed[kind]
	}
	b.WriteString(s.leftOutReport())
	for _, name := range slices.Sorted(maps.Keys(s.only)) {
		fmt.Fprintf(&b, "  %s ran only on %s\n", name, s.only[name])
	}
	fmt.Fprintf(&b, "acceptance: %d passed, %d failed", passed, failed)
	if n := len(s.left); n > 0 {
		fmt.Fprintf(&b, ", %d left out", n)
	}
	b.WriteString("\n")
	return b.String()
}

// S3 is a plain client of the emulator itself, as root.
func (b *Bench) S3() *s3.Client { return b.account.S3 }

// IAM is a plain client of the emulator itself, as root.
func (b *Bench) IAM() *iam.Client { return b.account.IAM }

// Root are the credentials of root in the emulator itself.
func (b *Bench) Root() aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(b.base.Key, b.base.Secret, "")
}

// As is a plain S3 client of the emulator itself with a key of one of its users. It sends a call again if the
// connection is lost: fakecloud, when it refuses an upload, may break it before the answer is read.
func (b *Bench) As(accessKey, secretKey string) *s3.Client {
	return b.InSession(accessKey, secretKey, "")
}

// InSession is As with the credentials of a session.
func (b *Bench) InSession(accessKey, secretKey, token string) *s3.Client {
	return s3.New(s3.Options{
		Region: Region, BaseEndpoint: &b.Endpoint, UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, token),
		Retryer: retry.NewStandard(func(o *retry.StandardOptions) {
			o.MaxAttempts, o.RateLimiter = 20, ratelimit.None
			o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return time.Millisecond, nil })
		}),
	})
}

// Secured makes a bench of its own for a sub-test, whose gateways speak TLS.
func (b *Bench) Secured(t *testing.T) *Bench {
	t.Helper()
	secured := *b
	secured.tls = newCertificate(t)
	return secured.Fork(t)
}

// Fork makes a bench of its own for a sub-test: another name, other gateways, the same emulators.
func (b *Bench) Fork(t *testing.T) *Bench {
	t.Helper()
	fork := *b
	fork.Name = name(t)
	fork.front(t)
	return &fork
}
