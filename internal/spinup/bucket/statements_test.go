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
	tests := map[string]struct {
		requireTLS bool
		access     string
		want       string
	}{
		"nothing":     {false, PublicNone, ``},
		"TLS":         {true, PublicNone, tls},
		"read":        {false, PublicRead, read},
		"all of them": {true, PublicReadList, tls + "," + read + "," + list},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			own := OwnStatements("aws", "b", test.requireTLS, test.access)
			want := `{"Version":"2012-10-17","Statement":[` + test.want + `]}`
			if diff := cmp.Diff(want, awspolicy.New(own...).String()); diff != "" {
				t.Error(diff)
			}
			sids := OwnSids()
			for _, s := range own {
				if !cmp.Equal(awspolicy.New(s).Select(sids).Keys(), []string{s.Sid}) || !ReservedSid(s.Sid) {
					t.Errorf("%s is not known as ours", s.Sid)
				}
				if want := s.Sid != SidRequireTLS; s.Public() != want {
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
