package awspolicy

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Equivalent reports whether AWS treats two documents the same. These do not differ:
//   - the order of statements and of values, and repeated ones
//   - one value, or a list of one
//   - the case of actions and condition keys
//   - "*" and {"AWS": "*"}, an account's id and its root user's ARN
//   - a number or a boolean, and its text
//   - the document's Id
//   - its Version, unless a statement has a variable such as ${aws:username}, the only thing that it decides (IAM User
//     Guide, "IAM JSON policy elements: Version")
//
// A changed Sid is a difference. So are two statements that together mean the same as another one. Texts that are not
// policies are equivalent only if they are equal.
func Equivalent(a, b string) bool {
	if a == b {
		return true
	}
	first, err := Read(a)
	if err != nil {
		return false
	}
	second, err := Read(b)
	if err != nil {
		return false
	}
	return first.normal() == second.normal()
}

// Equal reports whether AWS treats two statements the same, by the rules of [Equivalent].
func (s Statement) Equal(t Statement) bool { return s.normal() == t.normal() }

// Key identifies the statement in its document: the Sid, else "content:" and a hash of the normal form. AWS requires
// Sids to be unique in a document (IAM User Guide, "IAM JSON policy elements: Sid").
func (s Statement) Key() string {
	if s.Sid != "" {
		return s.Sid
	}
	sum := sha256.Sum256([]byte(s.normal()))
	return "content:" + hex.EncodeToString(sum[:16])
}

func (d Document) normal() string {
	texts := make([]string, len(d.Statements))
	for i, s := range d.Statements {
		texts[i] = s.normal()
	}
	for _, name := range slices.Sorted(maps.Keys(d.other)) {
		texts = append(texts, name+": "+compact(d.other[name]))
	}
	text := strings.Join(set(texts), "\n")
	if hasVariable(text) && d.Version == Version2012 {
		return "with variables\n" + text
	}
	return text
}

// normal is one text for all statements that AWS treats the same.
func (s Statement) normal() string {
	if s.unread {
		return "not known: " + compact(s.raw)
	}
	meaning := s.elements()
	if s.old && hasVariable(meaning) {
		return "plain text " + meaning
	}
	return meaning
}

func (s Statement) elements() string {
	text := marshal(Statement{
		Sid:          s.Sid,
		Effect:       s.Effect,
		Principal:    s.Principal.normal(),
		NotPrincipal: s.NotPrincipal.normal(),
		Action:       lowerSet(s.Action),
		NotAction:    lowerSet(s.NotAction),
		Resource:     set(s.Resource),
		NotResource:  set(s.NotResource),
		Condition:    s.Condition.normal(),
	})
	if len(s.other) == 0 {
		return string(text)
	}
	other := make(map[string]any, len(s.other))
	for name, raw := range s.other {
		other[name], _ = decode(raw) // Parse has checked that it is JSON
	}
	return string(text) + string(marshal(other))
}

// compact is JSON without white space.
func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if err := json.Compact(&b, raw); err != nil {
		return string(raw)
	}
	return b.String()
}

func (p Principal) normal() Principal {
	if p == nil {
		return nil
	}
	out := make(Principal, len(p))
	for kind, names := range p {
		out[kind] = set(names)
	}
	if names, ok := p["AWS"]; ok {
		out["AWS"] = set(mapped(names, account))
	}
	return out
}

// account shortens the ARN of an account's root user to the account's id. In a principal both mean the whole account,
// and S3 returns the ARN for an id (IAM User Guide, "AWS JSON policy elements: Principal").
func account(name string) string {
	if m := rootUser.FindStringSubmatch(name); m != nil {
		return m[1]
	}
	return name
}

var rootUser = regexp.MustCompile(`^arn:[^:]+:iam::([0-9]{12}):root$`)

// normal drops operators without keys and writes condition keys in lower case, because AWS ignores their case (IAM User
// Guide, "IAM JSON policy elements: Condition"). Operators stay as they are written.
func (c Condition) normal() Condition {
	out := Condition{}
	for operator, keys := range c {
		if len(keys) == 0 {
			continue
		}
		lower := make(map[string]Values, len(keys))
		same := make(map[string]Values, len(keys))
		for key, values := range keys {
			lower[strings.ToLower(key)] = set(values)
			same[key] = set(values)
		}
		out[operator] = lower
		if len(lower) < len(keys) { // AWS refuses keys that differ only in case, so they are not merged
			out[operator] = same
		}
	}
	return out
}

func lowerSet(texts []string) []string { return set(mapped(texts, strings.ToLower)) }

func mapped(texts []string, f func(string) string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = f(t)
	}
	return out
}

// set is the sorted list without repetitions.
func set(texts []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(texts)))
}
