package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// lab is a statement of others, which a change of owner must not lose.
func lab(t *testing.T, b *acctest.Bench, principal string) {
	t.Helper()
	addStatement(t, b, `{"Sid":"Lab","Effect":"Deny","Principal":{"AWS":["`+principal+
		`"]},"Action":["s3:DeleteObject"],"Resource":["arn:aws:s3:::`+b.Name+`/*"]}`)
}

func ownedBy(b *acctest.Bench, owner string, settings ...string) string {
	return storeBucket(b, fmt.Sprintf("  owner = %q\n  public_access = \"read\"", owner), settings...)
}

// TestAccBucket_ownerKeepsPolicy: whatever happens to a change of owner, the policy is there afterwards.
func TestAccBucket_ownerKeepsPolicy(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, _ := gatewayUserNamed(t, b, "user", "-ann")
		bob, _ := gatewayUserNamed(t, b, "user", "-bob")
		for name, rule := range map[string]*gateway.Rule{
			"lost":   {Match: gateway.Op("admin:ChangeBucketOwner"), Fault: gateway.ResetAfter(), Times: 1},
			"unsent": {Match: gateway.Op("admin:ChangeBucketOwner"), Fault: gateway.ResetBefore(), Times: 1},
			"refused before": {
				Match: gateway.Nth(1, gateway.Op("s3:PutBucketPolicy")), Fault: gateway.Forbidden(), Times: 1,
			},
			"a dead principal": nil,
		} {
			t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
				t.Parallel()
				b := b.Fork(t)
				tf := b.Played(t)
				tf.Write(ownedBy(b, ann))
				tf.Apply()
				principal := bob
				if rule == nil {
					principal, _ = gatewayUserNamed(t, b, "user", "-carol")
				}
				lab(t, b, principal)
				if rule == nil {
					if err := b.Admin(t).DeleteUser(t.Context(), principal); err != nil {
						t.Fatal(err)
					}
				} else {
					b.Gateway.Inject(*rule)
				}
				tf.Write(ownedBy(b, bob, "max_retries = 0"))
				out, code := tf.Run("apply", "-auto-approve")
				if rule == nil && (code == 0 || !strings.Contains(out, "principals that exist")) {
					t.Errorf("exit code %d: %s", code, out)
				}
				for _, sid := range []string{"Lab", "SpinupPublicRead"} {
					if policy := livePolicy(t, b); !strings.Contains(policy, sid) {
						t.Errorf("%s is lost: %s", sid, policy)
					}
				}
				if rule != nil {
					tf.Write(ownedBy(b, bob))
					tf.Apply()
					tf.Empty()
					if got := ownerOf(t, b); got != bob {
						t.Errorf("the owner is %s", got)
					}
				}
				if policy := livePolicy(t, b); !strings.Contains(policy, "Lab") {
					t.Errorf("lost in the end: %s", policy)
				}
			})
		}
	})
}

// TestAccBucket_ownerGone: an owner who was deleted is no reason to keep what is not wanted any more.
func TestAccBucket_ownerGone(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, _ := gatewayUserNamed(t, b, "user", "-ann")
		bob, _ := gatewayUserNamed(t, b, "user", "-bob")
		tf := b.Played(t)
		tf.Write(ownedBy(b, ann))
		tf.Apply()
		lab(t, b, bob)
		if err := b.Admin(t).DeleteUser(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
		tf.Write(storeBucket(b, "  force_destroy = true"))
		tf.Apply()
		tf.Empty()
		if policy := livePolicy(t, b); !strings.Contains(policy, "Lab") || strings.Contains(policy, "SpinupPublicRead") {
			t.Errorf("the policy is %s", policy)
		}
		tf.Write(storeBucket(b, "  force_destroy = true\n  require_tls = true"))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_ownerUnset: an owner that nobody configured is not given back what somebody gave away.
func TestAccBucket_ownerUnset(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, hasOwners, func(t *testing.T, b *acctest.Bench) {
		ann, _ := gatewayUserNamed(t, b, "user", "-ann")
		bob, _ := gatewayUserNamed(t, b, "user", "-bob")
		tf := b.Served(t)
		tf.Write(ownedBy(b, ann))
		tf.Apply()
		tf.ForgetState()
		tf.Write(storeBucket(b, "  public_access = \"read\""))
		tf.Must("import", "spinup_bucket.b", b.Name)
		tf.Empty()
		if err := b.Admin(t).ChangeBucketOwner(t.Context(), b.Name, bob); err != nil {
			t.Fatal(err)
		}
		tf.Write(storeBucket(b, "  public_access = \"read\"\n  tags = { A = \"b\" }"))
		tf.Must("apply", "-auto-approve", "-refresh=false")
		if got := ownerOf(t, b); got != bob {
			t.Errorf("the bucket was taken from %s and given to %s", bob, got)
		}
		tf.Apply()
		tf.Empty()
		tf.Destroy()
	})
}
