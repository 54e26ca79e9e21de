package trial

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/internal/badnet"
	"github.com/ninth-coop/ninth/internal/reference"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// `make test-network` does ten thousand things.
var operations = flag.Int("operations", 300, "how many things are done on a bad network")

// perNetwork is how many things one library is used for.
const perNetwork = 1000

// share is how many of the requests go wrong.
const share = 0.25

// TestNetwork uses the player on a network that fails in every way.
func TestNetwork(t *testing.T) {
	seed := seedOf(t)
	for done := 0; done < *operations; done += perNetwork {
		t.Run(fmt.Sprint("from ", done), func(t *testing.T) {
			c := startCoop(t, done*perWorld/perNetwork)
			onBadNetwork(t, c, c.url, mayRepeat, seed+uint64(done), min(perNetwork, *operations-done))
		})
	}
}

// TestNetworkToReference does so to a server with the faults of a reference
// server, which knows no keys.
func TestNetworkToReference(t *testing.T) {
	seed := seedOf(t)
	for done := 0; done < *operations; done += perNetwork {
		t.Run(fmt.Sprint("from ", done), func(t *testing.T) {
			c := startCoop(t, done*perWorld/perNetwork+perWorld) // segments first
			transport := &http.Transport{}
			t.Cleanup(transport.CloseIdleConnections)
			ts := httptest.NewServer(value[http.Handler](t)(reference.Handler(c.url, transport)))
			t.Cleanup(ts.Close)
			onBadNetwork(t, c, ts.URL, mayRepeatToReference, seed+uint64(done), min(perNetwork, *operations-done))
		})
	}
}

// mayRepeat tells what something between player and co-op may send twice: the
// idempotent methods, and what carries a key.
func mayRepeat(r *http.Request) bool {
	return r.Method != http.MethodPost || r.Header.Get("Idempotency-Key") != ""
}

// mayRepeatToReference leaves out what no client can make up for: this server
// has methods that claim to be idempotent, and are not.
func mayRepeatToReference(r *http.Request) bool {
	return r.Method != http.MethodPost && !strings.HasSuffix(r.URL.Path, "/items/add")
}

// onBadNetwork does things while what is sent to target goes wrong.
func onBadNetwork(t *testing.T, c *coop, target string, repeat func(*http.Request) bool, seed uint64, things int) {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	net := value[*badnet.Net](t)(badnet.New(badnet.Config{
		Target: target, Transport: transport, KeepHost: c.ours != nil, Seed: seed, MayRepeat: repeat,
	}))
	ts := httptest.NewServer(net)
	t.Cleanup(ts.Close)
	w := newWorld(t, c, ts.URL, tempDir(t), seed)
	w.net = net
	n := 0
	p := &person{
		Rand: rand.New(rand.NewPCG(seed, 1)), cat: c.cat, spend: true,
		serial: func() string { n++; return fmt.Sprintf("%s.%d", w.run, n) },
	}
	d := w.open()
	net.SetShare(share)
	for i := range things {
		a := p.next(w.model)
		must(t, d.do(a, w.clock.now()))
		w.model = w.model.after(a, c.cat)
		w.deeds++
		if d = w.amid(d); i%50 == 0 {
			w.glance(d)
		}
	}
	net.SetShare(0)
	net.SetDown(false)
	net.Settle()
	w.clock.add(sync.SettleAfter)
	must(t, d.close())
	w.finish()
	t.Log("requests: ", net)
	ts.Close()
	c.audit(t)
}

// amid is what goes on between two things that a person does.
func (w *world) amid(d *device) *device {
	w.t.Helper()
	ctx := w.t.Context()
	switch n := w.rand.IntN(200); {
	case n < 70:
		// What fails is tried again, sooner or later than it should be.
		if err := d.sync.SendOutbox(ctx); err != nil && w.rand.IntN(3) > 0 {
			w.later()
		}
	case n < 74:
		_, _ = d.sync.Refresh(ctx) // it fails more often than not
	case n < 80:
		_ = d.sync.DownloadOwned(ctx) // as well
	case n < 81:
		_ = d.sync.FetchCovers(ctx)
	case n < 83:
		w.life.Add(1)
		must(w.t, d.close())
		d = w.open()
	case n < 84:
		w.net.SetDown(true)
	case n < 94:
		w.net.SetDown(false)
	}
	return d
}

// later lets what is on its way arrive, and time pass.
func (w *world) later() {
	w.net.Settle()
	w.clock.add(sync.SettleAfter)
}

// glance compares what the library shows with the model, in the middle of it.
func (w *world) glance(d *device) {
	w.t.Helper()
	if diff := value[state](w.t)(d.shown(w.coop.cat, w.run)).differs(w.model); diff != "" {
		w.t.Fatalf("after %d things the library has lost something: %s\n%+v", w.deeds, diff, value[[]library.Intent](w.t)(d.Outbox()))
	}
}
