package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	awsbase "github.com/hashicorp/aws-sdk-go-base/v2"
	basediag "github.com/hashicorp/aws-sdk-go-base/v2/diag"
	"github.com/hashicorp/aws-sdk-go-base/v2/logging"
)

// Client connects when it is first needed. It is safe for concurrent use.
type Client struct {
	cfg  Config
	pace Pace

	mu      sync.Mutex
	ongoing *attempt
}

// attempt is one connecting, shared by all who wait for it.
type attempt struct {
	done chan struct{} // closed when conn and err are there
	conn *Conn
	err  error
}

// New makes a client of a configuration that Validate has accepted. It does nothing yet.
func New(cfg Config, pace Pace) *Client {
	return &Client{cfg: cfg, pace: pace}
}

// Conn is the connection: credentials that were found, who they belong to, and how to call.
//
// It holds no service client on purpose: S3, IAM and STS are functions. A type that an interface value can reach through
// the types of fields, parameters and results keeps all its methods when linked, and the operations of IAM that nobody
// calls weigh 5 MB. (Those of S3 stay in any case: the SDK reaches its client so by itself.)
type Conn struct {
	Region    string
	Partition string
	AccountID string // "" when STS is not asked
	CallerARN string // "" when STS is not asked
	CallerID  string // "" when STS is not asked
	Platform  Platform
	Pace      Pace

	aws      aws.Config
	cfg      Config
	retryers map[string]aws.RetryerV2 // one per service: throttling of one says nothing about another
	locks    sync.Map                 // bucket name -> chan struct{} of size one
}

// Connect finds credentials and asks STS once whose they are, unless the configuration does without. All callers share
// one connecting. If it fails all who wait get the error, a *ConnectError, and a later call tries again.
func (c *Client) Connect(ctx context.Context) (*Conn, error) {
	c.mu.Lock()
	a := c.ongoing
	if a == nil {
		a = &attempt{done: make(chan struct{})}
		c.ongoing = a
		go c.run(ctx, a)
	}
	c.mu.Unlock()
	select {
	case <-a.done:
		return a.conn, a.err
	case <-ctx.Done():
		return nil, &ConnectError{Err: context.Cause(ctx)}
	}
}

// run connects for everybody, so that it must not end when the first caller goes away.
func (c *Client) run(ctx context.Context, a *attempt) {
	a.conn, a.err = c.connect(context.WithoutCancel(ctx))
	if a.err != nil {
		c.mu.Lock()
		c.ongoing = nil
		c.mu.Unlock()
	}
	close(a.done)
}

// connect does the work of Connect.
func (c *Client) connect(ctx context.Context) (*Conn, error) {
	found, err := c.cfg.find(ctx, c.pace)
	if err != nil {
		return nil, err
	}
	if found.Region == "" {
		return nil, &ConnectError{Err: ErrNoRegion}
	}

	conn := c.cfg.conn(found, c.pace)
	if c.cfg.asksWho() {
		if err := conn.askWho(ctx, c.cfg); err != nil {
			return nil, err
		}
	}
	return conn, nil
}

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

// base is the configuration for aws-sdk-go-base, which finds the credentials. Its own check of them is off: it would ask
// STS a second time. So is its logging of requests, whose masking lets through session tokens and web identity tokens.
func (c Config) base(logger logging.Logger) *awsbase.Config {
	b := &awsbase.Config{
		AccessKey: c.AccessKey, SecretKey: c.SecretKey, Token: c.Token, Profile: c.Profile,
		SharedConfigFiles: c.SharedConfigFiles, SharedCredentialsFiles: c.SharedCredentialsFiles,
		Region: c.EffectiveRegion(), StsEndpoint: c.Endpoints["sts"], IamEndpoint: c.Endpoints["iam"],
		HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPSProxy, NoProxy: c.NoProxy, HTTPProxyMode: awsbase.HTTPProxyModeSeparate,
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

// conn sets up how calls are made.
func (c Config) conn(found aws.Config, pace Pace) *Conn {
	retries := DefaultMaxRetries
	switch {
	case c.MaxRetries != nil:
		retries = *c.MaxRetries
	case found.RetryMaxAttempts > 0: // of AWS_MAX_ATTEMPTS or the profile
		retries = found.RetryMaxAttempts - 1
	}
	mode := aws.RetryMode(firstOf(c.RetryMode, string(found.RetryMode)))
	found.Retryer, found.RetryMaxAttempts, found.RetryMode = nil, 0, "" // each service gets its own below

	if client, ok := found.HTTPClient.(*awshttp.BuildableClient); ok {
		// Frozen, because each service client would make a pool of connections of its own otherwise.
		found.HTTPClient = client.WithDialerOptions(func(d *net.Dialer) {
			d.Timeout = pace.DialTimeout
		}).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = t.MaxIdleConns // all calls go to a few hosts, many at once
		}).Freeze()
	}
	first := &firstAnswer{pace: pace, services: map[string]*acquaintance{}}
	found.APIOptions = append(slices.Clip(found.APIOptions), describeFailure, first.add)

	conn := &Conn{
		Region: found.Region, Partition: c.Partition(found.Region), Platform: c.PlatformOf(), Pace: pace,
		aws: found, cfg: c, retryers: map[string]aws.RetryerV2{},
	}
	for _, service := range []string{"s3", "iam", "sts"} {
		conn.retryers[service] = newRetryer(pace, retries, mode)
	}
	return conn
}

