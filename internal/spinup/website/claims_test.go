package website

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// theirs is the mark of another site.
const theirs = "spinup_website docs-api.example.edu"

func functionOf(name, comment string) *types.FunctionSummary {
	return &types.FunctionSummary{
		Name:             &name,
		FunctionConfig:   &types.FunctionConfig{Comment: &comment},
		FunctionMetadata: &types.FunctionMetadata{FunctionARN: aws.String("arn:f/" + name)},
	}
}

// workshop fakes functions and origin access controls: their comments by name.
type workshop struct {
	journal
	functions, controls map[string]string
	appears             string // comment of what somebody makes just before our creation
	lost                bool   // the first attempt of a creation succeeds without an answer
}

func (s *workshop) make(all map[string]string, name, comment string) error {
	if s.appears != "" {
		all[name] = s.appears
	}
	if _, exists := all[name]; exists {
		return refused("FunctionAlreadyExists", 1)
	}
	all[name] = comment
	if s.lost {
		return refused("FunctionAlreadyExists", 2)
	}
	return nil
}

func (s *workshop) api(w *website) {
	w.DescribeFunction = cf(&s.journal, func(in *cloudfront.DescribeFunctionInput) (*cloudfront.DescribeFunctionOutput, error) {
		comment, ok := s.functions[*in.Name]
		if !ok {
			return nil, refused("NoSuchFunctionExists", 1)
		}
		return &cloudfront.DescribeFunctionOutput{FunctionSummary: functionOf(*in.Name, comment)}, nil
	})
	w.GetFunction = cf(&s.journal, func(*cloudfront.GetFunctionInput) (*cloudfront.GetFunctionOutput, error) {
		return &cloudfront.GetFunctionOutput{FunctionCode: []byte("old")}, nil
	})
	w.CreateFunction = cf(&s.journal, func(in *cloudfront.CreateFunctionInput) (*cloudfront.CreateFunctionOutput, error) {
		err := s.make(s.functions, *in.Name, *in.FunctionConfig.Comment)
		return &cloudfront.CreateFunctionOutput{FunctionSummary: functionOf(*in.Name, *in.FunctionConfig.Comment)}, err
	})
	w.UpdateFunction = cf(&s.journal, func(in *cloudfront.UpdateFunctionInput) (*cloudfront.UpdateFunctionOutput, error) {
		s.functions[*in.Name] = *in.FunctionConfig.Comment
		return &cloudfront.UpdateFunctionOutput{}, nil
	})
	w.PublishFunction = cf(&s.journal, func(*cloudfront.PublishFunctionInput) (*cloudfront.PublishFunctionOutput, error) {
		return &cloudfront.PublishFunctionOutput{}, nil
	})
	w.ListOriginAccessControls = cf(&s.journal, func(
		*cloudfront.ListOriginAccessControlsInput,
	) (*cloudfront.ListOriginAccessControlsOutput, error) {
		list := &types.OriginAccessControlList{}
		for name, comment := range s.controls {
			list.Items = append(list.Items, types.OriginAccessControlSummary{
				Id: aws.String("id of " + name), Name: &name, Description: &comment,
				OriginAccessControlOriginType: types.OriginAccessControlOriginTypesS3,
				SigningBehavior:               types.OriginAccessControlSigningBehaviorsAlways,
			})
		}
		return &cloudfront.ListOriginAccessControlsOutput{OriginAccessControlList: list}, nil
	})
	w.CreateOriginAccessControl = cf(&s.journal, func(
		in *cloudfront.CreateOriginAccessControlInput,
	) (*cloudfront.CreateOriginAccessControlOutput, error) {
		c := in.OriginAccessControlConfig
		err := s.make(s.controls, *c.Name, *c.Description)
		made := &types.OriginAccessControl{Id: aws.String("id of " + *c.Name)}
		return &cloudfront.CreateOriginAccessControlOutput{OriginAccessControl: made}, err
	})
}

