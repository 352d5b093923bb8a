package bucketuser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// maxKeys is how many access keys IAM allows a user, active or not.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const maxKeys = 2

// accessKey is the access key, and the previous one for as long as both are valid. Keys of other owners stay.
func (b bucketUser) accessKey() part {
	return part{
		Attribute: "access_key",
		Inside:    true,
		Watched: func(s Spec) bool {
			return s.Key != nil || s.ReadAll
		},
		Wanted:  func(w wish) bool { return w.Want.Key != nil },
		Present: func(o Status) bool { return o.Current != nil || o.Previous != nil || o.Gone },
		InSync:  keyInSync,
		Observe: b.observeKeys,
		Enters: func(w wish) bool { // what cannot be encrypted is to be known before a key is made
			return renews(w) && w.Want.Key.Store.PGPKey != ""
		},
		CanApply: canRenew,
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if renews(w) && o.Issued == nil {
				if err := b.renew(ctx, w, o); err != nil {
					return err
				}
			}
			switch {
			case o.Current == nil && !o.Gone:
				return errors.New("the access key was deleted since the plan was made: plan again to create a new one")
			case o.Current != nil:
				if err := b.activate(ctx, s, o); err != nil {
					return err
				}
			}
			if o.Previous != nil && !keepsPrevious(s) {
				return b.drop(ctx, s, o, &o.Previous)
			}
			return nil
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			if err := b.drop(ctx, s, o, &o.Previous); err != nil {
				return err
			}
			return b.drop(ctx, s, o, &o.Current)
		},
	}
}

func keyInSync(w wish, o Status) bool {
	switch {
	case renews(w) && o.Issued == nil, o.Current == nil && !o.Gone,
		o.Current != nil && o.Current.Active != w.Want.Key.Active:
		return false
	}
	return o.Previous == nil || keepsPrevious(w.Want)
}

// keepsPrevious reports whether the previous key stays.
func keepsPrevious(s Spec) bool {
	if s.Key.ID == "" && !s.Key.Gone {
		return s.Key.Overlap > 0
	}
	return s.Key.PreviousID != ""
}

// observeKeys tells the current and the previous key from those of other owners, by the ids that state or
// this run knows.
func (b bucketUser) observeKeys(ctx context.Context, w wish, o *Status) error {
	keys, err := b.list(ctx, w)
	if err != nil {
		return err
	}
	current, previous := known(w).ID, known(w).PreviousID
	if w.Want.ReadAll && current == "" && len(keys) > 0 {
		current = keys[len(keys)-1].ID // the newest; others were never adopted by anybody's word
	}
	if o.Issued != nil {
		current, previous = o.Issued.ID, current
	}
	o.TakenOver, o.Unread = false, nil
	if w.Want.Refreshing {
		next, err := b.successor(ctx, w, keys)
		switch {
		case awsclient.IsAccessDenied(err): // whoever cannot look sees what there was to see without the action
			o.Unread = err
		case err != nil:
			return err
		case next != "":
			current, previous, o.TakenOver = next, current, true
		}
	}
	o.Current, o.Previous, o.Others = nil, nil, nil
	for _, key := range keys {
		switch key.ID {
		case current:
			o.Current = &key
		case previous:
			o.Previous = &key
		default:
			o.Others = append(o.Others, key)
		}
	}
	o.Gone = o.Current == nil && w.Want.Key != nil && w.Want.Key.Gone
	o.Use = nil
	var taken *AccessKey // the current key, if an action made it
	if o.TakenOver {
		taken = o.Current
	}
	if o.Previous == nil || o.Issued != nil || !b.asksUse(w, taken) {
		return nil
	}
	o.Use, err = b.lastUse(ctx, w, o.Previous, o.Current)
	return err
}

// asksUse reports whether it matters if the previous key is used: it goes because its time is over, or could.
func (b bucketUser) asksUse(w wish, taken *AccessKey) bool {
	key, was := w.Want.Key, known(w)
	over := func(expires time.Time) bool { return !b.conn.Pace.Now().Before(expires) }
	switch {
	case key == nil || !key.RequireUnused:
		return false
	case taken != nil:
		return over(taken.Created.Add(key.Overlap))
	case was.PreviousID == "":
		return false
	case renews(w):
		return ages(w) // whoever asks for a new key gets one
	}
	return key.PreviousID == "" || over(was.Expires)
}

// quiet is how long a key is not used before it counts as unused, or as long as the overlap if that is longer. IAM may
// tell a use late, and tells the first of several within a quarter of an hour.
const quiet = time.Hour

