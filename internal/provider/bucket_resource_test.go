package provider_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
	harness "github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"golang.org/x/sync/errgroup"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// testBucket is the address of the bucket in the configurations of these tests.
const testBucket = "spinup_bucket.test"

// bucketNamed is that bucket, with further lines.
func bucketNamed(name string, lines ...string) string {
	return bucketWith(append([]string{fmt.Sprintf("name = %q", name)}, lines...)...)
}

func bucketWith(lines ...string) string {
	return "resource \"spinup_bucket\" \"test\" {\n  " + strings.Join(lines, "\n  ") + "\n}\n"
}

// inProcess plays the steps with the provider in process, destroys, and requires that nothing is left.
func inProcess(t *testing.T, b *acctest.Bench, steps ...harness.TestStep) {
	t.Helper()
	harness.Test(t, harness.TestCase{ProtoV6ProviderFactories: b.Factories(), Steps: steps})
	b.Gone(t, b.Name)
}

// planned requires that the plan before the apply does this to the bucket.
func planned(action plancheck.ResourceActionType, more ...plancheck.PlanCheck) harness.ConfigPlanChecks {
	return harness.ConfigPlanChecks{PreApply: append(more, plancheck.ExpectResourceAction(testBucket, action))}
}

// inState requires the value of an attribute of the bucket.
func inState(attribute string, want knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(testBucket, tfjsonpath.New(attribute), want)
}

func stringMap(values map[string]string) knownvalue.Check {
	checks := map[string]knownvalue.Check{}
	for key, value := range values {
		checks[key] = knownvalue.StringExact(value)
	}
	return knownvalue.MapExact(checks)
}

func stringSet(values ...string) knownvalue.Check {
	checks := []knownvalue.Check{}
	for _, value := range values {
		checks = append(checks, knownvalue.StringExact(value))
	}
	return knownvalue.SetExact(checks)
}

// sameDocument requires a policy document that means the same.
func sameDocument(want string) knownvalue.Check {
	return knownvalue.StringFunc(func(got string) error {
		if !awspolicy.Equivalent(want, got) {
			return fmt.Errorf("the document differs: %s", cmp.Diff(want, got))
		}
		return nil
	})
}

func encrypted(algorithm string, key knownvalue.Check, bucketKey bool) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"algorithm": knownvalue.StringExact(algorithm), "kms_key_arn": key, "bucket_key": knownvalue.Bool(bucketKey),
	})
}

func logged(bucket, prefix string) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"bucket": knownvalue.StringExact(bucket), "prefix": knownvalue.StringExact(prefix),
	})
}

// switches are the four of the public access block, in S3's order.
func switches(acls, ignore, policy, restrict bool) knownvalue.Check {
	return knownvalue.ObjectExact(map[string]knownvalue.Check{
		"block_public_acls": knownvalue.Bool(acls), "ignore_public_acls": knownvalue.Bool(ignore),
		"block_public_policy": knownvalue.Bool(policy), "restrict_public_buckets": knownvalue.Bool(restrict),
	})
}

