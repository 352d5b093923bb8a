package gatewayuser

import (
	"context"
	"errors"
	"fmt"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// stored is the parameter or secret that holds a generated secret. It outlives the user, so it is outside the root. The
// part of the secret writes it.
func (g *gatewayUser) stored() part {
	return part{
		Attribute: "secret",
		Late:      true,
		Watched:   func(s Spec) bool { return s.Secret != nil && s.Secret.Store.InAWS() },
		Wanted: func(w wish) bool {
			return wantedStore(w).InAWS() && (renews(w) || storedAt(w) == wantedStore(w))
		},
		Present: func(o Status) bool { return o.Stores() },
		InSync: func(w wish, o Status) bool {
			return *o.Stored == wantedStore(w) && (!renews(w) || o.Issued != nil)
		},
		Observe: func(ctx context.Context, w wish, o *Status) error {
			if o.Stored == nil {
				at := storedAt(w)
				o.Stored = &at
			}
			at := wantedStore(w)
			if !renews(w) || !at.InAWS() || o.Issued != nil {
				return nil // nothing is about to be written: what state knows will do
			}
			held, err := g.keeper.Look(ctx, at, g.owner(w, Status{}, at))
			if err != nil {
				return err
			}
			o.Held = held
			if !held.Exists && *o.Stored == at {
				o.Stored = &secretstore.Store{}
			}
			return nil
		},
		Claim: func(_ context.Context, w wish, o Status) error {
			if o.Held != nil && renews(w) && wantedStore(w).InAWS() {
				return o.Held.Refuse(wantedStore(w))
			}
			return nil
		},
		Enters: renews,
		Apply:  func(context.Context, wish, *Status) error { return nil },
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if err := g.keeper.Discard(ctx, storedAt(w), g.owner(w, Status{}, storedAt(w))); err != nil {
				return err
			}
			o.Stored = &secretstore.Store{}
			return nil
		},
	}
}

// owner is the user as the owner of a secret. The description names the gateway too: an account of AWS may hold secrets
// for several.
func (g *gatewayUser) owner(w wish, o Status, at secretstore.Store) secretstore.Owner {
	mark := fmt.Sprintf("Secret key of %s on the gateway %s", w.Want.AccessKey, g.gateway.Endpoint())
	who := secretstore.Owner{
		Description: mark,
		Marked:      func(text string) bool { return text == mark },
		Held:        o.Held != nil && o.Held.Ours,
	}
	if storedAt(w) == at {
		who.Holds = func(id string) bool { return id == w.Want.AccessKey }
	}
	return who
}

// generated is a secret that is made here. Removing it from the configuration leaves the user with it.
func (g *gatewayUser) generated() part {
	return part{
		Attribute: "secret",
		Inside:    true,
		Watched:   generates,
		Present:   func(o Status) bool { return o.User != nil },
		InSync:    func(w wish, o Status) bool { return !renews(w) || o.Issued != nil },
		Enters:    func(w wish) bool { return renews(w) && w.Want.Secret.Store.PGPKey != "" },
		CanApply: func(_ context.Context, w wish, o Status) error {
			if key := w.Want.Secret.Store.PGPKey; renews(w) && o.Issued == nil && key != "" {
				return secretstore.CanEncrypt(key)
			}
			return nil
		},
		Apply: g.deliver,
	}
}

// deliver stores a new secret, and then gives it to the user, unless the user was made with it.
func (g *gatewayUser) deliver(ctx context.Context, w wish, o *Status) error {
	at, before := w.Want.Secret.Store, storedAt(w)
	secret, err := g.newSecret(w.Want.Secret)
	if err != nil {
		return err
	}
	delivered, err := g.keeper.Deliver(ctx, at, g.owner(w, *o, at), w.Want.AccessKey, secret)
	if err == nil && !g.sent {
		err = g.change(ctx, w.Want.AccessKey, secret)
		if err != nil && at.InAWS() && at != before {
			err = errors.Join(err, g.keeper.Remove(context.WithoutCancel(ctx), at))
		}
	}
	if err != nil {
		return err
	}
	o.Issued, o.Stored = &Issued{delivered, versitygw.DigestOf(secret)}, &at
	if before != at {
		if err := g.keeper.Discard(ctx, before, g.owner(w, Status{}, before)); err != nil {
			return fmt.Errorf("the user has a new secret, and the former %s is left, delete it by hand: %w", before, err)
		}
	}
	return nil
}

// change gives the user another secret. A lost answer is no failure if the gateway shows it.
func (g *gatewayUser) change(ctx context.Context, accessKey, secret string) error {
	err := g.gateway.UpdateUser(ctx, accessKey, versitygw.Change{Secret: &secret})
	if err == nil || !awsclient.IsUncertain(err) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), g.keeper.Conn.Pace.Rescue)
	defer cancel()
	user, look := g.gateway.User(ctx, accessKey)
	if look == nil && user != nil && user.Digest.Equal(versitygw.DigestOf(secret)) {
		return nil
	}
	return err
}

// given is a secret that the configuration has.
func (g *gatewayUser) given() part {
	return part{
		Attribute: "secret_wo",
		Inside:    true,
		Watched:   gives,
		Present:   func(o Status) bool { return o.User != nil },
		InSync:    func(w wish, o Status) bool { return !renews(w) || o.Issued != nil },
		Apply: func(ctx context.Context, w wish, o *Status) error {
			secret, err := g.newSecret(w.Want.Secret)
			if err == nil && !g.sent {
				err = g.change(ctx, w.Want.AccessKey, secret)
			}
			if err != nil {
				return err
			}
			o.Issued = &Issued{Digest: versitygw.DigestOf(secret)}
			return nil
		},
	}
}
