package provider_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

const userAddress = "spinup_bucket_user.test"

// signed is why the tests of live keys run on one emulator.
const signed = "it verifies signatures and enforces IAM, as AWS does"

// keyed is a bucket, and a user of it whose key is as given; the variable rotation is the key's. The bucket lets plain
// http in, which is all that an emulator speaks.
func keyed(b *acctest.Bench, key string) string {
	return fmt.Sprintf(`
variable "rotation" { default = "0" }

resource "spinup_bucket" "test" {
  name          = %[1]q
  access_levels = ["read_only"]
  require_tls   = false
  force_destroy = true
}

resource "spinup_bucket_user" "test" {
  bucket = spinup_bucket.test.name
  name   = "%[1]s-ann"
  access = "read_only"
  access_key = {
    rotation = var.rotation
    %[2]s
  }
}
`, b.Name, key)
}

// rotate applies with another rotation.
func rotate(tf *acctest.Terraform, rotation string) {
	tf.Must("apply", "-auto-approve", "-var", "rotation="+rotation)
}

// keyOf is access_key as the state file has it.
func keyOf(t *testing.T, tf acctest.Runner) map[string]any {
	t.Helper()
	var state struct {
		Resources []struct {
			Type      string
			Instances []struct{ Attributes map[string]any }
		}
	}
	if err := json.Unmarshal([]byte(tf.StateFile()), &state); err != nil {
		t.Fatal(err)
	}
	for _, r := range state.Resources {
		if r.Type == "spinup_bucket_user" {
			key, _ := r.Instances[0].Attributes["access_key"].(map[string]any)
			return key
		}
	}
	t.Fatal("no user is in state")
	return nil
}

// liveKeys are the ids of the keys that the user has, in alphabetical order.
func liveKeys(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	var ids []string
	out := acctest.Must(b.IAM().ListAccessKeys(t.Context(), &iam.ListAccessKeysInput{UserName: aws.String(b.Name + "-ann")}))(t)
	for _, key := range out.AccessKeyMetadata {
		ids = append(ids, aws.ToString(key.AccessKeyId))
	}
	return slices.Sorted(slices.Values(ids))
}

func sorted(values ...any) []string {
	var all []string
	for _, value := range values {
		if text, ok := value.(string); ok {
			all = append(all, text)
		}
	}
	return slices.Sorted(slices.Values(all))
}

// wantKeys requires that the user has just these keys; what is null is none.
func wantKeys(t *testing.T, b *acctest.Bench, ids ...any) {
	t.Helper()
	if diff := cmp.Diff(sorted(ids...), liveKeys(t, b)); diff != "" {
		t.Fatal("keys, -want +got:\n" + diff)
	}
}

// works reports whether a key may read the bucket.
func works(ctx context.Context, b *acctest.Bench, key acctest.StoredKey) error {
	_, err := b.As(key.ID, key.Secret).GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Name, Key: aws.String("hello")})
	return err
}

// reader is a program that looks its key up for every request, and makes a hundred requests a second until it is stopped.
type reader struct {
	mu      sync.Mutex
	used    map[string]int // by key
	refused []error
}

func (r *reader) run(ctx context.Context, b *acctest.Bench, look func(context.Context) (acctest.StoredKey, error)) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for ; ctx.Err() == nil; <-tick.C {
		key, err := look(ctx)
		if err == nil {
			err = works(ctx, b, key)
		}
		if ctx.Err() != nil {
			return // it was stopped
		}
		r.mu.Lock()
		r.used[key.ID]++
		if err != nil {
			r.refused = append(r.refused, fmt.Errorf("with key %s: %w", key.ID, err))
		}
		r.mu.Unlock()
	}
}

