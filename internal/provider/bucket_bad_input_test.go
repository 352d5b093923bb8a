package provider_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

// badInput is a configuration that has to be refused, and what the message has to name: the attribute (in its text or in
// the line that it points at), the value, and what is allowed in its place.
type badInput struct {
	body, attribute, value, allowed string
}

const nameSigns = "only lowercase letters, digits, dots and hyphens"

// badNames are bucket names that S3 does not take, with what the message says of each.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var badNames = map[string]string{
	"":                               "want 3 to 63",
	"ab":                             "want 3 to 63",
	strings.Repeat("a", 64):          "want 3 to 63",
	"Data":                           nameSigns,
	"my_data":                        nameSigns,
	"my data":                        nameSigns,
	"dät":                            nameSigns,
	"-data":                          "begin with a lowercase letter or a digit",
	".data":                          "begin with a lowercase letter or a digit",
	"data-":                          "end with a lowercase letter or a digit",
	"data..example":                  "two dots in a row",
	"192.168.5.4":                    "formatted as an IP address",
	"xn--data":                       "S3 reserves",
	"sthree-data":                    "S3 reserves",
	"amzn-s3-demo-data":              "S3 reserves",
	"data-s3alias":                   "S3 reserves",
	"data--ol-s3":                    "S3 reserves",
	"data--x-s3":                     "S3 reserves",
	"data.mrap":                      "S3 reserves",
	"data--table-s3":                 "S3 reserves",
	"arn:aws:s3:::data":              nameSigns,
	"https://data.s3.amazonaws.com/": nameSigns,
}

const (
	goodName  = `name = "data.example.edu"` + "\n"
	goodKey   = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d"
	levelList = `["admin" "read_write" "read_only"]`
)

// badNaming are ways not to name a bucket beside bad names.
var badNaming = map[string]badInput{
	"no name":            {``, "name", "name_prefix", "one (and only one)"},
	"name and prefix":    {goodName + `name_prefix = "data"`, "name_prefix", "name", "one (and only one)"},
	"prefix in capitals": {`name_prefix = "Data"`, "name_prefix", `"Data"`, nameSigns},
	"long prefix": {`name_prefix = "` + strings.Repeat("a", 38) + `"`,
		"name_prefix", strings.Repeat("a", 38), "want 1 to 37"},
	"empty prefix": {`name_prefix = ""`, "name_prefix", `""`, "want 1 to 37"},
}

