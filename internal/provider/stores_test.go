package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
)

// storeBucket is a bucket with the settings that follow, and a provider block with further lines.
func storeBucket(b *acctest.Bench, settings string, provider ...string) string {
	return b.Provider(provider...) + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n%s\n}\n", b.Name, settings)
}

// richest are all settings that the store can have.
func richest(b *acctest.Bench) string {
	policy := `
  policy = jsonencode({ Statement = [{ Sid = "Office", Effect = "Allow", Principal = "*", Action = "s3:GetObject",
    Resource = "arn:aws:s3:::` + b.Name + `/office/*",
    Condition = { IpAddress = { "aws:SourceIp" = ["192.0.2.0/24"] } } }] })`
	all := `
  tags          = { Owner = "library", "Cost Center" = "12" }
  versioning    = true
  require_tls   = true
  public_access = "read"` + policy
	switch b.Kind {
	case emulator.MinIO:
		return all + `
  lifecycle_preset = "expire-noncurrent"`
	case emulator.VersityGWRoot:
		all = strings.Replace(all, "versioning    = true", "", 1)
	}
	return all + `
  object_ownership = "BucketOwnerEnforced"
  cors_rules       = [` + uploads + `, ` + reads + `]`
}

// TestAccStore_life is the life of a bucket on every store: nothing but the name, everything, drift, import, nothing.
func TestAccStore_life(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		for _, settings := range []string{"", richest(b), ""} {
			tf.Write(storeBucket(b, settings))
			tf.Apply()
			tf.Empty()
		}
		tf.Destroy()
		b.Gone(t, b.Name)

		tf.Write(storeBucket(b, richest(b)))
		tf.Apply()
		tf.Empty()
		tf.ForgetState()
		tf.Must("import", "spinup_bucket.b", b.Name)
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_tls is the same over TLS, where the SDK sends other checksums.
func TestAccStore_tls(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b = b.Secured(t)
		tf := b.Served(t)
		tf.Write(storeBucket(b, richest(b)+"\n  force_destroy = true"))
		tf.Apply()
		tf.Empty()
		fill(t, b)
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_forceDestroyParts empties a bucket that is listed in parts, on a store that has too much to do at times.
func TestAccStore_forceDestroyParts(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(storeBucket(b, "  force_destroy = true"))
		tf.Apply()
		putVersions(t, b, 2500, 1)
		sometimes, content := gateway.Fraction(0.2, 1), gateway.Op("s3:DeleteObjects", "s3:ListObjectVersions")
		b.Gateway.Reset()
		b.Gateway.Inject(gateway.Rule{
			Match: func(c gateway.Call) bool { return content(c) && sometimes(c) }, Fault: gateway.Throttled(),
		})
		tf.Destroy()
		b.Gone(t, b.Name)
		if lists := b.Gateway.Counts()["s3:ListObjectVersions"]; lists < 5 || lists > 150 {
			t.Errorf("2,500 objects took %d lists", lists)
		}
	}, emulator.VersityGW, emulator.MinIO, emulator.Fakecloud)
}

// fill puts versions, a delete marker and an unfinished upload into the bucket.
func fill(t *testing.T, b *acctest.Bench) {
	t.Helper()
	for _, key := range []string{"a", "a", "b/ü +&", "c"} {
		b.PutObject(t, b.Name, key)
	}
	acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("c")}))(t)
	acctest.Must(b.S3().CreateMultipartUpload(t.Context(), &s3.CreateMultipartUploadInput{
		Bucket: &b.Name, Key: aws.String("d"),
	}))(t)
}