func TestAccBucket_basic(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		all := map[string]knownvalue.Check{ // every attribute there is
			"id": knownvalue.StringExact(b.Name), "name": knownvalue.StringExact(b.Name), "name_prefix": knownvalue.Null(),
			"region": knownvalue.StringExact("us-east-1"), "account_id": knownvalue.StringExact(b.AccountID),
			"tags": knownvalue.Null(), "tags_all": stringMap(nil),
			"versioning": knownvalue.Bool(false), "encryption": encrypted("AES256", knownvalue.Null(), false),
			"object_ownership": knownvalue.StringExact("BucketOwnerEnforced"), "public_access": knownvalue.StringExact("none"),
			"require_tls": knownvalue.Bool(true), "access_log": knownvalue.Null(), "policy": knownvalue.Null(), "lifecycle_preset": knownvalue.Null(),
			"cors_rules": knownvalue.Null(), "ip_access": knownvalue.Null(), "object_lock": knownvalue.Null(), "public_access_block": switches(true, true, true, true),
			"access_levels": stringSet("admin"), "force_destroy": knownvalue.Bool(false), "bypass_governance": knownvalue.Bool(false), "owner": knownvalue.Null(), "timeouts": knownvalue.Null(),
			"arn":                  knownvalue.StringExact("arn:aws:s3:::" + b.Name),
			"domain_name":          knownvalue.StringExact(b.Name + ".s3.amazonaws.com"),
			"regional_domain_name": knownvalue.StringExact(b.Name + ".s3.us-east-1.amazonaws.com"),
			"hosted_zone_id":       knownvalue.StringExact("Z3AQBSTGFYJSTF"),
			"groups": knownvalue.MapExact(map[string]knownvalue.Check{
				"admin": knownvalue.ObjectExact(map[string]knownvalue.Check{
					"group_name":      knownvalue.StringExact(b.Name + "-BktAdmGrp"),
					"group_arn":       knownvalue.StringExact("arn:aws:iam::" + b.AccountID + ":group/" + b.Name + "-BktAdmGrp"),
					"policy_name":     knownvalue.StringExact(b.Name + "-BktAdmPlc"),
					"policy_arn":      knownvalue.StringExact(b.PolicyARN(b.Name + "-BktAdmPlc")),
					"policy_document": knownvalue.Null(),
				}),
			}),
		}
		inProcess(t, b,
			harness.TestStep{
				Config:           b.Provider() + bucketNamed(b.Name),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(testBucket, tfjsonpath.Path{}, knownvalue.ObjectExact(all)),
				},
				PostApplyFunc: func() {
					want, got := serviceDocument(b.Name, serviceFirst.document...), liveDocument(t, b, access.Admin)
					if !awspolicy.Equivalent(want, got) {
						t.Errorf("the admin policy differs from the service's: %s", cmp.Diff(want, got))
					}
					versioning := acctest.Must(b.S3().GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: &b.Name}))(t)
					if versioning.Status != "" {
						t.Errorf("versioning was touched: it is %s", versioning.Status)
					}
				},
			},
			harness.TestStep{ResourceName: testBucket, ImportState: true, ImportStateVerify: true},
			harness.TestStep{ResourceName: testBucket, ImportState: true, ImportStateKind: harness.ImportBlockWithID},
		)
	})
}

// TestAccBucket_disappears: a bucket that is gone is made again. The group and the policy that are left of it keep it in
// state.
func TestAccBucket_disappears(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		config := b.Provider() + bucketNamed(b.Name)
		inProcess(t, b,
			harness.TestStep{Config: config},
			harness.TestStep{
				PreConfig: func() {
					deleteBucket(t, b)
					b.Gateway.Reset()
				},
				Config:           config,
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				PostApplyFunc: func() {
					made := b.Gateway.Counts()
					if made["s3:CreateBucket"] != 1 || made["iam:CreateGroup"]+made["iam:CreatePolicy"] != 0 {
						t.Errorf("not just the bucket was made: %v", made)
					}
				},
			},
		)
	})
}

// sids are the Sids of the bucket policy as it is; none when there is no policy.
func sids(t *testing.T, b *acctest.Bench) []string {
	t.Helper()
	out, err := b.S3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: &b.Name})
	if !found(t, "the bucket policy", err) {
		return nil
	}
	doc := acctest.Must(awspolicy.Parse(aws.ToString(out.Policy)))(t)
	return slices.Sorted(slices.Values(doc.Keys()))
}

// addTheirs puts a statement of another owner into the bucket policy.
func addTheirs(t *testing.T, b *acctest.Bench) { splice(t, b, "", stranger(b, "Theirs")) }

// bucketChange sets one attribute, or takes it out of the configuration.
type bucketChange struct {
	attribute, value string                           // HCL
	want             knownvalue.Check                 // the attribute afterwards
	also             []string                         // other attributes that change with it
	before           func(*testing.T, *acctest.Bench) // behind the provider's back
	after            func(*testing.T, *acctest.Bench) // further looks
}

