package website

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/arn"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// markerTag is the tag of buckets, certificates and distributions made for a site. Its value is the domain of the site.
const markerTag = "spinup:website"

// Covers reports whether the certificate is for all of the names. An asterisk stands for one label.
func (c Certificate) Covers(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		_, parent, _ := strings.Cut(name, ".")
		return !slices.Contains(c.Names, name) && !slices.Contains(c.Names, "*."+parent)
	})
}

func (c Certificate) issued() bool { return c.Status == string(types.CertificateStatusIssued) }

// usable reports whether the certificate covers the names and is issued or can still be.
func (c Certificate) usable(names []string) bool {
	return (c.issued() || c.Status == string(types.CertificateStatusPendingValidation)) && c.Covers(names)
}

// certificate is the certificate for all names: the one that the user names, else one that exists, else a new one.
func (w website) certificate() part {
	return part{
		Attribute: "certificate_arn",
		Present:   func(o Status) bool { return o.Certificate != nil },
		Describe: func(w wish, o Status) (object, fault string) {
			c := o.Certificate
			switch {
			case c == nil:
				return "certificate", ""
			case !c.issued():
				fault = "The certificate is not issued; its status is " + c.Status + "."
			case !c.Covers(w.Want.Names()):
				fault = "The certificate does not have all names of the site."
			}
			return "certificate " + c.ARN, fault
		},
		InSync: func(w wish, o Status) bool {
			s := w.Want
			return o.Certificate.issued() && o.Certificate.Covers(s.Names()) &&
				(!named(w) || s.CertificateARN == o.Certificate.ARN)
		},
		Observe: w.observeCertificate,
		CanApply: func(ctx context.Context, want wish, o Status) error {
			s := want.Want
			switch c := o.Certificate; {
			case !named(want) && c == nil && s.DNS && len(commonName(s.Names())) > maxCommonName:
				return fmt.Errorf("every one of the names %s is longer than %d characters, and ACM issues no certificate without "+
					"a shorter one: set certificate_arn", strings.Join(s.Names(), ", "), maxCommonName)
			case !named(want) && (s.DNS || c != nil):
				return nil
			case !named(want):
				return fmt.Errorf("no issued certificate in us-east-1 covers %s, and without dns = true none can be validated: "+
					"set certificate_arn", strings.Join(s.Names(), ", "))
			case c == nil:
				return fmt.Errorf("there is no certificate %s in us-east-1, the only region that CloudFront takes them from",
					s.CertificateARN)
			case !c.issued():
				return fmt.Errorf("the certificate %s is not issued: its status is %s", c.ARN, c.Status)
			}
			return fmt.Errorf("the certificate %s covers %s, not all of %s (an asterisk stands for one label)",
				s.CertificateARN, strings.Join(o.Certificate.Names, ", "), strings.Join(s.Names(), ", "))
		},
		CanRemove: w.refuseUsedCertificates,
		Apply:     w.applyCertificate,
		Remove: func(ctx context.Context, want wish, o *Status) error {
			if err := w.removeCertificate(ctx, want, o, o.Certificate); err != nil {
				return err
			}
			o.Certificate = nil
			return nil
		},
	}
}

// named reports whether the user names the certificate. An ARN that state holds too does not count: it may have been
// found or requested.
func named(w wish) bool {
	return w.Want.CertificateARN != "" && w.Want.CertificateARN != w.Before().CertificateARN
}

