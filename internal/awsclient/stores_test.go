package awsclient_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/smithy-go/middleware"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestKeyAccepted(t *testing.T) {
	unknown := failQuery(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
	unsigned := failQuery(403, "SignatureDoesNotMatch", "The request signature we calculated does not match.")
	for name, test := range map[string]struct {
		answers []answer // the last one again and again
		asked   int
		wrong   string // in the error, "" for none
	}{
		"at once":          {[]answer{{Status: 200}}, 1, ""},
		"later":            {[]answer{unknown, unsigned, unknown, {Status: 200}}, 4, ""},
		"known but denied": {[]answer{unknown, failQuery(403, "AccessDenied", "No.")}, 2, ""},
		"never":            {[]answer{unknown}, 0, "AWS to accept the new access key"},
		"another failure":  {[]answer{failQuery(400, "ValidationError", "What?")}, 1, "ValidationError"},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server := serve(t, func(s seen) answer { return test.answers[min(s.Number, len(test.answers))-1] })
			pace := fast()
			if name == "never" {
				pace.Consistency = 50 * time.Millisecond
			}
			cfg := unasked(server.URL)
			cfg.MaxRetries = new(0)
			conn, err := awsclient.New(cfg, pace).Connect(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = awsclient.KeyAccepted(t.Context(), conn, "AKNEW", "new-secret")
			if (err != nil) != (test.wrong != "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
				t.Errorf("got %v, want %q", err, test.wrong)
			}
			if err != nil && strings.Contains(err.Error(), "new-secret") {
				t.Errorf("the error tells the secret: %v", err)
			}
			requests := server.requests()
			if test.asked > 0 && len(requests) != test.asked {
				t.Errorf("asked %d times, want %d", len(requests), test.asked)
			}
			for _, r := range requests {
				if r.Operation != "GetCallerIdentity" || !strings.Contains(r.Header.Get("Authorization"), "Credential=AKNEW/") {
					t.Errorf("%s with %s", r.Operation, r.Header.Get("Authorization"))
				}
			}
		})
	}
}

func TestKeyAccepted_withoutSTS(t *testing.T) {
	clean(t)
	server := serve(t, func(seen) answer { return answer{Status: 200} })
	cfg := unasked(server.URL)
	cfg.Platform = "minio"
	if err := awsclient.KeyAccepted(t.Context(), connect(t, cfg), "AKNEW", "new-secret"); err != nil {
		t.Error(err)
	}
	if asked := server.operations(); len(asked) > 0 {
		t.Errorf("asked %v", asked)
	}
}

