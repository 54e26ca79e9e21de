package sync

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// stocked is a co-op with a catalogue, a person's things and drafts.
func stocked(b *bench) {
	f := b.coop
	f.releases = []api.Release{
		{
			ID: "r", Title: "Release", DisplayArtist: "The Artist", ArtistID: "artist", Date: "2026-01-01", UpdatedAt: start,
			Tracks: []api.Track{{ID: "a", Title: "A", Status: api.StatusPaid}, {ID: "b", Title: "B", Status: api.StatusPaid}, {ID: "c", Title: "C"}},
		},
		{ID: "s", Title: "Second", Artist: "Other", ArtistID: "other", Tracks: []api.Track{{ID: "d", Title: "D", Status: api.StatusFree}}},
	}
	f.ownRel = []api.Release{
		{ID: "draft", Title: "Draft", ArtistID: "me", Artist: "Me", Private: true, Enabled: true, Tracks: []api.Track{{ID: "x", Title: "X", Status: api.StatusHidden}}},
		{ID: "soon", Title: "Soon", ArtistID: "me", Artist: "Me", Enabled: true, Date: "2026-11-21"},
		{ID: "out", Title: "Out", ArtistID: "me", Artist: "Me", Enabled: true, Date: "2026-11-20"},
	}
	f.plays["a"], f.plays["b"], f.plays["d"] = 9, 4, 0
	f.history = []string{"b", "a", "b"}
	f.favourite["d"] = true
	f.lists = []*api.Playlist{{ID: "p", Title: "Mine", Items: items([]string{"a", "d", "a"})}, {ID: "q", Title: "Empty"}}
}

func TestRefresh(t *testing.T) {
	b := testBench(t)
	stocked(b)
	r := value[Report](t)(b.s.Refresh(t.Context()))
	if want := (Report{Releases: 2, Own: 3, Owned: 1, Favourite: 1, Playlists: 2}); r != want {
		t.Errorf("report %+v, want %+v", r, want)
	}
	l := b.lib
	for id, want := range map[string][2]int{"a": {9, 1}, "b": {4, 0}, "c": {0, 0}} {
		tr := value[library.Track](t)(l.Track(id))
		if tr.Plays != want[0] || tr.Owned != (want[1] == 1) || tr.Artist != "The Artist" {
			t.Errorf("%+v, want plays %v", tr, want)
		}
	}
	var drafts []string
	for _, rel := range value[library.Page[library.Release]](t)(l.OwnReleases(0, 9)).Items {
		drafts = append(drafts, fmt.Sprint(rel.ID, rel.Draft))
	}
	slices.Sort(drafts)
	if fmt.Sprint(drafts) != "[drafttrue outfalse soontrue]" {
		t.Errorf("own releases %v", drafts)
	}
	p := value[library.Playlist](t)(l.Playlist("p"))
	if p.Count != 3 || !p.Own || p.Items[1].Track.Title != "D" {
		t.Errorf("playlist %+v", p)
	}
	if h := value[library.Page[library.HistoryEntry]](t)(l.History(0, 9)); h.Total != 3 {
		t.Errorf("history %+v", h)
	}
	if a := value[library.Artist](t)(l.Artist("artist")); a.About != "Plays." || len(a.Releases) != 1 {
		t.Errorf("artist %+v", a)
	}

	// What has not changed is not read again, and not written.
	n := b.coop.count("release")
	changes := l.Watch(t.Context())
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	if b.coop.count("release") != n {
		t.Error("the tracks were read again")
	}
	select {
	case c := <-changes:
		t.Errorf("a refresh without news changed %b", c)
	default:
	}

	// News: one release goes, one was updated, a playlist was removed.
	b.coop.releases = b.coop.releases[:1]
	b.coop.releases[0].UpdatedAt = start.Add(time.Hour)
	b.coop.releases[0].Tracks = b.coop.releases[0].Tracks[:2]
	b.coop.lists = b.coop.lists[:1]
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	if rel := value[library.Release](t)(l.Release("r")); len(rel.Tracks) != 2 {
		t.Errorf("tracks after the update: %d", len(rel.Tracks))
	}
	if rel := value[library.Release](t)(l.Release("s")); !rel.Gone {
		t.Error("the withdrawn release, of which a track is a favourite, is not marked")
	}
	if _, err := l.Playlist("q"); !errors.Is(err, library.ErrNotFound) {
		t.Errorf("the removed playlist: %v", err)
	}
	// A catalogue with nothing in it is a fault and not news.
	b.coop.releases = nil
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	if rel := value[library.Release](t)(l.Release("r")); rel.Gone {
		t.Error("an empty answer emptied the catalogue")
	}
}

