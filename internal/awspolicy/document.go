// Package awspolicy reads, writes, compares, splices and evaluates AWS policy documents: the JSON policy language of
// IAM and of S3 bucket policies. It imports the standard library only, neither the AWS SDK nor Terraform.
//
// All comparisons use one normal form: [Statement.Key] hashes it, [Statement.Equal] and [Equivalent] compare it. A
// parsed statement keeps the bytes it was read from, so statements of others survive reading, splicing and writing
// unchanged.
package awspolicy

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Versions of the policy language. A document without one has the old version, in which policy variables such as
// ${aws:username} are plain text (IAM User Guide, "IAM JSON policy elements: Version").
const (
	Version2012 = "2012-10-17"
	Version2008 = "2008-10-17"
)

// Effects of a statement. They are case-sensitive (IAM User Guide, "IAM JSON policy elements: Effect").
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Document is a policy document. Version is empty if a parsed document has none.
type Document struct {
	Version    string
	Id         string
	Statements []Statement

	other map[string]json.RawMessage // elements unknown to this package, of a document that was read
}

// Statement is one statement of a document. To make one, set the exported fields. The fields of a parsed statement are
// for reading only: it is written back as the bytes it came from.
type Statement struct {
	Sid          string    `json:",omitempty"`
	Effect       string    // Allow or Deny
	Principal    Principal `json:",omitempty"`
	NotPrincipal Principal `json:",omitempty"`
	Action       []string  `json:",omitempty"`
	NotAction    []string  `json:",omitempty"`
	Resource     []string  `json:",omitempty"`
	NotResource  []string  `json:",omitempty"`
	Condition    Condition `json:",omitempty"`

	raw   json.RawMessage            // as parsed; nil for a new statement
	other map[string]json.RawMessage // parsed elements unknown to this package

	old    bool // of a document of the old version
	unread bool // in a form that this package does not know: raw is all that is known of it, but for the Sid
}

// Principal holds the principals by their type: AWS, Service, Federated or CanonicalUser.
type Principal map[string][]string

// Everyone is the principal "*": every identity, and anonymous requests.
func Everyone() Principal { return Principal{"AWS": {"*"}} }

// MarshalJSON writes everyone as "*" and other principals as a map of lists.
func (p Principal) MarshalJSON() ([]byte, error) {
	if len(p) == 1 && slices.Equal(p["AWS"], []string{"*"}) {
		return []byte(`"*"`), nil
	}
	return marshal(map[string][]string(p)), nil
}

// Condition holds values by operator (StringEquals, Bool, ...) and condition key.
type Condition map[string]map[string]Values

// Values are the values of one condition key, one of which must match.
type Values []string

// MarshalJSON writes a single value without a list, as AWS's documentation does.
func (v Values) MarshalJSON() ([]byte, error) {
	if len(v) == 1 {
		return marshal(v[0]), nil
	}
	return marshal([]string(v)), nil
}

// New returns a document of the current version with these statements.
func New(statements ...Statement) Document {
	return Document{Version: Version2012, Statements: statements}
}

// String is the document as JSON without white space between its elements: Version, Id, and the statements, each as
// [Statement.String] writes it. It is deterministic.
func (d Document) String() string {
	head := marshal(struct {
		Version string `json:",omitempty"`
		Id      string `json:",omitempty"`
	}{d.Version, d.Id})
	for _, name := range slices.Sorted(maps.Keys(d.other)) {
		more := append(append([]byte(`,`+string(marshal(name))+`:`), d.other[name]...), '}')
		head = append(bytes.TrimSuffix(head, []byte(`}`)), more...)
		head = bytes.Replace(head, []byte(`{,`), []byte(`{`), 1)
	}

	texts := make([]string, len(d.Statements))
	for i, s := range d.Statements {
		texts[i] = s.String()
	}
	body := `"Statement":[` + strings.Join(texts, ",") + `]}`
	if len(head) == len(`{}`) {
		return `{` + body
	}
	return strings.TrimSuffix(string(head), `}`) + `,` + body
}

// String is the statement as JSON. A parsed one is byte for byte as it was read. A new one has its elements in a fixed
// order, and its actions, resources and principals as lists in the given order.
func (s Statement) String() string {
	if s.raw != nil {
		return string(s.raw)
	}
	return string(marshal(s))
}

// Label names the statement in messages: its Sid, or its effect and actions.
func (s Statement) Label() string {
	if s.Sid != "" {
		return s.Sid
	}
	if s.unread {
		return "a statement in a form that is not known (no Sid)"
	}
	what := strings.Join(s.Action, ", ")
	if s.NotAction != nil {
		what = "all but " + strings.Join(s.NotAction, ", ")
	}
	return s.Effect + " " + what + " (no Sid)"
}

// Empty reports whether the document has no statements. AWS refuses such a document: delete the policy instead.
func (d Document) Empty() bool { return len(d.Statements) == 0 }

// Find returns the statement with this key.
func (d Document) Find(key string) (Statement, bool) {
	i := slices.IndexFunc(d.Statements, func(s Statement) bool { return s.Key() == key })
	if i < 0 {
		return Statement{}, false
	}
	return d.Statements[i], true
}

// Keys returns the keys of the statements, in their order.
func (d Document) Keys() []string {
	keys := make([]string, len(d.Statements))
	for i, s := range d.Statements {
		keys[i] = s.Key()
	}
	return keys
}

// Elements are the statements, each of which has one owner.
func (d Document) Elements() []Statement { return d.Statements }

// Select returns the document with only the statements of these keys, in the document's order.
func (d Document) Select(keys []string) Document {
	return d.filter(func(s Statement) bool { return slices.Contains(keys, s.Key()) })
}

// Replace returns the document without the statements of the owned keys, and with add after those that stay. It does
// not change the receiver. The result has the current version, unless a statement has a ${...} that is plain text in
// the old version, which it came from; see [Document.Mixed].
func (d Document) Replace(owned []string, add []Statement) Document {
	out := d.filter(func(s Statement) bool { return !slices.Contains(owned, s.Key()) })
	older := d.Version == "" || d.Version == Version2008
	stays := slices.ContainsFunc(out.Statements, Statement.variable)
	out.Statements = append(out.Statements, add...)
	switch {
	case stays:
	case slices.ContainsFunc(add, func(s Statement) bool { return s.old && s.variable() }):
		out.Version = Version2008
	case older:
		out.Version = Version2012
	}
	return out
}

// Mixed reports whether statements have a ${...} that is a variable in one version of the policy language, and others
// one that is plain text in the other: no document can hold both.
func (d Document) Mixed() bool {
	older := d.Version == "" || d.Version == Version2008
	return slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.variable() && s.old != older })
}

func (s Statement) variable() bool { return hasVariable(s.String()) }

func (d Document) filter(keep func(Statement) bool) Document {
	out := Document{Version: d.Version, Id: d.Id, other: d.other}
	for _, s := range d.Statements {
		if keep(s) {
			out.Statements = append(out.Statements, s)
		}
	}
	return out
}

// marshal writes JSON without json.Marshal's HTML escapes of <, > and &: people read these documents in plans, and
// conditions have such characters. The values are strings, lists and maps, so it cannot fail.
func marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
