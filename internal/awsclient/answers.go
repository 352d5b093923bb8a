package awsclient

// answers is what the answers to operations have, by service and operation.
type answers struct {
	rest   map[string]answerForm // of S3, CloudFront and the Admin API
	always map[string][]string
}

func newAnswers() answers { return answers{restAnswers(), alwaysReturned()} }

// of returns what the answer to an operation has. It is false for an operation that nobody here uses.
func (a answers) of(service, operation string) (answerForm, bool) {
	name := service + " " + operation
	form, ok := a.rest[name]
	switch service {
	case "iam", "sts", "route53": // each answer is an element of the operation's name
		form, ok = answerForm{is: document, root: operation + "Response"}, true
	case "acm", "ssm", "secretsmanager":
		form, ok = answerForm{is: jsonText}, true
	}
	if name == "acm DeleteCertificate" {
		form.is = nothing
	}
	form.always = a.always[name]
	return form, ok
}

// restAnswers is what S3, CloudFront and the Admin API answer.
func restAnswers() map[string]answerForm {
	all := map[string]answerForm{
		"s3 GetBucketPolicy":     {is: jsonText},
		"s3 GetObject":           {is: stream},
		"cloudfront GetFunction": {is: binary},
	}
	for operation, root := range map[string]string{
		"admin ListBuckets":                     "ListBucketsResult",
		"admin ListUsers":                       "ListUserAccountsResult",
		"s3 CompleteMultipartUpload":            "CompleteMultipartUploadResult",
		"s3 CopyObject":                         "CopyObjectResult",
		"s3 CreateMultipartUpload":              "InitiateMultipartUploadResult",
		"s3 DeleteObjects":                      "DeleteResult",
		"s3 GetBucketAcl":                       "AccessControlPolicy",
		"s3 GetBucketCors":                      "CORSConfiguration",
		"s3 GetBucketEncryption":                "ServerSideEncryptionConfiguration",
		"s3 GetBucketLifecycleConfiguration":    "LifecycleConfiguration",
		"s3 GetBucketLogging":                   "BucketLoggingStatus",
		"s3 GetBucketOwnershipControls":         "OwnershipControls",
		"s3 GetBucketTagging":                   "Tagging",
		"s3 GetBucketVersioning":                "VersioningConfiguration",
		"s3 GetBucketWebsite":                   "WebsiteConfiguration",
		"s3 GetObjectLegalHold":                 "LegalHold",
		"s3 GetObjectLockConfiguration":         "ObjectLockConfiguration",
		"s3 GetObjectRetention":                 "Retention",
		"s3 GetObjectTagging":                   "Tagging",
		"s3 GetPublicAccessBlock":               "PublicAccessBlockConfiguration",
		"s3 ListBuckets":                        "ListAllMyBucketsResult",
		"s3 ListMultipartUploads":               "ListMultipartUploadsResult",
		"s3 ListObjectVersions":                 "ListVersionsResult",
		"s3 ListObjectsV2":                      "ListBucketResult",
		"cloudfront CreateDistributionWithTags": "Distribution",
		"cloudfront CreateFunction":             "FunctionSummary",
		"cloudfront CreateInvalidation":         "Invalidation",
		"cloudfront CreateOriginAccessControl":  "OriginAccessControl",
		"cloudfront DescribeFunction":           "FunctionSummary",
		"cloudfront GetDistribution":            "Distribution",
		"cloudfront GetInvalidation":            "Invalidation",
		"cloudfront GetOriginAccessControl":     "OriginAccessControl",
		"cloudfront ListDistributions":          "DistributionList",
		"cloudfront ListOriginAccessControls":   "OriginAccessControlList",
		"cloudfront ListTagsForResource":        "Tags",
		"cloudfront PublishFunction":            "FunctionSummary",
		"cloudfront UpdateDistribution":         "Distribution",
		"cloudfront UpdateFunction":             "FunctionSummary",
		"cloudfront UpdateOriginAccessControl":  "OriginAccessControl",
	} {
		all[operation] = answerForm{root: root}
	}
	for _, operation := range []string{
		"admin CreateUser", "admin UpdateUser", "admin DeleteUser", "admin ChangeBucketOwner", "admin CreateBucket",
		"s3 AbortMultipartUpload", "s3 CreateBucket", "s3 DeleteBucket", "s3 DeleteBucketCors", "s3 DeleteBucketLifecycle",
		"s3 DeleteBucketPolicy", "s3 DeleteBucketTagging", "s3 DeleteBucketWebsite", "s3 DeleteObject", "s3 HeadBucket",
		"s3 DeleteObjectTagging", "s3 PutObjectTagging",
		"s3 HeadObject", "s3 UploadPart", "s3 PutBucketCors", "s3 PutObjectLockConfiguration",
		"s3 PutBucketEncryption", "s3 PutBucketLifecycleConfiguration", "s3 PutBucketLogging",
		"s3 PutBucketOwnershipControls", "s3 PutBucketPolicy", "s3 PutBucketTagging", "s3 PutBucketVersioning",
		"s3 PutBucketWebsite", "s3 PutObject", "s3 PutPublicAccessBlock", "cloudfront DeleteDistribution",
		"cloudfront DeleteFunction", "cloudfront DeleteOriginAccessControl", "cloudfront TagResource",
		"cloudfront UntagResource",
	} {
		all[operation] = answerForm{is: nothing}
	}
	return all
}

