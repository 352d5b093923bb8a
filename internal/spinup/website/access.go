package website

import (
	"context"
	"errors"
	"fmt"

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
		Describe: func(w wish, _ Status) (object, fault string) {
			return "origin access control " + w.Want.id(), ""
		},
		InSync: func(w wish, o Status) bool { return o.Access.InSync && o.ownsAccess(w.Want) },
		Observe: func(ctx context.Context, want wish, o *Status) error {
			seen, err := w.findAccess(ctx, want.Want)
			if err == nil {
				o.Access = seen
			}
			return err
		},
		Claim: func(_ context.Context, w wish, o Status) error {
			if a := o.Access; a != nil && !o.ownsAccess(w.Want) {
				return foreignObject(fmt.Sprintf("the origin access control %s (%s)", a.ID, a.Name), a.Comment, w.Want)
			}
			return nil
		},
		Apply: w.applyAccess,
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

// ownsAccess reports whether the origin access control that was seen was made for the site.
func (o Status) ownsAccess(s Spec) bool {
	a, d := o.Access, o.Distribution
	return s.owns(a.Comment, d != nil && d.Settings.AccessID == a.ID)
}

// applyAccess makes the control or mends it. One that exists by now is an earlier attempt's if it bears the site's
// mark.
func (w website) applyAccess(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	if o.Access != nil {
		return w.updateAccess(ctx, s, o)
	}
	out, err := w.CreateOriginAccessControl(ctx, &cloudfront.CreateOriginAccessControlInput{
		OriginAccessControlConfig: accessConfig(s, s.id()),
	})
	switch {
	case err == nil && out.OriginAccessControl == nil:
		return errors.New("the answer holds no origin access control")
	case err == nil:
		o.Access = &Access{
			ID: aws.ToString(out.OriginAccessControl.Id), Name: s.id(), Comment: s.mark(), InSync: true,
		}
		return nil
	case !awsclient.IsExists(err):
		return err
	}
	seen, failed := w.findAccess(ctx, s)
	switch {
	case failed != nil:
		return errors.Join(err, failed)
	case seen == nil:
		return err
	case seen.Comment != s.mark():
		what := fmt.Sprintf("the origin access control %s (%s)", seen.ID, seen.Name)
		return fmt.Errorf("%w: %w", foreignObject(what, seen.Comment, s), err)
	}
	o.Access = seen
	return nil
}

func accessConfig(s Spec, name string) *types.OriginAccessControlConfig {
	return &types.OriginAccessControlConfig{
		Name: &name, Description: aws.String(s.mark()),
		OriginAccessControlOriginType: types.OriginAccessControlOriginTypesS3,
		SigningBehavior:               types.OriginAccessControlSigningBehaviorsAlways,
		SigningProtocol:               types.OriginAccessControlSigningProtocolsSigv4,
	}
}

// findAccess returns the origin access control of the site's name, else one that an earlier version made and marked,
// else nil.
func (w website) findAccess(ctx context.Context, s Spec) (found *Access, err error) {
	err = w.eachAccess(ctx, func(seen *Access) bool {
		if seen.Name == s.id() || seen.Name == s.formerID() && seen.Comment == s.mark() {
			found = seen
		}
		return seen.Name != s.id()
	})
	return found, err
}

// eachAccess gives the account's origin access controls, until do reports false.
func (w website) eachAccess(ctx context.Context, do func(*Access) bool) error {
	in := &cloudfront.ListOriginAccessControlsInput{}
	for {
		out, err := w.ListOriginAccessControls(ctx, in)
		if err != nil {
			return err
		}
		list := out.OriginAccessControlList
		if list == nil {
			return errors.New("the answer about the account's origin access controls holds no list")
		}
		for _, one := range list.Items {
			goOn := do(&Access{
				ID: aws.ToString(one.Id), Name: aws.ToString(one.Name), Comment: aws.ToString(one.Description),
				InSync: one.OriginAccessControlOriginType == types.OriginAccessControlOriginTypesS3 &&
					one.SigningBehavior == types.OriginAccessControlSigningBehaviorsAlways,
			})
			if !goOn {
				return nil
			}
		}
		if !aws.ToBool(list.IsTruncated) {
			return nil
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
		Id: &o.Access.ID, IfMatch: seen.ETag, OriginAccessControlConfig: accessConfig(s, o.Access.Name),
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
