package provider_test

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
	"github.com/spinup-dev/terraform-provider-spinup/internal/prototest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// ignorable is what a test of ignore_changes has to know about a resource.
type ignorable struct {
	on       emulator.Kind                 // "" for fakecloud
	settings func(b *acctest.Bench) values // of the provider; nil for the endpoints of everything
	surround func(t *testing.T, b *acctest.Bench)
	base     func(t *testing.T, b *acctest.Bench) values
	// otherwise is another value for each attribute that can be configured, by its path.
	otherwise func(t *testing.T, b *acctest.Bench) values
	// changes are two attributes, one of which is changed while another one is ignored, with the n-th value of each.
	changes map[string]func(n int) any
}

func ignorables() map[string]ignorable {
	tags := func(n int) any { return values{"Step": fmt.Sprint(n)} }
	odd := func(n int) any { return n%2 == 1 }
	return map[string]ignorable{
		"spinup_bucket": {
			surround:  func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name+"-log") },
			base:      func(_ *testing.T, b *acctest.Bench) values { return bucketValues(b) },
			otherwise: func(_ *testing.T, b *acctest.Bench) values { return otherBucket(b) },
			changes:   map[string]func(int) any{"tags": tags, "force_destroy": odd},
		},
		"spinup_bucket_grant": {
			surround: func(t *testing.T, b *acctest.Bench) {
				makeGroup(t, b, b.Name+"-club", nothing)
				makeSiteAdmins(t, b, "E1EXAMPLE2ID")
			},
			base: func(_ *testing.T, b *acctest.Bench) values {
				return values{"bucket": b.Name, "access": "read_only", "group": b.Name + "-club", "path": "/docs/"}
			},
			otherwise: func(_ *testing.T, b *acctest.Bench) values {
				return with(bucketOtherwise(b), values{
					"bucket": b.Name + "-2", "access": "admin", "web_admin": true, "path": "/a/", "role": "x", "user": "x", "group": "x",
				})
			},
			changes: map[string]func(int) any{
				"path":   func(n int) any { return fmt.Sprintf("/p%d/", n) },
				"access": func(n int) any { return []string{"read_only", "read_write"}[n%2] },
			},
		},
		"spinup_bucket_role": {
			surround: func(t *testing.T, b *acctest.Bench) {
				makeProvider(t, b, "sts.amazonaws.com")
				makeSiteAdmins(t, b, "E1EXAMPLE2ID")
			},
			base:      roleValues,
			otherwise: otherRole,
			changes:   map[string]func(int) any{"tags": tags, "max_session_duration": func(n int) any { return float64(3600 + n) }},
		},
		"spinup_bucket_user": {
			surround:  func(t *testing.T, b *acctest.Bench) { makeLevels(t, b, access.ReadOnly, access.ReadWrite) },
			base:      userValues,
			otherwise: otherUser,
			changes:   map[string]func(int) any{"tags": tags, "force_destroy": odd},
		},
		"spinup_directory": {
			surround:  publishes(smallSite()),
			base:      func(_ *testing.T, b *acctest.Bench) values { return directoryValues(b) },
			otherwise: otherDirectory,
			changes: map[string]func(int) any{
				"content_types": func(n int) any { return values{"*.css": fmt.Sprintf("text/x-%d", n)} }, "overwrite": odd,
			},
		},
		"spinup_gateway_user": {
			on: emulator.VersityGW,
			settings: func(b *acctest.Bench) values {
				return values{
					"platform": "versitygw", "secret_key": "test-secret", "endpoints": values{"s3": b.Gateway.URL()},
				}
			},
			surround:  func(*testing.T, *acctest.Bench) {},
			base:      ownValues,
			otherwise: otherOwn,
			changes:   map[string]func(int) any{"user_id": func(n int) any { return float64(n) }, "force_destroy": odd},
		},
		"spinup_lifecycle_rule": {
			surround:  func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name) },
			base:      func(_ *testing.T, b *acctest.Bench) values { return ruleValues(b) },
			otherwise: func(_ *testing.T, b *acctest.Bench) values { return otherRule(b) },
			changes: map[string]func(int) any{
				"enabled": odd, "delete_incomplete_uploads_days": func(n int) any { return float64(n + 1) },
			},
		},
		"spinup_object": {
			surround:  func(t *testing.T, b *acctest.Bench) { b.MakeBucket(t, b.Name); putText(t, b, "theirs", "of others") },
			base:      func(_ *testing.T, b *acctest.Bench) values { return objectValues(b) },
			otherwise: otherObject,
			changes:   map[string]func(int) any{"tags": tags, "delete_versions": odd},
		},
		"spinup_website": {
			surround:  func(t *testing.T, b *acctest.Bench) { b.MakeZone(t, zone(b)) },
			base:      func(_ *testing.T, b *acctest.Bench) values { return siteValues(b) },
			otherwise: func(_ *testing.T, b *acctest.Bench) values { return otherSite(b) },
			changes:   map[string]func(int) any{"tags": tags, "force_destroy": odd},
		},
	}
}