// badBuckets are refused, with a good name, whatever the provider's configuration is.
var badBuckets = map[string]badInput{
	"access level": {`access_levels = ["admin", "owner"]`, "access_levels", `"owner"`, levelList},
	"public access": {`public_access = "everyone"`, "public_access", `"everyone"`,
		`["none" "read" "read_list" "unblocked"]`},
	"what is only seen": {`public_access = "mixed"`, "public_access", `"mixed"`, `"unblocked"]`},
	"ownership": {`object_ownership = "BucketOwner"`, "object_ownership", `"BucketOwner"`,
		`["BucketOwnerEnforced" "BucketOwnerPreferred" "ObjectWriter"]`},

	"lifecycle preset": {`lifecycle_preset = "glacier"`, "lifecycle_preset", `"glacier"`,
		`["deep-archive" "archive" "expire-noncurrent" "abort-uploads"]`},
	"what is only seen of a preset": {`lifecycle_preset = "archive, changed"`, "lifecycle_preset", `"archive, changed"`,
		`"deep-archive" "archive"`},

	"algorithm": {`encryption = { algorithm = "aes256" }`, "encryption.algorithm", `"aes256"`,
		`["AES256" "aws:kms" "aws:kms:dsse"]`},
	"key without KMS": {`encryption = { algorithm = "AES256", kms_key_arn = "` + goodKey + `" }`,
		"encryption.kms_key_arn", goodKey, `"aws:kms" or "aws:kms:dsse"`},
	"bucket key with dsse": {`encryption = { algorithm = "aws:kms:dsse", bucket_key = true }`,
		"encryption.bucket_key", "true", `"aws:kms"`},
	"key id": {`encryption = { kms_key_arn = "0a1b2c3d" }`, "encryption.kms_key_arn", `"0a1b2c3d"`,
		"arn:partition:kms:region:account:resource"},
	"key alias": {`encryption = { kms_key_arn = "alias/data" }`, "encryption.kms_key_arn", `"alias/data"`,
		"arn:partition:kms:region:account:resource"},
	"null tag": {`tags = { K = null }`, `tags["K"]`, "null", "leave the tag out instead"},
	"ARN of another service": {`encryption = { kms_key_arn = "arn:aws:s3:::data" }`,
		"encryption.kms_key_arn", `"arn:aws:s3:::data"`, "arn:partition:kms:region:account:resource"},

	"no CORS rule": {`cors_rules = []`, "cors_rules", "got: 0", "at least 1 elements and at most 100"},
	"too many CORS rules": {`cors_rules = [for i in range(101) : { allowed_methods = ["GET"], allowed_origins = ["*"] }]`,
		"cors_rules", "got: 101", "at most 100"},
	"CORS method":        {cors("get", "*"), "allowed_methods", `"get"`, `["GET" "PUT" "POST" "DELETE" "HEAD"]`},
	"CORS preflight":     {cors("OPTIONS", "*"), "allowed_methods", `"OPTIONS"`, `["GET" "PUT" "POST" "DELETE" "HEAD"]`},
	"origin with path":   {cors("GET", "https://example.edu/app"), "allowed_origins", `"https://example.edu/app"`, "without a path"},
	"origin with slash":  {cors("GET", "https://example.edu/"), "allowed_origins", `"https://example.edu/"`, "without a slash at the end"},
	"origin of a host":   {cors("GET", "example.edu"), "allowed_origins", `"example.edu"`, "scheme://host"},
	"two wildcards":      {cors("GET", "https://*.*.edu"), "allowed_origins", `"https://*.*.edu"`, `at most one "*"`},
	"origin in capitals": {cors("GET", "https://Example.edu"), "allowed_origins", `"https://Example.edu"`, "in lower case"},
	"allowed header":     {cors("GET", "*", `allowed_headers = ["x-*-*"]`), "allowed_headers", `"x-*-*"`, `at most one "*"`},
	"exposed header":     {cors("GET", "*", `expose_headers = ["x-amz-*"]`), "expose_headers", `"x-amz-*"`, `without "*"`},
	"negative age":       {cors("GET", "*", `max_age_seconds = -1`), "max_age_seconds", "-1", "between 0 and 2147483647"},
	"long rule id":       {cors("GET", "*", `id = join("", [for i in range(256) : "i"])`), "id", "256", "between 1 and 255"},

	"retention of no mode": {`object_lock = { days = 1 }`, "object_lock", "mode is not set", "exactly one of"},
	"mode of no time":      {`object_lock = { mode = "GOVERNANCE" }`, "object_lock", `"GOVERNANCE"`, "exactly one of"},
	"days and years":       {`object_lock = { mode = "GOVERNANCE", days = 1, years = 2 }`, "object_lock.years", "is 2", "exactly one of"},
	"mode without lock":    {`object_lock = { enabled = false, mode = "GOVERNANCE", days = 1 }`, "object_lock", `"GOVERNANCE"`, "Leave one"},
	"mode":                 {`object_lock = { mode = "governance", days = 1 }`, "mode", `"governance"`, `["GOVERNANCE" "COMPLIANCE"]`},
	"no days":              {`object_lock = { mode = "GOVERNANCE", days = 0 }`, "days", "0", "between 1 and 36500"},
	"many years":           {`object_lock = { mode = "COMPLIANCE", years = 101 }`, "years", "101", "between 1 and 100"},

	"switches and a word": {`public_access_block = { ignore_public_acls = false }` + "\n" + `public_access = "read"`,
		"public_access_block", `"read"`, "Set one of the two"},

	"policy that is not JSON":  {`policy = "allow everybody"`, "policy", `"allow everybody"`, "JSON"},
	"policy that is a list":    {`policy = "[]"`, "policy", `"[]"`, "object"},
	"policy that says nothing": {`policy = "{}"`, "policy", `"{}"`, "Statement"},
	"policy without Effect": {policyOf(statement("Mine", "", "data.example.edu")),
		"policy", `"Mine"`, "want Allow or Deny"},
	"two statements of one Sid": {policyOf(statement("Mine", "Allow", "data.example.edu"), statement("Mine", "Deny", "data.example.edu")),
		"policy", `"Mine"`, "same Sid"},
	"one element twice": {`policy = "{\"Statement\":[],\"Statement\":[]}"`, "policy", `"Statement"`, "twice"},
	"canonical user without a Sid": {`policy = jsonencode({ Statement = [{
		Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::data.example.edu/*"
		Principal = { CanonicalUser = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be" }
	}] })`, "policy", "CanonicalUser", "Give it a Sid"},
	"reserved Sid": {policyOf(statement("SpinupMine", "Allow", "data.example.edu")),
		"policy", `"SpinupMine"`, "choose another"},
	"policy of another bucket": {policyOf(statement("Mine", "Allow", "other")),
		"policy", `"arn:aws:s3:::other/*"`, `"arn:aws:s3:::data.example.edu/*"`},

	"tag key of AWS": {`tags = { "aws:cloud" = "x" }`, "tags", `"aws:cloud"`, `"aws:", which AWS reserves`},
	"too many tags":  {`tags = { for i in range(51) : "tag-${i}" => "x" }`, "tags", "51", "at most 50"},
	"long tag key":   {`tags = { (join("", [for i in range(129) : "k"])) = "x" }`, "tags", `"kkkk`, "1 to 128"},
	"long tag value": {`tags = { Note = join("", [for i in range(257) : "v"]) }`, "tags", `"vvvv`, "at most 256"},
	"tag character":  {`tags = { Note = "a*b" }`, "tags", `"a*b"`, "only letters, digits, spaces and"},
	"log of itself": {`access_log = { bucket = "data.example.edu" }`,
		"access_log.bucket", `"data.example.edu"`, "another bucket"},
	"log bucket":       {`access_log = { bucket = "Logs" }`, "access_log.bucket", `"Logs"`, nameSigns},
	"create time-out":  {`timeouts { create = "soon" }`, "create =", `"soon"`, `"2h45m"`},
	"destroy time-out": {`timeouts { delete = "20" }`, "delete =", `"20"`, `"2h45m"`},
}

