package awsclient

import (
	"cmp"
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
	"github.com/hashicorp/aws-sdk-go-base/v2/logging"
)

// describeFailure is the outermost middleware: it turns every failure into a CallError. Where the endpoints are not
// AWS's, a store names its own region, which is not that of a bucket.
func describeFailure(aws bool) stackOption {
	logs := isLogged(os.Environ())
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("SpinupDescribeFailure", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			start := time.Now()
			out, metadata, err := next.HandleInitialize(ctx, in)
			results, _ := retry.GetAttemptResults(metadata)
			e := &CallError{
				aws:       aws,
				Service:   serviceOf(ctx),
				Operation: middleware.GetOperationName(ctx),
				Resource:  resourceOf(in.Parameters),
				Attempts:  len(results.Results),
				Lost:      anyUnknown(earlier(results.Results)),
				Uncertain: anyUnknown(results.Results),
			}
			if err != nil {
				e.describe(err)
				if !aws {
					e.wholeStore()
				}
				if last, made := lastMade(results.Results); made {
					e.ended(last)
				}
				e.hide(maskOf(in.Parameters))
			}
			if logs {
				logCall(ctx, e, time.Since(start))
			}
			if err != nil {
				return out, metadata, e
			}
			return out, metadata, nil
		}), middleware.Before)
	}
}

// serviceOf is the name of the call's service, as in EndpointServices.
func serviceOf(ctx context.Context) string {
	return strings.ToLower(strings.ReplaceAll(middleware.GetServiceID(ctx), " ", ""))
}

// stackOption changes how a client makes its calls.
type stackOption = func(*middleware.Stack) error

// refuse makes every call fail with the reason, like a store that does not have the call.
func refuse(reason error) stackOption {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("SpinupRefuse", func(
			context.Context, middleware.InitializeInput, middleware.InitializeHandler,
		) (out middleware.InitializeOutput, metadata middleware.Metadata, err error) {
			return out, metadata, reason
		}), middleware.After)
	}
}

// isLogged reports whether somebody reads the log: one of Terraform's variables, which it hands on, asks for it.
// Without one, Terraform throws away what it is sent, and a line for each of many small files takes the time of both
// programs.
func isLogged(environ []string) bool {
	return slices.ContainsFunc(environ, func(variable string) bool {
		name, level, _ := strings.Cut(variable, "=")
		return strings.HasPrefix(name, "TF_LOG") && level != "" && !strings.EqualFold(level, "off")
	})
}

// logCall logs one line per call, at debug level. It leaves out bodies and headers: they hold new secret keys, session
// tokens and policies, and masking would find only those in AWS's own form.
func logCall(ctx context.Context, e *CallError, took time.Duration) {
	ctx, logger := logging.NewTfLogger(ctx)
	logger.Debug(ctx, "AWS call", map[string]any{
		"service": e.Service, "operation": e.Operation, "resource": e.Resource, "attempts": e.Attempts,
		"code": e.Code, "http_status": e.HTTPStatus, "request_id": e.RequestID, "milliseconds": took.Milliseconds(),
	})
}

// resourceOf names the object of a call by the first of these fields that its input has. It is the object that a
// permission must name, so a group comes before the policy attached to it.
func resourceOf(input any) string {
	v := reflect.Indirect(reflect.ValueOf(input))
	if v.Kind() != reflect.Struct {
		return ""
	}
	text := func(field string) string {
		s, _ := fieldOf(v, field).(*string)
		return aws.ToString(s)
	}
	bucket, key := text("Bucket"), text("Key")
	if fieldOf(v, "Delete") != nil {
		key = "*" // DeleteObjects
	}
	if bucket != "" && key != "" {
		return "object " + bucket + "/" + key
	}
	for _, named := range []struct{ field, noun string }{
		{"Bucket", "bucket"}, {"GroupName", "group"}, {"UserName", "user"}, {"RoleName", "role"},
		{"PolicyArn", "policy"}, {"PolicyName", "policy"}, {"RoleArn", "role"}, {"SecretId", "secret"},
		{"SerialNumber", "device"}, {"OpenIDConnectProviderArn", "provider"}, {"Url", "provider"},
		{"DistributionId", "distribution"}, {"HostedZoneId", "zone"},
		{"CertificateArn", "certificate"}, {"Resource", "distribution"}, // CloudFront's calls about tags
	} {
		if name := text(named.field); name != "" {
			return named.noun + " " + name
		}
	}
	if noun := nounOf(strings.TrimSuffix(v.Type().Name(), "Input")); noun != "" {
		return noun + " " + cmp.Or(text("Id"), text("Name"), "*") // a new object has no id yet
	}
	switch name := text("Name"); {
	case name == "", fieldOf(v, "DurationSeconds") != nil: // the name of a session is not that of an object
		return ""
	case fieldOf(v, "SecretString") != nil: // CreateSecret
		return "secret " + name
	default: // Systems Manager
		return "parameter " + name
	}
}

// nounOf derives the kind of object from the operation's name when the input has only an Id or Name.
func nounOf(operation string) string {
	if strings.HasPrefix(operation, "List") {
		return "" // not about one object
	}
	for _, named := range []struct{ word, noun string }{
		{"OriginAccessControl", "origin access control"}, {"Distribution", "distribution"}, {"Function", "function"},
		{"HostedZone", "zone"}, {"GetChange", "change"}, {"Certificate", "certificate"},
	} {
		if strings.Contains(operation, named.word) {
			return named.noun
		}
	}
	return ""
}

func fieldOf(v reflect.Value, name string) any {
	f := v.FieldByName(name)
	if !f.IsValid() {
		return nil
	}
	return f.Interface()
}
