package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

func newMCAliasFunction() function.Function {
	return textFunction{
		name:    "mc_alias",
		summary: "The command that makes mc know a store",
		description: "Returns the command, one line for a shell, by which `mc`, the client of MinIO, gets to know a store " +
			"by a name: then `mc ls team/team-data` lists a bucket. It contains no credentials: `mc` asks for the two keys.",
		parameters: []function.StringParameter{
			{Name: "name", MarkdownDescription: "The alias: a letter, then letters, digits, `-` and `_`."},
		},
		endpoint: endpointForm + " Without one the alias is for S3 of AWS.",
		text: func(arguments []*string, endpoint *string) (string, error) {
			return clients.Alias(*arguments[0], endpoint)
		},
	}
}
