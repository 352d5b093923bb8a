package website

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// access is the origin access control: with it the distribution signs its requests to the bucket.
func (w website) access() part {
	return part{
		Attribute: "origin_access",
		Late:      true,
		Wanted:    func(w wish) bool { return w.Want.Origin == OriginPrivate },
		Present:   func(o Status) bool { return o.Access != nil },
		InSync:    func(_ wish, o Status) bool { return o.Access.InSync },
		Observe: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			seen, err := w.findAccess(ctx, s.id())
			if err == nil {
				o.Access = seen
			}
			return err
		},
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			if o.Access != nil {
				return w.updateAccess(ctx, s, o)
			}
			out, err := w.CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
				OriginAccessControlConfig: accessConfig(s),
			})
			if awsclient.IsExists(err) && awsclient.MayHaveWorked(err) {
				o.Access, err = w.findAccess(ctx, s.id())
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

// findAccess returns the origin access control of a name, nil if there is none.
func (w website) findAccess(ctx context.Context, name string) (*Access, error) {
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

func (w website) updateAccess(ctx context.Context, s Spec, o *Status) error {
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
	return w.deleteUnused(ctx, "the origin access control "+id, func() error {
		seen, err := w.GetOriginAccessControl(ctx, &cloudfront.GetOriginAccessControlInput{Id: &id})
		if err != nil {
			return awsclient.Absent(err)
		}
		_, err = w.DeleteOriginAccessControl(ctx, &cloudfront.DeleteOriginAccessControlInput{Id: &id, IfMatch: seen.ETag})
		return awsclient.Absent(err)
	})
}
