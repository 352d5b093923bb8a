package lifecyclerule

import (
	"context"
	"errors"
	"fmt"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/document"
)

// Spec is what is wanted: a rule, and the bucket it is for.
type Spec struct {
	Bucket string
	Rule   Rule
}

// Status is what was seen of the rule; nil is absent.
type Status struct {
	Rule *Rule
}

// New is the composite behind spinup_lifecycle_rule. It has one part.
func New(conn *awsclient.Conn) reconcile.Composite[Spec, Status] {
	return reconcile.Composite[Spec, Status]{
		Noun:     "lifecycle rule",
		Parts:    []part{rule(conn)},
		Parallel: 1,
		Rescue:   conn.Pace.Rescue,
		Until:    conn.Until,
	}
}

// withoutBucket returns nil if the bucket does not exist, else err: without a bucket there is no rule.
func withoutBucket(err error) error {
	if awsclient.IsNoBucket(err) {
		return nil
	}
	return err
}

type (
	part = reconcile.Part[Spec, Status]
	wish = reconcile.Wish[Spec]
)

func rule(conn *awsclient.Conn) part {
	return part{
		Attribute: "name",
		Present:   func(o Status) bool { return o.Rule != nil },
		InSync:    func(w wish, o Status) bool { return o.Rule.Equal(w.Want.Rule) },
		Observe: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			live, err := NewWriter(conn, s.Bucket, "").Read(ctx)
			if err := withoutBucket(err); err != nil {
				return err
			}
			o.Rule = nil
			if found, ok := live.Find(s.Rule.Name); ok {
				o.Rule = &found
			}
			return nil
		},
		Apply: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			err := NewWriter(conn, s.Bucket, "").Apply(ctx, document.Change[Element]{
				Owned: []string{s.Rule.Name},
				Want:  []Element{{Rule: s.Rule}},
				New:   o.Rule == nil,
			})
			if errors.Is(err, document.ErrExists) {
				return fmt.Errorf("%w: %w", reconcile.ErrForeign, &reconcile.ExistsError{Noun: "lifecycle rule"})
			}
			return withWayOut(err)
		},
		Remove: func(ctx context.Context, w wish, o *Status) error {
			s := w.Want
			err := NewWriter(conn, s.Bucket, "").Apply(ctx, document.Change[Element]{Owned: []string{s.Rule.Name}})
			if err := withoutBucket(err); err != nil {
				return err
			}
			o.Rule = nil
			return nil
		},
	}
}

// withWayOut adds to the error for a rule that the store did not keep what a user can do.
func withWayOut(err error) error {
	refused, ok := errors.AsType[*document.NotKeptError](err)
	switch {
	case !ok || refused.Removed:
		return err
	case len(refused.Lost) == 0:
		return fmt.Errorf("%w; remove this rule, or write it in another way: the store may not have such rules", err)
	}
	return fmt.Errorf("%w; remove that from the rule, or put it into a rule of its own: the store may not have it beside "+
		"the others, or not at all", err)
}

// List is the whole lifecycle configuration of a bucket, rules of every owner.
func List(ctx context.Context, conn *awsclient.Conn, bucket string) ([]Rule, error) {
	if conn.Platform.Lacks(awsclient.Lifecycle) {
		return nil, nil
	}
	live, err := NewWriter(conn, bucket, "").Read(ctx)
	if awsclient.IsUnsupported(err) {
		return nil, nil
	}
	var rules []Rule
	for _, e := range live.Rules {
		rules = append(rules, e.Rule)
	}
	return rules, err
}
