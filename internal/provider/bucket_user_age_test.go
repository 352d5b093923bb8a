package provider_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

const day = 24 * time.Hour

// falseTime is a clock that a test turns.
type falseTime struct{ passed atomic.Int64 }

func (f *falseTime) pace(p *awsclient.Pace) {
	p.Clock = func() time.Time { return time.Now().Add(time.Duration(f.passed.Load())) }
}

// is sets how much later it is than in truth.
func (f *falseTime) is(later time.Duration) { f.passed.Store(int64(later)) }

// aging is a user whose key rotates every 30 days.
func aging(b *acctest.Bench, more ...string) string {
	return b.Provider() + member(b, `access = "read_only"`,
		keyIn(toState, append(more, `rotate_after = "720h"`, `overlap = "24h"`)...))
}

// wantRotation requires that the plan has a new key, and nothing else that is new.
func wantRotation(t *testing.T, change acctest.Change, previous any) {
	t.Helper()
	same(t, "actions", []string{"update"}, change.Actions)
	same(t, "changed", []string{"access_key"}, change.Attributes())
	key, _ := change.After["access_key"].(map[string]any)
	same(t, "previous_id", previous, key["previous_id"])
	unknown := map[string]any{"id": true, "created_at": true, "secret": true}
	if previous != nil {
		unknown["previous_expires_at"] = true
	}
	is, _ := change.Unknown["access_key"].(map[string]any)
	delete(is, "store") // which has something known in it
	same(t, "unknown", unknown, is)
}

// TestAccBucketUser_age: a plan rotates a key that was as old as that when it was refreshed, and no apply does more or
// less than its plan, however late it runs.
func TestAccBucketUser_age(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		var now falseTime
		tf := b.Played(t, now.pace)
		tf.Write(aging(b))
		tf.Apply()
		first := keyOf(t, tf)["id"]
		now.is(30*day - time.Minute)
		tf.Empty()
		nothing := tf.Plan(userAddress)
		now.is(30*day + time.Minute)
		same(t, "actions", []string{"no-op"}, nothing.Actions)
		tf.Must("apply", "test.plan") // of a time when it was young
		wantKeys(t, b, first)

		wantRotation(t, tf.Plan(userAddress), first)
		now.is(60 * day)
		tf.Must("apply", "test.plan")
		key := keyOf(t, tf)
		wantKeys(t, b, first, key["id"])
		same(t, "previous_id", first, key["previous_id"])
		now.is(day - time.Minute)
		tf.Empty()
		same(t, "questions about its use", 0, b.Gateway.Counts()["iam:GetAccessKeyLastUsed"])

		now.is(day + time.Minute)
		removal := tf.Plan(userAddress)
		after, _ := removal.After["access_key"].(map[string]any)
		same(t, "planned", []any{key["id"], nil, nil}, []any{after["id"], after["previous_id"], after["previous_expires_at"]})
		now.is(31 * day) // by now the other one is due too, but not in this plan
		tf.Must("apply", "test.plan")
		wantKeys(t, b, key["id"])
		wantRotation(t, tf.Plan(userAddress), key["id"])

		now.is(0) // a clock that was wrong does no harm
		tf.Empty()
		tf.Destroy()
	})
}

// TestAccBucketUser_ageAtOnce: what falls due together is one rotation, and there are never more than two keys.
func TestAccBucketUser_ageAtOnce(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		var now falseTime
		tf := b.Played(t, now.pace)
		tf.Write(aging(b))
		tf.Apply()
		first := keyOf(t, tf)["id"]
		now.is(31 * day)
		tf.Write(aging(b, `rotation = "2"`))
		wantRotation(t, tf.Plan(userAddress), first)
		tf.Must("apply", "test.plan")
		second := keyOf(t, tf)["id"]
		wantKeys(t, b, first, second)

		wantRotation(t, tf.Plan(userAddress), second) // the first one is past its overlap, and unused
		tf.Must("apply", "test.plan")
		third := keyOf(t, tf)["id"]
		wantKeys(t, b, second, third)
		if most := mostKeys(b.Gateway); most != 2 {
			t.Errorf("there were %d keys at once", most)
		}
		now.is(0)
		tf.Empty()
		tf.Destroy()
	})
}

