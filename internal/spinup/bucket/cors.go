package bucket

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// MaxCORSRules is how many rules a bucket may have.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketCors.html
const MaxCORSRules = 100

// CORSRule lets pages of other origins use the bucket from a browser. S3 takes the first rule that fits a request. All
// lists are sorted: their order means nothing.
type CORSRule struct {
	ID      string // "" for none; as a wish, for any
	Methods []string
	Origins []string
	Headers []string
	Expose  []string
	MaxAge  *int32 // seconds
}

// fits reports whether the rule that was seen is as wanted.
func (r CORSRule) fits(seen CORSRule) bool {
	return (r.ID == "" || r.ID == seen.ID) && slices.Equal(r.Methods, seen.Methods) &&
		slices.Equal(r.Origins, seen.Origins) && slices.Equal(r.Headers, seen.Headers) &&
		slices.Equal(r.Expose, seen.Expose) && (r.MaxAge == nil) == (seen.MaxAge == nil) &&
		aws.ToInt32(r.MaxAge) == aws.ToInt32(seen.MaxAge)
}

// fitCORS reports whether the rules that were seen are as wanted, in the same order.
func fitCORS(want, seen []CORSRule) bool { return slices.EqualFunc(want, seen, CORSRule.fits) }

// CORSMethods are the methods that a rule may allow.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html
func CORSMethods() []string { return []string{"GET", "PUT", "POST", "DELETE", "HEAD"} }

var (
	originForm = regexp.MustCompile(`^[a-z*][a-z0-9+.*-]*://[^/?#\s\\@]+$`)
	headerForm = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
)

// CORSOrigins is what CheckOrigin wants.
const CORSOrigins = `"*", or scheme://host or scheme://host:port in lower case with at most one "*", such as ` +
	`https://*.example.edu`

// CheckOrigin refuses an origin that no browser sends, or that S3 does not take. A browser sends neither a path nor a
// slash at the end, so such a rule would never fit.
func CheckOrigin(text string) error {
	switch {
	case text == "*":
	case strings.Count(text, "*") > 1, !originForm.MatchString(text), text != strings.ToLower(text):
		return fmt.Errorf("%q is not an origin, want %s, without a path and without a slash at the end", text, CORSOrigins)
	}
	return nil
}

// CheckAllowedHeader refuses what is not the name of a header with at most one wildcard.
func CheckAllowedHeader(text string) error {
	if !headerForm.MatchString(text) || strings.Count(text, "*") > 1 {
		return fmt.Errorf(`%q is not the name of a header, want one with at most one "*", such as x-amz-*`, text)
	}
	return nil
}

// CheckExposedHeader refuses what is not the name of a header: S3 takes no wildcard here.
func CheckExposedHeader(text string) error {
	if !headerForm.MatchString(text) || strings.Contains(text, "*") {
		return fmt.Errorf(`%q is not the name of a header, want one without "*", such as ETag`, text)
	}
	return nil
}

// cors is the CORS configuration of the bucket. S3 has one document of it, and that has one owner: what others have put
// there before the rules are wanted is theirs.
func (b bucket) cors() part {
	return part{
		Attribute: "cors_rules",
		Inside:    true,
		Watched:   func(s Spec) bool { return len(s.CORS) > 0 },
		Wanted:    func(w wish) bool { return len(w.Want.CORS) > 0 },
		Present:   func(o Status) bool { return len(o.CORS) > 0 },
		InSync:    func(w wish, o Status) bool { return fitCORS(w.Want.CORS, o.CORS) },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			rules, err := b.corsRules(ctx, w.Want)
			if err != nil {
				return err
			}
			o.CORS = rules
			return nil
		},
		Claim: func(_ context.Context, w wish, o Status) error {
			if len(w.Before().CORS) > 0 || len(o.CORS) == 0 || fitCORS(w.Want.CORS, o.CORS) {
				return nil
			}
			return fmt.Errorf("the bucket %s has a CORS configuration of another owner, %s: %w; remove it first, set "+
				"cors_rules to just these rules to take it over, or leave cors_rules out", w.Want.Name, describeCORS(o.CORS),
				reconcile.ErrForeign)
		},
		CanRemove: func(_ context.Context, w wish, o Status) error {
			if len(w.Want.CORS) > 0 || fitCORS(w.Before().CORS, o.CORS) {
				return nil // a destroy, or what the plan showed
			}
			return fmt.Errorf("the CORS configuration of bucket %s is not the one that was read before, so it was not deleted: "+
				"it has %s; plan again", w.Want.Name, describeCORS(o.CORS))
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			return b.put(ctx, o, func() error {
				_, err := b.PutBucketCors(ctx, &s3.PutBucketCorsInput{
					Bucket: &s.Name, CORSConfiguration: &types.CORSConfiguration{CORSRules: corsDocument(s.CORS)},
				}, at(s))
				return err
			})
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			_, err := b.DeleteBucketCors(ctx, &s3.DeleteBucketCorsInput{Bucket: &s.Name}, at(s))
			if err := awsclient.Absent(err); err != nil {
				return err
			}
			o.CORS = nil
			return nil
		},
	}
}

// corsRules reads the rules; none where there is no configuration.
func (b bucket) corsRules(ctx context.Context, s Spec) ([]CORSRule, error) {
	out, err := b.GetBucketCors(ctx, &s3.GetBucketCorsInput{Bucket: &s.Name}, at(s))
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	rules := make([]CORSRule, len(out.CORSRules))
	for i, r := range out.CORSRules {
		rules[i] = CORSRule{
			ID: aws.ToString(r.ID), Methods: sorted(r.AllowedMethods), Origins: sorted(r.AllowedOrigins),
			Headers: sorted(r.AllowedHeaders), Expose: sorted(r.ExposeHeaders), MaxAge: r.MaxAgeSeconds,
		}
	}
	return rules, nil
}

// sorted are the texts, each once.
func sorted(texts []string) []string { return slices.Compact(slices.Sorted(slices.Values(texts))) }

func corsDocument(rules []CORSRule) []types.CORSRule {
	all := make([]types.CORSRule, len(rules))
	for i, r := range rules {
		all[i] = types.CORSRule{
			AllowedMethods: r.Methods, AllowedOrigins: r.Origins, AllowedHeaders: r.Headers, ExposeHeaders: r.Expose,
			MaxAgeSeconds: r.MaxAge,
		}
		if r.ID != "" {
			all[i].ID = &r.ID
		}
	}
	return all
}

// describeCORS names the origins that the rules allow.
func describeCORS(rules []CORSRule) string {
	var origins []string
	for _, r := range rules {
		origins = append(origins, r.Origins...)
	}
	return fmt.Sprintf("%d rules for the origins %s", len(rules), strings.Join(sorted(origins), ", "))
}

// CORSRules are the rules that were seen, as they are wanted where that is the same: a rule that is wanted without an
// id may have any.
func (o Status) CORSRules(w reconcile.Wish[Spec]) []CORSRule {
	seen := slices.Clone(o.CORS)
	for i, want := range w.Want.CORS {
		if i < len(seen) && want.fits(seen[i]) {
			seen[i] = want
		}
	}
	return seen
}
