package terraform

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestMirrorIsFound(t *testing.T) {
	home, named, empty := t.TempDir(), t.TempDir(), t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("TF_PLUGIN_MIRROR", "")
	make := func(parts ...string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(parts...), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	platform := runtime.GOOS + "_" + runtime.GOARCH
	plugins := filepath.Join(home, ".terraform.d", "plugins")
	make(plugins, "host.example.edu", "hashicorp", "aws", AWSVersion, platform)
	make(named, "host.example.edu", "hashicorp", "aws", "terraform-provider-aws_"+AWSVersion+"_"+platform+".zip")
	make(empty, "host.example.edu", "hashicorp", "aws", "5.99.0", platform)

	for _, test := range []struct{ flag, variable, want string }{
		{"", "", plugins},
		{"", named, named},
		{"", empty, plugins},
		{named, empty, named},
		{empty, named, ""},
	} {
		t.Setenv("TF_PLUGIN_MIRROR", test.variable)
		got, err := FindMirror(test.flag)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%+v: found %q, %v", test, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), empty) {
			t.Errorf("error %v does not say where it looked", err)
		}
	}
}
