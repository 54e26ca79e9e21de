package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// CatalogueVersion is empty unless the co-op is one that says it.
func (f *fakeCoop) CatalogueVersion(context.Context) (string, error) {
	return do(f, "catalogue version", func() (string, error) { return f.version(f.releases) })
}

func (f *fakeCoop) PlaylistsVersion(context.Context) (string, error) {
	return do(f, "playlists version", func() (string, error) { return f.version(f.lists) })
}

func (f *fakeCoop) version(of any) (string, error) {
	if !f.versions {
		return "", nil
	}
	raw, err := json.Marshal(of)
	return string(raw), err
}

// TestRefreshReadsWhatChanged: at a co-op that names the state of its lists,
// only those that are in another state are read.
func TestRefreshReadsWhatChanged(t *testing.T) {
	b := testBench(t)
	stocked(b)
	b.coop.versions = true
	lists := []string{"releases", "artists", "own playlists", "playlists"}
	read := func() (out string) {
		t.Helper()
		before := map[string]int{}
		for _, op := range lists {
			before[op] = b.coop.count(op)
		}
		r := value[Report](t)(b.s.Refresh(t.Context()))
		if r.Releases != len(b.coop.releases) || r.Playlists != len(b.coop.lists) || r.Unsent != nil {
			t.Errorf("report %+v", r)
		}
		for _, op := range lists {
			if b.coop.count(op) > before[op] {
				out += op + "; "
			}
		}
		return out
	}
	const catalogue, playlists, nothing = "releases; artists; ", "own playlists; playlists; ", ""
	for _, step := range []struct {
		name string
		do   func()
		want string
	}{
		{"first", func() {}, catalogue + playlists},
		{"no news", func() {}, nothing},
		{"still none", func() {}, nothing},
		{"a release", func() { b.coop.releases[0].UpdatedAt = start.Add(time.Hour) }, catalogue},
		{"a playlist elsewhere", func() { b.coop.lists[0].Title = "Renamed" }, playlists},
		{"a playlist here", func() { must(t, b.lib.UpdatePlaylist("p", "Here", "", true)) }, playlists},
		{"nothing more", func() {}, nothing},
		{"the catalogue is incomplete here", func() { must(t, b.lib.SetSetting(library.SettingCatalogue, "")) }, catalogue},
		{"another co-op, which names nothing", func() { b.coop.versions = false }, catalogue + playlists},
	} {
		step.do()
		if got := read(); got != step.want {
			t.Errorf("%s: read %q, want %q", step.name, got, step.want)
		}
	}
}

// TestRefreshCutOffIsNotKnown: a list counts as read once all of it has been.
func TestRefreshCutOffIsNotKnown(t *testing.T) {
	for _, op := range []string{"releases", "artists", "release", "own playlists", "own playlist", "playlists"} {
		t.Run(op, func(t *testing.T) {
			b := testBench(t)
			stocked(b)
			b.coop.versions = true
			b.coop.faultOf = scripted(op, broken)
			if _, err := b.s.Refresh(t.Context()); err == nil {
				t.Fatal("no failure")
			}
			_ = value[Report](t)(b.s.Refresh(t.Context()))
			if rel := value[library.Release](t)(b.lib.Release("s")); len(rel.Tracks) != 1 {
				t.Errorf("release %+v", rel)
			}
			if p := value[library.Page[library.Playlist]](t)(b.lib.Playlists(0, 9)); p.Total != 2 {
				t.Errorf("playlists %+v", p)
			}
		})
	}
}

// TestRefreshOfMany stores more releases than one transaction holds, and those
// that were read before one that could not be.
func TestRefreshOfMany(t *testing.T) {
	b := testBench(t)
	for i := range 3*fillBatch + 1 {
		id := fmt.Sprintf("r%03d", i)
		b.coop.releases = append(b.coop.releases, api.Release{ID: id, Title: id, Tracks: []api.Track{{ID: "t" + id, Title: "Track"}}})
	}
	asked := 0
	b.coop.faultOf = func(op string) fault {
		if op != "release" {
			return none
		}
		if asked++; asked == 2*fillBatch+fillBatch/2 {
			return broken
		}
		return none
	}
	filled := func() (n int) {
		for _, r := range b.coop.releases {
			if got, err := b.lib.Release(r.ID); err == nil && len(got.Tracks) == 1 {
				n++
			}
		}
		return n
	}
	if _, err := b.s.Refresh(t.Context()); err == nil {
		t.Fatal("no failure")
	}
	if n := filled(); n < 2*fillBatch || n >= len(b.coop.releases) {
		t.Errorf("%d releases after a failure", n)
	}
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	if n := filled(); n != len(b.coop.releases) {
		t.Errorf("%d releases, want %d", n, len(b.coop.releases))
	}
}
