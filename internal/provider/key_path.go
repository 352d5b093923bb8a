package provider

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/access"
)

// pathForm is the form of a path that confines somebody to a key prefix. It becomes part of the name of a policy.
var pathForm = regexp.MustCompile(`^(/[A-Za-z0-9+=,.@_-]+)+/$`)

// prefixOf is the key prefix that a path confines to: keys have no slash in front.
func prefixOf(at types.String) string { return strings.TrimPrefix(at.ValueString(), "/") }

func checkKeyPath(at types.String, diags *diag.Diagnostics) {
	value := at.ValueString()
	if at.IsNull() || at.IsUnknown() ||
		pathForm.MatchString(value) && !strings.Contains(value, "/./") && !strings.Contains(value, "/../") {
		return
	}
	diags.AddAttributeError(path.Root("path"), "Invalid path", fmt.Sprintf(
		"path is %q. It must begin and end with a slash, such as \"/docs/\", with letters, digits and any of +=,.@_- "+
			"between slashes, because IAM takes nothing else in the name of a policy, and not \".\" or \"..\" alone. For the "+
			"whole bucket leave it out.", value))
}

// checkPolicyName refuses a path that makes the name of its inline policy too long.
func checkPolicyName(name string, at types.String, diags *diag.Diagnostics) {
	if len(name) > access.MaxPolicyName {
		diags.AddAttributeError(path.Root("path"), "Path too long", fmt.Sprintf(
			"path is %q, so the name of the inline policy would be %q, of %d characters; IAM allows %d. Set a shorter path.",
			at.ValueString(), name, len(name), access.MaxPolicyName))
	}
}