// TestAccBucketUser_ageNotDue: what a rotation for the age of a key waits for.
func TestAccBucketUser_ageNotDue(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		const ignored = "\n lifecycle {\n ignore_changes = [access_key]\n}"
		bare := func(b *acctest.Bench, key ...string) string {
			return b.Provider() + member(b, `access = "read_only"`, keyIn(toState, key...))
		}
		for name, row := range map[string]struct {
			before, after func(b *acctest.Bench) string
			next          string // the action of the second plan
			real          bool
		}{
			"not active": {
				func(b *acctest.Bench) string { return aging(b, "active = false") },
				func(b *acctest.Bench) string { return aging(b, "active = false") }, "no-op", false,
			},
			"ignored": {
				func(b *acctest.Bench) string { return aging(b) },
				func(b *acctest.Bench) string {
					return b.Provider() + member(b, `access = "read_only"`,
						keyIn(toState, `rotate_after = "720h"`, `overlap = "24h"`)+ignored)
				}, "no-op", true,
			},
			"given up": {
				func(b *acctest.Bench) string { return aging(b) },
				func(b *acctest.Bench) string { return bare(b, `overlap = "24h"`) }, "no-op", false,
			},
			"longer": {
				func(b *acctest.Bench) string { return aging(b) },
				func(b *acctest.Bench) string { return bare(b, `overlap = "24h"`, `rotate_after = "2160h"`) }, "no-op", false,
			},
			"set for the first time": {
				func(b *acctest.Bench) string { return bare(b) },
				func(b *acctest.Bench) string { return aging(b) }, "update", false,
			},
			"shorter": {
				func(b *acctest.Bench) string { return bare(b, `overlap = "24h"`, `rotate_after = "2160h"`) },
				func(b *acctest.Bench) string { return aging(b) }, "update", false,
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b := b.Fork(t)
				makeLevels(t, b, access.ReadOnly)
				var now falseTime
				tf := runner(t, b, row.real, now.pace)
				tf.Write(row.before(b))
				tf.Apply()
				id := keyOf(t, tf)["id"]
				now.is(31 * day)
				tf.Write(row.after(b))
				tf.Apply()
				wantKeys(t, b, id)
				same(t, "actions", []string{row.next}, tf.Plan(userAddress).Actions)
				now.is(0)
				tf.Destroy()
			})
		}
	})
}

// TestAccBucketUser_ageCrash fails every call of a rotation for the age of a key: there are never more than two, each
// can be had, and the next apply goes on.
func TestAccBucketUser_ageCrash(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		faults := map[string]func() gateway.Fault{"unsent": gateway.ResetBefore, "lost": gateway.ResetAfter}
		for overlap, calls := range map[string]int{"0s": 3, "24h": 2} {
			for n := 1; n <= calls; n++ {
				for kind, fault := range faults {
					t.Run(fmt.Sprintf("call %d with overlap %s %s", n, overlap, kind), func(t *testing.T) {
						t.Parallel()
						ageCrash(t, b.Fork(t), overlap, gateway.Rule{Match: gateway.Nth(n, gateway.Mutation()), Fault: fault()})
					})
				}
			}
		}
	})
}

func ageCrash(t *testing.T, b *acctest.Bench, overlap string, rule gateway.Rule) {
	makeLevels(t, b, access.ReadOnly)
	var now falseTime
	tf := b.Played(t, now.pace)
	store := fmt.Sprintf("{ ssm_parameter = %q }", "/"+b.Name+"/key")
	tf.Write(b.Provider("max_retries = 0") + member(b, `access = "read_only"`,
		keyIn(store, fmt.Sprintf("overlap = %q", overlap), `rotate_after = "720h"`)))
	tf.Apply()
	first := keyOf(t, tf)["id"]
	now.is(31 * day)
	remove := b.Gateway.Inject(rule)
	tf.Run("apply", "-auto-approve")
	remove()
	keysHeld(t, b, b.Name+"-ann", recorded(t, tf), nil)
	tf.Apply()
	key := keyOf(t, tf)
	wantKeys(t, b, key["id"], key["previous_id"])
	same(t, "delivered", key["id"].(string), acctest.Must(parameterOf(t.Context(), b))(t).ID)
	if key["id"] == first {
		t.Error("it was not rotated")
	}
	now.is(0)
	tf.Apply()
	tf.Empty()
	tf.Destroy()
}

// ownKey gives the user a key that the user made alone.
func ownKey(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	out := acctest.Must(b.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String(b.Name + "-ann")}))(t)
	return aws.ToString(out.AccessKey.AccessKeyId)
}

// TestAccBucketUser_ageNoRoom: a key of others leaves no room, so a rotation for the age of ours is not planned, and a
// warning says why. When it is gone there is one.
func TestAccBucketUser_ageNoRoom(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		var now falseTime
		tf := b.Played(t, now.pace)
		tf.Write(aging(b))
		tf.Apply()
		first, theirs := keyOf(t, tf)["id"], ownKey(t, b)
		now.is(31 * day)
		saysAll(t, tf.Must("plan"), "No room to rotate the access key", theirs+" of 20", `rotate_after is "720h"`)
		tf.Empty()
		wantKeys(t, b, first, theirs)
		deletesKey(theirs)(t, b, aws.String(b.Name+"-ann"))
		wantRotation(t, tf.Plan(userAddress), first)
		now.is(0)
		tf.Destroy()
	})
}

