package bucket

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

func TestOwnStatements(t *testing.T) {
	const (
		tls = `{"Sid":"SpinupRequireTLS","Effect":"Deny","Principal":"*","Action":["s3:*"],"Resource":` +
			`["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
		read = `{"Sid":"SpinupPublicRead","Effect":"Allow","Principal":"*","Action":["s3:GetObject"],` +
			`"Resource":["arn:aws:s3:::b/*"]}`
		list = `{"Sid":"SpinupPublicList","Effect":"Allow","Principal":"*","Action":["s3:ListBucket"],` +
			`"Resource":["arn:aws:s3:::b"]}`
	)
	const (
		people = `{"Sid":"SpinupRequireTLS","Effect":"Deny","Principal":"*","Action":["s3:*"],"Resource":` +
			`["arn:aws:s3:::b","arn:aws:s3:::b/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"},` +
			`"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}`
		origin = `{"Sid":"SpinupCloudFrontRead","Effect":"Allow","Principal":{"Service":["cloudfront.amazonaws.com"]},` +
			`"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::b/*"],` +
			`"Condition":{"StringEquals":{"AWS:SourceArn":"arn:d"}}}`
	)
	tests := map[string]struct {
		spec Spec
		want string
	}{
		"nothing":         {Spec{PublicAccess: PublicNone}, ``},
		"TLS":             {Spec{RequireTLS: true, PublicAccess: PublicNone}, tls},
		"TLS of people":   {Spec{RequireTLS: true, ExemptServices: true}, people},
		"read":            {Spec{PublicAccess: PublicRead}, read},
		"reader":          {Spec{Reader: "arn:d"}, origin},
		"all of them":     {Spec{RequireTLS: true, PublicAccess: PublicReadList, Reader: "arn:d"}, tls + "," + read + "," + list + "," + origin},
		"none of another": {Spec{ExemptServices: true, PublicAccess: Unblocked}, ``},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.spec.Partition, test.spec.Name = "aws", "b"
			own := test.spec.OwnStatements()
			want := `{"Version":"2012-10-17","Statement":[` + test.want + `]}`
			if diff := cmp.Diff(want, awspolicy.New(own...).String()); diff != "" {
				t.Error(diff)
			}
			keys := ownKeys(wish{}, Status{})
			for _, s := range own {
				if !cmp.Equal(awspolicy.New(s).Select(keys).Keys(), []string{s.Sid}) || !ReservedSid(s.Sid) {
					t.Errorf("%s is not known as the provider's own", s.Sid)
				}
				if want := s.Sid == SidPublicRead || s.Sid == SidPublicList; s.Public() != want {
					t.Errorf("%s: public %v", s.Sid, s.Public())
				}
			}
		})
	}
	for sid, want := range map[string]bool{"SpinupAnything": true, "Spinup": true, "spinup": false, "MySpinup": false, "": false} {
		if got := ReservedSid(sid); got != want {
			t.Errorf("ReservedSid(%q): %v", sid, got)
		}
	}
}

// TestShows: an attribute is as wanted when the policy has its statements, those of other attributes and owners aside.
func TestShows(t *testing.T) {
	spec := Spec{Partition: "aws", Name: "b", RequireTLS: true, PublicAccess: PublicRead}
	theirs := awspolicy.Statement{Sid: "Theirs", Effect: awspolicy.Deny, Principal: awspolicy.Everyone(), Action: []string{"s3:*"}}
	live := awspolicy.New(append(spec.OwnStatements(), theirs)...)
	have := Status{Policy: &live}
	for name, test := range map[string]struct {
		change    func(*Spec)
		attribute string
		want      bool
	}{
		"TLS":               {func(*Spec) {}, AttributeTLS, true},
		"no TLS":            {func(s *Spec) { s.RequireTLS = false }, AttributeTLS, false},
		"TLS of people":     {func(s *Spec) { s.ExemptServices = true }, AttributeTLS, false},
		"read":              {func(s *Spec) { s.RequireTLS = false }, AttributePublic, true},
		"read and list":     {func(s *Spec) { s.PublicAccess = PublicReadList }, AttributePublic, false},
		"nothing public":    {func(s *Spec) { s.PublicAccess = PublicNone }, AttributePublic, false},
		"no reader":         {func(*Spec) {}, AttributeReader, true},
		"a missing reader":  {func(s *Spec) { s.Reader = "arn:d" }, AttributeReader, false},
		"an altered bucket": {func(s *Spec) { s.Name = "c" }, AttributeTLS, false},
	} {
		s := spec
		test.change(&s)
		if got := have.Shows(s, test.attribute); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if (Status{}).Shows(spec, AttributeTLS) {
		t.Error("a policy that was not read shows something")
	}
}

// TestUserStatements_remains: what remains of the user's statement after its principal was deleted is the user's, to read
// and to write. Beside the statement itself, the same is somebody else's.
func TestUserStatements_remains(t *testing.T) {
	mine := awspolicy.Statement{
		Effect: awspolicy.Allow, Principal: awspolicy.Principal{"AWS": {"arn:aws:iam::123456789012:role/mine"}},
		Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::b/*"},
	}
	dead := mine
	dead.Principal = awspolicy.Principal{"AWS": {"AROAEXAMPLE0000000001"}}
	spec := Spec{Partition: "aws", Name: "b", Statements: []awspolicy.Statement{mine}}
	keep := wish{Want: spec, Prior: &spec}
	for name, test := range map[string]struct {
		live []awspolicy.Statement
		want []string
	}{
		"alone":            {[]awspolicy.Statement{dead}, []string{dead.Key()}},
		"beside the other": {[]awspolicy.Statement{mine, dead}, []string{mine.Key()}},
	} {
		live := awspolicy.New(test.live...)
		o := Status{Policy: &live}
		if got := o.UserStatements(keep).Keys(); !cmp.Equal(got, test.want) {
			t.Errorf("%s: read are %v, want %v", name, got, test.want)
		}
		if got := live.Select(ownKeys(keep, o)).Keys(); !cmp.Equal(got, test.want) {
			t.Errorf("%s: replaced are %v, want %v", name, got, test.want)
		}
	}
}

// TestRefusePlainHTTP: plain HTTP is refused to everybody but the services of AWS, anonymous visitors included.
func TestRefusePlainHTTP(t *testing.T) {
	site := awspolicy.New(Spec{Partition: "aws", Name: "b", RequireTLS: true, ExemptServices: true}.OwnStatements()...)
	for name, test := range map[string]struct {
		keys   map[string]string
		denied bool
	}{
		"a person":          {map[string]string{"aws:securetransport": "false", "aws:principalisawsservice": "false"}, true},
		"anonymous":         {map[string]string{"aws:securetransport": "false"}, true},
		"a service":         {map[string]string{"aws:securetransport": "false", "aws:principalisawsservice": "true"}, false},
		"anonymous, by TLS": {map[string]string{"aws:securetransport": "true"}, false},
	} {
		denied, err := site.Denies(awspolicy.Request{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Keys: test.keys})
		if err != nil || denied != test.denied {
			t.Errorf("%s: denied %v, %v", name, denied, err)
		}
	}
}
