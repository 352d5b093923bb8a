package awspolicy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// TestRead carries through what Parse refuses.
func TestRead(t *testing.T) {
	foreign := []string{
		`{"Sid":"X","Effect":"Allow","Action":"a:b"}`, `{"Sid":"X","Effect":"Deny","Action":"a:b"}`,
		`{"Effect":"Allow","Action":"a:b"}`, `{ "Effect":"Allow", "Action":"a:b"}`,
		`{"Sid":"N","Effect":"Perhaps","Action":"a:b"}`, `{"Sid":"B","Effect":"Allow","Action":"a:b","NotAction":"a:c"}`,
		`{"Sid":"K","Effect":"Allow","Action":"a:b","Condition":{"Bool":{"a":"1"},"Bool":{"b":"1"}}}`,
		`{"Sid":"P","Effect":"Allow","Action":"a:b","Principal":{"AWS":[]}}`, `"text"`, `5`,
	}
	text := `{"Version":"2030-01-01","Newer":{"a": 1},"Statement":[` + strings.Join(foreign, ",") + `]}`
	doc, err := awspolicy.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	ours := awspolicy.Statement{Sid: "Ours", Effect: awspolicy.Allow, Action: []string{"a:b"}}
	next := doc.Replace([]string{"Ours"}, []awspolicy.Statement{ours}).String()
	for _, element := range append(foreign, `"Version":"2030-01-01"`, `"Newer":{"a": 1}`) {
		if !strings.Contains(next, element) {
			t.Errorf("%s is lost or changed: %s", element, next)
		}
	}
	if again, err := awspolicy.Read(next); err != nil || len(again.Statements) != len(foreign)+1 {
		t.Errorf("%v: %s", err, again)
	}
	if !awspolicy.Equivalent(text, text+" ") {
		t.Error("the same text is not equivalent")
	}
}

// TestReplace_version: a ${...} of the user's keeps the meaning that it has in the Version of the user's document.
func TestReplace_version(t *testing.T) {
	const user = `{"Version":"2008-10-17","Statement":[{"Sid":"U","Effect":"Allow","Action":"a:b","Resource":"r/${x}"}]}`
	own, err := awspolicy.Parse(user)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		live, version string
		mixed         bool
	}{
		{`{"Version":"2012-10-17","Statement":[]}`, awspolicy.Version2008, false},
		{`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"a:b"}]}`, awspolicy.Version2008, false},
		{`{"Statement":[{"Effect":"Deny","Action":"a:b","Resource":"${y}"}]}`, "", false},
		{`{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"a:b","Resource":"${y}"}]}`, awspolicy.Version2012, true},
	} {
		live, err := awspolicy.Read(row.live)
		if err != nil {
			t.Fatal(err)
		}
		next := live.Replace([]string{"U"}, own.Statements)
		if next.Version != row.version || next.Mixed() != row.mixed {
			t.Errorf("%s: Version %q, mixed %t", row.live, next.Version, next.Mixed())
		}
		if !row.mixed && !awspolicy.Equivalent(next.Select([]string{"U"}).String(), user) {
			t.Errorf("%s: it became %s", row.live, next)
		}
	}
}

// FuzzRead: a round trip, with a statement put in and taken out, never loses or changes a foreign element.
func FuzzRead(f *testing.F) {
	f.Add(`{"Statement":[{"Sid":"A","Effect":"Allow","Action":"a:b"},{"Sid":"A","New":[1,{}]}],"More":1,"Id":"i"}`)
	f.Add(`{"Version":"2008-10-17","Statement":{"Effect":"Deny","NotAction":["a:b"],"Resource":"${x}"}}`)
	f.Add(`{"Version":"2012-10-17","Statement":[{"Sid":"Ours"},5,"x",null,[]]}`)
	ours := awspolicy.Statement{Sid: "Ours", Effect: awspolicy.Allow, Action: []string{"a:b"}}
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := awspolicy.Read(text)
		if err != nil {
			return
		}
		theirs := doc.Replace([]string{"Ours"}, nil)
		again, err := awspolicy.Read(theirs.Replace(nil, []awspolicy.Statement{ours}).String())
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		back := again.Replace([]string{"Ours"}, nil)
		if !slices.EqualFunc(theirs.Statements, back.Statements, func(a, b awspolicy.Statement) bool {
			return a.String() == b.String() && strings.Contains(text, a.String()) && a.Sid == b.Sid
		}) || !awspolicy.Equivalent(theirs.String(), back.String()) || theirs.Id != back.Id {
			t.Fatalf("%s became %s", theirs, back)
		}
	})
}
