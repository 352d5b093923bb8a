package bucketuser

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

// MarkTag is the tag of users that the provider made. Its value names the call that made the user, so that a call whose
// answer was lost can be told from somebody else's. Everywhere else the user's id says whose it is.
const MarkTag = "spinup:bucket-user"

const mark = principal.Mark(MarkTag)

// TakenError refuses a name that another user has. It is ErrForeign.
type TakenError struct {
	User   User
	Shared bool // another resource of the state has that user
}

func (e *TakenError) Error() string {
	whose := "and no resource of this type and bucket in this state is known to have it"
	if e.Shared {
		whose = "and another resource of this state has it"
	}
	return fmt.Sprintf("the name %s is taken: there is an IAM user %s with the unique id %s already, %s. A name is not "+
		"handed from one user to another, since keys and access would go with it: choose a free name. Where names move "+
		"within a list that count counts, use for_each with the names as keys, so that each user keeps its resource; "+
		"to swap two names, give one of them a free name first and apply", e.User.Name, e.User.ARN, e.User.ID, whose)
}

// Unwrap marks it as foreign.
func (e *TakenError) Unwrap() error { return reconcile.ErrForeign }

// finder finds the user of one composite. Its parts share it: one search tells all of them the user's name.
type finder struct {
	mu    sync.Mutex
	known bool   // ours and err are the result of a search, or of a write
	fresh bool   // the part of the user itself has not used the result yet
	token string // of the call that made, or was to make, the user in this run; "" for none
	found
}

// found is the result of a search. The user with the id that state knows is ours; taken has the wanted name and is not.
type found struct {
	ours, taken *User
	err         error
}

// register is what one connection knows of the account's users.
type register struct {
	mu      sync.Mutex
	deleted map[string]string // ids of users that this process deleted, with their names: reads may still show them
	names   map[string]string // names of all users by id; nil before they were listed
}

func registerOf(conn *awsclient.Conn) *register {
	made := conn.Shared("bucket users", func() any { return &register{deleted: map[string]string{}} })
	return made.(*register)
}

// goodbye notes that a user was deleted.
func (r *register) goodbye(user User) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deleted[user.ID] = user.Name
}

// isDeleted reports whether this process deleted the user.
func (r *register) isDeleted(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.deleted[id]
	return ok
}

// freed reports whether this process deleted a user of that name.
func (r *register) freed(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, freed := range r.deleted {
		if freed == name {
			return true
		}
	}
	return false
}

// look finds the user for its own part: with a new search, except for what another part has just found.
func (b bucketUser) look(ctx context.Context, w wish, made *User) found {
	b.finder.mu.Lock()
	defer b.finder.mu.Unlock()
	if !b.finder.fresh {
		b.finder.found = b.find(ctx, w, made)
	}
	b.finder.known, b.finder.fresh = true, false
	return b.finder.found
}

// name is the user's name for parts inside it; "" if there is no such user. Where the search fails, which the part of
// the user reports, it is the name that state knows.
func (b bucketUser) name(ctx context.Context, w wish) string {
	b.finder.mu.Lock()
	defer b.finder.mu.Unlock()
	if !b.finder.known {
		b.finder.found = b.find(ctx, w, nil)
		b.finder.known, b.finder.fresh = true, true
	}
	switch f := b.finder.found; {
	case f.err != nil:
		return firstName(w)
	case f.ours == nil:
		return ""
	default:
		return f.ours.Name
	}
}

// note tells all parts of a user that was made or renamed.
func (b bucketUser) note(user User) {
	b.finder.mu.Lock()
	defer b.finder.mu.Unlock()
	b.finder.known, b.finder.fresh, b.finder.found = true, false, found{ours: &user}
}

// searchAgain makes the next part that asks search for the user: what was found may not be so any more.
func (b bucketUser) searchAgain() {
	b.finder.mu.Lock()
	defer b.finder.mu.Unlock()
	b.finder.known, b.finder.fresh = false, false
}

// firstName is the name that state knows, or the wanted one.
func firstName(w wish) string {
	if former := w.Before().Name; former != "" {
		return former
	}
	return w.Want.Name
}

// find searches the user: by its name and its former name, and, where neither is its own any more, by its id among all
// users. made is the user that this run made or renamed, nil for none.
func (b bucketUser) find(ctx context.Context, w wish, made *User) found {
	var f found
	id := w.Before().UserID
	if made != nil {
		id = made.ID
	}
	names := []string{w.Want.Name}
	if former := w.Before().Name; former != "" && former != w.Want.Name {
		names = append(names, former)
	}
	for _, name := range names {
		user, err := b.get(ctx, name)
		switch {
		case err != nil:
			return found{err: err}
		case user == nil || b.register.isDeleted(user.ID):
		case b.isOurs(w, made, id, name, *user):
			f.ours = user
			return f
		case name == w.Want.Name:
			f.taken = user
		}
	}
	if id == "" || made != nil || b.register.isDeleted(id) {
		return f
	}
	f.ours, f.err = b.renamed(ctx, id)
	return f
}

