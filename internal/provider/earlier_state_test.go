package provider

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestWebsite_earlierState reads states of version 0, in which dns_records was a list: the rest stays as it was.
func TestWebsite_earlierState(t *testing.T) {
	text, err := os.ReadFile("testdata/states/website_v0.json")
	if err != nil {
		t.Fatal(err)
	}
	s, ctx := served(t), t.Context()
	schemas, err := s.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	const records, end = `"dns_records": [`, "\n  ],"
	before, rest, _ := strings.Cut(string(text), records)
	_, after, _ := strings.Cut(rest, end)
	for name, row := range map[string]struct{ state, want string }{
		"four": {string(text), "map[_1.www.example.edu CNAME:<nil> alt.example.edu A:d1.cloudfront.net " +
			"www.example.edu A:d1.cloudfront.net www.example.edu AAAA:d1.cloudfront.net]"},
		"none":     {before + `"dns_records": [],` + after, "map[]"},
		"not told": {before + `"dns_records": null,` + after, "map[]"},
	} {
		resp, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
			TypeName: "spinup_website", Version: 0, RawState: &tfprotov6.RawState{JSON: []byte(row.state)},
		})
		if err != nil || len(resp.Diagnostics) > 0 {
			t.Fatal(name, err, resp.Diagnostics)
		}
		value, err := resp.UpgradedState.Unmarshal(schemas.ResourceSchemas["spinup_website"].ValueType())
		if err != nil {
			t.Fatal(name, err)
		}
		state := plain(value).(map[string]any)
		got := map[string]any{}
		if all, ok := state["dns_records"].(map[string]any); ok {
			for key, record := range all {
				got[key] = record.(map[string]any)["value"]
			}
		}
		if diff := cmp.Diff(row.want, fmt.Sprint(got)); diff != "" || (name == "not told") != (state["dns_records"] == nil) {
			t.Errorf("%s: %s", name, diff)
		}
		if state["certificate_arn"] == nil || state["groups"].(map[string]any)["admin"] == nil {
			t.Errorf("%s: something is lost: %v", name, state)
		}
	}
	resp, err := s.UpgradeResourceState(ctx, &tfprotov6.UpgradeResourceStateRequest{
		TypeName: "spinup_website", Version: 0, RawState: &tfprotov6.RawState{JSON: []byte("{")},
	})
	if err != nil || len(resp.Diagnostics) == 0 {
		t.Errorf("a broken state was read: %v", err)
	}
}
