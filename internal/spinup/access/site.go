package access

import (
	"context"
	"fmt"
	"regexp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
	"github.com/spinup-dev/terraform-provider-spinup/internal/reconcile"
)

// Site is what the objects of a website's web admins are found by.
type Site struct {
	Name      string // the website's domain
	Partition string
	AccountID string
	Path      string // in IAM
}

// missing says that there is no such site.
func (s Site) missing() error {
	return fmt.Errorf("there is no group %s with the policy of a website: web_admin is for websites, whose bucket bears "+
		"their domain's name; apply the website first", GroupName(s.Name, WebAdmin))
}

// Sites finds the distributions of websites.
type Sites struct{ groups groups }

// NewSites takes the operations from the connection.
func NewSites(conn *awsclient.Conn) Sites { return Sites{groups{API: NewAPI(conn), conn: conn}} }

// Distribution is the ARN of the distribution whose caches the site's web admins may invalidate; "" if there is no such
// site. It comes from the policy of their group. One that was altered to allow more, or that is not the site's, is not
// believed.
func (s Sites) Distribution(ctx context.Context, site Site) (arn string, err error) {
	seen, err := s.groups.observe(ctx, reconcile.Keep(Spec{
		Name: site.Name, Level: WebAdmin, Partition: site.Partition, AccountID: site.AccountID, Path: site.Path,
	}))
	if err != nil || seen.Policy == nil || seen.Policy.Description != Description(site.Name, WebAdmin) {
		return "", err
	}
	return DistributionIn(seen.Policy.Document, site.Partition), nil
}

// Existing is Distribution of a site that there has to be.
func (s Sites) Existing(ctx context.Context, site Site) (arn string, err error) {
	arn, err = s.Distribution(ctx, site)
	if err == nil && arn == "" {
		return "", site.missing()
	}
	return arn, err
}

// CanAdminister refuses a site that there neither is nor, as promised says of its group, will be.
func (s Sites) CanAdminister(ctx context.Context, site Site, promised func(group string) bool) error {
	if promised != nil && promised(GroupName(site.Name, WebAdmin)) {
		return nil
	}
	_, err := s.Existing(ctx, site)
	return err
}

var distributionARN = regexp.MustCompile(`^arn:([^:]+):cloudfront::[0-9]{12}:distribution/[A-Z0-9]+$`)

// DistributionIn is the ARN of the one distribution that a document of web admins is about; "" if it is another
// document.
func DistributionIn(document, partition string) string {
	doc, err := awspolicy.Read(document)
	if err != nil || len(doc.Statements) != 1 || len(doc.Statements[0].Resource) != 1 {
		return ""
	}
	arn := doc.Statements[0].Resource[0]
	m := distributionARN.FindStringSubmatch(arn)
	if m == nil || m[1] != partition || !awspolicy.Equivalent(document, WebAdminDocument(arn)) {
		return ""
	}
	return arn
}
