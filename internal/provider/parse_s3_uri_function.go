package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/names"
)

type parseS3URIFunction struct{}

func newParseS3URIFunction() function.Function { return parseS3URIFunction{} }

// Metadata gives the name.
func (parseS3URIFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_s3_uri"
}

// Definition gives the parameters.
func (parseS3URIFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "Bucket and key of an s3:// URI",
		MarkdownDescription: "Returns an object with `bucket` and `key`. The key is what follows the bucket and a slash, " +
			"as it is: nothing in it is decoded, and `?` and `#` are part of it. It is null where nothing follows. Names of " +
			"old buckets, with upper-case letters and underscores, are read too. URLs that begin with `https://` are errors: " +
			"what they mean depends on the store.",
		Parameters: []function.Parameter{function.StringParameter{
			Name: "uri", MarkdownDescription: "The URI: `s3://BUCKET` or `s3://BUCKET/KEY`.",
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"bucket": types.StringType, "key": types.StringType,
		}},
	}
}

// Run reads the URI.
func (parseS3URIFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var uri string
	if resp.Error = req.Arguments.Get(ctx, &uri); resp.Error != nil {
		return
	}
	bucket, key, err := names.ParseURI(uri)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, struct {
		Bucket types.String `tfsdk:"bucket"`
		Key    types.String `tfsdk:"key"`
	}{types.StringValue(bucket), optional(key)})
}
