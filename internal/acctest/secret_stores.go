package acctest

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
)

// SSM is a plain client of the emulator itself, as root.
func (b *Bench) SSM() *ssm.Client {
	return ssm.New(ssm.Options{Region: Region, BaseEndpoint: &b.Endpoint, Credentials: b.Root()})
}

// SecretsManager is a plain client of the emulator itself, as root.
func (b *Bench) SecretsManager() *secretsmanager.Client {
	return secretsmanager.New(secretsmanager.Options{Region: Region, BaseEndpoint: &b.Endpoint, Credentials: b.Root()})
}

// StoredKey is an access key as a store of AWS holds it.
type StoredKey struct {
	ID     string `json:"access_key_id"`
	Secret string `json:"secret_access_key"`
}

// LookUp reads the key that an SSM parameter holds.
func (b *Bench) LookUp(ctx context.Context, name string) (StoredKey, error) {
	out, err := b.SSM().GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: new(true)})
	if err != nil {
		return StoredKey{}, err
	}
	return storedKey(*out.Parameter.Value)
}

// LookUpSecret reads the key that a Secrets Manager secret holds.
func (b *Bench) LookUpSecret(ctx context.Context, name string) (StoredKey, error) {
	out, err := b.SecretsManager().GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if err != nil {
		return StoredKey{}, err
	}
	return storedKey(*out.SecretString)
}

func storedKey(text string) (key StoredKey, err error) {
	err = json.Unmarshal([]byte(text), &key)
	return key, err
}
