package website

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
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
		Describe: func(w wish, _ Status) (object, fault string) {
			return "CloudFront function " + w.Want.id(), ""
		},
		InSync: func(w wish, o Status) bool {
			return o.Function.Code == w.Want.Code() && o.ownsFunction(w.Want)
		},
		Observe: w.observeFunction,
		Claim: func(_ context.Context, w wish, o Status) error {
			if f := o.Function; f != nil && !o.ownsFunction(w.Want) {
				return foreignObject("the CloudFront function "+f.Name, f.Comment, w.Want)
			}
			return nil
		},
		Apply: w.applyFunction,
		Remove: func(ctx context.Context, _ wish, o *Status) error {
			if !o.retired {
				if err := w.deleteFunction(ctx, o.Function.Name); err != nil {
					return err
				}
			}
			o.Function = nil
			return nil
		},
	}
}

// ownsFunction reports whether the function that was seen was made for the site.
func (o Status) ownsFunction(s Spec) bool {
	f, d := o.Function, o.Distribution
	return s.owns(f.Comment, d != nil && d.Settings.FunctionARN == f.ARN)
}

// foreignObject is the refusal of an object that bears the site's name and was made for something else.
func foreignObject(what, comment string, s Spec) error {
	return fmt.Errorf("%w: %s has the name that the site would give to its own, but its comment is %q, not %q: delete "+
		"it, or give it that comment to hand it over", reconcile.ErrForeign, what, comment, s.mark())
}

// observeFunction looks for the function by its name, and for one that an earlier version made by its mark too.
func (w website) observeFunction(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	seen, err := w.readFunction(ctx, s.id())
	if err == nil && seen == nil {
		seen, err = w.readFunction(ctx, s.formerID())
		if seen != nil && seen.Comment != s.mark() {
			seen = nil // another site's
		}
	}
	if err == nil {
		o.Function = seen
	}
	return err
}

// readFunction reads a function with its live code, nil if there is none.
func (w website) readFunction(ctx context.Context, name string) (*Function, error) {
	described, err := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &name})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	seen, err := seenFunction(name, described.FunctionSummary)
	if err != nil {
		return nil, err
	}
	// A function that was never published has no live code.
	live, err := w.GetFunction(ctx, &cloudfront.GetFunctionInput{Name: &name, Stage: types.FunctionStageLive})
	if err := awsclient.Absent(err); err != nil {
		return nil, err
	}
	if live != nil && len(live.FunctionCode) == 0 {
		return nil, fmt.Errorf("the answer about the function %s holds no code", name)
	}
	if live != nil {
		seen.Code = string(live.FunctionCode)
	}
	return seen, nil
}

// seenFunction is a function without its code.
func seenFunction(name string, summary *types.FunctionSummary) (*Function, error) {
	if summary == nil || summary.FunctionMetadata == nil {
		return nil, fmt.Errorf("the answer about the function %s holds no function", name)
	}
	seen := &Function{ARN: aws.ToString(summary.FunctionMetadata.FunctionARN), Name: name}
	if summary.FunctionConfig != nil {
		seen.Comment = aws.ToString(summary.FunctionConfig.Comment)
	}
	return seen, nil
}

// applyFunction writes the code and publishes it. CloudFront runs published code only.
func (w website) applyFunction(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	config := &types.FunctionConfig{Comment: aws.String(s.mark()), Runtime: types.FunctionRuntimeCloudfrontJs20}
	if o.Function == nil {
		if err := w.createFunction(ctx, s, config, o); err != nil {
			return err
		}
	}
	name := &o.Function.Name
	const what = "the function to stay unchanged between read and write"
	return w.conn.Patiently(ctx, what, awsclient.IsStale, func() error {
		described, err := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: name})
		if err != nil {
			return err
		}
		seen, err := seenFunction(*name, described.FunctionSummary)
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
		o.Function = &Function{ARN: seen.ARN, Code: s.Code(), Name: *name, Comment: s.mark()}
		return nil
	})
}

// createFunction makes the function. One that exists by now is an earlier attempt's if it bears the site's mark.
func (w website) createFunction(ctx context.Context, s Spec, config *types.FunctionConfig, o *Status) error {
	out, err := w.CreateFunction(ctx, &cloudfront.CreateFunctionInput{
		Name: aws.String(s.id()), FunctionCode: []byte(s.Code()), FunctionConfig: config,
	})
	if err == nil {
		o.Function, err = seenFunction(s.id(), out.FunctionSummary)
		return err
	}
	if !awsclient.IsExists(err) {
		return err
	}
	described, failed := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: aws.String(s.id())})
	if failed != nil {
		return errors.Join(err, failed)
	}
	seen, failed := seenFunction(s.id(), described.FunctionSummary)
	switch {
	case failed != nil:
		return failed
	case seen.Comment != s.mark():
		return fmt.Errorf("%w: %w", foreignObject("the CloudFront function "+seen.Name, seen.Comment, s), err)
	}
	o.Function = seen
	return nil
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
	var o Status
	if err := w.observeFunction(ctx, wish{Want: s}, &o); err != nil || o.Function == nil {
		return nil, err
	}
	var names []string
	var err error
	if list := redirectList.FindStringSubmatch(o.Function.Code); list != nil {
		err = json.Unmarshal([]byte(list[1]), &names)
	}
	return names, err
}

// redirectList matches the list of redirects in the function's code.
var redirectList = regexp.MustCompile(`redirects = (\[[^\]]*\])`)

// codePattern matches the values that Spec.Code puts into the code.
var codePattern = regexp.MustCompile(`(?m), redirects = (\[.*\]), index = (".*");$`)
