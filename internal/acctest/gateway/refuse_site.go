package gateway

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
)

// id is the last part of the ARN of what the request is about.
func (r *request) id() string { return path.Base(r.Resource) }

func (s stored) distributions(ctx context.Context) (all []cftypes.DistributionSummary, err error) {
	pages := cloudfront.NewListDistributionsPaginator(s.cloudfront, &cloudfront.ListDistributionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		if page.DistributionList != nil {
			all = append(all, page.DistributionList.Items...)
		}
	}
	return all, nil
}

// usedBy returns the refusal when a distribution uses what the request would delete.
func (s stored) usedBy(ctx context.Context, refusal apiError, uses func(cftypes.DistributionSummary) bool) error {
	all, err := s.distributions(ctx)
	if err == nil && slices.ContainsFunc(all, uses) {
		return refusal
	}
	return err
}

func accessControlTaken(ctx context.Context, s stored, req *request) error {
	name := req.nameInXML()
	pages := cloudfront.NewListOriginAccessControlsPaginator(s.cloudfront, &cloudfront.ListOriginAccessControlsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		if page.OriginAccessControlList == nil {
			continue
		}
		for _, control := range page.OriginAccessControlList.Items {
			if aws.ToString(control.Name) == name {
				return apiError{
					http.StatusConflict, "OriginAccessControlAlreadyExists",
					"An origin access control with the same name already exists.",
				}
			}
		}
	}
	return nil
}

func accessControlInUse(ctx context.Context, s stored, req *request) error {
	refusal := apiError{
		http.StatusConflict, "OriginAccessControlInUse",
		"Cannot delete the origin access control because it's in use by one or more distributions.",
	}
	return s.usedBy(ctx, refusal, func(d cftypes.DistributionSummary) bool {
		return d.Origins != nil && slices.ContainsFunc(d.Origins.Items, func(o cftypes.Origin) bool {
			return aws.ToString(o.OriginAccessControlId) == req.id()
		})
	})
}

func functionInUse(ctx context.Context, s stored, req *request) error {
	refusal := apiError{
		http.StatusConflict, "FunctionInUse",
		"Cannot delete the function because it's attached to one or more cache behaviors.",
	}
	calls := func(functions *cftypes.FunctionAssociations) bool {
		return functions != nil && slices.ContainsFunc(functions.Items, func(f cftypes.FunctionAssociation) bool {
			return path.Base(aws.ToString(f.FunctionARN)) == req.id()
		})
	}
	return s.usedBy(ctx, refusal, func(d cftypes.DistributionSummary) bool {
		return d.DefaultCacheBehavior != nil && calls(d.DefaultCacheBehavior.FunctionAssociations) ||
			d.CacheBehaviors != nil && slices.ContainsFunc(d.CacheBehaviors.Items, func(b cftypes.CacheBehavior) bool {
				return calls(b.FunctionAssociations)
			})
	})
}

func notDisabledYet(ctx context.Context, s stored, req *request) error {
	out, err := s.cloudfront.GetDistribution(ctx, &cloudfront.GetDistributionInput{Id: aws.String(req.id())})
	if err != nil || out.Distribution == nil || aws.ToString(out.Distribution.Status) != "InProgress" {
		return err
	}
	return apiError{
		http.StatusConflict, "DistributionNotDisabled", "The distribution you are trying to delete has not been disabled.",
	}
}

// badCertificate lets pass what CloudFront does: no names of the distribution's own, or a certificate of ACM that is
// issued and covers each. Certificates kept in IAM are not looked at.
func badCertificate(ctx context.Context, s stored, req *request) error {
	type distribution struct {
		Aliases     []string `xml:"Aliases>Items>CNAME"`
		Certificate string   `xml:"ViewerCertificate>ACMCertificateArn"`
		IAM         string   `xml:"ViewerCertificate>IAMCertificateId"`
	}
	var input struct {
		distribution
		Tagged distribution `xml:"DistributionConfig"` // where it comes with tags
	}
	if err := xml.Unmarshal(req.body, &input); err != nil {
		return nil // what is not XML is the emulator's to refuse
	}
	wanted := input.distribution
	if req.Operation == "CreateDistributionWithTags" {
		wanted = input.Tagged
	}
	if len(wanted.Aliases) == 0 && wanted.Certificate == "" || wanted.IAM != "" {
		return nil
	}
	refusal := apiError{
		http.StatusBadRequest, "InvalidViewerCertificate",
		"The specified SSL certificate doesn't exist, isn't valid, or doesn't cover an alternate domain name.",
	}
	if wanted.Certificate == "" {
		return refusal
	}
	out, err := s.acm.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &wanted.Certificate})
	if _, missing := errors.AsType[*acmtypes.ResourceNotFoundException](err); missing {
		return refusal
	}
	if err != nil {
		return err
	}
	names := append(out.Certificate.SubjectAlternativeNames, aws.ToString(out.Certificate.DomainName))
	if out.Certificate.Status != acmtypes.CertificateStatusIssued || !covers(names, wanted.Aliases) {
		return refusal
	}
	return nil
}

