package provider_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// published is a policy as the guide "Permissions" prints it.
func published(t *testing.T, name string) awspolicy.Document {
	t.Helper()
	text := acctest.Must(os.ReadFile(filepath.Join("../../examples/policies", name)))(t)
	return acctest.Must(awspolicy.Parse(string(text)))(t)
}

// actionsOf are the actions that a policy names, each once, in alphabetical order.
func actionsOf(document awspolicy.Document) []string {
	var all []string
	for _, statement := range document.Statements {
		all = append(all, statement.Action...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// used are the actions that the calls of the bench asked for, each once, in alphabetical order.
func used(b *acctest.Bench) []string {
	var all []string
	for _, g := range gates(b) {
		for _, call := range g.Calls() {
			all = append(all, call.Actions...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// gates are the gateways of the bench: one, or where CloudFront is elsewhere two.
func gates(b *acctest.Bench) []*gateway.Gateway {
	return slices.Compact([]*gateway.Gateway{b.Gateway, b.Edge})
}

func hold(t *testing.T, b *acctest.Bench, document awspolicy.Document) {
	t.Helper()
	for _, g := range gates(b) {
		if err := g.HoldTo(document.String()); err != nil {
			t.Fatal(err)
		}
	}
}

// unheld ends what hold began.
func unheld(b *acctest.Bench) {
	for _, g := range gates(b) {
		g.Release()
	}
}

// life takes a bucket through everything that can happen to one. Each run is of a command that has to succeed in the end.
func life(t *testing.T, b *acctest.Bench, tf acctest.Runner, run func(command ...string)) {
	t.Helper()
	tf.Write(b.Provider() + complete(b, "force_destroy = true"))
	run("apply", "-auto-approve")
	encrypt(t, b) // without KMS, which LocalStack does not have
	b.PutObject(t, b.Name, "twice")
	b.PutObject(t, b.Name, "twice")
	acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("twice")}))(t)
	acctest.Must(b.S3().CreateMultipartUpload(t.Context(),
		&s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: aws.String("unfinished")}))(t)

	// Every setting changes, and all goes that can: tags, bucket policy, access log, two levels; the lifecycle preset at
	// last.
	rest := []string{`public_access = "unblocked"`, `require_tls = false`, `access_levels = ["read_write"]`, `force_destroy = true`}
	tf.Write(b.Provider() + bucketNamed(b.Name, append(rest, `lifecycle_preset = "deep-archive"`)...))
	run("apply", "-auto-approve")
	tf.Write(b.Provider() + bucketNamed(b.Name, rest...))
	for range 4 { // with the first one as many versions as a policy may have
		rewriteDocument(t, b, access.ReadWrite)
	}
	run("plan")
	run("apply", "-auto-approve")
	lockable(t, b, b.Name)
	run("destroy", "-auto-approve")
	b.Gone(t, b.Name)

	tf.Write(b.Provider() + bucketNamed(b.Name, "object_lock = {}", "access_levels = []"))
	run("apply", "-auto-approve")
	tf.Write(b.Provider() + bucketNamed(b.Name, `object_lock = { mode = "GOVERNANCE", days = 1 }`, "access_levels = []"))
	run("apply", "-auto-approve")
	run("destroy", "-auto-approve")
	b.Gone(t, b.Name)
}

// TestAccBucket_permissions holds the whole life of a bucket to the published policy. It passes, and needs all of it.
func TestAccBucket_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Played(t)
		policy := published(t, "bucket.json")
		hold(t, b, policy)
		life(t, b, tf, func(command ...string) { tf.Must(command...) })
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccBucket_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead through the
// whole life of a bucket and end at the published policy: for each of its actions there was an error that named it.
func TestAccBucket_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Played(t)
		policy := published(t, "bucket.json")
		granted := learned(t, b, tf, policy, func(run func(...string)) { life(t, b, tf, run) })
		if diff := cmp.Diff(actionsOf(policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// learned goes through a life with nothing allowed, and runs each of its commands again and again, with what the errors
// ask for allowed as well, until it succeeds. It gives the actions that were allowed in the end, in alphabetical order.
func learned(
	t *testing.T, b *acctest.Bench, tf acctest.Runner, policy awspolicy.Document,
	life func(run func(command ...string)),
) []string {
	t.Helper()
	var granted []string
	hold(t, b, only(policy, granted))
	life(func(command ...string) {
		for {
			out, code := tf.Run(command...)
			asked := askedFor(t, b, policy, acctest.Flat(out))
			if code != 0 && !slices.ContainsFunc(asked, func(action string) bool { return !slices.Contains(granted, action) }) {
				t.Fatalf("nothing new to allow in\n%s", out)
			}
			granted = append(granted, asked...)
			hold(t, b, only(policy, granted))
			if code == 0 { // what it could not wait for is a warning
				return
			}
		}
	})
	slices.Sort(granted)
	return slices.Compact(granted)
}

// only is the policy with just these actions.
func only(policy awspolicy.Document, actions []string) awspolicy.Document {
	var left []awspolicy.Statement
	for _, s := range policy.Statements {
		left = append(left, awspolicy.Statement{
			Sid: s.Sid, Effect: s.Effect, Resource: s.Resource,
			Action: append([]string{"none:None"}, slices.DeleteFunc(slices.Clone(s.Action), func(action string) bool {
				return !slices.Contains(actions, action)
			})...),
		})
	}
	return awspolicy.New(left...)
}

// askedFor are the actions that the output says are missing, each of them on a resource that is of the kind that the
// policy has the action for and, where names are ours to choose, bears the bucket's name.
func askedFor(t *testing.T, b *acctest.Bench, policy awspolicy.Document, output string) []string {
	t.Helper()
	advice := regexp.MustCompile(`The credentials need the IAM action ([^.]+) on (?:(\w[\w ]*) )?(\S+)\. The guide "Permissions"`)
	kinds := map[string]string{ // by the statement
		"Buckets": "bucket", "Objects": "object", "Groups": "group", "Policies": "policy",
		"Memberships": "group", "AnyGroup": "group", "Users": "user", "MFADevices": "device", "Roles": "role",
		"OIDCProviders": "provider",
		"Parameters":    "parameter", "Secrets": "secret", "Functions": "function",
	}
	numbered := map[string]string{
		"Account": "", "Distributions": "distribution", "OriginAccessControls": "origin access control", "Zones": "zone",
		"Changes": "change", "Certificates": "certificate",
	}
	var all []string
	for _, found := range advice.FindAllStringSubmatch(output, -1) {
		for action := range strings.SplitSeq(found[1], ", ") {
			i := slices.IndexFunc(policy.Statements, func(s awspolicy.Statement) bool { return slices.Contains(s.Action, action) })
			if i < 0 {
				t.Fatalf("%s is not in the policy; asked for in\n%s", action, output)
			}
			kind, named := kinds[policy.Statements[i].Sid]
			if !named {
				kind = numbered[policy.Statements[i].Sid]
			}
			if found[2] != kind || named && !strings.Contains(found[3], b.Name) {
				t.Errorf("%s is asked for on %s %s", action, found[2], found[3])
			}
			all = append(all, action)
		}
	}
	return all
}

// TestAccBucket_permissionsPlan holds a plan to the read-only policy. It names the drift, needs all of the policy, and
// writes nothing.
func TestAccBucket_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Served(t)
		tf.Write(b.Provider() + complete(b, "object_lock = {}"))
		tf.Apply()
		own(t, b)
		wantPlan(t, b, tf, published(t, "bucket-plan.json"), `~ object_ownership = "BucketOwnerEnforced" -> "BucketOwnerPreferred"`)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// wantPlan holds a plan to the policy: it says the change, needs all of the policy, and writes nothing.
func wantPlan(t *testing.T, b *acctest.Bench, tf *acctest.Terraform, policy awspolicy.Document, change string) {
	t.Helper()
	hold(t, b, policy)
	for _, g := range gates(b) {
		g.Reset()
	}
	out, code := tf.Run("plan", "-detailed-exitcode")
	unheld(b)
	if code != 2 || !strings.Contains(acctest.Flat(out), change) {
		t.Errorf("exit code %d\n%s", code, out)
	}
	if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
		t.Errorf("actions (-published +used):\n%s", diff)
	}
	if done := mutations(b); len(done) > 0 {
		t.Errorf("it did %v", done)
	}
}

// listsAll runs every list on AWS, without the objects themselves.
func listsAll(t *testing.T, b *acctest.Bench) {
	t.Helper()
	s, in := lister(t, b), values{"bucket": b.Name}
	for typeName, config := range map[string]values{
		bucketType: {"name_prefix": b.Name, "org": "none"}, "spinup_website": {"name_prefix": domain(b)},
		"spinup_bucket_user": in, "spinup_bucket_role": in, "spinup_bucket_grant": in, "spinup_lifecycle_rule": in,
		"spinup_directory": in, "spinup_object": in,
	} {
		_, diags := s.List(typeName, prototest.Listing{Config: config})
		same(t, "said of "+typeName, "", diags.Errors()+diags.Warnings())
	}
}

// TestAccBucket_permissionsLess holds a bucket without optional parts to what the guide says it can do with.
func TestAccBucket_permissionsLess(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		policy := published(t, "bucket.json")
		hold(t, b, only(policy, slices.DeleteFunc(actionsOf(policy), func(action string) bool {
			return strings.HasPrefix(action, "iam:") || strings.HasSuffix(action, "BucketLogging") ||
				strings.HasSuffix(action, "LifecycleConfiguration") ||
				strings.HasPrefix(action, "s3:DeleteObject") || strings.Contains(action, "MultipartUpload")
		})))
		tf := b.Served(t)
		tf.Write(b.Provider() + fmt.Sprintf(`
resource "spinup_bucket" "test" {
  name          = %q
  access_levels = []
}
`, b.Name))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccPermissions_dataSources holds all data sources and all lists to their policy.
func TestAccPermissions_dataSources(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		made, tf := b.Served(t), b.Served(t)
		made.Write(b.Provider() + fmt.Sprintf("resource \"spinup_bucket\" \"test\" { name = %q }\n", b.Name) +
			member(b, `access = "read_only"`, `path = "/docs/"`) + roleBlock(b, readOnly, byService) + site(b, `origin_access = "website_endpoint"`,
			`redirect_domains = ["`+zone(b)+`"]`))
		b.MakeZone(t, zone(b))
		made.Apply()
		b.PutObject(t, b.Name, "read")
		b.MakeCertificate(t, domain(b)) // whose tags say that it is not the site's
		tf.Write(b.Provider() + fmt.Sprintf(`
data "spinup_account" "test" {}

data "spinup_bucket" "test" { name = %[1]q }

data "spinup_buckets" "test" {
  name_prefix = %[1]q
  tags        = { Team = "library" }
}

data "spinup_bucket_user" "test" {
  bucket = %[1]q
  name   = "%[1]s-ann"
}

data "spinup_bucket_users" "test" { bucket = %[1]q }

data "spinup_lifecycle_rules" "test" { bucket = %[1]q }

data "spinup_website" "test" { domain = %[2]q }

data "spinup_websites" "test" { name_regex = "^%[2]s$" }

output "websites" { value = data.spinup_websites.test.websites }

data "spinup_objects" "test" { bucket = %[1]q }

data "spinup_object" "test" {
  bucket    = %[1]q
  key       = "read"
  read_body = true
}

data "spinup_object" "version" {
  bucket     = %[1]q
  key        = "read"
  version_id = "null"
}

data "spinup_drift" "bucket" {
  type = "spinup_bucket"
  id   = %[1]q
}

data "spinup_drift" "website" {
  type = "spinup_website"
  id   = %[2]q
}

data "spinup_drift" "org" { org = "nobody" }

data "spinup_orphans" "test" {}

data "spinup_provider_policy" "test" { mode = "plan" }
`, b.Name, domain(b)))
		policy := published(t, "data-sources.json")
		hold(t, b, policy)
		for _, g := range gates(b) {
			g.Reset()
		}
		tf.Apply()
		listsAll(t, b)
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
		unheld(b)
		if out := tf.Must("output", "websites"); !strings.Contains(out, domain(b)) || !strings.Contains(out, zone(b)+`",`) {
			t.Errorf("the site is not in %s", out)
		}
		dropObject(t, b, "read")
		made.Destroy()
	})
}
