package awspolicy_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

func TestEquivalent(t *testing.T) {
	one := func(elements string) string { return `{"Version":"2012-10-17","Statement":[{` + elements + `}]}` }
	base := `"Effect":"Allow","Action":"s3:GetObject","Resource":"r"`
	tests := map[string]struct {
		a, b string
		want bool
	}{
		"white space and order of elements": {
			one(base), "{ \"Statement\": [ {\"Resource\":\"r\",\n\"Action\":\"s3:GetObject\", \"Effect\":\"Allow\"} ]," +
				"\"Version\":\"2012-10-17\"}", true,
		},
		"one statement or a list": {one(base), `{"Version":"2012-10-17","Statement":{` + base + `}}`, true},
		"order of statements": {
			`{"Statement":[{"Effect":"Deny","Action":"a:b"},{"Effect":"Allow","Action":"a:b"}]}`,
			`{"Statement":[{"Effect":"Allow","Action":"a:b"},{"Effect":"Deny","Action":"a:b"}]}`, true,
		},
		"a statement twice": {
			`{"Statement":[{"Effect":"Deny","Action":"a:b"},{"Effect":"Deny","Action":"a:b"}]}`,
			`{"Statement":[{"Effect":"Deny","Action":"a:b"}]}`, true,
		},
		"one value or a list": {one(base), one(`"Effect":"Allow","Action":["s3:GetObject"],"Resource":["r"]`), true},
		"order and repetition of values": {
			one(`"Effect":"Allow","Action":["a:b","a:c","a:b"],"Resource":["r","s"]`),
			one(`"Effect":"Allow","Action":["a:c","a:b"],"Resource":["s","r","r"]`), true,
		},
		"case of actions":    {one(base), one(`"Effect":"Allow","Action":"S3:getobject","Resource":"r"`), true},
		"case of NotActions": {one(`"Effect":"Deny","NotAction":"a:B"`), one(`"Effect":"Deny","NotAction":"A:b"`), true},
		"everyone":           {one(base + `,"Principal":"*"`), one(base + `,"Principal":{"AWS":"*"}`), true},
		"everyone, listed":   {one(base + `,"NotPrincipal":"*"`), one(base + `,"NotPrincipal":{"AWS":["*"]}`), true},
		"account and its root user": {
			one(base + `,"Principal":{"AWS":"123456789012"}`),
			one(base + `,"Principal":{"AWS":["arn:aws:iam::123456789012:root"]}`), true,
		},
		"case of condition keys": {
			one(base + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`),
			one(base + `,"Condition":{"Bool":{"AWS:securetransport":["false"]}}`), true,
		},
		"boolean or its text": {
			one(base + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`),
			one(base + `,"Condition":{"Bool":{"aws:SecureTransport":false}}`), true,
		},
		"number or its text": {
			one(base + `,"Condition":{"NumericLessThan":{"s3:max-keys":[10,"20"]}}`),
			one(base + `,"Condition":{"NumericLessThan":{"s3:max-keys":["20","10"]}}`), true,
		},
		"no condition":       {one(base), one(base + `,"Condition":{}`), true},
		"an empty operator":  {one(base), one(base + `,"Condition":{"Bool":{}}`), true},
		"no Sid":             {one(base), one(base + `,"Sid":""`), true},
		"no version":         {`{"Statement":{` + base + `}}`, one(base), true},
		"old version":        {`{"Version":"2008-10-17","Statement":{` + base + `}}`, one(base), true},
		"another Id":         {`{"Statement":[]}`, `{"Id":"I","Statement":[]}`, true},
		"unknown, formatted": {one(base + `,"Note":{"a":1,"b":2}`), one(base + `,"Note":{ "b":2, "a":1 }`), true},
		"equal, no policy":   {"hello", "hello", true},

		"a variable, or text in old documents": {
			one(base + `,"Sid":"${aws:username}"`), `{"Statement":{` + base + `,"Sid":"${aws:username}"}}`, false,
		},
		"another Sid":         {one(base), one(base + `,"Sid":"S"`), false},
		"case of Sids":        {one(base + `,"Sid":"s"`), one(base + `,"Sid":"S"`), false},
		"another effect":      {one(base), strings.Replace(one(base), "Allow", "Deny", 1), false},
		"another action":      {one(base), one(`"Effect":"Allow","Action":"s3:PutObject","Resource":"r"`), false},
		"Action or NotAction": {one(base), one(`"Effect":"Allow","NotAction":"s3:GetObject","Resource":"r"`), false},
		"Resource or NotRes.": {one(base), one(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"r"`), false},
		"case of resources":   {one(base), one(`"Effect":"Allow","Action":"s3:GetObject","Resource":"R"`), false},
		"one resource more":   {one(base), one(`"Effect":"Allow","Action":"s3:GetObject","Resource":["r","s"]`), false},
		"no principal":        {one(base), one(base + `,"Principal":"*"`), false},
		"other kind":          {one(base + `,"Principal":{"AWS":"a"}`), one(base + `,"Principal":{"Service":"a"}`), false},
		"not the same accounts": {
			one(base + `,"Principal":{"AWS":"123456789012"}`), one(base + `,"Principal":{"AWS":"123456789013"}`), false,
		},
		"root of a service's kind": {
			one(base + `,"Principal":{"Federated":"123456789012"}`),
			one(base + `,"Principal":{"Federated":"arn:aws:iam::123456789012:root"}`), false,
		},
		"Principal or not": {one(base + `,"Principal":"*"`), one(base + `,"NotPrincipal":"*"`), false},
		"another condition": {
			one(base + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`),
			one(base + `,"Condition":{"Bool":{"aws:SecureTransport":"true"}}`), false,
		},
		"another operator": {
			one(base + `,"Condition":{"StringEquals":{"k":"v"}}`), one(base + `,"Condition":{"StringLike":{"k":"v"}}`), false,
		},
		"case of condition values": {
			one(base + `,"Condition":{"StringEquals":{"k":"v"}}`), one(base + `,"Condition":{"StringEquals":{"k":"V"}}`), false,
		},
		"no value matches nothing": {one(base + `,"Condition":{"StringEquals":{"k":[]}}`), one(base), false},
		"keys that differ in case only": {
			one(base + `,"Condition":{"StringEquals":{"k":"v","K":"w"}}`),
			one(base + `,"Condition":{"StringEquals":{"k":["v","w"]}}`), false,
		},
		"the first of keys that differ in case only": {
			one(base + `,"Condition":{"StringEquals":{"k":"v","K":"w"}}`),
			one(base + `,"Condition":{"StringEquals":{"k":"v"}}`), false,
		},
		"the second of keys that differ in case only": {
			one(base + `,"Condition":{"StringEquals":{"k":"v","K":"w"}}`),
			one(base + `,"Condition":{"StringEquals":{"k":"w"}}`), false,
		},
		"unknown element":       {one(base + `,"Note":1`), one(base), false},
		"unknown element's own": {one(base + `,"Note":1`), one(base + `,"Note":2`), false},
		"not a policy":          {one(base), "hello", false},
		"nothing":               {"", one(base), false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := awspolicy.Equivalent(test.a, test.b); got != test.want {
				t.Errorf("got %v for\n%s\n%s", got, test.a, test.b)
			}
			if got := awspolicy.Equivalent(test.b, test.a); got != test.want {
				t.Errorf("the other way round: got %v", got)
			}
		})
	}
}

