package awsclient_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

type reading struct {
	HeadBucket func(context.Context) error `iam:"s3:ListBucket" on:"bucket"`
}

type everything struct {
	reading
	DeleteObjects func(context.Context) error `iam:"s3:DeleteObject, s3:DeleteObjectVersion" on:"object"`
	clock         int
}

func TestPermissions(t *testing.T) {
	want := []awsclient.Permission{
		{Operation: "HeadBucket", Actions: []string{"s3:ListBucket"}, On: "bucket", Read: true},
		{Operation: "DeleteObjects", Actions: []string{"s3:DeleteObject", "s3:DeleteObjectVersion"}, On: "object"},
	}
	got := awsclient.Permissions(everything{clock: 1})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(want, awsclient.Permissions(&everything{})); diff != "" {
		t.Error(diff)
	}
	if got := awsclient.ActionFor(got, "DeleteObjects"); got != "s3:DeleteObject, s3:DeleteObjectVersion" {
		t.Errorf("got %q", got)
	}
	if got := awsclient.ActionFor(got, "GetObject"); got != "s3:GetObject" {
		t.Errorf("got %q", got)
	}
}
