package website

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// markerTag says for which site something was made: on the certificate and on the distribution.
const markerTag = "spinup:website"

// Covers says whether the certificate is for all of the names. An asterisk stands for one label.
func (c Certificate) Covers(names []string) bool {
	return !slices.ContainsFunc(names, func(name string) bool {
		_, parent, _ := strings.Cut(name, ".")
		return !slices.Contains(c.Names, name) && !slices.Contains(c.Names, "*."+parent)
	})
}

func (c Certificate) issued() bool { return c.Status == string(types.CertificateStatusIssued) }

// usable says whether the certificate will do, now or once it is validated.
func (c Certificate) usable(names []string) bool {
	return (c.issued() || c.Status == string(types.CertificateStatusPendingValidation)) && c.Covers(names)
}

// certificate is the certificate of all names: the one that is named, or that is there, or that is requested.
func (w website) certificate() part {
	return part{
		Attribute: "certificate_arn",
		Present:   func(o Status) bool { return o.Certificate != nil },
		InSync: func(w wish, o Status) bool {
			s := w.Want
			return o.Certificate.issued() && o.Certificate.Covers(s.Names()) &&
				(!named(w) || s.CertificateARN == o.Certificate.ARN)
		},
		Observe: w.observeCertificate,
		CanApply: func(ctx context.Context, want wish, o Status) error {
			s := want.Want
			switch c := o.Certificate; {
			case !named(want) && c == nil && s.DNS && len(certified(s.Names())) > maxCertified:
				return fmt.Errorf("none of the names %s has at most %d characters, which the first name of a requested "+
					"certificate may have: set certificate_arn", strings.Join(s.Names(), ", "), maxCertified)
			case !named(want) && (s.DNS || c != nil):
				return nil
			case !named(want):
				return fmt.Errorf("no issued certificate in us-east-1 covers %s, and without dns = true none can be validated: "+
					"set certificate_arn", strings.Join(s.Names(), ", "))
			case c == nil:
				return fmt.Errorf("there is no certificate %s: CloudFront takes certificates from us-east-1 only", s.CertificateARN)
			case !c.issued():
				return fmt.Errorf("the certificate %s is not issued, but %s", c.ARN, c.Status)
			}
			return fmt.Errorf("the certificate %s covers %s, not all of %s (an asterisk stands for one label)",
				s.CertificateARN, strings.Join(o.Certificate.Names, ", "), strings.Join(s.Names(), ", "))
		},
		Apply: w.applyCertificate,
		Remove: func(ctx context.Context, want wish, o *Status) error {
			if err := w.removeCertificate(ctx, want, o, o.Certificate); err != nil {
				return err
			}
			o.Certificate = nil
			return nil
		},
	}
}

// named reports whether the user names the certificate. One that state knows and that stays as it is may be either.
func named(w wish) bool {
	return w.Want.CertificateARN != "" && w.Want.CertificateARN != w.Before().CertificateARN
}

// observeCertificate looks at the certificate that is named or known, else for one that will do, and at others that
// were made for this site: whatever state knows of them, none is left behind.
func (w website) observeCertificate(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	all, err := w.listed(ctx)
	if err != nil {
		return err
	}
	var chosen *Certificate
	if arn := cmp.Or(s.CertificateARN, want.Before().CertificateARN); arn != "" {
		if chosen, err = w.describe(ctx, want, arn); err != nil {
			return err
		}
	}
	if !named(want) && (chosen == nil || !chosen.usable(s.Names())) {
		if chosen, err = w.find(ctx, want, all); err != nil {
			return err
		}
	}
	others, err := w.made(ctx, want, all, chosen)
	if err != nil {
		return err
	}
	o.Certificate, o.Former = chosen, others
	return nil
}

