package awsclient

import (
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
// It holds no service client on purpose: S3, IAM and STS are functions. A type that an interface value can reach
// through the types of fields, parameters and results keeps all its methods when linked, and the operations of IAM that
// nobody calls weigh 5 MB. (Those of S3 stay in any case: the SDK reaches its client so by itself.)
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
	shared   sync.Map                 // see Shared
}

// Connect finds credentials and asks STS once whose they are, unless the configuration does without. All callers share
// one connecting. If it fails all who wait get the error, a *ConnectError, and a later call tries again; after a
// *NoAnswerError it gets the same at once, or each of many resources would wait as long as the first.
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
	var silent *NoAnswerError
	if a.err != nil && !errors.As(a.err, &silent) {
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
	for _, service := range EndpointServices() {
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
		return &ConnectError{Err: fmt.Errorf("%w: the credentials belong to account "+
			"%s", ErrWrongAccount, c.AccountID)}
	}
	return nil
}