// uses waits until the program has made a request with the key.
func (r *reader) uses(t *testing.T, id string) {
	t.Helper()
	err := awsclient.Until(t.Context(), acctest.Pace(), "the reader to use "+id, func(context.Context) (bool, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.used[id] > 0, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// mostKeys is the largest number of keys that there ever were, by the calls that made and deleted them.
func mostKeys(g *gateway.Gateway) int {
	keys, most := 0, 0
	for _, call := range g.Calls() {
		switch {
		case call.Status != 200:
		case call.Operation == "CreateAccessKey":
			keys++
		case call.Operation == "DeleteAccessKey":
			keys--
		}
		most = max(most, keys)
	}
	return most
}

// TestAccBucketUser_rotation rotates a key twenty times under a program that always uses the key that is delivered.
func TestAccBucketUser_rotation(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		parameter := "/" + b.Name + "/key"
		config := func(overlap string) string {
			return b.Provider() + keyed(b, fmt.Sprintf("overlap = %q\n    store = { ssm_parameter = %q }", overlap, parameter))
		}
		tf := b.Served(t)
		tf.Write(config("1h"))
		tf.Apply()
		b.PutObject(t, b.Name, "hello")
		enforced(t, b, acctest.Must(b.LookUp(t.Context(), parameter))(t))

		client := &reader{used: map[string]int{}}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var running sync.WaitGroup
		running.Go(func() {
			client.run(ctx, b, func(ctx context.Context) (acctest.StoredKey, error) { return b.LookUp(ctx, parameter) })
		})
		id := keyOf(t, tf)["id"]
		for n := 1; n <= 20; n++ {
			client.uses(t, id.(string))
			if n == 20 {
				tf.Write(config("1s"))
			}
			rotate(tf, fmt.Sprint(n))
			key := keyOf(t, tf)
			if key["id"] == id || key["previous_id"] != id {
				t.Fatalf("rotation %d: %v after %v", n, key, id)
			}
			id = key["id"]
			wantKeys(t, b, id, key["previous_id"]) // and the one before that is gone
		}
		client.uses(t, id.(string))

		tf.Setenv("TF_VAR_rotation", "20")
		expires := expiry(t, tf)
		change := tf.Plan(userAddress)
		for change.Actions[0] == "no-op" && time.Since(expires) < time.Minute { // each plan takes a while itself
			change = tf.Plan(userAddress)
		}
		if change.Actions[0] != "update" || time.Now().Before(expires) {
			t.Fatalf("%s at %v, but the previous key is to go at %v", change.Actions, time.Now(), expires)
		}
		planned := change.After["access_key"].(map[string]any)
		if planned["id"] != id || planned["previous_id"] != nil || planned["previous_expires_at"] != nil {
			t.Errorf("planned: %v", planned)
		}
		if diff := cmp.Diff([]string{"access_key"}, change.Attributes()); diff != "" {
			t.Errorf("changed, -want +got:\n%s", diff)
		}
		tf.Apply()
		tf.Empty()
		wantKeys(t, b, id)
		client.uses(t, id.(string))

		stop()
		running.Wait()
		if len(client.refused) > 0 {
			t.Errorf("%d requests were refused, the first: %v", len(client.refused), client.refused[0])
		}
		if most := mostKeys(b.Gateway); most != 2 {
			t.Errorf("there were %d keys at once, want 2", most)
		}
		tf.Destroy()
		if _, err := b.LookUp(t.Context(), parameter); err == nil {
			t.Error("the parameter is left")
		}
	})
}

// enforced requires that the emulator refuses a wrong secret, and what the user may not do: otherwise that nothing is
// refused would prove nothing.
func enforced(t *testing.T, b *acctest.Bench, key acctest.StoredKey) {
	t.Helper()
	if err := works(t.Context(), b, key); err != nil {
		t.Fatal(err)
	}
	if err := works(t.Context(), b, acctest.StoredKey{ID: key.ID, Secret: key.Secret + "x"}); err == nil {
		t.Fatal("a wrong secret is not refused")
	}
	_, err := b.As(key.ID, key.Secret).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &b.Name, Key: aws.String("mine"), Body: strings.NewReader("mine"),
	})
	if err == nil {
		t.Fatal("a read-only user may write")
	}
}

