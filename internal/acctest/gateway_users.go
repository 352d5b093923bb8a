package acctest

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/account"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// Admin is a client of the Admin API of VersityGW itself, as root.
func (b *Bench) Admin(t *testing.T) *versitygw.Client {
	t.Helper()
	pace := Pace()
	pace.Share = 0 // what Terraform does goes past this client
	client := awsclient.New(awsclient.Config{
		Platform: b.Kind.Platform(), Region: Region, AccessKey: b.base.Key, SecretKey: b.base.Secret,
		Endpoints: map[string]string{"s3": b.Endpoint},
	}, pace)
	return versitygw.New(Must(client.Connect(t.Context()))(t))
}

// User is the gateway's user with the access key; nil if there is none.
func (b *Bench) User(t *testing.T, accessKey string) *versitygw.User {
	t.Helper()
	return Must(b.Admin(t).User(t.Context(), accessKey))(t)
}

// Beside is a bench of the same name on a VersityGW, beside the one on an emulator, which has the stores for secrets.
func (b *Bench) Beside(t *testing.T) *Bench {
	t.Helper()
	e := start(t, emulator.VersityGW)
	other := &Bench{
		Kind: e.Kind, Endpoint: e.Endpoint, Name: b.Name, base: e, edge: e, account: account.New(e, e.Endpoint),
	}
	other.front(t)
	return other
}

// ProviderBeside is the provider block for a VersityGW beside an emulator, which takes root's key with any secret.
func (b *Bench) ProviderBeside(store *Bench) string {
	return fmt.Sprintf(`
terraform {
  required_providers {
    spinup = { source = "spinup-dev/spinup" }
  }
}

provider "spinup" {
  region     = %q
  access_key = %q
  secret_key = %q
  platform   = %q
  endpoints  = { s3 = %q, ssm = %[6]q, secretsmanager = %[6]q }
}
`, Region, store.base.Key, store.base.Secret, store.Kind.Platform(), store.Gateway.URL(), b.Gateway.URL())
}
