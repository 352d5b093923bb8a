package provider

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/fwtypes"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/lifecyclerule"
)

// connected is the connection that data would lead to, without a network behind it.
func connected(data *providerData) *awsclient.Conn {
	conn := &awsclient.Conn{Region: data.region, Partition: data.partition, Platform: data.platform}
	if data.platform.STS {
		conn.AccountID = "123456789012"
	}
	return conn
}

// bucketFrom is the model of a configuration.
func bucketFrom(t *testing.T, config settings) *bucketModel {
	t.Helper()
	schema := bucketSchema(t.Context())
	m := &bucketModel{}
	raw := tfsdk.Config{Schema: schema, Raw: valueOf(t, schema.Type().TerraformType(t.Context()), config)}
	if diags := raw.Get(t.Context(), m); diags.HasError() {
		t.Fatal(diags)
	}
	return m
}

// objectOf is the object that the struct stands for.
func objectOf[T any](t interface {
	rapid.TB
	Context() context.Context
}, from T) fwtypes.ObjectOf[T] {
	t.Helper()
	var diags diag.Diagnostics
	object := fwtypes.ObjectFrom(t.Context(), from, &diags)
	if diags.HasError() {
		t.Fatal(diags)
	}
	return object
}

// attributesOf are the attributes of a model by name.
func attributesOf(m any) map[string]attr.Value {
	all := map[string]attr.Value{}
	for _, field := range reflect.VisibleFields(reflect.TypeOf(m).Elem()) {
		if name := field.Tag.Get("tfsdk"); name != "" {
			all[name] = reflect.ValueOf(m).Elem().FieldByIndex(field.Index).Interface().(attr.Value)
		}
	}
	return all
}

// statusOf is a bucket that is just as wanted.
func statusOf(want bucketSpec) bucketStatus {
	have := bucketStatus{
		Root: &bucket.Root{Region: want.Region}, Tags: maps.Clone(want.Tags), Encryption: want.Encryption, Log: want.AccessLog,
	}
	if want.Versioning != nil {
		have.Versioning = new(map[bool]string{true: "Enabled"}[*want.Versioning])
	}
	if want.Ownership != "" {
		have.Ownership = &want.Ownership
	}
	have.Block, have.CORS, have.Lock = want.Block, want.CORS, want.Lock
	if have.Block == nil && want.PublicAccess != "" {
		have.Block = new(bucket.BlockFor(want.PublicAccess))
	}
	have.Policy = new(awspolicy.New(slices.Concat(
		want.OwnStatements(), want.Statements)...))
	if rule, ok := lifecyclerule.PresetRule(want.Preset); ok {
		have.Lifecycle = &lifecyclerule.Configuration{Rules: []lifecyclerule.Element{{Rule: rule}}}
	}
	for _, l := range want.Levels {
		*have.Level(l) = access.Status{
			Policy: &access.Policy{ARN: want.PolicyARNs[l], Document: access.Document(want.Partition, want.Name, l)},
			Group:  &access.Group{ARN: "arn:aws:iam::123456789012:group/" + string(l), Attached: true},
		}
	}
	return have
}

// foreign adds what other owners put on a bucket.
func foreign(have *bucketStatus) {
	have.Tags["aws:cloudformation:stack-name"] = "theirs"
	have.Tags["backup:plan"] = "theirs"
	have.Policy.Statements = append(have.Policy.Statements, awspolicy.Statement{
		Sid: "Theirs", Effect: awspolicy.Deny, Principal: awspolicy.Everyone(), Action: []string{"s3:*"}, Resource: []string{"*"},
	})
	if have.Lifecycle != nil {
		have.Lifecycle.Rules = append(have.Lifecycle.Rules, lifecyclerule.Element{Rule: lifecyclerule.Rule{Name: "theirs", ExpirationDays: 1}})
	}
}

