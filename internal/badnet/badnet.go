// Package badnet is a network that fails on purpose, for tests: a proxy in
// front of a server that delays, cuts, truncates, corrupts and repeats what
// passes, answers in the server's place with 429, 500 and web pages, and loses
// answers after the server has acted.
//
// What it does to an answer a client can notice, as it could on a real
// network: TCP and TLS do not deliver other bytes than were sent, so JSON is
// damaged so that it is no JSON any more, and a shortened answer falls short
// of the length that was announced.
package badnet

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is one way in which a request goes wrong.
type Fault string

// The faults. After those of the second group the server has acted, or will.
const (
	None     Fault = "none"
	Slow     Fault = "slow"      // everything arrives, late
	Cut      Fault = "cut"       // the connection breaks before the server hears of it
	Limited  Fault = "429"       // the server asks to come back later
	Broken   Fault = "500"       // the server fails before it acts
	Portal   Fault = "portal"    // a web page in its place, with 200, as in a hotel
	Gateway  Fault = "502"       // a web page of something in between
	Lost     Fault = "lost"      // the answer is lost whole
	Late     Fault = "late"      // the connection breaks, and the request arrives afterwards
	Short    Fault = "short"     // the answer breaks off
	Garbled  Fault = "garbled"   // the answer is damaged
	Repeated Fault = "repeated"  // the request arrives twice
	FailLate Fault = "500 late"  // the server acts and answers 500
	PageLate Fault = "page late" // the server acts, and a web page comes back
	TimedOut Fault = "504"       // something in between gives up, and the request arrives afterwards
)

// All are the faults that a Net chooses from, without None.
func All() []Fault {
	return []Fault{Slow, Cut, Limited, Broken, Portal, Gateway, Lost, Late, Short, Garbled, Repeated, FailLate, PageLate, TimedOut}
}

// Config says what is behind the network and how bad it is.
type Config struct {
	Target    string            // the server's address, "http://127.0.0.1:4000"
	Transport http.RoundTripper // to the server; a transport of its own when nil
	// KeepHost leaves the Host as the client sent it, so that a server that
	// names itself after it sends the client through this network again.
	KeepHost bool
	Seed     uint64 // of the choice of faults
	// Share is how many of the requests meet a fault, 0 to 1.
	Share float64
	// MayRepeat tells the requests that may arrive twice; nil is all. What
	// forwards HTTP repeats the methods that are idempotent (RFC 9110, 9.2.2),
	// and others only when they carry a key.
	MayRepeat func(*http.Request) bool
}

const (
	// longest is the most that passes as one message, in bytes.
	longest = 64 << 20
	// slowest is the longest that something is held up.
	slowest = 3 * time.Millisecond
	// page is what a captive portal or a gateway says.
	page = "<!DOCTYPE html><html><head><title>Welcome</title></head><body><p>Please accept our terms.</p></body></html>"
)

// Net is the proxy. It may be used by several goroutines; which request meets
// which fault then depends on their order as well as on the seed.
type Net struct {
	cfg    Config
	target *url.URL

	mu      sync.Mutex
	rand    *rand.Rand
	share   float64
	down    bool
	counted map[Fault]int
	late    int       // requests that the client has given up and that are on their way
	arrived sync.Cond // one of them is not any more
}

// New makes a proxy.
func New(cfg Config) (*Net, error) {
	target, err := url.Parse(cfg.Target)
	if err != nil {
		return nil, fmt.Errorf("badnet: reading the address: %w", err)
	}
	if cfg.Transport == nil {
		cfg.Transport = &http.Transport{}
	}
	if cfg.MayRepeat == nil {
		cfg.MayRepeat = func(*http.Request) bool { return true }
	}
	n := &Net{
		cfg: cfg, target: target, share: cfg.Share, counted: map[Fault]int{},
		rand: rand.New(rand.NewPCG(cfg.Seed, 0)),
	}
	n.arrived.L = &n.mu
	return n, nil
}

// SetShare changes how many of the requests meet a fault; 0 mends the network.
func (n *Net) SetShare(share float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.share = share
}

// SetDown takes the network away, or gives it back.
func (n *Net) SetDown(down bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = down
}

// Settle waits until nothing is on its way any more: what is [Late] has
// arrived.
func (n *Net) Settle() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for n.late > 0 {
		n.arrived.Wait()
	}
}

// Counted tells how often each fault was met.
func (n *Net) Counted() map[Fault]int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return maps.Clone(n.counted)
}

// String lists Counted.
func (n *Net) String() string {
	counted := n.Counted()
	var b strings.Builder
	for _, f := range slices.Sorted(maps.Keys(counted)) {
		fmt.Fprintf(&b, "%s %d, ", f, counted[f])
	}
	return strings.TrimSuffix(b.String(), ", ")
}

