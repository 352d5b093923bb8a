package terraform

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// AWSVersion is the release of hashicorp/aws that the benchmark and the tests work beside.
const AWSVersion = "5.100.0"

// FindMirror returns the folder to take hashicorp/aws from: the named one or, without a name, the first of the usual
// places that has it. These are $TF_PLUGIN_MIRROR, where terraform itself looks without being told, and any folder
// right under /opt.
// https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
func FindMirror(named string) (string, error) {
	places := []string{named}
	if named == "" {
		home, _ := os.UserHomeDir() // without one, its places are not there either
		places = []string{
			os.Getenv("TF_PLUGIN_MIRROR"),
			filepath.Join(home, ".terraform.d", "plugins"),
			filepath.Join(home, ".local", "share", "terraform", "plugins"),
			"/usr/local/share/terraform/plugins",
			"/usr/share/terraform/plugins",
		}
		local, _ := filepath.Glob("/opt/*") // the pattern is well formed
		places = append(places, local...)
	}
	platform := runtime.GOOS + "_" + runtime.GOARCH
	for _, dir := range places {
		for _, form := range []string{"%s/%s", "terraform-provider-aws_%s_%s.zip"} { // unpacked, packed
			name := fmt.Sprintf(form, AWSVersion, platform)
			found, err := filepath.Glob(filepath.Join(dir, "*", "hashicorp", "aws", name))
			if err == nil && len(found) > 0 && dir != "" {
				return dir, nil
			}
		}
	}
	return "", fmt.Errorf("no filesystem mirror has version %s (looked in %s). To make one: "+
		"terraform -chdir=internal/acctest/cmd/bench/testdata/aws providers mirror DIR; then set TF_PLUGIN_MIRROR to DIR",
		AWSVersion, strings.Join(places, " "))
}