func TestAccBucket_update(t *testing.T) {
	acctest.Each(t, bothWays(func(t *testing.T, b *acctest.Bench, tf acctest.Runner, brief bool) {
		log := b.Name + "-log"
		b.MakeBucket(t, log)
		lines := map[string]string{"name": strconv.Quote(b.Name)}
		tf.Write(b.Provider() + bucketNamed(b.Name))
		tf.Apply()
		for _, changes := range some(brief, bucketChanges(b, log)) {
			changeBucket(t, b, tf, lines, changes)
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	}))
}

// changeBucket makes the changes in lines, the bucket's configuration, and applies them.
func changeBucket(t *testing.T, b *acctest.Bench, tf acctest.Runner, lines map[string]string, changes []bucketChange) {
	t.Helper()
	var attributes, body []string
	for _, change := range changes {
		lines[change.attribute] = change.value
		if change.value == "" {
			delete(lines, change.attribute)
		}
		attributes = append(append(attributes, change.attribute), change.also...)
		if change.before != nil {
			change.before(t, b)
		}
	}
	slices.Sort(attributes)
	for attribute, value := range lines {
		body = append(body, attribute+" = "+value)
	}
	tf.Write(b.Provider() + bucketWith(body...))
	plan := tf.Plan(testBucket)
	same(t, fmt.Sprintf("actions for %v", attributes), []string{"update"}, plan.Actions)
	same(t, "attributes", attributes, plan.Attributes())
	tf.Must("apply", "test.plan")
	state := tf.State(testBucket)
	for _, change := range changes {
		if err := change.want.CheckValue(state[change.attribute]); err != nil {
			t.Errorf("%s: %v", change.attribute, err)
		}
		if change.after != nil {
			change.after(t, b)
		}
	}
	tf.Empty()
}

// bucketChanges are changes of every attribute that changes in place, in the order in which they are made. What is
// changed stays so until it is taken back. Parts that have nothing to do with each other share a step.
func bucketChanges(b *acctest.Bench, log string) [][]bucketChange {
	key := "arn:aws:kms:us-east-1:" + b.AccountID + ":key/0a1b2c3d-0000-4000-8000-0123456789ab"
	mine := func(action string) string {
		statement := stranger(b, "Mine")
		statement.Action = []string{action}
		return awspolicy.New(statement).String()
	}
	text, tagsAll, groups := knownvalue.StringExact, []string{"tags_all"}, []string{"groups"}
	blocks, follows := []string{"public_access_block"}, []string{"public_access"}
	return [][]bucketChange{
		{
			{attribute: "tags", value: `{ A = "1", B = "2" }`, want: stringMap(map[string]string{"A": "1", "B": "2"}), also: tagsAll},
			{attribute: "versioning", value: "true", want: knownvalue.Bool(true)},
			{attribute: "lifecycle_preset", value: `"deep-archive"`, want: text("deep-archive"), before: forget,
				after: ruled("Put", "deep-archive-rule")},
		},
		{
			{attribute: "tags", value: `{ A = "3", C = "4" }`, want: stringMap(map[string]string{"A": "3", "C": "4"}), also: tagsAll},
			{attribute: "versioning", want: knownvalue.Bool(false), after: suspended},
			{attribute: "encryption", value: `{ algorithm = "aws:kms" }`, want: encrypted("aws:kms", knownvalue.Null(), true)},
			{attribute: "lifecycle_preset", value: `"archive"`, want: text("archive"), before: forget, after: ruled("Put", "archive-rule")},
		},
		{
			{attribute: "tags", want: knownvalue.Null(), also: tagsAll, after: untagged},
			{attribute: "encryption", value: fmt.Sprintf(`{ kms_key_arn = %q, bucket_key = false }`, key),
				want: encrypted("aws:kms", text(key), false)},
			{attribute: "object_ownership", value: `"BucketOwnerPreferred"`, want: text("BucketOwnerPreferred")},
			{attribute: "lifecycle_preset", want: knownvalue.Null(), before: forget, after: ruled("Delete")},
		},
		{
			{attribute: "encryption", want: encrypted("AES256", knownvalue.Null(), false)},
			{attribute: "object_ownership", value: `"ObjectWriter"`, want: text("ObjectWriter")},
			{attribute: "public_access", value: `"read"`, want: text("read"), also: blocks, after: says("SpinupPublicRead", "SpinupRequireTLS")},
		},
		{
			{attribute: "object_ownership", want: text("BucketOwnerEnforced")},
			{attribute: "public_access", value: `"read_list"`, want: text("read_list"),
				after: says("SpinupPublicList", "SpinupPublicRead", "SpinupRequireTLS")},
			{attribute: "access_log", value: fmt.Sprintf(`{ bucket = %q }`, log), want: logged(log, b.Name+"/")},
		},
		{
			{attribute: "public_access", want: text("none"), also: blocks, after: says("SpinupRequireTLS")},
			{attribute: "access_log", value: fmt.Sprintf(`{ bucket = %q, prefix = "all/" }`, log), want: logged(log, "all/")},
			{attribute: "access_levels", value: `["admin", "read_write", "read_only"]`, also: groups,
				want: stringSet("admin", "read_write", "read_only"), after: hasLevels("Adm", "RW", "RO")},
		},
		{
			{attribute: "require_tls", value: "false", want: knownvalue.Bool(false), after: says()},
			{attribute: "access_log", want: knownvalue.Null(), after: unlogged},
			{attribute: "access_levels", value: `["read_only"]`, want: stringSet("read_only"), also: groups, after: hasLevels("RO")},
		},
		{
			{attribute: "require_tls", want: knownvalue.Bool(true), after: says("SpinupRequireTLS")},
			{attribute: "access_levels", value: `[]`, want: stringSet(), also: groups, after: hasLevels()},
		},
		{
			{attribute: "cors_rules", value: "[" + reads + "]", want: knownvalue.ListSizeExact(1), after: corsIs(" GET,HEAD *")},
			{attribute: "public_access_block", value: `{ block_public_acls = false }`, want: switches(false, true, true, true), also: follows},
			{attribute: "policy", value: strconv.Quote(mine("s3:GetObject")), want: sameDocument(mine("s3:GetObject")),
				before: addTheirs, after: says("Mine", "SpinupRequireTLS", "Theirs")},
			{attribute: "access_levels", want: stringSet("admin"), also: groups, after: hasLevels("Adm")},
		},
		{
			{attribute: "cors_rules", value: "[" + uploads + ", " + reads + "]", want: knownvalue.ListSizeExact(2),
				after: corsIs("up PUT https://*.example.edu x-amz-* ETag 0", " GET,HEAD *")},
			{attribute: "public_access_block", value: `{ restrict_public_buckets = false }`, want: switches(true, true, true, false)},
			{attribute: "policy", value: strconv.Quote(mine("s3:PutObject")), want: sameDocument(mine("s3:PutObject")),
				after: says("Mine", "SpinupRequireTLS", "Theirs")},
		},
		{
			{attribute: "policy", want: knownvalue.Null(), after: says("SpinupRequireTLS", "Theirs")},
			{attribute: "cors_rules", want: knownvalue.Null(), after: corsIs()},
			{attribute: "public_access_block", want: switches(true, true, true, true), also: follows},
			{attribute: "force_destroy", value: "true", want: knownvalue.Bool(true)}, // which the foreign statement needs
		},
	}
}

func suspended(t *testing.T, b *acctest.Bench) {
	out := acctest.Must(b.S3().GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: &b.Name}))(t)
	if out.Status != "Suspended" {
		t.Errorf("versioning is %q", out.Status)
	}
}

