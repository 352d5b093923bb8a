package provider

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// TestReport_summaries: the summary tells the kind of object and what happened to it, and nothing that differs from one
// run to the next.
func TestReport_summaries(t *testing.T) {
	c := envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]{noun: "bucket_user", data: &providerData{}}
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
			warns := test.stage == reconcile.Settling || test.stage == reconcile.Unconfirmed
			if warns != (diags.ErrorsCount() == 0) {
				t.Errorf("its severity is %s", diags[0].Severity())
			}
		})
	}
}

// TestReport_importsAll: of several objects that exist already, each error has the import blocks of all that were met so
// far, of other resources too, and each block once.
func TestReport_importsAll(t *testing.T) {
	data := &providerData{}
	users := envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]{noun: "bucket_user", data: data}
	rules := envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]{noun: "lifecycle_rule", data: data}
	exists := func(report func(reconcile.Errors, attempt, *diag.Diagnostics), id string) string {
		var diags diag.Diagnostics
		report(reconcile.Errors{{Part: "name", Stage: reconcile.Checking, Err: &reconcile.ExistsError{Noun: "thing"}}},
			attempt{operation: creating, id: id}, &diags)
		return diags[0].Detail()
	}
	ann := "  import {\n    to = spinup_bucket_user.NAME\n    id = \"docs/ann\"\n  }"
	bob := "  import {\n    to = spinup_bucket_user.NAME\n    id = \"docs/bob\"\n  }"
	old := "  import {\n    to = spinup_lifecycle_rule.NAME\n    id = \"docs/old\"\n  }"
	for _, step := range []struct {
		detail string
		blocks []string
	}{
		{exists(users.report, "docs/ann"), []string{ann}},
		{exists(users.report, "docs/bob"), []string{ann, bob}},
		{exists(users.report, "docs/ann"), []string{ann, bob}},
		{exists(rules.report, "docs/old"), []string{ann, bob, old}},
	} {
		if !strings.Contains(step.detail, "\n\n"+strings.Join(step.blocks, "\n")+"\n\n") {
			t.Errorf("got %s\nwant %q", step.detail, step.blocks)
		}
		if several := len(step.blocks) > 1; several != strings.Contains(step.detail, "The error with the largest number lists all of them.") {
			t.Errorf("%d blocks: %s", len(step.blocks), step.detail)
		}
	}
}

// TestReport_silence: a service that never answered is reported once, whatever else failed for it; another one is not
// lost.
func TestReport_silence(t *testing.T) {
	c := envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]{noun: "bucket", data: &providerData{}}
	var failed reconcile.Errors
	for i, host := range []string{"iam.example.edu", "iam.example.edu", "s3.example.edu", "iam.example.edu"} {
		failed = append(failed, &reconcile.PartError{
			Index: i, Part: fmt.Sprint("part", i), Stage: reconcile.Observing, Err: &awsclient.NoAnswerError{Host: host},
		})
	}
	var diags diag.Diagnostics
	c.report(failed, attempt{operation: reading}, &diags)
	if len(diags) != 2 || !strings.Contains(diags[0].Detail(), "iam.example.edu") ||
		!strings.Contains(diags[1].Detail(), "s3.example.edu") {
		t.Errorf("reported are %v", diags)
	}
}

// TestReport_oneCommand: whatever was cut short, the text names the command that goes on.
func TestReport_oneCommand(t *testing.T) {
	c := envelope[bucketModel, bucketSpec, bucketStatus, *bucketModel]{noun: "bucket", data: &providerData{}}
	for _, test := range []struct {
		attempt attempt
		stage   reconcile.Stage
		want    string
	}{
		{attempt{operation: creating}, reconcile.Applying, "Run `terraform apply` again"},
		{attempt{operation: creating, kept: true}, reconcile.Applying, "`terraform apply` replaces it"},
		{attempt{operation: changing, kept: true}, reconcile.Applying, "`terraform apply` goes on from there"},
		{attempt{operation: changing, kept: true}, reconcile.Removing, "`terraform apply` goes on from there"},
		{attempt{operation: destroying, kept: true}, reconcile.Removing, "`terraform destroy` goes on from there"},
		{attempt{operation: creating, kept: true}, reconcile.Unconfirmed, "state holds what was planned"},
	} {
		var diags diag.Diagnostics
		c.report(reconcile.Errors{{Index: 1, Part: "tags", Stage: test.stage, Err: errors.New("no")}}, test.attempt, &diags)
		if !strings.Contains(diags[0].Detail(), test.want) {
			t.Errorf("%s, %s: %q is not in %q", test.attempt.operation, test.stage, test.want, diags[0].Detail())
		}
	}
}
