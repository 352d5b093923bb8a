package gateway

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/google/go-cmp/cmp"
)

// s3Needs says per operation what the page of s3Routes says: the action and the resource, b for the bucket, o for the
// object, * for none.
const s3Needs = `
AbortMultipartUpload s3:AbortMultipartUpload o
CompleteMultipartUpload s3:PutObject o
CopyObject s3:PutObject o
CreateBucket s3:CreateBucket b
CreateMultipartUpload s3:PutObject o
DeleteBucket s3:DeleteBucket b
DeleteBucketCors s3:PutBucketCORS b
DeleteBucketEncryption s3:PutEncryptionConfiguration b
DeleteBucketLifecycle s3:PutLifecycleConfiguration b
DeleteBucketOwnershipControls s3:PutBucketOwnershipControls b
DeleteBucketPolicy s3:DeleteBucketPolicy b
DeleteBucketTagging s3:PutBucketTagging b
DeleteBucketWebsite s3:DeleteBucketWebsite b
DeleteObject s3:DeleteObject o
DeleteObjectTagging s3:DeleteObjectTagging o
DeleteObjects s3:DeleteObject,s3:DeleteObjectVersion b/*
DeletePublicAccessBlock s3:PutBucketPublicAccessBlock b
GetBucketAcl s3:GetBucketAcl b
GetBucketCors s3:GetBucketCORS b
GetBucketEncryption s3:GetEncryptionConfiguration b
GetBucketLifecycleConfiguration s3:GetLifecycleConfiguration b
GetBucketLocation s3:GetBucketLocation b
GetBucketLogging s3:GetBucketLogging b
GetBucketOwnershipControls s3:GetBucketOwnershipControls b
GetBucketPolicy s3:GetBucketPolicy b
GetBucketTagging s3:GetBucketTagging b
GetBucketVersioning s3:GetBucketVersioning b
GetBucketWebsite s3:GetBucketWebsite b
GetObject s3:GetObject o
GetObjectAcl s3:GetObjectAcl o
GetObjectLegalHold s3:GetObjectLegalHold o
GetObjectLockConfiguration s3:GetBucketObjectLockConfiguration b
GetObjectRetention s3:GetObjectRetention o
GetObjectTagging s3:GetObjectTagging o
GetPublicAccessBlock s3:GetBucketPublicAccessBlock b
HeadBucket s3:ListBucket b
HeadObject s3:GetObject o
ListBuckets s3:ListAllMyBuckets *
ListMultipartUploads s3:ListBucketMultipartUploads b
ListObjectVersions s3:ListBucketVersions b
ListObjects s3:ListBucket b
ListObjectsV2 s3:ListBucket b
ListParts s3:ListMultipartUploadParts o
PutBucketAcl s3:PutBucketAcl b
PutBucketCors s3:PutBucketCORS b
PutBucketEncryption s3:PutEncryptionConfiguration b
PutBucketLifecycleConfiguration s3:PutLifecycleConfiguration b
PutBucketLogging s3:PutBucketLogging b
PutBucketOwnershipControls s3:PutBucketOwnershipControls b
PutBucketPolicy s3:PutBucketPolicy b
PutBucketTagging s3:PutBucketTagging b
PutBucketVersioning s3:PutBucketVersioning b
PutBucketWebsite s3:PutBucketWebsite b
PutObject s3:PutObject o
PutObjectAcl s3:PutObjectAcl o
PutObjectLegalHold s3:PutObjectLegalHold o
PutObjectLockConfiguration s3:PutBucketObjectLockConfiguration b
PutObjectRetention s3:PutObjectRetention o
PutObjectTagging s3:PutObjectTagging o
PutPublicAccessBlock s3:PutBucketPublicAccessBlock b
UploadPart s3:PutObject o
UploadPartCopy s3:PutObject o
`

