package versitygw

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Bucket is a bucket of the gateway.
type Bucket struct {
	Name  string
	Owner string // access key, which may be of a user that was deleted
}

// NewBucket is a bucket to make.
type NewBucket struct {
	Name       string
	Owner      string // access key of a user, or of the root
	ObjectLock bool
	Ownership  string // as in PutBucketOwnershipControls; "" for the gateway's default
}

// CreateBucket makes a bucket that belongs to the owner from the start. An owner that does not exist is
// awsclient.IsNotFound, a bucket that does awsclient.IsExists. A gateway with standalone IAM makes the bucket and gives
// it to the root, whatever the owner is.
//
// No region is sent: the gateway's own is the default, and one on a separate admin port ends in an internal error.
func (c *Client) CreateBucket(ctx context.Context, bucket NewBucket) error {
	header := http.Header{}
	header.Set("X-Vgw-Owner", bucket.Owner)
	if bucket.ObjectLock {
		header.Set("X-Amz-Bucket-Object-Lock-Enabled", "true")
	}
	if bucket.Ownership != "" {
		header.Set("X-Amz-Object-Ownership", bucket.Ownership)
	}
	return c.write(ctx, &awsclient.AdminCall{
		Operation: "CreateBucket", Path: []string{url.PathEscape(bucket.Name), "create"}, Header: header,
		Bucket: &bucket.Name,
	})
}

// ChangeBucketOwner gives a bucket to another user, or to the root. The gateway deletes the bucket's policy and resets
// its ACL, even if the owner is the same: call it only for another owner, and write the policy again. An absent user or
// bucket is awsclient.IsNotFound.
func (c *Client) ChangeBucketOwner(ctx context.Context, bucket, owner string) error {
	return c.write(ctx, &awsclient.AdminCall{
		Operation: "ChangeBucketOwner", Path: []string{"change-bucket-owner"},
		Query: url.Values{"bucket": {bucket}, "owner": {owner}}, Bucket: &bucket,
	})
}

// Buckets are all buckets with their owners, sorted by name.
func (c *Client) Buckets(ctx context.Context) ([]Bucket, error) {
	return c.buckets.get(ctx, func(ctx context.Context) ([]Bucket, error) {
		// The page of VersityGW calls the element Bucket, and 1.8.0 sends Buckets.
		var answer struct {
			Buckets []Bucket `xml:"Buckets"`
			Bucket  []Bucket `xml:"Bucket"`
		}
		call := &awsclient.AdminCall{Operation: "ListBuckets", Path: []string{"list-buckets"}}
		if err := c.read(ctx, call, &answer); err != nil {
			return nil, err
		}
		return append(append([]Bucket{}, answer.Buckets...), answer.Bucket...), nil
	})
}

// BucketOwner is the access key of a bucket's owner. It is false if there is no such bucket.
func (c *Client) BucketOwner(ctx context.Context, bucket string) (owner string, exists bool, err error) {
	buckets, err := c.Buckets(ctx)
	for _, b := range buckets {
		if b.Name == bucket {
			return b.Owner, true, nil
		}
	}
	return "", false, err
}

// BucketsLike are the buckets of the owner whose names begin so; "" is any.
func (c *Client) BucketsLike(ctx context.Context, owner, prefix string) ([]Bucket, error) {
	buckets, err := c.Buckets(ctx)
	if err != nil {
		return nil, err
	}
	found := []Bucket{}
	for _, b := range buckets {
		if (owner == "" || b.Owner == owner) && strings.HasPrefix(b.Name, prefix) {
			found = append(found, b)
		}
	}
	return found, nil
}

// ForgetLists lets the next question read the lists again: a bucket was made or deleted by other calls.
func (c *Client) ForgetLists() { c.forget() }
