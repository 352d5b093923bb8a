package awsclient_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// classes are the names of all classes that an error belongs to.
func classes(err error) []string {
	var all []string
	for name, is := range map[string]func(error) bool{
		"not found": awsclient.IsNotFound, "no bucket": awsclient.IsNoBucket, "denied": awsclient.IsAccessDenied,
		"credentials": awsclient.IsCredentials, "exists": awsclient.IsExists, "not empty": awsclient.IsNotEmpty,
		"limit": awsclient.IsLimitExceeded, "conflict": awsclient.IsConflict,
		"not implemented": awsclient.IsNotImplemented, "region": awsclient.IsWrongRegion,
		"perhaps done": awsclient.MayHaveWorked,
	} {
		if is(err) {
			all = append(all, name)
		}
	}
	slices.Sort(all)
	return all
}

// Of several calls in one error, the one that was denied is found, wherever it stands.
func TestDenied(t *testing.T) {
	denied := &awsclient.CallError{Operation: "AbortMultipartUpload", Code: "AccessDenied"}
	other := &awsclient.CallError{Operation: "UploadPart", Code: "InvalidPart"}
	for name, test := range map[string]struct {
		err  error
		want *awsclient.CallError
	}{
		"alone":         {denied, denied},
		"wrapped":       {fmt.Errorf("index.html: %w", denied), denied},
		"second of two": {fmt.Errorf("%w; left: %w", other, denied), denied},
		"joined":        {errors.Join(other, fmt.Errorf("twice: %w", errors.Join(other, denied))), denied},
		"another":       {fmt.Errorf("%w and %w", other, errors.New("no call")), nil},
		"none":          {nil, nil},
	} {
		if got := awsclient.Denied(test.err); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestClasses(t *testing.T) {
	clean(t)
	id := map[string]string{"X-Amz-Request-Id": "RQ"}
	region := map[string]string{"X-Amz-Bucket-Region": "eu-central-1"}
	page := map[string]string{"Content-Type": "text/html"}
	with := func(a answer, header map[string]string) answer {
		a.Header = header
		return a
	}
	type call func(*awsclient.Conn) error
	head := func(c *awsclient.Conn) error {
		_, err := awsclient.S3(c).HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("demo")})
		return err
	}
	policy := func(c *awsclient.Conn) error {
		_, err := awsclient.S3(c).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("demo")})
		return err
	}
	create := func(c *awsclient.Conn) error {
		_, err := awsclient.S3(c).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("demo")})
		return err
	}
	group := func(c *awsclient.Conn) error {
		_, err := awsclient.IAM(c).DeleteGroup(t.Context(), &iam.DeleteGroupInput{GroupName: aws.String("g")})
		return err
	}
	for _, test := range []struct {
		name   string
		call   call
		answer answer
		want   []string
		region string
	}{
		{"HEAD 404", head, with(answer{Status: 404}, id), []string{"no bucket", "not found"}, ""},
		{"HEAD 404 that names a region", head, with(answer{Status: 404}, region), []string{"no bucket", "not found"}, ""},
		{"HEAD 404 of a proxy", head, answer{Status: 404}, nil, ""},
		{"HEAD 404 of a web server", head, with(answer{Status: 404}, page), nil, ""},
		{"HEAD 403", head, with(answer{Status: 403}, region), []string{"denied"}, ""},
		{"HEAD 403 of a proxy", head, answer{Status: 403}, nil, ""},
		{"HEAD 301", head, with(answer{Status: 301}, region), []string{"region"}, "eu-central-1"},
		{"HEAD 301 without a region", head, with(answer{Status: 301}, id), []string{"region"}, ""},
		{"HEAD 301 of a web server", head, with(answer{Status: 301}, page), nil, ""},
		{"HEAD 400", head, with(answer{Status: 400}, region), nil, "eu-central-1"},
		{"HEAD 405 of a web server", head, with(answer{Status: 405}, page), nil, ""},
		{"HEAD 409", head, with(answer{Status: 409}, id), []string{"conflict"}, ""},
		{"no bucket", policy, fail(404, "NoSuchBucket", ""), []string{"no bucket", "not found"}, ""},
		{"no policy", policy, fail(404, "NoSuchBucketPolicy", ""), []string{"not found"}, ""},
		{"no tags", policy, fail(404, "NoSuchTagSet", ""), []string{"not found"}, ""},
		{"no encryption", policy, fail(404, "ServerSideEncryptionConfigurationNotFoundError", ""), []string{"not found"}, ""},
		{"no block", policy, fail(404, "NoSuchPublicAccessBlockConfiguration", ""), []string{"not found"}, ""},
		{"no ownership", policy, fail(404, "OwnershipControlsNotFoundError", ""), []string{"not found"}, ""},
		{"no lifecycle", policy, fail(404, "NoSuchLifecycleConfiguration", ""), []string{"not found"}, ""},
		{"404 of another kind", policy, fail(404, "SomethingElse", ""), nil, ""},
		{"404 of a web server", policy, with(answer{Status: 404, Body: "<html>"}, page), nil, ""},
		{"404 of a proxy", policy, answer{Status: 404}, nil, ""},
		{"404 of a proxy to IAM", group, answer{Status: 404}, nil, ""},
		{"redirect", policy, with(fail(301, "PermanentRedirect", ""), region), []string{"region"}, "eu-central-1"},
		{"malformed", policy, fail(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-2'"), []string{"region"}, "eu-west-2"},
		{"denied", policy, fail(403, "AccessDenied", ""), []string{"denied"}, ""},
		{"denied, names its region", policy, with(fail(403, "AccessDenied", ""), region), []string{"denied"}, ""},
		{"log bucket elsewhere", policy, fail(403, "CrossLocationLoggingProhibitted", ""), nil, ""},
		{"signature", policy, fail(403, "SignatureDoesNotMatch", ""), []string{"credentials"}, ""},
		{"key", policy, fail(403, "InvalidAccessKeyId", ""), []string{"credentials"}, ""},
		{"expired", policy, fail(400, "ExpiredToken", ""), []string{"credentials"}, ""},
		{"501", policy, fail(501, "VersioningNotConfigured", ""), []string{"not implemented"}, ""},
		{"not implemented", policy, fail(501, "NotImplemented", ""), []string{"not implemented"}, ""},
		{"405", policy, fail(405, "MethodNotAllowed", ""), []string{"not implemented"}, ""},
		{"owned by you", create, fail(409, "BucketAlreadyOwnedByYou", ""), []string{"exists"}, ""},
		{"owned by another", create, fail(409, "BucketAlreadyExists", ""), []string{"exists"}, ""},
		{"too many buckets", create, fail(400, "TooManyBuckets", ""), []string{"limit"}, ""},
		{"aborted", create, fail(409, "OperationAborted", ""), []string{"conflict"}, ""},
		{"not empty", create, fail(409, "BucketNotEmpty", ""), []string{"not empty"}, ""},
		{"no group", group, failQuery(404, "NoSuchEntity", ""), []string{"not found"}, ""},
		{"group in use", group, failQuery(409, "DeleteConflict", ""), []string{"conflict"}, ""},
		{"group exists", group, failQuery(409, "EntityAlreadyExists", ""), []string{"exists"}, ""},
		{"quota", group, failQuery(409, "LimitExceeded", ""), []string{"limit"}, ""},
		{"IAM denied", group, failQuery(403, "AccessDenied", ""), []string{"denied"}, ""},
		{"IAM key", group, failQuery(403, "InvalidClientTokenId", ""), []string{"credentials"}, ""},
		{"IAM action unknown", group, failQuery(400, "InvalidAction", ""), []string{"not implemented"}, ""},
		{"server error", group, failQuery(500, "ServiceFailure", ""), []string{"perhaps done"}, ""},
	} {
		s := serve(t, func(seen) answer { return test.answer })
		cfg := unasked(s.URL)
		cfg.MaxRetries = new(2)
		err := test.call(connect(t, cfg))
		if err == nil {
			t.Errorf("%s: no error", test.name)
			continue
		}
		if diff := cmp.Diff(test.want, classes(fmt.Errorf("wrapped: %w", err))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
		if got, ok := awsclient.Redirected(err); got != test.region || ok != (test.region != "") {
			t.Errorf("%s: redirected to %q", test.name, got)
		}
	}
	if got := classes(&types.NoSuchBucket{}); !slices.Equal(got, []string{"no bucket", "not found"}) {
		t.Errorf("an error of the SDK is %v", got)
	}
	if got := classes(errors.New("AccessDenied")); got != nil {
		t.Errorf("a foreign error is %v", got)
	}
	if got := classes(nil); got != nil {
		t.Errorf("no error is %v", got)
	}
}

// TestRegion_ofStore: a store other than AWS has one region, which is the provider's to be set. On AWS it is the
// bucket's. Both kinds of quotation marks are in use.
func TestRegion_ofStore(t *testing.T) {
	clean(t)
	for _, quote := range []string{"'", `"`} {
		message := strings.ReplaceAll("the region 'us-east-1' is wrong; expecting 'eu-test-9'", "'", quote)
		for _, platform := range awsclient.PlatformNames() {
			s := serve(t, func(seen) answer { return fail(400, "AuthorizationHeaderMalformed", message) })
			cfg := unasked(s.URL)
			cfg.Platform = platform
			conn := connect(t, cfg)
			_, err := awsclient.S3(conn).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("demo")})
			region, redirected := awsclient.Redirected(err)
			told := strings.Contains(fmt.Sprint(err), `set the provider's region to "eu-test-9"`)
			if onAWS := conn.Platform.AWSEndpoints; told == onAWS || redirected != onAWS || redirected != (region == "eu-test-9") {
				t.Errorf("%s: redirected to %q: %v", platform, region, err)
			}
			if !awsclient.IsWrongRegion(err) {
				t.Errorf("%s: not of the class: %v", platform, err)
			}
		}
	}
}

