package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/gateway"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
)

type values = prototest.Values

const bucketType = "spinup_bucket"

// play starts the provider in process, configured for the bench.
func play(t *testing.T, b *acctest.Bench, settings values) *prototest.Server {
	t.Helper()
	server, err := b.Factories()["spinup"]()
	if err != nil {
		t.Fatal(err)
	}
	url := b.Gateway.URL()
	s := prototest.New(t, server)
	wellDone(t, s.Configure(with(values{
		"region": acctest.Region, "access_key": "test", "secret_key": "test",
		"endpoints": values{"s3": url, "iam": url, "sts": url},
	}, settings)))
	return s
}

// with is the object with some attributes changed.
func with(object, changes values) values {
	changed := maps.Clone(object)
	maps.Copy(changed, changes)
	return changed
}

// wellDone ends the test when the provider reports an error.
func wellDone(t *testing.T, diags prototest.Diagnostics) {
	t.Helper()
	if text := diags.Errors(); text != "" {
		t.Fatal(text)
	}
}

func plan(t *testing.T, s *prototest.Server, prior prototest.Object, config values) prototest.Plan {
	t.Helper()
	plan, diags := s.Plan(bucketType, prior, config)
	wellDone(t, diags)
	return plan
}

// apply plans and applies; no configuration destroys.
func apply(t *testing.T, s *prototest.Server, prior prototest.Object, config values) prototest.Object {
	t.Helper()
	after, diags := s.Apply(plan(t, s, prior, config))
	wellDone(t, diags)
	return after
}

// refreshed reads an object that there is.
func refreshed(t *testing.T, s *prototest.Server, prior prototest.Object) prototest.Object {
	t.Helper()
	if prior.State == nil {
		return prior
	}
	seen, diags := s.Read(bucketType, prior)
	wellDone(t, diags)
	return seen
}

// TestAccBucket_identity: every operation gives the identity, an import by it gives what an import by id gives, and an
// identity that is not so is refused.
func TestAccBucket_identity(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		s := play(t, b, nil)
		for name, required := range map[string]bool{"name": true, "region": false, "account_id": false} {
			if !slices.ContainsFunc(s.Identity(bucketType).IdentityAttributes, func(a *tfprotov6.ResourceIdentitySchemaAttribute) bool {
				return a.Name == name && a.RequiredForImport == required && a.OptionalForImport != required
			}) {
				t.Errorf("identity has no attribute %s, or another kind of one", name)
			}
		}
		const region = "eu-west-1"
		want := values{"name": b.Name, "region": region, "account_id": b.AccountID}
		check := func(what string, object prototest.Object) {
			t.Helper()
			if diff := cmp.Diff(want, object.Identity); diff != "" {
				t.Errorf("identity after %s: %s", what, diff)
			}
		}
		config := values{
			"name": b.Name, "region": region, "tags": values{"Purpose": "test"}, "access_levels": []any{"read_only", "read_write"},
		}
		bucket := apply(t, s, prototest.Object{}, config)
		check("create", bucket)
		bucket = apply(t, s, bucket, with(config, values{"versioning": true}))
		check("update", bucket)
		bucket = refreshed(t, s, bucket)
		check("read", bucket)

		imported, diags := s.Import(bucketType, b.Name, nil)
		wellDone(t, diags)
		check("import by id", imported)
		same(t, "imported by id", bucket.State, imported.State)
		for _, identity := range []values{{"name": b.Name}, {"name": b.Name, "region": region}, want} {
			byIdentity, diags := s.Import(bucketType, "", identity)
			wellDone(t, diags)
			check(fmt.Sprintf("import by %v", identity), byIdentity)
			if diff := cmp.Diff(imported.State, byIdentity.State); diff != "" {
				t.Errorf("imported by %v: %s", identity, diff)
			}
		}
		for _, wrong := range []values{{"region": "us-west-2"}, {"account_id": "999999999999"}} {
			if _, diags := s.Import(bucketType, "", with(want, wrong)); diags.Errors() == "" {
				t.Errorf("imported although the bucket has not %v", wrong)
			}
		}
		apply(t, s, bucket, nil)
		b.Gone(t, b.Name)
	})
}

