package provider_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"
)

// same requires equal values.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// saysAll requires that a message holds each of the phrases.
func saysAll(t *testing.T, message string, phrases ...string) {
	t.Helper()
	for _, phrase := range phrases {
		if !strings.Contains(message, phrase) {
			t.Errorf("%q is missing in:\n%s", phrase, message)
		}
	}
}

// found reports whether a read found its object. Access denied ends the test, as does any other error.
func found(t *testing.T, what string, err error) bool {
	t.Helper()
	absent := []string{
		"NoSuchEntity", "NoSuchBucketPolicy", "NoSuchTagSet", "NoSuchLifecycleConfiguration",
		"NoSuchCORSConfiguration", "ObjectLockConfigurationNotFoundError",
		"ParameterNotFound", "ResourceNotFoundException",
	}
	var api smithy.APIError
	switch {
	case err == nil:
		return true
	case errors.As(err, &api) && slices.Contains(absent, api.ErrorCode()):
		return false
	}
	t.Fatalf("looking for %s: %v", what, err)
	return false
}