// cors is a rule for one method and one origin, with further settings.
func cors(method, origin string, more ...string) string {
	return fmt.Sprintf("cors_rules = [{ %s }]", strings.Join(append([]string{
		fmt.Sprintf("allowed_methods = [%q]", method), fmt.Sprintf("allowed_origins = [%q]", origin),
	}, more...), ", "))
}

func policyOf(statements ...string) string {
	return `policy = jsonencode({ Version = "2012-10-17", Statement = [` + strings.Join(statements, ", ") + "] })"
}

// statement is about the objects of a bucket; it has no Effect where none is given.
func statement(sid, effect, bucket string) string {
	if effect != "" {
		effect = fmt.Sprintf("Effect = %q,", effect)
	}
	return fmt.Sprintf(`{ Sid = %q, %s Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::%s/*" }`,
		sid, effect, bucket)
}

// badPlans are refused by what the provider's configuration says besides.
var badPlans = map[string]badInput{
	"public statement": {policyOf(statement("Mine", "Allow", "data.example.edu")), "policy", "Mine", `public_access is "none"`},
	"public statement beside switches": {
		policyOf(statement("Mine", "Allow", "data.example.edu")) + "\npublic_access_block = { restrict_public_buckets = false }",
		"policy", "Mine", "public_access_block.block_public_policy is true"},
	"lock without versions": {"object_lock = {}\nversioning = false", "versioning", "false", "set it to true"},
	"long policy": {`policy = jsonencode({ Statement = [for i in range(250) : {
		Sid = "Mine${i}", Effect = "Deny", Principal = "*", Action = "s3:GetObjectTorrent"
		Resource = "arn:aws:s3:::data.example.edu/${i}"
	}] })`, "policy", "bytes", "at most 20480"},
	"long IP lists": {ipLists(`read_write = [for i in range(600) : "198.${floor(i / 256)}.${i % 256}.0/24"]`),
		"ip_access", "bytes", "at most 20480"},
	"region typo":          {`region = "us-esat-1"`, "region", `"us-esat-1"`, "not an AWS region"},
	"org tag":              {`tags = { "spinup:org" = "library" }`, "tags", `"spinup:org"`, "Leave it out"},
	"tag of others":        {`tags = { Scanner = "mine" }`, "tags", `"Scanner"`, "ignore_tags"},
	"tag prefix of others": {`tags = { "audit:when" = "now" }`, "tags", `"audit:when"`, "ignore_tags"},
}

