package provider

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// operation is what Terraform asked for, as a participle.
type operation string

const (
	reading    operation = "read"
	creating   operation = "created"
	changing   operation = "changed"
	destroying operation = "destroyed"
)

// attempt is one operation on one object, for its report.
type attempt struct {
	operation
	id   string // import id of the object
	kept bool   // state holds the object, whatever failed
}

// summaryOf is the fixed text that a user can search for: the kind of object, and what happened to it. The
// attribute is the diagnostic's path, and everything particular is in its detail.
func summaryOf(noun string, a attempt, failed *reconcile.PartError) string {
	_, exists := errors.AsType[*reconcile.ExistsError](failed.Err)
	verb := string(a.operation)
	switch {
	case exists:
		return label(noun) + " exists already"
	case failed.Stage == reconcile.Observing:
		return unread(noun)
	case failed.Stage == reconcile.Checking:
		return label(noun) + " cannot be " + verb
	case failed.Stage == reconcile.Verifying:
		return label(noun) + " was " + verb + ", but cannot be read back"
	case failed.Stage == reconcile.Unconfirmed:
		return label(noun) + " was " + verb + ", but reads show something else"
	case failed.Stage == reconcile.Settling && failed.Index == 0: // the root has nothing to wait for
		return label(noun) + " was " + verb + ", but the clean-up after it failed"
	case failed.Stage == reconcile.Settling:
		return label(noun) + " is still deploying"
	case a.operation != destroying && a.kept:
		return label(noun) + " could not be " + verb + " completely"
	}
	return label(noun) + " could not be " + verb
}

func unread(noun string) string { return label(noun) + " could not be read" }

// label is the noun at the beginning of a sentence.
func label(noun string) string {
	words := strings.ReplaceAll(noun, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// report turns the failures of a run into one diagnostic each, at the attribute of the part. The detail has the
// attribute (Terraform shows the path of configured ones only), the object, the call, AWS's code and request ID, what
// was kept, and what to do next. What exists although waiting for it failed is a warning. A service that never answered
// is reported once: it fails every part that needs it for the same reason.
func (c *envelope[M, S, O, P]) report(failed reconcile.Errors, a attempt, diags *diag.Diagnostics) {
	told := map[string]bool{}
	for _, one := range failed {
		if silent, ok := errors.AsType[*awsclient.NoAnswerError](one.Err); ok {
			if told[silent.Host] {
				continue
			}
			told[silent.Host] = true
		}
		detail := one.Part + ": " + withAdvice(one.Err, c.permissions)
		if _, ok := errors.AsType[*reconcile.ExistsError](one.Err); ok {
			detail += importAdvice(c.data.foundExisting(c.noun, a.id))
		}
		if next := consequence(one, a); next != "" {
			detail += "\n\n" + next
		}
		summary := summaryOf(c.noun, a, one)
		if failed.Complete() {
			diags.AddAttributeWarning(path.Root(one.Part), summary, detail)
			continue
		}
		diags.AddAttributeError(path.Root(one.Part), summary, detail)
	}
}

// importAdvice tells how to manage what exists: one block for each object that this plan or apply has met so far.
func importAdvice(blocks []string) string {
	all := strings.Join(blocks, "\n")
	const interrupted = " What an interrupted apply began is completed by that apply."
	if len(blocks) == 1 {
		return ". To manage what exists, add this block, with the name of this resource in place of NAME, and apply " +
			"again." + interrupted + "\n\n" + all
	}
	return fmt.Sprintf(". %d objects exist already. To manage all of them, add these blocks, with the names of their "+
		"resources in place of NAME, and apply again.%s The error with the largest number lists all of them.\n\n%s",
		len(blocks), interrupted, all)
}

// importBlock takes over an object that exists.
func importBlock(noun, id string) string {
	return fmt.Sprintf("  import {\n    to = spinup_%s.NAME\n    id = %q\n  }", noun, id)
}

// withAdvice is the error, and how to resolve it where that is known.
func withAdvice(err error, permissions []awsclient.Permission) string {
	var call *awsclient.CallError
	var silent *awsclient.NoAnswerError
	denied := awsclient.Denied(err)
	switch {
	case errors.As(err, &silent):
		return awsclient.Text(err) + "\n\n" + connectAdvice(err)
	case errors.As(err, &call) && call.Service == awsclient.AdminService:
		return awsclient.Text(err) + adminAdvice(err)
	case denied != nil:
		actions := awsclient.ActionFor(permissions, denied.Operation)
		if more, ok := errors.AsType[*awsclient.NeedsError](err); ok {
			actions += ", " + strings.Join(more.Actions, ", ")
		}
		return fmt.Sprintf("%s\n\nThe credentials need the IAM action %s on %s. The guide \"Permissions\" has the whole "+
			"policy.", awsclient.Text(err), actions, cmp.Or(denied.Resource, "*"))
	case awsclient.IsUnsupported(err):
		return awsclient.Text(err) + "\n\nThe store does not have this. Leave the attribute out: what is not set is " +
			"neither read nor written on such a store."
	case awsclient.IsNotImplemented(err) && !awsclient.IsNoEndpoint(err):
		return awsclient.Text(err) +
			"\n\nThe store does not support this. Leave the attribute unset, or set the provider's platform."
	case awsclient.IsCredentials(err):
		return awsclient.Text(err) + "\n\n" + connectAdvice(err)
	}
	return awsclient.Text(err)
}

// adminAdvice tells what to do about a failure of VersityGW's Admin API.
func adminAdvice(err error) string {
	switch {
	case awsclient.IsCredentials(err):
		return "\n\nThe gateway does not know the provider's access_key, or secret_key is not the one that belongs to it."
	case awsclient.IsAccessDenied(err):
		return "\n\nThe Admin API serves the gateway's root and users of role admin: use the credentials of one of them."
	case awsclient.IsWrongRegion(err):
		return "\n\nSet the provider's region to that of the gateway."
	case awsclient.HasCode(err, "XAdminMethodNotSupported"):
		return "\n\nThis gateway has no users of its own: it runs for its root alone, or with a separate IAM service, for " +
			"which spinup_bucket_user with grant = \"inline\" is the resource."
	case awsclient.IsNotImplemented(err):
		return "\n\nThis is not the port of the Admin API. If the gateway runs with --admin-port, set the provider's " +
			"endpoints.admin."
	}
	return ""
}

// consequence tells what was kept, and what the next apply will do.
func consequence(failed *reconcile.PartError, a attempt) string {
	switch {
	case failed.Stage == reconcile.Checking, a.operation == creating && failed.Stage == reconcile.Observing:
		return "Nothing was changed."
	case !a.kept && a.operation == creating:
		return "State holds nothing of it. Run `terraform apply` again when the cause is mended."
	case !a.kept:
		return ""
	case failed.Stage == reconcile.Unconfirmed:
		return "Everything was written and accepted, and state holds what was planned. If the next plan still shows a " +
			"difference, the service stores it in other words: write it as the plan shows it."
	case failed.Stage == reconcile.Settling:
		return "Everything configured exists and is in state."
	case a.operation == creating:
		return "What was created until then is in state, marked as tainted: `terraform apply` replaces it. To " +
			"keep it instead, run `terraform untaint` with the address of this resource; the next apply then completes it."
	case a.operation == destroying:
		return "State holds what is left; `terraform destroy` goes on from there."
	}
	return "State holds what exists now; `terraform apply` goes on from there."
}
