package bucket

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/content"
)

// ErrNoBucket means that there is no bucket of the name.
var ErrNoBucket = errors.New("there is no bucket of this name")

// Emptying empties a bucket that stays.
type Emptying struct{ *emptier }

// NewEmptying is about the keys of a bucket that begin with the prefix. With bypass, versions under governance
// retention go too.
func NewEmptying(conn *awsclient.Conn, name, prefix string, bypass bool) Emptying {
	return Emptying{newBucket(conn).emptier(Spec{
		Name: name, Prefix: prefix, Region: conn.Region, Partition: conn.Partition, BypassGovernance: bypass,
	})}
}

// Deleted is how many versions and delete markers were deleted so far.
func (e Emptying) Deleted() int64 { return e.deleted.Load() }

// Run deletes everything. Nothing goes if the bucket is not the account's own, or if S3 would not delete all of it.
func (e Emptying) Run(ctx context.Context) error {
	region, exists, err := Locate(ctx, e.conn, e.spec.Name, e.spec.Region)
	switch {
	case err != nil:
		return err
	case !exists:
		return fmt.Errorf("%s: %w", e.spec.Name, ErrNoBucket)
	}
	e.spec.Region = region
	if err := e.owned(ctx); err != nil {
		return err
	}
	if err := e.unlocked(ctx, e.spec); err != nil {
		return err
	}
	var left []types.ObjectIdentifier
	for _, parts := range []int{atOnce, 1} { // a store may leave something out of a part of its list
		if err := e.empty(ctx, parts); err != nil {
			return err
		}
		if left, err = e.list(ctx, e.spec); err != nil || len(left) == 0 {
			return err
		}
	}
	var names []string
	for _, one := range left {
		names = append(names, aws.ToString(one.Key))
	}
	return fmt.Errorf("the bucket %s is not empty after all was deleted: it holds %s ..., which something puts there, or "+
		"which the store does not delete", e.spec.Name, strings.Join(names, ", "))
}

// owned refuses a bucket of another account, which a policy may open for these credentials: a name that one account has
// given up is anybody's.
func (e Emptying) owned(ctx context.Context) error {
	if !e.conn.Platform.AWSEndpoints || e.conn.AccountID == "" {
		return nil
	}
	_, err := e.HeadBucket(ctx, &s3.HeadBucketInput{
		Bucket: &e.spec.Name, ExpectedBucketOwner: content.OrNil(e.conn.AccountID),
	}, at(e.spec))
	if awsclient.IsAccessDenied(err) {
		if _, seen := e.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &e.spec.Name}, at(e.spec)); seen != nil {
			return seen // refused without the condition too
		}
		return fmt.Errorf("the bucket %s belongs to another account than the credentials, which are of %s, and is not "+
			"emptied: use credentials of its account", e.spec.Name, e.conn.AccountID)
	}
	return err
}
