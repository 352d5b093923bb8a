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

// find looks for credentials in all the usual places and assumes the roles.
func (c Config) find(ctx context.Context, pace Pace) (aws.Config, error) {
	ctx, stop := boundFirstAnswer(ctx, pace.FirstAnswer)
	defer stop()
	ctx, logger := logging.NewTfLogger(ctx)
	_, found, diags := awsbase.GetAwsConfig(ctx, c.base(logger))
	if diags.HasError() {
		return found, explain(ctx, diags.Errors()[0])
	}
	return found, nil
}

// base is the configuration for aws-sdk-go-base, which finds the credentials. Its own check of them is off: it would
// ask STS a second time. So is its logging of requests, whose masking lets session and web identity tokens through.
func (c Config) base(logger logging.Logger) *awsbase.Config {
	b := &awsbase.Config{
		AccessKey: c.AccessKey, SecretKey: c.SecretKey, Token: c.Token, Profile: c.Profile,
		SharedConfigFiles: c.SharedConfigFiles, SharedCredentialsFiles: c.SharedCredentialsFiles,
		Region: c.EffectiveRegion(), StsEndpoint: c.Endpoints["sts"], IamEndpoint: c.Endpoints["iam"],
		HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: c.NoProxy,
		HTTPProxyMode:  awsbase.HTTPProxyModeSeparate,
		CustomCABundle: c.CustomCABundle, Insecure: c.Insecure,
		SkipCredsValidation: true, SkipRequestingAccountId: true,
		Logger: logger, SuppressDebugLog: true,
		UserAgent: awsbase.UserAgentProducts{{Name: "terraform-provider-spinup", Version: c.Version}},
	}
	if !c.PlatformOf().AWS() {
		b.StsRegion = globalRegion
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

// ConnectError says why there is no connection.
type ConnectError struct {
	Endpoint string // of STS, when it is not AWS's own and the failure has to do with it

	Err error // wraps ErrNoCredentials, ErrNoRegion, ErrWrongAccount, a *NoAnswerError or a *CallError where it is one
}

func (e *ConnectError) Error() string { return Text(e.Err) }

// Unwrap gives the cause.
func (e *ConnectError) Unwrap() error { return e.Err }

// The causes that need something other than another try.
var (
	ErrNoCredentials = errors.New("no usable credentials were found")
	ErrNoRegion      = errors.New("no region is set")
	ErrWrongAccount  = errors.New("this account must not be used")
)

// explain turns what aws-sdk-go-base says into one error.
func explain(ctx context.Context, d basediag.Diagnostic) error {
	cause := errors.New(d.Summary() + ": " + d.Detail())
	if with, ok := d.(basediag.DiagnosticWithErr); ok {
		cause = with.Err()
	}
	if silent, ok := errors.AsType[*NoAnswerError](context.Cause(ctx)); ok {
		cause = silent
	}
	if awsbase.IsNoValidCredentialSourcesError(d) {
		return &ConnectError{Err: fmt.Errorf("%w: %w", ErrNoCredentials, cause)}
	}
	if first, _, more := strings.Cut(d.Detail(), "\n"); more { // the role that cannot be assumed, then general advice
		cause = fmt.Errorf("%s %w", first, cause)
	}
	return &ConnectError{Err: cause}
}

// boundFirstAnswer ends the context when a request made with it is without an answer for the given time. The search for
// credentials has clients of its own, with 30 seconds for each attempt to connect; a program that is asked for
// credentials, on the other hand, may wait for a person, so that the whole search has no bound.
func boundFirstAnswer(ctx context.Context, bound time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{bound: bound, cancel: cancel}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              w.asked,
		ConnectDone:          w.failed,
		GotFirstResponseByte: w.heard,
	})
	return ctx, func() { w.heard(); cancel(nil) }
}

// watch has a timer running while a request is without an answer.
type watch struct {
	bound  time.Duration
	cancel context.CancelCauseFunc

	mu    sync.Mutex
	timer *time.Timer
	host  string
	err   error // of the last connecting
}

func (w *watch) asked(host string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.host = host
	if w.timer == nil {
		w.err = errSilent
		w.timer = time.AfterFunc(w.bound, w.expire)
	}
}

func (w *watch) failed(_, _ string, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if err != nil {
		w.err = err
	}
}

func (w *watch) heard() {
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
