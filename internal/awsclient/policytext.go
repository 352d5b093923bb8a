package awsclient

import (
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// PolicyText is the text of a policy as IAM answers it: percent-encoded (RFC 3986), so that a plus sign is one.
func PolicyText(answer *string) (string, error) { return url.PathUnescape(aws.ToString(answer)) }
