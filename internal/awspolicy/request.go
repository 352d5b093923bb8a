package awspolicy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Request is a request that the policy of a resource is asked about.
type Request struct {
	Action   string
	Resource string
	// Keys are its condition keys in lower case, such as aws:sourceip. One that is not there is not in the request: one
	// through a VPC endpoint has no address, an anonymous one no principal.
	Keys map[string]string
}

// Denies reports whether a statement for everybody, of the policy of a resource, denies the request. What it does not
// know is an error, if it could matter.
func (d Document) Denies(r Request) (bool, error) {
	var undecided error
	for i, s := range d.Statements {
		if s.Effect != Deny || !s.onAction(r.Action) || !s.onResource(r.Resource) {
			continue
		}
		if !slices.Equal(s.Principal["AWS"], []string{"*"}) {
			undecided = fmt.Errorf("%s it is not for everybody", label(i, s.Sid))
			continue
		}
		holds, err := s.Condition.holds(r.Keys)
		if holds {
			return true, nil
		}
		if err != nil {
			undecided = fmt.Errorf("%s %w", label(i, s.Sid), err)
		}
	}
	return false, undecided
}

// holds reports whether all conditions hold for a request with these keys.
func (c Condition) holds(keys map[string]string) (bool, error) {
	for operator, wanted := range c {
		for key, values := range wanted {
			holds, err := compare(operator, values, keys, strings.ToLower(key))
			if !holds || err != nil {
				return false, err
			}
		}
	}
	return true, nil
}

// compare reports whether one condition holds. A negated operator holds for a request without the key, and any with
// IfExists does (IAM User Guide, "IAM JSON policy elements: Condition operators").
func compare(operator string, values Values, keys map[string]string, key string) (bool, error) {
	name, ifExists := strings.CutSuffix(operator, "IfExists")
	base := strings.Replace(name, "Not", "", 1)
	negated := base != name
	matches := map[string]func(value, got string) bool{
		"IpAddress": within, "StringEquals": func(value, got string) bool { return value == got },
		"StringLike": likeText, "ArnLike": likeARN, "ArnEquals": likeARN, "Bool": strings.EqualFold,
	}[base]
	if matches == nil {
		return false, fmt.Errorf("the operator %s is not known", operator)
	}
	got, there := keys[key]
	if !there {
		return negated || ifExists, nil
	}
	return slices.ContainsFunc(values, func(value string) bool { return matches(value, got) }) != negated, nil
}

// within reports whether the address is in the network.
func within(network, address string) bool {
	prefix, bad := netip.ParsePrefix(network)
	at, err := netip.ParseAddr(address)
	return bad == nil && err == nil && prefix.Contains(at)
}

func likeText(pattern, text string) bool { return match([]rune(pattern), []rune(text)) }

// likeARN compares the six parts of ARNs, each by itself.
func likeARN(pattern, arn string) bool {
	const parts = 6
	return slices.EqualFunc(strings.SplitN(pattern, ":", parts), strings.SplitN(arn, ":", parts), likeText)
}
