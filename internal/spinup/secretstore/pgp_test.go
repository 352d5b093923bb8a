package secretstore

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-cmp/cmp"
)

// newPGP makes an OpenPGP key.
func newPGP(t *testing.T, config packet.Config) *openpgp.Entity {
	t.Helper()
	config.Algorithm = packet.PubKeyAlgoEdDSA // quick to make
	entity, err := openpgp.NewEntity("Ann", "", "ann@example.edu", &config)
	if err != nil {
		t.Fatal(err)
	}
	return entity
}

func serialized(t *testing.T, write ...func(io.Writer) error) []byte {
	t.Helper()
	var raw bytes.Buffer
	for _, one := range write {
		if err := one(&raw); err != nil {
			t.Fatal(err)
		}
	}
	return raw.Bytes()
}

func inArmor(t *testing.T, kind string, raw []byte) string {
	t.Helper()
	var text bytes.Buffer
	w, err := armor.Encode(&text, kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(raw)
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func TestEncrypt(t *testing.T) {
	const secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	entity := newPGP(t, packet.Config{})
	public := serialized(t, entity.Serialize)
	text := inArmor(t, openpgp.PublicKeyType, public)
	for name, key := range map[string]string{
		"armored": text, "armored, with space around": "\n  " + text + "\n\n", "base64": base64.StdEncoding.EncodeToString(public),
	} {
		if err := CheckPGPKey(key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		message, err := Encrypt(key, secret)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		block, err := armor.Decode(strings.NewReader(message))
		if err != nil || block.Type != "PGP MESSAGE" {
			t.Errorf("%s: %v in %s", name, err, message)
			continue
		}
		plain, err := openpgp.ReadMessage(block.Body, openpgp.EntityList{entity}, nil, nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := io.ReadAll(plain.UnverifiedBody); string(got) != secret || err != nil {
			t.Errorf("%s: decrypted %q, %v", name, got, err)
		}
	}
}

func TestCheckPGPKey_refuses(t *testing.T) {
	entity, second := newPGP(t, packet.Config{}), newPGP(t, packet.Config{})
	private := serialized(t, func(w io.Writer) error { return entity.SerializePrivate(w, nil) })
	for name, test := range map[string]struct{ key, says string }{
		"nothing":     {"", "0 keys, want one"},
		"words":       {"ann@example.edu", "neither armored nor base64"},
		"other bytes": {"aGVsbG8=", "not an OpenPGP key"},
		"cut short": {
			inArmor(t, openpgp.PublicKeyType, serialized(t, entity.Serialize)[:40]), "not an OpenPGP key",
		},
		"a message": {inArmor(t, "PGP MESSAGE", serialized(t, entity.Serialize)), "not an OpenPGP key"},
		"two keys": {
			inArmor(t, openpgp.PublicKeyType, serialized(t, entity.Serialize, second.Serialize)), "2 keys, want one",
		},
		"a private key":           {inArmor(t, openpgp.PrivateKeyType, private), "private key: use the public one"},
		"a private key in base64": {base64.StdEncoding.EncodeToString(private), "private key: use the public one"},
		"two blocks": {
			inArmor(t, openpgp.PublicKeyType, serialized(t, entity.Serialize)) + "\n" +
				inArmor(t, openpgp.PublicKeyType, serialized(t, second.Serialize)), "2 keys, want one",
		},
		"base64 of armored text": {
			base64.StdEncoding.EncodeToString([]byte(inArmor(t, openpgp.PublicKeyType, serialized(t, entity.Serialize)))),
			"base64 of the armored text",
		},
		"a name at Keybase": {"keybase:ann", "paste the public key itself"},
	} {
		err := CheckPGPKey(test.key)
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
			continue
		}
		for line := range strings.Lines(test.key) {
			if len(line) > 20 && strings.Contains(err.Error(), strings.TrimSpace(line)) {
				t.Errorf("%s: the error shows the key: %v", name, err)
			}
		}
	}
}

// That a key has expired matters to what is to be encrypted for it, and to nothing else.
func TestCanEncrypt(t *testing.T) {
	yesterday := func() time.Time { return time.Now().Add(-24 * time.Hour) }
	expired := newPGP(t, packet.Config{KeyLifetimeSecs: 60, Time: yesterday})
	signing := newPGP(t, packet.Config{})
	signing.Subkeys = nil // the primary key only signs
	for says, entity := range map[string]*openpgp.Entity{
		"has expired": expired, "no valid subkey to encrypt with": signing, "": newPGP(t, packet.Config{}),
	} {
		key := inArmor(t, openpgp.PublicKeyType, serialized(t, entity.Serialize))
		if err := CheckPGPKey(key); err != nil {
			t.Errorf("%q: as configuration: %v", says, err)
		}
		err := CanEncrypt(key)
		if (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestValue(t *testing.T) {
	var got map[string]string
	if err := json.Unmarshal([]byte(value(Key{ID: "AK1", Secret: `a"b/c+d`})), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"access_key_id": "AK1", "secret_access_key": `a"b/c+d`}, got); diff != "" {
		t.Error("-want +got:\n" + diff)
	}
}
