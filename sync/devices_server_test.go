package sync_test

import (
	"flag"
	"fmt"
	"net/http"
	"testing"

	"pgregory.net/rapid"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/api/server/demo"
	"github.com/ninth-coop/ninth/library"
	"github.com/ninth-coop/ninth/sync"
)

// TestTwoDevicesWithTheServer runs the model of two devices at the co-op
// server, with a network that loses some answers to what
// changes something.
func TestTwoDevicesWithTheServer(outer *testing.T) {
	fewer(outer, "20") // each takes a third of a second
	c := startCoop(outer)
	var devices [2]*device
	for n := range devices {
		devices[n] = c.device(outer, demo.Mara())
		devices[n].refresh(outer)
	}
	var tracks []string
	for _, r := range value[library.Page[library.Release]](outer)(devices[0].Releases(library.ByTitle, 0, 100)).Items {
		for _, t := range value[library.Release](outer)(devices[0].Release(r.ID)).Tracks {
			tracks = append(tracks, t.ID)
		}
	}
	begun := 0
	rapid.Check(outer, func(t *rapid.T) {
		begun++
		m := &sync.TwoDevices{Tracks: tracks, Tag: fmt.Sprint("model ", begun)}
		m.Lists = func() (lists []api.Playlist) {
			for p, err := range devices[0].coop.AllOwnPlaylists(outer.Context()) {
				if err != nil {
					t.Fatalf("reading the playlists: %v", err)
				}
				lists = append(lists, p)
			}
			return lists
		}
		m.Rough = func(on bool) {
			c.net.set(func() { c.net.lose = nil })
			if on {
				c.net.set(func() {
					c.net.lose = func(r *http.Request) bool { // writes come one at a time
						return r.Method != http.MethodGet && rapid.IntRange(0, 4).Draw(t, r.Method) == 0
					}
				})
			}
		}
		for n, d := range devices {
			m.Devices[n] = &sync.Device{Lib: d.Library, Sync: d.sync, Wait: func() { d.skew += sync.SettleAfter }}
		}
		m.Check(t)
	})
}

// fewer sets how often rapid checks, unless that was said on the command line.
func fewer(t *testing.T, checks string) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if before := f.Value.String(); before == f.DefValue {
		must(t, f.Value.Set(checks))
		t.Cleanup(func() { must(t, f.Value.Set(before)) })
	}
}