// covers reports whether each host is among the names of a certificate, or is one label below a name with a star.
func covers(names, hosts []string) bool {
	return !slices.ContainsFunc(hosts, func(host string) bool {
		_, parent, _ := strings.Cut(host, ".")
		return !slices.Contains(names, host) && !slices.Contains(names, "*."+parent)
	})
}

func certificateInUse(ctx context.Context, s stored, req *request) error {
	refusal := apiError{http.StatusBadRequest, "ResourceInUseException", "Certificate " + req.Resource + " in use."}
	return s.usedBy(ctx, refusal, func(d cftypes.DistributionSummary) bool {
		return d.ViewerCertificate != nil && aws.ToString(d.ViewerCertificate.ACMCertificateArn) == req.Resource
	})
}

// recordSet is a set of DNS records in a form that can be compared.
type recordSet struct {
	Name   string
	Type   string
	TTL    int64
	Values []string `xml:"ResourceRecords>ResourceRecord>Value"`
	Zone   string   `xml:"AliasTarget>HostedZoneId"`
	Target string   `xml:"AliasTarget>DNSName"`
}

// plain makes one spelling of the many that a name has in DNS.
func plain(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func (r recordSet) is(other recordSet) bool {
	return plain(r.Name) == plain(other.Name) && r.Type == other.Type
}

func (r recordSet) equal(other recordSet) bool {
	return r.TTL == other.TTL && slices.Equal(r.Values, other.Values) && r.Zone == other.Zone &&
		plain(r.Target) == plain(other.Target)
}

// records are the sets of a zone but for those that share name and type with others (routing policies), which nothing
// here makes.
func (s stored) records(ctx context.Context, zone string) (all []recordSet, err error) {
	pages := route53.NewListResourceRecordSetsPaginator(s.route53,
		&route53.ListResourceRecordSetsInput{HostedZoneId: &zone})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, set := range page.ResourceRecordSets {
			if set.SetIdentifier == nil {
				all = append(all, recordSetOf(set))
			}
		}
	}
	return all, nil
}

func recordSetOf(set r53types.ResourceRecordSet) recordSet {
	r := recordSet{Name: aws.ToString(set.Name), Type: string(set.Type), TTL: aws.ToInt64(set.TTL)}
	for _, record := range set.ResourceRecords {
		r.Values = append(r.Values, aws.ToString(record.Value))
	}
	if set.AliasTarget != nil {
		r.Zone, r.Target = aws.ToString(set.AliasTarget.HostedZoneId), aws.ToString(set.AliasTarget.DNSName)
	}
	return r
}

// unfitRecords makes the changes to a copy of the zone, one after the other, and looks at what came out.
func unfitRecords(ctx context.Context, s stored, req *request) error {
	var batch struct {
		Changes []struct {
			Action string
			Set    recordSet `xml:"ResourceRecordSet"`
		} `xml:"ChangeBatch>Changes>Change"`
	}
	if err := xml.Unmarshal(req.body, &batch); err != nil {
		return nil // what is not XML is the emulator's to refuse
	}
	zone, err := s.records(ctx, req.id())
	if err != nil {
		return err
	}
	unfit := func(action string, set recordSet, why string) error {
		return apiError{http.StatusBadRequest, "InvalidChangeBatch", fmt.Sprintf(
			"[Tried to %s resource record set [name='%s', type='%s'] but %s]", action, set.Name, set.Type, why)}
	}
	for _, change := range batch.Changes {
		at := slices.IndexFunc(zone, change.Set.is)
		switch {
		case change.Action == "DELETE" && at < 0:
			return unfit("delete", change.Set, "it was not found")
		case change.Action == "DELETE" && !zone[at].equal(change.Set):
			return unfit("delete", change.Set, "the values provided do not match the current values")
		case change.Action == "CREATE" && at >= 0:
			return unfit("create", change.Set, "it already exists")
		case change.Action == "DELETE":
			zone = slices.Delete(zone, at, at+1)
		case at >= 0:
			zone[at] = change.Set
		default:
			zone = append(zone, change.Set)
		}
	}
	for _, change := range batch.Changes {
		if change.Action != "DELETE" && besideCNAME(zone, change.Set) {
			return unfit("create", change.Set, "it conflicts with other records with the same DNS name")
		}
	}
	return nil
}

// besideCNAME reports whether a name has a CNAME and anything else.
func besideCNAME(zone []recordSet, set recordSet) bool {
	same := slices.DeleteFunc(slices.Clone(zone), func(r recordSet) bool { return plain(r.Name) != plain(set.Name) })
	return len(same) > 1 && slices.ContainsFunc(same, func(r recordSet) bool { return r.Type == "CNAME" })
}
