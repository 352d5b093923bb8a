package awspolicy

import (
	"maps"
	"regexp"
	"slices"
)

// uniqueID is the id of a user or a role. IAM User Guide, "IAM identifiers", "Unique ID prefixes".
var uniqueID = regexp.MustCompile(`^A(IDA|ROA)[A-Z0-9]{12,}$`)

// Deleted are the statement's principals that no longer exist: in place of the ARN of a deleted user or role S3 shows
// its unique id, and it takes no document that has one (IAM User Guide, "AWS JSON policy elements: Principal").
func (s Statement) Deleted() []string {
	all := slices.Concat(s.Principal["AWS"], s.NotPrincipal["AWS"])
	return slices.DeleteFunc(all, func(name string) bool { return !uniqueID.MatchString(name) })
}

// RemainsOf reports whether the statement is what S3 shows of the other one after some of its principals were deleted.
func (s Statement) RemainsOf(t Statement) bool {
	if len(s.Deleted()) == 0 {
		return false
	}
	remains := func(have, was Principal) bool {
		left, before := have.normal()["AWS"], was.normal()["AWS"]
		return len(left) <= len(before) && !slices.ContainsFunc(left, func(name string) bool {
			return !uniqueID.MatchString(name) && !slices.Contains(before, name)
		})
	}
	return remains(s.Principal, t.Principal) && remains(s.NotPrincipal, t.NotPrincipal) &&
		s.withoutNames().Equal(t.withoutNames())
}

// withoutNames is the statement without the principals of IAM.
func (s Statement) withoutNames() Statement {
	without := func(p Principal) Principal {
		if p == nil {
			return nil
		}
		rest := maps.Clone(p)
		rest["AWS"] = nil
		return rest
	}
	s.Principal, s.NotPrincipal = without(s.Principal), without(s.NotPrincipal)
	return s
}