func statements() *rapid.Generator[[]awspolicy.Statement] {
	return subset([]awspolicy.Statement{
		{Sid: "One", Effect: "Allow", Principal: awspolicy.Principal{"AWS": {"123456789012"}}, Action: []string{"s3:Get*"}, Resource: []string{"*"}},
		{Sid: "Two", Effect: "Deny", Principal: awspolicy.Everyone(), Action: []string{"s3:PutObject"}, Resource: []string{"arn:aws:s3:::b-1/*"}},
		{Effect: "Deny", Principal: awspolicy.Everyone(), Action: []string{"s3:DeleteObject"}, Resource: []string{"arn:aws:s3:::b-1/*"}},
	})
}

// subset picks some of the values, in their order.
func subset[T any](of []T) *rapid.Generator[[]T] {
	return rapid.Custom(func(t *rapid.T) []T {
		var some []T
		for _, one := range of {
			if rapid.Bool().Draw(t, "in") {
				some = append(some, one)
			}
		}
		return some
	})
}

func sample[T any](of ...T) *rapid.Generator[T] { return rapid.SampledFrom(of) }

func tagMaps() *rapid.Generator[map[string]string] {
	return rapid.MapOf(sample("A", "B", "Default", "c d"), rapid.StringMatching("[a-z]{0,3}"))
}

// specs are what can be wanted of a bucket on AWS and is in state as well.
func specs(data *providerData) *rapid.Generator[bucketSpec] {
	return rapid.Custom(func(t *rapid.T) bucketSpec {
		s := bucketSpec{
			Name: "b-1", Region: "us-east-1", Partition: "aws", AccountID: "123456789012", IgnoreTag: data.ignoreTags,
			Tags:         tagMaps().Draw(t, "tags"),
			Versioning:   rapid.Ptr(rapid.Bool(), true).Draw(t, "versioning"),
			Encryption:   sample(nil, &bucket.Encryption{Algorithm: "AES256"}, &bucket.Encryption{Algorithm: "aws:kms", KMSKeyARN: "k", BucketKey: true}).Draw(t, "encryption"),
			Ownership:    sample("", "BucketOwnerEnforced", "ObjectWriter").Draw(t, "ownership"),
			PublicAccess: sample("", bucket.PublicNone, bucket.PublicRead, bucket.PublicReadList, bucket.Unblocked).Draw(t, "public"),
			CORS: sample(nil, []bucket.CORSRule{
				{ID: "one", Methods: []string{"GET", "PUT"}, Origins: []string{"*"}, MaxAge: new(int32)},
				{Methods: []string{"PUT"}, Origins: []string{"https://*.example.edu"}, Headers: []string{"*"}, Expose: []string{"ETag"}},
			}).Draw(t, "cors"),
			Lock: sample(nil, &bucket.ObjectLock{}, &bucket.ObjectLock{Enabled: true},
				&bucket.ObjectLock{Enabled: true, Mode: bucket.Governance, Days: 3}).Draw(t, "lock"),
			RequireTLS:  rapid.Bool().Draw(t, "tls"),
			NetworkKeys: true,
			IPAccess: sample(nil, nil, &bucket.IPAccess{ReadOnly: []string{"192.0.2.0/24"}}, &bucket.IPAccess{
				ReadWrite: []string{"198.51.100.0/24", "2001:db8::/32"}, ReadOnly: []string{"0.0.0.0/0", "::/0"},
				Endpoints: []string{"vpce-01234567"}, Exempt: []string{"arn:aws:iam::123456789012:role/ci-*"},
			}).Draw(t, "ip"),
			AccessLog:  sample(nil, &bucket.AccessLog{Bucket: "logs"}, &bucket.AccessLog{Bucket: "logs", Prefix: "p/"}).Draw(t, "log"),
			Statements: statements().Draw(t, "statements"),
			Levels:     subset(access.Levels()).Draw(t, "levels"),
			Preset:     rapid.SampledFrom(append(lifecyclerule.PresetNames(), "")).Draw(t, "preset"),
			GroupARNs:  map[access.Level]string{},
			PolicyARNs: map[access.Level]string{},
			IAMPath:    data.iamPath,
		}
		if s.PublicAccess != "" {
			s.Block = new(bucket.BlockFor(s.PublicAccess))
		} else if rapid.Bool().Draw(t, "switches") {
			s.Block = &bucket.Block{PublicACLs: true, Restrict: rapid.Bool().Draw(t, "restrict")}
			s.PublicAccess = s.Block.PublicAccess()
		}
		for _, l := range s.Levels {
			s.GroupARNs[l] = "arn:aws:iam::123456789012:group/" + string(l)
			s.PolicyARNs[l] = "arn:aws:iam::123456789012:policy/elsewhere/" + string(l)
		}
		return s
	})
}