// TestAccStore_crashSweep goes through every crash of a bucket with everything that the store has.
func TestAccStore_crashSweep(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		config := func(settings func(*acctest.Bench) string) func(*acctest.Bench) string {
			return func(b *acctest.Bench) string {
				return strings.TrimPrefix(storeBucket(b, settings(b)+"\n  force_destroy = true"), b.Provider())
			}
		}
		sweep{
			before: config(richest),
			after: config(func(*acctest.Bench) string {
				return "  tags = { Step = \"after\" }\n  public_access = \"read_list\"\n  versioning = false"
			}),
			burden: fill,
			gone:   func(t *testing.T, b *acctest.Bench) { b.Gone(t, b.Name) },
			phases: []string{"create", "update", "delete"},
		}.run(t, b)
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccStore_drift changes every setting with a plain client. The plan names just that, and an apply repairs it.
func TestAccStore_drift(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(storeBucket(b, richest(b)))
		tf.Apply()
		client, ctx, name := b.S3(), t.Context(), &b.Name
		for attribute, tamper := range map[string]func() error{
			"tags": func() error {
				_, err := client.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: name})
				return err
			},
			"versioning": func() error {
				_, err := client.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
					Bucket:                  name,
					VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
				})
				return err
			},
			"policy": func() error {
				_, err := client.DeleteBucketPolicy(ctx, &s3.DeleteBucketPolicyInput{Bucket: name})
				return err
			},
		} {
			if b.Kind == emulator.VersityGWRoot && attribute == "versioning" {
				continue
			}
			if err := tamper(); err != nil {
				t.Fatal(attribute, err)
			}
			change := tf.Plan("spinup_bucket.b")
			if !slices.Contains(change.Attributes(), attribute) {
				t.Errorf("%s is not in the plan: %v", attribute, change.Attributes())
			}
			tf.Apply()
			tf.Empty()
		}
		acctest.Must(client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: name}))(t)
		if got := tf.Plan("spinup_bucket.b").Actions; !slices.Equal(got, []string{"create"}) {
			t.Errorf("a bucket that is gone is planned as %v", got)
		}
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_survivors: statements and tags of others outlive an update, and stop a destroy.
func TestAccStore_survivors(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		write := func(settings string) {
			tf.Write(storeBucket(b, settings, `ignore_tags = { keys = ["Invoice"] }`))
		}
		write(richest(b))
		tf.Apply()
		addStatement(t, b, `{"Sid":"Foreign","Effect":"Allow","Principal":"*",`+
			`"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::`+b.Name+`/theirs/*"]}`)
		acctest.Must(b.S3().PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: &b.Name, Tagging: &types.Tagging{
			TagSet: []types.Tag{
				{Key: aws.String("Owner"), Value: aws.String("library")}, {Key: aws.String("Cost Center"), Value: aws.String("12")},
				{Key: aws.String("Invoice"), Value: aws.String("7")},
			},
		}}))(t)
		tf.Empty()
		write("  tags = { Step = \"after\" }\n  public_access = \"read_list\"")
		tf.Apply()
		tf.Empty()
		if got := livePolicy(t, b); !strings.Contains(got, "theirs") {
			t.Errorf("the statement of others is lost: %s", got)
		}
		out := acctest.Must(b.S3().GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: &b.Name}))(t)
		if !slices.ContainsFunc(out.TagSet, func(tag types.Tag) bool { return aws.ToString(tag.Key) == "Invoice" }) {
			t.Errorf("the tag of others is lost: %v", out.TagSet)
		}
		said := tf.MustFail("destroy", "-auto-approve")
		saysAll(t, said, "Foreign", "Invoice", "force_destroy = true")

		b.PutObject(t, b.Name, "theirs/a")
		write("  tags = { Step = \"after\" }\n  public_access = \"read_list\"\n  force_destroy = true")
		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_denied: neither a missing permission nor a store in trouble means that anything is gone.
func TestAccStore_denied(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(storeBucket(b, richest(b), "max_retries = 0"))
		tf.Apply()
		reads := []string{"GetBucketTagging", "GetBucketVersioning", "GetBucketPolicy"}
		if b.Kind == emulator.MinIO {
			reads = append(reads, "GetBucketLifecycleConfiguration")
		} else {
			reads = append(reads, "GetBucketOwnershipControls")
		}
		var rows []unread
		for _, read := range reads {
			rows = append(rows, unread{read, "s3:" + read, gateway.Forbidden(), []string{read, "AccessDenied"}})
		}
		rows = append(rows, unread{"failing", "s3:GetBucketPolicy", gateway.Internal(), []string{"InternalError"}})
		wantUnread(t, b, tf, "Bucket", rows)
		tf.Destroy()
		b.Gone(t, b.Name)
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccStore_refused: what the store is known to lack is refused at plan, with its name and what to do.
func TestAccStore_refused(t *testing.T) {
	lacked := map[string]string{
		"encryption":       `encryption = { algorithm = "AES256" }`,
		"access_log":       `access_log = { bucket = "some-log" }`,
		"lifecycle_preset": `lifecycle_preset = "expire-noncurrent"`,
		"access_levels":    `access_levels = ["admin"]`,
		"object_ownership": `object_ownership = "BucketOwnerEnforced"`,
		"cors_rules":       "cors_rules = [" + reads + "]",

		"public_access_block": `public_access_block = {}`,
	}
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		rows := maps.Clone(lacked)
		if b.Kind == emulator.MinIO {
			delete(rows, "encryption") // there with a key service
			delete(rows, "lifecycle_preset")
		} else {
			delete(rows, "object_ownership")
			delete(rows, "cors_rules")
		}
		tf := b.Played(t)
		for attribute, line := range rows {
			tf.Write(storeBucket(b, "  "+line))
			saysAll(t, tf.MustFail("apply", "-auto-approve"), attribute, "platform \""+b.Platform+"\"", "Leave "+attribute+" out")
		}
		if total := b.Gateway.Total(); total > 0 {
			t.Errorf("%d calls were made", total)
		}
	})
}

