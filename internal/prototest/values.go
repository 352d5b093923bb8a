package prototest

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are the attributes of an object, or the elements of a map: strings, bools, numbers, Values, []any for lists
// and sets (sets come back sorted), nil for null, and Unknown. An attribute that is left out is null.
type Values = map[string]any

// Unknown is a value that will be known only after apply.
type Unknown struct{}

// HasUnknown reports whether the value, or anything in it, is unknown.
func HasUnknown(v any) bool {
	switch v := v.(type) {
	case Unknown:
		return true
	case []any:
		return slices.ContainsFunc(v, HasUnknown)
	case Values:
		for _, one := range v {
			if HasUnknown(one) {
				return true
			}
		}
	}
	return false
}

// encode writes an object for the protocol; nil is null.
func (s *Server) encode(of tftypes.Type, v Values) *tfprotov6.DynamicValue {
	s.t.Helper()
	value := tftypes.NewValue(of, nil)
	if v != nil {
		value = s.value(of, v)
	}
	encoded, err := tfprotov6.NewDynamicValue(of, value)
	s.must(err)
	return &encoded
}

// decode reads an object; nil when it is null.
func (s *Server) decode(of tftypes.Type, encoded *tfprotov6.DynamicValue) Values {
	s.t.Helper()
	value, err := encoded.Unmarshal(of)
	s.must(err)
	object, _ := plain(value).(Values)
	return object
}

// value makes Terraform's value of a Go one. One that does not fit ends the test.
func (s *Server) value(of tftypes.Type, v any) tftypes.Value {
	s.t.Helper()
	switch given := v.(type) {
	case Unknown:
		v = tftypes.UnknownValue
	case []any:
		all := make([]tftypes.Value, len(given))
		for i, one := range given {
			all[i] = s.value(s.element(of, ""), one)
		}
		v = all
	case Values:
		all := map[string]tftypes.Value{}
		if object, ok := of.(tftypes.Object); ok {
			for name, attribute := range object.AttributeTypes {
				all[name] = tftypes.NewValue(attribute, nil)
			}
		}
		for name, one := range given {
			all[name] = s.value(s.element(of, name), one)
		}
		v = all
	}
	s.must(tftypes.ValidateValue(of, v))
	return tftypes.NewValue(of, v)
}

// element is the type of what is in a list, set, map or, by the name, an object.
func (s *Server) element(of tftypes.Type, name string) tftypes.Type {
	s.t.Helper()
	switch of := of.(type) {
	case tftypes.List:
		return of.ElementType
	case tftypes.Set:
		return of.ElementType
	case tftypes.Map:
		return of.ElementType
	case tftypes.Object:
		if attribute := of.AttributeTypes[name]; attribute != nil {
			return attribute
		}
	}
	s.t.Fatalf("nothing called %q is in %s", name, of)
	return nil
}

// plain makes a Go value of Terraform's.
func plain(v tftypes.Value) any {
	var (
		text   string
		flag   bool
		number big.Float
		object map[string]tftypes.Value
		list   []tftypes.Value
	)
	switch {
	case !v.IsKnown():
		return Unknown{}
	case v.IsNull():
		return nil
	case v.As(&text) == nil:
		return text
	case v.As(&flag) == nil:
		return flag
	case v.As(&number) == nil:
		float, _ := number.Float64()
		return float
	case v.As(&object) == nil:
		all := Values{}
		for name, one := range object {
			all[name] = plain(one)
		}
		return all
	}
	_ = v.As(&list) // nothing else is left
	all := []any{}
	for _, one := range list {
		all = append(all, plain(one))
	}
	if v.Type().Is(tftypes.Set{}) {
		sortSet(all)
	}
	return all
}

// sortSet gives the elements of a set an order, so that equal sets are equal lists.
func sortSet(elements []any) {
	slices.SortFunc(elements, func(x, y any) int { return cmp.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
}
