package bucketuser

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// Held is what stands in the place of the stored secret.
type Held struct {
	Exists   bool
	Ours     bool   // it bears the mark, or holds a key that state knows
	At       string // name of the parameter, ARN of the secret
	Deleted  string // when it was scheduled for deletion, "" if it was not
	describe string // its description
}

// inAWS reports whether the store is one of AWS.
func (at Store) inAWS() bool { return at.Parameter != "" || at.SecretsSecret != "" }

func (at Store) String() string {
	if at.Parameter != "" {
		return "SSM parameter " + at.Parameter
	}
	return "Secrets Manager secret " + at.SecretsSecret
}

// wantedStore is the store of AWS that is wanted; zero for none.
func wantedStore(w wish) Store {
	if key := w.Want.Key; key != nil && key.Store.inAWS() {
		return key.Store
	}
	return Store{}
}

// stored is the parameter or secret that holds the secret. It outlives the user, so it is outside the root. The part of
// the access key writes it, because a key that cannot be delivered is taken back.
func (b bucketUser) stored() part {
	return part{
		Attribute: "access_key",
		Late:      true,
		Watched:   func(s Spec) bool { return s.Key != nil && s.Key.Store.inAWS() },
		Wanted: func(w wish) bool {
			return wantedStore(w).inAWS() && (renews(w) || adopts(w) || storedAt(w) == wantedStore(w))
		},
		Present: func(o Status) bool { return o.Stores() || o.NotStored },
		InSync: func(w wish, o Status) bool {
			return o.NotStored || *o.Stored == wantedStore(w) && (!renews(w) || o.Issued != nil)
		},
		Observe: func(ctx context.Context, w wish, o *Status) error {
			if o.Stored == nil {
				at := storedAt(w)
				o.Stored = &at
			}
			at := wantedStore(w)
			if !renews(w) && !adopts(w) || !at.inAWS() || o.Issued != nil {
				return nil // nothing is about to be written: what state knows will do
			}
			held, err := b.held(ctx, w, at)
			if err != nil {
				return err
			}
			o.Held = held
			if adopts(w) {
				o.NotStored = !held.Ours
				if held.Ours {
					o.Stored = &at
				}
				return nil
			}
			if !held.Exists && *o.Stored == at {
				o.Stored = &Store{}
			}
			return nil
		},
		Claim: func(_ context.Context, w wish, o Status) error {
			if held := o.Held; held != nil && renews(w) && wantedStore(w).inAWS() {
				return held.refuse(wantedStore(w))
			}
			return nil
		},
		Enters: renews,
		Apply:  func(context.Context, wish, *Status) error { return nil },
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if storedAt(w) == wantedStore(w) { // a destroy: no key works on whose secret nobody has
				for _, key := range []**AccessKey{&o.Previous, &o.Current} {
					if err := b.drop(ctx, w.Want, o, key); err != nil {
						return err
					}
				}
			}
			if err := b.discard(ctx, w, storedAt(w)); err != nil {
				return err
			}
			o.Stored = &Store{}
			return nil
		},
	}
}

// adopts reports whether a store is named for a key that was imported: if it bears the mark, it holds that key.
func adopts(w wish) bool {
	key := w.Want.Key
	return w.Prior != nil && key != nil && key.ID != "" && key.Stored && key.Store.inAWS() && !known(w).Stored
}

// refuse is why nothing can be written there, nil if it can.
func (h Held) refuse(at Store) error {
	switch {
	case h.Exists && h.Deleted != "":
		return fmt.Errorf("%s was scheduled for deletion on %s, and its name is not free until then: restore it and delete "+
			"it without a recovery window (aws secretsmanager delete-secret --force-delete-without-recovery), or name "+
			"another: %w", at, h.Deleted, reconcile.ErrForeign)
	case h.Exists && !h.Ours:
		return fmt.Errorf("%w: %s: delete it or name another; its description is %q", reconcile.ErrForeign, at, h.describe)
	}
	return nil
}

