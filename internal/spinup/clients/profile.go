package clients

import (
	"regexp"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

// The forms of what a profile has.
var (
	profileForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.@+-]*$`)
	regionForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
)

// Profile is the text of a profile for ~/.aws/config. A role is assumed with the keys of the profile "default".
// https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
func Profile(name string, region, role, endpoint *string) (string, error) {
	if !profileForm.MatchString(name) {
		return "", refuse("name", "the profile is %q, want letters, digits and any of _.@+-", name)
	}
	lines := []string{"[profile " + name + "]"}
	if name == "default" {
		lines = []string{"[default]"}
	}
	if region != nil {
		if !regionForm.MatchString(*region) {
			return "", refuse("region", "the region is %q, want a name such as us-east-1", *region)
		}
		lines = append(lines, "region = "+*region)
	}
	if role != nil {
		if err := names.CheckRole(*role); err != nil {
			return "", &ArgumentError{"role_arn", err.Error()}
		}
		lines = append(lines, "role_arn = "+*role, "source_profile = default")
	}
	if endpoint != nil {
		u, err := parseEndpoint(*endpoint)
		if err != nil {
			return "", err
		}
		lines = append(lines, "endpoint_url = "+u.String(), "request_checksum_calculation = when_required",
			"response_checksum_validation = when_required", "s3 =", "  addressing_style = path")
	}
	return strings.Join(append(lines, ""), "\n"), nil
}