func bucketValues(b *acctest.Bench) values {
	return values{
		"name": b.Name, "tags": values{"Step": "0"}, "versioning": true, "object_ownership": "BucketOwnerEnforced",
		"public_access": "none", "policy": userPolicy(b.Name), "require_tls": true, "lifecycle_preset": "archive",
		"access_levels": []any{"admin", "read_only"}, "force_destroy": false,
		"access_log": values{"bucket": b.Name + "-log", "prefix": "one/"}, "encryption": values{"algorithm": "aws:kms", "bucket_key": true},
		"ip_access":  values{"read_write": []any{"127.0.0.0/8"}},
		"cors_rules": []any{corsValues("one")},
	}
}

// corsValues are a rule in full, as a list has to have it.
func corsValues(id string) values {
	return values{
		"id": id, "allowed_methods": []any{"PUT"}, "allowed_origins": []any{"*"}, "allowed_headers": nil, "expose_headers": nil,
		"max_age_seconds": nil,
	}
}

// bucketOtherwise are other values of the settings that a bucket and a website have.
func bucketOtherwise(b *acctest.Bench) values {
	return values{
		"tags": values{"Other": "tag"}, "versioning": false, "encryption": values{"algorithm": "AES256"},
		"encryption.algorithm": "AES256", "encryption.kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/one",
		"encryption.bucket_key": false, "require_tls": false, "access_log": values{"bucket": b.Name + "-else"},
		"access_log.bucket": b.Name + "-else", "access_log.prefix": "two/", "lifecycle_preset": "abort-uploads",
		"cors_rules": []any{corsValues("two")}, "access_levels": []any{"read_write"}, "force_destroy": true, "bypass_governance": true,
		"ip_access": values{"read_only": []any{"::/0"}}, "ip_access.read_write": []any{"198.51.100.0/24"},
		"ip_access.read_only": []any{"::/0"}, "ip_access.vpc_endpoint_ids": []any{"vpce-01234567"},
		"ip_access.exempt_principal_arns": []any{"arn:aws:iam::123456789012:root"}, "ip_access.allow_lockout": true,
		"timeouts": values{"create": "1h"}, "timeouts.create": "1h", "timeouts.read": "1h", "timeouts.update": "1h",
		"timeouts.delete": "1h",
	}
}

func otherBucket(b *acctest.Bench) values {
	return with(bucketOtherwise(b), values{
		"name": b.Name + "-2", "name_prefix": "other-", "region": "eu-west-1", "object_ownership": "ObjectWriter", "owner": "ann",
		"public_access_block": values{"ignore_public_acls": false}, "public_access_block.block_public_acls": false,
		"public_access_block.ignore_public_acls": false, "public_access_block.block_public_policy": false,
		"public_access_block.restrict_public_buckets": false, "object_lock": values{"enabled": true}, "object_lock.enabled": true,
		"object_lock.mode": "GOVERNANCE", "object_lock.days": 1.0, "object_lock.years": 1.0,
		"public_access": "read", "policy": strings.ReplaceAll(userPolicy(b.Name), "Mine", "Other"),
	})
}

func userValues(t *testing.T, b *acctest.Bench) values {
	public, _ := pair(t)
	return values{
		"bucket": b.Name, "name": b.Name + "-ann", "access": "read_only", "grant": "group", "force_destroy": false,
		"tags": values{"Step": "0"}, "permissions_boundary": makePolicy(t, b, b.Name+"-bound"),
		"access_key": values{
			"rotation": "1", "overlap": "1h", "active": true, "store": values{"pgp_key": public},
		},
	}
}

func otherUser(t *testing.T, b *acctest.Bench) values {
	public, _ := pair(t)
	return with(bucketOtherwise(b), values{
		"bucket": b.Name + "-2", "name": b.Name + "-bob", "access": "read_write", "web_admin": true, "path": "/docs/",
		"grant": "inline", "permissions_boundary": makePolicy(t, b, b.Name+"-other"),
		"access_key": values{"rotation": "2", "store": values{"state": true}}, "access_key.rotation": "2",
		"access_key.overlap": "2h", "access_key.rotate_after": "2160h", "access_key.require_unused": false,
		"access_key.active": false, "access_key.store": values{"state": true},
		"access_key.store.state": true, "access_key.store.pgp_key": public,
		"access_key.store.ssm_parameter": "/" + b.Name + "/key", "access_key.store.secretsmanager_secret": b.Name,
	})
}

