package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	ssmtypes "github.com/aws/aws-sdk-go-v2/service/ssm/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// invoker invokes actions on the bench.
type invoker struct {
	*prototest.Server
	t *testing.T
}

func invoking(t *testing.T, b *acctest.Bench) invoker {
	t.Helper()
	return invoker{play(t, b, values{"endpoints": endpoints(b), "max_retries": 2.0}), t}
}

// does requires that the action succeeds without a warning, and that its progress ends with the message.
func (i invoker) does(action string, config values, last string) {
	i.t.Helper()
	progress, diags := i.Invoke("spinup_"+action, config)
	wellDone(i.t, diags)
	if text := diags.Warnings(); text != "" {
		i.t.Errorf("%s warns: %s", action, text)
	}
	if len(progress) == 0 || !strings.Contains(progress[len(progress)-1], last) {
		i.t.Errorf("%s tells %q, want %q in the last", action, progress, last)
	}
}

// fails requires that the action fails with one error that says all of the phrases.
func (i invoker) fails(action string, config values, says ...string) {
	i.t.Helper()
	_, diags := i.Invoke("spinup_"+action, config)
	if diags.Errors() == "" || len(diags) != 1 {
		i.t.Errorf("%s says %d things, want one error: %s%s", action, len(diags), diags.Errors(), diags.Warnings())
	}
	saysAll(i.t, acctest.Flat(diags.Errors()), says...)
}

// TestAccAction_invalidate: the distribution with the name is found, and one invalidation is made even if an answer is
// lost. What cannot be followed was begun all the same.
func TestAccAction_invalidate(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		id, s := holdName(t, b, domain(b)), invoking(t, b)
		made := func() int { // those with one reference are one on AWS
			references, client := map[string]bool{}, b.CloudFront()
			out := acctest.Must(client.ListInvalidations(t.Context(), &cloudfront.ListInvalidationsInput{DistributionId: &id}))(t)
			for _, one := range out.InvalidationList.Items {
				in := &cloudfront.GetInvalidationInput{DistributionId: &id, Id: one.Id}
				seen := acctest.Must(client.GetInvalidation(t.Context(), in))(t)
				references[*seen.Invalidation.InvalidationBatch.CallerReference] = true
			}
			return len(references)
		}
		b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:CreateInvalidation"), Fault: gateway.ResetAfter(), Times: 1})
		s.does("invalidate", values{"domain": domain(b)}, "the caches are rid")
		same(t, "invalidations", 1, made())
		s.does("invalidate", values{"distribution_id": id, "paths": []any{"/docs/*", "/a%20b"}}, "the caches are rid")
		same(t, "invalidations", 2, made())

		s.fails("invalidate", values{"domain": "no" + domain(b)}, "No such distribution", "no"+domain(b))
		s.fails("invalidate", values{"distribution_id": "E0NOWHERE"}, "could not be invalidated", "NoSuchDistribution")
		remove := b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:CreateInvalidation"), Fault: gateway.Forbidden()})
		s.fails("invalidate", values{"domain": domain(b)}, "could not be invalidated", "cloudfront:CreateInvalidation on distribution "+id)
		remove()
		b.Edge.Inject(gateway.Rule{Match: gateway.Op("cloudfront:GetInvalidation"), Fault: gateway.Forbidden()})
		s.fails("invalidate", values{"domain": domain(b)}, "begun, but cannot be followed", "cloudfront:GetInvalidation")
		same(t, "invalidations", 3, made())
	})
}

// TestAccAction_emptyBucket: everything below the prefix goes, then everything, and the bucket stays.
func TestAccAction_emptyBucket(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		s, config := invoking(t, b), values{"bucket": b.Name}
		for _, key := range []string{"docs/a", "docs/a", "docs2/a", "z"} {
			b.PutObject(t, b.Name, key)
		}
		dropObject(t, b, "docs/a")
		for _, key := range []string{"docs/open", "open"} {
			acctest.Must(b.S3().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: &key}))(t)
		}
		s.does("empty_bucket", with(config, values{"prefix": "docs/"}), "deleted 3 versions")
		same(t, "left", []string{"docs2/a", "z"}, keysOf(t, b))
		uploads := acctest.Must(b.S3().ListMultipartUploads(t.Context(), &s3.ListMultipartUploadsInput{Bucket: &b.Name}))(t)
		same(t, "uploads", 1, len(uploads.Uploads))

		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:DeleteObjects"), Fault: gateway.ResetAfter(), Times: 1})
		s.does("empty_bucket", config, "nothing is left")
		same(t, "left", 0, len(keysOf(t, b)))
		s.does("empty_bucket", config, "deleted 0 versions")
		s.fails("empty_bucket", values{"bucket": b.Name + "-no"}, "No such bucket", b.Name+"-no")

		b.PutObject(t, b.Name, "a")
		denied := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:ListObjectVersions"), Fault: gateway.Forbidden()})
		s.fails("empty_bucket", config, "could not be emptied", "0 versions", "s3:ListBucketVersions on bucket "+b.Name)
		denied()
		b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(2, gateway.Op("s3:HeadBucket")), Fault: gateway.Forbidden()})
		s.fails("empty_bucket", config, "belongs to another account") // which the second call asks for
		same(t, "left", []string{"a"}, keysOf(t, b))
	})
}