// TestIsBare: the answer to HEAD has no body, so its status is all it says.
func TestIsBare(t *testing.T) {
	clean(t)
	for name, test := range map[string]struct {
		head   bool
		answer answer
		want   bool
	}{
		"HEAD":                {true, answer{Status: 400, Header: map[string]string{"X-Amz-Request-Id": "RQ"}}, true},
		"HEAD 404":            {true, answer{Status: 404, Header: map[string]string{"X-Amz-Request-Id": "RQ"}}, true},
		"GET":                 {false, fail(400, "InvalidRequest", ""), false},
		"GET without ids":     {false, answer{Status: 501, Body: "<Error><Code>NotImplemented</Code></Error>"}, false},
		"GET without a code":  {false, answer{Status: 404, Body: "<Error><Code></Code></Error>"}, true},
		"GET of another form": {false, answer{Status: 404, Body: "<html></html>"}, true},
	} {
		s := serve(t, func(seen) answer { return test.answer })
		client := awsclient.S3(connect(t, unasked(s.URL)))
		_, err := client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("demo")})
		if test.head {
			_, err = client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String("demo")})
		}
		if got := awsclient.IsBare(err); got != test.want {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}

func TestAbsent(t *testing.T) {
	exists := &types.BucketAlreadyExists{}
	for _, test := range []struct{ err, want error }{
		{nil, nil}, {&types.NoSuchBucket{}, nil}, {fmt.Errorf("reading: %w", &types.NoSuchKey{}), nil}, {exists, exists},
	} {
		if got := awsclient.Absent(test.err); !errors.Is(got, test.want) {
			t.Errorf("%v: got %v", test.err, got)
		}
	}
}