// expiry is when the overlap ends, by state.
func expiry(t *testing.T, tf *acctest.Terraform) time.Time {
	t.Helper()
	text, _ := keyOf(t, tf)["previous_expires_at"].(string)
	return acctest.Must(time.Parse(time.RFC3339, text))(t)
}

// TestAccBucketUser_rotationReset rotates without an overlap: the new key is delivered before the old one goes.
func TestAccBucketUser_rotationReset(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider() + keyed(b, fmt.Sprintf("overlap = \"0s\"\n    store = { secretsmanager_secret = %q }", b.Name)))
		tf.Apply()
		b.PutObject(t, b.Name, "hello")
		old := acctest.Must(b.LookUpSecret(t.Context(), b.Name))(t)

		b.Gateway.Reset()
		rotate(tf, "1")
		var order []string
		for _, call := range b.Gateway.Calls() {
			if call.Mutating {
				order = append(order, call.Name())
			}
		}
		want := []string{"iam:CreateAccessKey", "secretsmanager:PutSecretValue", "iam:DeleteAccessKey"}
		if diff := cmp.Diff(want, order); diff != "" {
			t.Error("calls, -want +got:\n" + diff)
		}
		key := keyOf(t, tf)
		if key["id"] == old.ID || key["previous_id"] != nil || key["previous_expires_at"] != nil {
			t.Errorf("key in state: %v", key)
		}
		wantKeys(t, b, key["id"])
		if err := works(t.Context(), b, acctest.Must(b.LookUpSecret(t.Context(), b.Name))(t)); err != nil {
			t.Error(err)
		}
		if err := works(t.Context(), b, old); err == nil {
			t.Error("the old key still works")
		}
		tf.Setenv("TF_VAR_rotation", "1")
		tf.Empty()
		tf.Destroy()
		if _, err := b.LookUpSecret(t.Context(), b.Name); err == nil {
			t.Error("the secret is left")
		}
	})
}

// TestAccBucketUser_rotationForeignKeys rotates where keys of others leave no room.
func TestAccBucketUser_rotationForeignKeys(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		foreign := func(t *testing.T) string {
			out := acctest.Must(b.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String(b.Name + "-ann")}))(t)
			return aws.ToString(out.AccessKey.AccessKeyId)
		}
		refused := func(t *testing.T, tf *acctest.Terraform, rotation string, names ...string) {
			t.Helper()
			before, live := tf.StateFile(), liveKeys(t, b)
			b.Gateway.Reset()
			out := tf.MustFail("apply", "-auto-approve", "-var", "rotation="+rotation)
			for _, words := range append(names, b.Name+"-ann", "no room for a new access key", "did not create", "Nothing was changed.") {
				if !strings.Contains(out, words) {
					t.Errorf("the error lacks %q:\n%s", words, out)
				}
			}
			if n := b.Gateway.Mutations(); n > 0 {
				t.Errorf("%d calls changed something: %v", n, b.Gateway.Counts())
			}
			if diff := cmp.Diff(before, tf.StateFile()); diff != "" {
				t.Error("state, -before +after:\n" + diff)
			}
			if diff := cmp.Diff(live, liveKeys(t, b)); diff != "" {
				t.Error("keys, -before +after:\n" + diff)
			}
		}
		tf := b.Served(t)
		tf.Write(b.Provider() + keyed(b, "overlap = \"1h\""))
		tf.Apply()
		ours := keyOf(t, tf)["id"].(string)
		first := foreign(t)
		tf.Empty()
		t.Run("one and ours", func(t *testing.T) { refused(t, tf, "1", first) })

		acctest.Must(b.IAM().DeleteAccessKey(t.Context(), &iam.DeleteAccessKeyInput{UserName: aws.String(b.Name + "-ann"), AccessKeyId: &ours}))(t)
		second := foreign(t)
		tf.Must("apply", "-refresh-only", "-auto-approve")
		t.Run("two", func(t *testing.T) { refused(t, tf, "0", first, second) })
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// undelivered is a rotation that fails at handing over the secret, or before.
type undelivered struct {
	from, to  string // stores
	strike    func(t *testing.T, b *acctest.Bench) gateway.Rule
	says      []string
	delivered func(ctx context.Context, b *acctest.Bench) (acctest.StoredKey, error) // to the new place, nil if that is the old one
}

