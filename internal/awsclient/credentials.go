package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptrace"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	basediag "github.com/hashicorp/aws-sdk-go-base/v2/diag"
	"github.com/hashicorp/aws-sdk-go-base/v2/logging"
)

// find looks for credentials in the SDK's usual places and assumes the roles.
func (c Config) find(ctx context.Context, pace Pace) (aws.Config, error) {
	ctx, stop := boundFirstAnswer(ctx, pace.FirstAnswer)
	defer stop()
	ctx, logger := logging.NewTfLogger(ctx)
	_, found, diags := awsbase.GetAwsConfig(ctx, c.base(logger))
	if diags.HasError() {
		return found, explain(ctx, diags.Errors()[0], c.secrets())
	}
	return found, nil
}

// secrets are what no error may quote.
func (c Config) secrets() mask {
	secrets := []string{c.SecretKey, c.Token}
	if c.WebIdentity != nil {
		secrets = append(secrets, c.WebIdentity.Token)
	}
	return newMask(secrets...)
}

// base is the configuration for aws-sdk-go-base, which finds the credentials. Its own check of them is off, because it
// would call STS a second time. Its log of requests is off, because it does not mask session and web identity tokens.
func (c Config) base(logger logging.Logger) *awsbase.Config {
	b := &awsbase.Config{
		AccessKey: c.AccessKey, SecretKey: c.SecretKey, Token: c.Token, Profile: c.Profile,
		SharedConfigFiles: c.SharedConfigFiles, SharedCredentialsFiles: c.SharedCredentialsFiles,
		Region: c.EffectiveRegion(), StsEndpoint: c.endpoint("sts"), IamEndpoint: c.Endpoints["iam"],
		HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: c.NoProxy,
		HTTPProxyMode:  awsbase.HTTPProxyModeSeparate,
		CustomCABundle: c.CustomCABundle, Insecure: c.Insecure,
		SkipCredsValidation: true, SkipRequestingAccountId: true,
		StsRegion: c.PlatformOf().IAMRegion,
		Logger:    logger, SuppressDebugLog: true,
		UserAgent: awsbase.UserAgentProducts{{Name: "terraform-provider-spinup", Version: c.Version}},
	}
	for _, r := range c.AssumeRole {
		b.AssumeRole = append(b.AssumeRole, awsbase.AssumeRole{
			RoleARN: r.RoleARN, SessionName: r.SessionName, ExternalID: r.ExternalID, Duration: durationOf(r.Duration),
			Policy: r.Policy, PolicyARNs: r.PolicyARNs, Tags: r.Tags,
		})
	}
	if w := c.WebIdentity; w != nil {
		b.AssumeRoleWithWebIdentity = &awsbase.AssumeRoleWithWebIdentity{
			RoleARN: w.RoleARN, SessionName: w.SessionName, Duration: durationOf(w.Duration),
			WebIdentityToken: w.Token, WebIdentityTokenFile: w.TokenFile,
		}
	}
	return b
}

// ConnectError is why there is no connection.
type ConnectError struct {
	Endpoint string // of STS, if it is not AWS's own and the call to it failed

	Err error // wraps ErrNoCredentials, ErrNoRegion, ErrWrongAccount, a *NoAnswerError or a *CallError where it is one
}

func (e *ConnectError) Error() string { return Text(e.Err) }

// Unwrap returns the cause.
func (e *ConnectError) Unwrap() error { return e.Err }

// The causes that another attempt cannot mend.
var (
	ErrNoCredentials = errors.New("no usable credentials found")
	ErrNoRegion      = errors.New("no region is set")
	ErrWrongAccount  = errors.New("the account is not allowed")
)

// explain turns a diagnostic of aws-sdk-go-base into one error without secrets.
func explain(ctx context.Context, d basediag.Diagnostic, secrets mask) error {
	cause := errors.New(d.Summary() + ": " + d.Detail())
	if with, ok := d.(basediag.DiagnosticWithErr); ok {
		cause = with.Err()
	}
	cause = secrets.error(cause)
	if noAnswer, ok := errors.AsType[*NoAnswerError](context.Cause(ctx)); ok {
		cause = noAnswer
	}
	if awsbase.IsNoValidCredentialSourcesError(d) {
		return &ConnectError{Err: fmt.Errorf("%w: %w", ErrNoCredentials, cause)}
	}
	if first, _, more := strings.Cut(d.Detail(), "\n"); more { // the role that cannot be assumed, then general advice
		cause = fmt.Errorf("%s %w", secrets.text(first), cause)
	}
	return &ConnectError{Err: cause}
}

// boundFirstAnswer ends the context when a request made with it has no answer for the given time. The search for
// credentials uses other clients, which take 30 seconds for each attempt to connect. The search as a whole has no
// bound: a program that provides credentials may wait for a person.
func boundFirstAnswer(ctx context.Context, bound time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{bound: bound, cancel: cancel}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              w.requested,
		ConnectDone:          w.dialed,
		GotFirstResponseByte: w.answered,
	})
	return ctx, func() { w.answered(); cancel(nil) }
}

// watch runs a timer while a request has no answer.
type watch struct {
	bound  time.Duration
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	host  string
	err   error // of the last attempt to connect
}

func (w *watch) requested(host string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.host = host
	if w.timer == nil {
		w.err = errNoResponse
		w.timer = time.AfterFunc(w.bound, w.expire)
	}
}

func (w *watch) dialed(_, _ string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.err = err
	}
}

func (w *watch) answered() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

func (w *watch) expire() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cancel(&NoAnswerError{Host: w.host, After: w.bound, Err: w.err})
}
