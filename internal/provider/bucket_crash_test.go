package provider_test

import (
	"fmt"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// crashBefore and crashAfter differ in every part, so that going from one to the other makes, changes and removes.
func crashBefore(name string) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %[1]q
  access_levels = ["admin", "read_only"]
  force_destroy = true
  tags          = { Step = "before" }
  access_log    = { bucket = "%[1]s-log" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid = "Mine", Effect = "Allow", Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action = "s3:GetObject", Resource = "arn:aws:s3:::%[1]s/*"
    }]
  })
}
`, name)
}

func crashAfter(name string) string {
	return fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name             = %[1]q
  access_levels    = ["admin", "read_write"]
  force_destroy    = true
  tags             = { Step = "after" }
  versioning       = true
  object_ownership = "BucketOwnerPreferred"
  public_access    = "read"
  require_tls      = false
  encryption       = { algorithm = "aws:kms" }
}
`, name)
}

// TestAccBucket_crashSweep fails every mutating call of create, update and delete, unsent and with its answer lost, and
// goes on by apply and by destroy: the end is the same, and nothing is left behind.
func TestAccBucket_crashSweep(t *testing.T) {
	faults := map[string]func() gateway.Fault{"unsent": gateway.ResetBefore, "lost": gateway.ResetAfter}
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		for _, phase := range []string{"create", "update", "delete"} {
			calls := crashCalls(t, b, phase)
			for n := 1; n <= calls; n++ {
				for kind, fault := range faults {
					for _, next := range []string{"apply", "destroy"} {
						t.Run(fmt.Sprintf("%s/%d/%s/%s", phase, n, kind, next), func(t *testing.T) {
							t.Parallel()
							b := b.Fork(t)
							crash(t, b, phase, n, fault(), next)
						})
					}
				}
			}
		}
	})
}

// phase says what is there before each phase, and the configuration and command that are struck.
func phase(t *testing.T, b *acctest.Bench, tf *acctest.Terraform, name string) (config string, command []string) {
	b.MakeBucket(t, b.Name+"-log")
	apply := []string{"apply", "-auto-approve"}
	switch name {
	case "create":
		return crashBefore(b.Name), apply
	case "update":
		tf.Write(b.Provider() + crashBefore(b.Name))
		tf.Apply()
		return crashAfter(b.Name), apply
	}
	tf.Write(b.Provider() + crashBefore(b.Name))
	tf.Apply()
	b.PutObject(t, b.Name, "left")
	return crashBefore(b.Name), []string{"destroy", "-auto-approve"}
}

// crashCalls counts the mutating calls of a phase that nothing disturbs.
func crashCalls(t *testing.T, b *acctest.Bench, name string) int {
	t.Helper()
	b = b.Fork(t)
	tf := b.Terraform(t)
	config, command := phase(t, b, tf, name)
	tf.Write(b.Provider() + config)
	b.Gateway.Reset()
	tf.Must(command...)
	calls := b.Gateway.Mutations()
	if name != "delete" {
		tf.Destroy()
	}
	b.Gone(t, b.Name)
	return calls
}

func crash(t *testing.T, b *acctest.Bench, name string, n int, fault gateway.Fault, next string) {
	tf := b.Terraform(t)
	config, command := phase(t, b, tf, name)
	tf.Write(b.Provider("max_retries = 0") + config) // so that the call is not simply sent again
	b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(n, gateway.Mutation()), Fault: fault, Times: 1})
	out, code := tf.Run(command...)
	if code == 0 && name != "delete" { // a delete whose last answer is lost is done
		t.Fatalf("the run did not notice\n%s", out)
	}
	tf.Write(b.Provider() + config)
	if next == "apply" {
		tf.Apply()
		tf.Empty()
	}
	tf.Destroy()
	b.Gone(t, b.Name)
}
