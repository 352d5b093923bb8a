package bucketuser

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

// Rotation is a new key for a user of a bucket, made without knowledge of its state. The store is that of the present
// key.
type Rotation struct {
	Bucket, Name string
	Store        Store
}

// ErrNoUser means that there is no user of the name.
var ErrNoUser = errors.New("there is no user of this name")

// Rotate creates a key beside the present one, and puts it into the store in its place. What it stores names the key
// that it replaces: by that the next refresh of the resource knows that the new key is its own (see successor). The
// former key stays valid, and is left to the resource. If the new key cannot be delivered, it is deleted again.
func Rotate(ctx context.Context, conn *awsclient.Conn, r Rotation, tell func(string)) error {
	b := newBucketUser(NewAPI(conn), conn)
	user, err := b.get(ctx, r.Name)
	switch {
	case err != nil:
		return err
	case user == nil:
		return ErrNoUser
	}
	b.note(*user)
	w := wish{Want: Spec{Bucket: r.Bucket, Name: r.Name, UserID: user.ID}}
	o := Status{User: user}
	who := secretstore.Owner{Description: description(w.Want, o), Marked: r.marks(*user)}
	held, err := b.keeper().Look(ctx, r.Store, who)
	if err != nil {
		return err
	}
	if err := r.refuse(held); err != nil {
		return err
	}
	who.Held = held.Ours
	if who.Replaces, err = b.present(ctx, r, &o); err != nil {
		return err
	}
	made, err := b.create(ctx, w, &o)
	if err != nil {
		return err
	}
	id := aws.ToString(made.AccessKeyId)
	tell("created the access key " + id)
	if _, err := b.deliver(ctx, r.Store, who, made); err != nil {
		return b.takeBack(ctx, w.Want, &o, &AccessKey{ID: id}, err)
	}
	tell(fmt.Sprintf("put it into the %s; the former key %s stays valid until an apply of spinup_bucket_user ends its "+
		"overlap", r.Store, who.Replaces))
	return nil
}

// marks is whether a description is the mark of a store of this very user for this very bucket: the name of the user
// may have changed since it was written, and its id cannot.
func (r Rotation) marks(user User) func(string) bool {
	mark := " for the bucket " + r.Bucket + " (user " + user.ID + ")"
	return func(text string) bool { return user.ID != "" && strings.HasSuffix(text, mark) }
}

// refuse is why the store is not the one of the user's key, nil if it is.
func (r Rotation) refuse(held *Held) error {
	switch {
	case !held.Exists:
		return fmt.Errorf("there is no %s", r.Store)
	case held.Deleted != "":
		return held.Refuse(r.Store)
	case !held.Ours:
		return fmt.Errorf("the %s does not hold the key of the user %s for the bucket %s: its description is %q",
			r.Store, r.Name, r.Bucket, held.Description)
	}
	return nil
}

// present finds the key that the store holds among those of the user, and refuses what leaves no room for another one.
func (b bucketUser) present(ctx context.Context, r Rotation, o *Status) (id string, err error) {
	stored, err := b.keeper().Read(ctx, r.Store)
	if err != nil {
		return "", err
	}
	keys, err := b.keysOf(ctx, r.Name)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(keys, func(key AccessKey) bool { return key.ID == stored.ID })
	switch {
	case i < 0:
		return "", fmt.Errorf("the %s holds the key %s, which the user %s does not have any more", r.Store, stored.ID, r.Name)
	case len(keys) >= maxKeys:
		return "", fmt.Errorf("the user %s has no room for a new access key: IAM allows %d, and it has %s and %s, of which "+
			"the %s holds %s; if the other one is the previous key, an apply of spinup_bucket_user deletes it when its "+
			"overlap is over; if nobody uses it, delete it", r.Name, maxKeys, keys[0].ID, keys[1].ID, r.Store, stored.ID)
	case !keys[i].Active:
		return "", fmt.Errorf("the key %s of the user %s is not active, and a new one would be: set access_key.active = "+
			"true of spinup_bucket_user first", stored.ID, r.Name)
	}
	o.Current = &keys[i]
	return stored.ID, nil
}

// successor is the id of the key that Rotate has put in the place of the one in state; "" for none. A key that the user
// has beside that one does not tell who made it. Rotate's is in the store of the key in state, which bears the mark of
// the user, and says there which key it replaces.
func (b bucketUser) successor(ctx context.Context, w wish, keys []AccessKey) (id string, err error) {
	was, at := known(w), storedAt(w)
	others := slices.DeleteFunc(slices.Clone(keys), func(key AccessKey) bool {
		return key.ID == was.ID || key.ID == was.PreviousID
	})
	if was.ID == "" || !at.InAWS() || len(others) == 0 {
		return "", nil
	}
	held, err := b.held(ctx, w, at)
	if err != nil || !held.Ours || held.Deleted != "" {
		return "", err
	}
	stored, err := b.keeper().Read(ctx, at)
	switch {
	case errors.Is(err, secretstore.ErrNoKey), awsclient.IsNotFound(err):
		return "", nil
	case err != nil:
		return "", err
	}
	if stored.Replaces == was.ID && slices.ContainsFunc(others, func(key AccessKey) bool { return key.ID == stored.ID }) {
		return stored.ID, nil
	}
	return "", nil
}
