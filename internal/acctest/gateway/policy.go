package gateway

import (
	"fmt"
	"regexp"

	"github.com/spinup-dev/terraform-provider-spinup/internal/awspolicy"
)

// heldPolicy is the policy that calls are held to.
type heldPolicy struct {
	exact awspolicy.Document
	// pathless is the same without the IAM paths in its resources. Most IAM calls name a group or a user without its
	// path, so for them only the name can be compared.
	pathless awspolicy.Document
}

var iamPath = regexp.MustCompile(`(:iam::[^:"]*:(?:group|user|role)/)(?:[^"/]*/)+`)

// HoldTo refuses, with AWS's 403, each call that the policy document of an identity does not allow. A statement whose
// Condition or variable could matter to a call allows it nothing, because the gateway does not weigh conditions. Calls
// that need no permission pass. The second resource that a few calls read (the source of a copy) is not looked at. Of
// DeleteObjects, one key that may not be deleted refuses the whole, where AWS deletes the others.
func (g *Gateway) HoldTo(policy string) error {
	exact, err := awspolicy.Parse(policy)
	if err != nil {
		return fmt.Errorf("policy to hold to: %w", err)
	}
	pathless, err := awspolicy.Parse(iamPath.ReplaceAllString(policy, "$1"))
	if err != nil {
		return fmt.Errorf("policy to hold to, without paths: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = &heldPolicy{exact, pathless}
	return nil
}

// Release ends what HoldTo began.
func (g *Gateway) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.held = nil
}

// denied is the refusal of a call that the policy does not allow, nil when it does or there is none.
func (g *Gateway) denied(req *request) *apiError {
	g.mu.Lock()
	held := g.held
	g.mu.Unlock()
	if held == nil {
		return nil
	}
	document := held.exact
	if req.byName {
		document = held.pathless
	}
	resources := req.each
	if len(resources) == 0 {
		resources = []string{req.Resource}
	}
	for _, action := range req.Actions {
		for _, resource := range resources {
			allowed, err := awspolicy.Evaluate(document, action, resource)
			if allowed {
				continue
			}
			refused := accessDenied(req.Call, action)
			if err != nil {
				refused.message += fmt.Sprintf(" (%s)", err)
			}
			return &refused
		}
	}
	return nil
}