func TestCallError_text(t *testing.T) {
	clean(t)
	const secret = "do-not-print-me"
	s := serve(t, func(r seen) answer {
		switch {
		case strings.HasPrefix(r.Operation, "PUT"):
			return fail(403, "AccessDenied", "Access Denied")
		case strings.HasPrefix(r.Operation, "GET /mute"):
			return answer{Status: 418, Header: map[string]string{"Content-Type": "application/xml"}, Body: "<Error/>"}
		}
		return failQuery(403, "AccessDenied", "not authorized to perform: iam:"+r.Operation)
	})
	conn := connect(t, unasked(s.URL))
	_, denied := awsclient.S3(conn).PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{
		Bucket: aws.String("demo"), Policy: aws.String(secret),
	})
	_, attach := awsclient.IAM(conn).AttachGroupPolicy(t.Context(), &iam.AttachGroupPolicyInput{
		GroupName: aws.String("g"), PolicyArn: aws.String("arn:aws:iam::123456789012:policy/p"),
	})
	_, device := awsclient.IAM(conn).DeleteVirtualMFADevice(t.Context(), &iam.DeleteVirtualMFADeviceInput{
		SerialNumber: aws.String("d"),
	})
	_, object := awsclient.S3(conn).PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String("demo"), Key: aws.String("a/b"), Body: strings.NewReader(secret),
	})
	_, bare := awsclient.S3(conn).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("mute")})
	for _, test := range []struct {
		err  error
		want string
	}{
		{denied, "s3 PutBucketPolicy on bucket demo: AccessDenied: Access Denied (request id RQ1)"},
		{fmt.Errorf("write: %w", denied), "write: s3 PutBucketPolicy on bucket demo: AccessDenied: Access Denied (request id RQ1)"},
		{attach, "iam AttachGroupPolicy on group g: AccessDenied: not authorized to perform: iam:AttachGroupPolicy (request id RQ2)"},
		{device, "iam DeleteVirtualMFADevice on device d: AccessDenied: not authorized to perform: " +
			"iam:DeleteVirtualMFADevice (request id RQ2)"},
		{object, "s3 PutObject on object demo/a/b: AccessDenied: Access Denied (request id RQ1)"},
		{bare, "s3 GetBucketPolicy on bucket mute: the answer with status 418 has no error code and no request id, " +
			"so it is not from AWS or a store, but perhaps from a proxy"},
		{errors.New("other"), "other"},
	} {
		if got := awsclient.Text(test.err); got != test.want {
			t.Errorf("got  %s\nwant %s", got, test.want)
		}
		if strings.Contains(fmt.Sprintf("%+v", test.err), secret) {
			t.Errorf("%v holds what was sent", test.err)
		}
	}
}

