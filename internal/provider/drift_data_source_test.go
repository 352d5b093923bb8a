package provider_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// comparing is a data source that compares one object.
func comparing(name string, arguments ...string) string {
	return fmt.Sprintf("\ndata \"spinup_drift\" %q {\n  %s\n}\n", name, strings.Join(arguments, "\n  "))
}

// apart are the parts of a comparison that are not in sync, each in a line.
func apart(t *testing.T, tf *acctest.Terraform, name string) (all []string) {
	t.Helper()
	state := tf.State("data.spinup_drift." + name)
	for _, one := range state["parts"].([]any) {
		part := one.(map[string]any)
		if part["status"] != "in_sync" {
			all = append(all, fmt.Sprintf("%v %v %v %v: %v", part["resource"], part["id"], part["attribute"], part["status"], part["detail"]))
		}
	}
	if state["in_sync"] != (len(all) == 0) {
		t.Errorf("in_sync is %v, and these are not: %v", state["in_sync"], all)
	}
	return all
}

// TestAccDrift_bucket: by its id, a bucket is in sync however it is set, and parts that belong together are not when one
// is missing or altered. What may not be read is an error, and an object that is not there is missing.
func TestAccDrift_bucket(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		made, tf := b.Played(t), b.Served(t)
		made.Write(b.Provider() + complete(b))
		made.Apply()
		tf.Write(b.Provider() + comparing("one", `type = "spinup_bucket"`, fmt.Sprintf("id = %q", b.Name)) +
			comparing("none", `type = "spinup_bucket"`, fmt.Sprintf("id = \"%s-none\"", b.Name)))
		own(t, b)
		b.Gateway.Reset()
		tf.Apply()
		same(t, "untouched", []string(nil), apart(t, tf, "one"))
		none := fmt.Sprintf("spinup_bucket %s-none name missing: It does not exist.", b.Name)
		same(t, "a bucket that is not there", []string{none}, apart(t, tf, "none"))
		if done := mutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}

		rewriteDocument(t, b, access.Admin)
		deleteGroup(t, b, access.ReadOnly)
		tf.Apply()
		line := "spinup_bucket " + b.Name + " access_levels changed: The "
		same(t, "levels", []string{
			line + "policy " + b.Name + "-BktAdmPlc does not say what the level admin is.",
			line + "group " + b.Name + "-BktROGrp does not exist.",
		}, apart(t, tf, "one"))

		remove := b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:GetBucketTagging"), Fault: gateway.Forbidden()})
		saysAll(t, acctest.Flat(tf.MustFail("apply", "-auto-approve")), "Bucket could not be read", "tags: s3 GetBucketTagging",
			"s3:GetBucketTagging on bucket "+b.Name)
		remove()
		tf.Write(b.Provider() + comparing("one", `type = "spinup_bucket"`, `wanted = { name = "data" }`))
		saysAll(t, acctest.Flat(tf.MustFail("plan")), "Not the resource", "wanted = spinup_bucket.data")
		tf.Write(b.Provider() + comparing("one", fmt.Sprintf("id = %q", b.Name)))
		saysAll(t, acctest.Flat(tf.MustFail("plan")), "Invalid type", "set it with one of them")
		made.Destroy()
	})
}