func ourData(t *testing.T, s settings) *providerData {
	t.Helper()
	quiet(t)
	all := settings{
		"region": "us-east-1", "endpoints": settings{"s3": "http://s3.example.edu"},
		"ignore_tags": settings{"key_prefixes": []any{"backup:"}},
	}
	maps.Copy(all, s)
	return configured(t, all)
}

// TestBucketModel_specOfFill: state says all that was wanted, and what others added to the bucket is not in it.
func TestBucketModel_specOfFill(t *testing.T) {
	data := ourData(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		want := specs(data).Draw(t, "want")
		have := statusOf(want)
		foreign(&have)
		var m bucketModel
		diags := m.fill(t.Context(), turn[bucketModel]{session: session{data, connected(data)}}, reconcile.Keep(want), have)
		got, d := m.spec(t.Context(), session{data, connected(data)})
		if diags.Append(d...); diags.HasError() {
			t.Fatal(diags)
		}
		sameStatement := cmp.Comparer(func(x, y awspolicy.Statement) bool { return x.Equal(y) })
		if diff := cmp.Diff(want, got, sameStatement, cmpopts.IgnoreFields(bucketSpec{}, "IgnoreTag"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatal(diff)
		}
	})
}

// TestBucketModel_fillOfAnything: whatever is seen, wanting what state then says changes nothing.
func TestBucketModel_fillOfAnything(t *testing.T) {
	data := ourData(t, nil)
	conn := connected(data)
	rapid.Check(t, func(t *rapid.T) {
		want, seen := specs(data).Draw(t, "want"), specs(data).Draw(t, "seen")
		have := statusOf(seen)
		foreign(&have)
		var m bucketModel
		diags := m.fill(t.Context(), turn[bucketModel]{session: session{data, conn}}, reconcile.Keep(want), have)
		got, d := m.spec(t.Context(), session{data, conn})
		if diags.Append(d...); diags.HasError() {
			t.Fatal(diags)
		}
		for _, part := range bucket.New(conn).Parts {
			w := reconcile.Keep(got)
			watched := part.Watched == nil || part.Watched(got)
			wanted := watched && (part.Wanted == nil || part.Wanted(w))
			if wanted && part.Present(have) && part.InSync != nil && !part.InSync(w, have) {
				t.Fatalf("%s is out of step: %+v", part.Attribute, got)
			}
		}
	})
}

