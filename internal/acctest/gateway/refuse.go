package gateway

import (
	"cmp"
	"context"
	"encoding/xml"
	"errors"
	"net/http"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// refusal is something AWS refuses and an emulator lets pass.
type refusal struct {
	name       string
	passes     string // the emulators that let it pass: LocalStack 4.12.0, fakecloud 0.51.0
	source     string // AWS's page that says it
	operations []string
	// check returns an apiError when AWS would refuse the request. Any other error is of a question to the emulator.
	check func(context.Context, stored, *request) error
}

// refusals is the whole of what the gateway knows better than the emulators. A row goes when both of them refuse.
var refusals = []refusal{
	{
		name:       "malformed bucket policy",
		passes:     "LocalStack, fakecloud",
		source:     "https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList",
		operations: []string{"s3:PutBucketPolicy"},
		check:      malformedPolicy,
	},
	{
		name:       "bypass of governance without object lock",
		passes:     "fakecloud",
		source:     "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html",
		operations: []string{"s3:DeleteObject", "s3:DeleteObjects"},
		check:      bypassWithoutLock,
	},
	{
		name:       "public policy while BlockPublicPolicy",
		passes:     "LocalStack",
		source:     "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
		operations: []string{"s3:PutBucketPolicy"},
		check:      blockedPolicy,
	},
	{
		name:       "two lifecycle rules of one id",
		passes:     "LocalStack, fakecloud",
		source:     "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html",
		operations: []string{"s3:PutBucketLifecycleConfiguration"},
		check:      duplicateRule,
	},
	{
		name:   "ACL while BucketOwnerEnforced",
		passes: "LocalStack",
		source: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html",
		operations: []string{
			"s3:PutObject", "s3:CopyObject", "s3:CreateMultipartUpload", "s3:PutObjectAcl", "s3:PutBucketAcl",
		},
		check: unsupportedACL,
	},
	{
		name:       "access log to a missing bucket",
		passes:     "fakecloud",
		source:     "https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html",
		operations: []string{"s3:PutBucketLogging"},
		check:      missingLogBucket,
	},
	{
		name:       "group in use",
		passes:     "LocalStack",
		source:     "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html",
		operations: []string{"iam:DeleteGroup"},
		check:      groupInUse,
	},
	{
		name:       "policy in use",
		passes:     "LocalStack; fakecloud when it only has several versions",
		source:     "https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html",
		operations: []string{"iam:DeletePolicy"},
		check:      policyInUse,
	},
	{
		name:       "origin access control of a name that is taken",
		passes:     "fakecloud",
		source:     "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateOriginAccessControl.html",
		operations: []string{"cloudfront:CreateOriginAccessControl"},
		check:      accessControlTaken,
	},
	{
		name:       "origin access control in use",
		passes:     "fakecloud",
		source:     "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteOriginAccessControl.html",
		operations: []string{"cloudfront:DeleteOriginAccessControl"},
		check:      accessControlInUse,
	},
	{
		name:       "function in use",
		passes:     "fakecloud",
		source:     "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteFunction.html",
		operations: []string{"cloudfront:DeleteFunction"},
		check:      functionInUse,
	},
	{
		name:       "distribution that is still being disabled",
		passes:     "fakecloud",
		source:     "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowToDeleteDistribution.html",
		operations: []string{"cloudfront:DeleteDistribution"},
		check:      notDisabledYet,
	},
	{
		name:   "distribution whose certificate does not serve its names",
		passes: "fakecloud",
		source: "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html",
		operations: []string{
			"cloudfront:CreateDistribution", "cloudfront:CreateDistributionWithTags", "cloudfront:UpdateDistribution",
		},
		check: badCertificate,
	},
	{
		name:       "certificate in use",
		passes:     "LocalStack, fakecloud",
		source:     "https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html",
		operations: []string{"acm:DeleteCertificate"},
		check:      certificateInUse,
	},
	{
		name:       "records that do not fit what the zone holds",
		passes:     "LocalStack; fakecloud when it is a CNAME beside others",
		source:     "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html",
		operations: []string{"route53:ChangeResourceRecordSets"},
		check:      unfitRecords,
	},
}

// refuse goes through the table and returns the first refusal with its name.
func refuse(ctx context.Context, s stored, req *request) (string, *apiError) {
	for _, row := range refusals {
		if !slices.Contains(row.operations, req.Name()) {
			continue
		}
		err := row.check(ctx, s, req)
		var refused apiError
		switch {
		case err == nil, statusOf(err) == http.StatusNotFound: // what is not there at all is the emulator's to tell
		case errors.As(err, &refused):
			return row.name, &refused
		default:
			return row.name, &apiError{http.StatusInternalServerError, "InternalError", "gateway: " + err.Error()}
		}
	}
	return "", nil
}

// stored asks the emulators, past the gateways and as their root, what they hold.
type stored struct {
	s3         *s3.Client
	iam        *iam.Client
	cloudfront *cloudfront.Client
	route53    *route53.Client
	acm        *acm.Client
}

func newStored(endpoint string, elsewhere map[string]string, transport http.RoundTripper) stored {
	of := func(service string) aws.Config {
		return aws.Config{
			Region:       "us-east-1",
			BaseEndpoint: aws.String(cmp.Or(elsewhere[service], endpoint)),
			Credentials:  credentials.NewStaticCredentialsProvider("test", "test", ""), // root on both emulators
			HTTPClient:   &http.Client{Transport: transport},
		}
	}
	return stored{
		s3:         s3.NewFromConfig(of("s3"), func(o *s3.Options) { o.UsePathStyle = true }),
		iam:        iam.NewFromConfig(of("iam")),
		cloudfront: cloudfront.NewFromConfig(of("cloudfront")),
		route53:    route53.NewFromConfig(of("route53")),
		acm:        acm.NewFromConfig(of("acm")),
	}
}

// statusOf is the HTTP status an SDK error came with, 0 when it had none.
func statusOf(err error) int {
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		return response.HTTPStatusCode()
	}
	return 0
}