// forget begins to count calls.
func forget(_ *testing.T, b *acctest.Bench) { b.Gateway.Reset() }

// ruled requires the lifecycle rules of the bucket, and that one call of the kind has brought them about.
func ruled(kind string, want ...string) func(*testing.T, *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		same(t, "lifecycle rules", want, ruleNames(t, b))
		writes := slices.DeleteFunc(mutations(b), func(call string) bool { return !strings.Contains(call, "BucketLifecycle") })
		if len(writes) != 1 || !strings.HasPrefix(writes[0], "s3:"+kind) {
			t.Errorf("to %v by %v", want, writes)
		}
	}
}

func untagged(t *testing.T, b *acctest.Bench) {
	out, err := b.S3().GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: &b.Name})
	if found(t, "tags", err) && len(out.TagSet) > 0 {
		t.Errorf("tags are left: %v", out.TagSet)
	}
}

func unlogged(t *testing.T, b *acctest.Bench) {
	out := acctest.Must(b.S3().GetBucketLogging(t.Context(), &s3.GetBucketLoggingInput{Bucket: &b.Name}))(t)
	if out.LoggingEnabled != nil {
		t.Errorf("logging is on: %v", out.LoggingEnabled)
	}
}

// says requires the statements of the bucket policy.
func says(want ...string) func(*testing.T, *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		same(t, "statements of the bucket policy", want, sids(t, b))
	}
}

func TestAccBucket_replace(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		other := b.Name + "-b"
		replaced := planned(plancheck.ResourceActionReplace)
		inProcess(t, b,
			harness.TestStep{Config: b.Provider() + bucketNamed(b.Name)},
			harness.TestStep{Config: b.Provider() + bucketNamed(other), ConfigPlanChecks: replaced, PostApplyFunc: func() {
				b.Gone(t, b.Name)
			}},
			harness.TestStep{
				Config:           b.Provider() + bucketNamed(other, `region = "eu-west-1"`),
				ConfigPlanChecks: replaced,
				ConfigStateChecks: []statecheck.StateCheck{
					inState("region", knownvalue.StringExact("eu-west-1")),
					inState("regional_domain_name", knownvalue.StringExact(other+".s3.eu-west-1.amazonaws.com")),
					inState("hosted_zone_id", knownvalue.StringExact("Z1BKCTXD74EZPE")),
				},
				PostApplyFunc: func() {
					out := acctest.Must(b.S3().GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: &other}))(t)
					if out.LocationConstraint != "eu-west-1" {
						t.Errorf("the bucket is in %q", out.LocationConstraint)
					}
				},
			},
		)
		b.Gone(t, other)
	})
}

