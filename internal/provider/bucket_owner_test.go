package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/versitygw"
)

const hasOwners = "only VersityGW with users of its own has owners of buckets"

// gatewayUserNamed makes a user of VersityGW and gives its access key and its secret.
func gatewayUserNamed(t *testing.T, b *acctest.Bench, role, suffix string) (accessKey, secret string) {
	t.Helper()
	accessKey, secret = b.Name+suffix, "secret-of-"+suffix
	user := versitygw.User{AccessKey: accessKey, Role: role}
	if err := b.Admin(t).CreateUser(t.Context(), user, secret); err != nil {
		t.Fatal(err)
	}
	return accessKey, secret
}

func livePolicy(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	out := acctest.Must(b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name}))(t)
	return aws.ToString(out.Policy)
}

// addStatement puts a statement of others into the live policy.
func addStatement(t *testing.T, b *acctest.Bench, statement string) {
	t.Helper()
	policy := strings.Replace(livePolicy(t, b), `"Statement":[`, `"Statement":[`+statement+",", 1)
	acctest.Must(b.S3().PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: &b.Name, Policy: &policy}))(t)
}

func ownerOf(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	owner, _, err := b.Admin(t).BucketOwner(t.Context(), b.Name)
	return acctest.Must(owner, err)(t)
}

// TestAccBucket_owner: made for one user, given to another with the policy put back, left alone when unset.
func TestAccBucket_owner(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, annSecret := gatewayUserNamed(t, b, "userplus", "-ann")
		bob, _ := gatewayUserNamed(t, b, "user", "-bob")
		tf := b.Served(t)
		with := func(owner string) string {
			return storeBucket(b, fmt.Sprintf("  owner = %q\n  public_access = \"read\"\n  tags = { Owner = \"library\" }", owner))
		}
		tf.Write(with(b.Name + "-nobody"))
		if out := tf.MustFail("apply", "-auto-approve"); !strings.Contains(out, "no user with the access key") {
			t.Error(out)
		}
		b.Gone(t, b.Name)

		tf.Write(with(ann))
		tf.Apply()
		tf.Empty()
		if got := ownerOf(t, b); got != ann {
			t.Errorf("made for %s, the owner is %s", ann, got)
		}
		// The owner may do everything, though there is a policy.
		client := b.As(ann, annSecret)
		acctest.Must(client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name}))(t)
		acctest.Must(client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &b.Name, Key: aws.String("a"), Body: strings.NewReader("a"),
		}))(t)
		acctest.Must(client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("a")}))(t)

		// Somebody else adds a statement, which a change of owner must not lose.
		addStatement(t, b, `{"Sid":"Foreign","Effect":"Allow","Principal":{"AWS":["`+bob+
			`"]},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::`+b.Name+`/*"]}`)
		tf.Empty()
		tf.Write(with(bob))
		if got := tf.Plan("spinup_bucket.b").Actions; len(got) != 1 || got[0] != "update" {
			t.Errorf("a change of owner is planned as %v", got)
		}
		tf.Apply()
		tf.Empty()
		policy := livePolicy(t, b)
		for _, sid := range []string{"Foreign", "SpinupPublicRead", "SpinupOwner"} {
			if !strings.Contains(policy, sid) {
				t.Errorf("the statement %s is lost: %s", sid, policy)
			}
		}
		if got := ownerOf(t, b); got != bob || strings.Contains(policy, ann) {
			t.Errorf("given to %s, the owner is %s, the policy %s", bob, got, policy)
		}

		// Changed elsewhere, the plan says so. Unset, it is left as it is.
		if err := b.Admin(t).ChangeBucketOwner(t.Context(), b.Name, ann); err != nil {
			t.Fatal(err)
		}
		if got := tf.Plan("spinup_bucket.b"); got.Before["owner"] != ann || got.After["owner"] != bob {
			t.Errorf("drift is planned as %v to %v", got.Before["owner"], got.After["owner"])
		}
		tf.Apply()
		tf.Empty()
		tf.Write(storeBucket(b, "  public_access = \"read\"\n  tags = { Owner = \"library\" }"))
		tf.Empty()

		tf.ForgetState()
		tf.Write(with(bob))
		tf.Must("import", "spinup_bucket.b", b.Name)
		tf.Write(storeBucket(b, fmt.Sprintf("  owner = %q\n  public_access = \"read\"\n  tags = { Owner = \"library\" }\n  force_destroy = true", bob)))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_ownerLost: the answer to the creation for an owner, or to a change of owner, gets lost.
func TestAccBucket_ownerLost(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, _ := gatewayUserNamed(t, b, "user", "-ann")
		bob, _ := gatewayUserNamed(t, b, "user", "-bob")
		tf := b.Played(t)
		for _, step := range []struct{ call, owner string }{
			{"admin:CreateBucket", ann}, {"admin:ChangeBucketOwner", bob},
		} {
			remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op(step.call), Fault: gateway.ResetAfter(), Times: 1})
			tf.Write(storeBucket(b, fmt.Sprintf("  owner = %q\n  public_access = \"read\"", step.owner)))
			tf.Apply()
			remove()
			tf.Empty()
			if got := ownerOf(t, b); got != step.owner {
				t.Errorf("after a lost %s the owner is %s", step.call, got)
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_ownerElsewhere: stores without owners refuse the attribute before anything is made.
func TestAccBucket_ownerElsewhere(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		if b.Kind == emulator.VersityGW {
			return
		}
		tf := b.Played(t)
		tf.Write(storeBucket(b, "  owner = \"ann\""))
		out := tf.MustFail("plan")
		if !strings.Contains(out, "owner") {
			t.Error(out)
		}
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_boundOwner: who owns a bucket and is neither root nor admin keeps all rights under every policy.
func TestAccBucket_boundOwner(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, secret := gatewayUserNamed(t, b, "userplus", "-ann")
		tf := b.Played(t)
		write := func(settings string) {
			tf.Write(b.ProviderAs(ann, secret) + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n%s\n}\n", b.Name, settings))
		}
		for _, settings := range []string{
			"  require_tls = true", richest(b), "  public_access = \"read_list\"", "", "  require_tls = true\n  tags = { A = \"b\" }",
		} {
			write(settings)
			tf.Apply()
			tf.Empty()
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
