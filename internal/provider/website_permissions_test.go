package provider_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// siteLife takes a site through everything that can happen to one. Each run is of a command that has to succeed in the
// end.
func siteLife(t *testing.T, b *acctest.Bench, tf acctest.Runner, run func(command ...string)) {
	t.Helper()
	write := func(lines ...string) {
		tf.Write(b.Provider() + site(b, append(lines, "wait_for_deployment = false")...))
	}
	// The placeholder alone does not keep the bucket.
	write("access_levels = []")
	run("apply", "-auto-approve")
	run("destroy", "-auto-approve")
	b.GoneSite(t, domain(b))

	write(`force_destroy = true`, `tags = { Step = "1" }`, fmt.Sprintf("access_log = { bucket = %q }", b.Name+"-log"),
		fmt.Sprintf("redirect_domains = [%q]", "old."+zone(b)), "versioning = true", `lifecycle_preset = "deep-archive"`,
		"cors_rules = ["+uploads+"]")
	run("apply", "-auto-approve")
	behind(t, b)
	write(`force_destroy = true`, `tags = { Other = "2" }`, `origin_access = "website_endpoint"`,
		`access_levels = ["read_write"]`, fmt.Sprintf("redirect_domains = [%q]", "older."+zone(b)),
		`invalidation = { trigger = "0" }`)
	run("apply", "-auto-approve")
	inBucket := bucketOf(b)
	for range 4 { // with the first one as many versions as a policy may have
		rewriteDocument(t, inBucket, access.ReadWrite)
	}
	write(`force_destroy = true`, `access_levels = ["read_write"]`, `invalidation = { trigger = "1" }`)
	run("apply", "-auto-approve")
	unsign(t, b)
	run("plan")
	run("apply", "-auto-approve")
	lockable(t, b, domain(b))
	run("destroy", "-auto-approve")
	goneWhole(t, b)
}

// bucketOf is the bench as helpers for buckets want it: under the name of the site's bucket.
func bucketOf(b *acctest.Bench) *acctest.Bench {
	of := *b
	of.Name = domain(b)
	return &of
}

// behind changes what is in the bucket, and its encryption, behind the provider's back.
func behind(t *testing.T, b *acctest.Bench) {
	t.Helper()
	name := domain(b)
	encrypt(t, bucketOf(b))
	b.PutObject(t, name, "twice")
	b.PutObject(t, name, "twice")
	acctest.Must(b.S3().CreateMultipartUpload(t.Context(),
		&s3.CreateMultipartUploadInput{Bucket: &name, Key: aws.String("unfinished")}))(t)
}

// unsign changes the origin access control, so that the distribution does not sign.
func unsign(t *testing.T, b *acctest.Bench) {
	t.Helper()
	client := b.CloudFront()
	pages := cloudfront.NewListOriginAccessControlsPaginator(client, &cloudfront.ListOriginAccessControlsInput{})
	for pages.HasMorePages() {
		for _, one := range acctest.Must(pages.NextPage(t.Context()))(t).OriginAccessControlList.Items {
			if !strings.Contains(*one.Name, b.Name) {
				continue
			}
			live := acctest.Must(client.GetOriginAccessControl(t.Context(), &cloudfront.GetOriginAccessControlInput{Id: one.Id}))(t)
			config := live.OriginAccessControl.OriginAccessControlConfig
			config.SigningBehavior = types.OriginAccessControlSigningBehaviorsNever
			acctest.Must(client.UpdateOriginAccessControl(t.Context(), &cloudfront.UpdateOriginAccessControlInput{
				Id: one.Id, IfMatch: live.ETag, OriginAccessControlConfig: config,
			}))(t)
		}
	}
}

// TestAccWebsite_permissions holds the whole life of a site to the published policy. It passes, and needs all of it.
func TestAccWebsite_permissions(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeBucket(t, b.Name+"-log")
		tf, policy := b.Played(t), published(t, "website.json")
		hold(t, b, policy)
		siteLife(t, b, tf, func(command ...string) { tf.Must(command...) })
		if diff := cmp.Diff(actionsOf(policy), used(b)); diff != "" {
			t.Errorf("actions (-published +used):\n%s", diff)
		}
	})
}

// TestAccWebsite_permissionsMissing allows nothing at first, and then only what the errors ask for. They lead through the
// whole life of a site and end at the published policy: for each of its actions there was an error that named it.
func TestAccWebsite_permissionsMissing(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, noCloudFront, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeBucket(t, b.Name+"-log")
		tf, policy := b.Played(t), published(t, "website.json")
		granted := learned(t, b, tf, policy, func(run func(...string)) { siteLife(t, b, tf, run) })
		if diff := cmp.Diff(actionsOf(policy), granted); diff != "" {
			t.Errorf("actions (-published +asked for):\n%s", diff)
		}
	})
}

// TestAccWebsite_permissionsPlan holds a plan to the read-only policy: of a site that drifted, beside another's
// certificate of its name, and of a new one. It needs all of the policy, and writes nothing.
func TestAccWebsite_permissionsPlan(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		tf := b.Served(t)
		b.MakeBucket(t, b.Name+"-log")
		config := b.Provider() + site(b, `origin_access = "website_endpoint"`, "directory_index = true", "versioning = true",
			`lifecycle_preset = "deep-archive"`, fmt.Sprintf("access_log = { bucket = %q }", b.Name+"-log"),
			"cors_rules = ["+uploads+"]", fmt.Sprintf("aliases = [%q]", "alt."+zone(b)))
		tf.Write(config)
		tf.Apply()
		b.MakeCertificate(t, domain(b))
		suspend(t, bucketOf(b))
		tf.Write(config + fmt.Sprintf("resource \"spinup_website\" \"new\" { domain = %q }\n", "new."+zone(b)))
		wantPlan(t, b, tf, published(t, "website-plan.json"), "~ versioning = false -> true")
		tf.Destroy()
	})
}

// TestAccWebsite_permissionsLess holds a site without optional parts to what the guide says it can do with.
func TestAccWebsite_permissionsLess(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		certificate := b.MakeCertificate(t, domain(b))
		policy := published(t, "website.json")
		hold(t, b, only(policy, slices.DeleteFunc(actionsOf(policy), spare)))
		tf := b.Served(t)
		tf.Write(b.Provider() + site(b, "access_levels = []", "dns = false", "directory_index = false", "placeholder = false",
			fmt.Sprintf("certificate_arn = %q", certificate)))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.GoneSite(t, domain(b))
	})
}

// spare reports whether a site without optional parts can do without the action.
func spare(action string) bool {
	service, name, _ := strings.Cut(action, ":")
	switch service {
	case "route53":
		return true
	case "acm":
		return strings.HasPrefix(name, "Request") || strings.HasPrefix(name, "Delete") || strings.HasPrefix(name, "AddTags")
	case "cloudfront":
		return strings.HasSuffix(name, "Function") && name != "DescribeFunction" || name == "CreateInvalidation"
	}
	return strings.HasSuffix(name, "BucketLogging") || strings.HasPrefix(name, "PutObject") ||
		strings.HasPrefix(name, "DeleteObject") || strings.Contains(name, "MultipartUpload") || strings.HasSuffix(name, "BucketWebsite")
}