// Every operation the SDK has is sent for real, with its least input, so a row that does not fit the wire form fails,
// and so does an operation of a newer SDK that the table would take for another.
func TestS3Operations(t *testing.T) {
	g := start(t, &emulator{})
	client := reflect.ValueOf(s3Client(g))
	left := maps.Clone(s3Routes)
	for i := range client.NumMethod() {
		operation := client.Type().Method(i).Name
		method := client.Method(i).Type()
		if method.NumIn() != 3 || method.NumOut() != 2 {
			continue // Options
		}
		switch operation {
		case "ListDirectoryBuckets", "WriteGetObjectResponse":
			continue // go to services of their own
		}
		g.Reset()
		input := reflect.New(method.In(1).Elem())
		fill(input.Elem(), 0)
		client.Method(i).Call([]reflect.Value{reflect.ValueOf(t.Context()), input})
		calls := g.Calls()
		want := needsOf(operation)
		if want == nil { // one the gateway does not name; a few of them want more input than fill knows
			if len(calls) == 1 && !strings.Contains(calls[0].Operation, " /bucket") {
				t.Errorf("%s is taken for %s", operation, calls[0].Operation)
			}
			continue
		}
		if len(calls) != 1 {
			t.Errorf("%s: sent %d requests", operation, len(calls))
			continue
		}
		got := calls[0]
		if diff := cmp.Diff(want, []string{got.Operation, strings.Join(got.Actions, ","), got.Resource}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", operation, diff)
		}
		if got.Service != "s3" || got.AccessKey != "AKIDEXAMPLE" || got.Attempt != 1 || got.InvocationID == "" {
			t.Errorf("%s: recorded as %+v", operation, got)
		}
		reads := slices.ContainsFunc([]string{"Get", "Head", "List"},
			func(verb string) bool { return strings.HasPrefix(operation, verb) })
		if got.Mutating == reads {
			t.Errorf("%s: mutating %v", operation, got.Mutating)
		}
		maps.DeleteFunc(left, func(_ string, o s3Operation) bool { return o.name == operation })
	}
	for route, operation := range left {
		t.Errorf("the SDK never sent %s for %s", route, operation.name)
	}
}

// needsOf is the row of s3Needs with the resource written out, nil for an operation that has none.
func needsOf(operation string) []string {
	resources := map[string]string{
		"b": "arn:aws:s3:::bucket", "b/*": "arn:aws:s3:::bucket/*", "o": "arn:aws:s3:::bucket/a key/ü", "*": "*",
	}
	for line := range strings.Lines(s3Needs) {
		if row := strings.Fields(line); len(row) == 3 && row[0] == operation {
			return []string{row[0], row[1], resources[row[2]]}
		}
	}
	return nil
}

// fill sets what the SDK requires of an input: every string, number, structure and list of it, but no option that would
// ask for more than the operation's own permission.
func fill(v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("1")
	case reflect.Int32:
		v.SetInt(1)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), depth)
	case reflect.Struct:
		for i := 0; i < v.NumField() && depth < 10; i++ {
			name := v.Type().Field(i).Name
			header := name == "Tagging" && v.Field(i).Type() == reflect.TypeFor[*string]()
			if v.Field(i).CanSet() && !header && !(depth == 0 && slices.Contains(optional, name)) {
				fill(v.Field(i), depth+1)
			}
			if given, known := resourceNames[name]; known && depth == 0 {
				v.Field(i).Set(reflect.ValueOf(aws.String(given)))
			}
		}
	}
}

var resourceNames = map[string]string{"Bucket": "bucket", "Key": "a key/ü"}

// optional are the inputs that TestS3Actions is about, and those the SDK checks for a value of its own.
var optional = []string{
	"ACL", "AccessControlPolicy", "BypassGovernanceRetention", "ChecksumAlgorithm", "ChecksumMode", "ChecksumType",
	"CreateBucketConfiguration", "ExpectedBucketOwner", "GrantFullControl", "GrantRead", "GrantReadACP", "GrantWrite",
	"GrantWriteACP", "ObjectLockLegalHoldStatus", "ObjectLockMode", "ObjectOwnership", "VersionId",
}