// draw makes a configuration that the store of data can have; an open one may have values that are not known yet.
func draw(t *testing.T, r *rapid.T, data *providerData, open bool) *bucketModel {
	known := map[string][]any{
		"name":             {"b-1", "logs"},
		"region":           {nil, "eu-west-1"},
		"tags":             {nil, settings{}, settings{"A": "1"}, settings{"A": "1", "Default": "no", "c d": ""}},
		"versioning":       {nil, true, false},
		"object_ownership": {nil, "ObjectWriter"},
		"public_access":    {nil, bucket.PublicRead, bucket.PublicReadList, bucket.Unblocked},
		"require_tls":      {nil, true, false},
		"force_destroy":    {nil, true, false},
		"access_levels":    {nil, []any{}, []any{"read_only", "admin"}, []any{"read_write"}},
		"lifecycle_preset": {nil, "archive", "abort-uploads"},
		"cors_rules": {nil, []any{
			settings{"allowed_methods": []any{"GET"}, "allowed_origins": []any{"*"}},
			settings{
				"id": "x", "allowed_methods": []any{"PUT", "GET"}, "allowed_origins": []any{"https://b.example.edu", "https://a.example.edu"},
				"allowed_headers": []any{"*"}, "expose_headers": []any{"ETag"}, "max_age_seconds": 0,
			},
		}},
		"object_lock": {
			nil, settings{}, settings{"enabled": false}, settings{"mode": "COMPLIANCE", "years": 1},
			settings{"enabled": true, "mode": "GOVERNANCE", "days": 2},
		},
		"public_access_block": {
			nil, settings{}, settings{"block_public_policy": false}, settings{
				"block_public_acls": false, "ignore_public_acls": false, "block_public_policy": false, "restrict_public_buckets": false,
			},
		},
		"encryption": {
			nil, settings{}, settings{"algorithm": "AES256"}, settings{"algorithm": "aws:kms", "bucket_key": false},
			settings{"kms_key_arn": "k"}, settings{"algorithm": "aws:kms:dsse", "kms_key_arn": "k"},
		},
		"access_log": {nil, settings{"bucket": "else"}, settings{"bucket": "else", "prefix": ""}, settings{"bucket": "else", "prefix": "p/"}},
		"policy":     {nil, ` {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "*"}}`},
	}
	parts := map[string][]any{
		"tags": {settings{"A": unknown{}}}, "access_levels": {[]any{"admin", unknown{}}}, "access_log": {settings{"bucket": unknown{}}},
		"object_lock":         {settings{"enabled": unknown{}}, settings{"mode": unknown{}, "days": 1}},
		"public_access_block": {settings{"ignore_public_acls": unknown{}}},
		"cors_rules":          {[]any{settings{"allowed_methods": []any{"GET"}, "allowed_origins": unknown{}}}},
		"encryption":          {settings{"algorithm": unknown{}}, settings{"kms_key_arn": unknown{}}, settings{"bucket_key": unknown{}}},
	}
	config := settings{}
	for _, name := range slices.Sorted(maps.Keys(known)) {
		values := known[name]
		if open {
			values = slices.Concat(values, parts[name], []any{unknown{}})
		}
		config[name] = rapid.SampledFrom(values).Draw(r, name)
	}
	if config["public_access"] != nil {
		config["public_access_block"] = nil
	}
	if config["object_lock"] != nil {
		config["versioning"] = nil
	}
	if rapid.Bool().Draw(r, "by prefix") {
		config["name"], config["name_prefix"] = nil, "b-"
	}
	for _, a := range bucketFrom(t, config).asks(t.Context(), &diag.Diagnostics{}) {
		if a.set && !data.isUnknown("platform") && data.platform.Lacks(a.feature) {
			config[a.attribute] = nil
		}
	}
	return bucketFrom(t, config)
}

// datas are provider configurations that decide differently about what a bucket's leaves open.
func datas(t *testing.T) []*providerData {
	t.Helper()
	var all []*providerData
	for _, s := range []settings{
		{},
		{"default_tags": settings{"Default": "yes"}, "org": "library", "access_log": settings{"bucket": "logs", "prefix": "all"}},
		{"platform": "minio"},
		{"platform": unknown{}, "default_tags": unknown{}, "access_log": unknown{}, "region": unknown{}},
	} {
		all = append(all, ourData(t, s))
	}
	return all
}

func diffModels(x, y bucketModel) string {
	return cmp.Diff(x, y, cmp.AllowUnexported(bucketModel{}, bucketFacts{}))
}

// TestBucketModel_resolveTwice: what has been resolved says everything, so that resolving it again changes nothing.
func TestBucketModel_resolveTwice(t *testing.T) {
	all := datas(t)
	rapid.Check(t, func(r *rapid.T) {
		data := rapid.SampledFrom(all).Draw(r, "data")
		config := draw(t, r, data, true)
		once := *config
		diags := once.resolve(t.Context(), turn[bucketModel]{session: session{data: data}, config: config})
		twice := once
		diags.Append(twice.resolve(t.Context(), turn[bucketModel]{session: session{data: data}, config: &once})...)
		if diff := diffModels(once, twice); diff != "" || diags.HasError() {
			r.Fatal(diff, diags)
		}
	})
}