func TestKey(t *testing.T) {
	const anonymous = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"r"}`
	const same = `{"Resource":["r"],"Action":["S3:GETOBJECT"],"Effect":"Allow"}`
	const other = `{"Effect":"Allow","Action":"s3:PutObject","Resource":"r"}`
	key := func(statement string) string { return parse(t, `{"Statement":`+statement+`}`).Statements[0].Key() }

	if got := key(`{"Sid":"My Sid","Effect":"Allow","Action":"a:b"}`); got != "My Sid" {
		t.Errorf("with a Sid: %q", got)
	}
	if got := key(anonymous); !strings.HasPrefix(got, "content:") || got != key(same) || got == key(other) {
		t.Errorf("without: %q, equal %q, other %q", got, key(same), key(other))
	}
}

func TestEquivalentProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(statementText(), 0, 5).Draw(t, "statements")
		document := func(texts []string) string { return `{"Statement":[` + strings.Join(texts, ",") + `]}` }
		a := document(texts)

		shuffled := rapid.Permutation(texts).Draw(t, "shuffled")
		for i := range shuffled {
			shuffled[i] = rewrite(t, shuffled[i])
		}
		b := document(shuffled)
		if !awspolicy.Equivalent(a, a) || !awspolicy.Equivalent(a, b) || !awspolicy.Equivalent(b, a) {
			t.Fatalf("not equivalent:\n%s\n%s", a, b)
		}

		more := document(append(texts, `{"Effect":"Deny","Action":"s3:Other"}`))
		if awspolicy.Equivalent(a, more) || awspolicy.Equivalent(more, b) {
			t.Fatalf("a statement more makes no difference:\n%s", more)
		}
	})
}

// statementText draws a statement without a Sid in one of its many spellings.
func statementText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		elements := map[string]any{"Effect": rapid.SampledFrom([]string{"Allow", "Deny"}).Draw(t, "effect")}
		list := func(element string, values ...string) {
			drawn := rapid.SliceOfN(rapid.SampledFrom(values), 1, 4).Draw(t, element)
			elements[element] = drawn
		}
		list(rapid.SampledFrom([]string{"Action", "NotAction"}).Draw(t, "a"), "s3:GetObject", "s3:Put*", "iam:*", "s3:<&>")
		list(rapid.SampledFrom([]string{"Resource", "NotResource"}).Draw(t, "r"), "arn:aws:s3:::b", "arn:aws:s3:::b/é*", "*")
		elements["Principal"] = rapid.SampledFrom([]any{
			"*", map[string]any{"AWS": "*"}, map[string]any{"AWS": []string{"123456789012", "arn:aws:iam::1:user/u"}},
		}).Draw(t, "p")
		if rapid.Bool().Draw(t, "conditional") {
			elements["Condition"] = map[string]any{"NumericLessThan": map[string]any{"s3:max-keys": []any{1.5, "x", true}}}
		}
		text, _ := json.MarshalIndent(elements, "", rapid.SampledFrom([]string{"", " ", "\t"}).Draw(t, "indent"))
		return string(text)
	})
}

// rewrite spells a statement another way: other order of values, some of them twice, a single one without its list.
func rewrite(t *rapid.T, text string) string {
	var elements map[string]any
	if err := json.Unmarshal([]byte(text), &elements); err != nil {
		t.Fatal(err)
	}
	for name, value := range elements {
		list, ok := value.([]any)
		if !ok {
			continue
		}
		list = rapid.Permutation(list).Draw(t, name)
		list = append(list, rapid.SampledFrom(list).Draw(t, name+" again"))
		elements[name] = list
		if fmt.Sprint(list[0]) == fmt.Sprint(list[1]) && len(list) == 2 {
			elements[name] = list[0]
		}
	}
	if elements["Principal"] == "*" {
		elements["Principal"] = map[string]any{"AWS": []string{"*"}}
	}
	out, _ := json.Marshal(elements)
	return string(out)
}
