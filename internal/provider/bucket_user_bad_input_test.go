package provider_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest"
	"github.com/spinup-dev/terraform-provider-spinup/internal/acctest/emulator"
)

const userAccess = `access = "read_only"`

// badUserNames are names that IAM does not take.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
var badUserNames = []string{
	strings.Repeat("a", 65), "", "ann smith", "ann/smith", "änn", "ann:smith", "ann*", "arn:aws:iam::123456789012:user/ann",
}

// badPaths do not confine a user to anything, or to something else than they seem to.
var badPaths = []string{
	"", "/", "//", "docs", "docs/", "/docs", "//docs/", "/docs//a/", "/docs//", "/../", "/docs/../", "/./", "/docs/./a/",
	"/*/", "/docs*/", "/do?s/", "/$${aws:username}/", "/do\\\"cs/", "/do\\\\cs/", "/my docs/", "/dócs/", "/do#cs/",
}

// badUsers are refused whatever the provider's configuration is.
var badUsers = map[string]badInput{
	"unknown access": {`name = "ann"` + "\n" + `access = "owner"`, "access", `"owner"`, levelList},
	"grant":          {namedAnn(`grant = "policy"`), "grant", `"policy"`, `["group" "inline"]`},
	"boundary":       {namedAnn(`permissions_boundary = "boundary"`), "permissions_boundary", `"boundary"`, "arn:"},
	"boundary of another service": {
		namedAnn(`permissions_boundary = "arn:aws:s3:::boundary"`), "permissions_boundary", `"arn:aws:s3:::boundary"`, "arn:",
	},
	"null tag":       {namedAnn(`tags = { K = null }`), `tags["K"]`, "null", "leave the tag out instead"},
	"tag key of AWS": {namedAnn(`tags = { "aws:cloud" = "x" }`), "tags", `"aws:cloud"`, "AWS reserves"},

	"duration":          {namedAnn(`access_key = { overlap = "1 day" }`), "access_key.overlap", `"1 day"`, "such as 30m or 48h"},
	"duration in days":  {namedAnn(`access_key = { overlap = "2d" }`), "access_key.overlap", `"2d"`, "such as 30m or 48h"},
	"negative duration": {namedAnn(`access_key = { overlap = "-1h" }`), "access_key.overlap", `"-1h"`, "at least 0s"},

	"no age": {namedAnn(`access_key = { rotate_after = "0s" }`), "access_key.rotate_after", `"0s"`, "more than that"},
	"younger than the overlap": {
		namedAnn(`access_key = { rotate_after = "24h", overlap = "24h" }`), "access_key.rotate_after", `"24h"`, "older than the overlap",
	},
	"age in days": {namedAnn(`access_key = { rotate_after = "90d" }`), "access_key.rotate_after", `"90d"`, "such as 30m or 48h"},
	"no store":    {namedAnn(`access_key = { store = {} }`), "access_key.store", "0 of", "Exactly one"},
	"two stores": {
		namedAnn(`access_key = { store = { state = true, ssm_parameter = "/key" } }`), "access_key.store", "2 of", "Exactly one",
	},
	"not in state": {namedAnn(`access_key = { store = { state = false } }`), "access_key.store.state", "false", "true, or another store"},
	"parameter name": {
		namedAnn(`access_key = { store = { ssm_parameter = "team key" } }`), "ssm_parameter", "team key", "such as /team/key",
	},
	"parameter name with an empty part": {
		namedAnn(`access_key = { store = { ssm_parameter = "/team//key" } }`), "ssm_parameter", "/team//key", "such as /team/key",
	},
	"parameter name that ends with a slash": {
		namedAnn(`access_key = { store = { ssm_parameter = "/team/" } }`), "ssm_parameter", "/team/", "such as /team/key",
	},
	"secret name": {
		namedAnn(`access_key = { store = { secretsmanager_secret = "team key" } }`), "secretsmanager_secret", "team key", "any of /_+=.@-",
	},
	"no PGP key":      {namedAnn(`access_key = { store = { pgp_key = "ann@example.edu" } }`), "access_key.store.pgp_key", "", "one OpenPGP public key"},
	"base64 of what?": {namedAnn(`access_key = { store = { pgp_key = "aGVsbG8=" } }`), "access_key.store.pgp_key", "", "one OpenPGP public key"},
	"broken armor": {
		namedAnn(`access_key = { store = { pgp_key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nhello" } }`), "access_key.store.pgp_key",
		"", "one OpenPGP public key",
	},

	"long path": {
		namedAnn(`path = "/` + strings.Repeat("a", 103) + `/"`), "path", "data.example.edu-" + strings.Repeat("a", 103) + "-BktROPlc",
		"129 characters; IAM allows 128",
	},
	"create time-out": {namedAnn(`timeouts { create = "soon" }`), "create =", `"soon"`, `"2h45m"`},
}