// TestAccAction_emptyBucketLocked: one version under a lock keeps all of them, unless governance is to be bypassed.
func TestAccAction_emptyBucketLocked(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		lockable(t, b, b.Name)
		b.PutObject(t, b.Name, "free")
		retain(t, b, 1)
		b.PutObject(t, b.Name, "kept/a")
		s, config := invoking(t, b), values{"bucket": b.Name}
		s.fails("empty_bucket", config, "kept/a (version", "GOVERNANCE until", "bypass_governance = true")
		same(t, "writing calls", 0, len(slices.DeleteFunc(mutations(b), func(name string) bool {
			return !strings.HasPrefix(name, "s3:Delete")
		})))
		s.does("empty_bucket", with(config, values{"bypass_governance": true}), "deleted 2 versions")
		same(t, "left", 0, len(keysOf(t, b)))
	})
}

// fullObject puts an object with headers, metadata and tags.
func fullObject(t *testing.T, b *acctest.Bench, key, text string) {
	t.Helper()
	acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &b.Name, Key: &key, Body: strings.NewReader(text), ContentType: aws.String("text/csv"),
		CacheControl: aws.String("no-cache"), Metadata: map[string]string{"a": "b"}, Tagging: aws.String("Kind=table"),
		StorageClass: s3types.StorageClassStandardIa,
	}))(t)
}

// wantFull requires what fullObject put.
func wantFull(t *testing.T, b *acctest.Bench, key, text string) {
	t.Helper()
	head := headOf(t, b, key)
	if head == nil {
		t.Fatalf("there is no %s", key)
	}
	same(t, "content", text, bodyOf(t, b, key))
	same(t, "headers", []string{"text/csv", "no-cache", "b", "STANDARD_IA"}, []string{aws.ToString(head.ContentType),
		aws.ToString(head.CacheControl), head.Metadata["a"], string(head.StorageClass)})
	same(t, "tags", map[string]string{"Kind": "table"}, objectTags(t, b, key))
}

// TestAccAction_copyObject copies an object with all that it has, leaves others alone, and makes an old version the
// current one.
func TestAccAction_copyObject(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		fullObject(t, b, "from a+b", "one")
		s, place := invoking(t, b), func(key string) values { return values{"bucket": b.Name, "key": key} }
		config := values{"source": place("from a+b"), "destination": place("to")}
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:CopyObject"), Fault: gateway.ResetAfter(), Times: 1})
		s.does("copy_object", config, "copied 3 bytes to to")
		wantFull(t, b, "to", "one")
		wantFull(t, b, "from a+b", "one")
		b.Gateway.Reset()
		s.does("copy_object", config, "has this copy as to already")
		same(t, "writing calls", 0, len(mutations(b)))

		first := aws.ToString(headOf(t, b, "from a+b").VersionId)
		putText(t, b, "from a+b", "two")
		s.fails("copy_object", config, "Object exists already", `"to"`, "overwrite = true")
		wantFull(t, b, "to", "one")
		s.does("copy_object", with(config, values{"overwrite": true}), "copied 3 bytes")
		same(t, "content", "two", bodyOf(t, b, "to"))
		s.does("copy_object", values{"source": with(place("from a+b"), values{"version_id": first}),
			"destination": place("from a+b"), "overwrite": true}, "copied")
		wantFull(t, b, "from a+b", "one")
		s.fails("copy_object", with(config, values{"source": place("nowhere")}), "No such object", `"nowhere"`)
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:CopyObject"), Fault: gateway.Forbidden()})
		s.fails("copy_object", with(config, values{"destination": place("new")}), "could not be copied", "s3:PutObject")
	})
}

