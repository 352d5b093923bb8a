package bucketuser

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// account is an IAM that keeps users in memory, by name.
type account struct {
	mu    sync.Mutex
	users map[string]*person
	made  int
	calls []string

	throttled bool // what is refused was sent before, and refused too

	stale  []person // what the next calls of GetUser show, whatever there is
	groups []string // that exist
	create func() error

	staleKeys [][]types.AccessKeyMetadata // what the next lists of keys show, whatever there is
	newKeys   func(made types.AccessKey) error

	lastUse func() (types.AccessKeyLastUsed, error) // of any key; nil for a store that does not tell

	parameters map[string]*parameter
}

type person struct {
	name, id string
	tags     []types.Tag
	groups   []string
	keys     []types.AccessKeyMetadata
}

func failed(code string, attempts int) error {
	return &awsclient.CallError{Service: "iam", Operation: "Test", Code: code, HTTPStatus: 400, Attempts: attempts,
		Lost: attempts > 1, Uncertain: attempts > 1}
}

func (a *account) add(name string) *person {
	a.made++
	p := &person{name: name, id: fmt.Sprintf("AIDA%04d", a.made)}
	a.users[name] = p
	return p
}

// note counts a call, and finds the user that it is about.
func (a *account) note(call string, name *string) (*person, error) {
	a.calls = append(a.calls, call+" "+aws.ToString(name))
	if p := a.users[aws.ToString(name)]; p != nil {
		return p, nil
	}
	return nil, failed("NoSuchEntity", 1)
}

func (p person) user() *types.User {
	return &types.User{
		UserName: aws.String(p.name), UserId: aws.String(p.id), Arn: aws.String("arn:aws:iam::123456789012:user/" + p.name),
		Tags: slices.Clone(p.tags),
	}
}

// on makes an operation of a function, one call at a time.
func on[I, O any](a *account, act func(*I) (*O, error)) awsclient.IAMCall[I, O] {
	return func(_ context.Context, in *I, _ ...func(*iam.Options)) (*O, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		return act(in)
	}
}

func (a *account) api() API {
	var api API
	api.GetUser = on(a, func(in *iam.GetUserInput) (*iam.GetUserOutput, error) {
		p, err := a.note("GetUser", in.UserName)
		if len(a.stale) > 0 {
			p, err, a.stale = &a.stale[0], nil, a.stale[1:]
		}
		if err != nil {
			return nil, err
		}
		return &iam.GetUserOutput{User: p.user()}, nil
	})
	api.ListUsers = on(a, func(*iam.ListUsersInput) (*iam.ListUsersOutput, error) {
		a.calls = append(a.calls, "ListUsers")
		out := &iam.ListUsersOutput{}
		for _, name := range slices.Sorted(maps.Keys(a.users)) {
			out.Users = append(out.Users, *a.users[name].user())
		}
		return out, nil
	})
	api.CreateUser = on(a, func(in *iam.CreateUserInput) (*iam.CreateUserOutput, error) {
		p, _ := a.note("CreateUser", in.UserName)
		if p != nil {
			return nil, failed("EntityAlreadyExists", 1)
		}
		p = a.add(*in.UserName)
		p.tags = in.Tags
		if a.create != nil {
			if err := a.create(); err != nil {
				return nil, err
			}
		}
		return &iam.CreateUserOutput{User: p.user()}, nil
	})
	api.UpdateUser = on(a, func(in *iam.UpdateUserInput) (*iam.UpdateUserOutput, error) {
		p, err := a.note("UpdateUser", in.UserName)
		if err != nil {
			return nil, err
		}
		if a.users[*in.NewUserName] != nil {
			return nil, failed("EntityAlreadyExists", 1)
		}
		delete(a.users, p.name)
		p.name = *in.NewUserName
		a.users[p.name] = p
		return &iam.UpdateUserOutput{}, nil
	})
	api.DeleteUser = on(a, func(in *iam.DeleteUserInput) (*iam.DeleteUserOutput, error) {
		p, err := a.note("DeleteUser", in.UserName)
		if err == nil {
			delete(a.users, p.name)
		}
		return &iam.DeleteUserOutput{}, err
	})
	api.GetLoginProfile = none[iam.GetLoginProfileInput, iam.GetLoginProfileOutput]()
	api.ListMFADevices = none[iam.ListMFADevicesInput, iam.ListMFADevicesOutput]()
	api.ListSSHPublicKeys = none[iam.ListSSHPublicKeysInput, iam.ListSSHPublicKeysOutput]()
	api.ListSigningCertificates = none[iam.ListSigningCertificatesInput, iam.ListSigningCertificatesOutput]()
	api.ListServiceSpecificCredentials = none[
		iam.ListServiceSpecificCredentialsInput, iam.ListServiceSpecificCredentialsOutput]()
	api.ListAttachedUserPolicies = none[iam.ListAttachedUserPoliciesInput, iam.ListAttachedUserPoliciesOutput]()
	a.memberships(&api)
	a.accessKeys(&api)
	a.stores(&api)
	return api
}