func failing(operation, code string) func(*testing.T, *acctest.Bench) gateway.Rule {
	return func(*testing.T, *acctest.Bench) gateway.Rule {
		return gateway.Rule{Match: gateway.Op(operation), Fault: gateway.Answer(400, code, "Not now.")}
	}
}

const (
	toState     = `{ state = true }`
	toParameter = `{ ssm_parameter = "/NAME/key" }`
	toSecret    = `{ secretsmanager_secret = "NAME" }`
)

func parameterOf(ctx context.Context, b *acctest.Bench) (acctest.StoredKey, error) {
	return b.LookUp(ctx, "/"+b.Name+"/key")
}

func secretOf(ctx context.Context, b *acctest.Bench) (acctest.StoredKey, error) {
	return b.LookUpSecret(ctx, b.Name)
}

var undeliveries = map[string]undelivered{
	"no key": {toState, toState, failing("iam:CreateAccessKey", "LimitExceeded"), []string{"LimitExceeded"}, nil},
	"parameter not written": {
		toParameter, toParameter, failing("ssm:PutParameter", "TooManyUpdates"), []string{"TooManyUpdates", takenBack}, nil,
	},
	"value not written": {
		toSecret, toSecret, failing("secretsmanager:PutSecretValue", "LimitExceededException"),
		[]string{"LimitExceededException", takenBack}, nil,
	},
	"secret not made": {
		toState, toSecret, failing("secretsmanager:CreateSecret", "LimitExceededException"),
		[]string{"LimitExceededException", takenBack}, secretOf,
	},
	"parameter of others": {
		toState, toParameter,
		func(t *testing.T, b *acctest.Bench) gateway.Rule {
			acctest.Must(b.SSM().PutParameter(t.Context(), &ssm.PutParameterInput{
				Name: aws.String("/" + b.Name + "/key"), Value: aws.String("theirs"), Type: types.ParameterTypeString,
			}))(t)
			return gateway.Rule{Match: func(gateway.Call) bool { return false }}
		},
		[]string{"SSM parameter /NAME/key: delete it or name another", "Nothing was changed."}, parameterOf,
	},
}

const takenBack = "the new access key was deleted again, and"

// TestAccBucketUser_rotationUndelivered fails to hand a new key over: it is deleted again, the old one works on, and
// state knows what it knew. When nothing is in the way any more the next apply rotates.
func TestAccBucketUser_rotationUndelivered(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		for name, row := range undeliveries {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				undeliver(t, b.Fork(t), row)
			})
		}
	})
}

func undeliver(t *testing.T, b *acctest.Bench, row undelivered) {
	config := func(store string) string {
		return b.Provider("max_retries = 0") +
			keyed(b, "overlap = \"1h\"\n    store = "+strings.ReplaceAll(store, "NAME", b.Name))
	}
	tf := b.Served(t)
	tf.Write(config(row.from))
	tf.Apply()
	b.PutObject(t, b.Name, "hello")
	before := keyOf(t, tf)

	tf.Write(config(row.to))
	remove := b.Gateway.Inject(row.strike(t, b))
	out := tf.MustFail("apply", "-auto-approve", "-var", "rotation=1")
	remove()
	for _, words := range row.says {
		if words = strings.ReplaceAll(words, "NAME", b.Name); !strings.Contains(out, words) {
			t.Errorf("the error lacks %q:\n%s", words, out)
		}
	}
	if diff := cmp.Diff(before, keyOf(t, tf)); diff != "" {
		t.Error("key in state, -before +after:\n" + diff)
	}
	wantKeys(t, b, before["id"])
	if err := works(t.Context(), b, current(t, b, tf, row.from)); err != nil {
		t.Error(err)
	}
	if row.delivered != nil {
		if key, err := row.delivered(t.Context(), b); err == nil {
			t.Errorf("key %s is left", key.ID)
		}
	}
	if row.from != row.to {
		clearStore(t, b, row.to) // of what was in the way
	}

	rotate(tf, "1")
	key := keyOf(t, tf)
	wantKeys(t, b, key["id"], before["id"])
	if err := works(t.Context(), b, current(t, b, tf, row.to)); err != nil || key["id"] == before["id"] {
		t.Errorf("after the next apply: %v, %v", key, err)
	}
	tf.Destroy()
	b.Gone(t, b.Name)
}

