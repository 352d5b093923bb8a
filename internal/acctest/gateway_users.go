package acctest

import (
	"testing"

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
