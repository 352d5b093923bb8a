package awsclient

import "testing"

func TestIsLogged(t *testing.T) {
	for variable, want := range map[string]bool{
		"TF_LOG=DEBUG": true, "TF_LOG_PROVIDER=trace": true, "TF_LOG_PROVIDER_SPINUP=debug": true, "TF_LOG=": false,
		"TF_LOG=off": false, "TF_LOG_PATH=log": true, "LOG=debug": false, "TF_DATA_DIR=TF_LOG": false,
	} {
		if got := isLogged([]string{"HOME=/root", variable}); got != want {
			t.Errorf("%s: %t", variable, got)
		}
	}
}
