// Package secretstore delivers the secret key of a user to where it is wanted: encrypted for a PGP key, or in a store
// of AWS that only its owner's mark makes ours. It may import reconcile, awsclient and the SDK's service types; no
// Terraform types.
package secretstore

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// Store is where a new secret is stored. The zero value is state.
type Store struct {
	PGPKey        string // armored or base64 public key
	Parameter     string // name of an SSM parameter
	SecretsSecret string // name of a Secrets Manager secret
}

// InAWS reports whether the store is one of AWS.
func (at Store) InAWS() bool { return at.Parameter != "" || at.SecretsSecret != "" }

func (at Store) String() string {
	if at.Parameter != "" {
		return "SSM parameter " + at.Parameter
	}
	return "Secrets Manager secret " + at.SecretsSecret
}

// Owner is whose secret it is.
type Owner struct {
	Description string                        // the mark of what is made for it
	Marked      func(description string) bool // whether a description is its mark
	Holds       func(keyID string) bool       // whether a key without the mark is its own; nil for never
	Held        bool                          // the place was seen to be its own
	Replaces    string                        // id of the key that is to be taken for the former one; "" for none
}

// Delivered is where a secret went.
type Delivered struct {
	Secret    string // only when the store is state
	Encrypted string // only with a PGP key
	StoredAt  string // ARN or name of where it was put
}

// Keeper writes to stores.
type Keeper struct {
	API

	Conn *awsclient.Conn
}

// New is a keeper with the service clients of the connection.
func New(conn *awsclient.Conn) Keeper { return Keeper{NewAPI(conn), conn} }

// Deliver stores the secret of the access key where it is wanted. A store of AWS gets the text of value.
func (k Keeper) Deliver(ctx context.Context, at Store, who Owner, id, secret string) (out Delivered, err error) {
	switch {
	case at.PGPKey != "":
		out.Encrypted, err = Encrypt(at.PGPKey, secret)
	case at.Parameter != "":
		err = k.putParameter(ctx, at, who, value(Key{id, secret, who.Replaces}), &out)
	case at.SecretsSecret != "":
		err = k.putSecret(ctx, at, who, value(Key{id, secret, who.Replaces}), &out)
	default:
		out.Secret = secret
	}
	return out, err
}

// putParameter writes the value to an SSM parameter: a new one, or the one that is ours.
func (k Keeper) putParameter(ctx context.Context, at Store, who Owner, value string, to *Delivered) error {
	put := func(overwrite bool) error {
		_, err := k.PutParameter(ctx, &ssm.PutParameterInput{
			Name: &at.Parameter, Value: &value, Type: types.ParameterTypeSecureString, Overwrite: &overwrite,
			Description: &who.Description,
		})
		return err
	}
	err := put(who.Held)
	if awsclient.IsExists(err) {
		if err = k.ownWrite(ctx, at, who, err); err == nil {
			err = put(true)
		}
	}
	to.StoredAt = at.Parameter
	return k.confirmWrite(ctx, err, at, value)
}

// putSecret writes the value to a Secrets Manager secret: a new one, or the one that is ours.
func (k Keeper) putSecret(ctx context.Context, at Store, who Owner, value string, to *Delivered) error {
	put := func() error {
		out, err := k.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
			SecretId: &at.SecretsSecret, SecretString: &value,
		})
		if err == nil {
			to.StoredAt = aws.ToString(out.ARN)
		}
		return err
	}
	create := func() error {
		out, err := k.CreateSecret(ctx, &secretsmanager.CreateSecretInput{
			Name: &at.SecretsSecret, SecretString: &value, Description: &who.Description,
		})
		if err == nil {
			to.StoredAt = aws.ToString(out.ARN)
		}
		return err
	}
	ours := who.Held
	var err error
	if ours {
		err = put()
	}
	if !ours || awsclient.IsNotFound(err) {
		err = create()
	}
	if awsclient.IsExists(err) {
		if err = k.ownWrite(ctx, at, who, err); err == nil {
			err = put()
		}
	}
	err = k.confirmWrite(ctx, err, at, value)
	if err == nil && to.StoredAt == "" { // the answer that names it was lost
		var out *secretsmanager.DescribeSecretOutput
		if out, err = k.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &at.SecretsSecret}); err == nil {
			to.StoredAt = aws.ToString(out.ARN)
		}
	}
	return err
}

// ownWrite returns nil if what exists is from an earlier attempt of the same call whose answer was lost: that may be so
// only if there was one, and it bears the mark of this user.
func (k Keeper) ownWrite(ctx context.Context, at Store, who Owner, exists error) error {
	foreign := fmt.Errorf("%w: %s: delete it or name another: %w", reconcile.ErrForeign, at, exists)
	if !awsclient.MayHaveWorked(exists) {
		return foreign
	}
	held, err := k.Look(ctx, at, who)
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
func (k Keeper) confirmWrite(ctx context.Context, err error, at Store, value string) error {
	if err == nil || !awsclient.IsUncertain(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.Conn.Pace.Rescue)
	defer cancel()
	live, look := k.content(ctx, at)
	switch {
	case awsclient.IsAccessDenied(look): // the user can act on this one
		return fmt.Errorf("%w; the answer to the write before it was lost: %s", look, awsclient.Text(err))
	case look != nil || live != value:
		return err
	}
	return nil
}

// Discard deletes a stored secret whose key was deleted, or is about to be. What somebody else put into its place
// stays.
func (k Keeper) Discard(ctx context.Context, at Store, who Owner) error {
	if !at.InAWS() {
		return nil
	}
	held, err := k.Look(ctx, at, who)
	if err != nil || !held.Ours {
		return err
	}
	return k.Remove(ctx, at)
}

// Remove deletes a stored secret of ours.
func (k Keeper) Remove(ctx context.Context, at Store) error {
	remove := func(ctx context.Context) (err error) {
		switch {
		case at.Parameter != "":
			_, err = k.DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: &at.Parameter})
		case at.SecretsSecret != "":
			_, err = k.DeleteSecret(ctx, &secretsmanager.DeleteSecretInput{
				SecretId: &at.SecretsSecret, ForceDeleteWithoutRecovery: aws.Bool(true), // so that the name is free again
			})
		}
		return awsclient.Absent(err)
	}
	err := remove(ctx)
	if awsclient.IsUncertain(err) { // a stale entry would block the next write under this name
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.Conn.Pace.Rescue)
		defer cancel()
		err = remove(ctx)
	}
	return err
}
