package provider_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// releases are what releases of a provider keep in state of a resource of the type, by the name of the release. Words are
// replaced in it.
func releases(t *testing.T, provider, typeName string, words ...string) map[string]prototest.Source {
	t.Helper()
	from := map[string]string{"aws": "hashicorp/aws", "minio": "aminueza/minio"}[provider]
	all := map[string]prototest.Source{}
	for _, file := range acctest.Must(filepath.Glob("testdata/moves/" + provider + "-*.json"))(t) {
		var types map[string]json.RawMessage
		text := acctest.Must(os.ReadFile(file))(t)
		if err := json.Unmarshal([]byte(strings.NewReplacer(words...).Replace(string(text))), &types); err != nil {
			t.Fatal(file, err)
		}
		all[filepath.Base(file)] = prototest.Source{
			Provider: "registry.terraform.io/" + from, TypeName: typeName, JSON: types[typeName],
		}
	}
	if len(all) < 2 {
		t.Fatalf("there are the releases %v of %s", all, provider)
	}
	return all
}

// movesLike requires that a move gives what an import gives, but for what only the source knows, and that the
// configuration changes nothing then. Neither writes.
func movesLike(
	t *testing.T, b *acctest.Bench, s *prototest.Server, typeName, importID string, from map[string]prototest.Source,
	config values, carried ...string,
) {
	t.Helper()
	resetBoth(b)
	imported, diags := s.Import(typeName, importID, nil)
	wellDone(t, diags)
	for name, source := range from {
		moved, diags := s.Move(typeName, source)
		wellDone(t, diags)
		var was map[string]any
		if err := json.Unmarshal(source.JSON, &was); err != nil || imported.State == nil {
			t.Fatal(err, imported)
		}
		changes := values{}
		for _, attribute := range carried {
			if value := was[attribute]; value != nil && value != "" {
				changes[attribute] = value
			}
		}
		if status := "distribution_status"; moved.State[status] != nil { // CloudFront goes on meanwhile
			changes[status] = moved.State[status]
		}
		same(t, name, with(imported.State, changes), moved.State)
		same(t, name+": identity", imported.Identity, moved.Identity)
		if config == nil {
			continue
		}
		plan, diags := s.Plan(typeName, moved, with(config, changes))
		wellDone(t, diags)
		if !plan.Empty() {
			same(t, name+": plan", plan.Prior.State, plan.Planned)
		}
	}
	if n := b.Gateway.Mutations() + b.Edge.Mutations(); n > 0 {
		t.Errorf("%s: the moves make %d changes", typeName, n)
	}
}

