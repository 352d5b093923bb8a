package awsclient_test

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// capabilities are the names of the capabilities that the platform has, and of those it lacks.
func capabilities(p awsclient.Platform) (has, lacks []string) {
	v := reflect.ValueOf(p)
	for field, value := range v.Fields() {
		switch {
		case field.Type.Kind() != reflect.Bool:
		case value.Bool():
			has = append(has, field.Name)
		default:
			lacks = append(lacks, field.Name)
		}
	}
	slices.Sort(has)
	return has, lacks
}

// TestPlatforms_capabilities: what each kind of store has. Defaults of resources follow from it.
func TestPlatforms_capabilities(t *testing.T) {
	const plain = "ListVersions Logging Policy Tagging Versioning"
	want := map[string]string{
		"versitygw": "ListVersions Logging Ownership Policy Tagging Versioning",
		"yandex":    plain, "kos": plain, "minio": plain, "s3": plain,
	}
	for i, p := range awsclient.Platforms() {
		has, lacks := capabilities(p)
		if i == 0 {
			quirks := []string{"ContentMD5", "UnsignedAcceptEncoding"}
			if diff := cmp.Diff(quirks, lacks); p.Name != "aws" || diff != "" {
				t.Errorf("the first platform is %s, want aws with everything but quirks (-want +got):\n%s", p.Name, diff)
			}
			continue
		}
		if diff := cmp.Diff(want[p.Name], strings.Join(has, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Name, diff)
		}
	}
	if got := len(awsclient.Platforms()); got != len(want)+1 {
		t.Errorf("%d platforms, want %d", got, len(want)+1)
	}
}

// TestPlatforms_complete: a row has all that a store needs. It knows no names, so a new row is held to it as well.
func TestPlatforms_complete(t *testing.T) {
	page, err := os.ReadFile("../../templates/index.md.tmpl")
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
		for field, value := range map[string]string{
			"DefaultRegion": p.DefaultRegion, "Partition": p.Partition, "IAMRegion": p.IAMRegion,
		} {
			if (value == "") != p.AWSEndpoints {
				t.Errorf("%s: %s is %q", p.Name, field, value)
			}
		}
		if p.RequireTLS && !p.Policy {
			t.Errorf("%s: RequireTLS needs Policy", p.Name)
		}
		row := "| `" + p.Name + "` |"
		_, rest, ok := strings.Cut(string(page), "\n"+row)
		line, _, _ := strings.Cut(rest, "\n")
		if !ok || !strings.Contains(line, p.DefaultRegion) || !strings.Contains(line, p.DefaultEndpoint) {
			t.Errorf("%s: the table of templates/index.md.tmpl has %q, want the region %q and the endpoint %q", p.Name,
				row+line, p.DefaultRegion, p.DefaultEndpoint)
		}
	}
}