// TestAccStore_lacking: what a store turns out to lack only when it is asked leaves nothing behind.
func TestAccStore_lacking(t *testing.T) {
	acctest.Only(t, emulator.MinIO, "only MinIO has encryption or not, as it is run", func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(storeBucket(b, `  encryption = { algorithm = "AES256" }`))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "encryption", "the store does not have default encryption",
			"platform minio", "taken back", "Leave the attribute out")
		b.Gone(t, b.Name)
		tf.Write(storeBucket(b, ""))
		tf.Apply()
		tf.Write(storeBucket(b, `  encryption = { algorithm = "AES256" }`))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "the store does not have default encryption")
		tf.Write(storeBucket(b, ""))
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_objectLock: a bucket is made with object lock, and its default retention changes in place.
func TestAccStore_objectLock(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		for _, platform := range []string{"s3", b.Platform} {
			b.Platform = platform
			tf := b.Played(t)
			for _, lock := range []string{`{ mode = "GOVERNANCE", days = 1 }`, `{ mode = "COMPLIANCE", years = 2 }`, `{}`} {
				tf.Write(storeBucket(b, "  object_lock = "+lock))
				tf.Apply()
				tf.Empty()
			}
			same(t, "live", "on", retention(t, b))
			tf.Destroy()
			b.Gone(t, b.Name)
		}
	}, emulator.VersityGW, emulator.MinIO)
}