// TestAccMove: what hashicorp/aws keeps of a bucket, a rule, an object and a user becomes ours without a write.
func TestAccMove(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		s := play(t, b, nil)
		user := b.Name + "-ann"
		configs := map[string]values{
			"spinup_bucket":         {"name": b.Name, "access_levels": []any{"admin", "read_write"}},
			"spinup_lifecycle_rule": {"bucket": b.Name, "name": "old-versions", "noncurrent_days": 90.0},
			"spinup_bucket_user":    {"bucket": b.Name, "name": user, "access": "read_write"},
		}
		made := map[string]prototest.Object{}
		for _, typeName := range []string{"spinup_bucket", "spinup_lifecycle_rule", "spinup_bucket_user"} {
			plan, diags := s.Plan(typeName, prototest.Object{}, configs[typeName])
			wellDone(t, diags)
			made[typeName], diags = s.Apply(plan)
			wellDone(t, diags)
		}
		acctest.Must(b.S3().PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &b.Name, Key: aws.String("README.txt"), Body: strings.NewReader("Hello\n"), ContentType: aws.String("text/plain"),
		}))(t)
		id, _ := made["spinup_bucket_user"].State["unique_id"].(string)
		for _, one := range []struct{ typeName, source, importID string }{
			{"spinup_bucket", "aws_s3_bucket", b.Name},
			{"spinup_lifecycle_rule", "aws_s3_bucket_lifecycle_configuration", b.Name + "/old-versions"},
			{"spinup_bucket_user", "aws_iam_user", b.Name + "/" + user},
		} {
			from := releases(t, "aws", one.source, "NAME", b.Name, "USER", user, "UNIQUE", id)
			config := configs[one.typeName]
			if one.typeName != "spinup_lifecycle_rule" {
				movesLike(t, b, s, one.typeName, one.importID, from, config, "force_destroy")
				continue
			}
			movesLike(t, b, s, one.typeName, one.importID, from, config)
		}

		// The content of an object comes along. It is known by the MD5 that its ETag is: hashicorp/aws sends no SHA-256.
		for name, source := range releases(t, "aws", "aws_s3_object", "NAME", b.Name) {
			moved, diags := s.Move("spinup_object", source)
			wellDone(t, diags)
			config := values{"bucket": b.Name, "key": "README.txt", "content_type": "text/plain"}
			given := 0
			for _, attribute := range []string{"source", "content", "content_base64"} {
				if config[attribute] = moved.State[attribute]; config[attribute] != nil {
					given++
				}
			}
			plan, diags := s.Plan("spinup_object", moved, config)
			wellDone(t, diags)
			if given != 1 || !plan.Empty() {
				same(t, name+": an object", plan.Prior.State, plan.Planned)
			}
			delete(config, "source")
			delete(config, "content_base64")
			config["content"] = "Hullo\n"
			if plan, diags = s.Plan("spinup_object", moved, config); plan.Empty() || plan.Planned["etag"] == moved.State["etag"] {
				t.Errorf("%s: another content is no change: %s", name, diags.Errors())
			}
		}

		// Somebody else has the user's name by now.
		from := releases(t, "aws", "aws_iam_user", "USER", user, "UNIQUE", "AIDA0000000000000000")["aws-5.100.0.json"]
		moved, diags := s.Move("spinup_bucket_user", from)
		wellDone(t, diags)
		if moved.State != nil {
			t.Errorf("the user of another id became %v", moved.State)
		}
		whichBucket(t, b, s)
		for _, typeName := range []string{"spinup_bucket_user", "spinup_lifecycle_rule"} {
			plan, diags := s.Plan(typeName, made[typeName], nil)
			wellDone(t, diags)
			_, diags = s.Apply(plan)
			wellDone(t, diags)
		}
		acctest.Must(b.S3().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &b.Name, Key: aws.String("README.txt")}))(t)
		apply(t, s, made["spinup_bucket"], nil)
		b.Gone(t, b.Name)
	})
}

// whichBucket: which bucket a user is for is told by the names of groups and policies as we make them, or not at all.
func whichBucket(t *testing.T, b *acctest.Bench, s *prototest.Server) {
	t.Helper()
	name := b.Name + "-bob"
	b.MakeUser(t, name)
	source := releases(t, "aws", "aws_iam_user", "USER", name, `"UNIQUE"`, "null")["aws-5.100.0.json"]
	said := func(phrases ...string) {
		t.Helper()
		_, diags := s.Move("spinup_bucket_user", source)
		saysAll(t, diags.Errors(), append(phrases, name, `id = "BUCKET/`+name+`"`, "from = aws_iam_user.OLD")...)
	}
	put := func(policy, document string) {
		t.Helper()
		acctest.Must(b.IAM().PutUserPolicy(t.Context(), &iam.PutUserPolicyInput{
			UserName: &name, PolicyName: &policy, PolicyDocument: &document,
		}))(t)
		t.Cleanup(func() {
			acctest.Must(b.IAM().DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{UserName: &name, PolicyName: &policy}))
		})
	}
	put("soil-BktROPlc", access.Document("aws", "rocks", access.ReadOnly)) // says another bucket than its name
	said("neither is it in a group of a bucket")

	below := access.Grant{Partition: "aws", Bucket: b.Name, Level: access.ReadOnly, Path: "docs/"}
	put(below.PolicyName(), below.Document())
	moved, diags := s.Move("spinup_bucket_user", source)
	wellDone(t, diags)
	if moved.State["bucket"] != b.Name || moved.State["path"] != "/docs/" {
		t.Errorf("by a policy for a path it became %v", moved.State)
	}

	put("rocks-BktAdmPlc", access.Document("aws", "rocks", access.Admin))
	said("it has access to " + b.Name + ", rocks")

	b.Gateway.Inject(gateway.Rule{Match: gateway.Op("iam:ListUserPolicies"), Fault: gateway.Forbidden(), Times: 1})
	_, diags = s.Move("spinup_bucket_user", source)
	saysAll(t, diags.Errors(), "iam:ListUserPolicies")
}

