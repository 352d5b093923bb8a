package main

import (
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/spinup-dev/terraform-provider-spinup/internal/spinup/directory"
)

// proxy stands in front of a server: it lets each request wait, and counts requests and connections. It keeps nothing
// of a body, so that it takes as little as possible of the processors that it shares with what is measured.
type proxy struct {
	*httptest.Server

	mu sync.Mutex
	traffic
}

// traffic is what went through a proxy.
type traffic struct {
	calls       map[string]int // by their kind
	connections int            // that were made
	open, most  int            // that were open at one time
}

// total is the number of calls.
func (t traffic) total() (n int) {
	for _, calls := range t.calls {
		n += calls
	}
	return n
}

// newProxy starts a proxy of a server.
func newProxy(endpoint string, wait time.Duration) (*proxy, error) {
	target, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	p := &proxy{}
	p.reset()
	forward := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host // it is signed
		},
		Transport: &http.Transport{
			MaxIdleConns: 1024, MaxIdleConnsPerHost: 1024, DisableCompression: true, WriteBufferSize: pieceSize,
		},
		BufferPool: make(pieces, 64),
		// A client that gives a request up has its reasons: nobody has to read of each.
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	p.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.count(kindOf(r))
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
			forward.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}))
	p.Config.ConnState = p.connection
	p.Start()
	return p, nil
}

// pieceSize is how many bytes are copied at once.
const pieceSize = 64 << 10

// pieces are buffers for copying that nobody uses now.
type pieces chan []byte

// Get takes a buffer.
func (p pieces) Get() []byte {
	select {
	case piece := <-p:
		return piece
	default:
		return make([]byte, pieceSize)
	}
}

// Put gives a buffer back.
func (p pieces) Put(piece []byte) {
	select {
	case p <- piece:
	default:
	}
}

func (p *proxy) count(kind string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls[kind]++
}

// connection counts connections.
func (p *proxy) connection(_ net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		p.connections++
		p.open++
		p.most = max(p.most, p.open)
	case http.StateClosed, http.StateHijacked:
		p.open--
	}
}

// reset begins to count anew.
func (p *proxy) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.traffic = traffic{calls: map[string]int{}, open: p.open, most: p.open}
}

// seen is what was counted since.
func (p *proxy) seen() traffic {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := p.traffic
	out.calls = maps.Clone(p.calls)
	return out
}

// kindOf says what a request asks for, in the words of the table.
func kindOf(r *http.Request) string {
	query := r.URL.Query()
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	for _, named := range []struct {
		is   bool
		kind string
	}{
		{strings.Contains(key, "/invalidation"), "invalidation"},
		{bucket == "", "POST /"}, // STS and IAM
		{query.Has("list-type"), "list"},
		{query.Has("versions"), "list versions"},
		{query.Has("delete"), "delete batch"},
		{query.Has("partNumber"), "PUT part"},
		{query.Has("uploadId") && r.Method == http.MethodPost, "complete"},
		{query.Has("uploads") && r.Method == http.MethodPost, "begin"},
		{query.Has("uploads"), "list uploads"},
		{strings.HasPrefix(key, directory.Reserved), r.Method + " manifest"},
		{key == "" && r.Method == http.MethodGet && len(query) <= 1 && !query.Has("location"), r.Method + " bucket"},
	} {
		if named.is {
			return named.kind
		}
	}
	return r.Method
}
