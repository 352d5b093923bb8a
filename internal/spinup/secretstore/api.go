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

// Looks are the operations that look at a store and read its key, which a plan does when an action may have rotated it.
type Looks struct {
	Reads
	GetParameterHistory awsclient.SSMCall[ssm.GetParameterHistoryInput, ssm.GetParameterHistoryOutput]                        `iam:"ssm:GetParameterHistory" on:"parameter"`
	DescribeSecret      awsclient.SecretsManagerCall[secretsmanager.DescribeSecretInput, secretsmanager.DescribeSecretOutput] `iam:"secretsmanager:DescribeSecret" on:"secret"`
}

// API are the operations on the stores of a new secret. Only those of the store in use are needed.
type API struct {
	Looks
	PutParameter    awsclient.SSMCall[ssm.PutParameterInput, ssm.PutParameterOutput]                                      `iam:"ssm:PutParameter" on:"parameter"`
	DeleteParameter awsclient.SSMCall[ssm.DeleteParameterInput, ssm.DeleteParameterOutput]                                `iam:"ssm:DeleteParameter" on:"parameter"`
	CreateSecret    awsclient.SecretsManagerCall[secretsmanager.CreateSecretInput, secretsmanager.CreateSecretOutput]     `iam:"secretsmanager:CreateSecret" on:"secret"`
	PutSecretValue  awsclient.SecretsManagerCall[secretsmanager.PutSecretValueInput, secretsmanager.PutSecretValueOutput] `iam:"secretsmanager:PutSecretValue" on:"secret"`
	DeleteSecret    awsclient.SecretsManagerCall[secretsmanager.DeleteSecretInput, secretsmanager.DeleteSecretOutput]     `iam:"secretsmanager:DeleteSecret" on:"secret"`
}

// NewAPI takes the operations from the service clients.
func NewAPI(c *awsclient.Conn) API {
	ssm, secrets := awsclient.SSM(c), awsclient.SecretsManager(c)
	return API{
		Looks: Looks{
			Reads{ssm.GetParameter, secrets.GetSecretValue}, ssm.GetParameterHistory, secrets.DescribeSecret,
		},
		PutParameter:    ssm.PutParameter,
		DeleteParameter: ssm.DeleteParameter,
		CreateSecret:    secrets.CreateSecret,
		PutSecretValue:  secrets.PutSecretValue,
		DeleteSecret:    secrets.DeleteSecret,
	}
}