// TestAccBucketUser_ownKey: a user who replaces the key alone is not fought. A warning names the new key, none is made
// in its place, and other changes leave it alone. A rotation makes one beside it.
func TestAccBucketUser_ownKey(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		config := func(rotation, step string) string {
			return b.Provider() + member(b, `access = "read_only"`, fmt.Sprintf("tags = { Step = %q }", step),
				keyIn(toState, fmt.Sprintf("rotation = %q", rotation)))
		}
		tf := b.Played(t)
		tf.Write(config("1", "1"))
		tf.Apply()
		first := keyOf(t, tf)
		err := awsclient.Until(t.Context(), acctest.Pace(), "a later second", func(context.Context) (bool, error) {
			return time.Since(acctest.Must(time.Parse(time.RFC3339, first["created_at"].(string)))(t)) > time.Second, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		theirs := ownKey(t, b)
		deletesKey(first["id"])(t, b, aws.String(b.Name+"-ann"))
		saysAll(t, tf.Must("plan"), "The access key was replaced elsewhere", theirs+" of 20", "spinup did not create")
		tf.Must("apply", "-refresh-only", "-auto-approve")
		tf.Empty()
		tf.Write(config("1", "2"))
		same(t, "changed", []string{"tags", "tags_all"}, tf.Plan(userAddress).Attributes())
		tf.Apply()
		wantKeys(t, b, theirs)
		tf.Empty()

		tf.Write(config("2", "2"))
		tf.Apply()
		key := keyOf(t, tf)
		wantKeys(t, b, theirs, key["id"])
		tf.Empty()
		deletesKey(key["id"])(t, b, aws.String(b.Name+"-ann")) // the other one is older than that
		tf.Apply()
		wantKeys(t, b, theirs, keyOf(t, tf)["id"])
		tf.Destroy()
	})
}

// use uses a key for a call that everybody may make, until the second in which the other one was made is over.
func use(t *testing.T, b *acctest.Bench, key map[string]any, after any) {
	t.Helper()
	created := acctest.Must(time.Parse(time.RFC3339, after.(string)))(t)
	id, secret := key["id"].(string), key["secret"].(string)
	client := sts.New(sts.Options{
		Region: acctest.Region, BaseEndpoint: &b.Endpoint,
		Credentials: credentials.NewStaticCredentialsProvider(id, secret, ""),
	})
	err := awsclient.Until(t.Context(), acctest.Pace(), "a use of "+id, func(ctx context.Context) (bool, error) {
		if _, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{}); err != nil {
			return false, err
		}
		out, err := b.IAM().GetAccessKeyLastUsed(ctx, &iam.GetAccessKeyLastUsedInput{AccessKeyId: &id})
		return err == nil && aws.ToTime(out.AccessKeyLastUsed.LastUsedDate).After(created.Add(time.Second)), err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAccBucketUser_requireUnused: a previous key that is used stays after its overlap, until nobody has used it for an
// hour. A use after the plan refuses the apply.
func TestAccBucketUser_requireUnused(t *testing.T) {
	acctest.Only(t, emulator.LocalStack, "it tells when a key was used", func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		var now falseTime
		tf := b.Played(t, now.pace)
		config := func(rotation string, more ...string) string {
			return b.Provider() + member(b, `access = "read_only"`,
				keyIn(toState, append(more, fmt.Sprintf("rotation = %q", rotation), `overlap = "30m"`)...))
		}
		tf.Write(config("1"))
		tf.Apply()
		first := keyOf(t, tf)
		tf.Write(config("2"))
		tf.Apply()
		second := keyOf(t, tf)

		now.is(31 * time.Minute)
		same(t, "actions", []string{"update"}, tf.Plan(userAddress).Actions)
		use(t, b, first, second["created_at"])
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("apply", "test.plan"), first["id"].(string)+" was used at", "for sts in us-east-1",
			"which the plan did not know", "Nothing was changed.")
		same(t, "mutations", 0, b.Gateway.Mutations())
		saysAll(t, tf.Must("plan"), "The previous access key is still used", first["id"].(string), "for sts in us-east-1")
		tf.Empty()
		wantKeys(t, b, first["id"], second["id"])

		now.is(62 * time.Minute)
		tf.Apply()
		wantKeys(t, b, second["id"])
		tf.Empty()
		tf.Destroy()
	})
}

// TestAccBucketUser_useDenied: credentials that may not ask for the use of a key are refused, only once the overlap is over,
// and the error says how to do without.
func TestAccBucketUser_useDenied(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("iam:GetAccessKeyLastUsed"), Fault: gateway.Forbidden()})
		var now falseTime
		tf := runner(t, b, true, now.pace)
		tf.Write(aging(b, `rotation = "1"`))
		tf.Apply()
		tf.Write(aging(b, `rotation = "2"`))
		tf.Apply()
		tf.Empty()
		now.is(day + time.Minute)
		saysAll(t, tf.MustFail("plan"), keyOf(t, tf)["previous_id"].(string), "need the IAM action iam:GetAccessKeyLastUsed",
			"require_unused = false", "-refresh=false")
		tf.Write(aging(b, `rotation = "2"`, "require_unused = false"))
		tf.Must("apply", "-auto-approve", "-refresh=false")
		tf.Apply()
		wantKeys(t, b, keyOf(t, tf)["id"])
		tf.Empty()
		now.is(0)
		tf.Destroy()
	})
}
