package provider_test

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// plainBucket is a bucket with every default.
func plainBucket(name string) string {
	return fmt.Sprintf("resource \"spinup_bucket\" \"test\" { name = %q }\n", name)
}

// TestAccProvider_unknownEndpoint has an endpoint that another resource of the same configuration makes.
func TestAccProvider_unknownEndpoint(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		config := func(generation int) string {
			made := strings.ReplaceAll(b.Provider(), fmt.Sprintf("%q", b.Gateway.URL()), "terraform_data.endpoint.output")
			return made + plainBucket(b.Name) + fmt.Sprintf(
				"resource \"terraform_data\" \"endpoint\" {\ninput = %q\ntriggers_replace = %d\n}\n", b.Gateway.URL(), generation)
		}
		tf.Write(config(1))
		if change := tf.Plan("spinup_bucket.test"); !slices.Equal(change.Actions, []string{"create"}) {
			t.Errorf("the first plan is to %v", change.Actions)
		}
		if calls := b.Gateway.Counts(); len(calls) > 0 {
			t.Errorf("planning without an endpoint made calls: %v", calls)
		}
		tf.Apply()
		tf.Empty()

		tf.Write(config(2)) // the endpoint is made anew, so that it is unknown again
		b.Gateway.Reset()
		before := tf.StateFile()
		out := tf.Must("plan")
		if !strings.Contains(out, "Not refreshed") || !strings.Contains(acctest.Flat(out), "endpoints") {
			t.Errorf("no warning that the bucket was not read\n%s", out)
		}
		if change := tf.Plan("spinup_bucket.test"); !slices.Equal(change.Actions, []string{"no-op"}) {
			t.Errorf("the second plan is to %v %v", change.Actions, change.Attributes())
		}
		if tf.StateFile() != before {
			t.Error("the plan changed state")
		}
		if calls := b.Gateway.Counts(); len(calls) > 0 {
			t.Errorf("planning without an endpoint made calls: %v", calls)
		}
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// silence takes connections and never answers.
func silence(t *testing.T) string {
	t.Helper()
	listener := listen(t)
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// nobodyThere is an address at which nothing listens.
func nobodyThere(t *testing.T) string {
	t.Helper()
	listener := listen(t)
	_ = listener.Close()
	return listener.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// TestAccProvider_cannotConnect wants one clear error soon, for a person waits for it: of a plan with a bucket in state,
// and of an apply that is to make one.
func TestAccProvider_cannotConnect(t *testing.T) {
	const soon = 15 * time.Second
	acctest.Only(t, emulator.Fakecloud, "nothing but its absence counts", func(t *testing.T, b *acctest.Bench) {
		closed, silent := nobodyThere(t), silence(t)
		everywhere := func(address string) string {
			return strings.ReplaceAll(b.Provider(), b.Gateway.URL(), "http://"+address)
		}
		atS3 := func(address string) string {
			return strings.Replace(b.Provider(), "s3 = \""+b.Gateway.URL(), "s3 = \"http://"+address, 1)
		}
		keyless := strings.NewReplacer("access_key", "# access_key", "secret_key", "# secret_key").Replace(b.Provider())
		tests := map[string]struct {
			provider string
			env      map[string]string
			want     []string
		}{
			"nobody there":   {everywhere(closed), nil, []string{closed, "connection refused", "endpoints"}},
			"silence":        {everywhere(silent), nil, []string{silent, "no answer", "endpoints"}},
			"nobody at S3":   {atS3(closed), nil, []string{closed, "connection refused", "endpoints"}},
			"silence at S3":  {atS3(silent), nil, []string{silent, "no answer", "endpoints"}},
			"no credentials": {keyless, nil, []string{"no usable credentials", "AWS_ACCESS_KEY_ID"}},
			"silent metadata service": {keyless, map[string]string{
				"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://" + silent,
			}, []string{"no usable credentials", "AWS_ACCESS_KEY_ID"}},
		}
		made := b.Terraform(t)
		made.Write(b.Provider() + plainBucket(b.Name))
		made.Apply()
		state := made.StateFile()

		type outcome struct {
			output string
			code   int
			took   time.Duration
			state  string
		}
		outcomes := map[string]*outcome{}
		var runs sync.WaitGroup
		gate := make(chan struct{}, 6) // they do little but wait, and beginning all at once would take its time
		for name, test := range tests {
			for command, args := range map[string][]string{"plan": {"plan"}, "apply": {"apply", "-auto-approve"}} {
				tf, result := b.Terraform(t), &outcome{}
				outcomes[name+"/"+command] = result
				tf.Write(test.provider + plainBucket(b.Name))
				if command == "plan" {
					if err := os.WriteFile(filepath.Join(tf.Dir, "terraform.tfstate"), []byte(state), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				for variable, value := range test.env {
					tf.Setenv(variable, value)
				}
				runs.Go(func() {
					gate <- struct{}{}
					defer func() { <-gate }()
					start := time.Now()
					result.output, result.code = tf.Run(args...)
					result.took, result.state = time.Since(start), tf.StateFile()
				})
			}
		}
		runs.Wait()
		for name, result := range outcomes {
			t.Run(name, func(t *testing.T) {
				cause, command, _ := strings.Cut(name, "/")
				text := acctest.Flat(result.output)
				if errors := strings.Count(text, "Error: "); result.code != 1 || errors != 1 {
					t.Errorf("exit code %d and %d errors, want one error\n%s", result.code, errors, result.output)
				}
				if result.took > soon {
					t.Errorf("it took %s", result.took)
				}
				for _, want := range tests[cause].want {
					if !strings.Contains(text, want) {
						t.Errorf("nothing says %q\n%s", want, result.output)
					}
				}
				if command == "plan" && result.state != state {
					t.Error("state changed")
				}
			})
		}
		made.Destroy()
	})
}

// TestAccProvider_wrongAccount has credentials of an account that is not to be touched.
func TestAccProvider_wrongAccount(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		for name, guard := range map[string]string{
			"allowed":   `allowed_account_ids = ["210987654321"]`,
			"forbidden": fmt.Sprintf("forbidden_account_ids = [%q]", b.AccountID),
		} {
			t.Run(name, func(t *testing.T) {
				b := b.Fork(t)
				tf := b.Served(t)
				tf.Write(b.Provider(guard) + plainBucket(b.Name))
				out := tf.MustFail("apply", "-auto-approve")
				for _, want := range []string{"belong to account " + b.AccountID, name + "_account_ids"} {
					if !strings.Contains(out, want) {
						t.Errorf("nothing says %q\n%s", want, out)
					}
				}
				same(t, "calls", map[string]int{"sts:GetCallerIdentity": 1}, b.Gateway.Counts())
				b.Gone(t, b.Name)
			})
		}
		t.Run("right", func(t *testing.T) {
			tf := b.Served(t)
			tf.Write(b.Provider(fmt.Sprintf("allowed_account_ids = [%q]", b.AccountID)) + plainBucket(b.Name))
			tf.Apply()
			tf.Destroy()
		})
	})
}

// TestAccProvider_calls counts what it takes to connect: nothing as long as nothing needs it, then one question.
func TestAccProvider_calls(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(b.Provider())
		tf.Must("plan")
		many := `
resource "spinup_bucket" "test" {
  count = 3
  name  = "` + b.Name + `-${count.index}"
}
`
		tf.Write(b.Provider() + many)
		tf.Must("validate")
		if calls := b.Gateway.Counts(); len(calls) > 0 {
			t.Errorf("calls before anything needs one: %v", calls)
		}
		once := func(command ...string) {
			t.Helper()
			b.Gateway.Reset()
			tf.Must(command...)
			if asked := b.Gateway.Counts()["sts:GetCallerIdentity"]; asked != 1 {
				t.Errorf("terraform %s asked %d times who it is, want once", strings.Join(command, " "), asked)
			}
		}
		once("plan", "-out", "new.plan") // which looks whether there are such buckets
		once("apply", "new.plan")
		tf.Write(b.Provider() + many + `
data "spinup_account" "test" {}
data "spinup_buckets" "test" {}
data "spinup_bucket" "test" {
  count = 3
  name  = spinup_bucket.test[count.index].name
}
`)
		once("plan")
		once("plan", "-destroy", "-out", "destroy.plan")
		once("apply", "destroy.plan")
	})
}

// TestAccProvider_plainStore keeps buckets on a store of which only S3 is known.
func TestAccProvider_plainStore(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		provider := regexp.MustCompile(`(?s)endpoints = \{.*?\n  \}`).ReplaceAllString(
			b.Provider(`platform = "s3"`), fmt.Sprintf("endpoints  = { s3 = %q }", b.Gateway.URL()))
		if strings.Count(provider, b.Gateway.URL()) != 1 {
			t.Fatal(provider)
		}
		tf := b.Served(t)
		tf.Write(provider + plainBucket(b.Name))
		tf.Apply()
		tf.Empty()
		state := tf.State("spinup_bucket.test")
		for name, want := range map[string]any{
			"arn": "arn:aws:s3:::" + b.Name, "versioning": nil, "require_tls": false, "access_levels": []any{},
			"groups": map[string]any{}, "account_id": nil, "domain_name": nil, "regional_domain_name": nil, "hosted_zone_id": nil,
			"encryption": nil, "object_ownership": nil, "public_access": nil, "access_log": nil,
		} {
			if diff := cmp.Diff(want, state[name]); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		tf.Write(provider + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %q
  versioning    = true
  tags          = { Team = "library" }
  force_destroy = true
}
`, b.Name))
		tf.Apply()
		tf.Empty()
		b.PutObject(t, b.Name, "left")
		tf.Destroy()
		b.Gone(t, b.Name)
		for call := range b.Gateway.Counts() {
			service, operation, _ := strings.Cut(call, ":")
			if service != "s3" || slices.ContainsFunc([]string{"PublicAccessBlock", "Ownership", "Encryption", "Logging"},
				func(extra string) bool { return strings.Contains(operation, extra) }) {
				t.Errorf("%s was called", call)
			}
		}
	})
}

// TestAccProvider_secrets looks for what nobody may read in everything that Terraform writes, with all of its logging on.
// LocalStack takes any secret; fakecloud does not, so that it is there that errors about it are seen.
func TestAccProvider_secrets(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		secret, token := "S3CRET"+rand.Text(), "T0KEN"+rand.Text()
		accessKey, _ := b.MakeUser(t, b.Name)
		full := b.ProviderAs(accessKey, secret, fmt.Sprintf("token = %q", token))
		half := regexp.MustCompile(`(?m)^ *access_key.*$`).ReplaceAllString(full, "")
		role := b.ProviderAs(accessKey, secret, fmt.Sprintf("token = %q", token),
			fmt.Sprintf("assume_role = [{ role_arn = \"arn:aws:iam::%s:role/any\" }]", b.AccountID))
		apply, refused := []string{"apply", "-auto-approve"}, 0
		if b.Kind == emulator.Fakecloud {
			refused = 1
		}
		tf := b.Terraform(t)
		tf.Setenv("TF_LOG", "TRACE")
		var written strings.Builder
		for _, step := range []struct {
			provider string
			command  []string
			code     int
		}{
			{half, []string{"plan"}, 1},
			{full, apply, refused},
			{full, []string{"show"}, 0},
			{role, apply, refused},
			{full, []string{"destroy", "-auto-approve"}, 0},
		} {
			tf.Write(step.provider + plainBucket(b.Name))
			out, code := tf.Run(step.command...)
			written.WriteString(out + tf.StateFile())
			if code != step.code {
				t.Errorf("terraform %s: exit code %d, want %d", strings.Join(step.command, " "), code, step.code)
			}
		}
		text := written.String()
		for _, want := range []string{"[TRACE]", "AWS call"} {
			if !strings.Contains(text, want) {
				t.Errorf("the log has no %q", want)
			}
		}
		for what, secret := range map[string]string{
			"secret key": secret, "token": token, "key of the role": "SecretAccessKey", "token of the role": "SessionToken",
			"signature": "Signature=",
		} {
			if at := strings.Index(text, secret); at >= 0 {
				t.Errorf("the %s was written: %s", what, text[max(0, at-300):at+len(secret)])
			}
		}
	})
}

// TestAccProvider_throttled changes a bucket again and again while one call in five is refused for being too many.
func TestAccProvider_throttled(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Fraction(0.2, 1), Fault: gateway.Throttled()})
		for i := range 20 {
			tf.Write(b.Provider() + fmt.Sprintf(
				"resource \"spinup_bucket\" \"test\" {\nname = %q\nversioning = %t\ntags = { Step = \"%d\" }\n}\n",
				b.Name, i%2 == 0, i))
			tf.Apply()
		}
		remove()
		tf.Empty()
		throttled := 0
		for _, call := range b.Gateway.Calls() {
			if call.Fault != "" {
				throttled++
			}
		}
		if share := float64(throttled) / float64(b.Gateway.Total()); share < 0.1 || share > 0.3 {
			t.Errorf("%d of %d calls were throttled", throttled, b.Gateway.Total())
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
