package provider

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// report turns the failures of a run into one diagnostic each, at the attribute of the part: which object, which call,
// AWS's code and request id, what was kept, what to do next. What exists although waiting for it failed is a warning. A
// service that never answered is told once: it fails every part that needs it, and for the one reason.
func (c *envelope[M, S, O, P]) report(failed reconcile.Errors, creating, kept bool, m P, diags *diag.Diagnostics) {
	told := map[string]bool{}
	for _, one := range failed {
		if silent, ok := errors.AsType[*awsclient.NoAnswerError](one.Err); ok {
			if told[silent.Host] {
				continue
			}
			told[silent.Host] = true
		}
		summary := fmt.Sprintf("Cannot %s %s %s", one.Stage, c.noun, one.Part)
		detail := withAdvice(one.Err, c.permissions)
		if _, ok := errors.AsType[*reconcile.ExistsError](one.Err); ok {
			detail += fmt.Sprintf(". To manage what exists, add this block, with the address of this resource in place of "+
				"NAME, and apply again:\n\n  import {\n    to = spinup_%[1]s.NAME\n    id = %[2]q\n  }", c.noun, m.importID())
		}
		if next := afterwards(one, creating, kept); next != "" {
			detail += "\n\n" + next
		}
		if failed.Complete() {
			diags.AddAttributeWarning(path.Root(one.Part), summary, detail)
			continue
		}
		diags.AddAttributeError(path.Root(one.Part), summary, detail)
	}
}

// withAdvice is the error, and how to get past it where that can be told.
func withAdvice(err error, permissions []awsclient.Permission) string {
	var call *awsclient.CallError
	var silent *awsclient.NoAnswerError
	switch {
	case errors.As(err, &silent):
		return awsclient.Text(err) + "\n\n" + connectAdvice(err)
	case awsclient.IsAccessDenied(err) && errors.As(err, &call):
		return fmt.Sprintf("%s\n\nThe credentials need the IAM action %s on %s. The guide \"Permissions\" has the whole "+
			"policy.", awsclient.Text(err), awsclient.ActionFor(permissions, call.Operation), cmp.Or(call.Resource, "*"))
	case awsclient.IsNotImplemented(err):
		return awsclient.Text(err) +
			"\n\nThe store does not offer this. Leave the attribute unset, or set the provider's platform."
	}
	return awsclient.Text(err)
}

// afterwards says what was kept, and what the next apply will do.
func afterwards(one *reconcile.PartError, creating, kept bool) string {
	switch {
	case one.Stage == reconcile.Checking, creating && one.Stage == reconcile.Observing:
		return "Nothing was changed."
	case !kept:
		return ""
	case one.Stage == reconcile.Settling:
		return "Everything asked for exists and is in state."
	case creating:
		return "What was made until then is in state, marked as tainted: the next apply replaces it. To keep it instead, " +
			"run `terraform untaint` with the address of this resource; the next apply then completes it."
	}
	return "State says what exists now; the next apply, or destroy, goes on from there."
}
