package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

type bucketNameFunction struct{}

func newBucketNameFunction() function.Function { return bucketNameFunction{} }

// Metadata gives the name.
func (bucketNameFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "bucket_name"
}

// Definition gives the parameters.
func (bucketNameFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "A bucket name, made of parts",
		MarkdownDescription: "Returns the parts with hyphens between them, if that is a name that S3 takes for a bucket: " +
			"`bucket_name(\"team\", \"data\")` is `team-data`.\n\nIf it is none, it is made one: in lower case, with a " +
			"hyphen in the place of what cannot be there, without empty parts, and no longer than 63 characters. Then eight " +
			"digits of a checksum of the parts stand at the end, so that `Team` and `team` have different names. The same " +
			"parts always give the same name, and a bucket name gives itself. Parts that differ only in where a hyphen " +
			"stands give one name: `\"a-b\", \"c\"` and `\"a\", \"b-c\"`.\n\nParts of which nothing is left, and what begins " +
			"like names that S3 keeps for itself, are errors.",
		VariadicParameter: function.StringParameter{
			Name: "parts", MarkdownDescription: "Parts of the name, at least one.",
		},
		Return: function.StringReturn{},
	}
}

// Run makes the name.
func (bucketNameFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var parts []string
	if resp.Error = req.Arguments.Get(ctx, &parts); resp.Error != nil {
		return
	}
	name, err := names.ComposeBucket(parts...)
	if err != nil {
		resp.Error = function.NewFuncError(err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, name)
}
