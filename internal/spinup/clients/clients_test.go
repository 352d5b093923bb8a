package clients_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

func TestTexts(t *testing.T) {
	path, store, region, role := "/docs/a b/", "https://s3.example.edu:9000/", "eu-west-1", "arn:aws:iam::111122223333:role/lending"
	for want, text := range map[string]func() (string, error){
		"[team-data-s3]\ntype = s3\nprovider = AWS\nenv_auth = true\nno_check_bucket = true\n\n" +
			"[team-data]\ntype = alias\nremote = team-data-s3:team-data\n": func() (string, error) {
			return clients.Rclone("team-data", nil, nil)
		},
		"[team-data-s3]\ntype = s3\nprovider = Other\nendpoint = https://s3.example.edu:9000\nforce_path_style = true\n" +
			"env_auth = true\nno_check_bucket = true\n\n[team-data]\ntype = alias\n" +
			"remote = team-data-s3:team-data/docs/a b\n": func() (string, error) {
			return clients.Rclone("team-data", &path, &store)
		},
		"[profile team]\n": func() (string, error) { return clients.Profile("team", nil, nil, nil) },
		"[default]\n":      func() (string, error) { return clients.Profile("default", nil, nil, nil) },
		"[profile team]\nregion = eu-west-1\nrole_arn = arn:aws:iam::111122223333:role/lending\nsource_profile = default\n": func() (string, error) {
			return clients.Profile("team", &region, &role, nil)
		},
		"[profile team]\nendpoint_url = https://s3.example.edu:9000\nrequest_checksum_calculation = when_required\n" +
			"response_checksum_validation = when_required\ns3 =\n  addressing_style = path\n": func() (string, error) {
			return clients.Profile("team", nil, nil, &store)
		},
		"mc alias set team https://s3.amazonaws.com":              func() (string, error) { return clients.Alias("team", nil) },
		"mc alias set team https://s3.example.edu:9000 --path on": func() (string, error) { return clients.Alias("team", &store) },
	} {
		got, err := text()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v %s", err, diff)
		}
	}
}

func TestTexts_refused(t *testing.T) {
	rclone := func(bucket, path string) error { _, err := clients.Rclone(bucket, &path, nil); return err }
	profile := func(name, region, role string) error {
		_, err := clients.Profile(name, &region, &role, nil)
		return err
	}
	alias := func(name, endpoint string) error { _, err := clients.Alias(name, &endpoint); return err }
	const region, role = "us-east-1", "arn:aws:iam::111122223333:role/r"
	for _, row := range []struct {
		err            error
		argument, says string
	}{
		{rclone("Team", ""), "bucket", `"Team"`},
		{rclone("team\n[x]", ""), "bucket", `"team\n[x]"`},
		{rclone("team", "a\nb"), "path", `"a\nb"`},
		{rclone("team", "a "), "path", `"a "`},
		{rclone("team", "%(type)s"), "path", `"%(type)s"`},
		{profile("", region, role), "name", `""`},
		{profile("a]\n[b", region, role), "name", `"a]\n[b"`},
		{profile("a", "us east", role), "region", `"us east"`},
		{profile("a", region, "arn:aws:iam::111122223333:user/u"), "role_arn", "user/u"},
		{profile("a", region, role+"\nx = y"), "role_arn", "ARN of an IAM role"},
		{alias("1a", "https://a"), "name", `"1a"`},
		{alias("a; rm -r", "https://a"), "name", "letters, digits"},
		{alias("a", "https://a b"), "endpoint", "https://a b"},
		{alias("a", "https://$(rm)"), "endpoint", "host"},
	} {
		refused, ok := errors.AsType[*clients.ArgumentError](row.err)
		if !ok || refused.Argument != row.argument || !strings.Contains(row.err.Error(), row.says) {
			t.Errorf("%v; want %s and %s", row.err, row.argument, row.says)
		}
	}
}