// observeCertificate reads the certificate that the user names or that state holds. If that one cannot be used, it
// looks for another. It also finds all others that were made for this site, in state or not, so that none is left
// behind.
func (w website) observeCertificate(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	all, err := w.listCertificates(ctx)
	if err != nil {
		return err
	}
	var chosen *Certificate
	if arn := cmp.Or(s.CertificateARN, want.Before().CertificateARN); arn != "" {
		if chosen, err = w.describeCertificate(ctx, want, arn); err != nil {
			return err
		}
	}
	if !named(want) && (chosen == nil || !chosen.usable(s.Names())) {
		if chosen, err = w.findCertificate(ctx, want, all); err != nil {
			return err
		}
	}
	others, err := w.othersOf(ctx, want, all, chosen)
	if err != nil {
		return err
	}
	var former, shared []*Certificate
	for _, c := range others {
		if len(c.users) > 0 {
			shared = append(shared, c)
		} else {
			former = append(former, c)
		}
	}
	o.Certificate, o.Former, o.Shared = chosen, former, shared
	return nil
}

// refuseUsedCertificates refuses to destroy a site while something else uses a certificate that was made for it. Left
// behind, the certificate would be nobody's, and without its records it would not be renewed.
func (w website) refuseUsedCertificates(ctx context.Context, want wish, o Status) error {
	all := slices.Clone(o.Shared)
	c := *o.Certificate
	err := w.checkOwner(ctx, want, &c)
	if err == nil && c.Owned {
		c.users, err = w.usersOf(ctx, &c, want.Want.DistributionID)
	}
	if err != nil {
		return err
	}
	all = append(all, &c)
	for _, c := range all {
		if len(c.users) > 0 {
			return fmt.Errorf("the certificate %s, which was made for this site, is also used by %s: give that another "+
				"certificate, or destroy it first", c.ARN, strings.Join(c.users, ", "))
		}
	}
	return nil
}

// usersOf names what uses the certificate beside a distribution. ACM is slow to notice that a distribution is new or
// gone, so CloudFront is asked for those.
func (w website) usersOf(ctx context.Context, c *Certificate, distribution string) (users []string, err error) {
	own, _ := arn.Parse(c.ARN)       // ACM gave it
	for _, user := range c.InUseBy { // other services have distributions in accounts of their own
		a, err := arn.Parse(user)
		if err != nil || a.AccountID != own.AccountID || !strings.HasPrefix(a.Resource, "distribution/") {
			users = append(users, user)
		}
	}
	err = w.eachDistribution(ctx, func(d cftypes.DistributionSummary) {
		uses := d.ViewerCertificate != nil && aws.ToString(d.ViewerCertificate.ACMCertificateArn) == c.ARN
		if uses && aws.ToString(d.Id) != distribution {
			var names []string
			if d.Aliases != nil {
				names = d.Aliases.Items
			}
			users = append(users, fmt.Sprintf("the distribution %s of %s", aws.ToString(d.Id), strings.Join(names, ", ")))
		}
	})
	return users, err
}

// listCertificates returns all certificates of the region, without what only DescribeCertificate tells.
func (w website) listCertificates(ctx context.Context) (all []Certificate, err error) {
	in := &acm.ListCertificatesInput{
		Includes: &types.Filters{KeyTypes: types.KeyAlgorithm("").Values()}, MaxItems: aws.Int32(1000),
	}
	for {
		out, err := w.ListCertificates(ctx, in)
		if err != nil {
			return nil, err
		}
		for _, summary := range out.CertificateSummaryList {
			all = append(all, Certificate{
				ARN: aws.ToString(summary.CertificateArn), Status: string(summary.Status),
				Names:   append(summary.SubjectAlternativeNameSummaries, aws.ToString(summary.DomainName)),
				partial: aws.ToBool(summary.HasAdditionalSubjectAlternativeNames),
			})
		}
		if out.NextToken == nil {
			return all, nil
		}
		in.NextToken = out.NextToken
	}
}

