package website

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// Orphans are what sites have left in an account.
type Orphans struct {
	Retired map[string]Retired // distributions that wait to be deleted, by their ids
	Buckets map[string]string  // the domains of half-made sites, by the bucket that bears the site's tag
	Access  map[string]string  // the domains of sites that are gone, by the id of their origin access control
}

// Retired is a distribution that a later run is to delete.
type Retired struct {
	Domain   string
	Deployed bool // CloudFront has disabled it everywhere
}

// FindOrphans looks for what bears the mark of a site that has no distribution. The tags are those of the account's
// buckets. What is of others bears no mark, and is none of it.
func FindOrphans(ctx context.Context, conn *awsclient.Conn, tags map[string]map[string]string) (Orphans, error) {
	w := website{API: NewAPI(conn), conn: conn}
	found := Orphans{Retired: map[string]Retired{}, Buckets: map[string]string{}, Access: map[string]string{}}
	living := map[string]bool{}
	retired, err := w.retired(ctx, func(d types.DistributionSummary) bool {
		if d.Aliases != nil {
			for _, name := range d.Aliases.Items {
				living[name] = true
			}
		}
		return disabled(d)
	})
	if err != nil {
		return found, err
	}
	for _, d := range retired {
		found.Retired[d.ID] = Retired{d.Tags[reapTag], d.Status == deployed}
		living[d.Tags[reapTag]] = true // what it used goes with it
	}
	for name, of := range tags {
		if domain := SiteOf(of); domain != "" && !living[domain] {
			found.Buckets[name] = domain
		}
	}
	for _, domain := range found.Buckets { // its first apply goes on with what there is
		living[domain] = true
	}
	err = w.eachAccess(ctx, func(a *Access) bool {
		if domain, ours := strings.CutPrefix(a.Comment, mark); ours && !living[domain] {
			found.Access[a.ID] = domain
		}
		return true
	})
	return found, err
}