// badProviders are provider blocks.
var badProviders = map[string]badInput{
	"platform":    {`platform = "azure"`, "platform", `"azure"`, "aws, versitygw, yandex, kos, minio, ceph, r2, b2, garage, scaleway, seaweedfs, s3"},
	"region typo": {`region = "us-esat-1"`, "region", `"us-esat-1"`, "not an AWS region"},
	"role ARN": {`assume_role = [{ role_arn = "deployer" }]`, "assume_role", `"deployer"`,
		"arn:aws:iam::123456789012:role/name"},
	"ARN of a user": {`assume_role = [{ role_arn = "arn:aws:iam::123456789012:user/name" }]`, "assume_role", `:user/name"`,
		"arn:aws:iam::123456789012:role/name"},
	"session name":   {assume(`session_name = "a b"`), "session_name", `"a b"`, "2 to 64 letters"},
	"duration":       {assume(`duration = "1d"`), "duration", `"1d"`, "15m to 12h"},
	"short duration": {assume(`duration = "1m"`), "duration", `"1m"`, "15m to 12h"},
	"account id":     {`allowed_account_ids = ["1234"]`, "allowed_account_ids", `"1234"`, "12 digits"},
	"forbidden account": {`forbidden_account_ids = ["my-account"]`,
		"forbidden_account_ids", `"my-account"`, "12 digits"},
	"allowed and forbidden": {`allowed_account_ids = ["123456789012"]` + "\n" + `forbidden_account_ids = ["210987654321"]`,
		"forbidden_account_ids", "allowed_account_ids", "must not be set together"},
	"account of a store without STS": {`platform = "minio"` + "\n" + `allowed_account_ids = ["123456789012"]`,
		"allowed_account_ids", "skip_requesting_account_id", "false"},
	"endpoint": {`endpoints = { s3 = "localhost:9000" }`,
		"endpoints", `"localhost:9000"`, "https://s3.example.edu"},
	"store without endpoint": {`platform = "minio"` + "\n" + `endpoints = {}`,
		"endpoints.s3", "minio", "AWS_ENDPOINT_URL_S3"},
	"proxy": {`https_proxy = "proxy.example.edu:3128"`,
		"https_proxy", "", "http://proxy.example.edu:3128"},
	"retries":    {`max_retries = -1`, "max_retries", "-1", "0 or more"},
	"retry mode": {`retry_mode = "legacy"`, "retry_mode", `"legacy"`, "standard or adaptive"},
	"IAM path":   {`iam_path = "spinup"`, "iam_path", `"spinup"`, `begin and end with "/"`},
	"boundary": {`permissions_boundary = "boundary"`,
		"permissions_boundary", `"boundary"`, "arn:aws:iam::123456789012:policy/name"},
	"missing CA bundle": {`custom_ca_bundle = "/nowhere/ca.pem"`,
		"custom_ca_bundle", `"/nowhere/ca.pem"`, "no such file"},
	"CA bundle without a CA": {`custom_ca_bundle = "main.tf"`,
		"custom_ca_bundle", `"main.tf"`, "certificate in PEM form"},
	"half of the credentials": {`access_key = "AKIAEXAMPLE"` + "\n" + `secret_key = null`,
		"secret_key", "access_key", "set together"},
	"org tag by hand": {`default_tags = { "spinup:org" = "library" }`,
		"default_tags", `"spinup:org"`, "set that instead"},
	"tag key of AWS": {`default_tags = { "aws:x" = "y" }`, "default_tags", `"aws:x"`, "AWS reserves"},
	"long org":       {`org = "` + strings.Repeat("o", 257) + `"`, "org", "257", "between 1 and 256"},
	"log bucket":     {`access_log = { bucket = "Logs" }`, "access_log.bucket", `"Logs"`, nameSigns},
	"two kinds of identity": {`assume_role_with_web_identity = { role_arn = "arn:aws:iam::123456789012:role/a", web_identity_token = "x", web_identity_token_file = "y" }`,
		"assume_role_with_web_identity", "web_identity_token_file", "one of"},
}

func assume(setting string) string {
	return `assume_role = [{ role_arn = "arn:aws:iam::123456789012:role/a", ` + setting + " }]"
}