func roleValues(t *testing.T, b *acctest.Bench) values {
	return values{
		"bucket": b.Name, "name": b.Name + "-ci", "access": "read_only", "tags": values{"Step": "0"},
		"permissions_boundary": makePolicy(t, b, b.Name+"-bound"), "max_session_duration": 3600.0,
		"trust": values{"services": []any{"ec2.amazonaws.com"}},
	}
}

func otherRole(t *testing.T, b *acctest.Bench) values {
	oidc := []any{values{
		"provider_url": "https://" + issuer(b), "audience": "sts.amazonaws.com", "subjects": []any{"one"},
	}}
	accounts := []any{values{"id": "111122223333", "external_id": nil, "role": nil}}
	return with(bucketOtherwise(b), values{
		"bucket": b.Name + "-2", "name": b.Name + "-cd", "access": "read_write", "web_admin": true, "path": "/docs/",
		"trust": values{"oidc": oidc}, "trust.oidc": oidc,
		"trust.github": []any{values{"repository": "example/site", "branch": "main", "environment": nil, "tag": nil}},
		"trust.gitlab": []any{values{"project": "example/site", "branch": "main"}}, "trust.services": []any{"lambda.amazonaws.com"},
		"trust.accounts": accounts, "oidc_provider": "create", "max_session_duration": 7200.0,
		"permissions_boundary": makePolicy(t, b, b.Name+"-other"),
	})
}

func directoryValues(b *acctest.Bench) values {
	return values{
		"bucket": b.Name, "prefix": "a/", "source": sourceOf(b), "include": []any{"**"}, "exclude": []any{".DS_Store"},
		"cache_control": []any{values{"match": "*.svg", "value": "no-cache"}}, "content_types": values{"*.css": "text/x-0"},
		"headers": []any{values{
			"match": "img/", "content_language": "en", "content_encoding": nil, "content_disposition": nil, "metadata": nil,
		}},
		"storage_class": "STANDARD", "encryption": values{"algorithm": "AES256"}, "last": []any{"*.html"}, "max_removals": 100.0,
	}
}

func otherDirectory(t *testing.T, b *acctest.Bench) values {
	dir := filepath.Join(t.TempDir(), "site")
	smallSite().with(pages{"index.html": "other"}).write(t, dir)
	return values{
		"bucket": b.Name + "-2", "prefix": "b/", "source": dir, "include": []any{"*.html"}, "exclude": []any{"*.css", ".DS_Store"},
		"follow_symlinks": true, "allow_empty": true, "overwrite": true,
		"cache_control": []any{values{"match": "*", "value": "no-store"}}, "content_types": values{"*.html": "text/odd"},
		"headers": []any{values{
			"match": "*", "content_language": "de", "content_encoding": nil, "content_disposition": nil, "metadata": nil,
		}},
		"storage_class": "STANDARD_IA", "encryption": values{"algorithm": "aws:kms"}, "encryption.algorithm": "aws:kms",
		"encryption.kms_key_arn": "arn:aws:kms:us-east-1:123456789012:key/one", "encryption.bucket_key": true, "last": []any{"*.js"},
		"keep_removed": values{"for": "1h"}, "keep_removed.for": "1h", "keep_removed.match": []any{"*.js"}, "max_removals": 0.0,
		"invalidate": values{"distribution_id": "E1"}, "invalidate.distribution_id": "E1", "invalidate.max_paths": 3.0,
		"invalidate.wait": true, "verify": "none", "delete_versions": true, "on_destroy": "retain", "concurrency": 3.0,
		"part_size": 6000000.0, "timeouts": values{"create": "1h"}, "timeouts.create": "1h", "timeouts.read": "1h",
		"timeouts.update": "1h", "timeouts.delete": "1h",
	}
}

func ownValues(t *testing.T, b *acctest.Bench) values {
	public, _ := pair(t)
	return values{
		"access_key": b.Name, "role": "user", "user_id": 0.0, "group_id": 1.0, "force_destroy": false,
		"secret": values{"rotation": "1", "length": 40.0, "store": values{"pgp_key": public}},
	}
}

