package website

import (
	"context"
	"fmt"
	"strings"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/bucket"
)

// Begun finds the bucket of a site that has nothing else yet, because the run that made it was killed: the bucket of
// the domain's name, or any that bears the site's tag. Where the account's buckets may not be listed, there is none of
// another name.
func Begun(ctx context.Context, conn *awsclient.Conn, domain string) (name, region string, found bool, err error) {
	if !strings.Contains(domain, ".") {
		return "", "", false, nil // the id of a distribution
	}
	region, exists, err := bucket.Locate(ctx, conn, domain, conn.Region)
	if err != nil && !awsclient.IsAccessDenied(err) {
		return "", "", false, err
	}
	if exists {
		if found, err = begins(ctx, conn, domain, domain, region); found || err != nil {
			return domain, region, found, err
		}
	}
	var all bucket.Listing
	entries, err := all.List(ctx, conn, "")
	if awsclient.IsAccessDenied(err) {
		return "", "", false, nil
	}
	if err != nil {
		return "", "", false, err
	}
	tags, err := all.Tags(ctx, conn, entries)
	for _, entry := range entries {
		if err == nil && tags[entry.Name][markerTag] == domain {
			region, _, err = bucket.Locate(ctx, conn, entry.Name, conn.Region)
			return entry.Name, region, err == nil, err
		}
	}
	return "", "", false, err
}

// begins reports whether a bucket is the beginning of the site: it bears the site's tag or, before it could get one, is
// empty and has the site's name.
func begins(ctx context.Context, conn *awsclient.Conn, domain, name, region string) (bool, error) {
	var one bucket.Listing
	tags, err := one.Tags(ctx, conn, []bucket.Entry{{Name: name, Region: region}})
	if err != nil {
		return false, err
	}
	site, marked := tags[name][markerTag]
	if marked || name != domain {
		return site == domain, nil
	}
	empty, err := bucket.Empty(ctx, conn, name, region)
	if awsclient.IsAccessDenied(err) {
		return false, nil
	}
	return empty, err
}

// taken says that the bucket exists, where there is no site that an import could find.
func (w website) taken(ctx context.Context, want wish, o Status) error {
	s := want.Want
	if o.Distribution != nil {
		return nil
	}
	if id, err := w.withAlias(ctx, []string{s.Domain}); err != nil || id != "" {
		return err
	}
	begun, err := begins(ctx, w.conn, s.Domain, s.Bucket.Name, s.Bucket.Region)
	if begun || err != nil {
		return err
	}
	return fmt.Errorf("%w: the bucket %s exists already, and there is no website %s: set bucket_name to a name that is "+
		"free", reconcile.ErrForeign, s.Bucket.Name, s.Domain)
}