// none is an operation that the store does not have.
func none[I, O any]() awsclient.IAMCall[I, O] {
	return func(context.Context, *I, ...func(*iam.Options)) (*O, error) { return nil, failed("NotImplemented", 1) }
}

func (a *account) memberships(api *API) {
	api.ListGroupsForUser = on(a, func(in *iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
		p, err := a.note("ListGroupsForUser", in.UserName)
		if err != nil {
			return nil, err
		}
		out := &iam.ListGroupsForUserOutput{}
		for _, group := range p.groups {
			out.Groups = append(out.Groups, types.Group{GroupName: &group})
		}
		return out, nil
	})
	api.ListUserPolicies = on(a, func(in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
		_, err := a.note("ListUserPolicies", in.UserName)
		return &iam.ListUserPoliciesOutput{}, err
	})
	api.GetGroup = on(a, func(in *iam.GetGroupInput) (*iam.GetGroupOutput, error) {
		if !slices.Contains(a.groups, *in.GroupName) {
			return nil, failed("NoSuchEntity", 1)
		}
		return &iam.GetGroupOutput{}, nil
	})
	api.AddUserToGroup = on(a, func(in *iam.AddUserToGroupInput) (*iam.AddUserToGroupOutput, error) {
		p, err := a.note("AddUserToGroup", in.UserName)
		if err == nil {
			p.groups = append(p.groups, *in.GroupName)
		}
		return &iam.AddUserToGroupOutput{}, err
	})
	api.RemoveUserFromGroup = on(a, func(in *iam.RemoveUserFromGroupInput) (*iam.RemoveUserFromGroupOutput, error) {
		p, err := a.note("RemoveUserFromGroup", in.UserName)
		if err == nil {
			p.groups = slices.DeleteFunc(p.groups, func(g string) bool { return g == *in.GroupName })
		}
		return &iam.RemoveUserFromGroupOutput{}, err
	})
}

// newKey gives the person a key.
func (a *account) newKey(p *person) types.AccessKey {
	a.made++
	id, made := fmt.Sprintf("AKIA%04d", a.made), time.Date(2026, 1, 1, 0, 0, a.made, 0, time.UTC)
	p.keys = append(p.keys, types.AccessKeyMetadata{
		AccessKeyId: &id, UserName: &p.name, Status: types.StatusTypeActive, CreateDate: &made,
	})
	return types.AccessKey{AccessKeyId: &id, SecretAccessKey: aws.String("secret"), CreateDate: &made, UserName: &p.name}
}

func (a *account) accessKeys(api *API) {
	api.ListAccessKeys = on(a, func(in *iam.ListAccessKeysInput) (*iam.ListAccessKeysOutput, error) {
		p, err := a.note("ListAccessKeys", in.UserName)
		if err != nil {
			return nil, err
		}
		if len(a.staleKeys) > 0 {
			keys := a.staleKeys[0]
			a.staleKeys = a.staleKeys[1:]
			return &iam.ListAccessKeysOutput{AccessKeyMetadata: keys}, nil
		}
		return &iam.ListAccessKeysOutput{AccessKeyMetadata: slices.Clone(p.keys)}, nil
	})
	api.GetAccessKeyLastUsed = on(a, func(*iam.GetAccessKeyLastUsedInput) (*iam.GetAccessKeyLastUsedOutput, error) {
		a.calls = append(a.calls, "GetAccessKeyLastUsed")
		if a.lastUse == nil {
			return nil, failed("InvalidAction", 1)
		}
		last, err := a.lastUse()
		return &iam.GetAccessKeyLastUsedOutput{AccessKeyLastUsed: &last}, err
	})
	api.CreateAccessKey = on(a, func(in *iam.CreateAccessKeyInput) (*iam.CreateAccessKeyOutput, error) {
		p, err := a.note("CreateAccessKey", in.UserName)
		if err != nil {
			return nil, err
		}
		key := a.newKey(p)
		if a.newKeys != nil {
			if err := a.newKeys(key); err != nil {
				return nil, err
			}
		}
		return &iam.CreateAccessKeyOutput{AccessKey: &key}, nil
	})
	api.DeleteAccessKey = on(a, func(in *iam.DeleteAccessKeyInput) (*iam.DeleteAccessKeyOutput, error) {
		p, err := a.note("DeleteAccessKey", in.UserName)
		if err == nil {
			p.keys = slices.DeleteFunc(p.keys, func(k types.AccessKeyMetadata) bool { return *k.AccessKeyId == *in.AccessKeyId })
		}
		return &iam.DeleteAccessKeyOutput{}, err
	})
}

