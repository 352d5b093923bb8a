package awspolicy_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

func TestEvaluate(t *testing.T) {
	const get, key = "s3:GetObject", "arn:aws:s3:::b/k"
	tests := map[string]struct {
		statements       string
		action, resource string
		allowed          bool
		err              string
	}{
		"nothing said":   {``, get, key, false, ""},
		"allowed":        {`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"}`, get, key, true, ""},
		"other action":   {`{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`, get, key, false, ""},
		"other resource": {`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}`, get, key, false, ""},
		"no prefix match": {
			`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::b"}`, "s3:ListBucket", "arn:aws:s3:::bb", false, "",
		},
		"action's case":     {`{"Effect":"Allow","Action":"S3:get*","Resource":"*"}`, get, key, true, ""},
		"asked case":        {`{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}`, "S3:GETOBJECT", key, true, ""},
		"resource's case":   {`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::B/*"}`, get, key, false, ""},
		"question mark":     {`{"Effect":"Allow","Action":"s3:?etObject","Resource":"arn:aws:s3:::?/?"}`, get, key, true, ""},
		"one mark, no char": {`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/k?"}`, get, key, false, ""},
		"one mark, é": {
			`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/?"}`, get, "arn:aws:s3:::b/é", true, "",
		},
		"second of many": {
			`{"Effect":"Allow","Action":["s3:PutObject","s3:GetObject"],"Resource":["x","arn:*:b/k"]}`, get, key, true, "",
		},
		"denied": {
			`{"Effect":"Deny","Action":"s3:Get*","Resource":"*"},{"Effect":"Allow","Action":"s3:*","Resource":"*"}`,
			get, key, false, "",
		},
		"NotAction":          {`{"Effect":"Allow","NotAction":"s3:Put*","Resource":"*"}`, get, key, true, ""},
		"NotAction, named":   {`{"Effect":"Allow","NotAction":"s3:get*","Resource":"*"}`, get, key, false, ""},
		"NotResource":        {`{"Effect":"Allow","Action":"*","NotResource":"arn:aws:s3:::c/*"}`, get, key, true, ""},
		"NotResource, named": {`{"Effect":"Allow","Action":"*","NotResource":["c","arn:aws:s3:::b/*"]}`, get, key, false, ""},
		"condition elsewhere": {
			`{"Effect":"Allow","Action":"a:b","Resource":"*","Condition":{"Bool":{"k":"true"}}}`, get, key, false, "",
		},
		"condition": {
			`{"Effect":"Allow","Action":"*","Resource":"*"},` +
				`{"Sid":"C","Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":"true"}}}`,
			get, key, false, `statement 2 (Sid "C"): its Condition depends on the request`,
		},
		"condition does not matter to a Deny": {
			`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"k":"true"}}},` +
				`{"Effect":"Deny","Action":"*","Resource":"*"}`, get, key, false, "",
		},
		"variable": {
			`{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}"}`, get, key, false, "depends",
		},
		"principal":   {`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, get, key, false, "principal"},
		"no resource": {`{"Effect":"Allow","Action":"*"}`, get, key, false, "no resource"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, `{"Version":"2012-10-17","Statement":[`+test.statements+`]}`)
			allowed, err := awspolicy.Evaluate(doc, test.action, test.resource)
			if allowed != test.allowed || (err == nil) != (test.err == "") {
				t.Errorf("got %v, %v", allowed, err)
			}
			if err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, want something with %q", err, test.err)
			}
			if got := awspolicy.Allows(doc, test.action, test.resource); got != test.allowed {
				t.Errorf("Allows: got %v", got)
			}
		})
	}
}

// A pattern made from a text by putting wildcards into it matches that text.
func TestWildcardsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		resource := rapid.StringOfN(rapid.RuneFrom([]rune("ab:/é")), 1, 12, -1).Draw(t, "resource")
		var pattern strings.Builder
		for _, r := range resource {
			pattern.WriteString(rapid.SampledFrom([]string{string(r), string(r), "?", "*", "*" + string(r), "**"}).Draw(t, "p"))
		}
		doc := awspolicy.New(awspolicy.Statement{
			Effect: awspolicy.Allow, Action: []string{"*"}, Resource: []string{pattern.String()},
		})
		if !awspolicy.Allows(doc, "a:b", resource) {
			t.Fatalf("%q does not match %q", pattern.String(), resource)
		}
		if awspolicy.Allows(doc, "a:b", "x"+resource) && pattern.String()[0] != '*' && pattern.String()[0] != '?' {
			t.Fatalf("%q matches %q", pattern.String(), "x"+resource)
		}
	})
}

func TestPublic(t *testing.T) {
	const allow = `"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`
	when := func(condition string) string { return allow + `,"Principal":"*","Condition":{` + condition + `}` }
	tests := map[string]struct {
		elements string
		want     bool
	}{
		"everyone":              {allow + `,"Principal":"*"`, true},
		"every AWS":             {allow + `,"Principal":{"AWS":["123456789012","*"]}`, true},
		"all but one":           {allow + `,"NotPrincipal":{"AWS":"123456789012"}`, true},
		"an account":            {allow + `,"Principal":{"AWS":"123456789012"}`, false},
		"a service":             {allow + `,"Principal":{"Service":"x.amazonaws.com"}`, false},
		"an identity's":         {allow, false},
		"denied":                {`"Effect":"Deny","Principal":"*","Action":"s3:*"`, false},
		"TLS":                   {when(`"Bool":{"aws:SecureTransport":"true"}`), true},
		"referer":               {when(`"StringLike":{"aws:Referer":"https://example.edu"}`), true},
		"organisation":          {when(`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`), false},
		"organisation, any":     {when(`"StringLike":{"aws:PrincipalOrgID":"o-*"}`), true},
		"organisation, not":     {when(`"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}`), true},
		"organisation, perhaps": {when(`"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}`), true},
		"end point, key's case": {when(`"ForAnyValue:StringEquals":{"AWS:sourcevpce":"vpce-1"}`), false},
		"variable":              {when(`"StringEquals":{"aws:SourceArn":"${aws:x}"}`), true},
		"network":               {when(`"IpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32","192.0.2.7"]}`), false},
		"half the internet":     {when(`"IpAddress":{"aws:SourceIp":["192.0.2.0/24","0.0.0.0/1"]}`), true},
		"all of IPv6":           {when(`"IpAddress":{"aws:SourceIp":"2001::/16"}`), true},
		"all but a network":     {when(`"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}`), true},
		"no network":            {when(`"IpAddress":{"aws:SourceIp":"x"}`), true},
		"one of two narrows": {
			when(`"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"aws:SourceAccount":"123456789012"}`), false,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := parse(t, `{"Statement":{`+test.elements+`}}`).Statements[0].Public(); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}