// current is the key as the store has it.
func current(t *testing.T, b *acctest.Bench, tf *acctest.Terraform, store string) acctest.StoredKey {
	t.Helper()
	switch store {
	case toParameter:
		return acctest.Must(parameterOf(t.Context(), b))(t)
	case toSecret:
		return acctest.Must(secretOf(t.Context(), b))(t)
	}
	key := keyOf(t, tf)
	secret, _ := key["secret"].(string)
	return acctest.StoredKey{ID: key["id"].(string), Secret: secret}
}

// TestAccBucketUser_rotationLostAnswer loses the answer of a call that makes a key or hands it over. A key whose secret
// nobody has must not stay, and one that was handed over must not go.
func TestAccBucketUser_rotationLostAnswer(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		for _, row := range []struct{ operation, store string }{
			{"iam:CreateAccessKey", toState},
			{"ssm:PutParameter", toParameter},
			{"secretsmanager:CreateSecret", toSecret},
			{"secretsmanager:PutSecretValue", toSecret},
		} {
			for _, phase := range []string{"first", "rotation"} {
				for _, retries := range []int{0, 2} {
					if row.operation == "secretsmanager:CreateSecret" && phase == "rotation" ||
						row.operation == "secretsmanager:PutSecretValue" && phase == "first" {
						continue // the call is not made
					}
					t.Run(fmt.Sprintf("%s of %s with %d retries", row.operation, phase, retries), func(t *testing.T) {
						t.Parallel()
						loseAnswer(t, b.Fork(t), row.operation, row.store, phase == "first", retries)
					})
				}
			}
		}
	})
}

func loseAnswer(t *testing.T, b *acctest.Bench, operation, store string, first bool, retries int) {
	tf := b.Served(t)
	tf.Write(b.Provider(fmt.Sprintf("max_retries = %d", retries)) +
		keyed(b, "overlap = \"1h\"\n    store = "+strings.ReplaceAll(store, "NAME", b.Name)))
	before := map[string]any{}
	if !first {
		tf.Apply()
		before = keyOf(t, tf)
	}
	tf.Setenv("TF_VAR_rotation", "1")
	b.Gateway.Inject(gateway.Rule{Match: gateway.Op(operation), Fault: gateway.ResetAfter(), Times: 1})
	out, code := tf.Run("apply", "-auto-approve")
	// Lost with the secret in it, the answer can only be made up for where there is room for a second new key.
	if mends := operation != "iam:CreateAccessKey" || first && retries > 0; mends != (code == 0) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	key := keyOf(t, tf)
	wantKeys(t, b, key["id"], key["previous_id"])
	if code != 0 {
		if diff := cmp.Diff(before["secret"], key["secret"]); diff != "" {
			t.Error("secret in state, -before +after:\n" + diff)
		}
		tf.Apply()
		key = keyOf(t, tf)
	}
	wantKeys(t, b, key["id"], before["id"])
	b.PutObject(t, b.Name, "hello")
	if err := works(t.Context(), b, current(t, b, tf, store)); err != nil || key["id"] == before["id"] {
		t.Errorf("%v: %v after %v", err, key, before)
	}
	tf.Empty()
	tf.Destroy()
	b.Gone(t, b.Name)
}