func TestS3Actions(t *testing.T) {
	bucket, key, version := aws.String("bucket"), aws.String("key"), aws.String("v1")
	rows := []struct {
		name string
		call func(context.Context, *s3.Client) error
		want string
	}{
		{"new bucket with ownership", func(ctx context.Context, c *s3.Client) error {
			_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{
				Bucket: bucket, ObjectOwnership: s3types.ObjectOwnershipBucketOwnerEnforced,
			})
			return err
		}, "s3:CreateBucket s3:PutBucketOwnershipControls"},
		{"new bucket with everything", func(ctx context.Context, c *s3.Client) error {
			_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{
				Bucket: bucket, ACL: s3types.BucketCannedACLPublicRead, ObjectLockEnabledForBucket: aws.Bool(true),
				CreateBucketConfiguration: &s3types.CreateBucketConfiguration{Tags: []s3types.Tag{{Key: key, Value: key}}},
			})
			return err
		}, "s3:CreateBucket s3:PutBucketAcl s3:PutBucketObjectLockConfiguration s3:PutBucketVersioning s3:TagResource"},
		{"new private bucket", func(ctx context.Context, c *s3.Client) error {
			_, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket, ACL: s3types.BucketCannedACLPrivate})
			return err
		}, "s3:CreateBucket"},
		{"object with everything", func(ctx context.Context, c *s3.Client) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{
				Bucket: bucket, Key: key, GrantRead: key, Tagging: aws.String("a=b"),
				ObjectLockMode: s3types.ObjectLockModeGovernance, ObjectLockLegalHoldStatus: s3types.ObjectLockLegalHoldStatusOn,
			})
			return err
		}, "s3:PutObject s3:PutObjectAcl s3:PutObjectTagging s3:PutObjectRetention s3:PutObjectLegalHold"},
		{"one version", func(ctx context.Context, c *s3.Client) error {
			_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, VersionId: version})
			return err
		}, "s3:GetObjectVersion"},
		{"head of one version", func(ctx context.Context, c *s3.Client) error {
			_, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key, VersionId: version})
			return err
		}, "s3:GetObjectVersion"},
		{"tags of one version", func(ctx context.Context, c *s3.Client) error {
			_, err := c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key, VersionId: version})
			return err
		}, "s3:GetObjectVersionTagging"},
		{"delete a locked version", func(ctx context.Context, c *s3.Client) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{
				Bucket: bucket, Key: key, VersionId: version, BypassGovernanceRetention: aws.Bool(true),
			})
			return err
		}, "s3:DeleteObject s3:DeleteObjectVersion s3:BypassGovernanceRetention"},
		{"delete an object", func(ctx context.Context, c *s3.Client) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
			return err
		}, "s3:DeleteObject"},
		{"delete objects", func(ctx context.Context, c *s3.Client) error {
			_, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &s3types.Delete{
				Objects: []s3types.ObjectIdentifier{{Key: key}, {Key: key}},
			}})
			return err
		}, "s3:DeleteObject"},
	}
	g := start(t, &emulator{})
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			g.Reset()
			if err := row.call(t.Context(), s3Client(g)); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(g.Calls()[0].Actions, " "); got != row.want {
				t.Errorf("actions %s, want %s", got, row.want)
			}
		})
	}
}

