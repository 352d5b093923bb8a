package gateway

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func putPolicy(policy string) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		_, err := s3Client(g).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
			Bucket: aws.String("bucket"), Policy: aws.String(policy),
		})
		return err
	}
}

func statement(elements string) string {
	return `{"Version": "2012-10-17", "Statement": [{` + elements + `}]}`
}

func putLifecycle(ids ...string) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		var rules []s3types.LifecycleRule
		for _, id := range ids {
			rules = append(rules, s3types.LifecycleRule{
				ID: aws.String(id), Status: s3types.ExpirationStatusEnabled, Filter: &s3types.LifecycleRuleFilter{},
				Expiration: &s3types.LifecycleExpiration{Days: aws.Int32(1)},
			})
		}
		_, err := s3Client(g).PutBucketLifecycleConfiguration(ctx, &s3.PutBucketLifecycleConfigurationInput{
			Bucket: aws.String("bucket"), LifecycleConfiguration: &s3types.BucketLifecycleConfiguration{Rules: rules},
		})
		return err
	}
}

func putObject(acl s3types.ObjectCannedACL, grant *string) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		_, err := s3Client(g).PutObject(ctx, &s3.PutObjectInput{
			Bucket: aws.String("bucket"), Key: aws.String("key"), ACL: acl, GrantRead: grant, Body: strings.NewReader("x"),
		})
		return err
	}
}

func putBucketACL(acl s3types.BucketCannedACL) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		input := &s3.PutBucketAclInput{Bucket: aws.String("bucket"), ACL: acl}
		if acl == "" { // the list in the body instead
			input.AccessControlPolicy = &s3types.AccessControlPolicy{Owner: &s3types.Owner{ID: aws.String("1")}}
		}
		_, err := s3Client(g).PutBucketAcl(ctx, input)
		return err
	}
}

func deleteObject(bypass *bool) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		_, err := s3Client(g).DeleteObject(ctx, &s3.DeleteObjectInput{
			Bucket: aws.String("bucket"), Key: aws.String("key"), BypassGovernanceRetention: bypass,
		})
		return err
	}
}

func putLogging(enabled *s3types.LoggingEnabled) func(context.Context, *Gateway) error {
	return func(ctx context.Context, g *Gateway) error {
		_, err := s3Client(g).PutBucketLogging(ctx, &s3.PutBucketLoggingInput{
			Bucket: aws.String("bucket"), BucketLoggingStatus: &s3types.BucketLoggingStatus{LoggingEnabled: enabled},
		})
		return err
	}
}

func deleteGroup(ctx context.Context, g *Gateway) error {
	_, err := iamClient(g).DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: aws.String("g")})
	return err
}

func deletePolicy(ctx context.Context, g *Gateway) error {
	_, err := iamClient(g).DeletePolicy(ctx, &iam.DeletePolicyInput{
		PolicyArn: aws.String("arn:aws:iam::" + account + ":policy/p"),
	})
	return err
}

// refusalRow is a call to an emulator that holds something.
type refusalRow struct {
	name   string
	stored map[string]scripted
	call   func(context.Context, *Gateway) error
	want   string // the error; none when the call goes through
}