// lastUse is when and for what the previous key was used. Where the store does not tell, nothing is known to use it.
func (b bucketUser) lastUse(ctx context.Context, w wish, previous, current *AccessKey) (*Use, error) {
	out, err := b.GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &previous.ID})
	switch {
	case awsclient.IsNotFound(err), awsclient.IsNotImplemented(err) && !awsclient.IsNoEndpoint(err):
		return &Use{}, nil
	case awsclient.IsAccessDenied(err): // a refresh still has the setting of state
		return nil, fmt.Errorf("it is not known whether the previous access key %s is still used, which does not matter "+
			"with require_unused = false, once that is applied with -refresh=false: %w", previous.ID, err)
	case err != nil:
		return nil, err
	}
	last := out.AccessKeyLastUsed
	use := &Use{aws.ToTime(last.LastUsedDate), aws.ToString(last.ServiceName), aws.ToString(last.Region), false}
	use.Lately = b.conn.Pace.Now().Before(use.At.Add(max(quiet, w.Want.Key.Overlap)))
	if current != nil && !use.At.Truncate(time.Second).After(current.Created) { // which has no fractions
		use.Lately = false
	}
	return use, nil
}

// unusedKey refuses to delete a previous key that was used since the plan was made.
func unusedKey(w wish, o Status) error {
	if o.Use == nil || !o.Use.Lately || !renews(w) && keepsPrevious(w.Want) {
		return nil
	}
	return fmt.Errorf("the previous access key %s was used at %s, which the plan did not know: plan again, and it stays "+
		"while it is used; with require_unused = false it goes all the same", o.Previous.ID, o.Use)
}

// list returns the user's keys, the oldest first.
func (b bucketUser) list(ctx context.Context, w wish) ([]AccessKey, error) {
	name := b.name(ctx, w)
	if name == "" {
		return nil, nil
	}
	return b.keysOf(ctx, name)
}

// keysOf returns the keys of a user by its name, the oldest first.
func (b bucketUser) keysOf(ctx context.Context, name string) ([]AccessKey, error) {
	out, err := b.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &name})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	var keys []AccessKey
	for _, key := range out.AccessKeyMetadata {
		keys = append(keys, AccessKey{
			ID: aws.ToString(key.AccessKeyId), Active: key.Status == types.StatusTypeActive, Created: aws.ToTime(key.CreateDate),
		})
	}
	slices.SortStableFunc(keys, func(x, y AccessKey) int { return x.Created.Compare(y.Created) })
	return keys, nil
}

// canRenew refuses a new key that has no room, or whose secret cannot be encrypted, and to delete one that is used.
func canRenew(_ context.Context, w wish, o Status) error {
	if err := errors.Join(room(w, o), unusedKey(w, o)); err != nil {
		return err
	}
	if key := w.Want.Key; renews(w) && o.Issued == nil && key.Store.PGPKey != "" {
		return secretstore.CanEncrypt(key.Store.PGPKey)
	}
	return nil
}

// room refuses a new key if keys of other owners leave no room for it. The previous key does not count: it is deleted
// before the new one is created.
func room(w wish, o Status) error {
	if !renews(w) || o.Issued != nil || o.HasRoom() {
		return nil
	}
	var names []string
	for _, key := range o.Others {
		names = append(names, key.ID)
	}
	return fmt.Errorf("the user %s has no room for a new access key: IAM allows %d, and it has %s, which spinup did not "+
		"create; delete one of them first", w.Want.name(o), maxKeys, strings.Join(names, " and "))
}

// renew creates a new key and delivers its secret. Until then the old key stays valid. If the secret cannot be
// delivered, the new key is deleted again. There are never more than two keys.
func (b bucketUser) renew(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	if err := b.drop(ctx, s, o, &o.Previous); err != nil {
		return err
	}
	made, err := b.create(ctx, w, o)
	if err != nil {
		return err
	}
	issued, err := b.deliver(ctx, s.Key.Store, b.owner(w, *o, s.Key.Store), made)
	if before := storedAt(w); err == nil && before != s.Key.Store {
		// State can record one store only: either the old secret is deleted now, or everything stays as it was.
		if err = b.discard(ctx, w, before); err != nil {
			err = errors.Join(err, b.keeper().Remove(context.WithoutCancel(ctx), s.Key.Store))
		}
	}
	if err != nil {
		return b.takeBack(ctx, s, o, &AccessKey{ID: aws.ToString(made.AccessKeyId)}, err)
	}
	o.Issued, o.Stored = issued, &s.Key.Store
	o.Previous, o.Current = o.Current, &AccessKey{ID: issued.ID, Active: true, Created: issued.Created}
	return nil
}