// findCertificate returns a certificate that covers all names. Issued ones come before pending ones, and those made for
// this site before others. A pending certificate of another owner is never used. The order of ACM's list does not
// matter, because an apply has to find what its plan found.
func (w website) findCertificate(ctx context.Context, want wish, all []Certificate) (*Certificate, error) {
	s := want.Want
	all = slices.SortedFunc(slices.Values(all), func(x, y Certificate) int { return cmp.Compare(x.ARN, y.ARN) })
	var other *Certificate
	for _, status := range []types.CertificateStatus{
		types.CertificateStatusIssued, types.CertificateStatusPendingValidation,
	} {
		for _, c := range all {
			if c.Status != string(status) || !c.partial && !c.Covers(s.Names()) {
				continue
			}
			found, err := w.describeCertificate(ctx, want, c.ARN)
			switch {
			case err != nil:
				return nil, err
			case found == nil || !found.usable(s.Names()):
			case found.Owned:
				return found, nil
			case found.issued() && other == nil:
				other = found
			}
		}
		if other != nil {
			break
		}
	}
	return other, nil
}

// othersOf returns the certificates that were made for this site, except one.
func (w website) othersOf(
	ctx context.Context, want wish, all []Certificate, except *Certificate,
) (others []*Certificate, err error) {
	for _, c := range all {
		if except != nil && except.ARN == c.ARN || !slices.Contains(c.Names, want.Want.Domain) {
			continue
		}
		found, err := w.describeCertificate(ctx, want, c.ARN)
		if err == nil && found != nil {
			err = w.checkOwner(ctx, want, found)
		}
		if err != nil {
			return nil, err
		}
		if found == nil || !found.Owned {
			continue
		}
		if found.users, err = w.usersOf(ctx, found, want.Want.DistributionID); err != nil {
			return nil, err
		}
		others = append(others, found)
	}
	return others, nil
}

// describeCertificate reads one certificate. It returns nil if there is none of the ARN.
func (w website) describeCertificate(ctx context.Context, want wish, arn string) (*Certificate, error) {
	out, err := w.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	c := &Certificate{
		ARN: arn, Status: string(out.Certificate.Status), InUseBy: out.Certificate.InUseBy,
		Reason: string(out.Certificate.FailureReason),
	}
	for _, name := range append(out.Certificate.SubjectAlternativeNames, aws.ToString(out.Certificate.DomainName)) {
		if name = hostName(name); !slices.Contains(c.Names, name) {
			c.Names = append(c.Names, name)
		}
	}
	for _, option := range out.Certificate.DomainValidationOptions {
		if r := option.ResourceRecord; r != nil {
			record := Record{Name: hostName(aws.ToString(r.Name)), Type: string(r.Type), Value: hostName(aws.ToString(r.Value))}
			if !slices.Contains(c.Validation, record) {
				c.Validation = append(c.Validation, record)
			}
		}
	}
	if arn == want.Before().CertificateARN && c.issued() && c.Covers(want.Want.Names()) {
		return c, nil // it stays, so its owner does not matter
	}
	return c, w.checkOwner(ctx, want, c)
}

// checkOwner sets Owned if the certificate was made for this site.
func (w website) checkOwner(ctx context.Context, want wish, c *Certificate) error {
	if c.Owned || named(want) && want.Want.CertificateARN == c.ARN { // the user who names a certificate owns it
		return nil
	}
	tags, err := w.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: &c.ARN})
	if err != nil {
		return awsclient.Absent(err)
	}
	c.Owned = slices.ContainsFunc(tags.Tags, func(t types.Tag) bool {
		return aws.ToString(t.Key) == markerTag && aws.ToString(t.Value) == want.Want.Domain
	})
	return nil
}

