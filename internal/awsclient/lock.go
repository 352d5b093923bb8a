package awsclient

import (
	"context"
	"fmt"
)

// Lock waits until nothing else in this process writes to the bucket, and holds the bucket until unlock is called. The
// bucket policy and the lifecycle configuration are each one document with several writers, and S3 refuses concurrent
// changes of one bucket with OperationAborted. It returns an error only if ctx ends first.
func (c *Conn) Lock(ctx context.Context, bucket string) (unlock func(), err error) {
	held := c.Shared("lock of "+bucket, func() any { return make(chan struct{}, 1) }).(chan struct{})
	select {
	case held <- struct{}{}:
		return func() { <-held }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for another change of bucket %s: %w", bucket, context.Cause(ctx))
	}
}

// Shared returns the value that all users of the connection share under the key. The first call makes it.
func (c *Conn) Shared(key string, make func() any) any {
	if found, ok := c.shared.Load(key); ok {
		return found
	}
	found, _ := c.shared.LoadOrStore(key, make())
	return found
}