// TestBucketModel_applied: state after an apply holds what was planned, and the next plan is empty.
func TestBucketModel_applied(t *testing.T) {
	all := datas(t)[:3]
	rapid.Check(t, func(r *rapid.T) {
		data := rapid.SampledFrom(all).Draw(r, "data")
		config := draw(t, r, data, false)
		conn := connected(data)
		conn.AccountID = "123456789012" // without one, levels are refused where IAM is not assumed
		planned := *config
		diags := planned.resolve(t.Context(), turn[bucketModel]{session: session{data: data}, config: config, applying: true})
		want, d := planned.spec(t.Context(), session{data, conn})
		diags.Append(d...)
		have := statusOf(want)
		if data.platform.Lacks(awsclient.PublicAccessBlock) {
			have.Block = nil
		}
		foreign(&have)
		applied := planned
		diags.Append(applied.fill(t.Context(), turn[bucketModel]{session: session{data, conn}}, reconcile.Wish[bucketSpec]{Want: want}, have)...)
		for name, value := range attributesOf(&planned) {
			if got := attributesOf(&applied)[name]; !value.IsUnknown() && name != "groups" && !value.Equal(got) {
				r.Fatalf("%s is %s, planned was %s", name, got, value)
			}
		}
		next := *config
		if !next.Policy.IsNull() { // the same in other words
			next.Policy = fwtypes.NewPolicy("\n" + next.Policy.ValueString())
		}
		diags.Append(next.resolve(t.Context(), turn[bucketModel]{session: session{data: data}, config: config, prior: &applied})...)
		if diff := diffModels(applied, next); diff != "" || diags.HasError() {
			r.Fatal(diff, diags)
		}
	})
}

