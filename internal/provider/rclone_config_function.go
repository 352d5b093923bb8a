package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

func newRcloneConfigFunction() function.Function {
	return textFunction{
		name:    "rclone_config",
		summary: "The configuration of rclone for a bucket",
		description: "Returns the text of two remotes for `rclone.conf`: one for the store, named after the bucket with " +
			"`-s3` at its end, and one for the bucket or a path in it, which has the bucket's name. With it `rclone ls " +
			"team-data:` lists what is in the bucket `team-data`. It contains no credentials (`env_auth = true`): rclone " +
			"takes those of the environment or of a profile, as the AWS command line does.\n\nWithout an endpoint it is for " +
			"AWS, whatever the provider is configured for: a function does not see that.",
		parameters: bucketAndPath("Key prefix that the remote begins at, with or without slashes at its ends. `null`, " +
			"empty or `/` is the whole bucket."),
		endpoint: endpointForm + " Rclone then makes path-style requests.",
		text: func(arguments []*string, endpoint *string) (string, error) {
			return clients.Rclone(*arguments[0], arguments[1], endpoint)
		},
	}
}