// TestAccStore_versioning: a gateway without a folder for old versions has none.
func TestAccStore_versioning(t *testing.T) {
	acctest.Only(t, emulator.VersityGWRoot, "it alone is run without versioning", func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(storeBucket(b, "  versioning = true"))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "versioning", "VersioningNotConfigured", "taken back")
		b.Gone(t, b.Name)
		tf.Write(storeBucket(b, "  versioning = false"))
		tf.Apply()
		tf.Empty()
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_public: everybody may read what public_access says, by the policy alone, and nothing else.
func TestAccStore_public(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		fetch := func(path string) int {
			request := acctest.Must(http.NewRequestWithContext(t.Context(), http.MethodGet, b.Endpoint+"/"+b.Name+path, nil))(t)
			response := acctest.Must(http.DefaultClient.Do(request))(t)
			_ = response.Body.Close()
			return response.StatusCode
		}
		for _, row := range []struct {
			access     string
			read, list int
		}{
			{`"read"`, 200, 403}, {`"read_list"`, 200, 200}, {`"none"`, 403, 403}, {`"read"`, 200, 403}, {`null`, 403, 403},
		} {
			tf.Write(storeBucket(b, "  force_destroy = true\n  public_access = "+row.access))
			tf.Apply()
			tf.Empty()
			b.PutObject(t, b.Name, "a")
			if read, list := fetch("/a"), fetch("/"); read != row.read || list != row.list {
				t.Errorf("public_access = %s: reading gives %d, listing %d", row.access, read, list)
			}
		}
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_others: names and tags in all forms, a bucket that exists, one that is not empty, principals that do not.
func TestAccStore_others(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		block := func(name, settings string) string {
			return b.Provider("org = \"library\"", "default_tags = { Default = \"yes\" }") +
				fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  %s\n%s\n}\n", name, settings)
		}
		dotted := fmt.Sprintf("name = %q", b.Name+".x.y")
		for _, name := range []string{fmt.Sprintf("name_prefix = %q", b.Name+"-"), dotted} {
			tf.Write(block(name, "  tags = { A = \"b\" }"))
			tf.Apply()
			tf.Empty()
			tf.Destroy()
		}
		b.MakeBucket(t, b.Name)
		tf.ForgetState()
		tf.Write(storeBucket(b, ""))
		saysAll(t, tf.MustFail("plan"), "Bucket exists already", "import {")
		tf.Must("import", "spinup_bucket.b", b.Name)
		tf.Empty()
		b.PutObject(t, b.Name, "a")
		saysAll(t, tf.MustFail("destroy", "-auto-approve"), "is not empty", "force_destroy")
		tf.Write(storeBucket(b, "  force_destroy = true"))
		tf.Apply()
		tf.Destroy()
		b.Gone(t, b.Name)
		if b.Kind == emulator.MinIO {
			return // it takes any principal
		}
		tf.Write(storeBucket(b, `  policy = jsonencode({ Statement = [{ Sid = "A", Effect = "Allow", Principal = { AWS = "nobody" },
    Action = "s3:GetObject", Resource = "arn:aws:s3:::`+b.Name+`/*" }] })`))
		saysAll(t, tf.MustFail("apply", "-auto-approve"), "MalformedPolicy", "only principals that exist")
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}

// TestAccStore_credentials: wrong key, wrong secret, wrong region and no store are four errors.
func TestAccStore_credentials(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		block := func(provider string) string {
			return provider + fmt.Sprintf("resource \"spinup_bucket\" \"b\" {\n  name = %q\n}\n", b.Name)
		}
		if b.Kind != emulator.VersityGWRoot { // which asks for the root's secret only
			tf.Write(block(b.ProviderAs("nobody", "test-secret")))
			saysAll(t, tf.MustFail("plan"), "InvalidAccessKeyId", "not valid")
		}
		tf.Write(block(b.ProviderAs("test", "wrong-secret")))
		saysAll(t, tf.MustFail("plan"), "SignatureDoesNotMatch", "not valid")
		if b.Kind != emulator.MinIO { // which takes any
			tf.Write(strings.Replace(block(b.Provider()), `"us-east-1"`, `"eu-test-9"`, 1))
			saysAll(t, tf.MustFail("plan"), "AuthorizationHeaderMalformed", `"us-east-1"`)
		}
		b.Gateway.SetBare(true)
		b.Gateway.Inject(gateway.Rule{Match: gateway.Op("s3:HeadBucket", "s3:ListObjectsV2"), Fault: gateway.Answer(404, "", "")})
		tf.Write(block(b.Provider("max_retries = 0")))
		saysAll(t, tf.MustFail("plan"), "not from AWS or a store")
	})
}

// TestAccStore_dataSources: data sources give what the store has, and null or nothing for the rest.
func TestAccStore_dataSources(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		tf := b.Served(t)
		tf.Write(storeBucket(b, richest(b)))
		tf.Apply()
		tf.Write(storeBucket(b, richest(b)) + fmt.Sprintf(`
data "spinup_bucket" "b" {
  name = %[1]q
}
data "spinup_buckets" "all" {
  name_prefix = %[1]q
  tags        = { Owner = "library" }
}
data "spinup_lifecycle_rules" "b" {
  bucket = %[1]q
}
data "spinup_account" "me" {}
output "seen" {
  value = {
    tags = data.spinup_bucket.b.tags, versioning = data.spinup_bucket.b.versioning, empty = data.spinup_bucket.b.empty
    encryption = data.spinup_bucket.b.encryption, public = data.spinup_bucket.b.public_access
    names = data.spinup_buckets.all.names, platform = data.spinup_account.me.platform
    rules = length(data.spinup_lifecycle_rules.b.rules)
  }
}
`, b.Name))
		tf.Apply()
		rules := 0
		if b.Kind == emulator.MinIO {
			rules = 1
		}
		saysAll(t, tf.Must("output", "-json", "seen"), `"Owner":"library"`, fmt.Sprintf(`"versioning":%t`, b.Kind != emulator.VersityGWRoot), `"empty":true`,
			`"encryption":null`, `"public":"read"`, b.Name, fmt.Sprintf(`"platform":%q`, b.Platform), fmt.Sprintf(`"rules":%d`, rules))
		tf.Destroy()
	})
}
