package reconcile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrForeign is wrapped by a part's error when the object it was about to make turned out to be somebody else's. Such
// an object is never recorded as part of the composite.
var ErrForeign = errors.New("it exists and is not ours")

// Stage is what the engine was doing when a part failed.
type Stage string

// The stages, in the order in which a run goes through them.
const (
	Observing Stage = "read"   // nothing was written
	Checking  Stage = "check"  // refused before the first write
	Removing  Stage = "remove" // some parts may be gone
	Applying  Stage = "apply"  // some parts may exist
	Verifying Stage = "verify" // everything was written, but reads of it fail

	Unconfirmed Stage = "confirm" // everything was written and accepted, but reads show something else
	Settling    Stage = "wait on" // everything is there, but not yet in use everywhere
)

// PartError is the failure of one part.
type PartError struct {
	Index int    // place of the part in the table
	Part  string // attribute of the part, for diagnostics
	Stage Stage
	Err   error
}

func (e *PartError) Error() string { return fmt.Sprintf("%s %s: %v", e.Stage, e.Part, e.Err) }
func (e *PartError) Unwrap() error { return e.Err }

// Errors holds the failures of one run, in the order of the parts.
type Errors []*PartError

func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.Is and errors.As see each failure.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// Wrote reports whether the run may have changed anything before it failed.
func (e Errors) Wrote() bool { return e.any(Removing, Applying, Verifying, Unconfirmed, Settling) }

// Complete reports whether everything asked for was done although the run failed: only waiting was cut short, or a
// service shows what it accepted in other words.
func (e Errors) Complete() bool { return !e.any(Observing, Checking, Removing, Applying, Verifying) }

func (e Errors) any(stages ...Stage) bool {
	for _, one := range e {
		if slices.Contains(stages, one.Stage) {
			return true
		}
	}
	return false
}

// orNil keeps an empty list from becoming a non-nil error.
func (e Errors) orNil() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// ExistsError is the refusal to create a composite whose root object is there already.
type ExistsError struct{ Noun string }

func (e *ExistsError) Error() string { return "the " + e.Noun + " exists already" }
