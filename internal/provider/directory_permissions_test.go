package provider_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// madeSite makes a site with all rights. Its bucket has the placeholder. It gives the bench under the name of that bucket,
// and the id of the distribution.
func madeSite(t *testing.T, b *acctest.Bench) (of *acctest.Bench, distribution string, made *acctest.Terraform) {
	t.Helper()
	b.MakeZone(t, zone(b))
	made = b.Served(t)
	made.Write(b.Provider() + site(b, "force_destroy = true"))
	made.Apply()
	distribution, _ = made.State("spinup_website.test")["distribution_id"].(string)
	return bucketOf(b), distribution, made
}

// brokenPart is what the emulator answers to a part of an upload once, so that the upload has to be given up.
const brokenPart = "The part was lost on its way."

// directoryLife takes a directory through everything that can happen to one. Each run is of a command that has to succeed
// in the end.
func directoryLife(
	t *testing.T, b *acctest.Bench, tf acctest.Runner, distribution, prefix string, run func(command ...string),
) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	first := smallSite().with(pages{"large.bin": strings.Repeat("large", 1<<20+1)})
	first.write(t, dir)
	write := func(more ...string) {
		tf.Write(b.Provider() + directoryBlock(b, dir, append(more, fmt.Sprintf("prefix = %q", prefix), "part_size = 5242880",
			`keep_removed = { "for" = "0s" }`, "delete_versions = true",
			fmt.Sprintf("invalidate = { distribution_id = %q, wait = true }", distribution))...))
	}
	write()
	remove := b.Gateway.Inject(gateway.Rule{
		Match: gateway.Op("s3:UploadPart"), Times: 1, Fault: gateway.Answer(400, "InvalidPart", brokenPart),
	})
	run("apply", "-auto-approve")
	remove()
	// From here on, because the emulator takes a delete marker for an object, which no new one may replace.
	acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
		Bucket: &b.Name, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	}))(t)
	write(`cache_control = [{ match = "**", value = "no-store" }]`)
	run("apply", "-auto-approve")
	first.with(pages{"index.html": "new", "style.css": ""}).write(t, dir)
	run("plan")
	run("apply", "-auto-approve")
	run("destroy", "-auto-approve")
	for key := range keysIn(t, b, "") {
		if strings.HasPrefix(key, prefix) {
			t.Errorf("%s is left", key)
		}
	}
}

// TestAccDirectory_permissions holds the whole life of a directory to the published policy. It passes, and needs all of
// it.
func TestAccDirectory_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		holdDirectory(t, b, "", func(string, string) awspolicy.Document { return published(t, "directory.json") })
	})
}

// TestAccDirectory_permissionsPrefix holds the life of a directory to the policy for one prefix of one bucket.
func TestAccDirectory_permissionsPrefix(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		holdDirectory(t, b, "docs/", func(bucket, distribution string) awspolicy.Document {
			text := strings.NewReplacer("library-data", bucket, "E1EXAMPLE2ID", distribution, "111122223333", b.AccountID).
				Replace(published(t, "directory-prefix.json").String())
			return acctest.Must(awspolicy.Parse(text))(t)
		})
	})
}

// holdDirectory holds the life of a directory to a policy, and wants it to need all of that.
func holdDirectory(
	t *testing.T, b *acctest.Bench, prefix string, policyFor func(bucket, distribution string) awspolicy.Document,
) {
	t.Helper()
	of, distribution, made := madeSite(t, b)
	if prefix != "" {
		putTagged(t, of, prefix+"index.html") // at the top of the bucket the site has put one
	}
	policy := policyFor(of.Name, distribution)
	hold(t, b, policy)
	for _, g := range gates(b) {
		g.Reset()
	}
	tf := b.Played(t)
	directoryLife(t, of, tf, distribution, prefix, func(command ...string) {
		out, code := tf.Run(command...)
		switch {
		case code != 0 && strings.Contains(acctest.Flat(out), brokenPart):
			tf.Must(command...)
		case code != 0:
			t.Fatal(out)
		}
	})
	if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
		t.Errorf("actions (-published +used):\n%s", diff)
	}
	unheld(b)
	made.Destroy()
}

// putTagged puts a placeholder, as a site has one.
func putTagged(t *testing.T, b *acctest.Bench, key string) {
	t.Helper()
	acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: &b.Name, Key: &key, Body: strings.NewReader("soon"), Tagging: aws.String("spinup:placeholder=true"),
	}))(t)
}

// TestAccDirectory_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead through
// the whole life of a directory and end at the published policy: for each of its actions there was an error that named
// it.
func TestAccDirectory_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		of, distribution, made := madeSite(t, b)
		tf, policy := b.Played(t), published(t, "directory.json")
		granted := learned(t, of, tf, policy, func(run func(...string)) { directoryLife(t, of, tf, distribution, "", run) })
		if diff := cmp.Diff(actionsOf(policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
		unheld(b)
		made.Destroy()
	})
}

// TestAccDirectory_permissionsPlan holds a plan to the read-only policy: of a directory that drifted, and of a new one
// where a site has put its placeholder. It needs all of the policy, and writes nothing.
func TestAccDirectory_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		dir := filepath.Join(t.TempDir(), "site")
		smallSite().write(t, dir)
		tf := b.Served(t)
		config := b.Provider() + directoryBlock(b, dir, `prefix = "docs/"`)
		tf.Write(config)
		tf.Apply()
		b.PutObject(t, b.Name, "docs/index.html")
		putTagged(t, b, "new/index.html")
		tf.Write(config + strings.Replace(directoryBlock(b, dir, `prefix = "new/"`), `"d"`, `"new"`, 1))
		wantPlan(t, b, tf, published(t, "directory-plan.json"), "1 repaired")
		tf.Write(config)
		tf.Destroy()
	})
}

// TestAccDirectory_permissionsLess holds a directory without optional parts to what the guide says it can do with.
func TestAccDirectory_permissionsLess(t *testing.T) {
	spared := []string{
		"cloudfront:CreateInvalidation", "cloudfront:GetInvalidation", "s3:ListBucketVersions", "s3:DeleteObjectVersion",
		"s3:GetObjectTagging", "s3:AbortMultipartUpload",
	}
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		policy := published(t, "directory.json")
		hold(t, b, only(policy, slices.DeleteFunc(actionsOf(policy), func(action string) bool {
			return slices.Contains(spared, action)
		})))
		dir := filepath.Join(t.TempDir(), "site")
		smallSite().write(t, dir)
		tf := b.Served(t)
		tf.Write(b.Provider() + directoryBlock(b, dir))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
	})
}