// applyCertificate requests a certificate unless there is one, adds the DNS records that ACM validates it by, and waits
// until it is issued.
func (w website) applyCertificate(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	if o.Certificate != nil && !o.Certificate.Covers(s.Names()) {
		o.Certificate = nil
	}
	if o.Certificate == nil {
		in := &acm.RequestCertificateInput{
			DomainName: aws.String(commonName(s.Names())), ValidationMethod: types.ValidationMethodDns,
			// A fresh token each time: for an hour ACM answers a known token with the certificate of that time, even if that
			// was deleted since. The SDK repeats a request whose answer was lost with the same token, and the next run finds
			// the certificate by its tag.
			IdempotencyToken: aws.String(rand.Text()),
			Tags:             []types.Tag{{Key: aws.String(markerTag), Value: &s.Domain}},
		}
		if names := s.Names(); len(names) > 1 {
			in.SubjectAlternativeNames = names
		}
		out, err := w.RequestCertificate(ctx, in)
		if err != nil {
			return err
		}
		o.Certificate = &Certificate{ARN: aws.ToString(out.CertificateArn), Names: s.Names(), Owned: true}
	}
	var added []Record
	arn := o.Certificate.ARN
	pace := w.conn.Pace
	pace.Consistency = pace.Deployment
	stop := awsclient.Progress(ctx, pace, "the certificate "+arn+" to be issued")
	defer stop()
	return awsclient.Until(ctx, pace, "the certificate "+arn+" to be issued", func(ctx context.Context) (bool, error) {
		c, err := w.describeCertificate(ctx, want, arn)
		if err != nil || c == nil {
			return false, err
		}
		o.Certificate = c
		switch {
		case c.issued():
			return true, nil
		case c.Status != string(types.CertificateStatusPendingValidation):
			return false, c.notIssued()
		case !c.Owned && !s.DNS:
			return false, nil
		}
		// ACM names the records one after the other.
		fresh := slices.DeleteFunc(slices.Clone(c.Validation), func(r Record) bool { return slices.Contains(added, r) })
		if len(fresh) == 0 {
			return false, nil
		}
		added = append(added, fresh...)
		return false, w.addValidationRecords(ctx, want, fresh)
	})
}

// notIssued is the error of a certificate that will not be issued, with ACM's reason, such as CAA_ERROR.
func (c Certificate) notIssued() error {
	if c.Reason == "" {
		return fmt.Errorf("the certificate %s was not issued: its status is %s", c.ARN, c.Status)
	}
	return fmt.Errorf("the certificate %s was not issued: its status is %s because of %s; see "+
		"https://docs.aws.amazon.com/acm/latest/userguide/troubleshooting-failed.html", c.ARN, c.Status, c.Reason)
}

// maxCommonName is the longest common name of a certificate, in characters. Its other names may be longer.
// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const maxCommonName = 64

// commonName is the first name that is short enough, or the first of all if none is.
func commonName(names []string) string {
	i := slices.IndexFunc(names, func(name string) bool { return len(name) <= maxCommonName })
	return names[max(i, 0)]
}

// removeCertificate deletes a certificate that was made for this site, unless something else uses it. Its validation
// records go first, because ACM names the records only while the certificate exists.
func (w website) removeCertificate(ctx context.Context, want wish, o *Status, c *Certificate) error {
	if c == nil || o.retired || len(c.users) > 0 {
		return nil
	}
	if err := w.checkOwner(ctx, want, c); err != nil || !c.Owned {
		return err
	}
	if err := w.removeValidationRecords(ctx, want, c); err != nil {
		return err
	}
	return w.conn.Patiently(ctx, "the certificate to be no longer in use", awsclient.IsConflict, func() error {
		_, err := w.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: &c.ARN})
		return awsclient.Absent(err)
	})
}

// formerCertificate is the certificates made for this site that nothing uses. They are deleted after the distribution
// got another. One that another site uses is left to it until it does not any more.
func (w website) formerCertificate() part {
	return part{
		Attribute: "certificate_arn",
		Late:      true,
		Present:   func(o Status) bool { return len(o.Former) > 0 },
		Remove: func(ctx context.Context, want wish, o *Status) error {
			for len(o.Former) > 0 {
				if err := w.removeCertificate(ctx, want, o, o.Former[0]); err != nil {
					return err
				}
				o.Former = o.Former[1:]
			}
			return nil
		},
	}
}
