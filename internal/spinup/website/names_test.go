package website

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// moved is a change of the site that adds an alias.
func moved(alias string) wish {
	prior := simple()
	prior.DistributionID = "E1"
	want := prior
	want.Aliases = []string{alias}
	return wish{Want: want, Prior: &prior}
}

// TestClaimNames: a name that another distribution has is refused, at the plan of a change too; not so where that is the
// distribution of another site of this run, which may be about to give it up.
func TestClaimNames(t *testing.T) {
	const alias = "alt.example.edu"
	for name, row := range map[string]struct {
		tags    map[string]string // of the distribution that has the name
		managed bool
		refused string
	}{
		"free":                     {nil, false, ""},
		"somebody's":               {map[string]string{}, false, "the distribution E2 of another owner has one of the names " + alias},
		"a site's of another run":  {map[string]string{markerTag: "other.example.edu"}, false, "E2 of the website other.example.edu has"},
		"a site's of this run":     {map[string]string{markerTag: "other.example.edu"}, true, ""},
		"somebody's, yet in state": {map[string]string{}, true, "of another owner"},
	} {
		synctest.Test(t, func(t *testing.T) {
			e, w := newEdge(), site()
			e.api(&w)
			e.add("E1", map[string]string{markerTag: domain}, Settings{Names: []string{domain}, Enabled: true})
			if row.tags != nil {
				e.add("E2", row.tags, Settings{Names: []string{alias}, Enabled: true})
			}
			if row.managed {
				w.managed().Store("E2", true)
			}
			part, change := w.distribution(), moved(alias)
			if !part.Enters(change) || part.Enters(reconcile.Keep(change.Want)) {
				t.Error("a plan does not look for the new name, or looks for known ones")
			}
			var o Status
			if err := part.Observe(t.Context(), change, &o); err != nil || o.Distribution == nil {
				t.Fatal(name, err)
			}
			err := part.Claim(t.Context(), change, o)
			if errors.Is(err, reconcile.ErrForeign) != (row.refused != "") || err != nil && !strings.Contains(err.Error(), row.refused) {
				t.Errorf("%s: %v", name, err)
			}
			kept := Status{}
			if err := part.Observe(t.Context(), reconcile.Keep(change.Want), &kept); err != nil || part.Claim(t.Context(), reconcile.Keep(change.Want), kept) != nil {
				t.Errorf("%s: a destroy leaves the distribution", name)
			}
		})
	}
}

// TestApplyDistribution_moved: a name that another site of this run is giving up is waited for, and not for ever.
func TestApplyDistribution_moved(t *testing.T) {
	const alias = "alt.example.edu"
	for name, given := range map[string]bool{"given up": true, "kept": false} {
		synctest.Test(t, func(t *testing.T) {
			e, w := newEdge(), site()
			e.api(&w)
			change := moved(alias)
			e.add("E1", map[string]string{markerTag: domain}, simple().settings(ready()))
			e.add("E2", map[string]string{markerTag: "other.example.edu"}, Settings{Names: []string{alias}, Enabled: true})
			w.managed().Store("E2", true)
			began, get := time.Now(), w.GetDistribution
			w.GetDistribution = func(
				ctx context.Context, in *cloudfront.GetDistributionInput, options ...func(*cloudfront.Options),
			) (*cloudfront.GetDistributionOutput, error) {
				if given && time.Since(began) >= 20*time.Second {
					e.all["E2"].DistributionConfig.Aliases = &types.Aliases{}
				}
				return get(ctx, in, options...)
			}
			part, o := w.distribution(), ready()
			if err := part.Observe(t.Context(), change, &o); err != nil {
				t.Fatal(err)
			}
			err := part.Apply(t.Context(), change, &o)
			if (err == nil) != given || e.count("UpdateDistribution") > 0 != given {
				t.Errorf("%s: %v", name, err)
			}
			if !given && !strings.Contains(err.Error(), "the website other.example.edu to give up "+alias) {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}
