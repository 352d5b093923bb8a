package awsclient_test

import (
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestPolicyText(t *testing.T) {
	for answer, want := range map[string]string{
		"":                                  "",
		`{"a":"b"}`:                         `{"a":"b"}`,
		"%7B%22a%22%3A%20%22b%22%7D":        `{"a": "b"}`,
		"arn%3Aaws%3As3%3A%3A%3Ab/a+b":      "arn:aws:s3:::b/a+b",
		"arn%3Aaws%3As3%3A%3A%3Ab%2Fa%2Bb":  "arn:aws:s3:::b/a+b",
		"%7B%22a%22%3A%22%25%22%2C%22b%22%": "",
	} {
		got, err := awsclient.PolicyText(&answer)
		if got != want || (err != nil) != (answer != "" && want == "") {
			t.Errorf("%q: got %q, %v", answer, got, err)
		}
	}
	if got, err := awsclient.PolicyText(nil); got != "" || err != nil {
		t.Errorf("nil: got %q, %v", got, err)
	}
}