// draw chooses what happens to a request, how long it is held up, and where an
// answer breaks, from 0 to 1.
func (n *Net) draw(r *http.Request) (f Fault, pause time.Duration, at float64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := All()
	f, chosen := None, all[n.rand.IntN(len(all))]
	pause, at = time.Duration(n.rand.Int64N(int64(slowest))), n.rand.Float64()
	switch {
	case n.down:
		f = Cut
	case n.rand.Float64() >= n.share:
	case chosen == Repeated && !n.cfg.MayRepeat(r):
	default:
		f = chosen
	}
	n.counted[f]++
	return f, pause, at
}

// ServeHTTP passes a request on, or does not.
func (n *Net) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, longest))
	if err != nil {
		panic(http.ErrAbortHandler) // the client has gone: nobody to tell
	}
	f, pause, at := n.draw(r)
	if f == Slow || f == Repeated {
		time.Sleep(pause)
	}
	switch f {
	case Cut:
		panic(http.ErrAbortHandler)
	case Limited:
		w.Header().Set("Retry-After", "1")
		text(w, http.StatusTooManyRequests, "text/plain; charset=utf-8", "API is rate limited")
		return
	case Broken:
		text(w, http.StatusInternalServerError, "application/json", `{"status":500,"message":"deadlock detected","data":null}`)
		return
	case Portal:
		text(w, http.StatusOK, "text/html; charset=utf-8", page)
		return
	case Gateway:
		text(w, http.StatusBadGateway, "text/html; charset=utf-8", page)
		return
	case TimedOut:
		n.sendLate(r, body, pause)
		text(w, http.StatusGatewayTimeout, "text/html; charset=utf-8", page)
		return
	case Late:
		n.sendLate(r, body, pause)
		panic(http.ErrAbortHandler)
	}
	a, err := n.forward(r.Context(), r, body)
	if f == Repeated && err == nil {
		a, err = n.forward(r.Context(), r, body)
	}
	if err != nil {
		panic(http.ErrAbortHandler) // as the client would see it without us
	}
	n.answer(w, a, f, at)
}

// sendLate delivers a request that the client has given up.
func (n *Net) sendLate(r *http.Request, body []byte, pause time.Duration) {
	ctx := context.WithoutCancel(r.Context())
	n.mu.Lock()
	n.late++
	n.mu.Unlock()
	go func() {
		time.Sleep(pause)
		// Nobody waits for the answer, and a server that is gone has not acted.
		_, _ = n.forward(ctx, r, body)
		n.mu.Lock()
		defer n.mu.Unlock()
		n.late--
		n.arrived.Broadcast()
	}()
}

// message is an answer, read whole.
type message struct {
	status int
	header http.Header
	body   []byte
}

func (n *Net) forward(ctx context.Context, r *http.Request, body []byte) (message, error) {
	out := r.Clone(ctx)
	out.RequestURI, out.Close = "", false
	out.URL.Scheme, out.URL.Host = n.target.Scheme, n.target.Host
	if !n.cfg.KeepHost {
		out.Host = n.target.Host
	}
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	if len(body) == 0 {
		out.Body = http.NoBody
	}
	out.Header.Del("Connection")
	resp, err := n.cfg.Transport.RoundTrip(out)
	if err != nil {
		return message{}, err
	}
	defer resp.Body.Close()
	m := message{status: resp.StatusCode, header: resp.Header}
	if m.body, err = io.ReadAll(io.LimitReader(resp.Body, longest)); err != nil {
		return message{}, err
	}
	if at, err := resp.Location(); err == nil && at.Host == n.target.Host {
		m.header.Set("Location", "http://"+r.Host+at.RequestURI()) // the client stays on this network
	}
	return m, nil
}

// answer gives an answer of the server to the client, or what is left of it.
func (n *Net) answer(w http.ResponseWriter, m message, f Fault, at float64) {
	switch f {
	case Lost:
		panic(http.ErrAbortHandler)
	case FailLate:
		text(w, http.StatusInternalServerError, "application/json", `{"message":"status code must be a number","data":null}`)
		return
	case PageLate:
		text(w, http.StatusBadGateway, "text/html; charset=utf-8", page)
		return
	}
	maps.Copy(w.Header(), m.header)
	body := m.body
	end := int(at * float64(len(body)))
	if f == Garbled && len(body) > 0 {
		body = garbled(body, end, m.header)
	}
	if bodied := m.status != http.StatusNoContent && m.status != http.StatusNotModified; bodied {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(m.status)
	if f == Short {
		body = body[:end]
	}
	if _, err := w.Write(body); err != nil || f == Short {
		panic(http.ErrAbortHandler)
	}
}

// garbled damages one byte so that it can be noticed: no JSON has a zero,
// wherever it stands, and of other things only a strong ETag tells. Without
// one they pass as they are.
func garbled(body []byte, at int, h http.Header) []byte {
	body = slices.Clone(body)
	switch {
	case strings.Contains(h.Get("Content-Type"), "json"):
		body[at] = 0
	case strings.HasPrefix(h.Get("ETag"), `"`):
		body[at] ^= 0xff
	}
	return body
}

func text(w http.ResponseWriter, status int, kind, body string) {
	w.Header().Set("Content-Type", kind)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // whoever does not read it has gone
}
