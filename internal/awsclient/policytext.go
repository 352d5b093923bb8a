package awsclient

import (
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// PolicyText decodes a policy document of an IAM answer, which is percent-encoded (RFC 3986): a plus sign stays one.
func PolicyText(answer *string) (string, error) { return url.PathUnescape(aws.ToString(answer)) }