// TestAccDrift_kinds: of every kind of resource, what was just made is in sync with itself and with its import.
func TestAccDrift_kinds(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf, dir := b.Served(t), t.TempDir()
		smallSite().write(t, dir)
		made := map[string]string{
			"spinup_bucket.test": b.Name, "spinup_bucket_user.test": b.Name + "/" + b.Name + "-ann",
			"spinup_lifecycle_rule.test": b.Name + "/old", "spinup_object.test": b.Name + "/note",
			"spinup_bucket_role.test":  b.Name + "/" + b.Name + "-role",
			"spinup_directory.d":       b.Name + "/site/",
			"spinup_bucket_grant.test": b.Name + "/user/" + b.Name + "-bob",
		}
		b.MakeUser(t, b.Name+"-bob")
		config := b.Provider() + bucketNamed(b.Name, `access_levels = ["read_only"]`) +
			member(b, `access = "read_only"`, "access_key = {}", "depends_on = [spinup_bucket.test]") + fmt.Sprintf(`
resource "spinup_lifecycle_rule" "test" {
  bucket          = spinup_bucket.test.name
  name            = "old"
  expiration_days = 30
}

resource "spinup_object" "test" {
  bucket  = spinup_bucket.test.name
  key     = "note"
  content = "some text"
}

resource "spinup_bucket_role" "test" {
  bucket = spinup_bucket.test.name
  name   = "%[1]s-role"
  access = "read_only"
  trust  = { services = ["lambda.amazonaws.com"] }
}

resource "spinup_bucket_grant" "test" {
  bucket = spinup_bucket.test.name
  user   = "%[1]s-bob"
  access = "read_only"
}
`, b.Name) + directoryBlock(b, dir, `prefix = "site/"`, "depends_on = [spinup_bucket.test]")
		tf.Write(config)
		tf.Apply()
		for _, address := range slices.Sorted(maps.Keys(made)) {
			kind, _, _ := strings.Cut(address, ".")
			config += comparing(kind, fmt.Sprintf("type = %q", kind), "wanted = "+address) +
				comparing(kind+"_id", fmt.Sprintf("type = %q", kind), fmt.Sprintf("id = %q", made[address]))
		}
		tf.Write(config)
		tf.Apply()
		for address := range made {
			kind, _, _ := strings.Cut(address, ".")
			same(t, kind, []string(nil), apart(t, tf, kind))
			same(t, kind+" by its id", []string(nil), apart(t, tf, kind+"_id"))
		}
		// The user loses its group, and the object gets another content, which no detail repeats.
		acctest.Must(b.IAM().RemoveUserFromGroup(t.Context(), &iam.RemoveUserFromGroupInput{
			UserName: aws.String(b.Name + "-ann"), GroupName: levelGroup(b, access.ReadOnly),
		}))(t)
		b.PutObject(t, b.Name, "note")
		tf.Must("apply", "-refresh=false", "-auto-approve")
		if got := strings.Join(apart(t, tf, "spinup_bucket_user"), "\n"); !strings.Contains(got, " access changed: ") {
			t.Errorf("the user: %s", got)
		}
		got := strings.Join(apart(t, tf, "spinup_object"), "\n")
		if !strings.Contains(got, " changed: ") || strings.Contains(got, "some text") {
			t.Errorf("the object: %s", got)
		}
		tf.Apply()
		tf.Destroy()
	})
}