// protocolConfig wants something of every part.
func protocolConfig(name string) values {
	return values{
		"name": name, "tags": values{"Step": "one"}, "versioning": true, "public_access": "read_list",
		"access_log": values{"bucket": name + "-log"}, "access_levels": []any{"admin", "read_only"},
		"policy": userPolicy(name), "lifecycle_preset": "archive",
		"cors_rules": []any{with(corsValues("one"), values{"max_age_seconds": 60.0})},
	}
}

func userPolicy(bucket string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Sid":"Mine","Effect":"Allow",`+
		`"Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s/*"}]}`, bucket)
}

// TestAccBucket_untaint fails each mutating call of a create and goes on from what state then holds, as it does after
// `terraform untaint`: an update completes it.
func TestAccBucket_untaint(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, sweeping, func(t *testing.T, b *acctest.Bench) {
		for kind, fault := range map[string]gateway.Fault{"unsent": gateway.ResetBefore(), "lost": gateway.ResetAfter()} {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				n := 1
				for failCreate(t, b.Fork(t), n, fault, kind == "unsent") {
					n++
				}
				if n < 10 {
					t.Errorf("only %d calls failed", n-1)
				}
			})
		}
	})
}

// failCreate fails the n-th mutating call of a create and has the bucket completed. It says false when there are fewer.
func failCreate(t *testing.T, b *acctest.Bench, n int, fault gateway.Fault, unsent bool) bool {
	t.Helper()
	b.MakeBucket(t, b.Name+"-log")
	s, once, config := play(t, b, nil), play(t, b, values{"max_retries": 0}), protocolConfig(b.Name)
	heal := b.Gateway.Inject(gateway.Rule{Match: gateway.Nth(n, gateway.Mutation()), Fault: fault})
	bucket, diags := once.Apply(plan(t, once, prototest.Object{}, config))
	heal()
	failed := diags.Errors() != ""
	if exists := n > 1 || !unsent; exists != (bucket.State != nil) {
		t.Errorf("call %d: state is %v\n%s", n, bucket.State, diags.Errors())
	}
	if failed {
		next := plan(t, s, refreshed(t, s, bucket), config)
		if len(next.Replace) > 0 || unsent && next.Empty() {
			t.Errorf("call %d: the next plan replaces for %v and plans %v", n, next.Replace, next.Planned)
		}
		bucket, diags = s.Apply(next)
		wellDone(t, diags)
	}
	if next := plan(t, s, refreshed(t, s, bucket), config); !next.Empty() {
		t.Errorf("call %d: the last plan is not empty: %s", n, cmp.Diff(next.Prior.State, next.Planned))
	}
	apply(t, s, bucket, nil)
	b.Gone(t, b.Name)
	return failed
}

// TestAccBucket_lostParts: what is lost is planned as it will be made again.
func TestAccBucket_lostParts(t *testing.T) {
	const level = "read_only"
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		group, policy := aws.String(b.Name+"-BktROGrp"), aws.String(b.PolicyARN(b.Name+"-BktROPlc"))
		s, config := play(t, b, nil), values{"name": b.Name, "access_levels": []any{"admin", level}}
		bucket := apply(t, s, prototest.Object{}, config)
		before := levelOf(bucket.State, level)
		tampered := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
		detach := func() {
			acctest.Must(b.IAM().DetachGroupPolicy(t.Context(), &iam.DetachGroupPolicyInput{GroupName: group, PolicyArn: policy}))(t)
		}
		for _, row := range []struct {
			name string
			lose func()
			seen values // differences from before; nil if nothing is left
		}{
			{"tampered", func() {
				acctest.Must(b.IAM().CreatePolicyVersion(t.Context(), &iam.CreatePolicyVersionInput{
					PolicyArn: policy, PolicyDocument: &tampered, SetAsDefault: true,
				}))(t)
			}, values{"policy_document": tampered}},
			{"detached", detach, values{"policy_name": nil}},
			{"group lost", func() {
				detach()
				acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: group}))(t)
			}, values{"group_name": nil, "group_arn": nil}},
			{"both lost", func() {
				detach()
				acctest.Must(b.IAM().DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: group}))(t)
				acctest.Must(b.IAM().DeletePolicy(t.Context(), &iam.DeletePolicyInput{PolicyArn: policy}))(t)
			}, nil},
		} {
			row.lose()
			bucket = refreshed(t, s, bucket)
			next := plan(t, s, bucket, config)
			seen := with(before, row.seen)
			if row.seen == nil {
				seen = nil
			}
			if diff := cmp.Diff(seen, levelOf(bucket.State, level)); diff != "" {
				t.Errorf("%s: seen: %s", row.name, diff)
			}
			if diff := cmp.Diff(before, levelOf(next.Planned, level)); diff != "" {
				t.Errorf("%s: planned: %s", row.name, diff)
			}
			if diff := cmp.Diff(levelOf(bucket.State, "admin"), levelOf(next.Planned, "admin")); diff != "" {
				t.Errorf("%s: planned for the other level: %s", row.name, diff)
			}
			bucket = apply(t, s, bucket, config)
			if next := plan(t, s, refreshed(t, s, bucket), config); !next.Empty() {
				t.Errorf("%s: not repaired: %s", row.name, cmp.Diff(next.Prior.State, next.Planned))
			}
		}
		apply(t, s, bucket, nil)
		b.Gone(t, b.Name)
	})
}

