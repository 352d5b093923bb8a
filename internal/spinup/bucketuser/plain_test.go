package bucketuser

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// notThere makes all that an IAM without groups lacks fail with the code, and returns the calls.
func notThere(a *account, api *API, code string) *[]string {
	var calls []string
	api.ListGroupsForUser = on(a, func(*iam.ListGroupsForUserInput) (*iam.ListGroupsForUserOutput, error) {
		calls = append(calls, "ListGroupsForUser")
		return nil, failed(code, 1)
	})
	api.GetLoginProfile = on(a, func(*iam.GetLoginProfileInput) (*iam.GetLoginProfileOutput, error) {
		calls = append(calls, "GetLoginProfile")
		return nil, failed(code, 1)
	})
	api.ListAttachedUserPolicies = on(a, func(*iam.ListAttachedUserPoliciesInput) (*iam.ListAttachedUserPoliciesOutput, error) {
		calls = append(calls, "ListAttachedUserPolicies")
		return nil, failed(code, 1)
	})
	return &calls
}

// inlined lets the account keep inline policies, each user one.
func inlined(a *account, api *API) {
	kept := map[string]string{}
	text := map[string]string{}
	api.ListUserPolicies = on(a, func(in *iam.ListUserPoliciesInput) (*iam.ListUserPoliciesOutput, error) {
		out := &iam.ListUserPoliciesOutput{}
		if name := kept[*in.UserName]; name != "" {
			out.PolicyNames = []string{name}
		}
		return out, nil
	})
	api.GetUserPolicy = on(a, func(in *iam.GetUserPolicyInput) (*iam.GetUserPolicyOutput, error) {
		return &iam.GetUserPolicyOutput{PolicyName: in.PolicyName, PolicyDocument: aws.String(text[*in.UserName])}, nil
	})
	api.PutUserPolicy = on(a, func(in *iam.PutUserPolicyInput) (*iam.PutUserPolicyOutput, error) {
		kept[*in.UserName], text[*in.UserName] = *in.PolicyName, *in.PolicyDocument
		return &iam.PutUserPolicyOutput{}, nil
	})
	api.DeleteUserPolicy = on(a, func(in *iam.DeleteUserPolicyInput) (*iam.DeleteUserPolicyOutput, error) {
		delete(kept, *in.UserName)
		return &iam.DeleteUserPolicyOutput{}, nil
	})
}

// TestPlainIAM is the life of a user where IAM has neither groups nor what comes with them: a store that is known to
// lack them is not asked, and what another answers means that there are none. To be denied a look never means that.
func TestPlainIAM(t *testing.T) {
	reads := []string{"ListGroupsForUser", "ListGroupsForUser", "GetLoginProfile", "ListAttachedUserPolicies"}
	for name, test := range map[string]struct {
		platform awsclient.Platform
		code     string
		calls    []string
	}{
		"known":   {kind("versitygw"), "InvalidAction", nil},
		"unknown": {kind("s3"), "InvalidAction", reads},
		"denied":  {kind("s3"), "AccessDenied", nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := &account{users: map[string]*person{}}
			api := a.api()
			inlined(a, &api)
			calls := notThere(a, &api, test.code)
			run := newBucketUser(api, &awsclient.Conn{Pace: awsclient.DefaultPace(), Platform: test.platform}).composite
			want := reader("ann", "")
			want.Inline, want.ForceDestroy = true, true
			have, err := run().Create(t.Context(), want)
			if test.code == "AccessDenied" {
				if !awsclient.IsAccessDenied(err) {
					t.Errorf("denied: %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if have.Groups == nil || len(have.Groups) > 0 || len(have.Inline.Documents) != 1 {
				t.Errorf("groups %v, inline %v", have.Groups, have.Inline)
			}
			want.UserID = have.User.ID
			if _, err := run().Destroy(t.Context(), want); err != nil {
				t.Error(err)
			}
			if len(a.users) > 0 {
				t.Error("the user is left")
			}
			got := slices.Compact(slices.Clone(*calls))
			if diff := cmp.Diff(slices.Compact(slices.Clone(test.calls)), got); diff != "" {
				t.Errorf("calls for what there is not, -want +got:\n%s", diff)
			}
		})
	}
}

// TestBoundary_withoutAny: a store that drops a boundary without a word would leave the user unlimited.
func TestBoundary_withoutAny(t *testing.T) {
	a := &account{users: map[string]*person{}}
	api := a.api()
	inlined(a, &api)
	b := newBucketUser(api, &awsclient.Conn{Platform: kind("versitygw")})
	want := reader("ann", "")
	want.Inline, want.Boundary = true, "arn:aws:iam::000000000000:policy/limit"
	_, err := b.composite().Create(t.Context(), want)
	if err == nil || !strings.Contains(err.Error(), `the platform "versitygw" has no permissions boundaries`) || len(a.users) > 0 {
		t.Errorf("%v, users %v", err, a.users)
	}
}

// TestPolicies_withoutManaged: a store without managed policies has no user with one.
func TestPolicies_withoutManaged(t *testing.T) {
	have := Status{Inline: &Inline{Documents: map[string]string{"a": ""}, Others: []string{"b"}}}
	for platform, calls := range map[string]int{"versitygw": 0, "s3": 1} {
		asked := 0
		conn := servedAs(t, platform, func(w http.ResponseWriter, _ *http.Request) {
			asked++
			failing(w, http.StatusBadRequest, "InvalidAction")
		})
		names, err := Policies(t.Context(), conn, reader("ann", ""), have)
		if err != nil || !slices.Equal(names, []string{"a", "b"}) || asked != calls {
			t.Errorf("%s: %v, %v after %d calls, want %d", platform, names, err, asked, calls)
		}
	}
}

// TestCheck_noGroups: a group that is asked for where there are none is refused at plan, with what to do.
func TestCheck_noGroups(t *testing.T) {
	a, _ := newAccount(t)
	api := a.api()
	api.GetGroup = func(context.Context, *iam.GetGroupInput, ...func(*iam.Options)) (*iam.GetGroupOutput, error) {
		return nil, failed("InvalidAction", 1)
	}
	check := func(s Spec) string {
		conn := &awsclient.Conn{Platform: kind("s3")}
		_, err := newBucketUser(api, conn).composite().Check(t.Context(), wish{Want: s})
		return err.Error()
	}
	want := reader("ann", "")
	if got := check(want); !strings.Contains(got, `set grant to "inline"`) {
		t.Error(got)
	}
	want.Inline, want.WebAdmin = true, true
	if got := check(want); !strings.Contains(got, "leave web_admin unset") {
		t.Error(got)
	}
}

// kind is the row of a kind of store.
func kind(name string) awsclient.Platform {
	all := awsclient.Platforms()
	return all[slices.IndexFunc(all, func(p awsclient.Platform) bool { return p.Name == name })]
}
