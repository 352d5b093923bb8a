package awsclient

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strings"

	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// BadAnswerError means that an answer says success, and is not an answer to the operation: it has other content, or
// lacks what the operation always returns. It says nothing about what exists. It holds nothing of the answer but its
// type and the name of its first element, because an answer may hold a secret.
type BadAnswerError struct {
	Status int
	What   string // is wrong with it

	// Other means that a store answered another question, because it does not know this one: it has left out the
	// sub-resource. AWS never does.
	Other bool

	final bool // another attempt does not help
}

func (e *BadAnswerError) Error() string {
	return fmt.Sprintf("the answer with status %d is not an answer to this call: %s; it may come from a proxy or from "+
		"another server", e.Status, e.What)
}

// RetryableError reports to the SDK's retryer that another attempt may get an answer of the service.
func (e *BadAnswerError) RetryableError() bool { return !e.final && !e.Other }

// checkAnswers adds the two middlewares that check the answers of 2xx: the content before the SDK reads it, and what
// the SDK has read. The SDK takes an empty answer, or one with another root element, for an output without content.
func checkAnswers(headers bool) stackOption {
	table := newAnswers()
	return func(stack *middleware.Stack) error {
		content := middleware.DeserializeMiddlewareFunc("SpinupCheckContent", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if err == nil && ok && !succeeded(response) {
				keepForm(response)
			}
			if err == nil && ok && succeeded(response) {
				switch want, known := table.of(serviceOf(ctx), middleware.GetOperationName(ctx)); {
				case known && want.is != stream:
					err = checkContent(ctx, want, response, headers)
				case known && headers && !hasAWSHeader(response.Header):
					err = errors.Join(&BadAnswerError{Status: response.StatusCode, What: noHeader}, response.Body.Close())
				}
			}
			return out, metadata, err
		})
		output := middleware.DeserializeMiddlewareFunc("SpinupCheckOutput", func(
			ctx context.Context, in middleware.DeserializeInput, next middleware.DeserializeHandler,
		) (middleware.DeserializeOutput, middleware.Metadata, error) {
			out, metadata, err := next.HandleDeserialize(ctx, in)
			response, ok := out.RawResponse.(*smithyhttp.Response)
			if ok && succeeded(response) {
				want, _ := table.of(serviceOf(ctx), middleware.GetOperationName(ctx))
				err = checkOutput(want, response.StatusCode, out.Result, err)
			}
			return out, metadata, err
		})
		return errors.Join(
			stack.Deserialize.Add(content, middleware.After), stack.Deserialize.Add(output, middleware.Before))
	}
}

// noHeader is what is wrong with an answer whose content says nothing of where it comes from.
const noHeader = "it has no header of the service"

func succeeded(response *smithyhttp.Response) bool {
	return response.StatusCode >= http.StatusOK && response.StatusCode < http.StatusMultipleChoices
}

// checkContent checks the content of an answer against the operation's. If headers is set, an answer without content
// must have a header of AWS: not every store sends one.
func checkContent(ctx context.Context, want answerForm, response *smithyhttp.Response, headers bool) error {
	body, err := io.ReadAll(response.Body)
	response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), response.Body}
	bad := &BadAnswerError{Status: response.StatusCode}
	switch what := found(body); {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		bad.What = "it broke off: " + err.Error()
	case serviceOf(ctx) == "s3" && what == element("Error"): // S3 may fail after it has sent the status: the SDK knows
		return nil
	case want.accepts(body, what) && (!headers || len(body) > 0 || hasAWSHeader(response.Header)):
		return nil
	case len(body) == 0 && want.is == nothing:
		bad.What = noHeader
	default:
		bad.Other = !headers && serviceOf(ctx) == "s3" && strings.HasPrefix(what, element(""))
		kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
		bad.What = strings.TrimSuffix(fmt.Sprintf("it has %s instead of %s, %d bytes %s", what, want, len(body), kind), " ")
	}
	return bad
}

// formed is the body of an answer that says failure, and whether it is an error in the form of AWS's services.
type formed struct {
	io.Reader
	io.Closer
	service bool
}