func levelOf(state values, level string) values {
	groups, _ := state["groups"].(values)
	one, _ := groups[level].(values)
	return one
}

// unknownRow is a configuration with something unknown in it.
type unknownRow struct {
	config values
	open   string   // what a plan for an existing bucket leaves open
	then   []values // what the unknown may turn out to be
}

// unknownRows are for a bucket whose access log goes, by the provider's configuration, to the log bucket.
func unknownRows(log string) map[string]unknownRow {
	unknown := prototest.Unknown{}
	return map[string]unknownRow{
		"nothing": {values{}, "", nil},
		"name": {
			values{"name": unknown}, "access_log arn domain_name groups hosted_zone_id id name regional_domain_name",
			[]values{{"name": "later"}, {"name": log}},
		},
		"region": {
			values{"region": unknown}, "arn domain_name hosted_zone_id region regional_domain_name",
			[]values{{"region": nil}, {"region": "eu-west-1"}},
		},
		"tags": {
			values{"tags": unknown}, "tags tags_all",
			[]values{{"tags": nil}, {"tags": values{}}, {"tags": values{"A": "1"}}},
		},
		"a tag": {
			values{"tags": values{"A": unknown, "B": "2"}}, "tags tags_all",
			[]values{{"tags": values{"A": "1", "B": "2"}}},
		},
		"encryption": {
			values{"encryption": unknown}, "encryption",
			[]values{{"encryption": nil}, {"encryption": values{"algorithm": "aws:kms"}}},
		},
		"encryption.algorithm": {
			values{"encryption": values{"algorithm": unknown}}, "encryption",
			[]values{{"encryption": values{}}, {"encryption": values{"algorithm": "aws:kms"}}, {"encryption": values{"algorithm": "aws:kms:dsse"}}},
		},
		"encryption.kms_key_arn": {
			values{"encryption": values{"kms_key_arn": unknown}}, "encryption",
			[]values{{"encryption": values{}}, {"encryption": values{"kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/1"}}},
		},
		"access_log": {
			values{"access_log": unknown}, "access_log",
			[]values{{"access_log": nil}, {"access_log": values{"bucket": "logs"}}},
		},
		"access_log.bucket": {
			values{"access_log": values{"bucket": unknown}}, "access_log",
			[]values{{"access_log": values{"bucket": "logs"}}},
		},
		"access_log.prefix": {
			values{"access_log": values{"bucket": "logs", "prefix": unknown}}, "access_log",
			[]values{{"access_log": values{"bucket": "logs"}}, {"access_log": values{"bucket": "logs", "prefix": "p/"}}},
		},
		"access_levels": {
			values{"access_levels": unknown}, "access_levels groups",
			[]values{{"access_levels": nil}, {"access_levels": []any{}}, {"access_levels": []any{"admin", "read_write"}}},
		},
		"a level": {
			values{"access_levels": []any{"admin", unknown}}, "access_levels groups",
			[]values{{"access_levels": []any{"admin"}}, {"access_levels": []any{"admin", "read_write"}}},
		},
		"lifecycle_preset": {
			values{"lifecycle_preset": unknown}, "lifecycle_preset",
			[]values{{"lifecycle_preset": nil}, {"lifecycle_preset": "archive"}},
		},
		"cors_rules": {
			values{"cors_rules": unknown}, "cors_rules",
			[]values{{"cors_rules": nil}, {"cors_rules": []any{corsValues("one")}}},
		},
		"an origin": {
			values{"cors_rules": []any{with(corsValues("one"), values{"allowed_origins": []any{unknown}})}}, "cors_rules",
			[]values{{"cors_rules": []any{corsValues("one")}}},
		},
		"public_access_block": {
			values{"public_access_block": unknown}, "public_access public_access_block",
			[]values{{"public_access_block": nil}, {"public_access_block": values{"ignore_public_acls": false}}},
		},
		"public_access_block beside a word": {
			values{"public_access": "read", "public_access_block": unknown}, "public_access_block",
			[]values{{"public_access": "read", "public_access_block": nil}},
		},
		"a switch": {
			values{"public_access_block": values{"ignore_public_acls": unknown}}, "public_access public_access_block",
			[]values{{"public_access_block": values{}}, {"public_access_block": values{"ignore_public_acls": false}}},
		},
		"object_lock.mode": {
			values{"object_lock": values{"enabled": false, "mode": unknown, "days": unknown}}, "object_lock",
			[]values{{"object_lock": values{"enabled": false}}},
		},
		"policy": {values{"policy": unknown}, "policy", []values{{"policy": nil}, {"policy": userPolicy("*")}}},
		"the rest": {
			values{"versioning": unknown, "object_ownership": unknown, "public_access": unknown, "require_tls": unknown, "force_destroy": unknown},
			"force_destroy object_ownership public_access public_access_block require_tls versioning",
			[]values{
				{"versioning": nil, "object_ownership": nil, "public_access": nil, "require_tls": nil, "force_destroy": nil},
				{"versioning": true, "object_ownership": "ObjectWriter", "public_access": "read", "require_tls": false, "force_destroy": true},
			},
		},
	}
}