// TestAccBucketUser_rotationStores moves a key from store to store: each move is a new key, delivered to the new place,
// and the old place is cleared. Where somebody cleared the place before, the next rotation fills it again.
func TestAccBucketUser_rotationStores(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		places := map[string]func(context.Context, *acctest.Bench) (acctest.StoredKey, error){
			toParameter: parameterOf, toSecret: secretOf,
		}
		var last any
		for n, store := range []string{toState, toParameter, toParameter, toSecret, toSecret, toParameter, toState} {
			clearStore(t, b, store)
			tf.Setenv("TF_VAR_rotation", fmt.Sprint(n))
			tf.Write(b.Provider() + keyed(b, "store = "+strings.ReplaceAll(store, "NAME", b.Name)))
			tf.Apply()
			if n == 0 {
				b.PutObject(t, b.Name, "hello")
			}
			key := keyOf(t, tf)
			wantKeys(t, b, key["id"])
			if err := works(t.Context(), b, current(t, b, tf, store)); err != nil || key["id"] == last {
				t.Fatalf("step %d, to %s: %v, %v after %v", n, store, err, key, last)
			}
			for place, look := range places {
				if _, err := look(t.Context(), b); err == nil && place != store {
					t.Fatalf("step %d, to %s: %s still holds a key", n, store, place)
				}
			}
			last = key["id"]
		}
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucketUser_rotationUnknownStore puts the first secret where only the apply can tell, and then says in other
// words that it stays there: that is no reason for a new key.
func TestAccBucketUser_rotationUnknownStore(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		public, private := pair(t)
		for name, store := range map[string]struct {
			attribute, value string
			secret           func(t *testing.T, key map[string]any) any
		}{
			"pgp_key": {"pgp_key", public, func(t *testing.T, key map[string]any) any {
				return decrypt(t, private, fmt.Sprint(key["encrypted_secret"]))
			}},
			"ssm_parameter": {"ssm_parameter", "/NAME/key", func(t *testing.T, _ map[string]any) any {
				return acctest.Must(parameterOf(t.Context(), b))(t).Secret
			}},
		} {
			t.Run(name, func(t *testing.T) {
				value := strings.ReplaceAll(store.value, "NAME", b.Name)
				tf := b.Served(t)
				tf.Write(b.Provider() + keyed(b, "store = { "+store.attribute+" = terraform_data.value.output }") +
					fmt.Sprintf("resource \"terraform_data\" \"value\" {\n  input = %q\n}\n", value))
				tf.Apply()
				tf.Empty()
				key := keyOf(t, tf)
				if secret := store.secret(t, key); secret == "" || key["secret"] != nil {
					t.Errorf("secret %q, key in state %v", secret, key)
				}
				tf.Write(b.Provider() + keyed(b, "store = { "+store.attribute+" = "+fmt.Sprintf("%q", value)+" }"))
				tf.Apply()
				if again := keyOf(t, tf); again["id"] != key["id"] {
					t.Errorf("%v after %v", again, key)
				}
				tf.Destroy()
			})
		}
		t.Run("state", func(t *testing.T) {
			tf := b.Served(t)
			tf.Write(b.Provider() + keyed(b, ""))
			tf.Apply()
			key := keyOf(t, tf)
			tf.Write(b.Provider() + keyed(b, "store = { state = true }"))
			tf.Apply()
			if again := keyOf(t, tf); again["id"] != key["id"] || again["secret"] != key["secret"] {
				t.Error("a new key for the same store")
			}
			tf.Destroy()
			b.Gone(t, b.Name)
		})
	})
}

// clearStore takes away what the store holds, if it holds anything.
func clearStore(t *testing.T, b *acctest.Bench, store string) {
	switch store {
	case toParameter:
		_, _ = b.SSM().DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String("/" + b.Name + "/key")})
	case toSecret:
		_, _ = b.SecretsManager().DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{
			SecretId: &b.Name, ForceDeleteWithoutRecovery: aws.Bool(true),
		})
	}
}
