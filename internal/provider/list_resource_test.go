package provider_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

// lister starts the provider in process, configured for all that lists read.
func lister(t *testing.T, b *acctest.Bench) *prototest.Server {
	t.Helper()
	url := b.Gateway.URL()
	return play(t, b, values{"endpoints": values{
		"s3": url, "iam": url, "sts": url, "route53": url, "acm": url, "cloudfront": b.Edge.URL(),
	}})
}

// oneOfEach is the configuration of one object of each kind that has a list on AWS, in and around the bench's bucket,
// and of what is listed beside it. The files are in a directory of the test.
func oneOfEach(t *testing.T, b *acctest.Bench) string {
	t.Helper()
	files := t.TempDir()
	pages{"index.html": "<p>hello"}.write(t, files)
	after := "depends_on = [spinup_bucket.test]"
	return b.Provider() + complete(b, "force_destroy = true") +
		member(b, `access = "read_only"`, after) +
		strings.ReplaceAll(memberNamed(b, b.Name+"-bea", `access = "read_write"`, `grant = "inline"`, after), `"test"`, `"bea"`) +
		roleBlock(b, readOnly, byService, after) +
		fmt.Sprintf("resource \"spinup_bucket_grant\" \"test\" {\nbucket = %q\naccess = \"admin\"\nuser = %q\n}\n", b.Name, b.Name+"-bob") +
		ruleBlock(b, "test", "old", "noncurrent_days = 30", "filter = { prefix = \"tmp/\" }", after) +
		fmt.Sprintf("resource \"spinup_directory\" \"test\" {\nbucket = %q\nprefix = \"docs/\"\nsource = %q\n%s\n}\n", b.Name, files, after) +
		objectBlock(b, "notes/read me.txt", `content = "hello"`, `tags = { Team = "library" }`, after) +
		site(b, "tags = { Team = \"library\" }", "wait_for_deployment = false", "force_destroy = true", "aliases = [\"alias."+zone(b)+"\"]")
}

// TestAccList_imports lists one object of each kind. What is listed is found by its identity, it is what an import gives,
// and the configuration that Terraform would write for it plans no change. Where the content comes from, no object says.
func TestAccList_imports(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeBucket(t, b.Name+"-log")
		b.MakeUser(t, b.Name+"-bob")
		tf := b.Played(t)
		tf.Write(oneOfEach(t, b))
		tf.Apply()
		s, in := lister(t, b), values{"bucket": b.Name}
		for typeName, row := range map[string]struct {
			config values
			names  []string
			first  values // identity
			source values // that nothing tells: its configuration changes state in place
		}{
			bucketType: {
				values{"name_prefix": b.Name, "tags": values{"Cost": "42"}}, []string{b.Name},
				values{"name": b.Name, "region": acctest.Region, "account_id": b.AccountID}, nil,
			},
			"spinup_bucket_user": {
				in, []string{b.Name + "-ann", b.Name + "-bea"}, values{"bucket": b.Name, "name": b.Name + "-ann"}, nil,
			},
			"spinup_bucket_role": {in, []string{b.Name + "-ci"}, values{"bucket": b.Name, "name": b.Name + "-ci"}, nil},
			"spinup_bucket_grant": {
				in, []string{"user " + b.Name + "-bob"}, values{"bucket": b.Name, "kind": "user", "name": b.Name + "-bob"}, nil,
			},
			"spinup_lifecycle_rule": {
				in, []string{"archive-rule", "old"}, values{"bucket": b.Name, "name": "archive-rule"}, nil,
			},
			"spinup_directory": {
				in, []string{b.Name + "/docs/"},
				values{"bucket": b.Name, "prefix": "docs/", "region": acctest.Region, "account_id": b.AccountID},
				values{"source": tf.State("spinup_directory.test")["source"]},
			},
			"spinup_object": {
				with(in, values{"prefix": "notes/"}), []string{"notes/read me.txt"},
				values{"bucket": b.Name, "key": "notes/read me.txt", "region": acctest.Region}, values{"content": "hello"},
			},
			"spinup_website": {
				values{"name_regex": "^www." + zone(b) + "$"}, []string{domain(b)}, values{"domain": domain(b)}, nil,
			},
		} {
			t.Run(typeName, func(t *testing.T) {
				found, diags := s.List(typeName, prototest.Listing{Config: row.config, Include: true, Limit: 100})
				same(t, "said", "", diags.Errors()+diags.Warnings())
				same(t, "names", row.names, namesOf(found))
				if len(found) == 0 {
					t.FailNow()
				}
				same(t, "identity", row.first, found[0].Identity)
				brief, diags := s.List(typeName, prototest.Listing{Config: row.config, Limit: 100})
				same(t, "said", "", diags.Errors()+diags.Warnings())
				for i, one := range found {
					same(t, "identity without the object", one.Identity, brief[i].Identity)
					imported, diags := s.Import(typeName, "", one.Identity)
					wellDone(t, diags)
					want := with(imported.State, nil)
					if typeName == bucketType {
						want["public_access_block"] = nil // public_access says the same
					}
					same(t, "object", want, one.Resource)
					config := with(s.Written(typeName, one.Resource), row.source)
					plan, diags := s.Plan(typeName, imported, config)
					wellDone(t, diags)
					if row.source == nil && !plan.Empty() {
						same(t, "plan of what is written", plan.Prior.State, plan.Planned)
					}
					same(t, "replaces", 0, len(plan.Replace))
				}
			})
		}
		tf.Destroy()
	})
}

