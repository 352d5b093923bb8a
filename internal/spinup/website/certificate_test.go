package website

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudfront"
	cftypes "github.com/aws/aws-sdk-go-v2/service/cloudfront/types"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	r53types "github.com/aws/aws-sdk-go-v2/service/route53/types"
	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

func TestCovers(t *testing.T) {
	for name, row := range map[string]struct {
		names, want []string
		covers      bool
	}{
		"the name":         {[]string{domain}, []string{domain}, true},
		"asterisk":         {[]string{"*.example.edu"}, []string{domain, "a.example.edu"}, true},
		"two labels":       {[]string{"*.example.edu"}, []string{"a.b.example.edu"}, false},
		"the zone itself":  {[]string{"*.example.edu"}, []string{"example.edu"}, false},
		"one of two":       {[]string{domain}, []string{domain, "a.example.edu"}, false},
		"both":             {[]string{domain, "example.edu"}, []string{"example.edu", domain}, true},
		"asterisk of all":  {[]string{"*."}, []string{"example"}, true},
		"asterisk, no dot": {[]string{"*example.edu"}, []string{domain}, false},
	} {
		if got := (Certificate{Names: row.names}).Covers(row.want); got != row.covers {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestCommonName(t *testing.T) {
	long := strings.Repeat("a", 60) + ".edu1"
	for _, row := range []struct {
		names []string
		want  string
	}{{[]string{domain, "a"}, domain}, {[]string{long, domain}, domain}, {[]string{long}, long}} {
		if got := commonName(row.names); got != row.want {
			t.Errorf("of %v: %s", row.names, got)
		}
	}
}

// authority fakes ACM: certificates by their ARN, each with the statuses that it goes through, one at each look.
type authority struct {
	journal
	order  []string
	detail map[string]*types.CertificateDetail
	states map[string][]string
	tags   map[string]string // the domain of the marker
	inUse  int               // how often a delete is refused
	asked  *acm.RequestCertificateInput
}

func newAuthority() *authority {
	return &authority{
		detail: map[string]*types.CertificateDetail{}, states: map[string][]string{}, tags: map[string]string{},
	}
}

// add makes a certificate. Its validation record is named after its first name.
func (a *authority) add(arn, madeFor string, names []string, states ...string) {
	record := &types.ResourceRecord{Name: aws.String("_1." + names[0] + "."), Type: "CNAME", Value: aws.String("_v.acm.")}
	a.order = append(a.order, arn)
	a.tags[arn], a.states[arn] = madeFor, states
	a.detail[arn] = &types.CertificateDetail{
		DomainName: &names[0], SubjectAlternativeNames: names,
		DomainValidationOptions: []types.DomainValidation{{ResourceRecord: record}, {ResourceRecord: record}},
	}
}

func (a *authority) api(w *website) {
	if w.ListDistributions == nil {
		w.ListDistributions = cf(&a.journal, func(*cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
			return &cloudfront.ListDistributionsOutput{DistributionList: &cftypes.DistributionList{}}, nil
		})
	}
	w.RequestCertificate = certs(&a.journal, func(in *acm.RequestCertificateInput) (*acm.RequestCertificateOutput, error) {
		a.asked = in
		a.add(certARN, *in.Tags[0].Value, append([]string{*in.DomainName}, in.SubjectAlternativeNames...), a.states[certARN]...)
		return &acm.RequestCertificateOutput{CertificateArn: aws.String(certARN)}, nil
	})
	w.ListCertificates = certs(&a.journal, func(*acm.ListCertificatesInput) (*acm.ListCertificatesOutput, error) {
		var all []types.CertificateSummary
		for _, arn := range a.order {
			d := a.detail[arn]
			all = append(all, types.CertificateSummary{
				CertificateArn: &arn, DomainName: d.DomainName, SubjectAlternativeNameSummaries: slices.Clone(d.SubjectAlternativeNames),
				Status: types.CertificateStatus(a.states[arn][0]),
			})
		}
		return &acm.ListCertificatesOutput{CertificateSummaryList: all}, nil
	})
	w.DescribeCertificate = certs(&a.journal, func(in *acm.DescribeCertificateInput) (*acm.DescribeCertificateOutput, error) {
		found, ok := a.detail[*in.CertificateArn]
		if !ok {
			return nil, refused("ResourceNotFoundException", 1)
		}
		states := a.states[*in.CertificateArn]
		if len(states) > 1 {
			a.states[*in.CertificateArn] = states[1:]
		}
		if states[0] == "" { // not visible yet
			return nil, refused("ResourceNotFoundException", 1)
		}
		seen := *found
		seen.Status = types.CertificateStatus(strings.TrimSuffix(states[0], ", no records"))
		if strings.HasSuffix(states[0], ", no records") {
			seen.DomainValidationOptions = []types.DomainValidation{{}}
		}
		if strings.HasSuffix(states[0], ", first record") {
			seen.Status, seen.DomainValidationOptions = types.CertificateStatusPendingValidation, seen.DomainValidationOptions[:1]
		}
		if seen.Status == types.CertificateStatusFailed {
			seen.FailureReason = types.FailureReasonCaaError
		}
		return &acm.DescribeCertificateOutput{Certificate: &seen}, nil
	})
	w.ListTagsForCertificate = certs(&a.journal, func(
		in *acm.ListTagsForCertificateInput,
	) (*acm.ListTagsForCertificateOutput, error) {
		return &acm.ListTagsForCertificateOutput{Tags: []types.Tag{
			{Key: aws.String("other"), Value: aws.String(domain)},
			{Key: aws.String(markerTag), Value: aws.String(a.tags[*in.CertificateArn])},
		}}, nil
	})
	w.DeleteCertificate = certs(&a.journal, func(in *acm.DeleteCertificateInput) (*acm.DeleteCertificateOutput, error) {
		if a.inUse--; a.inUse >= 0 {
			return nil, refused("ResourceInUseException", 1)
		}
		delete(a.detail, *in.CertificateArn)
		return &acm.DeleteCertificateOutput{}, nil
	})
}

// records fakes the records of one zone, example.edu, and gives them as "type name value".
func records(j *journal, w *website) map[string]bool {
	live := map[string]bool{}
	zone := zonesOf(j, "example.edu")
	w.ListHostedZones, w.GetHostedZone = zone.ListHostedZones, zone.GetHostedZone
	w.ChangeResourceRecordSets = r53(j, func(
		in *route53.ChangeResourceRecordSetsInput,
	) (*route53.ChangeResourceRecordSetsOutput, error) {
		for _, c := range in.ChangeBatch.Changes {
			set := c.ResourceRecordSet
			text := string(set.Type) + " " + *set.Name + " " + *set.ResourceRecords[0].Value
			if (c.Action == r53types.ChangeActionDelete) != live[text] {
				return nil, refused("InvalidChangeBatch", 1)
			}
			if c.Action == r53types.ChangeActionDelete {
				delete(live, text)
			} else {
				live[text] = true
			}
		}
		return &route53.ChangeResourceRecordSetsOutput{ChangeInfo: &r53types.ChangeInfo{Id: aws.String("C1")}}, nil
	})
	w.ListResourceRecordSets = r53(j, func(
		in *route53.ListResourceRecordSetsInput,
	) (*route53.ListResourceRecordSetsOutput, error) {
		var sets []r53types.ResourceRecordSet
		for text := range live {
			words := strings.Fields(text)
			sets = append(sets, r53types.ResourceRecordSet{
				Type: r53types.RRType(words[0]), Name: &words[1], ResourceRecords: []r53types.ResourceRecord{{Value: &words[2]}},
			})
		}
		return &route53.ListResourceRecordSetsOutput{ResourceRecordSets: sets}, nil
	})
	return live
}

const proof = "CNAME _1.www.example.edu. _v.acm."

// TestApplyCertificate: requested, validated by DNS records, issued.
func TestApplyCertificate(t *testing.T) {
	for name, row := range map[string]struct {
		states  []string
		aliases []string
		have    *Certificate // what was there before
		err     string
		want    string // status of what is known in the end
		asked   bool
		proofs  int
	}{
		"requested": {
			[]string{"", "PENDING_VALIDATION, no records", "PENDING_VALIDATION", "PENDING_VALIDATION", "ISSUED"}, nil, nil, "", "ISSUED", true, 1,
		},
		"issued at once": {[]string{"ISSUED"}, nil, nil, "", "ISSUED", true, 0},
		"fails": {
			[]string{"PENDING_VALIDATION", "FAILED"}, nil, nil, "the certificate " + certARN + " was not issued: its status is FAILED because of CAA_ERROR", "FAILED", true, 1,
		},
		"never issued":   {[]string{"PENDING_VALIDATION"}, nil, nil, "timed out after 1h30m0s waiting for the certificate " + certARN, "PENDING_VALIDATION", true, 1},
		"requested once": {[]string{"PENDING_VALIDATION", "ISSUED"}, nil, &Certificate{ARN: certARN, Names: []string{domain}}, "", "ISSUED", false, 1},
		"another name":   {[]string{"ISSUED"}, []string{"a.example.edu"}, &Certificate{ARN: certARN + "2", Names: []string{domain}}, "", "ISSUED", true, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, w := newAuthority(), site()
			a.api(&w)
			live := records(&a.journal, &w)
			a.states[certARN] = row.states
			s := Spec{Domain: domain, DNS: true, Aliases: row.aliases}
			if row.have != nil {
				a.add(row.have.ARN, domain, row.have.Names, row.states...)
			}
			o := Status{Certificate: row.have}
			err := w.applyCertificate(t.Context(), wish{Want: s}, &o)
			if (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
				t.Errorf("%s: %v", name, err)
			}
			if o.Certificate == nil || o.Certificate.ARN != certARN || o.Certificate.Status != row.want {
				t.Errorf("%s: known is %+v", name, o.Certificate)
			}
			if (a.asked != nil) != row.asked || a.count("ChangeResourceRecordSets") != row.proofs || live[proof] != (row.proofs > 0) {
				t.Errorf("%s: called were %v, records are %v", name, a.journal, live)
			}
			if in := a.asked; in != nil && (*in.DomainName != domain || *in.IdempotencyToken == "" || *in.Tags[0].Key != markerTag ||
				*in.Tags[0].Value != domain || in.ValidationMethod != types.ValidationMethodDns ||
				len(row.aliases) > 0 && !slices.Equal(in.SubjectAlternativeNames, s.Names())) {
				t.Errorf("%s: requested was %+v", name, in)
			}
		})
	}
}

// TestApplyCertificate_recordsOneByOne: records that ACM names later are created as well, each once.
func TestApplyCertificate_recordsOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w := newAuthority(), site()
		a.api(&w)
		live := records(&a.journal, &w)
		s := Spec{Domain: domain, DNS: true, Aliases: []string{"a.example.edu"}}
		a.add(certARN, domain, s.Names(), "PENDING, first record", "PENDING, first record", "PENDING_VALIDATION", "PENDING_VALIDATION", "ISSUED")
		a.detail[certARN].DomainValidationOptions[1].ResourceRecord = &types.ResourceRecord{
			Name: aws.String("_1.a.example.edu."), Type: "CNAME", Value: aws.String("_v.acm."),
		}
		o := Status{Certificate: &Certificate{ARN: certARN, Names: s.Names()}}
		if err := w.applyCertificate(t.Context(), wish{Want: s}, &o); err != nil {
			t.Fatal(err)
		}
		if !live[proof] || !live["CNAME _1.a.example.edu. _v.acm."] || a.count("ChangeResourceRecordSets") != 2 {
			t.Errorf("records are %v, called were %v", live, a.journal)
		}
	})
}

