package sync

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/ninth-coop/ninth/api"
	"github.com/ninth-coop/ninth/library"
)

// Search finds what has the words in its name, as the reference server does.
func (f *fakeCoop) Search(_ context.Context, words string) (api.SearchResult, error) {
	return do(f, "search", func() (r api.SearchResult, err error) {
		has := func(name string) bool { return strings.Contains(strings.ToLower(name), strings.ToLower(words)) }
		for _, rel := range f.releases {
			for _, t := range rel.Tracks {
				if t.ReleaseID = rel.ID; has(t.Title) {
					r.Tracks = append(r.Tracks, t)
				}
			}
			if has(rel.DisplayArtist) {
				r.Artists = append(r.Artists, api.Artist{ID: rel.ArtistID, Name: rel.DisplayArtist})
			}
			if rel.Tracks = nil; has(rel.Title) {
				r.Releases = append(r.Releases, rel)
			}
		}
		return r, nil
	})
}

// withSubstrings is a co-op with a release that no library knows yet.
func withSubstrings(t *testing.T) *bench {
	t.Helper()
	b := testBench(t)
	stocked(b)
	_ = value[Report](t)(b.s.Refresh(t.Context()))
	b.coop.releases = append(b.coop.releases, api.Release{
		ID: "n", Title: "Moonlight", DisplayArtist: "Lighthouse", ArtistID: "house", Date: "2026-02-02",
		Tracks: []api.Track{{ID: "n1", Title: "Daylight", Status: api.StatusPaid}, {ID: "n2", Title: "Dusk", Status: api.StatusPaid}},
	})
	b.coop.plays["n1"], b.coop.plays["n2"] = 5, 3
	return b
}

func TestSearchOfTheCoOp(t *testing.T) {
	b := withSubstrings(t)
	f := value[Found](t)(b.s.Search(t.Context(), "light"))
	if got := fmt.Sprint(f); got != "{[n1] [n] [house]}" {
		t.Errorf("found %s", got)
	}
	r := value[library.Release](t)(b.lib.Release("n"))
	if len(r.Tracks) != 2 || r.Tracks[0].Title != "Daylight" || r.Tracks[0].Plays != 5 || r.Tracks[1].Plays != 3 {
		t.Errorf("the release that is new here: %+v", r)
	}
	if a := value[library.Artist](t)(b.lib.Artist("house")); a.Name != "Lighthouse" {
		t.Errorf("the artist who is new here: %+v", a)
	}
	if got := value[library.Results](t)(b.lib.Search("daylight", 9)); len(got.Tracks) != 1 {
		t.Errorf("the library's own search finds %+v", got.Tracks)
	}
	asked := len(b.coop.asked)
	_ = value[Found](t)(b.s.Search(t.Context(), "light"))
	if again := b.coop.asked[asked:]; len(again) != 1 {
		t.Errorf("for what is known it asked %v", again)
	}
}

// TestSearchKeepsWhatIsKnown: what a search says of a release or an artist is
// less than what a refresh says, and never takes its place.
func TestSearchKeepsWhatIsKnown(t *testing.T) {
	b := withSubstrings(t)
	must(t, b.lib.PutArtists(library.Artist{ID: "artist", Name: "The Artist", About: "More"}))
	before := value[library.Release](t)(b.lib.Release("r"))
	b.coop.releases[0].Title, b.coop.releases[0].Tracks = "Release!", nil
	f := value[Found](t)(b.s.Search(t.Context(), "e"))
	if len(f.Releases) == 0 || f.Releases[0] != "r" {
		t.Fatalf("found %+v", f)
	}
	if after := value[library.Release](t)(b.lib.Release("r")); after.Title != before.Title || len(after.Tracks) != len(before.Tracks) {
		t.Errorf("the release became %+v", after)
	}
	if a := value[library.Artist](t)(b.lib.Artist("artist")); a.About != "More" {
		t.Errorf("the artist became %+v", a)
	}
}

// TestSearchThatFails stores nothing that has a wrong price.
func TestSearchThatFails(t *testing.T) {
	for _, c := range []struct {
		op    string
		fault fault
	}{{"search", offline}, {"search", webPage}, {"plays", broken}} {
		b := withSubstrings(t)
		b.coop.faultOf = scripted(c.op, c.fault)
		_, err := b.s.Search(t.Context(), "light")
		if err == nil {
			t.Errorf("%s: no error", c.op)
		}
		if _, err := b.lib.Track("n1"); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("%s: a track is here: %v", c.op, err)
		}
		if _, err := b.lib.Release("n"); !errors.Is(err, library.ErrNotFound) {
			t.Errorf("%s: a release is here: %v", c.op, err)
		}
	}
}