// TestAccAction_moveObject: whatever fails, the source is there until the copy is, and a repeated move completes.
func TestAccAction_moveObject(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, false)
		s, place := invoking(t, b), func(key string) values { return values{"bucket": b.Name, "key": key} }
		config := values{"source": place("from"), "destination": place("to")}
		for _, fault := range []gateway.Fault{gateway.Forbidden(), gateway.ResetBefore(), gateway.ResetAfter()} {
			for _, call := range []string{"s3:CopyObject", "s3:DeleteObject", "s3:HeadObject"} {
				for n := 1; n <= 4 && (n == 1 || call == "s3:HeadObject"); n++ {
					fullObject(t, b, "from", "text")
					remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(n, gateway.Op(call)), Fault: fault})
					_, diags := s.Invoke("spinup_move_object", config)
					remove()
					if call != "s3:HeadObject" && diags.Errors() == "" { // a list tells what a refused look did not
						t.Errorf("%v of %s: no error", fault, call)
					}
					if headOf(t, b, "from") != nil {
						wantFull(t, b, "from", "text")
						s.does("move_object", config, "deleted the source from")
					}
					same(t, "keys", []string{"to"}, keysOf(t, b))
					wantFull(t, b, "to", "text")
					dropObject(t, b, "to")
				}
			}
		}
	})
}

// TestAccAction_moveObjectChanged: a source that was written since it was copied stays, and so does what somebody has put
// at the destination. A version that is moved is gone, and no other.
func TestAccAction_moveObjectChanged(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		clearBucket(t, b, true)
		s, place := invoking(t, b), func(key string) values { return values{"bucket": b.Name, "key": key} }
		config := values{"source": place("from"), "destination": place("to")}
		fullObject(t, b, "from", "one")
		stop := rightAfter(b, "s3:CopyObject", func() { putText(t, b, "from", "theirs") })
		s.fails("move_object", config, "the copy is complete", "changed since it was copied")
		stop()
		same(t, "source", "theirs", bodyOf(t, b, "from"))
		wantFull(t, b, "to", "one")
		s.fails("move_object", config, "Object exists already")
		same(t, "source", "theirs", bodyOf(t, b, "from"))

		old := olderVersion(t, b, "from")
		s.does("move_object", values{"source": with(place("from"), values{"version_id": old}), "destination": place("old")}, "deleted the source")
		wantFull(t, b, "old", "one")
		same(t, "source", "theirs", bodyOf(t, b, "from"))
		same(t, "older version", "", olderVersion(t, b, "from"))
		s.does("move_object", with(config, values{"overwrite": true}), "deleted the source")
		same(t, "moved", "theirs", bodyOf(t, b, "to"))
		if headOf(t, b, "from") != nil {
			t.Error("the source is there still")
		}
	})
}

// rightAfter does something, past the gateway, when the operation was done and before the next call.
func rightAfter(b *acctest.Bench, operation string, do func()) (stop func()) {
	after, done := false, false
	return b.Gateway.Inject(gateway.Rule{Match: func(c gateway.Call) bool {
		if after && !done {
			done = true
			do()
		}
		after = after || c.Name() == operation
		return false
	}})
}

// olderVersion is the id of a version that is not the current one; "" for none.
func olderVersion(t *testing.T, b *acctest.Bench, key string) string {
	t.Helper()
	out := acctest.Must(b.S3().ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: &b.Name, Prefix: &key}))(t)
	for _, version := range out.Versions {
		if !aws.ToBool(version.IsLatest) {
			return aws.ToString(version.VersionId)
		}
	}
	return ""
}

// rotating is a user whose key is in the store, and what the action takes to rotate it.
func rotating(t *testing.T, b *acctest.Bench, store string, adjust *falseTime) (*acctest.Player, values) {
	t.Helper()
	makeLevels(t, b, access.ReadOnly)
	tf := b.Played(t, adjust.pace)
	tf.Write(b.Provider() + member(b, `access = "read_only"`, keyIn(store, `overlap = "24h"`)))
	tf.Apply()
	return tf, values{"bucket": b.Name, "name": b.Name + "-ann", "stored_at": keyOf(t, tf)["stored_at"]}
}