// TestRefreshStopsAnywhere lets each request of a refresh fail in turn; the
// next refresh makes good whatever is missing.
func TestRefreshStopsAnywhere(t *testing.T) {
	ops := []string{
		"profile", "collection", "plays", "favourites", "own playlists", "own playlist", "playlists",
		"own releases", "releases", "artists", "release", "history",
	}
	for _, op := range ops {
		for _, f := range []fault{offline, busy, broken, webPage, expired} {
			t.Run(fmt.Sprint(op, f), func(t *testing.T) {
				b := testBench(t)
				stocked(b)
				b.coop.faultOf = scripted(op, f)
				if _, err := b.s.Refresh(t.Context()); err == nil {
					t.Fatal("no failure")
				}
				st := b.s.Status()
				if st.Online != (f != offline) || st.SignedOut != (f == expired) || st.OfflineSince.IsZero() != (f != offline) {
					t.Errorf("status %+v", st)
				}
				r := value[Report](t)(b.s.Refresh(t.Context()))
				if want := (Report{Releases: 2, Own: 3, Owned: 1, Favourite: 1, Playlists: 2}); r != want {
					t.Errorf("report %+v, want %+v", r, want)
				}
				if st := b.s.Status(); !st.Online || st.SignedOut || st.LastRefresh.IsZero() || st.Err != nil || st.Working {
					t.Errorf("status %+v", st)
				}
				if rel := value[library.Release](t)(b.lib.Release("s")); len(rel.Tracks) != 1 {
					t.Errorf("release %+v", rel)
				}
			})
		}
	}
}

func TestFetchRelease(t *testing.T) {
	b := testBench(t)
	stocked(b)
	must(t, b.s.FetchRelease(t.Context(), "s"))
	if rel := value[library.Release](t)(b.lib.Release("s")); len(rel.Tracks) != 1 || rel.Tracks[0].Status != library.Free {
		t.Errorf("release %+v", rel)
	}
	if err := b.s.FetchRelease(t.Context(), "none"); !errors.Is(err, api.ErrNotFound) {
		t.Errorf("no release: %v", err)
	}
}

// TestPlaylistsOfTwoDevices covers what happens at the co-op meanwhile.
func TestPlaylistsOfTwoDevices(t *testing.T) {
	setup := func(t *testing.T) (*bench, *api.Playlist) {
		b := testBench(t)
		stocked(b)
		_ = value[Report](t)(b.s.Refresh(t.Context()))
		return b, b.coop.lists[0]
	}
	shown := func(t *testing.T, b *bench, id string) string {
		t.Helper()
		var ids []string
		for _, it := range value[library.Playlist](t)(b.lib.Playlist(id)).Items {
			ids = append(ids, it.Track.ID)
		}
		return fmt.Sprint(ids)
	}
	t.Run("both added", func(t *testing.T) {
		b, p := setup(t)
		must(t, b.lib.AddToPlaylist("p", "b"))
		p.Items = items([]string{"a", "d", "a", "c"})
		b.drain(t)
		if got := fmt.Sprint(trackIDs(p.Items)); got != "[a d a b c]" || shown(t, b, "p") != got {
			t.Errorf("there %s, here %s", got, shown(t, b, "p"))
		}
	})
	t.Run("only added here", func(t *testing.T) {
		b, p := setup(t)
		must(t, b.lib.AddToPlaylist("p", "b"))
		b.drain(t)
		if b.coop.count("add") != 1 || b.coop.count("reorder") != 0 || fmt.Sprint(trackIDs(p.Items)) != "[a d a b]" {
			t.Errorf("there %v", trackIDs(p.Items))
		}
	})
	t.Run("removed there, edited here", func(t *testing.T) {
		b, _ := setup(t)
		must(t, b.lib.AddToPlaylist("p", "b"))
		b.coop.lists = b.coop.lists[1:]
		b.drain(t)
		made := b.coop.lists[len(b.coop.lists)-1]
		if made.Title != "Mine" || fmt.Sprint(trackIDs(made.Items)) != "[a d a b]" || shown(t, b, "p") != "[a d a b]" {
			t.Errorf("made again as %+v, here %s", made, shown(t, b, "p"))
		}
	})
	t.Run("removed here, added to there", func(t *testing.T) {
		b, p := setup(t)
		must(t, b.lib.DeletePlaylist("p"))
		p.Items = items([]string{"a", "d", "a", "c"})
		b.drain(t)
		out := value[[]library.Intent](t)(b.lib.Outbox())
		if len(out) != 1 || out[0].Reason != ReasonListEdited || len(b.coop.lists) != 2 {
			t.Fatalf("outbox %+v", out)
		}
		_ = value[Report](t)(b.s.Refresh(t.Context()))
		if shown(t, b, "p") != "[a d a c]" {
			t.Errorf("it did not come back: %s", shown(t, b, "p"))
		}
	})
	t.Run("removed in both", func(t *testing.T) {
		b, _ := setup(t)
		must(t, b.lib.DeletePlaylist("p"))
		b.coop.lists = b.coop.lists[1:]
		b.drain(t)
		if out := value[[]library.Intent](t)(b.lib.Outbox()); len(out) != 0 {
			t.Errorf("outbox %+v", out)
		}
	})
}
