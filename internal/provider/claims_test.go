package provider

import (
	"slices"
	"testing"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awsclient"
)

// unclaimed are the parts that have no Claim, by their attribute.
func (c *envelope[M, S, O, P]) unclaimed() map[string]int {
	all := map[string]int{}
	for _, part := range c.build(&awsclient.Conn{}).Parts {
		if part.Claim == nil {
			all[part.Attribute]++
		}
	}
	return all
}

// Reasons why nothing of others can stand in the place of a part, or why it is no harm.
const (
	isRoot    = "a root that exists is refused by every create"
	isSetting = "a setting of the root, which is claimed with it"
	isShown   = "what others set shows in the plan before it is changed; ignore_tags leaves it alone"
	hasID     = "AWS names it, and only ids that state knows are touched"
	isAsked   = "CanApply refuses what is of others, one by one"
	isOnce    = "made only where there is nothing"
	isNamed   = "only what the manifest names is touched"
	isSeen    = "only an object whose ETag state knows is touched"

	isProbed   = "it looks whether the run is let in, and puts back what stood under our own Sids"
	isMarked   = "what is there is used, and only what bears the mark is changed or removed"
	isNoObject = "an invalidation takes nobody's place"
)

// excused are parts of one attribute that need no Claim.
type excused struct {
	parts  int // so many
	reason string
}

// unclaimedParts are the parts that need no Claim, by resource and attribute.
func unclaimedParts() map[string]map[string]excused {
	return map[string]map[string]excused{
		"spinup_bucket": {
			"name": {1, isRoot}, "owner": {1, isSetting}, "object_ownership": {1, isSetting}, "public_access": {1, isSetting},
			"encryption": {1, isSetting}, "versioning": {1, isSetting}, "access_log": {1, isSetting}, "tags": {1, isShown},
			"object_lock": {1, isSetting},
			"ip_access":   {1, isProbed},
		},
		"spinup_bucket_role": {
			"permissions_boundary": {1, isSetting}, "tags": {1, isShown}, "max_session_duration": {1, isSetting},
			"trust": {1, isSetting}, "access": {1, isSetting}, "oidc_provider": {1, isMarked},
		},
		"spinup_bucket_user": {
			"permissions_boundary": {1, isSetting}, "tags": {1, isShown}, "access": {1, isSetting},
			"access_key": {1, hasID},
		},
		"spinup_directory": {"prefix": {1, isSetting}, "keep_removed": {1, isNamed}, "invalidate": {1, isNoObject}},
		"spinup_gateway_user": {
			"access_key": {1, isRoot}, "role": {1, isSetting}, "secret": {1, isSetting}, "secret_wo": {1, isSetting},
		},
		"spinup_lifecycle_rule": {"name": {1, isRoot}},
		"spinup_object":         {"key": {2, isSeen}, "tags": {1, isShown}},
		"spinup_website": {
			"bucket_name": {1, isRoot}, "encryption": {1, isSetting}, "versioning": {1, isSetting},
			"access_log": {1, isSetting}, "tags": {1, isShown}, "certificate_arn": {2, hasID}, "origin_access": {3, isSetting},
			"ip_access": {1, isProbed}, "placeholder": {1, isOnce}, "dns_records": {2, isAsked}, "invalidation": {1, hasID},
		},
	}
}

// TestContract_claims: every part of every composite refuses what others put in its place, or there is a reason why it
// need not. The parts are those of the engine's own tables, so that a new one cannot be forgotten.
func TestContract_claims(t *testing.T) {
	known := unclaimedParts()
	for name, r := range everything(t).resources {
		unclaimed := r.(interface{ unclaimed() map[string]int }).unclaimed()
		for attribute, n := range unclaimed {
			if row := known[name][attribute]; n != row.parts || row.reason == "" {
				t.Errorf("%s: %d parts of %s have no Claim, and %d are known to need none: what makes them ours?",
					name, n, attribute, row.parts)
			}
		}
		for attribute := range known[name] {
			if unclaimed[attribute] == 0 {
				t.Errorf("%s: all parts of %s have a Claim, so it needs no excuse", name, attribute)
			}
		}
	}
}

// ClaimedParts are the attributes whose parts refuse what others have put in their place, by resource. They are those of
// the engine's own tables.
func ClaimedParts(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for name, r := range everything(t).resources {
		all[name] = r.(interface{ claimed() []string }).claimed()
		for attribute, row := range unclaimedParts()[name] {
			if row.reason == isAsked {
				all[name] = append(all[name], attribute)
			}
		}
		slices.Sort(all[name])
		all[name] = slices.Compact(all[name])
	}
	return all
}

// claimed are the attributes of the parts that have a Claim.
func (c *envelope[M, S, O, P]) claimed() (all []string) {
	for _, part := range c.build(&awsclient.Conn{}).Parts {
		if part.Claim != nil {
			all = append(all, part.Attribute)
		}
	}
	return all
}
