package lending

import (
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// API are the operations that make a session. Only the one of the method in use is needed.
type API struct {
	AssumeRole         awsclient.STSCall[sts.AssumeRoleInput, sts.AssumeRoleOutput]                 `iam:"sts:AssumeRole" on:"role"`
	GetFederationToken awsclient.STSCall[sts.GetFederationTokenInput, sts.GetFederationTokenOutput] `iam:"sts:GetFederationToken" on:"*"`
}

// NewAPI takes the operations from the service client.
func NewAPI(c *awsclient.Conn) API {
	sts := awsclient.STS(c)
	return API{sts.AssumeRole, sts.GetFederationToken}
}

// LinkReads are the operations before a link is signed. The call is asked for the region that S3 names in the answer,
// which it does also where it refuses the call.
type LinkReads struct {
	HeadBucket awsclient.S3Call[s3.HeadBucketInput, s3.HeadBucketOutput] `iam:"s3:ListBucket" on:"bucket"`
}

// NewLinkReads takes the operations from the service client.
func NewLinkReads(c *awsclient.Conn) LinkReads { return LinkReads{awsclient.S3(c).HeadBucket} }