func otherOwn(t *testing.T, b *acctest.Bench) values {
	public, _ := pair(t)
	return values{
		"access_key": b.Name + "-2", "role": "userplus", "user_id": 70000.0, "group_id": 8.0, "project_id": 9.0,
		"force_destroy": true, "secret_wo": "another-secret", "secret_wo_version": "2",
		"secret": values{"rotation": "2", "length": 30.0, "store": values{"state": true}}, "secret.rotation": "2",
		"secret.length": 30.0, "secret.store": values{"state": true}, "secret.store.state": true,
		"secret.store.pgp_key": public, "secret.store.ssm_parameter": "/" + b.Name + "/key",
		"secret.store.secretsmanager_secret": b.Name, "timeouts": values{"create": "1h"}, "timeouts.create": "1h",
		"timeouts.read": "1h", "timeouts.update": "1h", "timeouts.delete": "1h",
	}
}

func ruleValues(b *acctest.Bench) values {
	return values{
		"bucket": b.Name, "name": "one", "enabled": false, "expiration_days": 400.0, "noncurrent_days": 400.0,
		"newer_noncurrent_versions": 3.0, "filter": values{"prefix": "logs/"}, "delete_incomplete_uploads_days": 1.0,
		"transitions":            []any{values{"days": 30.0, "date": nil, "storage_class": "GLACIER"}},
		"noncurrent_transitions": []any{values{"days": 30.0, "newer_versions": nil, "storage_class": "GLACIER"}},
	}
}

func otherRule(b *acctest.Bench) values {
	return values{
		"bucket": b.Name + "-2", "name": "two", "enabled": true, "expiration_days": 500.0, "expiration_date": "2031-01-31",
		"expired_object_delete_marker": true, "noncurrent_days": 500.0, "newer_noncurrent_versions": 4.0,
		"delete_incomplete_uploads_days": 300.0, "filter": values{"prefix": "other/"}, "filter.prefix": "other/",
		"filter.tags": values{"a": "b"}, "filter.object_size_greater_than": 5.0, "filter.object_size_less_than": 50.0,
		"transitions":            []any{values{"days": 60.0, "storage_class": "GLACIER"}},
		"noncurrent_transitions": []any{values{"days": 60.0, "storage_class": "GLACIER"}},
		"timeouts":               values{"create": "1h"}, "timeouts.create": "1h", "timeouts.read": "1h", "timeouts.update": "1h",
		"timeouts.delete": "1h",
	}
}

func objectValues(b *acctest.Bench) values {
	return values{
		"bucket": b.Name, "key": "one", "content": "one", "content_type": "text/one", "cache_control": "max-age=1",
		"metadata": values{"a": "b"}, "tags": values{"Step": "0"}, "storage_class": "STANDARD", "delete_versions": false,
		"encryption": values{"algorithm": "AES256"}, "website_redirect": "/one",
	}
}

func otherObject(t *testing.T, b *acctest.Bench) values {
	copied := values{"bucket": b.Name, "key": "theirs"}
	return with(bucketOtherwise(b), values{
		"bucket": b.Name + "-2", "key": "two", "region": "eu-west-1", "content": "two", "content_base64": "dHdv",
		"source": fileWith(t, "two"), "content_wo": "two", "content_wo_version": "2", "copy_from": copied,
		"copy_from.bucket": b.Name, "copy_from.key": "theirs", "copy_from.version_id": "one", "content_type": "text/two",
		"cache_control": "max-age=2", "content_encoding": "gzip", "content_disposition": "attachment",
		"content_language": "en", "website_redirect": "/two", "storage_class": "STANDARD_IA", "metadata": values{"a": "c"},
		"encryption.bucket_key": true, "overwrite": true, "delete_versions": true, "retain": false,
	})
}

func siteValues(b *acctest.Bench) values {
	return values{
		"domain": domain(b), "aliases": []any{"alt." + zone(b)}, "redirect_domains": []any{"old." + zone(b)},
		"error_document": "404.html", "tags": values{"Step": "0"}, "access_levels": []any{"admin"}, "force_destroy": false,
		"price_class": "PriceClass_100", "geo_restriction": values{"type": "whitelist", "locations": []any{"US"}},
		"invalidation": values{"paths": []any{"/*"}, "trigger": "1"}, "wait_for_deployment": false,
	}
}

func otherSite(b *acctest.Bench) values {
	return with(bucketOtherwise(b), values{
		"domain": "else." + zone(b), "aliases": []any{"new." + zone(b)}, "redirect_domains": []any{"older." + zone(b)},
		"bucket_name": b.Name + "-2", "region": "eu-west-1", "hosted_zone_id": "Z0123456789", "dns": false,
		"certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/one", "origin_access": "website_endpoint",
		"index_document": "home.html", "error_document": "else.html", "single_page_app": true, "directory_index": false,
		"placeholder": false, "response_headers": "none", "cache_policy": "disabled",
		"invalidation": values{"trigger": "2"}, "invalidation.paths": []any{"/docs/*"}, "invalidation.trigger": "2",
		"price_class": "PriceClass_All", "minimum_tls": "TLSv1.2_2019", "http_version": "http2", "ipv6": false,
		"geo_restriction":      values{"type": "blacklist", "locations": []any{"CA"}},
		"geo_restriction.type": "blacklist", "geo_restriction.locations": []any{"CA"},
		"web_acl_arn":         "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/1",
		"wait_for_deployment": true, "destroy_mode": "disable",
	})
}