func TestQueryOperations(t *testing.T) {
	const arn = "arn:aws:iam::" + account + ":"
	group, user, policy := aws.String("g"), aws.String("u"), aws.String(arn+"policy/team/p")
	document, path, device := aws.String("{}"), aws.String("/team/"), aws.String(arn+"mfa/d")
	tags := []iamtypes.Tag{{Key: aws.String("k"), Value: aws.String("v")}}
	type call = func(context.Context, *iam.Client, *sts.Client)
	rows := []struct {
		want     string // actions and resource
		mutating bool
		call     call
	}{
		{"iam:CreateGroup " + arn + "group/team/g", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: group, Path: path})
		}},
		{"iam:GetGroup " + arn + "group/g", false, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.GetGroup(ctx, &iam.GetGroupInput{GroupName: group})
		}},
		{"iam:DeleteGroup " + arn + "group/g", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: group})
		}},
		{"iam:ListGroups *", false, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.ListGroups(ctx, &iam.ListGroupsInput{})
		}},
		{"iam:AddUserToGroup " + arn + "group/g", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: group, UserName: user})
		}},
		{"iam:ListGroupsForUser " + arn + "user/u", false, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.ListGroupsForUser(ctx, &iam.ListGroupsForUserInput{UserName: user})
		}},
		{"iam:AttachGroupPolicy " + arn + "group/g", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.AttachGroupPolicy(ctx, &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: policy})
		}},
		{"iam:PutGroupPolicy " + arn + "group/g", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.PutGroupPolicy(ctx, &iam.PutGroupPolicyInput{
				GroupName: group, PolicyName: user, PolicyDocument: document,
			})
		}},
		{"iam:CreatePolicy " + arn + "policy/p", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: document})
		}},
		{"iam:CreatePolicy iam:TagPolicy " + arn + "policy/team/p", true,
			func(ctx context.Context, c *iam.Client, _ *sts.Client) {
				_, _ = c.CreatePolicy(ctx, &iam.CreatePolicyInput{
					PolicyName: aws.String("p"), PolicyDocument: document, Path: path, Tags: tags,
				})
			}},
		{"iam:CreatePolicyVersion " + *policy, true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: policy, PolicyDocument: document})
		}},
		{"iam:TagPolicy " + *policy, true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.TagPolicy(ctx, &iam.TagPolicyInput{PolicyArn: policy, Tags: tags})
		}},
		{"iam:ListEntitiesForPolicy " + *policy, false, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.ListEntitiesForPolicy(ctx, &iam.ListEntitiesForPolicyInput{PolicyArn: policy})
		}},
		{"iam:CreateUser iam:TagUser " + arn + "user/team/u", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.CreateUser(ctx, &iam.CreateUserInput{UserName: user, Path: path, Tags: tags})
		}},
		{"iam:CreateAccessKey " + arn + "user/u", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: user})
		}},
		{"iam:GetUser *", false, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.GetUser(ctx, &iam.GetUserInput{})
		}},
		{"iam:DeactivateMFADevice " + arn + "user/u", true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.DeactivateMFADevice(ctx, &iam.DeactivateMFADeviceInput{UserName: user, SerialNumber: device})
		}},
		{"iam:DeleteVirtualMFADevice " + *device, true, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.DeleteVirtualMFADevice(ctx, &iam.DeleteVirtualMFADeviceInput{SerialNumber: device})
		}},
		{"iam:SimulatePrincipalPolicy " + arn + "user/u", false, func(ctx context.Context, c *iam.Client, _ *sts.Client) {
			_, _ = c.SimulatePrincipalPolicy(ctx, &iam.SimulatePrincipalPolicyInput{
				PolicySourceArn: aws.String(arn + "user/u"), ActionNames: []string{"s3:GetObject"},
			})
		}},
		{"sts:AssumeRole " + arn + "role/r", false, func(ctx context.Context, _ *iam.Client, c *sts.Client) {
			_, _ = c.AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(arn + "role/r"), RoleSessionName: user})
		}},
		{"*", false, func(ctx context.Context, _ *iam.Client, c *sts.Client) {
			_, _ = c.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		}},
	}
	g := start(t, &emulator{})
	for _, row := range rows {
		g.Reset()
		row.call(t.Context(), iamClient(g), stsClient(g))
		calls := g.Calls()
		if len(calls) != 1 {
			t.Fatalf("%s: sent %d requests", row.want, len(calls))
		}
		got := strings.Join(append(calls[0].Actions, calls[0].Resource), " ")
		if got != row.want || calls[0].Mutating != row.mutating || calls[0].AccessKey != "AKIDEXAMPLE" {
			t.Errorf("got %s (%+v), want %s, mutating %v", got, calls[0], row.want, row.mutating)
		}
	}
}

