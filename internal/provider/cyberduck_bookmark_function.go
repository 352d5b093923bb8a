package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/cyberduck"
)

type cyberduckBookmarkFunction struct{}

func newCyberduckBookmarkFunction() function.Function { return cyberduckBookmarkFunction{} }

func (cyberduckBookmarkFunction) Metadata(
	_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse,
) {
	resp.Name = "cyberduck_bookmark"
}

func (cyberduckBookmarkFunction) Definition(
	_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse,
) {
	resp.Definition = function.Definition{
		Summary: "The text of a Cyberduck bookmark for a bucket",
		MarkdownDescription: "Returns the text of a `.duck` file, with which the file browser Cyberduck opens a bucket, " +
			"or a path in it, on AWS. Write it to a file with `local_file` or return it as an output. It contains no " +
			"credentials: Cyberduck asks for an access key when it connects.\n\nAn empty bucket name and characters that XML " +
			"cannot hold are errors.",
		Parameters: []function.Parameter{
			function.StringParameter{
				Name:                "bucket",
				MarkdownDescription: "Name of the bucket. It is not looked up.",
			},
			function.StringParameter{
				Name:           "path",
				AllowNullValue: true,
				MarkdownDescription: "Key prefix to open, with or without slashes at its ends. `null`, empty or `/` opens the " +
					"whole bucket.",
			},
		},
		Return: function.StringReturn{},
	}
}

func (cyberduckBookmarkFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var bucket string
	var path *string
	if resp.Error = req.Arguments.Get(ctx, &bucket, &path); resp.Error != nil {
		return
	}
	text, err := cyberduck.Bookmark(bucket, path)
	if err != nil {
		resp.Error = function.NewFuncError(err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, text)
}
