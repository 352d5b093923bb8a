package awspolicy

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Allows reports whether the document, as the only policy of an identity, certainly allows the action ("s3:GetObject")
// on the resource (an ARN). What [Evaluate] cannot decide is not allowed.
func Allows(doc Document, action, resource string) bool {
	allowed, err := Evaluate(doc, action, resource)
	return err == nil && allowed
}

// Evaluate reports whether the document, as the only policy of an identity, allows the action on the resource: a
// statement must allow it and none may deny it (IAM User Guide, "Policy evaluation logic"). A Condition or a variable
// such as ${aws:username} depends on the request, so a relevant statement with one is an error. So is a statement of
// another kind of policy, which names a principal or no resource.
func Evaluate(doc Document, action, resource string) (bool, error) {
	allowed := false
	var undecided error
	for i, s := range doc.Statements {
		if !s.onAction(action) {
			continue
		}
		if err := s.decidable(); err != nil {
			undecided = fmt.Errorf("%s %w", label(i, s.Sid), err)
			continue
		}
		if !s.onResource(resource) {
			continue
		}
		switch {
		case len(s.Condition) > 0:
			undecided = fmt.Errorf("%s its Condition depends on the request", label(i, s.Sid))
		case s.Effect == Deny:
			return false, nil
		default:
			allowed = true
		}
	}
	return allowed && undecided == nil, undecided
}

// decidable returns an error if the statement alone does not determine its resources for an identity.
func (s Statement) decidable() error {
	if s.Principal != nil || s.NotPrincipal != nil {
		return errors.New("it names a principal, so it does not belong in an identity's policy")
	}
	patterns := slices.Concat(s.Resource, s.NotResource)
	if len(patterns) == 0 {
		return errors.New("it names no resource, so it does not belong in an identity's policy")
	}
	if i := slices.IndexFunc(patterns, hasVariable); i >= 0 {
		return fmt.Errorf("the value of %q depends on the request", patterns[i])
	}
	return nil
}

// onAction reports whether the statement covers the action. Case does not count: s3:getobject is s3:GetObject.
func (s Statement) onAction(action string) bool {
	action = strings.ToLower(action)
	if s.NotAction != nil {
		return !anyMatch(lowerSet(s.NotAction), action)
	}
	return anyMatch(lowerSet(s.Action), action)
}

func (s Statement) onResource(resource string) bool {
	if s.NotResource != nil {
		return !anyMatch(s.NotResource, resource)
	}
	return anyMatch(s.Resource, resource)
}

func anyMatch(patterns []string, text string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match([]rune(p), []rune(text)) })
}

// match reports whether the text matches the pattern, in which * stands for any characters and ? for one. It returns to
// the last * only, so it takes at most len(pattern) * len(text) steps.
func match(pattern, text []rune) bool {
	p, t := 0, 0
	star, mark := -1, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(string(pattern[p:]), "*") == ""
}

// Public reports whether the statement allows something to everybody: to the principal "*" or to all but some, without
// a condition that limits it to fixed accounts, networks or organisations. These are S3's rules for what
// BlockPublicPolicy refuses (Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage", "The meaning of
// public").
func (s Statement) Public() bool {
	if s.Effect != Allow {
		return false
	}
	everyone := s.NotPrincipal != nil || slices.Contains(s.Principal["AWS"], "*")
	return everyone && !s.Condition.narrows()
}

// narrows reports whether one of the conditions, which must all hold, limits the statement to fixed values.
func (c Condition) narrows() bool {
	for operator, keys := range c {
		for key, values := range keys {
			key = strings.ToLower(key)
			if operator == "IpAddress" && key == "aws:sourceip" && !slices.ContainsFunc(values, wideRange) {
				return true
			}
			// Other operators, with ...IfExists and ForAllValues:, also hold for a request without the key.
			if slices.Contains(narrowingOperators(), strings.TrimPrefix(operator, "ForAnyValue:")) &&
				slices.Contains(narrowingKeys(), key) && !slices.ContainsFunc(values, wide) {
				return true
			}
		}
	}
	return false
}

func narrowingOperators() []string {
	return []string{"StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"}
}

func narrowingKeys() []string {
	return []string{
		"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:sourceaccount", "aws:sourcearn",
		"aws:sourceorgid", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
		"s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
	}
}

// wide reports whether a value stands for more than itself.
func wide(value string) bool { return strings.ContainsAny(value, "*?") || hasVariable(value) }

func hasVariable(value string) bool { return strings.Contains(value, "${") }

// wideRange reports whether S3 treats the range as the public internet: IPv4 wider than /8, IPv6 wider than /32.
func wideRange(value string) bool {
	if _, err := netip.ParseAddr(value); err == nil {
		return false
	}
	prefix, err := netip.ParsePrefix(value)
	if err != nil {
		return true
	}
	if prefix.Addr().Is4() {
		return prefix.Bits() < 8
	}
	return prefix.Bits() < 32
}