// TestAccAction_rotateKey: the next plan knows the new key as its own, and the former one as the previous one, which goes
// when its time is over.
func TestAccAction_rotateKey(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		for name, store := range map[string]string{"parameter": "ssm_parameter", "secret": "secretsmanager_secret"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				b, now := b.Fork(t), &falseTime{}
				tf, config := rotating(t, b, fmt.Sprintf("{ %s = %q }", store, "/"+b.Name+"/key"), now)
				first, s := keyOf(t, tf)["id"], invoking(t, b)
				s.does("rotate_key", config, fmt.Sprintf("the former key %s stays valid", first))
				stored := acctest.StoredKey{}
				if store == "ssm_parameter" {
					stored = acctest.Must(b.LookUp(t.Context(), "/"+b.Name+"/key"))(t)
				} else {
					stored = acctest.Must(b.LookUpSecret(t.Context(), "/"+b.Name+"/key"))(t)
				}
				wantKeys(t, b, first, stored.ID)

				same(t, "actions", []string{"no-op"}, tf.Plan(userAddress).Actions)
				tf.Empty()
				tf.Apply()
				key := keyOf(t, tf)
				same(t, "ids", []any{stored.ID, first}, []any{key["id"], key["previous_id"]})
				b.Gateway.Reset()
				s.fails("rotate_key", config, "no room", first.(string), stored.ID, "overlap")
				same(t, "writing calls", 0, len(mutations(b)))

				now.is(day + 1)
				change := tf.Plan(userAddress)
				same(t, "actions", []string{"update"}, change.Actions)
				tf.Must("apply", "test.plan")
				wantKeys(t, b, stored.ID)
				tf.Empty()
				s.does("rotate_key", config, stored.ID+" stays valid")
				tf.Destroy() // in which the refresh takes the newest key over
				if _, err := b.IAM().GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String(b.Name + "-ann")}); err == nil {
					t.Error("the user is left")
				}
			})
		}
	})
}

// TestAccAction_rotateKeyRefused: nothing is made where the store is not proved to be that of the user's key, and a key
// that cannot be delivered is taken back.
func TestAccAction_rotateKeyRefused(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, signed, func(t *testing.T, b *acctest.Bench) {
		now := &falseTime{}
		tf, config := rotating(t, b, fmt.Sprintf("{ ssm_parameter = %q }", "/"+b.Name+"/key"), now)
		first, s, at := keyOf(t, tf)["id"], invoking(t, b), "/"+b.Name+"/key"
		put := func(name, text, description string) {
			acctest.Must(b.SSM().PutParameter(t.Context(), &ssm.PutParameterInput{
				Name: &name, Value: &text, Type: ssmtypes.ParameterTypeSecureString, Description: &description, Overwrite: aws.Bool(true),
			}))(t)
		}
		put(at+"-other", "{}", "Access key of ann for the bucket "+b.Name+" (user AIDAOTHER)")
		b.Gateway.Reset()
		s.fails("rotate_key", with(config, values{"bucket": "other-bucket"}), "does not hold the key", "other-bucket", at)
		s.fails("rotate_key", with(config, values{"name": b.Name + "-bob"}), "No such user", b.Name+"-bob")
		s.fails("rotate_key", with(config, values{"stored_at": at + "-none"}), "there is no SSM parameter "+at+"-none")
		s.fails("rotate_key", with(config, values{"stored_at": at + "-other"}), "does not hold the key", "user AIDAOTHER")
		same(t, "writing calls", 0, len(mutations(b)))

		for _, row := range []struct {
			call  string
			fault gateway.Fault
			says  []string
		}{
			{"iam:CreateAccessKey", gateway.Forbidden(), []string{"iam:CreateAccessKey on user " + b.Name}},
			{"iam:CreateAccessKey", gateway.ResetAfter(), []string{"CreateAccessKey"}},
			{"ssm:PutParameter", gateway.Forbidden(), []string{"ssm:PutParameter", "deleted again", first.(string) + " stays valid"}},
			{"ssm:PutParameter", gateway.ResetBefore(), []string{"PutParameter", "deleted again"}},
		} {
			remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op(row.call), Fault: row.fault})
			s.fails("rotate_key", config, row.says...)
			remove()
			wantKeys(t, b, first)
			same(t, "stored", first.(string), acctest.Must(b.LookUp(t.Context(), at))(t).ID)
		}
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("ssm:PutParameter"), Fault: gateway.ResetAfter(), Times: 1})
		s.does("rotate_key", config, "stays valid") // only the answer was lost
		second := acctest.Must(b.LookUp(t.Context(), at))(t)
		wantKeys(t, b, first, second.ID)

		// Whoever plans without the right to look into the store is told so, and sees what there was to see before.
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("ssm:GetParameterHistory"), Fault: gateway.Forbidden()})
		saysAll(t, acctest.Flat(tf.Must("plan")), "could not be read", second.ID, "ssm:GetParameterHistory")
		same(t, "id", first, tf.Plan(userAddress).Before["access_key"].(map[string]any)["id"])
		remove()

		// A key that the user has put there by hand names no other, and is left alone.
		put(at, fmt.Sprintf(`{"access_key_id":%q,"secret_access_key":"x"}`, second.ID), "Access key of "+b.Name+"-ann for the bucket "+b.Name)
		same(t, "id", first, tf.Plan(userAddress).Before["access_key"].(map[string]any)["id"])
		tf.Destroy()
		acctest.Must(b.SSM().DeleteParameter(t.Context(), &ssm.DeleteParameterInput{Name: aws.String(at + "-other")}))(t)
	})
}