func namesOf(found []prototest.Listed) (names []string) {
	for _, one := range found {
		names = append(names, one.Name)
	}
	return names
}

// TestAccList_gatewayUsers lists the users of VersityGW, imports one and plans it.
func TestAccList_gatewayUsers(t *testing.T) {
	acctest.Only(t, emulator.VersityGW, ownUsers, func(t *testing.T, b *acctest.Bench) {
		tf := b.Played(t)
		tf.Write(b.Provider() + ownUser(b, `secret = {}`, `role = "userplus"`))
		tf.Apply()
		server := acctest.Must(b.Factories()["spinup"]())(t)
		s, root := prototest.New(t, server), acctest.Must(b.Root().Retrieve(t.Context()))(t)
		wellDone(t, s.Configure(values{
			"region": acctest.Region, "access_key": root.AccessKeyID, "secret_key": root.SecretAccessKey,
			"platform": b.Platform, "endpoints": values{"s3": b.Gateway.URL()},
		}))
		const typeName = "spinup_gateway_user"
		all, diags := s.List(typeName, prototest.Listing{Config: values{}, Include: true})
		wellDone(t, diags)
		i := slices.IndexFunc(all, func(one prototest.Listed) bool { return one.Name == ann(b) })
		if i < 0 {
			t.Fatalf("the user is not in %v", namesOf(all))
		}
		same(t, "identity", values{"access_key": ann(b)}, all[i].Identity)
		imported, diags := s.Import(typeName, "", all[i].Identity)
		wellDone(t, diags)
		same(t, "object", imported.State, all[i].Resource)
		plan, diags := s.Plan(typeName, imported, s.Written(typeName, all[i].Resource))
		wellDone(t, diags)
		same(t, "plan of what is written", plan.Prior.State, plan.Planned)
		tf.Destroy()
	})
}

// TestAccList_unreadable: what cannot be read is a warning that names it, and the others are listed. A list that cannot
// be read at all is an error.
func TestAccList_unreadable(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, atGateway, func(t *testing.T, b *acctest.Bench) {
		for _, suffix := range []string{"-a", "-b", "-c"} {
			b.MakeBucket(t, b.Name+suffix)
			putTags(t, b, b.Name+suffix, map[string]string{"Team": "library"})
		}
		s := lister(t, b)
		denied := func(operation string) func() {
			return b.Gateway.Inject(gateway.Rule{Fault: gateway.Forbidden(), Match: func(c gateway.Call) bool {
				return c.Name() == operation && (c.Resource == "*" || strings.HasSuffix(c.Resource, "-b"))
			}})
		}
		for name, of := range map[string]prototest.Listing{
			"by a filter": {Config: values{"name_prefix": b.Name, "tags": values{"Team": "library"}}},
			"the object":  {Config: values{"name_prefix": b.Name}, Include: true},
		} {
			allow := denied("s3:GetBucketTagging")
			found, diags := s.List(bucketType, of)
			allow()
			same(t, name+": errors", "", diags.Errors())
			same(t, name+": names", []string{b.Name + "-a", b.Name + "-c"}, namesOf(found))
			saysAll(t, diags.Warnings(), "Bucket could not be read", fmt.Sprintf("%q", b.Name+"-b"), "s3:GetBucketTagging", "AccessDenied")
		}
		brief, diags := s.List(bucketType, prototest.Listing{Config: values{"name_prefix": b.Name}})
		same(t, "said without a reason to read", "", diags.Errors()+diags.Warnings())
		same(t, "names", 3, len(brief))

		denied("s3:ListBuckets")
		found, diags := s.List(bucketType, prototest.Listing{Config: values{"name_prefix": b.Name}})
		same(t, "names", 0, len(found))
		saysAll(t, diags.Errors(), "Bucket list could not be read", "s3:ListAllMyBuckets", "AccessDenied")
	})
}

