package provider

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"

	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// hashKey is the name of a secretHash among what Terraform keeps privately.
const hashKey = "secret"

// secretHash tells whether a secret is the one that was given. It is salted and slow to compute, because a secret may
// be a word that somebody thought of. The zero value knows nothing.
type secretHash struct {
	Salt       []byte `json:"salt,omitempty"`
	Hash       []byte `json:"hash,omitempty"`
	Iterations int    `json:"iterations,omitempty"`
}

// hashIterations takes about a tenth of a second.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
const hashIterations = 600_000

func newHash(digest versitygw.Digest) secretHash {
	h := secretHash{Salt: make([]byte, 16), Iterations: hashIterations}
	_, _ = rand.Read(h.Salt) // never fails
	h.Hash = h.of(digest)
	return h
}

func (h secretHash) of(digest versitygw.Digest) []byte {
	sum, err := pbkdf2.Key(sha256.New, string(digest[:]), h.Salt, h.Iterations, sha256.Size)
	if err != nil {
		return nil
	}
	return sum
}

// differs reports whether the secret is known to be another.
func (h secretHash) differs(digest versitygw.Digest) bool {
	return len(h.Hash) > 0 && subtle.ConstantTimeCompare(h.Hash, h.of(digest)) != 1
}

// text is the hash as JSON.
func (h secretHash) text() []byte {
	text, _ := json.Marshal(h) // numbers and bytes always marshal
	return text
}

// readHash is the hash in a JSON text; zero if there is none.
func readHash(text []byte) (h secretHash) {
	if json.Unmarshal(text, &h) != nil {
		return secretHash{}
	}
	return h
}
