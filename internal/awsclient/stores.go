package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// SSM is the client of Systems Manager, as cheap to make as S3's.
func SSM(c *Conn) *ssm.Client {
	return ssm.NewFromConfig(c.aws, func(o *ssm.Options) {
		o.Retryer = c.retryers["ssm"]
		o.BaseEndpoint = c.endpoint("ssm", o.BaseEndpoint)
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "ssm", o.APIOptions)
	})
}

// SecretsManager is the client of Secrets Manager, as cheap to make as S3's.
func SecretsManager(c *Conn) *secretsmanager.Client {
	return secretsmanager.NewFromConfig(c.aws, func(o *secretsmanager.Options) {
		o.Retryer = c.retryers["secretsmanager"]
		o.BaseEndpoint = c.endpoint("secretsmanager", o.BaseEndpoint)
		o.APIOptions = c.refuseWithout(o.BaseEndpoint, "secretsmanager", o.APIOptions)
	})
}

// KeyAccepted waits until AWS knows a new access key: for some seconds after it was made, requests signed with it are
// refused. STS tells without asking for a permission. Where there is no STS nothing is waited for.
func KeyAccepted(ctx context.Context, c *Conn, id, secret string) error {
	if !c.Platform.STS {
		return nil
	}
	return Until(ctx, c.Pace, "AWS to accept the new access key", func(ctx context.Context) (bool, error) {
		_, err := STS(c).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}, func(o *sts.Options) {
			o.Credentials = aws.NewCredentialsCache(credentials.NewStaticCredentialsProvider(id, secret, ""))
		})
		switch {
		case IsCredentials(err):
			return false, nil
		case IsAccessDenied(err): // known, though a policy forbids even this
			return true, nil
		}
		return err == nil, err
	})
}

// Patiently repeats a write for as long as AWS does not yet show what the write before it made: while early says so of
// its error, within the pace's consistency bound.
func Patiently(ctx context.Context, pace Pace, what string, early func(error) bool, write func() error) error {
	var last error
	err := Until(ctx, pace, what, func(context.Context) (bool, error) {
		last = write()
		if last != nil && early(last) {
			return false, nil
		}
		return true, last
	})
	if err != nil && last != nil && !errors.Is(err, last) {
		return fmt.Errorf("%w: %w", err, last)
	}
	return err
}

// PolicyText is the text of a policy as IAM answers it: percent-encoded (RFC 3986), so that a plus sign is one.
func PolicyText(answer *string) (string, error) { return url.PathUnescape(aws.ToString(answer)) }