// askWho is the one GetCallerIdentity.
func (c *Conn) askWho(ctx context.Context, cfg Config) error {
	client := STS(c)
	who, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return &ConnectError{Endpoint: aws.ToString(client.Options().BaseEndpoint), Err: err}
	}
	c.AccountID, c.CallerARN, c.CallerID = aws.ToString(who.Account), aws.ToString(who.Arn), aws.ToString(who.UserId)
	if caller, err := arn.Parse(c.CallerARN); err == nil {
		c.Partition = caller.Partition
	}
	allowed := len(cfg.AllowedAccountIDs) == 0 || slices.Contains(cfg.AllowedAccountIDs, c.AccountID)
	if !allowed || slices.Contains(cfg.ForbiddenAccountIDs, c.AccountID) {
		return &ConnectError{Err: fmt.Errorf("%w: the credentials belong to account %s", ErrWrongAccount, c.AccountID)}
	}
	return nil
}

// globalRegion is where AWS's services without regions are, and what IAM and STS of other stores want in signatures.
const globalRegion = "us-east-1"

// S3 is the client of S3. Making one is cheap; connections and retry state are shared.
func S3(c *Conn) *s3.Client {
	return s3.NewFromConfig(c.aws, func(o *s3.Options) {
		o.Retryer = c.retryers["s3"]
		o.BaseEndpoint = c.endpoint("s3", o.BaseEndpoint)
		own := o.BaseEndpoint != nil
		o.UsePathStyle = own
		if c.cfg.S3UsePathStyle != nil {
			o.UsePathStyle = *c.cfg.S3UsePathStyle
		}
		request, response := c.checksums()
		if own && request == 0 { // many stores do not know the newer checksums
			o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		}
		if own && response == 0 {
			o.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		}
	})
}

// IAM is the client of IAM, as cheap to make as S3's.
func IAM(c *Conn) *iam.Client {
	return iam.NewFromConfig(c.aws, func(o *iam.Options) {
		o.Retryer = c.retryers["iam"]
		o.BaseEndpoint = c.endpoint("iam", o.BaseEndpoint)
		if !c.Platform.AWS() {
			o.Region = globalRegion
		}
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "iam", o.APIOptions)
	})
}

// STS is the client of STS, as cheap to make as S3's.
func STS(c *Conn) *sts.Client {
	return sts.NewFromConfig(c.aws, func(o *sts.Options) {
		o.Retryer = c.retryers["sts"]
		o.BaseEndpoint = c.endpoint("sts", o.BaseEndpoint)
		if !c.Platform.AWS() {
			o.Region = globalRegion
		}
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "sts", o.APIOptions)
	})
}

// endpoint is the configured one, else that of the environment or the profile, which the SDK has found, else the
// platform's; nil for AWS's own.
func (c *Conn) endpoint(service string, found *string) *string {
	if url := c.cfg.Endpoints[service]; url != "" {
		return &url
	}
	if found == nil && service == "s3" && c.Platform.DefaultEndpoint != "" {
		return aws.String(c.Platform.DefaultEndpoint)
	}
	return found
}

// refuseWithout makes every call fail where there is no endpoint for it: AWS must not be sent what is meant for another
// store.
func (c *Conn) refuseWithout(endpoint *string, service string, options []stackOption) []stackOption {
	if endpoint != nil || c.Platform.AWS() {
		return options
	}
	return append(slices.Clip(options), refuse(fmt.Sprintf(
		"platform %s has no %s of its own: set endpoints.%s", c.Platform.Name, strings.ToUpper(service), service)))
}

// checksums are the settings of the environment or the profile, 0 for none: the SDK does not tell them from its default.
func (c *Conn) checksums() (aws.RequestChecksumCalculation, aws.ResponseChecksumValidation) {
	var request aws.RequestChecksumCalculation
	var response aws.ResponseChecksumValidation
	for _, source := range c.aws.ConfigSources {
		switch s := source.(type) {
		case config.EnvConfig:
			request, response = max(request, s.RequestChecksumCalculation), max(response, s.ResponseChecksumValidation)
		case config.SharedConfig:
			request, response = max(request, s.RequestChecksumCalculation), max(response, s.ResponseChecksumValidation)
		}
	}
	return request, response
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
	var silent *NoAnswerError
	if errors.As(context.Cause(ctx), &silent) {
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
	var mu sync.Mutex
	var timer *time.Timer
	silence := &NoAnswerError{After: bound, Err: errSilent}
	heard := func() {
		mu.Lock()
		defer mu.Unlock()
		if timer != nil {
			timer.Stop()
			timer = nil
		}
	}
	expire := func() {
		mu.Lock()
		defer mu.Unlock()
		silent := *silence
		cancel(&silent)
	}
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(host string) {
			mu.Lock()
			defer mu.Unlock()
			silence.Host = host
			if timer == nil {
				silence.Err = errSilent
				timer = time.AfterFunc(bound, expire)
			}
		},
		ConnectDone: func(_, _ string, err error) {
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				silence.Err = err
			}
		},
		GotFirstResponseByte: heard,
	})
	return ctx, func() { heard(); cancel(nil) }
}
