package gateway

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Options say what the gateway cannot learn from the requests it sees.
type Options struct {
	// AccountID is the account the emulator plays. It stands in the resource names of IAM calls.
	AccountID string
	// Elsewhere has the endpoints, by service, of the other emulator that holds what a call names (a certificate, a
	// distribution). Other services are asked upstream.
	Elsewhere map[string]string
	// Upstreams has the endpoints, by service, that are not upstream's own: a store's IAM service.
	Upstreams map[string]string
	// Plain leaves out AWS's rules: what is behind is a store with rules of its own.
	Plain bool
	// Certificate makes the gateway listen with TLS.
	Certificate *tls.Certificate
}

// Gateway is a reverse proxy in front of one emulator. All its methods may be called while requests are under way.
type Gateway struct {
	account   string
	upstream  *url.URL
	upstreams map[string]*url.URL // by service, for those that are not upstream's
	plain     bool
	transport *http.Transport
	server    *http.Server
	address   string
	stored    stored

	mu      sync.Mutex
	latency time.Duration
	bare    bool
	calls   []*Call
	rules   []*activeRule
	held    *heldPolicy
	past    past
}

// New starts a gateway in front of the emulator at upstream ("http://127.0.0.1:4566"). The caller closes it.
func New(upstream string, options Options) (*Gateway, error) {
	target, err := parseUpstream(upstream)
	if err != nil {
		return nil, err
	}
	upstreams := map[string]*url.URL{}
	for service, endpoint := range options.Upstreams {
		if upstreams[service], err = parseUpstream(endpoint); err != nil {
			return nil, err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	scheme := "http"
	if options.Certificate != nil {
		scheme = "https"
		listener = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{*options.Certificate}})
	}
	g := &Gateway{
		account: options.AccountID, upstream: target, upstreams: upstreams, plain: options.Plain,
		// A short idle time, because a call that meets a connection the emulator just closed is lost, and net/http
		// does not send a writing call again by itself.
		transport: &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 2 * time.Second, DisableCompression: true},
		address:   scheme + "://" + listener.Addr().String(),
		past:      past{answers: map[string]history{}},
	}
	g.stored = newStored(upstream, options.Elsewhere, g.transport)
	g.server = &http.Server{Handler: http.HandlerFunc(g.serve)}
	go func() { _ = g.server.Serve(listener) }()
	return g, nil
}

func parseUpstream(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("gateway upstream: %w", err)
	}
	if u.Scheme != "http" || u.Host == "" {
		return nil, fmt.Errorf("gateway upstream %q is not of the form http://host:port", text)
	}
	return u, nil
}

// URL is the endpoint for the code under test, without a slash at its end.
func (g *Gateway) URL() string { return g.address }

// Close stops the gateway and drops the connections that are open.
func (g *Gateway) Close() {
	_ = g.server.Close()
	g.transport.CloseIdleConnections()
}

// SetLatency makes every request take at least d, the emulator's own time included. Zero takes that back.
func (g *Gateway) SetLatency(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.latency = d
}

// SetBare makes every answer come without the headers and ids by which AWS marks its own, as some stores answer.
func (g *Gateway) SetBare(bare bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.bare = bare
}

// answer is what a client gets: the emulator's words, an error made here, or a connection that breaks.
type answer struct {
	status int
	header http.Header
	body   []byte
	lost   bool   // the connection is reset instead; status tells what the client did not get to see, if anything
	fault  string // why this is not simply the emulator's answer
}

func (g *Gateway) serve(w http.ResponseWriter, r *http.Request) {
	start := time.Now()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client went away
	}
	req := classify(r, body, g.account)
	entry, fault, delay := g.admit(req)
	given := g.answer(r.Context(), req, fault)
	wait(r.Context(), delay-time.Since(start))
	g.settle(entry, given)
	if g.isBare() {
		given = given.unmarked()
	}
	if given.lost {
		reset(w)
		return
	}
	given.write(w)
}

func (g *Gateway) isBare() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.bare
}

// admit records the call and decides, in the same instant, what goes wrong with it.
func (g *Gateway) admit(req *request) (*Call, applied, time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	entry := req.Call
	g.calls = append(g.calls, &entry)
	req.epoch = g.past.epoch
	return &entry, g.choose(req), g.latency
}

// settle writes the outcome of a call into its record.
func (g *Gateway) settle(entry *Call, given answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	entry.Status, entry.Fault = given.status, given.fault
}

// answer asks, in the order in which AWS would: the network, the permissions, the rules of the service, the emulator.
func (g *Gateway) answer(ctx context.Context, req *request, fault applied) answer {
	if fault.instead != nil {
		return made(req.Call, fault.name, fault.instead(req.Call))
	}
	if fault.fallsThrough {
		return fallenThrough(req.Call, fault.name)
	}
	if fault.reset == before {
		return answer{lost: true, fault: fault.name}
	}
	if denial := g.denied(req); denial != nil {
		return made(req.Call, "policy", *denial)
	}
	if fault.replay != nil {
		stale := *fault.replay
		stale.fault = fault.name
		return stale
	}
	given := g.refuseOrForward(ctx, req)
	if fault.reset == after {
		given.lost, given.fault = true, fault.name
	}
	return given
}

func (g *Gateway) refuseOrForward(ctx context.Context, req *request) answer {
	if !g.plain {
		if name, refused := refuse(ctx, g.stored, req); refused != nil {
			return made(req.Call, "refused: "+name, *refused)
		}
	}
	given, err := g.forward(ctx, req)
	if err != nil {
		return answer{lost: true, fault: "upstream: " + err.Error()}
	}
	g.remember(req, given)
	return given
}

// forward sends the request to the emulator and reads the whole answer.
func (g *Gateway) forward(ctx context.Context, req *request) (answer, error) {
	upstream := g.upstream
	if other := g.upstreams[req.Service]; other != nil {
		upstream = other
	}
	out, err := http.NewRequestWithContext(ctx, req.http.Method, upstream.String(), bytes.NewReader(req.body))
	if err != nil {
		return answer{}, err
	}
	path, query, mark := strings.Cut(req.http.RequestURI, "?")
	out.URL = &url.URL{
		Scheme: upstream.Scheme, Host: upstream.Host,
		Opaque:   path, // the path as the client wrote it, escapes included: it is part of what was signed
		RawQuery: query, ForceQuery: mark,
	}
	out.Host = req.http.Host
	out.Header = endToEnd(req.http.Header)
	resp, err := g.transport.RoundTrip(out)
	if err != nil {
		return answer{}, err
	}
	body, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return answer{}, err
	}
	return answer{status: resp.StatusCode, header: endToEnd(resp.Header), body: body}, nil
}

// endToEnd copies headers without those that belong to one connection. Expect is one of them: net/http has answered it
// by the time the body is read.
func endToEnd(header http.Header) http.Header {
	out := header.Clone()
	for _, name := range []string{"Connection", "Keep-Alive", "Transfer-Encoding", "Expect"} {
		out.Del(name)
	}
	return out
}

func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // net/http leaves the body out of an answer to HEAD
}

// wait lasts for d, or until the client gives up.
func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// reset breaks the connection at once (RST, not FIN), as a network does.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way to drop a connection
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