// free is the configuration under a name that nobody has, if it is of a new bucket: a plan refuses one that exists.
func free(prior prototest.Object, name string, config values) values {
	if prior.State == nil && config["name"] == name {
		return with(config, values{"name": name + "-new"})
	}
	return config
}

// TestAccBucket_unknownValues plans with each attribute unknown, and then with what it may turn out to be: the second
// plan may not contradict the first.
func TestAccBucket_unknownValues(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		log := b.Name + "-log"
		b.MakeBucket(t, log)
		s := play(t, b, values{"default_tags": values{"Default": "yes"}, "access_log": values{"bucket": log}})
		base := values{"name": b.Name}
		bucket := apply(t, s, prototest.Object{}, base)
		for name, row := range unknownRows(log) {
			t.Run(name, func(t *testing.T) {
				for _, prior := range []prototest.Object{bucket, {}} {
					first := plan(t, s, prior, free(prior, b.Name, with(base, row.config)))
					left(t, first, row.open)
					for _, then := range row.then {
						if prior.State == nil && then["name"] == log {
							continue // which exists
						}
						_, diags := s.Replan(first, free(prior, b.Name, with(base, then)))
						wellDone(t, diags)
					}
				}
			})
		}
		apply(t, s, bucket, nil)
		b.Gone(t, b.Name)
	})
}

// left compares the attributes that a plan leaves open with what is wanted.
func left(t *testing.T, plan prototest.Plan, want string) {
	t.Helper()
	names := strings.Fields(want)
	slices.Sort(names)
	got := slices.DeleteFunc(slices.Sorted(maps.Keys(plan.Planned)), func(name string) bool {
		return !prototest.HasUnknown(plan.Planned[name])
	})
	if names = slices.Compact(names); !slices.Equal(names, got) {
		t.Errorf("left open: %v, want %v", got, names)
	}
}