// deleteBucket deletes the bucket behind the provider's back; its group and policy are left.
func deleteBucket(t *testing.T, b *acctest.Bench) {
	t.Helper()
	acctest.Must(b.S3().DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: &b.Name}))(t)
}

// TestAccBucket_disappearsDestroy: what is left of a bucket that is gone is destroyed, or repaired by an apply, even when
// the group has lost its policy.
func TestAccBucket_disappearsDestroy(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, `lifecycle_preset = "archive"`))
		tf.Apply()
		deleteBucket(t, b)
		detach(t, b, access.Admin)
		if change := tf.Plan(testBucket); !slices.Equal(change.Actions, []string{"update"}) {
			t.Errorf("plan %v, want an update that makes the bucket", change.Actions)
		}
		tf.Apply()
		tf.Empty()
		same(t, "made again", []string{
			"bucket " + b.Name, "group " + *levelGroup(b, access.Admin), "policy " + *levelPolicy(b, access.Admin),
		}, b.Leftovers(t, b.Name))
		deleteBucket(t, b)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// mustRefuse requires that an apply is refused in these words and changes nothing.
func mustRefuse(t *testing.T, b *acctest.Bench, tf acctest.Runner, words ...string) {
	t.Helper()
	b.Gateway.Reset()
	out := tf.MustFail("apply", "-auto-approve")
	saysAll(t, out, append(words, "Nothing was changed.")...)
	if n := b.Gateway.Mutations(); n != 0 {
		t.Errorf("%d calls changed something: %v", n, b.Gateway.Counts())
	}
	if state := tf.State(testBucket); state != nil {
		t.Errorf("in state: %v", state)
	}
}

// TestAccBucket_exists: a bucket that exists is never taken over, whoever owns it.
func TestAccBucket_exists(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name))

		heal := b.Gateway.Inject(gateway.Rule{
			Match: gateway.Op("s3:HeadBucket"), Fault: gateway.Answer(http.StatusForbidden, "Forbidden", ""),
		})
		out := tf.MustFail("apply", "-auto-approve")
		saysAll(t, out, "the name is taken by another account, or s3:ListBucket on arn:aws:s3:::"+b.Name+" is not allowed")
		if b.Gateway.Mutations() != 0 || tf.State(testBucket) != nil {
			t.Errorf("%d calls changed something, state: %v", b.Gateway.Mutations(), tf.State(testBucket))
		}
		heal()

		b.MakeBucket(t, b.Name)
		mustRefuse(t, b, tf, "the bucket exists already",
			fmt.Sprintf("import { to = spinup_bucket.NAME id = %q }", b.Name))
		same(t, "made beside the bucket", []string{"bucket " + b.Name}, b.Leftovers(t, b.Name))
	})
}

// TestAccBucket_foreignGroup: a group or a policy that bears the name of the level's but is not like it is refused before
// the bucket is made.
func TestAccBucket_foreignGroup(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		group, policy := aws.String(b.Name+"-BktROGrp"), aws.String(b.Name+"-BktROPlc")
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, `access_levels = ["admin", "read_only"]`))

		made := acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: group}))(t)
		mustRefuse(t, b, tf, "access level read_only", "group "+*made.Group.Arn)
		acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: group}))(t)

		arn := acctest.Must(b.IAM().CreatePolicy(t.Context(), &iam.CreatePolicyInput{
			PolicyName: policy, PolicyDocument: aws.String(serviceDocument(b.Name, "bucket: ListBucket")),
		}))(t).Policy.Arn
		mustRefuse(t, b, tf, "access level read_only", "policy "+*arn)
		acctest.Must(b.IAM().DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: arn}))(t)

		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_foreignLevelAdded: a level that an update adds does not take over what bears its names, the same document
// or not. The plan says so.
func TestAccBucket_foreignLevelAdded(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		group, policy := aws.String(b.Name+"-BktROGrp"), aws.String(b.Name+"-BktROPlc")
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name))
		tf.Apply()
		tf.Write(b.Provider() + bucketNamed(b.Name, `access_levels = ["admin", "read_only"]`))

		acctest.Must(b.IAM().CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: group}))(t)
		arn := acctest.Must(b.IAM().CreatePolicy(t.Context(), &iam.CreatePolicyInput{
			PolicyName: policy, PolicyDocument: aws.String(access.Document("aws", b.Name, access.ReadOnly)),
		}))(t).Policy.Arn
		attach := &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: arn}
		acctest.Must(b.IAM().AttachGroupPolicy(t.Context(), attach))(t)
		b.Gateway.Reset()
		saysAll(t, tf.MustFail("plan"), "access level read_only", "policy "+*arn, "group ", "Nothing was changed.")
		if n := b.Gateway.Mutations(); n != 0 {
			t.Errorf("%d calls changed something: %v", n, b.Gateway.Counts())
		}
		detach(t, b, access.ReadOnly)
		acctest.Must(b.IAM().DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: arn}))(t)
		acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: group}))(t)
		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// hasLevels requires the groups and policies of the levels, given as their names abbreviate them, and no others.
