package awsclient

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// AdminService is the name of VersityGW's Admin API among the endpoints and in errors.
const AdminService = "admin"

// AdminCall is one call of the Admin API, which no SDK has. Its fields with names of AWS say what it is about.
type AdminCall struct {
	Operation string   // in errors and logs: CreateUser
	Path      []string // below the endpoint
	Query     url.Values
	Header    http.Header
	Body      []byte

	Bucket   *string
	UserName *string
	Secret   *string // what the body has and no error may quote
}

// Admin sends calls to VersityGW's Admin API the way that clients of AWS's services do: same credentials, transport,
// pauses, log and errors.
type Admin struct {
	conn     *Conn
	endpoint *url.URL // nil if none is set
	signer   *v4.Signer
}

// NewAdmin returns a client of the Admin API, which is at the endpoint of S3 unless it has one of its own.
func NewAdmin(c *Conn) *Admin {
	a := &Admin{conn: c, signer: v4.NewSigner(func(o *v4.SignerOptions) { o.DisableURIPathEscaping = true })}
	text := cmp.Or(c.cfg.Endpoints[AdminService], aws.ToString(S3(c).Options().BaseEndpoint))
	if endpoint, err := url.Parse(text); err == nil && text != "" {
		endpoint.Path = cmp.Or(endpoint.Path, "/") // else JoinPath makes a path without a slash
		a.endpoint = endpoint
	}
	return a
}

// Endpoint is where the Admin API is; "" if no endpoint is set.
func (a *Admin) Endpoint() string {
	if a.endpoint == nil {
		return ""
	}
	return a.endpoint.String()
}

// Do makes the call and returns the content of its answer. A failure is a CallError.
func (a *Admin) Do(ctx context.Context, call *AdminCall) (content []byte, err error) {
	if a.endpoint == nil {
		return nil, errors.New("no Admin API can be called: neither endpoints.admin nor endpoints.s3 is set")
	}
	stack := middleware.NewStack(call.Operation, smithyhttp.NewStackRequest)
	ctx = middleware.WithOperationName(middleware.WithServiceID(ctx, "Admin"), call.Operation)
	attempts := retry.NewAttemptMiddleware(a.conn.retryers[AdminService], smithyhttp.RequestCloner)
	err = errors.Join(
		stack.Serialize.Add(middleware.SerializeMiddlewareFunc("OperationSerializer", a.serialize), middleware.After),
		stack.Finalize.Add(attempts, middleware.After),
		stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("Signing", a.sign), middleware.After),
		stack.Deserialize.Add(middleware.DeserializeMiddlewareFunc("OperationDeserializer", deserializeAdmin),
			middleware.After),
	)
	for _, option := range a.conn.aws.APIOptions {
		err = errors.Join(err, option(stack))
	}
	if err != nil {
		return nil, err
	}
	handler := smithyhttp.NewClientHandlerWithOptions(boundedAnswers{a.conn.aws.HTTPClient})
	out, _, err := stack.HandleMiddleware(ctx, call, asHandler(handler))
	if err != nil {
		return nil, err
	}
	content, _ = out.([]byte)
	return content, nil
}

// asHandler is the end of a stack.
func asHandler(client smithyhttp.ClientHandler) middleware.Handler {
	return middleware.HandlerFunc(func(ctx context.Context, in any) (any, middleware.Metadata, error) {
		return client.Handle(ctx, in)
	})
}

// serialize makes the request.
func (a *Admin) serialize(
	ctx context.Context, in middleware.SerializeInput, next middleware.SerializeHandler,
) (out middleware.SerializeOutput, metadata middleware.Metadata, err error) {
	call, request := in.Parameters.(*AdminCall), in.Request.(*smithyhttp.Request)
	request.Method = http.MethodPatch
	request.URL = a.endpoint.JoinPath(call.Path...)
	request.URL.RawQuery = call.Query.Encode()
	request.Header = http.Header{"Amz-Sdk-Invocation-Id": {strconv.FormatInt(time.Now().UnixNano(), 36)}}
	maps.Copy(request.Header, call.Header)
	if len(call.Body) > 0 {
		if request, err = request.SetStream(bytes.NewReader(call.Body)); err != nil {
			return out, metadata, err
		}
		request.ContentLength = int64(len(call.Body))
		request.Header.Set("Content-Type", "application/xml")
	}
	in.Request = request
	return next.HandleSerialize(ctx, in)
}

