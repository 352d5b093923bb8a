package provider_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// failure is a read that goes wrong, and what the error has to say.
type failure struct {
	name  string
	read  string // service:Operation
	fault gateway.Fault
	says  []string
}

// TestAccBucket_denied lets each read of a refresh fail in turn. Neither a missing permission nor a service in trouble
// means that anything is gone: the plan fails and says what is the matter, and state stays as it is, byte for byte.
func TestAccBucket_denied(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Terraform(t)
		tf.Write(b.Provider("max_retries = 0") + complete(b))
		tf.Apply()
		state := tf.StateFile()
		for _, row := range failures(b) {
			t.Run(row.name, func(t *testing.T) {
				t.Cleanup(b.Gateway.Inject(gateway.Rule{Match: gateway.Op(row.read), Fault: row.fault}))
				b.Gateway.Reset()
				// An apply begins with a plan, and goes on to write what the plan believes to see.
				said := tf.MustFail("apply", "-auto-approve")
				for _, words := range append(row.says, "Cannot read bucket") {
					if !strings.Contains(said, words) {
						t.Errorf("the error does not say %q:\n%s", words, said)
					}
				}
				if done := mutations(b); len(done) > 0 {
					t.Errorf("it did %v", done)
				}
				if diff := cmp.Diff(state, tf.StateFile()); diff != "" {
					t.Errorf("state was changed (-before +after):\n%s", diff)
				}
			})
		}
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

func failures(b *acctest.Bench) []failure {
	group, itself := "group "+*levelGroup(b, bucket.Admin), "bucket "+b.Name
	things := map[string]string{"bucket": itself, "group": group, "policy": "policy " + *levelPolicy(b, bucket.Admin)}
	var all []failure
	for _, read := range awsclient.Permissions(bucket.Reads{}) {
		service, _, _ := strings.Cut(read.Actions[0], ":")
		all = append(all, failure{
			read.Operation + " denied", service + ":" + read.Operation, gateway.Forbidden(),
			[]string{read.Operation, "need the IAM action " + strings.Join(read.Actions, ", ") + " on " + things[read.On]},
		})
	}
	broken := func(name, read string, fault gateway.Fault, says string) {
		all = append(all, failure{name, read, fault, []string{says}})
	}
	broken("HeadBucket fails", "s3:HeadBucket", gateway.Internal(), itself+": InternalServerError")
	broken("HeadBucket throttled", "s3:HeadBucket", gateway.Throttled(), itself+": ServiceUnavailable")
	broken("GetBucketPolicy fails", "s3:GetBucketPolicy", gateway.Internal(), itself+": InternalError")
	broken("GetBucketPolicy throttled", "s3:GetBucketPolicy", gateway.Throttled(), itself+": SlowDown")
	broken("GetGroup fails", "iam:GetGroup", gateway.Internal(), group+": InternalFailure")
	broken("GetGroup throttled", "iam:GetGroup", gateway.Throttled(), group+": Throttling")
	return all
}
