package secretstore

import (
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Reads are the operations that read a stored key. Only those of the store in use are needed.
type Reads struct {
	GetParameter   awsclient.SSMCall[ssm.GetParameterInput, ssm.GetParameterOutput]                                      `iam:"ssm:GetParameter" on:"parameter"`
	GetSecretValue awsclient.SecretsManagerCall[secretsmanager.GetSecretValueInput, secretsmanager.GetSecretValueOutput] `iam:"secretsmanager:GetSecretValue" on:"secret"`
}

// API are the operations on the stores of a new secret. Only those of the store in use are needed.
type API struct {
	Reads
	PutParameter        awsclient.SSMCall[ssm.PutParameterInput, ssm.PutParameterOutput]                                      `iam:"ssm:PutParameter" on:"parameter"`
	GetParameterHistory awsclient.SSMCall[ssm.GetParameterHistoryInput, ssm.GetParameterHistoryOutput]                        `iam:"ssm:GetParameterHistory" on:"parameter"`
	DeleteParameter     awsclient.SSMCall[ssm.DeleteParameterInput, ssm.DeleteParameterOutput]                                `iam:"ssm:DeleteParameter" on:"parameter"`
	CreateSecret        awsclient.SecretsManagerCall[secretsmanager.CreateSecretInput, secretsmanager.CreateSecretOutput]     `iam:"secretsmanager:CreateSecret" on:"secret"`
	PutSecretValue      awsclient.SecretsManagerCall[secretsmanager.PutSecretValueInput, secretsmanager.PutSecretValueOutput] `iam:"secretsmanager:PutSecretValue" on:"secret"`
	DescribeSecret      awsclient.SecretsManagerCall[secretsmanager.DescribeSecretInput, secretsmanager.DescribeSecretOutput] `iam:"secretsmanager:DescribeSecret" on:"secret"`
	DeleteSecret        awsclient.SecretsManagerCall[secretsmanager.DeleteSecretInput, secretsmanager.DeleteSecretOutput]     `iam:"secretsmanager:DeleteSecret" on:"secret"`
}

// NewAPI takes the operations from the service clients.
func NewAPI(c *awsclient.Conn) API {
	ssm, secrets := awsclient.SSM(c), awsclient.SecretsManager(c)
	return API{
		Reads:               Reads{ssm.GetParameter, secrets.GetSecretValue},
		PutParameter:        ssm.PutParameter,
		GetParameterHistory: ssm.GetParameterHistory,
		DeleteParameter:     ssm.DeleteParameter,
		CreateSecret:        secrets.CreateSecret,
		PutSecretValue:      secrets.PutSecretValue,
		DescribeSecret:      secrets.DescribeSecret,
		DeleteSecret:        secrets.DeleteSecret,
	}
}