// alwaysReturned are the fields of outputs that the code relies on and that AWS always returns.
func alwaysReturned() map[string][]string {
	return map[string][]string{
		"s3 GetBucketEncryption":        {"ServerSideEncryptionConfiguration.Rules"},
		"s3 GetBucketOwnershipControls": {"OwnershipControls.Rules"},
		"s3 GetBucketPolicy":            {"Policy"},
		"s3 GetBucketTagging":           {"TagSet"},
		"s3 GetObjectTagging":           {"TagSet"},
		"s3 ListBuckets":                {"Buckets"},

		"iam CreateAccessKey":             {"AccessKey.AccessKeyId", "AccessKey.SecretAccessKey"},
		"iam CreateGroup":                 {"Group.GroupName", "Group.Arn"},
		"iam CreateOpenIDConnectProvider": {"OpenIDConnectProviderArn"},
		"iam CreatePolicy":                {"Policy.Arn"},
		"iam CreatePolicyVersion":         {"PolicyVersion"},
		"iam CreateRole":                  {"Role.RoleName", "Role.RoleId", "Role.AssumeRolePolicyDocument"},
		"iam CreateUser":                  {"User.UserName"},
		"iam GetAccessKeyLastUsed":        {"AccessKeyLastUsed"},
		"iam GetGroup":                    {"Group.GroupName", "Users"},
		"iam GetGroupPolicy":              {"PolicyDocument"},
		"iam GetLoginProfile":             {"LoginProfile"},
		"iam GetOpenIDConnectProvider":    {"Url"},
		"iam GetPolicy":                   {"Policy.Arn", "Policy.DefaultVersionId"},
		"iam GetPolicyVersion":            {"PolicyVersion.Document"},
		"iam GetRole":                     {"Role.RoleName", "Role.RoleId", "Role.AssumeRolePolicyDocument"},
		"iam GetRolePolicy":               {"PolicyDocument"},
		"iam GetUser":                     {"User.UserName"},
		"iam GetUserPolicy":               {"PolicyDocument"},
		"iam ListAccessKeys":              {"AccessKeyMetadata"},
		"iam ListAttachedGroupPolicies":   {"AttachedPolicies"},
		"iam ListAttachedRolePolicies":    {"AttachedPolicies"},
		"iam ListAttachedUserPolicies":    {"AttachedPolicies"},
		"iam ListGroupPolicies":           {"PolicyNames"},
		"iam ListGroupsForUser":           {"Groups"},
		"iam ListInstanceProfilesForRole": {"InstanceProfiles"},
		"iam ListMFADevices":              {"MFADevices"},
		"iam ListPolicyVersions":          {"Versions"},
		"iam ListRolePolicies":            {"PolicyNames"},
		"iam ListRoles":                   {"Roles"},
		"iam ListSigningCertificates":     {"Certificates"},
		"iam ListUserPolicies":            {"PolicyNames"},
		"sts AssumeRole":                  sessionFields(),
		"sts GetCallerIdentity":           {"Account", "Arn", "UserId"},
		"sts GetFederationToken":          sessionFields(),

		"cloudfront CreateDistributionWithTags": {"Distribution.Id"},
		"cloudfront CreateFunction":             {"FunctionSummary.FunctionMetadata.FunctionARN"},
		"cloudfront CreateInvalidation":         {"Invalidation.Id"},
		"cloudfront CreateOriginAccessControl":  {"OriginAccessControl.Id"},
		"cloudfront DescribeFunction":           {"FunctionSummary.FunctionMetadata.FunctionARN", "ETag"},
		"cloudfront GetDistribution":            {"Distribution.Id", "Distribution.DistributionConfig", "ETag"},
		"cloudfront GetFunction":                {"FunctionCode"},
		"cloudfront GetOriginAccessControl":     {"OriginAccessControl.OriginAccessControlConfig", "ETag"},
		"cloudfront ListDistributions":          {"DistributionList.Quantity"},
		"cloudfront ListOriginAccessControls":   {"OriginAccessControlList.Quantity"},
		"cloudfront PublishFunction":            {"FunctionSummary.FunctionMetadata"},
		"cloudfront UpdateDistribution":         {"Distribution.Id"},
		"cloudfront UpdateFunction":             {"FunctionSummary", "ETag"},
		"cloudfront UpdateOriginAccessControl":  {"OriginAccessControl.Id"},

		"route53 ChangeResourceRecordSets": {"ChangeInfo.Id"},
		"route53 GetChange":                {"ChangeInfo.Status"},
		"route53 GetHostedZone":            {"HostedZone.Id", "HostedZone.Name"},
		"route53 ListHostedZones":          {"HostedZones"},
		"route53 ListResourceRecordSets":   {"ResourceRecordSets"},

		"acm DescribeCertificate": {"Certificate.CertificateArn"},
		"acm ListCertificates":    {"CertificateSummaryList"},
		"acm RequestCertificate":  {"CertificateArn"},

		"ssm GetParameter":              {"Parameter.Value"},
		"secretsmanager CreateSecret":   {"ARN"},
		"secretsmanager GetSecretValue": {"ARN"},
		"secretsmanager PutSecretValue": {"ARN"},
	}
}

// sessionFields are those of a session of STS.
func sessionFields() []string {
	return []string{
		"Credentials.AccessKeyId", "Credentials.SecretAccessKey", "Credentials.SessionToken", "Credentials.Expiration",
	}
}
