package awspolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Parse reads a policy document in every form that AWS accepts: one statement or a list, one value or a list, elements
// in any order. An error has the line and column of a syntax error, else the number and the Sid of the statement.
// Elements of a statement that the policy language does not have are kept, not refused.
func Parse(text string) (Document, error) {
	d, err := read(text, true)
	if err != nil {
		return Document{}, err
	}
	return d, d.unique()
}

// Read reads a live document, which somebody else may have written. What Parse refuses is carried through: statements
// of one Sid, and elements and statements in forms that this package does not know.
func Read(text string) (Document, error) { return read(text, false) }

func read(text string, strict bool) (Document, error) {
	if err := syntax([]byte(text)); err != nil {
		return Document{}, err
	}
	if key := repeated(json.NewDecoder(strings.NewReader(text))); strict && key != "" {
		return Document{}, fmt.Errorf("the document has an object with the element %q twice", key)
	}
	elements, err := object([]byte(text))
	if err != nil {
		return Document{}, fmt.Errorf("the document %w", err)
	}
	if _, ok := elements["Statement"]; !ok {
		return Document{}, errors.New("the document has no Statement")
	}
	var d Document
	for _, name := range slices.Sorted(maps.Keys(elements)) {
		if err := d.set(name, elements[name], strict); err != nil {
			return Document{}, err
		}
	}
	for i := range d.Statements {
		d.Statements[i].old = d.Version == "" || d.Version == Version2008
	}
	return d, nil
}

// repeated is a name that an object of the text, which is valid, has twice; empty for none.
func repeated(dec *json.Decoder) string {
	token, _ := dec.Token()
	seen := map[string]bool{}
	for dec.More() {
		if token == json.Delim('{') {
			key, _ := dec.Token()
			name := fmt.Sprint(key)
			if seen[name] {
				return name
			}
			seen[name] = true
		}
		if inner := repeated(dec); inner != "" {
			return inner
		}
	}
	if token == json.Delim('{') || token == json.Delim('[') {
		_, _ = dec.Token() // its end
	}
	return ""
}

// unique returns an error if two statements have the same Sid, or are the same: AWS takes one of them only.
func (d Document) unique() error {
	seen := map[string]int{}
	for i, s := range d.Statements {
		first, twice := seen[s.Key()]
		switch {
		case twice && s.Sid != "":
			return fmt.Errorf("statements %d and %d have the same Sid %q", first+1, i+1, s.Sid)
		case twice:
			return fmt.Errorf("statements %d and %d are the same", first+1, i+1)
		}
		seen[s.Key()] = i
	}
	return nil
}

// syntax returns an error with the place where the text is not JSON. It checks the whole text, so later reads need not.
func syntax(text []byte) error {
	if len(bytes.TrimSpace(text)) == 0 {
		return errors.New("the text is empty, want a JSON object")
	}
	var value json.RawMessage
	if wrong, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(text, &value)); ok {
		before := text[:wrong.Offset]
		line := bytes.Count(before, []byte("\n")) + 1
		column := len(before) - (bytes.LastIndexByte(before, '\n') + 1)
		return fmt.Errorf("the text is not JSON: line %d, column %d: %w", line, column, wrong)
	}
	return nil
}

func (d *Document) set(name string, raw json.RawMessage, strict bool) (err error) {
	switch name {
	case "Version":
		d.Version, err = version(raw, strict)
	case "Id":
		d.Id, err = text(raw)
	case "Statement":
		d.Statements, err = statements(raw, strict)
		return err
	default:
		if !strict {
			if d.other == nil {
				d.other = map[string]json.RawMessage{}
			}
			d.other[name] = raw
			return nil
		}
		return fmt.Errorf("the document has the element %q, want only Version, Id and Statement", name)
	}
	if err != nil {
		return fmt.Errorf("%s %w", name, err)
	}
	return nil
}

func version(raw json.RawMessage, strict bool) (string, error) {
	v, err := text(raw)
	if err != nil {
		return "", err
	}
	if strict && v != Version2012 && v != Version2008 {
		return "", fmt.Errorf("is %q, want %q or the older %q", v, Version2012, Version2008)
	}
	return v, nil
}

func statements(raw json.RawMessage, strict bool) ([]Statement, error) {
	list := []json.RawMessage{raw}
	if bytes.HasPrefix(raw, []byte("[")) {
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("Statement: %w", err)
		}
	}
	var out []Statement
	for i, item := range list {
		s, err := statement(item)
		switch {
		case err != nil && strict:
			return nil, fmt.Errorf("%s %w", label(i, s.Sid), err)
		case err != nil:
			s = Statement{Sid: s.Sid, raw: item, unread: true}
		}
		out = append(out, s)
	}
	return out, nil
}

func label(i int, sid string) string {
	if sid == "" {
		return fmt.Sprintf("statement %d:", i+1)
	}
	return fmt.Sprintf("statement %d (Sid %q):", i+1, sid)
}