// restNeeds says per operation which actions it needs, on what, and whether it changes anything.
const restNeeds = `
CreateDistribution           cloudfront:CreateDistribution                        distribution/*            writes
CreateDistributionWithTags   cloudfront:CreateDistribution,cloudfront:TagResource distribution/*            writes
ListDistributions            cloudfront:ListDistributions                         *                         reads
GetDistribution              cloudfront:GetDistribution                           distribution/1            reads
GetDistributionConfig        cloudfront:GetDistributionConfig                     distribution/1            reads
UpdateDistribution           cloudfront:UpdateDistribution                        distribution/1            writes
DeleteDistribution           cloudfront:DeleteDistribution                        distribution/1            writes
CreateInvalidation           cloudfront:CreateInvalidation                        distribution/1            writes
ListInvalidations            cloudfront:ListInvalidations                         distribution/1            reads
GetInvalidation              cloudfront:GetInvalidation                           distribution/1            reads
CreateOriginAccessControl    cloudfront:CreateOriginAccessControl                 origin-access-control/*   writes
ListOriginAccessControls     cloudfront:ListOriginAccessControls                  *                         reads
GetOriginAccessControl       cloudfront:GetOriginAccessControl                    origin-access-control/1   reads
GetOriginAccessControlConfig cloudfront:GetOriginAccessControlConfig              origin-access-control/1   reads
UpdateOriginAccessControl    cloudfront:UpdateOriginAccessControl                 origin-access-control/1   writes
DeleteOriginAccessControl    cloudfront:DeleteOriginAccessControl                 origin-access-control/1   writes
CreateFunction               cloudfront:CreateFunction                            function/1                writes
ListFunctions                cloudfront:ListFunctions                             *                         reads
GetFunction                  cloudfront:GetFunction                               function/1                reads
DescribeFunction             cloudfront:DescribeFunction                          function/1                reads
UpdateFunction               cloudfront:UpdateFunction                            function/1                writes
DeleteFunction               cloudfront:DeleteFunction                            function/1                writes
PublishFunction              cloudfront:PublishFunction                           function/1                writes
TestFunction                 cloudfront:TestFunction                              function/1                reads
ListCachePolicies            cloudfront:ListCachePolicies                         *                         reads
GetCachePolicy               cloudfront:GetCachePolicy                            cache-policy/1            reads
ListResponseHeadersPolicies  cloudfront:ListResponseHeadersPolicies               *                         reads
GetResponseHeadersPolicy     cloudfront:GetResponseHeadersPolicy                  response-headers-policy/1 reads
ListTagsForResource          cloudfront:ListTagsForResource                       1                         reads
TagResource                  cloudfront:TagResource                               1                         writes
UntagResource                cloudfront:UntagResource                             1                         writes
ListHostedZones              route53:ListHostedZones                              *                         reads
ListHostedZonesByName        route53:ListHostedZonesByName                        *                         reads
GetHostedZone                route53:GetHostedZone                                hostedzone/1              reads
ListResourceRecordSets       route53:ListResourceRecordSets                       hostedzone/1              reads
ChangeResourceRecordSets     route53:ChangeResourceRecordSets                     hostedzone/1              writes
GetChange                    route53:GetChange                                    change/1                  reads
`

// Every operation of the table is sent for real, with its least input, and so are all others of both services, which must
// not be taken for one of the table.
func TestRESTOperations(t *testing.T) {
	g := start(t, &emulator{})
	seen := map[string]bool{}
	for service, client := range map[string]any{"cloudfront": cloudFrontClient(g), "route53": route53Client(g)} {
		for operation, call := range operationsOf(t, client) {
			g.Reset()
			call()
			calls := g.Calls()
			if len(calls) != 1 {
				continue // wants more input than fill knows
			}
			seen[operation] = true
			got := calls[0]
			want := restNeedsOf(service, operation)
			if want == "" {
				if got.Name() == service+":"+operation || !strings.Contains(got.Operation, " /20") {
					t.Errorf("%s is taken for %s", operation, got.Operation)
				}
				continue
			}
			effect := map[bool]string{true: "writes", false: "reads"}[got.Mutating]
			is := fmt.Sprint(got.Name(), " ", strings.Join(got.Actions, ","), " ", got.Resource, " ", effect)
			if is != want {
				t.Errorf("got  %s\nwant %s", is, want)
			}
		}
	}
	for route, operation := range restRoutes {
		if !seen[operation] {
			t.Errorf("the SDK never sent %s for %s", route, operation)
		}
	}
}

// operationsOf are the calls of an SDK client with their least input.
func operationsOf(t *testing.T, client any) map[string]func() {
	t.Helper()
	calls := map[string]func(){}
	for i := range reflect.TypeOf(client).NumMethod() {
		method := reflect.ValueOf(client).Method(i)
		if method.Type().NumIn() != 3 || method.Type().NumOut() != 2 {
			continue // Options
		}
		input := reflect.New(method.Type().In(1).Elem())
		fill(input.Elem(), 0)
		calls[reflect.TypeOf(client).Method(i).Name] = func() {
			method.Call([]reflect.Value{reflect.ValueOf(t.Context()), input})
		}
	}
	return calls
}