// TestBucketModel_resolve: null, empty and unknown are three things.
func TestBucketModel_resolve(t *testing.T) {
	log := settings{"access_log": settings{"bucket": "logs", "prefix": "all/"}}
	for name, row := range map[string]struct {
		provider, config settings
		want             map[string]string
	}{
		"no tags":           {nil, settings{}, map[string]string{"tags": `<null>`, "tags_all": `{}`}},
		"empty tags":        {nil, settings{"tags": settings{}}, map[string]string{"tags": `{}`, "tags_all": `{}`}},
		"unknown tags":      {nil, settings{"tags": unknown{}}, map[string]string{"tags": `<unknown>`, "tags_all": `<unknown>`}},
		"unknown tag":       {nil, settings{"tags": settings{"A": unknown{}}}, map[string]string{"tags_all": `{"A":<unknown>}`}},
		"default tags":      {settings{"default_tags": settings{"A": "1", "B": "1"}}, settings{"tags": settings{"A": "2"}}, map[string]string{"tags_all": `{"A":"2","B":"1"}`}},
		"org":               {settings{"org": "library"}, settings{}, map[string]string{"tags": `<null>`, "tags_all": `{"spinup:org":"library"}`}},
		"no log":            {nil, settings{}, map[string]string{"access_log": `<null>`}},
		"provider's log":    {log, settings{}, map[string]string{"access_log": `{"bucket":"logs","prefix":"all/b-1/"}`}},
		"own log":           {log, settings{"access_log": settings{"bucket": "mine"}}, map[string]string{"access_log": `{"bucket":"mine","prefix":"b-1/"}`}},
		"empty prefix":      {nil, settings{"access_log": settings{"bucket": "mine", "prefix": ""}}, map[string]string{"access_log": `{"bucket":"mine","prefix":""}`}},
		"unknown log":       {log, settings{"access_log": unknown{}}, map[string]string{"access_log": `<unknown>`}},
		"the log bucket":    {log, settings{"name": "logs"}, map[string]string{"access_log": `<null>`}},
		"no encryption":     {nil, settings{}, map[string]string{"encryption": `{"algorithm":"AES256","bucket_key":false,"kms_key_arn":<null>}`}},
		"empty encryption":  {nil, settings{"encryption": settings{}}, map[string]string{"encryption": `{"algorithm":"AES256","bucket_key":false,"kms_key_arn":<null>}`}},
		"a key":             {nil, settings{"encryption": settings{"kms_key_arn": "k"}}, map[string]string{"encryption": `{"algorithm":"aws:kms","bucket_key":true,"kms_key_arn":"k"}`}},
		"no bucket key":     {nil, settings{"encryption": settings{"algorithm": "aws:kms:dsse"}}, map[string]string{"encryption": `{"algorithm":"aws:kms:dsse","bucket_key":false,"kms_key_arn":<null>}`}},
		"unknown key":       {nil, settings{"encryption": settings{"kms_key_arn": unknown{}}}, map[string]string{"encryption": `{"algorithm":<unknown>,"bucket_key":<unknown>,"kms_key_arn":<unknown>}`}},
		"unknown algorithm": {nil, settings{"encryption": settings{"algorithm": unknown{}}}, map[string]string{"encryption": `{"algorithm":<unknown>,"bucket_key":<unknown>,"kms_key_arn":<null>}`}},
		"no policy":         {nil, settings{}, map[string]string{"policy": `<null>`}},
		"unknown policy":    {nil, settings{"policy": unknown{}}, map[string]string{"policy": `<unknown>`}},
		"levels":            {nil, settings{}, map[string]string{"access_levels": `["admin"]`}},
		"no levels":         {nil, settings{"access_levels": []any{}}, map[string]string{"access_levels": `[]`, "groups": `{}`}},
		"unknown levels":    {nil, settings{"access_levels": unknown{}}, map[string]string{"access_levels": `<unknown>`, "groups": `<unknown>`}},
		"unknown level":     {nil, settings{"access_levels": []any{"admin", unknown{}}}, map[string]string{"groups": `<unknown>`}},
		"unknown name":      {nil, settings{"name": unknown{}}, map[string]string{"id": `<unknown>`, "arn": `<unknown>`, "groups": `<unknown>`}},
		"lock":              {nil, settings{"object_lock": settings{}}, map[string]string{"versioning": `true`, "object_lock": `{"days":<null>,"enabled":true,"mode":<null>,"years":<null>}`}},
		"no lock":           {nil, settings{"object_lock": settings{"enabled": false}}, map[string]string{"versioning": `false`}},
		"unknown lock":      {nil, settings{"object_lock": unknown{}}, map[string]string{"versioning": `<unknown>`}},
		"switches":          {nil, settings{"public_access_block": settings{}}, map[string]string{"public_access": `"none"`}},
		"one switch off":    {nil, settings{"public_access_block": settings{"ignore_public_acls": false}}, map[string]string{"public_access": `"mixed"`, "public_access_block": `{"block_public_acls":true,"block_public_policy":true,"ignore_public_acls":false,"restrict_public_buckets":true}`}},
		"unknown switch":    {nil, settings{"public_access_block": settings{"ignore_public_acls": unknown{}}}, map[string]string{"public_access": `<unknown>`}},
		"unknown switches":  {nil, settings{"public_access_block": unknown{}}, map[string]string{"public_access": `<unknown>`}},
		"read":              {nil, settings{"public_access": "read"}, map[string]string{"public_access_block": `{"block_public_acls":true,"block_public_policy":false,"ignore_public_acls":true,"restrict_public_buckets":false}`}},
		"read in a store":   {settings{"platform": "minio"}, settings{"public_access": "read"}, map[string]string{"public_access_block": `<null>`}},
		"read anywhere":     {settings{"platform": "s3"}, settings{"public_access": "read"}, map[string]string{"public_access_block": `<unknown>`}},
		"prefix":            {nil, settings{"name": nil, "name_prefix": "b-"}, map[string]string{"name": `<unknown>`, "id": `<unknown>`}},
	} {
		all := settings{"name": "b-1"}
		maps.Copy(all, row.config)
		config := bucketFrom(t, all)
		m := *config
		if diags := m.resolve(t.Context(), turn[bucketModel]{session: session{data: ourData(t, row.provider)}, config: config}); diags.HasError() {
			t.Fatal(name, diags)
		}
		for attribute, want := range row.want {
			if got := attributesOf(&m)[attribute].String(); got != want {
				t.Errorf("%s: %s is %s, want %s", name, attribute, got, want)
			}
		}
	}
}

