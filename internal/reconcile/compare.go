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

// Compare tells how each part of a composite stands to the wish, in the order of the table. It works from what was
// seen, and writes nothing. A part that is neither wanted nor there is left out, and so are the parts inside a root
// that is missing.
func Compare[S, O any](ctx context.Context, c Composite[S, O], w Wish[S], have O) ([]Stand, error) {
	claims := c.claims(ctx, w, have, c.watched(w))
	exists := c.Exists(have)
	var all []Stand
	for i := range c.Parts {
		p := &c.Parts[i]
		if !p.watched(w) || p.Inside && !exists {
			continue
		}
		one := Stand{Part: p.Attribute, Standing: InSync}
		switch {
		case !p.wanted(w):
			one.Standing = Unwanted
			if !p.unwanted(w, have) {
				continue
			}
		case !p.Present(have):
			one.Standing = Missing
		case !p.done(w, have):
			one.Standing = Changed
		}
		if p.Describe != nil {
			one.Object, one.Fault = p.Describe(w, have)
		}
		if err := claims[i]; !one.claimed(err) {
			return nil, Errors{c.failure(i, Observing, err)}
		} else if one.Standing != "" {
			all = append(all, one)
		}
	}
	return all, nil
}

// claimed takes into account whose it is that stands in the place of a part: what is not ours is not the part. It
// reports whether that could be told.
func (s *Stand) claimed(err error) bool {
	foreign := errors.Is(err, ErrForeign)
	switch {
	case foreign && s.Standing == Unwanted:
		s.Standing = ""
	case foreign:
		s.Standing, s.Fault = Missing, err.Error()
	case s.Standing == InSync:
		s.Fault = ""
	}
	return err == nil || foreign
}