// restNeedsOf is the row of restNeeds with the names written out, "" for an operation that has none.
func restNeedsOf(service, operation string) string {
	scope := map[string]string{"cloudfront": "arn:aws:cloudfront::" + account + ":", "route53": "arn:aws:route53:::"}
	for line := range strings.Lines(restNeeds) {
		row := strings.Fields(line)
		if len(row) != 4 || row[0] != operation || !strings.HasPrefix(row[1], service+":") {
			continue
		}
		if strings.Contains(row[2], "/") {
			row[2] = scope[service] + row[2]
		}
		return service + ":" + strings.Join(row, " ")
	}
	return ""
}

func TestTagsOfACertificateNeedTheirOwnPermission(t *testing.T) {
	g := start(t, &emulator{})
	for want, tags := range map[string][]acmtypes.Tag{
		"acm:RequestCertificate":                          nil,
		"acm:RequestCertificate acm:AddTagsToCertificate": {{Key: aws.String("k")}},
	} {
		g.Reset()
		_, err := acmClient(g).RequestCertificate(t.Context(),
			&acm.RequestCertificateInput{DomainName: aws.String("example.edu"), Tags: tags})
		if err != nil {
			t.Fatal(err)
		}
		if got := g.Calls()[0]; strings.Join(got.Actions, " ") != want || !got.Mutating {
			t.Errorf("recorded as %+v, want %s", got, want)
		}
	}
}

// TestTargets finds the ARN in the body of a call of the JSON protocol.
func TestTargets(t *testing.T) {
	const secret = "arn:aws:secretsmanager:us-east-1:" + account + ":secret:"
	const parameter = "arn:aws:ssm:us-east-1:" + account + ":parameter/"
	const certificate = "arn:aws:acm:us-east-1:" + account + ":certificate/"
	rows := []struct{ service, target, body, want string }{
		{"ssm", "AmazonSSM.PutParameter", `{"Name": "/team/key", "Value": "v"}`, parameter + "team/key"},
		{"ssm", "AmazonSSM.GetParameter", `{"Name": "key"}`, parameter + "key"},
		{"secretsmanager", "secretsmanager.CreateSecret", `{"Name": "team/key"}`, secret + "team/key-??????"},
		{"secretsmanager", "secretsmanager.PutSecretValue", `{"SecretId": "key"}`, secret + "key-??????"},
		{"secretsmanager", "secretsmanager.DeleteSecret", `{"SecretId": "` + secret + `key-a1B2c3"}`, secret + "key-a1B2c3"},
		{"acm", "CertificateManager.ListCertificates", `{}`, "*"},
		{"acm", "CertificateManager.DescribeCertificate", `{"CertificateArn": "` + certificate + `1-2"}`, certificate + "1-2"},
		{"acm", "CertificateManager.RequestCertificate", `{"DomainName": "example.edu", "Tags": []}`, certificate + "*"},
		{"acm", "CertificateManager.ExportCertificate", `{"Name": "n"}`, "*"},
	}
	g := start(t, &emulator{})
	for _, row := range rows {
		g.Reset()
		send(t, http.MethodPost, g.URL(), http.Header{
			"X-Amz-Target":  {row.target},
			"Authorization": {"AWS4-HMAC-SHA256 Credential=AK/20260102/us-east-1/" + row.service + "/aws4_request"},
		}, strings.NewReader(row.body))
		if got := g.Calls()[0].Resource; got != row.want {
			t.Errorf("%s: %s, want %s", row.target, got, row.want)
		}
	}
}

