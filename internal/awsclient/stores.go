package awsclient

import (
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
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
