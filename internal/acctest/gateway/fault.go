package gateway

import (
	"encoding/json"
	"encoding/xml"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Rule makes calls go wrong. Of several rules that match a call the one injected first is used.
type Rule struct {
	// Name is what Call.Fault says; the fault's own name when empty.
	Name string
	// Match picks the calls; nil means all. It is asked once for each request, one request at a time, and must not call
	// the gateway. It may count: make a new one for each rule.
	Match func(Call) bool
	Fault Fault
	// Times is how many requests the rule spoils before it is used up; 0 means all.
	Times int
}

type activeRule struct {
	Rule
	fired int
}

// Inject adds a rule and returns what takes it away again.
func (g *Gateway) Inject(rule Rule) (remove func()) {
	if rule.Name == "" {
		rule.Name = rule.Fault.name
	}
	active := &activeRule{Rule: rule}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = append(g.rules, active)
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.rules = slices.DeleteFunc(g.rules, func(r *activeRule) bool { return r == active })
	}
}

// applied is a fault as it meets one call.
type applied struct {
	Fault
	name   string
	replay *answer
}

// choose picks the fault for a request. Every rule is asked, so that those which count see every call. The caller holds
// the lock.
func (g *Gateway) choose(req *request) applied {
	var chosen applied
	found := false
	for _, rule := range g.rules {
		matches := rule.Match == nil || rule.Match(req.Call)
		if !matches || found || rule.Times > 0 && rule.fired == rule.Times {
			continue
		}
		var replay *answer
		if rule.Fault.stale {
			if replay = g.past.stale(req.readKey(), rule.Fault.lag); replay == nil {
				continue // nothing older to show: the call goes through and the rule stays armed
			}
		}
		rule.fired++
		found = true
		chosen = applied{Fault: rule.Fault, name: rule.Name, replay: replay}
	}
	return chosen
}

// Op matches calls of the operations named "service:Operation".
func Op(names ...string) func(Call) bool {
	return func(c Call) bool { return slices.Contains(names, c.Name()) }
}

// Mutation matches the calls that change what is stored.
func Mutation() func(Call) bool { return func(c Call) bool { return c.Mutating } }

// Read matches the calls that change nothing.
func Read() func(Call) bool { return func(c Call) bool { return !c.Mutating } }

// Nth matches the n-th (from 1) of the calls that match, counted from when the rule is injected. A call the SDK sends
// again is still the same call, so each of its attempts matches.
func Nth(n int, match func(Call) bool) func(Call) bool {
	count, seen := 0, map[string]int{}
	return func(c Call) bool {
		if !match(c) {
			return false
		}
		if c.InvocationID == "" || seen[c.InvocationID] == 0 {
			count++
			seen[c.InvocationID] = count
		}
		return seen[c.InvocationID] == n
	}
}

// Fraction matches a share (0 to 1) of all requests, by chance. The same seed gives the same sequence.
func Fraction(share float64, seed uint64) func(Call) bool {
	chance := rand.New(rand.NewPCG(seed, 0))
	return func(Call) bool { return chance.Float64() < share }
}

// Fault is what goes wrong with a call.
type Fault struct {
	name         string
	instead      func(Call) apiError // the answer in place of the emulator's
	reset        moment
	fallsThrough bool // the sub-resource is not known
	stale        bool
	lag          time.Duration // of stale; 0 for any
}

type moment int

const (
	never moment = iota
	before
	after
)

// Forbidden refuses the call for want of a permission. The error names the first action it needs and the resource.
func Forbidden() Fault {
	return Fault{name: "Forbidden", instead: func(c Call) apiError {
		action := c.Name()
		if len(c.Actions) > 0 {
			action = c.Actions[0]
		}
		return accessDenied(c, action)
	}}
}

