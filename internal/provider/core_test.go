package provider_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
)

// The core suite has one life of everything that the provider makes: create, drift, update, import, destroy. It runs
// through Terraform and OpenTofu, on an emulator and on an account of AWS.
const core = "the core suite is for every command and for AWS; LocalStack has the life of each resource"

// coreLife goes through a life: first, tampered with behind its back, second, imported, destroyed. Drift is what the plan
// is to show then, by the addresses. Resources are imported by their identities where the command can, and else by ids.
type coreLife struct {
	first, second string
	tamper        func()
	drift         map[string][]string
	imported      map[string]findable
}

type findable struct{ id, identity string }

func (i findable) by(tf *acctest.Terraform) string {
	if tf.Identities() {
		return "identity = " + i.identity
	}
	return fmt.Sprintf("id = %q", i.id)
}

func (l coreLife) play(t *testing.T, tf *acctest.Terraform) {
	t.Helper()
	tf.Write(l.first)
	tf.Apply()
	tf.Empty()
	l.tamper()
	shown := map[string][]string{}
	for address, change := range tf.Plans() {
		if !slices.Equal(change.Actions, []string{"no-op"}) {
			shown[address] = change.Attributes()
		}
	}
	same(t, "drift", l.drift, shown)
	tf.Must("apply", "test.plan")
	tf.Write(l.second)
	tf.Apply()
	tf.ForgetState()
	var imports strings.Builder
	for _, address := range slices.Sorted(maps.Keys(l.imported)) {
		fmt.Fprintf(&imports, "import {\n  to = %s\n  %s\n}\n", address, l.imported[address].by(tf))
	}
	tf.Write(l.second + imports.String())
	tf.Apply()
	tf.Empty()
	tf.Destroy()
}

// TestAccCore_bucket is the life of a bucket with a user, a lifecycle rule, an object and a bookmark.
func TestAccCore_bucket(t *testing.T) {
	acctest.Core(t, core, func(t *testing.T, b *acctest.Bench) {
		config := func(level string, days int) string {
			return b.Provider() + bucketNamed(b.Name, "versioning = true", "force_destroy = true",
				`access_levels = ["admin", "read_only"]`, "require_tls = false") +
				member(b, fmt.Sprintf("access = %q", level), "access_key = {}", "depends_on = [spinup_bucket.test]") +
				ruleBlock(b, "test", "old", fmt.Sprintf("noncurrent_days = %d", days), "depends_on = [spinup_bucket.test]") +
				objectBlock(b, "docs/read me.txt", fmt.Sprintf("content = \"%d\"", days), "depends_on = [spinup_bucket.test]") +
				`output "bookmark" { value = provider::spinup::cyberduck_bookmark(spinup_bucket.test.name, null) }` + "\n"
		}
		tf, user := b.Served(t), b.Name+"-ann"
		overwritten := []string{"content_type", "etag", "sha256", "size", "version_id"}
		if b.Mark() != nil {
			overwritten = []string{"content_type", "etag", "sha256", "size", "tags_all", "version_id"}
		}
		coreLife{
			first: config("read_only", 30), second: config("admin", 60),
			tamper: func() {
				saysAll(t, tf.Must("output", "-raw", "bookmark"), "<string>/"+b.Name+"</string>")
				acctest.Must(b.S3().PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{
					Bucket:                  &b.Name,
					VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
				}))(t)
				acctest.Must(b.IAM().RemoveUserFromGroup(t.Context(), &iam.RemoveUserFromGroupInput{
					UserName: &user, GroupName: aws.String(b.Name + "-BktROGrp"),
				}))(t)
				rule := rulesOf(t, b)["old"]
				rule.NoncurrentVersionExpiration.NoncurrentDays = aws.Int32(31)
				putRules(t, b, rule)
				b.PutObject(t, b.Name, "docs/read me.txt")
			},
			drift: map[string][]string{
				testBucket: {"versioning"}, userAddress: {"access", "groups"}, ruleAddress: {"noncurrent_days"},
				objectAddress: overwritten,
			},
			imported: map[string]findable{
				testBucket:    {b.Name, fmt.Sprintf("{ name = %q }", b.Name)},
				userAddress:   {b.Name + "/" + user, fmt.Sprintf("{ bucket = %q, name = %q }", b.Name, user)},
				ruleAddress:   {b.Name + "/old", fmt.Sprintf("{ bucket = %q, name = \"old\" }", b.Name)},
				objectAddress: {b.Name + "/docs/read me.txt", fmt.Sprintf("{ bucket = %q, key = \"docs/read me.txt\" }", b.Name)},
			},
		}.play(t, tf)
		b.Gone(t, b.Name)
		if liveUser(t, b, user) != nil {
			t.Error("the user is left")
		}
	})
}

// TestAccCore_website is the life of a site with the folder that is published on it.
func TestAccCore_website(t *testing.T) {
	acctest.Core(t, core, func(t *testing.T, b *acctest.Bench) {
		host, dir := b.Site(t), filepath.Join(t.TempDir(), "site")
		smallSite().write(t, dir)
		config := func(lines string) string {
			return b.Provider() + fmt.Sprintf("resource \"spinup_website\" \"test\" {\n  domain = %q\n  %s\n}\n"+
				"resource \"spinup_directory\" \"d\" {\n  bucket = spinup_website.test.domain\n  source = %q\n  prefix = \"www/\"\n}\n",
				host, lines, dir)
		}
		coreLife{
			first: config("ipv6 = true"), second: config("ipv6 = false"),
			tamper: func() {
				for _, key := range []string{"www/index.html", "www/style.css"} {
					b.PutObject(t, host, key)
				}
			},
			drift: map[string][]string{"spinup_directory.d": {"changes", "digest", "drift", "first_changes"}},
			imported: map[string]findable{
				websiteAddress:       {host, fmt.Sprintf("{ domain = %q }", host)},
				"spinup_directory.d": {host + "/www/", fmt.Sprintf("{ bucket = %q, prefix = \"www/\" }", host)},
			},
		}.play(t, b.Served(t))
		b.GoneSite(t, host)
	})
}
