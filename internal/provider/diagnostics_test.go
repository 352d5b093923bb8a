package provider

import (
	"errors"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// TestReport_summaries: the summary tells the kind of object and what happened to it, and nothing that differs from one
// run to the next.
func TestReport_summaries(t *testing.T) {
	c := envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]{noun: "bucket_user"}
	wrong := errors.New("something is wrong")
	taken := &reconcile.ExistsError{Noun: "user"}
	for _, test := range []struct {
		attempt attempt
		stage   reconcile.Stage
		index   int
		err     error
		want    string
	}{
		{attempt{operation: reading}, reconcile.Observing, 1, wrong, "Bucket user could not be read"},
		{attempt{operation: creating}, reconcile.Observing, 0, wrong, "Bucket user could not be read"},
		{attempt{operation: creating}, reconcile.Checking, 1, wrong, "Bucket user cannot be created"},
		{attempt{operation: creating}, reconcile.Checking, 0, taken, "Bucket user exists already"},
		{attempt{operation: creating}, reconcile.Applying, 0, taken, "Bucket user exists already"},
		{attempt{operation: creating}, reconcile.Applying, 0, wrong, "Bucket user could not be created"},
		{attempt{operation: creating, kept: true}, reconcile.Applying, 1, wrong, "Bucket user could not be created completely"},
		{attempt{operation: changing, kept: true}, reconcile.Removing, 1, wrong, "Bucket user could not be changed completely"},
		{attempt{operation: changing, kept: true}, reconcile.Verifying, 1, wrong,
			"Bucket user was changed, but cannot be read back"},
		{attempt{operation: creating, kept: true}, reconcile.Unconfirmed, 1, wrong,
			"Bucket user was created, but reads show something else"},
		{attempt{operation: changing, kept: true}, reconcile.Settling, 1, wrong, "Bucket user is still deploying"},
		{attempt{operation: changing, kept: true}, reconcile.Settling, 0, wrong,
			"Bucket user was changed, but the clean-up after it failed"},
		{attempt{operation: destroying, kept: true}, reconcile.Checking, 1, wrong, "Bucket user cannot be destroyed"},
		{attempt{operation: destroying, kept: true}, reconcile.Removing, 1, wrong, "Bucket user could not be destroyed"},
	} {
		t.Run(test.want, func(t *testing.T) {
			var diags diag.Diagnostics
			failed := reconcile.Errors{{Index: test.index, Part: "access_key", Stage: test.stage, Err: test.err}}
			c.report(failed, test.attempt, &diags)
			if len(diags) != 1 || diags[0].Summary() != test.want {
				t.Fatalf("got %v, want %q", diags, test.want)
			}
			if at := diags[0].(diag.DiagnosticWithPath).Path(); !at.Equal(path.Root("access_key")) {
				t.Errorf("it is at %s", at)
			}
			if warns := test.stage == reconcile.Settling || test.stage == reconcile.Unconfirmed; warns != (diags.ErrorsCount() == 0) {
				t.Errorf("its severity is %s", diags[0].Severity())
			}
		})
	}
}
