package secretstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/arn"
)

// Key is an access key as a store of AWS holds it.
type Key struct {
	ID     string `json:"access_key_id"`
	Secret string `json:"secret_access_key"`
	// Replaces is the key that it was made in place of, if its owner does not know of that yet.
	Replaces string `json:"replaces,omitempty"`
}

// value is what a store holds: id and secret of the key, because a client needs both.
func value(key Key) string {
	text, _ := json.Marshal(key) // strings always marshal
	return string(text)
}

// At reads where a key is stored: the name of an SSM parameter, or an ARN of one or of a Secrets Manager secret. The
// region is that of an ARN, "" for a name.
func At(storedAt string) (at Store, region string, err error) {
	if !strings.HasPrefix(storedAt, "arn:") {
		return Store{Parameter: storedAt}, "", nil
	}
	parsed, err := arn.Parse(storedAt)
	switch {
	case err == nil && parsed.Service == "secretsmanager" && strings.HasPrefix(parsed.Resource, "secret:"):
		return Store{SecretsSecret: storedAt}, parsed.Region, nil
	case err == nil && parsed.Service == "ssm" && strings.HasPrefix(parsed.Resource, "parameter/"):
		return Store{Parameter: storedAt}, parsed.Region, nil
	}
	return Store{}, "", fmt.Errorf("%q is the ARN of neither a Secrets Manager secret nor an SSM parameter, want what "+
		"stored_at says", storedAt)
}

// ErrNoKey means that a store holds something else than an access key.
var ErrNoKey = errors.New(`it does not hold an access key in the form that spinup writes, the JSON object ` +
	`{"access_key_id": …, "secret_access_key": …}`)

// Read reads a key that was stored in AWS. The error tells nothing of what the store holds.
func (k Keeper) Read(ctx context.Context, at Store) (Key, error) {
	text, err := k.content(ctx, at)
	if err != nil {
		return Key{}, err
	}
	key, ok := parseKey(text)
	if !ok {
		return Key{}, fmt.Errorf("%s: %w", at, ErrNoKey)
	}
	return key, nil
}

// parseKey takes just what value writes.
func parseKey(text string) (key Key, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&key) != nil {
		return Key{}, false
	}
	_, more := decoder.Token()
	return key, errors.Is(more, io.EOF) && key.ID != "" && key.Secret != ""
}
