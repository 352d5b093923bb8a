package awspolicy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// foreign is a statement as nobody here would write it: spaces, an unknown element, a number, odd escapes and order.
const foreign = "{ \"Resource\" : \"arn:aws:s3:::b/*\",\n\t\"Note\": 1.50e2, \"Effect\":\"Allow\", " +
	"\"Principal\": {\"AWS\":\"\\u002a\"}, \"Sid\":\"Theirs <1> & \\u00e9\", \"Action\":\"s3:GetObject\"," +
	"\"Condition\":{\"NumericLessThan\":{\"s3:max-keys\":10.0}} }"

func parse(t interface{ Fatal(...any) }, text string) awspolicy.Document {
	doc, err := awspolicy.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func read(t interface{ Fatal(...any) }, text string) awspolicy.Document {
	doc, err := awspolicy.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestStatementText(t *testing.T) {
	tests := map[string]struct {
		statement awspolicy.Statement
		want      string
	}{
		"all elements in their order": {
			awspolicy.Statement{
				Condition: awspolicy.Condition{
					"StringEquals": {"aws:b": {"2", "1"}},
					"Bool":         {"aws:SecureTransport": {"false"}},
				},
				Resource:  []string{"r2", "r1"},
				Action:    []string{"s3:B", "s3:A"},
				Principal: awspolicy.Everyone(),
				Effect:    awspolicy.Deny,
				Sid:       "S",
			},
			`{"Sid":"S","Effect":"Deny","Principal":"*","Action":["s3:B","s3:A"],"Resource":["r2","r1"],` +
				`"Condition":{"Bool":{"aws:SecureTransport":"false"},"StringEquals":{"aws:b":["2","1"]}}}`,
		},
		"one value is a list too": {
			awspolicy.Statement{
				Effect:       awspolicy.Allow,
				NotPrincipal: awspolicy.Principal{"Service": {"x.amazonaws.com"}, "AWS": {"*", "1"}},
				NotAction:    []string{"a:b"},
				NotResource:  []string{"*"},
			},
			`{"Effect":"Allow","NotPrincipal":{"AWS":["*","1"],"Service":["x.amazonaws.com"]},` +
				`"NotAction":["a:b"],"NotResource":["*"]}`,
		},
		"nothing is escaped for HTML": {
			awspolicy.Statement{Effect: awspolicy.Allow, Action: []string{"a:<&>"}, Resource: []string{"*"}},
			`{"Effect":"Allow","Action":["a:<&>"],"Resource":["*"]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.statement.String()); diff != "" {
				t.Error(diff)
			}
			parsed := parse(t, awspolicy.New(test.statement).String()).Statements[0]
			if !parsed.Equal(test.statement) || parsed.Key() != test.statement.Key() {
				t.Errorf("parsed again it is another statement: %s", parsed)
			}
		})
	}
}

func TestDocumentText(t *testing.T) {
	ours := awspolicy.Statement{Sid: "Ours", Effect: awspolicy.Allow, Action: []string{"s3:*"}, Resource: []string{"*"}}
	const oursText = `{"Sid":"Ours","Effect":"Allow","Action":["s3:*"],"Resource":["*"]}`
	tests := map[string]struct {
		doc  awspolicy.Document
		want string
	}{
		"new":          {awspolicy.New(ours), `{"Version":"2012-10-17","Statement":[` + oursText + `]}`},
		"empty":        {awspolicy.New(), `{"Version":"2012-10-17","Statement":[]}`},
		"zero":         {awspolicy.Document{}, `{"Statement":[]}`},
		"Id":           {awspolicy.Document{Id: "I"}, `{"Id":"I","Statement":[]}`},
		"one, foreign": {parse(t, `{"Statement":`+foreign+`,"Id":"I"}`), `{"Id":"I","Statement":[` + foreign + `]}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.doc.String()); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.want, parse(t, test.want).String()); diff != "" {
				t.Errorf("written again: %s", diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	with := func(elements string) string {
		return `{"Statement":[{"Effect":"Allow","Action":"a:b"},{` + elements + `}]}`
	}
	tests := map[string]struct{ text, want string }{
		"nothing":              {" \n", "the text is empty"},
		"no JSON":              {"hello", "not JSON: line 1, column 1"},
		"cut short":            {`{"Statement": [`, "not JSON: line 1, column 15: unexpected end"},
		"a comma too many":     {"{\n  \"Version\": \"2012-10-17\",\n}", "not JSON: line 3, column 1"},
		"something behind":     {`{"Statement":[]} x`, "not JSON: line 1, column 18"},
		"a list":               {`[{"Statement":[]}]`, "the document is not a JSON object"},
		"null":                 {`null`, "the document is not a JSON object"},
		"no Statement":         {`{"Version":"2012-10-17"}`, "the document has no Statement"},
		"other element":        {`{"Statement":[],"Statements":[]}`, `element "Statements"`},
		"version":              {`{"Statement":[],"Version":"2012-10-18"}`, `Version is "2012-10-18", want "2012-10-17"`},
		"version, no string":   {`{"Statement":[],"Version":2012}`, "Version is 2012, want a string"},
		"Id":                   {`{"Statement":[],"Id":["a"]}`, `Id is ["a"], want a string`},
		"statement, no object": {`{"Statement":["a"]}`, "statement 1: is not a JSON object"},
		"statement null":       {`{"Statement":null}`, "statement 1: is not a JSON object"},
		"no Effect":            {with(`"Sid":"X","Action":"a:b"`), `statement 2 (Sid "X"): there is no Effect`},
		"element's case":       {with(`"effect":"Allow","Action":"a:b"`), "statement 2: there is no Effect"},
		"Effect":               {with(`"Effect":"allow","Action":"a:b"`), `statement 2: Effect is "allow", want Allow`},
		"no Action":            {with(`"Effect":"Allow","Actions":"a:b"`), "neither Action nor NotAction"},
		"both Actions":         {with(`"Effect":"Allow","Action":"a:b","NotAction":"a:b"`), "both Action and NotAction"},
		"both Resources": {
			with(`"Effect":"Allow","Action":"a:b","Resource":"*","NotResource":"*"`), "both Resource and NotResource",
		},
		"both Principals": {
			with(`"Effect":"Allow","Action":"a:b","Principal":"*","NotPrincipal":"*"`), "both Principal and NotPrincipal",
		},
		"Sid":             {with(`"Effect":"Allow","Action":"a:b","Sid":7`), "statement 2: Sid is 7, want a string"},
		"no action":       {with(`"Effect":"Allow","Action":[]`), "statement 2: Action is an empty list"},
		"action's type":   {with(`"Effect":"Allow","Action":["a:b",3]`), "Action has 3, want a string or a list of strings"},
		"resource's type": {with(`"Effect":"Allow","Action":"a:b","Resource":{"a":"b"}`), `Resource has {"a":"b"}`},
		"principal":       {with(`"Effect":"Allow","Action":"a:b","Principal":"me"`), `Principal is "me", want "*"`},
		"no principal":    {with(`"Effect":"Allow","Action":"a:b","Principal":{}`), `Principal is {}, want "*"`},
		"principal's names": {
			with(`"Effect":"Allow","Action":"a:b","Principal":{"AWS":[]}`), "Principal AWS is an empty list",
		},
		"condition":          {with(`"Effect":"Allow","Action":"a:b","Condition":"x"`), "Condition is not an object"},
		"condition operator": {with(`"Effect":"Allow","Action":"a:b","Condition":{"Bool":1}`), "operator Bool is not an object"},
		"condition value": {
			with(`"Effect":"Allow","Action":"a:b","Condition":{"Bool":{"aws:x":[null]}}`), "operator Bool, key aws:x has null",
		},
		"Sid twice": {
			`{"Statement":[{"Sid":"X","Effect":"Allow","Action":"a:b"},{"Effect":"Deny","Action":"a:b"},` +
				`{"Sid":"X","Effect":"Deny","Action":"a:b"}]}`, `statements 1 and 3 have the same Sid "X"`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc, err := awspolicy.Parse(test.text)
			if err == nil {
				t.Fatalf("accepted as %s", doc)
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want something with %q", err, test.want)
			}
		})
	}
}

func TestSplice(t *testing.T) {
	const old = `{"Sid":"SpinupOld","Effect":"Deny","Action":"s3:*"}`
	const variable = `{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::b/${x}"}`
	const nameless = `{"Effect":"Deny","Action":"s3:Put*"}`
	fresh := awspolicy.Statement{Sid: "SpinupNew", Effect: awspolicy.Allow, Action: []string{"s3:Get*"}}
	tests := map[string]struct {
		have  string
		owned []string
		add   []awspolicy.Statement
		want  string
	}{
		"ours replaced, theirs unchanged and first": {
			`{"Version":"2008-10-17","Id":"I","Statement":[` + old + `,` + foreign + `,` + nameless + `]}`,
			[]string{"SpinupOld", "SpinupNew"}, []awspolicy.Statement{fresh},
			`{"Version":"2012-10-17","Id":"I","Statement":[` + foreign + `,` + nameless + `,` + fresh.String() + `]}`,
		},
		"by content": {
			`{"Statement":[` + foreign + `,` + nameless + `]}`,
			[]string{awspolicy.Statement{Effect: awspolicy.Deny, Action: []string{"S3:PUT*"}}.Key()}, nil,
			`{"Version":"2012-10-17","Statement":[` + foreign + `]}`,
		},
		"of theirs nothing stays": {
			`{"Version":"2008-10-17","Statement":` + old + `}`, []string{"SpinupOld"}, []awspolicy.Statement{fresh},
			`{"Version":"2012-10-17","Statement":[` + fresh.String() + `]}`,
		},
		"their ${...} keeps its meaning": {
			`{"Version":"2008-10-17","Statement":[` + variable + `,` + old + `]}`, []string{"SpinupOld"}, nil,
			`{"Version":"2008-10-17","Statement":[` + variable + `]}`,
		},
		"no version has the old meaning": {
			`{"Statement":[` + variable + `]}`, nil, nil, `{"Statement":[` + variable + `]}`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			doc := parse(t, test.have)
			if diff := cmp.Diff(test.want, doc.Replace(test.owned, test.add).String()); diff != "" {
				t.Error(diff)
			}
			if parse(t, test.have).String() != doc.String() {
				t.Errorf("the document itself became %s", doc)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	doc := parse(t, `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Deny","Action":"x:y"},`+foreign+`]}`)
	if s, ok := doc.Find("A"); !ok || s.Effect != awspolicy.Deny {
		t.Errorf("A: found %v, %s", ok, s)
	}
	if s, ok := doc.Find("B"); ok {
		t.Errorf("B: found %s", s)
	}
	picked := doc.Select([]string{"B", "A"})
	if diff := cmp.Diff([]string{"A"}, picked.Keys()); diff != "" || picked.Version != doc.Version {
		t.Errorf("%s %s", picked, diff)
	}
	if picked.Empty() || !doc.Select(nil).Empty() {
		t.Error("Empty is wrong")
	}
}

func TestSplicePreservesTheirBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		theirs := rapid.SliceOfN(statementText(), 1, 5).Draw(t, "theirs")
		ours := awspolicy.Statement{Sid: "Spinup", Effect: awspolicy.Deny, Action: []string{"s3:*"}}
		all := append([]string{ours.String()}, theirs...)

		doc := read(t, `{"Statement":[`+strings.Join(all, " , ")+`]}`) // theirs may have a statement twice
		got := doc.Replace([]string{"Spinup"}, []awspolicy.Statement{ours}).String()
		want := `{"Version":"2012-10-17","Statement":[` + strings.Join(append(theirs, ours.String()), ",") + `]}`
		if got != want {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		if again := read(t, got).String(); again != got {
			t.Fatalf("written again:\n%s\nwant\n%s", again, got)
		}
	})
}

func TestLabel(t *testing.T) {
	doc := parse(t, `{"Statement":[{"Sid":"A","Effect":"Deny","Action":"x:y"},`+
		`{"Effect":"Allow","Action":["a:b","a:c"]},{"Effect":"Deny","NotAction":"a:d"}]}`)
	for i, want := range []string{"A", "Allow a:b, a:c (no Sid)", "Deny all but a:d (no Sid)"} {
		if got := doc.Statements[i].Label(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
