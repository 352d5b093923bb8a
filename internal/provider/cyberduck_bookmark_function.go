package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/function"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/clients"
)

func newCyberduckBookmarkFunction() function.Function {
	return textFunction{
		name:    "cyberduck_bookmark",
		summary: "The text of a Cyberduck bookmark for a bucket",
		description: "Returns the text of a `.duck` file, with which the file browser Cyberduck opens a bucket, " +
			"or a path in it. Write it to a file with `local_file` or return it as an output. It contains no " +
			"credentials: Cyberduck asks for an access key when it connects.\n\nWithout an endpoint the bookmark is for a " +
			"bucket on AWS. It is of no use for another store, even if the provider is configured for that: a function does " +
			"not see the provider's configuration. Give the store's endpoint as the third argument then.\n\nAn empty bucket " +
			"name, a wrong endpoint and characters that XML cannot hold are errors.",
		parameters: bucketAndPath("Key prefix to open, with or without slashes at its ends. `null`, empty or `/` opens the " +
			"whole bucket."),
		endpoint: endpointForm + " The bookmark asks Cyberduck for path-style requests. For " +
			"`http://` people have to switch on the profile \"S3 (HTTP)\" in Cyberduck's preferences first; without it " +
			"Cyberduck connects by HTTPS.",
		text: func(arguments []*string, endpoint *string) (string, error) {
			return clients.Bookmark(*arguments[0], arguments[1], endpoint)
		},
	}
}

// bucketAndPath are the parameters of what is about a bucket, or a path in it.
func bucketAndPath(path string) []function.StringParameter {
	return []function.StringParameter{
		{Name: "bucket", MarkdownDescription: "Name of the bucket. It is not looked up."},
		{Name: "path", AllowNullValue: true, MarkdownDescription: path},
	}
}