// TestAccMove_website: a distribution becomes a site, as an import of it does.
func TestAccMove_website(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		id := serviceSite(t, b, b.MakeZone(t, zone(b)), b.MakeCertificate(t, "*."+zone(b)))
		url := b.Gateway.URL()
		s := play(t, b, values{"org": "example", "endpoints": values{
			"s3": url, "iam": url, "sts": url, "route53": url, "acm": url, "cloudfront": b.Edge.URL(),
		}})
		from := releases(t, "aws", "aws_cloudfront_distribution", "DOMAIN", domain(b), "DISTRIBUTION", id)
		movesLike(t, b, s, "spinup_website", domain(b), from, nil, "wait_for_deployment")

		stale := releases(t, "aws", "aws_cloudfront_distribution", "DOMAIN", domain(b), "DISTRIBUTION", "E1OTHER")
		_, diags := s.Move("spinup_website", stale["aws-5.100.0.json"])
		saysAll(t, diags.Errors(), domain(b), id, "not to E1OTHER")
	})
}

// TestAccMove_minio: what aminueza/minio keeps of a bucket becomes ours.
func TestAccMove_minio(t *testing.T) {
	acctest.Stores(t, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		s := play(t, b, values{
			"secret_key": "test-secret", "platform": "minio", "endpoints": values{"s3": b.Gateway.URL()},
		})
		from := releases(t, "minio", "minio_s3_bucket", "NAME", b.Name)
		movesLike(t, b, s, "spinup_bucket", b.Name, from, values{"name": b.Name}, "force_destroy")
	}, emulator.MinIO)
}

// TestAccGuide_fromAWS takes the steps of the guide with hashicorp/aws itself: what that made is moved, and not one call
// changes anything.
func TestAccGuide_fromAWS(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		tf := b.BesideAWS(t)
		if tf == nil {
			return
		}
		for name, value := range map[string]string{
			"AWS_ENDPOINT_URL": b.Gateway.URL(), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		} {
			tf.Setenv(name, value)
		}
		const aws = "provider \"aws\" {\n  s3_use_path_style = true\n}\n"
		write := func(dir, overrides string) {
			t.Helper()
			for _, old := range acctest.Must(filepath.Glob(filepath.Join(tf.Dir, "*.tf")))(t) {
				if err := os.Remove(old); err != nil {
					t.Fatal(err)
				}
			}
			names := strings.NewReplacer("soil-survey-example-edu", b.Name, "soil-station", b.Name+"-station",
				"access-log-example-edu", b.Name+"-log")
			files := map[string]string{"end_override.tf": overrides}
			for _, file := range acctest.Must(filepath.Glob(filepath.Join(examples, "guides/from-aws", dir, "*.tf")))(t) {
				files[filepath.Base(file)] = names.Replace(string(acctest.Must(os.ReadFile(file))(t)))
			}
			for name, text := range files {
				if err := os.WriteFile(filepath.Join(tf.Dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.MakeBucket(t, b.Name+"-log")
		write("before", aws)
		tf.Must("init", "-input=false")
		tf.Apply()

		write("after", aws+b.Provider())
		b.Gateway.Reset()
		out := tf.Apply()
		for _, moved := range []string{"bucket", "lifecycle_rule", "object", "bucket_user"} {
			saysAll(t, out, "has moved to spinup_"+moved+".")
		}
		saysAll(t, out, "Plan: 0 to add, 0 to change, 0 to destroy.")
		same(t, "writing calls of the move", 0, b.Gateway.Mutations())

		// Without hashicorp/aws, and with the blocks taken out.
		write("after", b.Provider()+"resource \"spinup_bucket\" \"soil\" {\n  force_destroy = true\n}\n")
		if err := os.Remove(filepath.Join(tf.Dir, "moves.tf")); err != nil {
			t.Fatal(err)
		}
		for address, change := range tf.Plans() {
			var want []string
			if address == "spinup_bucket.soil" {
				want = []string{"force_destroy"}
			}
			same(t, "changes of "+address, want, change.Attributes())
		}
		tf.Must("apply", "test.plan")
		tf.Destroy()
		b.Gone(t, b.Name)
	})
}