// keepForm reads the body of an answer that says failure, and keeps what it is: a service's own error proves that the
// service answered. The SDK tells only the code, which it derives from the status where the body has none.
func keepForm(response *smithyhttp.Response) {
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		body = nil
	}
	what := found(body)
	coded := (what == element("Error") || what == element("ErrorResponse")) && bytes.Contains(body, []byte("<Code>")) &&
		!bytes.Contains(body, []byte("<Code></Code>"))
	response.Body = formed{bytes.NewReader(body), response.Body, coded || what == object}
}

// isServiceError reports whether the body of a failure is an error in the form of AWS's services.
func isServiceError(response *smithyhttp.Response) bool {
	body, ok := response.Body.(formed)
	return ok && body.service
}

// checkOutput checks that the output has what the operation always returns.
func checkOutput(want answerForm, status int, output any, err error) error {
	var unread *smithy.DeserializationError
	var api smithy.APIError
	if errors.As(err, &unread) && !errors.As(err, &api) {
		return &BadAnswerError{Status: status, What: "it cannot be read"} // the error's text may quote it
	}
	if err != nil {
		return err
	}
	for _, path := range want.always {
		if !has(reflect.ValueOf(output), strings.Split(path, ".")) {
			return &BadAnswerError{Status: status, What: "it has no " + path}
		}
	}
	return nil
}

// has reports whether the value has a field at the path that is neither nil nor an empty text.
func has(v reflect.Value, path []string) bool {
	switch {
	case v.Kind() == reflect.Pointer:
		return !v.IsNil() && has(v.Elem(), path)
	case len(path) > 0:
		return has(v.FieldByName(path[0]), path[1:])
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Map:
		return !v.IsNil() // an empty list differs from one that is not there
	}
	return v.Kind() != reflect.String || v.Len() > 0
}

// hasAWSHeader reports whether an answer has a header that AWS sends with every answer, such as the request's id.
func hasAWSHeader(header http.Header) bool {
	for name := range header {
		if strings.HasPrefix(name, "X-Amz") {
			return true
		}
	}
	return false
}

// found names what a body is: the root element of well-formed XML, a JSON object, or anything else.
func found(body []byte) string {
	text := bytes.TrimSpace(body)
	switch {
	case len(text) == 0:
		return "no content"
	case text[0] == '{' && json.Valid(text):
		return object
	case text[0] != '<':
		return "a text"
	}
	decoder, root := xml.NewDecoder(bytes.NewReader(text)), ""
	for {
		token, err := decoder.Token()
		switch start, ok := token.(xml.StartElement); {
		case ok && root == "":
			root = start.Name.Local
			if bytes.HasSuffix(text, []byte("</"+root+">")) && !isPage(text) {
				return element(root) // the SDK reads what is between, and a list of objects is long
			}
		case errors.Is(err, io.EOF) && root != "":
			return element(root)
		case err != nil && strings.EqualFold(root, "html") || isPage(text):
			return "an HTML page"
		case err != nil:
			return "XML that is not complete"
		}
	}
}

func isPage(text []byte) bool {
	start := bytes.ToLower(text[:min(len(text), 14)])
	return bytes.HasPrefix(start, []byte("<html")) || bytes.HasPrefix(start, []byte("<!doctype html"))
}

// element names an XML document by its root. The name of a root is cut: it is somebody else's text.
func element(root string) string { return "the element " + root[:min(len(root), 60)] }

const object = "a JSON object"

// content is what kind of content the answer to an operation has.
type content int

const (
	document content = iota // XML with a certain root element
	jsonText                // a JSON object
	nothing                 // no content, at least none that matters
	binary                  // some bytes
	stream                  // bytes that may be many and anything: only the header is checked
)

// answerForm is what the answer of an operation has.
type answerForm struct {
	is     content
	root   string   // of a document
	always []string // fields of the output that are always there
}

// String names the content.
func (a answerForm) String() string {
	switch a.is {
	case document:
		return element(a.root)
	case jsonText:
		return object
	case binary:
		return "some bytes"
	}
	return "no content"
}

// accepts reports whether the answer may have the body, which is what it was found to be.
func (a answerForm) accepts(body []byte, what string) bool {
	page := isPage(bytes.TrimSpace(body))
	switch a.is {
	case nothing:
		return !page
	case binary:
		return len(body) > 0 && !page
	}
	return what == a.String()
}