// TestSpec_id: no two domains have one name for their functions, whatever their dots and hyphens, and none is too long.
func TestSpec_id(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-c]([a-c.-]{0,70}[a-c])?`)
		a, b := Spec{Domain: name.Draw(t, "a")}, Spec{Domain: name.Draw(t, "b")}
		if a.Domain != b.Domain && a.id() == b.id() || len(a.id()) > maxFunctionName {
			t.Fatalf("%s, %s", a.id(), b.id())
		}
	})
	a, b := Spec{Domain: "docs.api.example.edu"}, Spec{Domain: "docs-api.example.edu"}
	if a.id() == b.id() || a.formerID() != "spinup-docs-api-example-edu" || a.formerID() != b.formerID() {
		t.Errorf("%s and %s, formerly %s", a.id(), b.id(), a.formerID())
	}
}

// TestFunctionAndControl_claims: what bears the site's name is the site's by its mark only, or because its distribution
// uses it; what an earlier version made is found by its mark.
func TestFunctionAndControl_claims(t *testing.T) {
	s := simple()
	s.DirectoryIndex = true
	for name, row := range map[string]struct {
		named, comment string
		used           bool
		found, foreign bool
	}{
		"nothing":            {"", "", false, false, false},
		"ours":               {s.id(), s.mark(), false, true, false},
		"by hand":            {s.id(), "mine", false, true, true},
		"of another site":    {s.id(), theirs, true, true, true},
		"comment edited":     {s.id(), "our homepage", true, true, false},
		"former":             {s.formerID(), s.mark(), false, true, false},
		"former of another":  {s.formerID(), theirs, true, false, false},
		"former name, mine":  {s.formerID(), "mine", false, false, false},
		"name of no account": {"spinup-other", s.mark(), false, false, false},
	} {
		shop := &workshop{functions: map[string]string{}, controls: map[string]string{}}
		if row.named != "" {
			shop.functions[row.named], shop.controls[row.named] = row.comment, row.comment
		}
		w := site()
		shop.api(&w)
		for _, p := range []part{w.function(), w.access()} {
			var o Status
			if err := p.Observe(t.Context(), wish{Want: s}, &o); err != nil {
				t.Fatal(err)
			}
			if row.used {
				o.Distribution = &Distribution{Settings: Settings{FunctionARN: "arn:f/" + row.named, AccessID: "id of " + row.named}}
			}
			err := p.Claim(t.Context(), wish{Want: s}, o)
			if p.Present(o) != row.found || errors.Is(err, reconcile.ErrForeign) != row.foreign {
				t.Errorf("%s: %s is there: %t, %v", name, p.Attribute, p.Present(o), err)
			}
			if row.foreign && (p.InSync(wish{Want: s}, o) || !strings.Contains(err.Error(), s.id())) {
				t.Errorf("%s: %s is in sync, or %v", name, p.Attribute, err)
			}
		}
	}
}

// TestFunctionAndControl_race: what somebody makes between our look and our creation is not taken; what our own lost
// attempt made is.
func TestFunctionAndControl_race(t *testing.T) {
	s := simple()
	for name, row := range map[string]struct {
		appears string
		lost    bool
		ok      bool
	}{
		"answer lost":     {"", true, true},
		"by hand":         {"mine", false, false},
		"of another site": {theirs, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			shop := &workshop{
				functions: map[string]string{}, controls: map[string]string{}, appears: row.appears, lost: row.lost,
			}
			w := site()
			shop.api(&w)
			for _, p := range []part{w.function(), w.access()} {
				var o Status
				err := p.Apply(t.Context(), wish{Want: s}, &o)
				if (err == nil) != row.ok || errors.Is(err, reconcile.ErrForeign) == row.ok || p.Present(o) != row.ok {
					t.Errorf("%s: %s is there: %t, %v", name, p.Attribute, p.Present(o), err)
				}
			}
			comment := s.mark()
			if !row.ok {
				comment = row.appears
			}
			same := map[string]string{s.id(): comment}
			if diff := cmp.Diff([]map[string]string{same, same}, []map[string]string{shop.functions, shop.controls}); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		})
	}
}
