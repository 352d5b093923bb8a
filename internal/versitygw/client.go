// Package versitygw is a client of VersityGW's Admin API: the gateway's own users, and the owners of its buckets. It
// has what was tried on VersityGW 1.8.0, and imports awsclient and the standard library only.
//
// The lists of the Admin API have no filter, and that of the users has the secret of each in clear text. So a list is
// read once for all who ask at about the same time, and of a secret only its digest is kept.
package versitygw

import (
	"context"
	"encoding/xml"
	"fmt"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Client calls the Admin API. All clients of one connection share their lists, and make one change at a time: a
// change of the users is a read and a write of one file.
type Client struct {
	admin *awsclient.Admin

	*shared
}

// shared is what all clients of a connection share.
type shared struct {
	writes  gate
	users   *list[User]
	buckets *list[Bucket]
}

// New returns a client for the connection. It makes no call.
func New(conn *awsclient.Conn) *Client {
	s := conn.Shared("versitygw", func() any {
		return &shared{writes: newGate(), users: newList[User](conn.Pace.Share), buckets: newList[Bucket](conn.Pace.Share)}
	}).(*shared)
	return &Client{awsclient.NewAdmin(conn), s}
}

// Endpoint is where the Admin API is.
func (c *Client) Endpoint() string { return c.admin.Endpoint() }

// write makes a call that changes something, when no other one is under way.
func (c *Client) write(ctx context.Context, call *awsclient.AdminCall) error {
	if err := c.writes.enter(ctx); err != nil {
		return fmt.Errorf("waiting for another change through the Admin API: %w", err)
	}
	defer c.writes.leave()
	c.forget()
	defer c.forget() // also what was read in the meantime
	_, err := c.admin.Do(ctx, call)
	return err
}

// forget lets the next question read the lists again.
func (c *Client) forget() {
	c.users.forget()
	c.buckets.forget()
}

// read makes a call whose answer is an XML document.
func (c *Client) read(ctx context.Context, call *awsclient.AdminCall, into any) error {
	content, err := c.admin.Do(ctx, call)
	if err != nil {
		return err
	}
	defer clear(content)
	if err := xml.Unmarshal(content, into); err != nil {
		return fmt.Errorf("admin %s: the answer cannot be read", call.Operation) // the error may quote it
	}
	return nil
}

// gate lets one through at a time.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

// enter waits until the gate is free, or ctx ends.
func (g gate) enter(ctx context.Context) error {
	select {
	case g <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (g gate) leave() { <-g }
