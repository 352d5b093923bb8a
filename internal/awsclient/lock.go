package awsclient

import (
	"context"
	"fmt"
)

// Lock waits until nobody else in this process writes to the bucket, and keeps others out until unlock is called. The
// bucket policy and the lifecycle configuration are each one document with several writers, and S3 answers concurrent
// changes of one bucket with OperationAborted. The error is ctx's.
func (c *Conn) Lock(ctx context.Context, bucket string) (unlock func(), err error) {
	held := c.Shared("lock of "+bucket, func() any { return make(chan struct{}, 1) }).(chan struct{})
	select {
	case held <- struct{}{}:
		return func() { <-held }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for another change of bucket %s: %w", bucket, context.Cause(ctx))
	}
}

// Shared gives what all who use this connection share under a key. The first to ask has it made.
func (c *Conn) Shared(key string, make func() any) any {
	if found, ok := c.shared.Load(key); ok {
		return found
	}
	found, _ := c.shared.LoadOrStore(key, make())
	return found
}
