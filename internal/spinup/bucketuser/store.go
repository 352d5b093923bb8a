package bucketuser

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// store stores the secret where it is wanted. A store of AWS gets the text of value.
func (b bucketUser) store(ctx context.Context, w wish, o *Status, secret string, issued *Issued) error {
	to := w.Want.Key.Store
	switch {
	case to.PGPKey != "":
		text, err := Encrypt(to.PGPKey, secret)
		issued.Encrypted = text
		return err
	case to.Parameter != "":
		return b.putParameter(ctx, w, o, value(issued.ID, secret), issued)
	case to.SecretsSecret != "":
		return b.putSecret(ctx, w, o, value(issued.ID, secret), issued)
	}
	issued.Secret = secret
	return nil
}

// value is what a store holds: id and secret of the key, because a client needs both.
func value(id, secret string) string {
	text, _ := json.Marshal(map[string]string{"access_key_id": id, "secret_access_key": secret}) // strings always marshal
	return string(text)
}

// putParameter writes the value to an SSM parameter: a new one, or the one that is ours.
func (b bucketUser) putParameter(ctx context.Context, w wish, o *Status, value string, issued *Issued) error {
	at := w.Want.Key.Store
	put := func(overwrite bool) error {
		_, err := b.PutParameter(ctx, &ssm.PutParameterInput{
			Name: &at.Parameter, Value: &value, Type: types.ParameterTypeSecureString, Overwrite: &overwrite,
			Description: aws.String(description(w.Want, *o)),
		})
		return err
	}
	err := put(o.Held != nil && o.Held.Ours)
	if awsclient.IsExists(err) {
		if err = b.ownWrite(ctx, w, at, err); err == nil {
			err = put(true)
		}
	}
	issued.StoredAt = at.Parameter
	return b.confirmWrite(ctx, err, at, value)
}

// putSecret writes the value to a Secrets Manager secret: a new one, or the one that is ours.
func (b bucketUser) putSecret(ctx context.Context, w wish, o *Status, value string, issued *Issued) error {
	at := w.Want.Key.Store
	put := func() error {
		out, err := b.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
			SecretId: &at.SecretsSecret, SecretString: &value,
		})
		if err == nil {
			issued.StoredAt = aws.ToString(out.ARN)
		}
		return err
	}
	create := func() error {
		out, err := b.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
			Name: &at.SecretsSecret, SecretString: &value, Description: aws.String(description(w.Want, *o)),
		})
		if err == nil {
			issued.StoredAt = aws.ToString(out.ARN)
		}
		return err
	}
	ours := o.Held != nil && o.Held.Ours
	var err error
	if ours {
		err = put()
	}
	if !ours || awsclient.IsNotFound(err) {
		err = create()
	}
	if awsclient.IsExists(err) {
		if err = b.ownWrite(ctx, w, at, err); err == nil {
			err = put()
		}
	}
	err = b.confirmWrite(ctx, err, at, value)
	if err == nil && issued.StoredAt == "" { // the answer that names it was lost
		var out *secretsmanager.DescribeSecretOutput
		if out, err = b.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &at.SecretsSecret}); err == nil {
			issued.StoredAt = aws.ToString(out.ARN)
		}
	}
	return err
}

// ownWrite returns nil if what exists is from an earlier attempt of the same call whose answer was lost: that may be so
// only if there was one, and it bears the mark of this user.
func (b bucketUser) ownWrite(ctx context.Context, w wish, at Store, exists error) error {
	foreign := fmt.Errorf("%w: %s: delete it or name another: %w", reconcile.ErrForeign, at, exists)
	if !awsclient.MayHaveWorked(exists) {
		return foreign
	}
	held, err := b.held(ctx, w, at)
	if err != nil {
		return err
	}
	if !held.Ours {
		return foreign
	}
	return nil
}

// confirmWrite returns nil if the store holds the value although the write failed: only the answer was lost. The key
// must not be deleted then, because readers of the store have it.
func (b bucketUser) confirmWrite(ctx context.Context, err error, at Store, value string) error {
	if err == nil || !awsclient.IsUncertain(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
	defer cancel()
	live, look := b.content(ctx, at)
	switch {
	case awsclient.IsAccessDenied(look): // the user can act on this one
		return fmt.Errorf("%w; the answer to the write before it was lost: %s", look, awsclient.Text(err))
	case look != nil || live != value:
		return err
	}
	return nil
}

// discard deletes a stored secret whose key was deleted, or is about to be. What somebody else put into its place
// stays.
func (b bucketUser) discard(ctx context.Context, w wish, at Store) error {
	if !at.inAWS() {
		return nil
	}
	held, err := b.held(ctx, w, at)
	if err != nil || !held.Ours {
		return err
	}
	return b.unstore(ctx, at)
}

// unstore deletes a stored secret of ours.
func (b bucketUser) unstore(ctx context.Context, at Store) error {
	remove := func(ctx context.Context) (err error) {
		switch {
		case at.Parameter != "":
			_, err = b.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: &at.Parameter})
		case at.SecretsSecret != "":
			_, err = b.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{
				SecretId: &at.SecretsSecret, ForceDeleteWithoutRecovery: aws.Bool(true), // so that the name is free again
			})
		}
		return awsclient.Absent(err)
	}
	err := remove(ctx)
	if awsclient.IsUncertain(err) { // a stale entry would block the next write under this name
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
		defer cancel()
		err = remove(ctx)
	}
	return err
}

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
