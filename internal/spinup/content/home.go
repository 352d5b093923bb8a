package content

import (
	"context"
	"sync"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// home is the region of a bucket as far as it is known.
type home struct {
	mu     sync.Mutex
	region string
}

// AtHome makes a call in the region of a bucket, and returns that region. It begins with the provider's, unless S3 has
// already named another one.
func AtHome(
	ctx context.Context, conn *awsclient.Conn, bucket string, call func(ctx context.Context, region string) error,
) (region string, err error) {
	known := conn.Shared("region of "+bucket, func() any { return &home{region: conn.Region} }).(*home)
	known.mu.Lock()
	region = known.region
	known.mu.Unlock()
	err = call(ctx, region)
	elsewhere, ok := awsclient.Redirected(err)
	if !ok || elsewhere == region {
		return region, err
	}
	known.mu.Lock()
	known.region = elsewhere
	known.mu.Unlock()
	return elsewhere, call(ctx, elsewhere)
}
