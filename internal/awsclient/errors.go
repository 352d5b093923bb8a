package awsclient

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// CallError is the failure of one AWS call, in words and without anything that was sent.
type CallError struct {
	Service    string // s3, iam, sts
	Operation  string // PutBucketPolicy
	Resource   string // what the call was about, such as "bucket demo"; "" if about nothing in particular
	Code       string // AWS's, "" if no answer came
	Message    string
	RequestID  string
	HTTPStatus int // 0 if no answer came
	Attempts   int // how often the call was sent

	err    error
	region string // that AWS said to use instead
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

// Unwrap gives what the SDK said.
func (e *CallError) Unwrap() error { return e.err }

// Text is err's text without the SDK's wrapping around a CallError, which would name the operation twice.
func Text(err error) string {
	var outer *smithy.OperationError
	var call *CallError
	if !errors.As(err, &outer) || !errors.As(outer, &call) {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), outer.Error(), call.Error())
}

// describe fills what err, the failure of a call, says.
func (e *CallError) describe(err error) {
	e.err = err
	var api smithy.APIError
	var id interface{ ServiceRequestID() string }
	var sent *url.Error
	var silent *NoAnswerError
	if errors.As(err, &id) {
		e.RequestID = id.ServiceRequestID()
	}
	if response, ok := errors.AsType[*smithyhttp.ResponseError](err); ok {
		e.HTTPStatus = response.HTTPStatusCode()
		e.region = response.HTTPResponse().Header.Get("X-Amz-Bucket-Region")
	}
	switch {
	case errors.As(err, &api) && e.isForeign(api.ErrorCode()):
		e.Message = fmt.Sprintf("the endpoint answered with status %d, but not as AWS or a store does: without a "+
			"code and "+
			"a request id", e.HTTPStatus)
	case api != nil:
		e.Code, e.Message = api.ErrorCode(), api.ErrorMessage()
		if e.Message == e.Code || e.Message == unknownError || e.Message == http.StatusText(e.HTTPStatus) {
			e.Message = ""
		}
	case errors.As(err, &silent):
		e.Message = silent.Error()
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

// unknownError is the SDK's code or message for an answer that has none.
const unknownError = "UnknownError"

// isForeign says whether something else than AWS or a store has answered, such as a proxy or a web server: the SDK had
// to make the code of the status, and nothing else shows who it was. Above all such a 404 does not mean that a bucket
// is gone.
func (e *CallError) isForeign(code string) bool {
	made := strings.ReplaceAll(http.StatusText(e.HTTPStatus), " ", "")
	return e.HTTPStatus != 0 && e.RequestID == "" && e.region == "" && (code == made || code == unknownError)
}

const codeMalformedRegion = "AuthorizationHeaderMalformed"

// expectedRegion reads S3's "the region 'us-east-1' is wrong; expecting 'eu-west-1'".
var expectedRegion = regexp.MustCompile(`expecting '([^']+)'`)

// call finds the CallError in err, or makes one of what the SDK says. Any other error has no class.
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

// WasRetried says whether the call was sent more than once before it failed, so that an "already exists" may be our own
// doing, by an earlier attempt whose answer was lost.
func WasRetried(err error) bool { return call(err).Attempts > 1 }

// IsUncertain says whether the call may have done its work although it failed: an answer is missing, the last or an
// earlier one, or the failure is AWS's own.
func IsUncertain(err error) bool {
	c := call(err)
	return err != nil && (c.Attempts > 1 || c.HTTPStatus == 0 || c.HTTPStatus >= http.StatusInternalServerError)
}

// Resent says whether a call that succeeded was sent more than once, so that an earlier attempt may have done its work
// too. It reads the ResultMetadata of the call's output.
func Resent(result middleware.Metadata) bool {
	attempts, _ := retry.GetAttemptResults(result)
	return len(attempts.Results) > 1
}

// IsNotFound says whether AWS said that what was asked for does not exist: the object itself, or the setting of it.
func IsNotFound(err error) bool {
	return call(err).hasCode(
		// HEAD has no body; the SDK makes this code of a bare 404.
		"NotFound",
		"NoSuchBucket", "NoSuchKey", "NoSuchVersion", "NoSuchUpload",
		"NoSuchTagSet", "NoSuchBucketPolicy", "NoSuchLifecycleConfiguration", "NoSuchCORSConfiguration",
		"NoSuchWebsiteConfiguration", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
		"ServerSideEncryptionConfigurationNotFoundError", "ReplicationConfigurationNotFoundError",
		"ObjectLockConfigurationNotFoundError",
		"NoSuchEntity", "ParameterNotFound", "ResourceNotFoundException",
		"NoSuchDistribution", "NoSuchOriginAccessControl", "NoSuchFunctionExists", "NoSuchResource", "NoSuchHostedZone",
	)
}

// Absent returns nil if err is a typed not-found, else err: what is not there needs no reading and no removing.
func Absent(err error) error {
	if IsNotFound(err) {
		return nil
	}
	return err
}

// IsNoBucket says whether the bucket itself does not exist, rather than a setting of it.
func IsNoBucket(err error) bool {
	c := call(err)
	return c.hasCode("NoSuchBucket") || c.Operation == "HeadBucket" && c.hasCode("NotFound")
}

// IsCredentials says whether AWS does not accept the credentials as such, whatever they are allowed to do.
func IsCredentials(err error) bool {
	return call(err).hasCode(
		"SignatureDoesNotMatch", "IncompleteSignature", "InvalidSignatureException", "SignatureExpired",
		"InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure",
		"ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired", "RequestExpired",
		"RequestTimeTooSkewed", "MissingAuthenticationToken",
	)
}

// IsAccessDenied says whether the credentials are not allowed to make the call. A bare 403 of HEAD counts, although S3
// may mean the credentials themselves by it.
func IsAccessDenied(err error) bool {
	c := call(err)
	denied := c.HTTPStatus == http.StatusForbidden && c.Code != "" && !c.hasCode("InvalidObjectState",
		"CrossLocationLoggingProhibited", "CrossLocationLoggingProhibitted") // S3 documents one and sends the other
	return !IsCredentials(err) && (denied || c.hasCode("AccessDenied", "AccessDeniedException",
		"UnauthorizedOperation", "UnauthorizedAccess", "NotAuthorized", "AuthorizationError", "AllAccessDisabled"))
}

// IsExists says whether what was to be made is there already. CreateBucket of one's own bucket succeeds in us-east-1
// instead, so look first.
func IsExists(err error) bool {
	return call(err).hasCode("EntityAlreadyExists", "BucketAlreadyExists", "BucketAlreadyOwnedByYou",
		"ParameterAlreadyExists", "ResourceExistsException", "OriginAccessControlAlreadyExists", "FunctionAlreadyExists",
		"DistributionAlreadyExists", "CNAMEAlreadyExists")
}

// IsNotEmpty says whether a bucket cannot be deleted because something is in it.
func IsNotEmpty(err error) bool { return call(err).hasCode("BucketNotEmpty") }

// IsLimitExceeded says whether a quota of the account is used up.
func IsLimitExceeded(err error) bool {
	return call(err).hasCode("LimitExceeded", "TooManyBuckets")
}

// IsConflict says whether the call does not go together with something that exists or is being changed, such as the
// deletion of a policy that is attached. Exists, not empty and limit exceeded are classes of their own.
func IsConflict(err error) bool {
	c := call(err)
	conflict := c.HTTPStatus == http.StatusConflict && c.Code != "" ||
		c.hasCode("DeleteConflict", "OperationAborted", "ConcurrentModification", "EntityTemporarilyUnmodifiable",
			"ResourceInUseException")
	return conflict && !IsExists(err) && !IsNotEmpty(err) && !IsLimitExceeded(err)
}

// IsStale says whether something was changed since it was read, or is not yet in the state that the call needs: to be
// read and tried again. A conditional write of S3's says so too.
func IsStale(err error) bool {
	return call(err).hasCode("PreconditionFailed", "InvalidIfMatchVersion", "DistributionNotDisabled")
}

// IsInvalid says whether AWS found the request itself wrong, so that it would refuse it again.
func IsInvalid(err error) bool {
	c := call(err)
	return c.HTTPStatus == http.StatusBadRequest && c.Code != "" && !IsCredentials(err) && !IsAccessDenied(err)
}

// IsNotImplemented says whether the store does not offer the call at all. IAM services beside AWS's say InvalidAction.
func IsNotImplemented(err error) bool {
	c := call(err)
	return c.hasCode("NotImplemented", "MethodNotAllowed", "InvalidAction") ||
		c.Code != "" && (c.HTTPStatus == http.StatusNotImplemented || c.HTTPStatus == http.StatusMethodNotAllowed)
}

// IsWrongRegion says whether the bucket is in another region than the call was sent to.
func IsWrongRegion(err error) bool {
	c := call(err)
	return c.hasCode("MovedPermanently", "PermanentRedirect", codeMalformedRegion)
}

// Redirected names the region to use instead, when AWS has said so.
func Redirected(err error) (region string, ok bool) {
	c := call(err)
	if !IsWrongRegion(err) && c.HTTPStatus != http.StatusBadRequest {
		return "", false // S3 names the region in every answer, to a 403 or 404 of the right one too
	}
	return c.region, c.region != ""
}