// TestAccAction_command invokes actions by the real command: by a change of a resource, and on request.
func TestAccAction_command(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		acctest.Since(t, 14, "actions")
		tf := b.Served(t)
		clearBucket(t, b, false)
		fullObject(t, b, "from", "text")
		action := func(kind, name, config string) string {
			return fmt.Sprintf("action \"spinup_%s\" %q {\n  config {\n    %s\n  }\n}\n", kind, name, config)
		}
		place := func(name, key string) string {
			return fmt.Sprintf("%s = { bucket = %q, key = %q }\n", name, b.Name, key)
		}
		tf.Write(b.Provider() + action("copy_object", "one", place("source", "from")+place("destination", "copied")) +
			action("move_object", "one", place("source", "from")+place("destination", "moved")) +
			action("empty_bucket", "one", fmt.Sprintf("bucket = %q", b.Name)) + `
resource "terraform_data" "run" {
  input = "copied"
  lifecycle {
    action_trigger {
      events  = [after_create]
      actions = [action.spinup_copy_object.one]
    }
  }
}
`)
		saysAll(t, acctest.Flat(tf.Apply()), "copied 4 bytes to copied")
		tf.Empty()
		wantFull(t, b, "copied", "text")
		tf.Must("apply", "-auto-approve", "-invoke=action.spinup_move_object.one")
		same(t, "keys", []string{"copied", "moved"}, keysOf(t, b))
		says := tf.MustFail("apply", "-auto-approve", "-invoke=action.spinup_move_object.one")
		saysAll(t, acctest.Flat(says), "No such object", `"from"`)
		tf.Must("apply", "-auto-approve", "-invoke=action.spinup_empty_bucket.one")
		same(t, "keys", 0, len(keysOf(t, b)))
		tf.Destroy()
	})
}

// TestAccAction_permissions holds all actions but spinup_reap, which needs what websites need, to their policy.
func TestAccAction_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		_, config := rotating(t, b, fmt.Sprintf("{ ssm_parameter = %q }", "/"+b.Name+"/key"), &falseTime{})
		tf := b.Played(t)
		tf.Write(b.Provider() + memberNamed(b, b.Name+"-bob", `access = "read_only"`,
			keyIn(fmt.Sprintf("{ secretsmanager_secret = %q }", b.Name))))
		tf.Apply()
		secret := with(config, values{"name": b.Name + "-bob", "stored_at": keyOf(t, tf)["stored_at"]})
		id, s := holdName(t, b, domain(b)), invoking(t, b)
		clearBucket(t, b, true)
		lockable(t, b, b.Name)
		fullObject(t, b, "from", "text")
		version := aws.ToString(headOf(t, b, "from").VersionId)
		b.PutObject(t, b.Name, "bell\a") // XML cannot carry it
		acctest.Must(b.S3().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: aws.String("open")}))(t)
		policy := published(t, "actions.json")
		hold(t, b, policy)
		for _, g := range gates(b) {
			g.Reset()
		}
		s.does("invalidate", values{"domain": domain(b)}, "the caches are rid")
		s.does("invalidate", values{"distribution_id": id}, "the caches are rid")
		place := func(key string) values { return values{"bucket": b.Name, "key": key} }
		s.does("copy_object", values{"source": place("from"), "destination": place("to")}, "copied")
		s.does("move_object", values{"source": with(place("from"), values{"version_id": version}), "destination": place("to2")}, "deleted")
		s.does("empty_bucket", values{"bucket": b.Name}, "nothing is left")
		invalid := gateway.Answer(400, "ValidationException", "no")
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("ssm:PutParameter"), Fault: invalid, Times: 1})
		s.fails("rotate_key", config, "deleted again")
		s.does("rotate_key", config, "stays valid")
		s.does("rotate_key", secret, "stays valid")
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
		unheld(b)
	})
}