// isOurs reports whether a user that has one of the names is the one of the composite. A state that is older than
// unique_id knows the name only.
func (b bucketUser) isOurs(w wish, made *User, id, name string, user User) bool {
	token := b.finder.token
	switch {
	case token != "" && user.Tags[MarkTag] == token:
		return true
	case token != "" && made == nil:
		return false // the user that this run made has the run's mark: without it, the user is somebody else's
	case id != "":
		return user.ID == id
	case made != nil:
		return true
	}
	return !w.Before().Lost && name == firstName(w)
}

// get reads a user by its name; nil if there is none.
func (b bucketUser) get(ctx context.Context, name string) (*User, error) {
	out, err := b.GetUser(ctx, &iam.GetUserInput{UserName: &name})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	if out.User == nil {
		return nil, fmt.Errorf("iam GetUser of %s: the answer holds no user", name)
	}
	return userOf(out.User), nil
}

// renamed finds a user by its id, whatever its name is; nil if there is none. All users are listed once for all
// resources. A store that cannot list its users cannot rename them either.
func (b bucketUser) renamed(ctx context.Context, id string) (*User, error) {
	names, err := b.allNames(ctx)
	if err != nil {
		if awsclient.IsNotImplemented(err) {
			return nil, nil
		}
		return nil, err
	}
	name, ok := names[id]
	if !ok {
		return nil, nil
	}
	user, err := b.get(ctx, name)
	if err != nil || user == nil || user.ID != id {
		return nil, err
	}
	return user, nil
}

// allNames are the names of all users by id. They are asked for without a path: a user may have been moved as well.
func (b bucketUser) allNames(ctx context.Context) (map[string]string, error) {
	b.register.mu.Lock()
	defer b.register.mu.Unlock()
	if b.register.names != nil {
		return b.register.names, nil
	}
	users, err := principal.Users(ctx, b.ListUsers)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, user := range users {
		names[aws.ToString(user.UserId)] = aws.ToString(user.UserName)
	}
	b.register.names = names
	return names, nil
}

// marked adds the mark to the tags of a new user, where the store keeps tags and there is room for it.
func (b bucketUser) marked(tags map[string]string) (all map[string]string, token string) {
	if !b.conn.Platform.Has(awsclient.UserTags) {
		return tags, ""
	}
	return mark.Marked(tags)
}

// claim refuses a wanted name that another user has.
func claim(_ context.Context, w wish, o Status) error {
	if o.Taken == nil || o.User != nil && w.Prior != nil && w.Want.Name == w.Prior.Name {
		return nil
	}
	return &TakenError{User: *o.Taken, Shared: w.Want.NameInState}
}

// create makes the user. That it exists already is our own doing only if an answer was lost and the user bears the mark
// of this very call.
func (b bucketUser) createUser(ctx context.Context, s Spec, o *Status) error {
	tags, token := b.marked(s.Tags)
	b.finder.mu.Lock()
	b.finder.token = token
	b.finder.mu.Unlock()
	in := &iam.CreateUserInput{UserName: &s.Name, Path: &s.IAMPath, Tags: principal.Tags(tags)}
	if s.Boundary != "" {
		in.PermissionsBoundary = &s.Boundary
	}
	lost := false
	leaving := func(err error) bool { return awsclient.IsExists(err) && b.register.freed(s.Name) && !lost }
	err := b.patiently(ctx, leaving, func() error {
		out, err := b.CreateUser(ctx, in)
		if err == nil && out.User != nil {
			o.User = userOf(out.User)
		}
		lost = lost || awsclient.MayHaveWorked(err)
		return err
	})
	switch {
	case awsclient.IsExists(err) && lost:
		if err := b.recognise(ctx, s.Name, token, o, err); err != nil {
			return err
		}
	case awsclient.IsExists(err):
		return fmt.Errorf("%w: %w", reconcile.ErrForeign, err)
	case err != nil:
		return err
	case o.User == nil:
		o.User = &User{Name: s.Name}
	}
	o.User.Created = true
	return b.conn.Until(ctx, "the new user to be seen", func(ctx context.Context) (bool, error) {
		user, err := b.get(ctx, s.Name)
		if err != nil || user == nil || o.User.ID != "" && user.ID != o.User.ID || b.register.isDeleted(user.ID) {
			return false, err // the next call may not yet find a new user, or find the one before it
		}
		user.Created = true
		o.User = user
		b.note(*user)
		return true, nil
	})
}

// recognise takes an existing user for our own, after the answer to its creation was lost, if it bears the token of the
// call. A store without tags cannot show the token. There it is enough that no such user existed before the call.
func (b bucketUser) recognise(ctx context.Context, name, token string, o *Status, exists error) error {
	return b.conn.Until(ctx, "the new user to be seen", func(ctx context.Context) (bool, error) {
		user, err := b.get(ctx, name)
		if err != nil || user == nil || b.register.isDeleted(user.ID) {
			return false, err
		}
		if token != "" && user.Tags[MarkTag] != token {
			return false, fmt.Errorf("%w: %w", reconcile.ErrForeign, exists)
		}
		o.User = user
		return true, nil
	})
}
