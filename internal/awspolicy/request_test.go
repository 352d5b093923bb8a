package awspolicy_test

import (
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

func TestDenies(t *testing.T) {
	const everything = `"Effect":"Deny","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"`
	when := func(condition string) string { return `{` + everything + `,"Condition":{` + condition + `}}` }
	at := func(address string) map[string]string { return map[string]string{"aws:sourceip": address} }
	arn := func(arn string) map[string]string { return map[string]string{"aws:principalarn": arn} }
	const notOffice, likeRole = `"NotIpAddress":{"aws:SourceIp":["192.0.2.0/24","2001:db8::/32"]}`,
		`"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/ci-*"}`
	for name, test := range map[string]struct {
		statements string
		keys       map[string]string
		denied     bool
		err        string
	}{
		"nothing said":         {``, nil, false, ""},
		"everything":           {`{` + everything + `}`, nil, true, ""},
		"an Allow":             {`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, nil, false, ""},
		"another action":       {strings.Replace(`{`+everything+`}`, "Get", "Put", 1), nil, false, ""},
		"another resource":     {strings.Replace(`{`+everything+`}`, ":b/", ":c/", 1), nil, false, ""},
		"one principal":        {strings.Replace(`{`+everything+`}`, `"*"`, `{"AWS":"1"}`, 1), nil, false, "not for everybody"},
		"inside":               {when(notOffice), at("192.0.2.9"), false, ""},
		"inside, IPv6":         {when(notOffice), at("2001:db8::9"), false, ""},
		"outside":              {when(notOffice), at("198.51.100.9"), true, ""},
		"outside, IPv6":        {when(notOffice), at("2001:db9::9"), true, ""},
		"no address":           {when(notOffice), nil, true, ""},
		"IpAddress, inside":    {when(`"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`), at("192.0.2.9"), true, ""},
		"IpAddress, none":      {when(`"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}`), nil, false, ""},
		"its role":             {when(likeRole), arn("arn:aws:iam::111122223333:role/ci-7"), false, ""},
		"another account's":    {when(likeRole), arn("arn:aws:iam::444455556666:role/ci-7"), true, ""},
		"anonymous":            {when(likeRole), nil, true, ""},
		"one of two fails":     {when(notOffice + "," + likeRole), at("192.0.2.9"), false, ""},
		"both hold":            {when(notOffice + "," + likeRole), at("198.51.100.9"), true, ""},
		"two statements":       {when(notOffice) + `,{` + everything + `}`, at("192.0.2.9"), true, ""},
		"Bool, no key":         {when(`"Bool":{"aws:ViaAWSService":"false"}`), nil, false, ""},
		"BoolIfExists, no key": {when(`"BoolIfExists":{"aws:ViaAWSService":"false"}`), nil, true, ""},
		"BoolIfExists, other":  {when(`"BoolIfExists":{"aws:ViaAWSService":"false"}`), map[string]string{"aws:viaawsservice": "true"}, false, ""},
		"an endpoint": {
			when(`"StringNotEquals":{"aws:SourceVpce":"vpce-1"}`), map[string]string{"aws:sourcevpce": "vpce-1"}, false, "",
		},
		"another endpoint": {
			when(`"StringNotEquals":{"aws:SourceVpce":"vpce-1"}`), map[string]string{"aws:sourcevpce": "vpce-2"}, true, "",
		},
		"StringNotLike":       {when(`"StringNotLike":{"aws:userid":"A*"}`), map[string]string{"aws:userid": "AB"}, false, ""},
		"an operator unknown": {when(`"NumericLessThan":{"s3:max-keys":"1"}`), nil, false, "the operator NumericLessThan is not known"},
	} {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, `{"Version":"2012-10-17","Statement":[`+test.statements+`]}`)
			denied, err := doc.Denies(awspolicy.Request{
				Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Keys: test.keys,
			})
			if denied != test.denied || (err == nil) != (test.err == "") {
				t.Errorf("got %v, %v", denied, err)
			}
			if err != nil && !strings.Contains(err.Error(), test.err) {
				t.Errorf("got %q, want something with %q", err, test.err)
			}
		})
	}
}