// TestBucketModel_platforms: what a store lacks is null by default, and so left alone.
func TestBucketModel_platforms(t *testing.T) {
	const store = "access_log cors_rules domain_name encryption hosted_zone_id ip_access lifecycle_preset name_prefix " +
		"object_lock object_ownership owner policy public_access public_access_block regional_domain_name tags"
	for _, platform := range awsclient.PlatformNames() {
		nulls, tls, levels := store, "false", "[]"
		switch platform {
		case "aws":
			nulls, tls, levels = "access_log cors_rules ip_access lifecycle_preset name_prefix object_lock owner policy tags", "true", `["admin"]`
		case "kos", "r2", "garage", "s3":
			nulls += " versioning"
		case "b2":
			nulls = strings.Replace(store, " encryption", "", 1) + " versioning"
		case "versitygw":
			nulls = strings.Replace(store, " object_ownership", "", 1)
		}
		config := bucketFrom(t, settings{"name": "b-1"})
		m := *config
		m.resolve(t.Context(), turn[bucketModel]{session: session{data: ourData(t, settings{"platform": platform})}, config: config})
		all := attributesOf(&m)
		got := strings.Join(slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(name string) bool {
			return !all[name].IsNull() || name == "timeouts"
		}), " ")
		if got != nulls || m.RequireTLS.String() != tls || m.AccessLevels.String() != levels {
			t.Errorf("%s: null are %s; require_tls = %s, access_levels = %s", platform, got, m.RequireTLS, m.AccessLevels)
		}
	}
}

// TestBucketModel_tags: which of the live tags show in tags, and which in tags_all only.
func TestBucketModel_tags(t *testing.T) {
	const null = `<null>`
	defaults := settings{"default_tags": settings{"D": "1"}}
	for name, row := range map[string]struct {
		provider  settings
		said      any
		live      map[string]string
		tags, all string
	}{
		"none":                {nil, nil, nil, null, `{}`},
		"none, and said so":   {nil, settings{}, nil, `{}`, `{}`},
		"lost":                {nil, settings{"A": "1"}, nil, `{}`, `{}`},
		"somebody's":          {nil, nil, map[string]string{"A": "1"}, `{"A":"1"}`, `{"A":"1"}`},
		"changed":             {nil, settings{"A": "1"}, map[string]string{"A": "2"}, `{"A":"2"}`, `{"A":"2"}`},
		"default":             {defaults, nil, map[string]string{"D": "1"}, null, `{"D":"1"}`},
		"default and own":     {defaults, settings{"A": "1"}, map[string]string{"A": "1", "D": "1"}, `{"A":"1"}`, `{"A":"1","D":"1"}`},
		"default repeated":    {defaults, settings{"D": "1"}, map[string]string{"D": "1"}, `{"D":"1"}`, `{"D":"1"}`},
		"default overridden":  {defaults, settings{"D": "2"}, map[string]string{"D": "2"}, `{"D":"2"}`, `{"D":"2"}`},
		"default changed":     {defaults, nil, map[string]string{"D": "2"}, null, `{"D":"2"}`},
		"org":                 {settings{"org": "library"}, nil, map[string]string{"spinup:org": "library"}, null, `{"spinup:org":"library"}`},
		"org of another tool": {nil, nil, map[string]string{"spinup:org": "library"}, `{"spinup:org":"library"}`, `{"spinup:org":"library"}`},
		"ignored prefix":      {nil, nil, map[string]string{"backup:plan": "1"}, null, `{}`},
		"ignored key":         {settings{"ignore_tags": settings{"keys": []any{"A"}}}, nil, map[string]string{"A": "1", "AB": "1"}, `{"AB":"1"}`, `{"AB":"1"}`},
		"AWS's own":           {nil, settings{}, map[string]string{"aws:stack": "1"}, `{}`, `{}`},
	} {
		data, m := ourData(t, row.provider), bucketFrom(t, settings{"name": "b-1", "tags": row.said})
		m.fill(t.Context(), turn[bucketModel]{session: session{data, connected(data)}}, reconcile.Keep(bucketSpec{Name: "b-1", IgnoreTag: data.ignoreTags}), bucketStatus{Tags: row.live})
		if m.Tags.String() != row.tags || m.TagsAll.String() != row.all {
			t.Errorf("%s: tags %s, tags_all %s; want %s and %s", name, m.Tags, m.TagsAll, row.tags, row.all)
		}
	}
}
