package website

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// NewPurges takes the operations from the service client.
func NewPurges(c *awsclient.Conn) Purges {
	cf := awsclient.CloudFront(c)
	return Purges{cf.CreateInvalidation, cf.GetInvalidation}
}

// Purge begins to remove paths from the caches of a distribution, and gives the id of the invalidation. The same
// reference makes two calls one.
func (p Purges) Purge(ctx context.Context, distribution, reference string, paths []string) (id string, err error) {
	out, err := p.CreateInvalidation(ctx, &cloudfront.CreateInvalidationInput{
		DistributionId: &distribution,
		InvalidationBatch: &types.InvalidationBatch{
			CallerReference: aws.String("spinup-" + reference),
			Paths:           &types.Paths{Quantity: aws.Int32(int32(len(paths))), Items: paths},
		},
	})
	if err != nil {
		return "", err
	}
	if out.Invalidation == nil {
		return "", errors.New("the answer holds no invalidation")
	}
	return aws.ToString(out.Invalidation.Id), nil
}

// Purged waits until the caches are rid of what was invalidated. Seen gets each status that is not the last.
func (p Purges) Purged(
	ctx context.Context, pace awsclient.Pace, distribution, id string, seen func(status string),
) error {
	pace.PollMin, pace.PollMax, pace.Consistency = pace.DeployMin, pace.DeployMax, pace.Deployment
	what := fmt.Sprintf("invalidation %s of distribution %s", id, distribution)
	return awsclient.Until(ctx, pace, what, func(ctx context.Context) (bool, error) {
		out, err := p.GetInvalidation(ctx, &cloudfront.GetInvalidationInput{DistributionId: &distribution, Id: &id})
		if err != nil {
			return false, err
		}
		status := ""
		if out.Invalidation != nil {
			status = aws.ToString(out.Invalidation.Status)
		}
		if status == "Completed" {
			return true, nil
		}
		seen(status)
		return false, nil
	})
}

// ErrNoDistribution means that no distribution has the name of a site.
var ErrNoDistribution = errors.New("no distribution has this name among its own")

// Invalidate removes paths from the caches of the distribution that answers for a domain or, without one, of the
// distribution of the id, and waits until that is done. After an error, an id of an invalidation is one that was begun.
func Invalidate(
	ctx context.Context, conn *awsclient.Conn, domain, distribution string, paths []string, tell func(string),
) (id string, err error) {
	if domain != "" {
		w := website{API: API{Reads: Reads{ListDistributions: awsclient.CloudFront(conn).ListDistributions}}, conn: conn}
		if distribution, err = w.withAlias(ctx, []string{domain}); err != nil {
			return "", err
		}
		if distribution == "" {
			return "", fmt.Errorf("%s: %w", domain, ErrNoDistribution)
		}
	}
	purges := NewPurges(conn)
	if id, err = purges.Purge(ctx, distribution, strings.ToLower(rand.Text()), paths); err != nil {
		return "", err
	}
	tell(fmt.Sprintf("invalidation %s of distribution %s was begun", id, distribution))
	return id, purges.Purged(ctx, conn.Pace, distribution, id, func(status string) {
		tell(fmt.Sprintf("invalidation %s: %s", id, status))
	})
}
