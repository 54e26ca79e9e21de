package badnet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// what a client sees of one request.
type seen struct {
	status int
	body   []byte
	err    error
}

// bad is a server behind a Net, and what it has acted on.
type bad struct {
	net   *Net
	acted atomic.Int64
	ask   func(method, body string) seen
}

func start(t *testing.T, cfg Config) *bad {
	t.Helper()
	b := &bad{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		b.acted.Add(1)
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"data":%q}`, body)
	}))
	t.Cleanup(server.Close)
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	cfg.Target, cfg.Transport = server.URL, transport
	var err error
	if b.net, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	proxy := httptest.NewServer(b.net)
	t.Cleanup(proxy.Close)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	b.ask = func(method, body string) seen {
		req, err := http.NewRequestWithContext(t.Context(), method, proxy.URL, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.GetBody = nil
		resp, err := client.Do(req)
		if err != nil {
			return seen{err: err}
		}
		defer resp.Body.Close()
		s := seen{status: resp.StatusCode}
		s.body, s.err = io.ReadAll(resp.Body)
		return s
	}
	return b
}

// TestEveryFaultShows: whatever goes wrong, the client can tell, and what has
// arrived is what the fault says.
func TestEveryFaultShows(t *testing.T) {
	b := start(t, Config{Seed: 1, Share: 1})
	for range 600 {
		before, counted := b.acted.Load(), b.net.Counted()
		s := b.ask(http.MethodPost, "hello")
		b.net.Settle()
		var met Fault
		for f, n := range b.net.Counted() {
			if n > counted[f] {
				met = f
			}
		}
		acts := int(b.acted.Load() - before)
		want := map[Fault]int{
			Slow: 1, Lost: 1, Late: 1, Short: 1, Garbled: 1, Repeated: 2, FailLate: 1, PageLate: 1, TimedOut: 1,
		}[met]
		if acts != want {
			t.Fatalf("%s: the server acted %d times", met, acts)
		}
		whole := s.err == nil && s.status == http.StatusOK && json.Valid(s.body)
		if whole != (met == Slow || met == Repeated) {
			t.Fatalf("%s: %d %q, %v", met, s.status, s.body, s.err)
		}
	}
	for _, f := range All() {
		if b.net.Counted()[f] == 0 {
			t.Errorf("never met: %s", f)
		}
	}
}

func TestAMendedNetworkPassesEverythingOn(t *testing.T) {
	b := start(t, Config{Seed: 2, Share: 1})
	b.net.SetShare(0)
	for i := range 50 {
		body := strings.Repeat("x", i)
		if s := b.ask(http.MethodPut, body); s.err != nil || !bytes.Equal(s.body, fmt.Appendf(nil, `{"data":%q}`, body)) {
			t.Fatalf("%d %q, %v", s.status, s.body, s.err)
		}
	}
	b.net.SetDown(true)
	if s := b.ask(http.MethodGet, ""); s.err == nil || b.acted.Load() != 50 {
		t.Errorf("down: %+v, acted %d times", s, b.acted.Load())
	}
}

func TestOnlyWhatMayBeIsRepeated(t *testing.T) {
	b := start(t, Config{Seed: 3, Share: 1, MayRepeat: func(r *http.Request) bool { return r.Method == http.MethodPut }})
	for range 300 {
		b.ask(http.MethodPost, "")
	}
	if n := b.net.Counted()[Repeated]; n > 0 {
		t.Errorf("repeated %d times", n)
	}
}

func TestTheSeedChooses(t *testing.T) {
	met := func() (out []int) {
		b := start(t, Config{Seed: 4, Share: 0.5})
		for range 30 {
			b.ask(http.MethodGet, "")
			n := 0
			for _, f := range All() {
				n = n*31 + b.net.Counted()[f]
			}
			out = append(out, n)
		}
		b.net.Settle()
		return out
	}
	if one, two := met(), met(); !slices.Equal(one, two) {
		t.Error("the same seed chose otherwise")
	}
}
