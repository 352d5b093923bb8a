package terraform

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// Change is what a plan does to one resource.
type Change struct {
	Actions []string
	Before  map[string]any
	After   map[string]any
	Unknown map[string]any `json:"after_unknown"`
}

// Changes reads a plan, as "terraform show -json" prints it: the change of each resource by its address.
func Changes(plan []byte) (map[string]Change, error) {
	var p struct {
		ResourceChanges []struct {
			Address string
			Change  Change
		} `json:"resource_changes"`
	}
	if err := json.Unmarshal(plan, &p); err != nil {
		return nil, fmt.Errorf("terraform show: %w", err)
	}
	changes := map[string]Change{}
	for _, r := range p.ResourceChanges {
		changes[r.Address] = r.Change
	}
	return changes, nil
}

// Attributes are the names of the top-level attributes that change, in alphabetical order. An attribute any part of
// which is not yet known counts.
func (c Change) Attributes() []string {
	names := map[string]bool{}
	for _, side := range []map[string]any{c.Before, c.After, c.Unknown} {
		for name := range side {
			if hasUnknown(c.Unknown[name]) || !reflect.DeepEqual(c.Before[name], c.After[name]) {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// hasUnknown reports whether a value of after_unknown marks anything: it mirrors the attribute's shape, with true at
// every place whose value is not yet known.
func hasUnknown(mark any) bool {
	switch mark := mark.(type) {
	case bool:
		return mark
	case []any:
		return slices.ContainsFunc(mark, hasUnknown)
	case map[string]any:
		return slices.ContainsFunc(slices.Collect(maps.Values(mark)), hasUnknown)
	}
	return false
}