func TestRefusals(t *testing.T) {
	const (
		ownership = "GET /bucket?ownershipControls="
		block     = "GET /bucket?publicAccessBlock="
		logs      = "HEAD /logs"
		enforced  = "<Controls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></Controls>"
		preferred = "<Controls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule></Controls>"
		blocked   = "<Public><BlockPublicPolicy>true</BlockPublicPolicy></Public>"
		lock      = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>"
		open      = "<Public><BlockPublicAcls>true</BlockPublicAcls></Public>"
		missing   = "<Error><Code>NoSuchThing</Code></Error>"
		notThere  = "<ErrorResponse><Error><Code>NoSuchEntity</Code></Error></ErrorResponse>"
		member    = "<R><GetGroupResult><Users><member><UserName>u</UserName></member></Users></GetGroupResult></R>"
		attached  = "<R><ListAttachedGroupPoliciesResult><AttachedPolicies><member/></AttachedPolicies>" +
			"</ListAttachedGroupPoliciesResult></R>"
		inline     = "<R><ListGroupPoliciesResult><PolicyNames><member>x</member></PolicyNames></ListGroupPoliciesResult></R>"
		inUse      = "<R><GetPolicyResult><Policy><AttachmentCount>1</AttachmentCount></Policy></GetPolicyResult></R>"
		unused     = "<R><GetPolicyResult><Policy><AttachmentCount>0</AttachmentCount></Policy></GetPolicyResult></R>"
		oneVersion = "<R><ListPolicyVersionsResult><Versions><member><IsDefaultVersion>true</IsDefaultVersion></member>" +
			"</Versions></ListPolicyVersionsResult></R>"
		twoVersions = "<R><ListPolicyVersionsResult><Versions><member><IsDefaultVersion>true</IsDefaultVersion></member>" +
			"<member><IsDefaultVersion>false</IsDefaultVersion></member></Versions></ListPolicyVersionsResult></R>"
	)
	public := statement(
		`"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket/*"`)
	rows := []refusalRow{
		{"policy that is not JSON", nil, putPolicy("{"), "400 MalformedPolicy"},
		{"policy that is a list", nil, putPolicy("[]"), "400 MalformedPolicy"},
		{"policy of unknown effect", nil, putPolicy(statement(
			`"Effect": "Maybe", "Principal": "*", "Action": "s3:*", "Resource": "*"`)), "400 MalformedPolicy"},
		{"policy of unknown version", nil, putPolicy(strings.Replace(public, "2012", "2013", 1)), "400 MalformedPolicy"},
		{"policy without resource", nil, putPolicy(statement(
			`"Effect": "Deny", "Principal": "*", "Action": "s3:*"`)), "400 MalformedPolicy"},
		{"policy without principal", nil, putPolicy(statement(
			`"Effect": "Deny", "Action": "s3:*", "Resource": "*"`)), "400 MalformedPolicy"},
		{"policy with the negative forms", nil, putPolicy(statement(
			`"Effect": "Deny", "NotPrincipal": {"AWS": "1"}, "NotAction": "s3:Get*", "NotResource": "arn:aws:s3:::b"`)), ""},
		{"public policy while blocked", map[string]scripted{block: {200, blocked}}, putPolicy(public), "403 AccessDenied"},
		{"public policy", map[string]scripted{block: {200, open}}, putPolicy(public), ""},
		{"public policy without a block", map[string]scripted{block: {404, missing}}, putPolicy(public), ""},
		{"private policy while blocked", map[string]scripted{block: {200, blocked}},
			putPolicy(strings.Replace(public, `"*"`, `{"AWS": "`+account+`"}`, 1)), ""},
		{"rule ids once", nil, putLifecycle("b", "a"), ""},
		{"rule id twice", nil, putLifecycle("a", "b", "a"), "400 InvalidArgument"},
		{"ACL on enforced", map[string]scripted{ownership: {200, enforced}},
			putObject(s3types.ObjectCannedACLPublicRead, nil), "400 AccessControlListNotSupported"},
		{"grant on enforced", map[string]scripted{ownership: {200, enforced}},
			putObject("", aws.String("id=1")), "400 AccessControlListNotSupported"},
		{"full control on enforced", map[string]scripted{ownership: {200, enforced}},
			putObject(s3types.ObjectCannedACLBucketOwnerFullControl, nil), ""},
		{"no ACL on enforced", map[string]scripted{ownership: {200, enforced}}, putObject("", nil), ""},
		{"ACL where allowed", map[string]scripted{ownership: {200, preferred}},
			putObject(s3types.ObjectCannedACLPublicRead, nil), ""},
		{"ACL without ownership", map[string]scripted{ownership: {404, missing}},
			putObject(s3types.ObjectCannedACLPublicRead, nil), ""},
		{"bucket ACL on enforced", map[string]scripted{ownership: {200, enforced}},
			putBucketACL(s3types.BucketCannedACLPrivate), "400 AccessControlListNotSupported"},
		{"bucket ACL in the body on enforced", map[string]scripted{ownership: {200, enforced}},
			putBucketACL(""), "400 AccessControlListNotSupported"},
		{"log to a missing bucket", map[string]scripted{logs: {404, ""}},
			putLogging(&s3types.LoggingEnabled{TargetBucket: aws.String("logs"), TargetPrefix: aws.String("")}),
			"400 InvalidTargetBucketForLogging"},
		{"log to a bucket", map[string]scripted{logs: {200, ""}},
			putLogging(&s3types.LoggingEnabled{TargetBucket: aws.String("logs"), TargetPrefix: aws.String("")}), ""},
		{"log off", map[string]scripted{"HEAD //": {404, ""}, "HEAD /": {404, ""}}, putLogging(nil), ""},
		{"group with a member", map[string]scripted{"GetGroup": {200, member}}, deleteGroup, "409 DeleteConflict"},
		{"group with a policy", map[string]scripted{"ListAttachedGroupPolicies": {200, attached}}, deleteGroup,
			"409 DeleteConflict"},
		{"group with an inline policy", map[string]scripted{"ListGroupPolicies": {200, inline}}, deleteGroup,
			"409 DeleteConflict"},
		{"empty group", nil, deleteGroup, ""},
		{"missing group", map[string]scripted{
			"GetGroup": {404, notThere}, "DeleteGroup": {404, notThere},
		}, deleteGroup, "404 NoSuchEntity"},
		{"attached policy", map[string]scripted{
			"GetPolicy": {200, inUse}, "ListPolicyVersions": {200, oneVersion},
		}, deletePolicy, "409 DeleteConflict"},
		{"policy with versions", map[string]scripted{
			"GetPolicy": {200, unused}, "ListPolicyVersions": {200, twoVersions},
		}, deletePolicy, "409 DeleteConflict"},
		{"bypass without a lock", map[string]scripted{"GET /bucket?object-lock=": {404, missing}}, deleteObject(aws.Bool(true)),
			"400 InvalidArgument"},
		{"bypass of a lock", map[string]scripted{"GET /bucket?object-lock=": {200, lock}}, deleteObject(aws.Bool(true)), ""},
		{"no bypass", nil, deleteObject(nil), ""},
		{"free policy", map[string]scripted{
			"GetPolicy": {200, unused}, "ListPolicyVersions": {200, oneVersion},
		}, deletePolicy, ""},
		{"no word from the emulator", map[string]scripted{"GetPolicy": {400, notThere}}, deletePolicy, "500 InternalError"},
	}
	refused := map[string]bool{}
	rows = slices.Concat(rows, edgeRefusals(), certificateRefusals(), recordRefusals())
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			upstream := &emulator{answers: row.stored}
			g := start(t, upstream)
			err := row.call(t.Context(), g)
			if row.want == "" && err != nil || row.want != "" && said(err) != row.want {
				t.Errorf("error %v, want %q", err, row.want)
			}
			call := g.Calls()[0]
			name, isRefusal := strings.CutPrefix(call.Fault, "refused: ")
			if isRefusal != (row.want != "" && call.Status != http.StatusNotFound) || g.Total() != 1 {
				t.Errorf("recorded %d calls, the first as %+v", g.Total(), call)
			}
			refused[name] = true
		})
	}
	for _, row := range refusals {
		if !refused[row.name] || row.source == "" || row.passes == "" {
			t.Errorf("nothing shows the row %q, or it does not say where it is from", row.name)
		}
	}
}
