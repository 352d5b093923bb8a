package gateway

import "time"

// Call is one request as the gateway saw it.
type Call struct {
	Service   string   // as IAM writes it: s3, iam, sts, ssm, secretsmanager, acm, cloudfront, route53
	Operation string   // AWS's name; "METHOD /path" where the gateway has none
	Actions   []string // the IAM actions AWS asks for; none for calls that everybody may make
	Resource  string   // the ARN they are asked for, "*" for calls that are about none
	Mutating  bool     // whether it changes what is stored

	AccessKey    string // who signed it; empty for an unsigned request
	InvocationID string // the SDK's id of the call: the same for each time it is sent
	Attempt      int    // 1 when it is sent first; 0 when the client does not say

	Status int    // the HTTP status of the answer; 0 while there is none, and for a connection lost before the call
	Fault  string // the rule, "policy" or "refused: ..." that made the answer; empty for the emulator's own
}

// Name is "service:Operation", the key of Counts.
func (c Call) Name() string { return c.Service + ":" + c.Operation }

// Calls are all calls since the start or the last Reset, in the order in which they came in.
func (g *Gateway) Calls() []Call {
	g.mu.Lock()
	defer g.mu.Unlock()
	calls := make([]Call, len(g.calls))
	for i, call := range g.calls {
		calls[i] = *call
	}
	return calls
}

// Counts says how often each "service:Operation" was called.
func (g *Gateway) Counts() map[string]int {
	counts := map[string]int{}
	for _, call := range g.Calls() {
		counts[call.Name()]++
	}
	return counts
}

// Total is the number of calls.
func (g *Gateway) Total() int { return len(g.Calls()) }

// Mutations is the number of calls that change what is stored, whatever became of them.
func (g *Gateway) Mutations() int {
	count := 0
	for _, call := range g.Calls() {
		if call.Mutating {
			count++
		}
	}
	return count
}

// Reset forgets the calls recorded so far. Rules, latency, policy and what Stale replays stay.
func (g *Gateway) Reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls = nil
}

// past is what reads were answered, for Stale. Time is counted in changes of what is stored.
type past struct {
	epoch   int
	changed time.Time // when the latest change was done
	answers map[string]history
}

// history is the newest answer to one read and the newest from before a change.
type history struct{ last, earlier *dated }

type dated struct {
	epoch  int
	answer answer
}

// remember keeps the emulator's answer to a read, and counts a change.
func (g *Gateway) remember(req *request, given answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case req.Mutating && given.status < 300:
		g.past.epoch++
		g.past.changed = time.Now()
	case !req.Mutating && given.status < 500:
		g.past.add(req.readKey(), dated{req.epoch, given})
	}
}

func (p *past) add(key string, seen dated) {
	h := p.answers[key]
	switch {
	case h.last != nil && seen.epoch < h.last.epoch:
		return // overtaken by a read that began later
	case h.last != nil && seen.epoch > h.last.epoch:
		h.earlier = h.last
	}
	h.last = &seen
	p.answers[key] = h
}

// stale is the answer that was current before the latest change, nil when none is known or the change is longer ago
// than lag, unless that is 0.
func (p *past) stale(key string, lag time.Duration) *answer {
	h := p.answers[key]
	switch {
	case lag > 0 && time.Since(p.changed) > lag:
		return nil
	case h.last != nil && h.last.epoch < p.epoch:
		return &h.last.answer
	case h.earlier != nil:
		return &h.earlier.answer
	}
	return nil
}