// create creates a key. If an answer was lost, a key may exist whose secret nobody has: it is deleted again.
func (b bucketUser) create(ctx context.Context, w wish, o *Status) (made *types.AccessKey, err error) {
	keep := slices.Clone(o.Others)
	if o.Current != nil {
		keep = append(keep, *o.Current)
	}
	uncertain := false
	err = b.patiently(ctx, early(o), func() error {
		out, err := b.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &o.User.Name})
		if err != nil {
			uncertain = uncertain || awsclient.IsUncertain(err)
			return err
		}
		made, uncertain = out.AccessKey, uncertain || awsclient.Resent(out.ResultMetadata)
		keep = append(keep, AccessKey{ID: aws.ToString(made.AccessKeyId)})
		return nil
	})
	if !uncertain {
		return made, err
	}
	if undo := b.deleteStray(ctx, o.User.Name, keep, made); undo != nil {
		return nil, errors.Join(err, fmt.Errorf("an access key may be left whose creation was not confirmed: %w", undo))
	}
	return made, err
}

// deleteStray deletes keys whose creation nobody confirmed: those that are not in keep. Lists may lag behind, so it
// looks until they show a key that was made after them, or one of them, and then no more, twice; and at most for as
// long as a rescue may take, after which none is to be expected.
func (b bucketUser) deleteStray(ctx context.Context, user string, keep []AccessKey, made *types.AccessKey) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
	defer cancel()
	current, quiet := false, 0
	err := b.conn.Until(ctx, "a key whose creation was not confirmed", func(ctx context.Context) (bool, error) {
		keys, err := b.keysOf(ctx, user)
		if err != nil {
			return false, err
		}
		stray := slices.DeleteFunc(slices.Clone(keys), func(key AccessKey) bool {
			return slices.ContainsFunc(keep, func(k AccessKey) bool { return k.ID == key.ID })
		})
		for _, key := range stray {
			_, err := b.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: &user, AccessKeyId: &key.ID})
			if err := awsclient.Absent(err); err != nil {
				return false, err
			}
		}
		current = current || len(stray) > 0 || made != nil && slices.ContainsFunc(keys, func(key AccessKey) bool {
			return key.ID == aws.ToString(made.AccessKeyId)
		})
		quiet++
		if !current || len(stray) > 0 {
			quiet = 0
		}
		return quiet > 1, nil
	})
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// takeBack deletes a new key whose secret could not be delivered.
func (b bucketUser) takeBack(ctx context.Context, s Spec, o *Status, key *AccessKey, err error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), b.conn.Pace.Rescue)
	defer cancel()
	if undo := b.drop(ctx, s, o, &key); undo != nil {
		return fmt.Errorf("%w; the new access key %s could not be deleted again: %w", err, key.ID, undo)
	}
	if o.Current == nil {
		return fmt.Errorf("%w; the new access key was deleted again", err)
	}
	return fmt.Errorf("%w; the new access key was deleted again, and %s stays valid", err, o.Current.ID)
}

// deliver waits until AWS accepts the new key, then stores its secret.
func (b bucketUser) deliver(
	ctx context.Context, at Store, who secretstore.Owner, made *types.AccessKey,
) (*Issued, error) {
	id, secret := aws.ToString(made.AccessKeyId), aws.ToString(made.SecretAccessKey)
	if err := awsclient.KeyAccepted(ctx, b.conn, id, secret); err != nil {
		return nil, err
	}
	issued := &Issued{ID: id, Created: aws.ToTime(made.CreateDate)}
	var err error
	issued.Delivered, err = b.keeper().Deliver(ctx, at, who, id, secret)
	return issued, err
}

// activate activates or deactivates the current key.
func (b bucketUser) activate(ctx context.Context, s Spec, o *Status) error {
	if o.Current.Active == s.Key.Active {
		return nil
	}
	status := types.StatusTypeInactive
	if s.Key.Active {
		status = types.StatusTypeActive
	}
	_, err := b.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{
		UserName: &o.User.Name, AccessKeyId: &o.Current.ID, Status: status,
	})
	if err != nil {
		return err
	}
	o.Current.Active = s.Key.Active
	return nil
}

// drop deletes the current or the previous key.
func (b bucketUser) drop(ctx context.Context, s Spec, o *Status, key **AccessKey) error {
	if *key == nil {
		return nil
	}
	name := s.name(*o)
	_, err := b.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: &name, AccessKeyId: &(*key).ID})
	if err := awsclient.Absent(err); err != nil {
		return err
	}
	*key = nil
	return nil
}
