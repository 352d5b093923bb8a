package awsclient

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// KeyAccepted waits until AWS accepts a new access key, which takes some seconds. It asks STS, which needs no
// permission; without STS it does not wait.
func KeyAccepted(ctx context.Context, c *Conn, id, secret string) error {
	if !c.Platform.STS {
		return nil
	}
	return c.Until(ctx, "AWS to accept the new access key", func(ctx context.Context) (bool, error) {
		_, err := STS(c).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}, func(o *sts.Options) {
			o.Credentials = aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(id, secret, ""))
		})
		switch {
		case IsCredentials(err):
			return false, nil
		case IsAccessDenied(err): // accepted, though a policy denies even this call
			return true, nil
		}
		return err == nil, err
	})
}