func hasLevels(levels ...string) func(*testing.T, *acctest.Bench) {
	return func(t *testing.T, b *acctest.Bench) {
		want := []string{"bucket " + b.Name}
		for _, l := range levels {
			want = append(want, "group "+b.Name+"-Bkt"+l+"Grp", "policy "+b.PolicyARN(b.Name+"-Bkt"+l+"Plc"))
		}
		same(t, "what is there", want, b.Leftovers(t, b.Name))
	}
}

// TestAccBucket_namePrefix: a name is made once, and stays for as long as it begins as it should.
func TestAccBucket_namePrefix(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		prefix := b.Name[:30]
		prefixed := func(prefix string) string { return b.Provider() + bucketWith(fmt.Sprintf("name_prefix = %q", prefix)) }
		tf.Write(prefixed(prefix))
		tf.Apply()
		tf.Empty()
		name, _ := tf.State(testBucket)["name"].(string)
		if !strings.HasPrefix(name, prefix) || len(name) != len(prefix)+26 {
			t.Fatalf("the name made from %s is %s", prefix, name)
		}
		for _, row := range []struct {
			config  string
			actions []string
		}{
			{prefixed("other-"), []string{"delete", "create"}},
			{prefixed(prefix + "-"), []string{"delete", "create"}},
			{prefixed(prefix[:10]), []string{"update"}},
			{b.Provider() + bucketNamed(name), []string{"update"}},
		} {
			tf.Write(row.config)
			if change := tf.Plan(testBucket); !slices.Equal(change.Actions, row.actions) {
				t.Errorf("from %s, plan %v, want %v, for %s", name, change.Actions, row.actions, row.config)
			}
		}
		tf.Apply() // the written-out name
		tf.Empty()
		tf.Write(prefixed(prefix))
		tf.Apply()
		if now := tf.State(testBucket)["name"]; now != name {
			t.Errorf("the name is now %v, was %s", now, name)
		}
		tf.Destroy()
		b.Gone(t, name)
	})
}

// defaults is a bucket under a provider block that says something for all buckets.
func defaults(b *acctest.Bench, team string) string {
	return b.Provider(`org = "example"`, `iam_path = "/spinup/"`,
		fmt.Sprintf(`access_log = { bucket = %q, prefix = "s3" }`, b.Name+"-log"),
		fmt.Sprintf(`default_tags = { Team = %q, Stage = "default" }`, team),
		`ignore_tags = { keys = ["Owner"], key_prefixes = ["scan:"] }`,
	) + bucketNamed(b.Name, `tags = { Stage = "own" }`, `force_destroy = true`)
}

// TestAccBucket_providerDefaults: what the provider block says for all buckets.
func TestAccBucket_providerDefaults(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Served(t)
		tf.Write(defaults(b, "one"))
		tf.Apply()
		live := map[string]string{"Team": "one", "Stage": "own", "spinup:org": "example"}
		same(t, "tags of the bucket", live, liveTags(t, b))
		live["Owner"], live["scan:last"] = "somebody", "today"
		putTags(t, b, b.Name, live)
		tf.Empty()

		state, account := tf.State(testBucket), "arn:aws:iam::"+b.AccountID+":"
		group := state["groups"].(map[string]any)["admin"].(map[string]any)
		same(t, "tags", any(map[string]any{"Stage": "own"}), state["tags"])
		same(t, "tags_all", any(map[string]any{"Team": "one", "Stage": "own", "spinup:org": "example"}), state["tags_all"])
		same(t, "access_log", any(map[string]any{"bucket": b.Name + "-log", "prefix": "s3/" + b.Name + "/"}), state["access_log"])
		same(t, "group_arn", any(account+"group/spinup/"+b.Name+"-BktAdmGrp"), group["group_arn"])
		same(t, "policy_arn", any(account+"policy/spinup/"+b.Name+"-BktAdmPlc"), group["policy_arn"])

		tf.Write(defaults(b, "two"))
		change := tf.Plan(testBucket)
		same(t, "action of another default tag", []string{"update"}, change.Actions)
		same(t, "changes of another default tag", []string{"tags_all"}, change.Attributes())
		tf.Apply()
		live["Team"] = "two"
		same(t, "tags of the bucket afterwards", live, liveTags(t, b))

		tf.ForgetState()
		tf.Must("import", testBucket, b.Name)
		same(t, "changes after an import", []string{"force_destroy"}, tf.Plan(testBucket).Attributes())
		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
		out := acctest.Must(b.IAM().ListPolicies(t.Context(), &iam.ListPoliciesInput{
			Scope: iamtypes.PolicyScopeTypeLocal, PathPrefix: aws.String("/spinup/"),
		}))(t)
		for _, policy := range out.Policies {
			if strings.HasPrefix(*policy.PolicyName, b.Name) {
				t.Errorf("left behind: %s", *policy.Arn)
			}
		}
	})
}

