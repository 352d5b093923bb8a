package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// userLife is how a user of a crash sweep is first, and how later. NAME in its lines stands for the bench's name.
type userLife struct {
	before, after []string
	to            string // the later name, without the bench's
	phases        []string
}

// keyIn is access_key with the store.
func keyIn(store string, more ...string) string {
	return fmt.Sprintf("access_key = {\n store = %s\n %s\n }", store, strings.Join(more, "\n "))
}

// everyPart is a life that changes all there is; the name where the key can go together with it.
func everyPart(kind emulator.Kind) userLife {
	to := "bob"
	if kind == emulator.LocalStack {
		to = "ann" // it says that the keys of a renamed user were deleted, and keeps them
	}
	return userLife{
		[]string{
			`access = "read_only"`, `tags = { Step = "before" }`,
			`permissions_boundary = "BOUNDARY"`, keyIn(toSecret),
		},
		[]string{`access = "read_write"`, `grant = "inline"`, `tags = { Other = "after" }`, keyIn(toParameter)},
		to, []string{"create", "update", "delete"},
	}
}

// keyLives are lives that differ in where the secret goes, first and later.
func keyLives(public string) map[string][2][]string {
	const reader = `access = "read_only"`
	toPGP := fmt.Sprintf("{ pgp_key = %q }", public)
	return map[string][2][]string{
		"same secret": {
			{reader, `path = "/docs/"`, keyIn(toSecret)}, {reader, keyIn(toSecret, `rotation = "2"`, `overlap = "1h"`)},
		},
		"same parameter":  {{reader, keyIn(toParameter)}, {reader, keyIn(toParameter, `rotation = "2"`)}},
		"no store of AWS": {{reader, keyIn(toPGP)}, {reader, keyIn(toState)}},
		"no key":          {{reader, keyIn(toParameter)}, {reader}},
	}
}

// TestAccBucketUser_crashSweep goes through every crash of a user with every part.
func TestAccBucketUser_crashSweep(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) { everyPart(b.Kind).sweep(nil).run(t, b) })
}

// TestAccBucketUser_crashSweepStores goes through every crash with every kind of store.
func TestAccBucketUser_crashSweepStores(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		public, private := pair(t)
		for name, lines := range keyLives(public) {
			l := userLife{lines[0], lines[1], "ann", []string{"update"}}
			t.Run(name, func(t *testing.T) { l.sweep(private).run(t, b) })
		}
	})
}

func (l userLife) sweep(private openpgp.EntityList) sweep {
	config := func(b *acctest.Bench, user string, lines []string) string {
		named := strings.NewReplacer("NAME", b.Name, "BOUNDARY", b.PolicyARN(b.Name+"-bound"))
		return named.Replace(memberNamed(b, b.Name+"-"+user, lines...))
	}
	return sweep{
		surround: func(t *testing.T, b *acctest.Bench) {
			makeLevels(t, b, access.ReadOnly)
			makePolicy(t, b, b.Name+"-bound")
		},
		before: func(b *acctest.Bench) string { return config(b, "ann", l.before) },
		after:  func(b *acctest.Bench) string { return config(b, l.to, l.after) },
		burden: func(t *testing.T, b *acctest.Bench) { puts("-theirs", nothing)(t, b, aws.String(b.Name+"-ann")) },
		sound: func(t *testing.T, b *acctest.Bench, tf acctest.Runner) {
			for _, user := range slices.Compact([]string{"ann", l.to}) {
				keysHeld(t, b, b.Name+"-"+user, recorded(t, tf), private)
			}
		},
		facts: func(t *testing.T, b *acctest.Bench) []string {
			return facts(t, b, slices.Compact([]string{"ann", l.to}))
		},
		recovers: []string{
			"ssm:PutParameter", "ssm:DeleteParameter",
			"secretsmanager:CreateSecret", "secretsmanager:PutSecretValue", "secretsmanager:DeleteSecret",
		},
		gone: func(t *testing.T, b *acctest.Bench) {
			for _, user := range []string{"ann", l.to} {
				if liveUser(t, b, b.Name+"-"+user) != nil {
					t.Errorf("%s is left", user)
				}
			}
			for store, key := range stored(t, b) {
				t.Errorf("the %s is left, with the key %s", store, key.ID)
			}
		},
		phases: l.phases,
	}
}