// listed are all certificates, with what a list tells about them.
func (w website) listed(ctx context.Context) (all []Certificate, err error) {
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

// find looks for a certificate that covers all names: an issued one, best one of ours, or else one that was requested
// for this site.
func (w website) find(ctx context.Context, want wish, all []Certificate) (*Certificate, error) {
	s := want.Want
	var theirs *Certificate
	for _, status := range []types.CertificateStatus{
		types.CertificateStatusIssued, types.CertificateStatusPendingValidation,
	} {
		for _, c := range all {
			if c.Status != string(status) || !c.partial && !c.Covers(s.Names()) {
				continue
			}
			found, err := w.describe(ctx, want, c.ARN)
			switch {
			case err != nil:
				return nil, err
			case found == nil || !found.usable(s.Names()):
			case found.Ours:
				return found, nil
			case found.issued() && theirs == nil:
				theirs = found
			}
		}
		if theirs != nil {
			break
		}
	}
	return theirs, nil
}

// made are the certificates that were made for this site, but one.
func (w website) made(
	ctx context.Context, want wish, all []Certificate, but *Certificate,
) (made []*Certificate, err error) {
	for _, c := range all {
		if but != nil && but.ARN == c.ARN || !slices.Contains(c.Names, want.Want.Domain) {
			continue
		}
		found, err := w.describe(ctx, want, c.ARN)
		if err == nil && found != nil {
			err = w.own(ctx, want, found)
		}
		if err != nil {
			return nil, err
		}
		if found != nil && found.Ours {
			made = append(made, found)
		}
	}
	return made, nil
}

// describe looks at one certificate; nil if there is none of the ARN.
func (w website) describe(ctx context.Context, want wish, arn string) (*Certificate, error) {
	out, err := w.DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
	if err != nil {
		return nil, awsclient.Absent(err)
	}
	c := &Certificate{ARN: arn, Status: string(out.Certificate.Status)}
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
		return c, nil // it stays, whosever it is
	}
	return c, w.own(ctx, want, c)
}

// own finds out whether the certificate was made for this site.
func (w website) own(ctx context.Context, want wish, c *Certificate) error {
	if c.Ours || named(want) && want.Want.CertificateARN == c.ARN { // whoever named it owns it
		return nil
	}
	tags, err := w.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: &c.ARN})
	if err != nil {
		return awsclient.Absent(err)
	}
	c.Ours = slices.ContainsFunc(tags.Tags, func(t types.Tag) bool {
		return aws.ToString(t.Key) == markerTag && aws.ToString(t.Value) == want.Want.Domain
	})
	return nil
}

// applyCertificate requests a certificate unless one is there, proves by DNS that the names are ours, and waits until
// it is issued.
func (w website) applyCertificate(ctx context.Context, want wish, o *Status) error {
	s := want.Want
	if o.Certificate != nil && !o.Certificate.Covers(s.Names()) {
		o.Certificate = nil
	}
	if o.Certificate == nil {
		in := &acm.RequestCertificateInput{
			DomainName: aws.String(certified(s.Names())), ValidationMethod: types.ValidationMethodDns,
			// Another one each time: within an hour that of a deleted certificate may stand for it still. One whose answer
			// was lost is asked for again with the same, or found by its tag.
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
		o.Certificate = &Certificate{ARN: aws.ToString(out.CertificateArn), Names: s.Names(), Ours: true}
	}
	proved := false
	arn := o.Certificate.ARN
	pace := w.conn.Pace
	pace.Consistency = pace.Deployment
	stop := awsclient.Progress(ctx, pace, "the certificate "+arn+" to be issued")
	defer stop()
	return awsclient.Until(ctx, pace, "the certificate "+arn+" to be issued", func(ctx context.Context) (bool, error) {
		c, err := w.describe(ctx, want, arn)
		if err != nil || c == nil {
			return false, err
		}
		o.Certificate = c
		switch {
		case c.issued():
			return true, nil
		case c.Status != string(types.CertificateStatusPendingValidation):
			return false, fmt.Errorf("the certificate %s is %s", arn, c.Status)
		case !proved && len(c.Validation) > 0 && (c.Ours || s.DNS):
			proved = true
			return false, w.prove(ctx, want, c.Validation)
		}
		return false, nil
	})
}

// maxCertified is the longest first name of a certificate, in characters; the others may be longer.
// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const maxCertified = 64

// certified is the name that a certificate is issued to.
func certified(names []string) string {
	i := slices.IndexFunc(names, func(name string) bool { return len(name) <= maxCertified })
	return names[max(i, 0)]
}

// removeCertificate deletes a certificate that was made for this site, after the records that proved it: what is to be
// forgotten can be asked of it only as long as it is there.
func (w website) removeCertificate(ctx context.Context, want wish, o *Status, c *Certificate) error {
	if c == nil || o.retired {
		return nil
	}
	if err := w.own(ctx, want, c); err != nil || !c.Ours {
		return err
	}
	if err := w.forget(ctx, want, c); err != nil {
		return err
	}
	return w.conn.Patiently(ctx, "the certificate to be seen unused", awsclient.IsConflict, func() error {
		_, err := w.DeleteCertificate(ctx, &acm.DeleteCertificateInput{CertificateArn: &c.ARN})
		return awsclient.Absent(err)
	})
}

// formerCertificate are those made for this site that it does not use, or not any more. They go when the distribution
// has another.
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