// Throttled refuses the call because there are too many; the SDK waits and sends it again.
func Throttled() Fault {
	return perDialect("Throttled", map[dialect]apiError{
		bareXML: {http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."},
		xmlBody: {http.StatusBadRequest, "Throttling", "Rate exceeded"},
		json11:  {http.StatusBadRequest, "ThrottlingException", "Rate exceeded"},
	})
}

// Internal is the service's own failure; the SDK sends the call again.
func Internal() Fault {
	const message = "We encountered an internal error. Please try again."
	return perDialect("Internal", map[dialect]apiError{
		bareXML: {http.StatusInternalServerError, "InternalError", message},
		xmlBody: {http.StatusInternalServerError, "InternalFailure", message},
		json11:  {http.StatusInternalServerError, "InternalServerError", message},
	})
}

// Answer is any error: an HTTP status, AWS's code for it, and a message.
func Answer(status int, code, message string) Fault {
	return Fault{name: code, instead: func(Call) apiError { return apiError{status, code, message} }}
}

// ResetBefore breaks the connection; the emulator never hears of the call. (For a read on a connection used before,
// net/http itself sends the request a second time, which is another request here.)
func ResetBefore() Fault { return Fault{name: "ResetBefore", reset: before} }

// ResetAfter breaks the connection when the emulator has done its work: the answer is lost.
func ResetAfter() Fault { return Fault{name: "ResetAfter", reset: after} }

// Stale answers a read with what the same read was answered before the latest change went through the gateway. A read
// with no such answer goes to the emulator.
func Stale() Fault { return Fault{name: "Stale", stale: true} }

// Lagging is Stale for some time after a change. Later reads go to the emulator.
func Lagging(lag time.Duration) Fault { return Fault{name: "Stale", stale: true, lag: lag} }

func perDialect(name string, errors map[dialect]apiError) Fault {
	return Fault{name: name, instead: func(c Call) apiError { return errors[dialectOf(c.Service)] }}
}

// dialect is how a service writes an error.
type dialect int

const (
	bareXML dialect = iota // S3 and the Admin API of VersityGW: the Error element alone
	xmlBody                // the query protocol and the other REST services: Error within ErrorResponse
	json11                 // the JSON protocol
)

func dialectOf(service string) dialect {
	switch service {
	case "s3", "admin":
		return bareXML
	case "ssm", "secretsmanager", "acm":
		return json11
	}
	return xmlBody
}

// apiError is an error in AWS's terms.
type apiError struct {
	status        int
	code, message string
}

func (e apiError) Error() string { return e.code + ": " + e.message }

// accessDenied is the answer to a call that wants a permission.
func accessDenied(c Call, action string) apiError {
	refused := apiError{
		http.StatusForbidden, "AccessDenied",
		"User is not authorized to perform: " + action + " on resource: " + c.Resource,
	}
	if dialectOf(c.Service) == json11 {
		// https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html
		refused.status, refused.code = http.StatusBadRequest, "AccessDeniedException"
	}
	return refused
}

// requestID marks an answer as made here; the emulators' are of another form.
const requestID = "GATEWAY000000000"

// made puts an error into the words of the call's service.
func made(c Call, fault string, e apiError) answer {
	type detail struct {
		Type, Code, Message string
	}
	var body []byte
	contentType := "application/xml"
	kind := "Sender"
	if e.status >= http.StatusInternalServerError {
		kind = "Receiver"
	}
	switch dialectOf(c.Service) {
	case bareXML:
		body, _ = xml.Marshal(struct {
			XMLName                  xml.Name `xml:"Error"`
			Code, Message, RequestId string
		}{Code: e.code, Message: e.message, RequestId: requestID})
	case xmlBody:
		body, _ = xml.Marshal(struct {
			XMLName   xml.Name `xml:"ErrorResponse"`
			Error     detail
			RequestId string
		}{Error: detail{kind, e.code, e.message}, RequestId: requestID})
	case json11:
		contentType = "application/x-amz-json-1.1"
		body, _ = json.Marshal(map[string]string{"__type": e.code, "message": e.message})
	}
	return answer{status: e.status, body: body, fault: fault, header: http.Header{
		"Content-Type":     {contentType},
		"Content-Length":   {strconv.Itoa(len(body))},
		"X-Amz-Request-Id": {requestID},
		"X-Amzn-Requestid": {requestID},
	}}
}
