package awsclient

import (
	"context"
	"fmt"
	"time"
)

// Session is what is known of the credentials of a connection.
type Session struct {
	Temporary bool      // they are of a session, which ends
	Ends      time.Time // zero if that is not known, or never
}

// Session looks at the credentials that calls are signed with.
func (c *Conn) Session(ctx context.Context) (Session, error) {
	found, err := c.aws.Credentials.Retrieve(ctx)
	if err != nil {
		return Session{}, fmt.Errorf("credentials: %w", c.cfg.secrets().error(err))
	}
	session := Session{Temporary: found.SessionToken != ""}
	if found.CanExpire {
		session.Ends = found.Expires
	}
	return session, nil
}
