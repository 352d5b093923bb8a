package versitygw

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/xml"
	"net/url"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Roles are the roles of users, the least powerful first: user may use buckets, userplus may create some, and admin may
// do everything, whatever a bucket policy says, and use the Admin API.
func Roles() []string { return []string{"user", "userplus", Admin} }

// Admin is the most powerful role.
const Admin = "admin"

// User is an account of the gateway, without its secret.
type User struct {
	AccessKey string
	Role      string
	IDs       IDs
	Digest    Digest // of the secret
}

// IDs are the numbers of a user in the file system: the owner and group of its files, and the project of a quota.
type IDs struct{ User, Group, Project int64 }

// Digest stands for a secret where it only has to be compared. It is no protection of a secret that can be guessed.
type Digest [sha256.Size]byte

// DigestOf is the digest of a secret.
func DigestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }

// Equal reports whether both stand for the same secret.
func (d Digest) Equal(other Digest) bool { return subtle.ConstantTimeCompare(d[:], other[:]) == 1 }

// account is a user as the Admin API has it.
type account struct {
	Access    string
	Secret    string
	Role      string
	UserID    int64
	GroupID   int64
	ProjectID int64
}

// CreateUser makes a user. The root's key and that of another user are refused: awsclient.IsExists.
func (c *Client) CreateUser(ctx context.Context, user User, secret string) error {
	body, err := xml.Marshal(struct {
		XMLName xml.Name `xml:"Account"`
		account
	}{account: account{
		Access: user.AccessKey, Secret: secret, Role: user.Role,
		UserID: user.IDs.User, GroupID: user.IDs.Group, ProjectID: user.IDs.Project,
	}})
	if err != nil {
		return err
	}
	return c.write(ctx, &awsclient.AdminCall{
		Operation: "CreateUser", Path: []string{"create-user"}, Body: body, UserName: &user.AccessKey, Secret: &secret,
	})
}

// Change is what is changed of a user; nil stays as it is.
type Change struct {
	XMLName   xml.Name `xml:"MutableProps"`
	Secret    *string  `xml:",omitempty"`
	Role      *string  `xml:",omitempty"`
	UserID    *int64   `xml:",omitempty"`
	GroupID   *int64   `xml:",omitempty"`
	ProjectID *int64   `xml:",omitempty"`
}

// UpdateUser changes a user. One that does not exist, the root among them, is an error: awsclient.IsNotFound.
func (c *Client) UpdateUser(ctx context.Context, accessKey string, change Change) error {
	body, err := xml.Marshal(change)
	if err != nil {
		return err
	}
	return c.write(ctx, &awsclient.AdminCall{
		Operation: "UpdateUser", Path: []string{"update-user"}, Query: url.Values{"access": {accessKey}}, Body: body,
		UserName: &accessKey, Secret: change.Secret,
	})
}

// DeleteUser deletes a user, if there is one. Its buckets stay, with an owner that does not exist.
func (c *Client) DeleteUser(ctx context.Context, accessKey string) error {
	return c.write(ctx, &awsclient.AdminCall{
		Operation: "DeleteUser", Path: []string{"delete-user"}, Query: url.Values{"access": {accessKey}},
		UserName: &accessKey,
	})
}

// Users are all users, sorted by their access keys. The root is none of them.
func (c *Client) Users(ctx context.Context) ([]User, error) {
	return c.users.get(ctx, func(ctx context.Context) ([]User, error) {
		// The page of VersityGW calls the element Account, and 1.8.0 sends Accounts.
		var answer struct {
			Accounts []account `xml:"Accounts"`
			Account  []account `xml:"Account"`
		}
		call := &awsclient.AdminCall{Operation: "ListUsers", Path: []string{"list-users"}}
		if err := c.read(ctx, call, &answer); err != nil {
			return nil, err
		}
		users := []User{}
		for _, a := range append(answer.Accounts, answer.Account...) {
			users = append(users, User{a.Access, a.Role, IDs{a.UserID, a.GroupID, a.ProjectID}, DigestOf(a.Secret)})
		}
		return users, nil
	})
}

// User is the user with the access key; nil if there is none.
func (c *Client) User(ctx context.Context, accessKey string) (*User, error) {
	users, err := c.Users(ctx)
	if err != nil {
		return nil, err
	}
	for _, user := range users {
		if user.AccessKey == accessKey {
			return &user, nil
		}
	}
	return nil, nil
}

// UsersLike are the users with this role and this beginning of their access keys; "" is any.
func (c *Client) UsersLike(ctx context.Context, role, prefix string) ([]User, error) {
	users, err := c.Users(ctx)
	if err != nil {
		return nil, err
	}
	found := []User{}
	for _, user := range users {
		if (role == "" || user.Role == role) && strings.HasPrefix(user.AccessKey, prefix) {
			found = append(found, user)
		}
	}
	return found, nil
}