// putVersions puts versions of the keys, as many of each.
func putVersions(t *testing.T, b *acctest.Bench, keys, versions int) {
	t.Helper()
	client := b.S3()
	group, ctx := errgroup.WithContext(t.Context())
	group.SetLimit(16)
	for i := range keys {
		group.Go(func() error {
			for range versions {
				in := &s3.PutObjectInput{Bucket: &b.Name, Key: aws.String(fmt.Sprintf("data/%d", i)), Body: strings.NewReader("x")}
				if _, err := client.PutObject(ctx, in); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
}

// TestAccBucket_forceDestroy: a bucket that holds anything is destroyed only if force_destroy asks for that, and then with
// versions, delete markers and unfinished uploads.
func TestAccBucket_forceDestroy(t *testing.T) {
	acctest.Each(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, "versioning = true"))
		tf.Apply()
		putVersions(t, b, 6, 7)
		for i := range 6 { // nothing but old versions and delete markers is left
			key := fmt.Sprintf("data/%d", i)
			acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: &key}))(t)
		}
		for _, key := range []string{"upload/1", "upload/2"} {
			acctest.Must(b.S3().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{Bucket: &b.Name, Key: &key}))(t)
		}

		b.Gateway.Reset()
		out := tf.MustFail("destroy", "-auto-approve")
		saysAll(t, out, "the bucket "+b.Name+" is not empty", "it holds data/0", "force_destroy = true", "Nothing was changed.")
		if b.Gateway.Mutations() != 0 {
			t.Errorf("something was changed: %v", b.Gateway.Counts())
		}
		hasLevels("Adm")(t, b)

		tf.Write(b.Provider() + bucketNamed(b.Name, "versioning = true", "force_destroy = true"))
		tf.Apply()
		b.Gateway.Reset()
		tf.Destroy()
		b.Gone(t, b.Name)
		if n := b.Gateway.Counts()["s3:AbortMultipartUpload"]; n != 2 {
			t.Errorf("%d uploads were aborted", n)
		}
	})
}

// TestAccBucket_forceDestroyPages empties a bucket that takes more than one page to list.
func TestAccBucket_forceDestroyPages(t *testing.T) {
	const reason = "LocalStack takes too long to be given more than 1,000 objects"
	acctest.Only(t, emulator.Fakecloud, reason, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, "versioning = true", "force_destroy = true"))
		tf.Apply()
		putVersions(t, b, 16, 69)
		b.Gateway.Reset()
		tf.Destroy()
		b.Gone(t, b.Name)
		calls := b.Gateway.Counts()
		if calls["s3:ListObjectVersions"] > 5 || calls["s3:DeleteObjects"] > 3 || calls["s3:DeleteBucket"] != 1 {
			t.Errorf("1,104 versions took %v", calls)
		}
	})
}

// TestAccBucket_timeouts: what exists when the time is up is in state, and the next apply goes on from there.
func TestAccBucket_timeouts(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + bucketNamed(b.Name, `timeouts { create = "500ms" }`))
		b.Gateway.SetLatency(150 * time.Millisecond) // the bucket takes two calls, all of it more than ten
		out := tf.MustFail("apply", "-auto-approve")
		b.Gateway.SetLatency(0)
		saysAll(t, out, "context deadline exceeded", "is in state, marked as tainted")
		state := tf.State(testBucket)
		if state["arn"] != "arn:aws:s3:::"+b.Name || len(state["groups"].(map[string]any)) != 0 {
			t.Errorf("state: %v", state)
		}
		tf.Write(b.Provider() + bucketNamed(b.Name, `timeouts { create = "1m" }`))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_unmanaged: what the configuration leaves to others is not read.