// TestAccBucket_unknownProvider plans while a setting of the provider is unknown, and then with what it turns out to be.
func TestAccBucket_unknownProvider(t *testing.T) {
	const byPlatform = "access_levels encryption groups object_ownership public_access public_access_block require_tls versioning"
	unknown := prototest.Unknown{}
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		base, url := values{"name": b.Name}, b.Gateway.URL()
		bucket := apply(t, play(t, b, nil), prototest.Object{}, base)
		for name, row := range map[string]struct {
			before, after values
			open          string // what a plan for an existing bucket leaves open
		}{
			"endpoint":            {values{"endpoints": values{"s3": unknown, "iam": url, "sts": url}}, nil, ""},
			"endpoints":           {values{"endpoints": unknown}, nil, ""},
			"secret_key":          {values{"secret_key": unknown}, nil, ""},
			"region":              {values{"region": unknown}, nil, ""},
			"profile":             {values{"profile": unknown, "region": nil}, nil, ""},
			"platform":            {values{"platform": unknown}, nil, byPlatform},
			"platform of a store": {values{"platform": unknown}, values{"platform": "minio", "region": "elsewhere"}, byPlatform},
			"default_tags":        {values{"default_tags": unknown}, values{"default_tags": values{"A": "1"}}, "tags_all"},
			"a tag":               {values{"default_tags": values{"A": unknown}}, values{"default_tags": values{"A": "1"}}, "tags_all"},
			"org":                 {values{"org": unknown}, values{"org": "library"}, "tags_all"},
			"ignore_tags":         {values{"ignore_tags": unknown}, values{"ignore_tags": values{"keys": []any{"A"}}}, ""},
			"access_log":          {values{"access_log": unknown}, values{"access_log": values{"bucket": "logs"}}, "access_log"},
			"iam_path":            {values{"iam_path": unknown}, values{"iam_path": "/spinup/"}, ""},
		} {
			t.Run(name, func(t *testing.T) {
				before, after := play(t, b, row.before), play(t, b, row.after)
				seen, diags := before.Read(bucketType, bucket)
				wellDone(t, diags)
				if diff := cmp.Diff(bucket.State, seen.State); diff != "" || !strings.Contains(diags.Warnings(), "Not refreshed") {
					t.Errorf("refreshed, warnings %q: %s", diags.Warnings(), diff)
				}
				left(t, plan(t, before, seen, base), row.open)
				for _, change := range []values{
					{}, {"tags": values{"B": "2"}}, {"encryption": values{"algorithm": "aws:kms"}},
					{"access_levels": []any{"read_only"}}, {"access_log": values{"bucket": "logs"}},
				} {
					for _, prior := range []prototest.Object{{}, seen} {
						config := free(prior, b.Name, with(base, change))
						first := plan(t, before, prior, config)
						if !first.Empty() { // of an empty plan nothing is applied
							_, diags := after.Replan(first, config)
							if !strings.Contains(diags.Errors(), "Not available on this platform") { // levels on a store without IAM
								wellDone(t, diags)
							}
						}
					}
				}
			})
		}
		// What is a region is for the platform to say.
		plan(t, play(t, b, values{"platform": unknown}), prototest.Object{}, with(base, values{"region": "elsewhere"}))
		apply(t, play(t, b, nil), bucket, nil)
		b.Gone(t, b.Name)
	})
}

// TestAccBucket_platforms: on every platform a bucket made with its defaults is as planned, and an import finds the same.
func TestAccBucket_platforms(t *testing.T) {
	acctest.Only(t, emulator.Fakecloud, everywhere, func(t *testing.T, b *acctest.Bench) {
		for _, platform := range awsclient.PlatformNames() {
			t.Run(platform, func(t *testing.T) {
				t.Parallel()
				b := b.Fork(t)
				s, config := play(t, b, values{"platform": platform}), values{"name": b.Name}
				bucket := refreshed(t, s, apply(t, s, prototest.Object{}, config))
				if next := plan(t, s, bucket, config); !next.Empty() {
					t.Errorf("second plan: %s", cmp.Diff(next.Prior.State, next.Planned))
				}
				imported, diags := s.Import(bucketType, b.Name, nil)
				wellDone(t, diags)
				if awsclient.Platforms()[0].Name == platform {
					same(t, "imported", bucket.State, imported.State)
				}
				// An import shows what there is. What a platform leaves alone by default is forgotten, and not changed.
				b.Gateway.Reset()
				settled := apply(t, s, imported, config)
				if done := mutations(b); len(done) > 0 {
					t.Errorf("an apply after the import did %v", done)
				}
				if next := plan(t, s, settled, config); !next.Empty() {
					t.Errorf("plan after the import: %s", cmp.Diff(next.Prior.State, next.Planned))
				}
				apply(t, s, settled, nil)
				b.Gone(t, b.Name)
			})
		}
	})
}
