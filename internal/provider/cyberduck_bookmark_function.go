package provider

import (
	"context"
	"errors"
	"fmt"

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
			"or a path in it. Write it to a file with `local_file` or return it as an output. It contains no " +
			"credentials: Cyberduck asks for an access key when it connects.\n\nWithout an endpoint the bookmark is for a " +
			"bucket on AWS. It is of no use for another store, even if the provider is configured for that: a function does " +
			"not see the provider's configuration. Give the store's endpoint as the third argument then.\n\nAn empty bucket " +
			"name, a wrong endpoint and characters that XML cannot hold are errors.",
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
		VariadicParameter: function.StringParameter{
			Name:           "endpoint",
			AllowNullValue: true,
			MarkdownDescription: "URL of the store, at most one: `https://HOST` or `http://HOST`, with or without a port, " +
				"such as `https://s3.example.edu:9000`. `null` is none. The bookmark asks Cyberduck for path-style requests. For " +
				"`http://` people have to switch on the profile \"S3 (HTTP)\" in Cyberduck's preferences first; without it " +
				"Cyberduck connects by HTTPS.",
		},
		Return: function.StringReturn{},
	}
}

func (cyberduckBookmarkFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var bucket string
	var path *string
	var endpoints []*string
	if resp.Error = req.Arguments.Get(ctx, &bucket, &path, &endpoints); resp.Error != nil {
		return
	}
	const second = 3 // the place of a second endpoint
	if len(endpoints) > 1 {
		resp.Error = function.NewArgumentFuncError(second, fmt.Sprintf("there are %d endpoints, want at most one",
			len(endpoints)))
		return
	}
	var endpoint *string
	if len(endpoints) == 1 {
		endpoint = endpoints[0]
	}
	text, err := cyberduck.Bookmark(bucket, path, endpoint)
	if _, wrong := errors.AsType[*cyberduck.EndpointError](err); wrong {
		resp.Error = function.NewArgumentFuncError(second-1, err.Error())
		return
	}
	if err != nil {
		resp.Error = function.NewFuncError(err.Error())
		return
	}
	resp.Error = resp.Result.Set(ctx, text)
}
