package website

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func (s Spec) wantsFunction() bool { return s.DirectoryIndex || len(s.Redirects) > 0 }

// Code is the function that answers for directories and for names that redirect.
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

// quoted writes a value as JavaScript does.
func quoted(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("a list of names is no JSON: %v", err))
	}
	return string(text)
}

// function is the CloudFront function of the site. It goes when the distribution does without it.
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
			// One that was never published has no code that anybody could run.
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

// applyFunction writes the code and publishes it: only then is it run.
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
		case !awsclient.IsExists(err) || !awsclient.WasRetried(err):
			return err
		}
	}
	const what = "the function not to be changed by another"
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

// deleteFunction deletes a function once no distribution uses it any more.
func (w website) deleteFunction(ctx context.Context, name string) error {
	return w.unused(ctx, "the function "+name, func() error {
		described, err := w.DescribeFunction(ctx, &cloudfront.DescribeFunctionInput{Name: &name})
		if err != nil {
			return awsclient.Absent(err)
		}
		_, err = w.DeleteFunction(ctx, &cloudfront.DeleteFunctionInput{Name: &name, IfMatch: described.ETag})
		return awsclient.Absent(err)
	})
}

// unused deletes something that a distribution may have used a moment ago.
func (w website) unused(ctx context.Context, what string, remove func() error) error {
	early := func(err error) bool { return awsclient.IsConflict(err) || awsclient.IsStale(err) }
	return w.conn.Patiently(ctx, what+" to be seen unused", early, remove)
}

// access is the origin access control, by which the distribution signs what it asks of the bucket.
func (w website) access() part {
	return part{
		Attribute: "origin_access",
		Late:      true,
		Wanted:    func(w wish) bool { return w.Want.Origin == OriginPrivate },
		Present:   func(o Status) bool { return o.Access != nil },
		InSync:    func(_ wish, o Status) bool { return o.Access.InSync },
		Observe: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			seen, err := w.accessNamed(ctx, s.id())
			if err == nil {
				o.Access = seen
			}
			return err
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			if o.Access != nil {
				return w.mendAccess(ctx, s, o)
			}
			out, err := w.CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
				OriginAccessControlConfig: accessConfig(s),
			})
			if awsclient.IsExists(err) && awsclient.WasRetried(err) {
				o.Access, err = w.accessNamed(ctx, s.id())
				return err
			}
			if err != nil {
				return err
			}
			o.Access = &Access{ID: aws.ToString(out.OriginAccessControl.Id), InSync: true}
			return nil
		},
		Remove: func(ctx context.Context, _ wish, o *Status) error {
			if !o.retired {
				if err := w.deleteAccess(ctx, o.Access.ID); err != nil {
					return err
				}
			}
			o.Access = nil
			return nil
		},
	}
}

func accessConfig(s Spec) *types.OriginAccessControlConfig {
	return &types.OriginAccessControlConfig{
		Name: aws.String(s.id()), Description: aws.String("spinup_website " + s.Domain),
		OriginAccessControlOriginType: types.OriginAccessControlOriginTypesS3,
		SigningBehavior:               types.OriginAccessControlSigningBehaviorsAlways,
		SigningProtocol:               types.OriginAccessControlSigningProtocolsSigv4,
	}
}

// accessNamed finds an origin access control; nil if there is none of the name.
func (w website) accessNamed(ctx context.Context, name string) (*Access, error) {
	in := &cloudfront.ListOriginAccessControlsInput{}
	for {
		out, err := w.ListOriginAccessControls(ctx, in)
		if err != nil {
			return nil, err
		}
		list := out.OriginAccessControlList
		if list == nil {
			return nil, nil
		}
		for _, one := range list.Items {
			if aws.ToString(one.Name) == name {
				return &Access{
					ID: aws.ToString(one.Id),
					InSync: one.OriginAccessControlOriginType == types.OriginAccessControlOriginTypesS3 &&
						one.SigningBehavior == types.OriginAccessControlSigningBehaviorsAlways,
				}, nil
			}
		}
		if !aws.ToBool(list.IsTruncated) {
			return nil, nil
		}
		in.Marker = list.NextMarker
	}
}

func (w website) mendAccess(ctx context.Context, s Spec, o *Status) error {
	seen, err := w.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: &o.Access.ID})
	if err != nil {
		return err
	}
	_, err = w.UpdateOriginAccessControl(ctx, &cloudfront.UpdateOriginAccessControlInput{
		Id: &o.Access.ID, IfMatch: seen.ETag, OriginAccessControlConfig: accessConfig(s),
	})
	return err
}

func (w website) deleteAccess(ctx context.Context, id string) error {
	return w.unused(ctx, "the origin access control "+id, func() error {
		seen, err := w.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: &id})
		if err != nil {
			return awsclient.Absent(err)
		}
		_, err = w.DeleteOriginAccessControl(ctx, &cloudfront.DeleteOriginAccessControlInput{Id: &id, IfMatch: seen.ETag})
		return awsclient.Absent(err)
	})
}

// reapTag marks a distribution that is left, disabled, to a later run.
const reapTag = "spinup:reap"

// reap deletes the distributions that earlier runs left disabled, with what only they used. It waits for none: one that
// is not disabled everywhere yet is left to the next run.
func (w website) reap(ctx context.Context, _ Spec) error {
	var idle []types.DistributionSummary
	err := w.eachDistribution(ctx, func(d types.DistributionSummary) {
		if !aws.ToBool(d.Enabled) && aws.ToString(d.Status) == deployed && strings.Contains(aws.ToString(d.Comment), ".") {
			idle = append(idle, d)
		}
	})
	if err != nil {
		return err
	}
	for _, d := range idle {
		seen, err := w.lookAt(ctx, aws.ToString(d.Id))
		if err != nil {
			return err
		}
		if seen == nil || seen.Tags[reapTag] == "" {
			continue
		}
		if err := w.reapOne(ctx, seen); err != nil {
			return fmt.Errorf("the distribution %s, which an earlier run left to be deleted: %w", seen.ID, err)
		}
	}
	return nil
}

func (w website) reapOne(ctx context.Context, d *Distribution) error {
	if err := w.deleteDistribution(ctx, d.ID); err != nil {
		return err
	}
	s := Spec{Domain: d.Tags[reapTag], DNS: true}
	if again, err := w.withName(ctx, s.Names()); err != nil || again != "" {
		return err // the site that was made since has taken the rest over
	}
	if err := w.deleteFunction(ctx, s.id()); err != nil {
		return err
	}
	if id := d.Settings.AccessID; id != "" {
		if err := w.deleteAccess(ctx, id); err != nil {
			return err
		}
	}
	all, err := w.listed(ctx)
	if err != nil {
		return err
	}
	made, err := w.made(ctx, wish{Want: s}, all, nil)
	for _, c := range made {
		if err == nil {
			err = w.removeCertificate(ctx, wish{Want: s}, &Status{}, c)
		}
	}
	return err
}