func TestOtherRequests(t *testing.T) {
	form := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	target := func(name string) http.Header {
		return http.Header{"X-Amz-Target": {name}, "Content-Type": {"application/x-amz-json-1.1"}}
	}
	signed := func(service string) http.Header {
		return http.Header{"Authorization": {
			"AWS4-HMAC-SHA256 Credential=AK/20260102/us-east-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0",
		}}
	}
	rows := []struct {
		method, uri string
		header      http.Header
		body        string
		want        string
		mutating    bool
	}{
		{"POST", "/", target("AmazonSSM.PutParameter"), "{}", "ssm:PutParameter", true},
		{"POST", "/", target("AmazonSSM.GetParameter"), "{}", "ssm:GetParameter", false},
		{"POST", "/", target("secretsmanager.CreateSecret"), "{}", "secretsmanager:CreateSecret", true},
		{"POST", "/", target("CertificateManager.DescribeCertificate"), "{}", "acm:DescribeCertificate", false},
		{"GET", "/2020-05-31/distribution/E1ABCDEFGHIJKL/config", signed("cloudfront"), "",
			"cloudfront:GetDistributionConfig", false},
		{"PUT", "/2020-05-31/distribution/E1ABCDEFGHIJKL/config", nil, "", "cloudfront:UpdateDistribution", true},
		{"GET", "/2020-05-31/key-group/E1ABCDEFGHIJKL/config", nil, "",
			"cloudfront:GET /2020-05-31/key-group/*/config", false},
		{"PUT", "/2020-05-31/key-group/E1ABCDEFGHIJKL", signed("cloudfront"), "",
			"cloudfront:PUT /2020-05-31/key-group/*", true},
		{"POST", "/2020-05-31/distribution?Copy", nil, "", "cloudfront:CreateDistribution", true},
		{"POST", "/2013-04-01/hostedzone/Z0123/rrset/", nil, "", "route53:ChangeResourceRecordSets", true},
		{"POST", "/2013-04-01/healthcheck/Z0123", nil, "", "route53:POST /2013-04-01/healthcheck/*", true},
		{"GET", "/2013-04-01/", nil, "", "route53:GET /2013-04-01", false},
		{"POST", "/", form, "Action=AssumeRoleWithWebIdentity&Version=2011-06-15", "sts:AssumeRoleWithWebIdentity", false},
		{"POST", "/", form, "Action=CreateUser&Version=2010-05-08", "iam:CreateUser", true},
		{"GET", "/bucket/key", nil, "", "s3:GetObject", false},
		{"PUT", "/bucket/", signed("s3"), "", "s3:CreateBucket", true},
		{"GET", "/bucket/key?X-Amz-Credential=AK%2F20260102%2Fus-east-1%2Fs3%2Faws4_request", nil, "", "s3:GetObject", false},
		{"HEAD", "/bucket?abac", nil, "", "s3:HEAD /bucket?abac", false},
		{"PUT", "/bucket?abac", nil, "", "s3:PUT /bucket?abac", true},
		{"PUT", "/bucket/key?encryption", nil, "", "s3:PUT /bucket/key?encryption", true},
	}
	g := start(t, &emulator{})
	for _, row := range rows {
		g.Reset()
		send(t, row.method, g.URL()+row.uri, row.header, strings.NewReader(row.body))
		if got := g.Calls()[0]; got.Name() != row.want || got.Mutating != row.mutating {
			t.Errorf("%s %s: %s, mutating %v; want %s", row.method, row.uri, got.Name(), got.Mutating, row.want)
		}
	}
}

// TestClassify_admin: the Admin API of VersityGW is known by its method.
func TestClassify_admin(t *testing.T) {
	for target, want := range map[string]Call{
		"/create-user":                          {Operation: "CreateUser", Resource: "*", Mutating: true},
		"/below/update-user?access=ann":         {Operation: "UpdateUser", Resource: "user ann", Mutating: true},
		"/delete-user?access=ann":               {Operation: "DeleteUser", Resource: "user ann", Mutating: true},
		"/list-users":                           {Operation: "ListUsers", Resource: "*"},
		"/list-buckets":                         {Operation: "ListBuckets", Resource: "*"},
		"/change-bucket-owner?bucket=b&owner=a": {Operation: "ChangeBucketOwner", Resource: "bucket b", Mutating: true},
		"/b.c/create":                           {Operation: "CreateBucket", Resource: "bucket b.c", Mutating: true},
		"/what-else":                            {Operation: "PATCH what-else", Resource: "*", Mutating: true},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, "http://gw"+target, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AK/20300101/us-east-1/s3/aws4_request, Signature=1")
		got := classify(r, nil, "").Call
		want.Service, want.AccessKey, want.Actions = "admin", "AK", []string{"admin:" + want.Operation}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
}
