package bucketrole

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/principal"
)

// MarkTag is the tag of what the provider made. On a role its value names the call that made it, so that a call whose
// answer was lost can be told from somebody else's; everywhere else the role's id says whose it is. On an OpenID
// Connect provider its value is the id of the role that it was made for.
const MarkTag = "spinup:bucket-role"

const mark = principal.Mark(MarkTag)

// register is what one connection knows of roles.
type register struct {
	mu      sync.Mutex
	deleted map[string]bool // ids of roles that this process deleted: reads may still show them
	leaving map[string]bool // ids of roles that this process destroys: they need no provider any more
}

func registerOf(conn *awsclient.Conn) *register {
	made := conn.Shared("bucket roles", func() any {
		return &register{deleted: map[string]bool{}, leaving: map[string]bool{}}
	})
	return made.(*register)
}

func (r *register) note(set map[string]bool, id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	set[id] = true
}

func (r *register) has(set map[string]bool, id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return set[id]
}

// asked is the token of the call that made, or was to make, the role in this run; "" for none.
type asked struct {
	mu    sync.Mutex
	token string
}

func (a *asked) set(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.token = token
}

func (a *asked) get() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.token
}

// find reads the role of the name, and tells whether it is ours.
func (b bucketRole) find(ctx context.Context, w wish, o *Status) error {
	role, err := b.get(ctx, w.Want.Name)
	if err != nil {
		return err
	}
	made := o.Role
	if made != nil && !made.Created {
		made = nil
	}
	switch {
	case role == nil || b.register.has(b.register.deleted, role.ID):
		o.Role, o.Taken = nil, nil
	case b.isOurs(w, made, *role):
		role.Created = made != nil
		o.Role, o.Taken = role, nil
	default:
		o.Role, o.Taken = nil, role
	}
	return nil
}

// isOurs reports whether the role that has the name is the one of the composite.
func (b bucketRole) isOurs(w wish, made *Role, role Role) bool {
	token, id := b.asked.get(), w.Before().RoleID
	switch {
	case token != "" && role.Tags[MarkTag] == token:
		return true
	case token != "" && made == nil:
		return false // the role that this run made has the run's mark: without it, the role is somebody else's
	case made != nil:
		return made.ID == "" || role.ID == made.ID
	case id != "":
		return role.ID == id
	}
	return !w.Before().Lost
}

// get reads a role by its name; nil if there is none.
func (b bucketRole) get(ctx context.Context, name string) (*Role, error) {
	out, err := b.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	role, err := roleOf(out.Role)
	if err != nil {
		return nil, fmt.Errorf("role %s: %w", name, err)
	}
	return role, nil
}

func roleOf(r *types.Role) (*Role, error) {
	trust, err := awsclient.PolicyText(r.AssumeRolePolicyDocument)
	if err != nil {
		return nil, fmt.Errorf("its trust policy: %w", err)
	}
	role := &Role{
		Name: aws.ToString(r.RoleName), ARN: aws.ToString(r.Arn), ID: aws.ToString(r.RoleId), Trust: trust,
		MaxSession: aws.ToInt32(r.MaxSessionDuration), Tags: map[string]string{},
	}
	if r.PermissionsBoundary != nil {
		role.Boundary = aws.ToString(r.PermissionsBoundary.PermissionsBoundaryArn)
	}
	for _, tag := range r.Tags {
		role.Tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return role, nil
}

// claim refuses a name that another role has.
func claim(_ context.Context, w wish, o Status) error {
	if o.Taken == nil {
		return nil
	}
	return fmt.Errorf("there is an IAM role %s with the unique id %s, and this resource had another one of the name: %w; "+
		"rename or delete it, or take this resource out of state (terraform state rm) and import the role",
		o.Taken.ARN, o.Taken.ID, reconcile.ErrForeign)
}

// create makes the role. That it exists already is our own doing only if an answer was lost and the role bears the mark
// of this very call.
func (b bucketRole) create(ctx context.Context, w wish, o *Status) error {
	s := w.Want
	tags, token := mark.Marked(s.Tags)
	b.asked.set(token)
	trust := s.Trust.Document(s.Partition, s.AccountID)
	in := &iam.CreateRoleInput{
		RoleName: &s.Name, Path: &s.IAMPath, Tags: principal.Tags(tags), AssumeRolePolicyDocument: &trust,
		MaxSessionDuration: &s.MaxSession,
	}
	if s.Boundary != "" {
		in.PermissionsBoundary = &s.Boundary
	}
	out, err := b.CreateRole(ctx, in)
	switch {
	case awsclient.IsExists(err) && !awsclient.MayHaveWorked(err):
		return fmt.Errorf("%w: %w", reconcile.ErrForeign, err)
	case err != nil && !awsclient.IsExists(err):
		return err
	case err == nil:
		if o.Role, err = roleOf(out.Role); err != nil {
			return err
		}
		o.Role.Created = true
	}
	exists := err
	return b.conn.Until(ctx, "the new role to be seen", func(ctx context.Context) (bool, error) {
		role, err := b.get(ctx, s.Name)
		switch {
		case err != nil || role == nil || o.Role != nil && role.ID != o.Role.ID ||
			b.register.has(b.register.deleted, role.ID):
			return false, err // the next call may not yet find a new role, or find the one before it
		case o.Role == nil && role.Tags[MarkTag] != token:
			return false, fmt.Errorf("%w: %w", reconcile.ErrForeign, exists)
		}
		role.Created = true
		o.Role = role
		return true, nil
	})
}