func TestPatiently(t *testing.T) {
	early, broken := errors.New("not there yet"), errors.New("broken")
	isEarly := func(err error) bool { return errors.Is(err, early) }
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	pace := fast()
	pace.Consistency = 30 * time.Millisecond
	for name, test := range map[string]struct {
		ctx    context.Context
		errs   []error // of the writes, the last one again and again
		writes int     // 0: several
		is     []error
	}{
		"at once":         {t.Context(), []error{nil}, 1, nil},
		"later":           {t.Context(), []error{early, early, nil}, 3, nil},
		"another failure": {t.Context(), []error{early, broken}, 2, []error{broken}},
		"never":           {t.Context(), []error{early}, 0, []error{early}},
		"interrupted":     {cancelled, []error{early}, 1, []error{early, context.Canceled}},
	} {
		writes := 0
		err := awsclient.Patiently(test.ctx, pace, "the user to be known", isEarly, func() error {
			writes++
			return test.errs[min(writes, len(test.errs))-1]
		})
		if (err == nil) != (len(test.is) == 0) || slices.ContainsFunc(test.is, func(want error) bool { return !errors.Is(err, want) }) {
			t.Errorf("%s: got %v, want %v", name, err, test.is)
		}
		if test.writes > 0 && writes != test.writes || test.writes == 0 && writes < 2 {
			t.Errorf("%s: %d writes, want %d", name, writes, test.writes)
		}
		if name == "never" && (!awsclient.IsTimeout(err) || !strings.Contains(err.Error(), "the user to be known")) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestPolicyText(t *testing.T) {
	for answer, want := range map[string]string{
		"":                                  "",
		`{"a":"b"}`:                         `{"a":"b"}`,
		"%7B%22a%22%3A%20%22b%22%7D":        `{"a": "b"}`,
		"arn%3Aaws%3As3%3A%3A%3Ab/a+b":      "arn:aws:s3:::b/a+b",
		"arn%3Aaws%3As3%3A%3A%3Ab%2Fa%2Bb":  "arn:aws:s3:::b/a+b",
		"%7B%22a%22%3A%22%25%22%2C%22b%22%": "",
	} {
		got, err := awsclient.PolicyText(&answer)
		if got != want || (err != nil) != (answer != "" && want == "") {
			t.Errorf("%q: got %q, %v", answer, got, err)
		}
	}
	if got, err := awsclient.PolicyText(nil); got != "" || err != nil {
		t.Errorf("nil: got %q, %v", got, err)
	}
}

// A call that may have been done although its answer says otherwise, or says nothing.
func TestIsUncertain(t *testing.T) {
	refused := failQuery(409, "LimitExceeded", "No.")
	throttled := failQuery(400, "Throttling", "Rate exceeded")
	broken := failQuery(500, "InternalFailure", "Sorry.")
	lost := answer{}
	done := answer{Status: 200, Body: `<CreateAccessKeyResponse><CreateAccessKeyResult><AccessKey><AccessKeyId>AK1</AccessKeyId>` +
		`</AccessKey></CreateAccessKeyResult></CreateAccessKeyResponse>`}
	for name, test := range map[string]struct {
		answers           []answer
		uncertain, resent bool
	}{
		"done":                 {[]answer{done}, false, false},
		"refused":              {[]answer{refused}, false, false},
		"failed":               {[]answer{broken, broken, broken}, true, false},
		"lost":                 {[]answer{lost, lost, lost}, true, false},
		"throttled, refused":   {[]answer{throttled, refused}, true, false},
		"lost, then refused":   {[]answer{lost, refused}, true, false},
		"lost, then done":      {[]answer{lost, done}, false, true},
		"throttled, then done": {[]answer{throttled, done}, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			clean(t)
			server := serve(t, func(s seen) answer { return test.answers[min(s.Number, len(test.answers))-1] })
			cfg := unasked(server.URL)
			cfg.MaxRetries = new(2)
			out, err := awsclient.IAM(connect(t, cfg)).CreateAccessKey(t.Context(), &iam.CreateAccessKeyInput{UserName: aws.String("ann")})
			var result middleware.Metadata
			if err == nil {
				result = out.ResultMetadata
			}
			if awsclient.IsUncertain(err) != test.uncertain || awsclient.Resent(result) != test.resent {
				t.Errorf("uncertain %v, resent %v, want %v, %v: %v", awsclient.IsUncertain(err), awsclient.Resent(result),
					test.uncertain, test.resent, err)
			}
		})
	}
	if awsclient.IsUncertain(nil) || !awsclient.IsUncertain(context.Canceled) {
		t.Error("nothing failed, or a call was cut short")
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

// A store that is not AWS has stores of secrets only where an endpoint says so.
func TestStores_withoutEndpoint(t *testing.T) {
	clean(t)
	cfg := unasked("http://127.0.0.1:1")
	cfg.Platform = "minio"
	conn := connect(t, cfg)
	_, parameter := awsclient.SSM(conn).GetParameter(t.Context(), &ssm.GetParameterInput{Name: aws.String("/a")})
	_, secret := awsclient.SecretsManager(conn).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: aws.String("a")})
	for service, err := range map[string]error{"ssm": parameter, "secretsmanager": secret} {
		if !awsclient.IsNotImplemented(err) || !strings.Contains(err.Error(), "set endpoints."+service) {
			t.Errorf("%s: got %v", service, err)
		}
	}
}