func TestAccBucket_unmanaged(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		log := b.Name + "-log"
		b.MakeBucket(t, log)
		tf := b.Played(t)
		for _, row := range []struct {
			lines     []string
			groups    []string // that are looked at
			logs, all int      // calls
		}{
			{nil, []string{"AdmGrp"}, 0, 12},
			{[]string{"access_levels = []"}, nil, 0, 8},
			{[]string{`access_levels = ["read_only"]`, fmt.Sprintf("access_log = { bucket = %q }", log)}, []string{"ROGrp"}, 1, 13},
		} {
			tf.Write(b.Provider() + bucketNamed(b.Name, row.lines...))
			tf.Apply()
			b.Gateway.Reset()
			tf.Empty()
			counts := b.Gateway.Counts()
			if counts["s3:GetBucketLogging"] != row.logs || counts["iam:GetGroup"] != len(row.groups) || b.Gateway.Total() != row.all {
				t.Errorf("%v: a refresh makes %d calls: %v", row.lines, b.Gateway.Total(), counts)
			}
			for _, call := range b.Gateway.Calls() {
				if call.Operation == "GetGroup" && !strings.HasSuffix(call.Resource, row.groups[0]) {
					t.Errorf("%v: looks at %s", row.lines, call.Resource)
				}
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_staleReads: reads right after a write that do not show it yet are read again.
func TestAccBucket_staleReads(t *testing.T) {
	reads := []string{
		"s3:HeadBucket", "s3:GetBucketTagging", "s3:GetBucketVersioning", "s3:GetBucketEncryption", "s3:GetBucketOwnershipControls",
		"s3:GetPublicAccessBlock", "s3:GetBucketLogging", "s3:GetBucketPolicy", "s3:GetBucketLifecycleConfiguration",
		"iam:GetGroup", "iam:ListAttachedGroupPolicies", "iam:GetPolicy",
	}
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name+"-log")
		tf := b.Played(t)
		fooled := map[string]bool{}
		for _, config := range []string{crashBefore(b.Name), crashAfter(b.Name)} {
			tf.Write(b.Provider() + config)
			b.Gateway.Reset()
			var heal []func()
			for _, read := range reads {
				heal = append(heal, b.Gateway.Inject(gateway.Rule{Match: afterWrite(read), Fault: gateway.Stale(), Times: 2}))
			}
			tf.Apply()
			for _, one := range heal {
				one()
			}
			for _, call := range b.Gateway.Calls() {
				fooled[call.Name()] = fooled[call.Name()] || call.Fault == "Stale"
			}
			tf.Empty()
		}
		for _, read := range reads {
			if !fooled[read] {
				t.Errorf("%s was never stale", read)
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// afterWrite matches a read once something was written.
func afterWrite(read string) func(gateway.Call) bool {
	wrote := false
	return func(c gateway.Call) bool {
		wrote = wrote || c.Mutating
		return wrote && c.Name() == read
	}
}

// TestAccBucket_lostAnswers: every call that changes something is done, its answer is lost, and the SDK sends it again.
// That the object is there by then is our own doing.
func TestAccBucket_lostAnswers(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		for _, region := range []string{"us-east-1", "eu-west-1"} { // the second answers that one owns the bucket already
			t.Run(region, func(t *testing.T) {
				b := b.Fork(t)
				makeBucketIn(t, b, b.Name+"-log", region)
				b.Gateway.Inject(gateway.Rule{
					Match: func(c gateway.Call) bool { return c.Mutating && c.Attempt == 1 }, Fault: gateway.ResetAfter(),
				})
				tf := b.Played(t)
				for _, config := range []string{crashBefore(b.Name), crashAfter(b.Name)} {
					tf.Write(b.Provider() + strings.Replace(config, "  name ", fmt.Sprintf("  region = %q\n  name ", region), 1))
					tf.Apply()
					tf.Empty()
				}
				again := map[string]int{} // what the calls that make something were answered the second time
				for _, call := range b.Gateway.Calls() {
					if strings.HasPrefix(call.Operation, "Create") && call.Attempt == 2 {
						again[fmt.Sprint(call.Operation, " ", call.Status)]++
					}
				}
				want := map[string]int{"CreateBucket 409": 1, "CreateGroup 409": 3, "CreatePolicy 409": 3}
				if region == "us-east-1" {
					delete(want, "CreateBucket 409")
					want["CreateBucket 200"] = 1
				}
				same(t, "calls sent again", want, again)
				tf.Destroy()
				b.Gone(t, b.Name)
			})
		}
	})
}
