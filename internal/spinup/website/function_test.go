package website

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestSeenRoutes_code: what the code was made of is read back from it, whatever characters are in it.
func TestSeenRoutes_code(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z"'\\\]\[;, =]{1,12}`), oneOf(`"];`, `x"], index = "y";`))
		s := Spec{
			Domain: domain, Redirects: rapid.SliceOf(odd).Draw(t, "redirects"),
			DirectoryIndex: rapid.Bool().Draw(t, "directories"),
			Delivery:       Delivery{Index: rapid.OneOf(odd, oneOf("index.html")).Filter(notEmpty).Draw(t, "index")},
		}
		o := Status{
			Function:     &Function{ARN: "arn:f", Code: s.Code()},
			Distribution: &Distribution{Settings: Settings{FunctionARN: "arn:f"}},
		}
		directories, redirects := o.SeenRoutes(s)
		if directories != s.DirectoryIndex || !slices.Equal(redirects, s.Redirects) {
			t.Fatalf("directories: %t, redirects: %q", directories, redirects)
		}
		o.Function.Code = strings.Replace(o.Function.Code, "301", "302", 1)
		if directories, redirects = o.SeenRoutes(s); directories || redirects != nil {
			t.Fatal("code that somebody changed counts as the site's own")
		}
	})
}

func notEmpty(s string) bool { return s != "" }

func TestSeenRoutes(t *testing.T) {
	s := Spec{Domain: domain, DirectoryIndex: true, Redirects: []string{"example.edu"}, Delivery: Delivery{Index: "i"}}
	other := s
	other.Index = "j"
	for name, row := range map[string]struct {
		attached string
		function *Function
		seen     bool
	}{
		"as made":       {"arn:f", &Function{ARN: "arn:f", Code: s.Code()}, true},
		"none":          {"", nil, false},
		"detached":      {"", &Function{ARN: "arn:f", Code: s.Code()}, false},
		"another":       {"arn:g", &Function{ARN: "arn:f", Code: s.Code()}, false},
		"unpublished":   {"arn:f", &Function{ARN: "arn:f"}, false},
		"another index": {"arn:f", &Function{ARN: "arn:f", Code: other.Code()}, false},
		"somebody's":    {"arn:f", &Function{ARN: "arn:f", Code: "function handler(event) { return event.request; }"}, false},
	} {
		o := Status{Function: row.function, Distribution: &Distribution{Settings: Settings{FunctionARN: row.attached}}}
		directories, redirects := o.SeenRoutes(s)
		if directories != row.seen || (len(redirects) == 1) != row.seen {
			t.Errorf("%s: directories: %t, redirects: %v", name, directories, redirects)
		}
	}
}

// TestRedirects: an import learns the redirects from the function, if there is one.
func TestRedirects(t *testing.T) {
	for name, row := range map[string]struct {
		code string
		err  error
		want []string
		ok   bool
	}{
		"two":        {Spec{Domain: domain, Redirects: []string{"a.example.edu", "b.example.edu"}}.Code(), nil, []string{"a.example.edu", "b.example.edu"}, true},
		"none":       {Spec{Domain: domain}.Code(), nil, []string{}, true},
		"no list":    {"function handler(event) {}", nil, nil, true},
		"not a list": {"redirects = [a]", nil, nil, false},
		"absent":     {"", refused("NoSuchFunctionExists", 1), nil, true},
		"denied":     {"", refused("AccessDenied", 1), nil, false},
	} {
		var j journal
		w := site()
		w.DescribeFunction = cf(&j, func(in *cloudfront.DescribeFunctionInput) (*cloudfront.DescribeFunctionOutput, error) {
			if row.err != nil {
				return nil, row.err
			}
			return &cloudfront.DescribeFunctionOutput{FunctionSummary: functionOf(*in.Name, "spinup_website "+domain)}, nil
		})
		w.GetFunction = cf(&j, func(in *cloudfront.GetFunctionInput) (*cloudfront.GetFunctionOutput, error) {
			if *in.Name != "spinup-www_example_edu" || in.Stage != "LIVE" {
				t.Errorf("asks for %s, %s", *in.Name, in.Stage)
			}
			return &cloudfront.GetFunctionOutput{FunctionCode: []byte(row.code)}, row.err
		})
		got, err := w.redirects(t.Context(), Spec{Domain: domain})
		if diff := cmp.Diff(row.want, got); diff != "" || (err == nil) != row.ok {
			t.Errorf("%s: %v %s", name, err, diff)
		}
	}
}