// TestAccContract_ignoreChanges: with ignore_changes for an attribute, whose value changes together with another one, an
// apply writes what it would write without the change, and gives what was planned. For every attribute of every resource.
func TestAccContract_ignoreChanges(t *testing.T) {
	t.Parallel()
	const reason = "what is written is decided before the emulator is asked"
	for typeName, row := range ignorables() {
		t.Run(typeName, func(t *testing.T) {
			acctest.Only(t, cmp.Or(row.on, emulator.Fakecloud), reason, func(t *testing.T, b *acctest.Bench) { row.run(t, b, typeName) })
		})
	}
}

func (row ignorable) run(t *testing.T, b *acctest.Bench, typeName string) {
	row.surround(t, b)
	settings := values{"endpoints": endpoints(b)}
	if row.settings != nil {
		settings = row.settings(b)
	}
	s := play(t, b, settings)
	config, otherwise := row.base(t, b), row.otherwise(t, b)
	object := played(t, s, typeName, prototest.Object{}, config)
	writes, counts := map[string][]string{}, map[string]int{}
	change := func(other string, ignored string, value any) {
		t.Helper()
		counts[other]++
		config = with(config, values{other: row.changes[other](counts[other])})
		b.Gateway.Reset()
		object = ignoring(t, s, typeName, object, config, ignored, value)
		made := slices.Compact(slices.Sorted(slices.Values(mutations(b))))
		if ignored == "" {
			writes[other] = made
			return
		}
		same(t, ignored+" is ignored: calls", writes[other], made)
	}
	others := slices.Sorted(maps.Keys(row.changes))
	slices.Reverse(others) // tags and enabled first: they are written
	for _, other := range others {
		change(other, "", nil)
	}
	for _, path := range s.Configurable(typeName) {
		value, known := otherwise[path]
		if !known {
			t.Errorf("there is no other value for %s: add it to this test", path)
		}
		other := others[0]
		if other == path {
			other = others[1]
		}
		change(other, path, value)
		change(other, path, nil)
	}
	played(t, s, typeName, object, nil)
}

// ignoring changes the configuration, and an attribute that is ignored as well. An empty path ignores nothing.
func ignoring(
	t *testing.T, s *prototest.Server, typeName string, prior prototest.Object, config values, path string, value any,
) prototest.Object {
	t.Helper()
	seen, diags := s.Read(typeName, prior)
	wellDone(t, diags)
	plan, diags := s.Plan(typeName, seen, config)
	wellDone(t, diags)
	if path != "" {
		plan.Config = set(config, strings.Split(path, "."), value)
	}
	after, diags := s.Apply(plan)
	if said := diags.Errors(); said != "" {
		t.Fatalf("%s is ignored: %s", path, said)
	}
	seen, diags = s.Read(typeName, after)
	wellDone(t, diags)
	again, diags := s.Plan(typeName, seen, config)
	wellDone(t, diags)
	if !again.Empty() {
		t.Errorf("%s is ignored, and not as it was: planned %v, now %v", path, again.Planned, again.Prior.State)
	}
	return seen
}

// set is the object with another value at the path.
func set(object values, path []string, value any) values {
	inner, _ := object[path[0]].(values)
	if len(path) > 1 {
		value = set(inner, path[1:], value)
	}
	if object == nil {
		object = values{}
	}
	return with(object, values{path[0]: value})
}

// played plans and applies; no configuration destroys.
func played(
	t *testing.T, s *prototest.Server, typeName string, prior prototest.Object, config values,
) prototest.Object {
	t.Helper()
	plan, diags := s.Plan(typeName, prior, config)
	wellDone(t, diags)
	after, diags := s.Apply(plan)
	wellDone(t, diags)
	return after
}

// endpoints are those of everything that the bench has.
func endpoints(b *acctest.Bench) values {
	all := values{"cloudfront": b.Edge.URL()}
	for _, service := range []string{"s3", "iam", "sts", "route53", "acm", "ssm", "secretsmanager"} {
		all[service] = b.Gateway.URL()
	}
	return all
}
