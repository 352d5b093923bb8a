package website

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func (s Spec) wantsFunction() bool { return s.DirectoryIndex || len(s.Redirects) > 0 }

// Code is the code of the function that adds the index document to directories and redirects names.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
func (s Spec) Code() string {
	index := ""
	if s.DirectoryIndex {
		index = s.Index
	}
	redirects := slices.Clone(s.Redirects)
	if redirects == nil {
		redirects = []string{}
	}
	return fmt.Sprintf(`// Made by spinup for %s.
var site = %s, redirects = %s, index = %s;

function handler(event) {
  var request = event.request;
  if (redirects.indexOf(request.headers.host.value.toLowerCase()) >= 0) {
    return {
      statusCode: 301,
      statusDescription: 'Moved Permanently',
      headers: { location: { value: 'https://' + site + request.uri + query(request.querystring) } }
    };
  }
  if (index && request.uri.endsWith('/')) {
    request.uri += index;
  }
  return request;
}

function query(parameters) {
  var pairs = [];
  Object.keys(parameters).forEach(function (name) {
    (parameters[name].multiValue || [parameters[name]]).forEach(function (one) {
      pairs.push(one.value === '' ? name : name + '=' + one.value);
    });
  });
  return pairs.length ? '?' + pairs.join('&') : '';
}
`, s.Domain, quoted(s.Domain), quoted(redirects), quoted(index))
}

// quoted is a value as a JavaScript literal.
func quoted(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("a list of names is no JSON: %v", err))
	}
	return string(text)
}

// function is the CloudFront function of the site. It is deleted after the distribution stopped using it.
func (w website) function() part {
	return part{
		Attribute: "directory_index",
		Late:      true,
		Wanted:    func(w wish) bool { return w.Want.wantsFunction() },
		Present:   func(o Status) bool { return o.Function != nil },
		InSync:    func(w wish, o Status) bool { return o.Function.Code == w.Want.Code() },
		Observe: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			described, err := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: aws.String(s.id())})
			if err != nil {
				if awsclient.IsNotFound(err) {
					o.Function = nil
				}
				return awsclient.Absent(err)
			}
			seen := &Function{ARN: aws.ToString(described.FunctionSummary.FunctionMetadata.FunctionARN)}
			// A function that was never published has no live code.
			live, err := w.GetFunction(ctx, &cloudfront.GetFunctionInput{
				Name: aws.String(s.id()), Stage: types.FunctionStageLive,
			})
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			if live != nil {
				seen.Code = string(live.FunctionCode)
			}
			o.Function = seen
			return nil
		},
		Apply: w.applyFunction,
		Remove: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			if o.retired {
				o.Function = nil
				return nil
			}
			if err := w.deleteFunction(ctx, s.id()); err != nil {
				return err
			}
			o.Function = nil
			return nil
		},
	}
}

// applyFunction writes the code and publishes it. CloudFront runs published code only.
func (w website) applyFunction(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	name := aws.String(s.id())
	config := &types.FunctionConfig{
		Comment: aws.String("spinup_website " + s.Domain), Runtime: types.FunctionRuntimeCloudfrontJs20,
	}
	if o.Function == nil {
		out, err := w.CreateFunction(ctx, &cloudfront.CreateFunctionInput{
			Name: name, FunctionCode: []byte(s.Code()), FunctionConfig: config,
		})
		switch {
		case err == nil:
			o.Function = &Function{ARN: aws.ToString(out.FunctionSummary.FunctionMetadata.FunctionARN)}
		case !awsclient.IsExists(err) || !awsclient.MayHaveWorked(err):
			return err
		}
	}
	const what = "the function to stay unchanged between read and write"
	return w.conn.Patiently(ctx, what, awsclient.IsStale, func() error {
		described, err := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: name})
		if err != nil {
			return err
		}
		updated, err := w.UpdateFunction(ctx, &cloudfront.UpdateFunctionInput{
			Name: name, FunctionCode: []byte(s.Code()), FunctionConfig: config, IfMatch: described.ETag,
		})
		if err != nil {
			return err
		}
		_, err = w.PublishFunction(ctx, &cloudfront.PublishFunctionInput{Name: name, IfMatch: updated.ETag})
		if err != nil {
			return err
		}
		o.Function = &Function{ARN: aws.ToString(described.FunctionSummary.FunctionMetadata.FunctionARN), Code: s.Code()}
		return nil
	})
}

// deleteFunction deletes a function once no distribution uses it.
func (w website) deleteFunction(ctx context.Context, name string) error {
	return w.deleteUnused(ctx, "the function "+name, func() error {
		described, err := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &name})
		if err != nil {
			return awsclient.Absent(err)
		}
		_, err = w.DeleteFunction(ctx, &cloudfront.DeleteFunctionInput{Name: &name, IfMatch: described.ETag})
		return awsclient.Absent(err)
	})
}

// redirects reads which names the site's function redirects.
func (w website) redirects(ctx context.Context, s Spec) ([]string, error) {
	out, err := w.GetFunction(ctx, &cloudfront.GetFunctionInput{Name: aws.String(s.id()), Stage: types.FunctionStageLive})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	var names []string
	if list := redirectList.FindSubmatch(out.FunctionCode); list != nil {
		err = json.Unmarshal(list[1], &names)
	}
	return names, err
}

// redirectList matches the list of redirects in the function's code.
var redirectList = regexp.MustCompile(`redirects = (\[[^\]]*\])`)

// codePattern matches the values that Spec.Code puts into the code.
var codePattern = regexp.MustCompile(`(?m), redirects = (\[.*\]), index = (".*");$`)
