package awsclient_test

import (
	"os"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// TestPlatforms_features: what each kind of store has, and lacks. Defaults of resources and refusals follow from it.
func TestPlatforms_features(t *testing.T) {
	for _, p := range awsclient.Platforms() {
		for _, f := range awsclient.Features() {
			if p.Has(f) && p.Lacks(f) {
				t.Errorf("%s both has and lacks %s", p.Name, f)
			}
			if f.String() == "" {
				t.Errorf("feature %d has no name", f)
			}
		}
	}
	first := awsclient.Platforms()[0]
	for _, f := range awsclient.Features() {
		if first.Name != "aws" || first.Has(f) != (f != awsclient.AdminAPI) {
			t.Errorf("the first platform is %s, %s: %t; want aws with everything but the Admin API", first.Name, f, first.Has(f))
		}
	}
	last := awsclient.Platforms()[len(awsclient.Platforms())-1]
	for _, f := range awsclient.Features() {
		if last.Name != "s3" || last.Has(f) {
			t.Errorf("the last platform is %s and has %s; want s3, of which nothing is assumed", last.Name, f)
		}
	}
}

// TestPlatforms_complete: a row has all that a store needs. It knows no names, so a new row is held to it as well.
func TestPlatforms_complete(t *testing.T) {
	page, err := os.ReadFile("../../templates/index.md.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := os.ReadFile("../../DESIGN.md")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, p := range awsclient.Platforms() {
		if p.Name == "" || names[p.Name] {
			t.Errorf("the name %q is empty or taken", p.Name)
		}
		names[p.Name] = true
		// The region decides on AWS, so only other stores have fixed values.
		for field, value := range map[string]string{"Partition": p.Partition, "IAMRegion": p.IAMRegion} {
			if (value == "") != p.AWSEndpoints {
				t.Errorf("%s: %s is %q", p.Name, field, value)
			}
		}
		if p.AWSEndpoints && p.DefaultRegion != "" {
			t.Errorf("%s: the region has to be given, but %s is the default", p.Name, p.DefaultRegion)
		}
		if p.RequireTLS && !p.Has(awsclient.Policy) {
			t.Errorf("%s: RequireTLS needs Policy", p.Name)
		}
		row := "| `" + p.Name + "` |"
		_, rest, ok := strings.Cut(string(page), "\n"+row)
		line, _, _ := strings.Cut(rest, "\n")
		region, endpoint := cell(p.DefaultRegion), cell(p.DefaultEndpoint)
		if p.AWSEndpoints {
			endpoint = "AWS's own"
		}
		if !ok || !strings.Contains(line, "| "+region+" | "+endpoint+" |") {
			t.Errorf("%s: the table of templates/index.md.tmpl has %q, want the region %s and the endpoint %s", p.Name,
				row+line, region, endpoint)
		}
		// What is not tested has a source.
		if p.Tested == "" && p.Name != "s3" && !strings.Contains(string(sources), "\n"+row) {
			t.Errorf("%s: DESIGN.md does not say which documentation the row follows", p.Name)
		}
	}
}

// cell is how the table says a default.
func cell(value string) string {
	if value == "" {
		return "none"
	}
	return "`" + value + "`"
}
