package website

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// invalidation removes objects from the caches when its trigger changes. The first trigger is only noted: a new
// distribution has nothing cached, and an import must change nothing.
func (w website) invalidation() part {
	return part{
		Attribute: "invalidation",
		Watched:   func(s Spec) bool { return s.Invalidation != nil },
		Wanted: func(w wish) bool {
			asked, made := w.Want.Invalidation, w.Before().Invalidation
			return asked != nil && made != nil && w.Want.DistributionID != "" && made.Trigger != asked.Trigger
		},
		Present: func(o Status) bool { return o.Invalidation != "" },
		Observe: func(context.Context, wish, *Status) error { return nil },
		Apply: func(ctx context.Context, want wish, o *Status) error {
			s := want.Want
			paths, last := s.Invalidation.Paths, want.Before().InvalidationID
			// The same for the same wish, so that it is not created twice after a lost answer; another one where a trigger
			// comes back after others, because CloudFront does nothing for a reference that it knows.
			reference := token(append([]string{last, s.Invalidation.Trigger}, paths...))
			id, err := Purges{CreateInvalidation: w.CreateInvalidation}.Purge(ctx, o.Distribution.ID, reference, paths)
			if err != nil {
				return err
			}
			o.Invalidation = id
			return nil
		},
		Remove: func(context.Context, wish, *Status) error { return nil },
	}
}

// token is a hash of texts: 32 letters and digits.
func token(names []string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, " ")))
	return hex.EncodeToString(sum[:16])
}
