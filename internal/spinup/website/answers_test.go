package website

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
)

// TestEmptyAnswers: an answer of success that holds nothing is an error: it means neither that something is absent nor
// that it can be used.
func TestEmptyAnswers(t *testing.T) {
	var j journal
	s := simple()
	s.DistributionID = "E1"
	found := functionOf(s.id(), s.mark())
	for name, row := range map[string]struct {
		fake func(*website)
		act  func(website, *Status) error
	}{
		"GetDistribution": {func(w *website) {
			w.GetDistribution = cf(&j, func(*cloudfront.GetDistributionInput) (*cloudfront.GetDistributionOutput, error) {
				return &cloudfront.GetDistributionOutput{}, nil
			})
		}, func(w website, o *Status) error {
			return w.observeDistribution(t.Context(), wish{Want: s, Prior: &s}, o)
		}},
		"ListDistributions": {func(w *website) {
			w.ListDistributions = cf(&j, func(*cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
				return &cloudfront.ListDistributionsOutput{}, nil
			})
		}, func(w website, o *Status) error { return w.observeDistribution(t.Context(), wish{Want: simple()}, o) }},
		"ListOriginAccessControls": {func(w *website) {
			w.ListOriginAccessControls = cf(&j, func(
				*cloudfront.ListOriginAccessControlsInput,
			) (*cloudfront.ListOriginAccessControlsOutput, error) {
				return &cloudfront.ListOriginAccessControlsOutput{}, nil
			})
		}, func(w website, o *Status) error { return w.access().Observe(t.Context(), wish{Want: s}, o) }},
		"CreateOriginAccessControl": {func(w *website) {
			w.CreateOriginAccessControl = cf(&j, func(
				*cloudfront.CreateOriginAccessControlInput,
			) (*cloudfront.CreateOriginAccessControlOutput, error) {
				return &cloudfront.CreateOriginAccessControlOutput{}, nil
			})
		}, func(w website, o *Status) error { return w.applyAccess(t.Context(), wish{Want: s}, o) }},
		"DescribeFunction": {func(w *website) {
			w.DescribeFunction = cf(&j, func(*cloudfront.DescribeFunctionInput) (*cloudfront.DescribeFunctionOutput, error) {
				return &cloudfront.DescribeFunctionOutput{}, nil
			})
		}, func(w website, o *Status) error { return w.observeFunction(t.Context(), wish{Want: s}, o) }},
		"GetFunction": {func(w *website) {
			w.DescribeFunction = cf(&j, func(*cloudfront.DescribeFunctionInput) (*cloudfront.DescribeFunctionOutput, error) {
				return &cloudfront.DescribeFunctionOutput{FunctionSummary: found}, nil
			})
			w.GetFunction = cf(&j, func(*cloudfront.GetFunctionInput) (*cloudfront.GetFunctionOutput, error) {
				return &cloudfront.GetFunctionOutput{}, nil
			})
		}, func(w website, o *Status) error { return w.observeFunction(t.Context(), wish{Want: s}, o) }},
		"CreateFunction": {func(w *website) {
			w.CreateFunction = cf(&j, func(*cloudfront.CreateFunctionInput) (*cloudfront.CreateFunctionOutput, error) {
				return &cloudfront.CreateFunctionOutput{FunctionSummary: &types.FunctionSummary{}}, nil
			})
		}, func(w website, o *Status) error { return w.applyFunction(t.Context(), wish{Want: s}, o) }},
		"CreateInvalidation": {func(w *website) {
			w.CreateInvalidation = cf(&j, func(*cloudfront.CreateInvalidationInput) (*cloudfront.CreateInvalidationOutput, error) {
				return &cloudfront.CreateInvalidationOutput{}, nil
			})
		}, func(w website, o *Status) error {
			o.Distribution = &Distribution{ID: "E1"}
			asked := s
			asked.Invalidation = &Invalidation{Paths: []string{"/*"}, Trigger: "2"}
			return w.invalidation().Apply(t.Context(), wish{Want: asked, Prior: &s}, o)
		}},
	} {
		w := site()
		row.fake(&w)
		var o Status
		if err := row.act(w, &o); err == nil || o.Function != nil || o.Access != nil || o.Invalidation != "" {
			t.Errorf("%s: %v, known is %+v", name, err, o)
		}
	}
}