func malformedPolicy(_ context.Context, _ stored, req *request) error {
	document, err := awspolicy.Parse(string(req.body))
	if err != nil {
		return apiError{http.StatusBadRequest, "MalformedPolicy", err.Error()}
	}
	for _, s := range document.Statements {
		switch {
		case s.Principal == nil && s.NotPrincipal == nil:
			return apiError{http.StatusBadRequest, "MalformedPolicy", "Missing required field Principal"}
		case s.Resource == nil && s.NotResource == nil:
			return apiError{http.StatusBadRequest, "MalformedPolicy", "Missing required field Resource"}
		case len(s.Deleted()) > 0:
			return apiError{http.StatusBadRequest, "MalformedPolicy", "Invalid principal in policy"}
		}
	}
	return nil
}

func bypassWithoutLock(ctx context.Context, s stored, req *request) error {
	if req.http.Header.Get("X-Amz-Bypass-Governance-Retention") == "" {
		return nil
	}
	_, err := s.s3.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: &req.bucket})
	if statusOf(err) != http.StatusNotFound {
		return err
	}
	return apiError{
		http.StatusBadRequest, "InvalidArgument",
		"x-amz-bypass-governance-retention is only applicable to Object Lock enabled buckets.",
	}
}

func blockedPolicy(ctx context.Context, s stored, req *request) error {
	document, err := awspolicy.Parse(string(req.body))
	if err != nil || !slices.ContainsFunc(document.Statements, awspolicy.Statement.Public) {
		return nil // one that cannot be read is refused by its own row
	}
	out, err := s.s3.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: &req.bucket})
	if err != nil || out.PublicAccessBlockConfiguration == nil ||
		!aws.ToBool(out.PublicAccessBlockConfiguration.BlockPublicPolicy) {
		return err
	}
	refused := accessDenied(req.Call, "s3:PutBucketPolicy")
	refused.message += " because public policies are blocked by the BlockPublicPolicy setting"
	return refused
}