// TestAccList_limit: a list ends with as many objects as were asked for, says that there are more, and reads no more
// objects than it gives.
func TestAccList_limit(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeBucket(t, b.Name)
		const most = 12
		for i := range most {
			b.PutObject(t, b.Name, fmt.Sprintf("%02d", i))
		}
		s := lister(t, b)
		in := values{"bucket": b.Name}
		for limit, want := range map[int]string{2: "more than these 2", most - 1: "more than these 11", most: "", 0: ""} {
			b.Gateway.Reset()
			found, diags := s.List("spinup_object", prototest.Listing{Config: in, Limit: limit})
			wellDone(t, diags)
			if len(found) != cmp.Or(limit, most) || (want == "") != (diags.Warnings() == "") ||
				!strings.Contains(diags.Warnings(), want) {
				t.Errorf("limit %d: %d objects; %s", limit, len(found), diags.Warnings())
			}
			if n := b.Gateway.Counts()["s3:HeadObject"]; n > 0 {
				t.Errorf("limit %d: %d objects were read, and nobody asked for them", limit, n)
			}
		}
		b.Gateway.Reset()
		found, diags := s.List("spinup_object", prototest.Listing{Config: in, Limit: 3, Include: true})
		wellDone(t, diags)
		same(t, "names", []string{"00", "01", "02"}, namesOf(found))
		same(t, "reads", 3, b.Gateway.Counts()["s3:HeadObject"])
	})
}

// TestAccList_refuses: what a list needs to know is asked for before any call.
func TestAccList_refuses(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		s := lister(t, b)
		for typeName, row := range map[string]struct {
			config values
			says   string
		}{
			"spinup_bucket_user":  {values{}, "bucket"},
			"spinup_directory":    {values{"bucket": "No_Bucket"}, "No_Bucket"},
			bucketType:            {values{"name_regex": "("}, "name_regex"},
			"spinup_gateway_user": {values{}, "versitygw"},
		} {
			found, diags := s.List(typeName, prototest.Listing{Config: row.config})
			if text := diags.Errors(); len(found) > 0 || !strings.Contains(text, row.says) {
				t.Errorf("%s: %v, %q", typeName, found, text)
			}
		}
		same(t, "calls", map[string]int{}, b.Gateway.Counts())
	})
}

// TestAccList_query asks the real command for what there is. The configuration that it writes imports everything, and
// changes nothing.
func TestAccList_query(t *testing.T) {
	acctest.Since(t, 14, "terraform query")
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		b.MakeZone(t, zone(b))
		b.MakeBucket(t, b.Name+"-log")
		b.MakeUser(t, b.Name+"-bob")
		made, tf := b.Played(t), b.Served(t)
		made.Write(oneOfEach(t, b))
		made.Apply()
		queries := ""
		for typeName, filters := range map[string]string{
			"spinup_bucket": fmt.Sprintf("name_regex = %q", "^"+b.Name+"$"), "spinup_website": fmt.Sprintf("name_prefix = %q", domain(b)),
			"spinup_bucket_user": "", "spinup_bucket_role": "", "spinup_bucket_grant": "", "spinup_lifecycle_rule": "",
		} {
			if filters == "" {
				filters = fmt.Sprintf("bucket = %q", b.Name)
			}
			queries += fmt.Sprintf("list %q \"found\" {\n  provider = spinup\n  include_resource = true\n  config {\n    %s\n  }\n}\n",
				typeName, filters)
		}
		if err := os.WriteFile(filepath.Join(tf.Dir, "found.tfquery.hcl"), []byte(queries), 0o600); err != nil {
			t.Fatal(err)
		}
		tf.Write(b.Provider())
		out := tf.Must("query", "-generate-config-out="+filepath.Join(tf.Dir, "found.tf"))
		saysAll(t, out, "list.spinup_bucket.found", "list.spinup_bucket_grant.found", "user "+b.Name+"-bob", domain(b))
		tf.Must("plan", "-out", filepath.Join(tf.Dir, "import.tfplan"))
		saysAll(t, tf.Must("apply", "import.tfplan"), "8 imported, 0 added, 0 changed, 0 destroyed")
		made.Destroy()
	})
}