type parameter struct{ value, description string }

// with makes an operation of SSM of a function, one call at a time.
func with[I, O any](a *account, act func(*I) (*O, error)) awsclient.SSMCall[I, O] {
	return func(_ context.Context, in *I, _ ...func(*ssm.Options)) (*O, error) {
		a.mu.Lock()
		defer a.mu.Unlock()
		return act(in)
	}
}

func (a *account) stores(api *API) {
	gone := failed("ParameterNotFound", 1)
	api.PutParameter = with(a, func(in *ssm.PutParameterInput) (*ssm.PutParameterOutput, error) {
		if a.parameters[*in.Name] != nil && !aws.ToBool(in.Overwrite) {
			return nil, failed("ParameterAlreadyExists", a.attempts())
		}
		a.parameters[*in.Name] = &parameter{*in.Value, *in.Description}
		return &ssm.PutParameterOutput{}, nil
	})
	api.GetParameter = with(a, func(in *ssm.GetParameterInput) (*ssm.GetParameterOutput, error) {
		p := a.parameters[*in.Name]
		if p == nil {
			return nil, gone
		}
		return &ssm.GetParameterOutput{Parameter: &ssmtypes.Parameter{Name: in.Name, Value: &p.value}}, nil
	})
	api.GetParameterHistory = with(a, func(in *ssm.GetParameterHistoryInput) (*ssm.GetParameterHistoryOutput, error) {
		p := a.parameters[*in.Name]
		if p == nil {
			return nil, gone
		}
		former := ssmtypes.ParameterHistory{Name: in.Name, Description: aws.String("of a former version")}
		if in.NextToken == nil {
			return &ssm.GetParameterHistoryOutput{
				Parameters: []ssmtypes.ParameterHistory{former}, NextToken: aws.String("1"),
			}, nil
		}
		now := ssmtypes.ParameterHistory{Name: in.Name, Description: &p.description}
		return &ssm.GetParameterHistoryOutput{Parameters: []ssmtypes.ParameterHistory{now}}, nil
	})
	api.DeleteParameter = with(a, func(in *ssm.DeleteParameterInput) (*ssm.DeleteParameterOutput, error) {
		if a.parameters[*in.Name] == nil {
			return nil, gone
		}
		delete(a.parameters, *in.Name)
		return &ssm.DeleteParameterOutput{}, nil
	})
}

// attempts is how often a call was sent that is refused now.
func (a *account) attempts() int {
	if a.throttled {
		return 2
	}
	return 1
}

// newAccount is an account with the groups of the bucket b, and the API of one connection to it.
func newAccount(t *testing.T) (*account, func() bucketUser) {
	t.Helper()
	a := &account{users: map[string]*person{}, parameters: map[string]*parameter{}, groups: []string{"b-BktROGrp", "b-BktRWGrp", "b-BktAdmGrp"}}
	conn := &awsclient.Conn{Pace: awsclient.DefaultPace(), Platform: awsclient.Platform{Features: map[awsclient.Feature]awsclient.Support{
		awsclient.Groups: awsclient.Yes, awsclient.UserTags: awsclient.Yes,
	}}}
	api := a.api()
	return a, func() bucketUser { return newBucketUser(api, conn) }
}

// reader is a user of the bucket b that may read.
func reader(name, id string) Spec {
	return Spec{
		Bucket: "b", Name: name, UserID: id, Partition: "aws", IAMPath: "/", Access: "read_only", Tags: map[string]string{},
	}
}
