package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// confined are three users of one bucket, each confined to a path.
func confined(b *acctest.Bench) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %[1]q
  access_levels = []
  require_tls   = false # plain http is all that an emulator speaks
  force_destroy = true
}

resource "spinup_bucket_user" "test" {
  for_each = {
    writer = { path = "/docs/", access = "read_write" }
    reader = { path = "/docs/", access = "read_only" }
    nested = { path = "/docs/private/", access = "admin" }
  }
  bucket     = spinup_bucket.test.name
  name       = "%[1]s-${each.key}"
  path       = each.value.path
  access     = each.value.access
  access_key = { store = { ssm_parameter = "/%[1]s/${each.key}" } }
}
`, b.Name)
}

// pathKeys are the keys of objects, with the users that may read each.
var pathKeys = map[string][]string{
	"docs/a":            {"reader", "writer"},
	"docs/sub/b":        {"reader", "writer"},
	"docs/private/c":    {"reader", "writer", "nested"},
	"docs/private/d/e":  {"reader", "writer", "nested"},
	"docs/private-too":  {"reader", "writer"},
	"docs":              nil,
	"docs2/a":           nil,
	"docs.txt":          nil,
	"Docs/a":            nil,
	"other/docs/a":      nil,
	"other":             nil,
	"private/c":         nil,
	"docsprivate/c":     nil,
	"other/docs/../a":   nil,
	"docs-private/docs": nil,
}

// TestAccBucketUser_path uses the keys of confined users: they may read and write below their paths and nothing else.
func TestAccBucketUser_path(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed+", and it has the policy simulator", func(t *testing.T, b *acctest.Bench) {
		other := b.Name + "-2"
		b.MakeBucket(t, other)
		tf := b.Served(t)
		tf.Write(b.Provider() + confined(b))
		tf.Apply()
		tf.Empty()
		for key := range pathKeys {
			b.PutObject(t, b.Name, key)
		}
		b.PutObject(t, other, "docs/a")
		for _, user := range []string{"writer", "reader", "nested"} {
			key := acctest.Must(b.LookUp(t.Context(), "/"+b.Name+"/"+user))(t)
			client := b.As(key.ID, key.Secret)
			t.Run(user, func(t *testing.T) {
				for name, users := range pathKeys {
					t.Run(name, func(t *testing.T) {
						may := slices.Contains(users, user)
						objects(t, client, b.Name, name, may, may && user != "reader")
					})
				}
				t.Run("other bucket", func(t *testing.T) { objects(t, client, other, "docs/a", false, false) })
				t.Run("list", func(t *testing.T) { lists(t, b, user, other) })
				t.Run("actions", func(t *testing.T) { actions(t, b, user) })
			})
		}
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &other, Key: aws.String("docs/a")}))(t)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// objects reads and writes an object and its neighbour, with the user's own key.
func objects(t *testing.T, client *s3.Client, bucket, key string, mayRead, mayWrite bool) {
	// The emulator hangs up after it refused a body, which may strike the next call.
	again := func(o *s3.Options) { o.RetryMaxAttempts = 5 }
	ctx, beside := t.Context(), key+"-new"
	_, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key}, again)
	allowed(t, "GetObject", mayRead, err)
	_, err = client.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: &bucket, Key: &key}, again)
	allowed(t, "GetObjectTagging", mayRead, err)
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: &beside, Body: strings.NewReader("new")}, again)
	allowed(t, "PutObject", mayWrite, err)
	_, err = client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &beside}, again)
	allowed(t, "DeleteObject", mayWrite, err)
}

// allowed requires that a call was refused for want of a permission, or not at all.
func allowed(t *testing.T, call string, may bool, err error) {
	t.Helper()
	if may && err != nil || !may && !awsclient.IsAccessDenied(err) {
		t.Errorf("%s: %v, allowed: %v", call, err, may)
	}
}

// lists asks the simulator about listing, which the emulator itself checks under the name of the operation.
func lists(t *testing.T, b *acctest.Bench, user, other string) {
	may := map[string]bool{
		"docs/": true, "docs/sub/": true, "docs/private/": true, "docs/private/d": true, "docs/private-too": true,
		"docs": false, "docs2/": false, "docs.": false, "": false, "d": false, "other/": false, "Docs/": false, "other/docs/": false,
	}
	if user == "nested" {
		for prefix := range may {
			may[prefix] = strings.HasPrefix(prefix, "docs/private/")
		}
	}
	listing := []string{"s3:ListBucket", "s3:ListBucketVersions", "s3:ListBucketMultipartUploads"}
	for prefix, may := range may {
		want := []string{}
		if may {
			want = slices.Sorted(slices.Values(listing))
		}
		if diff := cmp.Diff(want, simulateUser(t, b, user, "arn:aws:s3:::"+b.Name, listing, &prefix)); diff != "" {
			t.Errorf("prefix %q, -want +got:\n%s", prefix, diff)
		}
		if got := simulateUser(t, b, user, "arn:aws:s3:::"+other, listing, &prefix); len(got) > 0 {
			t.Errorf("prefix %q in another bucket: %v", prefix, got)
		}
	}
	if got := simulateUser(t, b, user, "arn:aws:s3:::"+b.Name, listing, nil); len(got) > 0 {
		t.Errorf("without a prefix: %v", got)
	}
}

// actions asks the simulator about every action that any level allows, on the bucket and on objects.
func actions(t *testing.T, b *acctest.Bench, user string) {
	read, write := actionNames(t, access.ReadOnly, true), actionNames(t, access.ReadWrite, true)
	all := slices.Concat(actionNames(t, access.Admin, false), actionNames(t, access.ReadWrite, false), write,
		[]string{"s3:DeleteBucket", "s3:DeleteBucketPolicy", "s3:PutObjectTagging", "iam:CreateAccessKey", "iam:GetUser"})
	slices.Sort(all)
	all = slices.Compact(all)
	below := write
	if user == "reader" {
		below = read
	}
	onBucket := []string{"s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"}
	bucketARN := "arn:aws:s3:::" + b.Name
	for resource, want := range map[string][]string{
		bucketARN:                       onBucket,
		bucketARN + "/docs/private/c":   below,
		bucketARN + "/docs":             {},
		bucketARN + "/docs2/a":          {},
		bucketARN + "/*":                {},
		bucketARN + "-2":                {},
		bucketARN + "-2/docs/private/c": {},
		"arn:aws:iam::" + b.AccountID + ":user/" + b.Name + "-" + user: {},
	} {
		if diff := cmp.Diff(want, simulateUser(t, b, user, resource, all, aws.String("docs/private/"))); diff != "" {
			t.Errorf("%s, -want +got:\n%s", resource, diff)
		}
	}
}

// actionsOf are the actions that a level allows on the bucket or on its objects, in alphabetical order.
func actionNames(t *testing.T, level access.Level, onObjects bool) []string {
	t.Helper()
	doc := acctest.Must(awspolicy.Parse(access.Document("aws", "b", level)))(t)
	var all []string
	for _, s := range doc.Statements {
		if strings.HasSuffix(s.Resource[0], "/*") == onObjects {
			all = append(all, s.Action...)
		}
	}
	return slices.Sorted(slices.Values(all))
}

// simulate gives those of the actions that the user's own policies allow it on the resource, in alphabetical order.
func simulateUser(t *testing.T, b *acctest.Bench, user, resource string, actions []string, prefix *string) []string {
	t.Helper()
	in := &iam.SimulatePrincipalPolicyInput{
		PolicySourceArn: aws.String("arn:aws:iam::" + b.AccountID + ":user/" + b.Name + "-" + user),
		ActionNames:     actions, ResourceArns: []string{resource},
	}
	if prefix != nil {
		in.ContextEntries = []types.ContextEntry{{
			ContextKeyName: aws.String("s3:prefix"), ContextKeyType: types.ContextKeyTypeEnumString, ContextKeyValues: []string{*prefix},
		}}
	}
	out := acctest.Must(b.IAM().SimulatePrincipalPolicy(t.Context(), in))(t)
	if len(out.EvaluationResults) != len(actions) {
		t.Fatalf("%d results for %d actions", len(out.EvaluationResults), len(actions))
	}
	may := []string{}
	for _, result := range out.EvaluationResults {
		if result.EvalDecision == types.PolicyEvaluationDecisionTypeAllowed {
			may = append(may, aws.ToString(result.EvalActionName))
		}
	}
	slices.Sort(may)
	return may
}

// TestAccBucketUser_pathQuota changes the path where IAM has no room for the old policy and the new one together.
func TestAccBucketUser_pathQuota(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		config := func(path string) string {
			return b.Provider() + fmt.Sprintf(`
resource "spinup_bucket_user" "test" {
  bucket = %[1]q
  name   = "%[1]s-ann"
  access = "read_write"
  path   = %[2]q
}
`, b.Name, path)
		}
		tf := b.Served(t)
		tf.Write(config("/docs/"))
		tf.Apply()
		tf.Write(config("/archive/"))
		b.Gateway.Reset()
		b.Gateway.Inject(gateway.Rule{
			Match: gateway.Op("iam:PutUserPolicy"), Times: 1,
			Fault: gateway.Answer(409, "LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user"),
		})
		tf.Apply()
		var order []string
		for _, call := range b.Gateway.Calls() {
			if call.Mutating {
				order = append(order, call.Operation)
			}
		}
		if diff := cmp.Diff([]string{"PutUserPolicy", "DeleteUserPolicy", "PutUserPolicy"}, order); diff != "" {
			t.Error("calls, -want +got:\n" + diff)
		}
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
