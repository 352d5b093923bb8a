package awsclient

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// CallError is the failure of one AWS call. It holds no secret that was sent, even if the service quotes it.
type CallError struct {
	Service    string // s3, iam, sts
	Operation  string // PutBucketPolicy
	Resource   string // the object of the call, such as "bucket demo"; "" for none
	Code       string // AWS's; "" without an answer
	Message    string
	RequestID  string
	HTTPStatus int  // 0 without an answer
	Attempts   int  // how often the call was sent
	Lost       bool // an attempt before the last may have taken effect
	Uncertain  bool // any attempt may have taken effect

	err    error
	region string // that AWS names to use instead
	aws    bool   // AWS, or an emulator of it, was asked, not another store
	proved bool   // the answer has a service's own error in it
	other  bool   // the store answered another question
}

func (e *CallError) Error() string {
	var b strings.Builder
	b.WriteString(e.Service + " " + e.Operation)
	if e.Resource != "" {
		b.WriteString(" on " + e.Resource)
	}
	for _, part := range []string{e.Code, e.Message} {
		if part != "" {
			b.WriteString(": " + part)
		}
	}
	if e.RequestID != "" {
		b.WriteString(" (request id " + e.RequestID + ")")
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " after %d attempts", e.Attempts)
	}
	return b.String()
}

// Unwrap returns the SDK's error.
func (e *CallError) Unwrap() error { return e.err }

// Text is err's text without the SDK's wrapping around a CallError, which repeats the operation.
func Text(err error) string {
	var outer *smithy.OperationError
	var call *CallError
	if !errors.As(err, &outer) || !errors.As(outer, &call) {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), outer.Error(), call.Error())
}

// describe fills in the details of err, the failure of a call.
func (e *CallError) describe(err error) {
	e.err = err
	var api smithy.APIError
	var id interface{ ServiceRequestID() string }
	var sent *url.Error
	var noAnswer *NoAnswerError
	if errors.As(err, &id) {
		e.RequestID = id.ServiceRequestID()
	}
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		e.HTTPStatus = response.HTTPStatusCode()
		e.region = response.HTTPResponse().Header.Get("X-Amz-Bucket-Region")
		e.proved = isServiceError(response.Response)
	}
	if bad, ok := errors.AsType[*BadAnswerError](err); ok {
		e.HTTPStatus, e.Message, e.other = bad.Status, bad.Error(), bad.Other
		return
	}
	switch {
	case errors.As(err, &api) && e.isForeign(api.ErrorCode()):
		e.Message = fmt.Sprintf("the answer with status %d has no error code and no request id, so it is not from AWS or "+
			"a store, but perhaps from a proxy", e.HTTPStatus)
	case api != nil:
		e.Code, e.Message = api.ErrorCode(), api.ErrorMessage()
		if e.Message == e.Code || e.Message == unknownError || e.Message == http.StatusText(e.HTTPStatus) {
			e.Message = ""
		}
	case errors.As(err, &noAnswer):
		e.Message = noAnswer.Error()
	case errors.As(err, &sent):
		e.Message = sent.Err.Error()
	default:
		e.Message = err.Error()
	}
	if e.region == "" && e.Code == codeMalformedRegion {
		if m := expectedRegion.FindStringSubmatch(e.Message); m != nil {
			e.region = m[1]
		}
	}
}

// ended says in the message of a call that its context has ended who did not answer, or what the last attempt met. The
// call has no code: the last attempt was to be repeated.
func (e *CallError) ended(last outcome) {
	end := context.Canceled
	switch {
	case errors.Is(e.err, context.DeadlineExceeded):
		end = context.DeadlineExceeded
	case !errors.Is(e.err, context.Canceled):
		return
	}
	if last.err == nil || errors.Is(last.err, end) {
		e.Message = fmt.Sprintf("no answer from %s: %v", last.host, end)
		return
	}
	met := &CallError{Service: e.Service, Operation: e.Operation}
	met.describe(last.err)
	e.Message = fmt.Sprintf("%v after %s", end, met)
}

// hide takes the secrets of the call out of the error.
func (e *CallError) hide(secrets mask) {
	e.Code, e.Message, e.err = secrets.text(e.Code), secrets.text(e.Message), secrets.error(e.err)
}

// unknownError is the SDK's code or message for an answer without one.
const unknownError = "UnknownError"

// isForeign reports whether the answer came from neither AWS nor a store (a proxy, say): it has neither a service's own
// error nor a request ID, and the SDK derived the code from the HTTP status. Such a 404 does not mean that a bucket is
// gone. Of a HEAD, whose answer has no body, the request ID is the only proof; see IsBare.
func (e *CallError) isForeign(code string) bool {
	derived := strings.ReplaceAll(http.StatusText(e.HTTPStatus), " ", "")
	unmarked := !e.proved && e.RequestID == "" && e.region == ""
	return e.HTTPStatus != 0 && unmarked && (code == derived || code == unknownError)
}