// failJSON is an error as the stores write it.
func failJSON(status int, code string) answer {
	return answer{Status: status, Body: `{"__type":"` + code + `","message":"No."}`, Header: map[string]string{"X-Amzn-Requestid": "RQ3"}}
}

// The failures of stores have the same classes, name what the call was about, and do not tell the value.
func TestStoreErrors(t *testing.T) {
	const hidden = "value-to-hide"
	for name, test := range map[string]struct {
		answer answer
		call   func(context.Context, *awsclient.Conn) error
		is     func(error) bool
		says   string
	}{
		"parameter exists": {
			failJSON(400, "ParameterAlreadyExists"), func(ctx context.Context, c *awsclient.Conn) error {
				_, err := awsclient.SSM(c).PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/a"), Value: aws.String(hidden)})
				return err
			}, awsclient.IsExists, "ssm PutParameter on parameter /a: ParameterAlreadyExists",
		},
		"parameter denied": {
			failJSON(400, "AccessDeniedException"), func(ctx context.Context, c *awsclient.Conn) error {
				_, err := awsclient.SSM(c).PutParameter(ctx, &ssm.PutParameterInput{Name: aws.String("/a"), Value: aws.String(hidden)})
				return err
			}, awsclient.IsAccessDenied, "ssm PutParameter on parameter /a: AccessDeniedException",
		},
		"no parameter": {
			failJSON(400, "ParameterNotFound"), func(ctx context.Context, c *awsclient.Conn) error {
				_, err := awsclient.SSM(c).DeleteParameter(ctx, &ssm.DeleteParameterInput{Name: aws.String("/a")})
				return err
			}, awsclient.IsNotFound, "ssm DeleteParameter on parameter /a: ParameterNotFound",
		},
		"secret exists": {
			failJSON(400, "ResourceExistsException"), func(ctx context.Context, c *awsclient.Conn) error {
				_, err := awsclient.SecretsManager(c).CreateSecret(ctx, &secretsmanager.CreateSecretInput{
					Name: aws.String("a"), SecretString: aws.String(hidden),
				})
				return err
			}, awsclient.IsExists, "secretsmanager CreateSecret on secret a: ResourceExistsException",
		},
		"no secret": {
			failJSON(400, "ResourceNotFoundException"), func(ctx context.Context, c *awsclient.Conn) error {
				_, err := awsclient.SecretsManager(c).PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{
					SecretId: aws.String("a"), SecretString: aws.String(hidden),
				})
				return err
			}, awsclient.IsNotFound, "secretsmanager PutSecretValue on secret a: ResourceNotFoundException",
		},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server := serve(t, func(seen) answer { return test.answer })
			cfg := unasked(server.URL)
			cfg.Endpoints["ssm"], cfg.Endpoints["secretsmanager"] = server.URL, server.URL
			err := test.call(t.Context(), connect(t, cfg))
			if err == nil || !test.is(err) || !strings.Contains(awsclient.Text(err), test.says) || strings.Contains(err.Error(), hidden) {
				t.Errorf("got %v, want %q", err, test.says)
			}
		})
	}
}

// S3 of AWS answers 405 to whoever is not of the bucket's account: there it never means that something does not exist.
func TestIsUnsupported(t *testing.T) {
	clean(t)
	for name, test := range map[string]struct {
		platform string
		answer   answer
		want     bool
	}{
		"501 of a store":          {"s3", fail(501, "NotImplemented", ""), true},
		"405 of a store":          {"s3", fail(405, "MethodNotAllowed", ""), true},
		"for a new bucket":        {"s3", fail(409, "BucketAlreadyOwnedByYou", ""), true},
		"another answer":          {"s3", answer{Status: 200, Body: "<ListBucketResult/>"}, true},
		"refused by a store":      {"s3", fail(403, "AccessDenied", ""), false},
		"501 of AWS":              {"aws", fail(501, "NotImplemented", ""), false},
		"405 of AWS":              {"aws", fail(405, "MethodNotAllowed", ""), false},
		"for a new bucket on AWS": {"aws", fail(409, "BucketAlreadyOwnedByYou", ""), false},
	} {
		s := serve(t, func(seen) answer { return test.answer })
		cfg := unasked(s.URL)
		cfg.Platform = test.platform
		_, err := awsclient.S3(connect(t, cfg)).GetBucketTagging(t.Context(),
			&s3.GetBucketTaggingInput{Bucket: aws.String("demo")})
		if got := awsclient.IsUnsupported(err); err == nil || got != test.want {
			t.Errorf("%s: %t, %v", name, got, err)
		}
	}
}