// statement reads one statement. With an error, the result still has the Sid, if there is one, to name it.
func statement(raw json.RawMessage) (Statement, error) {
	elements, err := object(raw)
	if err != nil {
		return Statement{}, err
	}
	s := Statement{raw: raw}
	if sid, ok := elements["Sid"]; ok {
		if s.Sid, err = text(sid); err != nil {
			return s, fmt.Errorf("Sid %w", err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(elements)) {
		if err := s.set(name, elements[name]); err != nil {
			return s, fmt.Errorf("%s %w", name, err)
		}
	}
	return s, s.check()
}

func (s *Statement) set(name string, raw json.RawMessage) (err error) {
	switch name {
	case "Sid": // read before, to name the statement in errors
	case "Effect":
		s.Effect, err = text(raw)
	case "Principal":
		s.Principal, err = principal(raw)
	case "NotPrincipal":
		s.NotPrincipal, err = principal(raw)
	case "Action":
		s.Action, err = texts(raw)
	case "NotAction":
		s.NotAction, err = texts(raw)
	case "Resource":
		s.Resource, err = texts(raw)
	case "NotResource":
		s.NotResource, err = texts(raw)
	case "Condition":
		s.Condition, err = condition(raw)
	default:
		if s.other == nil {
			s.other = map[string]json.RawMessage{}
		}
		s.other[name] = raw
	}
	return err
}

// check holds a statement to the part of the grammar (IAM User Guide, "Grammar of the IAM JSON policy language") that
// identity, bucket and trust policies share: the first have no principal, the last no resource.
func (s *Statement) check() error {
	switch {
	case s.Effect == "":
		return errors.New("there is no Effect, want Allow or Deny")
	case s.Effect != Allow && s.Effect != Deny:
		return fmt.Errorf("Effect is %q, want Allow or Deny", s.Effect)
	case s.Action == nil && s.NotAction == nil:
		return errors.New("there is neither Action nor NotAction")
	case s.Action != nil && s.NotAction != nil:
		return errors.New("there are both Action and NotAction")
	case s.Resource != nil && s.NotResource != nil:
		return errors.New("there are both Resource and NotResource")
	case s.Principal != nil && s.NotPrincipal != nil:
		return errors.New("there are both Principal and NotPrincipal")
	}
	return nil
}

func principal(raw json.RawMessage) (Principal, error) {
	if string(raw) == `"*"` {
		return Everyone(), nil
	}
	kinds, err := object(raw)
	if err != nil || len(kinds) == 0 {
		return nil, fmt.Errorf(`is %s, want "*" or an object such as {"AWS": "..."}`, raw)
	}
	p := Principal{}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		if p[kind], err = texts(kinds[kind]); err != nil {
			return nil, fmt.Errorf("%s %w", kind, err)
		}
	}
	return p, nil
}

func condition(raw json.RawMessage) (Condition, error) {
	operators, err := object(raw)
	if err != nil {
		return nil, errors.New("is not an object of operators")
	}
	c := Condition{}
	for _, operator := range slices.Sorted(maps.Keys(operators)) {
		keys, err := object(operators[operator])
		if err != nil {
			return nil, fmt.Errorf("operator %s is not an object of condition keys", operator)
		}
		c[operator] = map[string]Values{}
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if c[operator][key], err = scalars(keys[key]); err != nil {
				return nil, fmt.Errorf("operator %s, key %s %w", operator, key, err)
			}
		}
	}
	return c, nil
}

// object reads an object's elements. Their names are case-sensitive, unlike those of a Go struct.
func object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	var elements map[string]json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil || elements == nil {
		return nil, errors.New("is not a JSON object")
	}
	return elements, nil
}

func text(raw json.RawMessage) (string, error) {
	value, err := decode(raw)
	if err != nil {
		return "", err
	}
	s, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("is %s, want a string", raw)
	}
	return s, nil
}

// texts reads a string or a list of at least one string.
func texts(raw json.RawMessage) ([]string, error) {
	list, err := items(raw)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, errors.New("is an empty list")
	}
	out := make([]string, len(list))
	for i, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil, fmt.Errorf("has %s, want a string or a list of strings", marshal(item))
		}
		out[i] = text
	}
	return out, nil
}

// scalars reads the values of a condition key. AWS takes numbers and booleans as their text.
func scalars(raw json.RawMessage) ([]string, error) {
	list, err := items(raw)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i, item := range list {
		switch item.(type) {
		case string, bool, json.Number:
			out[i] = fmt.Sprint(item)
		default:
			return nil, fmt.Errorf("has %s, want a string, a number, a boolean or a list of them", marshal(item))
		}
	}
	return out, nil
}

// items reads a value or a list of values as a list.
func items(raw json.RawMessage) ([]any, error) {
	value, err := decode(raw)
	if err != nil {
		return nil, err
	}
	if list, ok := value.([]any); ok {
		return list, nil
	}
	return []any{value}, nil
}

// decode reads any value and keeps numbers as they are written.
func decode(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	err := dec.Decode(&value)
	return value, err
}
