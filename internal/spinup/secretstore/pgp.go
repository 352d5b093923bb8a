package secretstore

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
)

// CheckPGPKey returns why a text is not one public key, nil if it is. The key may have expired since: that matters only
// to what is still to be encrypted for it.
func CheckPGPKey(text string) error {
	_, err := parsePGPKey(text)
	return err
}

// CanEncrypt returns why nothing can be encrypted for a key, nil if it can.
func CanEncrypt(key string) error {
	to, err := parsePGPKey(key)
	if err != nil {
		return err
	}
	if _, ok := to[0].EncryptionKey(time.Now()); !ok {
		key, identity := to[0].PrimaryKey, to[0].PrimaryIdentity()
		if identity != nil && key.KeyExpired(identity.SelfSignature, time.Now()) {
			return fmt.Errorf("the PGP key %s has expired, so nothing can be encrypted for it: extend it, or use another",
				key.KeyIdString())
		}
		return fmt.Errorf("the PGP key %s has no valid subkey to encrypt with: it is for signing only, or the subkey has "+
			"expired or was revoked", to[0].PrimaryKey.KeyIdString())
	}
	_, err = Encrypt(key, "")
	return err
}

const armorBegin = "-----BEGIN"

// parsePGPKey reads an OpenPGP public key, armored or as base64 of the binary form.
func parsePGPKey(text string) (openpgp.EntityList, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "keybase:") {
		return nil, errors.New("it names a key at Keybase, which is not asked: paste the public key itself, which " +
			"`keybase pgp export` prints")
	}
	if n := strings.Count(text, armorBegin); n > 1 {
		return nil, fmt.Errorf("it holds %d keys, want one", n)
	}
	var keys openpgp.EntityList
	var err error
	if strings.HasPrefix(text, armorBegin) {
		keys, err = openpgp.ReadArmoredKeyRing(strings.NewReader(text))
	} else {
		var raw []byte
		if raw, err = base64.StdEncoding.DecodeString(text); err != nil {
			return nil, errors.New("it is neither armored nor base64")
		}
		if bytes.HasPrefix(bytes.TrimSpace(raw), []byte(armorBegin)) {
			return nil, errors.New("it is base64 of the armored text: give that text itself, or base64 of the binary form")
		}
		keys, err = openpgp.ReadKeyRing(bytes.NewReader(raw))
	}
	if err != nil {
		return nil, fmt.Errorf("it is not an OpenPGP key: %w", err)
	}
	if len(keys) != 1 {
		return nil, fmt.Errorf("it holds %d keys, want one", len(keys))
	}
	if keys[0].PrivateKey != nil {
		return nil, errors.New("it is a private key: use the public one")
	}
	return keys, nil
}

// Encrypt encrypts a secret for a public key, as an armored OpenPGP message.
func Encrypt(key, secret string) (string, error) {
	to, err := parsePGPKey(key)
	if err != nil {
		return "", err
	}
	var message bytes.Buffer
	armored, err := armor.Encode(&message, "PGP MESSAGE", nil)
	if err != nil {
		return "", err
	}
	plain, err := openpgp.Encrypt(armored, to, nil, nil, nil)
	if err != nil {
		return "", fmt.Errorf("encrypting for the PGP key: %w", err)
	}
	if _, err := plain.Write([]byte(secret)); err != nil {
		return "", err
	}
	if err := errors.Join(plain.Close(), armored.Close()); err != nil {
		return "", err
	}
	return message.String(), nil
}
