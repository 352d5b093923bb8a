package provider

import (
	"bytes"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// TestSecretHash: it knows the secret again, also after Terraform kept it, and tells nothing else.
func TestSecretHash(t *testing.T) {
	mine, other := versitygw.DigestOf("mine-secret"), versitygw.DigestOf("other-secret")
	first, second := newHash(mine), newHash(mine)
	if bytes.Equal(first.Hash, second.Hash) {
		t.Error("the same secret has the same hash twice")
	}
	kept := readHash(first.text())
	if kept.differs(mine) || !kept.differs(other) {
		t.Error("the secret is not known again")
	}
	for _, nothing := range []secretHash{readHash(nil), readHash([]byte("no JSON")), readHash(secretHash{}.text())} {
		if nothing.differs(other) {
			t.Error("a hash of nothing differs")
		}
	}
}
