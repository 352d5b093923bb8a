package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

func newAWSProfileFunction() function.Function {
	return textFunction{
		name:    "aws_profile",
		summary: "A profile for the AWS command line",
		description: "Returns the text of a profile for `~/.aws/config`, which the AWS command line, the SDKs and most " +
			"other programs read: `aws s3 ls --profile team`. It contains no credentials: keys are in `~/.aws/credentials` " +
			"under the same name, or in the environment. With a role, that is assumed with the keys of the profile `default`.",
		parameters: []function.StringParameter{
			{Name: "name", MarkdownDescription: "Name of the profile: letters, digits and any of `_.@+-`."},
			{
				Name: "region", AllowNullValue: true,
				MarkdownDescription: "Region of the profile, such as `us-east-1`. `null` leaves it to the environment.",
			},
			{Name: "role_arn", AllowNullValue: true, MarkdownDescription: "ARN of an IAM role to assume. `null` is none."},
		},
		endpoint: endpointForm + " All calls of the profile go there, by path-style requests and without the checksums " +
			"that not every store knows.",
		text: func(arguments []*string, endpoint *string) (string, error) {
			return clients.Profile(*arguments[0], arguments[1], arguments[2], endpoint)
		},
	}
}
