package provider

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// TestFunctions calls the functions: what they give, and at which argument their errors are.
func TestFunctions(t *testing.T) {
	const (
		store = "https://s3.example.edu:9000"
		role  = "arn:aws:iam::111122223333:role/lending"
	)
	uri := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"bucket": tftypes.String, "key": tftypes.String}}
	for _, test := range []struct {
		name      string
		arguments []any
		at        int64 // the argument of an error; -1 for none; -2 for no error
		says      string
	}{
		{"rclone_config", []any{"team-data", nil}, -2, "remote = team-data-s3:team-data\n"},
		{"rclone_config", []any{"team-data", "/docs/", store}, -2, "endpoint = " + store},
		{"rclone_config", []any{"Team", nil}, 0, `"Team"`},
		{"rclone_config", []any{"team-data", "a\nb"}, 1, `"a\nb"`},
		{"rclone_config", []any{"team-data", nil, "s3.example.edu"}, 2, `"s3.example.edu"`},
		{"rclone_config", []any{"team-data", nil, store, store}, 3, "2 endpoints"},
		{"aws_profile", []any{"team", "us-east-1", role}, -2, "role_arn = " + role},
		{"aws_profile", []any{"team", nil, nil, store}, -2, "endpoint_url = " + store},
		{"aws_profile", []any{"a b", nil, nil}, 0, `"a b"`},
		{"aws_profile", []any{"team", "", nil}, 1, `""`},
		{"aws_profile", []any{"team", nil, "role"}, 2, `"role"`},
		{"aws_profile", []any{"team", nil, nil, "x"}, 3, `"x"`},
		{"mc_alias", []any{"team"}, -2, "mc alias set team https://s3.amazonaws.com"},
		{"mc_alias", []any{"team", store}, -2, "mc alias set team " + store},
		{"mc_alias", []any{"my team"}, 0, `"my team"`},
		{"mc_alias", []any{"team", "x"}, 1, `"x"`},
		{"bucket_name", []any{"team", "data"}, -2, "team-data"},
		{"bucket_name", []any{"Team", "data"}, -2, "team-data-"},
		{"bucket_name", []any{"_"}, -1, "nothing is left"},
		{"bucket_name", nil, -1, "nothing is left"},
		{"parse_s3_uri", []any{"s3://team-data/k/x.txt"}, -2, "team-data k/x.txt"},
		{"parse_s3_uri", []any{"https://team-data/k"}, 0, `"https://team-data/k"`},
	} {
		var given []*tfprotov6.DynamicValue
		for _, argument := range test.arguments {
			given = append(given, dynamic(t, tftypes.NewValue(tftypes.String, argument)))
		}
		resp, err := served(t).CallFunction(t.Context(), &tfprotov6.CallFunctionRequest{Name: test.name, Arguments: given})
		if err != nil {
			t.Fatal(err)
		}
		at, said := int64(-2), ""
		switch failed := resp.Error; {
		case failed != nil && failed.FunctionArgument != nil:
			at, said = *failed.FunctionArgument, failed.Text
		case failed != nil:
			at, said = -1, failed.Text
		case test.name == "parse_s3_uri":
			value := map[string]tftypes.Value{}
			got, err := resp.Result.Unmarshal(uri)
			if err != nil || got.As(&value) != nil {
				t.Fatal(err)
			}
			said = textOf(t, value["bucket"]) + " " + textOf(t, value["key"])
		default:
			got, err := resp.Result.Unmarshal(tftypes.String)
			if err != nil {
				t.Fatal(err)
			}
			said = textOf(t, got)
		}
		if at != test.at || !strings.Contains(said, test.says) {
			t.Errorf("%s%q: %q at argument %d; want %q at %d", test.name, test.arguments, said, at, test.says, test.at)
		}
	}
}

func textOf(t *testing.T, value tftypes.Value) (text string) {
	t.Helper()
	if err := value.As(&text); err != nil {
		t.Fatal(err)
	}
	return text
}