// badUserPlans are refused by what the provider's configuration says besides.
var badUserPlans = map[string]badInput{
	"org tag":       {namedAnn(`tags = { "spinup:org" = "library" }`), "tags", `"spinup:org"`, "Leave it out"},
	"tag of others": {namedAnn(`tags = { Scanner = "mine" }`), "tags", `"Scanner"`, "ignore_tags"},
}

func namedAnn(lines string) string { return "name = \"ann\"\n" + userAccess + "\n" + lines }

// TestAccBucketUser_badInput plans what cannot be right, without a call.
func TestAccBucketUser_badInput(t *testing.T) {
	names, paths := map[string]badInput{}, map[string]badInput{}
	for _, name := range badUserNames {
		names[fmt.Sprintf("%q", name)] = badInput{fmt.Sprintf("name = %q\n%s", name, userAccess), "name", name, "1 to 64 letters, digits and any of +=,.@_-"}
	}
	for _, path := range badPaths {
		value := strings.NewReplacer("$$", "$", `\\`, `\`, `\"`, `"`).Replace(path)
		paths[value] = badInput{namedAnn(`path = "` + path + `"`), "path", fmt.Sprintf("%q", value), "begin and end with a slash"}
	}
	acctest.Only(t, emulator.Fakecloud, unasked, func(t *testing.T, b *acctest.Bench) {
		provider := b.Provider(`org = "physics"`, `ignore_tags = { keys = ["Scanner"] }`)
		t.Run("name", func(t *testing.T) { refusals(t, b, provider, names, userBlock) })
		t.Run("path", func(t *testing.T) { refusals(t, b, provider, paths, userBlock) })
		t.Run("user", func(t *testing.T) { refusals(t, b, provider, badUsers, userBlock) })
		t.Run("plan", func(t *testing.T) { refusals(t, b, provider, badUserPlans, userBlock) })
		t.Run("private key", func(t *testing.T) { privateKey(t, b, provider) })
		if calls := b.Gateway.Counts(); len(calls) > 0 {
			t.Errorf("refusing bad input made calls: %v", calls)
		}
	})
}

// userBlock is a user with the bad input, and the address under which the plan reports it.
func userBlock(label string, bad badInput) (config, address string) {
	return fmt.Sprintf("resource \"spinup_bucket_user\" %q {\nbucket = \"data.example.edu\"\n%s\n}\n", label, bad.body),
		"spinup_bucket_user." + label
}

// privateKey gives the private half of a key in place of the public one: it is refused, and printed nowhere.
func privateKey(t *testing.T, b *acctest.Bench, provider string) {
	_, private := pair(t)
	text := armored(t, openpgp.PrivateKeyType, func(w io.Writer) error { return private[0].SerializePrivate(w, nil) })
	tf := b.Served(t)
	if err := os.WriteFile(filepath.Join(tf.Dir, "private.asc"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, written := range []string{`file("private.asc")`, fmt.Sprintf("%q", text)} {
		config, _ := userBlock("test", badInput{body: namedAnn("access_key = { store = { pgp_key = " + written + " } }")})
		tf.Write(provider + config)
		out := tf.MustFail("plan")
		if !strings.Contains(out, "access_key.store.pgp_key") || !strings.Contains(out, "it is a private key: use the public one") {
			t.Error(out)
		}
		lines := strings.Split(strings.TrimSpace(text), "\n")
		for _, line := range lines[2 : len(lines)-1] {
			if strings.Contains(out, line) {
				t.Errorf("printed %q:\n%s", line, out)
			}
		}
	}
}
