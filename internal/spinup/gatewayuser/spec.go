// Package gatewayuser is the domain of spinup_gateway_user: a user of VersityGW's own, with one secret that is given or
// generated here. It may import reconcile, awsclient, versitygw and secretstore; no Terraform types.
package gatewayuser

import (
	"crypto/rand"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

type (
	composite = reconcile.Composite[Spec, Status]
	part      = reconcile.Part[Spec, Status]
	wish      = reconcile.Wish[Spec]
)

// Spec is what is wanted of a user, or what state remembers of it.
type Spec struct {
	AccessKey    string
	Role         string
	IDs          versitygw.IDs
	Secret       *Secret // nil: the secret is not managed
	ForceDestroy bool
}

// Secret is a secret that is given, or one that is generated.
type Secret struct {
	Version string // of a given one; "" for one that is generated
	Given   string // known in a write only

	Fresh  bool // one is to be generated in this run
	Length int
	Store  secretstore.Store
	Stored bool // Store holds it
}

// renews reports whether the user is to get a new secret.
func renews(w wish) bool {
	want, was := w.Want.Secret, w.Before().Secret
	switch {
	case want == nil:
		return false
	case want.Version == "":
		return want.Fresh
	}
	return was == nil || was.Version != want.Version
}

// generates reports whether the spec has a secret that is generated here.
func generates(s Spec) bool { return s.Secret != nil && s.Secret.Version == "" }

// gives reports whether the spec has a secret that is given.
func gives(s Spec) bool { return s.Secret != nil && s.Secret.Version != "" }

// storedAt is the store of AWS that holds the secret according to state; zero for none.
func storedAt(w wish) secretstore.Store {
	if was := w.Before().Secret; was != nil && was.Stored {
		return was.Store
	}
	return secretstore.Store{}
}

// wantedStore is the store of AWS that is wanted; zero for none.
func wantedStore(w wish) secretstore.Store {
	if s := w.Want.Secret; s != nil && s.Store.InAWS() {
		return s.Store
	}
	return secretstore.Store{}
}

// Status is what was seen of a user; nil is absent.
type Status struct {
	User   *versitygw.User
	Stored *secretstore.Store // the store of AWS that holds the secret: known from state and this run
	Held   *secretstore.Held  // what stands where a new secret is to be stored; nil when not looked at
	Issued *Issued            // the secret that the user got in this run
}

// Issued is a secret that the user got in this run.
type Issued struct {
	secretstore.Delivered

	Digest versitygw.Digest
}

// Stores reports whether a store of AWS holds the secret.
func (o Status) Stores() bool { return o.Stored != nil && o.Stored.InAWS() }

// letters are those of a generated secret: none of them means anything to a shell, in a URL or in XML.
const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// generate makes a secret of so many letters, each as likely as any other.
func generate(length int) string {
	secret, random := make([]byte, 0, length), make([]byte, 64)
	const fair = 256 / len(letters) * len(letters)
	for len(secret) < length {
		_, _ = rand.Read(random) // never fails
		for _, b := range random {
			if int(b) < fair && len(secret) < length {
				secret = append(secret, letters[int(b)%len(letters)])
			}
		}
	}
	return string(secret)
}
