package reconcile

import (
	"context"
	"errors"
)

// Standing is how a part stands to what is wanted of it.
type Standing string

// How a part can stand.
const (
	InSync   Standing = "in_sync"
	Missing  Standing = "missing"
	Changed  Standing = "changed"
	Unwanted Standing = "unwanted" // the next apply would remove it
)

// Stand is one part beside what is wanted of it.
type Stand struct {
	Part     string // attribute of the part
	Standing Standing
	Object   string // what the part is on the service; empty: a setting of the root, or the root itself
	Fault    string // what is wrong with it, where the part can say more than Standing does
}

// Compare tells how each part of a composite stands to the wish, in the order of the table. It works from what was seen,
// and writes nothing. A part that is neither wanted nor there is left out, and so are the parts inside a root that is
// missing.
func Compare[S, O any](ctx context.Context, c Composite[S, O], w Wish[S], have O) ([]Stand, error) {
	claims := c.claims(ctx, w, have, c.watched(w))
	exists := c.Exists(have)
	var all []Stand
	for i, p := range c.Parts {
		if !p.watched(w) || p.Inside && !exists {
			continue
		}
		one := Stand{Part: p.Attribute}
		if p.Describe != nil {
			one.Object, one.Fault = p.Describe(w, have)
		}
		err := one.judge(p.wanted(w), p.Present(have), p.unwanted(w, have), func() bool { return p.done(w, have) }, claims[i])
		if err != nil {
			return nil, Errors{c.failure(i, Observing, err)}
		}
		if one.Standing != "" {
			all = append(all, one)
		}
	}
	return all, nil
}

// judge finds the standing of a watched part; it stays empty where there is nothing to say. What stands in the place of
// a part and is not ours is not the part.
func (s *Stand) judge(wanted, present, unwanted bool, done func() bool, claim error) error {
	foreign := errors.Is(claim, ErrForeign)
	switch {
	case claim != nil && !foreign:
		return claim
	case !wanted && unwanted && !foreign:
		s.Standing = Unwanted
	case !wanted:
	case foreign:
		s.Standing, s.Fault = Missing, claim.Error()
	case !present:
		s.Standing = Missing
	case done():
		s.Standing, s.Fault = InSync, ""
	default:
		s.Standing = Changed
	}
	return nil
}