// stored are the keys that lie in stores of AWS.
func stored(t *testing.T, b *acctest.Bench) map[string]acctest.StoredKey {
	t.Helper()
	keys := map[string]acctest.StoredKey{}
	for store, look := range map[string]func(context.Context, *acctest.Bench) (acctest.StoredKey, error){
		"parameter": parameterOf, "secret": secretOf,
	} {
		key, err := look(t.Context(), b)
		if found(t, store, err) {
			keys[store] = key
		}
	}
	return keys
}

// facts are what there is of the users.
func facts(t *testing.T, b *acctest.Bench, users []string) []string {
	t.Helper()
	all := slices.Sorted(maps.Keys(stored(t, b)))
	for _, user := range users {
		name := b.Name + "-" + user
		live := liveUser(t, b, name)
		if live == nil {
			continue
		}
		all = append(all, user)
		all = append(all, holds(t, b, name)...)
		if live.PermissionsBoundary != nil {
			all = append(all, "bounded")
		}
		for _, tag := range live.Tags {
			if value := aws.ToString(tag.Value); aws.ToString(tag.Key) == "spinup:bucket-user" {
				all = append(all, "spinup:bucket-user") // another value each time
			} else {
				all = append(all, aws.ToString(tag.Key)+"="+value)
			}
		}
		keys := acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &name}))(t)
		for _, key := range keys.AccessKeyMetadata {
			all = append(all, string(key.Status))
		}
	}
	return all
}

// keysHeld requires that the secret of each of the user's keys can be had from where it was to go. That of a previous
// key, which state names, was there before.
func keysHeld(t *testing.T, b *acctest.Bench, user string, key map[string]any, private openpgp.EntityList) {
	t.Helper()
	out, err := b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: &user})
	if !found(t, "keys of "+user, err) {
		return
	}
	held := []any{key["previous_id"]}
	for _, one := range stored(t, b) {
		held = append(held, one.ID)
	}
	message, _ := key["encrypted_secret"].(string)
	if key["secret"] != nil || message != "" && len(decrypt(t, private, message)) == 40 {
		held = append(held, key["id"])
	}
	for _, one := range out.AccessKeyMetadata {
		if id := aws.ToString(one.AccessKeyId); !slices.Contains(held, any(id)) {
			t.Errorf("nobody has the secret of the key %s; in state: %v", id, key)
		}
	}
}

// recorded is the user's access_key in state; nil for none.
func recorded(t *testing.T, tf acctest.Runner) map[string]any {
	t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct {
				Attributes struct {
					Key map[string]any `json:"access_key"`
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(tf.StateFile()), &state); err != nil {
		t.Fatal(err)
	}
	if len(state.Resources) == 0 {
		return nil
	}
	return state.Resources[0].Instances[0].Attributes.Key
}

// TestAccBucketUser_crashDrop fails to delete a previous key when its time is over: the next plan does it.
func TestAccBucketUser_crashDrop(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		makeLevels(t, b, access.ReadOnly)
		tf := b.Played(t)
		config := func(rotation string) string {
			return b.Provider("max_retries = 0") + member(b, `access = "read_only"`,
				fmt.Sprintf("access_key = {\n rotation = %q\n overlap = \"1ms\"\n }", rotation))
		}
		tf.Write(config("1"))
		tf.Apply()
		tf.Write(config("2"))
		tf.Apply()
		key := recorded(t, tf)
		wantKeys(t, b, key["id"], key["previous_id"])
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("iam:DeleteAccessKey"), Fault: gateway.ResetBefore(), Times: 1})
		tf.MustFail("apply", "-auto-approve")
		same(t, "state", key, recorded(t, tf))
		tf.Apply()
		wantKeys(t, b, key["id"])
		tf.Empty()
		tf.Destroy()
	})
}