const codeMalformedRegion = "AuthorizationHeaderMalformed"

// expectedRegion reads S3's "the region 'us-east-1' is wrong; expecting 'eu-west-1'", which other stores write with
// double quotes.
var expectedRegion = regexp.MustCompile(`expecting ['"]([^'"]+)['"]`)

// wholeStore takes the region that a store other than AWS wants as that of every request, not of one bucket: it is the
// provider's to be set, and no call is made again with it.
func (e *CallError) wholeStore() {
	if e.Service != "s3" || e.Code != codeMalformedRegion || e.region == "" {
		return
	}
	e.Message += fmt.Sprintf("; set the provider's region to %q", e.region)
	e.region = ""
}

// call returns the CallError in err, or one made from the SDK's error. Any other error has no class.
func call(err error) CallError {
	var c *CallError
	var api smithy.APIError
	switch {
	case errors.As(err, &c):
		return *c
	case errors.As(err, &api):
		return CallError{Code: api.ErrorCode()}
	}
	return CallError{}
}

func (e CallError) hasCode(codes ...string) bool {
	return e.Code != "" && slices.Contains(codes, e.Code)
}

// HasCode reports whether the service answered with this code.
func HasCode(err error, code string) bool { return call(err).hasCode(code) }

// IsNotFound reports whether AWS answered that an object, or a setting of it, does not exist.
func IsNotFound(err error) bool {
	return call(err).hasCode(
		// HEAD has no body; this is the SDK's code for a bare 404.
		"NotFound",
		"NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NoSuchUpload",
		"NoSuchTagSet", "NoSuchBucketPolicy", "NoSuchLifecycleConfiguration", "NoSuchCORSConfiguration",
		"NoSuchWebsiteConfiguration", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
		"ServerSideEncryptionConfigurationNotFoundError", "ReplicationConfigurationNotFoundError",
		"ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration",
		"NoSuchEntity", "ParameterNotFound", "ResourceNotFoundException",
		"XAdminUserNotFound",
		"NoSuchDistribution", "NoSuchOriginAccessControl", "NoSuchFunctionExists", "NoSuchResource", "NoSuchHostedZone",
	)
}

// Absent returns nil if err is a typed not-found, else err.
func Absent(err error) error {
	if IsNotFound(err) {
		return nil
	}
	return err
}

// IsNoBucket reports whether the bucket itself does not exist, rather than a setting of it.
func IsNoBucket(err error) bool {
	c := call(err)
	return c.hasCode("NoSuchBucket") || c.Operation == "HeadBucket" && c.hasCode("NotFound")
}

// IsCredentials reports whether AWS does not accept the credentials at all, whatever they are allowed to do.
func IsCredentials(err error) bool {
	return call(err).hasCode(
		"SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException", "SignatureExpired",
		"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure",
		"ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "RequestExpired",
		"RequestTimeTooSkewed", "MissingAuthenticationToken",
	)
}

// IsAccessDenied reports whether the credentials are not allowed to make the call. A bare 403 of HEAD counts, although
// it may also mean that S3 does not accept the credentials.
func IsAccessDenied(err error) bool {
	c := call(err)
	denied := c.HTTPStatus == http.StatusForbidden && c.Code != "" && !c.hasCode("InvalidObjectState",
		"CrossLocationLoggingProhibited", "CrossLocationLoggingProhibitted") // S3 documents one and sends the other
	return !IsCredentials(err) && (denied || c.hasCode("AccessDenied", "AccessDeniedException",
		"UnauthorizedOperation", "UnauthorizedAccess", "NotAuthorized", "AuthorizationError", "AllAccessDisabled"))
}

// Denied is the first of the calls in an error that the credentials are not allowed to make, nil if there is none. Of an
// error of several calls, such as one that failed and the one that was to clean up after it, IsAccessDenied tells about
// the first only.
func Denied(err error) *CallError {
	if one, ok := err.(*CallError); ok {
		if IsAccessDenied(one) {
			return one
		}
		return nil
	}
	switch wrapped := err.(type) {
	case interface{ Unwrap() error }:
		return Denied(wrapped.Unwrap())
	case interface{ Unwrap() []error }:
		for _, one := range wrapped.Unwrap() {
			if found := Denied(one); found != nil {
				return found
			}
		}
	}
	return nil
}

// IsExists reports whether the object to create exists already. In us-east-1, CreateBucket for a bucket of one's own
// succeeds instead, so look first.
func IsExists(err error) bool {
	return call(err).hasCode("EntityAlreadyExists", codeAnothersBucket, "BucketAlreadyOwnedByYou",
		"ParameterAlreadyExists", "ResourceExistsException", "OriginAccessControlAlreadyExists", "FunctionAlreadyExists",
		"DistributionAlreadyExists", "CNAMEAlreadyExists",
		"XAdminUserExists")
}