// TestAccDrift_org: all buckets and websites of an org are compared, and nothing else.
func TestAccDrift_org(t *testing.T) {
	acctest.Alone(t, emulator.Fakecloud, everybodys, func(t *testing.T, b *acctest.Bench) {
		id := b.MakeZone(t, zone(b))
		made, tf := b.Served(t), b.Served(t)
		made.Write(b.Provider(fmt.Sprintf("org = %q", b.Name)) + bucketNamed(b.Name+"-data") +
			site(b, `destroy_mode = "disable"`, "wait_for_deployment = false"))
		made.Apply()
		tf.Write(b.Provider() + comparing("org", fmt.Sprintf("org = %q", b.Name)) + `data "spinup_orphans" "all" {}`)
		tf.Apply()
		same(t, "untouched", []string(nil), apart(t, tf, "org"))
		for _, record := range b.Records(t, id) {
			if record.Type == r53types.RRTypeA && record.AliasTarget != nil {
				acctest.Must(b.Route53().ChangeResourceRecordSets(t.Context(), &route53.ChangeResourceRecordSetsInput{
					HostedZoneId: &id,
					ChangeBatch: &r53types.ChangeBatch{Changes: []r53types.Change{
						{Action: r53types.ChangeActionDelete, ResourceRecordSet: &record},
					}},
				}))(t)
			}
		}
		acctest.Must(b.S3().DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(domain(b))}))(t)
		tf.Apply()
		got := strings.Join(apart(t, tf, "org"), "\n")
		saysAll(t, got, "spinup_website "+domain(b)+" dns_records changed: Records differ: A of "+domain(b)+" is missing",
			"spinup_website "+domain(b)+" origin_access changed: Statements differ: SpinupCloudFrontRead is missing")
		if strings.Contains(got, b.Name+"-data") {
			t.Errorf("the bucket is not in sync: %s", got)
		}

		// What a destroy leaves to later runs, what an interrupted apply leaves, and a key beside that of the user.
		made.Destroy()
		half := "half." + zone(b)
		b.MakeBucket(t, half)
		acctest.Must(b.S3().PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: &half, Tagging: &s3types.Tagging{
			TagSet: []s3types.Tag{{Key: aws.String("spinup:website"), Value: &half}},
		}}))(t)
		made.Write(b.Provider() + bucketNamed(b.Name, `access_levels = ["read_only"]`) +
			member(b, `access = "read_only"`, "access_key = {}", "depends_on = [spinup_bucket.test]"))
		made.Apply()
		first := made.State("spinup_bucket_user.test")["access_key"].(map[string]any)["id"]
		orphans := func() (all []string) {
			tf.Apply()
			for _, one := range tf.State("data.spinup_orphans.all")["orphans"].([]any) {
				o := one.(map[string]any)
				if line := fmt.Sprintf("%v %v: %v", o["kind"], o["id"], o["detail"]); strings.Contains(line, b.Name) {
					all = append(all, line)
				}
			}
			return all
		}
		// CloudFront may have turned the distribution off so fast that the destroy could delete it.
		left := acctest.Must(b.CloudFront().ListDistributions(t.Context(), &cloudfront.ListDistributionsInput{}))(t)
		want := []string{"half_made_website " + half + ": "}
		if len(left.DistributionList.Items) > 0 {
			want = append(want, "It served the website "+domain(b))
		}
		found := orphans()
		saysAll(t, strings.Join(found, "\n"), want...)
		if len(found) != len(want) {
			t.Errorf("left: %v", found)
		}
		acctest.Must(b.IAM().CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String(b.Name + "-ann")}))(t)
		want = append(want, fmt.Sprintf("second_access_key %v: The user %s-ann has", first, b.Name))
		found = orphans()
		saysAll(t, strings.Join(found, "\n"), want...)
		if len(found) != len(want) {
			t.Errorf("left: %v", found)
		}
		made.Destroy()
		acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &half}))(t)
	})
}

