package awsclient

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Client connects on first use. It is safe for concurrent use.
type Client struct {
	cfg  Config
	pace Pace

	mu      sync.Mutex
	ongoing *attempt
}

// attempt is one attempt to connect, shared by all callers that wait for it.
type attempt struct {
	done chan struct{} // closed when conn and err are set
	conn *Conn
	err  error
}

// New returns a client for a configuration that Validate has accepted. It does not connect yet.
func New(cfg Config, pace Pace) *Client {
	return &Client{cfg: cfg, pace: pace}
}

// Conn is a connection: credentials, the identity behind them, and how calls are made.
//
// It has no fields for service clients on purpose: S3, IAM and the others are functions. The linker keeps all methods
// of a type that an interface value can reach through the types of fields, parameters and results, and the unused
// operations of IAM alone take 5 MB. (Those of S3 stay in any case, because the SDK itself reaches its client so.)
type Conn struct {
	Region    string
	Partition string
	AccountID string // "" if STS is not called
	CallerARN string // "" if STS is not called
	CallerID  string // "" if STS is not called
	Platform  Platform
	Pace      Pace

	aws      aws.Config
	cfg      Config
	within   func(most int) aws.HTTPClient
	retryers map[string]aws.RetryerV2 // one per service: throttling by one says nothing about another
	shared   sync.Map                 // see Shared
}

// Connect finds credentials and asks STS once whose they are, unless the configuration turns that off. Concurrent
// callers share one attempt and its error, a *ConnectError. A later call tries again, except after a *NoAnswerError: it
// gets the same error at once, because each of many resources would otherwise wait as long as the first.
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

// run connects for all callers, so it does not end with the first caller's context.
func (c *Client) run(ctx context.Context, a *attempt) {
	a.conn, a.err = c.connect(context.WithoutCancel(ctx))
	var noAnswer *NoAnswerError
	if a.err != nil && !errors.As(a.err, &noAnswer) {
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
	if c.cfg.callsSTS() {
		if err := conn.identify(ctx, c.cfg); err != nil {
			return nil, err
		}
	}
	return conn, nil
}

// writeBuffer is how many bytes of a request are written at once. What fits in beside the headers takes one write, and
// no buffer of its own to be copied by.
const writeBuffer = 16 << 10

// transport is what sends requests, over at most so many connections to one host; 0 is no bound. A client that was not
// built by the SDK stays as it is.
func transport(client aws.HTTPClient, pace Pace, most int) aws.HTTPClient {
	if built, ok := client.(*awshttp.BuildableClient); ok {
		// Frozen, because otherwise each service client would have its own pool of connections.
		client = built.WithDialerOptions(func(d *net.Dialer) {
			d.Timeout = pace.DialTimeout
		}).WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConnsPerHost = max(t.MaxIdleConns, most) // all calls go to a few hosts, many at once
			t.MaxIdleConns = t.MaxIdleConnsPerHost
			t.MaxConnsPerHost = most
			t.WriteBufferSize = writeBuffer
		}).Freeze()
	}
	if pace.Silence > 0 {
		return silenceBound{client: client, bound: pace.Silence}
	}
	return client
}

// conn sets up retries, the transport and the middleware.
func (c Config) conn(found aws.Config, pace Pace) *Conn {
	retries := DefaultMaxRetries
	switch {
	case c.MaxRetries != nil:
		retries = *c.MaxRetries
	case found.RetryMaxAttempts > 0: // from AWS_MAX_ATTEMPTS or the profile
		retries = found.RetryMaxAttempts - 1
	}
	mode := aws.RetryMode(cmp.Or(c.RetryMode, string(found.RetryMode)))
	found.Retryer, found.RetryMaxAttempts, found.RetryMode = nil, 0, "" // each service has its own, below

	client := found.HTTPClient
	within := func(most int) aws.HTTPClient { return transport(client, pace, most) }
	found.HTTPClient = within(0)
	first := &firstAnswer{pace: pace, services: map[string]*serviceState{}}
	isAWS := c.PlatformOf().AWSEndpoints
	found.APIOptions = append(slices.Clip(found.APIOptions), describeFailure(isAWS), first.add, recordOutcome,
		checkAnswers(isAWS))

	conn := &Conn{
		Region: found.Region, Partition: c.Partition(found.Region), Platform: c.PlatformOf(), Pace: pace,
		aws: found, cfg: c, within: within, retryers: map[string]aws.RetryerV2{},
	}
	for _, service := range EndpointServices() {
		conn.retryers[service] = newRetryer(pace, retries, mode)
	}
	conn.retryers[AdminService] = newAdminRetryer(pace, retries)
	return conn
}

// identify asks STS who the caller is and checks the account.
func (c *Conn) identify(ctx context.Context, cfg Config) error {
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