// sign signs one attempt. The Admin API wants the name and the region of S3.
func (a *Admin) sign(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (out middleware.FinalizeOutput, metadata middleware.Metadata, err error) {
	request := in.Request.(*smithyhttp.Request)
	credentials, err := a.conn.aws.Credentials.Retrieve(ctx)
	if err != nil {
		return out, metadata, &v4.SigningError{Err: err}
	}
	hash := sha256.New()
	if stream := request.GetStream(); stream != nil {
		_, err = io.Copy(hash, stream)
		if err = errors.Join(err, request.RewindStream()); err != nil {
			return out, metadata, err
		}
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	request.Header.Set("X-Amz-Content-Sha256", sum)
	err = a.signer.SignHTTP(ctx, credentials, request.Request, sum, "s3", a.conn.Region, time.Now())
	if err != nil {
		return out, metadata, &v4.SigningError{Err: err}
	}
	return next.HandleFinalize(ctx, in)
}

// adminError is what an error of the Admin API tells that may be shown: others of its elements quote the request.
type adminError struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId"`
}

// deserializeAdmin reads the answer.
func deserializeAdmin(
	ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
) (out middleware.DeserializeOutput, metadata middleware.Metadata, err error) {
	out, metadata, err = next.HandleDeserialize(ctx, in)
	response, ok := out.RawResponse.(*smithyhttp.Response)
	if err != nil || !ok {
		return out, metadata, err
	}
	body, err := io.ReadAll(response.Body)
	switch {
	case succeeded(response) && err != nil:
		return out, metadata, &smithy.DeserializationError{Err: err}
	case succeeded(response):
		out.Result = body
		return out, metadata, nil
	}
	said := adminError{RequestID: response.Header.Get("X-Amz-Request-Id")}
	if xml.Unmarshal(body, &said) != nil || said.Code == "" {
		said.Code, said.Message = unknownError, unknownError
	}
	return out, metadata, &awshttp.ResponseError{
		ResponseError: &smithyhttp.ResponseError{
			Response: response, Err: &smithy.GenericAPIError{Code: said.Code, Message: said.Message},
		},
		RequestID: said.RequestID,
	}
}

// newAdminRetryer repeats calls after lost connections and where a proxy or a busy gateway answers. An internal error
// of the Admin API is often one for good: a call on the wrong port, say.
func newAdminRetryer(pace Pace, retries int) aws.RetryerV2 {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = retries + 1
		o.MaxBackoff = pace.MaxBackoff
		o.Backoff = retry.BackoffDelayerFunc(pace.delay)
		o.RateLimiter = ratelimit.None
		o.Retryables = []retry.IsErrorRetryable{
			retry.NoRetryCanceledError{}, retry.RetryableError{}, retry.RetryableConnectionError{},
			retry.RetryableHTTPStatusCode{Codes: map[int]struct{}{
				http.StatusBadGateway: {}, http.StatusServiceUnavailable: {}, http.StatusGatewayTimeout: {},
			}},
		}
	})
}

// maxAnswer is how long an answer may be: a list of accounts has about 300 bytes for each.
const maxAnswer = 64 << 20

var errLongAnswer = errors.New("it is too long")

// boundedAnswers is an HTTP client whose answers end with an error where they are too long.
type boundedAnswers struct{ client aws.HTTPClient }

// Do sends the request.
func (b boundedAnswers) Do(r *http.Request) (*http.Response, error) {
	response, err := b.client.Do(r)
	if err == nil {
		response.Body = &boundedBody{response.Body, maxAnswer}
	}
	return response, err
}

type boundedBody struct {
	io.ReadCloser

	left int
}

// Read reads from the body.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLongAnswer
	}
	n, err := b.ReadCloser.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