// TestAccBucket_badInput plans what cannot be right. A plan reports what is wrong with every resource and every provider
// block, so that a whole table costs one command.
func TestAccBucket_badInput(t *testing.T) {
	names := map[string]badInput{}
	for name, allowed := range badNames {
		names[fmt.Sprintf("%q", name)] = badInput{fmt.Sprintf("name = %q", name), "name", fmt.Sprintf("%q", name), allowed}
	}
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		provider := b.Provider(`org = "physics"`, `ignore_tags = { keys = ["Scanner"], key_prefixes = ["audit:"] }`)
		t.Run("name", func(t *testing.T) { refusals(t, b, provider, names, resource) })
		t.Run("naming", func(t *testing.T) { refusals(t, b, provider, badNaming, resource) })
		t.Run("bucket", func(t *testing.T) { refusals(t, b, provider, badBuckets, named) })
		t.Run("IP lists", func(t *testing.T) { refusals(t, b, provider, badIPLists, named) })
		t.Run("plan", func(t *testing.T) { refusals(t, b, provider, badPlans, named) })
		t.Run("provider", func(t *testing.T) { refusals(t, b, provider, badProviders, providerBlock) })
		if calls := b.Gateway.Counts(); len(calls) > 1 || calls["sts:GetCallerIdentity"] != len(calls) { // which plans ARNs
			t.Errorf("refusing bad input made calls: %v", calls)
		}
	})
}

// resource is a resource with the bad input, and the address under which the plan reports it.
func resource(label string, bad badInput) (config, address string) {
	return fmt.Sprintf("resource \"spinup_bucket\" %q {\n%s\n}\n", label, bad.body), "spinup_bucket." + label
}

// named is a resource that has nothing else wrong with it.
func named(label string, bad badInput) (config, address string) {
	bad.body = goodName + bad.body
	return resource(label, bad)
}

// providerBlock is a provider block with the bad input and something that uses it, which keeps Terraform from leaving
// it out.
func providerBlock(label string, bad badInput) (config, address string) {
	return fmt.Sprintf("provider \"spinup\" {\nalias = %[1]q\n%[2]s\n}\ndata \"spinup_account\" %[1]q {\nprovider = spinup.%[1]s\n}\n",
		label, bad.body), fmt.Sprintf("provider[%q].%s", acctest.Address, label)
}

// refusals plans all the bad inputs at once and requires an error of each that names what it should.
func refusals(
	t *testing.T, b *acctest.Bench, provider string, table map[string]badInput,
	write func(label string, bad badInput) (config, address string),
) {
	var config strings.Builder
	config.WriteString(provider)
	addresses := map[string]string{}
	for row, bad := range table {
		block, address := write(fmt.Sprintf("row%d", len(addresses)), bad)
		config.WriteString(block)
		addresses[row] = address
	}
	tf := b.Terraform(t)
	tf.Write(config.String())
	found := planErrors(t, tf)
	for row, bad := range table {
		t.Run(row, func(t *testing.T) {
			errors := found[addresses[row]]
			if len(errors) == 0 {
				t.Fatalf("not refused:\n%s", bad.body)
			}
			if !slices.ContainsFunc(errors, bad.names) {
				t.Errorf("no error names %q, %q and %q:\n%+v", bad.attribute, bad.value, bad.allowed, errors)
			}
		})
	}
}

// names reports whether an error tells enough about the bad input.
func (bad badInput) names(e planError) bool {
	return strings.Contains(e.Detail+"\n"+e.Snippet.Code, bad.attribute) &&
		strings.Contains(e.Detail, bad.value) && strings.Contains(e.Detail, bad.allowed)
}

// planError is an error as `terraform plan -json` has it.
type planError struct {
	Address, Summary, Detail string
	Snippet                  struct{ Code string }
}

// planErrors plans and gives the errors by the address of what they are about.
func planErrors(t *testing.T, tf *acctest.Terraform) map[string][]planError {
	t.Helper()
	out, code := tf.Run("plan", "-json")
	if code != 1 {
		t.Fatalf("plan: exit code %d\n%s", code, out)
	}
	found := map[string][]planError{}
	lines := bufio.NewScanner(strings.NewReader(out))
	lines.Buffer(nil, len(out)+1)
	for lines.Scan() {
		var line struct {
			Level      string `json:"@level"`
			Diagnostic planError
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatalf("%v in %s", err, lines.Text())
		}
		if line.Level == "error" {
			found[line.Diagnostic.Address] = append(found[line.Diagnostic.Address], line.Diagnostic)
		}
	}
	return found
}
