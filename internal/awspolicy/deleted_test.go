package awspolicy_test

import "testing"

func TestRemainsOf(t *testing.T) {
	const (
		ann  = `"arn:aws:iam::123456789012:user/ann"`
		bob  = `"arn:aws:iam::123456789012:role/bob"`
		dead = `"AIDAEXAMPLE0000000001"`
		gone = `"AROAEXAMPLE0000000002"`
		rest = `"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`
	)
	named := func(principals string) string {
		return `{"Statement":{` + rest + `,"Principal":{"AWS":[` + principals + `]}}}`
	}
	for name, test := range map[string]struct {
		have, was string
		want      bool
	}{
		"a deleted user":            {named(dead), named(ann), true},
		"one of two":                {named(bob + "," + dead), named(ann + "," + bob), true},
		"both":                      {named(gone + "," + dead), named(ann + "," + bob), true},
		"NotPrincipal":              {`{"Statement":{` + rest + `,"NotPrincipal":{"AWS":` + dead + `}}}`, `{"Statement":{` + rest + `,"NotPrincipal":{"AWS":` + ann + `}}}`, true},
		"nobody is deleted":         {named(ann), named(ann), false},
		"another principal":         {named(bob + "," + dead), named(ann), false},
		"one more":                  {named(ann + "," + dead), named(ann), false},
		"another kind of principal": {named(dead), `{"Statement":{` + rest + `,"Principal":{"Service":"x.amazonaws.com","AWS":` + ann + `}}}`, false},
		"other actions":             {named(dead), `{"Statement":{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*","Principal":{"AWS":` + ann + `}}}`, false},
		"another Sid":               {named(dead), `{"Statement":{"Sid":"A",` + rest + `,"Principal":{"AWS":` + ann + `}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			have, was := parse(t, test.have).Statements[0], parse(t, test.was).Statements[0]
			if got := have.RemainsOf(was); got != test.want {
				t.Errorf("%s of %s: %v", have, was, got)
			}
		})
	}
}
