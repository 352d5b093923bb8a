package gatewayuser

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/secretstore"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

// gatewayUser holds what the parts need to act.
type gatewayUser struct {
	gateway *versitygw.Client
	keeper  secretstore.Keeper
	secret  string // that this run gives the user; "" before it is needed
	sent    bool   // the user was to be made with it
}

// New is the composite behind spinup_gateway_user. A secret is stored before the gateway has it, so that nothing works
// whose secret nobody has.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	g := &gatewayUser{gateway: versitygw.New(conn), keeper: secretstore.New(conn)}
	return composite{
		Noun:     "gateway user",
		Parts:    []part{g.user(), g.settings(), g.generated(), g.given(), g.stored()},
		Parallel: 2, // the lists of the gateway and the store of the secret
		Rescue:   conn.Pace.Rescue,
		Until:    conn.Until,
	}
}

func (g *gatewayUser) user() part {
	return part{
		Attribute: "access_key",
		Present:   func(o Status) bool { return o.User != nil },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			user, err := g.gateway.User(ctx, w.Want.AccessKey)
			if err != nil {
				return err
			}
			if user != nil && g.sent && !user.Digest.Equal(versitygw.DigestOf(g.secret)) && w.Prior == nil {
				user = nil // somebody else made one while this one could not be made
			}
			o.User = user
			return nil
		},
		Apply:     g.create,
		CanRemove: g.ownsNothing,
		Remove: func(ctx context.Context, w wish, o *Status) error {
			if err := g.gateway.DeleteUser(ctx, w.Want.AccessKey); err != nil {
				return err
			}
			o.User = nil
			return nil
		},
	}
}

// resends is how often a user is sent again that the gateway accepted and does not show: two gateways on one folder
// lose each other's changes.
const resends = 3

// create makes the user with its secret.
func (g *gatewayUser) create(ctx context.Context, w wish, o *Status) error {
	if !renews(w) {
		return errors.New("the user was deleted since the plan was made: plan again to make it anew")
	}
	secret, err := g.newSecret(w.Want.Secret)
	if err != nil {
		return err
	}
	user := versitygw.User{
		AccessKey: w.Want.AccessKey, Role: w.Want.Role, IDs: w.Want.IDs, Digest: versitygw.DigestOf(secret),
	}
	g.sent = true
	for range resends {
		if err := g.send(ctx, user, secret); err != nil {
			return err
		}
		if o.User, err = g.gateway.User(ctx, user.AccessKey); err != nil || o.User != nil {
			break
		}
	}
	if err != nil {
		return err
	}
	if o.User == nil {
		return errors.New("the gateway accepted the user and does not show it: if several gateways share one folder of " +
			"users, they lose each other's changes; let endpoints.admin lead to one of them")
	}
	if user.IDs == (versitygw.IDs{}) {
		return nil
	}
	// A gateway with a cache takes the numbers of a new user for zero until they are sent again.
	ids := user.IDs
	return g.gateway.UpdateUser(ctx, user.AccessKey, versitygw.Change{
		UserID: &ids.User, GroupID: &ids.Group, ProjectID: &ids.Project,
	})
}

// send makes the call that makes the user. A user that exists is this one only if an attempt of the call may have made
// it and it has the secret that was sent.
func (g *gatewayUser) send(ctx context.Context, user versitygw.User, secret string) error {
	err := g.gateway.CreateUser(ctx, user, secret)
	if !awsclient.IsExists(err) {
		return err
	}
	live, look := g.gateway.User(ctx, user.AccessKey)
	switch {
	case look != nil:
		return errors.Join(err, look)
	case live == nil:
		return fmt.Errorf("%w: %s is the access key of the gateway's root, which is no user: name another",
			reconcile.ErrForeign, user.AccessKey)
	case awsclient.MayHaveWorked(err) && live.Digest.Equal(user.Digest):
		return nil
	}
	return fmt.Errorf("%w: %w", reconcile.ErrForeign, &reconcile.ExistsError{Noun: "gateway user"})
}

// newSecret is the secret that the user gets in this run.
func (g *gatewayUser) newSecret(s *Secret) (string, error) {
	switch {
	case g.secret != "":
	case s.Version == "":
		g.secret = generate(s.Length)
	case s.Given == "":
		return "", errors.New("secret_wo is null while secret_wo_version is set: give it, or leave out both")
	default:
		g.secret = s.Given
	}
	return g.secret, nil
}

// shownBuckets is how many buckets an error names.
const shownBuckets = 10

// ownsNothing refuses to delete a user with buckets: they would belong to nobody.
func (g *gatewayUser) ownsNothing(ctx context.Context, w wish, _ Status) error {
	if w.Want.ForceDestroy {
		return nil
	}
	buckets, err := g.gateway.BucketsLike(ctx, w.Want.AccessKey, "")
	if err != nil || len(buckets) == 0 {
		return err
	}
	var names []string
	for _, bucket := range buckets[:min(len(buckets), shownBuckets)] {
		names = append(names, bucket.Name)
	}
	if more := len(buckets) - len(names); more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	return fmt.Errorf("the user %s owns %d of the gateway's buckets: %s. Delete them or give them to another owner "+
		"first, or set force_destroy: they stay then, and belong to nobody", w.Want.AccessKey, len(buckets),
		strings.Join(names, ", "))
}

// settings are the role and the numbers.
func (g *gatewayUser) settings() part {
	return part{
		Attribute: "role",
		Inside:    true,
		Present:   func(o Status) bool { return o.User != nil },
		InSync: func(w wish, o Status) bool {
			return o.User.Role == w.Want.Role && o.User.IDs == w.Want.IDs
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			var change versitygw.Change
			want, have := w.Want, o.User
			set := func(at **int64, want, have int64) {
				if want != have {
					*at = &want
				}
			}
			if want.Role != have.Role {
				change.Role = &want.Role
			}
			set(&change.UserID, want.IDs.User, have.IDs.User)
			set(&change.GroupID, want.IDs.Group, have.IDs.Group)
			set(&change.ProjectID, want.IDs.Project, have.IDs.Project)
			return g.gateway.UpdateUser(ctx, want.AccessKey, change)
		},
	}
}
