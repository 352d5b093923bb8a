package bucketuser

import (
	"context"
	"slices"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
)

type (
	// Store is where a new secret is stored.
	Store = secretstore.Store
	// Held is what stands in the place of the stored secret.
	Held = secretstore.Held
	// Stores are the operations on the stores of a new secret. Only those of the store in use are needed.
	Stores = secretstore.API
)

// wantedStore is the store of AWS that is wanted; zero for none.
func wantedStore(w wish) Store {
	if key := w.Want.Key; key != nil && key.Store.InAWS() {
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
		Watched:   func(s Spec) bool { return s.Key != nil && s.Key.Store.InAWS() },
		Wanted: func(w wish) bool {
			return wantedStore(w).InAWS() && (renews(w) || adopts(w) || storedAt(w) == wantedStore(w))
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
			if !renews(w) && !adopts(w) || !at.InAWS() || o.Issued != nil {
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
			if held := o.Held; held != nil && renews(w) && wantedStore(w).InAWS() {
				return held.Refuse(wantedStore(w))
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
	return w.Prior != nil && key != nil && key.ID != "" && key.Stored && key.Store.InAWS() && !known(w).Stored
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

// userID is the id of the user as far as it is known.
func (b bucketUser) userID(w wish) string {
	b.finder.mu.Lock()
	defer b.finder.mu.Unlock()
	if user := b.finder.ours; user != nil {
		return user.ID
	}
	return w.Before().UserID
}

// held looks at what stands in the place of a stored secret.
func (b bucketUser) held(ctx context.Context, w wish, at Store) (*Held, error) {
	return b.keeper().Look(ctx, at, b.owner(w, Status{}, at))
}

func (b bucketUser) keeper() secretstore.Keeper {
	return secretstore.Keeper{API: b.Stores, Conn: b.conn}
}

// owner is the user as the owner of a secret.
func (b bucketUser) owner(w wish, o Status, at Store) secretstore.Owner {
	who := secretstore.Owner{
		Description: description(w.Want, o),
		Marked:      func(text string) bool { return marked(w, b.userID(w), text) },
		Held:        o.Held != nil && o.Held.Ours,
	}
	if storedAt(w) == at {
		who.Holds = func(id string) bool { return id == known(w).ID || id == known(w).PreviousID }
	}
	return who
}

// discard deletes a stored secret whose key was deleted, or is about to be. What somebody else put into its place
// stays.
func (b bucketUser) discard(ctx context.Context, w wish, at Store) error {
	return b.keeper().Discard(ctx, at, b.owner(w, Status{}, at))
}