// description is the mark of what holds the secret: by its words for the resource, by the id for the user itself,
// whatever its name is by now.
func description(s Spec, o Status) string {
	text := describes(s.Bucket, s.Name)
	if o.User != nil && o.User.ID != "" {
		text += " (user " + o.User.ID + ")"
	}
	return text
}

func describes(bucket, name string) string {
	return "Access key of " + name + " for the bucket " + bucket
}

// marked reports whether a description is one that the provider wrote for this user.
func marked(w wish, id, text string) bool {
	if id != "" && strings.HasSuffix(text, " (user "+id+")") {
		return true
	}
	return slices.ContainsFunc([]string{w.Want.Name, firstName(w)}, func(name string) bool {
		rest, ok := strings.CutPrefix(text, describes(w.Want.Bucket, name))
		return ok && (rest == "" || strings.HasPrefix(rest, " (user "))
	})
}

// held looks at what stands in the place of a stored secret.
func (b bucketUser) held(ctx context.Context, w wish, at Store) (*Held, error) {
	look := b.heldParameter
	if at.Parameter == "" {
		look = b.heldSecret
	}
	held, err := look(ctx, at)
	if err != nil || !held.Exists || held.Deleted != "" {
		return held, err
	}
	held.Ours = marked(w, b.userID(w), held.describe)
	if !held.Ours && storedAt(w) == at {
		held.Ours, err = b.holdsOurKey(ctx, w, at)
	}
	return held, err
}

// userID is the id of the user as far as it is known.
func (b bucketUser) userID(w wish) string {
	b.finder.mu.Lock()
	defer b.finder.mu.Unlock()
	if user := b.finder.ours; user != nil {
		return user.ID
	}
	return w.Before().UserID
}

// heldParameter reads the history of a parameter, because only that tells the description of a single one.
func (b bucketUser) heldParameter(ctx context.Context, at Store) (*Held, error) {
	held := &Held{}
	in := &ssm.GetParameterHistoryInput{Name: &at.Parameter, MaxResults: aws.Int32(50)}
	for {
		page, err := b.GetParameterHistory(ctx, in)
		if err != nil {
			return held, awsclient.Absent(err)
		}
		for _, version := range page.Parameters { // the newest last
			held.Exists, held.At, held.describe = true, at.Parameter, aws.ToString(version.Description)
		}
		if aws.ToString(page.NextToken) == "" {
			return held, nil
		}
		in.NextToken = page.NextToken
	}
}

func (b bucketUser) heldSecret(ctx context.Context, at Store) (*Held, error) {
	out, err := b.DescribeSecret(ctx, &secretsmanager.DescribeSecretInput{SecretId: &at.SecretsSecret})
	if err != nil {
		return &Held{}, awsclient.Absent(err)
	}
	held := &Held{Exists: true, At: aws.ToString(out.ARN), describe: aws.ToString(out.Description)}
	if out.DeletedDate != nil {
		held.Deleted = out.DeletedDate.UTC().Format("2006-01-02")
	}
	return held, nil
}

// holdsOurKey reports whether the store holds one of the keys that state knows.
func (b bucketUser) holdsOurKey(ctx context.Context, w wish, at Store) (bool, error) {
	text, err := b.content(ctx, at)
	if err != nil {
		return false, awsclient.Absent(err)
	}
	var value struct {
		ID string `json:"access_key_id"`
	}
	if json.Unmarshal([]byte(text), &value) != nil || value.ID == "" {
		return false, nil
	}
	return value.ID == known(w).ID || value.ID == known(w).PreviousID, nil
}

// content is what the store holds.
func (b bucketUser) content(ctx context.Context, at Store) (string, error) {
	if at.Parameter != "" {
		out, err := b.GetParameter(ctx, &ssm.GetParameterInput{Name: &at.Parameter, WithDecryption: aws.Bool(true)})
		if err != nil || out.Parameter == nil {
			return "", err
		}
		return aws.ToString(out.Parameter.Value), nil
	}
	out, err := b.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &at.SecretsSecret})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.SecretString), nil
}