// TestAccGuide_drift runs what the guide on drift says, with the credentials that it says, with and without drift.
func TestAccGuide_drift(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := guide(t, b, "guides/drift-in-ci")
		tf.Setenv("AWS_ENDPOINT_URL", b.Gateway.URL())
		tf.Setenv("AWS_REGION", acctest.Region)
		tf.Setenv("AWS_SECRET_ACCESS_KEY", "test")
		steps := string(acctest.Must(os.ReadFile(filepath.Join(tf.Dir, "drift.yml")))(t))
		run := func(want int, command string) string {
			t.Helper()
			if strings.Contains(command, "drift.tfplan") && !strings.Contains(steps, "terraform "+command+"\n") {
				t.Errorf("the workflow does not run %s", command)
			}
			out, code := tf.Run(strings.Fields(command)...)
			if code != want {
				t.Fatalf("%s ends with %d, want %d\n%s", command, code, want, out)
			}
			return acctest.Flat(out)
		}
		const refresh = "plan -refresh-only -detailed-exitcode -lock=false -out=drift.tfplan"
		const check, failed = "plan -refresh=false -lock=false -out=check.tfplan", "Check block assertion failed"
		const passed = `all(.checks[]; .status == "pass")`
		jq := func(want int, plan string, args ...string) string {
			t.Helper()
			cmd := exec.CommandContext(t.Context(), "jq", args...)
			cmd.Dir, cmd.Stdin = tf.Dir, strings.NewReader(tf.Must("show", "-json", plan))
			out, _ := cmd.Output()
			if got := cmd.ProcessState.ExitCode(); got != want {
				t.Errorf("jq %v ends with %d, want %d", args, got, want)
			}
			return string(out)
		}
		tf.Apply()
		policy := acctest.Must(awspolicy.Parse(tf.Must("output", "-raw", "policy")))(t)
		hold(t, b, policy)
		b.Gateway.Reset()
		run(0, refresh)
		if out := run(0, check); strings.Contains(out, failed) {
			t.Errorf("without drift:\n%s", out)
		}
		jq(0, "check.tfplan", "-e", passed)

		suspend(t, b)
		run(2, refresh)
		saysAll(t, steps, "terraform show -json drift.tfplan | jq -r -f drift.jq\n")
		same(t, "what jq says", "spinup_bucket.data: versioning\n", jq(0, "drift.tfplan", "-r", "-f", "drift.jq"))
		saysAll(t, run(0, "plan"), "Check block assertion known after apply")
		saysAll(t, run(0, check), failed, b.Name+", versioning: changed.", "is false, should be true")
		jq(1, "check.tfplan", "-e", passed)
		if done := mutations(b); len(done) > 0 {
			t.Errorf("it did %v", done)
		}
		unheld(b)
		if out := tf.Apply(); strings.Contains(out, failed) {
			t.Errorf("after the repair:\n%s", out)
		}

		// What waits for its apply is a difference for a plan only. With the check, each plan has to read it again.
		run(2, "plan -detailed-exitcode")
		if err := os.Remove(filepath.Join(tf.Dir, "check.tf")); err != nil {
			t.Fatal(err)
		}
		run(0, "plan -detailed-exitcode")
		text := string(acctest.Must(os.ReadFile(filepath.Join(tf.Dir, "main.tf")))(t))
		text = strings.Replace(text, "versioning = true", "versioning = false", 1)
		if err := os.WriteFile(filepath.Join(tf.Dir, "main.tf"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		run(0, refresh)
		run(2, "plan -detailed-exitcode")
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccProviderPolicy: the policies are those of the guide, and those for some names let a life of them happen.
func TestAccProviderPolicy(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		policy := func(name string, arguments ...string) string {
			return fmt.Sprintf("data \"spinup_provider_policy\" %q {\n  %s\n}\n", name, strings.Join(arguments, "\n  "))
		}
		config := b.Provider() + policy("mine", `mode = "apply"`, `resources = ["spinup_bucket", "spinup_bucket_user"]`,
			fmt.Sprintf("bucket_names = [%q]", b.Name), fmt.Sprintf("user_names = [%q]", b.Name+"-ann"))
		guides := map[string]string{
			"bucket.json": "spinup_bucket", "bucket-user.json": "spinup_bucket_user", "website.json": "spinup_website",
			"website-plan.json": "spinup_website", "directory-plan.json": "spinup_directory",
		}
		for name, kind := range guides {
			mode := "apply"
			if strings.HasSuffix(name, "-plan.json") {
				mode = "plan"
			}
			config += policy(strings.TrimSuffix(name, ".json"), fmt.Sprintf("mode = %q", mode), fmt.Sprintf("resources = [%q]", kind),
				`account_id = "*"`)
		}
		tf.Write(config)
		tf.Apply()
		of := func(name string) awspolicy.Document {
			return acctest.Must(awspolicy.Parse(tf.State("data.spinup_provider_policy." + name)["json"].(string)))(t)
		}
		for name := range guides {
			if got := of(strings.TrimSuffix(name, ".json")); !awspolicy.Equivalent(published(t, name).String(), got.String()) {
				t.Errorf("%s is not that of the guide:\n%s", name, got)
			}
		}

		hold(t, b, of("mine"))
		life := b.Played(t)
		life.Write(b.Provider() + bucketNamed(b.Name, `access_levels = ["read_only"]`) + member(b, `access = "read_only"`, "access_key = {}", "depends_on = [spinup_bucket.test]"))
		life.Apply()
		life.Empty()
		life.Destroy()
		life.Write(b.Provider() + bucketNamed(b.Name+"-other"))
		saysAll(t, acctest.Flat(life.MustFail("apply", "-auto-approve")), "AccessDenied")
		unheld(b)
		b.Gone(t, b.Name)
	})
}