// IsNotEmpty reports whether a bucket cannot be deleted because it is not empty.
func IsNotEmpty(err error) bool { return call(err).hasCode("BucketNotEmpty") }

// IsLimitExceeded reports whether a quota of the account is used up.
func IsLimitExceeded(err error) bool {
	return call(err).hasCode("LimitExceeded", "TooManyBuckets")
}

// IsConflict reports whether the call conflicts with something that exists or is being changed, such as the deletion of
// an attached policy. Exists, not empty and limit exceeded are separate classes.
func IsConflict(err error) bool {
	c := call(err)
	conflict := c.HTTPStatus == http.StatusConflict && c.Code != "" ||
		c.hasCode("DeleteConflict", "OperationAborted", "ConcurrentModification", "EntityTemporarilyUnmodifiable",
			"ResourceInUseException")
	return conflict && !IsExists(err) && !IsNotEmpty(err) && !IsLimitExceeded(err)
}

// IsBusy reports whether the service has too much to do, or failed for no reason of the call: the same call may work
// later.
func IsBusy(err error) bool {
	return throttled(err) || call(err).hasCode("InternalError", "ServiceUnavailable")
}

// IsStale reports whether something changed after it was read, or is not yet in the state that the call needs: read it
// again and repeat the call. A conditional write of S3 fails so too, and a batch of Route 53 that creates a record that
// is there or deletes one that is not.
func IsStale(err error) bool {
	return call(err).hasCode("PreconditionFailed", "InvalidIfMatchVersion", "DistributionNotDisabled",
		"InvalidChangeBatch")
}

// IsBadDigest reports whether the body that came is not the one whose digest was sent with it.
func IsBadDigest(err error) bool {
	return call(err).hasCode("BadDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch")
}

// IsInvalid reports whether AWS found the request itself wrong, so repeating it cannot help.
func IsInvalid(err error) bool {
	c := call(err)
	return c.HTTPStatus == http.StatusBadRequest && c.Code != "" && !IsCredentials(err) && !IsAccessDenied(err)
}

// IsNotImplemented reports whether the store does not have the call at all. IAM of other stores answers InvalidAction.
func IsNotImplemented(err error) bool {
	c := call(err)
	return c.hasCode("NotImplemented", "MethodNotAllowed", "InvalidAction") ||
		c.Code != "" && (c.HTTPStatus == http.StatusNotImplemented || c.HTTPStatus == http.StatusMethodNotAllowed)
}

// IsUnsupported reports whether the store does not have what the call is about: it says so, or it took the call for
// another one, because it leaves out what it does not know. S3 of AWS has everything, and says 405 for other reasons.
func IsUnsupported(err error) bool {
	c := call(err)
	if c.aws && c.Service == "s3" {
		return false
	}
	return IsNotImplemented(err) && !IsNoEndpoint(err) || c.other ||
		c.Operation != "" && c.Operation != "CreateBucket" && c.hasCode("BucketAlreadyOwnedByYou", codeAnothersBucket)
}

// IsBare reports whether a failure says no more than its HTTP status, as every answer to HEAD does: what is the matter
// has to be asked with another call.
func IsBare(err error) bool {
	c := call(err)
	return c.HTTPStatus >= http.StatusBadRequest && !c.proved
}

// noEndpointError refuses a call that has nowhere to go.
type noEndpointError struct{ *smithy.GenericAPIError }

func newNoEndpointError(platform, service string) error {
	return &noEndpointError{&smithy.GenericAPIError{Code: "NotImplemented", Message: fmt.Sprintf(
		"platform %s has no default endpoint for %s: set endpoints.%[2]s", platform, service)}}
}

// IsNoEndpoint reports whether the call was not sent, because its service has no endpoint. That tells nothing about
// what the store has. Such a failure is of the class IsNotImplemented too.
func IsNoEndpoint(err error) bool {
	_, ok := errors.AsType[*noEndpointError](err)
	return ok
}

// IsWrongRegion reports whether the bucket is in another region than the call was sent to.
func IsWrongRegion(err error) bool {
	c := call(err)
	return c.hasCode("MovedPermanently", "PermanentRedirect", codeMalformedRegion)
}

// Redirected returns the region to use instead, if AWS has named it.
func Redirected(err error) (region string, ok bool) {
	c := call(err)
	if !IsWrongRegion(err) && c.HTTPStatus != http.StatusBadRequest {
		return "", false // S3 names the region in every answer, also in a 403 or 404 from the right region
	}
	return c.region, c.region != ""
}