func duplicateRule(_ context.Context, _ stored, req *request) error {
	var configuration struct {
		IDs []string `xml:"Rule>ID"`
	}
	if err := xml.Unmarshal(req.body, &configuration); err != nil {
		return nil // the emulators refuse what is not XML
	}
	slices.Sort(configuration.IDs)
	given := len(configuration.IDs)
	if len(slices.Compact(configuration.IDs)) == given {
		return nil
	}
	return apiError{
		http.StatusBadRequest, "InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule",
	}
}

// unsupportedACL lets pass what S3 does: no list at all, or the one that gives the bucket's owner everything.
func unsupportedACL(ctx context.Context, s stored, req *request) error {
	writesACL := req.Operation == "PutBucketAcl" || req.Operation == "PutObjectAcl"
	if !writesACL && !req.setsACL() || req.http.Header.Get("X-Amz-Acl") == "bucket-owner-full-control" {
		return nil
	}
	out, err := s.s3.GetBucketOwnershipControls(ctx, &s3.GetBucketOwnershipControlsInput{Bucket: &req.bucket})
	if err != nil || out.OwnershipControls == nil {
		return err
	}
	for _, rule := range out.OwnershipControls.Rules {
		if rule.ObjectOwnership == s3types.ObjectOwnershipBucketOwnerEnforced {
			return apiError{http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs"}
		}
	}
	return nil
}

func missingLogBucket(ctx context.Context, s stored, req *request) error {
	var status struct {
		Bucket string `xml:"LoggingEnabled>TargetBucket"`
	}
	if err := xml.Unmarshal(req.body, &status); err != nil || status.Bucket == "" {
		return nil // not XML, which the emulators refuse, or logging is switched off
	}
	_, err := s.s3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &status.Bucket})
	if statusOf(err) != http.StatusNotFound {
		return err
	}
	return apiError{
		http.StatusBadRequest, "InvalidTargetBucketForLogging", "The target bucket for logging does not exist",
	}
}

func deleteConflict(message string) error {
	return apiError{http.StatusConflict, "DeleteConflict", message}
}

func groupInUse(ctx context.Context, s stored, req *request) error {
	name := aws.String(req.form.Get("GroupName"))
	group, err := s.iam.GetGroup(ctx, &iam.GetGroupInput{GroupName: name})
	if err != nil {
		return err
	}
	attached, err := s.iam.ListAttachedGroupPolicies(ctx, &iam.ListAttachedGroupPoliciesInput{GroupName: name})
	if err != nil {
		return err
	}
	inline, err := s.iam.ListGroupPolicies(ctx, &iam.ListGroupPoliciesInput{GroupName: name})
	switch {
	case err != nil:
		return err
	case len(group.Users) > 0:
		return deleteConflict("Cannot delete entity, must remove users from group first.")
	case len(attached.AttachedPolicies) > 0:
		return deleteConflict("Cannot delete entity, must detach all policies first.")
	case len(inline.PolicyNames) > 0:
		return deleteConflict("Cannot delete entity, must delete policies first.")
	}
	return nil
}

func policyInUse(ctx context.Context, s stored, req *request) error {
	arn := aws.String(req.form.Get("PolicyArn"))
	policy, err := s.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})
	if err != nil {
		return err
	}
	versions, err := s.iam.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: arn})
	switch {
	case err != nil:
		return err
	case policy.Policy != nil && aws.ToInt32(policy.Policy.AttachmentCount) > 0:
		return deleteConflict("Cannot delete a policy attached to entities.")
	case slices.ContainsFunc(versions.Versions, func(v iamtypes.PolicyVersion) bool { return !v.IsDefaultVersion }):
		return deleteConflict("This policy has more than one version: delete the others first.")
	}
	return nil
}