// TestCertificate_inUse: a destroy is refused before anything goes while something else uses a certificate made for the
// site. A former one that something else uses is left to it.
func TestCertificate_inUse(t *testing.T) {
	const beside = "arn:aws:cloudfront::123456789012:distribution/E2"
	for name, row := range map[string]struct {
		madeFor string
		inUse   []string
		uses    string // the certificate of the distribution E2, "" if that is gone
		refused string
		former  int
		shared  int
	}{
		"own only":              {domain, []string{distARN}, "", "", 1, 0},
		"another site":          {domain, []string{distARN, beside}, certARN, "is also used by the distribution E2 of b.example.edu", 1, 0},
		"a site that is gone":   {domain, []string{distARN, beside}, "", "", 1, 0},
		"one with another":      {domain, []string{beside}, certARN + "9", "", 1, 0},
		"ACM does not know":     {domain, nil, certARN, "is also used by the distribution E2 of b.example.edu", 1, 0},
		"a distribution of AWS": {domain, []string{"arn:aws:cloudfront::999999999999:distribution/E7"}, "", "is also used by arn:aws:cloudfront::999999999999:distribution/E7", 1, 0},
		"a load balancer":       {domain, []string{"arn:aws:elasticloadbalancing:x"}, "", "is also used by arn:aws:elasticloadbalancing:x", 1, 0},
		"not ours":              {"b.example.edu", []string{beside}, certARN, "", 1, 0},
		"former, in use":        {domain, nil, certARN + "2", certARN + "2, which was made for this site, is also used by the distribution E2", 0, 1},
	} {
		a, w := newAuthority(), site()
		a.api(&w)
		a.add(certARN, row.madeFor, []string{domain}, "ISSUED")
		a.add(certARN+"2", domain, []string{domain}, "ISSUED")
		a.detail[certARN].InUseBy = row.inUse
		if row.shared > 0 {
			a.detail[certARN+"2"].InUseBy = []string{beside}
		}
		using := func(id, name, arn string) cftypes.DistributionSummary {
			return cftypes.DistributionSummary{
				Id: &id, Aliases: &cftypes.Aliases{Items: []string{name}}, ViewerCertificate: &cftypes.ViewerCertificate{ACMCertificateArn: &arn},
			}
		}
		list := []cftypes.DistributionSummary{using("E1", domain, certARN), {Id: aws.String("E0")}}
		if row.uses != "" {
			list = append(list, using("E2", "b.example.edu", row.uses))
		}
		w.ListDistributions = cf(&a.journal, func(*cloudfront.ListDistributionsInput) (*cloudfront.ListDistributionsOutput, error) {
			return &cloudfront.ListDistributionsOutput{DistributionList: &cftypes.DistributionList{Items: list}}, nil
		})
		s := Spec{Domain: domain, CertificateARN: certARN, DistributionID: "E1"}
		keep := wish{Want: s, Prior: &s}
		var o Status
		if err := w.observeCertificate(t.Context(), keep, &o); err != nil {
			t.Fatal(name, err)
		}
		if len(o.Former) != row.former || len(o.Shared) != row.shared {
			t.Errorf("%s: former are %v, shared %v", name, o.Former, o.Shared)
		}
		err := w.certificate().CanRemove(t.Context(), keep, o)
		if (err == nil) != (row.refused == "") || err != nil && !strings.Contains(err.Error(), row.refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRemoveCertificate: only what was made for the site goes, with its record unless another certificate needs it.
func TestRemoveCertificate(t *testing.T) {
	const other = "CNAME _1.a.example.edu. _v.acm."
	for name, row := range map[string]struct {
		madeFor string
		names   []string
		beside  []string // the names of another certificate
		want    Spec
		retired bool
		inUse   int
		gone    bool
		left    []string
	}{
		"ours":            {domain, []string{domain}, nil, Spec{DNS: true}, false, 0, true, []string{other}},
		"in use for long": {domain, []string{domain}, nil, Spec{DNS: true}, false, 9, true, []string{other}},
		"of another site": {"a.example.edu", []string{domain}, nil, Spec{DNS: true}, false, 0, false, []string{other, proof}},
		"of nobody":       {"", []string{domain}, nil, Spec{DNS: true}, false, 0, false, []string{other, proof}},
		"DNS elsewhere":   {domain, []string{domain}, nil, Spec{}, false, 0, true, []string{other, proof}},
		"record in use":   {domain, []string{domain}, []string{domain}, Spec{DNS: true}, false, 0, true, []string{other, proof}},
		"another beside":  {domain, []string{domain}, []string{"a.example.edu"}, Spec{DNS: true}, false, 0, true, []string{other}},
		"zone of nobody":  {domain, []string{"www.example.com"}, nil, Spec{DNS: true}, false, 0, true, []string{other, proof}},
		"left to a later": {domain, []string{domain}, nil, Spec{DNS: true}, true, 0, false, []string{other, proof}},
	} {
		synctest.Test(t, func(t *testing.T) {
			a, w := newAuthority(), site()
			a.api(&w)
			a.inUse = row.inUse
			live := records(&a.journal, &w)
			live[proof], live[other] = true, true
			a.add(certARN, row.madeFor, row.names, "ISSUED")
			if row.beside != nil {
				a.add(certARN+"2", "", row.beside, "ISSUED")
			}
			row.want.Domain = domain
			c, err := w.describeCertificate(t.Context(), wish{Want: row.want}, certARN)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.removeCertificate(t.Context(), wish{Want: row.want}, &Status{retired: row.retired}, c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			var left []string
			for text := range live {
				left = append(left, text)
			}
			slices.Sort(left)
			if diff := cmp.Diff(row.left, left); diff != "" || (a.detail[certARN] == nil) != row.gone {
				t.Errorf("%s: gone: %t, records: %s", name, a.detail[certARN] == nil, diff)
			}
		})
	}
}

// TestObserveCertificate: which certificate is chosen, and which others are to be deleted.
func TestObserveCertificate(t *testing.T) {
	type one struct{ arn, madeFor, status, name string }
	for name, row := range map[string]struct {
		want   Spec
		prior  *Spec
		there  []one
		chosen string
		former []string
	}{
		"none":             {Spec{}, nil, nil, "", nil},
		"issued":           {Spec{}, nil, []one{{"1", "", "ISSUED", "*.example.edu"}}, "1", nil},
		"in either order":  {Spec{}, nil, []one{{"2", "", "ISSUED", domain}, {"1", "", "ISSUED", domain}}, "1", nil},
		"own first":        {Spec{}, nil, []one{{"1", "", "ISSUED", domain}, {"2", domain, "ISSUED", domain}}, "2", nil},
		"issued first":     {Spec{}, nil, []one{{"1", domain, "PENDING_VALIDATION", domain}, {"2", "", "ISSUED", domain}}, "2", []string{"1"}},
		"pending, own":     {Spec{}, nil, []one{{"1", domain, "PENDING_VALIDATION", domain}}, "1", nil},
		"pending, other":   {Spec{}, nil, []one{{"1", "", "PENDING_VALIDATION", domain}}, "", nil},
		"other names":      {Spec{}, nil, []one{{"1", domain, "ISSUED", "example.edu"}}, "", nil},
		"expired":          {Spec{}, nil, []one{{"1", domain, "EXPIRED", domain}}, "", []string{"1"}},
		"named":            {Spec{CertificateARN: "1"}, nil, []one{{"1", "", "EXPIRED", domain}, {"2", domain, "ISSUED", domain}}, "1", []string{"2"}},
		"named, not there": {Spec{CertificateARN: "7"}, nil, []one{{"2", "", "ISSUED", domain}}, "", nil},
		"known":            {Spec{CertificateARN: "1"}, &Spec{CertificateARN: "1"}, []one{{"2", domain, "ISSUED", domain}, {"1", "", "ISSUED", domain}}, "1", []string{"2"}},
		"known, expired":   {Spec{CertificateARN: "1"}, &Spec{CertificateARN: "1"}, []one{{"1", domain, "EXPIRED", domain}, {"2", "", "ISSUED", domain}}, "2", []string{"1"}},
	} {
		a, w := newAuthority(), site()
		a.api(&w)
		for _, c := range row.there {
			a.add(c.arn, c.madeFor, []string{c.name}, c.status)
		}
		row.want.Domain = domain
		var o Status
		if err := w.observeCertificate(t.Context(), wish{Want: row.want, Prior: row.prior}, &o); err != nil {
			t.Fatal(name, err)
		}
		chosen, former := "", []string(nil)
		if o.Certificate != nil {
			chosen = o.Certificate.ARN
		}
		for _, c := range o.Former {
			former = append(former, c.ARN)
		}
		if chosen != row.chosen || !slices.Equal(former, row.former) {
			t.Errorf("%s: chosen is %q, others are %v", name, chosen, former)
		}
	}
}

// TestFormerCertificate: an error leaves what is still to be deleted.
func TestFormerCertificate(t *testing.T) {
	a, w := newAuthority(), site()
	a.api(&w)
	a.add("1", domain, []string{domain}, "EXPIRED")
	a.add("2", domain, []string{domain}, "EXPIRED")
	do := w.DeleteCertificate
	w.DeleteCertificate = certs(&a.journal, func(in *acm.DeleteCertificateInput) (*acm.DeleteCertificateOutput, error) {
		if *in.CertificateArn == "2" {
			return nil, refused("AccessDenied", 1)
		}
		return do(t.Context(), in)
	})
	o := Status{Former: []*Certificate{{ARN: "1"}, {ARN: "2"}}}
	err := w.formerCertificate().Remove(t.Context(), wish{Want: Spec{Domain: domain}}, &o)
	var call *awsclient.CallError
	if !errors.As(err, &call) || len(o.Former) != 1 || o.Former[0].ARN != "2" || len(a.detail) != 1 {
		t.Errorf("%v, left are %v", err, o.Former)
	}
}
